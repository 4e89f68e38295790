"""DEP: the deploy configuration that is kept in the repository."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from checks.rules import deploy, vercel
from fixtures.model.verdicts import Verdict

if TYPE_CHECKING:
    from datetime import date

    from fixtures.model.platform import Service
    from fixtures.model.railway import RailwayProbe
    from fixtures.model.vercel import VercelProbe

Conclude = Callable[[Verdict], None]


@pytest.mark.predeploy
@pytest.mark.item(
    "DEP-001",
    severity="high",
    remediation="Correct the keys named, and move the settings to .railway/railway.ts before 2026-12-01.",
)
def test_railway_config_is_valid(
    railway_config: Service, deployment: RailwayProbe, today: date, conclude: Conclude
) -> None:
    """The Railway config file has no key and no value that Railway's schema does not have.

    A key that is made up has no effect, and a value of the wrong type stops the deployment before it builds.
    Source: docs.railway.com/config-as-code/reference.
    """
    conclude(deploy.railway_config_valid(railway_config, deployment.railway(railway_config), today))


@pytest.mark.predeploy
@pytest.mark.item(
    "DEP-002", severity="high", remediation="Set deploy.healthcheckPath to the service's health path in the manifest."
)
def test_railway_asks_the_health_path(railway_config: Service, deployment: RailwayProbe, conclude: Conclude) -> None:
    """Railway's health check path is declared and is the service's health path.

    Without it a deployment takes traffic as soon as its process runs. Railway asks it while a deployment starts
    only: it is no monitoring.
    Source: docs.railway.com/deployments/healthchecks.
    """
    conclude(deploy.health_path_declared(railway_config, deployment.railway(railway_config)))


@pytest.mark.predeploy
@pytest.mark.item(
    "DEP-003",
    severity="high",
    remediation="Set deploy.restartPolicyType to ON_FAILURE with restartPolicyMaxRetries, or to ALWAYS.",
)
def test_railway_restarts_a_crashed_service(
    railway_config: Service, deployment: RailwayProbe, conclude: Conclude
) -> None:
    """Railway restarts the service when it crashes, at least once.

    Source: docs.railway.com/deployments/restart-policy.
    """
    conclude(deploy.restart_policy_declared(railway_config, deployment.railway(railway_config)))


@pytest.mark.predeploy
@pytest.mark.item(
    "DEP-004",
    severity="medium",
    remediation="Raise numReplicas in deploy.multiRegionConfig, or lower the service's replicas in the manifest.",
)
def test_railway_runs_enough_replicas(railway_config: Service, deployment: RailwayProbe, conclude: Conclude) -> None:
    """Railway runs at least as many replicas of the service as the manifest asks for.

    One replica is a gap whenever it crashes or its machine is moved.
    Source: docs.railway.com/reference/scaling.
    """
    conclude(deploy.replicas_declared(railway_config, deployment.railway(railway_config)))


@pytest.mark.predeploy
@pytest.mark.item(
    "DEP-005",
    severity="critical",
    remediation="Correct build.dockerfilePath, or the service's dockerfile in the manifest.",
)
def test_railway_builds_an_existing_dockerfile(
    railway_config: Service, deployment: RailwayProbe, conclude: Conclude
) -> None:
    """The Dockerfile that Railway builds exists and is the one that the manifest names.

    Source: docs.railway.com/builds/dockerfiles.
    """
    conclude(deploy.dockerfile_exists(railway_config, deployment.dockerfiles(railway_config)))


@pytest.mark.predeploy
@pytest.mark.item(
    "DEP-006", severity="high", remediation="Correct the keys named, and point each cron at a route that exports GET."
)
def test_vercel_config_is_valid(vercel_config: Service, deployment: VercelProbe, conclude: Conclude) -> None:
    """vercel.json has only keys and values of Vercel's schema, and every cron calls a path that the app serves.

    Vercel refuses a deployment over an unknown key, and calls a cron path that does not exist without any alarm.
    Source: vercel.com/docs/project-configuration, vercel.com/docs/cron-jobs.
    """
    conclude(vercel.vercel_config_valid(vercel_config, deployment.vercel(vercel_config)))
