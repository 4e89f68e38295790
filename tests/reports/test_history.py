"""What earlier runs came to."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from reports import history
from tests.reports import sample

if TYPE_CHECKING:
    from pathlib import Path

    from fixtures.model.ledger import Ledger, Outcome


def run(day: int, verdict: Outcome = "pass", **more: Any) -> Ledger:
    """A run on a day of November."""
    row = sample.row("ENV-001", "x", verdict)
    return sample.ledger(row, started=f"2026-11-{day:02d}T07:00:00Z", **more)


def test_runs_come_oldest_first_and_this_one_last(tmp_path: Path) -> None:
    """What was kept is read back with its figures; the present run needs no file."""
    history.keep(run(3), tmp_path)
    history.keep(run(2, "fail"), tmp_path)
    points = history.read(run(5), tmp_path)
    assert [(point.started[8:10], point.go, point.readiness) for point in points] == [
        ("02", False, 0.0),
        ("03", True, 1.0),
        ("05", True, 1.0),
    ]


def test_kept_file_is_small_whatever_the_run(tmp_path: Path) -> None:
    """Figures are kept, rows are not."""
    history.keep(sample.ledger(*(sample.row("ENV-001", str(n)) for n in range(2000))), tmp_path)
    (file,) = (tmp_path / history.FOLDER).iterdir()
    assert file.stat().st_size < 2_000
    assert json.loads(file.read_text("utf-8"))["counts"]["declared"] == 2000


@pytest.mark.parametrize("other", [{"platform": "other"}, {"phase": "smoke"}, {"demo": True}])
def test_only_like_is_compared_with_like(tmp_path: Path, other: dict[str, Any]) -> None:
    """Another platform's, phase's or the demo's runs are not in the line."""
    history.keep(run(3, **other), tmp_path)
    assert len(history.read(run(5), tmp_path)) == 1


def test_later_runs_are_not_in_an_earlier_ones_trend(tmp_path: Path) -> None:
    """A page made anew from an old ledger ends with that ledger."""
    history.keep(run(9), tmp_path)
    history.keep(run(5, "fail"), tmp_path)
    assert [point.started[8:10] for point in history.read(run(5), tmp_path)] == ["05"]


def test_whole_ledgers_of_ci_count_too(tmp_path: Path) -> None:
    """A ledger that somebody put there is a run like any other."""
    (tmp_path / history.FOLDER).mkdir()
    (tmp_path / history.FOLDER / "from-ci.json").write_text(json.dumps(run(1).to_json()), "utf-8")
    assert len(history.read(run(5), tmp_path)) == 2


@pytest.mark.parametrize("said", ["", "{", "[]", "null", '{"platform": "shop"}', '{"schema": 99}', "\udcff"])
def test_what_is_no_ledger_is_left_out(tmp_path: Path, said: str) -> None:
    """A broken file costs its place in the line, not the page."""
    (tmp_path / history.FOLDER).mkdir()
    (tmp_path / history.FOLDER / "broken.json").write_bytes(said.encode("utf-8", "surrogateescape"))
    assert len(history.read(run(5), tmp_path)) == 1


def test_oldest_runs_are_dropped_and_nobody_elses(tmp_path: Path) -> None:
    """The folder does not grow for ever; another phase's files stay."""
    history.keep(run(1, phase="smoke"), tmp_path)
    for minute in range(history.KEPT + 3):
        history.keep(replace(run(2), started=f"2026-11-02T{minute // 60:02d}:{minute % 60:02d}:00Z"), tmp_path)
    names = sorted(file.name for file in (tmp_path / history.FOLDER).iterdir())
    assert len([name for name in names if "predeploy" in name]) == history.KEPT
    assert len([name for name in names if "smoke" in name]) == 1
    assert not [name for name in names if "T000000Z" in name and "predeploy" in name]
    assert len(history.read(run(5), tmp_path)) == history.SHOWN
