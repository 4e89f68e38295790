"""The reports' files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from fixtures.model.ledger import Ledger
from reports import files, jsonfile
from tests.reports import sample

if TYPE_CHECKING:
    from pathlib import Path

ENDINGS = ("json", "xml", "sarif", "md", "comment.md")


def test_run_leaves_five_files(tmp_path: Path) -> None:
    """All are named after the phase, in a folder made for them, and nothing else is left."""
    written = files.write(sample.typical(), tmp_path / "deep" / "reports")
    assert [path.name for path in written] == [f"predeploy.{ending}" for ending in ENDINGS]
    assert sorted((tmp_path / "deep" / "reports").iterdir()) == sorted(written)


def test_ledger_reads_back_as_it_was(tmp_path: Path) -> None:
    """The JSON holds the whole ledger, and its derived figures."""
    path, *_ = files.write(sample.typical(), tmp_path)
    data = json.loads(path.read_text("utf-8"))
    assert Ledger.from_json(data) == sample.typical()
    assert data["counts"]["declared"] == len(data["rows"])


def test_ledger_with_surrogates_is_valid_json() -> None:
    """A file name that is not UTF-8 does not spoil the file; Russian stays readable."""
    page = jsonfile.render(sample.ledger(sample.row("A", "x", observed="Симптомы \udcff")))
    page.encode("utf-8")
    assert "Симптомы \ufffd" in page


def test_hostile_ledger_is_written(tmp_path: Path) -> None:
    """No text keeps a report from being written."""
    for path in files.write(sample.hostile(), tmp_path):
        path.read_text("utf-8")


def test_step_summary_is_appended(tmp_path: Path) -> None:
    """What other steps wrote stays."""
    summary = tmp_path / "summary"
    summary.write_text("before\n", "utf-8")
    files.write(sample.typical(), tmp_path, step_summary=str(summary))
    assert summary.read_text("utf-8") == "before\n" + (tmp_path / "predeploy.md").read_text("utf-8")


def test_step_summary_that_cannot_be_written_is_warned_about(tmp_path: Path) -> None:
    """The other reports are there all the same."""
    with pytest.warns(UserWarning, match="the step summary was not written"):
        written = files.write(sample.typical(), tmp_path, step_summary=str(tmp_path))
    assert all(path.exists() for path in written)


def test_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    """A reader sees the old report or the new one, never half of one."""
    path = tmp_path / "page"
    files.replace(path, "old")
    with pytest.raises(UnicodeEncodeError):
        files.replace(path, "new \ud800")
    assert path.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]
