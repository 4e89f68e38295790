"""Health bodies as they are found: which are well, which are not, and which cannot be told."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.rules.endpoints import says_healthy
from fixtures.model.health import state_of
from fixtures.model.http import Answer, Health
from fixtures.model.platform import BodyKeys, Endpoint
from fixtures.model.secret import Secret
from fixtures.model.verdicts import Evidence, NotObserved, Verdict
from fixtures.probes.http.health import read_health

URL = "https://web.example/health"
RFC = {"status": "pass", "checks": {"redis:responseTime": [{"componentType": "datastore", "status": "pass"}]}}
SPRING = {
    "status": "UP",
    "components": {
        "db": {"status": "UP", "details": {"database": "PostgreSQL", "validationQuery": "isValid()"}},
        "diskSpace": {"status": "UP", "details": {"total": 1, "free": 1, "exists": True}},
    },
}
TERMINUS = {"status": "ok", "info": {"db": {"status": "up"}}, "error": {}, "details": {"db": {"status": "up"}}}
DEMO = {
    "status": "healthy",
    "service": "worker",
    "version": "0a1b2c3",
    "timestamp": "2026-11-23T08:00:00.123Z",
    "checks": {"redis": {"status": "up", "latencyMs": 1}, "database": {"status": "up", "latencyMs": 2}},
}


def row(*depends_on: str, **body: Any) -> Endpoint:
    return Endpoint(name="health", service="web", path="/health", depends_on=depends_on, body=BodyKeys(**body))


def verdict(body: object, endpoint: Endpoint, media_type: str = "application/json", status: int = 200) -> Verdict:
    """The rule's verdict on an answer with this body; text is sent as it is."""
    text = body if isinstance(body, str) else json.dumps(body)
    answer = Answer(URL, "GET", status, headers=(("content-type", media_type),), body=Secret(text), size=len(text))
    read = answer.body.examine(lambda value: read_health(value, media_type, endpoint.body))
    return says_healthy(endpoint, Evidence("health", URL, seen=Health(answer, read)))


def texts(found: Verdict) -> str:
    return "; ".join(finding.text for finding in found.findings)


