"""GitHub's API: secrets of three places, page by page, and which of them a job gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.demo.vendors.github import PAGE, REPOSITORY, GitHub
from fixtures.demo.vendors.standin import Reply, Request
from tests.asked import MOMENT, Asked, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fixtures.model.rotation import Age

REPO = f"/repos/{REPOSITORY}"
MANIFEST = f"""
[platform]
name = "shop"

[github]
repository = "{REPOSITORY}"
environment = "production"
secrets_held = ["RAILWAY_TOKEN", "NPM_TOKEN"]
"""


@pytest.fixture
def github() -> GitHub:
    """The stand-in, sound."""
    return GitHub(MOMENT)


@pytest.fixture
def asked(github: GitHub, tmp_path: Path) -> Iterator[Asked]:
    """The room that asks it."""
    with serving(github) as standin:
        yield Asked(tmp_path, MANIFEST, standin, {"GITHUB_TOKEN": github.token})


def _age(asked: Asked, name: str) -> Age:
    return asked.vendors.rotation.age(asked.secret(name)).value


def _day(age: Age) -> list[str]:
    return [f"{edited.at:%Y-%m-%d}" for edited in age.edited]


def test_secret_of_page_two_is_found(github: GitHub, asked: Asked) -> None:
    """Lists go on by Link headers."""
    position = [row["name"] for row in github.production].index("RAILWAY_TOKEN")
    assert position >= PAGE
    assert _day(_age(asked, "RAILWAY_TOKEN")) == ["2026-11-16"]


def test_secret_of_the_environment_goes_before_the_repositorys(github: GitHub, asked: Asked) -> None:
    """A job of the environment gets its own secret, not the repository's or the organization's of that name."""
    github.lists[f"{REPO}/actions/secrets"].append({"name": "RAILWAY_TOKEN", "updated_at": "2026-01-01T00:00:00Z"})
    github.lists[f"{REPO}/actions/organization-secrets"] += [
        {"name": "RAILWAY_TOKEN", "updated_at": "2025-01-01T00:00:00Z"},
        {"name": "NPM_TOKEN", "updated_at": "2025-01-01T00:00:00Z"},
    ]
    assert _day(_age(asked, "RAILWAY_TOKEN")) == ["2026-11-16"]
    assert _day(_age(asked, "NPM_TOKEN")) == ["2026-03-02"]


def test_repository_of_a_person_has_no_organization(github: GitHub, asked: Asked) -> None:
    """Its 404 means none, since the same token reads the repository's own list."""
    del github.lists[f"{REPO}/actions/organization-secrets"]
    age = _age(asked, "NPM_TOKEN")
    assert (_day(age), age.gaps) == (["2026-03-02"], ())


def test_environment_that_is_not_there_is_a_gap(github: GitHub, asked: Asked) -> None:
    """A misspelt environment must not read as one without secrets."""
    del github.lists[f"{REPO}/environments/production/secrets"]
    (gap,) = _age(asked, "RAILWAY_TOKEN").gaps
    assert "has no environment production that GITHUB_TOKEN may see" in gap.reason
    assert "environments: read" in gap.hint


def test_missing_scope_is_told(github: GitHub, asked: Asked) -> None:
    """A token that may not list secrets is told which permission it lacks."""

    def fault(request: Request) -> Reply | None:
        return Reply({"message": "Resource not accessible by integration"}, 403)

    github.fault = fault
    (gap,) = _age(asked, "RAILWAY_TOKEN").gaps
    assert gap.reason.endswith("/actions/secrets (403); it lacks secrets: read")


def test_secret_that_ci_does_not_hold_is_a_gap(github: GitHub, asked: Asked) -> None:
    """What is declared as CI's own and is not there cannot be judged."""
    github.production.clear()
    (gap,) = _age(asked, "RAILWAY_TOKEN").gaps
    assert gap.reason == "GitHub has no secret RAILWAY_TOKEN"


def test_token_of_a_job_has_no_age(github: GitHub, tmp_path: Path) -> None:
    """An installation token is made for the run and ends with it."""
    github.token = "ghs_" + github.token
    with serving(github) as standin:
        asked = Asked(tmp_path, MANIFEST, standin, {"GITHUB_TOKEN": github.token})
        assert "made for this run" in _age(asked, "GITHUB_TOKEN").fleeting
