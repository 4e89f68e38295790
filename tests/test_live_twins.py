"""Every live item is proven both ways: the running demo passes, and one fault makes exactly that item fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.model.ledger import Outcome
from tests.live import Live
from tests.platforms import BARE, Finished, Twin
from tests.test_twins import TWINS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CASES = [
    pytest.param(item, twin, id=f"{item}-{twin.breaks}") for item, edits in TWINS.items() for twin in edits if twin.live
]
Verdicts = dict[tuple[str, str], Outcome]


class Theatre:
    """One running copy for all faults that can be undone, and a new one after each that cannot."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._number = folder, 0
        self._live: Live | None = None
        self._sound: dict[tuple[str, ...], Verdicts] = {}

    def copy(self) -> Live:
        """A sound copy that runs."""
        if self._live is not None and self._live.spent:
            self.close()
        if self._live is None:
            self._number += 1
            self._live = Live(self._folder / f"copy{self._number}")
        self._live.heal()
        return self._live

    def sound(self, options: tuple[str, ...] = ()) -> Verdicts:
        """What a copy gets where nothing is broken, under these options."""
        if options not in self._sound:
            done = self.copy().run(*BARE, *options)
            assert done.code == 0, done.output
            self._sound[options] = judged(done)
        return self._sound[options]

    def close(self) -> None:
        """Stop the copy, if one runs."""
        if self._live is not None:
            self._live.close()
            self._live = None


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """The copies, and what the first of them gets where nothing is broken."""
    theatre = Theatre(tmp_path_factory.mktemp("live"))
    try:
        theatre.sound()
        yield theatre
    finally:
        theatre.close()


def judged(done: Finished) -> Verdicts:
    """The verdicts of the rows that were selected."""
    return {key: row.verdict for key, row in done.rows().items() if row.verdict != "not selected"}


def test_running_demo_passes_every_live_item(theatre: Theatre) -> None:
    """The running copy has a row for every live item, and each passes or warns."""
    twins = [twin for edits in TWINS.values() for twin in edits if twin.live]
    options = tuple(dict.fromkeys(option for twin in twins for option in twin.options))
    sound = theatre.sound(options)
    assert set(sound.values()) <= {"pass", "warn"}
    assert {item for item, edits in TWINS.items() if any(twin.live for twin in edits)} <= {item for item, _ in sound}


@pytest.mark.parametrize(("item", "twin"), CASES)
def test_live_twin_breaks_exactly_its_item(item: str, twin: Twin, theatre: Theatre) -> None:
    """One fault in the running demo turns its item, and no other, from sound to broken."""
    sound = theatre.sound(twin.options)
    copy = theatre.copy()
    twin.edit(copy)
    done = copy.run(*BARE, *twin.options)
    verdicts = judged(done)
    assert verdicts.keys() == sound.keys()
    changed = {key[0]: verdict for key, verdict in verdicts.items() if sound[key] != verdict}
    assert changed == {item: twin.verdict, **dict.fromkeys(twin.hides, "unverified")}, done.output
    assert done.code == (1 if twin.verdict in {"fail", "unverified"} else 0), done.output
