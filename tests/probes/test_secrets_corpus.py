"""What the detectors find in the labelled corpus, what they leave alone, and that no text holds them up."""

from __future__ import annotations

import base64
from itertools import islice
from typing import TYPE_CHECKING

import pytest
from detect_secrets.core.plugins.util import get_plugins_from_module
from detect_secrets.util.code_snippet import get_code_snippet

from fixtures.model.tokens import is_stand_in
from fixtures.probes.secrets import detectors
from fixtures.probes.secrets.assigned import is_random, is_strong_password
from fixtures.probes.secrets.search import GATES, PLUGINS, plugins, search
from tests.corpus import Seen, scanned
from tests.corpus.__main__ import main, misses
from tests.corpus.harmless import negatives
from tests.corpus.placements import WAYS, positives
from tests.credentials import HEX, WORD, Mint
from tests.probes.test_secrets_gates import COMMANDED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detect_secrets.plugins.base import BasePlugin

KINDS_OF_FILE = {"ts", "tsx", "env", "yaml", "json", "md", "sql", "Dockerfile", "sh", "toml", "tf"}
MEGABYTE = 2**20
OURS = [gate for gate in GATES if gate.kind not in PLUGINS]


@pytest.fixture(scope="module")
def third(tmp_path_factory: pytest.TempPathFactory) -> list[Seen]:
    """Every third sample of the corpus, scanned as files of a git repository."""
    mint = Mint()
    samples = [*islice(positives(mint), 0, None, 3), *islice(negatives(mint), 0, None, 3)]
    return list(scanned(samples, tmp_path_factory.mktemp("corpus")))


def test_credentials_of_the_corpus_are_found(third: list[Seen]) -> None:
    """Of the credentials in every kind of file, at least 97 of 100 are reported in their line, each half held apart."""
    written = [one for one in third if one.sample.line]
    assert len({one.sample.label for one in written}) > 25
    assert set(WAYS) >= KINDS_OF_FILE
    for half in (False, True):
        rows = [one for one in written if one.sample.held == half]
        assert sum(one.found for one in rows) >= 0.97 * len(rows), misses(rows)


def test_harmless_text_of_the_corpus_is_left_alone(third: list[Seen]) -> None:
    """Of as many harmless files, at most two of 100 are reported, each half held apart."""
    harmless = [one for one in third if not one.sample.line]
    assert len(harmless) >= len(third) - len(harmless)
    for half in (False, True):
        rows = [one for one in harmless if one.sample.held == half]
        assert sum(bool(one.exposures) for one in rows) <= 0.02 * len(rows), misses(rows)


