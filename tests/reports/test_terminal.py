"""The terminal's last lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports import terminal
from tests.reports import sample

FOLDER = Path("reports")


def said(*args: object, **more: object) -> str:
    """The lines as one text."""
    return "\n".join(line for line, _ in terminal.lines(*args, **more))  # type: ignore[arg-type]


def test_headline_comes_first_and_paths_last() -> None:
    """What decides is on top; where to read on is at the end, next to the prompt."""
    told = [line for line, _ in terminal.lines(sample.typical(), FOLDER)]
    assert told[0].startswith("NO GO: 3 items fail (1 critical, 1 high, 1 low)")
    assert told[-1] == "reports: reports/predeploy.html, .json, .xml, .md"


def test_readiness_stands_with_all_its_counts() -> None:
    """Zeros are said too: what is not named could be anything."""
    told = said(sample.ledger(sample.row("ENV-001", "x")), FOLDER)
    assert (
        "readiness 100 %: 1 declared, 1 selected, 1 executed, 1 pass, 0 fail, 0 error, 0 unverified, 0 waived" in told
    )


def test_failure_has_its_finding_and_what_to_do() -> None:
    """Each failure is told with place and remediation."""
    told = said(sample.typical(), FOLDER)
    assert "FAIL high IMG-004 worker: The image runs as an ordinary user." in told
    assert "services/worker/Dockerfile:18: the final stage runs as root: no USER instruction" in told
    assert "to do: Run npm ci in the platform's folder." in told


def test_all_that_matters_is_named() -> None:
    """Problems, gone items, waivers near their end, what was not looked at."""
    told = said(sample.typical(), FOLDER)
    for part in ("test process gw1 died", "DOC-002 runbook-ru-worker-idle", "8 days left", "[[backup]] database"):
        assert part in told


@pytest.mark.parametrize(("expires", "shown"), [("2026-12-07", True), ("2026-12-08", False)])
def test_waiver_is_named_in_its_last_two_weeks(expires: str, shown: bool) -> None:
    """Fourteen days before its end a waiver comes up; before that it is quiet."""
    row = sample.row("DOC-006", "plan", "waived", waiver=sample.waiver(expires))
    assert ("waivers to look at" in said(sample.ledger(row), FOLDER)) == shown


def test_long_lists_are_counted() -> None:
    """Ten failures are shown, the rest counted."""
    rows = [sample.row("ENV-001", f"target-{number}", "fail") for number in range(25)]
    told = said(sample.ledger(*rows), FOLDER)
    assert told.count("FAIL high") == 10
    assert "and 15 more, see the report" in told


def test_stream_without_utf8_gets_what_it_can_carry() -> None:
    """Text that ASCII cannot hold is spelt out; our own words need no more than ASCII."""
    row = sample.row("DOC-001", "runbook", "fail", observed="нет", title="Есть раздел «Симптомы».")
    told = said(sample.ledger(row), FOLDER, encoding="ascii")
    assert told.isascii()
    assert "\\u043d\\u0435\\u0442" in told
    assert said(sample.typical(), FOLDER).isascii()


def test_hostile_text_moves_no_cursor() -> None:
    """No control character reaches the terminal, and each line is one line."""
    for line, _ in terminal.lines(sample.hostile(), FOLDER):
        assert "\x1b" not in line
        assert "\u202e" not in line
        assert len(line.splitlines()) <= 1
