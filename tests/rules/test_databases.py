"""Databases are held against their rows, at the boundaries too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from checks.rules import databases as rules
from fixtures.model.database import (
    Answer,
    AppliedMigration,
    Connections,
    Exposure,
    Latency,
    MigrationFile,
    MigrationFolder,
    Migrations,
    Relation,
    Slots,
)
from fixtures.model.platform import Database
from fixtures.model.verdicts import Evidence
from tests.rules.sites import ended

ROW = Database(name="main", service="worker", migrations="m")
DARK = "no answer within 2 s"


def _files(*versions: str) -> tuple[MigrationFile, ...]:
    return tuple(MigrationFile(f"{version}_x.sql", f"m/{version}_x.sql", frozenset({version})) for version in versions)


def _migrations(files: str, applied: str, unfinished: tuple[str, ...] = ()) -> Migrations:
    """Space-separated versions in the repository and in the database."""
    folder = MigrationFolder("Supabase", _files(*files.split()))
    rows = tuple(AppliedMigration(version, frozenset({version})) for version in applied.split())
    return Migrations(folder, ("s.t",), "s.t", applied=rows, unfinished=unfinished)


@pytest.mark.parametrize(("took", "verdict"), [(2000.0, "pass"), (2000.1, "fail")])
def test_first_answer_is_held_against_its_budget(took: float, verdict: str) -> None:
    """The budget itself still passes."""
    told = Evidence("q", seen=Answer(took, 10.0, "15.4", tls=True, pooled=False))
    assert ended(lambda: rules.answers_in_budget(ROW, told))[0] == verdict


@pytest.mark.parametrize(
    ("read_only", "verdict"), [("", "pass"), ("standby", "warn"), ("role", "warn"), ("database", "fail")]
)
def test_database_must_take_writes(read_only: Any, verdict: str) -> None:
    """Where nobody may write the platform is down; a standby may be what a row is about."""
    told = Evidence("q", seen=Answer(10.0, 10.0, "15.4", tls=True, pooled=False, read_only=read_only))
    assert ended(lambda: rules.answers_in_budget(ROW, told))[0] == verdict


@pytest.mark.parametrize(
    ("times", "verdict"),
    [((200.0, 1.0, 900.0), "pass"), ((200.2, 200.2, 1.0), "fail"), ((1.0, 1.0, 5000.0), "pass")],
)
def test_median_is_held_and_not_the_slowest(times: tuple[float, ...], verdict: str) -> None:
    """One slow query among small ones is no finding; the median decides, its budget inclusive."""
    assert ended(lambda: rules.queries_in_budget(ROW, Evidence("q", seen=Latency(times))))[0] == verdict


@pytest.mark.parametrize(("used", "verdict"), [(70, "pass"), (71, "warn"), (90, "warn"), (91, "fail"), (101, "fail")])
def test_connections_warn_and_fail_by_share(used: int, verdict: str) -> None:
    """70 % still passes and 90 % still warns."""
    told = Evidence("q", seen=Connections((Slots("the server", used, 100),), pooled=False))
    assert ended(lambda: rules.has_room(ROW, told))[0] == verdict


def test_any_limit_may_be_the_tight_one() -> None:
    """A role's own limit fails although the server has room, and an allowance of none is full."""
    slots = (Slots("the server", 1, 100), Slots("the role of the URL", 1, 0))
    verdict, end = ended(lambda: rules.has_room(ROW, Evidence("q", seen=Connections(slots, pooled=True))))
    assert verdict == "fail"
    assert "a pooler, whose own limit" in end.observed  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("files", "applied", "verdict", "findings"),
    [
        ("1 2 3", "1 2 3", "pass", []),
        ("1 2 3", "", "fail", ["1_x.sql is not applied", "2_x.sql is not applied", "3_x.sql is not applied"]),
        ("1 2 3", "1 2", "fail", ["3_x.sql is not applied"]),
        ("1 2 3", "1 3", "fail", ["2_x.sql is not applied, though 3_x.sql, which is newer, is"]),
        ("1 2", "1 2 3", "warn", []),
        ("1 1 2", "1 2", "fail", ["1_x.sql and 1_x.sql share the version 1"]),
    ],
)
def test_migrations_are_compared_both_ways(files: str, applied: str, verdict: str, findings: list[str]) -> None:
    """Missing and passed-over ones fail, those of the database alone warn, two of one version are told."""
    told = Evidence("q", seen=_migrations(files, applied))
    found, end = ended(lambda: rules.migrations_applied(ROW, told))
    assert found == verdict
    assert [finding.text for finding in end.findings] == findings  # type: ignore[union-attr]


