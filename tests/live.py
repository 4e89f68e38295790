"""A running copy of the demo that tests may hurt: faults in its servers, its answers, its logs and its manifest."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import psycopg
import redis

from fixtures.stage.build import PACKAGES, build
from fixtures.stage.demo import Demo, start
from fixtures.stage.servers import HOST
from tests.loopback import PATIENCE_MS, PATIENCE_S
from tests.platforms import DEMO, Copy, Finished

if TYPE_CHECKING:
    from pathlib import Path


ANSWER_MS = 20_000  # for an endpoint: one that waits for a dead server costs all of it


@dataclass(frozen=True)
class Reply:
    """What a service answers to a GET; with method HEAD its body is not sent on."""

    method: str = "GET"
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def saying(self, old: str, new: str) -> Reply:
        """The reply with one text in its body replaced; it must stand there."""
        assert old.encode() in self.body, f"{old!r} is not in {self.body[:500]!r}"
        return replace(self, body=self.body.replace(old.encode(), new.encode()))

    def without(self, header: str) -> Reply:
        """The reply without one header."""
        return replace(self, headers={name: value for name, value in self.headers.items() if name != header.lower()})


Change = Callable[[Reply], Reply]


class Live(Copy):
    """A copy of the demo whose servers run. Its values and its manifest name them as if they were production.

    Faults in files and answers are undone by `heal`. One that is not undone (a killed server, a change
    of data without its inverse) spends the copy: `spent` is true, and it must not serve another test.
    """

    def __init__(self, root: Path) -> None:
        """Copy the demo with its build to `root`, and start it."""
        super().__init__(root)
        build(DEMO, print)
        for package in PACKAGES:
            shutil.copytree(DEMO / package / "dist", root / package / "dist")
        self.spent = False
        self._undo: list[Callable[[], object]] = []
        self._log_changes: list[Callable[[str], str]] = []
        self.demo: Demo = start(root, print)
        self._be_patient()
        for service, url in self.demo.urls.items():
            self.manifest(self._production(service), f'url = "{url}"')
            for name, value in self.demo.values(service).items():
                self.env(service, name, value)
        self._git("add", "-A")
        self._git("commit", "-q", "-m", "sound")
        self._values = {path: path.read_text("utf-8") for path in root.glob("services/*/.env.production")}

    def run(self, *arguments: str, environ: dict[str, str] | None = None, phase: str = "smoke") -> Finished:
        """Run a phase against the running copy, as of the demo's day."""
        log = self.root.parent / f"{self.root.name}-worker.log"
        text = self.demo.log_files["worker"].read_text("utf-8")
        for change in self._log_changes:
            text = change(text)
        log.write_text(text, "utf-8")
        given = ("-p", "tests.patience", f"--log=worker={log}", f"--expect-version={self.demo.version}")
        trusted = {"SSL_CERT_FILE": str(self.demo.ca_file)}
        return super().run(*given, *arguments, environ=trusted | (environ or {}), phase=phase)

    def kill(self, name: str) -> None:
        """End a program as a crash would: worker, web, redis, postgres, outside, edge."""
        self.spent = True
        self.demo.kill(name)

    def freeze(self, name: str) -> None:
        """Stop a program without ending it: it keeps its connections, and answers nobody."""
        self.demo.programs.send(name, signal.SIGSTOP)
        self._undo.append(lambda: self.demo.programs.send(name, signal.SIGCONT))

    def sql(self, text: str, undo: str = "") -> None:
        """Run SQL as the database's owner; without its inverse the copy is spent."""
        self._sql(text)
        if undo:
            self._undo.append(lambda: self._sql(undo))
        else:
            self.spent = True

    def redis(self, *command: str | int | float, undo: tuple[str | int, ...] = ()) -> Any:
        """Run a Redis command, its answer; without its inverse the copy is spent."""
        answer = self.ask(*command)
        if undo:
            self._undo.append(lambda: self.ask(*undo))
        else:
            self.spent = True
        return answer

    def bullmq(self, source: str, *undo: tuple[str | int, ...]) -> str:
        """Run a script with the demo's own BullMQ, its output: `connection`, `Queue`, `Worker`, `queue` are there.

        The script ends by itself. Redis commands in `undo` take back what it did; without any the copy is spent.
        """
        script = (
            'import { FlowProducer, Queue, QueueEvents, Worker } from "bullmq";\n'
            f"const connection = {{ host: '{HOST}', port: {self.demo.redis.port}, password: process.env.PASSWORD }};\n"
            f'const queue = new Queue("agent-jobs", {{ connection }});\n{source}\nawait queue.close();\n'
            "void [FlowProducer, QueueEvents, Worker];\nprocess.exit(0);\n"
        )
        done = subprocess.run(
            ["node", "--input-type=module", "-e", script],
            cwd=DEMO / "services/worker",
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "PASSWORD": self.demo.redis.password},
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        self._undo += [lambda command=command: self.ask(*command) for command in undo]  # type: ignore[misc]
        self.spent = self.spent or not undo
        return done.stdout

    def answers(self, service: str, path: str, change: Change) -> None:
        """Let a service answer differently at one path ("*": at any): `change` gets its true reply."""
        true = self.demo.ports[service]
        front = _Front(true, {path: change})
        self._undo += (front.close, lambda: self.demo.lead(service, true))
        self.demo.lead(service, front.port)

    def logs(self, change: Callable[[str], str]) -> None:
        """Change the text of the worker's log before it is read."""
        self._log_changes.append(change)

    def afterwards(self, undo: Callable[[], object]) -> None:
        """Have something undone when the copy is healed or closed."""
        self._undo.append(undo)

    def heal(self) -> None:
        """Undo the faults that can be undone; the files stand as at the start."""
        while self._undo:
            self._undo.pop()()
        self._log_changes.clear()
        self._git("reset", "-q", "--hard")
        self._git("clean", "-fdq")
        for path, text in self._values.items():
            path.write_text(text, "utf-8")
        self.git_was_called = False

    def close(self) -> None:
        """Stop everything."""
        while self._undo:
            self._undo.pop()()
        self.demo.close()

    def _be_patient(self) -> None:
        """Give endpoints and database more time than production has: tests share their machine."""
        text = self.read("preflight.toml").replace("budget_ms = 2000\n", "")
        text = text.replace("[[endpoint]]\n", f"[[endpoint]]\nbudget_ms = {ANSWER_MS}\n")
        text = text.replace("[[database]]\n", f"[[database]]\nbudget_ms = {PATIENCE_MS}\nquery_ms = {PATIENCE_MS}\n")
        self.write("preflight.toml", re.sub(r"(?m)^(p95_\w+_ms) = \d+$", rf"\1 = {PATIENCE_MS}", text))

    def _production(self, service: str) -> str:
        manifest = self.read("preflight.toml")
        return next(line for line in manifest.splitlines() if line.startswith("url = ") and f"-{service}." in line)

    def _sql(self, text: str) -> None:
        with psycopg.connect(self.demo.postgres.postgres_url, autocommit=True) as connection:
            connection.execute(text.encode())

    def ask(self, *command: str | int | float) -> Any:
        """The answer to a Redis command that breaks nothing, or whose inverse is seen to elsewhere."""
        server = self.demo.redis
        with redis.Redis(
            host=HOST, port=server.port, password=server.password, decode_responses=True, socket_timeout=PATIENCE_S
        ) as client:
            return client.execute_command(*command)


