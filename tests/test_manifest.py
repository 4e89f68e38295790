"""The manifest is strict, and says everything that is wrong with it at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures import manifest
from fixtures.manifest import ManifestInvalid
from tests.platforms import SUITE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SOUND = """
[platform]
name = "shop"

[[service]]
name = "worker"
host = "railway"
root = "services/worker"
port = 3001

[[variable]]
name = "REDIS_URL"
services = ["worker"]
kind = "redis-url"
"""


def _errors(folder: Path, text: str) -> list[str]:
    (folder / "preflight.toml").write_text(text, "utf-8")
    with pytest.raises(ManifestInvalid) as raised:
        manifest.load(folder)
    return [str(error) for error in raised.value.errors] or [str(raised.value)]


def test_sound_manifest_becomes_a_platform(tmp_path: Path) -> None:
    """Rows keep their order and their values; defaults are filled in."""
    (tmp_path / "preflight.toml").write_text(SOUND, "utf-8")
    platform = manifest.load(tmp_path)
    assert [service.name for service in platform.tables.services] == ["worker"]
    assert [binding.name for binding in platform.bindings()] == ["worker-REDIS_URL"]
    assert platform.tables.platform.thresholds.queue_critical == 1000


@pytest.mark.parametrize("form", ["\ufeff{}", "{}"], ids=["byte-order-mark", "windows-line-ends"])
def test_editors_marks_do_no_harm(tmp_path: Path, form: str) -> None:
    """A byte order mark or Windows line ends do not make a sound manifest invalid."""
    text = form.format(SOUND if "\ufeff" in form else SOUND.replace("\n", "\r\n"))
    (tmp_path / "preflight.toml").write_bytes(text.encode())
    assert manifest.load(tmp_path).tables.platform.name == "shop"


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    """Unknown key, wrong type, unknown word, dangling reference and duplicate: five mistakes, five lines."""
    text = SOUND.replace("port = 3001", 'port = "3001"\nreplicaz = 2').replace('"railway"', '"heroku"')
    text += SOUND.split("\n\n", 1)[1].split("[[variable]]")[0] + '\n[[queue]]\nname = "jobs"\nworkers = ["wrker"]\n'
    errors = _errors(tmp_path, text)
    assert [e for e in errors if "'port'" in e and ":9:" in e and "valid integer, got text of 4 characters" in e]
    assert [e for e in errors if "'replicaz'" in e and "did you mean 'replicas'?" in e and ":10:" in e]
    assert [e for e in errors if "'host'" in e and "'heroku'" in e and "'railway'" in e]
    assert [e for e in errors if "[[queue]] 'jobs'" in e and "did you mean 'worker'?" in e]
    assert [e for e in errors if "more than once" in e]
    assert len(errors) == 5


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('name = "shop"', "", "is required and missing"),
        ("[[service]]", "[service]", "write [[service]]"),
        ("[[variable]]", "[[varable]]", "did you mean 'variable'?"),
        ('root = "services/worker"', 'root = "../elsewhere"', "does not leave the platform's folder"),
        ('root = "services/worker"', 'root = "/services/worker"', "does not leave the platform's folder"),
        ('name = "worker"', 'name = "My Worker"', "'My Worker'"),
        ("port = 3001", "port = 70000", "65535"),
        ("port = 3001", 'url = "https://a.b"\nurl_env = "REDIS_URL"', "either url or url_env"),
        ("port = 3001", 'vercel_project = "shop"', "is for a service whose host is 'vercel'"),
        ("port = 3001", "port = true", "got true"),
        ('kind = "redis-url"', 'kind = "integer"\nrange = [5, 1]', "[lowest, highest]"),
        ('services = ["worker"]', "services = []", "at least 1"),
        ('services = ["worker"]\n', "", "[[variable]] 'REDIS_URL', key 'services': is required"),
        ("port = 3001", 'health = "health"', "a path that begins with a slash, such as /health"),
        ("port = 3001", 'url = "shop.example"', "an address that begins with https://"),
        ('kind = "redis-url"', 'kind = "REDIS_URL"', "did you mean 'redis-url'?"),
        ('host = "railway"', 'host = "Railway"', "did you mean 'railway'?"),
        ('kind = "redis-url"', 'kind = "integer"\nrange = [5]', "one value more"),
        ('[platform]\nname = "shop"\n', "", "write [platform]"),
    ],
)
def test_each_kind_of_mistake_says_what_was_expected(tmp_path: Path, old: str, new: str, expected: str) -> None:
    """The message of one mistake holds what was expected in its place."""
    assert any(expected in error for error in _errors(tmp_path, SOUND.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('host = "railway"\n', "", ":5: [[service]] 'worker', key 'host'"),
        ('name = "shop"\n', 'name = "shop"\n[platform.thresholds]\nqueue_warn = 1\nqueue_wrn = 2\n', ":6: [platform]"),
        ('name = "shop"\n', 'name = "shop"\nthresholds = { queue_wrn = 2 }\n', ":4: [platform]"),
    ],
)
def test_a_mistake_is_told_where_it_stands(tmp_path: Path, old: str, new: str, line: str) -> None:
    """A key that is missing stands at its row, not at the next row that has it; inner tables have lines too."""
    after = '\n[[service]]\nname = "other"\nhost = "other"\nroot = "other"\n'
    errors = _errors(tmp_path, SOUND.replace(old, new, 1) + after)
    assert len(errors) == 1
    assert line in errors[0]


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        ("[platform.thresholds]\nqueue_warn = 2000\n", 1),
        ("[platform.thresholds]\np95_critical_ms = 1000\n", 1),
        ("[platform.thresholds]\nqueue_warn = 2000\nqueue_critical = 3000\n", 0),
        ('[[queue]]\nname = "jobs"\nwarn = 1500\n', 1),
        ('[[queue]]\nname = "jobs"\ncritical = 400\n', 1),
        ('[[queue]]\nname = "jobs"\nwarn = 1500\ncritical = 1600\n', 0),
    ],
)
def test_a_warning_comes_before_the_alarm(tmp_path: Path, rows: str, count: int) -> None:
    """A warning limit above the critical one, written or by default, would never warn."""
    text = f"{SOUND}\n{rows}"
    if count:
        assert ["expected" in error for error in _errors(tmp_path, text)] == [True]
    else:
        (tmp_path / "preflight.toml").write_text(text, "utf-8")
        manifest.load(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "advice"),
    [
        ("[[service]]", "[service]\nname = 'a'\n\n[service]", "[[service]]"),
        ("port = 3001", "port = 3001\nhealth = True", "lower case"),
        ("port = 3001", "port = 3001\nhealth = /health", "in quotes"),
        ("port = 3001", 'port = 3001\nhealth = "/health', "does not end"),
        ("port = 3001", "port = 3001\nport = 3001", "stands twice"),
        ('services = ["worker"]', 'services = ["worker" "web"]', "comma is missing"),
        ("port = 3001", "p\u043ert = 3001", "not Latin"),
    ],
)
def test_a_slip_in_toml_is_told_in_words(tmp_path: Path, old: str, new: str, advice: str) -> None:
    """What TOML's own reader says leaves open what to write; the common slips are told."""
    (tmp_path / "preflight.toml").write_text(SOUND.replace(old, new, 1), "utf-8")
    with pytest.raises(ManifestInvalid) as raised:
        manifest.load(tmp_path)
    assert advice in str(raised.value)


