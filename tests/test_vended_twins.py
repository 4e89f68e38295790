"""Every readiness item is proven both ways: the demo passes, and one fault at a vendor makes exactly that item fail."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.platforms import BARE, Twin
from tests.test_live_twins import Verdicts, judged
from tests.test_twins import TWINS
from tests.vended import Vended

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CASES = [
    pytest.param(item, twin, id=f"{item}-{twin.breaks}")
    for item, edits in TWINS.items()
    for twin in edits
    if twin.vended
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vended]:
    """One copy for all; each test heals it first."""
    copy = Vended(tmp_path_factory.mktemp("vended") / "copy")
    yield copy
    copy.close()


@pytest.fixture(scope="module")
def sound(copy: Vended) -> Callable[[tuple[str, ...]], Verdicts]:
    """What the copy gets where nothing is broken, under some options."""

    @cache
    def judge(options: tuple[str, ...]) -> Verdicts:
        copy.heal()
        done = copy.run(*BARE, *options)
        assert done.code == 0, done.output
        return judged(done)

    return judge


def test_demo_passes_every_readiness_item(sound: Callable[[tuple[str, ...]], Verdicts]) -> None:
    """The copy has a row for every item that a vendor decides, and each passes or is attested."""
    options = dict.fromkeys(
        option for edits in TWINS.values() for twin in edits if twin.vended for option in twin.options
    )
    verdicts = sound(tuple(options))
    assert set(verdicts.values()) <= {"pass", "attested"}
    vended = {item for item, edits in TWINS.items() if any(twin.vended for twin in edits)}
    assert vended <= {item for item, _ in verdicts}


@pytest.mark.parametrize(("item", "twin"), CASES)
def test_vended_twin_breaks_exactly_its_item(
    item: str, twin: Twin, copy: Vended, sound: Callable[[tuple[str, ...]], Verdicts]
) -> None:
    """One fault turns its item, and no other, from sound to broken."""
    expected = sound(twin.options)
    copy.heal()
    twin.edit(copy)
    done = copy.run(*BARE, *twin.options)
    verdicts = judged(done)
    changed = {key[0]: verdict for key, verdict in verdicts.items() if expected.get(key) != verdict}
    assert changed == {item: twin.verdict, **dict.fromkeys(twin.hides, "unverified")}, done.output
    assert expected.keys() <= verdicts.keys()
    assert done.code == (1 if twin.verdict in {"fail", "unverified"} else 0), done.output
