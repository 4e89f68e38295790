"""The rotation ledger, and what values and copies tell of their age."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from fixtures.demo.vendors.openrouter import OpenRouter
from fixtures.demo.vendors.railway import PRODUCTION, PROJECT, WORKER, Railway
from fixtures.demo.vendors.standin import Reply, StandIn
from fixtures.demo.vendors.supabase import Supabase
from fixtures.manifest import load
from fixtures.probes.files import Files
from fixtures.probes.observe import Broken
from fixtures.probes.rotations import Rotations
from fixtures.probes.vendors.rotation import issued
from tests.asked import MOMENT, Asked, serving
from tests.credentials import Mint

if TYPE_CHECKING:
    from pathlib import Path

PLATFORM = '[platform]\nname = "shop"\n'
ENTRY = '[[rotation]]\nsecret = "CRON_SECRET"\nrotated_on = {day}\nby = "Ada King"\nticket = "OPS-1"\n'


def _ledger(root: Path, text: str | None, manifest: str = PLATFORM) -> Rotations:
    (root / "preflight.toml").write_text(manifest, "utf-8")
    if text is not None:
        (root / "rotations.toml").write_text(text, "utf-8")
    return Rotations(load(root), Files(root))


def test_newest_entry_of_a_secret_counts(tmp_path: Path) -> None:
    """The ledger is a history; its order is of no matter."""
    days = ("2026-05-01", "2026-11-02", "2026-08-01")
    entry = _ledger(tmp_path, "\n".join(ENTRY.format(day=day) for day in days)).latest()["CRON_SECRET"]
    assert (entry.on, entry.by, entry.ticket, entry.where) == (
        date(2026, 11, 2),
        "Ada King",
        "OPS-1",
        "rotations.toml:7",
    )


def test_platform_without_a_ledger_has_no_entries(tmp_path: Path) -> None:
    """It is no fault; secrets that need one are unverified."""
    ledger = _ledger(tmp_path, None)
    assert (ledger.path, ledger.latest()) == ("", {})


def test_declared_ledger_must_be_there(tmp_path: Path) -> None:
    """A path that leads nowhere must not read as a ledger without entries."""
    ledger = _ledger(tmp_path, None, PLATFORM + 'rotations = "docs/rotations.toml"\n')
    with pytest.raises(Broken, match="does not exist"):
        ledger.latest()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[rotation]\n", "the ledger is not valid TOML, at line 1"),
        ('[rotation]\nsecret = "A"\n', "write each rotation as a table [[rotation]] of its own"),
        ("[[rotations]]\n", "'rotations' is not known in the ledger: write [[rotation]]"),
        (
            "\n" + ENTRY.format(day='"2026-11-02"'),
            "line 2: rotated_on is a day without quotes, e.g. 2026-11-02",
        ),
        (
            ENTRY.format(day="2026-11-02T09:00:00Z"),
            "line 1: rotated_on is a day without a time, e.g. 2026-11-02",
        ),
        (
            ENTRY.format(day="2026-11-02") + 'value = "canary"\n',
            "line 1: 'value' is not known; an entry has secret, rotated_on, by, ticket, and never a value",
        ),
        (
            '[[rotation]]\nsecret = "canary with blanks"\nrotated_on = 2026-11-02\nticket = ""\n',
            "line 1: secret: string should match pattern '^[A-Za-z_][A-Za-z0-9_]*$'; line 1: 'by' is missing; "
            "line 1: ticket: string should have at least 1 character",
        ),
    ],
)
def test_mistakes_are_told_with_their_lines(text: str, expected: str, tmp_path: Path) -> None:
    """All mistakes at once, and nothing of any value: it could be a secret in the wrong place."""
    with pytest.raises(Broken) as broken:
        _ledger(tmp_path, text).latest()
    assert broken.value.finding.text == expected
    assert "canary" not in expected


def _organization_token(iat: object) -> str:
    said = base64.b64encode(json.dumps({"iat": iat, "url": "https://sentry.io", "org": "acme"}).encode()).decode()
    return "sntrys_" + said.rstrip("=") + "_" + "x" * 43


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (_organization_token(1_790_000_000.25), "2026-09-21"),
        (_organization_token("soon"), None),
        (_organization_token(True), None),
        (_organization_token(1e300), None),
        ("sntrys_" + "!!!" + "_x", None),
        ("sntrys_", None),
        (Mint().jwt(iss="supabase", role="service_role", iat=1_790_000_000), "2026-09-21"),
        (Mint().jwt(iss="supabase", role="anon", iat=1_790_000_000), None),
        ("sb_secret_" + "x" * 31, None),
        ("", None),
    ],
)
def test_value_tells_when_it_was_made(value: str, day: str | None) -> None:
    """Sentry's organization tokens and legacy Supabase keys carry it; anything else says and breaks nothing."""
    moment = issued(value)
    assert (f"{moment:%Y-%m-%d}" if moment else None) == day


