"""Databases are asked on real connections: what is seen, what is refused, and what cannot happen."""

from __future__ import annotations

import hashlib
import secrets
import socket
import threading
from functools import partial
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from checks.rules import databases as rules
from fixtures.model.database import Trouble
from fixtures.model.verdicts import Verdict
from fixtures.probes import postgres
from fixtures.probes.postgres import address
from fixtures.probes.postgres.session import Question, Session, Told, exchange
from fixtures.probes.postgres.troubles import of_asking
from tests.loopback import PATIENCE_MS, PATIENCE_S, closed_port, wait_until
from tests.probes.postgres_server import Cluster, Home, peer, refusal, relay, room, track
from tests.rules.sites import ended

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RECORD = (
    "create schema supabase_migrations; create table supabase_migrations.schema_migrations (version text, name text)"
)
ADD = "insert into supabase_migrations.schema_migrations values"
ADD_DRIZZLE = "insert into drizzle.__drizzle_migrations values"
FIRST = "supabase/migrations/20260101000000_first.sql"
SECOND = "supabase/migrations/20260202000000_second.sql"
FOLDER = "supabase/migrations"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """One server for all tests here."""
    with Cluster() as running:
        yield running


@pytest.fixture
def home(cluster: Cluster) -> Home:
    """A database of the test's own."""
    return cluster.home()


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all questions together take their time, too."""
    monkeypatch.setattr(postgres, "exchange", partial(exchange, questions_s=PATIENCE_S))


def _verdict(folder: Path, url: str | None, item: str, **row: object) -> tuple[str, str]:
    """How an item ends, and all its words."""
    made, (database,) = room(folder, {"DATABASE_URL": url}, **row)
    made.prefetch([database])
    rule, question = {
        "answer": (rules.answers_in_budget, made.answer),
        "migrations": (rules.migrations_applied, made.migrations),
        "exposure": (rules.guards_what_it_exposes, made.exposure),
        "connections": (rules.has_room, made.connections),
        "latency": (rules.queries_in_budget, made.latency),
    }[item]
    verdict, end = ended(lambda: rule(database, question(database)))  # type: ignore[operator]
    if isinstance(end, Verdict):
        return verdict, "\n".join((*map(str, (*end.findings, *end.warnings)), end.observed))
    return verdict, f"{end.error}\n{end.hint}"


def _ask(url: str, question: Question, budget_s: float = PATIENCE_S, questions_s: float = PATIENCE_S) -> Told:
    """What one question of the test's own tells."""

    async def first(session: Session) -> object:
        return await session.rows(sql.SQL("SELECT 1"))

    return exchange(address.parameters(url), {"first": first, "own": question}, budget_s, questions_s)


def _kind(told: Told) -> str:
    own = told.of("own")
    return own.kind if isinstance(own, Trouble) else "an answer"


def _query(text: str) -> Question:
    async def question(session: Session) -> object:
        return await session.rows(sql.SQL(text))

    return question


def _through(home: Home, url: str) -> str:
    """The home's URL by way of a peer."""
    port = url.rpartition(":")[2].partition("/")[0]
    return home.url.replace(f":{home.server.port}/", f":{port}/") + "?sslmode=disable"


# --- What is seen -----------------------------------------------------------------------------------


def test_sound_database_passes_all_but_migrations(home: Home, tmp_path: Path) -> None:
    """A database that is up, guarded and idle passes; the sentence has its figures."""
    home.run("create table t (id int)", "alter table t enable row level security")
    home.run("create policy p on t using (true)", "grant select on t to anon")
    for item in ("answer", "exposure", "connections", "latency"):
        assert _verdict(tmp_path, home.url, item)[0] == "pass", item
    assert "PostgreSQL 1" in _verdict(tmp_path, home.url, "answer")[1]
    assert "1 of 1 exposed tables in public have row-level security" in _verdict(tmp_path, home.url, "exposure")[1]


def test_address_of_node_drivers_is_understood(home: Home, tmp_path: Path) -> None:
    """Parameters that only Node's drivers or Prisma know do not keep the suite out; TLS is asked for in their words."""
    for query in ("uselibpqcompat=true&sslmode=require", "pgbouncer=true&connection_limit=1&schema=public", "ssl=true"):
        assert _verdict(tmp_path, f"{home.url}?{query}", "answer")[0] == "pass", query
    assert "with TLS, through a pooler" in _verdict(tmp_path, f"{home.url}?ssl=true&pgbouncer=true", "answer")[1]


