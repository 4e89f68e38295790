"""ALR-007: which of Railway's rules and monitors are enough."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from checks.rules.railway_notices import failures_are_told
from fixtures.model.hosting import Channel, LimitMonitor, NoticeRule, Notices
from fixtures.model.vendors import Railway
from fixtures.model.verdicts import Evidence, NotObserved, Verdict
from tests.rules.papers import sentences

RAILWAY = Railway(project="p", environment="production")
HOOK = Channel("webhook", "hooks.slack.com")
FAILURES = ("Deployment.failed", "Deployment.crashed")
RULE = NoticeRule(None, None, (*FAILURES, "Deployment.oom_killed"), (HOOK,))
NOTICES = Notices("production", (("worker", "s1"), ("cron", "s2")), (RULE,), (), ("", ""), False, False)
MEMORY = LimitMonitor("MEMORY_USAGE_GB", "above", 1.5)


def _judge(**changes: Any) -> Verdict:
    return failures_are_told(RAILWAY, Evidence("notices", seen=replace(NOTICES, **changes)))


def test_rule_of_the_workspace_is_enough() -> None:
    """No environment and no service: it holds for all."""
    assert not sentences(_judge())


@pytest.mark.parametrize("spelling", ["Deployment.oom_killed", "Deployment.oomKilled", "deployment.OomKilled"])
def test_spelling_of_events_varies(spelling: str) -> None:
    """Case and underscores are Railway's own matter."""
    assert not sentences(_judge(rules=(replace(RULE, events=(*FAILURES, spelling)),)))


def test_rules_of_each_service_are_enough_together() -> None:
    """One a service covers the platform; one of two does not."""
    both = (replace(RULE, service="s1"), replace(RULE, service="s2"))
    assert not sentences(_judge(rules=both))
    assert "nobody is told of crashes of worker, cron in production" in sentences(_judge(rules=both[:1]))


@pytest.mark.parametrize(
    ("severities", "enough"),
    [
        ((), True),
        (("WARNING",), True),
        (("INFO", "WARNING"), True),
        (("CRITICAL",), False),
        (("INFO",), False),
    ],
)
def test_rule_tells_of_its_severities_only(severities: tuple[str, ...], enough: bool) -> None:
    """A failed deployment is a warning at Railway: a rule for what is critical alone says nothing of it."""
    assert (not sentences(_judge(rules=(replace(RULE, severities=severities),)))) is enough


def test_events_may_stand_in_several_rules() -> None:
    """Failed deployments to one channel, crashes to another."""
    rules = (replace(RULE, events=FAILURES[:1]), replace(RULE, events=(FAILURES[1], "Deployment.oom_killed")))
    assert not sentences(_judge(rules=rules))


@pytest.mark.parametrize(
    ("monitors", "enough"),
    [
        ((MEMORY,), True),
        ((replace(MEMORY, measurement="CPU_USAGE"),), True),
        ((replace(MEMORY, condition="below"),), False),
        ((replace(MEMORY, measurement="NETWORK_TX_GB"),), False),
        ((replace(MEMORY, services=("s1",)),), False),
        ((replace(MEMORY, services=("s1",)), replace(MEMORY, services=("s2",))), True),
        ((), False),
    ],
)
def test_monitor_stands_for_limits(monitors: tuple[LimitMonitor, ...], enough: bool) -> None:
    """One on CPU or memory that fires above its threshold, for every service."""
    verdict = _judge(rules=(replace(RULE, events=FAILURES),), monitors=monitors)
    assert (not verdict.findings) is enough


def test_monitors_that_were_not_read_leave_limits_open() -> None:
    """Without a rule on limits nobody knows; with one it does not matter."""
    unseen = {"monitors": None, "monitors_unseen": ("it may not read monitors", "Give it more.")}
    assert not sentences(_judge(**unseen))
    with pytest.raises(NotObserved, match="it may not read monitors"):
        _judge(rules=(replace(RULE, events=FAILURES),), **unseen)


def test_what_is_certain_goes_before_what_is_open() -> None:
    """Nobody hears of crashes, whatever the monitors are; a limit that is used up, whatever the rules are."""
    unseen = {"monitors": None, "monitors_unseen": ("it may not read monitors", "Give it more.")}
    told = sentences(_judge(rules=(replace(RULE, events=FAILURES[:1]),), **unseen))
    assert told == "nobody is told of crashes of worker, cron in production"
    told = sentences(_judge(rules=(replace(RULE, events=()),), over_limit=True))
    assert told == "the workspace is over its usage limit: Railway stops what runs"


def test_volume_needs_an_eye_on_its_disk() -> None:
    """A rule on VolumeAlert.triggered, or a monitor on disk."""
    assert "nobody is told of a volume that fills up" in sentences(_judge(volumes=True))
    assert not sentences(_judge(volumes=True, rules=(replace(RULE, events=(*RULE.events, "VolumeAlert.triggered")),)))
    assert not sentences(_judge(volumes=True, monitors=(replace(MEMORY, measurement="DISK_USAGE_GB"),)))


def test_usage_limit_that_was_not_read_is_no_finding() -> None:
    """It is money, and another right than that of the rules."""
    assert not sentences(_judge(over_limit=None))


def test_rule_without_events_is_unverified_only_where_it_decides() -> None:
    """Beside a rule that lists them all it does not matter."""
    empty = replace(RULE, events=())
    assert not sentences(_judge(rules=(RULE, empty)))
    with pytest.raises(NotObserved, match="list no event"):
        _judge(rules=(empty,))


def test_inbox_beside_a_webhook_is_fine() -> None:
    """Only where nothing else is told does it warn."""
    inbox = Channel("inapp")
    assert not sentences(_judge(rules=(replace(RULE, channels=(HOOK, inbox)),)))
    assert "own inbox only" in sentences(_judge(rules=(replace(RULE, channels=(inbox,)),)))
