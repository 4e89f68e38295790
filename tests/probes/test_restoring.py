"""Restore drills on a real Postgres: every format of pg_dump, a live database, and each way a dump can be bad."""

from __future__ import annotations

import gzip
import json
import secrets
import shutil
import subprocess
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import sql

from fixtures.model.live import LiveSettings
from fixtures.model.platform import Backup, Manifest, Platform
from fixtures.model.restoring import Drill, NoScratch, Restored, Scratch
from fixtures.model.secret import Secret
from fixtures.probes.environment import Environment
from fixtures.probes.files import Files
from fixtures.probes.observe import Broken, Unseen
from fixtures.probes.restoring import Restoring, probe
from fixtures.probes.restoring.script import pieces
from fixtures.stage.scratch import Machine
from fixtures.stage.servers import HOST
from tests.dumps import END, dump
from tests.loopback import wait_until
from tests.probes.postgres_server import Cluster, Home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixtures.model.verdicts import Evidence

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BEGIN = "-- PostgreSQL database dump\n\n"
TABLES = [
    {"name": "public.orgs", "newest": "made"},
    {"name": "public.notes", "min_rows": 2},
    {"name": "public.gone"},
]
SOURCE = (
    "create table public.orgs (id int primary key, made date)",
    "create table public.notes (id int, org int references public.orgs, body text)",
    "insert into public.orgs values (1, '2026-11-22'), (2, '2026-11-21')",
    r"insert into public.notes values (1, 1, E'a;\nGRANT all; \\. '' $$ ('), (2, 2, null), (3, 1, E'\\N')",
    "create function public.f(a int) returns int language sql begin atomic; select case when a > 1 then 2 end; end",
    "create function public.g() returns int language plpgsql as $body$ begin /* ; */ return 1; end; $body$",
    "create view public.seen as select id from public.orgs where 'x;''(' <> \"current_user\"()",
    "alter table public.notes enable row level security",
    "create policy mine on public.notes to anon using (true)",
    "grant select on public.notes to anon",
)


class Shared(Machine):
    """This machine's programs, and a new database of one running server in place of a new server."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.without: tuple[str, ...] = ()  # programs that are not there
        self.majors: dict[str, int] = {}  # what programs call themselves
        self.dark = ""

    def programs(self, name: str) -> tuple[tuple[int, Path], ...]:
        """Those of this machine, but for what a test takes away."""
        found = () if name in self.without else super().programs(name)
        return tuple((self.majors.get(name, major), path) for major, path in found)

    @contextmanager
    def scratch(self, major: int) -> Iterator[Scratch]:
        """A new database, and a role that owns it."""
        if self.dark:
            raise NoScratch(self.dark, "Install it.")
        name, password = f"s{secrets.token_hex(4)}", secrets.token_hex(16)
        home = Home(self._cluster.server, name, name, password)
        with psycopg.connect(self._cluster.server.postgres_url, autocommit=True) as connection:
            role = sql.SQL("create role {} login password {}")
            connection.execute(role.format(sql.Identifier(name), sql.Literal(password)))
            made = sql.SQL("create database {} owner {} template template0")
            connection.execute(made.format(sql.Identifier(name), sql.Identifier(name)))
        yield Scratch(15, Secret(home.url), Secret(home.guest_url))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """One server for all."""
    with Cluster() as running:
        yield running


@pytest.fixture(scope="module")
def source(cluster: Cluster) -> Home:
    """A database with something of everything that is hard to restore."""
    home = cluster.home()
    home.run(*SOURCE)
    return home


@pytest.fixture
def shop(cluster: Cluster) -> Shared:
    """What this machine has of Postgres."""
    return Shared(cluster)


class Tried:
    """A platform with one backup, and the room that restores it."""

    def __init__(self, shop: Shared, drill: Drill | None, tables: object = TABLES, **row: object) -> None:
        rows = {"platform": {"name": "shop"}, "backup": [{"name": "main", "tables": tables, **row}]}
        platform = Platform(Path(), Manifest.model_validate_json(json.dumps(rows)))
        files = Files(Path())
        self.lines: list[str] = []
        live = LiveSettings(drills={"main": drill} if drill else {}, workshop=shop, say=self.lines.append)
        self.room = Restoring(platform, files, Environment(platform, files, process={}), live)
        self.backup: Backup = platform.tables.backups[0]

    @property
    def evidence(self) -> Evidence[Restored]:
        """What came back."""
        self.room.prefetch([self.backup])
        return self.room.restored(self.backup)


def of(file: Path) -> Drill:
    """A drill with a file."""
    return Drill(file.name, file=file)


def made(source: Home, folder: Path, *arguments: str) -> Path:
    """A dump by this machine's newest pg_dump."""
    (_, program), *_ = Machine().programs("pg_dump")
    environ = {"PGPASSWORD": source.server.password}
    where = ("-h", HOST, "-p", str(source.server.port), "-U", "postgres", "-d", source.name)
    file = folder / "dump"
    subprocess.run([program, *where, "-f", file, *arguments], env=environ, check=True, capture_output=True)
    return file


