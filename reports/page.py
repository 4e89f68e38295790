"""Cells of pytest-html's table, for one row of the ledger.

What pytest-html 4.2.0 makes of them, read in `basereport.py` and `resources/app.js`:

- A cell is a string that the page's script puts in with `innerHTML`: everything here is escaped.
- Where the header at a cell's index holds the word `sortable`, the cell's inner HTML on one line is copied into
  the row's data under the name after `col-`; sorting compares these strings. So a rank comes first in its cell,
  as `<data value="…">`.
- The filters, the collapsed state and a `tbody`'s class come from the data named `result`, which must be one of
  pytest-html's own words (`Failed`, `XFailed` …); the `tbody`'s id from `testId`. Both are hidden cells here, and the
  verdict stands in a column of its own.
- A click on a cell opens the row unless the cell has the class `col-links`. Wordy cells have it, so that text can
  be selected in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

from fixtures.model.ledger import OUTCOMES, PASSING, SEVERITIES, Row
from fixtures.model.verdicts import Finding
from reports import text, words

CELL = 600  # characters of one text in a cell
FULL = 20_000  # the same where the row is opened
FILTERS = {
    "failed": "fail or unverified",
    "error": "error",
    "xfailed": "waived, warning or allowed",
    "passed": "pass or attested",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name (letters only), its heading, its inner HTML for a row."""

    name: str
    heading: str
    inner: Callable[[Row], str]
    sortable: bool = False
    hidden: bool = False
    wordy: bool = False

    def header(self) -> str:
        """The column's `<th>`."""
        sorting = f' class="sortable" data-column-type="{self.name}"' if self.sortable else ""
        return f"<th{sorting}{' hidden' if self.hidden else ''}>{self.heading}</th>"

    def cell(self, inner: str) -> str:
        """A `<td>` around inner HTML."""
        links = " col-links" if self.wordy else ""
        return f'<td class="col-{self.name}{links}"{" hidden" if self.hidden else ""}>{inner}</td>'


def outcome(row: Row, stopping: frozenset[str]) -> str:
    """pytest-html's word for a row's verdict; `stopping` are the verdicts that stop this run."""
    if row.verdict == "error":
        return "Error"
    if row.verdict in PASSING:
        return "Passed"
    return "Failed" if row.verdict in stopping else "XFailed"


def ordered(rows: Iterable[Row]) -> list[Row]:
    """Rows as the table lists them: by verdict, worst first, then by severity."""
    return sorted(rows, key=lambda row: (OUTCOMES.index(row.verdict), SEVERITIES.index(row.severity)))


def header_cells() -> list[str]:
    """The table's `<th>` cells."""
    return [column.header() for column in COLUMNS]


def cells(row: Row, result: str) -> list[str]:
    """A row's `<td>` cells; `result` is pytest-html's word for it."""
    return [column.cell(_inner(column, row, result)) for column in COLUMNS]


def entry(row: Row, result: str, log: str) -> dict[str, Any]:
    """A row as pytest-html's data holds it, with the keys that its sorting and filters read."""
    keys = {column.name: _inner(column, row, result) for column in COLUMNS if column.sortable}
    return {"extras": [], **keys, "resultsTableRow": cells(row, result), "log": log}


def foreign_cells(node: str, result: str, seconds: float) -> list[str]:
    """Cells for a report that no row stands for: a file that could not be collected, a test that is no check."""
    return [column.cell(inner) for column, inner in zip(COLUMNS, _foreign(node, result, seconds), strict=True)]


def foreign_entry(node: str, result: str, seconds: float, log: str) -> dict[str, Any]:
    """The same as pytest-html's data holds it."""
    inners = _foreign(node, result, seconds)
    keys = {column.name: inner for column, inner in zip(COLUMNS, inners, strict=True) if column.sortable}
    return {"extras": [], **keys, "resultsTableRow": foreign_cells(node, result, seconds), "log": log}


def _foreign(node: str, result: str, seconds: float) -> list[str]:
    rank = 0 if result == "Error" else 1 if result == "Failed" else len(OUTCOMES)
    known = {
        "result": escape(result),
        "testId": f"row-{text.anchor('node', node)}",
        "verdict": _ranked(rank, result, f"verdict verdict--{_slug(result)}"),
        "item": f"<b>{_line(node)}</b>",
        "seconds": _seconds(seconds),
    }
    return [known.get(column.name, "") for column in COLUMNS]


