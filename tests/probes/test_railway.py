"""Railway's API: the kind of a token, lists that go on, errors in good answers, and values that are not kept."""

from __future__ import annotations

import json
import re
import warnings
from typing import TYPE_CHECKING, Any

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate
from graphql.type import is_enum_type, is_interface_type, is_object_type, is_union_type

from fixtures.demo.vendors import railway as standing
from fixtures.demo.vendors.railway import PRODUCTION, PROJECT, WORKER, Railway, monitor
from fixtures.demo.vendors.standin import Reply, Request
from fixtures.probes.vendors import railway as reader
from tests.asked import MOMENT, Asked, serving
from tests.specifications import SPECIFICATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fixtures.model.hosting import Notices
    from fixtures.model.verdicts import Evidence

MANIFEST = f"""
[platform]
name = "shop"

[[service]]
name = "worker"
host = "railway"
root = "."
railway_service = "{WORKER}"

[[variable]]
name = "SENTRY_DSN"
services = ["worker"]
secret = false

[railway]
project = "{PROJECT}"
environment = "{PRODUCTION}"
"""
MISFIT = "Railway's answer for /railway has an unexpected shape:"
QUERIES = {name: text for name, text in vars(reader).items() if isinstance(text, str) and text.startswith("query ")}


@pytest.fixture
def railway() -> Railway:
    """The stand-in, sound."""
    return Railway(MOMENT)


@pytest.fixture
def asked(railway: Railway, tmp_path: Path) -> Iterator[Asked]:
    """The room that asks it."""
    with serving(railway) as standin:
        yield Asked(tmp_path, MANIFEST, standin, {"RAILWAY_TOKEN": railway.token})


def _notices(asked: Asked) -> Evidence[Notices]:
    assert asked.platform.tables.railway is not None
    return asked.vendors.hosting.notices(asked.platform.tables.railway)


@pytest.mark.parametrize("kind", ["project", "workspace"])
def test_names_are_read_by_a_token_of_either_kind(kind: str, railway: Railway, asked: Asked) -> None:
    """Both kinds of token list the names of a service, those of page two included."""
    railway.kind = kind
    seen = asked.vendors.hosting.names(asked.service("worker")).value
    assert seen.names == set(standing.NAMES)
    assert len(standing.NAMES) > standing.PAGE
    assert seen.unlinked == {"TEAM_NOTE"}


def test_token_of_neither_kind_is_told(railway: Railway, asked: Asked) -> None:
    """A token that Railway does not know is unverified, and says what to give."""
    railway.token = "another"
    told = asked.vendors.hosting.names(asked.service("worker"))
    assert told.error == "Railway accepts RAILWAY_TOKEN neither as a project token nor as a workspace token"
    assert told.hint.startswith("Give RAILWAY_TOKEN a project token")


