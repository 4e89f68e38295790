"""Text that looks like a credential and is none: what repositories are full of."""

from __future__ import annotations

import re
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase, digits
from typing import TYPE_CHECKING

from tests.corpus import Sample
from tests.credentials import BASE58, HEX, WORD, Mint

if TYPE_CHECKING:
    from collections.abc import Iterator

FAMILIES = Path(__file__).with_name("harmless.txt")
ROUNDS = 13  # drawings of each family
ALPHABETS = {
    "hex": HEX,
    "word": WORD,
    "url": WORD + "-_",
    "base64": WORD + "+/",
    "base58": BASE58,
    "crypt": WORD + "./",
    "lower": ascii_lowercase,
    "small": ascii_lowercase + digits,
    "upper": ascii_uppercase + digits,
    "digit": digits,
}
_TIMES = re.compile(r"<<(\d+) times (.*?;)>>")
_PART = re.compile(r"<<(\w*)(?: ([^<>]+))?>>")


def negatives(mint: Mint) -> Iterator[Sample]:
    """Every family a number of times with new random parts; every second family is held out."""
    families = FAMILIES.read_text("utf-8").split("\n=== ")[1:]
    for _ in range(ROUNDS):
        for number, family in enumerate(families):
            title, _, text = family.partition("\n")
            label, path = title.split(" | ")
            yield Sample(label, path, _drawn(text, mint), held=number % 2 == 1)


def _drawn(text: str, mint: Mint) -> str:
    def part(match: re.Match[str]) -> str:
        kind, detail = match[1], match[2]
        if kind == "esc":
            return "\x1b"
        if kind == "uuid":
            return mint.uuid()
        if kind == "jwt":
            return mint.jwt(**dict(claim.split("=") for claim in detail.split()))
        return mint.draw(ALPHABETS[kind], int(detail)) if kind else ""

    unfolded = _TIMES.sub(lambda match: int(match[1]) * match[2], text)
    return _PART.sub(part, unfolded + "\n")
