"""The room that asks endpoints, against real servers: what it asks, how often, and how the items then end."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from checks.rules import endpoints, sites
from fixtures.manifest import load
from fixtures.model.live import LiveSettings, Standins
from fixtures.model.platform import Platform
from fixtures.model.secret import Secret
from fixtures.model.verdicts import Evidence, NotObserved, NotReady, Verdict
from fixtures.probes.environment import Environment
from fixtures.probes.files import Files
from fixtures.probes.http import Http, probe
from tests.loopback import (
    PATIENCE_MS,
    PATIENCE_S,
    Script,
    Server,
    Talk,
    closed_port,
    data,
    routes,
    said,
    saying,
    serving,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TOKEN = "tok-" + "5c1e9a7d3b"
HEALTH = {"status": "ok", "version": "0a1b2c3d4e", "checks": {"redis": {"status": "up"}}}


def platform(root: Path, url: str, rows: str, service: str = "") -> Platform:
    """A platform of one service that answers at a URL, with two variables."""
    (root / "preflight.toml").write_text(
        f'[platform]\nname = "tried"\n[[service]]\nname = "web"\nhost = "vercel"\nroot = "."\nurl = "{url}"\n'
        f'health = "/health"\nenv_file = ".env"\n{service}\n'
        '[[variable]]\nname = "TOKEN"\nservices = ["web"]\n[[variable]]\nname = "BYPASS"\nservices = ["web"]\n' + rows,
        "utf-8",
    )
    (root / ".env").write_text(f"TOKEN={TOKEN}\nBYPASS=by-{TOKEN}\n", "utf-8")
    return load(root)


class Tried:
    """A platform with one endpoint, and its room."""

    def __init__(
        self,
        root: Path,
        url: str,
        keys: str = "",
        service: str = "",
        *,
        samples: int = 3,
        budget_ms: int = PATIENCE_MS,
        p95_ms: int = PATIENCE_MS,
        **live: Any,
    ) -> None:
        rows = (
            f'[[endpoint]]\nname = "it"\nservice = "web"\npath = "/health"\nbudget_ms = {budget_ms}\n'
            f"p95_ms = {p95_ms}\nsamples = {samples}\n{keys}\n"
        )
        self.platform = platform(root, url, rows, service)
        files = Files(root)
        self.room = Http(self.platform, files, Environment(self.platform, files), LiveSettings(**live))
        self.endpoint = self.platform.tables.endpoints[0]
        self.service = self.platform.tables.services[0]
        self.live = LiveSettings(**live)
        self.today = datetime.now(UTC).date()

    def verdict(self, item: str) -> Verdict:
        """The verdict of one item; NotObserved, NotReady as the rule raises them."""
        judge: dict[str, Callable[[], Verdict]] = {
            "001": lambda: endpoints.answers_in_time(self.endpoint, self.room.exchange(self.endpoint)),
            "002": lambda: endpoints.says_healthy(self.endpoint, self.room.health(self.endpoint)),
            "003": lambda: endpoints.is_fast(self.endpoint, self.room.samples(self.endpoint)),
            "004": lambda: endpoints.is_fresh(self.endpoint, self.room.health(self.endpoint)),
            "005": lambda: sites.is_encrypted(self.service, self.room.site(self.service), self.today),
            "006": lambda: endpoints.runs_version(self.endpoint, self.room.health(self.endpoint), self.live),
            "007": lambda: sites.keeps_quiet(self.service, self.room.told(self.service)),
            "008": lambda: endpoints.answers_head(self.endpoint, self.room.heads(self.endpoint)),
            "009": lambda: sites.sets_security_headers(self.service, self.room.told(self.service)),
            "010": lambda: sites.admits_only_who_may(self.endpoint, self.room.access(self.endpoint)),
            "011": lambda: sites.tells_unknown_paths(self.service, self.room.unknown(self.service)),
        }
        return judge[item]()

    def outcome(self, item: str) -> str:
        """pass, warn, fail: and the first finding; or unverified and why."""
        try:
            found = self.verdict(item)
        except NotObserved as unseen:
            return f"unverified: {unseen.evidence.error}"
        except NotReady as broken:
            found = broken.verdict
        for kind, told in (("fail", found.findings), ("warn", found.warnings)):
            if told:
                return f"{kind}: {told[0].text}"
        return "pass"


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what no row gives a budget take its time, too."""
    monkeypatch.setattr(probe, "SITE_SECONDS", PATIENCE_S)


ITEMS = tuple(f"{number:03}" for number in range(1, 12))
SOUND = routes(
    {"/health": data(HEALTH, x_content_type_options="nosniff")}, data({}, 404, x_content_type_options="nosniff")
)


