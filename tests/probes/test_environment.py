"""The environment probe: what it reads, what it refuses to tell, and that no input breaks it."""

from __future__ import annotations

import secrets
import subprocess
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from fixtures.model.platform import Variable
from fixtures.probes.environment import Environment
from fixtures.probes.environment.addresses import address
from fixtures.probes.environment.authority import parts
from fixtures.probes.environment.dotenv_file import env_text
from fixtures.probes.environment.keys import key_material
from fixtures.probes.environment.kinds import JUDGES, form
from fixtures.probes.environment.nature import credential, opaque, passwords, plainly_public, public_by_design
from fixtures.probes.environment.placeholders import filler
from fixtures.probes.environment.supabase import supabase_key
from fixtures.probes.files import Files
from tests.contracts import contract, environment, one

PASSWORD = "pa$$" + "${w}0rd!#x"


def test_lines_are_counted_to_the_name() -> None:
    """A name's line is its own, whatever blank lines, comments, CRLF and long values stand before it."""
    read = env_text('\n\r\n# note\r\nexport A=1\n\n\nB="two\nlines"\nC=3\n')
    assert [(entry.name, entry.line) for entry in read.entries] == [("A", 4), ("B", 7), ("C", 9)]


def test_values_are_not_interpolated() -> None:
    """A `$` in a value stays what it is."""
    (entry,) = env_text(f"A='{PASSWORD}'").entries
    assert entry.secret.examine(lambda value: value == PASSWORD)


def test_lines_that_do_not_parse_are_named_by_number() -> None:
    """An open quote, a bare name and prose are broken lines, and the rest is read."""
    read = env_text('A=1\nB="open\nC\nhello world\nD=4\n')
    assert [line.line for line in read.broken] == [2, 3, 4]
    assert read.broken[0].name == "B"
    assert [entry.name for entry in read.entries] == ["A", "D"]


def test_an_unquoted_hash_is_noted() -> None:
    """A '#' inside an unquoted value is noted; a comment and a quoted one are not."""
    cut = [entry.cut for entry in env_text("A=ab#cd\nB=ab # cd\nC='ab#cd'\n").entries]
    assert cut == [True, False, False]


def test_a_comment_behind_the_name_is_no_value() -> None:
    """To Node `A= # later` sets nothing; in quotes, or behind something, a '#' is text."""
    read = env_text("A= # later\nB=#later\nexport C=\t# openssl rand -hex 32\nD='# x'\nE=x # y\n")
    assert [entry.secret.examine(bool) for entry in read.entries] == [False, False, False, True, True]


def test_the_last_of_two_settings_counts(tmp_path: Path) -> None:
    """A name set twice has its last value, and the earlier place is told."""
    binding, _ = one(tmp_path, None)
    (tmp_path / ".env.production").write_text("X=1\nX=2\n")
    setting = environment(contract(tmp_path, {"name": "X"})).setting(binding).value.setting
    assert (setting.place, setting.overridden) == (".env.production:2", (".env.production:1",))


def test_an_env_file_that_is_not_there_is_not_observed(tmp_path: Path) -> None:
    """A named file that does not exist is neither green nor a finding; the hint says how to give one."""
    binding, probe = one(tmp_path, "1")
    (tmp_path / ".env.production").unlink()
    evidence = environment(contract(tmp_path, {"name": "X"})).setting(binding)
    assert "does not exist" in evidence.error
    assert "--env-file=worker=PATH" in evidence.hint
    assert probe.setting(binding).error


def test_a_given_file_goes_before_the_manifest(tmp_path: Path) -> None:
    """`--env-file` wins over the row's env_file, also from outside the platform's folder."""
    root = tmp_path / "platform"
    root.mkdir()
    binding, _ = one(root, None)
    (tmp_path / "given").write_text("X=1\n")
    platform = contract(root, {"name": "X"})
    probe = Environment(platform, Files(root), {"worker": tmp_path / "given"}, process={})
    assert probe.setting(binding).value.setting.place == f"{tmp_path / 'given'}:1"


def test_without_a_file_the_process_is_asked(tmp_path: Path) -> None:
    """A service without an env file has the process's values; with none of them there, nothing was seen."""
    platform = contract(tmp_path, {"name": "X"}, {"name": "Y"}, services={"worker": {"host": "railway"}})
    x, y = platform.bindings()
    probe = environment(platform, {"X": "1", "OTHER": "2"})
    assert probe.setting(x).value.setting.place == "the environment of the process"
    assert not probe.setting(y).value.setting.is_set
    assert environment(platform).setting(x).error


