"""Slack, dashboards and events: the boundaries of their rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from checks.rules.arrivals import event_shows, events_arrive
from checks.rules.boards import has_its_widgets
from checks.rules.channels import is_connected_and_used
from fixtures.model.notices import (
    Arrivals,
    Board,
    Boards,
    Channel,
    Notice,
    Post,
    Query,
    Receiver,
    Sent,
    SlackUse,
    Widget,
    Workspace,
)
from fixtures.model.platform import Dashboard, Service
from fixtures.model.vendors import Slack
from fixtures.model.verdicts import Evidence, Finding

SERVICE = Service(name="worker", host="other", root=".")
SOUND = Arrivals("shop", 24, date(2026, 9, 1), {"accepted": 100}, 100, "production", id="1")
BOARD = Dashboard(name="board", provider="sentry", title="Production")
POST = Post(Notice("Page us", receivers=(Receiver("slack #alerts"),)), "#alerts", "C0123456789")


def _texts(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.text for finding in findings]


@pytest.mark.parametrize(
    ("outcomes", "findings", "warnings"),
    [
        ({"accepted": 90, "rate_limited": 10}, 0, 1),
        ({"accepted": 89, "rate_limited": 11}, 1, 0),
        ({"accepted": 89, "rate_limited": 6, "invalid": 5}, 1, 0),
        ({"accepted": 99, "invalid": 1}, 0, 0),
        ({"accepted": 1, "client_discard": 10_000, "filtered": 500}, 0, 0),
    ],
)
def test_lost_events_are_weighed(outcomes: dict[str, int], findings: int, warnings: int) -> None:
    """More than a tenth is a finding, more than a hundredth a warning; what is dropped on purpose is not lost."""
    verdict = events_arrive(SERVICE, Evidence("asked", seen=replace(SOUND, outcomes=outcomes)))
    assert (len(verdict.findings), len(verdict.warnings)) == (findings, warnings)


def test_unknown_share_of_production_is_said() -> None:
    """Where no data set tells, accepted events are enough, and the page says what is not known."""
    verdict = events_arrive(SERVICE, Evidence("asked", seen=replace(SOUND, production=None)))
    assert verdict.findings == ()
    assert "an unknown number errors and spans of production" in verdict.observed


def test_dsn_is_compared_where_it_is_known() -> None:
    """A DSN of another project sends events where nobody looks for them."""
    assert _texts(events_arrive(SERVICE, Evidence("a", seen=replace(SOUND, sends_to="2"))).findings) == [
        "the DSN of worker leads to project 2; shop is 1"
    ]
    assert events_arrive(SERVICE, Evidence("a", seen=replace(SOUND, sends_to="1"))).findings == ()


def test_test_event_must_show() -> None:
    """One that does not within its time is a finding with the time."""
    assert event_shows(SERVICE, Evidence("asked", seen=Sent("e", 3.2, 60))).findings == ()
    assert _texts(event_shows(SERVICE, Evidence("asked", seen=Sent("e", None, 60))).findings) == [
        "the test event of worker did not show within 60 s"
    ]


@pytest.mark.parametrize("channel", ["#alerts", "alerts", "C0123456789"])
def test_channel_is_known_by_name_and_id(channel: str) -> None:
    """As the manifest may write it."""
    use = SlackUse((Workspace("Acme"),), (POST,), "production")
    assert is_connected_and_used(Slack(channel=channel), Evidence("asked", seen=use)).findings == ()


def test_slack_alone_may_be_asked() -> None:
    """Without Sentry the bot's view decides."""
    use = SlackUse(channel=Channel("Acme", "alerts", archived=False))
    verdict = is_connected_and_used(Slack(channel="#alerts"), Evidence("asked", seen=use))
    assert (verdict.findings, verdict.observed) == ((), "#alerts of Acme is open")


def test_second_workspace_may_be_broken() -> None:
    """One connection that works is enough; with none, each says why."""
    broken = Workspace("Old", "is disabled")
    use = SlackUse((broken, Workspace("Acme")), (POST,), "production")
    assert is_connected_and_used(Slack(channel="#alerts"), Evidence("asked", seen=use)).findings == ()
    none = replace(use, workspaces=(broken,))
    assert _texts(is_connected_and_used(Slack(channel="#alerts"), Evidence("asked", seen=none)).findings) == [
        "Sentry's connection to Old is disabled"
    ]


def _widget(
    data: str, aggregate: str, column: str = "", *, order: str = "", display: str = "line", where: str = ""
) -> Widget:
    query = Query((aggregate,) if aggregate else (), (column,) if column else (), where, order)
    return Widget("a widget", data, display, (query,))


RATE = _widget("error-events", "count()")
P95 = _widget("spans", "p95(span.duration)")
JOBS = _widget("error-events", "count()", "job.status")
TOP = _widget("error-events", "count()", "title", order="-count()", display="table")


@pytest.mark.parametrize(
    ("widgets", "lacks"),
    [
        ((RATE, P95, JOBS, TOP), []),
        ((P95, JOBS, TOP), ["Error Rate"]),  # errors split by status or title are no rate
        ((RATE, P95, TOP), ["Jobs by Status"]),
        ((RATE, P95, JOBS), ["Top Errors"]),
        ((RATE, P95, JOBS, _widget("issue", "", "issue")), []),
        ((RATE, P95, JOBS, replace(TOP, display="line")), ["Top Errors"]),
        ((_widget("spans", "equation|failure_rate() * 100"), P95, JOBS, TOP), []),
        ((_widget("spans", "count()"), P95, JOBS, TOP), ["Error Rate"]),  # of all spans, not of errors
        ((RATE, _widget("spans", "p75(span.duration)"), JOBS, TOP), ["p95 Transaction Duration"]),
        ((RATE, P95, _widget("spans", "count_if(job.status,equals,failed)"), TOP), []),
        ((RATE, P95, _widget("error-events", "count()", where="job.status:failed"), TOP), []),
        ((RATE, P95, _widget("spans", "count()", "http.status"), TOP), ["Jobs by Status"]),
        ((), ["Error Rate", "p95 Transaction Duration", "Jobs by Status", "Top Errors"]),
    ],
)
def test_widget_is_known_by_what_it_asks(widgets: tuple[Widget, ...], lacks: list[str]) -> None:
    """Whatever its title; a title that promises something else is named with what it asks."""
    boards = Boards("production", (Board("Production", (), widgets),), ("Production",))
    texts = _texts(has_its_widgets(BOARD, Evidence("asked", seen=boards)).findings)
    assert texts == [f"'Production' has no widget for {name}" for name in lacks]


def test_best_of_several_dashboards_counts() -> None:
    """Two of one title: one of them must hold."""
    whole = Board("Production", ("production", "staging"), (RATE, P95, JOBS, TOP))
    boards = Boards("production", (Board("Production", (), ()), whole), ("Production",) * 2)
    assert has_its_widgets(BOARD, Evidence("asked", seen=boards)).findings == ()
