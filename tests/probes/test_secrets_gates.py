"""Nothing is lost by speed: gates, windows, pragmas and heuristics against what they stand in for."""

from __future__ import annotations

import os
import random
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.core.scan import scan_file
from detect_secrets.filters.allowlist import is_line_allowlisted
from detect_secrets.settings import default_settings
from detect_secrets.util.code_snippet import CodeSnippet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.model.tokens import SHAPES, TokenShape
from fixtures.probes.secrets import SecretScan, search
from fixtures.probes.secrets.assigned import CONTEXTS, EXPOSED, LONGEST_LINE
from fixtures.probes.secrets.heuristics import heuristic, switched_on
from fixtures.probes.secrets.pragmas import is_allowed
from fixtures.probes.secrets.search import GATES, NAMED, PLUGINS, RUN, plugins
from fixtures.probes.secrets.tree import Reader, Subject, Unreadable, decoded, utf8_of
from tests.credentials import HEX, WORD, Mint
from tests.probes.test_secrets import NAMED as WRITTEN
from tests.probes.test_secrets import found, repository, scan_of, seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detect_secrets.plugins.base import RegexBasedDetector

Hit = tuple[str, int, str]
UNHURRIED = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)


def whole(shape: TokenShape) -> re.Pattern[str]:
    """A shape's pattern; before one that begins behind a URL's scheme, the schemes that its judge looks for."""
    if not shape.pattern.pattern.startswith("://"):
        return shape.pattern
    schemes = "|".join(gate.removesuffix("://") for gate in shape.gates)
    return re.compile(f"(?:{schemes}){shape.pattern.pattern}", shape.pattern.flags)


SHAPE_PATTERNS = [(gate, whole(shape)) for gate, shape in zip(GATES[len(EXPOSED) :], SHAPES, strict=False)]
PLUGIN_PATTERNS = [
    (gate, pattern)
    for gate in GATES
    if gate.kind in PLUGINS
    for pattern in cast("RegexBasedDetector", plugins()[gate.kind]).denylist
]
PATTERNS = [
    pytest.param(gate, pattern, id=f"{gate.kind}-{number}")
    for number, (gate, pattern) in enumerate([*SHAPE_PATTERNS, *PLUGIN_PATTERNS])
]


def passes(gate: search.Gate, text: str) -> bool:
    """Whether the search would look at the text's first line with this gate's detector."""
    folded = text.encode("utf-8", "surrogatepass").lower()
    first = folded.split(b"\n")[0]
    return any(start == 0 for start, _ in search._dense(folded)[0]) and any(
        literal.encode() in first for literal in gate.literals
    )


def test_gates_of_shapes_follow_those_of_browser_variables() -> None:
    """Each pattern below is held against its own gate."""
    assert [gate.kind for gate, _ in SHAPE_PATTERNS] == [shape.kind for shape in SHAPES]
    assert [gate.kind for gate in GATES[: len(EXPOSED)]] == [context.kind for context in EXPOSED]
    assert len(GATES) == len(EXPOSED) + len(SHAPES) + len(CONTEXTS) + len(PLUGINS) + 4


@pytest.mark.parametrize(("gate", "pattern"), PATTERNS)
@given(data=st.data())
@UNHURRIED
def test_gate_passes_whatever_its_pattern_matches(gate: search.Gate, pattern: re.Pattern[str], data: Any) -> None:
    """Texts drawn from a detector's own pattern all pass its literals and the run of characters before them.

    Left out: letters outside ASCII that Python folds to ASCII ones (K, ſ, ı), which stand in no credential.
    """
    ascii_only = re.compile(pattern.pattern, pattern.flags & ~re.UNICODE | re.ASCII)
    text = data.draw(st.from_regex(ascii_only))
    match = pattern.search(text)
    if match is not None and ("\n" not in match.group() or gate.reach):
        line = text[text.rfind("\n", 0, match.start()) + 1 :]
        assert passes(gate, line), line
        if gate.kind in PLUGINS:
            assert PLUGINS[gate.kind].shape.search(line.lower()), line


COMMANDED = (  # {0} is the name that a command has no need of
    "redis-cli -h cache -a {1} ping",
    'test: ["CMD", "redis-cli", "-a", "{1}", "ping"]',
    "redis-server --requirepass {1}",
    "requirepass {1}",
    "sshpass -p '{1}' ssh a",
    "docker login -u a -p {1} b",
    "mysql -u a -p{1} b",
    "curl -u a:{1} b",
    "curl b --user {1}:",
)


def written(mint: Mint) -> Iterator[str]:
    """Values of names, and short passwords, in every way in which a file gives a name a value."""
    pairs = [*mint.named().values(), ("DB_PASSWORD", "aB3" + mint.draw(WORD, 9)), ("JWT_SECRET", mint.draw(WORD, 20))]
    for name, value in pairs:
        for form in (*WRITTEN.values(), *COMMANDED):
            yield form.format(name, value)