class _Listening(ThreadingHTTPServer):
    request_queue_size = 128  # all questions come at once; what finds no place tries again a second later


class _Front:
    """A server between a service and its edge that changes what is answered at some paths."""

    def __init__(self, behind: int, changes: Mapping[str, Change]) -> None:

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                asked = urllib.request.Request(f"http://{HOST}:{behind}{self.path}")
                for name in ("authorization", "accept", "accept-encoding"):
                    if name in self.headers:
                        asked.add_header(name, self.headers[name])
                reply = replace(_fetched(asked), method=self.command)
                change = changes.get(self.path.split("?", 1)[0], changes.get("*"))
                reply = change(reply) if change else reply
                self.send_response_only(reply.status)  # and no Server header
                for name, value in reply.headers.items():
                    if name not in {"content-length", "date", "connection", "transfer-encoding"}:
                        self.send_header(name, value)
                self.send_header("content-length", str(len(reply.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(reply.body)

            do_HEAD = do_GET  # noqa: N815  # the name that the base class calls

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
                """Say nothing."""

        self._server = _Listening((HOST, 0), Handler)
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


def _fetched(asked: urllib.request.Request) -> Reply:
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE_S) as answer:  # noqa: S310  # loopback
            return Reply(
                "GET", answer.status, answer.read(), {name.lower(): value for name, value in answer.headers.items()}
            )
    except urllib.error.HTTPError as refused:
        with refused:
            return Reply(
                "GET", refused.code, refused.read(), {name.lower(): value for name, value in refused.headers.items()}
            )