def test_database_that_takes_no_writes_is_told(home: Home, tmp_path: Path) -> None:
    """Set for the database it is an outage, set for the role of the URL it may be meant."""
    assert _verdict(tmp_path, home.guest_url, "answer")[0] == "pass"
    home.run(f'alter role "{home.guest}" set default_transaction_read_only = on')
    assert _verdict(tmp_path, home.guest_url, "answer")[0] == "warn"
    home.run(
        f'alter role "{home.guest}" reset default_transaction_read_only',
        f'alter database "{home.name}" set default_transaction_read_only = on',
    )
    verdict, words = _verdict(tmp_path, home.guest_url, "answer")
    assert verdict == "fail"
    assert "it takes no writes" in words


def test_one_connection_answers_all(home: Home, tmp_path: Path) -> None:
    """All items of a database together open one connection, prefetched or not."""
    track(tmp_path, FIRST)
    calls: list[socket.socket] = []

    def counted(one: socket.socket) -> None:
        calls.append(one)
        relay(home.server.port, b"never said", lambda *_: None)(one)

    with peer(counted) as url:
        made, (database,) = room(tmp_path, {"DATABASE_URL": _through(home, url)}, migrations=FOLDER)
        told = [ask(database) for ask in (made.answer, made.migrations, made.exposure, made.connections, made.latency)]
        made.prefetch([database])
    assert all(one.seen is not None for one in told)
    assert len(calls) == 1


# --- Migrations -------------------------------------------------------------------------------------


def _recorded(home: Home, *versions: str) -> None:
    home.run(RECORD)
    for version in versions:
        home.run(f"{ADD} ('{version}', 'x')")


def test_applied_migrations_pass_and_missing_ones_are_named(home: Home, tmp_path: Path) -> None:
    """All applied: pass. One not applied: a finding with its file, and that a newer one is applied."""
    track(tmp_path, FIRST, SECOND)
    _recorded(home, "20260202000000")
    verdict, words = _verdict(tmp_path, home.url, "migrations", migrations=FOLDER)
    assert verdict == "fail"
    assert (
        f"{FIRST}: 20260101000000_first.sql is not applied, though 20260202000000_second.sql, which is newer" in words
    )
    home.run(f"{ADD} ('20260101000000', 'x')")
    assert _verdict(tmp_path, home.url, "migrations", migrations=FOLDER)[0] == "pass"


def test_migration_that_only_the_database_has_warns(home: Home, tmp_path: Path) -> None:
    """Drift the other way is advisory."""
    track(tmp_path, FIRST)
    _recorded(home, "20260101000000", "20260303000000")
    verdict, words = _verdict(tmp_path, home.url, "migrations", migrations=FOLDER)
    assert verdict == "warn"
    assert "20260303000000 is applied and not in the repository" in words


def test_table_of_migrations_that_is_not_there_is_a_finding(home: Home, tmp_path: Path) -> None:
    """Nothing applied and nothing recorded look alike: both fail, with what was looked for."""
    track(tmp_path, FIRST)
    verdict, words = _verdict(tmp_path, home.url, "migrations", migrations=FOLDER)
    assert verdict == "fail"
    assert "looked for supabase_migrations.schema_migrations" in words


def test_prisma_migrations_are_understood(home: Home, tmp_path: Path) -> None:
    """A migration that failed and was repeated is applied; one that hangs half-way is a finding."""
    track(tmp_path, *(f"prisma/migrations/{name}/migration.sql" for name in ("1_init", "2_more", "3_last")))
    home.run(
        "create table _prisma_migrations (migration_name text, finished_at timestamptz, rolled_back_at timestamptz)",
        "insert into _prisma_migrations values ('1_init', now(), null), ('2_more', null, now())",
        "insert into _prisma_migrations values ('2_more', now(), null)",
        "insert into _prisma_migrations values ('3_last', null, null)",
    )
    verdict, words = _verdict(tmp_path, home.url, "migrations", migrations="prisma/migrations")
    assert verdict == "fail"
    assert "3_last began and did not finish" in words
    assert words.count("\n") == 1, words
    home.run("update _prisma_migrations set finished_at = now() where migration_name = '3_last'")
    assert _verdict(tmp_path, home.url, "migrations", migrations="prisma/migrations")[0] == "pass"


