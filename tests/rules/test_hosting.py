"""ENV-013 and DEP-007: names and settings as the hosts have them, at their limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from checks.rules.hosting import names_match_contract, runs_as_declared
from fixtures.model.hosting import HostedNames, Running, RunSettings
from fixtures.model.platform import Service
from fixtures.model.railway import LAST_READ
from fixtures.model.verdicts import Evidence, NotObserved, Verdict
from tests.rules.papers import sentences

TODAY = date(2026, 11, 23)
SOUND = RunSettings("/health", "ON_FAILURE", 10, (("europe-west4-drams3a", 2),))
RUNNING = Running(SOUND, SOUND, "", False, "SUCCESS", datetime(2026, 11, 20, tzinfo=UTC), ("RUNNING", "RUNNING"), 0)


def _service(**more: Any) -> Service:
    row = {"name": "worker", "host": "railway", "root": ".", "health": "/health", **more}
    return Service.model_validate(row, strict=False)


def _names(service: Service, required: str, names: str, **more: Any) -> Verdict:
    seen = HostedNames("Railway", frozenset(required.split()), frozenset(), frozenset(names.split()), **more)
    return names_match_contract(service, Evidence("names", seen=seen))


@pytest.mark.parametrize(
    ("host", "dockerfile", "missing"),
    [("railway", None, []), ("vercel", None, []), ("railway", "Dockerfile", ["NODE_ENV"])],
)
def test_builders_set_node_env(host: str, dockerfile: str | None, missing: list[str]) -> None:
    """Both hosts' builders set NODE_ENV; a Dockerfile does it only where it says so."""
    verdict = _names(_service(host=host, dockerfile=dockerfile), "NODE_ENV", "")
    assert [finding.text.split()[0] for finding in verdict.findings] == missing


def test_image_sets_names() -> None:
    """What ENV of the final stage sets is not missing on the host."""
    verdict = _names(_service(dockerfile="Dockerfile"), "NODE_ENV", "", image=frozenset({"NODE_ENV"}))
    assert not verdict.findings


@pytest.mark.parametrize(
    ("host", "names"),
    [("railway", "RAILWAY_PUBLIC_DOMAIN PORT"), ("vercel", "VERCEL VERCEL_URL NEXT_PUBLIC_VERCEL_ENV")],
)
def test_names_of_the_host_are_neither_missing_nor_surplus(host: str, names: str) -> None:
    """The host sets them by itself."""
    service = _service(host=host)
    assert not _names(service, names, "").findings
    assert not _names(service, "", names).warnings


def test_names_of_the_other_host_are_surplus() -> None:
    """VERCEL_URL on Railway was set by a person."""
    assert sentences(_names(_service(), "", "VERCEL_URL")) == "VERCEL_URL is set on Railway and no contract has it"


def test_vercel_keeps_its_own_names_back_where_it_is_told_to() -> None:
    """Without the system variables a service that needs one does not get it."""
    verdict = _names(_service(host="vercel"), "VERCEL_GIT_COMMIT_SHA", "", system=False)
    assert len(verdict.findings) == 1


def test_hidden_names_leave_what_is_there_decided() -> None:
    """Nothing is missing: that others are hidden does not matter."""
    verdict = _names(_service(), "A", "A", hidden=3)
    assert not verdict.findings
    assert "3 more are hidden" in verdict.observed


def test_hidden_names_may_be_the_missing_ones() -> None:
    """A missing name is unverified where the token does not see all."""
    with pytest.raises(NotObserved, match="hides 1 production variables"):
        _names(_service(), "A B", "A", hidden=1)


def _run(running: Running, service: Service | None = None, today: date = TODAY) -> Verdict:
    return runs_as_declared(service or _service(), Evidence("running", seen=running), today)