def test_sound_endpoint_passes_every_item(tmp_path: Path) -> None:
    """A well-made service has neither findings nor warnings."""
    with Server(SOUND) as server:
        tried = Tried(tmp_path, server.url, expect_version="0a1b2c3d4e5f60718293a4b5c6d7e8f901234567")
        tried.room.prefetch([tried.endpoint, tried.service])
        assert {item: tried.outcome(item) for item in ITEMS} == dict.fromkeys(ITEMS, "pass")


def test_each_question_is_asked_once(tmp_path: Path) -> None:
    """All items are served by what was prefetched: three GETs for the samples, one HEAD, one unknown path."""
    with Server(SOUND) as server:
        tried = Tried(tmp_path, server.url)
        tried.room.prefetch([tried.endpoint, tried.service])
        asked = sorted(request.split("\r\n")[0].split("-")[0] for request in server.requests)
        for item in ITEMS:
            tried.outcome(item)
        assert len(server.requests) == len(asked)
    assert asked == ["GET /health HTTP/1.1"] * 3 + ["GET /preflight", "HEAD /health HTTP/1.1"]


def test_question_that_was_not_prefetched_is_asked_then(tmp_path: Path) -> None:
    """A room answers without being warned, once a question."""
    with Server(SOUND) as server:
        tried = Tried(tmp_path, server.url)
        assert [tried.outcome("001"), tried.outcome("001"), len(server.requests)] == ["pass", "pass", 1]


@pytest.mark.parametrize(
    ("script", "text"),
    [
        (lambda talk: talk.reset(), "connection reset"),
        (lambda talk: talk.pause(PATIENCE_S), "no answer within 0.5 s"),
        (lambda talk: talk.send(b"220 smtp ready\r\n\r\n"), "the answer is not HTTP"),
    ],
    ids=["reset", "hangs", "no HTTP"],
)
def test_dead_endpoint_fails_once_and_hides_nothing(script: Script, text: str, tmp_path: Path) -> None:
    """One item fails with the cause; what cannot be seen is unverified; the neighbour's items go on."""
    budget_ms = 500 if "within" in text else PATIENCE_MS
    with Server(routes({"/health": script})) as server:
        tried = Tried(tmp_path, server.url, budget_ms=budget_ms)
        tried.room.prefetch([tried.endpoint, tried.service])
        outcomes = {item: tried.outcome(item) for item in ITEMS}
    assert outcomes["001"] == f"fail: {text}"
    assert all(outcomes[item].startswith("unverified") for item in ("002", "003", "004", "006", "008", "010"))
    assert outcomes["011"] == "pass"  # another path of the same server
    samples = [request for request in server.requests if request.startswith("GET /health")]
    assert len(samples) == 1  # a server that hangs is not asked for samples


def test_refusing_port_is_a_finding(tmp_path: Path) -> None:
    """Nothing listens where the service should be."""
    assert Tried(tmp_path, f"http://127.0.0.1:{closed_port()}").outcome("001") == "fail: connection refused"


def test_service_without_an_address_is_unverified(tmp_path: Path) -> None:
    """Where the address has no value, nothing is known and the hint says what to set."""
    tried = Tried(tmp_path, "http://127.0.0.1:1")
    service = tried.service.model_copy(update={"url": None, "url_env": "GONE"})
    tables = tried.platform.tables.model_copy(update={"services": (service,)})
    moved = Platform(tmp_path, tables)
    room = Http(moved, Files(tmp_path), Environment(moved, Files(tmp_path)), LiveSettings())
    room.prefetch([*tables.endpoints, service])
    assert room.exchange(tables.endpoints[0]).error == "GONE, the address of web, has no value"
    assert room.site(service).hint == "Set GONE for web."


@pytest.mark.parametrize(("value", "fault"), [("not a url", True), ("ftp://host/", True), ("http://[::1", True)])
def test_address_that_is_no_url_is_broken(value: str, fault: bool, tmp_path: Path) -> None:
    """An address that no client can ask is a fault of the configuration, and its value is not printed."""
    tried = Tried(tmp_path, "http://127.0.0.1:1")
    standins = Standins(urls={"web": value})
    room = Http(
        tried.platform, Files(tmp_path), Environment(tried.platform, Files(tmp_path), standins=standins), LiveSettings()
    )
    evidence = room.exchange(tried.endpoint)
    assert (evidence.fault is not None) is fault
    assert value not in repr(evidence)


def test_login_in_the_address_is_sent_and_never_shown(tmp_path: Path) -> None:
    """A user and password in a URL become a header; no text has them."""
    with Server(SOUND) as server:
        tried = Tried(tmp_path, server.url)
        standins = Standins(urls={"web": server.url.replace("//", f"//me:{TOKEN}@") + "?key=1"})
        environment = Environment(tried.platform, Files(tmp_path), standins=standins)
        room = Http(tried.platform, Files(tmp_path), environment, LiveSettings())
        evidence = room.exchange(tried.endpoint)
        assert evidence.value.answer.status == 200
        assert "authorization: Basic " in server.requests[0]
    assert evidence.where == f"{server.url}/health"
    assert TOKEN not in repr(evidence.value) + evidence.asked


