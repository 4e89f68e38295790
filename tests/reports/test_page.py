"""Cells of pytest-html's table."""

from __future__ import annotations

import re

from fixtures.model.ledger import OUTCOMES
from reports import page
from tests.reports import sample
from tests.reports.markup import Markup

PYTEST_HTML_WORDS = {"Passed", "Failed", "XFailed", "Error"}


def hydrated(cells: list[str]) -> dict[str, str]:
    """What pytest-html reads out of cells whose header is sortable."""
    data = {}
    for head, cell in zip(page.header_cells(), cells, strict=True):
        name, inner = re.search(r"col-(\w+)", cell), re.search(r"<td.*?>(.*?)</td>", cell)
        if "sortable" in head and name and inner:
            data[name.group(1)] = inner.group(1)
    return data


def test_entry_holds_what_pytest_html_would_read() -> None:
    """An entry made at the end sorts and filters like one that came through the hooks, hostile text included."""
    for row in (*sample.typical().rows, *sample.hostile().rows):
        entry = page.entry(row, "Failed", "")
        keys = {name: value for name, value in entry.items() if name not in {"extras", "resultsTableRow", "log"}}
        assert keys == hydrated(entry["resultsTableRow"])


def test_verdicts_and_severities_sort_by_rank() -> None:
    """Sorting the strings sorts worst first."""
    verdicts = [page.entry(sample.row("A", "x", verdict), "Failed", "")["verdict"] for verdict in OUTCOMES]
    assert verdicts == sorted(verdicts)
    severities = [
        page.entry(sample.row("A", "x", "fail", severity), "Failed", "")["severity"]
        for severity in ("critical", "high", "medium", "low")
    ]
    assert severities == sorted(severities)


def test_durations_sort_by_length() -> None:
    """9 s comes before 10 s and 2 min."""
    seconds = [page.entry(sample.row("A", "x", seconds=s), "Passed", "")["seconds"] for s in (0.002, 9.0, 10.0, 120.0)]
    assert seconds == sorted(seconds)


def test_outcome_follows_what_stops_the_run() -> None:
    """pytest-html's filters group by whether a row stops this run."""
    strict = sample.ledger(sample.row("A", "x", "warn"), strict=True)
    stopping = frozenset(row.verdict for row in strict.blockers)
    assert page.outcome(strict.rows[0], stopping) == "Failed"
    assert page.outcome(strict.rows[0], frozenset()) == "XFailed"
    assert {
        page.outcome(sample.row("A", "x", verdict), frozenset({"fail"})) for verdict in OUTCOMES
    } == PYTEST_HTML_WORDS


def test_foreign_report_has_the_same_columns() -> None:
    """A file that could not be collected fits into the table."""
    cells = page.foreign_cells("checks/test_<b>.py", "Error", 0.0)
    assert len(cells) == len(page.header_cells())
    assert Markup("".join(cells)).tags == {"td", "data", "b"}