def test_prisma_migration_that_was_edited_is_told(home: Home, tmp_path: Path) -> None:
    """Prisma records a hash of what it applied; what stands in the repository now was never applied."""
    path = "prisma/migrations/1_init/migration.sql"
    track(tmp_path, path)
    home.run(
        "create table _prisma_migrations "
        "(migration_name text, checksum text, finished_at timestamptz, rolled_back_at timestamptz)",
        "insert into _prisma_migrations values ('1_init', 'of a first try', null, now())",
        "insert into _prisma_migrations "
        r"values ('1_init', encode(sha256(convert_to(E'select 1;\n', 'UTF8')), 'hex'), now(), null)",
    )
    assert _verdict(tmp_path, home.url, "migrations", migrations="prisma/migrations")[0] == "pass"
    (tmp_path / path).write_text("select 2;\n", "utf-8")
    verdict, words = _verdict(tmp_path, home.url, "migrations", migrations="prisma/migrations")
    assert verdict == "warn"
    assert "1_init was edited after it was applied" in words


def test_drizzle_migrations_are_understood(home: Home, tmp_path: Path) -> None:
    """A row counts by its time or by its hash."""
    journal = '{"entries": [{"tag": "0000_a", "when": 1000}, {"tag": "0001_b", "when": 2000}]}'
    paths = ("drizzle/0000_a.sql", "drizzle/0001_b.sql", "drizzle/meta/_journal.json")
    track(tmp_path, *paths, **{paths[1]: "select 2;\n", paths[2]: journal})
    home.run(
        "create schema drizzle",
        "create table drizzle.__drizzle_migrations (id int, hash text, created_at bigint)",
        f"{ADD_DRIZZLE} (1, 'other', 1000)",
    )
    verdict, words = _verdict(tmp_path, home.url, "migrations", migrations="drizzle")
    assert verdict == "fail"
    assert "drizzle/0001_b.sql: 0001_b is not applied" in words
    digest = hashlib.sha256((tmp_path / paths[1]).read_bytes()).hexdigest()
    home.run(f"{ADD_DRIZZLE} (2, '{digest}', null)")
    assert _verdict(tmp_path, home.url, "migrations", migrations="drizzle")[0] == "pass"


def test_named_table_is_taken(home: Home, tmp_path: Path) -> None:
    """A plain table counts by file name, stem or version; two files of one version are not told apart by it."""
    track(tmp_path, "db/001_a.js", "db/002_b.js", "db/002_c.js", "db/index.d.ts")
    home.run('create table "Knex Log" (name text)', """insert into "Knex Log" values ('001_a.js'), ('002_b.js')""")
    given = {"migrations": "db", "migrations_table": "public.knex_log"}
    assert "looked for public.knex_log" in _verdict(tmp_path, home.url, "migrations", **given)[1]
    home.run('alter table "Knex Log" rename to knex_log')
    verdict, words = _verdict(tmp_path, home.url, "migrations", **given)
    assert (verdict, "002_c.js is not applied" in words) == ("fail", True)
    home.run("insert into knex_log values ('002_c')")
    assert _verdict(tmp_path, home.url, "migrations", **given)[0] == "pass"
    verdict, words = _verdict(tmp_path, home.url, "migrations", **given, migrations_column="number")
    assert (verdict, "no column number" in words) == ("fail", True)
    home.run("alter table knex_log add number int", "update knex_log set number = left(name, 3)::int")
    verdict, words = _verdict(tmp_path, home.url, "migrations", **given, migrations_column="number")
    assert (verdict, "002_c.js and 002_b.js share the version 2" in words) == ("fail", True)


def test_folder_without_migrations_is_a_finding(home: Home, tmp_path: Path) -> None:
    """A declared folder that holds no migration is no reason to pass."""
    track(tmp_path, "supabase/migrations/README.md", "supabase/migrations/notes.sql")
    verdict, words = _verdict(tmp_path, home.url, "migrations", migrations=FOLDER)
    assert verdict == "fail"
    assert "git tracks no migration in supabase/migrations" in words