@pytest.mark.parametrize("seed", range(20))
def test_gated_search_finds_what_ungated_detectors_find(seed: int) -> None:
    """Every detector let loose on every line finds nothing that the gated search does not look at."""
    for text in written(Mint(seed)):
        for line in text.split("\n"):
            for gate in GATES:
                assert passes(gate, line) or not list(gate.detect(line)), (gate.kind, line)


def test_literals_one_by_one_and_at_once_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without ahocorasick_rs the same is found."""
    mint = Mint()
    text = "\n".join([*mint.shaped().values(), *written(mint), "x" * LONGEST_LINE + mint.shaped()["Groq key"]])
    assert search._at_once is not None
    at_once = search.search("a.ts", text, "acme")
    monkeypatch.setattr(search, "_at_once", None)
    assert search.search("a.ts", text, "acme") == at_once
    assert len(at_once.found) > 60
    monkeypatch.setitem(sys.modules, "ahocorasick_rs", None)
    assert search._automaton() is None


BLANK = ["#", "//", "/*", "*/", "'", "--", "<!--", "-->", " ", "\t", "x", "#  ", '"', ";"]
PRAGMA = ["pragma: allowlist secret", "pragma:allowlist-secret", "pragma: whitelist secret", "pragma: allow secret"]
NEXT = ["pragma: allowlist nextline secret", "pragma: allowlist-nextline-secret", "pragma: whitelist nextline secret"]
COMMENTS = st.lists(st.sampled_from([*BLANK, *PRAGMA, *NEXT]), max_size=8).map("".join)


@given(st.sampled_from(["a.ts", "a.yaml", "a.yml", ".yaml", "d/.yaml", "d.yaml/a", "Dockerfile"]), COMMENTS, COMMENTS)
@settings(max_examples=200, deadline=None)
def test_pragmas_are_read_as_detect_secrets_reads_them(path: str, line: str, previous: str) -> None:
    """Every mix of comment marks, blanks and pragmas gets the same answer from its own function."""
    theirs = is_line_allowlisted(path, line.rstrip(), CodeSnippet([previous.rstrip(), line.rstrip()], 0, 1))
    assert is_allowed(path, line, previous) is theirs


def theirs(folder: Path, path: str) -> set[Hit]:
    """What detect-secrets itself finds in a file, verifying nothing."""
    here = Path.cwd()
    os.chdir(folder)
    try:
        with default_settings():
            kept: dict[tuple[str, str], Hit] = {}
            for secret in scan_file(path):
                kept.setdefault(
                    (secret.type, secret.secret_hash), (secret.type, secret.line_number, secret.secret_hash)
                )
            return set(kept.values())
    finally:
        os.chdir(here)


def ours(folder: Path, path: str) -> set[Hit]:
    """What the heuristics find in it."""
    text = decoded(utf8_of((folder / path).read_bytes()))
    with switched_on():
        return {(kind, line, search.hashed(value)) for kind, line, value in heuristic(path, text)}


MINT = Mint()
VALUES = [MINT.draw(HEX, 40), MINT.draw(WORD, 40), MINT.draw(WORD, 12), "hunter2", "${SECRET}"]
VALUES += ["AKIA" + MINT.draw("ABC234", 16)]
KEYS = ["password", "api_key", "token", "secret", "aws_secret_access_key", "name", "integrity", "id"]
MARKS = ["{k} = '{v}'\n", '{k}: "{v}"\n', "{k}: {v}\n", "{k}={v}\n", '"{k}": "{v}",\n', "  - {k}: {v}\n"]
MARKS += ["[{k}]\n", "# {k} {v} pragma: allowlist secret\n", "// pragma: allowlist nextline secret\n", "\n"]
MARKS += ["https://{k}:{v}@{k}.io\n", "if ({k} == '{v}') {{\n"]
LINES = st.builds(
    lambda mark, key, value: mark.format(k=key, v=value),
    st.sampled_from(MARKS),
    st.sampled_from(KEYS),
    st.sampled_from(VALUES),
)
FILES = ["a.py", "a.ts", "a.yaml", "a.ini", "a.env", "a.json", "a.md", "a.go", "a.svg", "package-lock.json", "a.cls"]


@given(st.sampled_from(FILES), st.lists(LINES | st.text(max_size=20), max_size=12))
@UNHURRIED
def test_heuristics_are_detect_secrets_own(tmp_path: Path, path: str, lines: list[str]) -> None:
    """With its plugins and filters switched on, type, line and hash of every finding are those of detect-secrets."""
    (tmp_path / path).write_text("".join(lines).encode("utf-8", "replace").decode(), "utf-8")
    assert ours(tmp_path, path) == theirs(tmp_path, path)


def installed() -> list[Path]:
    """Forty sources and documents of installed packages, the same ones in every run."""
    root = Path(pytest.__file__).parents[1]
    names = ("detect_secrets", "httpx", "redis", "yaml", "jinja2", "pytest_html", "hypothesis", "pydantic")
    files = [file for name in names for file in sorted((root / name).rglob("*")) if file.is_file()]
    fit = [file for file in files if file.suffix != ".pyc" and 0 < file.stat().st_size < 20_000]
    return random.Random(7).sample(fit, 40)


def test_heuristics_are_detect_secrets_own_on_real_files() -> None:
    """Sources as people write them give the same findings, and there are some."""
    count = 0
    for file in installed():
        expected = theirs(file.parent, file.name)
        assert ours(file.parent, file.name) == expected, file.name
        count += len(expected)
    assert count > 0


def test_heuristics_differ_where_they_say_so(tmp_path: Path) -> None:
    """Files that are not UTF-8 are read, long lines are left to the token detectors."""
    (tmp_path / "a.py").write_bytes("# ключ\npassword = 'hunter2supers3cret'\n".encode("cp1251"))
    (tmp_path / "b.py").write_text("x = 1 " * 1_000 + "password = 'hunter2supers3cret'\n")
    assert [hit[:2] for hit in ours(tmp_path, "a.py")] == [("Secret Keyword", 2)]
    assert theirs(tmp_path, "a.py") == set()
    assert ours(tmp_path, "b.py") == set()
    assert len(theirs(tmp_path, "b.py")) == 1


def test_heuristics_are_off_until_asked_for(tmp_path: Path) -> None:
    """The manifest's key adds their findings to the scan; what both see is one finding."""
    key = Mint().shaped()["Groq key"]
    scan = repository(tmp_path, {"a.py": f"password = 'hunter2supers3cret'\nkey = '{key}'\n"})
    assert [one.kind for one in seen(scan).exposures] == ["Groq key"]
    asked = SecretScan(Subject(scan.subject.root, "acme", heuristics=True), scan.files)
    assert [(one.kind, one.where) for one in seen(asked).exposures] == [
        ("Secret Keyword", "a.py:1:13"),
        ("Groq key", "a.py:2:8"),
    ]


