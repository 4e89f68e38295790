"""QUE: what a queue holds and whether it moves. Times are by the clock of Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from fixtures.model.platform import Queue
    from fixtures.model.queues import (
        ActiveJobs,
        CanaryJob,
        DelayedJobs,
        Depth,
        FailedJobs,
        Movement,
        Pause,
        Presence,
        WaitingJobs,
        Workers,
    )

MINUTE, HOUR, DAY = 60, 3600, 86400


def exists(queue: Queue, keys: Evidence[Presence]) -> Verdict:
    """Hold what stands under the queue's keys: something does."""
    seen = keys.value
    if seen.missing:
        text = f"there is no queue {seen.key} in this Redis; expected its `meta` hash, its counter or a job"
        return Verdict(keys, f"no key of {seen.key} is there", (Finding(text, seen.key),))
    parts = [name for name, there in (("meta", seen.meta), ("id", seen.counter)) if there]
    by = f", written by {seen.version}" if seen.version else ""
    return Verdict(keys, f"{seen.key} is there ({', '.join(parts) or 'jobs only'}){by}, with {_jobs(seen.jobs)}")


def depth_within_limits(queue: Queue, jobs: Evidence[Depth]) -> Verdict:
    """Hold the jobs that are ready to run against both limits; a limit itself is still allowed.

    What waits in groups of BullMQ Pro takes a command a group to count: that it is there is advice.
    """
    depth = jobs.value
    observed = (
        f"{_jobs(depth.total)} waiting ({depth.wait} in wait, {depth.prioritized} prioritized, {depth.paused} in "
        f"paused); more than {depth.warn} warns, more than {depth.critical} fails"
    )
    text = f"{_jobs(depth.total)} waiting; expected at most "
    if depth.total > depth.critical:
        return Verdict(jobs, observed, (Finding(f"{text}{depth.critical}"),))
    warnings = [f"{text}{depth.warn}"] if depth.total > depth.warn else []
    if depth.groups:
        warnings.append(f"more jobs wait in {depth.groups} groups of BullMQ Pro, and those are not counted")
    return Verdict(jobs, observed, warnings=tuple(map(Finding, warnings)))


def failed_within_limit(queue: Queue, jobs: Evidence[FailedJobs]) -> Verdict:
    """Hold the failed jobs that are kept against the limit; the limit itself is still allowed."""
    failed = jobs.value
    recent = f"{failed.recent} of them in the last hour"
    observed = f"{_jobs(failed.kept, 'failed')} kept, {recent}; more than {failed.limit} warns"
    if failed.kept <= failed.limit:
        return Verdict(jobs, observed)
    text = f"{_jobs(failed.kept, 'failed')} kept, {recent}; expected at most {failed.limit}"
    return Verdict(jobs, observed, warnings=(Finding(text),))


def oldest_waits_briefly(queue: Queue, jobs: Evidence[WaitingJobs]) -> Verdict:
    """Hold the longest wait that is seen against the row's `max_wait_s`, which is still allowed.

    A retried job keeps the time it was made, and a parent waited for its children: of those only the
    most is known, so they warn.
    """
    waiting = jobs.value
    limit = f"the limit is {span(queue.max_wait_s)}"
    if not waiting.total:
        return Verdict(jobs, f"no job waits; {limit}")
    if not waiting.looked_at:
        return Verdict(
            jobs, f"{_jobs(waiting.total)} waited, and all that were looked at were taken meanwhile; {limit}"
        )
    oldest = waiting.looked_at[0]
    observed = (
        f"{waiting.total} waiting, {len(waiting.looked_at)} on the old ends looked at; "
        f"{oldest.label} has waited {'' if oldest.exact else 'at most '}{span(oldest.age_s)}; {limit}"
    )
    late = [job for job in waiting.looked_at if job.age_s > queue.max_wait_s]
    sure = next((job for job in late if job.exact), None)
    if sure is not None:
        text = f"{sure.label} has waited {span(sure.age_s)}; expected at most {span(queue.max_wait_s)}"
        return Verdict(jobs, observed, (Finding(text),))
    if late:
        text = f"{late[0].label}, a retried job or a parent, may have waited up to {span(late[0].age_s)}"
        return Verdict(jobs, observed, warnings=(Finding(f"{text}; expected at most {span(queue.max_wait_s)}"),))
    return Verdict(jobs, observed)


def is_not_paused(queue: Queue, flag: Evidence[Pause]) -> Verdict:
    """Hold the queue's pause flag."""
    pause = flag.value
    waiting = f"{_jobs(pause.waiting)} waiting"
    if pause.paused:
        return Verdict(flag, f"paused, with {waiting}", (Finding(f"the queue is paused, with {waiting}"),))
    return Verdict(flag, f"not paused; {waiting}")


def none_stalled(queue: Queue, jobs: Evidence[ActiveJobs]) -> Verdict:
    """Hold each active job that was looked at: some worker has its lock in one reading at least."""
    active = jobs.value
    observed = (
        f"{active.total} active, {active.looked_at} looked at twice, {active.interval_s:.1f} s apart: "
        f"{len(active.stalled)} without a lock; {active.stalled_before} have stalled before"
    )
    findings = tuple(
        Finding(
            f"{job.label} is active and no worker holds it"
            + (f"; taken {span(job.taken_s)} ago" if job.taken_s else "")
        )
        for job in active.stalled[:10]
    )
    return Verdict(jobs, observed, findings)


