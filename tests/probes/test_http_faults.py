"""Whatever stands at the other end costs its budget, gives one line, and hides nobody else's answer."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import ssl
import threading
import zlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.model.http import Answer, Ask, Credential, Trouble
from fixtures.model.secret import Secret
from fixtures.probes.http import client
from fixtures.probes.http.bodies import BodyTrouble, BoundedBody, decoded
from fixtures.probes.http.client import PER_HOST, PER_LANE, ask
from fixtures.probes.http.troubles import trouble_of
from tests.loopback import PATIENCE_S, Script, Server, Talk, closed_port, data, dead_first, said, saying, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    import httpx

TOKEN = "tok-" + "3f9d1c7b5a"
NOW = datetime.now(UTC)
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def one(url: str, **more: Any) -> Answer:
    """The answer to one question."""
    (answer,) = ask([Ask(url, **({"budget_s": PATIENCE_S} | more))])
    return answer


def trouble(script: Script, budget_s: float) -> str:
    """The trouble that a script makes, beside a sound server whose answer must come all the same."""
    with Server(script) as broken, Server(data({"status": "ok"})) as sound:
        first, second = ask([Ask(broken.url + "/", budget_s=budget_s), Ask(sound.url + "/", budget_s=PATIENCE_S)])
    assert (second.status, second.trouble) == (200, None)
    return str(first.trouble)


def read(answer: Answer) -> str:
    return answer.body.examine(lambda text: text)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def roots(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("roots") / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return file


def _dribble(talk: Talk) -> None:
    talk.send(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    while not talk.over.is_set() and talk.send(b"."):
        talk.pause(0.1)


def _endless(talk: Talk) -> None:
    talk.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n")
    while not talk.over.is_set() and talk.send(b"x" * 65536):
        pass


def _hang(talk: Talk) -> None:
    talk.pause(PATIENCE_S)


def _reset(talk: Talk) -> None:
    talk.reset()


def _bomb(talk: Talk) -> None:
    """Two gigabytes of zeros in two megabytes of gzip."""
    talk.send(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n")
    squeeze = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    block = b"\0" * (8 * 1024 * 1024)
    for _ in range(256):
        if not talk.send(squeeze.compress(block)):
            return
    talk.send(squeeze.flush())


@pytest.mark.parametrize(
    ("script", "text"),
    [
        (_reset, "connection reset"),
        (_hang, "no answer within 0.5 s"),
        (lambda talk: None, "the connection was closed without an answer"),
        (lambda talk: talk.send(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "the answer is not HTTP"),
        (lambda talk: talk.send(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"), "the body was cut short"),
        (
            lambda talk: talk.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nno\r\n"),
            "broken chunk encoding",
        ),
        (
            lambda talk: talk.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab"),
            "the body was cut short",
        ),
        (
            lambda talk: talk.send(b"HTTP/1.1 200 OK\r\nx-filler: " + b"a" * 300_000 + b"\r\n\r\n"),
            "the headers are too large",
        ),
        (saying(200, b"plain", {"content-encoding": "gzip"}), "the body is not compressed as its header says"),
        (saying(200, gzip.compress(b"x" * 999)[:-9], {"content-encoding": "gzip"}), "the compressed body ended"),
        (saying(200, b"x", {"content-encoding": "br"}), "the body is compressed in a way that was not asked for"),
    ],
    ids=[
        "reset",
        "never answers",
        "closed",
        "no HTTP",
        "short body",
        "bad chunk",
        "short chunk",
        "huge headers",
        "no gzip",
        "short gzip",
        "unasked encoding",
    ],
)
def test_broken_server_is_told_in_one_line(script: Script, text: str) -> None:
    """Each way to break an answer has its own cause, costs no more than its budget, and hides no other answer."""
    assert trouble(script, budget_s=0.5 if "within" in text else PATIENCE_S).startswith(text)


def test_body_that_never_ends_costs_its_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then keeps no exchange open; its status, which came before, is told."""
    budgets: list[asyncio.Timeout] = []
    timeout, fill = asyncio.timeout, client._fill

    def started(seconds: float) -> asyncio.Timeout:
        budgets.append(timeout(seconds))
        return budgets[-1]

    async def nearly_over(body: BoundedBody, response: httpx.Response) -> None:
        budgets[0].reschedule(asyncio.get_running_loop().time() + 0.3)  # not before the head has come
        await fill(body, response)

    monkeypatch.setattr(asyncio, "timeout", started)
    monkeypatch.setattr(client, "_fill", nearly_over)
    with Server(_dribble) as server:
        told = str(one(server.url).trouble)
    assert told == f"200 came, but its body did not end within {PATIENCE_S:g} s"


