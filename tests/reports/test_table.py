"""The rows as the page's script takes them."""

from __future__ import annotations

import json
from typing import Any

from fixtures.model.verdicts import Finding
from reports import summary, table
from reports.language import ENGLISH, language
from tests.reports import sample


def data(*rows: Any, code: str = "en") -> dict[str, Any]:
    """What the script parses."""
    return dict(json.loads(table.render(sample.ledger(*rows), language(code))))


def test_every_row_is_there_with_its_anchor() -> None:
    """Rows that were not selected too: a link to one must find it."""
    ledger = sample.typical()
    held = json.loads(table.render(ledger, ENGLISH))
    assert [row[0] for row in held["rows"]][:2] == ["ENV-004-worker-ENCRYPTION_KEY", "IMG-004-worker"]
    assert len(held["rows"]) == len(ledger.rows)


def test_text_that_comes_often_is_written_once() -> None:
    """A thousand rows of one item hold its title and its remediation one time."""
    said = table.render(sample.ledger(*(sample.row("ENV-001", str(n)) for n in range(1000))), ENGLISH)
    assert said.count("What ENV-001 says must hold does hold.") == 1
    assert said.count("Set it right, then run the phase again.") == 1


def test_indexes_name_their_words() -> None:
    """Verdict and severity are places in the lists that come with the rows."""
    held = data(sample.row("ENV-001", "x", "unverified", "low", services=("web", "worker")))
    (row,) = held["rows"]
    assert held["verdicts"][row[3]] == ["unverified", "Unverified"]
    assert held["severities"][row[4]] == ["low", "low"]
    assert [held["texts"][service] for service in row[7]] == ["web", "worker"]
    assert [name for name, _ in held["verdicts"]] == list(summary.SHARES)


def test_findings_are_capped_and_counted() -> None:
    """The last entry says how many are only in the ledger."""
    found = tuple(Finding("x", "file:1") for _ in range(table.FINDINGS + 2))
    (row,) = data(sample.row("A", "x", "fail", findings=found))["rows"]
    assert len(row[16]) == table.FINDINGS + 1
    assert row[16][-1] == ["and 2 findings more: the ledger has them", ""]


def test_no_text_is_endless() -> None:
    """A megabyte in every field leaves a page that opens."""
    long = "x" * 1_000_000
    row = sample.row("A", long, "fail", title=long, observed=long, asked=long, where=long, remediation=long, node=long)
    assert len(table.render(sample.ledger(row), ENGLISH)) < 60_000


def test_russian_rows_carry_russian_words() -> None:
    """Title, remediation, verdict and the script's own words."""
    held = data(sample.row("QUE-005", "emails", title="The queue is not paused."), code="ru")
    assert "Очередь не приостановлена." in held["texts"]
    assert held["messages"]["copied"] == "Скопировано."
    assert ["pass", "Выполнено"] in held["verdicts"]
