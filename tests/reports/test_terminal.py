"""The terminal's last lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fixtures.model.verdicts import Finding
from reports import terminal
from tests.reports import sample

if TYPE_CHECKING:
    from fixtures.model.ledger import Row

FOLDER = Path("reports")


def said(*args: object, **more: object) -> str:
    """The lines as one text."""
    return "\n".join(line for line, _ in terminal.lines(*args, **more))  # type: ignore[arg-type]


def test_what_to_do_comes_first_and_what_decides_last() -> None:
    """Failures by severity, then unverified; the gate's answer, counts and paths are next to the prompt."""
    told = [line for line, _ in terminal.lines(sample.typical(), FOLDER)]
    starts = ["the run itself", "no longer declared", "failures (4)", "could not be observed (1)", "waivers to look at"]
    starts += ["not looked at", "NO GO: 3 items fail (1 critical, 1 high, 1 low)", "readiness", "platform", "reports: "]
    places = [next(n for n, line in enumerate(told) if line.startswith(start)) for start in starts]
    assert places == sorted(places)
    severities = [line.split()[1] for line in told if line.startswith(("  FAIL", "  ERROR"))]
    assert severities == ["critical", "high", "high", "low"]
    assert told[-1] == "reports: reports/predeploy.html, .json, .xml, .sarif, .md, .comment.md"


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


def test_warning_is_told_too_in_the_colour_of_what_it_does() -> None:
    """A log is often all that is looked at: without its text nobody could tell what to look for."""
    warned = sample.row("QUE-002", "jobs", "warn", warnings=(Finding("612 jobs wait; more than 500"),))
    for strict, colour in ((False, "yellow"), (True, "red")):
        told = dict(terminal.lines(sample.ledger(warned, strict=strict), FOLDER))
        assert "    612 jobs wait; more than 500" in told
        assert told[next(line for line in told if line.startswith("  WARNING"))] == {colour: True}


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


def test_targets_of_one_item_share_its_title_and_remediation() -> None:
    """Five targets are shown, the rest counted; what must hold and what to do stand there once."""
    rows = [sample.row("ENV-001", f"target-{number}", "fail") for number in range(25)]
    told = said(sample.ledger(*rows), FOLDER)
    assert told.count("FAIL high ENV-001: What ENV-001 says must hold does hold.") == 1
    assert told.count("Set it right") == 1
    assert "    target-4\n" in told
    assert "target-5" not in told
    assert "and 20 targets more" in told


def test_long_lists_are_counted() -> None:
    """Ten items are shown, the rest counted; all of them with -v, with their evidence."""
    ledger = sample.ledger(*(sample.row(f"ENV-{number:03}", "web", "fail") for number in range(25)))
    told = said(ledger, FOLDER)
    assert told.count("FAIL high") == 10
    assert "and 15 more items, see the report" in told
    assert "asked:" not in told
    told = said(ledger, FOLDER, verbose=True)
    assert told.count("FAIL high") == told.count("asked: what web is like") == 25


def test_what_changed_since_the_last_run_is_one_line() -> None:
    """With a ledger to compare with; without one nothing is said."""
    before, after = sample.ledger(sample.row("ENV-001", "web")), sample.ledger(sample.row("ENV-001", "web", "fail"))
    assert "since 2026-11-23 07:29:05 UTC: 1 newly failing" in said(after, FOLDER, before)
    assert "since 2026-11-23 07:29:05 UTC: nothing changed" in said(after, FOLDER, after)
    assert "since" not in said(after, FOLDER)


@pytest.mark.parametrize("width", [80, 120])
def test_lines_fit_the_window(width: int) -> None:
    """Text wraps between words and stays indented; a single long word is left whole, to be copied."""
    for line, _ in terminal.lines(sample.typical(), FOLDER, width=width):
        assert len(line) <= width
    row = sample.row("ENV-001", "web", "fail", observed="word " * 60)
    wrapped = [line for line, _ in terminal.lines(sample.ledger(row), FOLDER, width=width) if "word" in line]
    assert all(line.startswith("    ") for line in wrapped)


def test_our_words_need_no_more_than_ascii() -> None:
    """A log of any encoding can hold them; pytest spells out text that its stream cannot carry."""
    assert said(sample.typical(), FOLDER).isascii()


def block(*rows: Row, **more: int) -> list[str]:
    """An area's lines as plain text."""
    return ["".join(part for part, _ in line) for line in terminal.area(list(rows), **more)]


def test_area_is_a_line_an_item() -> None:
    """The worst verdict of its targets and how many have it; targets that do not pass are named."""
    assert block(
        sample.row("ENV-002", "web"),
        sample.row("ENV-001", "web"),
        sample.row("ENV-001", "worker", "fail"),
        sample.row("ENV-001", "cron", "unverified"),
    ) == [
        "Environment: 2 pass, 1 unverified, 1 fail",
        "  ENV-001  FAIL       1 of 3     What ENV-001 says must hold does hold.",
        "           fail: worker",
        "           unverified: cron",
        "  ENV-002  pass       1          What ENV-002 says must hold does hold.",
    ]


def test_five_thousand_rows_are_no_five_thousand_lines() -> None:
    """One line an item, five names of those that fail."""
    rows = [sample.row("ENV-001", f"target-{number}", "fail") for number in range(5_000)]
    told = block(*rows)
    assert len(told) == 3
    assert told[2].endswith("target-4 and 4,995 more")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_area_fits_the_window(width: int) -> None:
    """Titles end in dots, names wrap."""
    rows = [sample.row("ENV-001", f"services-worker-{number}", "fail", title="long " * 60) for number in range(9)]
    told = block(*rows, width=width)
    assert all(len(line) <= width for line in told)
    assert told[1].endswith("...")


def test_area_that_is_not_done_says_so() -> None:
    """Where a run ends early, what is missing is counted."""
    assert block(sample.row("ENV-001", "web"), left=7)[0] == "Environment: 1 pass, 7 not done"


@pytest.mark.parametrize("text", ["::add-mask::x", "x ##[error]y"])
def test_no_line_is_a_command_to_the_runner(text: str) -> None:
    """What a finding says runs nothing on GitHub Actions, which takes such lines of any output for commands."""
    row = sample.row("ENV-001", text, "fail", title=text, observed=text, remediation=text, findings=(Finding(text),))
    ledger = sample.ledger(row, sample.row("ENV-001", "web", "fail", title=text, remediation=text))
    for line in said(ledger, FOLDER, verbose=True).splitlines() + block(row):
        assert not line.lstrip().startswith("::")
        assert "##[" not in line


def test_hostile_text_moves_no_cursor() -> None:
    """No control character reaches the terminal, and each line is one line."""
    for line, _ in terminal.lines(sample.hostile(), FOLDER, sample.hostile()):
        assert "\x1b" not in line
        assert "\u202e" not in line
        assert len(line.splitlines()) <= 1