def gzipped(file: Path) -> Path:
    """The same file, compressed."""
    other = file.with_suffix(".gz")
    other.write_bytes(gzip.compress(file.read_bytes()))
    return other


@pytest.mark.parametrize(
    ("arguments", "packed"),
    [
        ((), False),
        ((), True),
        (("-Fc",), False),
        (("-Fc",), True),
        (("-Fd",), False),
        (("-Ft",), False),
        (("--inserts",), False),
        (("--clean", "--if-exists"), False),
        (("--clean",), False),
    ],
    ids=["plain", "plain.gz", "custom", "custom.gz", "directory", "tar", "inserts", "clean if exists", "clean"],
)
def test_every_format_comes_back_whole(
    arguments: tuple[str, ...], packed: bool, source: Home, shop: Shared, tmp_path: Path
) -> None:
    """Rows, times, functions and policies; no statement fails, and what is not in the dump is told."""
    file = made(source, tmp_path, *arguments)
    tried = Tried(shop, of(gzipped(file) if packed else file))
    seen = tried.evidence.value
    assert [(table.name, table.rows) for table in seen.tables] == [
        ("public.orgs", 2),
        ("public.notes", 3),
        ("public.gone", None),
    ]
    assert seen.tables[0].newest == datetime(2026, 11, 22, tzinfo=UTC)
    assert seen.errors == ()
    assert (seen.total, seen.filled) == (2, 2)
    assert set(seen.left_out) <= {"owners and privileges"}
    assert tried.lines[0].startswith("Restore drill of main: restoring ")
    assert "2 tables have rows" in tried.lines[-1]


def test_live_database_is_dumped_and_restored(source: Home, shop: Shared) -> None:
    """By its URL, and only the schemas of declared tables."""
    source.run("create schema if not exists other", "create table if not exists other.secret (id int)")
    seen = Tried(shop, Drill("a dump of it", url=Secret(source.url))).evidence.value
    assert [table.rows for table in seen.tables] == [2, 3, None]
    assert (seen.total, seen.errors) == (2, ())


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (lambda home: home.url.replace(home.server.password, "wrong"), "wrong password"),
        (lambda home: home.url + "x", "does not exist"),
        (lambda home: "mysql://nobody@127.0.0.1/x", "none of Postgres"),
    ],
    ids=["password", "name", "scheme"],
)
def test_database_that_cannot_be_dumped_is_unverified(url: Any, reason: str, source: Home, shop: Shared) -> None:
    """With why, and without anything of the URL."""
    evidence = Tried(shop, Drill("a dump of it", url=Secret(url(source)))).evidence
    assert reason in evidence.error
    assert source.name not in evidence.error


def test_older_pg_dump_is_not_even_started(source: Home, shop: Shared) -> None:
    """It would refuse: pg_dump reads servers of its own version and older ones."""
    shop.majors = {"pg_dump": 12}
    evidence = Tried(shop, Drill("a dump of it", url=Secret(source.url))).evidence
    assert "takes a pg_dump that is no older; the newest here is 12" in evidence.error
    assert "postgresql-client" in evidence.hint
    shop.without = ("pg_dump",)
    assert "there is none here" in Tried(shop, Drill("it", url=Secret(source.url))).evidence.error


def test_dump_of_a_user_who_may_not_read_breaks_off(source: Home, shop: Shared) -> None:
    """A dump with only half of the tables is none."""
    evidence = Tried(shop, Drill("a dump of it", url=Secret(source.guest_url))).evidence
    assert "pg_dump broke off with code 1" in evidence.error