def test_refused_connection_is_told() -> None:
    """A port on which nothing listens refuses."""
    assert str(one(f"http://127.0.0.1:{closed_port()}/").trouble) == "connection refused"


def test_unknown_host_is_told() -> None:
    """A name that cannot exist (RFC 2606) has no address; or this machine has no resolver, and says that."""
    answer = one("http://preflight.invalid/")
    assert answer.trouble is not None
    assert answer.trouble.kind in {"no-host", "network"}


@pytest.mark.parametrize("url", ["gopher://127.0.0.1/", "http://[::1/", "http:///path", "not a url", "http://a b/"])
def test_address_that_is_no_url_is_told(url: str) -> None:
    """A question that cannot be put is a trouble, not an exception."""
    assert one(url).trouble is not None


def test_endless_body_is_read_up_to_its_limit() -> None:
    """A body without end costs its limit; what came is kept, and marked as a part."""
    with Server(_endless) as server:
        answer = one(server.url, max_bytes=100_000)
    assert (answer.size, answer.truncated, answer.trouble) == (100_000, True, None)


def test_gzip_bomb_is_inflated_up_to_its_limit() -> None:
    """Two gigabytes in a compressed body cost no more than the limit."""
    with Server(_bomb) as server:
        answer = one(server.url, max_bytes=100_000)
    assert (answer.status, answer.size, answer.truncated) == (200, 100_000, True)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_compressed_body_is_read(encoding: str) -> None:
    """gzip, and both things that servers call deflate, are read."""
    packed = {"gzip": gzip.compress(b"well")}.get(encoding, zlib.compress(b"well"))
    with Server(saying(200, packed, {"content-encoding": encoding})) as server:
        assert read(one(server.url)) == "well"
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    with Server(saying(200, raw.compress(b"well") + raw.flush(), {"content-encoding": "deflate"})) as server:
        assert read(one(server.url)) == "well"


def test_redirect_is_an_observation() -> None:
    """A loop is asked once, and its goal is told without its query."""
    with Server(lambda talk: talk.send(said(302, headers={"location": "/again?token=1"}))) as server:
        answer = one(server.url + "/again")
        assert (answer.status, answer.location, len(server.requests)) == (302, f"{server.url}/again", 1)


def test_redirect_loop_within_the_origin_ends() -> None:
    """Where redirects may be followed, so many are and no more."""
    with Server(lambda talk: talk.send(said(302, headers={"location": "/again"}))) as server:
        assert one(server.url, follow=3).status == 302
        assert len(server.requests) == 4


@pytest.mark.parametrize("follow", [0, 3])
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_credentials_do_not_follow_a_redirect(follow: int, host: str) -> None:
    """Another host, and another port of the same host, see neither the credential nor the question."""
    with Server(saying(200, "stolen"), host=host) as other:
        elsewhere = {"location": other.url + "/"}
        with Server(lambda talk: talk.send(said(307, headers=elsewhere))) as server:
            credentials = (
                Credential("authorization", Secret(TOKEN), "Bearer "),
                Credential("x-vercel-protection-bypass", Secret(TOKEN)),
            )
            answer = one(server.url, follow=follow, credentials=credentials)
            assert f"Bearer {TOKEN}" in server.requests[0]
        assert answer.status == 307
        assert other.requests == []


def test_redirect_to_plain_http_is_not_followed(authority: trustme.CA, roots: Path) -> None:
    """https to http on the same host is another origin."""
    tls = serving(authority.issue_cert("127.0.0.1"))
    with Server(saying(200)) as plain, Server(saying(301, headers={"location": plain.url}), tls) as server:
        assert one(server.url, ca_file=roots, follow=3).location == plain.url + "/"
        assert plain.requests == []


def _expired(ca: trustme.CA) -> trustme.LeafCert:
    return ca.issue_cert("127.0.0.1", not_before=NOW - timedelta(days=9), not_after=NOW - timedelta(days=1))


