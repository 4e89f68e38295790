"""Files of the work tree: there, tracked, whole."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.rules import files as rules
from fixtures.model.platform import File, Manifest, Platform
from fixtures.probes.files import Files
from fixtures.probes.tree import Tree, markers
from tests.contracts import outcome, repository

if TYPE_CHECKING:
    from pathlib import Path

START, MIDDLE, END = "<" * 7 + " HEAD", "=" * 7, ">" * 7 + " theirs"
CONFLICT = f"{START}\nours\n{MIDDLE}\ntheirs\n{END}\n"
DIFF3 = f"{START}\nours\n{'|' * 7} base\nold\n{MIDDLE}\ntheirs\n{END}\n"


def tree(root: Path) -> tuple[Platform, Tree]:
    platform = Platform(root, Manifest.model_validate({"platform": {"name": "small"}}))
    return platform, Tree(platform, Files(root))


def there(root: Path, path: str) -> str:
    _, probe = tree(root)
    file = File(name="a", path=path)
    return outcome(lambda: rules.is_there(file, probe.critical(file)))


POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0a' * 32}\nsize 12\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("x", "pass"), ("", "fail"), (" \n\t\n", "fail"), ("\ufeff\n", "fail"), (POINTER, "fail")],
)
def test_a_file_holds_something(tmp_path: Path, text: str, expected: str) -> None:
    """White space, a byte order mark alone, and a pointer of Git LFS are nothing."""
    repository(tmp_path, a=text)
    assert there(tmp_path, "a") == expected


def test_the_commit_that_is_looked_at(tmp_path: Path) -> None:
    """Its whole name, and whether tracked files differ from it; nothing outside a checkout or before a commit."""
    assert Files(tmp_path).commit == ("", False)
    repository(tmp_path, a="x")
    assert Files(tmp_path).commit == ("", False)
    author = ("-c", "user.name=a", "-c", "user.email=a@b.example")
    subprocess.run(["git", "-C", str(tmp_path), *author, "commit", "-qm", "first"], check=True)
    name, dirty = Files(tmp_path).commit
    assert (len(name), dirty) == (40, False)
    (tmp_path / "loose").write_text("x")
    assert Files(tmp_path).commit == (name, False)
    (tmp_path / "a").write_text("y")
    assert Files(tmp_path).commit == (name, True)


def test_a_file_is_there_and_tracked(tmp_path: Path) -> None:
    """Absent, deleted, untracked files and folders fail."""
    repository(tmp_path, a="x", d___b="x")
    (tmp_path / "loose").write_text("x")
    assert there(tmp_path, "absent") == "fail"
    assert there(tmp_path, "loose") == "fail"
    assert there(tmp_path, "d") == "fail"
    (tmp_path / "a").unlink()
    assert there(tmp_path, "a") == "fail"


def test_links_are_followed_and_stay_inside(tmp_path: Path) -> None:
    """A link to a tracked file inside passes; one that leaves, dangles, loops or ends untracked fails."""
    root = tmp_path / "platform"
    root.mkdir()
    (tmp_path / "outside").write_text("x")
    (root / ".gitignore").write_text("loose\n")
    (root / "loose").write_text("x")
    for name, target in {
        "good": "a",
        "leaves": "../outside",
        "dangles": "no",
        "loops": "loops",
        "into": "loose",
    }.items():
        (root / name).symlink_to(target)
    repository(root, a="x")
    assert {name: there(root, name) for name in ("good", "leaves", "dangles", "loops", "into")} == {
        "good": "pass",
        "leaves": "fail",
        "dangles": "fail",
        "loops": "fail",
        "into": "fail",
    }


def test_outside_git_nothing_is_known(tmp_path: Path) -> None:
    """Without a work tree both items are not observed."""
    (tmp_path / "a").write_text("x")
    platform, probe = tree(tmp_path)
    assert there(tmp_path, "a") == "unverified"
    assert outcome(lambda: rules.no_merge_is_unfinished(platform, probe.conflicts())) == "unverified"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a__ts", f"one\n{CONFLICT}", "fail"),
        ("a__ts", CONFLICT.replace("\n", "\r\n"), "fail"),
        ("a__ts", DIFF3, "fail"),
        ("a__md", f"Title\n{MIDDLE}\n\ntext\n", "pass"),
        ("a__md", f"Text\n\n```\n{CONFLICT}```\n", "warn"),
        ("a__md", CONFLICT, "fail"),
        ("a__rst", f"{MIDDLE}\nTitle\n{MIDDLE}\n", "pass"),
        ("a__md", f"{END}\nquoted\n", "pass"),
        ("a__ts", f"{START}\nours\n", "warn"),
        ("a__ts", f"theirs\n{END}\n", "warn"),
        ("a__ts", f"  {CONFLICT.replace(chr(10), chr(10) + '  ')}", "pass"),
        ("a__ts", "<" * 8 + " a\n" + "=" * 8 + "\n" + ">" * 8 + " b\n", "pass"),
        ("a__ts", f"const a = '{START}';\n", "pass"),
        ("a__bin", f"\0{CONFLICT}", "pass"),
    ],
)
def test_unfinished_merges(tmp_path: Path, name: str, text: str, expected: str) -> None:
    """A whole conflict fails; headings, quotations and binary files do not; half a conflict warns."""
    repository(tmp_path, **{name: ""})
    (tmp_path / name.replace("__", ".")).write_text(text, newline="")
    platform, probe = tree(tmp_path)
    assert outcome(lambda: rules.no_merge_is_unfinished(platform, probe.conflicts())) == expected


def test_a_conflict_is_named_by_its_line(tmp_path: Path) -> None:
    """The finding says where the conflict begins."""
    repository(tmp_path, a__ts=f"one\ntwo\n{CONFLICT}")
    platform, probe = tree(tmp_path)
    (finding,) = rules.no_merge_is_unfinished(platform, probe.conflicts()).findings
    assert finding.where == "a.ts:3"


def test_names_that_are_no_text_are_read(tmp_path: Path) -> None:
    """A tracked file whose name is not UTF-8 is searched like any other, and a deleted one is passed over."""
    repository(tmp_path, gone="x")
    (tmp_path / os.fsdecode(b"n\xe4me.ts")).write_text(CONFLICT)
    subprocess.run(["git", "-C", str(tmp_path), "add", "-A"], check=True)
    (tmp_path / "gone").unlink()
    platform, probe = tree(tmp_path)
    (finding,) = rules.no_merge_is_unfinished(platform, probe.conflicts()).findings
    assert finding.where.encode()


PIECES = st.lists(st.sampled_from([START, MIDDLE, END, "|" * 7, "text", "```", "\r", ""]), max_size=14)


@settings(max_examples=200, deadline=None)
@given(PIECES, st.binary(max_size=30))
def test_any_bytes_can_be_searched(pieces: list[str], tail: bytes) -> None:
    """No arrangement of markers breaks the search, and every place is a line of the file."""
    data = "\n".join(pieces).encode() + tail
    for conflict in markers(data, "a.md"):
        assert 1 <= int(conflict.place.rpartition(":")[2]) <= data.count(b"\n") + 1
