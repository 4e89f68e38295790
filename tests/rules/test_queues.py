"""The queue rules, both ways and at their boundaries."""

from __future__ import annotations

from typing import Any

import pytest

from checks.rules import queues as rules
from checks.rules import redis_host
from fixtures.model.platform import Queue, QueueRedis
from fixtures.model.queues import (
    ActiveJobs,
    CanaryJob,
    DelayedJobs,
    Depth,
    FailedJobs,
    Hosted,
    Link,
    Memory,
    Movement,
    Pause,
    Presence,
    StalledJob,
    WaitingJob,
    WaitingJobs,
    Workers,
)
from fixtures.model.verdicts import Evidence, NotObserved, Verdict

QUEUE = Queue(name="jobs", max_wait_s=300, canary="ping", canary_s=30)
REDIS = QueueRedis("REDIS_URL", ("worker",))
MIB = 1024 * 1024


def _seen(value: Any) -> Evidence[Any]:
    return Evidence("asked", seen=value)


def _outcome(verdict: Verdict) -> str:
    assert verdict.observed
    return "fail" if verdict.findings else "warn" if verdict.warnings else "pass"


@pytest.mark.parametrize(
    ("seen", "outcome"),
    [
        (Presence("bull:jobs", meta=True, counter=False, jobs=0), "pass"),
        (Presence("bull:jobs", meta=False, counter=True, jobs=0), "pass"),
        (Presence("bull:jobs", meta=False, counter=False, jobs=1), "pass"),
        (Presence("bull:jobs", meta=False, counter=False, jobs=0), "fail"),
    ],
)
def test_any_key_of_a_queue_shows_that_it_exists(seen: Presence, outcome: str) -> None:
    """Its meta hash, its counter or a job will do; nothing at all is a finding."""
    assert _outcome(rules.exists(QUEUE, _seen(seen))) == outcome


@pytest.mark.parametrize(
    ("parts", "outcome"),
    [((5, 0, 0), "pass"), ((4, 1, 1), "warn"), ((3, 3, 4), "warn"), ((10, 0, 1), "fail"), ((0, 11, 0), "fail")],
)
def test_depth_adds_what_waits_and_allows_the_limits(parts: tuple[int, int, int], outcome: str) -> None:
    """5 warn and 10 fail only when they are exceeded."""
    assert _outcome(rules.depth_within_limits(QUEUE, _seen(Depth(*parts, warn=5, critical=10)))) == outcome


@pytest.mark.parametrize(("kept", "outcome"), [(0, "pass"), (100, "pass"), (101, "warn")])
def test_failed_jobs_warn_beyond_the_limit(kept: int, outcome: str) -> None:
    """The hundredth is still allowed."""
    assert _outcome(rules.failed_within_limit(QUEUE, _seen(FailedJobs(kept, 1, 3600, 100)))) == outcome


@pytest.mark.parametrize(
    ("jobs", "outcome"),
    [
        ((), "pass"),
        ((WaitingJob("a", 300),), "pass"),
        ((WaitingJob("a", 301),), "fail"),
        ((WaitingJob("a", 9000, exact=False),), "warn"),
        ((WaitingJob("a", 9000, exact=False), WaitingJob("b", 400)), "fail"),
        ((WaitingJob("a", 200, exact=False),), "pass"),
    ],
)
def test_oldest_job_is_held_against_the_longest_wait(jobs: tuple[WaitingJob, ...], outcome: str) -> None:
    """A wait that is known fails; one of which only the most is known warns."""
    assert _outcome(rules.oldest_waits_briefly(QUEUE, _seen(WaitingJobs(len(jobs), jobs)))) == outcome


def test_jobs_that_were_all_taken_meanwhile_are_no_finding() -> None:
    """They waited when they were counted, and were gone when they were looked at."""
    assert _outcome(rules.oldest_waits_briefly(QUEUE, _seen(WaitingJobs(3, ())))) == "pass"


def test_pause_is_a_finding() -> None:
    """Also of an empty queue: the next job will wait."""
    assert _outcome(rules.is_not_paused(QUEUE, _seen(Pause(paused=True, waiting=0)))) == "fail"
    assert _outcome(rules.is_not_paused(QUEUE, _seen(Pause(paused=False, waiting=7)))) == "pass"


def test_each_stalled_job_is_a_finding_up_to_ten() -> None:
    """A page of the same sentence helps nobody; the count is in what was observed."""
    jobs = tuple(StalledJob(f"job {number}", 60) for number in range(12))
    verdict = rules.none_stalled(QUEUE, _seen(ActiveJobs(12, 12, jobs, 0, 2)))
    assert len(verdict.findings) == 10
    assert "12 without a lock" in verdict.observed
    assert _outcome(rules.none_stalled(QUEUE, _seen(ActiveJobs(3, 3, (), 1, 2)))) == "pass"