def log(row: Row) -> str:
    """What an opened row shows: its evidence, findings and remediation as escaped lines.

    Lines after the first are indented: pytest-html paints a line that starts with a capital E as an error.
    """
    parts = [("Must hold", row.title), ("Asked", row.asked), ("Seen", row.observed), ("Where", row.where)]
    parts += [("Finding", str(finding)) for finding in row.findings]
    parts += [("Warning", str(warning)) for warning in row.warnings]
    parts.append(("To do", row.remediation))
    if row.waiver:
        parts.append(("Waiver", f"{row.waiver.reason} ({row.waiver.owner}, until {row.waiver.expires})"))
    parts += [("When", words.moment(row.at)), ("Node", row.node)]
    return "\n".join(f"<b>{word}</b> {_told(said)}" for word, said in parts if said)


def _told(said: str) -> str:
    return escape(text.shown(said, FULL)).replace("\n", "\n  ")


def _inner(column: Column, row: Row, result: str) -> str:
    return escape(result) if column.name == "result" else column.inner(row)


def _line(said: str) -> str:
    return escape(text.line(said, CELL))


def _slug(word: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in word.lower())


def _ranked(rank: int, word: str, classes: str) -> str:
    return f'<data value="{rank:02d}" class="{classes}">{escape(word)}</data>'


def _verdict(row: Row) -> str:
    return _ranked(OUTCOMES.index(row.verdict), words.LABELS[row.verdict], f"verdict verdict--{_slug(row.verdict)}")


def _severity(row: Row) -> str:
    return _ranked(SEVERITIES.index(row.severity), row.severity, f"severity severity--{row.severity}")


def _seconds(seconds: float) -> str:
    return f'<data value="{round(max(seconds, 0) * 1000):012d}">{words.duration(seconds)}</data>'


def _evidence(row: Row) -> str:
    observed = f"<p>{_line(row.observed)}</p>" if row.observed else ""
    small = [("asked", row.asked), ("where", row.where), ("seen at", words.moment(row.at))]
    return observed + "".join(f"<p><small>{word} {_line(said)}</small></p>" for word, said in small if said)


def _findings(row: Row) -> str:
    listed = [_finding(finding, "") for finding in row.findings] + [_finding(one, "Warning: ") for one in row.warnings]
    return f"<ul>{''.join(listed)}</ul>" if listed else ""


def _finding(finding: Finding, prefix: str) -> str:
    where = f"<br><code>{_line(finding.where)}</code>" if finding.where else ""
    return f"<li>{prefix}{_line(finding.text)}{where}</li>"


def _remedy(row: Row) -> str:
    said = f"<p>{_line(row.remediation)}</p>" if row.remediation and row.verdict not in PASSING else ""
    if row.waiver is None:
        return said
    terms = f"{row.waiver.owner}, until {row.waiver.expires}, {words.waiver_state(row.waiver)}"
    return f"{said}<p>Waiver: {_line(row.waiver.reason)} <small>{_line(terms)}</small></p>"


COLUMNS: tuple[Column, ...] = (
    Column("result", "Result", lambda row: "", sortable=True, hidden=True),
    Column("testId", "Id", lambda row: f"row-{text.anchor(row.item, row.target)}", sortable=True, hidden=True),
    Column("verdict", "Verdict", _verdict, sortable=True),
    Column("item", "Item", lambda row: f"<b>{_line(row.item)}</b> {_line(row.title)}", sortable=True),
    Column("target", "Target", lambda row: _line(row.target), sortable=True),
    Column("area", "Area", lambda row: _line(words.area(row)), sortable=True),
    Column("severity", "Severity", _severity, sortable=True),
    Column("evidence", "Evidence", _evidence, wordy=True),
    Column("findings", "Findings", _findings, wordy=True),
    Column("remedy", "Remediation or waiver", _remedy, wordy=True),
    Column("seconds", "Duration", lambda row: _seconds(row.seconds), sortable=True),
)
