"""MET: what a service exports, held against its rows. Names are raw: an alert asks for exactly these."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from checks.rules.exposition_shape import lint
from fixtures.model.exposition import PARTS, Counted, Family, Flaw, Sample, Scrape, Scrapes
from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixtures.model.platform import Export, MeasuredApi, Metric, Service

TIMED = ("histogram", "summary", "gaugehistogram")
HOW = ("status", "state", "outcome", "result")  # labels that tell how a job ended
FAILED = frozenset(
    {"failed", "failure", "fail", "error", "errored", "exception", "timeout", "timed_out", "stalled", "crashed", "dead"}
    | {"aborted", "rejected", "ko"}
)
UNDER_WAY = frozenset(  # of a counter of all that happens to jobs: these have not ended
    {"started", "start", "active", "added", "created", "queued", "enqueued", "waiting", "delayed", "retried", "retry"}
)
LONG_ENOUGH_S = 24 * 3600  # a process that measured no call of an API in a day does not measure it
TOLD = 5  # findings of one kind


def has_valid_format(measured_service: Service, seen: Evidence[Scrape]) -> Verdict:
    """Hold the text against its format, and its families against what their types promise."""
    scrape = seen.value
    flaws = (*scrape.flaws, *lint(scrape))
    findings = tuple(_flaw(scrape, flaw) for flaw in flaws if flaw.grave)
    warnings = tuple(_flaw(scrape, flaw) for flaw in flaws if not flaw.grave)
    samples = sum(len(family.samples) for family in scrape.families)
    kind = "OpenMetrics" if scrape.format == "openmetrics" else "text format"
    observed = (
        f"{measured_service.name} exports {samples:,} samples of {len(scrape.families):,} metrics in {scrape.lines:,} "
        f"lines of {kind} ({scrape.content_type or 'no Content-Type'})"
    )
    return Verdict(seen, observed, findings, warnings)


def _flaw(scrape: Scrape, flaw: Flaw) -> Finding:
    if not flaw.lines:
        return Finding(flaw.text + (f" ({flaw.count} more)" if flaw.count > 1 else ""), scrape.url)
    others = ", ".join(map(str, flaw.lines[1:]))
    more = flaw.count - len(flaw.lines)
    also = f" (also lines {others}{f' and {more:,} more' if more else ''})" if others else ""
    return Finding(flaw.text + also, f"{scrape.url}, line {flaw.lines[0]}")


def is_exported(export: Export, seen: Evidence[Scrape]) -> Verdict:
    """Expect the row's raw name: a sample's, or that of a histogram or summary; a TYPE line alone is enough."""
    scrape, name = seen.value, export.metric.name
    samples, family = scrape.samples(name), scrape.declaring(name)
    if samples:
        return Verdict(seen, f"{name} has {_series(len(samples))} (line {samples[0].line})")
    if family is not None and family.type in PARTS and family.samples:
        return Verdict(seen, f"{name} is a {family.type} with {len(family.samples):,} samples (line {family.line})")
    if family is not None and not family.samples:
        return Verdict(
            seen, f"{name} is declared as {family.type or 'untyped'} (line {family.line}); no sample of it yet"
        )
    text = f"{name} is not exported{_instead(scrape, name)}"
    return Verdict(seen, f"{len(scrape.families)} metrics, none of this name", (Finding(text, scrape.url),))


def _series(count: int) -> str:
    return f"{count:,} series" if count > 1 else "one series"


def _instead(scrape: Scrape, name: str) -> str:
    """The near miss that explains an absence: the same name with or without its ending."""
    stem = name.removesuffix("_total")
    near = [
        other for other in (stem, f"{stem}_total") if other != name and (scrape.samples(other) or scrape.family(other))
    ]
    return f"; {near[0]} is, and Prometheus keeps names as they are" if near else ""


def keeps_its_limits(export: Export, seen: Evidence[Scrape]) -> Verdict:
    """Hold each sample of the row's name and labels against min and max, both allowed. NaN is a finding."""
    scrape, metric = seen.value, export.metric
    samples = [sample for sample in scrape.samples(metric.name) if _carries(sample, metric)]
    if not samples:
        return Verdict(seen, "no sample to judge", (Finding(_no_sample(scrape, metric), scrape.url),))
    bad = [sample for sample in samples if not _within(sample.value, metric)]
    findings = [
        Finding(
            f"{_shown(sample)} is {_figure(sample.value)}; expected {_limits(metric)}",
            f"{scrape.url}, line {sample.line}",
        )
        for sample in bad[:TOLD]
    ]
    if len(bad) > TOLD:
        findings.append(
            Finding(f"{len(bad) - TOLD:,} more series of {metric.name} are out of their limits", scrape.url)
        )
    low, high = min(s.value for s in samples), max(s.value for s in samples)
    span = _figure(low) if low == high else f"{_figure(low)} to {_figure(high)}"
    return Verdict(
        seen, f"{metric.name} is {span} in {_series(len(samples))}; limits: {_limits(metric)}", tuple(findings)
    )


