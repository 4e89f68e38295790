"""Every item is proven both ways: the sound demo passes, and one edit makes exactly that item fail."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

import pytest

import tests.twins
from tests.platforms import BARE, Copy, Twin

if TYPE_CHECKING:
    from pathlib import Path

TWINS: dict[str, tuple[Twin, ...]] = {
    item: edits
    for module in pkgutil.iter_modules(tests.twins.__path__)
    for item, edits in importlib.import_module(f"tests.twins.{module.name}").TWINS.items()
}
STATIC = {item: edits for item, edits in TWINS.items() if not any(twin.live or twin.vended for twin in edits)}
CASES = [pytest.param(item, twin, id=f"{item}-{twin.breaks}") for item, edits in STATIC.items() for twin in edits]
SILENT = {"pass", "not selected"}
SOUND = {("DOC-006", "recovery-plan"): "waived", ("DEP-001", "worker"): "warn"}  # beside everything that passes


def test_sound_demo_passes_every_item(tmp_path: Path) -> None:
    """The demo has a row for every item; it passes but for its one waiver and its one warning."""
    done = Copy(tmp_path / "sound").run()
    verdicts = {key: row.verdict for key, row in done.rows().items()}
    assert {key: verdict for key, verdict in verdicts.items() if verdict not in SILENT} == SOUND, done.output
    assert done.code == 0, done.output
    assert set(TWINS) == {item for item, _ in done.rows()}


@pytest.mark.parametrize(("item", "twin"), CASES)
def test_twin_breaks_exactly_its_item(item: str, twin: Twin, tmp_path: Path) -> None:
    """One edit of the sound demo turns its item, and no other, from sound to broken."""
    copy = Copy(tmp_path / "twin")
    twin.edit(copy)
    if not copy.git_was_called:
        copy.track()
    done = copy.run(*BARE, *(() if twin.builds else ("-k", "not compiles and not lints")))
    verdicts = {key: row.verdict for key, row in done.rows().items() if row.verdict not in SILENT}
    changed = {key[0]: verdict for key, verdict in verdicts.items() if SOUND.get(key) != verdict}
    assert changed == {item: twin.verdict}, done.output
    assert set(SOUND) <= set(verdicts)
    assert done.code == (1 if twin.verdict == "fail" else 0), done.output
