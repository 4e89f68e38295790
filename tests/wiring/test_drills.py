"""What `--restore-drill` takes, and what it says to what it does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fixtures.model.platform import Manifest, Platform
from fixtures.wiring.drills import drills, named

URL = "postgresql://app:" + "s3cr3t%2Fword" + "@db.example/app"


def platform(*backups: str) -> Platform:
    """A platform with backups of these names, and one of a Redis."""
    rows = [{"name": name} for name in backups] + [{"name": "queue", "provider": "upstash"}]
    return Platform(Path(), Manifest.model_validate_json(json.dumps({"platform": {"name": "p"}, "backup": rows})))


def test_one_backup_needs_no_name(tmp_path: Path) -> None:
    """A path relative to where pytest was called."""
    (tmp_path / "a.dump").touch()
    assert drills(["a.dump"], platform("main"), tmp_path)["main"].file == tmp_path / "a.dump"


def test_several_are_told_apart_by_name(tmp_path: Path) -> None:
    """A file whose name looks like it is found all the same."""
    (tmp_path / "a=b.dump").touch()
    found = drills(["main=a=b.dump", f"other={URL}"], platform("main", "other"), tmp_path)
    assert found["main"].file == tmp_path / "a=b.dump"
    assert found["other"].url is not None
    assert drills(["a=b.dump"], platform("main"), tmp_path)["main"].file == tmp_path / "a=b.dump"


def test_url_is_boxed_and_masked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given itself or by the name of a variable; neither it nor its password is in anything that prints."""
    monkeypatch.setenv("DRILL_URL", URL)
    for given in (URL, "DRILL_URL"):
        found = drills([given], platform("main"), tmp_path)
        assert "s3cr3t" not in repr(found)
        assert {secret.examine(str) for _, secret in named(found)} == {URL, "s3cr3t/word"}
    assert "DRILL_URL" in drills(["DRILL_URL"], platform("main"), tmp_path)["main"].title


@pytest.mark.parametrize(
    ("given", "backups", "says"),
    [
        ("nowhere.dump", ("main",), "does not exist. Give a dump's file"),
        ("PATH", ("main",), "does not exist. Give a dump's file"),  # a variable, but no URL in it
        ("a.dump", ("main", "other"), r"say whose dump it is, .* it declares main, other"),
        ("a.dump", (), "it declares none of a Postgres"),
        ("queue=a.dump", ("main",), "does not exist"),
    ],
)
def test_mistake_is_told_before_anything_runs(given: str, backups: tuple[str, ...], says: str, tmp_path: Path) -> None:
    """With what was expected."""
    with pytest.raises(pytest.UsageError, match=says):
        drills([given], platform(*backups), tmp_path)


def test_url_of_another_kind_is_not_repeated(tmp_path: Path) -> None:
    """It may hold a password."""
    with pytest.raises(pytest.UsageError, match="expected a URL of Postgres") as raised:
        drills([URL.replace("postgresql", "postgress")], platform("main"), tmp_path)
    assert "s3cr3t" not in str(raised.value)
