"""Headline, readiness and terms in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reports import words
from tests.reports import sample

if TYPE_CHECKING:
    from fixtures.model.ledger import Ledger


@pytest.mark.parametrize(
    ("ledger", "said"),
    [
        (sample.ledger(sample.row("A", "x")), "GO: 1 item passes"),
        (sample.ledger(sample.row("A", "x"), sample.row("B", "x", "attested")), "GO: 1 item passes, 1 is attested"),
        (
            sample.ledger(sample.row("A", "x"), sample.row("B", "x", "warn"), sample.row("C", "x", "waived")),
            "GO: 1 item passes, 1 warns, 1 is waived",
        ),
        (
            sample.ledger(sample.row("A", "x", "unverified"), unverified_allowed=True),
            "GO: 0 items pass, 1 could not be observed (allowed)",
        ),
        (
            sample.ledger(
                sample.row("A", "x", "fail", "critical"),
                sample.row("A", "y", "fail", "critical"),
                sample.row("B", "x", "unverified"),
            ),
            "NO GO: 2 critical items fail, 1 could not be observed",
        ),
        (
            sample.ledger(sample.row("A", "x", "fail", "critical"), sample.row("A", "y", "fail", "low")),
            "NO GO: 2 items fail (1 critical, 1 low)",
        ),
        (sample.ledger(sample.row("A", "x", "warn"), strict=True), "NO GO: 1 warns (--strict)"),
        (sample.ledger(sample.row("A", "x"), problems=("lost",)), "NO GO: 1 problem of the run itself"),
        (sample.ledger(), "NO GO: nothing was executed"),
        (sample.ledger(sample.row("A", "x", "not selected", at="")), "NO GO: nothing was executed"),
    ],
)
def test_headline_says_what_decided(ledger: Ledger, said: str) -> None:
    """The first word is the gate's, the rest is why."""
    assert words.headline(ledger) == said
    assert words.headline(ledger).startswith("GO") == ledger.go


def test_caveat_names_what_was_not_selected() -> None:
    """A run of one phase does not read as a sign-off of the others."""
    assert words.caveat(sample.typical()) == (
        "2 declared items were not selected (smoke 2): this is no sign-off for them."
    )
    assert words.caveat(sample.ledger(sample.row("A", "x"))) == ""


def test_readiness_is_rounded_down() -> None:
    """One low failure among a thousand critical passes is not 100 %."""
    rows = [sample.row("A", str(number), "pass", "critical") for number in range(1000)]
    assert words.readiness(sample.ledger(*rows, sample.row("B", "x", "fail", "low"))) == "99.9 %"
    assert words.readiness(sample.ledger(*rows)) == "100 %"


@pytest.mark.parametrize(
    ("expires", "said"),
    [
        ("2026-11-24", "1 day left"),
        ("2026-11-23", "ends today"),
        ("2026-11-22", "1 day over"),
        ("2027-11-23", "365 days left"),
        ("soon", "until soon"),
    ],
)
def test_term_counts_from_the_day_the_run_judged_by(expires: str, said: str) -> None:
    """Days are counted from `as_of`, not from today."""
    assert words.term(sample.waiver(expires), sample.typical()) == said


@pytest.mark.parametrize(("seconds", "said"), [(0.012, "12 ms"), (3.24, "3.2 s"), (725, "12 min 5 s")])
def test_duration_is_readable(seconds: float, said: str) -> None:
    """Milliseconds, seconds, minutes."""
    assert words.duration(seconds) == said