@pytest.mark.parametrize(
    ("references", "shared", "expected"),
    [
        ([], "2026-11-01", "2026-02-01"),  # a value of its own
        (["shared.API_KEY"], "2026-11-01", "2026-11-01"),  # its value is the environment's
        (["Redis.PASSWORD"], None, None),  # its value comes from another service
    ],
)
def test_edit_of_a_reference_is_no_bound(
    references: list[str], shared: str | None, expected: str | None, tmp_path: Path
) -> None:
    """A variable that refers to another on Railway changes without an edit of its own."""
    railway = Railway(MOMENT)
    own = railway.variables[0] | {"name": "API_KEY", "updatedAt": "2026-02-01T09:00:00.000Z", "references": references}
    railway.variables = [own]
    if shared:
        railway.variables.append(own | {"serviceId": None, "references": [], "updatedAt": f"{shared}T09:00:00.000Z"})
    manifest = f"""{PLATFORM}
[[service]]
name = "worker"
host = "railway"
root = "."
railway_service = "{WORKER}"

[[variable]]
name = "API_KEY"
services = ["worker"]
rotate_days = 30

[railway]
project = "{PROJECT}"
environment = "{PRODUCTION}"
"""
    with serving(railway) as standin:
        asked = Asked(tmp_path, manifest, standin, {"RAILWAY_TOKEN": railway.token})
        edited = asked.vendors.rotation.age(asked.secret("API_KEY")).value.edited
    assert [f"{one.at:%Y-%m-%d}" for one in edited] == ([expected] if expected else [])


def test_project_token_tells_its_own_day(tmp_path: Path) -> None:
    """Railway says of a project token when it was made."""
    railway = Railway(MOMENT)
    railway.kind, railway.token_made = "project", datetime(2026, 9, 9, tzinfo=UTC)
    manifest = f'{PLATFORM}\n[railway]\nproject = "{PROJECT}"\nenvironment = "{PRODUCTION}"\n'
    with serving(railway) as standin:
        asked = Asked(tmp_path, manifest, standin, {"RAILWAY_TOKEN": railway.token})
        age = asked.vendors.rotation.age(asked.secret("RAILWAY_TOKEN")).value
    assert [f"{made.at:%Y-%m-%d}" for made in age.made] == ["2026-09-09"]
    assert age.gaps == ()


def test_source_that_does_not_answer_is_a_gap(tmp_path: Path) -> None:
    """A declared vendor without its token leaves a hole that the ledger does not fill."""
    manifest = f'{PLATFORM}\n[railway]\nproject = "{PROJECT}"\nenvironment = "{PRODUCTION}"\n'
    (tmp_path / "rotations.toml").write_text(ENTRY.format(day="2026-11-02").replace("CRON_SECRET", "RAILWAY_TOKENS"))
    with serving() as standin:
        asked = Asked(tmp_path, manifest, standin, {})
    age = asked.vendors.rotation.age(asked.secret("RAILWAY_TOKEN")).value
    assert [gap.reason for gap in age.gaps] == ["RAILWAY_TOKEN, the token for Railway, has no value"]
    assert (age.entry, age.near) == (None, "RAILWAY_TOKENS")


KEYS = """
[[service]]
name = "web"
host = "other"
root = "."

[[variable]]
name = "OPENROUTER_API_KEY"
services = ["web"]
kind = "openrouter-key"

[[variable]]
name = "SUPABASE_KEY"
services = ["web"]
kind = "supabase-service-key"
ref = "kmwtqzrhxbdnfyvalcgs"

[openrouter]
token_env = "MANAGEMENT_KEY"

[supabase]
"""


def _keys(tmp_path: Path, standin: StandIn, **values: str) -> Asked:
    return Asked(tmp_path, PLATFORM + KEYS, standin, values)


def test_openrouter_tells_of_the_key_with_the_same_label(tmp_path: Path) -> None:
    """A management key lists the account's keys, page by page; the platform's is known by its masked label."""
    router = OpenRouter(MOMENT)
    key = "sk-or-" + "v1-" + "5" * 61 + "abc"
    with serving(router) as standin:
        asked = _keys(tmp_path, standin, OPENROUTER_API_KEY=key, MANAGEMENT_KEY=router.token)
        age = asked.vendors.rotation.age(asked.secret("OPENROUTER_API_KEY")).value
    assert [(made.at, made.by) for made in age.made] == [(router.made, "OpenRouter's created_at of the key")]


def test_key_of_another_account_is_a_gap(tmp_path: Path) -> None:
    """The management key of one account does not list another's keys."""
    router = OpenRouter(MOMENT)
    router.fault = lambda request: Reply({"data": []}) if request.path == "/keys" else None
    key = "sk-or-" + "v1-" + "5" * 61 + "abc"
    with serving(router) as standin:
        asked = _keys(tmp_path, standin, OPENROUTER_API_KEY=key, MANAGEMENT_KEY=router.token)
        (gap,) = asked.vendors.rotation.age(asked.secret("OPENROUTER_API_KEY")).value.gaps
    assert gap.reason == "none of the keys that MANAGEMENT_KEY lists is OPENROUTER_API_KEY"


@pytest.mark.parametrize(("prefix", "days"), [(15, ["2026-06-01"]), (0, [])])
def test_supabase_tells_of_the_key_with_the_same_prefix(prefix: int, days: list[str], tmp_path: Path) -> None:
    """A secret key is known by its first characters; one that the project does not list is a gap."""
    supabase = Supabase(MOMENT)
    value = "sb_secret_" + "q7" * 15
    supabase.keys.append(
        {"name": "default", "type": "secret", "prefix": value[:prefix], "inserted_at": "2026-06-01T09:00:00Z"}
    )
    with serving(supabase) as standin:
        asked = _keys(tmp_path, standin, SUPABASE_KEY=value, SUPABASE_ACCESS_TOKEN=supabase.token)
        age = asked.vendors.rotation.age(asked.secret("SUPABASE_KEY")).value
    assert [f"{made.at:%Y-%m-%d}" for made in age.made] == days
    assert len(age.gaps) == (0 if days else 1)