@pytest.mark.parametrize(
    ("script", "item", "expected"),
    [
        (saying(503, "no"), "001", "fail: answered 503; expected 200"),
        (saying(302, headers={"location": "/x"}), "001", "fail: answered 302 to {url}/x; expected 200"),
        (data({"status": "degraded"}), "002", "fail: the body says 'degraded' (status)"),
        (saying(200, "<html>", {"content-type": "text/html"}), "002", "fail: the body is an HTML page"),
        (
            saying(200, '{"status": "ok"', {"content-type": "application/json"}),
            "002",
            "fail: the body is not valid JSON",
        ),
        (saying(200, "[" * 200_000), "002", "fail: the body is JSON nested too deep to be read"),
        (saying(200, "[" * 10_000_000), "002", "fail: the body is larger than 1048576 bytes"),
        (data(HEALTH, age="30"), "004", "fail: it came from a cache: Age is 30 s"),
        (data(HEALTH, x_vercel_cache="PRERENDER"), "004", "fail: it came from a cache: x-vercel-cache is PRERENDER"),
        (data(HEALTH, cf_cache_status="HIT"), "004", "fail: it came from a cache: cf-cache-status is HIT"),
        (data(HEALTH, x_cache="Hit from cloudfront"), "004", "fail: it came from a cache: x-cache is HIT"),
        (data(HEALTH, x_proxy_cache="MISS, HIT"), "004", "fail: it came from a cache: x-proxy-cache is HIT"),
        (data(HEALTH, x_cache_status="STALE"), "004", "fail: it came from a cache: x-cache-status is STALE"),
        (data(HEALTH, cache_status='"Edge"; hit; ttl=9'), "004", "fail: it came from a cache: cache-status is HIT"),
        (data(HEALTH, x_nextjs_prerender="1"), "004", "fail: it came from a cache: x-nextjs-prerender is 1"),
        (data(HEALTH, age="10, 3"), "004", "fail: it came from a cache: Age is 10 s"),
        (data(HEALTH, cdn_cache_control="max-age=60"), "004", "warn: cdn-cache-control is 'max-age=60'"),
        (
            data(HEALTH, cache_control="max-age=0, stale-while-revalidate=60"),
            "004",
            "warn: Cache-Control is 'max-age=0, stale-while-revalidate=60'",
        ),
        (data(HEALTH, cache_control="public, s-maxage=60"), "004", "warn: Cache-Control is 'public, s-maxage=60'"),
        (data(HEALTH, cache_control="public, max-age=0, must-revalidate"), "004", "pass"),
        (data(HEALTH | {"timestamp": "2020-01-01T00:00:00Z"}), "004", "fail: its body was made at 2020-01-01"),
        (data(HEALTH), "006", "warn: no version was expected"),
        (
            data({"status": "ok", "stack": "Error: x\n    at go (/app/a.js:1:2)"}),
            "007",
            "fail: the answer (200) tells a stack",
        ),
        (
            data({"status": "down", "redis": "connect ECONNREFUSED 10.0.0.3:6379"}),
            "007",
            "fail: the answer (200) tells a priv",
        ),
        (data({"db": "postgres" + "://u@db/x"}), "007", "fail: the answer (200) tells an address of a database"),
        (
            data({"e": "password authentication failed for user"}),
            "007",
            "fail: the answer (200) tells a database's error",
        ),
        (data({"token": TOKEN}), "007", "fail: the answer (200) tells the value of TOKEN"),
        (data({"status": "ok", "hostname": "web-7d9f"}), "007", "fail: the answer (200) tells the name of its machine"),
        (data(HEALTH, x_powered_by="Express"), "007", "warn: the answer (200) tells which software"),
        (data(HEALTH, x_trace=TOKEN), "007", "fail: the answer (200) tells the value of TOKEN: header x-trace"),
        (
            saying(500, "<p>Oops<br>at /app/node_modules/x/a.js:28:10</p>", {"content-type": "text/html"}),
            "007",
            "fail: the answer (500) tells a stack trace of Node.js",
        ),
        (data({"e": "Can't reach database server at `db:5432`"}), "007", "fail: the answer (200) tells a database's"),
        (data(HEALTH), "009", "warn: x-content-type-options is missing on /health"),
        (data(HEALTH, 401), "010", "fail: it is public, and the anonymous gets 401"),
    ],
)
def test_answer_is_judged(script: Script, item: str, expected: str, tmp_path: Path) -> None:
    """One answer, one item, and the sentence that it ends with."""
    with Server(routes({"/health": script})) as server:
        tried = Tried(tmp_path, server.url)
        assert tried.outcome(item).startswith(expected.format(url=server.url))


