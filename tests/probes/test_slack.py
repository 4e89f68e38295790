"""Slack's API and the sending of a test event: what is told where a channel, a scope or a key is missing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from fixtures.demo.vendors.sentry import Sentry
from fixtures.demo.vendors.slack import Slack
from fixtures.demo.vendors.standin import Reply, Request, StandIn
from fixtures.manifest import load
from fixtures.model.live import LiveSettings
from fixtures.probes.environment import Environment
from fixtures.probes.files import Files
from fixtures.probes.vendors import Vendors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fixtures.model.notices import Sent, SlackUse
    from fixtures.model.verdicts import Evidence

MOMENT = datetime(2026, 11, 23, 12, tzinfo=UTC)
MANIFEST = """
[platform]
name = "shop"

[sentry]
organization = "agentdesk"
url = "{sentry}"
test_event_s = 30

[slack]
channel = "{channel}"
url = "{slack}"
token_env = "SLACK_BOT_TOKEN"

[[service]]
name = "worker"
host = "railway"
root = "."
sentry_project = "agentdesk-worker"

[[variable]]
name = "SENTRY_DSN"
services = ["worker"]
kind = "sentry-dsn"
secret = false
"""


@pytest.fixture
def sentry() -> Sentry:
    """Sentry's stand-in, sound."""
    return Sentry(MOMENT)


@pytest.fixture
def slack() -> Slack:
    """Slack's, likewise."""
    return Slack(MOMENT)


@pytest.fixture
def standin(sentry: Sentry, slack: Slack) -> Iterator[StandIn]:
    """Their server."""
    standin = StandIn(sentry, slack)
    yield standin
    standin.close()


@pytest.fixture
def ask(sentry: Sentry, slack: Slack, standin: StandIn, tmp_path: Path) -> Callable[..., Vendors]:
    """A room that asks them for a small platform."""

    def room(*, channel: str = "#alerts", dsn: str | None = None, test_event: bool = True) -> Vendors:
        urls = {name: standin.url(name) for name in standin.vendors}
        (tmp_path / "preflight.toml").write_text(MANIFEST.format(channel=channel, **urls), "utf-8")
        platform, files = load(tmp_path), Files(tmp_path)
        process = {
            "SENTRY_AUTH_TOKEN": sentry.token,
            "SLACK_BOT_TOKEN": slack.token,
            "SENTRY_DSN": sentry.dsn(urls["sentry"], "agentdesk-worker") if dsn is None else dsn,
        }
        live = LiveSettings(moment=MOMENT, test_event=test_event)
        return Vendors(platform, files, Environment(platform, files, process=process), live)

    return room


def _use(vendors: Vendors) -> Evidence[SlackUse]:
    declared = vendors.platform.tables.slack
    assert declared is not None
    return vendors.alerting.slack(declared)


def _sent(vendors: Vendors) -> Evidence[Sent]:
    return vendors.sending.sent(vendors.platform.service("worker"))


@pytest.mark.parametrize("channel", ["#alerts", "alerts", "C0123456789"])
def test_channel_is_found_by_name_or_id(ask: Callable[..., Vendors], channel: str) -> None:
    """As people write it, or as Slack does."""
    found = _use(ask(channel=channel)).value.channel
    assert found is not None
    assert (found.team, found.name, found.archived) == ("Agentdesk", "alerts", False)


def test_channel_of_page_two_is_found(slack: Slack, ask: Callable[..., Vendors]) -> None:
    """Lists go on by next_cursor."""
    slack.page_size = 1
    assert _use(ask()).value.channel is not None
    assert [request.asked("cursor") for request in slack.asked if request.path == "/conversations.list"] == ["", "1"]


