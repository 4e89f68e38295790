"""JUnit XML."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from reports import junit
from tests.reports import sample

if TYPE_CHECKING:
    from fixtures.model.ledger import Ledger

SUITE = {"name", "tests", "failures", "errors", "skipped", "time", "timestamp"}
CHILDREN = ["properties", "skipped", "error", "failure", "system-out"]
LEDGERS = [
    sample.typical(),
    sample.hostile(),
    sample.ledger(),
    sample.ledger(sample.row("ENV-001", "x")),
    sample.ledger(sample.row("ENV-001", "x"), problems=("a row was lost",)),
    sample.ledger(sample.row("ENV-001", "x", "warn")),
    sample.ledger(sample.row("ENV-001", "x", "warn"), strict=True),
    sample.ledger(sample.row("ENV-001", "x", "unverified")),
    sample.ledger(sample.row("ENV-001", "x", "unverified"), unverified_allowed=True),
    sample.ledger(sample.row("ENV-001", "x", "waived", waiver=sample.waiver())),
    sample.ledger(sample.row("ENV-001", "x", "not selected", at="")),
]


def parsed(ledger: Ledger) -> ET.Element:
    """The document read back."""
    return ET.fromstring(junit.render(ledger).encode("utf-8"))  # noqa: S314  # written a moment ago


def case(ledger: Ledger, item: str) -> ET.Element:
    """The test case of an item."""
    return next(case for case in parsed(ledger).iter("testcase") if case.get("name", "").startswith(item))


@pytest.mark.parametrize("ledger", LEDGERS)
def test_document_has_the_shape_dashboards_read(ledger: Ledger) -> None:
    """testsuites, testsuite, testcase, each with its attributes; children in the schema's order; counts that agree."""
    root = parsed(ledger)
    assert root.tag == "testsuites"
    for suite in root:
        assert suite.tag == "testsuite"
        assert set(suite.attrib) == SUITE
        assert int(suite.attrib["tests"]) == len(suite)
        for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.attrib[count]) == sum(one.find(tag) is not None for one in suite)
        for one in suite:
            assert one.tag == "testcase"
            assert set(one.attrib) - {"file", "line"} == {"classname", "name", "time"}
            places = [CHILDREN.index(child.tag) for child in one]
            assert places == sorted(set(places))
            assert sum(child.tag in {"skipped", "error", "failure"} for child in one) <= 1
    for count in ("tests", "failures", "errors", "skipped"):
        assert int(root.attrib[count]) == sum(int(suite.attrib[count]) for suite in root)


@pytest.mark.parametrize("ledger", LEDGERS)
def test_document_is_red_exactly_where_the_gate_is(ledger: Ledger) -> None:
    """A dashboard that only counts failures and errors shows what the ledger decided."""
    root = parsed(ledger)
    assert (int(root.attrib["failures"]) + int(root.attrib["errors"]) > 0) == (not ledger.go)


def test_every_row_has_its_case() -> None:
    """As many cases as rows, besides the problems of the run."""
    cases = [one for one in parsed(sample.typical()).iter("testcase") if one.get("classname") != "preflight.run"]
    assert len(cases) == len(sample.typical().rows)


def test_case_is_named_by_item_target_and_title() -> None:
    """Names are stable from run to run, and sentences."""
    one = case(sample.typical(), "IMG-004")
    assert one.get("name") == "IMG-004 worker: The image runs as an ordinary user."
    assert one.get("classname") == "preflight.predeploy.Images"


def test_case_has_the_place_of_its_first_finding() -> None:
    """Relative to the repository's root, as GitLab links it; a row that names no file has none."""
    ledger = replace(sample.typical(), base="apps/shop")
    one = case(ledger, "IMG-004")
    assert (one.get("file"), one.get("line")) == ("apps/shop/services/worker/Dockerfile", "18")
    assert case(ledger, "DEP-001").get("file") == "apps/shop/railway.json"
    assert case(ledger, "DEP-001").get("line") is None
    assert case(ledger, "BLD-001").get("file") is None


def test_verdicts_end_as_they_should() -> None:
    """Fail and unverified are failures, error an error; warned passes; waived and unselected are skipped."""
    ledger = sample.typical()
    ends = {item: [child.tag for child in case(ledger, item)] for item in ("IMG-004", "BLD-001", "BLD-002", "HLT-001")}
    assert ends["IMG-004"] == ["properties", "failure"]
    assert ends["BLD-001"] == ["properties", "error"]
    assert ends["BLD-002"] == ["properties", "failure"]
    assert ends["HLT-001"] == ["properties", "skipped"]
    unverified = case(ledger, "BLD-002").find("failure")
    assert unverified is not None
    assert unverified.get("type") == "unverified"
    for item, said, tags in (
        ("DOC-006", "is 400 days old", ["properties", "skipped", "system-out"]),
        ("DEP-001", "is read until 2026-12-01", ["properties", "system-out"]),
    ):
        one = case(ledger, item)
        assert [child.tag for child in one] == tags
        assert said in (one.findtext("system-out") or "")


def test_waiver_is_no_pass_and_says_until_when() -> None:
    """A dashboard's passed cases are no more than the ledger's: what is excused is skipped, with its terms."""
    skipped = case(sample.typical(), "DOC-006").find("skipped")
    assert skipped is not None
    assert skipped.get("type") == "waived"
    assert "live, until 2026-12-01, ops@shop.example: The plan" in str(skipped.get("message"))


def test_allowed_unverified_is_skipped_not_passed() -> None:
    """Where the run allows it, what could not be observed still does not count as passed."""
    skipped = case(replace(sample.typical(), unverified_allowed=True), "BLD-002").find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "not observed: eslint is not installed"


def test_waiver_is_a_property() -> None:
    """Owner, end and reason travel with the case."""
    properties = {one.get("name"): one.get("value") for one in case(sample.typical(), "DOC-006").iter("property")}
    assert properties["verdict"] == "waived"
    assert "until 2026-12-01, ops@shop.example" in str(properties["waiver"])


def test_attestation_is_told() -> None:
    """Who signed, when, until when and on what evidence; the case passes."""
    one = case(sample.ledger(sample.attested()), "BCK-003")
    signed = "dana on 2026-11-20, until 2027-02-20: https://wiki.shop.example/rotation"
    assert {prop.get("name"): prop.get("value") for prop in one.iter("property")}["attestation"] == signed
    assert [child.tag for child in one] == ["properties", "system-out"]
    over = replace(sample.attested(), verdict="fail", attestation=replace(sample.SIGNED, state="expired"))
    failure = case(sample.ledger(over), "BCK-003").findtext("failure")
    assert "attested: dana on 2026-11-20, until 2027-02-20 (expired): https" in str(failure)
