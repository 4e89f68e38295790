"""What the reports say in words: verdicts, areas, the headline. Every renderer takes its wording from here.

English where no language is named; the page names one.
"""

from __future__ import annotations

import math
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from fixtures.model.ledger import OUTCOMES, SEVERITIES, AttestationNote, Ledger, Row, WaiverNote
from reports.language import ENGLISH, Language

if TYPE_CHECKING:
    from collections.abc import Iterable

LABELS: dict[str, str] = ENGLISH.words["verdicts"]
AREAS: dict[str, str] = ENGLISH.words["areas"]
SOON = 14  # days before a waiver's end that reports point at it


def counted(number: int, one: str, many: str) -> str:
    """`1 item fails`, `2 items fail`."""
    return f"{number:,} {one if number == 1 else many}"


def area(row: Row) -> str:
    """A row's area in words, its prefix where it has none."""
    return AREAS.get(row.area, row.area)


def gravest_first(rows: Iterable[Row]) -> list[Row]:
    """Rows by severity, then by verdict, worst first; else as they came."""
    return sorted(rows, key=lambda row: (SEVERITIES.index(row.severity), OUTCOMES.index(row.verdict)))


def failing(ledger: Ledger) -> list[Row]:
    """Rows that failed or broke, gravest first."""
    return gravest_first(row for row in ledger.rows if row.verdict in {"fail", "error"})


def of(ledger: Ledger, verdict: str) -> list[Row]:
    """Rows with one verdict, gravest first."""
    return gravest_first(row for row in ledger.rows if row.verdict == verdict)


def waived(ledger: Ledger) -> list[tuple[WaiverNote, Row]]:
    """Rows that a waiver names, whatever became of it, the one that ends first on top."""
    noted = [(row.waiver, row) for row in ledger.rows if row.waiver is not None]
    return sorted(noted, key=lambda pair: (pair[0].expires, pair[1].key))


def headline(ledger: Ledger, language: Language = ENGLISH) -> str:
    """`GO: …` or `NO GO: …`, with what decided it."""
    return f"{go(ledger, language)}: {why(ledger, language)}"


def go(ledger: Ledger, language: Language = ENGLISH) -> str:
    """`GO` or `NO GO`."""
    return language.say("go" if ledger.go else "no_go")


def why(ledger: Ledger, language: Language = ENGLISH) -> str:
    """What decided the gate: what holds where it is open, what stops it where it is not."""
    return ", ".join(_why_go(ledger, language) if ledger.go else _why_not(ledger, language))


def answer(ledger: Ledger, language: Language = ENGLISH) -> str:
    """What the gate means for the phase, in one sentence."""
    answers = language.words["answers"]["go" if ledger.go else "no-go"]
    return str(answers.get(ledger.phase, answers["all"]))


def _why_go(ledger: Ledger, language: Language) -> list[str]:
    counts = ledger.counts
    parts = [language.count("pass", counts["pass"])]
    shown = (("attested", "attested"), ("warn", "warn"), ("waived", "waived"), ("unverified_allowed", "unverified"))
    return parts + [language.count(key, counts[verdict]) for key, verdict in shown if counts[verdict]]


def _why_not(ledger: Ledger, language: Language) -> list[str]:
    blockers = Counter(row.verdict for row in ledger.blockers)
    parts = []
    if blockers["fail"]:
        parts.append(_fails([row for row in ledger.blockers if row.verdict == "fail"], language))
    shown = (("error", "error"), ("unverified", "unverified"), ("warn_strict", "warn"))
    parts += [language.count(key, blockers[verdict]) for key, verdict in shown if blockers[verdict]]  # type: ignore[index]  # they are outcomes
    if ledger.problems:
        parts.append(language.count("problem", len(ledger.problems)))
    if not ledger.counts["executed"]:
        parts.append(language.say("nothing_executed"))
    return parts


