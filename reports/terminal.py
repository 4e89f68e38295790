"""The last lines in the terminal: what decides, what to do first, where the reports are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from fixtures.model.ledger import Ledger, Row
from reports import text, words

MOST = 10  # rows shown of each list
FINDINGS = 3  # of each row
LONGEST = 300  # characters of one line's text

Line = tuple[str, dict[str, bool]]


def lines(ledger: Ledger, folder: Path, encoding: str = "utf-8") -> list[Line]:
    """Lines and their style, as `TerminalReporter.write_line` takes it.

    The words are ASCII; where the stream's encoding cannot carry a row's text, it is spelt out (`\\u0438`).
    """
    unseen_colour = "yellow" if ledger.unverified_allowed else "red"
    told = [
        *_head(ledger),
        *_faults(ledger),
        *_rows("failures", words.failing(ledger), "red"),
        *_rows("could not be observed", words.of(ledger, "unverified"), unseen_colour),
        *_rows("warnings", words.of(ledger, "warn") if ledger.strict else [], "red"),
        *_waivers(ledger),
        *_not_looked_at(ledger),
        *_reports(ledger, folder),
    ]
    return [(line.encode(encoding, "backslashreplace").decode(encoding), style) for line, style in told]


def _head(ledger: Ledger) -> Iterator[Line]:
    yield words.headline(ledger), {"green" if ledger.go else "red": True, "bold": True}
    demo = " (the embedded demo)" if ledger.demo else ""
    phase, as_of = _line(ledger.phase), _line(ledger.as_of)
    yield f"platform {_line(ledger.platform)}{demo}, phase {phase}, judged as of {as_of}", {}
    counts = ", ".join(f"{number:,} {word}" for word, number in words.readiness_counts(ledger))
    yield f"readiness {words.readiness(ledger)}: {counts}", {}


def _faults(ledger: Ledger) -> Iterator[Line]:
    for problem in ledger.problems:
        yield f"the run itself: {_line(problem)}", {"red": True}
    yield from _capped(
        [[(f"  {_line(item)} {_line(target)}", {})] for item, target in ledger.gone],
        f"no longer declared ({len(ledger.gone)}):",
    )


def _rows(title: str, rows: list[Row], colour: str) -> Iterator[Line]:
    yield from _capped([list(_row(row, colour)) for row in rows], f"{title} ({len(rows)}):")


def _capped(blocks: list[list[Line]], title: str) -> Iterator[Line]:
    if not blocks:
        return
    yield "", {}
    yield title, {"bold": True}
    for block in blocks[:MOST]:
        yield from block
    if len(blocks) > MOST:
        yield f"  and {len(blocks) - MOST:,} more, see the report", {}


def _row(row: Row, colour: str) -> Iterator[Line]:
    label = words.LABELS[row.verdict].upper()
    yield f"  {label} {row.severity} {_line(row.item)} {_line(row.target)}: {_line(row.title)}", {colour: True}
    found = row.findings or (row.warnings if row.verdict == "warn" else ())
    for finding in found[:FINDINGS]:
        yield f"    {_line(str(finding))}", {}
    if len(found) > FINDINGS:
        yield f"    and {words.counted(len(found) - FINDINGS, 'finding', 'findings')} more", {}
    if not found and row.observed:
        yield f"    {_line(row.observed)}", {}
    if row.remediation:
        yield f"    to do: {_line(row.remediation)}", {}


def _waivers(ledger: Ledger) -> Iterator[Line]:
    """Those that end within two weeks, or are over."""
    soon: list[list[Line]] = []
    for note, row in words.waived(ledger):
        left = words.days_left(note, ledger)
        if left is None or left <= words.SOON or note.state != "live":
            terms = f"{words.term(note, ledger)} ({note.expires}, {words.waiver_state(note)})"
            said = f"  {_line(row.item)} {_line(row.target)}: {_line(terms)}, {_line(note.owner)}: {_line(note.reason)}"
            soon.append([(said, {"yellow": True})])
    yield from _capped(soon, f"waivers to look at ({len(soon)}):")


def _not_looked_at(ledger: Ledger) -> Iterator[Line]:
    unselected = [
        f"{words.counted(number, 'declared item', 'declared items')} of phase {phase}: not selected"
        for phase, number in words.not_selected(ledger).items()
    ]
    said: list[list[Line]] = [[(f"  {_line(one)}", {})] for one in (*unselected, *ledger.not_looked_at)]
    yield from _capped(said, "not looked at:")


def _reports(ledger: Ledger, folder: Path) -> Iterable[Line]:
    yield "", {}
    yield f"reports: {_line(str(folder))}/{ledger.phase}.html, .json, .xml, .md", {}


def _line(said: str) -> str:
    return text.line(said, LONGEST)
