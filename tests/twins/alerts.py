"""Faults in what the vendors of alerts and monitors tell, and in what is expected of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.platforms import Twin
from tests.twins.sentry import ON_UPTIME, UPTIME, actions, alert, gone, monitor

if TYPE_CHECKING:
    from tests.vended import Vended

WEB = 1  # index of the monitor on the web service's health page


def _monitor(vended: Vended, **changes: object) -> None:
    vended.vendor("uptimerobot").monitors[WEB] |= changes


def _receivers(vended: Vended, **changes: object) -> None:
    robot = vended.vendor("uptimerobot")
    for receiver in (*robot.contacts, *robot.integrations):
        receiver |= changes


TWINS = {
    "ALR-004": (
        Twin("no monitor", lambda vended: vended.vendor("uptimerobot").monitors.pop(WEB), vended=True),
        Twin("a paused monitor", lambda vended: _monitor(vended, status="PAUSED"), vended=True),
        Twin("a monitor without contacts", lambda vended: _monitor(vended, assignedAlertContacts=[]), vended=True),
        Twin("contacts that are paused", lambda vended: _receivers(vended, status="Paused"), vended=True),
        Twin("contacts that hear of recovery only", lambda v: _receivers(v, enableNotificationsFor="Up"), vended=True),
        Twin("a monitor that looks every hour", lambda vended: _monitor(vended, interval=3600), vended=True),
        Twin(
            "a monitor of another path",
            lambda vended: _monitor(vended, url="https://agentdesk-web.vercel.app/login"),
            vended=True,
        ),
        Twin(
            "a monitor of the root only",
            lambda vended: _monitor(vended, url="https://agentdesk-web.vercel.app/"),
            vended=True,
            verdict="warn",
        ),
        Twin(
            "a monitor that has not looked yet",
            lambda vended: _monitor(vended, status="STARTED"),
            vended=True,
            verdict="warn",
        ),
        gone("no monitor in Sentry", "detectors", UPTIME),
        monitor("a disabled monitor in Sentry", UPTIME, enabled=False),
        monitor("a monitor that Sentry tries out", UPTIME, config={"mode": 2, "environment": "production"}),
        monitor("a monitor of staging in Sentry", UPTIME, config={"mode": 1, "environment": "staging"}),
        alert("a monitor in Sentry that no alert is joined to", ON_UPTIME, detectorIds=[]),
        actions("a monitor in Sentry whose actions are disabled", ON_UPTIME, status="disabled"),
    ),
}
