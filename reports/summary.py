"""The static summary on top of the page: HTML and CSS, no script, every value escaped by the template engine."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from fixtures.model.ledger import OUTCOMES, Ledger, Row, WaiverNote
from reports import text, words

TEMPLATES = Path(__file__).parent / "templates"
STYLESHEET = TEMPLATES / "page.css"
LONGEST = 2_000  # characters of one value
SHARES = ("pass", "fail", "error", "unverified", "waived", "warn", "attested", "not selected")


@dataclass(frozen=True, slots=True)
class Area:
    """One line of the table by area."""

    name: str
    prefix: str
    declared: int
    counts: dict[str, int]  # by verdict
    worst: str  # the gravest verdict among its selected rows, else "not selected"


def render(ledger: Ledger) -> str:
    """The summary as one `<section>`; its look is in `STYLESHEET`."""
    return _TEMPLATE.render(
        ledger=ledger,
        headline=words.headline(ledger),
        caveat=words.caveat(ledger),
        facts=_facts(ledger),
        readiness=words.readiness(ledger),
        counts=words.readiness_counts(ledger),
        areas=areas(ledger),
        shares=SHARES,
        failures=words.failing(ledger),
        unverified=words.of(ledger, "unverified"),
        waivers=[(row, note, _term_class(note, ledger)) for note, row in words.waived(ledger)],
        warnings=words.of(ledger, "warn"),
        not_selected=words.not_selected(ledger),
    )


def without_ledger() -> str:
    """What stands there when the run ended before its ledger was written."""
    return str(
        Markup('<section class="preflight"><p class="headline headline--no-go">{}</p><p>{}</p></section>').format(
            "NO GO: the run ended before its ledger was written",
            "What it left is below; the terminal's output says why it ended.",
        )
    )


def areas(ledger: Ledger) -> list[Area]:
    """The rows by area, areas in the order of their first row."""
    by_area: dict[str, list[Row]] = {}
    for row in ledger.rows:
        by_area.setdefault(row.area, []).append(row)
    return [_area(prefix, rows) for prefix, rows in by_area.items()]


def _area(prefix: str, rows: list[Row]) -> Area:
    counts = Counter(row.verdict for row in rows)
    worst = min(counts, key=OUTCOMES.index)
    return Area(words.AREAS.get(prefix, ""), prefix, len(rows), {share: counts[share] for share in SHARES}, worst)  # type: ignore[index]  # SHARES are outcomes


def _facts(ledger: Ledger) -> list[tuple[str, str]]:
    """What a reader must know before the figures mean anything."""
    demo = " (the embedded demo)" if ledger.demo else ""
    rules = [
        word
        for word, holds in [
            ("warnings fail the run (--strict)", ledger.strict),
            ("unverified items do not fail the run (--unverified=allow)", ledger.unverified_allowed),
        ]
        if holds
    ]
    return [
        ("Platform", ledger.platform + demo),
        ("Phase", ledger.phase),
        ("Started", f"{words.moment(ledger.started)}, took {words.duration(ledger.seconds)}"),
        ("Judged as of", ledger.as_of),
        ("Suite", f"Preflight {ledger.suite}"),
        *([("Rules", "; ".join(rules))] if rules else []),
    ]


def _term_class(note: WaiverNote, ledger: Ledger) -> tuple[str, str]:
    left = words.days_left(note, ledger)
    soon = note.state != "live" or left is None or left <= words.SOON
    return words.term(note, ledger), "soon" if soon else ""


def _printable(value: Any) -> Any:  # noqa: ANN401  # whatever a template prints
    return text.shown(value, LONGEST) if type(value) is str else value


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_printable,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.globals.update(
    anchor=text.anchor,
    label=words.LABELS.__getitem__,
    area=words.area,
    moment=words.moment,
    waiver_state=words.waiver_state,
)
_TEMPLATE = _ENVIRONMENT.get_template("summary.html.jinja2")
