"""What `pytest -m predeploy` costs: against an empty pytest run, and as a manifest grows.

    python -m tests.bench.predeploy [--repeat N] [--services N …]

Prints medians and ratios; absolute figures hold for the machine of the moment only.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.platforms import DEMO_DAY, SUITE

if TYPE_CHECKING:
    from collections.abc import Sequence

PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
WITHOUT_BUILD = "--deselect=checks/test_build.py"


@dataclass(frozen=True)
class Cost:
    """Seconds of wall time and MiB of peak memory of one process."""

    seconds: float
    mebibytes: float


def cost(command: Sequence[str], folder: Path) -> Cost:
    """Run a command to its end; its output is dropped, its exit code must be 0."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Cost(seconds, usage.ru_maxrss / 1024)


def median(command: Sequence[str], folder: Path, repeat: int) -> Cost:
    """Medians of several runs, after one that warms the caches."""
    cost(command, folder)
    costs = [cost(command, folder) for _ in range(repeat)]
    return Cost(statistics.median(c.seconds for c in costs), statistics.median(c.mebibytes for c in costs))


def empty_run(folder: Path) -> list[str]:
    """A pytest run of one empty test with the same plugins and the same kind of report."""
    (folder / "test_empty.py").write_text("def test_nothing():\n    pass\n", "utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
    return [*PYTEST, f"--html={folder / 'empty.html'}", "--self-contained-html"]


def platform(folder: Path, services: int) -> None:
    """A sound platform of many services in a git repository: 25 rows a service."""
    manifest = ['[platform]\nname = "large"\n']
    for number in range(services):
        name = f"service-{number:03}"
        root = folder / "services" / name
        (root / "src").mkdir(parents=True)
        variables = [f"{kind}_{number:03}" for kind in ("TITLE", "REGION", "OWNER", "LIMIT", "MODE")]
        reads = "\n".join(f"export const {v.lower()} = process.env.{v};" for v in variables)
        (root / "src" / "env.ts").write_text(reads + "\n", "utf-8")
        (root / ".env.production").write_text("".join(f"{v}=value-{number}-{v[:2]}\n" for v in variables), "utf-8")
        (root / ".env.example").write_text("".join(f"# what {v} is for\n{v}=\n" for v in variables), "utf-8")
        manifest.append(
            f'[[service]]\nname = "{name}"\nhost = "other"\nroot = "services/{name}"\n'
            f'env_file = "services/{name}/.env.production"\nenv_example = "services/{name}/.env.example"\n'
        )
        manifest += [
            f'[[variable]]\nname = "{variable}"\nservices = ["{name}"]\nsecret = false\n' for variable in variables
        ]
        manifest.append(f'[[file]]\nname = "{name}-env"\npath = "services/{name}/src/env.ts"\n')
    (folder / "preflight.toml").write_text("\n".join(manifest), "utf-8")
    (folder / ".gitignore").write_text(".env\n.env.*\n!.env.example\n", "utf-8")
    for arguments in (("init", "-q"), ("add", "-A")):
        subprocess.run(["git", "-C", str(folder), *arguments], check=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5, help="runs a median is taken of (default 5)")
    parser.add_argument("--services", type=int, nargs="*", default=[25, 50, 100, 200], help="sizes of manifest")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="preflight-bench-") as scratch:
        folder = Path(scratch)
        empty = median(empty_run(folder), folder, given.repeat)
        _print("empty pytest run, same plugins", empty, empty)
        demo = [*PYTEST, "-m", "predeploy", WITHOUT_BUILD, f"--reports={folder / 'reports'}"]
        _print("predeploy on the demo, without BLD", median(demo, SUITE, given.repeat), empty)
        for services in given.services:
            large = folder / f"large-{services}"
            large.mkdir()
            platform(large, services)
            command = [*PYTEST, "-m", "predeploy", WITHOUT_BUILD, f"--platform={large}", f"--as-of={DEMO_DAY}"]
            command.append(f"--reports={folder / f'reports-{services}'}")
            measured = median(command, SUITE, 1 if services > 50 else given.repeat)
            _print(f"manifest of {services} services", measured, empty, services)


def _print(what: str, measured: Cost, empty: Cost, services: int = 0) -> None:
    each = f"  {1000 * (measured.seconds - empty.seconds) / services:7.1f} ms a service" if services else ""
    ratio = measured.seconds / empty.seconds
    sys.stdout.write(f"{what:38} {measured.seconds:7.2f} s {ratio:6.1f} x {measured.mebibytes:7.0f} MiB{each}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
