"""Faults in what the running worker exports, each of which breaks one metrics item."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from tests.platforms import Twin

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.live import Live, Reply


def _answer(breaks: str, change: Callable[[Reply], Reply], verdict: str = "fail") -> Twin:
    def edit(copy: Live) -> None:
        copy.answers("worker", "/metrics", change)

    return Twin(breaks, edit, live=True, verdict=verdict)  # type: ignore[arg-type]


def _body(breaks: str, change: Callable[[bytes], bytes], verdict: str = "fail") -> Twin:
    return _answer(breaks, lambda reply: replace(reply, body=change(reply.body)), verdict)


def _added(breaks: str, text: bytes, verdict: str = "fail") -> Twin:
    return _body(breaks, lambda body: body + text, verdict)


def _falling(copy: Live) -> None:
    calls = count()

    def change(reply: Reply) -> Reply:
        line = f"# TYPE worker_polls_total counter\nworker_polls_total {1000 - next(calls)}\n"
        return replace(reply, body=reply.body + line.encode())

    copy.answers("worker", "/metrics", change)


TWINS = {
    "MET-001": (
        _body("the last line does not end", lambda body: body.removesuffix(b"\n")),
        _added("a series stands there twice", b"worker_polls 1\nworker_polls 1\n"),
        _added("a job's name became part of a metric's", b"worker_jobs_by_type_process-asset_completed 3\n"),
        _answer(
            "Content-Type is that of JSON", lambda r: replace(r, headers={**r.headers, "content-type": "text/css"})
        ),
        _added("a histogram without +Inf", b'# TYPE poll histogram\npoll_bucket{le="1"} 1\npoll_sum 1\npoll_count 1\n'),
        _added("a counter without _total", b"# TYPE worker_polls counter\nworker_polls 1\n", "warn"),
        _added("milliseconds", b"# TYPE worker_poll_ms gauge\nworker_poll_ms 1\n", "warn"),
    ),
    "MET-002": (
        _body(
            "the failures have another name",
            lambda body: body.replace(b"worker_job_failures_total", b"worker_job_faults_total"),
        ),
    ),
    "MET-003": (
        _body("the queue is full", lambda body: body.replace(b'state="waiting"} 0', b'state="waiting"} 1001')),
        _body("a depth is NaN", lambda body: body.replace(b'state="delayed"} 0', b'state="delayed"} NaN')),
        _body("the worker is down", lambda body: body.replace(b"\nworker_up 1", b"\nworker_up 0")),
    ),
    "MET-004": (Twin("a counter falls", _falling, live=True),),
    "MET-005": (
        _body("the calls do not tell which API was asked", lambda body: body.replace(b'api="', b'vendor="')),
        _body("no call of Supabase is measured", lambda body: body.replace(b'api="supabase"', b'api="files"'), "warn"),
    ),
    "MET-006": (_body("every job failed", lambda body: body.replace(b'status="completed"', b'status="failed"')),),
}
