"""What Supabase, Upstash and OpenRouter tell, and what it means when they do not."""

from __future__ import annotations

import asyncio
import base64
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import pytest

from fixtures.demo.vendors.openrouter import PER_PAGE, OpenRouter
from fixtures.demo.vendors.standin import Reply, Request, StandIn, Vendor, iso
from fixtures.demo.vendors.supabase import REF, Supabase
from fixtures.demo.vendors.upstash import DATABASE, EMAIL, Upstash
from fixtures.model.secret import Secret
from fixtures.probes.http.client import Conversation
from fixtures.probes.observe import Unseen
from fixtures.probes.vendors import openrouter, supabase
from fixtures.probes.vendors.doors import Doors
from fixtures.probes.vendors.questions import Apis
from tests.asked import MOMENT
from tests.probes.outside_room import KEY, MANIFEST, Room, values
from tests.specifications import misfits

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

T = TypeVar("T")

PROJECT = f"/v1/projects/{REF}"


@pytest.fixture
def store() -> Supabase:
    """Supabase, sound."""
    return Supabase(MOMENT)


@pytest.fixture
def cache() -> Upstash:
    """Upstash, sound."""
    return Upstash(MOMENT)


@pytest.fixture
def router() -> OpenRouter:
    """OpenRouter, sound."""
    return OpenRouter(MOMENT)


@pytest.fixture
def room(store: Supabase, cache: Upstash, router: OpenRouter, tmp_path: Path) -> Iterator[Room]:
    """The room that asks them."""
    vendors: tuple[Vendor, ...] = (store, cache, router)
    standin = StandIn(*vendors)
    yield Room(tmp_path, standin, values(*vendors))
    standin.close()


@pytest.mark.parametrize(
    "path", ["", "/database/backups", "/database/backups/schedule", "/api-keys", "/config/auth/signing-keys"]
)
def test_stand_in_answers_as_supabase_publishes(path: str, store: Supabase) -> None:
    """Each answer fits Supabase's own document, where that lies beside the repository (a warning where not)."""
    assert misfits("supabase", PROJECT + path, store.answer(Request("GET", PROJECT + path, (), {})).body) == ()


def test_backups_are_sorted_and_their_ends_known(store: Supabase, room: Room) -> None:
    """Supabase promises no order; a status that is new is neither complete nor failed."""
    store.backups.append(store.backup(1, MOMENT - timedelta(hours=1), "ARCHIVED"))
    store.backups.append(store.backup(2, MOMENT - timedelta(hours=2), "CANCELLED"))
    seen = room.vendors.keeping.kept(room.backup("main")).value
    assert [kept.end for kept in seen.kept[:3]] == ["other", "failed", "completed"]
    assert [kept.at for kept in seen.kept] == sorted((kept.at for kept in seen.kept), reverse=True)
    assert "Storage" in seen.leaves_out
    assert seen.runs


def test_point_in_time_recovery_is_read(store: Supabase, room: Room) -> None:
    """Seconds since 1970, in UTC; the field may be absent."""
    store.pitr, store.backups = True, []
    store.points = {"latest_physical_backup_date_unix": int(MOMENT.timestamp()) - 120}
    assert room.vendors.keeping.kept(room.backup("main")).value.newest_point == MOMENT - timedelta(seconds=120)


@pytest.mark.parametrize(
    ("reply", "regular", "text", "unread"),
    [
        (Reply({"schedule_for": "04:00:00", "updated_at": "x"}), True, "each day at 04:00:00 UTC", ""),
        (Reply({"message": "upgrade"}, 402), False, "plan is too low", ""),
        (Reply({"message": "none"}, 404), False, "no schedule", ""),
        (Reply({"message": "no"}, 403), False, "", "it lacks database:read"),
        (Reply({"message": "?"}, 500), False, "", "answered 500"),
    ],
    ids=["set", "plan", "none", "scope", "outage"],
)
def test_schedule_is_told_apart(
    reply: Reply, regular: bool, text: str, unread: str, store: Supabase, room: Room
) -> None:
    """That there is none is one thing, that the token may not read it another; the backups are told all the same."""
    store.schedule = reply
    seen, schedule = room.vendors.keeping.schedule(room.backup("main")).value
    assert (schedule.regular, bool(schedule.text)) == (regular, bool(text))
    assert text in schedule.text
    assert unread in schedule.unread
    assert seen.kept


@pytest.mark.parametrize(
    ("row", "manifest", "error", "hint"),
    [
        ("main", MANIFEST.replace(f'ref = "{REF}"\n', ""), "names no Supabase project", "20 letters"),
        ("main", MANIFEST.replace("[supabase]\n", ""), "no [supabase] is declared", "Declare [supabase]"),
        ("main", MANIFEST.replace(REF, "a" * 20), "has no /", "Give SUPABASE_ACCESS_TOKEN"),
        (
            "queue",
            MANIFEST.replace(EMAIL, "else@agentdesk.example"),
            "does not accept UPSTASH_API_KEY",
            "Developer API",
        ),
        ("queue", MANIFEST.replace(DATABASE, "another"), "has no /", "Give UPSTASH_API_KEY"),
    ],
    ids=["no ref", "no table", "another project", "another account", "another database"],
)
def test_wrong_row_is_unverified_with_what_mends_it(row: str, manifest: str, error: str, hint: str, room: Room) -> None:
    """Vendors answer 404 for what is not ours, too: it is no finding."""
    room.declare(manifest)
    evidence = room.vendors.keeping.kept(room.backup(row))
    assert error in evidence.error
    assert hint in evidence.hint
    assert not evidence.undecidable