def test_project_token_of_another_environment_is_told(
    railway: Railway, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project token reaches one environment: another one's is no token for production."""
    railway.kind = "project"
    monkeypatch.setattr(standing, "PRODUCTION", "another")
    told = asked.vendors.hosting.names(asked.service("worker"))
    assert "another project or environment" in told.error


def test_no_query_asks_for_a_value(railway: Railway, asked: Asked) -> None:
    """What is sent are queries, each of them by POST, and none for the map of names and values."""
    asked.vendors.hosting.names(asked.service("worker"))
    asked.vendors.hosting.running(asked.service("worker"))
    _notices(asked)
    sent = [json.loads(request.body)["query"] for request in railway.asked]
    assert sent
    assert set(sent) <= set(QUERIES.values())
    assert not [text for text in sent if re.search(r"mutation|decryptVariables|\bvariables\(projectId|value", text)]


def test_same_question_is_put_once(railway: Railway, asked: Asked) -> None:
    """The kind of the token and the config are asked once, whatever needs them."""
    asked.vendors.prefetch([("hosting", asked.service("worker")), ("hosting", asked.platform.tables.railway)])
    sent = [request.body + repr(request.headers.get("authorization")).encode() for request in railway.asked]
    assert len(sent) == len(set(sent))


def test_values_of_the_config_are_dropped(railway: Railway, asked: Asked) -> None:
    """The environment's config holds values, and a channel's URL is one: neither is in the evidence."""
    canary = "canary" + "0123456789abcdef"
    railway.config["services"][WORKER]["variables"] = {"SENTRY_DSN": {"value": canary}}
    railway.rules[1]["channels"][0]["config"]["url"] = f"https://hooks.slack.com/{canary}"
    running = asked.vendors.hosting.running(asked.service("worker")).value
    notices = _notices(asked).value
    assert canary not in repr((running, notices))
    assert notices.rules[1].channels[0].host == "hooks.slack.com"


@pytest.mark.parametrize("key", ["url", "webhookUrl"])
def test_address_of_a_webhook_has_two_names(key: str, railway: Railway, asked: Asked) -> None:
    """Older channels call it webhookUrl."""
    railway.rules[1]["channels"][0]["config"] = {"type": "webhook", key: "https://ops.example/hook"}
    (channel,) = _notices(asked).value.rules[1].channels
    assert (channel.host, channel.complete) == ("ops.example", True)


def test_single_region_counts_where_no_others_are_named(railway: Railway, asked: Asked) -> None:
    """Replicas stand in one field while a service has one region; a null region in the config is none."""
    railway.instance |= {"numReplicas": 3, "region": "us-west2"}
    del railway.config["services"][WORKER]["deploy"]["multiRegionConfig"]
    railway.deploy["multiRegionConfig"] = {"us-west2": {"numReplicas": 2}, "us-east4-eqdc4a": None}
    seen = asked.vendors.hosting.running(asked.service("worker")).value
    assert seen.own.regions == (("us-west2", 3),)
    assert seen.shipped is not None
    assert seen.shipped.regions == (("us-west2", 2),)


def test_region_without_a_replica_is_none(railway: Railway, asked: Asked) -> None:
    """Scaled down to 0, it runs nothing; a region without a number runs one."""
    railway.deploy["multiRegionConfig"] = {"us-west2": {"numReplicas": 0}, "us-east4-eqdc4a": {}}
    seen = asked.vendors.hosting.running(asked.service("worker")).value
    assert seen.shipped is not None
    assert seen.shipped.regions == (("us-east4-eqdc4a", 1),)


def test_deployment_without_a_manifest_is_judged_by_the_service(railway: Railway, asked: Asked) -> None:
    """An old deployment does not tell what it went out with."""
    railway.latest["meta"] = None
    assert asked.vendors.hosting.running(asked.service("worker")).value.shipped is None


def test_deployment_that_serves_is_judged_while_another_is_built(railway: Railway, asked: Asked) -> None:
    """Settings and processes are those of what serves; the state is that of the latest."""
    railway.instance["latestDeployment"] = railway.latest | {
        "id": "d-3", "status": "BUILDING", "createdAt": "2026-11-23T09:00:00.000Z", "meta": None, "instances": [],
    }  # fmt: skip
    seen = asked.vendors.hosting.running(asked.service("worker")).value
    assert (seen.status, seen.others, seen.instances) == ("BUILDING", 1, ("RUNNING", "RUNNING"))
    assert seen.shipped is not None
    assert seen.shipped.replicas == 2


def _instead(asks: str, body: Any, status: int = 200) -> Any:
    def fault(request: Request) -> Reply | None:
        return Reply(body, status) if asks.encode() in request.body else None

    return fault


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (
            {"errors": [{"message": "Not Authorized", "path": ["serviceInstance"]}], "data": None},
            200,
            "RAILWAY_TOKEN may not read serviceInstance on Railway (Not Authorized)",
        ),
        (
            {"errors": [{"message": 'Cannot query field "x" on type "ServiceInstance".'}]},
            400,
            "Railway no longer knows a field that is asked of a query",
        ),
        (
            {"errors": [{"message": "ServiceInstance not found", "path": ["serviceInstance"]}], "data": None},
            200,
            "Railway knows no serviceInstance of that id",
        ),
        (
            {
                "errors": [{"message": "canary-in-an-error", "path": ["serviceInstance", "latestDeployment"]}],
                "data": {"serviceInstance": {"restartPolicyType": "ALWAYS", "restartPolicyMaxRetries": 1}},
            },
            200,
            "Railway answered with an error for serviceInstance",
        ),
        (
            {"data": {"serviceInstance": {"restartPolicyType": "ALWAYS"}}},
            200,
            f"{MISFIT} data.serviceInstance.restartPolicyMaxRetries: missing",
        ),
        ({"data": None}, 200, f"{MISFIT} data: model type"),
        ({"message": "upstream"}, 502, "Railway answered 502 for /railway"),
    ],
)
def test_answer_with_errors_is_no_answer(body: Any, status: int, expected: str, railway: Railway, asked: Asked) -> None:
    """An error counts whatever its status, with partial data too, and its own text is not passed on."""
    railway.fault = _instead("serviceInstance", body, status)
    told = asked.vendors.hosting.running(asked.service("worker"))
    assert told.error == expected
    assert told.hint


