"""SARIF 2.1.0 for GitHub code scanning: each finding that stands in a file is one result there.

A rule an item, its help the remediation. What has no place in a file, or could not be observed, is no result:
it is told as a notification of the run, so that an empty list of results never reads as a pass. Waived findings are
left out, since code scanning would open them as alerts, and counted in a notification.

Limits: https://docs.github.com/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from reports import text, words
from reports.places import Place, placed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fixtures.model.ledger import Ledger, Row

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
RESULTS = 5_000  # as many as code scanning shows
NOTIFICATIONS = 500
BYTES = 10_000_000  # of the file, as it is; GitHub takes 10 MB of it compressed
LONGEST = 1_000  # characters of one text
ROOT = "%SRCROOT%"
LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}  # GitHub shows critical above 9.0
PROBLEMS = {"error": "error", "warning": "warning", "note": "recommendation"}

Json = dict[str, Any]


def render(ledger: Ledger) -> str:
    """The document, at most `BYTES` of UTF-8."""
    rows = [row for row in words.gravest_first(ledger.rows) if row.verdict in {"fail", "warn", "error", "unverified"}]
    rules = _rules(rows)
    results = list(_results(rows, ledger, list(rules)))
    shown = results[:RESULTS]
    while True:
        page = json.dumps(_log(ledger, rows, rules, shown, len(results)), ensure_ascii=False, indent=1) + "\n"
        size = len(page.encode("utf-8"))
        if size <= BYTES or not shown:
            return page
        shown = shown[: len(shown) * BYTES // size - 1]


def _log(ledger: Ledger, rows: list[Row], rules: dict[str, Json], shown: list[Json], found: int) -> Json:
    driver = {"name": "Preflight", "version": _line(ledger.suite) or "unknown", "rules": list(rules.values())}
    invocation = {
        "executionSuccessful": not ledger.problems and ledger.counts["executed"] > 0,
        "toolExecutionNotifications": list(_notifications(ledger, rows, list(rules), found - len(shown))),
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"preflight/{quote(_line(ledger.phase))}/"},
        "originalUriBaseIds": {ROOT: {"description": _message("the root of the platform's repository")}},
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "results": shown,
        "properties": {
            "platform": _line(ledger.platform),
            "verdict": _line(words.headline(ledger)),
            "counts": ledger.counts,
            "readiness": round(ledger.readiness, 4),
        },
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rules(rows: Iterable[Row]) -> dict[str, Json]:
    """A rule for each item, in the order of its first row."""
    rules: dict[str, Json] = {}
    for row in rows:
        if row.item not in rules:
            rules[row.item] = _rule(row)
    return rules


def _rule(row: Row) -> Json:
    level = LEVELS[row.severity]
    title, remediation = _line(row.title) or _line(row.item), _line(row.remediation) or "See the report."
    return {
        "id": _line(row.item),
        "name": _line(row.item)[:255],
        "shortDescription": _message(title),
        "fullDescription": _message(title),
        "help": _message(remediation),
        "defaultConfiguration": {"level": level},
        "properties": {
            "tags": sorted({_line(words.area(row)), _line(row.phase)}),
            "precision": "very-high",
            "problem.severity": PROBLEMS[level],
            "security-severity": SCORES[row.severity],
        },
    }


def _results(rows: Iterable[Row], ledger: Ledger, items: list[str]) -> Iterator[Json]:
    """What stands in files, gravest first."""
    index = {item: number for number, item in enumerate(items)}
    seen: Counter[str] = Counter()
    for row in rows:
        for finding, place in placed(row, row.findings or row.warnings, ledger.base):
            if place is None:
                continue
            key = _fingerprint(row, place, finding.text)
            seen[key] += 1
            yield {
                "ruleId": _line(row.item),
                "ruleIndex": index[row.item],
                "level": "note" if row.verdict == "warn" and not ledger.strict else LEVELS[row.severity],
                "message": _message(f"{_line(row.target)}: {_line(finding.text)}"),
                "locations": [_location(place)],
                "partialFingerprints": {"primaryLocationLineHash": f"{key}:{seen[key]}"},
                "properties": {"target": _line(row.target), "verdict": row.verdict, "severity": row.severity},
            }


def _fingerprint(row: Row, place: Place, said: str) -> str:
    """The same for the same defect in the next run: lines move, and figures in the text change."""
    parts = (row.item, row.target, place.path, re.sub(r"\d+", "0", said))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _location(place: Place) -> Json:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(place.path), "uriBaseId": ROOT},
            "region": {"startLine": max(place.line, 1), "startColumn": 1},
        }
    }


def _notifications(ledger: Ledger, rows: list[Row], items: list[str], cut: int) -> Iterator[Json]:
    """What an empty list of results must not hide."""
    told = [_notification("error", problem) for problem in ledger.problems]
    if not ledger.counts["executed"]:
        told.append(_notification("error", "nothing was executed"))
    if cut:
        told.append(_notification("warning", f"cut to GitHub's limits: {cut:,} more findings are in the ledger"))
    waived = ledger.counts["waived"]
    if waived:
        told.append(_notification("note", f"left out: {words.counted(waived, 'waived item', 'waived items')}"))
    unplaced = [row for row in rows if not _has_place(row, ledger.base)]
    if len(unplaced) > NOTIFICATIONS:
        more = len(unplaced) - NOTIFICATIONS
        told.append(_notification("warning", f"{more:,} more items that stand in no file are in the ledger"))
    yield from told[:NOTIFICATIONS]
    for row in unplaced[:NOTIFICATIONS]:
        rule = {"id": _line(row.item), "index": items.index(row.item)}
        yield _notification(LEVELS[row.severity], _unplaced(row)) | {"associatedRule": rule}


def _notification(level: str, said: str) -> Json:
    return {"level": level, "message": _message(said)}


def _has_place(row: Row, base: str) -> bool:
    return any(place for _, place in placed(row, row.findings or row.warnings, base))


def _unplaced(row: Row) -> str:
    found = row.findings or (row.warnings if row.verdict == "warn" else ())
    told = "; ".join(map(str, found)) or row.observed
    return f"{row.verdict}: {row.item} {row.target}: {told}"


def _message(said: str) -> Json:
    return {"text": _line(said) or "(empty)"}


def _line(said: str) -> str:
    return text.line(said, LONGEST)
