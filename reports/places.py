"""Places in files, read from what a row says: what code scanning and annotations can point at.

A row's `where` may be a place in a file, a folder, a URL, a service, a table of a database. Only files count here.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixtures.model.ledger import Row
    from fixtures.model.verdicts import Finding

LONGEST = 1_000  # characters of one path
_PLACE = re.compile(r"(?P<path>[^\x00-\x1f:*?\"<>|]+?)(?::(?P<line>[1-9][0-9]{0,8})(?::[0-9]+)?)?")
# Names that are those of files even where no line stands behind them.
_FILE = re.compile(
    r"(.+\.)?(Dockerfile|Containerfile|Makefile|Procfile)(\..+)?|LICEN[CS]E|README|CODEOWNERS|\.(env|git|docker|npm|nvm|node|eslint|prettier|secrets)[\w.-]*"
    r"|.+\.([cm]?[jt]sx?|json[5c]?|toml|ya?ml|mdx?|sql|sh|lock|html?|css|txt|py|go|prisma|xml|ini|cfg)"
)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A file below the root of the platform's repository, with forward slashes; line 0 is the file as a whole."""

    path: str
    line: int = 0


def place(said: str, base: str) -> Place | None:
    """The place that a text names; None where it names no file below the repository's root.

    `base` is the platform's folder in its repository, "" where it is the root itself.
    """
    found = _PLACE.fullmatch(said)
    if found is None or len(said) > LONGEST or text.visible(said) != said:
        return None
    path = found["path"].strip()
    if not _FILE.fullmatch(posixpath.basename(path)) and not (found["line"] and "/" in path):
        return None  # a folder, a service, a host and its port
    whole = posixpath.normpath(posixpath.join(base, path))
    if whole.startswith(("/", "../")) or whole in {"..", "."}:
        return None
    return Place(whole, int(found["line"] or 0))


def placed(row: Row, findings: tuple[Finding, ...], base: str) -> Iterator[tuple[Finding, Place | None]]:
    """Each finding with its own place, else the row's, else that of the row's other findings."""
    places = [place(finding.where, base) for finding in findings]
    fallback = place(row.where, base) or next(filter(None, places), None)
    for finding, own in zip(findings, places, strict=True):
        yield finding, own or fallback
