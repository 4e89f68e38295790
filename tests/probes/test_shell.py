"""Shell scripts are read as commands, with what may hide a failure."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fixtures.probes.shell import commands


def test_words_lose_their_quotes_and_keep_their_lines() -> None:
    """Quotes, continuations, assignments and heredocs."""
    found = commands("A=1 x 'a b' --c=\"d e\" \\\n  f > out.txt\ncat <<EOF\nnot a command\nEOF\ny\r\n")
    assert [command.words for command in found] == [("x", "a b", "--c=d e", "f"), ("cat",), ("y",)]
    assert [command.line for command in found] == [1, 3, 6]
    assert found[0].writes == ("out.txt",)


@pytest.mark.parametrize(
    "script",
    ["x || true", "x || :", "x || exit 0", "x | tee log", "x &", "x && y\nz", "set +e\nx\ny", "set +o pipefail\nx | y"],
)
def test_a_hidden_failure_is_said(script: str) -> None:
    """What lets the script go on after `x` fails is named."""
    assert next(command for command in commands(script) if command.words == ("x",)).swallowed


@pytest.mark.parametrize(
    "script",
    [
        "x",
        "x || exit 1",
        "x || { echo no; exit 2; }",
        "x || return",
        "set -o pipefail\nx | tee log",
        "cd a && x",
        "x && y",
        "(x)",
        "x; y",
    ],
)
def test_a_failure_that_ends_the_script_is_not(script: str) -> None:
    """Under `bash -e` these stop."""
    found = next(command for command in commands(script) if command.words == ("x",))
    assert not found.swallowed
    assert not found.doubtful


@pytest.mark.parametrize(
    "script", ["if x; then y; fi", "! x", "while x; do y; done", "f() { x; }", "case a in a) x;; esac"]
)
def test_a_tested_command_is_doubtful(script: str) -> None:
    """Where the shell decides by the status, nobody can tell from outside."""
    assert next(command for command in commands(script) if command.words == ("x",)).doubtful


def test_expressions_are_one_word() -> None:
    """GitHub's `${{ … }}` never breaks a command apart."""
    found = commands("x ${{ secrets.A || 'b; c' }} --d=${{\n matrix.e }}\ny")
    assert len(found) == 2
    assert found[1].line == 3


@settings(max_examples=200, deadline=None)
@example("x {\U0010ffff")  # ends the process where the grammar gets to see it
@given(st.text(max_size=120) | st.text(alphabet=st.sampled_from("ab|&;(){}$<>'\"\\\n `#=!*[]"), max_size=160))
def test_no_script_crashes(text: str) -> None:
    """Any text yields commands."""
    assert all(command.line >= 1 for command in commands(text))