@pytest.mark.parametrize(("attached", "wanted", "outcome"), [(1, 1, "pass"), (0, 1, "fail"), (1, 2, "fail")])
def test_workers_are_held_against_the_wanted_number(attached: int, wanted: int, outcome: str) -> None:
    """As many as wanted are enough."""
    seen = Workers(attached, wanted, 0, checked=True)
    assert _outcome(rules.has_workers(QUEUE, _seen(seen))) == outcome


def test_workers_without_a_name_are_not_told_to_be_missing() -> None:
    """Somebody holds the active jobs, so somebody is there: not known is not red and not green."""
    with pytest.raises(NotObserved, match="and yet 2 active jobs are held"):
        rules.has_workers(QUEUE, _seen(Workers(0, 1, 2, checked=True)))


@pytest.mark.parametrize(
    ("rest", "checked", "wanted", "passes"),
    [(True, True, 1, True), (True, False, 1, False), (True, True, 2, False), (False, True, 1, False)],
)
def test_sign_of_a_worker_counts_over_rest_only(rest: bool, checked: bool, wanted: int, passes: bool) -> None:
    """It tells of one worker; by Redis protocol the right to list connections can be given."""
    seen = Workers(None, wanted, 0, checked, rest, "not available", "a hint")
    if passes:
        verdict = rules.has_workers(QUEUE, _seen(seen))
        assert _outcome(verdict) == "pass"
        assert "stalled-check" in verdict.observed
        return
    with pytest.raises(NotObserved, match="workers cannot be counted") as raised:
        rules.has_workers(QUEUE, _seen(seen))
    assert raised.value.evidence.hint == "a hint"


def test_worker_that_hangs_is_told_and_not_counted() -> None:
    """Its connection is there, and asks for nothing."""
    verdict = rules.has_workers(QUEUE, _seen(Workers(0, 1, 0, checked=False, silent=1)))
    assert "0 workers attached, and 1 that ask for no job although none is active" in str(verdict.findings)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"before": 0, "after": 5}, "pass"),
        ({"before": 5, "after": 0}, "pass"),
        ({"taken": 1}, "pass"),
        ({"ended": True}, "pass"),
        ({"working": 2, "idle_s": 300.0}, "pass"),
        ({"working": 2, "idle_s": 301.0}, "fail"),
        ({"working": 2, "idle_s": None}, "fail"),
        ({"working": 2, "idle_s": 5.0, "paused": True}, "fail"),
        ({"working": 0, "idle_s": 5.0}, "fail"),
        ({"limited_s": 20.0, "limit_sure": True}, "pass"),
        ({"limited_s": 20.0}, "fail"),
        ({"limited_s": 20.0, "watched": True}, "pass"),
        ({"limited_s": 3000.0, "watched": True, "idle_s": 301.0}, "fail"),
        ({"limited_s": 20.0, "limit_sure": True, "paused": True}, "fail"),
        ({}, "fail"),
    ],
)
def test_waiting_jobs_move_or_have_a_reason(changes: dict[str, Any], outcome: str) -> None:
    """Busy workers and a rate limit are reasons for a while; a pause and silence are none."""
    still: dict[str, Any] = {"interval_s": 2.0, "before": 5, "after": 5, "taken": 0, "ended": False, "working": 0}
    still |= {"idle_s": None, "limited_s": 0.0, "limit_sure": False, "watched": False, "paused": False}
    seen = Movement(**{**still, **changes})
    assert _outcome(rules.drains(QUEUE, _seen(seen))) == outcome


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "pass"),
        ({"overdue": 1, "first_s": 6.0}, "fail"),
        ({"overdue": 1, "first_s": 300.0, "working": 1}, "pass"),
        ({"overdue": 1, "first_s": 301.0, "working": 1}, "fail"),
        ({"overdue": 1, "first_s": 20.0, "limited": True}, "pass"),
        ({"schedule_s": 300.0}, "pass"),
        ({"schedule_s": 301.0}, "warn"),
        ({"schedule_s": -50.0}, "pass"),
    ],
)
def test_delayed_jobs_are_promoted_unless_all_are_busy(changes: dict[str, Any], outcome: str) -> None:
    """While nobody asks for a job nobody promotes one; that may last as long as a job may wait."""
    calm: dict[str, Any] = {"total": 3, "overdue": 0, "first_s": -5.0, "grace_s": 5.0, "working": 0, "limited": False}
    assert _outcome(rules.delayed_in_time(QUEUE, _seen(DelayedJobs(**{**calm, **changes})))) == outcome


@pytest.mark.parametrize(
    ("state", "outcome"), [("completed", "pass"), ("failed", "fail"), ("waiting", "fail"), ("unknown", "fail")]
)
def test_canary_is_completed_or_a_finding(state: str, outcome: str) -> None:
    """Nothing but completed will do."""
    verdict = rules.canary_is_processed(QUEUE, _seen(CanaryJob(state, 1.5, removed=True, version="5.81.3")))
    assert _outcome(verdict) == outcome


