"""Vercel's API: three shapes of one list, shared variables, hidden ones, and values that are not kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fixtures.demo.vendors.standin import Reply
from fixtures.demo.vendors.vercel import NAMES, PAGE, PROJECT, PROJECT_ID, SHARED, TEAM, Vercel
from tests.asked import MOMENT, Asked, serving
from tests.specifications import misfits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANIFEST = f"""
[platform]
name = "shop"

[[service]]
name = "web"
host = "vercel"
root = "."
vercel_project = "{PROJECT}"

[[variable]]
name = "CRON_SECRET"
services = ["web"]
rotate_days = 90

[vercel]
team = "{TEAM}"
"""


@pytest.fixture
def vercel() -> Vercel:
    """The stand-in, sound."""
    return Vercel(MOMENT)


@pytest.fixture
def asked(vercel: Vercel, tmp_path: Path) -> Iterator[Asked]:
    """The room that asks it."""
    with serving(vercel) as standin:
        yield Asked(tmp_path, MANIFEST, standin, {"VERCEL_TOKEN": vercel.token})


def test_names_of_all_pages_and_of_the_team_are_read(vercel: Vercel, asked: Asked) -> None:
    """Production's names of page two and those that the team shares are there, a preview's are not."""
    assert asked.vendors.hosting.names(asked.service("web")).value.names == {*NAMES, *SHARED}
    assert len(vercel.variables) > PAGE
    assert all(request.asked("teamId") == TEAM for request in vercel.asked)
    assert not any(request.asked("decrypt") for request in vercel.asked)


@pytest.mark.parametrize(("shape", "names"), [("pages", {*NAMES}), ("list", {*NAMES}), ("alone", {NAMES[-1]})])
def test_each_shape_of_the_list_is_read(shape: str, names: set[str], vercel: Vercel, asked: Asked) -> None:
    """A page, a list without pages, and one variable alone."""
    vercel.shape = shape
    vercel.shared.clear()
    assert asked.vendors.hosting.names(asked.service("web")).value.names == names


@pytest.mark.parametrize(
    ("target", "counts"),
    [
        ("production", True),
        (["production"], True),
        ("preview", False),
        (["preview", "development"], False),
        (None, False),
    ],
)
def test_target_is_a_list_or_one_word(target: Any, counts: bool, vercel: Vercel, asked: Asked) -> None:
    """Both are read; a variable of custom environments only has no target."""
    vercel.variables[-1]["target"] = target
    assert (NAMES[-1] in asked.vendors.hosting.names(asked.service("web")).value.names) is counts


@pytest.mark.parametrize(("hidden", "count"), [(None, 0), (0, 0), (3, 3)])
def test_hidden_variables_are_counted(hidden: int | None, count: int, vercel: Vercel, asked: Asked) -> None:
    """An answer from before 2026 does not say how many there are."""
    vercel.hidden = hidden
    assert asked.vendors.hosting.names(asked.service("web")).value.hidden == count


def test_values_are_dropped(vercel: Vercel, asked: Asked) -> None:
    """A plain variable's value comes with its name, and stays nowhere."""
    canary = "canary" + "0123456789abcdef"
    for row in (*vercel.variables, *vercel.shared):
        row |= {"value": canary, "type": "plain", "comment": canary}
    assert canary not in repr(asked.vendors.hosting.names(asked.service("web")))


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply({"projects": []}), "an unexpected shape: the whole: value error"),
        (Reply({"envs": [{"target": "production"}]}), "an unexpected shape: envs.0.key: missing"),
        (Reply({"error": {"code": "forbidden"}}, 403), "VERCEL_TOKEN may not read"),
        (Reply({"error": {"code": "not_found"}}, 404), "Vercel has no /vercel/v10/projects/agentdesk-web/env that"),
    ],
)
def test_answer_that_is_none_is_unverified(reply: Reply, expected: str, vercel: Vercel, asked: Asked) -> None:
    """It never reads as a project without variables."""
    vercel.fault = lambda request: reply if request.path.endswith("/env") and "projects" in request.path else None
    told = asked.vendors.hosting.names(asked.service("web"))
    assert expected in told.error
    assert told.hint


def test_team_may_be_named_by_its_slug(vercel: Vercel, tmp_path: Path) -> None:
    """Vercel takes an id as teamId and a name as slug."""
    with serving(vercel) as standin:
        asked = Asked(tmp_path, MANIFEST.replace(TEAM, "agentdesk"), standin, {"VERCEL_TOKEN": vercel.token})
        asked.vendors.hosting.names(asked.service("web"))
    assert {request.asked("slug") for request in vercel.asked} == {"agentdesk"}


