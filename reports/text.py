"""Text from the outside, made fit to print: nothing hidden in it, nothing endless.

Masking is done before a row exists; escaping is each renderer's own. This is what lies between.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fixtures.model.ledger import AttestationNote

# Not allowed in XML 1.0, not encodable, or able to reorder and hide what stands around them
# (https://www.w3.org/TR/xml/#charsets, https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing).
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufdd0-\ufdef\ufeff"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
    + "]"
)
_ANCHOR = re.compile(r"[^A-Za-z0-9_-]+")
_ANCHOR_LENGTH = 120


def visible(text: str) -> str:
    """The text with control, direction and unpaired surrogate characters spelt out (`\\x1b`), CRLF as line feed."""
    return _HIDDEN.sub(_spelt, text.replace("\r\n", "\n"))


def _spelt(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def cut(text: str, limit: int) -> str:
    """The first `limit` characters, and a note of how many there were."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]} … [cut: {len(text):,} characters, the ledger has them all]"


def shown(text: str, limit: int) -> str:
    """Text as any page may carry it, once escaped."""
    return visible(cut(text, limit))


def line(text: str, limit: int) -> str:
    """The same on one line."""
    return " ".join(shown(text, limit).split())


def attestation(note: AttestationNote) -> str:
    """Who signed, when, on what evidence, until when; on one line, in full."""
    state = "" if note.state == "live" else f" ({note.state})"
    return f"{note.by} on {note.on}, until {note.expires}{state}: {note.evidence}"


def anchor(item: str, target: str) -> str:
    """An HTML id for an item on a target: ASCII letters, digits, `_`, `-`; distinct where the names are."""
    name = f"{item}-{target}"
    safe = _ANCHOR.sub("-", name)[:_ANCHOR_LENGTH]
    if safe == name:
        return name
    return f"{safe}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
