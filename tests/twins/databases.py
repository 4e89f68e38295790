"""Edits that break one database item each, in the running demo's Postgres or in what is expected of it."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from fixtures.stage.servers import HOST
from tests.loopback import PATIENCE_MS
from tests.platforms import Twin

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.live import Live

ADD = "insert into supabase_migrations.schema_migrations values "
REMOVE = "delete from supabase_migrations.schema_migrations where version = "
MIDDLE, LATER = "'20260416083000'", "'20261231000000'"


def _hurried(live: Live) -> None:
    live.manifest(f"[[database]]\nbudget_ms = {PATIENCE_MS}\n", "[[database]]\nbudget_ms = 1\n")


def _sql(text: str, undo: str) -> Callable[[Live], None]:
    return lambda live: live.sql(text, undo)


def _new_migration(live: Live) -> None:
    live.write("supabase/migrations/20261101120000_add_plans.sql", "create table public.plans (id uuid primary key);\n")
    live.track()


def _far_away(live: Live) -> None:
    """Lead the suite to the database by a way that takes 5 ms in one direction."""
    listener = socket.create_server((HOST, 0))

    def carry(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError), source, target:
            while piece := source.recv(65536):
                threading.Event().wait(0.005)
                target.sendall(piece)

    def serve() -> None:
        with listener:
            one, _ = listener.accept()
        other = socket.create_connection((HOST, live.demo.postgres.port))
        threading.Thread(target=carry, args=(other, one), daemon=True).start()
        carry(one, other)

    threading.Thread(target=serve, daemon=True).start()
    url = live.demo.postgres.postgres_url
    port = listener.getsockname()[1]
    live.env("worker", "DATABASE_URL", url.replace(f":{live.demo.postgres.port}/", f":{port}/"))
    live.manifest(f"query_ms = {PATIENCE_MS}\n", "query_ms = 1\n")


TWINS = {
    "DBS-001": (Twin("answers later than its budget", _hurried, live=True),),
    "DBS-002": (
        Twin("a migration that is not applied", _new_migration, live=True),
        Twin(
            "a migration that was passed over",
            _sql(f"{REMOVE}{MIDDLE}", f"{ADD}({MIDDLE})"),
            live=True,
        ),
        Twin(
            "a migration of the database alone",
            _sql(f"{ADD}({LATER})", f"{REMOVE}{LATER}"),
            verdict="warn",
            live=True,
        ),
    ),
    "DBS-003": (
        Twin(
            "a table without row-level security",
            _sql(
                "alter table public.runs disable row level security",
                "alter table public.runs enable row level security",
            ),
            live=True,
        ),
        Twin(
            "a view that goes round row-level security",
            _sql("create view public.answers as select answer from public.runs", "drop view public.answers"),
            verdict="warn",
            live=True,
        ),
    ),
    "DBS-004": (
        Twin(
            "no connection left",
            _sql("alter database postgres connection limit 1", "alter database postgres connection limit -1"),
            live=True,
        ),
    ),
    "DBS-005": (Twin("small queries that take long", _far_away, live=True),),
}
