"""Alarms: what counts as one, how early it must fire, and who must hear."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from checks.rules.notices import is_alerted
from fixtures.model.notices import Alarm, Alarms, Level, Notice, Receiver
from fixtures.model.platform import Alert, Thresholds
from fixtures.model.verdicts import Evidence, Verdict

HEARD = Notice("Page us", receivers=(Receiver("slack #alerts"),), last=date(2026, 11, 20))
LEVELS = (Level(0.01, 50), Level(0.05, 75))
RATE = Alarm("Errors", "failure rate", "failure_rate()", levels=LEVELS, window_s=600, notices=(HEARD,))
P95 = Alarm("Slow", "duration", "p95(span.duration)", levels=(Level(2000, 75),), window_s=600, notices=(HEARD,))
COUNT = Alarm("Many errors", "errors", "count()", levels=(Level(50, 75),), window_s=600, notices=(HEARD,))
FIGURES = ("p50(span.duration)", "p99(span.duration)", "avg(span.duration)", "p95(measurements.lcp)")
ISSUE = Alarm("Worker", "issues", "each issue", query="queue:agent-jobs", notices=(HEARD,))


def _row(kind: str, **keys: object) -> Alert:
    return Alert.model_validate({"name": "row", "provider": "sentry", "kind": kind, "service": "worker", **keys})


def _judge(row: Alert, *alarms: Alarm) -> Verdict:
    return is_alerted(row, Evidence("asked", seen=Alarms("shop", "production", Thresholds(), alarms)))


def _findings(row: Alert, *alarms: Alarm) -> str:
    return "; ".join(finding.text for finding in _judge(row, *alarms).findings)


def test_one_sound_alarm_is_enough() -> None:
    """Others of the same kind may be broken: somebody is told all the same."""
    assert _findings(_row("error-rate"), replace(RATE, off="disabled"), RATE) == ""


def test_alarm_with_less_to_say_against_it_is_shown() -> None:
    """Of two that hold, the one without advice is the evidence."""
    late = replace(RATE, name="Late", levels=(Level(0.05, 75),))
    verdict = _judge(_row("error-rate"), late, RATE)
    assert verdict.warnings == ()
    assert verdict.observed.startswith("'Errors' is on in all environments")


@pytest.mark.parametrize(
    ("row", "alarm"),
    [
        (_row("error-rate"), replace(RATE, levels=(Level(0.05, 75),))),
        (_row("error-rate", critical=0.2), replace(RATE, levels=(Level(0.2, 75),))),
        (_row("error-rate", max_events=50), COUNT),
        (_row("error-rate"), replace(RATE, measure="sessions", figure="percent_sessions_count")),
        (_row("p95"), replace(P95, levels=(Level(5000, 75),))),
        (_row("p95", critical=9000), replace(P95, levels=(Level(9000, 75),))),
        (_row("p95"), replace(P95, figure="percentile(transaction.duration, 0.95)")),
        (_row("worker-failure", max_events=50), COUNT),
        (_row("p95", max_window_s=600), P95),
    ],
)
def test_limit_is_inclusive(row: Alert, alarm: Alarm) -> None:
    """What fires at its limit, or looks over the longest time allowed, fires early enough."""
    assert _findings(row, alarm) == ""


@pytest.mark.parametrize(
    ("row", "alarm", "text"),
    [
        (_row("error-rate"), replace(RATE, levels=(Level(0.051, 75),)), "fires above 5.1 %, expected at most 5 %"),
        (_row("error-rate", max_events=49), COUNT, "fires above 50 events, expected at most 49 events"),
        (_row("error-rate"), COUNT, "no alert on the error rate; 'Many errors' counts events, and the row has no max"),
        (_row("worker-failure"), COUNT, "'Many errors' counts events, and the row has no max_events"),
        (_row("p95"), replace(P95, levels=(Level(5001, 50),)), "fires above 5001 ms, expected at most 5000 ms"),
        (
            _row("p95"),
            replace(P95, levels=(Level(2000, 50), Level(6000, 75))),
            "fires urgently above 6000 ms, expected at most 5000 ms",
        ),
        (_row("p95"), replace(P95, unfit="has no fixed threshold", levels=()), "has no fixed threshold"),
        (_row("p95", max_window_s=599), P95, "looks over 600 s, expected at most 599"),
        (_row("p95"), replace(P95, environment="staging"), "covers only staging, expected production"),
        (_row("p95"), replace(P95, off="muted"), "is muted"),
    ],
)
def test_lax_alarm_is_a_finding(row: Alert, alarm: Alarm, text: str) -> None:
    """Each with the figure that was seen and the one that was expected."""
    assert text in _findings(row, alarm)


@pytest.mark.parametrize(
    "figure", ["p50(span.duration)", "p75(span.duration)", "p99(span.duration)", "p95(measurements.lcp)"]
)
def test_other_percentile_is_named(figure: str) -> None:
    """A reader sees what is measured in place of p95."""
    text = _findings(_row("p95"), replace(P95, figure=figure))
    assert text == f"shop has no alert on the p95 duration; 'Slow' measures {figure}, not p95 of the duration"


@pytest.mark.parametrize(
    ("query", "selects", "fits"),
    [
        ("", (), True),
        ("is_transaction:true", (), True),
        ("event.type:error level:error", (), True),
        ("(level:error OR level:fatal)", (), True),
        ("transaction:/api/agents", (), False),
        ("is_transaction:true release:1", (), False),
        ("service:worker", ("service:worker",), True),
        ('service:"worker" level:error', ("service:worker",), True),
        ("!service:worker", ("service:worker",), False),
        ("service:worker-old", ("service:worker",), False),
        ("other:1 service:worker", ("app:worker", "service:worker"), True),
    ],
)
def test_alarm_looks_at_the_whole_service(query: str, selects: tuple[str, ...], fits: bool) -> None:
    """A query that selects a part does not count, unless the part is the service; a negated term selects the rest."""
    row = _row("error-rate", selects=selects)
    assert (_findings(row, replace(RATE, query=query)) == "") == fits


def test_worker_is_told_by_its_term_or_by_its_own_project() -> None:
    """Without selects the project is the worker's own, and any failure in it counts; a duration is none."""
    assert _findings(_row("worker-failure", selects=("queue:agent-jobs",)), ISSUE) == ""
    assert "does not select queue:mails" in _findings(_row("worker-failure", selects=("queue:mails",)), ISSUE)
    assert _findings(_row("worker-failure"), replace(ISSUE, query="")) == ""
    assert _findings(_row("worker-failure"), P95) == "shop has no alert on failures of the worker"