def test_rows_of_sentry_need_what_it_is_asked_by(tmp_path: Path) -> None:
    """An alert's kind and service, a dashboard's title, and the project of each service that is watched."""
    rows = (
        '[[alert]]\nname = "a"\nprovider = "sentry"\n',
        '[[alert]]\nname = "b"\nprovider = "sentry"\nkind = "error-rate"\nservice = "worker"\ncritical = 5\nwarn = 6\n',
        '[[dashboard]]\nname = "c"\nprovider = "sentry"\n',
        '[[uptime]]\nname = "d"\nprovider = "sentry"\nservice = "worker"\n',
    )
    errors = _errors(tmp_path, SOUND + "\n".join(rows))
    for row, key, text in (
        ("[[alert]] 'a'", "kind", "is required"),
        ("[[alert]] 'a'", "service", "is required"),
        ("[[alert]] 'b'", "service", "has no sentry_project"),
        ("[[alert]] 'b'", "critical", "0.05 is 5 %"),
        ("[[alert]] 'b'", "warn", "0.05 is 5 %"),
        ("[[alert]] 'b'", "warn", "expected at most critical (5)"),
        ("[[dashboard]] 'c'", "title", "is required"),
        ("[[uptime]] 'd'", "service", "has no sentry_project"),
    ):
        assert [error for error in errors if row in error and f"key {key!r}" in error and text in error], (row, key)
    assert len(errors) == 8


