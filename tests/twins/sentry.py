# ruff: noqa: E501  # one line a fault reads best
"""Faults in what Sentry and Slack tell of alerts, dashboards and events, and in what is expected of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from fixtures.demo.vendors.sentry_rows import MADE
from fixtures.demo.vendors.standin import iso
from tests.platforms import Twin

if TYPE_CHECKING:
    from collections.abc import Callable

    from fixtures.model.ledger import Outcome
    from tests.vended import Vended

RATE, P95, STREAM, UPTIME = "11", "12", "15", "14"  # the worker's monitors
ON_RATE, ON_P95, ON_WORKER, ON_UPTIME = "211", "212", "213", "214"  # and its alerts


def _sentry(vended: Vended) -> Any:
    return vended.vendor("sentry")


def _row(rows: list[dict[str, Any]], number: str) -> dict[str, Any]:
    return next(row for row in rows if row["id"] == number)


def _told(breaks: str, edit: Callable[[Any], None], verdict: Outcome = "fail") -> Twin:
    """A fault in what Sentry tells."""
    return Twin(breaks, lambda vended: edit(_sentry(vended)), vended=True, verdict=verdict)


def gone(breaks: str, kind: str, number: str) -> Twin:
    """A row that is not there."""
    return _told(breaks, lambda sentry: getattr(sentry, kind).remove(_row(getattr(sentry, kind), number)))


def monitor(breaks: str, number: str, verdict: Outcome = "fail", **changes: object) -> Twin:
    """A monitor of which something else is true."""
    return _told(breaks, lambda sentry: _row(sentry.detectors, number).update(changes), verdict)


def alert(breaks: str, number: str, **changes: object) -> Twin:
    """An alert of which something else is true."""
    return _told(breaks, lambda sentry: _row(sentry.workflows, number).update(changes))


def _queried(breaks: str, number: str, **changes: object) -> Twin:
    """A monitor that asks something else."""

    def edit(sentry: Any) -> None:
        _row(sentry.detectors, number)["dataSources"][0]["queryObj"]["snubaQuery"].update(changes)

    return _told(breaks, edit)


def _levels(breaks: str, number: str, medium: float, high: float, verdict: Outcome = "fail") -> Twin:
    """A monitor that fires above other values."""

    def edit(sentry: Any) -> None:
        for condition, value in zip(
            _row(sentry.detectors, number)["conditionGroup"]["conditions"], (medium, high), strict=False
        ):
            condition["comparison"] = value

    return _told(breaks, edit, verdict)


def actions(breaks: str, number: str, **changes: object) -> Twin:
    """An alert whose actions all differ."""

    def edit(sentry: Any) -> None:
        for action in _actions(sentry, number):
            action.update(changes)

    return _told(breaks, edit)


def _actions(sentry: Any, number: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _row(sentry.workflows, number)["actionFilters"][0]["actions"]
    return found


def _without_actions(number: str) -> Twin:
    return _told("an alert without an action", lambda sentry: _actions(sentry, number).clear())


def _to_owners(sentry: Any) -> None:
    config = {"targetType": "issue_owners", "targetIdentifier": None, "targetDisplay": None}
    mail = {"type": "email", "config": config, "data": {"fallthroughType": "NoOne"}}
    _actions(sentry, ON_RATE)[:] = [_actions(sentry, ON_RATE)[1] | mail]


def _not_run(sentry: Any) -> None:
    _row(sentry.detectors, RATE)["dataSources"][0]["queryObj"]["status"] = 4


def _counting(sentry: Any) -> None:
    """Let the worker's monitor count errors, more than 50 in 10 minutes."""
    detector = _row(sentry.detectors, RATE)
    detector["dataSources"][0]["queryObj"]["snubaQuery"] |= {"aggregate": "count()", "dataset": "events", "query": ""}
    for condition in detector["conditionGroup"]["conditions"]:
        condition["comparison"] = 50


