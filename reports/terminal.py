"""What the terminal shows: an area's items once they are done; at the end what to do first, then what it comes to.

The last lines are those that stay in sight: so the gate's answer, its counts and the reports' paths come last.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import TYPE_CHECKING

from fixtures.model.ledger import OUTCOMES, PASSING, Ledger, Outcome, Row
from reports import changes, summary, text, words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST = 10  # entries shown of each list: of rows, their items
TARGETS = 5  # of each of these items
FINDINGS = 3  # of each row
NAMES = 5  # targets named of each item while the run goes on
LONGEST = 300  # characters of one line's text
WIDE = 120  # columns where nobody's window is known: a CI log

Style = dict[str, bool]
Line = tuple[str, Style]
STYLES: dict[Outcome, Style] = {
    "error": {"red": True, "bold": True},
    "fail": {"red": True, "bold": True},
    "unverified": {"red": True},
    "waived": {"yellow": True},
    "warn": {"yellow": True},
    "attested": {"green": True},
    "pass": {"green": True},
    "not selected": {},
}


def area(rows: list[Row], left: int = 0, width: int = WIDE) -> list[list[Line]]:
    """An area's rows that are done: a heading, then a line an item, and the targets that do not pass.

    `left` is how many of its selected rows are not done, where a run ends early. Each line is its pieces, each with
    its style; titles end at `width` columns.
    """
    counts = Counter(row.verdict for row in rows)
    told = ", ".join(f"{counts[verdict]:,} {verdict}" for verdict in reversed(OUTCOMES) if counts[verdict])
    told += f", {left:,} not done" if left else ""
    lines: list[list[Line]] = [[(_line(words.area(rows[0])), {"bold": True}), (f": {told}", {})]]
    by_item: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row.item):
        by_item.setdefault(row.item, []).append(row)
    for held in by_item.values():
        lines += _item(held, width)
    return lines


def _item(rows: list[Row], width: int) -> Iterator[list[Line]]:
    worst = min((row.verdict for row in rows), key=OUTCOMES.index)
    number = sum(row.verdict == worst for row in rows)
    label = worst if worst in PASSING else words.LABELS[worst].upper()
    many = f"{number:,} of {len(rows):,}" if number < len(rows) else f"{number:,}"
    start = f"  {_line(rows[0].item):<9}"
    rest = f" {many:<10} {_line(rows[0].title)}"
    yield [(start, {}), (f"{label:<10}", STYLES[worst]), (_fitted(rest, width - len(start) - 10), {})]
    for verdict in OUTCOMES:
        named = [_line(row.target) for row in rows if row.verdict == verdict]
        if named and verdict not in PASSING:
            more = f" and {len(named) - NAMES:,} more" if len(named) > NAMES else ""
            told = f"{'':11}{words.LABELS[verdict].lower()}: {', '.join(named[:NAMES])}{more}"
            yield from ([(part, STYLES[verdict])] for part in _wrapped(told, width))


def _fitted(said: str, room: int) -> str:
    return said if len(said) <= room else f"{said[: max(room - 3, 0)]}..."


def lines(
    ledger: Ledger, folder: Path, before: Ledger | None = None, *, width: int | None = None, verbose: bool = False
) -> list[Line]:
    """The end of a run: what does not pass, worst first, the rest, and last what decides and where to read on.

    `width` wraps at so many columns. `verbose` shows each list in full, and each row's evidence. The words are ASCII.
    """
    most = None if verbose else MOST
    unseen = "yellow" if ledger.unverified_allowed else "red"
    told = [
        *_faults(ledger, most),
        *_rows("failures", words.failing(ledger), "red", most),
        *_rows("could not be observed", words.of(ledger, "unverified"), unseen, most),
        *_rows("warnings", words.of(ledger, "warn"), "red" if ledger.strict else "yellow", most),
        *_waivers(ledger, most),
        *_not_looked_at(ledger, most),
        ("", {}),
        *_head(ledger, before),
        _reports(ledger, folder),
    ]
    return [(part, style) for line, style in told for part in _wrapped(line, width)]


def _wrapped(line: str, width: int | None) -> list[str]:
    if width is None or len(line) <= width:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    return textwrap.wrap(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    )


def _head(ledger: Ledger, before: Ledger | None) -> Iterator[Line]:
    yield words.headline(ledger), {"green" if ledger.go else "red": True, "bold": True}
    if before is not None and changes.comparable(before, ledger):
        yield f"since {_line(words.moment(before.started))}: {_changed(changes.compare(before, ledger))}", {}
    counts = ", ".join(f"{number:,} {word}" for word, number in words.readiness_counts(ledger))
    yield f"readiness {words.readiness(ledger)}: {counts}", {}
    demo = " (the embedded demo)" if ledger.demo else ""
    phase, as_of = _line(ledger.phase), _line(ledger.as_of)
    yield f"platform {_line(ledger.platform)}{demo}, phase {phase}, judged as of {as_of}", {}


def _changed(found: changes.Changes) -> str:
    kinds = (
        ("newly failing", found.failing),
        ("newly unverified", found.unverified),
        ("no longer declared", found.gone),
        ("newly waived", found.waived),
        ("new warnings", found.warned),
        ("fixed", found.fixed),
    )
    return ", ".join(f"{len(listed):,} {kind}" for kind, listed in kinds if listed) or "nothing changed"


def _faults(ledger: Ledger, most: int | None) -> Iterator[Line]:
    problems: list[list[Line]] = [[(f"  {_line(problem)}", {"red": True})] for problem in ledger.problems]
    yield from _capped(problems, f"the run itself is faulty ({len(problems)}):", most)
    gone: list[list[Line]] = [[(f"  {_line(item)} {_line(target)}", {})] for item, target in ledger.gone]
    yield from _capped(gone, f"no longer declared ({len(gone)}):", most)


def _rows(title: str, rows: list[Row], colour: str, most: int | None) -> Iterator[Line]:
    """Rows by item: an item's title and what to do stand there once."""
    blocks = [list(_block(group, colour, most)) for group in summary.groups(rows)]
    yield from _capped(blocks, f"{title} ({len(rows):,}):", most, "items")


