"""What the types of metrics promise about their samples, and how their names are made."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from fixtures.model.exposition import Family, Flaw, Sample, Scrape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MILLISECONDS = re.compile(r"_(?:ms|msecs?|millis|milliseconds?)(?:_total)?$", re.IGNORECASE)
TOLD = 3

Labels = tuple[tuple[str, str], ...]


def lint(scrape: Scrape) -> tuple[Flaw, ...]:
    """Flaws of families: broken histograms, impossible counters; names against the naming rules are advice.

    Sources: github.com/prometheus/docs, exposition_formats.md; prometheus.io/docs/practices/naming.
    """
    return tuple(flaw for family in scrape.families for flaw in _family(family, scrape.format == "openmetrics"))


def _family(family: Family, openmetrics: bool) -> Iterator[Flaw]:
    if family.type in ("histogram", "gaugehistogram"):
        yield from _histogram(family)
    if family.type in ("histogram", "summary"):
        yield from _impossible(family, (*family.parts("_bucket"), *family.parts("_count")))
    if family.type == "counter":
        yield from _counter(family, openmetrics)
    if MILLISECONDS.search(family.name):
        text = f"{family.name} is in milliseconds; Prometheus's base unit of time is the second"
        yield Flaw(text, (family.line,), grave=False)


def _counter(family: Family, openmetrics: bool) -> Iterator[Flaw]:
    if not openmetrics and not family.name.endswith("_total"):
        yield Flaw(f"the counter {family.name} has no _total at its end", (family.line,), grave=False)
    yield from _impossible(family, family.samples)


def _impossible(family: Family, counts: Iterable[Sample]) -> Iterator[Flaw]:
    wrong = [s.line for s in counts if math.isnan(s.value) or s.value < 0]
    if wrong:
        text = f"the {family.type} {family.name} counts what is negative or NaN"
        yield Flaw(text, tuple(wrong[:TOLD]), len(wrong))


def _histogram(family: Family) -> Iterator[Flaw]:
    """At most one flaw a kind and family: a broken histogram is broken in all its series."""
    count = "_count" if family.type == "histogram" else "_gcount"
    counts = {sample.labels: sample for sample in family.parts(count)}
    series: defaultdict[Labels, list[Sample]] = defaultdict(list)
    for sample in family.parts("_bucket"):
        series[tuple(pair for pair in sample.labels if pair[0] != "le")].append(sample)
    flaws: defaultdict[str, list[int]] = defaultdict(list)
    for labels, sample in counts.items():
        if labels not in series:
            flaws[f"the histogram {family.name} has a {count} without buckets"].append(sample.line)
    for labels, buckets in series.items():
        for text, line in _buckets(family.name, buckets, counts.get(labels), count):
            flaws[text].append(line)
    for text, lines in flaws.items():
        yield Flaw(text, tuple(lines[:TOLD]), len(lines))


def _buckets(name: str, buckets: list[Sample], counted: Sample | None, count: str) -> Iterator[tuple[str, int]]:
    bounds = [(bound, sample) for sample in buckets if (bound := _bound(sample.label("le"))) is not None]
    if len(bounds) < len(buckets):
        yield f"the histogram {name} has a bucket whose le is no number", buckets[0].line
    ordered = sorted(bounds, key=lambda pair: pair[0])
    for (_, lower), (_, upper) in pairwise(ordered):
        if not upper.value >= lower.value:
            yield f"the buckets of {name} count down; each counts all smaller ones too", upper.line
            break
    last = ordered[-1] if ordered else (0.0, buckets[0])
    if not math.isinf(last[0]) or last[0] < 0:
        yield f'the histogram {name} has no bucket le="+Inf"', buckets[-1].line
    elif counted is None:
        yield f"the histogram {name} has no {count}", last[1].line
    elif counted.value != last[1].value:
        yield f'the histogram {name} has another {count} than its bucket le="+Inf"', counted.line


def _bound(text: str) -> float | None:
    try:
        bound = float(text)
    except ValueError:
        return None
    return None if math.isnan(bound) else bound
