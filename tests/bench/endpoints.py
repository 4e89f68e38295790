"""What `pytest -m smoke` costs for 50 endpoints that each take 200 ms.

    python -m tests.bench.endpoints [--repeat N] [--endpoints N] [--seconds S]

The goal: at most 1.5 times one such request plus an empty pytest run. One service a ten endpoints, as
platforms have them; none is a health endpoint, whose twenty samples are asked five at a time on purpose.
The last line has one of them, for comparison.

"pytest and httpx alone" is what no suite on them can go below: as many requests, all at once, as the suite puts
for those endpoints, and as many tests as it has rows, which look at nothing but a status.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.predeploy import PYTEST, Cost, empty_run, median
from tests.platforms import DEMO_DAY, LEAN, SUITE

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWER = (
    b"HTTP/1.1 %d Told\r\ncontent-type: application/json\r\ncontent-length: 15\r\n"
    b"cache-control: no-store\r\nx-content-type-options: nosniff\r\n\r\n"
)
BODY = b'{"status":"ok"}'


@contextlib.contextmanager
def slow_server(seconds: float) -> Iterator[str]:
    """A server on loopback that takes its time for every answer; its base URL."""
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    address: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await asyncio.sleep(seconds)
                status = 404 if b"/preflight-" in head.split(b"\r\n")[0] else 200
                writer.write(ANSWER % status + (b"" if head.startswith(b"HEAD") else BODY))
                await writer.drain()
        writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=512)
        address.append(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        ready.set()

    def run() -> None:
        loop.run_until_complete(serve())
        loop.run_forever()

    threading.Thread(target=run, daemon=True).start()
    ready.wait()
    yield address[0]


def platform(folder: Path, urls: list[str], endpoints: int, samples: int = 0) -> None:
    """A platform with so many endpoints, spread over a service for each URL."""
    folder.mkdir()
    rows = ['[platform]\nname = "large"\n']
    rows += [
        f'[[service]]\nname = "service-{number}"\nhost = "other"\nroot = "."\nurl = "{url}"\nhealth = "/path-0"\n'
        for number, url in enumerate(urls)
    ]
    rows += [
        f'[[endpoint]]\nname = "endpoint-{number}"\nservice = "service-{number % len(urls)}"\n'
        f'path = "/path-{number + 1}"\n' + (f"samples = {samples}\n" if number == 0 else "")
        for number in range(endpoints)
    ]
    (folder / "preflight.toml").write_text("\n".join(rows), "utf-8")


FLOOR = """
import asyncio
import httpx
import pytest

@pytest.fixture(scope="session")
def answers():
    async def of(url):
        async with httpx.AsyncClient(http2=True, verify=False, trust_env=False) as client:
            asks = [(method, f"{{url}}/path-{{n}}") for n in range({each}) for method in ("GET", "HEAD")]
            asks.append(("GET", f"{{url}}/preflight-0"))
            return await asyncio.gather(*(client.request(*one) for one in asks))

    async def everything():
        return sum(await asyncio.gather(*map(of, {urls})), [])

    return asyncio.run(everything())

@pytest.mark.parametrize("row", range({rows}))
def test_row(row, answers):
    assert answers[row % len(answers)].status_code in (200, 404)
"""


def floor(folder: Path, urls: list[str], endpoints: int, rows: int) -> list[str]:
    """A pytest run with the same plugins, report, requests and number of tests as the suite's."""
    (folder / "test_floor.py").write_text(FLOOR.format(urls=urls, each=endpoints // len(urls), rows=rows), "utf-8")
    return [*PYTEST, f"--html={folder / 'floor.html'}", "--self-contained-html", "test_floor.py"]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5, help="runs a median is taken of (default 5)")
    parser.add_argument("--endpoints", type=int, default=50, help="number of endpoints (default 50)")
    parser.add_argument("--seconds", type=float, default=0.2, help="that each answer takes (default 0.2)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="preflight-bench-") as scratch, contextlib.ExitStack() as stack:
        folder = Path(scratch)
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # compiled once, as on any machine that runs it twice
        os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
        urls = [stack.enter_context(slow_server(given.seconds)) for _ in range(max(1, given.endpoints // 10))]
        empty = median([*empty_run(folder), *LEAN], folder, given.repeat)
        least = empty.seconds + given.seconds
        _print("empty pytest run, same plugins", empty, least)
        for name, endpoints, samples in (
            ("one endpoint", 1, 0),
            (f"{given.endpoints} endpoints", given.endpoints, 0),
            ("… one of them sampled 20 times", given.endpoints, 20),
        ):
            at = folder / f"platform-{endpoints}-{samples}"
            platform(at, urls, endpoints, samples)
            command = [*PYTEST, *LEAN, "-m", "smoke", f"--platform={at}", f"--as-of={DEMO_DAY}", "--baseline=none"]
            _print(name, median([*command, f"--reports={at / 'reports'}"], SUITE, given.repeat), least)
            if endpoints > 1 and not samples:
                rows = json.loads((at / "reports" / "smoke.json").read_text("utf-8"))["counts"]["selected"]
                _print(
                    "… pytest and httpx alone",
                    median([*floor(folder, urls, endpoints, rows), *LEAN], folder, given.repeat),
                    least,
                )


def _print(what: str, measured: Cost, least: float) -> None:
    ratio = measured.seconds / least
    sys.stdout.write(f"{what:34} {measured.seconds:6.2f} s {ratio:6.2f} x   {measured.mebibytes:5.0f} MiB\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