def _block(group: summary.Group, colour: str, most: int | None) -> Iterator[Line]:
    start = f"  {words.LABELS[group.verdict].upper()} {group.severity} {_line(group.item)}"
    rows = group.rows
    if len(rows) == 1:
        yield f"{start} {_line(rows[0].target)}: {_line(group.title)}", {colour: True}
        yield from _told(rows[0], "    ", verbose=most is None)
    else:
        yield f"{start}: {_line(group.title)}", {colour: True}
        shown = rows[: most and TARGETS]
        for row in shown:
            yield f"    {_line(row.target)}", {"bold": True}
            yield from _told(row, "      ", verbose=most is None)
        if len(rows) > len(shown):
            yield f"    and {words.counted(len(rows) - len(shown), 'target', 'targets')} more", {}
    if group.remediation:
        yield f"    to do: {_line(group.remediation)}", {}


def _capped(blocks: list[list[Line]], title: str, most: int | None, kind: str = "") -> Iterator[Line]:
    if not blocks:
        return
    yield "", {}
    yield title, {"bold": True}
    for block in blocks[:most]:
        yield from block
    if most is not None and len(blocks) > most:
        yield f"  and {len(blocks) - most:,} more{kind and f' {kind}'}, see the report", {}


def _told(row: Row, indent: str, *, verbose: bool) -> Iterator[Line]:
    found = row.findings or (row.warnings if row.verdict == "warn" else ())
    shown = found if verbose else found[:FINDINGS]
    for finding in shown:
        yield f"{indent}{_line(str(finding))}", {}
    if len(found) > len(shown):
        yield f"{indent}and {words.counted(len(found) - len(shown), 'finding', 'findings')} more", {}
    if row.observed and (verbose or not found):
        yield f"{indent}{_line(row.observed)}", {}
    if verbose and row.asked:
        yield f"{indent}asked: {_line(row.asked)}", {}


def _waivers(ledger: Ledger, most: int | None) -> Iterator[Line]:
    """Those that end within two weeks, or are over."""
    soon: list[list[Line]] = []
    for note, row in words.waived(ledger):
        left = words.days_left(note, ledger)
        if left is None or left <= words.SOON or note.state != "live":
            terms = f"{words.term(note, ledger)} ({note.expires}, {words.waiver_state(note)})"
            said = f"  {_line(row.item)} {_line(row.target)}: {_line(terms)}, {_line(note.owner)}: {_line(note.reason)}"
            soon.append([(said, {"yellow": True})])
    yield from _capped(soon, f"waivers to look at ({len(soon)}):", most)


def _not_looked_at(ledger: Ledger, most: int | None) -> Iterator[Line]:
    unselected = [
        f"{words.counted(number, 'declared item', 'declared items')} of phase {phase}: not selected"
        for phase, number in words.not_selected(ledger).items()
    ]
    said: list[list[Line]] = [[(f"  {_line(one)}", {})] for one in (*unselected, *ledger.not_looked_at)]
    yield from _capped(said, "not looked at:", most)


def _reports(ledger: Ledger, folder: Path) -> Line:
    return f"reports: {_line(str(folder))}/{ledger.phase}.html, .json, .xml, .sarif, .md, .comment.md", {}


def _line(said: str) -> str:
    """Text on one line that the runner of GitHub Actions takes for no command of ours."""
    plain = text.line(said, LONGEST).replace("##[", "# #[")
    return f": {plain[1:]}" if plain.startswith("::") else plain
