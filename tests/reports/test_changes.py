"""What two ledgers differ in."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from fixtures.model.ledger import OUTCOMES, Ledger, Outcome
from reports.changes import Changes, comparable, compare
from tests.reports import sample

LISTS = ("failing", "unverified", "waived", "warned", "fixed")


def change(before: Outcome | None, after: Outcome) -> Changes:
    """One row that was judged so, and is judged so now; None where it was not declared."""
    earlier = [] if before is None else [sample.row("ENV-001", "web", before)]
    return compare(sample.ledger(*earlier), sample.ledger(sample.row("ENV-001", "web", after)))


def listed(changes: Changes) -> list[str]:
    """The lists that the row stands in."""
    return [name for name in LISTS if getattr(changes, name)]


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        ("pass", "fail", "failing"),
        ("pass", "error", "failing"),
        ("waived", "fail", "failing"),
        ("unverified", "fail", "failing"),
        ("not selected", "fail", "failing"),
        (None, "fail", "failing"),
        ("pass", "unverified", "unverified"),
        ("fail", "unverified", "unverified"),
        (None, "unverified", "unverified"),
        ("fail", "waived", "waived"),
        ("pass", "warn", "warned"),
        (None, "warn", "warned"),
        ("fail", "pass", "fixed"),
        ("error", "attested", "fixed"),
        ("fail", "warn", "fixed"),
        ("unverified", "pass", "fixed"),
        ("waived", "pass", "fixed"),
        ("warn", "pass", "fixed"),
    ],
)
def test_change_is_named(before: Outcome | None, after: Outcome, where: str) -> None:
    """Each step from one verdict to another stands in the one list that says what it means."""
    changes = change(before, after)
    assert listed(changes) == [where]
    assert getattr(changes, where)[0].before == before
    assert changes


@pytest.mark.parametrize(
    ("before", "after"),
    [(verdict, verdict) for verdict in OUTCOMES]
    + [("fail", "error"), ("error", "fail"), ("pass", "attested"), ("attested", "pass")]
    + [("fail", "not selected"), ("not selected", "pass"), (None, "pass")],
)
def test_what_is_no_change_stands_nowhere(before: Outcome | None, after: Outcome) -> None:
    """The same verdict, a row that one of the runs did not look at, a new row that passes: nothing to tell."""
    assert change(before, after) == Changes()
    assert not change(before, after)


@pytest.mark.parametrize(("last", "after", "where"), [("fail", "fail", []), ("pass", "fail", ["failing"])])
def test_row_that_the_last_run_left_out_is_held_against_the_run_before(
    last: Outcome, after: Outcome, where: list[str]
) -> None:
    """A run of one item is no reason to call what failed before it new."""
    row = sample.row("A-1", "x", "not selected")
    found = compare(sample.ledger(replace(row, last=last)), sample.ledger(replace(row, verdict=after)))
    assert listed(found) == where


@pytest.mark.parametrize(("before", "after"), [*product([None, *OUTCOMES], OUTCOMES)])
def test_row_stands_in_one_list_at_most(before: Outcome | None, after: Outcome) -> None:
    """No row is told twice."""
    assert len(listed(change(before, after))) <= 1


def test_row_that_is_no_longer_declared_is_gone_and_worse() -> None:
    """What was judged and is declared no more is told, whatever its verdict was."""
    changes = compare(sample.ledger(sample.row("ENV-001", "web")), sample.ledger())
    assert [row.key for row in changes.gone] == [("ENV-001", "web")]
    assert changes.worse


@pytest.mark.parametrize(
    ("before", "after", "worse"),
    [("pass", "fail", True), ("pass", "unverified", True), ("fail", "waived", False), ("fail", "pass", False)],
)
def test_worse_is_what_stops_a_run(before: Outcome, after: Outcome, worse: bool) -> None:
    """A new failure or blind spot is worse; an excuse is not, nor is a repair."""
    assert change(before, after).worse == worse


def test_gravest_comes_first() -> None:
    """Critical before low, whatever the order of rows."""
    rows = [sample.row("ENV-001", name, "fail", name) for name in ("low", "critical", "medium")]
    changes = compare(sample.ledger(), sample.ledger(*rows))
    assert [one.row.target for one in changes.failing] == ["critical", "medium", "low"]


def test_of_two_rows_with_one_key_the_worse_counts() -> None:
    """A pass beside it hides no failure, in either run."""
    twice = sample.ledger(sample.row("ENV-001", "web", "fail"), sample.row("ENV-001", "web"))
    assert listed(compare(sample.ledger(sample.row("ENV-001", "web")), twice)) == ["failing"]
    assert compare(twice, twice) == Changes()


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (sample.ledger(phase="smoke"), True),
        (sample.ledger(platform="other"), False),
        (sample.ledger(demo=True), False),
    ],
)
def test_only_one_platform_compares_with_itself(other: Ledger, same: bool) -> None:
    """Another platform's ledger, or the demo's, is no earlier run of this one."""
    assert comparable(sample.ledger(), other) == same
