"""ALR: somebody is told when something breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from fixtures.model.alerting import Monitor, Watched
    from fixtures.model.platform import Uptime


def is_watched(uptime: Uptime, told: Evidence[Watched]) -> Verdict:
    """Expect one monitor on the service's URL that runs, looks often enough (inclusive) and tells somebody.

    Host and path are compared. A monitor on the root of the host only is advice: a page that renders says
    less than a health check. A monitor that reports an outage is one that works.
    """
    seen = told.value
    exact = [monitor for monitor in seen.monitors if _path(monitor.url) == _path(seen.url)]
    if not exact:
        return _not_exact(uptime, seen, told)
    defects = {monitor: _defects(uptime, monitor, told.where) for monitor in exact}
    sound = next((monitor for monitor in exact if not defects[monitor]), None)
    if sound is None:
        observed = f"{len(exact)} monitors look at {seen.url}, and none of them would tell"
        return Verdict(told, observed, tuple(finding for found in defects.values() for finding in found))
    observed = (
        f"{sound.name!r} looks at {seen.url} every {sound.interval_s} s, is {sound.state}, "
        f"and tells {', '.join(sound.tells)}"
    )
    fresh = Finding(f"{sound.name!r} has not looked yet; wait for its first check", told.where)
    return Verdict(told, observed, warnings=(fresh,) if sound.state == "not checked yet" else ())


def _not_exact(uptime: Uptime, seen: Watched, told: Evidence[Watched]) -> Verdict:
    root = [monitor for monitor in seen.monitors if _path(monitor.url) == "/" and not _defects(uptime, monitor, "")]
    if root:
        text = f"{root[0].name!r} looks at the root of the host, not at {seen.url}"
        return Verdict(told, text, warnings=(Finding(text, told.where),))
    others = f"; monitors on its host: {', '.join(repr(m.name) for m in seen.monitors)}" if seen.monitors else ""
    text = f"no monitor looks at {seen.url}"
    return Verdict(told, f"{text}, of {seen.total} that the key sees{others}", (Finding(text, told.where),))


def _defects(uptime: Uptime, monitor: Monitor, where: str) -> list[Finding]:
    texts = []
    if monitor.state in ("paused", "unknown"):
        texts.append(f"{monitor.name!r} is {monitor.state if monitor.state == 'paused' else 'in an unknown state'}")
    if monitor.interval_s > uptime.max_interval_s:
        texts.append(f"{monitor.name!r} looks every {monitor.interval_s} s, expected at most {uptime.max_interval_s}")
    if not monitor.tells:
        whom = f": {'; '.join(monitor.silent)}" if monitor.silent else ""
        texts.append(f"{monitor.name!r} tells nobody{whom}")
    return [Finding(text, where) for text in texts]


def _path(url: str) -> str:
    return urlsplit(url).path.rstrip("/") or "/"
