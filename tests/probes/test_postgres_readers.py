"""Names, addresses and causes are read without a database; no text makes a reader fail."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import psycopg
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fixtures.probes.observe import Broken, observe
from fixtures.probes.postgres import address
from fixtures.probes.postgres.migration_files import migrations, name_keys, value_keys, version_key
from fixtures.probes.postgres.names import printed, shown
from fixtures.probes.postgres.troubles import of_asking, of_connecting

if TYPE_CHECKING:
    from fixtures.model.database import MigrationFolder

TEXTS = st.text(max_size=60)


def _read(folder: str, texts: dict[str, str], *, any_script: bool = False) -> MigrationFolder:
    return migrations(folder, sorted(texts), texts.__getitem__, any_script=any_script)


def _names(folder: MigrationFolder) -> list[str]:
    return [file.name for file in folder.files]


def test_supabase_folder_is_read_in_the_order_of_versions() -> None:
    """Versions are numbers; what lies deeper or has another name is no migration."""
    names = ("20260101_b.sql", "9_a.sql", "010_c.sql", "seed.sql", "1_x.down.sql", "README.md", "old/5_z.sql")
    found = _read("m", {f"m/{name}": "" for name in names})
    assert found.tool == "Supabase"
    assert _names(found) == ["9_a.sql", "010_c.sql", "20260101_b.sql"]
    assert [sorted(file.keys) for file in found.files] == [["9"], ["10"], ["20260101"]]
    assert found.passed_over == ("seed.sql",)


def test_prisma_and_drizzle_folders_are_told_apart() -> None:
    """A snapshot beside migration.sql is Drizzle's; a journal is too."""
    prisma = {"p/1_a/migration.sql": "", "p/migration_lock.toml": ""}
    assert _read("p", prisma).tool == "Prisma"
    assert _read("p", prisma | {"p/1_a/snapshot.json": ""}).tool == "Drizzle"
    journal = json.dumps({"entries": [{"tag": "0000_a", "when": 7, "idx": 0}]})
    found = _read("d", {"d/meta/_journal.json": journal, "d/0000_a.sql": "x", "d/meta/0000_snapshot.json": ""})
    stamped = _read("p", {"p/20240102030405_a/migration.sql": "", "p/20240102030405_a/snapshot.json": ""})
    assert "1704164645000" in stamped.files[0].keys
    assert (found.tool, _names(found)) == ("Drizzle", ["0000_a"])
    assert "7" in found.files[0].keys


@pytest.mark.parametrize(
    "journal",
    ["", "[]", "{}", '{"entries": 3}', '{"entries": [{}]}', '{"entries": [{"tag": "a", "when": "x"}]}', "[" * 100_000],
)
def test_journal_that_does_not_parse_is_a_fault(journal: str) -> None:
    """A broken journal is a finding, not an empty list of migrations."""
    evidence = observe("q", "", lambda: _read("d", {"d/meta/_journal.json": journal, "d/0000_a.sql": ""}))
    assert evidence.fault is not None


def test_journal_that_names_a_missing_script_is_a_fault() -> None:
    """What the journal names must be tracked."""
    journal = json.dumps({"entries": [{"tag": "0000_a", "when": 7}]})
    with pytest.raises(Broken, match="0000_a"):
        _read("d", {"d/meta/_journal.json": journal})


def test_scripts_count_where_a_table_is_named() -> None:
    """JavaScript and TypeScript migrations count by name, stem and version; what undoes or declares does not."""
    names = ("001_a.ts", "001_a.d.ts", "002_b.up.sql", "002_b.down.sql", "index.ts", "a.test.ts")
    found = _read(".", dict.fromkeys(names, ""), any_script=True)
    assert _names(found) == ["001_a.ts", "002_b.up.sql"]
    assert {"002_b.up.sql", "002_b", "2"} <= found.files[1].keys


def test_two_files_of_one_version_are_two() -> None:
    """A row with a file's whole name does not stand for another file that begins alike."""
    assert not name_keys("002_b.js") & value_keys("002_c.js")
    assert name_keys("002_b.js") & value_keys("002_b")
    assert name_keys("002_b.js") & value_keys("2")


