"""One way to ask any vendor: pages, rate limits, refusals, and what a bad answer costs."""

from __future__ import annotations

import asyncio
import time
from threading import Barrier, Event
from typing import TYPE_CHECKING, TypeVar

import pytest

from fixtures.demo.vendors.openrouter import OpenRouter
from fixtures.demo.vendors.standin import Reply, Request, StandIn, Vendor
from fixtures.demo.vendors.supabase import Supabase
from fixtures.demo.vendors.upstash import Upstash
from fixtures.demo.vendors.uptimerobot import UptimeRobot
from fixtures.model.http import Credential
from fixtures.model.secret import Secret
from fixtures.probes.http.client import Conversation
from fixtures.probes.observe import Unseen
from fixtures.probes.vendors import api as asking
from fixtures.probes.vendors.api import Absent, Api, Door, Gone, Page, PlanTooLow, Refused, Shape, linked
from tests.asked import MOMENT
from tests.loopback import PATIENCE_S, Script, Server, Talk, data, routes, saying
from tests.probes.outside_room import Room, values

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

T = TypeVar("T")

TOKEN = "tok-" + "9b2f7c1d"
PAST = "Fri, 23 Nov 2001 12:00:00 GMT"


class Numbers(Shape):
    """A page of numbers."""

    numbers: tuple[int, ...]
    next_link: str | None = None


def door(url: str, budget_s: float = 20.0) -> Door:
    """An API that a token opens."""
    credentials = (Credential("authorization", Secret(TOKEN), "Bearer "),)
    return Door("Vendor", url, credentials, "VENDOR_TOKEN", "a token that reads numbers", budget_s)


def asked(ask: Callable[[Api], Awaitable[T]], door: Door, say: Callable[[str], None] = print) -> T:
    """What comes of a question to the API behind a door."""

    async def run() -> T:
        async with Conversation() as conversation:
            return await ask(Api(door, conversation, say))

    return asyncio.run(run())


def numbers(api: Api) -> Awaitable[Numbers]:
    """The one question that most tests put."""
    return api.get("/numbers", Numbers, need="numbers:read")


def in_turn(*scripts: Script) -> Script:
    """A script for each request, in their order; the last for all later ones."""
    left = list(scripts)

    def script(talk: Talk) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(talk)

    return script


def test_second_page_is_found_by_its_link() -> None:
    """A link in the body, absolute with the vendor's own host or relative; the token goes with it."""
    second = data({"numbers": [3], "nextLink": None})
    for link in ("https://api.vendor.example/more?cursor=2", "/more?cursor=2"):
        first = data({"numbers": [1, 2], "nextLink": link})
        with Server(routes({"/numbers": first, "/more": second})) as server:
            pages = asked(lambda api: api.pages("/numbers", Numbers, _next), door(server.url))
        assert [number for page in pages for number in page.numbers] == [1, 2, 3]
        assert all(f"Bearer {TOKEN}" in request for request in server.requests)
        assert "cursor=2" in server.requests[1]


def test_second_page_is_found_by_its_header() -> None:
    """RFC 8288; Sentry writes both links always, and says which has results."""
    head = '</more?cursor=0:100:0>; rel="next"; results="true"; cursor="0:100:0"'
    last = '</more>; rel="previous"; results="true", </again>; rel="next"; results="false"; cursor="0:200:0"'
    table = {"/numbers": data({"numbers": [1]}, link=head), "/more": data({"numbers": [2]}, link=last)}
    with Server(routes(table)) as server:
        pages = asked(lambda api: api.pages("/numbers", Numbers, linked), door(server.url))
    assert [page.numbers for page in pages] == [(1,), (2,)]


def test_endless_list_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list whose pages lead on for ever is left as it is, and nothing is concluded from a part of it."""
    monkeypatch.setattr(asking, "MOST_PAGES", 3)
    count = iter(range(1, 100))

    def endless(talk: Talk) -> None:
        data({"numbers": [1], "nextLink": f"/numbers?page={next(count)}"})(talk)

    with Server(endless) as server, pytest.raises(Unseen, match="more than 3 pages"):
        asked(lambda api: api.pages("/numbers", Numbers, _next), door(server.url))
    assert len(server.requests) == 3


def _next(page: Page[Numbers]) -> str:
    return page.holds.next_link or ""


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (429, {"retry_after": "0"}),
        (429, {"retry_after": PAST}),
        (429, {"x_ratelimit_reset": "0"}),
        (429, {"x_ratelimit_reset": "1764000000000"}),
        (429, {"x_sentry_rate_limit_reset": "1764000000"}),
        (403, {"x_ratelimit_remaining": "0", "x_ratelimit_reset": "1764000000"}),
    ],
    ids=["seconds", "date", "reset in seconds", "reset in milliseconds", "Sentry's reset", "GitHub's 403"],
)
def test_rate_limit_is_waited_out(status: int, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The question is put again when the vendor allows it, and progress is told."""
    monkeypatch.setattr(asking, "SHORTEST_WAIT", 0.0)
    monkeypatch.setattr(time, "time", lambda: 1_764_000_000.0)
    lines: list[str] = []
    limited = data({"message": "slow down"}, status, **headers)
    with Server(in_turn(limited, data({"numbers": [7]}))) as server:
        assert asked(numbers, door(server.url), lines.append).numbers == (7,)
    assert len(server.requests) == 2
    assert [line for line in lines if "Vendor limits its rate" in line]


def test_rate_limit_beyond_the_budget_is_unverified() -> None:
    """It is not waited for, and the message says what was asked for and what was left."""
    with (
        Server(data({}, 429, retry_after="3600")) as server,
        pytest.raises(Unseen, match=r"asks to wait 3600 s; \d+ s of the budget of 20 s"),
    ):
        asked(numbers, door(server.url))
    assert len(server.requests) == 1


