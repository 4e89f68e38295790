"""What the page shows of a ledger, sorted and grouped."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from fixtures.model.ledger import AttestationNote
from reports import history, summary
from reports.changes import compare
from reports.language import ENGLISH
from tests.reports import sample


def test_rows_that_need_the_same_are_told_once() -> None:
    """One item on many targets is one group; another remediation, title or verdict is another."""
    rows = [
        sample.row("ENV-001", "a", "fail"),
        sample.row("ENV-002", "a", "fail"),
        sample.row("ENV-001", "b", "fail"),
        sample.row("ENV-001", "c", "fail", remediation="Ask for access."),
        sample.row("ENV-001", "d", "error"),
    ]
    told = [(group.item, [row.target for row in group.rows]) for group in summary.groups(rows)]
    assert told == [("ENV-001", ["a", "b"]), ("ENV-002", ["a"]), ("ENV-001", ["c"]), ("ENV-001", ["d"])]


def test_severities_come_gravest_first_and_only_those_with_rows() -> None:
    """No heading stands over nothing."""
    rows = [sample.row("A", "x", "fail", "low"), sample.row("B", "x", "fail", "critical")]
    assert [(severity, number) for severity, number, _ in summary.by_severity(rows)] == [("critical", 1), ("low", 1)]


def test_passed_rows_are_capped_and_the_rest_counted() -> None:
    """A page of ten thousand passes lists the first thousand; the table has all."""
    listed, rest = summary.passed(sample.ledger(*(sample.row("ENV-001", str(n)) for n in range(summary.PASSED + 5))))
    assert [number for _, number, _ in listed] == [summary.PASSED]
    assert rest == 5


def test_areas_tell_what_does_not_pass() -> None:
    """Attested counts as passing; what was not selected is no area's worst unless nothing was."""
    rows = (
        sample.row("ENV-001", "a"),
        sample.row("ENV-001", "b", "fail"),
        sample.row("ENV-002", "a", "not selected"),
        sample.row("ROT-001", "a", "attested"),
        sample.row("HLT-001", "a", "not selected"),
    )
    told = {area.prefix: area for area in summary.areas(sample.ledger(*rows))}
    assert (told["ENV"].passing, told["ENV"].declared, told["ENV"].counts) == (1, 3, (("fail", 1),))
    assert (told["ENV"].worst, told["ROT"].worst, told["HLT"].worst) == ("fail", "attested", "not selected")
    assert told["ROT"].passing == 1


def test_share_of_the_selected_is_told_where_not_all_were() -> None:
    """A smoke run that is green is not 23 % ready and nothing else."""
    rows = (sample.row("A", "x"), sample.row("B", "x", "fail"), sample.row("C", "x", "not selected"))
    assert summary.selected_share(sample.ledger(*rows)) == 0.5
    assert summary.selected_share(sample.ledger(*rows[:2])) is None
    assert summary.selected_share(sample.ledger(*rows[2:])) is None


def test_bar_is_whole() -> None:
    """The shares fill the bar without a gap, in the order that is told."""
    shares = summary.bars(sample.typical())
    assert sum(bar.width for bar in shares) == pytest.approx(100, abs=0.01)
    assert [bar.verdict for bar in shares] == list(summary.SHARES)
    for bar, after in pairwise(shares):
        assert after.x == pytest.approx(bar.x + bar.width, abs=0.01)


def test_facts_name_the_commit_that_was_looked_at() -> None:
    """A signature holds for that commit, and for no change beside it that nobody else has."""
    clean = replace(sample.typical(), commit="3f9c2d1a" * 5)
    assert dict(summary.facts(clean, ENGLISH))["Commit"] == "3f9c2d1a3f9c"
    told = dict(summary.facts(replace(clean, dirty=True), ENGLISH))["Commit"]
    assert told == "3f9c2d1a3f9c, with changes that are not committed"
    assert "Commit" not in dict(summary.facts(sample.typical(), ENGLISH))


