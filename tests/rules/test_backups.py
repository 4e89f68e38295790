"""Backups: boundaries, attempts that failed, recovery to a point, and what a restore brought back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from checks.rules.backups import comes_back, is_scheduled, newest_is_recent
from fixtures.model.backups import Backups, End, Kept, Schedule
from fixtures.model.platform import Backup, BackupTable
from fixtures.model.restoring import Restored, RestoredTable
from fixtures.model.verdicts import Evidence, NotObserved, Verdict

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ORGS = BackupTable(name="public.orgs", min_rows=2, newest="made", max_age_hours=24)
ROW = Backup(name="main", max_age_hours=26, tables=(ORGS,))
LIST = Backups("project x", "ACTIVE_HEALTHY", runs=True, kept=(), leaves_out="files")


def kept(*made: tuple[float, End]) -> tuple[Kept, ...]:
    """Backups by hours ago."""
    return tuple(Kept(end, NOW - timedelta(hours=hours)) for hours, end in made)


def ending(verdict: Verdict) -> str:
    """fail, warn or pass."""
    return "fail" if verdict.findings else "warn" if verdict.warnings else "pass"


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (replace(LIST, kept=kept((26, "completed"))), "pass"),  # inclusive
        (replace(LIST, kept=kept((26.01, "completed"))), "fail"),
        (replace(LIST, kept=kept((1, "pending"), (20, "completed"))), "pass"),  # the one before is judged
        (replace(LIST, kept=kept((1, "pending"), (2, "failed"), (20, "completed"))), "warn"),
        (replace(LIST, kept=kept((1, "failed"), (2, "pending"), (3, "failed"), (20, "completed"))), "fail"),
        (replace(LIST, kept=kept((20, "completed"), (44, "failed"), (68, "failed"))), "pass"),  # long mended
        (replace(LIST, kept=kept((1, "other"), (20, "completed"))), "pass"),
        (replace(LIST, kept=kept((1, "failed"))), "fail"),
        (LIST, "fail"),
        (replace(LIST, pitr=True, newest_point=NOW - timedelta(hours=26)), "pass"),
        (replace(LIST, pitr=True, newest_point=NOW - timedelta(hours=27)), "warn"),
        (replace(LIST, pitr=True), "unverified"),  # the vendor need not tell it
        (replace(LIST, pitr=True, state="INACTIVE", runs=False), "fail"),
        (replace(LIST, pitr=True, newest_point=NOW, state="INACTIVE", runs=False), "fail"),
        (replace(LIST, kept=kept((1, "completed")), state="INACTIVE", runs=False), "fail"),
    ],
)
def test_newest_backup_is_judged_by_age_and_attempts(seen: Backups, expected: str) -> None:
    """What it leaves out is always told to whoever signs a pass."""
    try:
        verdict = newest_is_recent(ROW, Evidence("asked", seen=seen), NOW)
    except NotObserved:
        assert expected == "unverified"
        return
    assert ending(verdict) == expected
    assert expected == "fail" or "files" in verdict.observed


REGULAR = Schedule(regular=True, text="each day")
NONE = Schedule(regular=False, text="there is no schedule")
UNREAD = Schedule(regular=False, text="", unread="may not read it", hint="Give it the scope.")


@pytest.mark.parametrize(
    ("seen", "schedule", "expected"),
    [
        (LIST, REGULAR, "pass"),
        (replace(LIST, pitr=True), NONE, "pass"),
        (replace(LIST, pitr=True), UNREAD, "pass"),
        (replace(LIST, kept=kept((24, "completed"), (48, "completed"))), NONE, "pass"),
        (replace(LIST, kept=kept((24, "completed"), (48, "completed"))), UNREAD, "pass"),
        (replace(LIST, kept=kept((24, "completed"), (48.1, "completed"))), NONE, "fail"),
        (replace(LIST, kept=kept((24, "completed"), (30, "failed"))), NONE, "fail"),
        (LIST, NONE, "fail"),
        (LIST, UNREAD, "unverified: Give it the scope."),
    ],
)
def test_backups_are_regular_by_schedule_or_by_proof(seen: Backups, schedule: Schedule, expected: str) -> None:
    """What the token may not read is no finding, unless the backups themselves show it."""
    try:
        found = ending(is_scheduled(ROW, Evidence("asked", seen=(seen, schedule)), NOW))
    except NotObserved as unseen:
        found = f"unverified: {unseen.evidence.hint}"
    assert found == expected


def restored(*tables: RestoredTable, errors: tuple[str, ...] = (), filled: int = 1) -> Evidence[Restored]:
    """A drill that brought these back."""
    return Evidence("asked", seen=Restored("x.dump", 15, 4.2, tables, 3, filled, ("extension pg_net",), errors))


SOUND = RestoredTable("public.orgs", 2, NOW - timedelta(hours=24))


@pytest.mark.parametrize(
    ("drill", "finding"),
    [
        (restored(SOUND), ""),
        (restored(replace(SOUND, rows=1)), "public.orgs has 1 rows, at least 2 expected"),
        (restored(replace(SOUND, rows=None, newest=None)), "public.orgs is not there"),
        (restored(replace(SOUND, newest=NOW - timedelta(hours=25))), "is 25 h old, 24 h allowed"),
        (restored(replace(SOUND, newest=None, trouble="it has no column made")), "it has no column made"),
        (restored(SOUND, errors=("relation x does not exist (42P01)",)), "relation x does not exist"),
        (restored(SOUND, errors=("failed",) * 12), "2 more statements failed"),
    ],
)
def test_restore_is_held_against_the_row(drill: Evidence[Restored], finding: str) -> None:
    """Tables, rows, the newest row's age, and statements that failed."""
    verdict = comes_back(ROW, drill, NOW)
    assert bool(verdict.findings) == bool(finding)
    assert finding in "".join(map(str, verdict.findings))
    assert "left out: extension pg_net" in verdict.observed


def test_restore_without_declared_tables_is_advice_at_best() -> None:
    """Then nothing says what must come back; an empty database is a finding all the same."""
    row = Backup(name="main")
    assert ending(comes_back(row, restored(), NOW)) == "warn"
    assert ending(comes_back(row, restored(filled=0), NOW)) == "fail"