def test_header_counts_by_what_it_says(tmp_path: Path) -> None:
    """A cache that was asked and had nothing is no hit; an HSTS of 0 seconds takes itself back."""
    asked = data(HEALTH, cache_status='"Edge"; fwd=miss; hit=?0', x_cache="Miss from hit.example")
    with Server(routes({"/health": asked})) as server:
        assert Tried(tmp_path, server.url).outcome("004") == "pass"
    wanted = 'security_headers = ["strict-transport-security"]'
    for told, expected in (("max-age=63072000; preload", "pass"), ("max-age=0", "warn: strict-transport-security is")):
        sent = data(HEALTH, strict_transport_security=told)
        with Server(sent) as server:
            assert Tried(tmp_path, server.url, service=wanted).outcome("009").startswith(expected)


def test_each_replica_is_judged(tmp_path: Path) -> None:
    """Behind one address one replica in three is ill, and one runs the version before."""
    ill = {"status": "ok", "version": "0ld0ld0", "checks": {"redis": {"status": "down"}}}
    calls = count()

    def turn(talk: Talk) -> None:
        sound = talk.request.startswith("HEAD") or next(calls) != 1
        data(HEALTH if sound else ill)(talk)

    with Server(routes({"/health": turn})) as server:
        tried = Tried(tmp_path, server.url, expect_version="0a1b2c3d4e")
        told = "fail: 1 of 2 later answers: redis is 'down' (checks.redis); another replica, or it changed meanwhile"
        assert tried.outcome("002") == told
        assert tried.outcome("006").startswith("fail: 1 of 2 later answers tell 0ld0ld0; another replica")


def test_replica_that_answers_otherwise_is_told_without_samples(tmp_path: Path) -> None:
    """One that answers 503, and one of the build that told no version yet, stand behind the same address."""
    for stray, item, text in (
        (data(HEALTH, 503), "002", "fail: 1 of 1 later answers: answered 503; another replica"),
        (data({"status": "ok"}), "006", "fail: 1 of 1 later answers tell no version; another replica"),
    ):
        calls = count()

        def turn(talk: Talk, stray: Script = stray, calls: count[int] = calls) -> None:
            sound = talk.request.startswith("HEAD") or next(calls) == 0
            (data(HEALTH) if sound else stray)(talk)

        with Server(routes({"/health": turn})) as server:
            tried = Tried(tmp_path, server.url, expect_version="0a1b2c3d4e", samples=0)
            tried.room.prefetch([tried.endpoint])
            assert tried.outcome(item).startswith(text)


def test_wait_goes_on_while_some_replicas_are_old(tmp_path: Path) -> None:
    """The first new answer is not the end of a rollout: the one after it may come from a replica not yet replaced."""
    versions = iter(["0a1b2c3d4e", "0000000aaa"])
    lines: list[str] = []

    def script(talk: Talk) -> None:
        data({"status": "ok", "version": next(versions, "0a1b2c3d4e")})(talk)

    with Server(script) as server:
        tried = Tried(tmp_path, server.url, wait_s=PATIENCE_S, expect_version="0a1b2c3d4e", say=lines.append)
        tried.room.pause = 0.01
        tried.room.prefetch([tried.endpoint])
        assert tried.outcome("006") == "pass"
    assert lines[0] == f"Waiting for {server.url}/health: it still runs 0000000aaa, in one of 6 answers"
    assert lines[-1].startswith(f"{server.url}/health is rolled out")


def test_wait_knows_a_version_that_a_header_tells(tmp_path: Path) -> None:
    """What HLT-006 takes for the version ends the wait, too."""
    said: list[str] = []
    script = data({"status": "ok"}, x_app_version="0a1b2c3d4e")
    with Server(routes({"/health": script})) as server:
        tried = Tried(tmp_path, server.url, expect_version="0a1b2c3d4e", wait_s=PATIENCE_S, say=said.append)
        tried.room.prefetch([tried.endpoint])
        assert tried.outcome("006") == "pass"
    assert any("is rolled out" in line for line in said)


@pytest.mark.parametrize(("uptime", "stands"), [(12.5, False), (12.53, False), (12, False), (12.530179, True)])
def test_uptime_must_move_as_finely_as_it_is_told(uptime: float, stands: bool, tmp_path: Path) -> None:
    """A rounded one is the same in two answers that follow each other; one in microseconds is not."""
    with Server(routes({"/health": data(HEALTH | {"uptime": uptime})})) as server:
        tried = Tried(tmp_path, server.url)
        health = tried.room.health(tried.endpoint).value
        assert health.later is not None
        spread = replace(health, later=replace(health.later, at=health.answer.at + timedelta(milliseconds=100)))
        verdict = endpoints.is_fresh(tried.endpoint, Evidence("health", seen=spread))
    assert any("the same in two answers" in finding.text for finding in verdict.findings) is stands


