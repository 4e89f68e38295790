"""What it costs to read many queues on one Redis: round trips, and time against one call after the other.

    python -m tests.bench.queues [--queues N] [--latency MS]

A relay before a real redis-server delays each answer and counts round trips: what is sent after an
answer came begins a new one. The pause between the two readings is taken off the room's time.
"""

from __future__ import annotations

import argparse
import socket
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import redis

from tests.probes.bull import HOST, RealRedis, asking, real_redis, row

if TYPE_CHECKING:
    from fixtures.model.platform import Queue

INTERVAL = 2.0
CALLS = (("llen", "wait"), ("zcard", "failed"), ("zcard", "delayed"))


@dataclass
class Relay:
    """Passes bytes on to a port, answers with a delay, and notes the sizes of what is asked between answers."""

    behind: int
    latency_s: float
    asked: list[int] = field(default_factory=list)  # bytes of each round trip

    def __post_init__(self) -> None:
        """Listen."""
        self._listener = socket.create_server((HOST, 0))
        self.port = int(self._listener.getsockname()[1])
        self._answered = True
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            near, _ = self._listener.accept()
            far = socket.create_connection((HOST, self.behind))
            for one in (near, far):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._answered = True
            threading.Thread(target=self._up, args=(near, far), daemon=True).start()
            threading.Thread(target=self._down, args=(far, near), daemon=True).start()

    def _up(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while data := near.recv(1 << 20):
                if self._answered:
                    self.asked.append(0)
                    self._answered = False
                self.asked[-1] += len(data)
                far.sendall(data)
            far.shutdown(socket.SHUT_WR)

    def _down(self, far: socket.socket, near: socket.socket) -> None:
        with suppress(OSError):
            while data := far.recv(1 << 20):
                if not self._answered:
                    time.sleep(self.latency_s)
                    self._answered = True
                near.sendall(data)


def fill(server: RealRedis, queues: list[Queue]) -> None:
    """A few jobs of each kind in each queue, as BullMQ keeps them."""
    now = int(time.time() * 1000)
    with server.client.pipeline(transaction=False) as pipe:
        for queue in queues:
            key = f"bull:{queue.key}"
            pipe.hset(f"{key}:meta", "version", "bullmq:5.81.3")
            for number in range(10):
                pipe.lpush(f"{key}:wait", number)
                pipe.hset(f"{key}:{number}", mapping={"timestamp": now, "delay": 0, "opts": "{}"})
            for number in range(10, 15):
                pipe.rpush(f"{key}:active", number)
                pipe.set(f"{key}:{number}:lock", "token")
                pipe.hset(f"{key}:{number}", mapping={"timestamp": now, "processedOn": now})
            pipe.zadd(f"{key}:failed", {str(number): now for number in range(20, 30)})
            pipe.zadd(f"{key}:delayed", {str(number): (now + 60_000) * 4096 for number in range(30, 40)})
        pipe.execute()


def room(server: RealRedis, relay: Relay, queues: list[Queue]) -> tuple[float, list[int]]:
    """Seconds that the room takes beside the pause, and the bytes asked in each of its round trips."""
    relay.asked.clear()
    url = server.url.replace(f":{server.port}", f":{relay.port}")
    asks = asking(Path(), {"REDIS_URL": url}, *queues, interval_s=INTERVAL)
    started = time.perf_counter()
    asks.prefetch(queues)
    seconds = time.perf_counter() - started - INTERVAL
    if any(asks.depth(queue).value.total != 10 or asks.delayed(queue).value.total != 10 for queue in queues):
        raise SystemExit("the room read something else than stands there")
    return seconds, list(relay.asked)


def one_by_one(server: RealRedis, relay: Relay, queues: list[Queue]) -> float:
    """Seconds for three calls a queue, each after the answer of the last, as a script does it."""
    started = time.perf_counter()
    with redis.Redis(host=HOST, port=relay.port, password=server.password, protocol=2) as client:
        for queue in queues:
            for command, part in CALLS:
                getattr(client, command)(f"bull:{queue.key}:{part}")
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queues", type=int, default=100, help="how many (default 100)")
    parser.add_argument("--latency", type=float, default=5.0, help="ms added to each answer (default 5)")
    given = parser.parse_args()
    queues = [row(f"queue-{number}") for number in range(given.queues)]
    with tempfile.TemporaryDirectory() as folder, real_redis(Path(folder)) as server:
        fill(server, queues)
        relay = Relay(server.port, given.latency / 1000)
        seconds, asked = room(server, relay, queues)
        simple = one_by_one(server, relay, queues)
    large = [size for size in asked if size >= 10 * given.queues]
    print(f"{given.queues} queues, {given.latency:g} ms added to each round trip")  # noqa: T201
    print(  # noqa: T201
        f"room: {len(large) - 1} round trips for the first reading (goal 2), 1 for the second, and "
        f"{len(asked) - len(large)} small ones for the login and the timed pings; "
        f"{seconds * 1000:.0f} ms beside the pause of {INTERVAL:g} s, {sum(asked) / 1024:.0f} KiB asked"
    )
    print(f"{len(CALLS)} x {given.queues} calls one by one: {simple * 1000:.0f} ms")  # noqa: T201
    print(f"ratio {seconds / simple:.2f}")  # noqa: T201


if __name__ == "__main__":
    main()