def test_dump_that_breaks_off_midway_says_nothing_of_the_database(
    source: Home, shop: Shared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here the program ends in the middle, as one does whose connection is lost."""
    program = tmp_path / "pg_dump"
    program.write_text("#!/bin/sh\necho '-- PostgreSQL database dump'\necho 'CREATE TABLE public.a ('\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(shop, "programs", lambda name: ((99, program),))
    evidence = Tried(shop, Drill("a dump of it", url=Secret(source.url))).evidence
    assert "pg_dump broke off with code 1" in evidence.error


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"hello, world\n", "is no dump"),
        (b"\x00\x01\x02" * 50, "is no dump"),
        (b"\x28\xb5\x2f\xfd" + b"0" * 40, "compressed with zstd"),
        (b"PK\x03\x04" + b"0" * 40, "compressed with zip"),
        (b"SET lock_timeout = 0;\n\\! touch /tmp/x\n", r"has \!, which no dump has"),
        (b"SET lock_timeout = 0;\n\\i other.sql\n", r"has \i, which no dump has"),
    ],
    ids=["text", "binary", "zstd", "zip", "shell", "include"],
)
def test_file_that_is_no_dump_is_unverified(content: bytes, reason: str, shop: Shared, tmp_path: Path) -> None:
    """It is the caller's mistake, not the platform's."""
    file = tmp_path / "given"
    file.write_bytes(content)
    evidence = Tried(shop, of(file)).evidence
    assert reason in evidence.error
    assert not evidence.undecidable


def test_folder_that_is_no_dump_is_unverified(shop: Shared, tmp_path: Path) -> None:
    """A dump in directory format has a table of contents."""
    assert "is a folder, and no dump" in Tried(shop, of(tmp_path)).evidence.error


def _cut(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


@pytest.mark.parametrize(
    ("arguments", "damage", "says"),
    [
        ((), lambda data: data.replace(b"-- PostgreSQL database dump complete", b"--"), "ends before pg_dump's last"),
        ((), _cut, "the dump is not whole"),
        (("-Fc",), _cut, "is damaged"),
        ((), lambda data: _cut(gzip.compress(data)), "compressed data ends early"),
        ((), lambda data: b"", "is empty"),
    ],
    ids=["last line", "plain", "custom", "gzip", "empty"],
)
def test_damaged_dump_is_a_finding(
    arguments: tuple[str, ...], damage: Any, says: str, source: Home, shop: Shared, tmp_path: Path
) -> None:
    """A backup that ends early restores nothing: that is what a drill is for."""
    file = made(source, tmp_path, *arguments)
    file.write_bytes(damage(file.read_bytes()))
    fault = Tried(shop, of(file)).evidence.fault
    assert fault is not None
    assert says in fault.text


def test_archive_of_a_newer_pg_dump_is_unverified(source: Home, shop: Shared, tmp_path: Path) -> None:
    """Its format has a higher number than pg_restore knows."""
    file = made(source, tmp_path, "-Fc")
    data = bytearray(file.read_bytes())
    data[6] = 99  # PGDMP, major, minor
    file.write_bytes(data)
    evidence = Tried(shop, of(file)).evidence
    assert "made by a pg_dump newer than the pg_restore here" in evidence.error
    assert "newest version" in evidence.hint


def test_archive_without_pg_restore_is_unverified(source: Home, shop: Shared, tmp_path: Path) -> None:
    """Plain SQL needs no program."""
    shop.without = ("pg_restore",)
    file = made(source, tmp_path, "-Fc")
    assert "there is no pg_restore here" in Tried(shop, of(file)).evidence.error


def test_without_a_server_it_is_unverified(source: Home, shop: Shared, tmp_path: Path) -> None:
    """With what to install."""
    shop.dark = "no Postgres server is installed"
    evidence = Tried(shop, of(made(source, tmp_path))).evidence
    assert (evidence.error, evidence.hint) == ("no Postgres server is installed", "Install it.")


def test_without_a_drill_nobody_can_tell(shop: Shared) -> None:
    """So a person may attest it."""
    evidence = Tried(shop, None).evidence
    assert evidence.undecidable
    assert "--restore-drill=main=" in evidence.hint


def plain(folder: Path, *statements: str) -> Path:
    """A plain dump of these statements."""
    file = folder / "plain.sql"
    file.write_text(BEGIN + "".join(f"{statement}\n\n" for statement in statements) + END, "utf-8")
    return file


def test_what_only_supabase_has_is_left_out_and_named(shop: Shared, tmp_path: Path) -> None:
    """Extensions that are not here and what needs them, its schemas, roles, event triggers; the rest comes back."""
    file = plain(
        tmp_path,
        "SET transaction_timeout_of_the_future = 0;",
        "CREATE EXTENSION IF NOT EXISTS pg_nowhere WITH SCHEMA extensions;",
        "COMMENT ON EXTENSION pg_nowhere IS 'none';",
        "CREATE SCHEMA auth;",
        "CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql AS $$ select null::uuid $$;",
        "CREATE TABLE public.docs (id int, place extensions.nowhere(3));",
        "COPY public.docs (id, place) FROM stdin;\n1\t[1,2,3]\n\\.",
        "CREATE TABLE public.orgs (id int, made timestamp, owner uuid);",
        "COPY public.orgs FROM stdin;\n1\t2026-11-22 10:00:00\t\\N\n\\.",
        "ALTER TABLE ONLY public.orgs ADD CONSTRAINT fk FOREIGN KEY (owner) REFERENCES auth.users(id);",
        "ALTER TABLE public.orgs ENABLE ROW LEVEL SECURITY;",
        "CREATE POLICY a ON public.orgs TO authenticated USING (owner = auth.uid());",
        "CREATE POLICY b ON public.orgs TO somebody USING (true);",
        "CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION extensions.f();",
        "CREATE PUBLICATION supabase_realtime FOR ALL TABLES;",
        "ALTER TABLE public.orgs OWNER TO supabase_admin;",
        "GRANT ALL ON TABLE public.orgs TO anon;",
    )
    seen = Tried(shop, of(file), [{"name": "public.orgs", "newest": "made"}, {"name": "public.docs"}]).evidence.value
    assert seen.errors == ()
    assert [table.rows for table in seen.tables] == [1, None]
    assert seen.tables[0].newest == datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert set(seen.left_out) == {
        "extension pg_nowhere",
        "what needs a missing extension",
        "what needs something left out",
        "what belongs to Supabase's own schemas",
        "policies of roles that are not here",
        "what only a superuser may do",
        "owners and privileges",
    }


def test_failed_statement_is_told_without_its_rows(shop: Shared, tmp_path: Path) -> None:
    """Rows hold customers' data: of an error about them only table, constraint and SQLSTATE are told."""
    file = plain(
        tmp_path,
        "CREATE TABLE public.orgs (id int PRIMARY KEY, made date);",
        "COPY public.orgs FROM stdin;\n1\tanna@customer.example\n\\.",
        "INSERT INTO public.orgs VALUES (1, '2026-11-22');",
        "INSERT INTO public.orgs VALUES (1, '2026-11-22');",
        "CREATE INDEX i ON public.orgs (nothing);",
    )
    errors = Tried(shop, of(file), [{"name": "public.orgs"}]).evidence.value.errors
    assert errors == (
        "rows do not fit into columns of public.orgs (SQLSTATE 22007)",
        "rows break a constraint of public.orgs constraint orgs_pkey (SQLSTATE 23505)",
        'column "nothing" does not exist (42703)',
    )


def test_dump_runs_no_program(shop: Shared, tmp_path: Path) -> None:
    """The role that restores is no superuser: a hostile dump touches nothing outside its database."""
    trace = tmp_path / "trace"
    file = plain(
        tmp_path,
        "CREATE TABLE public.orgs (id int);",
        f"COPY public.orgs TO PROGRAM 'touch {trace}';",
        f"COPY public.orgs TO '{trace}';",
        "ALTER SYSTEM SET log_statement = 'all';",
        "INSERT INTO public.orgs VALUES (1);",
    )
    seen = Tried(shop, of(file), [{"name": "public.orgs"}]).evidence.value
    assert (seen.tables[0].rows, seen.left_out, seen.errors) == (1, ("what only a superuser may do",), ())
    assert not trace.exists()


@pytest.mark.parametrize(
    ("column", "trouble"), [("nothing", "it has no column nothing"), ("id", "holds no time"), ("never", "has no value")]
)
def test_newest_row_that_cannot_be_told_is_said(column: str, trouble: str, shop: Shared, tmp_path: Path) -> None:
    """A column that is not there, holds no time, or only nulls."""
    file = plain(tmp_path, "CREATE TABLE public.orgs (id int, never date);", "INSERT INTO public.orgs VALUES (1);")
    (table,) = Tried(shop, of(file), [{"name": "public.orgs", "newest": column}]).evidence.value.tables
    assert (table.rows, table.newest) == (1, None)
    assert trouble in table.trouble


def test_restore_that_takes_too_long_is_ended(shop: Shared, tmp_path: Path) -> None:
    """Within `restore_s`, whatever the dump does."""
    file = plain(tmp_path, "SET statement_timeout = 0;", "SELECT pg_catalog.pg_sleep(600);")
    evidence = Tried(shop, of(file), restore_s=1).evidence
    assert "took longer than 1 s" in evidence.error
    assert "higher restore_s" in evidence.hint


def test_restore_that_goes_on_is_ended_again() -> None:
    """A statement that is sent just after the first attempt is ended by the next, whatever became of the first."""
    calls: list[int] = []

    def end() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise psycopg.OperationalError

    with probe._ended_at(time.monotonic(), end):
        wait_until(lambda: len(calls) > 1)
    ended = len(calls)
    with probe._ended_at(time.monotonic() + 600, end):
        pass
    assert len(calls) == ended


def test_real_scratch_server_comes_and_goes(tmp_path: Path) -> None:
    """The demo's own way: a server of its own, whose folder is gone afterwards."""
    file = tmp_path / "dump.sql"
    file.write_text(dump(NOW, timedelta(hours=2)), "utf-8")
    machine, folders = Machine(), []
    with machine.scratch(0) as scratch:
        folders += [Path(scratch.admin.examine(_data_folder))]
        assert folders[0].is_dir()
    assert not folders[0].exists()
    if shutil.which("postgres"):
        assert scratch.major >= 13


def _data_folder(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("show data_directory").fetchone()
        return str(row[0]) if row else ""


def _lines(text: str) -> Iterator[bytes]:
    return iter(text.encode().splitlines(keepends=True))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("SELECT 1;\nSELECT 2;\n", 2),
        ("SELECT 'a;\nb''(;\n';\nSELECT 2;\n", 2),
        ("SELECT E'it\\'s;\n';\nSELECT 2;\n", 2),
        ('SELECT 1 AS "a;\n""(";\nSELECT 2;\n', 2),
        ("SELECT $x$ ;\n$$ ' \n;\n$x$;\nSELECT 2;\n", 2),
        ("CREATE TABLE a (\n  b int DEFAULT (1) -- ( ' ;\n);\n/* ;\n' */ SELECT 2;\n", 2),
        ("CREATE RULE r AS ON INSERT TO a DO (SELECT 1;\n SELECT 2);\nSELECT 3;\n", 2),
        ("CREATE FUNCTION f() RETURNS int\n BEGIN ATOMIC\n SELECT CASE WHEN true THEN 1 END;\nEND;\nSELECT 2;\n", 2),
        ("COPY a FROM stdin;\nx;'\n\\N\tGRANT\n-- no comment\n\\.\nSELECT 2;\n", 2),
        ("\\restrict key\n\n--\n-- Name: a\n--\nSELECT 1;\n\\unrestrict key\n", 1),
    ],
)
def test_dump_is_cut_where_statements_end(text: str, count: int) -> None:
    """Not in quotes, comments, parentheses, function bodies or rows."""
    assert len([piece.sql for piece in pieces(_lines(text))]) == count