def _carries(sample: Sample, metric: Metric) -> bool:
    return all(sample.label(name) == value for name, value in metric.labels.items())


def _no_sample(scrape: Scrape, metric: Metric) -> str:
    family = scrape.family(metric.name)
    asked = metric.name + (" with the row's labels" if metric.labels and scrape.samples(metric.name) else "")
    if family is not None and family.type in PARTS and family.samples:
        return f"{metric.name} is a {family.type}: give limits to a sample's name, e.g. {metric.name}_count"
    return f"{asked} has no sample, so nothing shows that it keeps its limits{_instead(scrape, metric.name)}"


def _within(value: float, metric: Metric) -> bool:
    if math.isnan(value):
        return False
    return (metric.min is None or value >= metric.min) and (metric.max is None or value <= metric.max)


def _limits(metric: Metric) -> str:
    low, high = metric.min, metric.max
    if low is not None and high is not None:
        return f"{_figure(low)} to {_figure(high)}"
    return f"at least {_figure(low)}" if low is not None else f"at most {_figure(high or 0.0)}"


def _figure(value: float) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{value:+}"
    return f"{int(value):,}" if value == int(value) and abs(value) < 1e15 else f"{value:,.6g}"


def _shown(sample: Sample) -> str:
    """A series as PromQL writes it, shortened."""
    pairs = ", ".join(f'{name}="{_plain(value)}"' for name, value in sample.labels[:6])
    return f"{sample.name}{{{pairs}}}" if pairs else sample.name


def _plain(value: str) -> str:
    text = "".join(c if c.isprintable() else "?" for c in value[:41])
    return text if len(text) <= 40 else f"{text[:40]}…"


def counters_do_not_fall(measured_service: Service, seen: Evidence[Scrapes]) -> Verdict:
    """Hold the counters of two scrapes against each other; a new process may begin at zero, and is said."""
    two = seen.value
    first, second = dict(_counting(two.first)), dict(_counting(two.second))
    fallen = [(now, first[key].value) for key, now in second.items() if key in first and now.value < first[key].value]
    observed = f"{len(first.keys() & second.keys()):,} counting series, {two.apart_s:.1f} s apart: {len(fallen):,} fell"
    if not first:
        text = "no counter, histogram or summary: nothing shows that this service does its work"
        return Verdict(seen, observed, warnings=(Finding(text, two.first.url),))
    before, after = two.first.started, two.second.started
    if before is not None and after is not None and before != after:
        text = "the process changed between the scrapes: it was restarted, or another replica answered"
        return Verdict(seen, observed, warnings=(Finding(text, two.second.url),))
    findings = tuple(
        Finding(f"{_shown(now)} fell from {_figure(was)} to {_figure(now.value)}", f"{two.second.url}, line {now.line}")
        for now, was in fallen[:TOLD]
    )
    if fallen and before is None and measured_service.replicas > 1:
        text = f"{len(fallen):,} counters fell; without process_start_time_seconds that may be another replica"
        return Verdict(seen, observed, warnings=(Finding(text, two.second.url),))
    gone = [sample for key, sample in first.items() if key not in second]
    warnings = tuple(
        Finding(f"{_shown(sample)} was gone in the second scrape", two.second.url) for sample in gone[:TOLD]
    )
    return Verdict(seen, observed, findings, warnings)


def _counting(scrape: Scrape) -> Iterator[tuple[tuple[str, tuple[tuple[str, str], ...]], Sample]]:
    """Samples that only a restart may lower, by series."""
    for family in scrape.families:
        for sample in family.samples:
            counter = family.type == "counter" and not sample.name.endswith("_created")
            if counter or (family.type in ("histogram", "summary") and sample.name.endswith(("_count", "_bucket"))):
                yield (sample.name, sample.labels), sample


def measures_outside_api(measured: MeasuredApi, seen: Evidence[Scrape]) -> Verdict:
    """Expect a histogram or summary with a sample for the API. Without a call yet nothing is proven: a warning."""
    scrape, metric, api = seen.value, measured.export.metric, measured.api
    family = scrape.family(metric.name)
    if family is None:
        text = f"{metric.name}, which should measure {api}, is not exported"
        return Verdict(seen, "no such metric", (Finding(text, scrape.url),))
    if family.type not in TIMED:
        text = f"{metric.name} is {family.type or 'untyped'}; a latency needs a histogram or summary"
        return Verdict(seen, text, (Finding(text, f"{scrape.url}, line {family.line}"),))
    counts = [s for s in family.parts("_count") or family.parts("_gcount") if _names(s.label(metric.api_label), api)]
    calls = sum(sample.value for sample in counts)
    if calls > 0 or (counts and not _runs_long(scrape)):
        return Verdict(
            seen, f"{metric.name} measured {_figure(calls)} calls of {api}{_mean(family, metric, api, calls)}"
        )
    return _unmeasured(measured, seen, family)