def test_no_plugin_asks_a_vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the search nor the heuristics ever call a plugin's verify."""
    known: dict[str, Any] = get_mapping_from_secret_type_to_class()
    for plugin in known.values():
        monkeypatch.setattr(plugin, "verify", lambda *_, **__: pytest.fail("a value was to be verified"))
    text = "\n".join(f"key = '{value}'" for value in Mint().shaped().values())
    scan = repository(tmp_path, {"a.py": text})
    assert len(seen(SecretScan(Subject(scan.subject.root, "acme", heuristics=True), scan.files)).exposures) > 20


def test_million_lines_and_fifty_megabytes_in_one_are_read(tmp_path: Path) -> None:
    """A credential at the end of either is found."""
    key = Mint().shaped()["Groq key"]
    scan = repository(
        tmp_path,
        {"lines.ts": "const x = 1;\n" * 999_999 + f'"{key}"\n', "line.js": "a" * (50 * 2**20) + f'"{key}"'},
    )
    assert [(one.path, one.line) for one in found(scan)] == [("line.js", 1), ("lines.ts", 1_000_000)]


def test_half_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    """A text that no person wrote is unread and says so; a binary of that size is a binary."""
    repository(tmp_path, {"a.ts": "x\n", "dump.sql": "x" * 9_000, "disk.img": "\0"})
    for name in ("dump.sql", "disk.img"):
        os.truncate(tmp_path / name, 500 * 2**20)
    told = seen(scan_of(tmp_path))
    assert [(one.path, one.reason) for one in told.unread] == [("dump.sql", "larger than 64 MiB")]
    assert ("binary files", 1) in [(one.rule, one.count) for one in told.passed]


def test_file_that_may_not_be_read_is_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without permission is said to be unread, by name and reason."""
    repository(tmp_path, {"a.ts": "x\n"})
    refused = PermissionError(13, "Permission denied")

    def no(*_: object) -> int:
        raise refused

    monkeypatch.setattr(os, "open", no)
    with pytest.raises(Unreadable, match="Permission denied"):
        Reader(tmp_path).content("a.ts")
    monkeypatch.undo()
    monkeypatch.setattr(Reader, "content", lambda *_: no_reason())
    assert [(one.path, one.reason) for one in seen(scan_of(tmp_path)).unread] == [("a.ts", "Permission denied")]


def no_reason() -> bytes:
    """Refuse as an unreadable file does."""
    raise Unreadable("Permission denied")


@pytest.mark.parametrize("where", ["ключ ", "é" * 300, "\N{GRINNING FACE} "])
def test_column_counts_characters_in_any_line(where: str, tmp_path: Path) -> None:
    """Column and end are those of characters, in long lines' windows too."""
    key = Mint().shaped()["Groq key"]
    for before in (where, where * (LONGEST_LINE // len(where) + 1)):
        (one,) = seen(repository(tmp_path, {"a.md": f"{before} {key} {where}\n"})).exposures
        assert (one.column, one.end) == (len(before) + 2, len(before) + 1 + len(key))


def test_run_is_shorter_than_every_value_that_needs_one() -> None:
    """A value of exactly RUN characters is found by its name alone."""
    value = Mint().draw(WORD, RUN)
    assert [one.kind for one in search.search("a.env", f"JWT_SECRET={value}\n", "acme").found] == [NAMED]
