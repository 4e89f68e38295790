"""What the page shows of a ledger, sorted and grouped as a reader needs it. Pure: records in, records out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fixtures.model.ledger import OUTCOMES, PASSING, SEVERITIES, AttestationNote, Ledger, Outcome, Row, WaiverNote
from reports import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reports.changes import Change, Changes
    from reports.history import Point
    from reports.language import Language

SHARES: tuple[Outcome, ...] = ("fail", "error", "unverified", "warn", "waived", "attested", "pass", "not selected")
PASSED = 1_000  # passed rows listed above the table, which has them all
TREND_WIDTH, TREND_HEIGHT, TREND_EDGE = 320.0, 64.0, 6.0


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one item that ended alike and need the same: told together, once."""

    item: str
    title: str
    verdict: str
    severity: str
    remediation: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """One area's figures."""

    prefix: str
    name: str
    declared: int
    passing: int
    counts: tuple[tuple[str, int], ...]  # by verdict, those that are neither passing nor not selected
    worst: str  # the gravest verdict among its rows; "not selected" where none was


@dataclass(frozen=True, slots=True)
class Dot:
    """One run in the trend: where it is drawn, and what it came to."""

    x: float
    y: float
    point: Point


@dataclass(frozen=True, slots=True)
class Bar:
    """One share of the readiness bar."""

    verdict: str
    number: int
    x: float
    width: float


def groups(rows: Iterable[Row]) -> list[Group]:
    """Rows by what they have in common, in the order of each group's first row."""
    found: dict[tuple[str, str, str, str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row.item, row.title, row.verdict, row.severity, row.remediation), []).append(row)
    return [Group(*key, tuple(members)) for key, members in found.items()]


def steps(rows: Iterable[Row], most: int) -> list[Group]:
    """What to do first: the first groups, each remediation once."""
    found: dict[str, Group] = {}
    for group in groups(rows):
        found.setdefault(group.remediation, group)
    return list(found.values())[:most]


def by_severity(rows: Sequence[Row]) -> list[tuple[str, int, list[Group]]]:
    """Severity, how many rows, their groups: the gravest first, those without rows left out."""
    found: list[tuple[str, int, list[Group]]] = []
    for severity in SEVERITIES:
        grave = [row for row in rows if row.severity == severity]
        if grave:
            found.append((severity, len(grave), groups(grave)))
    return found


def passed(ledger: Ledger) -> tuple[list[tuple[str, int, list[Group]]], int]:
    """Area, how many rows, their groups, of the first `PASSED` rows that pass; and how many are left for the table."""
    rows = [row for row in ledger.rows if row.verdict == "pass"]
    by_area: dict[str, list[Row]] = {}
    for row in rows[:PASSED]:
        by_area.setdefault(row.area, []).append(row)
    return [(area, len(members), groups(members)) for area, members in by_area.items()], len(rows[PASSED:])


def areas(ledger: Ledger) -> list[Area]:
    """The rows by area, areas in the order of their first row."""
    by_area: dict[str, list[Row]] = {}
    for row in ledger.rows:
        by_area.setdefault(row.area, []).append(row)
    return [_area(prefix, rows) for prefix, rows in by_area.items()]


def _area(prefix: str, rows: list[Row]) -> Area:
    counts = Counter(row.verdict for row in rows)
    told = tuple((share, counts[share]) for share in SHARES[:-1] if share not in PASSING and counts[share])
    passing = sum(counts[verdict] for verdict in counts if verdict in PASSING)
    return Area(prefix, words.AREAS.get(prefix, ""), len(rows), passing, told, min(counts, key=OUTCOMES.index))


def selected_share(ledger: Ledger) -> float | None:
    """Readiness among the rows that this run selected; None where it selected all of them, or none."""
    selected = tuple(row for row in ledger.rows if row.verdict != "not selected")
    return replace(ledger, rows=selected).readiness if 0 < len(selected) < len(ledger.rows) else None


def bars(ledger: Ledger) -> list[Bar]:
    """The counts as shares of a bar that is 100 wide, worst first."""
    counts, x, found = ledger.counts, 0.0, []
    for share in SHARES:
        width = 100 * counts[share] / (len(ledger.rows) or 1)
        if width:
            found.append(Bar(share, counts[share], round(x, 3), round(width, 3)))
        x += width
    return found


def facts(ledger: Ledger, language: Language) -> list[tuple[str, str]]:
    """What a reader must know before the figures mean anything."""
    say = language.say
    rules = [
        word
        for word, holds in [
            (say("rule_strict"), ledger.strict),
            (say("rule_unverified"), ledger.unverified_allowed),
        ]
        if holds
    ]
    return [
        (say("platform"), say("platform_demo", name=ledger.platform) if ledger.demo else ledger.platform),
        (say("phase"), ledger.phase),
        *([(say("version"), ledger.version)] if ledger.version else []),
        *([(say("commit"), words.commit(ledger, language))] if ledger.commit else []),
        (say("started"), words.moment(ledger.started)),
        (say("took"), words.duration(ledger.seconds, language)),
        (say("as_of"), ledger.as_of),
        (say("suite"), f"Preflight {ledger.suite}"),
        *([(say("rules"), "; ".join(rules))] if rules else []),
    ]


def changed(changes: Changes) -> list[tuple[str, Sequence[Change | Row]]]:
    """The lists of what changed, those with anything: bad news first."""
    lists: list[tuple[str, Sequence[Change | Row]]] = [
        ("failing", changes.failing),
        ("unverified", changes.unverified),
        ("gone", changes.gone),
        ("warned", changes.warned),
        ("waived", changes.waived),
        ("fixed", changes.fixed),
    ]
    return [(name, found) for name, found in lists if found]


def contents(ledger: Ledger) -> list[tuple[str, int | None]]:
    """The page's sections, those that are there, by the ids they have: what they list, and how much."""
    counts = ledger.counts
    parts = [
        ("failures", counts["fail"] + counts["error"]),
        ("unverified", counts["unverified"]),
        ("waivers", len(words.waived(ledger))),
        ("warnings", counts["warn"]),
        ("attested", len(attested(ledger))),
        ("not_looked_at", counts["not selected"] + len(ledger.not_looked_at)),
        ("passed", counts["pass"]),
        ("rows", len(ledger.rows)),
    ]
    return [(name, number if name != "not_looked_at" else None) for name, number in parts if number]


def attested(ledger: Ledger) -> list[tuple[AttestationNote | None, Row]]:
    """Rows that somebody signed for, the signature that ends first on top."""
    rows = [row for row in ledger.rows if row.verdict == "attested" or row.attestation]
    return sorted(
        ((row.attestation, row) for row in rows), key=lambda pair: (pair[0].expires if pair[0] else "", pair[1].key)
    )


def soon(note: WaiverNote | AttestationNote, ledger: Ledger) -> bool:
    """Whether a note has ended, ends within `words.SOON` days, or excuses nothing."""
    left = words.days_left(note, ledger)
    return note.state != "live" or left is None or left <= words.SOON


def trend(points: Sequence[Point]) -> list[Dot]:
    """Runs as dots from left to right, readiness upwards, in a field of `TREND_WIDTH` by `TREND_HEIGHT`."""
    step = (TREND_WIDTH - 2 * TREND_EDGE) / max(len(points) - 1, 1)
    span = TREND_HEIGHT - 2 * TREND_EDGE
    return [
        Dot(round(TREND_EDGE + step * place, 1), round(TREND_EDGE + span * (1 - point.readiness), 1), point)
        for place, point in enumerate(points)
    ]