def has_workers(queue: Queue, connections: Evidence[Workers]) -> Verdict:
    """Hold the attached workers against the row's `min_workers`."""
    seen = connections.value
    if seen.attached is None:
        return _by_signs(connections)
    silent = f", and {seen.silent} that ask for no job although none is active" if seen.silent else ""
    observed = f"{seen.attached} attached by name{silent}; expected at least {seen.wanted}"
    if seen.attached >= seen.wanted:
        return Verdict(connections, observed)
    if not seen.attached and seen.locked:
        why = f"no connection bears a worker's name, and yet {_jobs(seen.locked, 'active')} are held"
        connections.cannot_tell(why, "Ask again in a minute; a Redis that refuses CLIENT SETNAME shows no workers.")
    text = f"{seen.attached} workers attached{silent}; expected at least {seen.wanted}"
    return Verdict(connections, observed, (Finding(text),))


def _by_signs(connections: Evidence[Workers]) -> Verdict:
    """Without CLIENT LIST: the key that a worker sets whenever it looks for stalled jobs, and only over REST."""
    seen = connections.value
    if not (seen.over_rest and seen.checked and seen.wanted == 1):
        connections.cannot_tell(f"{seen.why}: workers cannot be counted", seen.hint)
    observed = (
        "connections cannot be listed over REST; a worker looked for stalled jobs a moment ago "
        "(stalled-check, kept for 30 s unless told), so one at least was there"
    )
    return Verdict(connections, observed)


def drains(queue: Queue, readings: Evidence[Movement]) -> Verdict:
    """Hold two readings against each other: what waits is taken, or nothing waits.

    Workers that are busy with long jobs take none for a while: that is allowed for `max_wait_s`, and so is a
    rate limit of which it is not known whether it is reached, while a worker is there.
    """
    seen = readings.value
    observed = f"{seen.before} waiting, {seen.interval_s:.1f} s later {seen.after}"
    if not seen.before or not seen.after:
        return Verdict(readings, f"{observed}: nothing is left waiting")
    if seen.taken or seen.ended:
        moved = " and ".join(
            word for word, true in (("jobs were taken", seen.taken), ("a job ended", seen.ended)) if true
        )
        return Verdict(readings, f"{observed}: {moved}")
    lately = seen.idle_s is None or seen.idle_s <= queue.max_wait_s
    if seen.limited_s and not seen.paused and (seen.limit_sure or (seen.watched and lately)):
        return Verdict(readings, f"{observed}: the queue's rate limit holds for {span(seen.limited_s)} more")
    busy = seen.working and seen.idle_s is not None and seen.idle_s <= queue.max_wait_s
    if busy and not seen.paused:
        since = f"the last was taken or ended {span(seen.idle_s or 0)} ago"
        return Verdict(readings, f"{observed}: workers are busy with {_jobs(seen.working, 'active')}; {since}")
    why = "; the queue is paused" if seen.paused else ""
    idle = f"; nothing has been taken or ended for {span(seen.idle_s)}" if seen.working and seen.idle_s else ""
    text = f"{_jobs(seen.after)} waiting and none was taken within {seen.interval_s:.1f} s{idle}{why}"
    return Verdict(readings, f"{observed}: nothing moved", (Finding(text),))


def delayed_in_time(queue: Queue, jobs: Evidence[DelayedJobs]) -> Verdict:
    """Hold the due times of delayed jobs against the clock; a worker promotes them, when it asks for its next job.

    While all workers are busy, or held back by a rate limit, that may take up to `max_wait_s`.
    """
    delayed = jobs.value
    observed = f"{delayed.total} delayed, {delayed.overdue} due for more than {delayed.grace_s:g} s"
    warnings = _late_schedule(queue, delayed)
    if not delayed.overdue:
        return Verdict(jobs, observed, warnings=warnings)
    late = f"{_jobs(delayed.overdue, 'delayed')} overdue, the first for {span(delayed.first_s)}"
    if (delayed.working or delayed.limited) and delayed.first_s <= queue.max_wait_s:
        busy = f"workers are busy with {_jobs(delayed.working, 'active')}" if delayed.working else "a rate limit holds"
        return Verdict(jobs, f"{observed}; {busy}", warnings=warnings)
    return Verdict(jobs, observed, (Finding(f"{late}: no worker promotes them"),), warnings)


def _late_schedule(queue: Queue, delayed: DelayedJobs) -> tuple[Finding, ...]:
    if delayed.schedule_s is None or delayed.schedule_s <= queue.max_wait_s:
        return ()
    return (Finding(f"the next run of a job scheduler was due {span(delayed.schedule_s)} ago"),)


def canary_is_processed(queue: Queue, job: Evidence[CanaryJob]) -> Verdict:
    """Hold the end of the marked job: completed within `canary_s`."""
    seen = job.value
    left = "it was removed again" if seen.removed else "it could not be removed again"
    observed = f"added with bullmq {seen.version}; {seen.state} after {seen.seconds:.1f} s; {left}"
    if seen.state == "completed":
        return Verdict(job, observed)
    if seen.state == "failed":
        return Verdict(job, observed, (Finding(f"the job {queue.canary} failed; expected the worker to complete it"),))
    text = (
        f"the job {queue.canary} was {seen.state} after {seen.seconds:.0f} s; expected completed in {queue.canary_s} s"
    )
    return Verdict(job, observed, (Finding(text),))


def span(seconds: float) -> str:
    """A time in the unit that a reader thinks in."""
    for unit, name in ((DAY, "days"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.1f} {name}"
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"


def _jobs(count: int, kind: str = "") -> str:
    words = (f"{count}", kind, "job" if count == 1 else "jobs")
    return " ".join(word for word in words if word)