def test_rows_that_are_hidden_or_forbidden_are_unverified(home: Home, tmp_path: Path) -> None:
    """A role that may not read the table, or not all rows, cannot tell: that is not «none applied»."""
    track(tmp_path, FIRST)
    _recorded(home, "20260101000000")
    assert _verdict(tmp_path, home.guest_url, "migrations", migrations=FOLDER)[0] == "unverified"
    home.run(
        f"grant usage on schema supabase_migrations to {home.guest}",
        f"grant select on supabase_migrations.schema_migrations to {home.guest}",
    )
    assert _verdict(tmp_path, home.guest_url, "migrations", migrations=FOLDER)[0] == "pass"
    home.run("alter table supabase_migrations.schema_migrations enable row level security")
    verdict, words = _verdict(tmp_path, home.guest_url, "migrations", migrations=FOLDER)
    assert verdict == "unverified"
    assert "row-level security hides rows" in words


# --- What is exposed --------------------------------------------------------------------------------


def test_open_table_is_a_finding_and_what_nobody_reaches_is_not(home: Home, tmp_path: Path) -> None:
    """A table that anon may touch needs row-level security, by a grant on a column too; others are counted."""
    home.run("create table closed (id int)", "create table opened (id int, name text)")
    assert "1 that neither anon nor authenticated may touch" not in _verdict(tmp_path, home.url, "exposure")[1]
    assert _verdict(tmp_path, home.url, "exposure")[0] == "pass"
    home.run("grant select (name) on opened to authenticated")
    verdict, words = _verdict(tmp_path, home.url, "exposure")
    assert verdict == "fail"
    assert "public.opened (table) has no row-level security and is open to authenticated" in words
    assert "public.closed" not in words


def test_policies_views_and_extensions_are_told_apart(home: Home, tmp_path: Path) -> None:
    """No policy warns; a view with its owner's rights over guarded tables warns, one with its caller's does not."""
    home.run(
        "create table t (id int)",
        "alter table t enable row level security",
        "create view inner_view as select * from t",
        "create view deep with (security_invoker = false) as select * from inner_view",
        "create view careful with (security_invoker = on) as select * from t",
        "create materialized view kept as select * from t",
        "grant select on all tables in schema public to anon",
    )
    verdict, words = _verdict(tmp_path, home.url, "exposure")
    assert verdict == "warn"
    assert "public.t has row-level security and no policy" in words
    assert "public.deep (view) reads public.t with its owner's rights" in words
    assert "public.kept (materialized view) reads public.t" in words
    assert "public.careful" not in words


def test_policy_that_is_always_true_guards_nothing(home: Home, tmp_path: Path) -> None:
    """Reading every row may be meant; changing every row is told, unless another policy restricts it."""
    home.run(
        "create table t (id int)",
        "alter table t enable row level security",
        "grant all on t to anon",
        "create policy readable on t for select using (true)",
    )
    assert _verdict(tmp_path, home.url, "exposure")[0] == "pass"
    home.run("create policy theirs on t for all to authenticated using (true)")
    assert _verdict(tmp_path, home.url, "exposure")[0] == "pass"  # which may not touch it
    home.run("create policy everyone on t for delete using (true)")
    verdict, words = _verdict(tmp_path, home.url, "exposure")
    assert verdict == "warn"
    assert "public.t has a policy of `true` by which anon may change or delete every row" in words
    home.run("create policy but on t as restrictive using (id > 0)")
    assert _verdict(tmp_path, home.url, "exposure")[0] == "pass"


def test_database_without_roles_of_an_api_warns_unless_told(home: Home, tmp_path: Path) -> None:
    """Without anon and authenticated it is not known who gets at the tables: a warning, and findings where declared."""
    home.run("create table t (id int)")
    roles = {"api_roles": ["web_anon"]}
    verdict, words = _verdict(tmp_path, home.url, "exposure", **roles)
    assert verdict == "warn"
    assert "no role web_anon exists" in words
    assert _verdict(tmp_path, home.url, "exposure", **roles, schemas=["public"])[0] == "fail"
    assert _verdict(tmp_path, home.url, "exposure", **roles, schemas=[])[0] == "pass"
    assert "schema api is not in the database" in _verdict(tmp_path, home.url, "exposure", schemas=["api"])[1]


