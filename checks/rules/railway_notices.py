"""Whom Railway tells (ALR-007)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from fixtures.model.hosting import LimitMonitor, NoticeRule, Notices
    from fixtures.model.vendors import Railway

NEEDED = {"deployment.failed": "failed deployments", "deployment.crashed": "crashes"}
# Railway publishes no list of severities; its own example of a failed deployment is a WARNING. Whether what else
# breaks is a WARNING or CRITICAL is not known, and either is taken for enough.
SEVERITIES = {"deployment.failed": frozenset({"WARNING"})}
GRAVE = frozenset({"WARNING", "CRITICAL"})
MEMORY_SPENT = "deployment.oomkilled"
LIMITS = frozenset({"CPU_USAGE", "CPU_USAGE_2", "MEMORY_USAGE_GB"})
DISK = frozenset({"DISK_USAGE_GB"})
VOLUME = "volumealert.triggered"


def failures_are_told(railway: Railway, told: Evidence[Notices]) -> Verdict:
    """Expect rules for production with a channel for failed deployments and for crashes, and one for limits.

    For limits a rule on processes that ran out of memory, or a monitor on CPU or memory; where a service has a
    volume, one on its disk too. Each must reach every declared service. A rule that lists no event is undocumented.
    """
    seen = told.value
    silent = [rule for rule in _live(seen) if not rule.events]
    whom = ", ".join(name for name, _ in seen.services) or "any service"
    lacking = [
        f"nobody is told of {NEEDED[event]} of {whom} in production" for event in NEEDED if not _is_told(seen, event)
    ]
    limits = _limits(seen)
    spent = ["the workspace is over its usage limit: Railway stops what runs"] if seen.over_limit else []
    if silent and (lacking or limits) and not spent:
        told.cannot_tell(
            f"{len(silent)} rules list no event, and Railway does not document what such a rule tells",
            "List the events in the rule: Deployment.failed, Deployment.crashed, Deployment.oom_killed.",
        )
    if limits and seen.monitors is None and not (lacking or spent):
        told.cannot_tell(*seen.monitors_unseen)
    certain = [] if silent else [*lacking, *(limits if seen.monitors is not None else ())]
    findings = [*certain, *spent]
    warnings = _weak(seen)
    channels = sorted({str(channel) for rule in _live(seen) for channel in rule.channels})
    events = sorted({event for rule in _live(seen) for event in rule.events})
    observed = (
        f"{len(_live(seen))} of {len(seen.rules)} rules hold for production and have a channel: they tell"
        f" {', '.join(channels) or 'nobody'} of {', '.join(events) or 'nothing'}; {_counted(seen.monitors)}"
        f"{'; its usage limit could not be read' if seen.over_limit is None else ''}"
    )
    return Verdict(
        told,
        observed,
        tuple(Finding(text, told.where) for text in findings),
        tuple(Finding(text, told.where) for text in warnings),
    )


def _live(seen: Notices) -> list[NoticeRule]:
    """The rules that hold for production and have a channel that leads somewhere."""
    return [
        rule
        for rule in seen.rules
        if rule.environment in (None, seen.environment) and any(channel.complete for channel in rule.channels)
    ]


def _is_told(seen: Notices, event: str) -> bool:
    telling = [rule for rule in _live(seen) if event in map(_plain, rule.events) and _lets_through(rule, event)]
    whole = any(rule.service is None for rule in telling)
    reached = {rule.service for rule in telling}
    return whole or (bool(seen.services) and all(place in reached for _, place in seen.services))


def _lets_through(rule: NoticeRule, event: str) -> bool:
    return not rule.severities or not SEVERITIES.get(event, GRAVE).isdisjoint(rule.severities)


def _plain(event: str) -> str:
    """An event for comparison: Railway's spelling varies in case and underscores."""
    return re.sub(r"[^a-z0-9.]", "", event.lower())


def _limits(seen: Notices) -> list[str]:
    found = []
    if not _is_told(seen, MEMORY_SPENT) and not _is_monitored(seen, LIMITS):
        found.append("nobody is told of resource limits: no rule on Deployment.oom_killed, no monitor on CPU or memory")
    if seen.volumes and not _is_told(seen, VOLUME) and not _is_monitored(seen, DISK):
        found.append("nobody is told of a volume that fills up: no rule on VolumeAlert.triggered, no monitor on disk")
    return found


def _is_monitored(seen: Notices, measurements: frozenset[str]) -> bool:
    above = [m for m in seen.monitors or () if m.measurement in measurements and m.condition == "above"]
    whole = any(not monitor.services for monitor in above)
    reached = {place for monitor in above for place in monitor.services}
    return whole or (bool(above) and all(place in reached for _, place in seen.services))


def _weak(seen: Notices) -> list[str]:
    kinds = {channel.kind.lower() for rule in _live(seen) for channel in rule.channels if channel.complete}
    return ["notices reach Railway's own inbox only, where nobody on call looks"] if kinds == {"inapp"} else []


def _counted(monitors: tuple[LimitMonitor, ...] | None) -> str:
    if monitors is None:
        return "its monitors could not be read"
    wanted = [monitor for monitor in monitors if monitor.measurement in LIMITS | DISK]
    return f"{len(wanted)} monitor{'s' * (len(wanted) != 1)} on CPU, memory or disk"
