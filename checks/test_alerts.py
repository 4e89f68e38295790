"""ALR: alerts, monitors and dashboards, as the vendors that hold them tell."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checks.rules import alerts
from fixtures.model.alerting import WatchingProbe
from fixtures.model.platform import Uptime
from fixtures.model.verdicts import Verdict

Conclude = Callable[[Verdict], None]


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
