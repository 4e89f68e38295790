"""Shards of a real run, merged, against the same run in one piece."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reports import jsonfile
from reports.__main__ import main
from tests.platforms import SUITE
from tests.tiny import MANIFEST, WAIVER, Tiny

if TYPE_CHECKING:
    from pathlib import Path

    from fixtures.model.ledger import Ledger

FILES = sorted(path.relative_to(SUITE).as_posix() for path in (SUITE / "checks").glob("test_*.py"))
SHARDS: dict[str, list[tuple[str, ...]]] = {
    "expressions": [
        ("-k", "test_files"),
        ("-k", "test_secrets"),
        ("-k", "test_waivers"),
        ("-k", "not (test_files or test_secrets or test_waivers)"),
    ],
    "files": [tuple(FILES[number::4]) for number in range(4)],
}


def rows(ledger: Ledger) -> list[dict[str, Any]]:
    """The rows without their times."""
    return [{**row, "seconds": 0, "at": ""} for row in ledger.to_json()["rows"]]


@pytest.mark.parametrize("how", ["expressions", "files"])
def test_four_shards_are_the_whole_run(tmp_path: Path, how: str) -> None:
    """Row for row, and with the same answer: a waived row, a failing one, passing ones."""
    tiny = Tiny(tmp_path)
    tiny.write(**{"README.md": "", "preflight.toml": MANIFEST})
    if how == "expressions":  # a shard that collects some files cannot tell what the others declare (WVR-001)
        tiny.write(LICENSE="", **{"preflight.toml": MANIFEST + WAIVER})
    whole = tiny.run().ledger
    assert whole is not None
    parts = []
    for number, shard in enumerate(SHARDS[how]):
        tiny.reports = tmp_path / f"shard-{number}"
        done = tiny.run(*shard)
        if done.ledger is not None and done.ledger.rows:
            parts.append(str(tiny.reports / "predeploy.json"))
    assert main(["merge", *reversed(parts), "-o", str(tmp_path / "merged")]) == 1
    merged = jsonfile.read(tmp_path / "merged" / "predeploy.json")
    assert rows(merged) == rows(whole)
    assert merged.counts == whole.counts
    assert merged.problems == whole.problems == ()
    if how == "expressions":
        assert merged.not_looked_at == whole.not_looked_at
