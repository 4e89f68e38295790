"""QUE: the queues, and the Redis that they live on. `pytest -m smoke -k queue` on a schedule is the monitor."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from checks.rules import queues as rules
from checks.rules import redis_host
from fixtures.model.verdicts import Verdict

if TYPE_CHECKING:
    from fixtures.model.platform import Queue, QueueRedis
    from fixtures.model.queues import QueueProbe

Conclude = Callable[[Verdict], None]


@pytest.mark.smoke
@pytest.mark.item(
    "QUE-001",
    severity="critical",
    remediation="Hold the row's queue name, prefix and Redis against the code; start a producer or a worker.",
)
def test_queue_exists(queue: Queue, queues: QueueProbe, conclude: Conclude) -> None:
    """The queue is there, under its prefix, in the Redis that the services use.

    Counting the jobs of a queue that is not there gives 0 everywhere, which reads as an empty queue.
    """
    conclude(rules.exists(queue, queues.presence(queue)))


@pytest.mark.smoke
@pytest.mark.item(
    "QUE-002", severity="critical", remediation="Find why workers lag: logs, outside APIs, replicas; then add workers."
)
def test_queue_depth_is_within_limits(queue: Queue, queues: QueueProbe, conclude: Conclude) -> None:
    """No more jobs wait than the queue's limits allow.

    Jobs wait in `wait`, in `prioritized`, and in BullMQ 5 in `paused` while the queue is paused.
    """
    conclude(rules.depth_within_limits(queue, queues.depth(queue)))


@pytest.mark.smoke
@pytest.mark.item(
    "QUE-003", severity="high", remediation="Read the failed reasons, mend the cause, then retry or remove the jobs."
)
def test_queue_has_few_failed_jobs(queue: Queue, queues: QueueProbe, conclude: Conclude) -> None:
    """No more failed jobs are kept than the limit allows.

    `failed` is a sorted set: LLEN of it is an error that scripts read as 0. removeOnFail trims it, so
    the count is the least there were.
    """
    conclude(rules.failed_within_limit(queue, queues.failed(queue)))


@pytest.mark.smoke
@pytest.mark.item(
    "QUE-004", severity="high", remediation="Look whether workers run and what keeps them; add workers if they lag."
)
def test_queue_oldest_job_waits_briefly(queue: Queue, queues: QueueProbe, conclude: Conclude) -> None:
    """No waiting job that is looked at has waited longer than the queue's limit.

    A short queue whose jobs do not move is as broken as a long one.
    """
    conclude(rules.oldest_waits_briefly(queue, queues.waiting(queue)))


@pytest.mark.smoke
@pytest.mark.item("QUE-005", severity="critical", remediation="Find out who paused it and why, then resume the queue.")
def test_queue_is_not_paused(queue: Queue, queues: QueueProbe, conclude: Conclude) -> None:
    """The queue is not paused.

    Both majors of BullMQ note it in `meta`; only the fifth moves the waiting jobs to `paused`.
    """
    conclude(rules.is_not_paused(queue, queues.pause(queue)))


@pytest.mark.smoke
@pytest.mark.item(
    "QUE-006", severity="high", remediation="Look for a worker that died or blocks its event loop; restart it."
)
def test_queue_has_no_stalled_job(queue: Queue, queues: QueueProbe, conclude: Conclude) -> None:
    """Every active job is held by a worker.

    A worker renews the lock of its job; one that dies leaves an active job without a lock. A job that
    just ends has none for a moment, so each is looked at twice.
    """
    conclude(rules.none_stalled(queue, queues.active(queue)))


@pytest.mark.smoke
@pytest.mark.item("QUE-007", severity="critical", remediation="Start the workers, and see why they were not there.")
def test_queue_has_workers(queue: Queue, queues: QueueProbe, conclude: Conclude) -> None:
    """As many workers are attached to the queue as its row asks for.

    A worker names its blocking connection after the queue, which CLIENT LIST shows.
    """
    conclude(rules.has_workers(queue, queues.workers(queue)))


@pytest.mark.smoke
@pytest.mark.item(
    "QUE-008", severity="critical", remediation="Look at the workers' logs: they are there or not, and take nothing."
)
def test_queue_drains(queue: Queue, queues: QueueProbe, conclude: Conclude) -> None:
    """Waiting jobs are taken: between two readings something moves, or nothing waits.

    Workers that are busy with long jobs are allowed to take none for as long as a job may wait.
    """
    conclude(rules.drains(queue, queues.movement(queue)))


@pytest.mark.smoke
@pytest.mark.item(
    "QUE-009",
    severity="high",
    remediation="Start a worker of this queue: workers promote delayed jobs when they are due.",
)
def test_queue_promotes_delayed_jobs_in_time(queue: Queue, queues: QueueProbe, conclude: Conclude) -> None:
    """No delayed job stands in `delayed` for longer than seconds after it was due.

    Retries with a backoff and scheduled jobs stand there too.
    """
    conclude(rules.delayed_in_time(queue, queues.delayed(queue)))


@pytest.mark.smoke
@pytest.mark.item(
    "QUE-010", severity="critical", remediation="Set maxmemory-policy to noeviction (Upstash: turn eviction off)."
)
def test_queue_redis_never_evicts(queue_redis: QueueRedis, queues: QueueProbe, conclude: Conclude) -> None:
    """The Redis of the queue refuses writes when it is full, and drops nothing.

    BullMQ's guide to production calls noeviction the only setting that guarantees correct behaviour.
    """
    conclude(redis_host.never_evicts(queue_redis, queues.memory(queue_redis)))


@pytest.mark.smoke
@pytest.mark.item(
    "QUE-011", severity="high", remediation="Remove old completed and failed jobs (removeOnComplete), or buy memory."
)
def test_queue_redis_has_memory_left(queue_redis: QueueRedis, queues: QueueProbe, conclude: Conclude) -> None:
    """The Redis of the queue uses no more than 90 % of its memory.

    With noeviction a full Redis refuses each new job. Without a maxmemory the machine's memory counts.
    """
    conclude(redis_host.has_memory_left(queue_redis, queues.memory(queue_redis)))


@pytest.mark.smoke
@pytest.mark.item(
    "QUE-012",
    severity="high",
    remediation="Give a rediss:// URL that opens it, with a valid certificate, in the region of the workers.",
)
def test_queue_redis_is_reached_safely(queue_redis: QueueRedis, queues: QueueProbe, conclude: Conclude) -> None:
    """The Redis of the queue is reached over TLS with a valid certificate, unless over loopback or a private network.

    A round trip of more than 250 ms from here warns: each job takes several.
    """
    conclude(redis_host.is_reached_safely(queue_redis, queues.link(queue_redis)))


@pytest.mark.smoke
@pytest.mark.opt_in("--canary")
@pytest.mark.item(
    "QUE-013",
    severity="high",
    remediation="Follow the job through the worker's log: see whether it was taken, and what its processor did.",
)
def test_queue_processes_a_canary_job(canary_queue: Queue, queues: QueueProbe, conclude: Conclude) -> None:
    """One marked job, put into the queue by the platform's own bullmq, is completed within its budget.

    It is the only proof that producer, Redis and worker understand each other, and the only write.
    """
    conclude(rules.canary_is_processed(canary_queue, queues.canary(canary_queue)))
