"""ALR: alerts, monitors and dashboards, as the vendors that hold them tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from checks.rules import alerts, arrivals, boards, channels, notices
from fixtures.model.verdicts import Verdict

if TYPE_CHECKING:
    from fixtures.model.alerting import WatchingProbe
    from fixtures.model.notices import AlertingProbe, SendingProbe
    from fixtures.model.platform import Alert, Dashboard, Service, Uptime
    from fixtures.model.vendors import Slack

Conclude = Callable[[Verdict], None]


@pytest.mark.readiness
@pytest.mark.item(
    "ALR-001",
    severity="critical",
    remediation="Set up a monitor of failure_rate() in Sentry, or of count() with max_events in its row, enabled, for "
    "production, with levels at the platform's limits and an alert joined to it that has a live action.",
)
def test_error_rate_is_alerted(error_rate_alert: Alert, alerting: AlertingProbe, conclude: Conclude) -> None:
    """Sentry tells somebody when the service's error rate in production is above its limit."""
    conclude(notices.is_alerted(error_rate_alert, alerting.alarms(error_rate_alert)))


@pytest.mark.readiness
@pytest.mark.item(
    "ALR-002",
    severity="high",
    remediation="Set up a monitor of p95(span.duration) in Sentry, enabled, for production, with levels at the "
    "platform's limits and an alert joined to it that has a live action.",
)
def test_p95_is_alerted(p95_alert: Alert, alerting: AlertingProbe, conclude: Conclude) -> None:
    """Sentry tells somebody when the p95 of the service's transactions in production is above its limit.

    An average or a median hides what the slowest callers get.
    """
    conclude(notices.is_alerted(p95_alert, alerting.alarms(p95_alert)))


@pytest.mark.readiness
@pytest.mark.item(
    "ALR-003",
    severity="critical",
    remediation="Set up an alert in Sentry that selects the worker (a term of selects, or a cron monitor), enabled, "
    "for production, with a live action.",
)
def test_worker_failure_is_alerted(worker_alert: Alert, alerting: AlertingProbe, conclude: Conclude) -> None:
    """Sentry tells somebody when the worker fails in production."""
    conclude(notices.is_alerted(worker_alert, alerting.alarms(worker_alert)))


@pytest.mark.readiness
@pytest.mark.item(
    "ALR-004",
    severity="critical",
    remediation="Set up a monitor on the service's health URL, running, and with a contact that is active.",
)
def test_service_is_watched_from_outside(uptime: Uptime, watching: WatchingProbe, conclude: Conclude) -> None:
    """A monitor outside the platform looks at the service's health URL and tells somebody.

    A host's own health check runs while a deployment starts and not afterwards.
    """
    conclude(alerts.is_watched(uptime, watching.monitors(uptime)))


@pytest.mark.readiness
@pytest.mark.item(
    "ALR-005",
    severity="high",
    remediation="Connect Slack in Sentry's settings, and give an alert an action that posts to the channel.",
)
def test_slack_is_connected_and_used(slack: Slack, alerting: AlertingProbe, conclude: Conclude) -> None:
    """Slack is connected, and an alert posts to the declared channel, which is open.

    Whether a message arrived, no route of Sentry or Slack tells.
    """
    conclude(channels.is_connected_and_used(slack, alerting.slack(slack)))


@pytest.mark.readiness
@pytest.mark.item(
    "ALR-006",
    severity="medium",
    remediation="Add the missing widgets to the dashboard in Sentry, and let it cover production.",
)
def test_dashboard_has_its_widgets(sentry_dashboard: Dashboard, alerting: AlertingProbe, conclude: Conclude) -> None:
    """The dashboard shows error rate, p95 transaction duration, jobs by status and top errors."""
    conclude(boards.has_its_widgets(sentry_dashboard, alerting.boards(sentry_dashboard)))


@pytest.mark.readiness
@pytest.mark.item(
    "ALR-008",
    severity="critical",
    remediation="Hold the service's DSN against the project's Client Keys and its SENTRY_ENVIRONMENT, and look at "
    "the project's quota in Sentry's stats; --test-event proves the way.",
)
def test_events_arrive(reporting_service: Service, alerting: AlertingProbe, conclude: Conclude) -> None:
    """Sentry lately accepted events of the service, of production, and lost few.

    Where nothing arrives no alert fires, and the silence looks like health.
    """
    conclude(arrivals.events_arrive(reporting_service, alerting.arrivals(reporting_service)))


@pytest.mark.readiness
@pytest.mark.opt_in("--test-event")
@pytest.mark.item(
    "ALR-009",
    severity="high",
    remediation="Follow the event: the project's Client Keys, its inbound filters, its quota.",
)
def test_test_event_shows(reporting_service: Service, sending: SendingProbe, conclude: Conclude) -> None:
    """One marked event, sent by the service's DSN, can be read in its project within its time.

    It is the only thing that readiness sends. All of them are one issue, of level info.
    """
    conclude(arrivals.event_shows(reporting_service, sending.sent(reporting_service)))