def test_budget_holds_for_all_questions_together() -> None:
    """A vendor that hangs costs its budget once: what is asked of it later is not put at all."""

    async def both(api: Api) -> list[str]:
        told = await asyncio.gather(numbers(api), api.get("/other", Numbers), return_exceptions=True)
        return [str(one) for one in (*told, *await asyncio.gather(api.get("/late", Numbers), return_exceptions=True))]

    with Server(lambda talk: talk.pause(PATIENCE_S)) as server:
        first, second, late = asked(both, door(server.url, budget_s=0.3))
    assert "no answer within 0.3 s" in first
    assert "no answer within 0." in second or "is used up" in second  # it is put a moment later
    assert "budget of 0.3 s is used up" in late
    assert not [request for request in server.requests if "/late" in request]


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (data({"message": f"bad key {TOKEN}"}, 401), Refused, "does not accept VENDOR_TOKEN"),
        (data({"detail": "no"}, 403), Refused, r"VENDOR_TOKEN may not read /numbers \(403\); it lacks numbers:read"),
        (data({}, 404), Absent, "has no /numbers that VENDOR_TOKEN may see"),
        (data({}, 402), PlanTooLow, "plan has no /numbers"),
        (data({}, 410), Gone, "switched /numbers off"),
        (data({}, 400), Unseen, "answered 400"),
        (saying(502, "<html>bad gateway</html>"), Unseen, "answered 502"),
        (saying(200, "<html>log in</html>"), Unseen, "unexpected shape: it is not JSON"),
        (saying(200, '{"numbers": [1'), Unseen, "it is not JSON"),
        (saying(200, ""), Unseen, "unexpected shape"),
        (data({"numbers": ["many"]}), Unseen, "numbers.0: int parsing"),
        (data({"number": []}), Unseen, "numbers: missing"),
        (data({"stat": "fail", "error": {"passed_value": TOKEN}}), Unseen, "numbers: missing"),
        (lambda talk: talk.reset(), Unseen, "was asked for /numbers: "),
    ],
    ids=["401", "403", "404", "402", "410", "400", "502", "HTML", "cut", "empty", "type", "name", "echo", "reset"],
)
def test_refusal_says_what_it_means(answer: Script, kind: type[Unseen], says: str) -> None:
    """What mends it is named; nothing of a body is, which may echo the token."""
    with Server(answer) as server, pytest.raises(kind, match=says) as raised:
        asked(numbers, door(server.url))
    assert TOKEN not in f"{raised.value} {raised.value.hint}"
    assert "a token that reads numbers" in raised.value.hint or kind not in (Refused, Absent)


def test_answer_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is concluded from a part of an answer."""
    monkeypatch.setattr(asking, "LARGEST", 1024)
    with Server(data({"numbers": list(range(1000))})) as server, pytest.raises(Unseen, match="larger than"):
        asked(numbers, door(server.url))


def test_token_follows_no_redirect() -> None:
    """A redirect is an answer like any other: where it leads, nobody is asked."""
    with Server(data({"numbers": [1]})) as elsewhere:
        leads = saying(302, headers={"location": f"{elsewhere.url}/numbers"})
        with Server(leads) as server, pytest.raises(Unseen, match="leads elsewhere, where no token is sent"):
            asked(numbers, door(server.url))
    assert elsewhere.requests == []


def test_same_question_is_put_once() -> None:
    """At the same time or later: one call, one answer for all."""

    async def often(api: Api) -> list[Numbers]:
        first = await asyncio.gather(*(numbers(api) for _ in range(5)))
        return [*first, await numbers(api)]

    with Server(data({"numbers": [1]})) as server:
        assert {found.numbers for found in asked(often, door(server.url))} == {(1,)}
    assert len(server.requests) == 1


@pytest.fixture
def vendors() -> tuple[Vendor, ...]:
    """Four vendors, sound."""
    return UptimeRobot(MOMENT), Supabase(MOMENT), Upstash(MOMENT), OpenRouter(MOMENT)


@pytest.fixture
def room(vendors: tuple[Vendor, ...], tmp_path: Path) -> Iterator[Room]:
    """The room that asks them."""
    standin = StandIn(*vendors)
    yield Room(tmp_path, standin, values(*vendors))
    standin.close()


def test_all_vendors_are_asked_at_the_same_time(room: Room, vendors: tuple[Vendor, ...]) -> None:
    """None answers before every one of them was asked."""
    together = Barrier(len(vendors), timeout=PATIENCE_S)
    for vendor in vendors:
        met = Event()

        def wait(request: Request, met: Event = met) -> Reply | None:
            if not met.is_set():
                met.set()
                together.wait()
            return None

        vendor.fault = wait
    room.prefetch()
    assert not together.broken
    assert room.troubles() == {}


def test_vendor_that_hangs_costs_only_its_own_items(room: Room, vendors: tuple[Vendor, ...]) -> None:
    """The others' items have their answers; its own are unverified."""
    over = Event()

    def hang(request: Request) -> None:
        over.wait(PATIENCE_S)

    vendors[1].fault = hang
    room.hurry(vendors[1].name)
    room.prefetch()
    over.set()
    assert set(room.troubles()) == {"backups main", "schedule main"}
    assert all("no answer within" in told or "is used up" in told for told in room.troubles().values())


def test_each_vendor_gets_each_question_once(room: Room, vendors: tuple[Vendor, ...]) -> None:
    """Two items of one row, and two rows of one vendor, share what both need."""
    room.prefetch()
    for vendor in vendors:
        questions = [(request.method, request.path, request.query) for request in vendor.asked]
        assert len(questions) == len(set(questions)), vendor.name