def test_corpus_prints_its_table(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The command tells recall, the share that was flagged, and each miss by its file."""
    monkeypatch.setattr("tests.corpus.__main__.positives", lambda mint: islice(positives(mint), 5))
    monkeypatch.setattr("tests.corpus.__main__.negatives", lambda mint: islice(negatives(mint), 5))
    assert main(["--misses"]) == 0
    said = capsys.readouterr().out
    assert "recall 1.0000 (5 of 5), of the right kind 1.0000" in said
    assert "flagged 0.0000 (0 of 5 harmless files)" in said


APART = {
    "kubernetes.yaml": "env:\n  - name: {}\n    value: {}\n",
    "render.yaml": 'envVars:\n  - key: {}\n    sync: false\n    value: "{}"\n',
    "task.json": '[\n  {{\n    "name": "{}",\n    "value": "{}"\n  }}\n]\n',
    "variables.tf": 'variable "{}" {{\n  type    = string\n  default = "{}"\n}}\n',
    "HANDOVER.md": "**Name:** `{}`\n**Value:** `{}`\n",
}


@pytest.mark.parametrize("path", APART)
def test_value_below_its_name_is_found(path: str) -> None:
    """A value on a line of its own is told by the name that ends a line above it."""
    mint = Mint()
    for name, value in (("JWT_SECRET", mint.draw(WORD, 32)), ("RAILWAY_TOKEN", mint.uuid())):
        text = APART[path].format(name, value)
        line = text[: text.index(value)].count("\n") + 1
        found = search(path, text, "acme").found
        assert [(one.kind, one.line) for one in found] == [("Value below a secret-like name", line)]
    assert search(path, APART[path].format("PROJECT_ID", mint.uuid()), "acme").found == ()


@pytest.mark.parametrize("opening", ["{}: |", "{}: >-", "const key = process.env.{} ??", 'env["{}"] ||', "const {} ="])
def test_value_in_the_line_after_its_name_is_found(opening: str) -> None:
    """A value that stands alone is told by the name that opens its line; an id is not."""
    mint = Mint()
    quote = "" if ":" in opening else '"'
    for name, value in (("DB_PASSWORD", mint.draw(WORD, 20)), ("RAILWAY_TOKEN", mint.uuid())):
        for end in ("", "\n", "\nnext\n"):
            text = f"first\n{opening.format(name)}\n  {quote}{value}{quote}{end}"
            (one,) = search("a.ts", text, "acme").found
            assert (one.kind, one.line) == ("Value in the line after a secret-like name", 3)
            assert (one.column, one.end) == (3 + len(quote), 2 + len(quote) + len(value))
    text = f"{opening.format('PROJECT_ID')}\n  {quote}{mint.uuid()}{quote}\n"
    assert search("a.ts", text, "acme").found == ()
    assert search("a.ts", opening.format("DB_PASSWORD"), "acme").found == ()


@pytest.mark.parametrize("command", COMMANDED)
def test_password_of_a_command_is_found(command: str) -> None:
    """What is given to a command's option for passwords is found; a variable, a word and a stand-in are not.

    One of fewer than 20 characters is found where the command's name alone says that there is one.
    """
    short = "redis-cli" in command or "pass" in command
    for length in (9, 17) if short else (17,):
        value = "aB3" + Mint().draw(WORD, length)
        (one,) = search("a.sh", command.format("", value) + "\n", "acme").found
        assert one.column == command.format("", value).index(value) + 1
    for harmless in ("$REDIS_PASSWORD_2026", "correct-horse-battery", "change-me-in-2026"):
        assert search("a.sh", command.format("", harmless), "acme").found == ()


def test_colours_of_a_terminal_hide_nothing() -> None:
    """A credential between colours is found where it stands, its name and its shape alike."""
    mint = Mint()
    for value in (mint.draw(WORD, 32), mint.shaped()["Groq key"]):
        text = f"\x1b[32minfo\x1b[39m \x1b[1mJWT_SECRET\x1b[22m=\x1b[33;1m{value}\x1b[39m\n"
        (one,) = search("a.log", text, "acme").found
        assert (one.column, one.end) == (text.index(value) + 1, text.index(value) + len(value))


def test_key_in_base64_is_found_in_a_variable() -> None:
    """A private key as one word of Base64 is found after an equals sign, too; a certificate is none."""
    key = Mint().pem()
    for text, count in ((key, 1), (key.replace("RSA PRIVATE KEY", "CERTIFICATE"), 0)):
        word = base64.b64encode(text.encode()).decode()
        assert len(search(".env", f"SIGNER_BASE64={word}\n", "acme").found) == count


def test_detect_secrets_gives_the_lines_above_too() -> None:
    """As a plugin of detect-secrets the detector reads the lines above from the snippet it is given."""
    value = Mint().draw(WORD, 32)
    lines = ["env:\n", "  - name: JWT_SECRET\n", f"    value: {value}\n"]
    plugin = plugins()["Value below a secret-like name"]
    found = plugin.analyze_line(filename="a.yaml", line=lines[2], line_number=3, context=get_code_snippet(lines, 3))
    assert [secret.secret_value for secret in found] == [value]


def test_secret_in_a_browser_variable_is_a_finding_of_its_own() -> None:
    """A service_role or secret key under a name that bundlers publish says so; an anon key there is none."""
    mint = Mint()
    secret, anon = (mint.jwt(iss="supabase", role=role) for role in ("service_role", "anon"))
    for line in ("NEXT_PUBLIC_SUPABASE_KEY={}", 'const k = import.meta.env.VITE_KEY ?? "{}"', 'PUBLIC_KEY: "{}"'):
        (one,) = search("a.ts", line.format(secret), "acme").found
        assert one.kind == "Supabase service_role key in a browser variable"
        assert search("a.ts", line.format(anon), "acme").found == ()


def test_random_text_is_told_from_words() -> None:
    """Random passwords and keys are told, names of code and words in leet are not."""
    mint = Mint()
    assert sum(is_strong_password(mint.draw(WORD, 16)) for _ in range(500)) >= 450
    assert sum(is_random(mint.draw(WORD, 32)) for _ in range(500)) >= 490
    for word in ("isArrayLikeObject2", "Passw0rd!Passw0rd!", "MySqlDecimalBuilder1", "ListWhatsAppFlows24"):
        assert not is_strong_password(word)
        assert not is_random(word * 2)
    assert not is_random("VXNlciBuYW1lcyBhbmQgdGhlaXIgd29yZHM=")  # Base64 of words


def test_placeholder_words_are_no_accident() -> None:
    """A placeholder's word stands in one of the ways that people write it, not as random text does."""
    assert all(map(is_stand_in, ["your-key-here-1", "YOUR_KEY_HERE", "ChangeMe9", "Change_me_9", "CHANGEME"]))
    assert not is_stand_in("k8yOUr3hDMQIbxl8qw4I")


def test_every_detector_names_its_source_and_how_to_rotate() -> None:
    """Each detector's docstring has a source, and each kind a page on replacing the credential."""
    ours: list[type[BasePlugin]] = list(get_plugins_from_module(detectors))
    assert {str(one.secret_type) for one in ours} == {gate.kind for gate in OURS}
    for one in ours:
        assert "Source: " in (one.__doc__ or ""), one
    for gate in OURS:
        assert gate.rotate.startswith("https://") or gate.kind == "PyPI upload token", gate.kind
        assert all(len(literal) >= 3 for literal in gate.literals), gate.kind


def tiring(literal: str) -> Iterator[str]:
    """Lines of a megabyte that begin to look like a credential again and again, and never are one."""
    for cell in (literal, f"{literal}=", f"{literal.upper()}_KEY: ", f"{literal}1.a-1:/@"):
        yield cell * (MEGABYTE // len(cell))
    yield literal + "1a" * (MEGABYTE // 2)


@pytest.mark.parametrize("kind", [gate.kind for gate in OURS])
def test_no_line_holds_a_detector_up(kind: str) -> None:
    """A megabyte on one line is read in one go whatever it looks like: no pattern tries again and again."""
    (gate,) = (gate for gate in OURS if gate.kind == kind)
    detect = plugins()[kind].analyze_string
    for line in tiring(gate.literals[0]):
        assert len(list(detect(line))) < MEGABYTE


def test_gates_touch_hex_and_words_rarely() -> None:
    """No gate is a part of what fills hashes: a build file of digests touches no detector of a shape."""
    text = "\n".join(Mint().draw(HEX, 64) for _ in range(200))
    assert [gate.kind for gate in OURS if any(literal in text for literal in gate.literals)] == []