HOSTILE = (
    'a"; drop table victim; --',
    "two\nlines",
    "<script>alert(1)</script>",
    "right\u202eleft",
    "%s {} \\",
    "é" * 60,
)


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_stay_names(home: Home, tmp_path: Path, name: str) -> None:
    """A table's name is data, in the query and in the report: one printable line, and nothing is executed."""
    home.run("create table victim (id int)")
    with psycopg.connect(home.url, autocommit=True) as connection:
        table = sql.Identifier(name)
        connection.execute(sql.SQL("create table {} (id int)").format(table))
        connection.execute(sql.SQL("create view v as select * from {}").format(table))
        connection.execute(sql.SQL("grant select on {} to anon").format(table))
    verdict, words = _verdict(tmp_path, home.url, "exposure")
    assert verdict == "fail"
    assert all(line.isprintable() for line in words.splitlines())
    assert len(words.splitlines()) == 2
    assert home.value("select count(*) from victim") == 0


# --- Connections ------------------------------------------------------------------------------------


def test_role_sees_the_connections_of_others(home: Home, tmp_path: Path) -> None:
    """An ordinary role counts all sessions, and a limit of its own counts too."""
    home.run(f"alter role {home.guest} connection limit 1")
    verdict, words = _verdict(tmp_path, home.guest_url, "connections")
    assert verdict == "fail"
    assert "1 of 1 connections of the role of the URL are in use (100%); expected at most 90%" in words
    sessions = f"select count(*) from pg_stat_activity where usename = '{home.guest}'"  # noqa: S608  # made here
    wait_until(lambda: home.value(sessions) == 0)  # the server sees in its own time that one has gone
    home.run(f"alter role {home.guest} connection limit 5")
    held = [psycopg.connect(home.guest_url if number else home.url) for number in range(4)]
    try:
        verdict, words = _verdict(tmp_path, home.guest_url, "connections")
    finally:
        for connection in held:
            connection.close()
    assert verdict == "warn"
    assert "4 of 5 connections of the role of the URL are in use (80%); expected at most 70%" in words
    assert int(words.splitlines()[-1].split(" of ")[0]) >= 5


# --- Faults -----------------------------------------------------------------------------------------


def _faulty(home: Home, cluster: Cluster) -> dict[str, tuple[str, str]]:
    """A URL for each fault, and the words that tell it."""
    base = f"127.0.0.1:{home.server.port}"
    right = f"postgres:{home.server.password}"
    return {
        "refused": (f"postgresql://{right}@127.0.0.1:{closed_port()}/postgres", "connection refused"),
        "password": (f"postgresql://postgres:{secrets.token_hex(9)}@{base}/postgres", "wrong password"),
        "none-given": (f"postgresql://postgres@{base}/postgres", "holds no password"),
        "user": (f"postgresql://nobody:{secrets.token_hex(9)}@{base}/postgres", "wrong password, or a user"),
        "database": (f"postgresql://{right}@{base}/nowhere", "database that the URL names does not exist"),
        "tls-required": (
            f"postgresql://tls_only:{home.server.password}@{base}/postgres?sslmode=disable",
            "without TLS",
        ),
        "tls-untrusted": (
            f"postgresql://{right}@localhost:{home.server.port}/postgres?sslmode=verify-full",
            "not trusted",
        ),
        "tls-host": (f"{home.url}?sslmode=verify-full&sslrootcert={cluster.authority}", "for another host"),
        "full": (home.guest_url, "no connection is left"),
    }


FAULTS = (
    *("refused", "password", "none-given", "user", "database"),
    *("tls-required", "tls-untrusted", "tls-host", "full"),
)


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_fails_its_item_and_leaves_others_unverified(
    fault: str, home: Home, cluster: Cluster, tmp_path: Path
) -> None:
    """No answer is a finding of DBS-001 with a one-line cause; other items are unverified; no value is repeated."""
    home.run(f"alter role {home.guest} connection limit 0")
    url, cause = _faulty(home, cluster)[fault]
    verdict, words = _verdict(tmp_path, url, "answer")
    assert verdict == "fail"
    assert cause in words
    others = {item: _verdict(tmp_path, url, item) for item in ("exposure", "latency", "connections")}
    assert others["exposure"][0] == others["latency"][0] == "unverified"
    assert others["connections"][0] == ("fail" if fault == "full" else "unverified")
    said = words + "".join(text for _, text in others.values())
    assert not [part for part in ("postgresql://", home.password, home.server.password, home.guest) if part in said]


def test_tls_with_a_known_authority_passes(home: Home, cluster: Cluster, tmp_path: Path) -> None:
    """verify-full against the right authority and name connects with TLS."""
    url = home.url.replace("127.0.0.1", "localhost") + f"?sslmode=verify-full&sslrootcert={cluster.authority}"
    verdict, words = _verdict(tmp_path, url, "answer")
    assert (verdict, "with TLS" in words) == ("pass", True)


