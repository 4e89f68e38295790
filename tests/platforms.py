"""Copies of the demo that tests may break, and real runs of the suite on them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fixtures.demo import provision
from fixtures.model.ledger import Ledger, Outcome, Row
from tests import forks

if TYPE_CHECKING:
    from collections.abc import Callable

SUITE = Path(__file__).parents[1]
DEMO = SUITE / "fixtures" / "demo"
DEMO_DAY = "2026-11-23"
# Plugins that the suite does not need, and that a test environment has; or that collect garbage after every run.
LEAN = tuple(
    word
    for plugin in ("cacheprovider", "hypothesispytest", "anyio", "unraisableexception", "threadexception")
    for word in ("-p", f"no:{plugin}")
)
# What else a run can do without whose ledger alone is looked at: a quarter of its time.
BARE = tuple(
    word
    for plugin in ("html", "metadata", "junitxml", "logging", "doctest", "pastebin", "faulthandler")
    for word in ("-p", f"no:{plugin}")
)
GIT = ("-c", "user.name=Preflight", "-c", "user.email=tests@preflight.invalid", "-c", "commit.gpgsign=false")


@dataclass(frozen=True)
class Finished:
    """A run of the suite: its exit code, what it printed, and its ledger where it wrote one."""

    code: int
    output: str
    reports: Path
    ledger: Ledger | None

    def rows(self, *verdicts: Outcome) -> dict[tuple[str, str], Row]:
        """The ledger's rows by item and target, all or those with one of these verdicts."""
        assert self.ledger is not None, self.output
        return {row.key: row for row in self.ledger.rows if not verdicts or row.verdict in verdicts}


def preflight(*arguments: str, reports: Path, environ: dict[str, str] | None = None) -> Finished:
    """Run pytest on the suite's checks as a user would, with its reports in a folder of the test's own."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *LEAN, f"--reports={reports}", *arguments],
        cwd=SUITE,
        env=_environ() | (environ or {}),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    return _finished(done.returncode, done.stdout + done.stderr, reports)


def forked(*arguments: str, reports: Path, environ: dict[str, str] | None = None) -> Finished:
    """The same in a fork of a process that has imported everything: a second less."""
    output = reports.with_suffix(".txt")
    code = forks.run(SUITE, [*LEAN, f"--reports={reports}", *arguments], _environ() | (environ or {}), output)
    return _finished(code, output.read_text("utf-8", "replace"), reports)


def _environ() -> dict[str, str]:
    ours = ("PYTEST_", "PREFLIGHT_", "GITHUB_", "PYTHONDONTWRITEBYTECODE")
    return {key: value for key, value in os.environ.items() if not key.startswith(ours)}


def _finished(code: int, output: str, reports: Path) -> Finished:
    ledgers = sorted(reports.glob("*.json")) if reports.is_dir() else []
    ledger = Ledger.from_json(json.loads(ledgers[-1].read_text("utf-8"))) if ledgers else None
    return Finished(code, output, reports, ledger)


class Copy:
    """A copy of the demo in a git repository of its own, with production values, and one edit away from broken."""

    def __init__(self, root: Path) -> None:
        """Copy the demo to `root`; its node_modules are linked, not copied."""
        self.root = root
        self.git_was_called = False
        provision.dependencies(DEMO, print)
        provision.values(DEMO)
        shutil.copytree(DEMO, root, ignore=shutil.ignore_patterns("node_modules", "dist", "__pycache__", "*.py"))
        for modules in (DEMO / "node_modules", *DEMO.glob("[!n]*/*/node_modules")):
            if modules.is_dir():
                (root / modules.relative_to(DEMO)).symlink_to(modules)
        self._git("init", "-q", "-b", "main")
        self.track()

    def _git(self, *arguments: str) -> str:
        command = ["git", *GIT, "-C", str(self.root), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def git(self, *arguments: str) -> str:
        """Run git in the copy; what the edit then leaves in the index stays as it is."""
        self.git_was_called = True
        return self._git(*arguments)

    def track(self) -> None:
        """Let git track what stands in the copy."""
        self._git("add", "-A")

    def read(self, path: str) -> str:
        """A file's text."""
        return (self.root / path).read_text("utf-8")

    def write(self, path: str, text: str) -> None:
        """Write a file, with its folders."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def commit(self) -> None:
        """Commit what stands in the copy."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "x")

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace the one place in a file where `old` stands."""
        text = self.read(path)
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
        self.write(path, text.replace(old, new))

    def append(self, path: str, text: str) -> None:
        """Add to the end of a file."""
        self.write(path, self.read(path) + text)

    def delete(self, path: str) -> None:
        """Remove a file."""
        (self.root / path).unlink()

    def manifest(self, old: str, new: str) -> None:
        """Edit the manifest in one place."""
        self.edit("preflight.toml", old, new)

    def env(self, service: str, name: str, value: str | None) -> None:
        """Set a production value of a service, or remove it."""
        path = f"services/{service}/.env.production"
        lines = [line for line in self.read(path).splitlines() if not re.match(rf"(export\s+)?{name}\s*=", line)]
        if value is not None:
            lines.append(f"{name}={value}")
        self.write(path, "\n".join(lines) + "\n")

    def run(self, *arguments: str, environ: dict[str, str] | None = None, phase: str = "predeploy") -> Finished:
        """Run one phase of the suite on the copy, as of the demo's day."""
        reports = self.root.parent / f"{self.root.name}-reports"
        shutil.rmtree(reports, ignore_errors=True)
        given = ["-m", phase, f"--platform={self.root}", f"--as-of={DEMO_DAY}", *arguments]
        if "-n" in arguments:  # its processes are interpreters of their own anyway
            return preflight(*given, reports=reports, environ=environ)
        return forked(*given, reports=reports, environ=environ)


@dataclass(frozen=True)
class Twin:
    """One edit of the sound demo that breaks one item. `builds` where tsc or ESLint must run to show it.

    With `live` the edit gets a `Live` (tests/live.py), whose servers run, and the smoke phase judges it; with
    `vended` a `Vended` (tests/vended.py), whose vendors are stood in for, and the readiness phase judges it.
    """

    breaks: str
    edit: Callable[[Any], None]
    builds: bool = False
    verdict: Outcome = "fail"
    live: bool = False
    vended: bool = False
    hides: tuple[str, ...] = ()  # items that are unverified for it: what they ask about is gone
    options: tuple[str, ...] = ()  # that select the item