@pytest.mark.parametrize(
    ("issue", "kind"),
    [
        (_expired, "tls-expired"),
        (lambda ca: ca.issue_cert("127.0.0.1", not_before=NOW + timedelta(days=1)), "tls-not-yet"),
        (lambda ca: ca.issue_cert("other.example"), "tls-host"),
        (lambda ca: trustme.CA().issue_cert("127.0.0.1"), "tls-issuer"),
    ],
    ids=["expired", "not yet valid", "another host", "a stranger's"],
)
def test_bad_certificate_is_told(
    issue: Callable[[trustme.CA], trustme.LeafCert], kind: str, authority: trustme.CA, roots: Path
) -> None:
    """An expired certificate, one for another host and one of a stranger are told apart."""
    with Server(saying(), serving(issue(authority))) as server:
        answer = one(server.url, ca_file=roots)
    assert answer.trouble is not None
    assert answer.trouble.kind == kind


def test_self_signed_certificate_is_told(tmp_path: Path) -> None:
    """A certificate that vouches for itself is not trusted."""
    alone = trustme.CA()
    for name, blob in (("cert.pem", alone.cert_pem), ("key.pem", alone.private_key_pem)):
        blob.write_to_path(str(tmp_path / name))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with Server(saying(), context) as server:
        answer = one(server.url)
    assert answer.trouble is not None
    assert answer.trouble.kind == "tls-self-signed"


def test_certificate_facts_are_kept(authority: trustme.CA, roots: Path) -> None:
    """A trusted connection tells its protocol and the certificate's last day."""
    ends = NOW + timedelta(days=5)
    issued = authority.issue_cert("127.0.0.1", not_before=NOW - timedelta(days=1), not_after=ends)
    with Server(saying(), serving(issued)) as server:
        answer = one(server.url, ca_file=roots)
    assert answer.tls is not None
    assert (answer.tls.version, answer.tls.not_after) == ("TLSv1.3", ends.replace(microsecond=0))


def test_old_tls_and_none_are_told(authority: trustme.CA, roots: Path) -> None:
    """A server that speaks nothing newer than TLS 1.1, and one that speaks none."""
    old = serving(authority.issue_cert("127.0.0.1"))
    with pytest.warns(DeprecationWarning, match="deprecated"):
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    with Server(saying(), old) as server:
        told = one(server.url, ca_file=roots)
    assert told.trouble is not None
    assert told.trouble.kind in {"tls-old", "tls"}
    with Server(lambda talk: talk.send(b"HTTP/1.1 400 Bad\r\n\r\n")) as server:
        assert str(one(server.url.replace("http:", "https:")).trouble) == "the server speaks no TLS"


def test_http_2_is_spoken_where_it_is_offered(authority: trustme.CA, roots: Path) -> None:
    """ALPN offers h2; a server that does not know it gets HTTP/1.1."""
    with Server(saying(), serving(authority.issue_cert("127.0.0.1"))) as server:
        assert one(server.url, ca_file=roots).version == "HTTP/1.1"
        tls = serving(authority.issue_cert("127.0.0.1"))
    tls.set_alpn_protocols(["h2"])
    with Server(_http2, tls) as server:
        answer = one(server.url, ca_file=roots)
    assert (answer.version, answer.status) == ("HTTP/2", 204)


def _http2(talk: Talk) -> None:
    settings, acknowledged = b"\0\0\0\4\0\0\0\0\0", b"\0\0\0\4\1\0\0\0\0"
    headers = b"\0\0\1\1\5\0\0\0\1\x89"  # HEADERS, END_STREAM|END_HEADERS, stream 1: indexed :status 204
    talk.send(settings + acknowledged + headers)
    talk.pause(PATIENCE_S)  # closing before all of the question was read would take the answer back


READY = b"\0\0\0\4\0\0\0\0\0" + b"\0\0\0\4\1\0\0\0\0"  # SETTINGS, and that the client's came
WELL = b"\0\0\1\1\4\0\0\0\1\x88"  # HEADERS of stream 1: indexed :status 200; its body is to follow
BODY = b"\0\0\4\0\1\0\0\0\1well"
BREAK_OFF = b"\0\0\4\3\0\0\0\0\1\0\0\0\2"  # RST_STREAM, INTERNAL_ERROR
LEAVE = b"\0\0\x08\7\0\0\0\0\0\0\0\0\1\0\0\0\0"  # GOAWAY after stream 1, NO_ERROR
LONGER = b"\0\0\x07\1\4\0\0\0\1\x88\x0f\x0d\x03100"  # HEADERS with content-length: 100
BROKEN_OFF, LEFT = "the host broke the answer off", "the host ended the HTTP/2 connection before"


