"""Version ranges as npm reads them, and the ways people write Node's version."""

from __future__ import annotations

import re
from typing import Protocol

from semantic_version import NpmSpec, Version  # type: ignore[import-untyped]  # it ships no types

CODENAMES = {  # of Node's long-term releases
    "argon": 4,
    "boron": 6,
    "carbon": 8,
    "dubnium": 10,
    "erbium": 12,
    "fermium": 14,
    "gallium": 16,
    "hydrogen": 18,
    "iron": 20,
    "jod": 22,
    "krypton": 24,
}
FLOATING = frozenset({"latest", "current", "node", "stable", "lts", "lts/*", "lts/-1", "*", "x", "", "system"})
MAJORS = range(100)
HIGHEST = 999_999
_OPERATOR = re.compile(r"(>=|<=|~>|>|<|=|\^|~)\s*")
_PARTIAL = re.compile(r"[v=]*(\d+)(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?")
_NUMBERS = re.compile(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?")

Digits = tuple[int, ...]  # (20,), (20, 11) or (20, 11, 1)


class Range(Protocol):
    """A range in npm's grammar."""

    def match(self, version: Version) -> bool:
        """Whether a version lies in it."""


def parse(text: str) -> Range | None:
    """A range in npm's grammar, None where it is a tag, an address or an alias."""
    plain = _OPERATOR.sub(lambda found: "~" if found.group(1) == "~>" else found.group(1), text.strip())
    plain = re.sub(r"(?<![\w.])v(?=\d)", "", plain)
    plain = re.sub(r"\+[\w.-]+", "", plain)
    try:
        spec: Range = NpmSpec(plain)
    except (ValueError, AttributeError):  # the latter for half a hyphen range, `1 - :`
        return None
    return spec


def satisfies(wanted: str, version: str) -> bool | None:
    """Whether a version lies in a range; None where either is not of npm's grammar."""
    spec = parse(wanted)
    try:
        exact = Version(version)
    except ValueError:
        return None
    return None if spec is None else bool(spec.match(exact))


def digits(text: str) -> Digits | None:
    """The numbers of a version as a version file, an image's tag or a workflow gives it.

    20, v20.11.1, 20.x, 20-alpine, 20.11.1-bookworm-slim, lts/iron, iron-slim; None for what names no number.
    """
    plain = text.strip().lower()
    word = plain.removeprefix("lts/").split("-")[0]
    if word in CODENAMES:
        return (CODENAMES[word],)
    found = _PARTIAL.match(plain)
    if found is None or not re.match(r"-[a-z]|$", plain[found.end() :]):
        return None
    return tuple(int(number) for number in _until_wildcard(found.groups()))


def is_floating(text: str) -> bool:
    """Whether a version changes by itself from one major to the next: lts, latest, alpine."""
    plain = text.strip().lower()
    return plain in FLOATING or (digits(plain) is None and not re.search(r"\d", plain.split("-")[0]))


def overlaps(wanted: Range, version: Digits) -> bool:
    """Whether some version that begins with these digits lies in the range."""
    low = (*version, 0, 0)[:3] if len(version) < 3 else version
    high = (*version, HIGHEST, HIGHEST)[:3] if len(version) < 3 else version
    bounds = [tuple(int(number or 0) for number in found) for found in _NUMBERS.findall(str(wanted))]
    tried = [low, high, *bounds, *((a, b, c + 1) for a, b, c in bounds)]
    return any(wanted.match(Version(f"{a}.{b}.{c}")) for a, b, c in tried if (a, b, c)[: len(version)] == version)


def majors(wanted: Range) -> tuple[int, ...]:
    """The major versions that a range allows, below 100."""
    return tuple(major for major in MAJORS if overlaps(wanted, (major,)))


def agree(one: Digits, other: Digits) -> bool:
    """Whether two versions are the same as far as both are given: 20 and 20.11.1 are."""
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def _until_wildcard(parts: tuple[str | None, ...]) -> list[str]:
    taken: list[str] = []
    for part in parts:
        if part is None or not part.isdigit():
            break
        taken.append(part)
    return taken