def test_rows_that_nobody_takes_are_no_statements() -> None:
    """A COPY that failed leaves its rows; the next statement is the next one all the same."""
    found = [piece.sql for piece in pieces(_lines("COPY a FROM stdin;\nDROP TABLE b;\n\\.\nSELECT 2;\n"))]
    assert found == [b"COPY a FROM stdin;\n", b"SELECT 2;\n"]


CLUSTER = """--
-- PostgreSQL database cluster dump
--
CREATE ROLE app;
ALTER ROLE app WITH LOGIN PASSWORD 'SCRAM';
\\connect template1
CREATE TABLE public.template (id int);
\\connect postgres
SET lock_timeout = 0;
{first}
\\connect -reuse-previous=on "dbname='other base'"
{second}
--
-- PostgreSQL database cluster dump complete
--
"""


def test_cluster_with_one_filled_database_is_a_dump_of_it() -> None:
    """Supabase's own daily backups are such dumps: roles and templates are left out."""
    text = CLUSTER.format(first="CREATE TABLE public.a (id int);", second="SET lock_timeout = 0;")
    assert b"".join(piece.sql for piece in pieces(_lines(text))).split(b"\n")[:2] == [
        b"SET lock_timeout = 0;",
        b"CREATE TABLE public.a (id int);",
    ]


def test_cluster_with_two_databases_is_not_guessed_at() -> None:
    """Which of them is meant, only the caller knows."""
    table = "CREATE TABLE public.a (id int);"
    with pytest.raises(Unseen, match="several databases: postgres, other"):
        list(pieces(_lines(CLUSTER.format(first=table, second=table))))


@pytest.mark.parametrize(
    "text", ["SELECT 1", "SELECT 'a;\n", "COPY a FROM stdin;\n1\n", "-- PostgreSQL database dump\nSELECT 1;\n"]
)
def test_dump_that_ends_early_is_broken(text: str) -> None:
    """In a statement, in rows, or before pg_dump's last line."""
    with pytest.raises(Broken, match="not whole"):
        [list(piece.data or ()) for piece in pieces(_lines(text))]
