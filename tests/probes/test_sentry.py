"""Sentry's API: pages, scopes, brownouts, an old Sentry, cron monitors, and answers as Sentry publishes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from checks.rules.notices import is_alerted
from fixtures.demo.vendors.sentry import Sentry
from fixtures.demo.vendors.standin import Reply, Request, StandIn
from fixtures.manifest import load
from fixtures.model.live import LiveSettings
from fixtures.model.verdicts import Evidence, NotReady, Verdict
from fixtures.probes.environment import Environment
from fixtures.probes.files import Files
from fixtures.probes.vendors import Vendors
from tests.specifications import misfits
from tests.twins.sentry import heartbeat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fixtures.model.notices import Alarm, Alarms
    from fixtures.model.platform import Alert

MOMENT = datetime(2026, 11, 23, 12, tzinfo=UTC)
ORGANIZATION = "/api/0/organizations/agentdesk"
PROJECT = "/api/0/projects/agentdesk/agentdesk-worker"
MANIFEST = """
[platform]
name = "shop"

[sentry]
organization = "agentdesk"
url = "{url}"
budget_s = 5

[[service]]
name = "worker"
host = "railway"
root = "."
sentry_project = "{project}"

[[alert]]
name = "error-rate"
provider = "sentry"
kind = "error-rate"
service = "worker"
max_events = 100

[[alert]]
name = "p95"
provider = "sentry"
kind = "p95"
service = "worker"

[[alert]]
name = "worker-failure"
provider = "sentry"
kind = "worker-failure"
service = "worker"
selects = ["queue:agent-jobs"]

[[dashboard]]
name = "production"
provider = "sentry"
title = "agentdesk PRODUCTION"
"""
DYNAMIC = {"detectionType": "dynamic", "comparisonDelta": None}
TAG = {"type": "tagged_event", "comparison": {"key": "queue", "match": "eq", "value": "agent-jobs"}}
SLACK = {
    "id": "sentry.integrations.slack.notify_action.SlackNotifyServiceAction",
    "workspace": 24817,
    "channel": "#alerts",
    "channel_id": "C0123456789",
}


@pytest.fixture
def sentry() -> Sentry:
    """The stand-in, sound."""
    return Sentry(MOMENT)


@pytest.fixture
def standin(sentry: Sentry) -> Iterator[StandIn]:
    """Its server."""
    standin = StandIn(sentry)
    yield standin
    standin.close()


@pytest.fixture
def ask(sentry: Sentry, standin: StandIn, tmp_path: Path) -> Callable[..., Vendors]:
    """A room that asks it for a small platform, with its token or another."""

    def room(*, token: str = "", project: str = "agentdesk-worker") -> Vendors:
        text = MANIFEST.format(url=standin.url("sentry"), project=project)
        (tmp_path / "preflight.toml").write_text(text, "utf-8")
        platform, files = load(tmp_path), Files(tmp_path)
        process = {"SENTRY_AUTH_TOKEN": token or sentry.token}
        return Vendors(platform, files, Environment(platform, files, process=process), LiveSettings(moment=MOMENT))

    return room


def _alert(vendors: Vendors, name: str) -> Alert:
    return next(alert for alert in vendors.platform.tables.alerts if alert.name == name)


def _told(vendors: Vendors) -> Evidence[Alarms]:
    return vendors.alerting.alarms(_alert(vendors, "p95"))


def _judged(vendors: Vendors, name: str) -> Verdict:
    return is_alerted(_alert(vendors, name), vendors.alerting.alarms(_alert(vendors, name)))


def _alarm(vendors: Vendors, name: str) -> Alarm:
    return next(alarm for alarm in _told(vendors).value.alarms if alarm.name == name)


# Asking


def test_monitor_and_alert_of_page_two_are_found(sentry: Sentry, ask: Callable[..., Vendors]) -> None:
    """Lists go on by the cursor of the Link header, which is there on the last page too."""
    sentry.page_size = 1
    verdict = _judged(ask(), "p95")
    assert verdict.findings == ()
    assert [request.asked("cursor") for request in sentry.asked if request.path.endswith("/detectors/")] == [
        "",
        "0:1:0",
        "0:2:0",
        "0:3:0",
    ]


def test_link_of_another_host_is_not_followed(sentry: Sentry, ask: Callable[..., Vendors]) -> None:
    """sentry.io links to the host of a region: the cursor is taken, the token stays where it was sent."""
    sentry.page_size = 1

    def elsewhere(request: Request) -> Reply | None:
        reply = sentry.answer(request)
        links = {key: value.replace(request.base, "https://us.sentry.invalid") for key, value in reply.headers.items()}
        return Reply(reply.body, reply.status, links)

    sentry.fault = elsewhere
    assert _judged(ask(), "p95").findings == ()


def test_each_question_is_put_once(sentry: Sentry, ask: Callable[..., Vendors]) -> None:
    """Three alerts and a dashboard cost one question of each kind, and the project's name is always in it."""
    vendors = ask()
    tables = vendors.platform.tables
    vendors.prefetch([("alerting", row) for row in (*tables.alerts, *tables.dashboards)])
    for alert in tables.alerts:
        assert vendors.alerting.alarms(alert).value.alarms
    asked = [request.path for request in sentry.asked]
    assert len(asked) == len(set(asked)) == 6
    assert all(request.asked("project") for request in sentry.asked if "detectors" in request.path)


