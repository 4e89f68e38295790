"""WIR: what no single file shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from checks.rules import wiring as rules
from fixtures.model.verdicts import Verdict

if TYPE_CHECKING:
    from fixtures.model.monitoring import MonitoringProbe
    from fixtures.model.platform import Alert, Dashboard, Queue, Service
    from fixtures.model.source import SourceProbe

Conclude = Callable[[Verdict], None]


@pytest.mark.predeploy
@pytest.mark.item(
    "WIR-001",
    severity="critical",
    remediation="Give producer and worker one name, prefix and Redis variable: the manifest's.",
)
def test_producer_and_worker_name_the_same_queue(wired_queue: Queue, source: SourceProbe, conclude: Conclude) -> None:
    """Each producer and worker of a queue makes it under the manifest's name, prefix and Redis variable.

    Two names for one queue are an outage that no file shows: jobs are accepted, and nobody works on them.
    Source: docs.bullmq.io, Queues; Workers; the default prefix is `bull`.
    """
    conclude(rules.names_one_queue(wired_queue, source.wired(wired_queue)))


@pytest.mark.predeploy
@pytest.mark.item(
    "WIR-002",
    severity="high",
    remediation="Export the metric under this name, or correct the name in the rule or panel.",
)
def test_named_metrics_are_exported(
    metric_source: Alert | Dashboard, monitoring: MonitoringProbe, source: SourceProbe, conclude: Conclude
) -> None:
    """Every metric that an alert rule or a dashboard names is exported by the code, under its raw name.

    An alert on a metric that nobody exports never fires, and looks the same as an alert with nothing to report.
    Raw names: a counter `jobs` is not `jobs_total`, a histogram has `_bucket`, `_sum` and `_count` only.
    Source: prometheus.io, Exposition formats; Metric types.
    """
    conclude(rules.names_exported_metrics(metric_source, monitoring.expressions(metric_source), source.metrics()))


@pytest.mark.predeploy
@pytest.mark.item(
    "WIR-003",
    severity="high",
    remediation="Serve the path, and answer 503 when a dependency the service cannot do without has failed.",
)
def test_health_path_is_served_by_code(healthy_service: Service, source: SourceProbe, conclude: Conclude) -> None:
    """The health path of a service is served by its code, by a handler that can fail.

    A path that nothing serves fails every deploy, or is answered by a catch-all page that is always well; a handler
    that can only answer 200 says nothing about Redis or the database. Whether the Dockerfile and Railway ask the same
    path is IMG-002 and DEP-002.
    """
    conclude(rules.serves_health_path(healthy_service, source.routes(healthy_service)))


@pytest.mark.predeploy
@pytest.mark.item(
    "WIR-004", severity="high", remediation="Use one port in code, EXPOSE, ENV, the example file and the manifest."
)
def test_port_agrees_everywhere(listening_service: Service, source: SourceProbe, conclude: Conclude) -> None:
    """Code, start script, Dockerfile, example file and manifest name the same port for a service.

    A service that listens where nobody asks is down for everybody but itself. The port that HEALTHCHECK asks is
    IMG-002.
    """
    conclude(rules.agrees_on_port(listening_service, source.ports(listening_service)))


@pytest.mark.predeploy
@pytest.mark.item(
    "WIR-005",
    severity="medium",
    remediation="Write a section with the alert's name as heading, or correct its runbook_url.",
)
def test_alert_has_a_runbook_section(ruled_alert: Alert, monitoring: MonitoringProbe, conclude: Conclude) -> None:
    """Every alert rule has a section with text in the runbook that its row names.

    Whoever is woken by an alert looks for its name. A runbook_url whose anchor does not exist opens the page's top.
    Source: github.com, anchors of headings.
    """
    conclude(rules.has_runbook_section(ruled_alert, monitoring.ruled(ruled_alert)))
