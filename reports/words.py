"""What the reports say in words: verdicts, areas, the headline. Every renderer takes its wording from here."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from datetime import date

from fixtures.model.ledger import OUTCOMES, SEVERITIES, Ledger, Row, WaiverNote

LABELS: dict[str, str] = {
    "error": "Error",
    "fail": "Fail",
    "unverified": "Unverified",
    "waived": "Waived",
    "warn": "Warning",
    "attested": "Attested",
    "pass": "Pass",
    "not selected": "Not selected",
}
AREAS: dict[str, str] = {
    "BLD": "Build",
    "ENV": "Environment",
    "FIL": "Files",
    "DEP": "Deploy configuration",
    "IMG": "Images",
    "SEC": "Secrets",
    "WIR": "Wiring",
    "CIW": "Workflows",
    "DOC": "Documents",
    "HLT": "Endpoints",
    "MET": "Metrics",
    "QUE": "Queues",
    "LOG": "Logs",
    "DBS": "Databases",
    "ALR": "Alerts",
    "ROT": "Rotation",
    "BCK": "Backups",
    "EXT": "External services",
    "WVR": "Waivers",
}
SOON = 14  # days before a waiver's end that reports point at it


def counted(number: int, one: str, many: str) -> str:
    """`1 item fails`, `2 items fail`."""
    return f"{number:,} {one if number == 1 else many}"


def area(row: Row) -> str:
    """A row's area in words, its prefix where it has none."""
    return AREAS.get(row.area, row.area)


def gravest_first(rows: Iterable[Row]) -> list[Row]:
    """Rows by severity, then by verdict, worst first; else as they came."""
    return sorted(rows, key=lambda row: (SEVERITIES.index(row.severity), OUTCOMES.index(row.verdict)))


def failing(ledger: Ledger) -> list[Row]:
    """Rows that failed or broke, gravest first."""
    return gravest_first(row for row in ledger.rows if row.verdict in {"fail", "error"})


def of(ledger: Ledger, verdict: str) -> list[Row]:
    """Rows with one verdict, gravest first."""
    return gravest_first(row for row in ledger.rows if row.verdict == verdict)


def waived(ledger: Ledger) -> list[tuple[WaiverNote, Row]]:
    """Rows that a waiver names, whatever became of it, the one that ends first on top."""
    noted = [(row.waiver, row) for row in ledger.rows if row.waiver is not None]
    return sorted(noted, key=lambda pair: (pair[0].expires, pair[1].key))


def headline(ledger: Ledger) -> str:
    """`GO: …` or `NO GO: …`, with what decided it."""
    return f"GO: {_why_go(ledger)}" if ledger.go else f"NO GO: {_why_not(ledger)}"


def _why_go(ledger: Ledger) -> str:
    counts = ledger.counts
    parts = [counted(counts["pass"] + counts["attested"], "item passes", "items pass")]
    if counts["warn"]:
        parts.append(counted(counts["warn"], "warns", "warn"))
    if counts["waived"]:
        parts.append(counted(counts["waived"], "is waived", "are waived"))
    if counts["unverified"]:
        parts.append(
            counted(counts["unverified"], "could not be observed (allowed)", "could not be observed (allowed)")
        )
    return ", ".join(parts)


def _why_not(ledger: Ledger) -> str:
    blockers = Counter(row.verdict for row in ledger.blockers)
    parts = []
    if blockers["fail"]:
        parts.append(_fails([row for row in ledger.blockers if row.verdict == "fail"]))
    if blockers["error"]:
        parts.append(counted(blockers["error"], "check broke", "checks broke"))
    if blockers["unverified"]:
        parts.append(f"{blockers['unverified']:,} could not be observed")
    if blockers["warn"]:
        parts.append(counted(blockers["warn"], "warns (--strict)", "warn (--strict)"))
    if ledger.problems:
        parts.append(counted(len(ledger.problems), "problem of the run itself", "problems of the run itself"))
    if not ledger.counts["executed"]:
        parts.append("nothing was executed")
    return ", ".join(parts)


def _fails(rows: list[Row]) -> str:
    by_severity = Counter(row.severity for row in rows)
    if len(by_severity) == 1:
        severity = rows[0].severity
        return counted(len(rows), f"{severity} item fails", f"{severity} items fail")
    split = ", ".join(f"{by_severity[severity]:,} {severity}" for severity in SEVERITIES if by_severity[severity])
    return f"{len(rows):,} items fail ({split})"


def caveat(ledger: Ledger) -> str:
    """What the headline does not cover: declared items outside the selection. Empty where there are none."""
    unselected = not_selected(ledger)
    if not unselected:
        return ""
    phases = ", ".join(f"{phase} {number:,}" for phase, number in unselected.items())
    number = counted(sum(unselected.values()), "declared item was", "declared items were")
    return f"{number} not selected ({phases}): this is no sign-off for them."


def not_selected(ledger: Ledger) -> dict[str, int]:
    """How many declared items of each phase this run did not select."""
    return dict(sorted(Counter(row.phase for row in ledger.rows if row.verdict == "not selected").items()))


def readiness(ledger: Ledger) -> str:
    """The share in per cent, rounded down: 100 % means all of it."""
    return f"{math.floor(ledger.readiness * 1000 + 1e-9) / 10:g} %"


def readiness_counts(ledger: Ledger) -> list[tuple[str, int]]:
    """The figures that readiness never stands without."""
    counts = ledger.counts
    frame = [(word, counts[word]) for word in ("declared", "selected", "executed")]
    shares = ("pass", "fail", "error", "unverified", "waived", "warn", "attested", "not selected")
    return frame + [(word, counts[word]) for word in shares]


def days_left(note: WaiverNote, ledger: Ledger) -> int | None:
    """Days from the day the run judged by to the waiver's last; negative once it is over, None if either is no date."""
    try:
        return (date.fromisoformat(note.expires) - date.fromisoformat(ledger.as_of)).days
    except ValueError:
        return None


def term(note: WaiverNote, ledger: Ledger) -> str:
    """How long a waiver still holds, in words."""
    left = days_left(note, ledger)
    if left is None:
        return f"until {note.expires}"
    if left < 0:
        return counted(-left, "day over", "days over")
    return "ends today" if left == 0 else counted(left, "day left", "days left")


def waiver_state(note: WaiverNote) -> str:
    """What became of a waiver; anything but live fails the item."""
    return {"live": "live", "expired": "expired", "not needed": "no longer needed: the item holds"}[note.state]


def moment(iso: str) -> str:
    """`2026-11-23 07:29:05 UTC` of an ISO 8601 time in UTC; as given where it is of another form."""
    day, separator, clock = iso.partition("T")
    utc = clock.endswith(("Z", "+00:00"))
    return f"{day} {clock[:8]} UTC" if separator and utc and len(clock) >= len("00:00:00") else iso


def duration(seconds: float) -> str:
    """`40 ms`, `3.2 s`, `12 min 5 s`."""
    if seconds < 1:
        return f"{round(seconds * 1000)} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"