@pytest.mark.parametrize(
    ("held", "lacks"),
    [
        (["project:read"], "it lacks alerts:read (it has project:read)"),
        ([], "it lacks alerts:read"),
    ],
)
def test_missing_scope_is_told(sentry: Sentry, ask: Callable[..., Vendors], held: list[str], lacks: str) -> None:
    """A token without the scope is told which one it lacks, and which ones it has."""
    sentry.scopes = held
    told = _told(ask())
    assert told.error.endswith(lacks)
    assert "alerts:read" in told.hint


def test_organization_token_is_never_sent(sentry: Sentry, ask: Callable[..., Vendors]) -> None:
    """It can read releases only: its kind shows by its beginning."""
    told = _told(ask(token="sntrys_" + "eyJpYXQiOjF9_" + "x" * 43))
    assert "organization token" in told.error
    assert "internal integration" in told.hint
    assert sentry.asked == []


def test_bad_token_is_unverified(ask: Callable[..., Vendors]) -> None:
    """401 is no finding about the platform."""
    told = _told(ask(token="sntryu_" + "0" * 64))
    assert told.error == "Sentry does not accept SENTRY_AUTH_TOKEN (401)"


def test_unknown_project_is_a_finding(ask: Callable[..., Vendors]) -> None:
    """The organization answers, and has none of that name."""
    told = _told(ask(project="agentdesk-wroker"))
    assert told.fault is not None
    assert told.fault.text == "Sentry has no project agentdesk-wroker in the organization agentdesk"
    with pytest.raises(NotReady):
        _ = told.value


def test_unexpected_shape_is_unverified(sentry: Sentry, ask: Callable[..., Vendors]) -> None:
    """A monitor without its type is none that could be judged; nothing of the answer is repeated."""
    del sentry.detectors[0]["type"]
    assert _told(ask()).error == (
        f"Sentry's answer for /sentry{ORGANIZATION}/detectors/ has an unexpected shape: 0.type: missing"
    )


def test_brownout_of_the_old_routes_is_not_waited_out(sentry: Sentry, ask: Callable[..., Vendors]) -> None:
    """Where neither way answers, 410 is unverified at once; it is not asked again until it turns 200."""

    def fault(request: Request) -> Reply | None:
        hidden = request.path.endswith(("/detectors/", "/workflows/"))
        return Reply({"detail": "The requested resource does not exist"}, 404) if hidden else None

    sentry.fault = fault
    told = _told(ask())
    assert "switched" in told.error
    assert "410" in told.error
    assert sum(request.path.endswith("/rules/") for request in sentry.asked) == 1


# An old Sentry, whose rules are told in today's words


