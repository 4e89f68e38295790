"""DOC-006: review dates and owners as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from checks.rules.freshness import is_fresh, review_stamps
from fixtures.model.platform import Document
from tests.rules.papers import outcome, runbook, seen, sentences

TODAY = date(2026, 11, 23)
GUIDE = Document(name="guide", file="docs/GUIDE.md")


@pytest.mark.parametrize(
    "text",
    [
        "Last reviewed: 2026-11-16",
        "**Last reviewed:** 2026-11-16 by Ann",
        "_Last updated: 16 November 2026_",
        "Last review date: November 16, 2026",
        "Reviewed on 16 Nov 2026",
        "> Последняя проверка: 16.11.2026",
        "Обновлено: 16 ноября 2026 г.",
        "Дата последней проверки — 16.11.26",
        "Дата пересмотра: 2026/11/16",
        "Актуально на 16.11.2026",
        "Owner: Ann · Last reviewed: 2026-11-16",
        "- Owner: Ann\n- Last verified: 2026-11-16",
        "| Owner | Last reviewed |\n|---|---|\n| Ann | 2026-11-16 |",
        "| | |\n|---|---|\n| **Last reviewed** | 2026-11-16 |\n| Next review | 2027-02-01 |",
        "| Владелец | Последняя проверка |\n|---|---|\n| Анна | 16.11.2026 |",
        "<!-- last reviewed: 2026-11-16 -->",
        "Last reviewed: `2026-11-16`",
        "Owner: Ann  \nLast reviewed: 2026-11-16",
        "Last reviewed: 16/11/2026",
        "Last reviewed: November 2026",
    ],
)
def test_a_review_date_is_read_in_every_common_form(text: str) -> None:
    """English, Russian, tables, comments and lists all carry the date."""
    verdict = is_fresh(GUIDE, seen(f"# Guide\n\n{text}\n\nText.\n"), TODAY)
    assert not verdict.findings, sentences(verdict)


@pytest.mark.parametrize("key", ["last_reviewed", "lastReviewed", "last-updated", "date", "reviewed"])
def test_front_matter_carries_the_date(key: str) -> None:
    """A front matter key does as well as text."""
    verdict = is_fresh(GUIDE, seen(f"---\ntitle: x\n{key}: 2026-11-16\n---\n# Guide\n"), TODAY)
    assert not verdict.findings
    assert "(line 3)" in verdict.observed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Last reviewed: TBD",
        "Next review: 2027-02-01",
        "Следующая проверка: 01.02.2027",
        "Last reviewed: 2026-02-30",
        "```\nLast reviewed: 2026-11-16\n```",
        "The outage of 2026-11-16 was long.",
        "| Date | Incident |\n|---|---|\n| 2026-11-16 | outage |",
        "Last reviewed: 2026-12-16",
        "Last reviewed: 2026-01-02",
    ],
)
def test_no_old_or_future_date_is_fresh(text: str) -> None:
    """No date, no real date, another date, one in the future and an old one all fail."""
    assert outcome(lambda: is_fresh(GUIDE, seen(f"# Guide\n\n{text}\n"), TODAY)) == "fail"


def test_the_limit_is_inclusive() -> None:
    """As old as allowed is fresh, one day more is stale."""
    guide = Document(name="guide", file="docs/GUIDE.md", max_age_days=7)
    assert outcome(lambda: is_fresh(guide, seen("Last reviewed: 2026-11-16"), TODAY)) == "pass"
    assert outcome(lambda: is_fresh(guide, seen("Last reviewed: 2026-11-15"), TODAY)) == "fail"


def test_the_latest_review_counts() -> None:
    """A log of reviews is as fresh as its newest entry."""
    text = "| Reviewed | By |\n|---|---|\n| 2025-01-01 | Ann |\n| 2026-11-01 | Bob |\n"
    assert outcome(lambda: is_fresh(GUIDE, seen(text), TODAY)) == "pass"


def test_a_date_of_two_readings_is_not_guessed() -> None:
    """03/11/2026 is 3 November or 11 March: where that decides, it is unverified, where not, it does not matter."""
    page = seen("Last reviewed: 03/11/2026")
    tight = Document(name="guide", file="g.md", max_age_days=30)
    loose = Document(name="guide", file="g.md", max_age_days=365)
    assert outcome(lambda: is_fresh(tight, page, TODAY)) == "unverified"
    assert outcome(lambda: is_fresh(loose, page, TODAY)) == "pass"


@pytest.mark.parametrize(
    ("owner", "ends"),
    [
        ("Owner: Ann", "pass"),
        ("**Owners**: @platform-team", "pass"),
        ("Ответственный: Анна", "pass"),
        ("Owned by the platform team.", "pass"),
        ("| Owner | Ann |\n|---|---|\n| Phone | 1 |", "pass"),
        ("| Phone | Owner |\n|---|---|\n| 1 | Ann |", "pass"),
        ("Owner: TBD", "fail"),
        ("Not solved: call Ann, owner of the worker.", "fail"),
        ("", "fail"),
    ],
)
def test_a_runbook_has_an_owner(owner: str, ends: str) -> None:
    """A runbook names its owner; a placeholder is nobody."""
    page = seen(f"# Runbook\n\nLast reviewed: 2026-11-16\n\n{owner}\n")
    assert outcome(lambda: is_fresh(runbook(), page, TODAY)) == ends


def test_other_documents_need_no_owner() -> None:
    """Only runbooks are asked who owns them."""
    assert outcome(lambda: is_fresh(GUIDE, seen("Last reviewed: 2026-11-16"), TODAY)) == "pass"


def test_lines_are_those_of_the_file() -> None:
    """A stamp knows its line in a wrapped paragraph."""
    stamps = list(review_stamps(seen("# G\n\nOwner: Ann\nLast reviewed: 2026-11-16\n").value))
    assert [stamp.line for stamp in stamps] == [4]
