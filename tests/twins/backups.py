"""Faults in backups, as Supabase and Upstash tell of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fixtures.demo.vendors.standin import Reply
from tests.dumps import END, dump
from tests.platforms import Twin

if TYPE_CHECKING:
    from collections.abc import Callable

    from fixtures.model.ledger import Outcome
    from tests.vended import Vended

NONE = Reply({"message": "No backup schedule found"}, 404)
TWICE = "ALTER TABLE ONLY public.orgs ADD COLUMN name text;"
TOO_LOW = Reply({"message": "Upgrade to the Pro Plan"}, 402)


def _made(vended: Vended, *made: tuple[float, str]) -> None:
    """Let Supabase have these backups: hours ago, and status."""
    supabase = vended.vendor("supabase")
    supabase.backups = [
        supabase.backup(number, supabase.moment - timedelta(hours=hours), status)
        for number, (hours, status) in enumerate(made)
    ]


def _recoverable(vended: Vended, **points: timedelta) -> None:
    """Let Supabase have point-in-time recovery, and so no daily backups."""
    supabase = vended.vendor("supabase")
    supabase.pitr, supabase.backups = True, []
    supabase.points = {
        f"{which}_physical_backup_date_unix": int((supabase.moment - age).timestamp()) for which, age in points.items()
    }


def _irregular(vended: Vended, schedule: Reply) -> None:
    """Let Supabase have a recent backup, the only one within two days, and no schedule."""
    _made(vended, (9, "COMPLETED"), (57, "COMPLETED"))
    vended.vendor("supabase").schedule = schedule


def _without_daily(vended: Vended) -> None:
    upstash = vended.vendor("upstash")
    upstash.database["daily_backup_enabled"] = False
    upstash.backups = upstash.backups[:1]


def _failing_upstash(vended: Vended) -> None:
    upstash = vended.vendor("upstash")
    for row in upstash.backups:
        row["state"] = "failed"


def _drill(breaks: str, edit: Callable[[Vended], object], verdict: Outcome = "fail") -> Twin:
    """A fault in what is restored."""

    def broken(vended: Vended) -> None:
        edit(vended)

    return Twin(breaks, broken, vended=True, verdict=verdict, options=("--restore-drill={copy}/drill.sql",))


def _dump(vended: Vended, **changes: Any) -> None:
    vended.write("drill.sql", dump(vended.vendor("supabase").moment, **changes))


TWINS = {
    "BCK-001": (
        Twin("no backup", lambda vended: _made(vended), vended=True),
        Twin("a stale backup", lambda vended: _made(vended, (27, "COMPLETED"), (51, "COMPLETED")), vended=True),
        Twin(
            "two failures in a row",
            lambda vended: _made(vended, (1, "FAILED"), (5, "FAILED"), (20, "COMPLETED"), (44, "COMPLETED")),
            vended=True,
        ),
        Twin(
            "one failure",
            lambda vended: _made(vended, (1, "FAILED"), (20, "COMPLETED"), (44, "COMPLETED")),
            vended=True,
            verdict="warn",
        ),
        Twin(
            "only one that is being made",
            lambda vended: _made(vended, (1, "PENDING"), (2, "FAILED")),
            vended=True,
        ),
        Twin("recovery without a point", lambda vended: _recoverable(vended), vended=True, verdict="unverified"),
        Twin(
            "recovery whose newest point is old",
            lambda vended: _recoverable(vended, earliest=timedelta(days=7), latest=timedelta(hours=30)),
            vended=True,
            verdict="warn",
        ),
        Twin(
            "a paused project",
            lambda vended: vended.vendor("supabase").project.update(status="INACTIVE"),
            vended=True,
        ),
        Twin("failed backups at Upstash", _failing_upstash, vended=True),
    ),
    "BCK-002": (
        Twin("no schedule", lambda vended: _irregular(vended, NONE), vended=True),
        Twin("a plan without backups", lambda vended: _irregular(vended, TOO_LOW), vended=True),
        Twin("daily backups off at Upstash", _without_daily, vended=True),
        Twin(
            "a schedule that the token may not read",
            lambda vended: _irregular(vended, Reply({"message": "Forbidden"}, 403)),
            vended=True,
            verdict="unverified",
        ),
    ),
    "BCK-003": (
        _drill("a table that is not in the dump", lambda vended: _dump(vended, runs=-1)),
        _drill("a table without rows", lambda vended: _dump(vended, orgs=0)),
        _drill("fewer rows than expected", lambda vended: _dump(vended, agents=1)),
        _drill("no recent row", lambda vended: _dump(vended, age=timedelta(hours=193))),
        _drill("a dump cut short", lambda vended: vended.edit("drill.sql", END, "")),
        _drill("a statement that fails", lambda vended: vended.edit("drill.sql", END, f"{TWICE}\n{END}")),
        _drill("no dump at all", lambda vended: vended.write("drill.sql", "hello\n"), "unverified"),
        Twin(
            "a drill by hand that is too long ago",
            lambda vended: vended.manifest("expires = 2026-12-14", "expires = 2026-11-22"),
            vended=True,
        ),
    ),
}