def _issue_rule(**changes: Any) -> dict[str, Any]:
    conditions = [
        {"id": "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition"},
        {
            "id": "sentry.rules.conditions.event_frequency.EventFrequencyCondition",
            "interval": "1h",
            "value": 50,
            "comparisonType": "count",
        },
    ]
    tag = {"key": "queue", "match": "eq", "value": "agent-jobs"}
    return {
        "id": "3",
        "name": "Worker Failure",
        "conditions": conditions,
        "filters": [{"id": "sentry.rules.filters.tagged_event.TaggedEventFilter", **tag}],
        "actions": [SLACK],
        "actionMatch": "any",
        "filterMatch": "all",
        "frequency": 30,
        "dateCreated": "2024-01-15T06:45:34.353346Z",
        "environment": "production",
        "projects": ["agentdesk-worker"],
        "status": "active",
        "snooze": False,
        "lastTriggered": "2026-11-20T10:00:00.000000Z",
        **changes,
    }


def _metric_rule(**changes: Any) -> dict[str, Any]:
    action = {"type": "slack", "targetType": "specific", "targetIdentifier": "#alerts", "inputChannelId": "C0123456789"}
    triggers = [
        {"id": "1", "label": "critical", "alertThreshold": 5000, "actions": [{**action, "integrationId": "24817"}]},
        {"id": "2", "label": "warning", "alertThreshold": 2000, "actions": []},
    ]
    return {
        "id": "7",
        "name": "Slow",
        "dataset": "generic_metrics",
        "query": "event.type:transaction",
        "aggregate": "p95(transaction.duration)",
        "thresholdType": 0,
        "timeWindow": 10,
        "environment": "production",
        "comparisonDelta": None,
        "projects": ["agentdesk-worker"],
        "triggers": triggers,
        **changes,
    }


def test_old_rules_are_read_where_there_is_nothing_newer(sentry: Sentry, ask: Callable[..., Vendors]) -> None:
    """An issue rule and a metric rule pass for the alerts that they are."""
    sentry.rules, sentry.metric_rules = [_issue_rule()], [_metric_rule()]
    slow, failing = _judged(ask(), "p95"), _judged(ask(), "worker-failure")
    assert (slow.findings, failing.findings) == ((), ())
    assert "above 2000 ms, 5000 ms over 600 s, and tells slack #alerts" in slow.observed
    assert "each issue of queue:agent-jobs, and tells slack #alerts; it told last on 2026-11-20" in failing.observed


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"snoozeForEveryone": True}, "is muted"),
        ({"status": "disabled"}, "is disabled"),
        ({"disableDate": "2026-11-01T00:00:00Z"}, "is disabled"),
        ({"environment": "staging"}, "covers only staging"),
        ({"actions": []}, "has no action"),
        ({"actions": [{**SLACK, "workspace": 1}]}, "its integration is gone"),
        ({"actions": [{"id": "sentry.integrations.jira.notify_action.JiraCreateTicketAction"}]}, "files a ticket"),
        (
            {"actions": [{"id": "sentry.mail.actions.NotifyEmailAction", "targetType": "IssueOwners"}]},
            "",
        ),
        (
            {
                "actions": [
                    {
                        "id": "sentry.mail.actions.NotifyEmailAction",
                        "targetType": "IssueOwners",
                        "fallthroughType": "NoOne",
                    }
                ]
            },
            "no owner",
        ),
    ],
)
def test_defect_of_an_old_issue_rule_is_found(
    sentry: Sentry, ask: Callable[..., Vendors], changes: dict[str, Any], text: str
) -> None:
    """Each of its old fields that keeps it from telling somebody."""
    sentry.rules = [_issue_rule(**changes)]
    findings = _judged(ask(), "worker-failure").findings
    assert bool(findings) == bool(text)
    assert all(text in finding.text for finding in findings[:1])


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"snooze": True}, "is muted"),
        ({"projects": ["agentdesk-web"]}, "has no alert"),
        ({"thresholdType": 1}, "never fires above a value"),
        ({"comparisonDelta": 3600}, "change in percent"),
        ({"timeWindow": 1440}, "looks over 86400 s"),
        ({"aggregate": "p75(transaction.duration)"}, "measures p75(transaction.duration)"),
    ],
)
def test_defect_of_an_old_metric_rule_is_found(
    sentry: Sentry, ask: Callable[..., Vendors], changes: dict[str, Any], text: str
) -> None:
    """Its window is in minutes, its direction a number."""
    sentry.rules, sentry.metric_rules = [], [_metric_rule(**changes)]
    assert any(text in finding.text for finding in _judged(ask(), "p95").findings)