def test_replicas_are_counted_over_all_regions() -> None:
    """One in each of two regions are two."""
    spread = replace(SOUND, regions=(("us-west2", 1), ("europe-west4-drams3a", 1)))
    assert not sentences(_run(replace(RUNNING, shipped=spread)))
    assert "it has 2 replicas over all regions; expected at least 3" in sentences(
        _run(replace(RUNNING, shipped=spread), _service(replicas=3))
    )


def test_config_file_counts_until_its_last_day() -> None:
    """Before 2026-12-01 the service's own settings are advice, from then on they decide."""
    bare = replace(RUNNING, own=replace(SOUND, health_path=None))
    before, after = _run(bare, today=date(2026, 11, 30)), _run(bare, today=LAST_READ)
    assert (len(before.findings), len(before.warnings)) == (0, 1)
    assert before.warnings[0].text.startswith("from 2026-12-01 on Railway reads no config file")
    assert (len(after.findings), len(after.warnings)) == (1, 0)


def test_deployment_that_does_not_tell_is_judged_by_the_service() -> None:
    """Without the manifest that it went out with, the service's own settings are what is known."""
    bare = replace(RUNNING, shipped=None, own=replace(SOUND, restart="NEVER"))
    assert "restart policy is NEVER" in sentences(_run(bare))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"restart": "ALWAYS", "retries": None}, ""),
        ({"retries": 1}, ""),
        ({"retries": 0}, "no retries"),
        ({"restart": None}, "not set"),
        ({"restart": "NEVER", "cron": True}, ""),  # a job that ends
        ({"health_path": "/health?deep=1"}, ""),
    ],
)
def test_settings_at_their_limits(changes: dict[str, Any], said: str) -> None:
    """ALWAYS needs no retries, ON_FAILURE at least one; a cron service ends by itself."""
    told = sentences(_run(replace(RUNNING, shipped=replace(SOUND, **changes))))
    assert said in told
    assert bool(told) is bool(said)


@pytest.mark.parametrize(
    ("status", "others", "said"),
    [
        ("FAILED", 1, "its latest deployment has failed; an older one still serves"),
        ("CRASHED", 0, "its latest deployment has crashed, and nothing else serves"),
        ("SKIPPED", 0, "its latest deployment was skipped, and nothing else serves"),
        ("SKIPPED", 1, ""),
        ("BUILDING", 1, "its latest deployment is BUILDING: judge it again when it is done"),
        ("SLEEPING", 0, ""),
    ],
)
def test_latest_deployment_says_whether_another_serves(status: str, others: int, said: str) -> None:
    """Whether there is an outage is the first thing that a reader wants to know."""
    assert sentences(_run(replace(RUNNING, status=status, others=others))) == said


@pytest.mark.parametrize("instances", [("RUNNING", "RUNNING", "REMOVED"), ("RUNNING", "RUNNING")])
def test_processes_that_run_are_enough(instances: tuple[str, ...]) -> None:
    """Old processes beside them do not count."""
    assert not sentences(_run(replace(RUNNING, instances=instances)))


def test_list_without_a_process_tells_nothing() -> None:
    """Then it is not known whether anything runs; of what runs by a schedule nothing need run now."""
    verdict = _run(replace(RUNNING, instances=()))
    assert not verdict.findings
    assert "whether its replicas run is not known" in sentences(verdict)
    crons = [replace(settings, cron=True) for settings in (RUNNING.own, RUNNING.shipped) if settings]
    assert not sentences(_run(replace(RUNNING, own=crons[0], shipped=crons[-1], instances=())))


def test_service_with_a_volume_cannot_have_replicas() -> None:
    """It is the manifest that asks for two things at once; with one replica it does not."""
    assert "one of the two must go" in sentences(_run(replace(RUNNING, volume=True)))
    one = replace(RUNNING, volume=True, instances=("RUNNING",), shipped=replace(SOUND, regions=(("us-west2", 1),)))
    assert not sentences(_run(replace(one, own=replace(SOUND, regions=(("us-west2", 1),))), _service(replicas=1)))