def test_missing_scope_is_told(slack: Slack, ask: Callable[..., Vendors]) -> None:
    """Slack says in a 200 which scope it wanted."""
    slack.scopes = []
    assert _use(ask()).error == "SLACK_BOT_TOKEN lacks Slack's scope channels:read"


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "account_inactive"])
def test_refused_token_is_unverified(slack: Slack, ask: Callable[..., Vendors], error: str) -> None:
    """A 200 with ok: false is no answer."""
    slack.fault = lambda request: Reply({"ok": False, "error": error})
    assert _use(ask()).error == f"Slack refuses SLACK_BOT_TOKEN: {error}"


def test_channel_that_the_bot_cannot_see_is_unverified(ask: Callable[..., Vendors]) -> None:
    """Slack does not tell a private channel from one that is not there."""
    assert _use(ask(channel="C9999999999")).error == "Slack has no such channel, or does not show it to the bot"
    assert _use(ask(channel="#pages")).error == "Slack shows no channel pages to the bot"


def test_event_is_sent_and_seen(sentry: Sentry, ask: Callable[..., Vendors]) -> None:
    """It is marked, of level info, and of one fingerprint."""
    sent = _sent(ask()).value
    assert sent.seconds is not None
    event = sentry.events[sent.event]
    assert (event["level"], event["environment"], event["project"]) == ("info", "production", "1")
    assert event["tags"] == {"preflight": "test-event", "service": "worker"}
    assert event["fingerprint"] == ["preflight-test-event"]


def test_event_that_shows_late_is_waited_for(sentry: Sentry, ask: Callable[..., Vendors]) -> None:
    """404 means not yet."""
    late = iter([True, False])

    def fault(request: Request) -> Reply | None:
        hidden = "/events/" in request.path and next(late, False)
        return Reply({"detail": "The requested resource does not exist"}, 404) if hidden else None

    sentry.fault = fault
    assert _sent(ask()).value.seconds is not None


def test_nothing_is_sent_unless_asked_for(sentry: Sentry, ask: Callable[..., Vendors]) -> None:
    """The probe holds to that, too."""
    told = _sent(ask(test_event=False))
    assert told.error == "no event is sent unless --test-event is given"
    assert sentry.asked == []


def test_event_goes_to_no_other_project(sentry: Sentry, standin: StandIn, ask: Callable[..., Vendors]) -> None:
    """A DSN that leads elsewhere is a finding, and nothing is sent by it."""
    told = _sent(ask(dsn=sentry.dsn(standin.url("sentry"), "agentdesk-web")))
    assert told.fault is not None
    assert told.fault.text == "SENTRY_DSN leads to project 2; agentdesk-worker is 1"
    assert sentry.events == {}


@pytest.mark.parametrize(
    ("dsn", "text"),
    [
        ("", "SENTRY_DSN of worker has no value here"),
        ("https://ingest.example/1", "SENTRY_DSN of worker is no DSN"),
        ("https://" + "0" * 32 + "@ingest.example/project", "SENTRY_DSN of worker is no DSN"),
    ],
)
def test_dsn_that_leads_nowhere_is_told(ask: Callable[..., Vendors], dsn: str, text: str) -> None:
    """Absent it is unverified, broken it is a finding."""
    told = _sent(ask(dsn=dsn))
    assert text in (told.error or str(told.fault))


def test_refused_key_is_a_finding(sentry: Sentry, ask: Callable[..., Vendors]) -> None:
    """A key that was switched off: the service's own events are refused the same way."""
    vendors = ask()
    sentry.key = "f" * 32
    told = _sent(vendors)
    assert told.fault is not None
    assert told.fault.text == "Sentry refuses events by SENTRY_DSN: its key is gone or off"


def test_envelope_is_as_documented(sentry: Sentry, ask: Callable[..., Vendors]) -> None:
    """Three lines of JSON: the envelope's head, the item's head with its length, the event."""
    _sent(ask())
    (request,) = (each for each in sentry.asked if each.path.endswith("/envelope/"))
    head, item, payload, rest = request.body.split(b"\n")
    assert rest == b""
    assert json.loads(item) == {"type": "event", "length": len(payload)}
    assert json.loads(head)["event_id"] == json.loads(payload)["event_id"]
    assert "content-type" not in request.headers
