"""ALR: an alarm counts where it measures the right thing, fires early enough, and tells somebody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fixtures.model.notices import Alarm, Alarms, Level, Measure, Notice
    from fixtures.model.platform import Alert

HIGH = 75  # priority
MEASURES: dict[str, tuple[Measure, ...]] = {
    "error-rate": ("failure rate", "errors", "sessions"),
    "p95": ("duration",),
    "worker-failure": ("errors", "failure rate", "issues", "check-ins"),
}
NAMES = {"error-rate": "the error rate", "p95": "the p95 duration", "worker-failure": "failures of the worker"}
P95 = re.compile(r"(?:p95\((?:span|transaction)\.duration\)|percentile\((?:span|transaction)\.duration,\s*0\.950*\))")
GENERIC = re.compile(  # terms that select no part of a service
    r"(?:is_transaction:(?:true|1)|event\.type:\S+|level:(?:error|fatal|\[error,\s*fatal\])|is:unresolved|span\.op:\S+)"
)
LONGEST_LIST = 5


def is_alerted(alert: Alert, told: Evidence[Alarms]) -> Verdict:
    """Expect one alarm that measures what the row's kind says, on, in production, early enough, and heard.

    Levels are held against `critical` inclusive, for the first level and for the first urgent one; a first level
    above `warn` is advice. A count of events is held against `max_events`; where the row has none, it is no share.
    """
    seen = told.value
    fitting = [alarm for alarm in seen.alarms if not _misfit(alert, alarm)]
    if not fitting:
        return _absent(alert, seen, told)
    defects = {alarm: _defects(alert, alarm, seen) for alarm in fitting}
    sound = [alarm for alarm in fitting if not defects[alarm]]
    if not sound:
        findings = tuple(
            Finding(f"{alarm.name!r} {text}", seen.project) for alarm in fitting for text in defects[alarm]
        )
        return Verdict(
            told, f"{len(fitting)} of {seen.project} measure {NAMES[alert.kind or '']}; none holds", findings
        )
    best = min(sound, key=lambda alarm: len(_advice(alert, alarm, seen)))
    advice = tuple(Finding(f"{best.name!r} {text}", seen.project) for text in _advice(alert, best, seen))
    return Verdict(told, _shown(best, seen), warnings=advice)


def _absent(alert: Alert, seen: Alarms, told: Evidence[Alarms]) -> Verdict:
    named = f" named {alert.title!r}" if alert.title else ""
    text = f"{seen.project} has no alert{named} on {NAMES[alert.kind or '']}"
    near = [f"{alarm.name!r} {why}" for alarm in seen.alarms if (why := _misfit(alert, alarm)) and why != "other"]
    beside = f"; {'; '.join(dict.fromkeys(near[:LONGEST_LIST]))}" if near else ""
    return Verdict(told, f"{text}, of {len(seen.alarms)} seen", (Finding(text + beside, seen.project),))


def _misfit(alert: Alert, alarm: Alarm) -> str:
    """Why an alarm is none of the row's kind; "other" where it is not even near."""
    if alert.title and alarm.name.casefold() != alert.title.casefold():
        return "other"
    if alarm.measure not in MEASURES[alert.kind or ""]:
        return "other"
    if alarm.measure == "errors" and alert.max_events is None:
        return "counts events, and the row has no max_events"
    if alert.kind == "p95" and not P95.fullmatch(alarm.figure):
        return f"measures {alarm.figure}, not p95 of the duration"
    selected = any(_selects(alarm.query, term) for term in alert.selects)
    if alert.kind == "worker-failure":
        chosen = selected or not alert.selects
        return "" if chosen else f"does not select {' or '.join(alert.selects)}"
    if alarm.query and not selected and not _generic(alarm.query):
        return f"looks only at {alarm.query}"
    return ""


def _selects(query: str, term: str) -> bool:
    """Whether a term stands in a query of its own, and not negated."""
    plain = query.replace('"', "").casefold()
    return bool(re.search(rf"(?:^|[\s(]){re.escape(term.casefold())}(?:$|[\s)])", plain))


def _generic(query: str) -> bool:
    return not re.sub(r"\b(?:AND|OR)\b|[()\s]", "", GENERIC.sub("", query))