def test_waiver_wants_reason_owner_and_date(tmp_path: Path) -> None:
    """A waiver without a reason, an owner or an expiry is no waiver; a date may be written as TOML has it."""
    errors = _errors(tmp_path, SOUND + '[[waiver]]\nitem = "env-1"\ntarget = "worker"\nexpires = "soon"\n')
    assert {key for key in ("item", "reason", "owner", "expires") if any(f"key {key!r}" in e for e in errors)} == {
        "item",
        "reason",
        "owner",
        "expires",
    }


def test_a_pasted_secret_is_not_quoted(tmp_path: Path) -> None:
    """A value in a place where it does not belong may be a secret: the message does not repeat it."""
    pasted = "hunter2-" * 3
    errors = _errors(tmp_path, SOUND + f'value = "{pasted}"\nurl = "{pasted}"\n')
    errors += _errors(tmp_path, SOUND.replace('kind = "redis-url"', f'ref = "{pasted}"'))
    assert not [error for error in errors if "hunter2" in error]


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda root: root / "nowhere", "does not exist"),
        (lambda root: root, "has no preflight.toml"),
        (lambda root: (root / "preflight.toml", (root / "preflight.toml").write_text(SOUND))[0], "is a file"),
        (lambda root: (root, (root / "preflight.toml").write_text("[platform\n"))[0], "not valid TOML"),
        (lambda root: (root, (root / "preflight.toml").write_bytes(b"\xff\xfe\0"))[0], "not UTF-8"),
    ],
    ids=["no-folder", "no-manifest", "a-file", "no-toml", "no-text"],
)
def test_unreadable_platform_is_one_clear_message(
    tmp_path: Path, make: Callable[[Path], object], expected: str
) -> None:
    """No folder, no manifest, no TOML: each is told in one sentence with the path."""
    with pytest.raises(ManifestInvalid, match=expected) as raised:
        manifest.load(cast("Path", make(tmp_path)))
    assert str(tmp_path) in str(raised.value)


VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(-5, 5), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=6,
)
TABLES = st.sampled_from(["platform", "service", "variable", "queue", "document", "waiver", "ci", "metric"])
KEYS = st.sampled_from(["name", "services", "scenarios", "range", "service", "workers", "item", "target", "file"])


@given(st.dictionaries(TABLES, st.one_of(VALUES, st.lists(st.dictionaries(KEYS, VALUES, max_size=4), max_size=3))))
def test_any_shape_of_manifest_is_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any]
) -> None:
    """Whatever stands in the file, loading it gives a platform or ManifestInvalid, never another exception."""
    folder = tmp_path_factory.getbasetemp()
    (folder / "preflight.toml").write_text(_toml(data), "utf-8")
    try:
        manifest.load(folder)
    except ManifestInvalid as invalid:
        assert str(invalid)  # noqa: PT017


def _toml(data: dict[str, Any]) -> str:
    return "\n".join(f"{key} = {_inline(value)}" for key, value in data.items())


def _inline(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_inline(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return json.dumps(value)


def test_committed_schema_is_current() -> None:
    """The JSON Schema that editors use is the one that the model gives; `python -m fixtures.manifest` writes it."""
    committed = json.loads((SUITE / "preflight.schema.json").read_text("utf-8"))
    assert committed == manifest.schema()