@pytest.mark.parametrize(("took_s", "stands"), [(0.1, True), (1.4, False)])
def test_clock_that_tells_seconds_may_stand_for_one(took_s: float, stands: bool, tmp_path: Path) -> None:
    """Asked 1.7 s apart, two bodies of one second are no stopped clock where the first answer took most of that."""
    with Server(routes({"/health": data(HEALTH | {"uptime": 12})})) as server:
        tried = Tried(tmp_path, server.url)
        health = tried.room.health(tried.endpoint).value
        assert health.later is not None
        first = replace(health.answer, total_ms=took_s * 1000)
        later = replace(health.later, at=first.at + timedelta(seconds=1.7))
        seen = replace(health, answer=first, later=later)
        verdict = endpoints.is_fresh(tried.endpoint, Evidence("health", seen=seen))
    assert any("the same in two answers" in finding.text for finding in verdict.findings) is stands


def test_503_then_200_is_not_mended_by_asking_again(tmp_path: Path) -> None:
    """The first answer is the observation; samples that answer otherwise are told."""
    answers = iter([said(503), *[said(200, json.dumps(HEALTH)) for _ in range(5)]])

    def script(talk: Talk) -> None:
        talk.send(said(200) if talk.request.startswith("HEAD") else next(answers))  # both come at the same time

    with Server(routes({"/health": script})) as server:
        tried = Tried(tmp_path, server.url)
        tried.room.prefetch([tried.endpoint])
        assert tried.outcome("001") == "fail: answered 503; expected 200"
        assert tried.outcome("003") == "fail: 2 of 3 samples went wrong: answered 200, the first 503"


def test_limit_on_how_often_it_is_asked_is_advice(tmp_path: Path) -> None:
    """Samples refused with 429 were too many; nobody else who asks now and then would meet that."""
    calls = count()

    def limited(talk: Talk) -> None:
        sound = talk.request.startswith("HEAD") or next(calls) < 2
        (data(HEALTH) if sound else data({"error": "slow down"}, 429, retry_after="60"))(talk)

    with Server(routes({"/health": limited})) as server:
        tried = Tried(tmp_path, server.url, samples=5, budget_ms=PATIENCE_MS)
        tried.room.prefetch([tried.endpoint])
        assert (tried.outcome("001"), tried.outcome("002")) == ("pass", "pass")
        assert tried.outcome("003").startswith("warn: 3 of 5 samples were refused with 429")


@pytest.mark.parametrize(
    ("status", "text"),
    [(405, "fail: HEAD answers 405, GET 200"), (200, "pass"), (500, "fail: HEAD answers 500, GET 200")],
)
def test_head_is_held_against_get(status: int, text: str, tmp_path: Path) -> None:
    """A monitor that sends HEAD sees what GET says."""

    def script(talk: Talk) -> None:
        (saying(status) if talk.request.startswith("HEAD") else data(HEALTH))(talk)

    with Server(script) as server:
        assert Tried(tmp_path, server.url).outcome("008").startswith(text)


def _guard(talk: Talk) -> None:
    entitled = f"authorization: bearer {TOKEN}" in talk.request.lower()
    data({"well": entitled}, 200 if entitled else 401)(talk)


NOBODY_IN = data({"error": "unauthorized"}, 401)


@pytest.mark.parametrize(
    ("script", "keys", "expected"),
    [
        (_guard, 'bearer_env = "TOKEN"', "pass"),
        (routes({"/health": _guard}), "", "pass"),
        (NOBODY_IN, "", "warn: a path beside it that does not exist is refused too (401)"),
        (NOBODY_IN, 'bearer_env = "TOKEN"', "fail: the bearer of TOKEN gets 401; expected 200"),
        (data({}), "", "fail: the anonymous gets 200; expected 401 or 403"),
        (data({}, 404), "", "fail: the anonymous gets 404; expected 401 or 403"),
        (saying(307, headers={"location": "/login"}), "", "fail: the anonymous gets 307; expected 401 or 403"),
        (saying(401, "vercel.com/sso-api"), "", "fail: Vercel's deployment protection answered 401"),
    ],
)
def test_protected_endpoint_is_judged_with_a_control(script: Script, keys: str, expected: str, tmp_path: Path) -> None:
    """A refusal counts only where something else is not refused."""
    with Server(script) as server:
        tried = Tried(tmp_path, server.url, "protected = true\n" + keys)
        tried.room.prefetch([tried.endpoint])
        assert tried.outcome("010").startswith(expected)


def test_protected_endpoint_is_alive_when_it_refuses(tmp_path: Path) -> None:
    """Without a token a refusal in time is an answer; with one the declared status is expected."""
    with Server(routes({"/health": _guard})) as server:
        refused = Tried(tmp_path, server.url, "protected = true")
        assert refused.outcome("001") == "pass"
        assert "no bearer_env" in refused.verdict("001").observed
        assert Tried(tmp_path, server.url, 'protected = true\nbearer_env = "TOKEN"').outcome("001") == "pass"


