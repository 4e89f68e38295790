"""Faults in what Vercel and Railway tell of the services they host, and of whom they tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fixtures.demo.vendors.railway import STAGING, WORKER, monitor
from tests.platforms import Twin

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.vended import Vended


def _twin(breaks: str, edit: Callable[[Vended], object], **more: Any) -> Twin:
    return Twin(breaks, lambda vended: _done(edit(vended)), vended=True, **more)


def _done(result: object) -> None:
    """An edit's value is of no interest."""


def _without(vended: Vended, vendor: str, name: str, key: str) -> None:
    rows = vended.vendor(vendor).variables
    rows[:] = [row for row in rows if row[key] != name]


def _on_vercel(vended: Vended, name: str, **changes: object) -> None:
    next(row for row in vended.vendor("vercel").variables if row["key"] == name).update(changes)


def _on_railway(vended: Vended, name: str, **changes: object) -> None:
    next(row for row in vended.vendor("railway").variables if row["name"] == name).update(changes)


def _hidden(vended: Vended) -> None:
    vended.vendor("vercel").hidden = 2
    _without(vended, "vercel", "SENTRY_DSN", "key")


def _more(vended: Vended, vendor: str, name: str) -> None:
    rows = vended.vendor(vendor).variables
    rows.append(rows[-1] | {"key": name, "target": "production"} if vendor == "vercel" else rows[0] | {"name": name})


def _shipped(vended: Vended, **changes: object) -> None:
    """Settings that the latest deployment went out with."""
    vended.vendor("railway").deploy.update(changes)


def _latest(vended: Vended, **changes: object) -> None:
    vended.vendor("railway").latest.update(changes)


def _regions(**replicas: int) -> dict[str, dict[str, int]]:
    return {name.replace("_", "-"): {"numReplicas": count} for name, count in replicas.items()}


def _volume(vended: Vended) -> None:
    railway = vended.vendor("railway")
    railway.config["services"][WORKER]["volumeMounts"] = {"vol-1": {"mountPath": "/data"}}
    railway.rules[1]["eventTypes"].append("VolumeAlert.triggered")  # or nobody would be told of a full one (ALR-007)


def _rule(vended: Vended, **changes: object) -> None:
    """The one rule for production."""
    vended.vendor("railway").rules[1].update(changes)


def _events(*events: str) -> Callable[[Vended], None]:
    return lambda vended: _rule(vended, eventTypes=list(events))


def _channel(config: dict[str, str]) -> Callable[[Vended], None]:
    return lambda vended: _rule(vended, channels=[{"id": "c-9", "config": config}])


TWINS = {
    "ENV-013": (
        _twin("a name missing on Vercel", lambda v: _without(v, "vercel", "SENTRY_DSN", "key")),
        _twin("a name set for previews only", lambda v: _on_vercel(v, "SENTRY_DSN", target=["preview"])),
        _twin("a name missing on Railway", lambda v: _without(v, "railway", "WORKER_CONCURRENCY", "name")),
        _twin("a name of another service", lambda v: _on_railway(v, "WORKER_CONCURRENCY", serviceId="another")),
        _twin("a shared variable that nobody refers to", lambda v: _on_railway(v, "SENTRY_DSN", serviceId=None)),
        _twin("a surplus name on Vercel", lambda v: _more(v, "vercel", "OLD_API_URL"), verdict="warn"),
        _twin("a surplus name on Railway", lambda v: _more(v, "railway", "OLD_API_URL"), verdict="warn"),
        _twin(
            "a secret that can be read back",
            lambda v: _on_vercel(v, "CRON_SECRET", securityIssues=["readable-secret"]),
            verdict="warn",
        ),
        _twin("production variables hidden from the token", _hidden, verdict="unverified"),
    ),
    "DEP-007": (
        _twin("one replica", lambda v: _shipped(v, multiRegionConfig=_regions(europe_west4_drams3a=1))),
        _twin("no replicas named", lambda v: _shipped(v, multiRegionConfig=None)),
        _twin("another region", lambda v: _shipped(v, multiRegionConfig=_regions(europe_west4_drams3a=1, us_west2=1))),
        _twin("no health path", lambda v: _shipped(v, healthcheckPath=None)),
        _twin("another health path", lambda v: _shipped(v, healthcheckPath="/healthz")),
        _twin("never restarted", lambda v: _shipped(v, restartPolicyType="NEVER")),
        _twin("no retries", lambda v: _shipped(v, restartPolicyMaxRetries=0)),
        _twin("a volume and two replicas", _volume),
        _twin("a failed deployment", lambda v: _latest(v, status="FAILED")),
        _twin("a crashed deployment", lambda v: _latest(v, status="CRASHED")),
        _twin(
            "never deployed",
            lambda v: v.vendor("railway").instance.update(latestDeployment=None, activeDeployments=[]),
        ),
        _twin(
            "a crashed replica",
            lambda v: _latest(v, instances=[{"id": "i-1", "status": "RUNNING"}, {"id": "i-2", "status": "CRASHED"}]),
        ),
        _twin("a deployment without a process", lambda v: _latest(v, instances=[]), verdict="warn"),
        _twin("a deployment under way", lambda v: _latest(v, status="DEPLOYING"), verdict="warn"),
        _twin("a service that sleeps", lambda v: _shipped(v, sleepApplication=True), verdict="warn"),
        _twin(
            "a health path that only the config file has",
            lambda v: v.vendor("railway").instance.update(healthcheckPath=None),
            verdict="warn",
        ),
    ),
    "ALR-007": (
        _twin("no rule", lambda v: v.vendor("railway").rules.clear()),
        _twin("a rule without crashes", _events("Deployment.failed", "Deployment.oomKilled")),
        _twin("a rule without failed deployments", _events("Deployment.crashed", "Deployment.oom_killed")),
        _twin("nothing on limits", _events("Deployment.failed", "Deployment.crashed")),
        _twin("a rule for what is critical alone", lambda v: _rule(v, severities=["CRITICAL"])),
        _twin("a rule of another environment", lambda v: _rule(v, environmentId=STAGING)),
        _twin("a rule of another service", lambda v: _rule(v, serviceId="another")),
        _twin("a rule of another project", lambda v: _rule(v, projectId="another")),
        _twin("a rule without a channel", lambda v: _rule(v, channels=[])),
        _twin("a webhook without an address", _channel({"type": "webhook"})),
        _twin("the inbox only", _channel({"type": "inapp"}), verdict="warn"),
        _twin(
            "a monitor that fires below its threshold",
            lambda v: (
                _events("Deployment.failed", "Deployment.crashed")(v),
                v.vendor("railway").monitors.append(monitor("MEMORY_USAGE_GB", "below")),
            ),
        ),
        _twin("over the usage limit", lambda v: setattr(v.vendor("railway"), "over_limit", True)),
        _twin("a rule that lists no event", _events(), verdict="unverified"),
        _twin("a project token", lambda v: setattr(v.vendor("railway"), "kind", "project"), verdict="unverified"),
    ),
}
