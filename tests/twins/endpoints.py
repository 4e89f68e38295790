"""Edits that break one endpoint item each, in what the running demo answers or in what is expected of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.platforms import Twin

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.live import Change, Live, Reply

WORKER_HEALTH = 'name = "worker-health"\nservice = "worker"\npath = "/health"\n'
WORKER_METRICS = 'name = "worker-metrics"\nservice = "worker"\npath = "/metrics"\n'


def _answers(service: str, path: str, change: Change) -> Callable[[Live], None]:
    return lambda live: live.answers(service, path, change)


def _row(row: str, key: str) -> Callable[[Live], None]:
    return lambda live: live.manifest(row, f"{row}{key}\n")


def _with(header: str, value: str) -> Change:
    return lambda reply: replace(reply, headers={**reply.headers, header: value})


def _old_version(live: Live) -> None:
    live.answers("worker", "/health", lambda reply: reply.saying(live.demo.version, "0" * 39 + "1"))


def _plain_http(live: Live) -> None:
    live.manifest(
        'health = "/health"\nmetrics = "/metrics"\n',
        f'health = "/health"\nmetrics = "/metrics"\nhttp_port = {live.demo.ports["worker"]}\n',
    )


def _no_head(reply: Reply) -> Reply:
    return replace(reply, status=405) if reply.method == "HEAD" else reply


def _soft_404(reply: Reply) -> Reply:
    return replace(reply, status=200) if reply.status == 404 else reply


def _failing_404(reply: Reply) -> Reply:
    return replace(reply, status=500) if reply.status == 404 else reply


def _door_open(reply: Reply) -> Reply:
    return replace(reply, status=200)


TWINS = {
    "HLT-001": (Twin("another status than declared", _row(WORKER_METRICS, "status = 204"), live=True),),
    "HLT-002": (
        Twin(
            "200 with a degraded body",
            _answers("worker", "/health", lambda reply: reply.saying('"status":"healthy"', '"status":"degraded"')),
            live=True,
        ),
        Twin(
            "200 with a dead dependency",
            _answers(
                "web", "/api/health", lambda reply: reply.saying('"redis":{"status":"up"', '"redis":{"status":"down"')
            ),
            live=True,
        ),
        Twin(
            "a dependency that the body no longer tells of",
            _answers("web", "/api/health", lambda reply: reply.saying('"supabase"', '"search"')),
            live=True,
        ),
    ),
    "HLT-003": (Twin("answers slower than their limit", _row(WORKER_HEALTH, "p95_ms = 1"), live=True),),
    "HLT-004": (Twin("a health answer from a cache", _answers("worker", "/health", _with("age", "30")), live=True),),
    "HLT-005": (Twin("plain HTTP that answers", _plain_http, live=True),),
    "HLT-006": (Twin("the version before the deploy", _old_version, live=True),),
    "HLT-007": (
        Twin(
            "a refusal that quotes an error",
            _answers(
                "web", "/api/agents", lambda reply: reply.saying("unauthorized", "connect ECONNREFUSED 10.0.0.3:6379")
            ),
            live=True,
        ),
    ),
    "HLT-008": (Twin("a health route without HEAD", _answers("worker", "/health", _no_head), live=True),),
    "HLT-009": (
        Twin(
            "an answer without nosniff",
            _answers("web", "/api/agents", lambda reply: reply.without("x-content-type-options")),
            verdict="warn",
            live=True,
        ),
    ),
    "HLT-010": (Twin("a protected route that lets anyone in", _answers("web", "/api/agents", _door_open), live=True),),
    "HLT-011": (
        Twin("a page for every unknown path", _answers("web", "*", _soft_404), live=True),
        Twin("a route that breaks on unknown paths", _answers("web", "*", _failing_404), live=True),
    ),
}
