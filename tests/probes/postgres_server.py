"""A real Postgres on loopback for tests, and peers that only look like one."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg
import trustme
from psycopg import sql

from fixtures.model.live import LiveSettings
from fixtures.model.platform import Database, Manifest, Platform
from fixtures.probes.environment import Environment
from fixtures.probes.files import Files
from fixtures.probes.postgres import Postgres
from fixtures.stage.servers import HOST, Server, own_postgres
from tests.loopback import PATIENCE_MS, wait_until

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

ROLES = "create role anon nologin; create role authenticated nologin; create role tls_only login password {}"
RULES = "hostssl all tls_only all scram-sha-256\nhostnossl all tls_only all reject\n"


@dataclass(frozen=True)
class Home:
    """A database of a test's own, with an ordinary role that owns nothing."""

    server: Server
    name: str
    guest: str
    password: str = field(repr=False)

    @property
    def url(self) -> str:
        """For the superuser."""
        return self.server.postgres_url.removesuffix("/postgres") + f"/{self.name}"

    @property
    def guest_url(self) -> str:
        """For the ordinary role."""
        return f"postgresql://{self.guest}:{self.password}@{HOST}:{self.server.port}/{self.name}"

    def run(self, *statements: str) -> None:
        """Execute statements as the superuser."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(sql.SQL(statement))

    def value(self, query: str) -> Any:  # whatever the query gives
        """The one value of a query."""
        with psycopg.connect(self.url) as connection:
            row = connection.execute(sql.SQL(query)).fetchone()
            return row[0] if row else None


class Cluster:
    """A running Postgres that also speaks TLS, and databases in it."""

    def __init__(self) -> None:
        self._programs, self.server = own_postgres()
        try:
            self.authority = self._speak_tls(self._programs.folder / "postgres" / "data")
        except BaseException:
            self._programs.close()
            raise

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._programs.close()

    def home(self) -> Home:
        """A new database with a new role."""
        home = Home(self.server, f"d{secrets.token_hex(4)}", f"g{secrets.token_hex(4)}", secrets.token_hex(16))
        with psycopg.connect(self.server.postgres_url, autocommit=True) as connection:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(home.name)))
            role = sql.SQL("create role {} login password {}")
            connection.execute(role.format(sql.Identifier(home.guest), sql.Literal(home.password)))
        return home

    def _speak_tls(self, data: Path) -> Path:
        authority = trustme.CA()
        issued = authority.issue_cert("localhost")
        owner = data.stat()
        for name, text in (
            ("server.crt", issued.cert_chain_pems[0].bytes()),
            ("server.key", issued.private_key_pem.bytes()),
        ):
            (data / name).touch(0o600)
            (data / name).write_bytes(text)
            os.chown(data / name, owner.st_uid, owner.st_gid)
        rules = data / "pg_hba.conf"
        rules.write_text(RULES + rules.read_text("utf-8"), "utf-8")
        with psycopg.connect(self.server.postgres_url, autocommit=True) as connection:
            connection.execute(sql.SQL(ROLES).format(sql.Literal(self.server.password)))
            connection.execute("alter system set ssl = on")
            connection.execute("select pg_reload_conf()")
        wait_until(self._speaks_tls)
        file = self._programs.folder / "authority.pem"
        authority.cert_pem.write_to_path(str(file))
        return file

    def _speaks_tls(self) -> bool:
        """Whether the server has read its settings anew, which it does in its own time."""
        try:
            psycopg.connect(f"{self.server.postgres_url}?sslmode=require").close()
        except psycopg.OperationalError:
            return False
        return True


def room(folder: Path, urls: Mapping[str, str | None], **row: object) -> tuple[Postgres, tuple[Database, ...]]:
    """The room for a platform in a folder with one database for each variable, and those databases.

    None has to be quick unless the row says so: tests share their machine.
    """
    patient = {"budget_ms": PATIENCE_MS, "query_ms": PATIENCE_MS}
    names = [f"db-{number}" for number in range(len(urls))]
    tables = {
        "platform": {"name": "site"},
        "service": [{"name": "worker", "host": "railway", "root": "."}],
        "variable": [{"name": name, "services": ["worker"]} for name in (*urls, "OTHER")],
        "database": [
            {"name": name, "service": "worker", "url_env": variable, **patient, **row}
            for name, variable in zip(names, urls, strict=True)
        ],
    }
    platform = Platform(folder, Manifest.model_validate_json(json.dumps(tables)))
    process = {name: url for name, url in urls.items() if url is not None} | {"OTHER": "1"}
    files = Files(folder)
    made = Postgres(platform, files, Environment(platform, files, process=process), LiveSettings())
    return made, platform.tables.databases


def track(folder: Path, *paths: str, **texts: str) -> None:
    """Write files and let git track them."""
    for path in paths:
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(texts.get(path, "select 1;\n"), "utf-8")
    for command in (("init", "-q"), ("add", "-A", "-f")):
        subprocess.run(["git", "-C", str(folder), *command], check=True, capture_output=True)


Script = Callable[[socket.socket], None]


@contextlib.contextmanager
def peer(script: Script) -> Iterator[str]:
    """The URL of a listener on loopback that does what a script says with each connection."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((HOST, 0)))
        held: list[socket.socket] = []

        def serve(one: socket.socket) -> None:
            with contextlib.suppress(OSError):
                script(one)

        def listen() -> None:
            with contextlib.suppress(OSError):
                while True:
                    one, _ = listener.accept()
                    held.append(one)
                    threading.Thread(target=serve, args=(one,), daemon=True).start()

        threading.Thread(target=listen, daemon=True).start()
        try:
            port = listener.getsockname()[1]
            yield f"postgresql://somebody:{secrets.token_hex(16)}@{HOST}:{port}/app?sslmode=disable"
        finally:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            for one in held:
                one.close()


def refusal(words: str, state: str = "XX000") -> Script:
    """A peer that answers the start-up with an error, as servers and poolers do."""

    def script(one: socket.socket) -> None:
        one.recv(4096)
        fields = (("S", "FATAL"), ("V", "FATAL"), ("C", state), ("M", words))
        body = b"".join(f"{code}{text}".encode() + b"\0" for code, text in fields) + b"\0"
        one.sendall(b"E" + struct.pack("!i", len(body) + 4) + body)
        one.close()

    return script


def relay(port: int, word: bytes, then: Callable[[socket.socket, socket.socket], None]) -> Script:
    """A peer that passes everything on to a server until the client says a word."""

    def script(one: socket.socket) -> None:
        other = socket.create_connection((HOST, port))

        def back() -> None:
            with contextlib.suppress(OSError):
                while piece := other.recv(65536):
                    one.sendall(piece)

        threading.Thread(target=back, daemon=True).start()
        while piece := one.recv(65536):
            if word in piece:
                then(one, other)
                return
            other.sendall(piece)
        other.close()

    return script
