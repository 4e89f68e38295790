"""Keys of outside APIs: credit, end, tier, models, and the time of an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from checks.rules.externals import answers_in_time, key_has_credit
from fixtures.model.externals import Account, Credit, Model
from fixtures.model.platform import External
from fixtures.model.verdicts import Evidence, NotObserved

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROW = External(name="openrouter", provider="openrouter", key_env="KEY", min_credit=20, budget_ms=500)
SOUND = Account(Credit(20.0, "of the key's own limit"))
UNTOLD = Credit(None, "", "may not read /credits", "Give a management key.")


def ends(days: float) -> datetime:
    """A moment in so many days."""
    return NOW + timedelta(days=days)


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        (SOUND, "pass"),  # the floor itself is enough
        (replace(SOUND, credit=Credit(19.99, "of the key's own limit")), "fail"),
        (replace(SOUND, credit=Credit(-3.0, "of the account's credit")), "fail"),
        (replace(SOUND, credit=UNTOLD), "unverified: Give a management key."),
        (replace(SOUND, credit=replace(SOUND.credit, unread="may not read /credits")), "warn"),
        (replace(SOUND, credit=UNTOLD, expires=ends(-1)), "fail"),  # what is known to be wrong is told first
        (replace(SOUND, expires=ends(0)), "fail"),
        (replace(SOUND, expires=ends(14)), "warn"),
        (replace(SOUND, expires=ends(14.1)), "pass"),
        (replace(SOUND, free_tier=True), "warn"),
        (replace(SOUND, models=(Model("a", offered=True),)), "pass"),
        (replace(SOUND, models=(Model("a", offered=False),)), "fail"),
        (replace(SOUND, models=(Model("a", offered=True, ends=ends(0)),)), "fail"),
        (replace(SOUND, models=(Model("a", offered=True, ends=ends(14)),)), "warn"),
        (replace(SOUND, models=(Model("a", offered=True, ends=ends(15)),)), "pass"),
    ],
)
def test_key_is_judged_by_credit_end_and_models(account: Account, expected: str) -> None:
    """The floor is inclusive; an end within two weeks is advice."""
    try:
        verdict = key_has_credit(ROW, Evidence("asked", seen=account), NOW)
    except NotObserved as unseen:
        found = f"unverified: {unseen.evidence.hint}"
    else:
        found = "fail" if verdict.findings else "warn" if verdict.warnings else "pass"
    assert found == expected


@pytest.mark.parametrize(("took", "fails"), [(500.0, False), (500.1, True)])
def test_answer_is_held_against_its_budget(took: float, fails: bool) -> None:
    """Inclusive."""
    assert bool(answers_in_time(ROW, Evidence("asked", seen=took)).findings) == fails
