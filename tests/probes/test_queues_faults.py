"""What a Redis or a REST end point can do wrong: each is a finding or unverified with one line, never a zero."""

from __future__ import annotations

import base64
import contextlib
import datetime
import gzip
import json
import secrets
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.model.live import LiveSettings
from fixtures.model.platform import Queue, Thresholds
from fixtures.probes.observe import observe
from fixtures.probes.queues import Queues, facts, reading
from fixtures.probes.queues.facts import QueueFacts
from fixtures.probes.queues.replies import Command, Failed, Refusal
from tests.loopback import PATIENCE_S, Script, Server, closed_port, dead_first, saying, serving
from tests.probes.bull import (
    HOST,
    Answer,
    RealRedis,
    asking,
    real_redis,
    rest_in_front,
    row,
    scripted_redis,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fixtures.model.verdicts import Evidence

QUEUE = row("jobs")
REST = Queue(name="jobs", workers=("worker",), rest_url="REST_URL", rest_token="REST_TOKEN")


def _questions(room: Queues, queue: Queue = QUEUE) -> list[Evidence[Any]]:
    """All that is asked of a queue and of its Redis."""
    place = room._platform.queue_redis(queue)
    of_queue = (room.presence, room.depth, room.failed, room.waiting, room.pause)
    more = (room.active, room.workers, room.movement, room.delayed)
    return [*(ask(queue) for ask in of_queue), *(ask(queue) for ask in more), room.memory(place), room.link(place)]


def _told(evidence: Evidence[Any]) -> str:
    return evidence.error or (evidence.fault.text if evidence.fault else "")


def _causes(room: Queues, queue: Queue = QUEUE) -> set[str]:
    """Why each question has no answer; "" stands for one that has."""
    room.prefetch([queue, room._platform.queue_redis(queue)])
    return {_told(evidence) for evidence in _questions(room, queue)}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRedis]:
    with real_redis(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("redis://default:wrong@{at}", "Redis refused the login: wrong user or password"),
        ("redis://nobody:wrong@{at}", "Redis refused the login: wrong user or password"),
        ("redis://{at}", "Redis wants a password, and the URL has none"),
        ("redis://default:{password}@{at}/99", "Redis has no database of the number in the URL"),
        ("redis://default:{password}@127.0.0.1:{closed}", "connection refused"),
        ("redis://default:{password}@no-such-host.invalid", "no such host"),
        ("rediss://default:{password}@{at}", "no answer within 0.6 s"),
        ("http://{at}", "REDIS_URL of worker is no redis:// or rediss:// URL"),
        ("redis://default:{password}@{at}/jobs", "REDIS_URL of worker is no redis:// or rediss:// URL"),
    ],
)
def test_redis_that_cannot_be_asked(server: RealRedis, tmp_path: Path, url: str, cause: str) -> None:
    """Nothing is known of the queue, and the cause is told in one line."""
    value = url.format(at=f"{HOST}:{server.port}", password=server.password, closed=closed_port())
    budget_s = 0.6 if cause == "no answer within 0.6 s" else PATIENCE_S
    told = _causes(asking(tmp_path, {"REDIS_URL": value}, QUEUE, budget_s=budget_s))
    no_resolver = "the host's name could not be resolved here: no answer from the resolver"
    told = {text.replace(no_resolver, "no such host") for text in told}
    assert told == {cause}


@pytest.mark.parametrize(
    ("url", "sure"),
    [
        ("redis://default:wrong@{at}", True),
        ("redis://{at}", True),
        ("redis://default:{password}@{at}/99", True),
        ("redis://default:{password}@127.0.0.1:1", True),
        ("redis://default:{password}@no-such-host.invalid", False),
        ("rediss://default:{password}@{at}", False),  # silence
    ],
)
def test_redis_that_turns_the_suite_away_is_a_finding(server: RealRedis, tmp_path: Path, url: str, sure: bool) -> None:
    """It turns the service away too; what may be this machine's trouble stays unverified. Its queues always do."""
    value = url.format(at=f"{HOST}:{server.port}", password=server.password)
    room = asking(tmp_path, {"REDIS_URL": value}, QUEUE, budget_s=PATIENCE_S if sure else 0.6)
    link = room.link(room._platform.queue_redis(QUEUE))
    assert (link.fault is not None, bool(link.error)) == (sure, not sure)
    assert room.depth(QUEUE).error


