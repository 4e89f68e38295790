"""Faults that break one queue item each, in the running demo's Redis or in what is expected of it."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from fixtures.stage.servers import HOST, MAXMEMORY
from tests.platforms import Twin

if TYPE_CHECKING:
    from tests.live import Live

KEY = "bull:agent-jobs"
ROW = 'workers = ["worker"]\nmax_wait_s = 300 # the oldest job waits no longer than this\n'
HOLD_MS = 3_600_000  # longer than any run
SLOWER = 0.3  # seconds


def _misspelt(live: Live) -> None:
    """The manifest names a queue that nobody fills; an emptied one comes back, for workers write its meta."""
    live.manifest(ROW, f'{ROW}queue = "agent-job"\n')


def _hold(live: Live, *options: str) -> None:
    """Put jobs into the queue that a rate limit keeps the worker from: none of them runs."""
    live.redis("SET", f"{KEY}:limiter", 99, "PX", HOLD_MS, undo=("DEL", f"{KEY}:limiter"))
    added = "".join(f"await queue.add('canary', {{}}, {option});" for option in options)
    live.bullmq(
        f"await queue.setGlobalRateLimit(1, {HOLD_MS}); {added}",
        ("HDEL", f"{KEY}:meta", "max", "duration"),
        ("DEL", f"{KEY}:wait"),
        ("DEL", f"{KEY}:delayed"),
    )


def _deep(live: Live) -> None:
    _hold(live, "{}", "{}", "{}")
    live.manifest(ROW, f"{ROW}warn = 1\ncritical = 2\n")


def _failed(live: Live) -> None:
    now = int(time.time() * 1000)
    members = [word for number in range(101) for word in (now - number, f"ghost-{number}")]
    live.redis("ZADD", f"{KEY}:failed", *members, undo=("DEL", f"{KEY}:failed"))


def _ghost(live: Live, *, locked: bool) -> None:
    """An active job that the worker knows nothing of, nor looks for: it would put it back into the queue."""
    began = int(time.time() * 1000) - 600_000
    live.redis("SET", f"{KEY}:stalled-check", began, "PX", HOLD_MS, undo=("DEL", f"{KEY}:stalled-check"))
    fields = ("name", "canary", "data", "{}", "opts", "{}", "timestamp", began, "processedOn", began)
    live.redis("HSET", f"{KEY}:ghost", *fields, undo=("DEL", f"{KEY}:ghost"))
    if locked:
        live.redis("SET", f"{KEY}:ghost:lock", "somebody", undo=("DEL", f"{KEY}:ghost:lock"))
    live.redis("LPUSH", f"{KEY}:active", "ghost", undo=("LREM", f"{KEY}:active", 0, "ghost"))


def _stuck(live: Live) -> None:
    """One active job takes up the queue's whole concurrency, and never ends."""
    _ghost(live, locked=True)
    live.redis("HSET", f"{KEY}:meta", "concurrency", 1, undo=("HDEL", f"{KEY}:meta", "concurrency"))
    live.bullmq("await queue.add('canary', {}, { timestamp: Date.now() + 600_000 });", ("DEL", f"{KEY}:wait"))
    live.manifest(ROW, ROW.replace("300", "1"))


def _overdue(live: Live) -> None:
    """A delayed job that was due before 1970, and so is promoted by no worker; this one a rate limit keeps at rest."""
    _hold(live, "{}")
    live.redis("ZADD", f"{KEY}:delayed", -1, "overdue", undo=("DEL", f"{KEY}:delayed"))


def _late_schedule(live: Live) -> None:
    due = int(time.time() * 1000) - 600_000
    live.redis("ZADD", f"{KEY}:repeat", due, "ghost", undo=("DEL", f"{KEY}:repeat"))


def _pause(live: Live) -> None:
    live.bullmq("await queue.pause();", ("HDEL", f"{KEY}:meta", "paused"))


def _evicting(live: Live) -> None:
    live.redis(
        "CONFIG",
        "SET",
        "maxmemory-policy",
        "allkeys-lru",
        undo=("CONFIG", "SET", "maxmemory-policy", "noeviction"),
    )


def _nearly_full(live: Live) -> None:
    used = live.redis("INFO", "memory", undo=("PING",))["used_memory"]
    live.redis("CONFIG", "SET", "maxmemory", int(used / 0.93), undo=("CONFIG", "SET", "maxmemory", MAXMEMORY))


def _unfamiliar_host(live: Live) -> None:
    """The same Redis under an address that is no loopback by its looks."""
    live.env("web", "REDIS_URL", live.demo.redis.redis_url.replace(HOST, "0177.0.0.1"))


def _far_away(live: Live) -> None:
    relay = _Relay(live.demo.redis.port)
    live.afterwards(relay.close)
    live.env("web", "REDIS_URL", live.demo.redis.redis_url.replace(str(live.demo.redis.port), str(relay.port)))


class _Relay:
    """Passes bytes on to a port of loopback, each answer later than it came."""

    def __init__(self, behind: int) -> None:
        self._listener = socket.create_server((HOST, 0))
        self._behind = behind
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Accept no more; what is connected ends with its peers."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection((HOST, self._behind))
                threading.Thread(target=self._pass, args=(near, far, 0), daemon=True).start()
                threading.Thread(target=self._pass, args=(far, near, SLOWER), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, later: float) -> None:
        with suppress(OSError), source, target:
            while data := source.recv(65536):
                time.sleep(later)
                target.sendall(data)


def _ignored_canary(live: Live) -> None:
    _hold(live)
    live.manifest('canary = "canary"', 'canary_s = 1\ncanary = "canary"')


TWINS = {
    "QUE-001": (
        Twin(
            "a queue that is not there",
            _misspelt,
            live=True,
            hides=tuple(f"QUE-{number:03}" for number in range(2, 10)),
        ),
    ),
    "QUE-002": (Twin("more waiting jobs than allowed", _deep, live=True),),
    "QUE-003": (Twin("101 failed jobs", _failed, live=True, verdict="warn"),),
    "QUE-004": (
        Twin(
            "a job that waits for ten minutes",
            lambda live: _hold(live, "{ timestamp: Date.now() - 600_000 }"),
            live=True,
        ),
    ),
    "QUE-005": (Twin("a paused queue", _pause, live=True),),
    "QUE-006": (Twin("an active job that nobody holds", lambda live: _ghost(live, locked=False), live=True),),
    "QUE-007": (Twin("one worker of two", lambda live: live.manifest(ROW, f"{ROW}min_workers = 2\n"), live=True),),
    "QUE-008": (Twin("one job that takes up all workers", _stuck, live=True),),
    "QUE-009": (
        Twin("a delayed job that is overdue", _overdue, live=True),
        Twin("a job scheduler that is late", _late_schedule, live=True, verdict="warn"),
    ),
    "QUE-010": (Twin("a Redis that drops keys when it is full", _evicting, live=True),),
    "QUE-011": (Twin("a Redis that is nearly full", _nearly_full, live=True),),
    "QUE-012": (
        Twin("no TLS on the way to a public host", _unfamiliar_host, live=True),
        Twin("a Redis far away", _far_away, live=True, verdict="warn"),
    ),
    "QUE-013": (Twin("a worker that takes no job", _ignored_canary, live=True, options=("--canary",)),),
}
