"""What `pytest -m readiness` costs on the demo when each call to a vendor takes 300 ms.

    python -m tests.bench.readiness [--repeat N] [--seconds S]

The goal: no longer than the start of a run plus the slowest vendor's chain of calls that need each other's answers,
and no question twice. A chain is measured by letting that vendor alone take its time.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.predeploy import PYTEST, median
from tests.platforms import DEMO_DAY, LEAN, SUITE
from tests.vended import Vended

if TYPE_CHECKING:
    from fixtures.demo.vendors.standin import Request


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3, help="runs a median is taken of (default 3)")
    parser.add_argument("--seconds", type=float, default=0.3, help="that each call takes (default 0.3)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="preflight-bench-") as scratch:
        vended = Vended(Path(scratch) / "copy")
        try:
            _measure(vended, given.repeat, given.seconds)
        finally:
            vended.close()


def _measure(vended: Vended, repeat: int, seconds: float) -> None:
    assert vended.standin is not None
    os.environ |= vended.tokens
    reports = f"--reports={vended.root.parent / 'reports'}"
    command = [*PYTEST, *LEAN, "-m", "readiness", f"--platform={vended.root}", f"--as-of={DEMO_DAY}", reports]
    command.append("--baseline=none")

    def run(*slow: str) -> float:
        for name, vendor in vended.standin.vendors.items() if vended.standin else ():
            vendor.fault = (lambda request: time.sleep(seconds)) if name in slow else None
            vendor.asked.clear()
        return median(command, SUITE, repeat).seconds

    start = run()
    _print("no vendor takes time", start, start)
    vendors = vended.standin.vendors
    chains = {name: run(name) for name in vendors}
    slowest = max(chains.values())
    for name, taken in chains.items():
        _print(f"only {name} takes {seconds:g} s a call", taken, slowest)
    _print(f"every vendor takes {seconds:g} s a call", run(*vendors), slowest)
    for name, vendor in vendors.items():
        calls = Counter(map(_question, vendor.asked))
        again = max(calls.values(), default=0) // (repeat + 1)  # one run warms the caches
        sys.stdout.write(f"{name:34} {len(calls):3} questions, each put {again} times a run at most\n")


def _question(request: Request) -> tuple[object, ...]:
    return request.method, request.path, request.query, request.body, request.headers.get("authorization")


def _print(what: str, seconds: float, slowest: float) -> None:
    sys.stdout.write(f"{what:46} {seconds:6.2f} s {seconds / slowest:6.2f} x\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