def test_a_file_that_is_no_text_is_a_fault(tmp_path: Path) -> None:
    """An env file in UTF-16 is there and broken in itself."""
    binding, _ = one(tmp_path, "1")
    (tmp_path / ".env.production").write_bytes("X=1\n".encode("utf-16"))
    assert environment(contract(tmp_path, {"name": "X"})).setting(binding).fault is not None


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    """A file that begins with a byte order mark sets its first name."""
    binding, _ = one(tmp_path, "1")
    (tmp_path / ".env.production").write_bytes(b"\xef\xbb\xbfX=1\r\n")
    assert environment(contract(tmp_path, {"name": "X"})).setting(binding).value.setting.is_set


def test_every_value_to_mask_is_given(tmp_path: Path) -> None:
    """Secrets, undeclared values, passwords in URLs and broken lines are given; what is plainly public is not."""
    lines = [
        "X=hidden-value",
        "Y=shown-value",
        "STRAY=stray-value",
        "NODE_ENV=production",
        "Z=redis://default:p%40ss-in-url@cache.acme.io:6379",  # pragma: allowlist secret
        "Y2=" + "sk-or-" + "v1-" + secrets.token_hex(32),
        'OPEN="never-closed',
    ]
    (tmp_path / ".env.production").write_text("\n".join(lines))
    public = [{"name": name, "secret": False} for name in ("Y", "Z", "Y2")]
    probe = environment(contract(tmp_path, {"name": "X"}, *public))
    masked = dict(probe.secrets())
    assert set(masked) == {"X", "STRAY", "Z", "password in Z", "decoded password in Z", "Y2", "line 7"}
    assert masked["decoded password in Z"].examine(lambda value: value == "p@ss-in-url")


def test_no_answer_holds_a_value(tmp_path: Path) -> None:
    """No evidence about a value has it, or a part of its middle, anywhere in its representation."""
    secret = "Zq7-Middle-Of-The-Secret-9x"
    for kind in JUDGES:
        binding, probe = one(tmp_path, f"postgres://user:{secret}@host.acme.io/db", kind=kind)
        asked = (probe.setting, probe.form, probe.filler, probe.key, probe.address, probe.supabase)
        for question in asked:
            evidence = question(binding)
            assert "Middle-Of" not in repr((evidence, evidence.value))


def test_check_ignore_counts_the_repository_only(tmp_path: Path) -> None:
    """A pattern in .git/info/exclude protects one person: the name is bare."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text(".env\n")
    (tmp_path / ".git" / "info").mkdir(exist_ok=True)
    (tmp_path / ".git" / "info" / "exclude").write_text(".env.local\n")
    seen = environment(contract(tmp_path, {"name": "X"})).kept_files().value
    assert seen.covered == (".env",)
    assert set(seen.bare) == {".env.local", ".env.production"}


TEXTS = st.one_of(
    st.text(max_size=80),
    st.from_regex(r"[a-z]{2,8}://[^\s]{0,20}(:[^\s]{0,9})?@?[\[\]:.a-z0-9]{0,30}(/[^\s]{0,9})?", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9+/=_-]{0,70}", fullmatch=True),
    st.from_regex(r"eyJ[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,60}\.[A-Za-z0-9_-]{0,20}", fullmatch=True),
)


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.sampled_from(sorted(JUDGES)))
def test_no_value_breaks_a_reader(value: str, kind: str) -> None:
    """Every reader tells something about any text, for every kind."""
    variable = Variable.model_validate({"name": "X", "services": ("a",), "kind": kind, "range": (0.0, 9.0)})
    assert form(value, variable).length == len(value)
    filler(value, variable)
    key_material(value)
    parts(value)
    address(value, variable.kind)
    supabase_key(value, variable.kind, lambda ref: ref == "x", "y")
    for reader in (credential, public_by_design, passwords):
        reader(value)
    opaque("X", value)
    plainly_public("X", value)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
@example("no assignment\r\nA=1")
def test_no_text_breaks_the_reading_of_env_files(text: str) -> None:
    """Any text is read as an env file, and no line number exceeds its lines."""
    read = env_text(text)
    last = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    lines = [entry.line for entry in read.entries] + [line.line for line in read.broken]
    assert all(1 <= line <= last for line in lines)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_break_the_probe(tmp_path_factory: object, data: bytes) -> None:
    """An env file of any bytes gives evidence to every question."""
    root = Path(tmp_path_factory.mktemp("env"))  # type: ignore[attr-defined]  # pytest's own factory
    (root / ".env.production").write_bytes(data)
    platform = contract(
        root,
        {"name": "X", "shared": True},
        services={"worker": {"host": "railway", "env_file": ".env.production", "env_example": ".env.production"}},
    )
    probe = environment(platform)
    (binding,) = platform.bindings()
    for evidence in (
        probe.setting(binding),
        probe.copies(binding.variable),
        probe.exposure(binding.service),
        probe.example(binding.service),
        probe.shared_values(),
    ):
        assert evidence.fault or evidence.error or evidence.seen is not None
    list(probe.secrets())
