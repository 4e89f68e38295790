"""`python -m reports`: merge, diff, badge, as a caller meets them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reports import jsonfile
from reports.__main__ import main
from tests.platforms import SUITE
from tests.reports import sample

if TYPE_CHECKING:
    from fixtures.model.ledger import Ledger

GREEN = sample.ledger(sample.row("ENV-001", "web"), sample.row("ENV-002", "web"))
RED = sample.ledger(sample.row("ENV-001", "web", "fail"), sample.row("ENV-002", "web"))


def kept(folder: Path, name: str, ledger: Ledger) -> str:
    """A ledger's file."""
    path = folder / name
    path.write_text(jsonfile.render(ledger), "utf-8")
    return str(path)


def test_merge_leaves_every_report_and_ends_as_its_gate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All files of a run, the page included; 0 for an open gate, 1 for a closed one; the terminal's last lines."""
    smoke = kept(tmp_path, "smoke.json", replace(GREEN, phase="smoke"))
    assert main(["merge", kept(tmp_path, "a.json", GREEN), smoke, "-o", str(tmp_path / "out")]) == 0
    written = {path.name for path in (tmp_path / "out").iterdir() if path.is_file()}
    assert written == {f"all.{ending}" for ending in ("html", "json", "xml", "sarif", "md", "comment.md")}
    assert "GO: 2 items pass" in capsys.readouterr().out
    assert "GO" in (tmp_path / "out" / "all.html").read_text("utf-8")
    red = kept(tmp_path, "b.json", replace(RED, phase="smoke"))
    assert main(["merge", smoke, red, "-o", str(tmp_path / "out")]) == 1
    assert "ENV-001 web: pass in" in capsys.readouterr().out


def test_merge_tells_what_changed_since_the_last_merge(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The folder's last ledger is what the page, the Markdown and the terminal compare with."""
    for ledger in (GREEN, RED):
        main(["merge", kept(tmp_path, "part.json", ledger), "-o", str(tmp_path / "out")])
    assert "1 newly failing" in capsys.readouterr().out
    assert "New failures (1)" in (tmp_path / "out" / "predeploy.comment.md").read_text("utf-8")


def test_merge_never_writes_over_a_part(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Shards in the output folder under the name of the whole: refused, and left as they were."""
    part = kept(tmp_path, "predeploy.json", GREEN)
    assert main(["merge", part, "-o", str(tmp_path)]) == 2
    assert "is one of the parts" in capsys.readouterr().err
    assert jsonfile.read(Path(part)) == GREEN


def test_merge_notes_parts_that_ran_differently(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What holds for the whole is said on standard error."""
    strict = kept(tmp_path, "b.json", replace(GREEN, strict=True))
    assert main(["merge", kept(tmp_path, "a.json", GREEN), strict, "-o", str(tmp_path / "out")]) == 0
    assert "note: only in some parts warnings fail (--strict): for the whole they do\n" in capsys.readouterr().err


def test_diff_ends_with_1_where_something_got_worse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """New failures with what they found and what to do; nothing worse is 0, in either order."""
    green, red = kept(tmp_path, "green.json", GREEN), kept(tmp_path, "red.json", RED)
    assert main(["diff", green, red]) == 1
    told = capsys.readouterr().out
    assert "newly failing (1):\n  high ENV-001 web (was pass, now fail): What ENV-001 says" in told
    assert "    to do: Set it right" in told
    assert told.endswith("\nworse than before\n")
    assert main(["diff", red, green]) == 0
    assert "fixed (1):\n  high ENV-001 web (was fail, now pass)" in capsys.readouterr().out
    assert main(["diff", red, red]) == 0
    assert capsys.readouterr().out.endswith("\nnothing changed\n")


def test_diff_sees_a_gate_that_closed_without_a_row(tmp_path: Path) -> None:
    """A lost row closes the gate and changes no other: that is worse, too."""
    faulty = kept(tmp_path, "faulty.json", replace(GREEN, problems=("a row was lost",)))
    assert main(["diff", kept(tmp_path, "green.json", GREEN), faulty]) == 1


def test_badge_is_written(tmp_path: Path) -> None:
    """Exit code 0, also for a red one: it was drawn."""
    assert main(["badge", kept(tmp_path, "red.json", RED), "-o", str(tmp_path / "badge.svg")]) == 0
    assert "NO GO" in (tmp_path / "badge.svg").read_text("utf-8")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no such file or directory"),
        ("", "is no ledger: no JSON in line 1"),
        ("[]", "is no ledger of this suite"),
        ("{}", "a ledger of schema None, expected 1"),
        ('{"schema": 1}', "is no ledger of this suite"),
        ("[" * 100_000, "is no ledger of this suite"),
        (json.dumps(RED.to_json() | {"schema": 2}), "a ledger of schema 2, expected 1"),
        (json.dumps(RED.to_json()).replace('"fail"', '"fine"'), "a verdict or severity that none has"),
        (json.dumps(RED.to_json() | {"colour": "red"}), "is no ledger of this suite"),
        (b"\xff\xfe", "is no ledger"),
    ],
)
@pytest.mark.parametrize("command", ["merge", "diff", "badge"])
def test_what_is_no_ledger_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, content: str | bytes | None, said: str
) -> None:
    """Exit code 2, one line that names the file, and nothing is written."""
    path, out = tmp_path / "x.json", tmp_path / "out"
    if content is not None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    given = {"merge": [str(path), "-o", str(out)], "diff": [str(path), str(path)], "badge": [str(path), "-o", str(out)]}
    assert main([command, *given[command]]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert str(path) in told.err
    assert said in told.err
    assert not out.exists()


@pytest.mark.parametrize("command", ["merge", "diff"])
def test_other_platform_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    """Exit code 2; both platforms are named."""
    other = kept(tmp_path, "other.json", replace(GREEN, platform="other"))
    output = ["-o", str(tmp_path / "out")] if command == "merge" else []
    assert main([command, kept(tmp_path, "a.json", GREEN), other, *output]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "'shop'" in told
    assert "'other'" in told


def test_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file in the place of the folder: said, with exit code 2."""
    part = kept(tmp_path, "a.json", GREEN)
    assert main(["merge", part, "-o", part]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("command", [[], ["merge"], ["diff"], ["badge"]])
def test_help_explains_with_examples(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Each command has its examples and its exit codes."""
    with pytest.raises(SystemExit) as ended:
        main([*command, "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    if command:
        assert f"python -m reports {command[0]} " in told.split("example")[1]
        assert "exit code" in told


def test_it_runs_without_pytest_and_in_a_poor_terminal(tmp_path: Path) -> None:
    """A plain interpreter, an ASCII stream: text it cannot carry is spelt out."""
    part = kept(tmp_path, "a.json", sample.ledger(sample.row("ENV-001", "воркер", "fail")))
    done = subprocess.run(
        [sys.executable, "-m", "reports", "merge", part, "-o", str(tmp_path / "out")],
        cwd=SUITE,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "\\u0432\\u043e\\u0440" in done.stdout