def test_only_the_named_alert_counts_where_a_row_names_one() -> None:
    """Its name is compared in any case."""
    assert _findings(_row("p95", title="SLOW"), P95) == ""
    assert _findings(_row("p95", title="Slower"), P95) == "shop has no alert named 'Slower' on the p95 duration"


@pytest.mark.parametrize(
    ("notices", "text"),
    [
        ((), "tells nobody: no alert is joined to it"),
        ((replace(HEARD, receivers=()),), "tells nobody: the alert 'Page us' has no action"),
        ((replace(HEARD, off="disabled"),), "tells nobody: the alert 'Page us' is disabled"),
        ((replace(HEARD, environment="staging"),), "tells nobody: the alert 'Page us' covers only staging"),
        (
            (replace(HEARD, trouble="tells of what is resolved only"),),
            "the alert 'Page us' tells of what is resolved only",
        ),
        (
            (replace(HEARD, receivers=(Receiver("jira", "files a ticket"),)),),
            "tells nobody: jira: files a ticket",
        ),
    ],
)
def test_unheard_alarm_is_a_finding(notices: tuple[Notice, ...], text: str) -> None:
    """Each with the reason why nobody hears."""
    assert text in _findings(_row("p95"), replace(P95, notices=notices))


def test_one_receiver_is_enough() -> None:
    """A broken action beside a live one is no finding."""
    receivers = (Receiver("jira", "files a ticket"), Receiver("email team 5"))
    verdict = _judge(_row("p95"), replace(P95, notices=(replace(HEARD, receivers=receivers),)))
    assert verdict.findings == ()
    assert "tells email team 5; it told last on 2026-11-20" in verdict.observed


@pytest.mark.parametrize(
    ("row", "alarm", "text"),
    [
        (_row("p95"), replace(P95, levels=(Level(3000, 75),)), "fires above 3000 ms only"),
        (
            _row("p95"),
            replace(P95, notices=(replace(HEARD, narrows=("level:fatal",)),)),
            "tells only where level:fatal",
        ),
        (_row("worker-failure"), replace(ISSUE, measure="check-ins", window_s=120), "tells within 120 s"),
        (_row("worker-failure"), replace(ISSUE, measure="check-ins"), "does not tell how soon"),
    ],
)
def test_advice_is_a_warning(row: Alert, alarm: Alarm, text: str) -> None:
    """What holds and could be better."""
    verdict = _judge(row, alarm)
    assert verdict.findings == ()
    assert [text in warning.text for warning in verdict.warnings] == [True]


def test_level_of_which_nobody_hears_does_not_count() -> None:
    """An alert that passes on high priority only makes the medium level silent."""
    levels = (Level(2000, 50), Level(6000, 75))
    deaf = replace(P95, levels=levels, notices=(replace(HEARD, floor=75),))
    assert "fires above 6000 ms, expected at most 5000 ms" in _findings(_row("p95"), deaf)