# What Sentry tells


@pytest.mark.parametrize(
    ("schedule", "seconds"),
    [
        ("* * * * *", 120),
        ("*/5 * * * *", 360),
        ("10 * * * *", 3660),
        ("10 4 * * *", 86_460),
        ("10 4 * * 1", None),
        ([30, "minute"], 1860),
    ],
)
def test_cron_monitor_tells_within_its_schedule(
    sentry: Sentry, ask: Callable[..., Vendors], schedule: str | list[Any], seconds: int | None
) -> None:
    """A missing check-in shows after one period and the margin; a crontab that is not plain tells nothing."""
    row = heartbeat(MOMENT)
    row["config"]["schedule"] = schedule
    sentry.monitors.append(row)
    assert _alarm(ask(), "Worker heartbeat").window_s == seconds


def test_stream_of_issues_tells_of_outages_and_not_of_figures(sentry: Sentry, ask: Callable[..., Vendors]) -> None:
    """An alert on all issues hears of check-ins; that it hears of metric issues, no route shows."""
    stream = next(row for row in sentry.workflows if row["id"] == "213")
    stream["actionFilters"][0]["conditions"] = []
    watching = next(row for row in sentry.detectors if row["id"] == "15") | {"id": "16", "name": "Worker heartbeat"}
    sentry.detectors.append(watching | {"type": "monitor_check_in_failure"})
    sentry.monitors.append(heartbeat(MOMENT))
    vendors = ask()
    assert [notice.name for notice in _alarm(vendors, "Worker heartbeat").notices] == ["Worker Failure"]
    assert [notice.name for notice in _alarm(vendors, "Performance p95").notices] == ["Performance p95"]


def test_stream_that_passes_on_errors_only_tells_of_no_outage(sentry: Sentry, ask: Callable[..., Vendors]) -> None:
    """A filter by category lets its own category through and no other."""
    stream = next(row for row in sentry.workflows if row["id"] == "213")
    category = {"id": "1", "type": "issue_category", "comparison": {"value": 1}, "conditionResult": True}
    stream["actionFilters"][0] |= {"logicType": "all", "conditions": [category]}
    sentry.monitors.append(heartbeat(MOMENT))
    watching = next(row for row in sentry.detectors if row["id"] == "15") | {"id": "16", "name": "Worker heartbeat"}
    sentry.detectors.append(watching | {"type": "monitor_check_in_failure"})
    assert _alarm(ask(), "Worker heartbeat").notices == ()


def test_alert_of_urgent_issues_only_makes_the_first_level_silent(sentry: Sentry, ask: Callable[..., Vendors]) -> None:
    """Where an alert passes on high priority only, the medium level of its monitor tells nobody."""
    branch = next(row for row in sentry.workflows if row["id"] == "212")["actionFilters"][0]
    urgent = {"id": "1", "type": "issue_priority_greater_or_equal", "comparison": 75, "conditionResult": True}
    branch["conditions"] = [urgent]
    (warning,) = _judged(ask(), "p95").warnings
    assert "fires above 5000 ms only" in warning.text


def _monitor(sentry: Sentry, **query: Any) -> dict[str, Any]:
    """The monitor of p95, which asks something else."""
    row: dict[str, Any] = next(row for row in sentry.detectors if row["id"] == "12")
    row["dataSources"][0]["queryObj"]["snubaQuery"] |= query
    return row


def _branch(sentry: Sentry) -> dict[str, Any]:
    """The one branch of the alert on the worker's issues."""
    branch: dict[str, Any] = next(row for row in sentry.workflows if row["id"] == "213")["actionFilters"][0]
    return branch


