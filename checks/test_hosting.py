"""What the hosts themselves hold and run, as Vercel's and Railway's APIs tell (ENV-013, DEP-007, ALR-007)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from checks.rules import hosting as hosted
from checks.rules import railway_notices
from fixtures.model.verdicts import Verdict

if TYPE_CHECKING:
    from datetime import date

    from fixtures.model.hosting import HostingProbe
    from fixtures.model.platform import Service
    from fixtures.model.vendors import Railway

Conclude = Callable[[Verdict], None]


@pytest.mark.readiness
@pytest.mark.item(
    "ENV-013",
    severity="critical",
    remediation="Set the missing names for production on the host; declare the others as variables, or remove them.",
)
def test_host_sets_the_names_of_the_contract(
    hosted_service: Service, hosting: HostingProbe, conclude: Conclude
) -> None:
    """The host sets every name that the service's contract requires for production, and no name beside it.

    A name that is missing there fails at the first request that needs it, whatever the env file here says. Names are
    compared, and no value is read. What the host or the image sets by itself is neither missing nor too many.
    """
    conclude(hosted.names_match_contract(hosted_service, hosting.names(hosted_service)))


@pytest.mark.readiness
@pytest.mark.item(
    "DEP-007",
    severity="high",
    remediation="Correct the service's settings on Railway (or .railway/railway.ts), then deploy it.",
)
def test_railway_runs_what_is_declared(
    railway_service: Service, hosting: HostingProbe, today: date, conclude: Conclude
) -> None:
    """Railway runs the service with the declared health path, with restarts, and on enough replicas, all of them up.

    A setting in a file is a wish; this is what the latest deployment went out with. From 2026-12-01 on Railway reads
    no railway.json and railway.toml, and the service's own settings hold.
    Source: docs.railway.com/config-as-code.
    """
    conclude(hosted.runs_as_declared(railway_service, hosting.running(railway_service), today))


@pytest.mark.readiness
@pytest.mark.item(
    "ALR-007",
    severity="critical",
    remediation="Give the project a webhook on Deployment.failed, Deployment.crashed and Deployment.oom_killed.",
)
def test_railway_tells_of_failures(railway_project: Railway, hosting: HostingProbe, conclude: Conclude) -> None:
    """Railway tells somebody when a deployment of production fails, when a service crashes, and when it nears a limit.

    Members' own mail settings do not count: the next person on call has others.
    Source: docs.railway.com/guides/alerts-crashes-failed-deploys.
    """
    conclude(railway_notices.failures_are_told(railway_project, hosting.notices(railway_project)))