def _runs_long(scrape: Scrape) -> bool:
    return scrape.started is not None and scrape.at - scrape.started > LONG_ENOUGH_S


def _names(value: str, api: str) -> bool:
    return value.lower().replace("_", "-").replace(".", "-").replace(" ", "-") == api


def _mean(family: Family, metric: Metric, api: str, calls: float) -> str:
    total = sum(s.value for s in family.parts("_sum") if _names(s.label(metric.api_label), api))
    return f", {total / calls:.3g} s on average" if calls else " yet"


def _unmeasured(measured: MeasuredApi, seen: Evidence[Scrape], family: Family) -> Verdict:
    scrape, metric, api = seen.value, measured.export.metric, measured.api
    where = f"{scrape.url}, line {family.line}"
    others = sorted({s.label(metric.api_label) for s in family.samples})
    if family.samples and others == [""]:
        text = f"{metric.name} has no label {metric.api_label}: it does not tell {api} from other APIs"
        return Verdict(seen, text, (Finding(text, where),))
    up = scrape.at - scrape.started if scrape.started is not None else None
    if up is not None and _runs_long(scrape):
        text = f"{metric.name} measured no call of {api}, and the process has run for {up / 3600:.0f} hours"
        return Verdict(seen, text, (Finding(text, where),))
    since = f" in the {up:.0f} s since the process started" if up is not None and up >= 0 else ""
    text = f"no call of {api} was measured{since}: whether it would be is not proven yet"
    return Verdict(
        seen, f"{metric.name} is a {family.type}, without a sample for {api}", warnings=(Finding(text, where),)
    )


def fails_few_jobs(counting_service: Service, seen: Evidence[Counted]) -> Verdict:
    """Hold the share of failed jobs since the process started: above critical fails, above warn warns.

    One failed job among fewer than 1 / critical decides nothing. Without a job the share is not known.
    """
    scrape = seen.value.scrape
    name, failures = counting_service.jobs_metric or "", counting_service.failed_jobs_metric
    absent = [n for n in (name, failures) if n and not scrape.samples(n) and scrape.declaring(n) is None]
    if absent:
        text = f"{absent[0]} is not exported{_instead(scrape, absent[0])}"
        return Verdict(seen, text, (Finding(text, scrape.url),))
    jobs = [sample for sample in scrape.samples(name) if not _says(sample, UNDER_WAY)]
    total = sum(sample.value for sample in jobs)
    if failures is None and jobs and not any(sample.label(key) for sample in jobs for key in HOW):
        text = f"{name} has none of the labels {', '.join(HOW)}, and failed_jobs_metric names no counter"
        return Verdict(seen, text, (Finding(text, scrape.url),))
    failed = (
        sum(s.value for s in scrape.samples(failures)) if failures else sum(s.value for s in jobs if _says(s, FAILED))
    )
    if not total > 0:
        text = f"{name} counts no job since the process started: the share of failed ones is not known"
        return Verdict(seen, "0 jobs ended", warnings=(Finding(text, scrape.url),))
    return _share(failed, total, seen)


def _says(sample: Sample, words: frozenset[str]) -> bool:
    return any(sample.label(key).lower() in words for key in HOW)


def _share(failed: float, total: float, seen: Evidence[Counted]) -> Verdict:
    thresholds, where = seen.value.thresholds, seen.value.scrape.url
    share, warn, critical = failed / total, thresholds.error_rate_warn, thresholds.error_rate_critical
    observed = f"{_figure(failed)} of {_figure(total)} jobs failed since the process started ({share:.1%})"
    if not 0 <= share <= 1:
        text = f"{_figure(failed)} failures of {_figure(total)} jobs: the two counters do not count the same thing"
        return Verdict(seen, observed, (Finding(text, where),))
    if share > critical and not (failed <= 1 and total * critical < 1):
        return Verdict(seen, observed, (Finding(f"{observed}; at most {critical:.1%} may", where),))
    if share > warn:
        return Verdict(seen, observed, warnings=(Finding(f"{observed}; above {warn:.1%}", where),))
    return Verdict(seen, f"{observed}; limits {warn:.1%} and {critical:.1%}")