def _fires(sentry: Sentry, **condition: Any) -> None:
    for each in _monitor(sentry)["conditionGroup"]["conditions"][:2]:
        each |= condition


@pytest.mark.parametrize(
    ("edit", "text"),
    [
        pytest.param(lambda sentry: _monitor(sentry, aggregate="avg(span.duration)"), "measures avg", id="average"),
        pytest.param(lambda sentry: _monitor(sentry, timeWindow=86_400), "looks over 86400 s", id="long window"),
        pytest.param(lambda sentry: _fires(sentry, type="lt"), "never fires above a value", id="below"),
        pytest.param(lambda sentry: _fires(sentry, type="anomaly_detection", comparison={}), "unusual", id="anomaly"),
        pytest.param(lambda sentry: _fires(sentry, conditionResult=0), "never fires above a value", id="resolves only"),
        pytest.param(
            lambda sentry: _monitor(sentry).update(config={"detectionType": "dynamic"}), "unusual", id="dynamic"
        ),
        pytest.param(lambda sentry: _monitor(sentry).update(dataSources=None), "has no alert", id="no query"),
    ],
)
def test_monitor_of_something_else_is_found(
    sentry: Sentry, ask: Callable[..., Vendors], edit: Callable[[Sentry], Any], text: str
) -> None:
    """Each way in which a monitor does not hold the figure against a value."""
    edit(sentry)
    assert text in _judged(ask(), "p95").findings[0].text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"conditions": []}, "does not select"),
        ({"logicType": "none", "conditions": [TAG]}, "what its conditions do not fit"),
        ({"actions": [{"type": "jira", "config": {}}]}, "files a ticket"),
        ({"actions": [{"type": "slack", "config": {}, "integrationId": "24817"}]}, "names no channel"),
        ({"actions": [{"type": "slack", "config": {"targetDisplay": "#alerts"}}]}, "integration is gone"),
        ({"actions": [{"type": "email", "config": {"targetType": "issue_owners"}}]}, ""),
    ],
)
def test_alert_on_issues_is_judged_by_its_branch(
    sentry: Sentry, ask: Callable[..., Vendors], changes: dict[str, Any], text: str
) -> None:
    """Conditions and actions of the branch decide."""
    _branch(sentry).update(changes)
    findings = _judged(ask(), "worker-failure").findings
    assert bool(findings) == bool(text)
    assert all(text in finding.text for finding in findings)


def test_condition_that_negates_selects_nothing(sentry: Sentry, ask: Callable[..., Vendors]) -> None:
    """An alert on every queue but the worker's is none on the worker."""
    _branch(sentry)["conditions"][0]["comparison"]["match"] = "ne"
    assert "does not select" in _judged(ask(), "worker-failure").findings[0].text


def test_count_belongs_to_the_selection_where_both_must_hold(sentry: Sentry, ask: Callable[..., Vendors]) -> None:
    """Joined by all, tag and count are one alarm; joined by any, they are two."""
    _branch(sentry)["logicType"] = "all"
    (both,) = (alarm for alarm in _told(ask()).value.alarms if alarm.name == "Worker Failure")
    assert (both.measure, both.query, both.levels[0].above, both.window_s) == ("errors", "queue:agent-jobs", 100, 3600)
    _branch(sentry)["logicType"] = "any-short"
    assert [alarm.measure for alarm in _told(ask()).value.alarms if alarm.name == "Worker Failure"] == [
        "issues",
        "errors",
    ]


def test_share_of_sessions_is_read_in_percent(sentry: Sentry, ask: Callable[..., Vendors]) -> None:
    """percent_sessions_count says 5 for 5 %; a change in percent is no level."""
    condition = {"type": "percent_sessions_count", "comparison": {"value": 5, "interval": "5m"}}
    _branch(sentry)["conditions"] = [condition]
    assert _alarm(ask(), "Worker Failure").levels[0].above == 0.05
    _branch(sentry)["conditions"] = [condition | {"type": "event_frequency_percent"}]
    assert "change in percent" in _alarm(ask(), "Worker Failure").unfit


