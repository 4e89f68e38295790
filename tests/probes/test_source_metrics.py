# ruff: noqa: E501  # one line a snippet of code reads best
"""Which metric names code exports: prom-client's, and the text format written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.probes.sources import source

if TYPE_CHECKING:
    from pathlib import Path

    from fixtures.model.source import MetricNames

P = 'import client, { Counter, Gauge, Histogram, Summary, collectDefaultMetrics } from "prom-client";\n'


def metrics(root: Path, code: str) -> MetricNames:
    """What the service `app` exports."""
    probe, _ = source(root, {"app/src/metrics.ts": code})
    return probe.metrics().value


@pytest.mark.parametrize(
    ("code", "names"),
    [
        (P + 'new Counter({ name: "a_total", help: "h" })', {"a_total"}),
        (P + 'new client.Gauge({ name: "a", help: "h", labelNames: ["x"] })', {"a"}),
        (P + 'new Histogram({ name: "a_seconds", help: "h" })', {"a_seconds_bucket", "a_seconds_sum", "a_seconds_count"}),
        (P + 'new Summary({ name: "a", help: "h" })', {"a", "a_sum", "a_count"}),
        ('import * as prom from "prom-client"; new prom.Counter({ name: "a_total", help: "h" })', {"a_total"}),
        ('const prom = require("prom-client"); new prom.Counter({ name: "a_total", help: "h" })', {"a_total"}),
        (P + 'const PREFIX = "worker_"; new Counter({ name: `${PREFIX}jobs_total`, help: "h" })', {"worker_jobs_total"}),
        (P + 'const c = (name: string) => new Counter({ name, help: "h" }); c("a_total"); c("b_total")', {"a_total", "b_total"}),
        ("const t = `# HELP a_up It is up.\n# TYPE a_up gauge\na_up ${up}\n`", {"a_up"}),
        ('const l = ["# TYPE a_jobs gauge"]; l.push(`a_jobs{state="${s}"} ${n}`)', {"a_jobs"}),
        ('const l = ["# HELP a Text.", "# TYPE a_seconds histogram"].join("\\n")', {"a", "a_seconds_bucket", "a_seconds_sum", "a_seconds_count"}),
        ('const N = "a_up"; const t = "# TYPE " + N + " gauge\\n" + N + " 1\\n"', {"a_up"}),
        ('function gauge(name: string, v: number) { return `# TYPE ${name} gauge\n${name} ${v}\n` } gauge("a_up", 1); gauge("b_up", 2)', {"a_up", "b_up"}),
        ('const M = { a_up: 1, b_up: 2 }; for (const n of Object.keys(M)) out.push(`# TYPE ${n} gauge`)', {"a_up", "b_up"}),
        ('import { Queue } from "bullmq"; const t = await queue.exportPrometheusMetrics()', {"bullmq_job_count"}),
        ('import { makeCounterProvider } from "@willsoto/nestjs-prometheus"; makeCounterProvider({ name: "a_total", help: "h" })', {"a_total"}),
        ('// "# TYPE a gauge"\nconst s = "no metrics 5"', set()),
        ('class Counter { constructor(o: object) {} } new Counter({ name: "a_total" })', set()),
    ],
)  # fmt: skip
def test_exported_names_are_found_raw(tmp_path: Path, code: str, names: set[str]) -> None:
    """Each name counts as it is exported, the series of its type included, and nothing else."""
    found = metrics(tmp_path, code)
    assert {name.name for name in found.names} == names
    assert not found.computed


def test_default_metrics_take_their_prefix(tmp_path: Path) -> None:
    """collectDefaultMetrics brings prom-client's names, under a prefix where one is given."""
    plain = {name.name for name in metrics(tmp_path / "a", P + "collectDefaultMetrics()").names}
    prefixed = {
        name.name
        for name in metrics(tmp_path / "b", P + 'client.collectDefaultMetrics({ prefix: "w_", register })').names
    }
    assert "process_cpu_seconds_total" in plain
    assert "nodejs_eventloop_lag_p99_seconds" in plain
    assert prefixed == {f"w_{name}" for name in plain}


@pytest.mark.parametrize(
    ("code", "pattern"),
    [
        (P + "new Counter({ name: `jobs_${kind()}_total`, help: 'h' })", "jobs_[a-zA-Z0-9_:]*_total"),
        (P + "export const c = (name: string) => new Counter({ name, help: '' })", "[a-zA-Z0-9_:]*"),
        ("export const g = (name: string) => `# TYPE app_${name} gauge`", "app_[a-zA-Z0-9_:]*"),
    ],
)
def test_a_computed_name_is_kept_as_a_pattern(tmp_path: Path, code: str, pattern: str) -> None:
    """What is known of a computed name is kept, with its place."""
    found = metrics(tmp_path, code)
    assert [(each.pattern, each.where.split(":")[0]) for each in found.computed] == [(pattern, "app/src/metrics.ts")]


def test_metrics_that_a_library_names_are_said(tmp_path: Path) -> None:
    """OpenTelemetry's exporter renames instruments: they are told, not guessed."""
    code = 'import { metrics } from "@opentelemetry/api"; export const c = metrics.getMeter("x").createCounter("jobs")'
    assert [place.where for place in metrics(tmp_path, code).elsewhere] == ["app/src/metrics.ts:1"]
