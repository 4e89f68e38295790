"""SARIF for code scanning."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from fixtures.model.ledger import SEVERITIES, Ledger
from fixtures.model.verdicts import Finding
from reports import sarif
from tests.reports import sample, schemas

LEDGERS = [
    sample.typical(),
    sample.hostile(),
    sample.ledger(),
    sample.ledger(sample.row("ENV-001", "x")),
    replace(sample.typical(), suite="", base="apps/shop"),
]


def run(ledger: Ledger) -> dict[str, Any]:
    """The one run of the document."""
    (only,) = json.loads(sarif.render(ledger))["runs"]
    return dict(only)


def notices(ledger: Ledger) -> list[str]:
    """What the run's notifications say."""
    return [one["message"]["text"] for one in run(ledger)["invocations"][0]["toolExecutionNotifications"]]


@pytest.mark.parametrize("ledger", LEDGERS, ids=["typical", "hostile", "empty", "passing", "nested"])
def test_document_is_valid(ledger: Ledger) -> None:
    """The schema of SARIF 2.1.0 accepts it, and it says what GitHub requires beyond that."""
    document = json.loads(sarif.render(ledger))
    schemas.sarif().validate(document)
    rules = document["runs"][0]["tool"]["driver"]["rules"]
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]
    for result in document["runs"][0]["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert result["partialFingerprints"]["primaryLocationLineHash"]


def test_schema_itself_refuses() -> None:
    """The validator can say no: the proof above means something."""
    document = json.loads(sarif.render(sample.typical()))
    document["runs"][0]["results"][0]["level"] = "fatal"
    assert not schemas.sarif().is_valid(document)


def test_finding_is_a_result_at_its_line() -> None:
    """Rule, level, place relative to the repository's root, and who is concerned."""
    ledger = replace(sample.typical(), base="apps/shop")
    first = run(ledger)["results"][0]
    assert (first["ruleId"], first["level"]) == ("ENV-004", "error")
    assert first["message"]["text"] == "worker-ENCRYPTION_KEY: decodes to 16 bytes (32 hex digits), 32 are needed"
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {
        "uri": "apps/shop/services/worker/.env.production",
        "uriBaseId": "%SRCROOT%",
    }
    assert place["region"]["startLine"] == 4


def test_rule_tells_title_remediation_and_severity() -> None:
    """Help is what to do next; severity is level and score, so GitHub shows critical as critical."""
    rows = [
        sample.row(f"IMG-00{number}", "web", "fail", severity, findings=(Finding("x", "a.ts:1"),))
        for number, severity in enumerate(SEVERITIES)
    ]
    rules = run(sample.ledger(*rows))["tool"]["driver"]["rules"]
    assert [rule["defaultConfiguration"]["level"] for rule in rules] == ["error", "error", "warning", "note"]
    scores = [float(rule["properties"]["security-severity"]) for rule in rules]
    assert scores[0] > 9 > scores[1] >= 7 > scores[2] >= 4 > scores[3] > 0
    assert rules[0]["help"]["text"] == "Set it right, then run the phase again."
    assert rules[0]["fullDescription"]["text"] == "What IMG-000 says must hold does hold."


def test_what_stands_in_no_file_is_told() -> None:
    """Unverified, broken and placeless rows, problems and waivers are notifications: no results is no pass."""
    told = "\n".join(notices(sample.typical()))
    for part in (
        "test process gw1 died",
        "error: BLD-001 web: the check itself failed",
        "unverified: BLD-002 web: not observed: eslint is not installed",
        "left out: 1 waived item",
    ):
        assert part in told
    assert not run(sample.typical())["invocations"][0]["executionSuccessful"]
    assert "DOC-006" not in {result["ruleId"] for result in run(sample.typical())["results"]}
    assert notices(sample.ledger()) == ["nothing was executed"]


def test_warning_is_a_note_unless_warnings_fail() -> None:
    """Advice never fails a pull request's check that the gate lets pass."""
    advice = sample.row("DEP-001", "worker", "warn", "high", warnings=(Finding("old", "railway.json"),))
    assert run(sample.ledger(advice))["results"][0]["level"] == "note"
    assert run(sample.ledger(advice, strict=True))["results"][0]["level"] == "error"


def test_fingerprint_outlives_lines_and_figures() -> None:
    """The same defect two lines further down, a day later, is the same alert; each of two alike has its own."""

    def prints(*found: Finding) -> list[str]:
        row = sample.row("DOC-006", "plan", "fail", findings=found)
        results = run(sample.ledger(row))["results"]
        return [one["partialFingerprints"]["primaryLocationLineHash"] for one in results]

    before = prints(Finding("is 400 days old", "plan.md:3"))
    assert before == prints(Finding("is 401 days old", "plan.md:5"))
    assert before != prints(Finding("is empty", "plan.md:3"))
    twice = prints(Finding("is 4 days old", "plan.md:3"), Finding("is 5 days old", "plan.md:9"))
    assert len(set(twice)) == 2


def test_results_are_held_to_githubs_limits_and_the_cut_is_told() -> None:
    """At most 5,000 results, the gravest, and at most 10 MB."""
    found = tuple(Finding(f"defect {number} " + "о" * 900, f"src/{number}.ts:1") for number in range(6_000))
    rows = [
        sample.row("ENV-001", "web", "fail", "low", findings=(Finding("small", "a.ts:1"),)),
        sample.row("ENV-002", "web", "fail", "critical", findings=found),
    ]
    ledger = sample.ledger(*rows)
    page = sarif.render(ledger)
    results = json.loads(page)["runs"][0]["results"]
    assert len(page.encode()) <= sarif.BYTES
    assert 3_000 < len(results) <= sarif.RESULTS
    assert {result["ruleId"] for result in results} == {"ENV-002"}
    assert f"cut to GitHub's limits: {6_001 - len(results):,} more findings are in the ledger" in notices(ledger)
