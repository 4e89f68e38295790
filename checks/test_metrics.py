"""MET: what services export for Prometheus, by the raw names that alerts ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from checks.rules import exposition as rules
from fixtures.model.verdicts import Verdict

if TYPE_CHECKING:
    from fixtures.model.exposition import ExpositionProbe
    from fixtures.model.platform import Export, MeasuredApi, Service

Conclude = Callable[[Verdict], None]


@pytest.mark.smoke
@pytest.mark.item(
    "MET-001",
    severity="high",
    remediation="Mend the lines that are named; a registry's own output with its own Content-Type is always valid.",
)
def test_metrics_are_valid_prometheus_text(
    measured_service: Service, exposition: ExpositionProbe, conclude: Conclude
) -> None:
    """The metrics path answers text in Prometheus's format, whole and without contradictions.

    One invalid line costs the whole scrape: every alert on this service then sees nothing and keeps silent.
    Source: github.com/prometheus/docs, exposition_formats.md.
    """
    conclude(rules.has_valid_format(measured_service, exposition.scrape(measured_service)))


@pytest.mark.smoke
@pytest.mark.item(
    "MET-002", severity="high", remediation="Export the metric under exactly this name, or correct its manifest row."
)
def test_declared_metrics_are_exported(export: Export, exposition: ExpositionProbe, conclude: Conclude) -> None:
    """A metric that the manifest declares is exported by its service under exactly that name.

    Alerts and dashboards compare names by the letter: without the name they show nothing, and that looks like calm.
    """
    conclude(rules.is_exported(export, exposition.exported(export)))


@pytest.mark.smoke
@pytest.mark.item(
    "MET-003", severity="high", remediation="Find out why the value left its limits; the runbook names the scenario."
)
def test_metrics_stay_within_their_limits(
    limited_export: Export, exposition: ExpositionProbe, conclude: Conclude
) -> None:
    """Each sample of a metric with limits lies between them, and there is at least one.

    A missing sample and NaN are findings: neither shows that the limit holds.
    """
    conclude(rules.keeps_its_limits(limited_export, exposition.exported(limited_export)))


@pytest.mark.smoke
@pytest.mark.item(
    "MET-004",
    severity="medium",
    remediation="Let counters only grow while the process lives: no gauge typed as counter, no reset of the registry.",
)
def test_metrics_count_upwards(measured_service: Service, exposition: ExpositionProbe, conclude: Conclude) -> None:
    """No counter, bucket or count falls between two scrapes of one process.

    rate() takes a fall for a restart and adds the whole new value: one gauge typed as counter makes alerts ring.
    Source: prometheus.io/docs/prometheus/latest/querying/functions, rate.
    """
    conclude(rules.counters_do_not_fall(measured_service, exposition.scrapes(measured_service)))


@pytest.mark.smoke
@pytest.mark.item(
    "MET-005",
    severity="medium",
    remediation="Observe the duration of each call to the API in a histogram, with the API's name in a label.",
)
def test_metrics_measure_outside_apis(
    measured_api: MeasuredApi, exposition: ExpositionProbe, conclude: Conclude
) -> None:
    """The latency of each outside API is measured by a histogram or summary that has samples for it.

    When jobs become slow, the first question is whether the platform is slow or one that it calls.
    """
    conclude(rules.measures_outside_api(measured_api, exposition.measured(measured_api)))


@pytest.mark.smoke
@pytest.mark.item(
    "MET-006", severity="high", remediation="Read the failures by reason, and follow the runbook's error-rate scenario."
)
def test_metrics_show_few_failed_jobs(
    counting_service: Service, exposition: ExpositionProbe, conclude: Conclude
) -> None:
    """Of the jobs that ended since the process started, no larger share failed than the platform's thresholds allow.

    Counters say it; the set of failed jobs in Redis does not, because BullMQ trims it.
    """
    conclude(rules.fails_few_jobs(counting_service, exposition.counted(counting_service)))