def test_channel_binding_that_is_not_offered_is_unverified(home: Home, tmp_path: Path) -> None:
    """Node's drivers pass that wish over, so the database may well be there for the app."""
    told = _verdict(tmp_path, f"{home.url}?sslmode=disable&channel_binding=require", "answer")
    assert told[0] == "unverified"
    assert "asks for channel binding" in told[1]


@pytest.mark.parametrize(
    "value", [None, "https://example.com/", "postgresql://[::1/db", "postgresql://h:port/db", "ключ"]
)
def test_value_that_is_no_address_is_unverified(value: str | None, tmp_path: Path) -> None:
    """Nothing to ask with is neither green nor a fault of the database."""
    assert _verdict(tmp_path, value, "answer")[0] == "unverified"


def test_locked_table_costs_its_own_item_only(home: Home, tmp_path: Path) -> None:
    """Another session's lock on the table of migrations leaves DBS-002 unverified, and the rest as it is."""
    track(tmp_path, FIRST)
    _recorded(home, "20260101000000")
    made, (database,) = room(tmp_path, {"DATABASE_URL": home.url}, migrations=FOLDER)
    with psycopg.connect(home.url) as other:
        other.execute("lock table supabase_migrations.schema_migrations in access exclusive mode")
        made.prefetch([database])
    assert "lock" in made.migrations(database).error
    assert made.answer(database).seen is not None
    assert made.exposure(database).seen is not None


def test_slow_question_costs_its_own_answer_only(home: Home) -> None:
    """The statement timeout of the server ends a question; the transaction goes on."""

    async def slow(session: Session) -> object:
        await session.rows(sql.SQL("SELECT set_config('statement_timeout', '50', true)"))
        return await session.rows(sql.SQL("SELECT pg_sleep(60)"))

    assert _ask(home.url, slow).of("own") == Trouble("slow", "the statement timeout ended the question")