def _fails(rows: list[Row], language: Language) -> str:
    by_severity = Counter(row.severity for row in rows)
    if len(by_severity) == 1:
        return language.count(f"fail_{rows[0].severity}", len(rows))
    split = ", ".join(
        language.say(
            "severities_split",
            number=language.number(by_severity[severity]),
            severity=language.named("severities", severity),
        )
        for severity in SEVERITIES
        if by_severity[severity]
    )
    return f"{language.count('fail', len(rows))} ({split})"


def caveat(ledger: Ledger, language: Language = ENGLISH) -> str:
    """What this run is no sign-off for, or nothing."""
    unselected = not_selected(ledger)
    if not unselected:
        return ""
    phases = ", ".join(
        language.say("caveat_phase", phase=phase, number=language.number(number))
        for phase, number in unselected.items()
    )
    return language.say("caveat", items=language.count("caveat", sum(unselected.values())), phases=phases)


def not_selected(ledger: Ledger) -> dict[str, int]:
    """How many declared items of each phase this run did not select."""
    return dict(sorted(Counter(row.phase for row in ledger.rows if row.verdict == "not selected").items()))


def readiness(ledger: Ledger, language: Language = ENGLISH) -> str:
    """The share in per cent, rounded down: 100 % means all of it."""
    return per_cent(ledger.readiness, language)


def per_cent(share: float, language: Language = ENGLISH) -> str:
    """A share of 0 to 1 in per cent, rounded down to a tenth."""
    return language.decimal(f"{math.floor(share * 1000 + 1e-9) / 10:g} %")


def readiness_counts(ledger: Ledger) -> list[tuple[str, int]]:
    """The figures that readiness never stands without."""
    counts = ledger.counts
    frame = [(word, counts[word]) for word in ("declared", "selected", "executed")]
    shares = ("pass", "fail", "error", "unverified", "waived", "warn", "attested", "not selected")
    return frame + [(word, counts[word]) for word in shares]


def days_left(note: WaiverNote | AttestationNote, ledger: Ledger) -> int | None:
    """Days from the day the run judged by to the note's last; negative once it is over, None if either is no date."""
    try:
        return (date.fromisoformat(note.expires) - date.fromisoformat(ledger.as_of)).days
    except ValueError:
        return None


def term(note: WaiverNote | AttestationNote, ledger: Ledger, language: Language = ENGLISH) -> str:
    """How long a waiver or attestation still holds, in words."""
    left = days_left(note, ledger)
    if left is None:
        return language.say("until", day=note.expires)
    if left < 0:
        return language.count("days_over", -left)
    return language.say("ends_today") if left == 0 else language.count("days_left", left)


def waiver_state(note: WaiverNote, language: Language = ENGLISH) -> str:
    """What became of a waiver; anything but live fails the item."""
    return language.named("states", note.state)


def commit(ledger: Ledger, language: Language = ENGLISH) -> str:
    """The commit that was looked at, shortened, and whether that was all."""
    short = ", ".join(each[:12] for each in ledger.commit.split(", "))
    return language.say("commit_dirty", commit=short) if ledger.dirty else short


def moment(iso: str) -> str:
    """`2026-11-23 07:29:05 UTC` of an ISO 8601 time in UTC; as given where it is of another form."""
    day, separator, clock = iso.partition("T")
    utc = clock.endswith(("Z", "+00:00"))
    return f"{day} {clock[:8]} UTC" if separator and utc and len(clock) >= len("00:00:00") else iso


def duration(seconds: float, language: Language = ENGLISH) -> str:
    """`40 ms`, `3.2 s`, `12 min 5 s`."""
    if seconds < 1:
        return language.say("milliseconds", value=round(seconds * 1000))
    if seconds < 60:
        return language.say("seconds", value=language.decimal(f"{seconds:.1f}"))
    return language.say("minutes", minutes=int(seconds) // 60, seconds=int(seconds) % 60)