def test_scope_that_alerts_need_is_told(railway: Railway, asked: Asked) -> None:
    """A project token cannot read the rules: the hint says which token can."""
    railway.kind = "project"
    told = _notices(asked)
    assert told.error == "RAILWAY_TOKEN is a project token, which cannot read whom Railway tells"
    assert told.hint == "Give RAILWAY_TOKEN a workspace token; a project token cannot read alerts."


def test_workspace_has_to_be_named_where_there_are_several(railway: Railway, asked: Asked) -> None:
    """An account's token reaches several workspaces."""
    railway.workspaces.append({"id": "another", "name": "Side project"})
    assert "reaches 2 workspaces" in _notices(asked).error


def test_monitors_that_cannot_be_read_are_told_so(railway: Railway, asked: Asked) -> None:
    """Monitors need a plan that has them: without it the rules are told all the same."""
    denied = {"errors": [{"message": "Not Authorized", "path": ["observabilityDashboards"]}], "data": None}
    railway.fault = _instead("observabilityDashboards", denied)
    seen = _notices(asked).value
    assert seen.monitors is None
    assert "observabilityDashboards" in seen.monitors_unseen[0]
    assert len(seen.rules) == 2


def test_monitors_are_read_with_their_bounds(railway: Railway, asked: Asked) -> None:
    """What is measured, in which direction, from which value on."""
    railway.monitors.append(monitor("MEMORY_USAGE_GB", threshold=1.5))
    (found,) = _notices(asked).value.monitors or ()
    assert (found.measurement, found.condition, found.threshold) == ("MEMORY_USAGE_GB", "above", 1.5)


@pytest.mark.parametrize("name", QUERIES)
def test_query_fits_the_schema(name: str) -> None:
    """Every query is valid by the schema that the stand-in serves, and by Railway's own."""
    assert not validate(standing.SCHEMA, parse(QUERIES[name]))
    published = _published()
    assert published is None or not validate(published, parse(QUERIES[name]))


def test_standin_serves_a_part_of_the_schema() -> None:
    """Every type and field of the stand-in's schema stands in Railway's own, with the same type."""
    published = _published()
    if published is None:
        return
    assert not list(_departures(standing.SCHEMA, published))


def _published() -> GraphQLSchema | None:
    """Railway's schema where it lies beside the repository; a warning says that it does not."""
    file = SPECIFICATIONS / "railway.graphql"
    if file.is_file():
        return build_schema(file.read_text("utf-8"))
    warnings.warn(f"{file.name} is not there: the stand-in was held against no specification", stacklevel=2)
    return None


def _departures(own: GraphQLSchema, published: GraphQLSchema) -> Iterator[str]:
    for name, kind in own.type_map.items():
        theirs = published.type_map.get(name)
        if theirs is None:
            yield f"{name} is not published"
        elif is_object_type(kind) or is_interface_type(kind):
            for key, field in kind.fields.items():
                real = getattr(theirs, "fields", {}).get(key)
                if real is None or str(real.type) != str(field.type):
                    yield f"{name}.{key}: {field.type}"
                elif {(n, str(a.type)) for n, a in field.args.items()} != {
                    (n, str(a.type)) for n, a in real.args.items()
                }:
                    yield f"{name}.{key}: its arguments"
        elif is_enum_type(kind) and not set(kind.values) <= set(getattr(theirs, "values", {})):
            yield f"{name}: its values"
        elif is_union_type(kind) and {t.name for t in kind.types} != {t.name for t in getattr(theirs, "types", ())}:
            yield f"{name}: its members"
