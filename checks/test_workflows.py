"""Workflows: the pipeline asks before it deploys, looks afterwards, and watches the queue."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from checks.rules import workflows as pipelines
from fixtures.model.verdicts import Verdict

if TYPE_CHECKING:
    from fixtures.model.platform import Ci
    from fixtures.model.workflow import WorkflowsProbe as Workflows

Conclude = Callable[[Verdict], None]


@pytest.mark.predeploy
@pytest.mark.item(
    "CIW-001", severity="critical", remediation="Let each deploy job need a job that runs `pytest -m predeploy`."
)
def test_deploy_needs_the_predeploy_job(pipeline: Ci, workflows: Workflows, conclude: Conclude) -> None:
    """No job deploys unless `pytest -m predeploy` passed before it in the same run.

    A gate that may fail without stopping anything (`continue-on-error`, `|| true`, `if: always()`) is none.
    """
    conclude(pipelines.deploy_needs_predeploy(pipeline, workflows.pipeline(pipeline)))


@pytest.mark.predeploy
@pytest.mark.item(
    "CIW-002", severity="high", remediation="Add a job that needs the deploy jobs and runs `pytest -m smoke`."
)
def test_smoke_follows_the_deploy(pipeline: Ci, workflows: Workflows, conclude: Conclude) -> None:
    """After each deploy `pytest -m smoke` runs, and its failure is seen.

    A deploy that ended well says that files were copied, not that anything answers.
    """
    conclude(pipelines.smoke_follows_deploy(pipeline, workflows.pipeline(pipeline)))


@pytest.mark.predeploy
@pytest.mark.item(
    "CIW-003",
    severity="high",
    remediation="Schedule a workflow that runs `pytest -m smoke -k queue`, hourly or oftener.",
)
def test_queue_monitor_is_scheduled(pipeline: Ci, workflows: Workflows, conclude: Conclude) -> None:
    """A scheduled workflow runs smoke's queue items, on a cron that GitHub accepts.

    A queue fills between deploys too. Less often than hourly warns. In a public repository GitHub switches
    schedules off after 60 days without a commit, which no file shows.
    """
    conclude(pipelines.queue_is_monitored(pipeline, workflows.pipeline(pipeline)))


@pytest.mark.predeploy
@pytest.mark.item("CIW-004", severity="medium", remediation="Pin the action by the full SHA of the commit you read.")
def test_third_party_actions_are_pinned(pipeline: Ci, workflows: Workflows, conclude: Conclude) -> None:
    """Third-party actions are pinned by a full commit SHA; anything else is advised against.

    Tags and branches can be moved, and what runs in the pipeline sees its secrets. Source: GitHub's security
    hardening guide for Actions.
    """
    conclude(pipelines.actions_are_pinned(pipeline, workflows.pipeline(pipeline)))