def test_value_that_is_not_there(tmp_path: Path) -> None:
    """Without a URL there is nobody to ask."""
    room = asking(tmp_path, {"REDIS_URL": " "}, QUEUE)
    assert _causes(room) == {"REDIS_URL is not set for worker"}


def test_demo_that_does_not_run(tmp_path: Path) -> None:
    """Where the demo could not be started, that is the reason."""
    live = LiveSettings(dark="redis-server is not installed", hint="Install it.")
    room = asking(tmp_path, {"REDIS_URL": "redis://127.0.0.1:1"}, QUEUE, live=live)
    assert _causes(room) == {"redis-server is not installed"}


def _always(reply: bytes | None) -> Answer:
    return lambda words: b"+OK\r\n" if words[0] in ("AUTH", "SELECT") else reply


BAD: dict[str, tuple[Answer, str]] = {
    "loading": (_always(b"-LOADING Redis is loading the dataset in memory\r\n"), "still loading"),
    "a replica": (_always(b"-READONLY You can't write against a read only replica.\r\n"), "READONLY"),
    "a cluster": (_always(b"-MOVED 3999 127.0.0.1:6381\r\n"), "MOVED"),
    "moved nowhere": (_always(b"-MOVED what\r\n"), "does not parse"),
    "a cluster that is down": (_always(b"-CLUSTERDOWN The cluster is down\r\n"), "cluster is down"),
    "no right": (_always(b"-NOPERM this user has no permissions\r\n"), "NOPERM"),
    "too many clients": (_always(b"-ERR max number of clients reached\r\n"), "no more clients"),
    "a limit": (_always(b"-ERR max requests limit exceeded. Limit: 10000\r\n"), "limit of requests"),
    "an unknown error": (_always(b"-WHATEVER is this\r\n"), "Redis answered with an error (WHATEVER)"),
    "half an answer": (_always(b"$100\r\nhalf an answ"), "no answer within"),
    "a cut": (_always(None), "closed in the middle"),
    "two gigabytes": (_always(b"$2000000000\r\nxx"), "does not parse"),
    "a huge array": (_always(b"*99999999\r\n"), "does not parse"),
    "deep nesting": (_always(b"*1\r\n" * 5000), "does not parse"),
    "a word for a number": (_always(b":many\r\n"), "does not parse"),
    "HTTP": (_always(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "does not parse"),
    "an endless line": (_always(b"+" + b"x" * 200_000 + b"\r\n"), "does not parse"),
    "a cut at the login": (lambda words: None, "closed in the middle"),
    "silence": (lambda words: b"", "no answer within"),
}


@pytest.mark.parametrize("kind", BAD)
def test_redis_that_answers_badly(tmp_path: Path, kind: str) -> None:
    """Each question ends with the cause, and none with a number."""
    answer, cause = BAD[kind]
    budget_s = 0.4 if cause == "no answer within" else PATIENCE_S
    with scripted_redis(answer) as url:
        told = _causes(asking(tmp_path, {"REDIS_URL": url}, QUEUE, budget_s=budget_s))
    told -= {"no round trip could be timed"}
    link = {text for text in told if text == ""}  # whoever answers has been reached
    assert all(cause in text for text in told - link), told
    assert told - link


def test_answers_of_the_wrong_form_are_no_numbers(tmp_path: Path) -> None:
    """A server that says OK to everything has no queue, and no empty one either."""
    with scripted_redis(lambda words: b"+OK\r\n") as url:
        room = asking(tmp_path, {"REDIS_URL": url}, QUEUE)
        room.prefetch([QUEUE])
    *of_queue, memory, _ = _questions(room)
    assert all("does not parse" in evidence.error for evidence in of_queue if "workers" not in evidence.asked), of_queue
    assert memory.error


def test_slow_bytes_cost_the_budget_only(tmp_path: Path) -> None:
    """A peer that sends an answer now and then never ends an exchange by itself."""

    def drip(words: Command) -> bytes:
        time.sleep(0.15)
        return b"+OK\r\n" if words[0] == "AUTH" else b":0\r\n"

    with scripted_redis(drip) as url:
        told = _causes(asking(tmp_path, {"REDIS_URL": url}, QUEUE, budget_s=0.5))
    assert told == {"no answer within 0.5 s"}


def test_second_reading_that_fails_takes_nothing_from_the_first(server: RealRedis, tmp_path: Path) -> None:
    """What one reading decides is told; what needs two says why it is not."""
    seen: list[Command] = []

    def cut(words: Command) -> bytes | None:
        seen.append(words)
        pings = sum(command[0] == "PING" for command in seen)
        if pings > 2 and words[0] != "PING":
            return None
        forms = {"AUTH": b"+OK\r\n", "PING": b"+PONG\r\n", "TIME": b"*2\r\n$1\r\n9\r\n$1\r\n0\r\n"}
        if words[0] in ("LRANGE", "ZRANGE", "ZREVRANGE"):
            return b"*0\r\n"
        if words[0] == "HMGET":
            return b"*2\r\n$-1\r\n$-1\r\n"
        return forms.get(words[0], b":1\r\n")

    with scripted_redis(cut) as url:
        room = asking(tmp_path, {"REDIS_URL": url}, QUEUE)
        room.prefetch([QUEUE])
        assert room.depth(QUEUE).value.total == 3
        for question in (room.active, room.movement, room.delayed):
            assert "second reading failed" in question(QUEUE).error
        assert room.link(room._platform.queue_redis(QUEUE)).value.round_trip_ms > 0


def test_one_dark_redis_hides_no_other(server: RealRedis, tmp_path: Path) -> None:
    """Each Redis answers for its own queues."""
    server.client.hset("bull:lit:meta", "version", "bullmq:5.81.3")
    lit, dark = row("lit"), row("dark", redis="DARK_URL")
    room = asking(tmp_path, {"REDIS_URL": server.url, "DARK_URL": f"redis://127.0.0.1:{closed_port()}"}, lit, dark)
    room.prefetch([lit, dark])
    assert room.depth(lit).value.total == 0
    assert room.depth(dark).error == "connection refused"


def test_dead_address_of_a_host_hides_no_living_one(
    server: RealRedis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two addresses the second is tried soon, in either way of asking."""
    server.client.hset("bull:dual:meta", "version", "bullmq:5.81.3")
    with rest_in_front(server, "t") as (url, _):
        host = dead_first(monkeypatch)
        values = {"REDIS_URL": server.url.replace(HOST, host), "REST_URL": url.replace(HOST, host), "REST_TOKEN": "t"}
        queues = (row("dual"), REST.model_copy(update={"name": "rest", "queue": "dual"}))
        room = asking(tmp_path, values, *queues)
        room.prefetch(queues)
        assert [room.depth(queue).value.total for queue in queues] == [0, 0]


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        (401, '{"error":"WRONGPASS invalid or missing auth token"}', "the token was refused (401)"),
        (429, "slow down", "too many requests (429): the limit of the plan is reached"),
        (400, '{"error":"ERR max requests limit exceeded"}', "the limit of requests is reached (status 400)"),
        (200, '{"error":"NOPERM no"}', "Redis refuses the command to this user (NOPERM) (status 200)"),
        (200, "<html>Login</html>", "the answer is no JSON (status 200)"),
        (502, "<html>Bad gateway</html>", "the answer is no JSON (status 502)"),
        (500, "[]", "it answered with status 500"),
        (200, "[]", "the answer is no list of as many answers as questions"),
        (200, "null", "the answer is no list of as many answers as questions"),
        (200, "[" * 100_000, "the answer is no JSON (status 200)"),
        (307, "", "it redirects (307); the token is not sent there"),
    ],
)
def test_rest_that_refuses(server: RealRedis, tmp_path: Path, status: int, body: str, cause: str) -> None:
    """One line, and the token goes nowhere else."""
    with rest_in_front(server, "t", lambda: (status, body)) as (url, sizes):
        told = _causes(asking(tmp_path, {"REST_URL": url, "REST_TOKEN": "t"}, REST), REST)
    assert told == {cause}
    assert len(sizes) == 1


def test_rest_with_a_wrong_token_or_without_one(server: RealRedis, tmp_path: Path) -> None:
    """A token of another database is refused; a missing one is not guessed."""
    with rest_in_front(server, "right") as (url, _):
        wrong = asking(tmp_path, {"REST_URL": url, "REST_TOKEN": "wrong"}, REST)
        assert _causes(wrong, REST) == {"the token was refused (401)"}
        assert wrong.link(wrong._platform.queue_redis(REST)).fault is not None
        none = asking(tmp_path, {"REST_URL": url, "REST_TOKEN": ""}, REST)
        assert _causes(none, REST) == {"REST_TOKEN is not set for worker"}


def test_proxy_that_cannot_be_used_costs_its_own_redis_only(
    server: RealRedis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A SOCKS proxy is not spoken here; whoever is reached without one is read all the same."""
    monkeypatch.setenv("https_proxy", "socks5://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    values = {"REST_URL": "https://preflight.invalid", "REST_TOKEN": "t", "REDIS_URL": server.url}
    room = asking(tmp_path, values, REST, row("unproxied"))
    room.prefetch([REST, row("unproxied")])
    assert room.depth(REST).error.startswith("the proxy that the environment names")
    assert room.presence(row("unproxied")).value.missing


@pytest.mark.parametrize("element", [{"error": "NOPERM no"}, {"result": {}}, {"result": True}, {}, 7, {"result": "x"}])
def test_elements_that_are_no_answers(tmp_path: Path, server: RealRedis, element: object) -> None:
    """With status 200 each element may still be an error, or something else altogether."""
    with rest_in_front(server, "t", lambda: (200, json.dumps([element] * sizes[-1]))) as (url, sizes):
        room = asking(tmp_path, {"REST_URL": url, "REST_TOKEN": "t"}, REST)
        room.prefetch([REST])
    *of_queue, memory, _ = _questions(room, REST)
    assert all(evidence.error for evidence in of_queue), of_queue
    assert memory.error or memory.value.policy is None


def test_rest_that_never_ends(server: RealRedis, tmp_path: Path) -> None:
    """A refused connection and a silent peer cost no more than the budget."""
    with scripted_redis(lambda words: b"") as url:
        silent = url.rpartition("@")[2]
        values = {"REST_URL": f"http://{silent}", "REST_TOKEN": "t"}
        assert len(_causes(asking(tmp_path, values, REST, budget_s=0.4), REST)) == 1
    values = {"REST_URL": f"http://{HOST}:{closed_port()}", "REST_TOKEN": "t"}
    assert _causes(asking(tmp_path, values, REST), REST) == {"connection refused"}


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        (
            lambda talk: talk.send(b'HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n[{"result":1'),
            "the body was cut short",
        ),
        (lambda talk: talk.reset(), "connection reset"),
        (lambda talk: None, "the connection was closed without an answer"),
        (
            lambda talk: talk.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"),
            "broken chunk encoding",
        ),
        (saying(200, gzip.compress(bytes(50_000_000)), {"content-encoding": "gzip"}), "larger than 16 MiB"),
        (lambda talk: talk.send(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "the answer is not HTTP"),
    ],
    ids=["cut", "reset", "closed", "chunks", "bomb", "no HTTP"],
)
def test_rest_that_breaks_off(tmp_path: Path, script: Script, cause: str) -> None:
    """An answer that does not come whole is none, and never a zero."""
    with Server(script) as server:
        told = _causes(asking(tmp_path, {"REST_URL": server.url, "REST_TOKEN": "t"}, REST), REST)
    assert len(told) == 1
    assert cause in told.pop()


AUTHORITY = trustme.CA()
YEARS_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("names", "expires", "trusted", "cause"),
    [
        ([HOST], None, True, ""),
        ([HOST], None, False, "the TLS certificate's"),
        (["redis.example"], None, True, "the TLS certificate is for another address"),
        ([HOST], YEARS_AGO, True, "the TLS certificate has expired"),
    ],
    ids=["sound", "unknown issuer", "another host", "expired"],
)
def test_certificates(
    tmp_path: Path, names: list[str], expires: datetime.datetime | None, trusted: bool, cause: str
) -> None:
    """A certificate that is not to be trusted is a finding about the connection, and hides the rest."""
    authority_file = tmp_path / "ca.pem"
    (AUTHORITY if trusted else trustme.CA()).cert_pem.write_to_path(authority_file)
    certificate = AUTHORITY.issue_cert(*names, not_after=expires)
    with real_redis(tmp_path, certificate) as server:
        url = f"rediss://default:{server.password}@{HOST}:{server.tls_port}"
        room = asking(tmp_path, {"REDIS_URL": url}, QUEUE, live=LiveSettings(ca_file=authority_file))
        link = room.link(room._platform.queue_redis(QUEUE))
        if not cause:
            assert link.value.secure
            assert link.value.tls.startswith("TLSv1.")
            assert room.presence(QUEUE).value.missing
            return
        assert link.fault is not None
        assert link.fault.text.startswith(cause)
        assert room.depth(QUEUE).error.startswith(cause)


@pytest.mark.parametrize(
    ("names", "expires", "cause"),
    [
        (["redis.example"], None, "the TLS certificate is for another address"),
        ([HOST], YEARS_AGO, "the TLS certificate has expired"),
    ],
    ids=["another host", "expired"],
)
def test_certificates_of_rest(tmp_path: Path, names: list[str], expires: datetime.datetime | None, cause: str) -> None:
    """A REST end point that is not to be trusted is the same finding, and gets no token."""
    authority_file = tmp_path / "ca.pem"
    AUTHORITY.cert_pem.write_to_path(authority_file)
    with Server(saying(200, "[]"), serving(AUTHORITY.issue_cert(*names, not_after=expires))) as server:
        values = {"REST_URL": server.url, "REST_TOKEN": "t"}
        room = asking(tmp_path, values, REST, live=LiveSettings(ca_file=authority_file))
        link = room.link(room._platform.queue_redis(REST))
        assert room.depth(REST).error == cause
        assert server.requests == []
    assert link.fault is not None
    assert link.fault.text == cause


def _forms(value: str) -> set[str]:
    raw = value.encode()
    return {value, quote(value, safe=""), base64.b64encode(raw).decode(), raw.hex(), repr(value)[1:-1]}


def _leaking(server: RealRedis, password: str) -> Iterator[Callable[[Path], Queues]]:
    """Rooms whose every exchange goes wrong in another way, with the password in it."""
    user = quote(password, safe="")
    live = LiveSettings(canary=True)
    queue = row("jobs", canary="ping", canary_s=1)
    for url in (f"redis://{user}:{user}@{HOST}:{server.port}", f"redis://:{user}@no-such-host.invalid/{user}"):
        yield lambda root, url=url: asking(root, {"REDIS_URL": url}, queue, live=live)  # type: ignore[misc]
    yield lambda root: asking(root, {"REDIS_URL": f"redis://:{password}@{HOST}"}, queue, live=live)


def test_no_secret_is_told(server: RealRedis, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither password nor token stands in evidence, in a room's repr, or in what is printed, in any form."""
    password = f"cAn/{secrets.token_hex(8)}+&é"
    rooms = [make(tmp_path) for make in _leaking(server, password)]
    said = [repr(room) + repr(vars(room)) for room in rooms]
    for room in rooms:
        room.prefetch(room._platform.tables.queues)
        said += [repr(vars(room)), repr(room.canary(room._platform.tables.queues[0]))]
        said += [repr(evidence) + repr(evidence.hint) for evidence in _questions(room)]
    echo = lambda words: f"-ERR unknown command '{' '.join(words)}' {password}\r\n".encode()  # noqa: E731
    with (
        scripted_redis(echo) as url,
        rest_in_front(server, password, lambda: (400, json.dumps({"error": password}))) as (
            rest,
            _,
        ),
    ):
        at = url.rpartition("@")[2]
        values = {"REDIS_URL": f"redis://:{quote(password, safe='')}@{at}", "REST_URL": rest, "REST_TOKEN": password}
        for queue in (QUEUE, REST):
            room = asking(tmp_path, values, queue)
            room.prefetch([queue])
            said += [repr(vars(room)), *(repr(evidence) for evidence in _questions(room, queue))]
    said += capfd.readouterr()
    assert [form for form in _forms(password) for text in said if form in text] == []


REPLIES = st.recursive(
    st.none()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["0", "1763881234567", "1e400", "nan", "0:5", '{"delay":1e999}', '{"delay":5}', "used_memory:x"])
    | st.sampled_from([10**400, -(10**400), "9" * 400, "1e308", f'{{"delay":1{"0" * 400}}}'])  # REST sets no limit
    | st.builds(Refusal, st.sampled_from(["WRONGTYPE", "NOPERM", "ERR"]), st.just("why")),
    lambda inner: st.lists(inner, max_size=6).map(tuple),
    max_leaves=8,
)


class _Invented:
    """A carrier that answers anything."""

    tls = ""

    def __init__(self, draw: Callable[[], Any]) -> None:
        self._draw = draw

    async def open(self) -> None:
        """Nothing to open."""

    async def ask(self, commands: Any) -> tuple[Any, ...]:
        """As many answers as commands, of any form."""
        return tuple(self._draw() for _ in commands)

    async def close(self) -> None:
        """Nothing to close."""


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_no_answer_breaks_the_room(data: st.DataObject) -> None:
    """Whatever a Redis says, each question ends in clean evidence."""
    import asyncio

    told = asyncio.run(reading.read(_Invented(lambda: data.draw(REPLIES)), [QUEUE], 0))
    seen = QueueFacts(QUEUE, told, Thresholds(), over_rest=False)
    asks: list[Callable[[], Any]] = [
        seen.presence,
        lambda: seen.there(),
        seen.depth,
        seen.failed,
        seen.waiting,
        seen.pause,
        seen.active,
        seen.workers,
        seen.movement,
        seen.delayed,
        lambda: facts.memory(told),
    ]
    for ask in asks:
        evidence = observe("", "", ask)
        assert evidence.error or evidence.fault or evidence.seen is not None


def test_failed_exchange_keeps_no_traceback_of_its_own() -> None:
    """The failure that is kept holds text, and no frames with a credential in them."""
    import asyncio

    class Breaks(_Invented):
        async def open(self) -> None:
            raise Failed("because")

    told = asyncio.run(reading.read(Breaks(lambda: None), [QUEUE], 0))
    assert told.failure is not None
    assert told.failure.__traceback__ is None
    assert told.failure.__context__ is None
    with contextlib.suppress(Failed):
        raise told.failure
