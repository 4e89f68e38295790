"""The ignore rules are matched as Docker's own matcher does it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.probes import dockerignore

DOCUMENTED = [  # pattern, path, kept out
    ("*/temp*", "somedir/temporary.txt", True),
    ("*/temp*", "temporary.txt", False),
    ("*/*/temp*", "somedir/subdir/temporary.txt", True),
    ("temp?", "tempa", True),
    ("temp?", "temp", False),
    ("**/*.go", "a/b/c.go", True),
    ("**/*.go", "c.go", True),
    ("**", "file", True),
    ("**", "dir/file", True),
    ("**/", "file", True),
    ("**/**", "dir/file", True),
    ("dir/**", "dir/file", True),
    ("dir/**", "dir/dir2/file", True),
    ("**/dir2/*", "dir/dir2/file", True),
    ("**/dir2/**", "dir/dir2/dir2/file", True),
    ("**file", "dir/afile", True),
    ("**file", "file", True),
    ("**/file", "dir/file", True),
    ("**/file", "afile", False),
    ("**/file*txt", "dir/filetxt", True),
    ("**/file*txt", "dir/file.tst", False),
    ("a**", "abc/def", True),
    ("a**/*.txt", "abc.txt", True),
    ("a/*.txt", "a/b/c.txt", False),
    ("a[b-d]e", "ace", True),
    ("a[^b-d]e", "ace", False),
    ("a[^b-d]e", "aze", True),
    ("a\\*b", "a*b", True),
    ("abc.def", "abcZdef", False),
    ("[!a]", "!", True),
    (".*", ".foo", True),
    (".*", "foo", False),
    ("/foo", "foo", True),
    ("/foo/bar", "foo/bar", True),
    ("./foo", "foo", True),
    ("foo/", "foo/bar", True),
    ("foo/../bar", "bar", True),
    ("node_modules", "node_modules/a/b.js", True),
    ("node_modules", "services/worker/node_modules/a.js", False),
    ("**/node_modules", "services/worker/node_modules/a.js", True),
    ("*.env", "services/.env", False),
    ("*.env", ".env", True),
    ("**/.env*", "services/worker/.env.production", True),
    (".env", ".env.production", False),
    ("services/*/.env", "services/worker/.env", True),
    ("#.env", ".env", False),
    (" .env \r", ".env", True),
    ("*", "services/worker/.env", True),
]


@pytest.mark.parametrize(("pattern", "path", "out"), DOCUMENTED)
def test_pattern_matches_as_documented(pattern: str, path: str, out: bool) -> None:
    """One rule decides as Docker's documentation and its matcher's own cases say."""
    assert dockerignore.read(pattern).keep_out(path) is out


@pytest.mark.parametrize(
    ("text", "path", "out"),
    [
        ("*.md\n!README.md", "README.md", False),
        ("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", True),
        ("*.md\nREADME-secret.md\n!README*.md", "README-secret.md", False),
        ("**/.env*\n!**/.env.example", "a/.env.example", False),
        ("**/.env*\n!**/.env.example", "a/.env", True),
        ("*\n!services", "services/worker/.env", False),
        ("*\n!services\n**/.env", "services/worker/.env", True),
        ("docs\n!docs/README.md", "docs/README.md", False),
        ("\ufeff# note\n\n.git\n", ".git/config", True),
        ("! .env\n.env", ".env", True),
    ],
)
def test_last_matching_rule_decides(text: str, path: str, out: bool) -> None:
    """An exception brings back what stood before it, and a later rule takes it away again."""
    assert dockerignore.read(text).keep_out(path) is out


@pytest.mark.parametrize("line", ["!", "a[", "[]", "[a-", "x\\"])
def test_refused_line_is_told(line: str) -> None:
    """A line that stops the build is named by its number, and matches nothing."""
    rules = dockerignore.read(f"ok\n{line}")
    assert rules.misread[0].startswith("2: ")
    assert rules.keep_out("ok")


def test_many_wildcards_end_at_once() -> None:
    """A pattern full of wildcards is matched in time that grows with its length only."""
    assert not dockerignore.read("**/*a" * 40 + "z").keep_out("a/" * 200 + "b")


@given(st.text(), st.text(min_size=1))
def test_no_text_makes_it_raise(text: str, path: str) -> None:
    """Any text is read, any path is answered."""
    assert dockerignore.read(text).keep_out(path) in (True, False)