def test_anonymous_question_carries_no_token(tmp_path: Path) -> None:
    """What asks as the anonymous is anonymous; only the declared endpoint gets its token."""
    with Server(_guard) as server:
        tried = Tried(tmp_path, server.url, 'protected = true\nbearer_env = "TOKEN"')
        tried.room.prefetch([tried.endpoint, tried.service])
        tried.outcome("010")
        with_token = [request.split("\r\n")[0] for request in server.requests if TOKEN in request]
    assert with_token
    assert all(line.startswith("GET /health ") for line in with_token)
    assert any(TOKEN not in request for request in server.requests if request.startswith("GET /health"))


WALLS = [
    saying(401, "<title>Authentication Required</title>", {"set-cookie": "_vercel_sso_nonce=abc; Path=/"}),
    saying(302, "", {"location": "https://vercel.com/sso-api?url=x"}),
    saying(307, "", {"location": "https://team.cloudflareaccess.com/cdn-cgi/access/login/x"}),
    saying(403, "<title>Just a moment...</title>", {"cf-mitigated": "challenge"}),
    saying(200, "<form><input name=p type='password'></form>", {"content-type": "text/html; charset=utf-8"}),
    saying(302, "", {"location": "https://id.example.org/oauth2/authorize?client_id=1"}),
    data({"status": "error", "code": 404, "message": "Application not found"}, 404, x_railway_fallback="true"),
    data({"status": "error", "code": 502, "message": "Application failed to respond"}, 502, x_railway_fallback="true"),
    saying(404, "The deployment could not be found on Vercel.", {"x-vercel-error": "DEPLOYMENT_NOT_FOUND"}),
    saying(404, "Not Found", {"x-render-routing": "no-server"}),
    saying(503, "This deployment is temporarily paused", {"x-vercel-error": "DEPLOYMENT_PAUSED"}),
]
FRONTS = [
    "nonce",
    "vercel",
    "cloudflare",
    "challenge",
    "page",
    "other",
    "gone",
    "silent",
    "undeployed",
    "unserved",
    "paused",
]


@pytest.mark.parametrize("script", WALLS, ids=FRONTS)
def test_who_answers_for_the_service_is_a_finding_and_never_a_pass(script: Script, tmp_path: Path) -> None:
    """What answers in the service's place is named; nothing else of it is judged."""
    with Server(script) as server:
        tried = Tried(tmp_path, server.url, expect_version="0a1b2c3d4e")
        outcomes = {item: tried.outcome(item) for item in ITEMS}
    for item in ("001", "002", "010"):
        assert outcomes[item].startswith("fail: ")
        assert "answered" in outcomes[item]
    for item in ("003", "004", "006", "008", "011"):
        assert outcomes[item].startswith("unverified")


def test_missing_page_of_vercel_is_the_services_own(tmp_path: Path) -> None:
    """There the same header tells of a path that the deployment does not have: a 404 as it should be."""
    missing = saying(404, "The page could not be found", {"x-vercel-error": "NOT_FOUND"})
    with Server(routes({"/health": data(HEALTH)}, missing)) as server:
        assert Tried(tmp_path, server.url).outcome("011") == "pass"


def test_bypass_opens_the_wall_of_its_own_origin_only(tmp_path: Path) -> None:
    """The bypass secret goes to the service, and to nobody that the service redirects to."""
    with Server(saying(200, "stolen")) as other:

        def script(talk: Talk) -> None:
            open_ = f"x-vercel-protection-bypass: by-{TOKEN}" in talk.request
            (data(HEALTH) if open_ else saying(302, "", {"location": other.url + "/login"}))(talk)

        with Server(script) as server:
            assert Tried(tmp_path, server.url, service='bypass_env = "BYPASS"').outcome("002") == "pass"
            assert Tried(tmp_path, server.url).outcome("002").startswith("fail: a login page of")
        assert other.requests == []


def test_credential_may_come_from_the_process(tmp_path: Path) -> None:
    """A bypass secret that only the pipeline has is used; where nobody has it, nothing is known."""
    with Server(SOUND) as server:
        tried = Tried(tmp_path, server.url, service='bypass_env = "BYPASS"')
        (tmp_path / ".env").write_text("TOKEN=x\n", "utf-8")
        for process, status in (({"BYPASS": TOKEN}, 200), ({}, None)):
            environment = Environment(tried.platform, Files(tmp_path), process=process)
            evidence = Http(tried.platform, Files(tmp_path), environment, LiveSettings()).exchange(tried.endpoint)
            assert (evidence.value.answer.status if status else evidence.hint) == (status or "Set BYPASS for web.")
        assert f"x-vercel-protection-bypass: {TOKEN}" in server.requests[0]