def test_disabled_cron_monitor_is_off(sentry: Sentry, ask: Callable[..., Vendors]) -> None:
    """As a whole, or in its only environment."""
    sentry.monitors.append(heartbeat(MOMENT) | {"status": "disabled"})
    assert _alarm(ask(), "Worker heartbeat").off == "disabled"
    sentry.monitors[0] = heartbeat(MOMENT)
    sentry.monitors[0]["environments"][0]["isMuted"] = True
    assert _alarm(ask(), "Worker heartbeat").off == "muted"


def test_cron_monitor_counts_where_its_job_checks_in(sentry: Sentry, ask: Callable[..., Vendors]) -> None:
    """Each environment is one alarm; where no check-in ever came, none is missed."""
    sentry.monitors.append(heartbeat(MOMENT))
    (production,) = sentry.monitors[0]["environments"]
    staging = production | {"name": "staging"}
    sentry.monitors[0]["environments"] = [staging, production | {"name": "preview"}]
    alarms = _told(ask()).value.alarms
    assert [alarm.environment for alarm in alarms if alarm.name == "Worker heartbeat"] == ["staging", "preview"]
    for places in ([], [production | {"status": "active", "lastCheckIn": None}]):
        sentry.monitors[0]["environments"] = places
        assert _alarm(ask(), "Worker heartbeat").unfit == "never had a check-in, and so misses none"


def test_dashboard_is_found_by_its_title_in_any_case(ask: Callable[..., Vendors]) -> None:
    """Only the one of that title is read."""
    vendors = ask()
    (board,) = vendors.alerting.boards(vendors.platform.tables.dashboards[0]).value.found
    assert len(board.widgets) == 4


def test_data_set_that_a_plan_lacks_counts_for_nothing(sentry: Sentry, ask: Callable[..., Vendors]) -> None:
    """Spans are not everywhere: errors alone decide then; where none answers, the count is unknown."""

    def fault(request: Request) -> Reply | None:
        refused = request.asked("dataset") in lacking
        return Reply({"detail": "dataset must be one of: discover"}, 400) if refused else None

    sentry.fault = fault
    lacking = {"spans"}
    service = ask().platform.service("worker")
    assert ask().alerting.arrivals(service).value.production == 12
    lacking = {"spans", "errors"}
    assert ask().alerting.arrivals(service).value.production is None


# What Sentry publishes


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (f"{ORGANIZATION}/detectors/", {"project": "agentdesk-worker"}),
        (f"{ORGANIZATION}/workflows/", {"project": "agentdesk-worker"}),
        (f"{ORGANIZATION}/dashboards/", {}),
        (f"{ORGANIZATION}/dashboards/71/", {}),
        (f"{ORGANIZATION}/integrations/", {}),
        (f"{ORGANIZATION}/stats_v2/", {"project": "1"}),
        (f"{ORGANIZATION}/events/", {"project": "1", "dataset": "errors", "field": "count()"}),
    ],
)
def test_answer_is_as_published(sentry: Sentry, path: str, query: dict[str, str]) -> None:
    """The stand-in says what Sentry says; conditions compare with objects, which the document leaves out."""
    reply = sentry.reply(Request("GET", path, tuple(query.items()), {"authorization": f"Bearer {sentry.token}"}))
    assert reply.status == 200
    assert reply.body
    assert misfits("sentry", path, reply.body, besides=(r"\d+\.actionFilters\.\d+\.conditions",)) == ()


def test_old_rules_are_as_published(sentry: Sentry) -> None:
    """What the tests above take for old rules is what Sentry published of them."""
    sentry.rules, sentry.metric_rules = [_issue_rule()], [_metric_rule()]
    for path in (f"{PROJECT}/rules/", f"{ORGANIZATION}/alert-rules/"):
        reply = sentry.reply(Request("GET", path, (), {"authorization": f"Bearer {sentry.token}"}))
        told = misfits("sentry", path, reply.body)
        assert [line for line in told if "is a required property" not in line] == []