def test_policy_is_noeviction_or_a_finding_or_not_known() -> None:
    """An Upstash that does not tell is not taken for sound."""
    told: dict[str, Any] = {"policy_source": "INFO memory", "used": 1, "limit": 2, "system": 3}
    assert _outcome(redis_host.never_evicts(REDIS, _seen(Memory("noeviction", **told)))) == "pass"
    assert _outcome(redis_host.never_evicts(REDIS, _seen(Memory("volatile-lru", **told)))) == "fail"
    with pytest.raises(NotObserved, match="does not tell") as raised:
        redis_host.never_evicts(REDIS, _seen(Memory(None, **told)))
    assert "Upstash" in raised.value.evidence.hint


@pytest.mark.parametrize(("evicts", "outcome"), [(False, "pass"), (True, "fail")])
def test_policy_is_the_vendors_where_redis_tells_none(evicts: bool, outcome: str) -> None:
    """What Redis tells itself goes before it; a vendor that could not be asked says why."""
    told: dict[str, Any] = {"policy_source": "", "used": 81 * MIB, "limit": None, "system": None}
    hosted = _seen(Hosted("Upstash", evicts, 100 * MIB))
    assert _outcome(redis_host.never_evicts(REDIS, _seen(Memory(None, **told, hosted=hosted)))) == outcome
    assert _outcome(redis_host.has_memory_left(REDIS, _seen(Memory(None, **told, hosted=hosted)))) == "warn"
    assert _outcome(redis_host.never_evicts(REDIS, _seen(Memory("noeviction", **told, hosted=hosted)))) == "pass"
    unasked = Memory(None, **told, hosted=Evidence("asked", error="UPSTASH_API_KEY has no value"))
    for rule in (redis_host.never_evicts, redis_host.has_memory_left):
        with pytest.raises(NotObserved, match="UPSTASH_API_KEY has no value"):
            rule(REDIS, _seen(unasked))


@pytest.mark.parametrize(
    ("used", "limit", "system", "outcome"),
    [
        (80, 100, 1, "pass"),
        (81, 100, 1, "warn"),
        (90, 100, 1, "warn"),
        (91, 100, 1, "fail"),
        (10, 0, 100, "warn"),
        (91, 0, 100, "fail"),
    ],
)
def test_memory_is_held_against_the_limit_or_the_machine(used: int, limit: int, system: int, outcome: str) -> None:
    """80 % and 90 % are still allowed; without a limit the machine's memory is one, and a guess."""
    seen = Memory("noeviction", "INFO memory", used * MIB, limit * MIB, system * MIB)
    assert _outcome(redis_host.has_memory_left(REDIS, _seen(seen))) == outcome


def test_redis_that_cannot_write_to_its_disk_is_told() -> None:
    """Without its log it takes no writes; without a snapshot it takes none unless it is told to."""
    told: dict[str, Any] = {"policy": "noeviction", "policy_source": "INFO memory", "used": MIB, "limit": 9 * MIB}
    for unsaved, outcome in (((), "pass"), (("snapshot",), "warn"), (("log", "snapshot"), "fail")):
        seen = Memory(**told, system=9 * MIB, unsaved=unsaved)
        assert _outcome(redis_host.has_memory_left(REDIS, _seen(seen))) == outcome


@pytest.mark.parametrize(("used", "limit", "system"), [(None, 5, 5), (5, None, 5), (5, 0, None)])
def test_memory_that_is_not_told_is_not_guessed(used: int | None, limit: int | None, system: int | None) -> None:
    """Without both figures there is no share."""
    with pytest.raises(NotObserved, match="does not tell how much memory"):
        redis_host.has_memory_left(REDIS, _seen(Memory("noeviction", "INFO memory", used, limit, system)))


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "pass"),
        ({"secure": False}, "fail"),
        ({"secure": False, "carrier": "REST"}, "fail"),
        ({"secure": False, "reach": "loopback"}, "pass"),
        ({"secure": False, "reach": "railway"}, "pass"),
        ({"secure": False, "reach": "private"}, "warn"),
        ({"secure": False, "reach": "tunnel"}, "fail"),
        ({"replica": True}, "fail"),
        ({"round_trip_ms": 250.0}, "pass"),
        ({"round_trip_ms": 251.0}, "warn"),
    ],
)
def test_connection_is_encrypted_outside_and_quick(changes: dict[str, Any], outcome: str) -> None:
    """In clear only where nobody else listens; 250 ms are still allowed."""
    sound: dict[str, Any] = {"carrier": "Redis protocol", "reach": "public", "secure": True, "tls": "TLSv1.3"}
    seen = Link(**{**sound, "round_trip_ms": 20.0, "samples": 3, **changes})
    assert _outcome(redis_host.is_reached_safely(REDIS, _seen(seen))) == outcome


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.3, "0.3 s"), (45, "45 s"), (119, "119 s"), (600, "10.0 min"), (8000, "2.2 h")]
)
def test_times_are_told_in_the_unit_a_reader_thinks_in(seconds: float, text: str) -> None:
    """Two of a unit are enough to use it."""
    assert rules.span(seconds) == text