def test_facts_name_version_and_rules() -> None:
    """What was deployed is there where it is known, and whoever allowed the unverified is seen to have."""
    told = dict(summary.facts(replace(sample.typical(), version="3f9c2d1", strict=True), ENGLISH))
    assert told["Version"] == "3f9c2d1"
    assert "--strict" in told["Rules"]
    assert "Version" not in dict(summary.facts(sample.typical(), ENGLISH))


def test_contents_name_only_what_is_there() -> None:
    """A quiet run links to no empty section."""
    assert [name for name, _ in summary.contents(sample.ledger(sample.row("A", "x")))] == ["passed", "rows"]
    assert [name for name, _ in summary.contents(sample.typical())] == [
        *("failures", "unverified", "waivers", "warnings", "attested", "not_looked_at", "passed", "rows")
    ]


def test_changes_come_bad_news_first() -> None:
    """What fails anew stands before what was fixed; lists without rows are left out."""
    before = sample.ledger(sample.row("A", "x"), sample.row("B", "x", "fail"), sample.row("C", "x"))
    after = sample.ledger(sample.row("A", "x", "fail"), sample.row("B", "x"))
    assert [name for name, _ in summary.changed(compare(before, after))] == ["failing", "gone", "fixed"]


def test_what_to_do_first_says_each_thing_once() -> None:
    """Items that the same step mends take one place among the first steps."""
    rows = [
        sample.row(item, "x", "unverified", remediation=said)
        for item, said in (("A", "Set A."), ("B", "Set A."), ("C", "Set C."), ("D", "Set D."))
    ]
    assert [group.item for group in summary.steps(rows, 2)] == ["A", "C"]


def test_attested_rows_come_by_their_end() -> None:
    """The signature that ends first is on top; a row that lacks one comes before all."""
    late, early = (
        AttestationNote("Ann", "2026-11-01", "https://wiki.example", day, "live")
        for day in ("2027-01-01", "2026-12-01")
    )
    rows = (
        sample.row("A", "late", "attested", attestation=late),
        sample.row("A", "early", "attested", attestation=early),
        sample.row("A", "bare", "attested"),
        sample.row("A", "over", "fail", attestation=replace(early, expires="2026-11-01")),
    )
    assert [row.target for _, row in summary.attested(sample.ledger(*rows))] == ["bare", "over", "early", "late"]


@pytest.mark.parametrize(
    ("expires", "state", "said"),
    [
        ("2026-12-07", "live", True),
        ("2026-12-08", "live", False),
        ("2027-12-08", "not needed", True),
        ("?", "live", True),
    ],
)
def test_soon_is_what_wants_a_look(expires: str, state: str, said: bool) -> None:
    """Two weeks before the end, after it, and where a waiver excuses nothing."""
    assert summary.soon(sample.waiver(expires, state), sample.typical()) == said


def test_trend_draws_better_higher_and_later_to_the_right() -> None:
    """100 % touches the upper edge, 0 % the lower, whatever the number of runs."""
    points = [
        history.Point(f"2026-11-0{day}T00:00:00Z", True, share, {}) for day, share in ((1, 0.0), (2, 0.5), (3, 1.0))
    ]
    dots = summary.trend(points)
    assert [dot.x for dot in dots] == sorted(dot.x for dot in dots)
    assert dots[0].y == summary.TREND_HEIGHT - summary.TREND_EDGE
    assert dots[2].y == summary.TREND_EDGE
    assert summary.trend(points[:1])[0].x == summary.TREND_EDGE


def test_grouping_loses_no_row() -> None:
    """Whatever the rows hold, each is in one group."""
    rows = sample.hostile().rows
    assert sum(len(group.rows) for group in summary.groups(rows)) == len(rows)


def test_empty_run_has_no_shares() -> None:
    """Nothing is divided by the number of rows where there are none."""
    assert summary.bars(sample.ledger()) == []
    assert summary.areas(sample.ledger()) == []