def _defects(alert: Alert, alarm: Alarm, seen: Alarms) -> list[str]:
    """What is wrong with an alarm of the right kind, as ends of sentences that begin with its name."""
    texts = []
    if alarm.off:
        texts.append(f"is {alarm.off}")
    if alarm.environment not in (None, seen.environment):
        texts.append(f"covers only {alarm.environment}, expected {seen.environment}")
    texts += _lax(alert, alarm, seen)
    if alarm.window_s is not None and alarm.window_s > alert.max_window_s:
        texts.append(f"looks over {alarm.window_s} s, expected at most {alert.max_window_s}")
    if not _heard(alarm, seen):
        texts.append(_unheard(alarm.notices, seen.environment))
    return texts


def _lax(alert: Alert, alarm: Alarm, seen: Alarms) -> list[str]:
    if alarm.unfit:
        return [alarm.unfit]
    levels = sorted(level.above for level in _passed_on(alarm, seen))
    limit = _limits(alert, alarm, seen)[1]
    if limit is None or not levels:
        return []
    urgent = [level.above for level in alarm.levels if level.priority >= HIGH]
    for name, first in (("", levels[0]), ("urgently ", min(urgent, default=levels[0]))):
        if first > limit:
            return [f"fires {name}above {_value(first, alarm)}, expected at most {_value(limit, alarm)}"]
    return []


def _passed_on(alarm: Alarm, seen: Alarms) -> Iterable[Level]:
    """The levels of which somebody hears; all where nobody hears of any."""
    floors = [notice.floor for notice in alarm.notices if notice.tells(seen.environment)]
    heard = [level for level in alarm.levels if level.priority >= min(floors, default=0)]
    return heard or alarm.levels


def _limits(alert: Alert, alarm: Alarm, seen: Alarms) -> tuple[float | None, float | None]:
    """Where a figure warns and where it is critical, in its own unit."""
    limits = seen.limits
    if alarm.measure == "errors":
        return None, alert.max_events
    if alarm.measure == "duration":
        return alert.warn or limits.p95_warn_ms, alert.critical or limits.p95_critical_ms
    if alarm.measure in ("failure rate", "sessions"):
        return alert.warn or limits.error_rate_warn, alert.critical or limits.error_rate_critical
    return None, None


def _heard(alarm: Alarm, seen: Alarms) -> list[str]:
    return [who for notice in alarm.notices for who in notice.tells(seen.environment)]


def _unheard(notices: tuple[Notice, ...], environment: str) -> str:
    silent = dict.fromkeys(who for notice in notices for who in notice.silent(environment))
    return f"tells nobody: {'; '.join(silent) or 'no alert is joined to it'}"


def _advice(alert: Alert, alarm: Alarm, seen: Alarms) -> list[str]:
    """What could be better about an alarm that holds."""
    texts = []
    warn, _ = _limits(alert, alarm, seen)
    first = min((level.above for level in _passed_on(alarm, seen)), default=None)
    if warn is not None and first is not None and first > warn:
        texts.append(f"fires above {_value(first, alarm)} only; the limit for a warning is {_value(warn, alarm)}")
    if alarm.measure == "check-ins" and alarm.window_s is None:
        texts.append("has a schedule that does not tell how soon a missing check-in shows")
    elif alarm.measure == "check-ins" and (alarm.window_s or 0) > seen.limits.worker_down_s:
        texts.append(f"tells within {alarm.window_s} s; worker_down_s is {seen.limits.worker_down_s}")
    telling = [notice for notice in alarm.notices if notice.tells(seen.environment)]
    if all(notice.narrows for notice in telling):
        texts.append(f"tells only where {' and '.join(telling[0].narrows)}")
    return texts


def _shown(alarm: Alarm, seen: Alarms) -> str:
    levels = ", ".join(_value(level.above, alarm) for level in sorted(alarm.levels, key=lambda each: each.above))
    above = f" above {levels}" if levels else ""
    of = f" of {alarm.query}" if alarm.query else ""
    over = f" over {alarm.window_s} s" if alarm.window_s else ""
    told = [notice for notice in alarm.notices if notice.tells(seen.environment)]
    last = max((notice.last for notice in told if notice.last), default=None)
    fired = f"it told last on {last}" if last else "it has not told anything yet"
    whom = ", ".join(dict.fromkeys(_heard(alarm, seen)))
    return (
        f"{alarm.name!r} is on in {alarm.environment or 'all environments'}, fires on {alarm.figure}{of}{above}{over}, "
        f"and tells {whom}; {fired}"
    )


def _value(value: float, alarm: Alarm) -> str:
    shown: Callable[[float], str] = {
        "failure rate": lambda share: f"{share * 100:g} %",
        "sessions": lambda share: f"{share * 100:g} %",
        "duration": lambda ms: f"{ms:g} ms",
    }.get(alarm.measure, lambda events: f"{events:g} events")
    return shown(value)
