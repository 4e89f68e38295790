"""BCK: what is lost can be brought back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixtures.model.backups import Backups, Kept, Schedule
    from fixtures.model.platform import Backup, BackupTable
    from fixtures.model.restoring import Restored, RestoredTable

SHOWN = "%Y-%m-%d %H:%M UTC"
TWO_DAYS = timedelta(hours=48)
MOST = 10  # failed statements that are told one by one


def newest_is_recent(backup: Backup, told: Evidence[Backups], moment: datetime) -> Verdict:
    """Expect a completed backup no older than the row's limit (inclusive), or a point that recovery reaches.

    One failed attempt since is advice, two in a row are a finding; an attempt under way is not judged. With
    point-in-time recovery there are no daily backups; its newest point may be old on a database that is not
    written to, so its age is advice.
    """
    seen = told.value
    limit = timedelta(hours=backup.max_age_hours)
    stopped = () if seen.runs else (Finding(f"{seen.database} is {seen.state}: nothing is backed up", told.where),)
    if seen.pitr:
        return _recoverable(seen, told, moment, limit, stopped)
    newest = next((kept for kept in seen.kept if kept.end == "completed"), None)
    if newest is None:
        text = f"{seen.database} has no completed backup" + (f" among {len(seen.kept)}" if seen.kept else "")
        return Verdict(told, text, (Finding(text, told.where), *stopped))
    observed = (
        f"the newest completed backup of {seen.database} is of {newest.at:{SHOWN}}, {_age(newest.at, moment)} old, "
        f"{_hours(limit)} allowed; it leaves out {seen.leaves_out}"
    )
    old = Finding(f"the newest completed backup is {_age(newest.at, moment)} old, {_hours(limit)} allowed", told.where)
    late = (old,) if moment - newest.at > limit else ()
    failed = sum(kept.end == "failed" and kept.at > newest.at for kept in seen.kept)
    attempts = (Finding(f"{failed} attempts in a row failed since then", told.where),) if failed > 1 else ()
    advice = (Finding("the attempt after it failed", told.where),) if failed == 1 else ()
    return Verdict(told, observed, (*late, *attempts, *stopped), advice)


def _recoverable(
    seen: Backups, told: Evidence[Backups], moment: datetime, limit: timedelta, stopped: tuple[Finding, ...]
) -> Verdict:
    if seen.newest_point is None:
        text = f"{seen.database} has point-in-time recovery, and its newest point was not told"
        if not stopped:
            told.cannot_tell(text, "Look at Database, Backups in Supabase's dashboard; it may not have begun yet.")
        return Verdict(told, text, stopped)
    age = _age(seen.newest_point, moment)
    observed = (
        f"{seen.database} can be recovered to any point up to {seen.newest_point:{SHOWN}}, {age} ago; "
        f"that leaves out {seen.leaves_out}"
    )
    old = Finding(f"its newest point is {age} old: right only if nothing was written since", told.where)
    return Verdict(told, observed, stopped, (old,) if moment - seen.newest_point > limit else ())


def is_scheduled(backup: Backup, told: Evidence[tuple[Backups, Schedule]], moment: datetime) -> Verdict:
    """Expect point-in-time recovery, a schedule, or two completed backups within the last 48 hours (inclusive)."""
    seen, schedule = told.value
    if seen.pitr:
        return Verdict(told, f"{seen.database} has point-in-time recovery")
    if schedule.regular:
        return Verdict(told, f"{seen.database}: {schedule.text}")
    recent = [kept for kept in seen.kept if kept.end == "completed" and moment - kept.at <= TWO_DAYS]
    why = schedule.text or f"the schedule was not told ({schedule.unread})"
    if len(recent) >= 2:
        return Verdict(told, f"{seen.database}: {len(recent)} backups completed within 48 hours; {why}")
    if schedule.unread:
        told.cannot_tell(schedule.unread, schedule.hint)
    text = f"{why}, no point-in-time recovery, and {_count(recent)} completed within 48 hours"
    return Verdict(told, f"{seen.database}: {text}", (Finding(text, told.where),))


def _count(recent: list[Kept]) -> str:
    return "no backup" if not recent else "only one backup"


def _age(at: datetime, moment: datetime) -> str:
    hours = (moment - at).total_seconds() / 3600
    return f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} days"


def _hours(limit: timedelta) -> str:
    return f"{limit.total_seconds() / 3600:.0f} h"


def comes_back(backup: Backup, drill: Evidence[Restored], moment: datetime) -> Verdict:
    """Expect each declared table with its rows, a recent one among them (inclusive), and no statement that failed.

    Owners, privileges, and what only Supabase has are left out; the evidence names it.
    """
    seen = drill.value
    wanted = {table.name: table for table in backup.tables}
    texts = [text for table in seen.tables for text in _amiss(table, wanted[table.name], backup, moment)]
    texts += seen.errors[:MOST] + ((f"{len(seen.errors) - MOST} more statements failed",) * (len(seen.errors) > MOST))
    if not backup.tables and not seen.filled:
        texts.append("no table has a row")
    advice = () if backup.tables else (Finding("tables declares none: nothing says what must come back", drill.where),)
    named = "".join(f", {_shown(table)}" for table in seen.tables)
    left_out = f"; left out: {', '.join(seen.left_out)}" if seen.left_out else ""
    observed = (
        f"{seen.source} restored into a scratch Postgres {seen.major} within {seen.seconds:.0f} s: "
        f"{seen.filled} of {seen.total} tables have rows{named}{left_out}"
    )
    return Verdict(drill, observed, tuple(Finding(text, drill.where) for text in texts), advice)


def _amiss(table: RestoredTable, wanted: BackupTable, backup: Backup, moment: datetime) -> Iterator[str]:
    if table.rows is None:
        yield f"{table.name} is not there"
        return
    if table.rows < wanted.min_rows:
        yield f"{table.name} has {table.rows} rows, at least {wanted.min_rows} expected"
    if table.trouble:
        yield f"{table.name}: {table.trouble}"
    limit = timedelta(hours=wanted.max_age_hours or backup.max_age_hours)
    if table.newest is not None and moment - table.newest > limit:
        age = _age(table.newest, moment)
        yield f"the newest row of {table.name} is {age} old, {_hours(limit)} allowed"


def _shown(table: RestoredTable) -> str:
    newest = f" (newest {table.newest:{SHOWN}})" if table.newest else ""
    return f"{table.name} {table.rows if table.rows is not None else 'none'}{newest}"
