"""The gate as a badge."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from reports import badge
from tests.reports import sample

if TYPE_CHECKING:
    from fixtures.model.ledger import Ledger

SVG = "{http://www.w3.org/2000/svg}"


def drawn(ledger: Ledger) -> ET.Element:
    """The badge, parsed."""
    return ET.fromstring(badge.render(ledger))  # noqa: S314  # written a moment ago


def texts(ledger: Ledger) -> list[str]:
    """What stands on it."""
    return ["".join(one.itertext()) for one in drawn(ledger).iter(f"{SVG}text")]


def test_badge_says_phase_answer_and_what_does_not_pass() -> None:
    """Green is GO and red NO GO; excuses are on it, for a green badge too."""
    assert texts(sample.ledger(sample.row("A-1", "x"))) == ["preflight predeploy", "GO"]
    waived = sample.ledger(sample.row("A-1", "x"), sample.row("A-2", "x", "waived"))
    assert texts(waived) == ["preflight predeploy", "GO: 1 waived"]
    assert badge.GO in badge.render(waived)
    red = badge.render(sample.typical())
    assert texts(sample.typical())[1] == "NO GO: 3 fail, 1 error, 1 unverified, 1 waived, 1 warn"
    assert badge.NO_GO in red
    assert badge.GO not in red


def test_badge_is_read_out() -> None:
    """Role, label and title hold the answer and every count, those of what was not selected included."""
    image = drawn(sample.typical())
    assert image.get("role") == "img"
    assert image.get("aria-label") == "".join(image.find(f"{SVG}title").itertext())  # type: ignore[union-attr]
    assert "shop, predeploy: NO GO: 3 items fail" in str(image.get("aria-label"))
    assert "2 not selected" in str(image.get("aria-label"))


@pytest.mark.parametrize("colour", [badge.LABEL, badge.GO, badge.NO_GO])
def test_white_text_is_legible(colour: str) -> None:
    """Contrast of at least 4.5, WCAG 2.2 criterion 1.4.3."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    assert 1.05 / (luminance + 0.05) >= 4.5


def test_hostile_ledger_draws_text_and_nothing_else() -> None:
    """No element but its own, no script, no address, no id: two on one page do not meet."""
    for said in sample.HOSTILE:
        image = drawn(sample.ledger(sample.row("A-1", "x"), platform=said, phase=said))
        tags = {one.tag.removeprefix(SVG) for one in image.iter()}
        assert tags == {"svg", "title", "rect", "g", "text"}
        assert not any(one.get("id") for one in image.iter())
        assert len(badge.render(sample.ledger(platform=said, phase=said))) < 6_000