def test_service_without_its_project_says_so(vercel: Vercel, tmp_path: Path) -> None:
    """A service on Vercel has a row as soon as [vercel] is declared; without the project it is unverified."""
    manifest = MANIFEST.replace(f'vercel_project = "{PROJECT}"\n', "")
    with serving(vercel) as standin:
        asked = Asked(tmp_path, manifest, standin, {"VERCEL_TOKEN": vercel.token})
        told = asked.vendors.hosting.names(asked.service("web"))
    assert (told.error, told.hint) == (
        "web declares no vercel_project",
        "Add vercel_project to web in preflight.toml.",
    )


@pytest.mark.parametrize("newer", [True, False])
def test_own_token_is_the_one_that_ends_alike(newer: bool, vercel: Vercel, asked: Asked) -> None:
    """Its row is found by its last characters, by the newer route of 2026 or the older one."""
    vercel.newer_tokens = newer
    age = asked.vendors.rotation.age(asked.secret("VERCEL_TOKEN")).value
    assert [(f"{made.at:%Y-%m-%d}", made.by) for made in age.made] == [
        ("2026-11-16", "Vercel's createdAt of token 'preflight'")
    ]
    assert age.expires is not None


def test_token_is_found_by_name_where_no_row_has_a_suffix(vercel: Vercel, tmp_path: Path) -> None:
    """Older answers have no suffix: the declared name tells."""
    for row in vercel.tokens:
        del row["suffix"]
    manifest = MANIFEST.replace("[vercel]\n", '[vercel]\ntoken_name = "laptop"\n')
    with serving(vercel) as standin:
        asked = Asked(tmp_path, manifest, standin, {"VERCEL_TOKEN": vercel.token})
        (made,) = asked.vendors.rotation.age(asked.secret("VERCEL_TOKEN")).value.made
    assert f"{made.at:%Y-%m-%d}" == "2026-01-12"


def test_token_of_that_name_that_ends_otherwise_is_another(vercel: Vercel, tmp_path: Path) -> None:
    """Somebody renewed the token, and the pipeline still has the old one, or another member's."""
    for row in vercel.tokens:
        row["suffix"] = "zzzz"
    manifest = MANIFEST.replace("[vercel]\n", '[vercel]\ntoken_name = "laptop"\n')
    with serving(vercel) as standin:
        asked = Asked(tmp_path, manifest, standin, {"VERCEL_TOKEN": vercel.token})
        age = asked.vendors.rotation.age(asked.secret("VERCEL_TOKEN")).value
    assert not age.made
    assert "is known to be VERCEL_TOKEN" in age.gaps[0].reason


def test_copy_that_may_be_hidden_is_a_gap(vercel: Vercel, asked: Asked) -> None:
    """A variable that the token may not see has an age that nobody here knows."""
    vercel.hidden = 1
    vercel.variables[:] = [row for row in vercel.variables if row["key"] != "CRON_SECRET"]
    (gap,) = asked.vendors.rotation.age(asked.secret("CRON_SECRET")).value.gaps
    assert gap.reason == "Vercel hides 1 production variables from VERCEL_TOKEN"


def test_standin_answers_as_vercel_publishes(vercel: Vercel, asked: Asked) -> None:
    """Each answer of the sound stand-in fits Vercel's own document; of the tokens, the route that it has.

    The list of variables is described there by shapes that overlap, so its rows are held each alone.
    """
    asked.vendors.hosting.names(asked.service("web"))
    asked.vendors.rotation.age(asked.secret("VERCEL_TOKEN"))
    answers = [(request.path, vercel.answer(request).body) for request in vercel.asked]
    assert len({path for path, _ in answers}) == 4
    for path, body in answers:
        for part in body["envs"] if path.endswith("/env") and "envs" in body else [body]:
            assert misfits("vercel", path.replace("/v6/user", "/v5/user"), part) == ()


def test_shared_variables_are_asked_by_the_project_id(vercel: Vercel, asked: Asked) -> None:
    """Its name is no id: the project is asked for it first."""
    asked.vendors.hosting.names(asked.service("web"))
    assert [request.asked("projectId") for request in vercel.asked if request.path == "/v1/env"] == [PROJECT_ID]