def test_upstash_is_asked_with_basic_authentication_and_without_secrets(cache: Upstash, room: Room) -> None:
    """The address and the key of the account; the answer's password and tokens are hidden."""
    seen = room.vendors.keeping.kept(room.backup("queue")).value
    assert [kept.end for kept in seen.kept] == ["completed"] * 3
    expected = base64.b64encode(f"{EMAIL}:{cache.token}".encode()).decode()
    assert {request.headers["authorization"] for request in cache.asked} == {f"Basic {expected}"}
    assert {request.asked("credentials") for request in cache.asked if "/database/" in request.path} == {"hide"}


def test_platforms_own_key_is_asked_and_no_other(router: OpenRouter, room: Room) -> None:
    """The value that the service has, not the pipeline's management key; its credit by its own limit, the smaller."""
    account = room.vendors.outside.account(room.external("openrouter")).value
    assert account.credit.left == 74.5
    assert "of the key's own limit" in account.credit.source
    asked = {request.path: request.headers.get("authorization", "") for request in router.asked}
    assert asked["/key"] == f"Bearer {KEY}"


def test_limit_of_a_key_is_worth_no_more_than_the_account(router: OpenRouter, room: Room) -> None:
    """A key may have most of its limit left in an account that is spent; who may not see the account says so."""
    router.credits["total_usage"] = 499.0
    credit = room.vendors.outside.account(room.external("openrouter")).value.credit
    assert (credit.left, credit.source) == (1.0, "of the account's credit")
    router.fault = lambda request: Reply({}, 403) if request.path == "/credits" else None
    room.declare(MANIFEST)
    credit = room.vendors.outside.account(room.external("openrouter")).value.credit
    assert (credit.left, "the rights of a management key" in credit.unread) == (74.5, True)


def test_key_without_limit_has_the_accounts_credit(router: OpenRouter, room: Room) -> None:
    """A management key tells it; a key that is none is refused there, and that is said."""
    router.key |= {"limit": None, "limit_remaining": None}
    credit = room.vendors.outside.account(room.external("openrouter")).value.credit
    assert (credit.left, credit.source) == (500.0 - 180.25, "of the account's credit")
    router.fault = lambda request: Reply({}, 403) if request.path == "/credits" else None
    room.declare(MANIFEST)
    credit = room.vendors.outside.account(room.external("openrouter")).value.credit
    assert credit.left is None
    assert "the rights of a management key" in credit.unread


def test_outside_api_needs_no_table_of_its_own(room: Room) -> None:
    """[[external]] alone is enough: it is asked with the platform's own key. Here nobody answers at OpenRouter's."""
    room.declare(MANIFEST.replace('[openrouter]\ntoken_env = "OPENROUTER_MANAGEMENT_KEY"\n', ""))
    with pytest.raises(Unseen, match="no \\[slack\\] is declared"):
        _doors(room).vendor("slack")
    assert _doors(room).vendor("openrouter").url == "https://openrouter.ai/api/v1"


def test_webhook_is_undecidable_and_a_missing_one_is_not(store: Supabase, room: Room, tmp_path: Path) -> None:
    """Whoever has no value to look at has not looked: no attestation covers that."""
    missing = room.vendors.outside.account(room.external("slack"))
    assert "SLACK_WEBHOOK_URL has no value" in missing.error
    assert not missing.undecidable
    standin = StandIn(store)
    other = Room(tmp_path, standin, {"SLACK_WEBHOOK_URL": "https://hooks.slack.com/" + "services/T0/B0/x"})
    assert other.vendors.outside.account(other.external("slack")).undecidable
    standin.close()


def test_key_is_found_by_label_on_a_later_page(router: OpenRouter, room: Room) -> None:
    """When it was made; a key that the account does not list has no age."""
    key, rows = _told(room, _key_and_rows)
    assert len(rows) > PER_PAGE
    assert openrouter.made(rows, key.label) == router.made
    assert openrouter.made(rows, "sk-or-v1-fff...fff") is None


async def _key_and_rows(apis: Apis) -> tuple[openrouter.Key, tuple[openrouter.KeyRow, ...]]:
    own = await openrouter.key(apis.of("openrouter", "OPENROUTER_API_KEY", services=("worker",)))
    return own.holds.data, await openrouter.keys(apis.of("openrouter"))


def test_secret_key_is_found_by_its_prefix(store: Supabase, room: Room) -> None:
    """The keys are asked for without values; a legacy key has no time, and no prefix of it counts."""
    made = MOMENT - timedelta(days=12)
    value = "sb_" + "secret_" + "Q7w2e9r4t1"
    store.keys.append({"name": "web", "type": "secret", "id": "1", "prefix": value[:15], "inserted_at": iso(made)})
    rows = _told(room, lambda apis: supabase.keys(apis.of("supabase"), REF))
    assert supabase.made(rows, Secret(value)) == made
    assert supabase.made(rows, Secret("fghij" + "0" * 40)) is None
    assert store.asked[-1].asked("reveal") == "false"


def _doors(room: Room) -> Doors:
    return Doors(room.vendors.platform, room.vendors.environment, room.vendors.live)


def _told(room: Room, ask: Callable[[Apis], Awaitable[T]]) -> T:
    async def run() -> T:
        async with Conversation() as conversation:
            return await ask(Apis(_doors(room), conversation, print))

    return asyncio.run(run())