@pytest.mark.parametrize(
    ("frames", "text"),
    [
        (BREAK_OFF, BROKEN_OFF),
        (WELL + BREAK_OFF, BROKEN_OFF),
        (LEAVE, LEFT),
        (WELL + LEAVE + BODY, LEFT),
        (LONGER + BODY, "the body has not the length"),
    ],
    ids=["broken off", "broken off in the body", "left", "left in the body", "short"],
)
def test_answer_over_http_2_that_ends_early_is_told(
    frames: bytes, text: str, authority: trustme.CA, roots: Path
) -> None:
    """A gateway that loses its app, and a host that goes away, speak HTTP all the same."""
    tls = serving(authority.issue_cert("127.0.0.1"))
    tls.set_alpn_protocols(["h2"])

    def script(talk: Talk) -> None:
        talk.send(READY + frames)
        talk.over.wait(30)

    with Server(script, tls) as server:
        assert str(one(server.url, ca_file=roots, budget_s=20).trouble).startswith(text)


def test_503_is_not_asked_again() -> None:
    """One question is one observation: a server that would be well the second time is not well."""
    answers = iter([said(503, "no"), said(200, "yes")])
    with Server(lambda talk: talk.send(next(answers))) as server:
        assert one(server.url).status == 503
        assert len(server.requests) == 1


def test_http_1_0_is_read() -> None:
    """An answer that ends with the connection is whole."""
    with Server(lambda talk: talk.send(b"HTTP/1.0 200 OK\r\n\r\nwell")) as server:
        answer = one(server.url)
    assert (answer.version, answer.trouble, read(answer)) == ("HTTP/1.0", None, "well")


@pytest.mark.parametrize(
    ("body", "content_type", "text", "charset", "garbled"),
    [
        ("здоров".encode("koi8-r"), "text/plain; charset=koi8-r", "здоров", "koi8-r", False),
        ("здоров".encode(), "text/plain; charset=no-such", "здоров", "utf-8", False),
        ("здоров".encode(), "text/plain; charset=rot13", "здоров", "utf-8", False),
        (b"\xef\xbb\xbfwell", "text/plain; charset=ascii", "well", "utf-8", False),
        (b"we\xffll", "text/plain", "we�ll", "utf-8", True),
    ],
)
def test_body_is_decoded_safely(body: bytes, content_type: str, text: str, charset: str, *, garbled: bool) -> None:
    """The mark decides, then a plain charset that the header names, then UTF-8; what fits none is replaced."""
    assert decoded(body, content_type) == (text, charset, garbled)


@UNHURRIED
@given(st.binary(max_size=300), st.text(max_size=60))
def test_no_bytes_break_decoding(body: bytes, content_type: str) -> None:
    """Any bytes under any Content-Type become text."""
    decoded(body, "text/plain; charset=" + content_type)


@UNHURRIED
@given(st.lists(st.binary(max_size=80), max_size=5), st.sampled_from(["", "gzip", "deflate"]))
def test_no_bytes_break_inflating(pieces: list[bytes], encoding: str) -> None:
    """Any bytes under a known encoding become bytes within the limit, or a trouble."""
    body = BoundedBody(encoding, 100)
    try:
        for piece in pieces:
            body.feed(piece)
        assert len(body.close()) <= 100
    except BodyTrouble:
        assert len(body.kept()) <= 100


def test_questions_of_a_host_and_of_a_lane_take_turns() -> None:
    """So many connections stand at one host, and in one lane of samples, and no more."""
    for lane, limit in (("", PER_HOST), ("samples", PER_LANE)):
        crowd = _Crowd(limit)
        with Server(crowd) as server:
            ask([Ask(server.url, budget_s=PATIENCE_S, lane=lane) for _ in range(limit * 3)])
        assert crowd.most == limit


class _Crowd:
    """Answers nobody before so many came, and then gives the next one a moment to come too early."""

    def __init__(self, expected: int) -> None:
        self._expected, self._inside, self.most = expected, 0, 0
        self._changed = threading.Condition()

    def __call__(self, talk: Talk) -> None:
        with self._changed:
            self._inside += 1
            self.most = max(self.most, self._inside)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.most >= self._expected, PATIENCE_S)
        talk.pause(0.05)
        with self._changed:
            self._inside -= 1
        talk.send(said())


