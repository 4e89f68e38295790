"""Ledgers of shards and phases, joined."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.model.ledger import OUTCOMES, SEVERITIES, Ledger, Outcome, Row
from reports.merge import Unlike, merge, notes
from tests.reports import sample


def joined(*ledgers: Ledger) -> Ledger:
    """The whole of parts that are called a, b, c …"""
    return merge(list(zip("abcdefgh", ledgers, strict=False)))


def row(item: str, verdict: Outcome = "pass", at: str = sample.SEEN_AT) -> Row:
    """A row of one target; one that was not selected was not seen."""
    return sample.row(item, "web", verdict, at="" if verdict == "not selected" else at)


def test_executed_row_takes_the_place_of_one_that_was_not_selected() -> None:
    """Each part selected its own; the whole has both, in the order of a whole run."""
    whole = joined(
        sample.ledger(row("ENV-001", "not selected"), row("ENV-002", "fail")),
        sample.ledger(row("ENV-001"), row("ENV-002", "not selected")),
    )
    assert [(one.item, one.verdict) for one in whole.rows] == [("ENV-001", "pass"), ("ENV-002", "fail")]
    assert whole.problems == ()


def test_files_of_checks_stand_in_the_order_of_a_whole_run() -> None:
    """Whatever order the parts come in."""
    first, second = (replace(row(item), node=f"checks/test_{item}.py::x") for item in ("a", "b"))
    assert joined(sample.ledger(second), sample.ledger(first)).rows == (first, second)


def test_of_two_verdicts_the_worse_stays_and_is_told() -> None:
    """A row that two parts judged differently is a problem of the whole: one of them is wrong."""
    for parts in (("pass", "fail"), ("fail", "pass")):
        whole = joined(*(sample.ledger(row("ENV-001", verdict)) for verdict in parts))
        assert whole.rows[0].verdict == "fail"
        assert whole.problems == (f"ENV-001 web: {parts[0]} in a, {parts[1]} in b",)
        assert not whole.go


def test_same_verdict_twice_is_no_contradiction() -> None:
    """The later observation stays."""
    late = row("ENV-001", at="2026-11-24T00:00:00Z")
    assert joined(sample.ledger(row("ENV-001")), sample.ledger(late), sample.ledger(row("ENV-001"))).rows == (late,)
    assert joined(sample.ledger(row("ENV-001")), sample.ledger(late)).problems == ()


def test_problems_and_what_is_gone_stay() -> None:
    """Once each, also where every shard says the same."""
    faulty = sample.ledger(row("ENV-001"), problems=("a row was lost",), gone=(("DOC-002", "x"), ("ENV-002", "web")))
    whole = joined(faulty, faulty, sample.ledger(row("ENV-002")))
    assert whole.problems == ("a row was lost",)
    assert whole.gone == (("DOC-002", "x"),)
    assert not whole.go


def test_part_that_executed_nothing_is_a_problem() -> None:
    """Its gate was closed, so that of the whole is."""
    whole = joined(sample.ledger(row("ENV-001")), sample.ledger(row("ENV-001", "not selected")))
    assert whole.problems == ("b: nothing was executed",)


def test_phases_make_a_run_of_all() -> None:
    """Phases one after the other add up; shards at the same time count once."""
    predeploy = sample.ledger(
        row("ENV-001"), seconds=10.0, not_looked_at=("[[log]] x: no item of this run looks at it",)
    )
    smoke = replace(predeploy, phase="smoke", started="2026-11-23T08:00:00Z", not_looked_at=("QUE-013 q: off",))
    whole = joined(smoke, predeploy)
    assert (whole.phase, whole.started, whole.seconds) == ("all", sample.SEEN_AT, 20.0)
    assert whole.not_looked_at == ("QUE-013 q: off",)
    assert joined(predeploy, predeploy).seconds == 10.0
    assert joined(predeploy, predeploy) == predeploy


def test_what_another_part_did_is_not_left_out() -> None:
    """A row that needs an option and had it in one part was looked at."""
    off = sample.ledger(row("QUE-013", "not selected"), row("A-1"), not_looked_at=("QUE-013 web: it writes",))
    assert joined(off, sample.ledger(row("QUE-013"))).not_looked_at == ()
    assert joined(off, sample.ledger(row("A-1"))).not_looked_at == ("QUE-013 web: it writes",)


def test_strictest_rules_hold_and_are_noted() -> None:
    """A warning fails the whole where it failed a part; unverified rows where one part did not allow them."""
    lax, strict = sample.ledger(row("A-1"), unverified_allowed=True), sample.ledger(row("A-2"), strict=True)
    whole = joined(lax, strict)
    assert (whole.strict, whole.unverified_allowed) == (True, False)
    told = notes([("a", lax), ("b", replace(strict, as_of="2026-11-24", suite="2"))])
    assert len(told) == 4
    assert "the parts are judged as of different days: 2026-11-23, 2026-11-24" in told
    assert notes([("a", lax), ("b", lax)]) == []


def test_parts_of_different_commits_are_noted() -> None:
    """One signature under two commits is none; a change that is not committed in one part holds for the whole."""
    first, second = sample.ledger(row("A-1"), commit="aa"), sample.ledger(row("A-2"), commit="bb", dirty=True)
    assert (joined(first, second).commit, joined(first, second).dirty) == ("aa, bb", True)
    assert notes([("a", first), ("b", second)]) == ["the parts are of different commits: aa, bb"]


@pytest.mark.parametrize("other", [{"platform": "other"}, {"demo": True}])
def test_platforms_are_not_mixed(other: dict[str, object]) -> None:
    """Two platforms have no common answer."""
    with pytest.raises(Unlike, match="a is of platform 'shop', b of"):
        joined(sample.ledger(row("A-1")), sample.ledger(row("A-1"), **other))


ROWS = st.lists(
    st.builds(
        lambda item, verdict, severity: sample.row(
            item, "web", verdict, severity, at="" if verdict == "not selected" else sample.SEEN_AT
        ),
        st.sampled_from(["ENV-001", "ENV-002", "DOC-001"]),
        st.sampled_from(OUTCOMES),
        st.sampled_from(SEVERITIES),
    ),
    max_size=4,
)
PARTS = st.lists(
    st.builds(
        lambda rows, strict, allowed, problems: sample.ledger(
            *rows, strict=strict, unverified_allowed=allowed, problems=problems
        ),
        ROWS,
        st.booleans(),
        st.booleans(),
        st.sampled_from([(), ("a row was lost",)]),
    ),
    min_size=1,
    max_size=4,
)


@given(PARTS)
def test_whole_is_never_greener_than_a_part(parts: list[Ledger]) -> None:
    """Whatever the parts: an open gate means that each of theirs was, and no row is better than it was anywhere."""
    whole = joined(*parts)
    assert not whole.go or all(part.go for part in parts)
    verdicts = {one.key: one.verdict for one in whole.rows}
    assert verdicts.keys() == {one.key for part in parts for one in part.rows}
    for part in parts:
        for one in part.rows:
            assert OUTCOMES.index(verdicts[one.key]) <= OUTCOMES.index(one.verdict)
