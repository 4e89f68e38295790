"""JUnit XML for dashboards: red exactly where the ledger is NO GO.

One `testsuite` an area, one `testcase` a row; the verdict is a property of each. `classname` is phase and area:
GitLab lists it as the suite, Jenkins groups by it (package and class). `file` and `line` are those of the first
finding, relative to the repository's root; GitLab links them.

A row that stops the run is a `failure` (typed `fail`, `unverified` or `warn`) or an `error`. `skipped` is what did
not pass and stops nothing, each with its reason: waived rows, unverified ones where the run allows them, and rows
that were not selected. As passed cases, waivers would count as readiness that is not there. Warnings that stop
nothing hold, with advice: they pass, their text in `system-out`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from reports import text, words
from reports.places import placed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fixtures.model.ledger import Ledger, Row

LONGEST = 10_000  # characters of one text
NAME = 300


def render(ledger: Ledger) -> str:
    """The document, with its XML declaration."""
    stopping = frozenset(row.verdict for row in ledger.blockers)
    by_area: dict[str, list[Row]] = {}
    for row in ledger.rows:
        by_area.setdefault(row.area, []).append(row)
    suites = [
        _suite(_area(prefix), [_case(row, stopping, ledger.base) for row in rows], ledger)
        for prefix, rows in by_area.items()
    ]
    faults = [_fault(problem) for problem in _problems(ledger)]
    if faults:
        suites.insert(0, _suite("The run itself", faults, ledger))
    root = ET.Element("testsuites", {"name": _name(f"preflight {ledger.platform} {ledger.phase}")})
    root.extend(suites)
    for figure in ("tests", "failures", "errors", "skipped"):
        root.set(figure, str(sum(int(suite.get(figure, "0")) for suite in suites)))
    root.set("time", _seconds(ledger.seconds))
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _area(prefix: str) -> str:
    return f"{prefix} {words.AREAS[prefix]}" if prefix in words.AREAS else prefix


def _suite(name: str, cases: list[ET.Element], ledger: Ledger) -> ET.Element:
    suite = ET.Element("testsuite", {"name": _name(name), "tests": str(len(cases))})
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("time", _seconds(sum(float(case.get("time", "0")) for case in cases)))
    suite.set("timestamp", _name(ledger.started.removesuffix("Z")))
    suite.extend(cases)
    return suite


def _case(row: Row, stopping: frozenset[str], base: str) -> ET.Element:
    case = ET.Element(
        "testcase",
        {
            "classname": _name(f"preflight.{row.phase}.{words.area(row)}"),
            "name": _name(f"{row.item} {row.target}: {row.title}"),
            "time": _seconds(row.seconds),
        },
    )
    found = row.findings or row.warnings
    place = next((place for _, place in placed(row, found, base) if place), None)
    if place:
        case.set("file", _name(place.path))
    if place and place.line:
        case.set("line", str(place.line))
    properties = ET.SubElement(case, "properties")
    for name, value in _properties(row):
        ET.SubElement(properties, "property", {"name": name, "value": _name(value)})
    _end(case, row, stopping)
    if case.find("failure") is None and case.find("error") is None and row.verdict != "not selected":
        ET.SubElement(case, "system-out").text = _account(row)
    return case


def _properties(row: Row) -> Iterable[tuple[str, str]]:
    yield "verdict", row.verdict
    yield "severity", row.severity
    yield "phase", row.phase
    if row.waiver:
        yield "waiver", _terms(row)
    if row.attestation:
        yield "attestation", text.attestation(row.attestation)


def _terms(row: Row) -> str:
    note = row.waiver
    return f"{note.state}, until {note.expires}, {note.owner}: {note.reason}" if note else ""


def _end(case: ET.Element, row: Row, stopping: frozenset[str]) -> None:
    if row.verdict == "not selected":
        ET.SubElement(case, "skipped", {"type": "not selected", "message": "not selected: this run did not look at it"})
    elif row.verdict == "error":
        _red(case, "error", row)
    elif row.verdict in stopping:
        _red(case, "failure", row)
    elif row.verdict == "unverified":
        ET.SubElement(case, "skipped", {"type": "unverified", "message": _name(row.observed)})
    elif row.verdict == "waived":
        ET.SubElement(case, "skipped", {"type": "waived", "message": _name(_terms(row))})


def _red(case: ET.Element, tag: str, row: Row) -> None:
    found = row.findings or (row.warnings if row.verdict == "warn" else ())
    message = "; ".join(map(str, found)) or row.observed
    element = ET.SubElement(case, tag, {"type": row.verdict, "message": _name(message)})
    element.text = _account(row)


def _account(row: Row) -> str:
    parts = [("seen", row.observed), ("where", row.where), ("asked", row.asked)]
    parts += [("finding", str(finding)) for finding in row.findings]
    parts += [("warning", str(warning)) for warning in row.warnings]
    parts += [("attested", text.attestation(row.attestation))] if row.attestation else []
    if row.verdict not in {"pass", "attested"}:
        parts.append(("to do", row.remediation))
    return "\n".join(f"{word}: {text.shown(said, LONGEST)}" for word, said in parts if said)


def _problems(ledger: Ledger) -> list[str]:
    nothing = ["nothing was executed"] if not ledger.counts["executed"] else []
    return [*ledger.problems, *nothing]


def _fault(problem: str) -> ET.Element:
    case = ET.Element("testcase", {"classname": "preflight.run", "name": _name(problem), "time": "0.000"})
    ET.SubElement(case, "error", {"type": "run", "message": _name(problem)})
    return case


def _name(said: str) -> str:
    return text.line(said, NAME)


def _seconds(seconds: float) -> str:
    return f"{max(seconds, 0):.3f}"