def test_waiting_for_a_turn_costs_no_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of a question starts when it is put: never do more run than there are turns."""
    running: list[float] = []
    most = 0

    @contextlib.asynccontextmanager
    async def counted(seconds: float) -> AsyncIterator[None]:
        nonlocal most
        running.append(seconds)
        most = max(most, running.count(PATIENCE_S))
        async with timeout(seconds):
            yield
        running.remove(seconds)

    timeout = asyncio.timeout
    monkeypatch.setattr(asyncio, "timeout", counted)
    with Server(saying()) as server:
        answers = ask([Ask(server.url, budget_s=PATIENCE_S) for _ in range(PER_HOST * 3)])
    assert {answer.trouble for answer in answers} == {None}
    assert most == PER_HOST


def test_nothing_of_the_exchange_is_printed(caplog: pytest.LogCaptureFixture) -> None:
    """Neither credential, cookie nor body stands in the answer's repr, in the question's, or in a log."""
    caplog.set_level("DEBUG")
    answer_says = {"set-cookie": f"session={TOKEN}; HttpOnly"}
    with Server(saying(200, f"body {TOKEN}", answer_says)) as server:
        question = Ask(server.url, credentials=(Credential("authorization", Secret(TOKEN), "Bearer "),))
        (answer,) = ask([question])
    assert answer.header("set-cookie") == "session"
    assert TOKEN not in repr(answer) + repr(question) + str(answer.headers) + caplog.text


@pytest.mark.parametrize("end", ["\r\nx: y", "\n", " ", "\0"], ids=["header", "line end", "space", "zero"])
def test_credential_that_http_does_not_allow_is_a_trouble(end: str, authority: trustme.CA, roots: Path) -> None:
    """A token with a line end is no header, in no version of HTTP; its value is in no text."""
    tls = serving(authority.issue_cert("127.0.0.1"))
    tls.set_alpn_protocols(["h2"])
    for script, context in ((saying(), None), (_http2, tls)):
        with Server(script, context) as server:
            credentials = (Credential("authorization", Secret(f"{TOKEN}{end}"), "Bearer "),)
            answer = one(server.url, credentials=credentials, ca_file=roots if context else None, budget_s=20)
            assert "authorization" not in str(server.requests)
        assert answer.status == 0
    assert answer.trouble is not None
    assert answer.trouble.kind == "ask"
    assert TOKEN not in repr(answer)


def test_netrc_and_proxy_are_not_used_for_loopback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What ~/.netrc and the proxy variables say does not reach a server on this machine."""
    (tmp_path / ".netrc").write_text(f"machine 127.0.0.1 login me password {TOKEN}\n", "utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
    with Server(saying()) as server:
        assert one(server.url).status == 200
        assert "authorization" not in server.requests[0].lower()


def test_proxy_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another host is asked through the proxy that the environment names."""
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    assert str(one("http://preflight.invalid/").trouble) == "connection refused"


def test_proxy_without_a_scheme_is_one_of_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """curl takes it so, and so do those who set it."""
    monkeypatch.delenv("no_proxy", raising=False)
    with Server(saying(200, "through")) as proxy:
        monkeypatch.setenv("http_proxy", f"127.0.0.1:{proxy.port}")
        assert read(one("http://preflight.invalid/health", budget_s=20)) == "through"
        assert proxy.requests[0].startswith("GET http://preflight.invalid/health ")


@pytest.mark.parametrize("value", ["socks5://127.0.0.1:1", "http://", "ftp://127.0.0.1:1", "http://[::1"])
def test_proxy_that_cannot_be_used_says_nothing_of_the_service(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is this machine's trouble."""
    monkeypatch.setenv("http_proxy", value)
    monkeypatch.delenv("no_proxy", raising=False)
    trouble = one("http://preflight.invalid/").trouble
    assert trouble is not None
    assert trouble.kind in {"network", "ask"}


@UNHURRIED
@given(st.sampled_from([OSError, ValueError, RuntimeError, asyncio.CancelledError]), st.text(max_size=30))
def test_any_exception_becomes_one_line_without_its_text(kind: type[BaseException], text: str) -> None:
    """What is not known is told by its kind only."""
    told = trouble_of(kind(f"<{text}>"))
    assert isinstance(told, Trouble)
    assert f"<{text}>" not in told.text


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_both_families_are_reached(host: str) -> None:
    """IPv4 and IPv6 addresses are asked alike."""
    with Server(saying(200, "well"), host=host) as server:
        assert read(one(server.url)) == "well"


def test_dead_address_of_a_host_hides_no_living_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where IPv6 leads nowhere and IPv4 answers, the host answers, as it does to browsers."""
    with Server(saying(200, "well")) as server:
        assert read(one(f"http://{dead_first(monkeypatch)}:{server.port}", budget_s=20)) == "well"
