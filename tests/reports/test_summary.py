"""The static summary."""

from __future__ import annotations

from dataclasses import replace

from reports import summary
from tests.reports import sample
from tests.reports.markup import Markup


def order(page: str, *parts: str) -> list[int]:
    """Where each part stands."""
    return [page.index(part) for part in parts]


def test_summary_leads_with_the_verdict_and_ends_with_what_was_not_looked_at() -> None:
    """Headline, problems, readiness, areas, failures, unverified, waivers, warnings, not looked at: in this order."""
    said = Markup(summary.render(sample.typical())).text
    parts = ("NO GO", "The run itself is faulty", "readiness", "By area", "Failures (4)", "Could not be observed (1)")
    places = order(said, *parts, "Waivers, by expiry (2)", "Warnings (1)", "What was not looked at")
    assert places == sorted(places)


def test_readiness_stands_with_all_its_counts() -> None:
    """Declared, selected, executed and each verdict are named, zeros too."""
    said = Markup(summary.render(sample.ledger(sample.row("ENV-001", "x")))).text
    assert "1 declared 1 selected 1 executed 1 pass 0 fail 0 error 0 unverified 0 waived 0 warn 0 attested" in said


def test_failures_come_gravest_first() -> None:
    """Critical before high before low, whatever the order of rows."""
    ids = Markup(summary.render(sample.typical())).ids
    assert ids[:4] == ["ENV-004-worker-ENCRYPTION_KEY", "BLD-001-web", "IMG-004-worker", "DOC-001-checklist"]


def test_failure_tells_what_was_expected_seen_where_and_what_to_do() -> None:
    """A card needs no second look elsewhere."""
    said = Markup(summary.render(sample.typical())).text
    card = said.partition("IMG-004 worker")[2].partition("DOC-001")[0]
    for part in (
        "The image runs as an ordinary user.",
        "3 of 3 places of worker looked at",
        "the final stage runs as root: no USER instruction services/worker/Dockerfile:18",
        "Set it right, then run the phase again.",
    ):
        assert part in card


def test_waivers_come_by_expiry_with_days_left() -> None:
    """The one that ends first is on top, an expired one included."""
    said = Markup(summary.render(sample.typical())).text
    assert order(said, "22 days over", "8 days left") == sorted(order(said, "22 days over", "8 days left"))


def test_quiet_run_shows_no_empty_section() -> None:
    """Nothing failed: no heading says so, no list is empty."""
    said = Markup(summary.render(sample.ledger(sample.row("ENV-001", "x")))).text
    for heading in ("Failures", "Could not", "Waivers", "Warnings", "not looked at", "faulty"):
        assert heading not in said


def test_rules_of_the_run_are_named() -> None:
    """Whoever allowed the unverified is seen to have."""
    said = summary.render(replace(sample.typical(), unverified_allowed=True, strict=True))
    assert "--unverified=allow" in said
    assert "--strict" in said


def test_hostile_text_stays_text() -> None:
    """Every value is escaped: no element but the template's, no handler, each closed, each id once."""
    page = summary.render(sample.hostile())
    read = Markup(page)
    assert read.balanced
    assert not read.handlers
    assert read.tags == Markup(summary.render(sample.typical())).tags
    assert len(read.ids) == len(set(read.ids))
    assert "\u202e" not in page
    page.encode("utf-8")
    assert len(page) < 1_000_000


def test_no_color_speaks_alone() -> None:
    """Every verdict that is shown as a colour is a word as well."""
    read = Markup(summary.render(sample.typical()))
    classes = [str(attributes.get("class")) for tag, attributes in read.elements if tag == "span"]
    assert {name.partition("--")[2] for name in classes if "verdict" in name} >= {"fail", "error", "unverified", "warn"}
    for word in ("Fail", "Error", "Unverified", "Warning"):
        assert word in read.words
