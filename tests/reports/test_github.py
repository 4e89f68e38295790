"""Annotations of GitHub Actions, read back as the runner reads them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from fixtures.model.verdicts import Finding
from reports import github
from tests.reports import sample

if TYPE_CHECKING:
    from fixtures.model.ledger import Ledger


class Command(NamedTuple):
    """A workflow command as the runner understands it."""

    kind: str
    given: dict[str, str]
    message: str


def read(line: str) -> Command:
    """Parse as the runner's ActionCommand does: to the first space, to the next `::`, then unescape."""
    assert len(line.splitlines()) == 1
    assert line.startswith("::")
    head, _, message = line[2:].partition("::")
    kind, _, given = head.partition(" ")
    pairs = (pair.split("=", 1) for pair in given.split(",") if pair)
    return Command(kind, {name: _plain(value) for name, value in pairs}, _plain(message))


def _plain(said: str) -> str:
    for escaped, plain in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        said = said.replace(escaped, plain)
    return said


def commands(ledger: Ledger) -> list[Command]:
    """All commands of a run."""
    return [read(line) for line in github.render(ledger)]


def test_finding_is_an_error_at_its_line() -> None:
    """File and line relative to the repository's root, who and how grave in the title, what to do in the text."""
    ledger = replace(sample.typical(), base="apps/shop")
    (command,) = [one for one in commands(ledger) if one.given["title"].startswith("ENV-004")]
    assert command.kind == "error"
    assert command.given == {
        "file": "apps/shop/services/worker/.env.production",
        "line": "4",
        "title": "ENV-004 worker-ENCRYPTION_KEY (Fail, critical)",
    }
    assert command.message == (
        "decodes to 16 bytes (32 hex digits), 32 are needed\nTo do: Set it right, then run the phase again."
    )


def test_kind_follows_the_gate() -> None:
    """What stops the run is an error; what does not is a warning; waived and passed rows are silent."""
    kinds = {one.given["title"][:7]: one.kind for one in commands(sample.typical())}
    assert kinds == {
        "Preflig": "error",
        "ENV-004": "error",
        "IMG-004": "error",
        "BLD-001": "error",
        "BLD-002": "error",
        "DOC-001": "error",
        "DEP-001": "warning",
    }
    allowed = commands(replace(sample.typical(), unverified_allowed=True, strict=True))
    kinds = {one.given["title"][:7]: one.kind for one in allowed}
    assert (kinds["BLD-002"], kinds["DEP-001"]) == ("warning", "error")


def test_ten_of_a_kind_are_shown_gravest_first() -> None:
    """The tenth says how many there are beside, since GitHub drops them in silence."""
    low = [sample.row("ENV-001", f"target-{number}", "fail", "low") for number in range(30)]
    told = commands(sample.ledger(*low, sample.row("ENV-002", "web", "fail", "critical")))
    assert len(told) == github.MOST
    assert told[0].given["title"].startswith("ENV-002")
    assert told[-1].message == "22 more errors, see the report"


def test_empty_run_is_an_error() -> None:
    """Nothing executed is red on the pull request, too."""
    assert [one.message for one in commands(sample.ledger())] == ["nothing was executed"]


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_no_text_ends_its_command(said: str) -> None:
    """Whatever a finding says, each line is one command, and reads back as the text."""
    row = sample.row("ENV-001", said, "fail", findings=(Finding(said, "src/a,b.ts:3"),), remediation="")
    (command,) = commands(sample.ledger(row))
    assert command.given["file"] == "src/a,b.ts"
    assert command.given["title"].startswith("ENV-001 ")
    assert "::" not in command.given["title"] or "::" in said
    assert set(command.given) == {"file", "line", "title"}


def test_hostile_ledger_issues_no_command_of_its_own() -> None:
    """Neither `::set-env` nor a line break gets out of a message."""
    for command in commands(sample.hostile()):
        assert command.kind in {"error", "warning"}
        assert set(command.given) <= {"file", "line", "title"}
