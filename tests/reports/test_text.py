"""Text made fit to print."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from reports import text

ANYTHING = st.text(st.characters(codec=None, exclude_categories=()))  # unpaired surrogates included


@given(ANYTHING)
def test_shown_text_fits_every_format(said: str) -> None:
    """Whatever goes in, what comes out is UTF-8 and allowed in XML, and seeing it again changes nothing."""
    shown = text.shown(said, 500)
    shown.encode("utf-8")
    element = ET.Element("text")
    element.text = shown
    assert ET.fromstring(ET.tostring(element)).text == (shown or None)  # noqa: S314  # written a moment ago
    assert text.visible(shown) == shown


@given(ANYTHING)
def test_line_is_one_line(said: str) -> None:
    """A line has no line break of any kind."""
    assert len(text.line(said, 500).splitlines()) <= 1


@given(ANYTHING, ANYTHING)
def test_anchor_is_an_id(item: str, target: str) -> None:
    """An anchor holds ASCII letters, digits, hyphens and underscores only."""
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,140}", text.anchor(item, target))


def test_anchor_keeps_plain_names_and_tells_others_apart() -> None:
    """`ITEM-target` stays as it is; two names that differ in a replaced character get two anchors."""
    assert text.anchor("ENV-004", "worker-ENCRYPTION_KEY") == "ENV-004-worker-ENCRYPTION_KEY"
    assert text.anchor("ENV-004", "a.b") != text.anchor("ENV-004", "a b")


def test_cut_text_says_how_long_it_was() -> None:
    """Nothing is shortened silently."""
    assert text.cut("x" * 2_000, 10) == "x" * 10 + " … [cut: 2,000 characters, the ledger has them all]"
    assert text.cut("x" * 10, 10) == "x" * 10


def test_hidden_characters_are_spelt_out() -> None:
    """Direction marks, control characters and surrogates become visible; Russian, Hebrew and emoji stay."""
    assert text.visible("a\u202eb\x00c\ud800") == "a\\u202eb\\x00c\\ud800"
    assert text.visible("Симптомы שלום 🙂\tx\n") == "Симптомы שלום 🙂\tx\n"
