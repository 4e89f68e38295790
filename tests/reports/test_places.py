"""Places in files, read from what rows say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.model.verdicts import Finding
from reports.places import Place, place, placed
from tests.reports import sample


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("services/worker/Dockerfile:12", Place("services/worker/Dockerfile", 12)),
        ("services/worker/src/index.ts:12:7", Place("services/worker/src/index.ts", 12)),
        ("services/worker/Dockerfile", Place("services/worker/Dockerfile")),
        ("docs/РУКОВОДСТВО 2.md:3", Place("docs/РУКОВОДСТВО 2.md", 3)),
        ("railway.json", Place("railway.json")),
        (".gitignore", Place(".gitignore")),
        ("services/web/.env.production:4", Place("services/web/.env.production", 4)),
        ("./bin/start:9", Place("bin/start", 9)),
    ],
)
def test_file_is_a_place(said: str, expected: Place) -> None:
    """With or without a line; the column is dropped."""
    assert place(said, "") == expected


@pytest.mark.parametrize(
    "said",
    [
        "",
        ".",
        "services/worker",
        ".github/workflows",
        "web, worker",
        "https://shop.example/health",
        "https://shop.example/app.js:3",
        "127.0.0.1:6379",
        "localhost:3001",
        "redis.shop.example:6379",
        "main",
        "public.jobs",
        "/etc/passwd.txt:1",
        "../elsewhere/Dockerfile:1",
        "the environment of the process",
        "a.ts\x1b[31m:1",
        "\u202etxt.ts:1",
        "a.ts:0",
        "x" * 5_000 + ".ts:1",
    ],
)
def test_what_is_no_file_below_the_root_is_none(said: str) -> None:
    """Folders, services, addresses, tables, what lies outside, and names that hide something."""
    assert place(said, "") is None


def test_place_is_relative_to_the_repository() -> None:
    """A platform in a folder of a larger repository: its places begin with that folder."""
    assert place("src/index.ts:3", "apps/shop") == Place("apps/shop/src/index.ts", 3)
    assert place("../shared/index.ts:3", "apps/shop") == Place("apps/shared/index.ts", 3)
    assert place("../../../index.ts:3", "apps/shop") is None


def test_finding_without_a_file_has_the_rows_place() -> None:
    """Its own, else the row's, else that of its neighbours; none where nobody names a file."""
    here, bare = Finding("a", "a.ts:1"), Finding("b", "worker")
    row = sample.row("IMG-001", "worker", "fail", findings=(bare, here), where="b.ts:2")
    assert [found for _, found in placed(row, row.findings, "")] == [Place("b.ts", 2), Place("a.ts", 1)]
    row = sample.row("IMG-001", "worker", "fail", findings=(bare, here), where="worker")
    assert [found for _, found in placed(row, row.findings, "")] == [Place("a.ts", 1), Place("a.ts", 1)]
    assert [found for _, found in placed(row, (bare,), "")] == [None]


@given(st.text(), st.sampled_from(["", "apps/shop"]))
def test_no_text_breaks_it_or_leaves_the_repository(said: str, base: str) -> None:
    """Whatever a row says: no exception, and no absolute path."""
    found = place(said, base)
    assert found is None or not found.path.startswith(("/", ".."))
