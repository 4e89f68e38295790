"""LOG: what the lines of a log tell. Findings name line numbers, never what stands there."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from fixtures.model.lines import Noted, Told
    from fixtures.model.platform import Log

UNTOLD_AGE_HOURS = 24  # of the newest line, where the manifest sets no limit: a quiet service may be right


def is_structured(log: Log, seen: Evidence[Told]) -> Verdict:
    """Expect one JSON object a line, with time, level, service and message; what others print before is advice."""
    told = seen.value
    observed = f"{told.objects:,} of {_extent(told)} are one JSON object each"
    return Verdict(seen, observed, _findings(told, told.form), _findings(told, told.banners))


def tells_utc(log: Log, seen: Evidence[Told], moment: datetime) -> Verdict:
    """Expect ISO 8601 with Z or a zero offset on every line that has a time, and a newest line that is recent.

    Its age is told by when it was read, or by the `moment` that the run is judged as of where that is earlier.
    """
    told = seen.value
    if told.first is None and not told.times:
        seen.cannot_tell(f"none of {_extent(told)} has a time", "Add the logger's timestamp, ISO 8601 in UTC.")
    findings, observed = _findings(told, told.times), f"{_extent(told)}{_span(told)}"
    age = min(seen.at, moment) - told.last if told.last else timedelta(0)
    if age <= timedelta(hours=log.max_age_hours or UNTOLD_AGE_HOURS):
        return Verdict(seen, observed, findings)
    old = Finding(f"its newest line is {_spoken(age)} old: it does not show what runs now", told.source)
    if log.max_age_hours is None:
        return Verdict(seen, observed, findings, (old,))
    return Verdict(seen, observed, (*findings, old))


def names_its_jobs(job_log: Log, seen: Evidence[Told]) -> Verdict:
    """Expect jobId and jobName on each event of a job; an orgId or agentId that its start has, on its end too."""
    told, jobs = seen.value, seen.value.jobs
    if not jobs.starts + jobs.ends:
        return _no_job(told, seen)
    observed = (
        f"{jobs.starts + jobs.ends:,} events of jobs in {_extent(told)}; {jobs.owned:,} carry an orgId or agentId"
    )
    return Verdict(seen, observed, _findings(told, jobs.lacking), _findings(told, jobs.inconsistent))


def ends_its_jobs(job_log: Log, seen: Evidence[Told]) -> Verdict:
    """Expect an end with a duration for each start; jobs may lie across both edges of the log."""
    told, jobs = seen.value, seen.value.jobs
    if not jobs.starts + jobs.ends:
        return _no_job(told, seen)
    _runs_forward(seen)
    edges = f"{jobs.running:,} may still run (at most {job_log.max_job_s} s), {jobs.earlier:,} started before the log"
    observed = f"{jobs.starts:,} jobs started, {jobs.ends:,} ended in {_extent(told)}{_span(told)}; {edges}"
    warnings = _findings(told, jobs.unstarted)
    if jobs.forgotten:
        text = f"more than {told.open_jobs:,} jobs were open at once: {jobs.forgotten:,} starts were not followed"
        warnings += (Finding(text, told.source),)
    return Verdict(seen, observed, _findings(told, (*jobs.unended, *jobs.untimed)), warnings)


def _no_job(told: Told, seen: Evidence[Told]) -> Verdict:
    text = "no job.start, job.complete or job.failed: the log shows no job, so nothing about jobs is proven"
    return Verdict(seen, f"no event of a job in {_extent(told)}{_span(told)}", warnings=(Finding(text, told.source),))


def holds_no_secret(log: Log, seen: Evidence[Told]) -> Verdict:
    """Expect that neither a detector nor a known value matches anywhere; what could not be searched warns."""
    told = seen.value
    observed = f"{_extent(told)} ({told.size:,} bytes), searched for {told.searched:,} detectors and known values"
    return Verdict(seen, observed, _findings(told, told.secrets), _findings(told, told.unread))


def keeps_to_its_levels(log: Log, seen: Evidence[Told]) -> Verdict:
    """Expect levels that are known, and none below info."""
    told = seen.value
    if not told.levels and not told.strange_levels:
        seen.cannot_tell(f"none of {_extent(told)} has a level", "Add the logger's level to each line.")
    shares = ", ".join(f"{count:,} {word}" for word, count in told.levels)
    return Verdict(seen, f"{_extent(told)}: {shares}", _findings(told, (*told.strange_levels, *told.chatter)))


def tells_of_redis(redis_log: Log, seen: Evidence[Told]) -> Verdict:
    """Expect at least one event of a connection, after each loss a return, and a connection after a start.

    Without an event it is a finding where the log holds a start of the service, else not proven: a warning.
    """
    told, redis = seen.value, seen.value.redis
    if redis.events:
        _runs_forward(seen)
        events = ", ".join(f"{count:,} {word}" for word, count in redis.events)
        findings = _findings(told, redis.lost)
        if redis.beginning and not redis.connected and not findings:
            text = "the service starts in this log, and no line tells that Redis is connected or ready"
            findings = (Finding(text, told.source),)
        return Verdict(seen, f"events of Redis connections in {_extent(told)}: {events}", findings)
    observed = f"no event of a Redis connection in {_extent(told)}{_span(told)}"
    if redis.beginning:
        text = "the service starts in this log and says nothing about its connection to Redis"
        return Verdict(seen, observed, (Finding(text, told.source),))
    text = "no connect, ready, error, reconnecting or close of Redis, and no start of the service that would show one"
    return Verdict(seen, observed, warnings=(Finding(text, told.source),))


def _runs_forward(seen: Evidence[Told]) -> None:
    """End as unverified where what comes later stands before what came first."""
    if seen.value.backwards:
        why = "its lines run from the newest to the oldest, so what followed what cannot be told"
        seen.cannot_tell(why, "Give the log with its oldest line first, as `tac` turns it.")


def _extent(told: Told) -> str:
    """How much was read, and that it was not all where it was not."""
    ended = f" (read no further {told.ended})" if told.ended else ""
    return f"{told.lines - told.blank:,} lines{ended}"


def _spoken(age: timedelta) -> str:
    return f"{age.days} days" if age.days > 1 else f"{age / timedelta(hours=1):.0f} hours"


def _span(told: Told) -> str:
    if told.first is None or told.last is None:
        return ""
    return f" from {told.first:%Y-%m-%d %H:%M:%S} to {told.last:%Y-%m-%d %H:%M:%S} UTC"


def _findings(told: Told, notes: Iterable[Noted]) -> tuple[Finding, ...]:
    """One finding a kind: its first line, the next few, and how many there are."""
    return tuple(Finding(_text(note), f"{told.source}:{note.lines[0]}") for note in notes)


def _text(note: Noted) -> str:
    if note.count == 1:
        return f"the line {note.what}"
    others = ", ".join(f"{line:,}" for line in note.lines[1:])
    more = note.count - len(note.lines)
    return f"the line {note.what}; so do lines {others}" + (f" and {more:,} more" if more else "")