def test_unfinished_migration_is_one_finding() -> None:
    """What is half applied is said once, not also as not applied."""
    told = Evidence("q", seen=_migrations("1 2", "1", unfinished=("2_x.sql",)))
    verdict, end = ended(lambda: rules.migrations_applied(ROW, told))
    assert verdict == "fail"
    assert [finding.text for finding in end.findings] == [  # type: ignore[union-attr]
        "2_x.sql began and did not finish: the database may hold half of it"
    ]


def test_name_that_is_no_migration_warns() -> None:
    """A script that the tool passes over is said: somebody may believe that it ran."""
    seen = _migrations("1", "1")
    folder = replace(seen.folder, passed_over=("fix.sql",))
    told = Evidence("q", seen=replace(seen, folder=folder))
    verdict, end = ended(lambda: rules.migrations_applied(ROW, told))
    assert verdict == "warn"
    assert "fix.sql" in end.warnings[0].text  # type: ignore[union-attr]


def test_many_findings_are_cut_and_counted() -> None:
    """A database with nothing applied does not fill the page."""
    told = Evidence("q", seen=_migrations(" ".join(map(str, range(1, 301))), ""))
    _, end = ended(lambda: rules.migrations_applied(ROW, told))
    assert len(end.findings) == rules.MOST_FINDINGS + 1  # type: ignore[union-attr]
    assert end.findings[-1].text == "and 250 more like these"  # type: ignore[union-attr]


TABLE = Relation("public.t", "table", row_security=True, policies=1, of_extension=False, roles=("anon",))


@pytest.mark.parametrize(
    ("relation", "verdict"),
    [
        (TABLE, "pass"),
        (replace(TABLE, row_security=False), "fail"),
        (replace(TABLE, row_security=False, kind="partitioned table"), "fail"),
        (replace(TABLE, row_security=False, of_extension=True), "pass"),
        (replace(TABLE, row_security=False, roles=()), "pass"),
        (replace(TABLE, policies=0), "warn"),
        (replace(TABLE, writers=("anon",)), "warn"),
        (replace(TABLE, kind="foreign table", row_security=False), "warn"),
        (replace(TABLE, kind="view", row_security=False, guarded=("public.u",)), "warn"),
        (replace(TABLE, kind="view", row_security=False, guarded=("public.u",), invoker=True), "pass"),
        (replace(TABLE, kind="view", row_security=False), "pass"),
    ],
)
def test_relation_is_held_by_its_kind(relation: Relation, verdict: str) -> None:
    """Tables that the API reaches need row-level security; what goes round it warns."""
    told = Evidence("q", seen=Exposure(("public",), (), ("anon",), (relation,)))
    assert ended(lambda: rules.guards_what_it_exposes(ROW, told))[0] == verdict


def test_list_that_was_cut_is_said() -> None:
    """More tables than are read cannot be green without a word."""
    told = Evidence("q", seen=Exposure(("public",), (), ("anon",), (TABLE,), cut=True))
    assert ended(lambda: rules.guards_what_it_exposes(ROW, told))[0] == "warn"


@pytest.mark.parametrize(
    "rule",
    [
        rules.answers_in_budget,
        rules.queries_in_budget,
        rules.has_room,
        rules.migrations_applied,
        rules.guards_what_it_exposes,
    ],
)
def test_database_that_was_not_seen_is_unverified(rule: object) -> None:
    """No rule judges what no probe saw."""
    dark: Evidence[object] = Evidence("q", error=DARK)
    assert ended(lambda: rule(ROW, dark))[0] == "unverified"  # type: ignore[operator]
