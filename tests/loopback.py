"""Small servers on loopback that answer as a test scripts them, down to the byte."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from fixtures.probes.http.resolving import ResolvingLoop

if TYPE_CHECKING:
    from types import TracebackType

    import pytest
    import trustme

PATIENCE_S = 60.0  # for what is sound, on a machine with much else to do
PATIENCE_MS = int(PATIENCE_S * 1000)
RESET = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # SO_LINGER on, 0 s: closing sends RST


class Talk:
    """One connection, after its request's head was read."""

    def __init__(self, peer: socket.socket, request: str, over: threading.Event) -> None:
        self._peer, self.request, self.over = peer, request, over

    @property
    def path(self) -> str:
        """The request's target."""
        return self.request.split(" ")[1] if self.request.count(" ") > 1 else ""

    def send(self, data: bytes) -> bool:
        """Send; False once the other side is gone."""
        try:
            self._peer.sendall(data)
        except OSError:
            return False
        return True

    def pause(self, seconds: float) -> None:
        """Wait, but not longer than the server stands."""
        self.over.wait(seconds)

    def reset(self) -> None:
        """Close so that the other side sees a reset."""
        self._peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


Script = Callable[[Talk], object]
NOWHERE = "192.0.2.1"  # RFC 5737: of no host


def said(
    status: int = 200, body: str | bytes = "", headers: Mapping[str, str] | None = None, *, version: str = "1.1"
) -> bytes:
    """An answer as it goes over the wire; it closes the connection."""
    data = body.encode() if isinstance(body, str) else body
    given = {"content-length": str(len(data)), "connection": "close"} | dict(headers or {})
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
    return f"HTTP/{version} {status} Told\r\n{head}\r\n".encode() + data


def saying(
    status: int = 200, body: str | bytes = "", headers: Mapping[str, str] | None = None, *, version: str = "1.1"
) -> Script:
    """A script that answers every request alike; HEAD without the body."""

    def script(talk: Talk) -> None:
        answer = said(status, body, headers, version=version)
        talk.send(answer.split(b"\r\n\r\n")[0] + b"\r\n\r\n" if talk.request.startswith("HEAD") else answer)

    return script


def data(value: object, status: int = 200, **headers: str) -> Script:
    """A script that answers with JSON."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return saying(status, json.dumps(value), {"content-type": "application/json", "cache-control": "no-store"} | named)


def routes(table: Mapping[str, Script], other: Script | None = None) -> Script:
    """A script for each path; 404 for the rest."""

    def script(talk: Talk) -> None:
        table.get(talk.path.split("?")[0], other or data({"error": "not found"}, 404))(talk)

    return script


class Server:
    """Listens on a free port of 127.0.0.1, or of ::1, until its `with` block ends."""

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self._script, self._tls = script, tls
        self._listener = socket.create_server(
            (host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=128
        )
        self.port: int = self._listener.getsockname()[1]
        name = f"[{host}]" if ":" in host else host
        self.url = f"{'https' if tls else 'http'}://{name}:{self.port}"
        self.requests: list[str] = []
        self._over = threading.Event()

    def __enter__(self) -> Server:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.callback(peer.close)
            peer.settimeout(PATIENCE_S)
            if self._tls is not None:
                peer = self._tls.wrap_socket(peer, server_side=True)
                stack.callback(peer.close)
            request = b""
            hello = b"\x16\x03"  # a TLS client at a plain port
            while b"\r\n\r\n" not in request and not request.startswith(hello) and (piece := peer.recv(65536)):
                request += piece
            request += self._content(peer, request)  # what is left unread would turn the end into a reset
            if request:
                self.requests.append(request.decode("latin-1"))
                self._script(Talk(peer, request.decode("latin-1"), self._over))

    def _content(self, peer: socket.socket, request: bytes) -> bytes:
        """What is still to come of a request's body."""
        head, _, content = request.partition(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
        rest = b""
        while length and len(content) + len(rest) < int(length[1]) and (piece := peer.recv(65536)):
            rest += piece
        return rest


def dead_first(monkeypatch: pytest.MonkeyPatch) -> str:
    """A host with two addresses: a connection to the first never comes about, the second is this machine."""
    own = ResolvingLoop.sock_connect

    async def resolve(
        loop: ResolvingLoop, host: object, port: object, **_: object
    ) -> list[tuple[int, int, int, str, tuple[str, object]]]:
        kind = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
        return [(*kind, (NOWHERE, port)), (*kind, ("127.0.0.1", port))]

    async def connect(loop: ResolvingLoop, one: socket.socket, address: tuple[str, int]) -> None:
        if address[0] == NOWHERE:
            await loop.create_future()
        await own(loop, one, address)

    monkeypatch.setattr(ResolvingLoop, "getaddrinfo", resolve)
    monkeypatch.setattr(ResolvingLoop, "sock_connect", connect)
    return "dual.example"


def closed_port() -> int:
    """A port of 127.0.0.1 on which nothing listens, nor will."""
    port: int = _unheard().getsockname()[1]
    return port


@cache
def _unheard() -> socket.socket:
    """Bound, so that nobody else gets its port, and never listening."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    return bound


def wait_until(true: Callable[[], object]) -> None:
    """Look again and again until it is true."""
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, f"not within {PATIENCE_S:.0f} s"
        time.sleep(0.02)


def serving(issued: trustme.LeafCert) -> ssl.SSLContext:
    """A server's TLS with a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued.configure_cert(context)
    return context