def heartbeat(moment: datetime) -> dict[str, Any]:
    """A cron monitor of the worker, as Sentry tells of one."""
    environment = {
        "name": "production",
        "status": "ok",
        "isMuted": False,
        "dateCreated": MADE,
        "lastCheckIn": iso(moment),
        "nextCheckIn": iso(moment + timedelta(minutes=1)),
        "nextCheckInLatest": iso(moment + timedelta(minutes=2)),
        "activeIncident": None,
    }
    return {
        "id": "9f0c",
        "name": "Worker heartbeat",
        "slug": "worker-heartbeat",
        "status": "active",
        "isMuted": False,
        "isUpserting": False,
        "config": {
            "schedule_type": "crontab",
            "schedule": "* * * * *",
            "checkin_margin": 1,
            "max_runtime": 1,
            "timezone": "UTC",
            "failure_issue_threshold": 1,
            "recovery_threshold": 1,
            "alert_rule_id": None,
        },
        "dateCreated": MADE,
        "project": {"id": "1", "slug": "agentdesk-worker", "name": "agentdesk-worker"},
        "environments": [environment],
        "owner": {"type": "team", "id": "5", "name": "platform"},
    }


def _heartbeat(**changes: object) -> Callable[[Vended], None]:
    """Let a cron monitor in place of the alert watch the worker."""

    def edit(vended: Vended) -> None:
        sentry = _sentry(vended)
        row = heartbeat(sentry.moment)
        row |= changes
        sentry.monitors.append(row)
        sentry.detectors.append(
            _row(sentry.detectors, STREAM) | {"id": "16", "name": row["name"], "type": "monitor_check_in_failure"}
        )
        _row(sentry.workflows, ON_WORKER).update(detectorIds=["16"])
        _row(sentry.workflows, ON_WORKER)["actionFilters"][0]["conditions"].clear()
        vended.manifest('selects = ["queue:agent-jobs"]', 'selects = ["monitor.slug:worker-heartbeat"]')

    return edit


def _tag(breaks: str, **changes: object) -> Twin:
    """An alert that selects by another tag."""

    def edit(sentry: Any) -> None:
        _row(sentry.workflows, ON_WORKER)["actionFilters"][0]["conditions"][0]["comparison"].update(changes)

    return _told(breaks, edit)


def _recovery(sentry: Any) -> None:
    row = _row(sentry.workflows, ON_WORKER)
    row["triggers"]["conditions"] = [row["triggers"]["conditions"][0] | {"type": "issue_resolved_trigger"}]


def _pager_only(sentry: Any) -> None:
    _actions(sentry, ON_WORKER).pop(0)
    _row(sentry.integrations, "24818")["status"] = "disabled"


def _slack_actions(sentry: Any, **changes: object) -> None:
    for workflow in sentry.workflows:
        for action in workflow["actionFilters"][0]["actions"]:
            if action["type"] == "slack":
                action |= changes


def _elsewhere(sentry: Any) -> None:
    _slack_actions(
        sentry, config={"targetType": "specific", "targetIdentifier": "C0000000001", "targetDisplay": "#general"}
    )


def _integration(breaks: str, verdict: Outcome = "fail", **changes: object) -> Twin:
    return _told(breaks, lambda sentry: _row(sentry.integrations, "24817").update(changes), verdict)


def _slack(breaks: str, edit: Callable[[Any], None], verdict: Outcome = "fail") -> Twin:
    """A fault in what Slack tells."""
    return Twin(breaks, lambda vended: edit(vended.vendor("slack")), vended=True, verdict=verdict)


def _without_widget(index: int) -> Twin:
    def edit(sentry: Any) -> None:
        sentry.dashboards[1]["widgets"].pop(index)

    return _told(f"a dashboard without its widget {index + 1}", edit)


def _median(sentry: Any) -> None:
    sentry.dashboards[1]["widgets"][1]["queries"][0]["aggregates"] = ["p50(span.duration)"]


def _lost(outcome: str, count: int, verdict: Outcome = "fail") -> Twin:
    def edit(sentry: Any) -> None:
        sentry.outcomes["1"][outcome, "error"] = count

    return _told(f"{count} events of 4812 that are {outcome}", edit, verdict)


def _unheard_of(sentry: Any) -> None:
    sentry.projects[0] |= {"firstEvent": None, "firstTransactionEvent": False}
    sentry.outcomes["1"].clear()


def _only_staging(sentry: Any) -> None:
    sentry.counts["1", "errors"] = sentry.counts["1", "spans"] = 0


def _other_dsn(vended: Vended) -> None:
    base = vended.standin.url("sentry") if vended.standin else ""
    vended.env("worker", "SENTRY_DSN", _sentry(vended).dsn(base, "agentdesk-web"))