def test_credentials_are_not_sent_in_the_clear(tmp_path: Path) -> None:
    """Over a network, a token goes over TLS or not at all."""
    tried = Tried(tmp_path, "http://198.51.100.7", 'bearer_env = "TOKEN"', service='bypass_env = "BYPASS"')
    assert tried.outcome("001") == "unverified: what opens web is not sent over plain HTTP"
    tried = Tried(tmp_path, "http://198.51.100.7", 'bearer_env = "TOKEN"')
    assert tried.outcome("001") == "unverified: TOKEN is not sent over plain HTTP"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def roots(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("roots") / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return file


@pytest.mark.parametrize(
    ("days", "life", "expected"),
    [
        (60, 90, "pass"),
        (31, 90, "pass"),
        (29, 90, "warn: the certificate ends on"),
        (13, 90, "fail: the certificate ends on"),
        (4, 6, "pass"),
        (-1, 90, "fail: the TLS certificate has expired"),
    ],
)
def test_certificate_is_held_against_its_end(
    days: int, life: int, expected: str, authority: trustme.CA, roots: Path, tmp_path: Path
) -> None:
    """Two weeks are too few, a month deserves a look; certificates that live shorter are held against their life."""
    now = datetime.now(UTC)
    ends = now + timedelta(days=days)
    issued = authority.issue_cert("127.0.0.1", not_before=ends - timedelta(days=life), not_after=ends)
    with Server(data(HEALTH), serving(issued)) as server:
        tried = Tried(tmp_path, server.url, ca_file=roots)
        tried.today = now.date()
        assert tried.outcome("005").startswith(expected)
        assert tried.outcome("001") == ("pass" if days > 0 else "fail: the TLS certificate has expired")


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (saying(308, headers={"location": "https://127.0.0.1/health"}), "pass"),
        (saying(302, headers={"location": "https://127.0.0.1/health"}), "warn: "),
        (saying(301, headers={"location": "http://127.0.0.1/health"}), "fail: "),
        (saying(200, "in clear"), "fail: "),
        (saying(403), "warn: "),
        (saying(400), "pass"),
        (lambda talk: talk.reset(), "pass"),
    ],
    ids=["308", "302", "http", "200", "403", "400", "reset"],
)
def test_plain_http_leads_to_https(
    script: Script, expected: str, authority: trustme.CA, roots: Path, tmp_path: Path
) -> None:
    """Plain HTTP redirects or is closed; it gets no credential."""
    with Server(script) as plain, Server(data(HEALTH), serving(authority.issue_cert("127.0.0.1"))) as server:
        service = f'http_port = {plain.port}\nbypass_env = "BYPASS"'
        tried = Tried(tmp_path, server.url, service=service, ca_file=roots)
        assert tried.outcome("005").startswith(expected)
        assert plain.requests
        assert TOKEN not in "".join(plain.requests)


def test_plain_address_over_a_network_is_a_finding(tmp_path: Path) -> None:
    """http: in an address that is not this machine's is not ready for production."""
    with Server(SOUND) as server:
        assert Tried(tmp_path, server.url).verdict("005").observed == "plain HTTP on loopback: no TLS to judge"
    assert Tried(tmp_path, "http://198.51.100.7", budget_ms=500).outcome("005").startswith("fail: its address is http:")


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (data({}, 404), "pass"),
        (data({}, 410), "pass"),
        (saying(200, "<h1>Not found</h1>"), "fail: an unknown path answers 200; expected 404"),
        (data({}, 500), "fail: an unknown path answers 500; expected 404"),
        (data({}, 401), "warn: "),
        (saying(302, headers={"location": "https://other.example/"}), "warn: "),
        (lambda talk: talk.reset(), "unverified: "),
    ],
    ids=["404", "410", "soft", "500", "401", "elsewhere", "reset"],
)
def test_unknown_path_is_judged(script: Script, expected: str, tmp_path: Path) -> None:
    """404 and 410 are answers; a page with 200 is none."""
    with Server(routes({"/health": data(HEALTH)}, script)) as server:
        assert Tried(tmp_path, server.url).outcome("011").startswith(expected)


@pytest.mark.parametrize(("goal", "expected"), [("/login", "warn: "), ("/", "fail: ")])
def test_unknown_path_that_leads_elsewhere(goal: str, expected: str, tmp_path: Path) -> None:
    """A redirect to the app's own login is how middleware works; one to the front page hides lost routes."""
    pages = {"/login": saying(200, "sign in"), "/": saying(200, "welcome")}
    with Server(routes(pages, saying(302, headers={"location": goal}))) as server:
        assert Tried(tmp_path, server.url).outcome("011").startswith(expected)


