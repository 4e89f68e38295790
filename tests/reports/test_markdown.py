"""The short report in Markdown, read back with a CommonMark parser with GitHub's tables and strikethrough."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reports import markdown, text
from tests.reports import sample
from tests.reports.markup import Markup

TEXT = st.text(st.characters(codec=None, exclude_categories=()))
MARKS = st.text("\\`*_[]()<>|~$@#&!:/-+.1aw \n\t", max_size=60)


def read(page: str) -> Markup:
    """The page as a reader's browser has it; raw HTML and bare links are let through, so that they would be seen."""
    return Markup(MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(page))


def test_failures_come_first_and_say_what_to_do() -> None:
    """Headline, counts, faults, failures, unverified, waivers, warnings, not looked at."""
    said = read(markdown.render(sample.typical())).text
    parts = ("NO GO", "Readiness 73.2 %", "faulty", "Failures (4)", "Could not be", "Waivers (2)", "Warnings (1)")
    places = [said.index(part) for part in (*parts, "What was not looked at")]
    assert places == sorted(places)
    assert "decodes to 16 bytes (32 hex digits), 32 are needed services/worker/.env.production:4" in said
    assert "Set it right, then run the phase again." in said


def test_attestation_is_listed_with_who_signed() -> None:
    """A reviewer sees what no API decided, and on whose word it stands."""
    said = read(markdown.render(sample.ledger(sample.attested()))).text
    assert "Attested (1)" in said
    assert "Signed by dana on 2026-11-20, until 2027-02-20" in said


@given(st.one_of(TEXT, MARKS))
def test_escaped_text_reads_as_it_was(said: str) -> None:
    """No input becomes markup: what a reader sees is the text."""
    page = read(f"- x {markdown.escape(said)}\n- {markdown.code(said)}\n")
    assert page.tags <= {"ul", "li", "code"}
    plain = " ".join(text.line(said, markdown.LONGEST).split())
    assert page.text.replace(markdown._ZERO_WIDTH, "") == " ".join(f"x {plain} {plain}".split())


def test_nobody_is_mentioned_and_nothing_is_linked() -> None:
    """Mentions, issue references and bare addresses do not act."""
    said = markdown.escape("@everyone look at #12 and https://evil.example or www.evil.example")
    for acting in ("@everyone", "#12", "://evil", "www.evil"):
        assert acting not in said


def test_hostile_ledger_stays_text() -> None:
    """The page holds no element but those of its own lists and headings."""
    page = read(markdown.render(sample.hostile()))
    assert page.tags <= {"h2", "h3", "p", "ul", "li", "strong", "code"}


def test_long_page_is_cut_and_says_so() -> None:
    """Above the limit, what follows is counted, not shown."""
    rows = [sample.row(f"ENV-{number:04}", "web", "fail", observed="о" * 400) for number in range(1000)]
    rows += [sample.row(f"DOC-{number:03}", "web", "warn") for number in range(7)]
    page = markdown.render(sample.ledger(*rows))
    assert len(page.encode()) <= markdown.LIMIT
    assert len(page.encode()) > markdown.LIMIT * 0.9
    assert "of failures, 7 of warnings. The HTML report has them." in page


BEFORE = sample.ledger(
    sample.row("ENV-001", "web"),
    sample.row("ENV-002", "web", "fail"),
    sample.row("ENV-003", "web"),
    sample.row("ENV-009", "web"),
)
AFTER = sample.ledger(
    sample.row("ENV-001", "web", "fail"),
    sample.row("ENV-002", "web"),
    sample.row("ENV-003", "web", "unverified"),
)


def test_what_changed_since_the_last_run_is_told() -> None:
    """New failures, newly unverified, gone and fixed items, in the page and in the comment."""
    for render in (markdown.render, markdown.comment):
        said = read(render(AFTER, BEFORE)).text
        for part in (
            "Changed since 2026-11-23 07:29:05 UTC",
            "New failures (1): ENV-001 web",
            "Newly unverified (1): ENV-003 web",
            "No longer declared (1): ENV-009 web",
            "Fixed (1): ENV-002 web",
        ):
            assert part in " ".join(said.split()).replace(" :", ":")
        assert "Changed since" not in render(AFTER)
        assert "- nothing" in render(AFTER, AFTER)


def test_other_platform_is_not_compared_with() -> None:
    """The last run in the folder may be that of another platform."""
    assert "Changed since" not in markdown.render(AFTER, replace(BEFORE, platform="other"))


def test_comment_starts_with_its_marker_and_puts_failures_first() -> None:
    """A workflow finds its own comment by the first line, which no reader sees; the same in each run."""
    page = markdown.comment(sample.typical())
    first, second, *_ = page.splitlines()
    assert first == "<!-- preflight shop predeploy -->"
    assert second.startswith("## NO GO")
    assert page.index("ENV-004") < page.index("BLD-002")
    assert markdown.marker(replace(sample.typical(), seconds=1)) == first


@pytest.mark.parametrize("name", [*sample.HOSTILE, "--><script>", "a --> b"])
def test_no_name_ends_the_marker(name: str) -> None:
    """Whatever the platform is called, the marker is one comment."""
    marker = markdown.marker(sample.ledger(platform=name, phase=name))
    assert re.fullmatch(r"<!-- preflight [a-z0-9-]+ [a-z0-9-]+ -->", marker)


def test_comment_is_short_whatever_the_run() -> None:
    """GitHub takes 65,536 characters; ten rows of a kind are enough, the rest is counted."""
    rows = [sample.row(f"ENV-{number:03}", "web", "fail") for number in range(500)]
    page = markdown.comment(sample.ledger(*rows))
    assert len(page) < 10_000
    assert "### Failures (500)" in page
    assert "and 490 more, see the report" in page
    rows = [sample.row("ENV-001", f"target-{number}", "fail") for number in range(5_000)]
    page = markdown.comment(sample.ledger(*rows))
    assert len(page) < 3_000
    assert "and 4,995 targets more" in page
    assert page.count("**To do**") == 1
    assert len(markdown.comment(sample.hostile(), sample.hostile()).encode()) <= markdown.COMMENT_LIMIT
    assert len(markdown.render(sample.hostile(), BEFORE).encode()) <= markdown.LIMIT


def test_hostile_comment_stays_text() -> None:
    """No element but those of its own lists and headings, changes included."""
    page = read(markdown.comment(sample.hostile(), sample.ledger(platform=sample.SCRIPT)))
    assert page.tags <= {"h2", "h3", "p", "ul", "li", "strong", "code"}