def _dropped(vended: Vended) -> None:
    _sentry(vended).drops = True
    vended.manifest('organization = "agentdesk"', 'organization = "agentdesk"\ntest_event_s = 3')


TWINS = {
    "ALR-001": (
        gone("no monitor", "detectors", RATE),
        monitor("a monitor that is disabled", RATE, enabled=False),
        _told("a monitor whose query is not run", _not_run),
        alert("an alert that is disabled", ON_RATE, enabled=False),
        monitor("a monitor of another project", RATE, projectId="2"),
        _queried("a monitor of staging", RATE, environment="staging"),
        alert("an alert of staging", ON_RATE, environment="staging"),
        _levels("levels above the limit", RATE, 0.1, 0.2),
        _levels("a share given in percent", RATE, 1, 5),
        _levels("a first level above the limit for a warning", RATE, 0.03, 0.05, "warn"),
        monitor("a monitor of changes", RATE, config={"detectionType": "percent", "comparisonDelta": 3600}),
        _queried("a monitor of one route only", RATE, query="is_transaction:true transaction:/api/agents"),
        _told("a count of events, which is no share", _counting),
        alert("a monitor that no alert is joined to", ON_RATE, detectorIds=[]),
        _without_actions(ON_RATE),
        actions("actions that are disabled", ON_RATE, status="disabled"),
        _told("mail to owners of whom there may be none", _to_owners),
    ),
    "ALR-002": (
        gone("no monitor", "detectors", P95),
        monitor("a monitor that is disabled", P95, enabled=False),
        _queried("a monitor of p50", P95, aggregate="p50(span.duration)"),
        _queried("a monitor of staging", P95, environment="staging"),
        _levels("levels above the limit", P95, 6_000, 9_000),
        alert("an alert that is disabled", ON_P95, enabled=False),
        _without_actions(ON_P95),
    ),
    "ALR-003": (
        gone("no alert", "workflows", ON_WORKER),
        alert("an alert that is disabled", ON_WORKER, enabled=False),
        alert("an alert of staging", ON_WORKER, environment="staging"),
        _without_actions(ON_WORKER),
        _tag("an alert on another queue", value="mails"),
        _told("an alert on what is resolved", _recovery),
        _told("a pager that is disconnected", _pager_only),
        Twin("a cron monitor that never heard of its job", _heartbeat(environments=[]), vended=True),
        Twin("a cron monitor that is muted", _heartbeat(isMuted=True), vended=True),
        Twin("a cron monitor that tells after two minutes", _heartbeat(), vended=True, verdict="warn"),
    ),
    "ALR-005": (
        Twin("no connection to Slack", lambda v: _sentry(v).integrations.pop(0), vended=True),
        _integration("a connection that is disabled", organizationIntegrationStatus="disabled"),
        _integration("a connection that is out of date", "warn", outOfDate=True),
        _told("alerts that post elsewhere", _elsewhere),
        _told("actions to Slack that are disabled", lambda sentry: _slack_actions(sentry, status="disabled")),
        _slack("a channel that is archived", lambda slack: slack.channels[1].update(is_archived=True)),
        _slack("a channel that the bot cannot see", lambda slack: slack.channels.pop(1), "unverified"),
        _slack("a bot without channels:read", lambda slack: slack.scopes.clear(), "unverified"),
    ),
    "ALR-006": (
        _told("no dashboard", lambda sentry: sentry.dashboards.pop(1)),
        _told("a dashboard of staging", lambda sentry: sentry.dashboards[1].update(environment=["staging"])),
        *map(_without_widget, range(4)),
        _told("a widget of p50", _median),
    ),
    "ALR-008": (
        _told("a service that never sent an event", _unheard_of),
        _told("no event in a day", lambda sentry: sentry.outcomes["1"].clear()),
        _told("no event of production", _only_staging),
        _lost("rate_limited", 2_000),
        _lost("rate_limited", 100, "warn"),
        Twin("a DSN of another project", _other_dsn, vended=True),
        _told("a token that may not read projects", lambda sentry: sentry.scopes.remove("project:read"), "unverified"),
    ),
    "ALR-009": (
        Twin("a test event that does not show", _dropped, vended=True, options=("--test-event",)),
        Twin("a key that is gone", lambda v: setattr(_sentry(v), "key", "0" * 32), vended=True, options=("--test-event",)),
    ),
}  # fmt: skip