@pytest.mark.parametrize(
    "body",
    [
        DEMO,
        RFC,
        SPRING,
        TERMINUS,
        {"status": "ok"},
        {"ok": True},
        {"healthy": True, "uptime": 12.5, "env": "production"},
        {"status": "ok", "database": "ok", "redis": "connected"},
        {"status": "healthy", "redis": {"connected": True}, "database": True},
        {"status": "ok", "dependencies": [{"name": "db", "status": "healthy"}, {"name": "s3", "ok": True}]},
        {"status": "ok", "services": {"redis": "PONG", "db": "connected (12ms)"}},
        {"data": {"status": "ok", "checks": {"redis": True}}},
        {"status": "Healthy", "entries": {"npgsql": {"status": "Healthy", "data": {}, "tags": []}}},
        {"status": "ok", "error": None, "errors": [], "debug": False, "maintenance": False},
        {"status": "SERVING"},
        {"status": {"redis": "ok", "database": "ok"}},
        {"status": "pass", "checks": {"db": {"status": "pass", "output": ""}, "cron": {"status": "skipped"}}},
        {"finishedAt": 1, "checkResults": [{"name": "Database", "shortSummary": "Ok", "status": "ok", "meta": {}}]},
        {"DatabaseBackend": "working", "Cache backend: default": "working"},
        {"status": "ok", "app": {"name": "web", "version": "1.2.3"}, "checks": {"worker": {"status": "idle"}}},
        {"healthy": "yes"},
        {"status": 200},
        {"status": "ok", "statusCode": 200, "errors": {"count": 0}, "failed": 0, "issues": []},
        {"status": "ok", "queue": {"ready": 0, "active": 3, "errors": 2}, "requests": {"success": 0, "failed": 0}},
        {"status": "ok", "circuitBreaker": "closed", "queuePaused": False, "dbTls": False, "sandbox": "false"},
        {"status": "ok", "version": "unknown", "features": {"email": False}, "branch": "fix-error-page"},
        {"status": "ok", "redis": {"status": "up", "details": {"tls": False}, "lastRun": {"status": "failed"}}},
        {"status": "ok", "db": "connected (timeout 5s)", "redis": "ready. Last error: none", "queue": "ok (0 failed)"},
        {"status": "ok", "database": {"primary": {"status": "up"}, "replica": {"status": "up"}}},
        "ok",
        "OK\n",
        "OK - 12ms",
        '"healthy"',
        "true",
    ],
)
def test_well_body_is_understood(body: object) -> None:
    """Usual shapes that say that all is well pass without being configured."""
    found = verdict(body, row(), "text/plain" if isinstance(body, str) and body[0] in "oO" else "application/json")
    assert (found.findings, found.warnings) == ((), ())


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"status": "degraded"}, "'degraded'"),
        ({"status": "error"}, "'error'"),
        ({"ok": False}, "'false'"),
        ({"status": "ok", "database": "error"}, "database"),
        ({"status": "ok", "database": "error: connect ECONNREFUSED"}, "database is 'error'"),
        ({"status": "ok", "redis": {"connected": False}}, "redis is not well"),
        ({"status": "ok", "redis": {"status": "reconnecting"}}, "redis is 'reconnecting'"),
        ({"status": "ok", "checks": {"redis": {"status": "down"}}}, "redis is 'down'"),
        ({"status": "ok", "checks": {"redis": False}}, "redis is not well"),
        ({"status": "ok", "checks": [{"name": "redis", "status": "fail"}]}, "redis is 'fail'"),
        ({"status": "pass", "checks": {"db:time": [{"status": "pass"}, {"status": "fail"}]}}, "db:time"),
        ({"status": "UP", "components": {"db": {"status": "DOWN"}}}, "db is 'down'"),
        (
            {"status": "UP", "components": {"a": {"status": "UP", "components": {"b": {"status": "DOWN"}}}}},
            "b is 'down'",
        ),
        ({"status": "error", "info": {}, "error": {"db": {"status": "down"}}, "details": {}}, "db is 'down'"),
        ({"status": "ok", "services": {"queue": {"ok": True, "error": "timeout"}}}, "queue is 'error'"),
        ({"status": "ok", "database": False}, "database is not well"),
        ({"status": "ok", "error": "boom"}, "tells an error (error)"),
        ({"status": "ok", "dependencies": {"db": {"healthy": False}}}, "db is not well"),
        ({"data": {"status": "ok", "checks": {"redis": "unavailable"}}}, "redis is 'unavailable'"),
        ({"status": "Degraded", "entries": {"npgsql": {"status": "Unhealthy"}}}, "npgsql"),
        ({"status": "ok", "isDown": True}, "'down'"),
        ({"status": "UP", "components": {"db": {"status": "UNKNOWN"}}}, "db is 'unknown'"),
        ([{"name": "db", "status": "fail"}], "db is 'fail'"),
        ({"status": 503}, "'503'"),
        ({"healthy": "no"}, "'no'"),
        ({"status": "ok", "app": {"status": "down"}}, "app is 'down'"),
        ({"status": "ok", "statusCode": 503}, "'503'"),
        ({"status": "ok (degraded)"}, "'degraded'"),
        ({"status": "ok, but redis is down"}, "'but redis is down'"),
        ({"status": "healthy: false"}, "'false'"),
        ({"status": "ok", "degraded": ["redis"]}, "(degraded)"),
        ({"status": "ok", "isDegraded": "true"}, "(isDegraded)"),
        ({"status": "ok", "redis": "Connection refused"}, "redis is 'connection refused'"),
        ({"status": "ok", "redis": "unable to connect"}, "redis is 'unable to connect'"),
        ({"status": "ok", "redis": "\u274c"}, "redis is 'down'"),
        ({"status": "ok", "redis": {"ok": 0, "latencyMs": 0}}, "redis is not well"),
        ({"status": "ok", "db_ok": False, "isDbUp": "false"}, "db_ok is not well"),
        ({"status": "ok", "canConnectToDb": False}, "canConnectToDb is not well"),
        ({"status": "ok", "readiness": False}, "readiness is not well"),
        ({"status": "ok", "checks": [{"db": "down"}, {"redis": "ok"}]}, "db is 'down' (checks[0].db)"),
        ({"status": "ok", "probes": {"db": False}}, "db is not well (probes.db)"),
        ({"status": "ok", "storage": {"redis": {"status": "down"}}}, "redis is 'down' (storage.redis)"),
        ({"status": "ok", "services": {"infra": {"redis": "down"}}}, "infra redis is 'down'"),
        ({"status": "ok", "services": {"db": {"status": "up", "replica": {"status": "down"}}}}, "db replica is 'down'"),
        ({"status": "ok", "checks": {"redis": {"status": "up", "details": {"connected": False}}}}, "redis details"),
        ({"status": "ok", "groups": [{"name": "db", "status": "down"}]}, "db is 'down' (groups[0])"),
        ({"status": "ok", "redis": {"errorMessage": "connection refused"}}, "redis is 'error'"),
        ({"status": "ok", "components": {"openrouterBreaker": {"state": "OPEN"}}}, "openrouterBreaker is 'tripped'"),
        ("down", "'down'"),
        ("OK\nredis: DOWN\ndb: OK", "'down'"),
        ("OK (degraded)", "'degraded'"),
        ('{"status": "ok"', "not valid JSON"),
        ('{"status":' * 1 + "[" * 100_000, "nested too deep"),
        ("[" * 100_000 + "]" * 100_000, "nested too deep"),
        ("9" * 5000 + "x", "neither JSON"),
        ("<!doctype html><title>Agentdesk</title>", "HTML"),
        ("a very long page of text " * 20, "neither JSON"),
    ],
)
def test_ill_body_is_told(body: object, named: str) -> None:
    """A body that is not well, or is no health body, fails and the finding names what it is, also under 200."""
    assert named in texts(verdict(body, row(), "text/plain" if isinstance(body, str) else "application/json"))


