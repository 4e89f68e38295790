"""Secrets that are too old, and ledgers and guides that do not say what is true."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.credentials import WORD, Mint
from tests.platforms import Twin

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.vended import Vended

GUIDE = "docs/ROTATE_SECRETS.md"
LEDGER = "rotations.toml"


def _twin(breaks: str, edit: Callable[[Vended], None], **more: Any) -> Twin:
    return Twin(breaks, edit, vended=True, **more)


def _entered(vended: Vended, name: str, day: str | None) -> None:
    """Let the ledger say that a secret was rotated on another day, or nothing of it."""
    entry = re.compile(rf'\[\[rotation\]\]\nsecret = "{name}"\nrotated_on = \S+\n(.*\n.*\n)')
    text, found = entry.subn(
        "" if day is None else rf'[[rotation]]\nsecret = "{name}"\nrotated_on = {day}\n\1', vended.read(LEDGER)
    )
    assert found == 1
    vended.write(LEDGER, text)


def _milliseconds(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)


def _vercel_token(vended: Vended, **changes: object) -> None:
    vended.vendor("vercel").tokens[1].update(changes)


def _made(vended: Vended, day: str) -> None:
    _vercel_token(vended, createdAt=_milliseconds(day))


def _edited(vended: Vended, name: str, day: str) -> None:
    """The last edit of a variable on both hosts, wherever it is."""
    for row in vended.vendor("vercel").variables:
        if row["key"] == name:
            row["updatedAt"] = _milliseconds(day)
    for row in vended.vendor("railway").variables:
        if row["name"] == name:
            row["updatedAt"] = f"{day}T09:00:00.000Z"


def _one_copy(vended: Vended) -> None:
    """Web's copy was renewed with the entry, worker's was left behind."""
    for row in vended.vendor("railway").variables:
        if row["name"] == "ENCRYPTION_KEY":
            row["updatedAt"] = "2026-10-01T09:00:00.000Z"


def _in_ci(vended: Vended, name: str, day: str) -> None:
    for row in vended.vendor("github").production:
        if row["name"] == name:
            row["updated_at"] = f"{day}T09:00:00Z"


def _old_key(vended: Vended) -> None:
    issued = _milliseconds("2026-02-01") // 1000
    key = Mint().jwt(iss="supabase", ref="kmwtqzrhxbdnfyvalcgs", role="service_role", iat=issued, exp=issued * 2)
    vended.env("web", "SUPABASE_SERVICE_ROLE_KEY", key)


def _old_secret_key(vended: Vended) -> None:
    value = "sb_secret_" + Mint().draw(WORD, 31)
    row = {
        "name": "default",
        "type": "secret",
        "id": "k-1",
        "prefix": value[:15],
        "inserted_at": "2026-06-01T09:00:00Z",
    }
    vended.vendor("supabase").keys.append(row)
    vended.env("web", "SUPABASE_SERVICE_ROLE_KEY", value)


def _old_project_token(vended: Vended) -> None:
    railway = vended.vendor("railway")
    railway.kind, railway.token_made = "project", datetime(2026, 1, 5, tzinfo=UTC)


def _section(vended: Vended, name: str, text: str | None) -> None:
    """Give a section of the guide another text, or take it out."""
    section = re.compile(rf"(?ms)^## {name}\n.*?(?=^## )")
    guide, found = section.subn("" if text is None else f"## {name}\n\n{text}\n\n", vended.read(GUIDE))
    assert found == 1
    vended.write(GUIDE, guide)


TWINS = {
    "ROT-001": (
        _twin("a token that Vercel made long ago", lambda v: _made(v, "2026-06-01")),
        _twin("a project token that Railway made long ago", _old_project_token, hides=("ALR-007",)),
        _twin("a key whose iat is long ago", _old_key),
        _twin(
            "a key that OpenRouter made long ago",
            lambda v: setattr(v.vendor("openrouter"), "made", datetime(2026, 6, 1, tzinfo=UTC)),
        ),
        _twin("a key that Supabase made long ago", _old_secret_key),
        _twin("a variable not edited for long", lambda v: _edited(v, "JOBS_API_TOKEN", "2026-07-01")),
        _twin("a secret of CI not set for long", lambda v: _in_ci(v, "RAILWAY_TOKEN", "2026-07-01")),
        _twin("a ledger that says long ago", lambda v: _entered(v, "SLACK_WEBHOOK_URL", "2026-07-01")),
        _twin("a ledger alone that says long ago", lambda v: _entered(v, "PREFLIGHT_GITHUB_TOKEN", "2026-07-01")),
        _twin("a ledger older than the making", lambda v: _entered(v, "VERCEL_TOKEN", "2026-10-01")),
        _twin("a ledger newer than the making", lambda v: _entered(v, "SUPABASE_SERVICE_ROLE_KEY", "2026-11-20")),
        _twin("a ledger newer than the last edit", lambda v: _entered(v, "CRON_SECRET", "2026-11-20")),
        _twin("a ledger of a day to come", lambda v: _entered(v, "PREFLIGHT_GITHUB_TOKEN", "2026-12-20")),
        _twin("one copy that was left behind", _one_copy),
        _twin("a copy older than the token", lambda v: _in_ci(v, "VERCEL_TOKEN", "2026-11-01")),
        _twin("a leaked token", lambda v: _vercel_token(v, leakedAt=_milliseconds("2026-11-21"))),
        _twin("a ledger with a value", lambda v: v.append(LEDGER, '\n[[rotation]]\nsecret = "A"\nvalue = "b"\n')),
        _twin(
            "a token that ends soon",
            lambda v: _vercel_token(v, expiresAt=_milliseconds("2026-11-30")),
            verdict="warn",
        ),
        _twin("a young edit without an entry", lambda v: _entered(v, "REDIS_URL", None), verdict="unverified"),
        _twin("neither API nor entry", lambda v: _entered(v, "PREFLIGHT_GITHUB_TOKEN", None), verdict="unverified"),
        _twin(
            "a token that Vercel does not list",
            lambda v: _vercel_token(v, name="other", suffix="zzzz"),
            verdict="unverified",
        ),
    ),
    "ROT-002": (
        _twin("a guide without the secret", lambda v: _section(v, "CRON_SECRET", None)),
        _twin("a section that keeps a place", lambda v: _section(v, "DATABASE_URL", "TODO")),
    ),
}
