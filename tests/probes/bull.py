"""A real Redis, real BullMQ producers and workers, and stand-ins that fail in chosen ways; all on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import redis

from fixtures.demo import provision
from fixtures.model.live import LiveSettings
from fixtures.model.platform import Manifest, Platform, Queue, Service, Settings, Variable
from fixtures.probes.environment import Environment
from fixtures.probes.files import Files
from fixtures.probes.queues import Queues
from fixtures.stage.servers import find_redis, free_port
from tests.loopback import PATIENCE_S, wait_until

if TYPE_CHECKING:
    import trustme

HOST = "127.0.0.1"
PORTS_TRIED = 5
SUITE = Path(__file__).parents[2]
MAJORS = {5: SUITE / "fixtures" / "demo", 6: SUITE / "tests" / "bullmq6"}


@dataclass(frozen=True)
class RealRedis:
    """A running redis-server with a password, and users with fewer rights."""

    port: int
    password: str
    tls_port: int = 0

    @property
    def url(self) -> str:
        """Everything is allowed."""
        return f"redis://default:{self.password}@{HOST}:{self.port}/0"

    @property
    def client(self) -> Any:
        """A connection for what a test sets up or looks up."""
        return redis.Redis(
            host=HOST,
            port=self.port,
            password=self.password,
            decode_responses=True,
            protocol=2,
            socket_timeout=PATIENCE_S,
            socket_connect_timeout=PATIENCE_S,
        )

    def user(self, name: str, *rights: str) -> str:
        """The URL of a user with these rights only."""
        password = secrets.token_hex(16)
        self.client.execute_command("ACL", "SETUSER", name, "reset", "on", f">{password}", "~*", *rights)
        return f"redis://{name}:{password}@{HOST}:{self.port}/0"


@contextlib.contextmanager
def real_redis(folder: Path, certificate: trustme.LeafCert | None = None) -> Iterator[RealRedis]:
    """Start a redis-server; a certificate puts TLS in front of it on a second port; stop it at the end."""
    server, process = _started(folder)
    try:
        with _terminating(server, certificate) if certificate else contextlib.nullcontext(server) as reached:
            yield reached
    finally:
        process.kill()
        process.wait()


def _started(folder: Path) -> tuple[RealRedis, subprocess.Popen[bytes]]:
    """A redis-server that answers; on another port where somebody was quicker to take the first one."""
    for _ in range(PORTS_TRIED):
        server = RealRedis(free_port(), secrets.token_hex(16))
        lines = [f"bind {HOST}", f"port {server.port}", f"requirepass {server.password}", 'save ""', f"dir {folder}"]
        lines += ["maxmemory 100mb", "maxmemory-policy noeviction"]
        process = subprocess.Popen([str(find_redis()), "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        assert process.stdin is not None
        process.stdin.write("\n".join(lines).encode())
        process.stdin.close()
        wait_until(partial(_answers_or_ended, server, process))
        if process.poll() is None:
            return server, process
    raise AssertionError(f"redis-server ended on each of {PORTS_TRIED} ports")


def _answers_or_ended(server: RealRedis, process: subprocess.Popen[bytes]) -> bool:
    try:
        return process.poll() is not None or bool(server.client.ping())
    except redis.ConnectionError:  # a wrong password too: another's server
        return False


@contextlib.contextmanager
def _terminating(server: RealRedis, certificate: trustme.LeafCert) -> Iterator[RealRedis]:
    """TLS ended before the real Redis, as hosts do it: not every redis-server was built with TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection(HOST, server.port)
        await asyncio.gather(carry(reader, inner_writer), carry(inner_reader, writer))

    loop = asyncio.new_event_loop()
    accepting = loop.run_until_complete(asyncio.start_server(join, HOST, 0, ssl=context))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield replace(server, tls_port=accepting.sockets[0].getsockname()[1])
    finally:
        loop.call_soon_threadsafe(accepting.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


class Bull:
    """One Node process with one major of BullMQ."""

    def __init__(self, major: int, url: str) -> None:
        """Start it; its dependencies are installed where they are not."""
        self.major = major
        provision.dependencies(MAJORS[major], print)
        self._process = subprocess.Popen(
            ["node", str(Path(__file__).with_name("bull.cjs")), str(MAJORS[major])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "REDIS_URL": url},
        )

    def do(self, what: str, queue: str, **told: Any) -> Any:
        """Have it do something, and wait until it is done."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": what, "queue": queue, **told}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert "error" not in answer, answer
        return answer.get("result")

    def add(self, queue: str, *options: Mapping[str, object]) -> list[str]:
        """Add one job for each set of options."""
        added: list[str] = self.do("add", queue, jobs=[{"name": "one", "data": {}, "opts": dict(o)} for o in options])
        return added

    def kill(self) -> None:
        """End it as a crash would."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


def asking(
    root: Path,
    values: Mapping[str, str],
    *queues: Queue,
    live: LiveSettings | None = None,
    interval_s: float = 0.05,
    budget_s: float = PATIENCE_S,
    **tables: object,
) -> Queues:
    """The room for a platform of one worker that has these values and queues, and more tables."""
    platform = platform_of(root, tuple(values), *queues, **tables)
    environment = Environment(platform, Files(root), process=values)
    return Queues(platform, Files(root), environment, live or LiveSettings(), interval_s, budget_s)


def platform_of(root: Path, variables: tuple[str, ...], *queues: Queue, **more: object) -> Platform:
    """A platform with one service, which has the variables; and more tables."""
    rows = tuple(Variable(name=name, services=("worker",)) for name in variables)
    service = Service(name="worker", host="other", root=".")
    tables = {"platform": Settings(name="test"), "service": (service,), "variable": rows, "queue": queues, **more}
    return Platform(root, Manifest.model_validate(tables))


def row(name: str, **keys: Any) -> Queue:
    """A queue row of that worker."""
    return Queue(name=name, workers=("worker",), **keys)


Answer = Callable[[tuple[str, ...]], bytes | None]


@contextlib.contextmanager
def scripted_redis(answer: Answer) -> Iterator[str]:
    """The URL of a server that reads RESP and answers each command as told; None cuts the connection."""
    listener = socket.create_server((HOST, 0))
    sockets: list[socket.socket] = [listener]

    def serve(peer: socket.socket) -> None:
        with peer, contextlib.suppress(OSError, ValueError), peer.makefile("rb") as lines:
            while header := lines.readline():
                count = int(header[1:])
                said = answer(tuple(lines.read(int(lines.readline()[1:]) + 2)[:-2].decode() for _ in range(count)))
                if said is None:
                    return
                peer.sendall(said)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                peer, _ = listener.accept()
                sockets.append(peer)
                threading.Thread(target=serve, args=(peer,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"redis://default:{secrets.token_hex(8)}@{HOST}:{listener.getsockname()[1]}"
    finally:
        for one in sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@contextlib.contextmanager
def rest_in_front(
    real: RealRedis, token: str, instead: Callable[[], tuple[int, str]] | None = None
) -> Iterator[tuple[str, list[int]]]:
    """Upstash's REST form in front of a Redis: its URL, and the sizes of the pipelines that came.

    CLIENT is refused and CONFIG GET tells nothing, as Upstash's own REST does. `instead` gives status and body of
    every answer.
    """
    sizes: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            commands = json.loads(self.rfile.read(int(self.headers["content-length"])))
            sizes.append(len(commands))
            if instead is not None:
                return self._send(*instead())
            if self.path != "/pipeline" or self.headers["authorization"] != f"Bearer {token}":
                return self._send(401, json.dumps({"error": "WRONGPASS invalid or missing auth token"}))
            with real.client as client:
                return self._send(200, json.dumps([_rest_answer(client, command) for command in commands]))

        def _send(self, status: int, body: str) -> None:
            data = body.encode()
            self.send_response(status)
            self.send_header("content-length", str(len(data)))
            if 300 <= status < 400:
                self.send_header("location", "http://localhost:9/pipeline")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://{HOST}:{server.server_port}", sizes
    finally:
        server.shutdown()
        server.server_close()


def _rest_answer(client: Any, command: list[str]) -> dict[str, object]:
    if command[0] == "CLIENT":
        return {"error": "ERR Command is not available: 'CLIENT'. See https://upstash.com/docs/redis"}
    if command[0] == "CONFIG":
        return {"result": []}
    client.response_callbacks.clear()
    try:
        return {"result": client.execute_command(*command)}
    except redis.ResponseError as error:
        code = getattr(error, "status_code", None)
        return {"error": f"{code} {error}" if code else str(error)}
