"""What earlier runs came to: the figures of each, kept beside the reports, for the trend on the page."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from reports import files

if TYPE_CHECKING:
    from pathlib import Path

    from fixtures.model.ledger import Ledger

FOLDER = "history"
KEPT = 60  # runs of each platform and phase
SHOWN = 30
LARGEST = 50_000_000  # bytes; a file beyond is no ledger of a run


@dataclass(frozen=True, slots=True)
class Point:
    """One run's figures."""

    started: str  # ISO 8601 UTC
    go: bool
    readiness: float  # 0 to 1
    counts: dict[str, int]  # by verdict, and declared, selected, executed

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The figures of a ledger's JSON; KeyError or TypeError where it is none."""
        counts = {str(name): int(number) for name, number in data["counts"].items()}
        return cls(str(data["started"]), data["go"] is True, float(data["readiness"]), counts)


def of(ledger: Ledger) -> Point:
    """A run's own figures."""
    return Point(ledger.started, ledger.go, ledger.readiness, ledger.counts)


def keep(ledger: Ledger, reports: Path) -> None:
    """Leave a ledger's figures in `history/`, without its rows, and drop the oldest beyond `KEPT`.

    OSError where the folder cannot be written.
    """
    folder = reports / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{_slug(ledger.platform)}-{ledger.phase}-"
    derived = {"go": ledger.go, "counts": ledger.counts, "readiness": round(ledger.readiness, 4)}
    figures = {**replace(ledger, rows=(), gone=()).to_json(), **derived}
    files.replace(folder / f"{stem}{re.sub('[^0-9TZ]', '', ledger.started)}.json", json.dumps(figures) + "\n")
    for old in sorted(folder.glob(f"{stem}[0-9]*Z.json"))[:-KEPT]:
        old.unlink(missing_ok=True)


def read(ledger: Ledger, reports: Path) -> tuple[Point, ...]:
    """The last runs of a ledger's platform and phase up to its own, the oldest first, its own last.

    Whole ledgers that were put there count too, e.g. those that CI kept. What is no ledger is left out.
    """
    points = {
        point.started: point
        for file in (reports / FOLDER).glob("*.json")
        if (point := _point(file, ledger)) is not None
    }
    earlier = [points[started] for started in sorted(points) if started < ledger.started]
    return (*earlier[-SHOWN + 1 :], of(ledger))


def _point(file: Path, ledger: Ledger) -> Point | None:
    try:
        if file.stat().st_size > LARGEST:
            return None
        data = json.loads(file.read_text("utf-8"))
        same = all(data[name] == getattr(ledger, name) for name in ("platform", "phase", "demo", "schema"))
        return Point.from_json(data) if same else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _slug(name: str) -> str:
    return re.sub("[^a-z0-9]+", "-", name.lower())[:60]
