"""What a run prints, in a log and in a person's terminal. Real runs of pytest."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.platforms import LEAN, SUITE
from tests.tiny import Tiny

if TYPE_CHECKING:
    from pathlib import Path

TITLE = "A critical file exists inside the platform, is tracked by git, and is not empty."
TO_DO = "to do: "


@pytest.fixture
def broken(tmp_path: Path) -> Tiny:
    """A platform of which one file is empty."""
    tiny = Tiny(tmp_path)
    tiny.write(LICENSE="")
    return tiny


@pytest.mark.parametrize("parallel", [(), ("-n", "2")], ids=["serial", "xdist"])
def test_log_has_a_line_an_item_by_area(broken: Tiny, parallel: tuple[str, ...]) -> None:
    """Areas as they end, without dots, file names or colour; the failure is told once, with what to do."""
    output = broken.run(*parallel).output
    assert re.search(r"^Files: 2 pass, 1 fail$", output, re.MULTILINE)
    assert f"  FIL-001  FAIL       1 of 2     {TITLE}\n           fail: licence\n" in output
    assert re.search(r"^Secrets: \d pass$", output, re.MULTILINE)
    assert "Reading tracked files for secrets" in output
    assert "checks/test_" not in output
    assert "FAILURES" not in output
    assert "\x1b" not in output
    assert output.count(TO_DO) == 1
    assert output.index("failures (1):") < output.index("NO GO: 1 high item fails") < output.index("reports: ")
    assert re.search(r"^=+ 1 failed, 5 passed", output, re.MULTILINE)


def test_verbose_and_quiet_are_pytests_own(broken: Tiny) -> None:
    """-v: a line a row and the failure's evidence; -q: dots. Neither has the areas' lines."""
    verbose = broken.run("-v").output
    assert re.search(r"^checks/test_files.py::\w+\[licence\] FAIL +\[ *\d+%\]$", verbose, re.MULTILINE)
    assert "    asked: " in verbose
    quiet = broken.run("-q").output
    assert re.search(r"^[.F]+ +\[100%\]$", quiet, re.MULTILINE)
    for output in (verbose, quiet):
        assert "Files: " not in output
        assert output.count(TO_DO) == 1


def test_failures_can_still_be_listed_by_pytest(broken: Tiny) -> None:
    """-rf lists what failed, as for any suite."""
    assert "FAIL checks/test_files.py::" in broken.run("-rf").output


def test_fault_of_the_suite_keeps_its_traceback(broken: Tiny) -> None:
    """What broke here is for us to read: pytest's section for errors stays."""
    output = broken.run(fault="silent:FIL-001").output
    assert "ERRORS" in output
    assert "the check concluded nothing" in output


def test_run_that_stops_early_shows_what_it_did(broken: Tiny) -> None:
    """With -x the areas that were begun are shown, with how much of them is not done."""
    output = broken.run("-x").output
    assert re.search(r"^Files: .*1 fail, \d not done$", output, re.MULTILINE)


def test_annotations_are_for_github_alone(broken: Tiny) -> None:
    """On GitHub Actions the finding is annotated at its file; elsewhere nothing of it is printed."""
    output = broken.run(environ={"GITHUB_ACTIONS": "true"}).output
    (line,) = [line for line in output.splitlines() if line.startswith("::")]
    assert line.startswith("::error file=LICENSE,title=FIL-001 licence (Fail%2C high)::")
    assert output.index(line) < output.index("NO GO")
    assert "\n::" not in broken.run().output


def test_terminal_of_a_person_has_colour_and_a_status_line(broken: Tiny) -> None:
    """How far the run is stands in one line that is written over, and nothing of it stays; lines fit 80 columns."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "pytest", *LEAN, "-m", "predeploy", f"--platform={broken.root}"]
    command += ["--as-of=2026-11-23", f"--reports={broken.reports}", "-k", "files"]
    environ = {**os.environ, "TERM": "xterm", "COLUMNS": "80"} | {"GITHUB_ACTIONS": "", "CI": "", "NO_COLOR": ""}
    run = subprocess.Popen(command, cwd=SUITE, env=environ, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    written = b""
    while chunk := _read(ours):
        written += chunk
    os.close(ours)
    assert run.wait() == 1
    output = written.decode()
    assert re.search(r"\r  0 of \d, now [A-Z]{3}-\d{3} \w+ +\x1b\[0m", output)
    assert "\x1b[31m" in output
    screen = [_shown(line) for line in output.replace("\r\n", "\n").split("\n")]
    assert not any(", now " in line for line in screen)
    assert any(line.startswith("  FIL-001  FAIL") and line.endswith("...") for line in screen)
    ours_only = screen[screen.index(next(line for line in screen if line.startswith("Files"))) :]
    assert all(len(line) <= 80 for line in ours_only if str(broken.reports) not in line)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so where the other side is closed
        return b""


def _shown(line: str) -> str:
    """What stays of a line once every carriage return has let the next text write over it."""
    shown: list[str] = []
    for part in re.sub(r"\x1b\[[0-9;]*m", "", line).split("\r"):
        shown[: len(part)] = part
    return "".join(shown).rstrip()