@given(
    paths=st.lists(st.tuples(st.lists(TEXTS, min_size=1, max_size=3), TEXTS), max_size=8),
    folder=TEXTS,
    any_script=st.booleans(),
)
@example(
    paths=[(["meta", "_journal.json"], '{"entries": [{"tag": "\\ud800", "when": 1e400}]}')],
    folder=".",
    any_script=False,
)
@example(paths=[(["9" * 5000 + "_a.sql"], ""), (["８_a.sql"], "")], folder=".", any_script=True)
def test_no_name_makes_the_reader_fail(paths: list[tuple[list[str], str]], folder: str, any_script: bool) -> None:
    """Any tracked paths and texts give migrations or a clean fault, with printable names."""
    texts = {"/".join([folder, *parts]) if folder != "." else "/".join(parts): text for parts, text in paths}
    evidence = observe("q", "", lambda: _read(folder, texts, any_script=any_script))
    if evidence.fault is None:
        assert all(file.name.isprintable() and file.keys for file in evidence.value.files)


@given(TEXTS)
def test_no_version_makes_the_reader_fail(text: str) -> None:
    """Keys are texts, whatever the table holds."""
    assert version_key(text) is not None
    assert value_keys(text) <= name_keys(text)


@given(TEXTS, TEXTS)
def test_names_print_in_one_line(schema: str, name: str) -> None:
    """No name breaks a line or turns the text's direction."""
    assert shown(schema, name).isprintable()
    assert printed(name).isprintable()


@given(st.one_of(TEXTS, st.builds("postgresql://{}:{}@{}/{}?{}={}".format, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS)))
def test_no_value_makes_the_address_reader_fail(value: str) -> None:
    """Any text is parameters that libpq's parser takes, or no address."""
    try:
        known = address.parameters(value)
    except address.NoAddress:
        return
    assert isinstance(address.pooled(value, known), bool)
    assert known["passfile"] == "/dev/null"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgres://u:p%40ss@h:6543/db",
            {"host": "h", "port": "6543", "user": "u", "password": "p@ss", "dbname": "db"},
        ),
        ("postgresql://u@[::1]:5433/db?sslmode=no-verify", {"host": "::1", "port": "5433", "sslmode": "require"}),
        ("postgresql:///db?host=/var/run/postgresql", {"host": "/var/run/postgresql", "dbname": "db", "password": ""}),
        ("postgresql://u:p@h/db?options=reference%3Dabc", {"options": "reference=abc", "host": "h"}),
        ("postgresql://u:p@a,b:6000/db", {"host": "a,b", "port": ",6000"}),
    ],
)
def test_address_is_read(url: str, expected: dict[str, str]) -> None:
    """Escapes, IPv6, sockets, several hosts and start-up options arrive; Node's own words are translated."""
    known = address.parameters(url)
    assert {key: known.get(key) for key in expected} == expected


def test_address_takes_nothing_from_this_machines_files() -> None:
    """A service file, a password file and another address cannot come in by the URL."""
    known = address.parameters("postgresql://u@h/db?service=x&passfile=/srv/.pgpass&hostaddr=10.0.0.1&schema=a")
    assert known.keys() == {"host", "user", "dbname", "password", "passfile", "gssencmode"}
    assert known["passfile"] == "/dev/null"


@given(TEXTS)
def test_no_words_of_a_server_are_repeated(words: str) -> None:
    """A cause is one of the suite's own sentences."""
    secret = f"≡{words}≡"
    for error in (psycopg.OperationalError(secret), psycopg.ProgrammingError(secret), OSError(secret)):
        assert "≡" not in of_connecting(error, 2).text
        assert "≡" not in of_asking(error).text


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("failed to resolve host 'h': [Errno -2] Name or service not known", "no-host"),
        ("failed to resolve host 'h': [Errno -3] Temporary failure in name resolution", "network"),
        ('connection to server at "x", port 5432 failed: Network is unreachable', "network"),
        ('root certificate file "/app/ca.crt" does not exist', "ask"),
        ('no pg_hba.conf entry for host "1.2.3.4", user "u", database "d", SSL encryption', "login"),
        ('no pg_hba.conf entry for host "1.2.3.4", user "u", database "d", no encryption', "tls-required"),
        ("connection failed: Connection refused\nall failures: password authentication failed for user", "login"),
    ],
)
def test_cause_is_told_by_the_words_of_the_driver(words: str, kind: str) -> None:
    """Where there is no SQLSTATE the words decide; what says most about the database goes first."""
    assert of_connecting(psycopg.OperationalError(words), 2).kind == kind