@pytest.mark.parametrize(
    "body",
    [
        {"status": "groovy"},
        {"uptime": 12},
        {},
        [],
        7,
        None,
        {"status": "ok", "checks": {"redis": "12 ms"}},
        {"status": "ok", "database": None},
        {"status": "ok", "checks": {"database": None}},
        {"status": "ok", "checks": {"database": {}}},
        {"status": "ok", "checks": {"database": {"status": None}}},
        "pretty good",
    ],
)
def test_unclear_body_is_unverified(body: object) -> None:
    """A word that nobody knows is neither well nor ill."""
    with pytest.raises(NotObserved):
        verdict(body, row(), "text/plain" if isinstance(body, str) else "application/json")


@pytest.mark.parametrize("body", [{"status": "warn"}, {"status": "pass", "checks": {"disk": [{"status": "warn"}]}}, ""])
def test_body_that_deserves_a_look_warns(body: object) -> None:
    """`warn` of health+json is advice; so is a body that says nothing."""
    found = verdict(body, row())
    assert not found.findings
    assert len(found.warnings) == 1


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("redis", "redis"),
        ("redis", "Redis"),
        ("redis", "redis:responseTime"),
        ("redis", "redisConnection"),
        ("redis", "cache"),
        ("database", "db"),
        ("database", "postgres_primary"),
        ("supabase", "supabase"),
    ],
)
def test_dependency_is_found_by_its_usual_names(name: str, told: str) -> None:
    """What a row depends on may be told under a usual other name."""
    assert not verdict({"status": "ok", "checks": {told: {"status": "up"}}}, row(name)).findings


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            {"status": "ok", "checks": {"database": "ok"}},
            "does not tell of redis, on which it depends; it names database",
        ),
        ({"status": "ok", "checks": {"redis": {"latencyMs": 3}}}, "names redis (checks.redis) without saying"),
        ({"status": "ok", "checks": {"redis": "disabled"}}, "says that redis, on which it depends, is 'disabled'"),
        ("", "does not tell of redis"),
    ],
)
def test_dependency_must_be_told(body: object, text: str) -> None:
    """A 200 that does not speak of a dependency proves nothing about it."""
    assert text in texts(verdict(body, row("redis")))


def test_well_body_under_a_bad_status_fails() -> None:
    """A 503 that says ok contradicts itself; the status that the row expects does not."""
    assert "503" in texts(verdict({"status": "ok"}, row(), status=503))


def test_manifest_maps_other_shapes() -> None:
    """Keys and words that the manifest names are read in place of the usual ones."""
    body = {"meta": {"lage": "gut"}, "systeme": [{"an": True}, {"an": False}], "bau": "1.2.3"}
    maps = {"status": "meta.lage", "healthy": ("gut",), "version": "bau"}
    assert not verdict(body, row("redis", **maps, dependencies={"redis": "systeme.0.an"})).findings
    assert "redis is not well" in texts(verdict(body, row("redis", **maps, dependencies={"redis": "systeme.1.an"})))
    with pytest.raises(NotObserved):
        verdict(body, row(status="meta.lage"))
    assert read_health(json.dumps(body), "application/json", BodyKeys(version="bau")).versions[0].word == "1.2.3"


@pytest.mark.parametrize(
    ("body", "versions"),
    [
        (DEMO, ["0a1b2c3"]),
        ({"git": {"commit": {"id": "0a1b2c3"}}}, ["0a1b2c3"]),
        ({"build": {"version": "1.2.3", "time": "x"}}, ["1.2.3"]),
        ({"gitSha": "0a1b2c3", "apiVersion": "v2"}, ["0a1b2c3"]),
        ({"checks": {"db": {"version": "15.2"}}, "version": "hello world"}, []),
    ],
)
def test_version_is_found(body: dict[str, Any], versions: list[str]) -> None:
    """The service's version is told from those of its dependencies."""
    read = read_health(json.dumps(body), "application/json", BodyKeys())
    assert [said.word for said in read.versions] == versions


@pytest.mark.parametrize("text", ["degraded_performance", "DOWN", "out-of-service", "Error connecting"])
def test_words_are_known_in_any_spelling(text: str) -> None:
    """Case, hyphens and underscores do not matter, nor what follows a word of illness."""
    assert state_of(text) == "ill"


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["status", "checks", "redis", "error", "data", "timestamp", "version", "name", ""])
            | st.text(max_size=8),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(JSON | st.text(max_size=80), st.sampled_from(["", "text/html", "application/json"]))
def test_no_body_breaks_reading(body: object, media_type: str) -> None:
    """Any JSON and any text become facts, and a verdict or unverified."""
    with contextlib.suppress(NotObserved):
        assert verdict(body, row("redis"), media_type).observed