def test_trailing_slash_is_no_redirect(tmp_path: Path) -> None:
    """Sites that add a slash before they answer 404 answer 404."""

    def script(talk: Talk) -> None:
        slash = talk.path.endswith("/")
        (data({}, 404) if slash else saying(308, headers={"location": talk.path + "/"}))(talk)

    with Server(script) as server:
        assert Tried(tmp_path, server.url).outcome("011") == "pass"


def test_slow_samples_are_told(tmp_path: Path) -> None:
    """The p95 is held against the row's limit."""

    def script(talk: Talk) -> None:
        talk.pause(0.06)
        data(HEALTH)(talk)

    with Server(script) as server:
        assert Tried(tmp_path, server.url, p95_ms=50).outcome("003").startswith("fail: its p95 is ")
        assert Tried(tmp_path, server.url, p95_ms=PATIENCE_MS).outcome("003") == "pass"


def test_stopped_clock_is_a_cache(tmp_path: Path) -> None:
    """Two bodies of one moment, asked at two, were made once."""
    clock = HEALTH | {"timestamp": (datetime.now(UTC).replace(microsecond=123000)).isoformat()}

    def script(talk: Talk) -> None:
        talk.pause(0.05)
        data(clock)(talk)

    with Server(script) as server:
        tried = Tried(tmp_path, server.url)
        assert tried.outcome("004").startswith("fail: timestamp is the same in two answers")


@pytest.mark.parametrize(
    ("told", "expected", "verdict"),
    [
        ("0a1b2c3d4e", "0a1b2c3", "pass"),
        ("0a1b2c3", "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567", "pass"),
        ("v1.4.2", "1.4.2", "pass"),
        ("1.4.2+0a1b2c3", "0a1b2c3d4e5f", "pass"),
        ("0a1b2c", "0a1b2c3d4e5f", "fail"),
        ("1.4.2", "1.4.20", "fail"),
        ("1.4.2", "0a1b2c3d4e5f", "fail"),
        ("ffffffff", "0a1b2c3d4e5f", "fail"),
    ],
)
def test_version_is_held_against_the_expected(told: str, expected: str, verdict: str, tmp_path: Path) -> None:
    """Commits match from seven characters, releases only whole."""
    with Server(data({"status": "ok", "version": told})) as server:
        assert Tried(tmp_path, server.url, expect_version=expected).outcome("006").startswith(verdict)


def test_untold_version_fails_where_one_is_expected(tmp_path: Path) -> None:
    """A body without a version cannot prove the rollout; a header can."""
    with Server(data({"status": "ok"})) as server:
        assert Tried(tmp_path, server.url, expect_version="1.2.3").outcome("006").startswith("fail: tells no version")
    with Server(data({"status": "ok"}, x_app_version="1.2.3")) as server:
        assert Tried(tmp_path, server.url, expect_version="1.2.3").outcome("006") == "pass"


def test_wait_ends_with_the_rollout_and_judges_one_answer(tmp_path: Path) -> None:
    """Old versions are waited out with progress; the answer that is judged is asked for afterwards."""
    old, new = ({"status": "ok", "version": version} for version in ("0000000aaa", "0a1b2c3d4e"))
    bodies = iter([old, old])
    lines: list[str] = []

    def script(talk: Talk) -> None:
        data(next(bodies, new))(talk)

    with Server(script) as server:
        tried = Tried(tmp_path, server.url, wait_s=PATIENCE_S, expect_version="0a1b2c3d4e", say=lines.append)
        tried.room.pause = 0.01
        tried.room.prefetch([tried.endpoint])
        assert tried.outcome("006") == "pass"
    assert lines[0] == f"Waiting for {server.url}/health: it still runs 0000000aaa"
    assert lines[-1].startswith(f"{server.url}/health is rolled out")


def test_wait_ends_with_its_time(tmp_path: Path) -> None:
    """A rollout that never comes costs the wait, and is then judged as it is."""
    lines: list[str] = []
    with Server(data({"status": "ok", "version": "0000000aaa"})) as server:
        tried = Tried(tmp_path, server.url, wait_s=0.1, expect_version="0a1b2c3d4e", say=lines.append)
        tried.room.pause = 0.01
        tried.room.prefetch([tried.endpoint])
        assert tried.outcome("006").startswith("fail: tells 0000000aaa")
    assert lines[-1] == "Waited 0 s for the rollout; judging what answers now."


def test_boxed_values_do_not_leave_the_room(tmp_path: Path) -> None:
    """Neither the room's repr nor its evidence holds a token."""
    with Server(_guard) as server:
        tried = Tried(tmp_path, server.url, 'bearer_env = "TOKEN"')
        evidence = tried.room.exchange(tried.endpoint)
        assert evidence.value.answer.body.examine(lambda text: "true" in text)
    assert TOKEN not in repr(evidence) + repr(evidence.value) + repr(vars(tried.room))
    assert repr(Secret(TOKEN)) == "Secret(…)"