def test_server_that_goes_away_ends_the_exchange(home: Home) -> None:
    """A backend that is terminated in mid-query, and a wire that is cut, are told as what they are."""
    told = _ask(home.url, _query("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert _kind(told) == "lost"
    assert told.of("first") == [(1,)]

    def cut(one: socket.socket, other: socket.socket) -> None:
        one.shutdown(socket.SHUT_RDWR)
        other.close()

    with peer(relay(home.server.port, b"cut here", cut)) as url:
        assert _ask(_through(home, url), _query("SELECT 'cut here'")).of("own") == Trouble(
            "lost", "the connection broke"
        )


def test_server_that_falls_silent_costs_its_budget(home: Home) -> None:
    """A wire on which nothing comes any more, after the first answer, ends with the budget."""
    silent = threading.Event()

    def hang(one: socket.socket, other: socket.socket) -> None:
        silent.wait(PATIENCE_S)

    with peer(relay(home.server.port, b"hang here", hang)) as url:
        told = _ask(_through(home, url), _query("SELECT 'hang here'"), questions_s=0.5)
        silent.set()
    assert told.of("first") == [(1,)]
    assert _kind(told) == "timeout"


# --- What cannot happen -----------------------------------------------------------------------------


WRITES = (
    "insert into public.t values (1)",
    "select public.bump()",
    "select nextval('public.s')",
    "create table public.u (id int)",
    "drop table public.t",
)


@pytest.mark.parametrize("statement", WRITES)
def test_session_cannot_write(home: Home, statement: str) -> None:
    """Whatever is put to it, a write is refused: directly, by a function with a side effect, by a sequence."""
    home.run("create table t (id int)", "create sequence s")
    home.run("create function bump() returns int language sql as 'insert into public.t values (1) returning id'")
    told = _ask(home.url, _query(statement)).of("own")
    assert isinstance(told, Trouble)
    assert "25006" in told.text
    assert home.value("select count(*) from t") == 0


def test_pooler_that_takes_no_transaction_is_unverified() -> None:
    """PgBouncer in statement mode answers BEGIN with a protocol violation; the database behind it may be well."""
    trouble = of_asking(psycopg.errors.ProtocolViolation("transaction blocks not allowed in statement pooling mode"))
    assert (trouble.kind, "statement mode" in trouble.text) == ("ask", True)


def test_session_cannot_be_made_to_write(home: Home) -> None:
    """The transaction's mode cannot be turned once it has begun."""
    told = _ask(home.url, _query("SET TRANSACTION READ WRITE")).of("own")
    assert isinstance(told, Trouble)


def test_nothing_is_prepared_or_left_set(home: Home) -> None:
    """A pooler's session stays as it was: nothing is prepared, and settings end with the transaction."""

    async def often(session: Session) -> object:
        for _ in range(12):
            await session.rows(sql.SQL("SELECT %s::int"), 1)
        (count,) = await session.rows(sql.SQL("SELECT count(*) FROM pg_prepared_statements"))
        await session.connection.execute("ROLLBACK")
        return *count, *(await session.rows(sql.SQL("SHOW statement_timeout")))[0]

    assert _ask(home.url, often).of("own") == (0, "0")


# --- Peers ------------------------------------------------------------------------------------------

SAID = (
    ("Max client connections reached", "full"),
    ("MaxClientsInSessionMode: max clients reached - in Session mode max clients are limited to pool_size", "full"),
    ("sorry, too many clients already", "full"),
    ("извините, уже слишком много клиентов", "full"),
    ("Tenant or user not found", "login"),
    ("(ENOTFOUND) tenant/user postgres.abc not found", "login"),
    ('пользователь "a" не прошёл проверку подлинности (по паролю)', "login"),
    ("unsupported startup parameter: options", "login"),
    ("unsupported startup parameter in options: statement_timeout", "login"),
    ("connection is insecure (try using `sslmode=require`)", "tls-required"),
    ("the database system is starting up", "starting"),
    ("no such database: app", "no-database"),
    ("etwas ganz anderes", "other"),
)


@pytest.mark.parametrize(("words", "kind"), SAID, ids=[f"{kind}-{number}" for number, (_, kind) in enumerate(SAID)])
def test_refusals_of_poolers_are_understood(words: str, kind: str) -> None:
    """What servers and poolers say is known by kind, and never repeated."""
    with peer(refusal(words)) as url:
        told = _ask(url, _query("SELECT 1")).of("own")
    assert isinstance(told, Trouble)
    assert told.kind == kind
    assert words not in told.text


def _silent(one: socket.socket) -> None:
    one.recv(4096)


def _closing(one: socket.socket) -> None:
    one.recv(4096)
    one.close()


def _web(one: socket.socket) -> None:
    one.recv(4096)
    one.sendall(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n<html>")
    one.close()


def _endless(one: socket.socket) -> None:
    while True:
        one.sendall(b"N" * 65536)


@pytest.mark.parametrize(
    ("script", "kinds"),
    [(_closing, {"lost"}), (_web, {"not-postgres", "lost"}), (_endless, {"not-postgres", "lost", "timeout"})],
    ids=["closes", "http", "endless"],
)
def test_peer_that_is_no_postgres_is_a_finding(script: object, kinds: set[str], tmp_path: Path) -> None:
    """Whatever answers at the address, the cause is one line and nothing hangs."""
    with peer(script) as url:  # type: ignore[arg-type]
        budget_ms = 2000 if "timeout" in kinds else PATIENCE_MS
        told = _ask(url, _query("SELECT 1"), budget_ms / 1000).of("own")
        assert isinstance(told, Trouble)
        assert told.kind in kinds
        assert _verdict(tmp_path, url, "answer", budget_ms=budget_ms)[0] == "fail"


def test_peers_that_hang_are_waited_for_together(home: Home, tmp_path: Path) -> None:
    """Databases are asked at once: a peer speaks only after all three were called, and hides no other's answer."""
    meeting = threading.Barrier(2, timeout=PATIENCE_S)

    def together(one: socket.socket) -> None:
        one.recv(4096)
        meeting.wait()
        one.close()

    with peer(together) as first, peer(together) as second, peer(_silent) as third:
        urls: dict[str, str | None] = {"A": first, "B": second, "C": third, "D": home.url}
        made, (*both, hanging, real) = room(tmp_path, urls)
        databases = (*both, hanging.model_copy(update={"budget_ms": 2000}), real)
        made.prefetch(databases)
    told = [made.answer(database) for database in databases]
    causes = [str(one.fault.text) if one.fault else "" for one in told]
    assert causes.pop(2).startswith("no answer within ")
    assert causes == [*["the connection was closed without an answer"] * 2, ""]
    assert told[3].seen is not None
