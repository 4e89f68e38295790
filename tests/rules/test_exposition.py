"""The metrics items judge what was scraped at their limits: neither a wrong green nor a false red."""

from __future__ import annotations

from typing import Any

import pytest

from checks.rules import exposition as rules
from fixtures.model.exposition import Counted, Scrape, Scrapes
from fixtures.model.platform import Export, MeasuredApi, Metric, Service, Thresholds
from fixtures.model.verdicts import Evidence, Verdict
from fixtures.probes.exposition.text import Reading

URL = "https://worker.example.com/metrics"
NOW = 1_795_423_017.0
STARTED = "# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds {}\n"


def scrape(text: str, form: Any = "text") -> Scrape:
    """A scrape of a text, as the probe reads it."""
    reading = Reading(text, form)
    return Scrape(URL, form, "text/plain", len(text), reading.lines, reading.families, reading.flaws, NOW)


def service(**keys: object) -> Service:
    """The worker, one replica."""
    return Service.model_validate(
        {"name": "worker", "host": "railway", "root": ".", "metrics": "/metrics", "replicas": 1, **keys}
    )


def export(name: str, **keys: object) -> Export:
    """A metric row of the worker."""
    return Export(service(), Metric.model_validate({"name": name, "service": "worker", **keys}))


def ending(verdict: Verdict) -> tuple[str, str]:
    """How a verdict ends, and what it says first."""
    if verdict.findings:
        return "fail", str(verdict.findings[0])
    return ("warn", str(verdict.warnings[0])) if verdict.warnings else ("pass", verdict.observed)


@pytest.mark.parametrize(
    ("name", "text", "how", "says"),
    [
        ("a_total", "# TYPE a_total counter\na_total 1\n", "pass", "one series (line 2)"),
        ("a_total", "# TYPE a_total counter\n", "pass", "declared as counter (line 1); no sample of it yet"),
        ("h", '# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n', "pass", "histogram with 3 samples"),
        ("h_count", '# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n', "pass", "one series"),
        ("a_total", "# TYPE a counter\na 1\n", "fail", "a_total is not exported; a is, and Prometheus keeps names"),
        ("a", "# TYPE a_total counter\na_total 1\n", "fail", "a is not exported; a_total is"),
        ("a", "b 1\n", "fail", "a is not exported"),
        ("a", "# a 1\nab 1\n", "fail", "a is not exported"),
    ],
)
def test_name_is_compared_by_the_letter(name: str, text: str, how: str, says: str) -> None:
    """A metric is there under its raw name or not at all; a near miss is named."""
    found, told = ending(rules.is_exported(export(name), Evidence("", URL, seen=scrape(text))))
    assert (found, says in told) == (how, True), told


def test_openmetrics_counter_is_known_by_its_sample() -> None:
    """In OpenMetrics the sample has the _total that its family has not: the sample's name counts."""
    text = scrape("# TYPE a counter\na_total 1\n# EOF\n", "openmetrics")
    assert ending(rules.is_exported(export("a_total"), Evidence("", seen=text)))[0] == "pass"
    assert ending(rules.is_exported(export("a"), Evidence("", seen=text)))[0] == "fail"
    silent = scrape("# TYPE a counter\nb 1\n# EOF\n", "openmetrics")
    assert ending(rules.is_exported(export("a_total"), Evidence("", seen=silent)))[0] == "pass"
    assert ending(rules.is_exported(export("a"), Evidence("", seen=silent)))[0] == "fail"


@pytest.mark.parametrize(
    ("keys", "text", "how", "says"),
    [
        ({"min": 1.0}, "a 1\n", "pass", "a is 1 in one series; limits: at least 1"),
        ({"min": 1.0}, "a 0.999\n", "fail", "line 1: a is 0.999; expected at least 1"),
        ({"max": 1000.0}, "a 1000\n", "pass", "at most 1,000"),
        ({"max": 1000.0}, "a 1000.5\n", "fail", "a is 1,000.5"),
        ({"min": 0.0, "max": 1.0}, 'a{q="x"} 1\na{q="y"} 2\n', "fail", 'line 2: a{q="y"} is 2; expected 0 to 1'),
        ({"max": 1.0, "labels": {"q": "x"}}, 'a{q="x"} 1\na{q="y"} 2\n', "pass", "one series"),
        ({"max": 1.0, "labels": {"q": "z"}}, 'a{q="x"} 1\n', "fail", "with the row's labels has no sample"),
        ({"max": 1.0}, "a NaN\n", "fail", "a is NaN"),
        ({"max": 1.0}, "a +Inf\n", "fail", "a is +inf"),
        ({"max": 1.0}, "# TYPE a gauge\n", "fail", "a has no sample"),
        ({"max": 1.0}, "b 1\n", "fail", "a has no sample"),
        ({"max": 1.0}, '# TYPE a histogram\na_bucket{le="+Inf"} 0\na_sum 0\na_count 0\n', "fail", "e.g. a_count"),
    ],
)
def test_limits_are_inclusive_and_need_a_sample(keys: dict[str, object], text: str, how: str, says: str) -> None:
    """Each series counts; a missing one, NaN and infinity do not keep a limit."""
    found, told = ending(rules.keeps_its_limits(export("a", **keys), Evidence("", URL, seen=scrape(text))))
    assert (found, says in told) == (how, True), told


COUNTER = "# TYPE a_total counter\na_total {}\n"


def fall(before: str, after: str, **keys: object) -> tuple[str, str]:
    """How two scrapes end."""
    two = Scrapes(scrape(before), scrape(after), 1.0)
    return ending(rules.counters_do_not_fall(service(**keys), Evidence("", URL, seen=two)))


def test_counters_may_stand_and_rise() -> None:
    """The same value is no fall; a gauge may do what it likes."""
    assert fall(COUNTER.format(5), COUNTER.format(5))[0] == "pass"
    assert fall(COUNTER.format(5), COUNTER.format(6))[0] == "pass"
    assert fall(COUNTER.format(5) + "g 9\n", COUNTER.format(5) + "g 1\n")[0] == "pass"


def test_fall_in_one_process_is_a_finding() -> None:
    """A counter, a bucket and a count that fall while the process lives fail."""
    start = STARTED.format(NOW)
    assert fall(start + COUNTER.format(5), start + COUNTER.format(4)) == (
        "fail",
        f"{URL}, line 4: a_total fell from 5 to 4",
    )
    histogram = '# TYPE h histogram\nh_bucket{{le="+Inf"}} {0}\nh_sum 1\nh_count {0}\n'
    assert fall(histogram.format(5), histogram.format(4))[0] == "fail"


def test_new_process_is_said_and_not_judged() -> None:
    """A restart or another replica begins at zero: a warning, where the process says when it started."""
    found, told = fall(STARTED.format(1) + COUNTER.format(5), STARTED.format(2) + COUNTER.format(0))
    assert (found, "restarted, or another replica" in told) == ("warn", True)
    assert fall(COUNTER.format(5), COUNTER.format(0), replicas=2)[0] == "warn"
    assert fall(COUNTER.format(5), COUNTER.format(0), replicas=1)[0] == "fail"


def test_counters_that_are_not_there_prove_nothing() -> None:
    """No counter at all, and one that is gone in the second scrape, warn."""
    assert fall("g 1\n", "g 1\n")[0] == "warn"
    assert fall(COUNTER.format(5) + "# TYPE b_total counter\nb_total 1\n", COUNTER.format(5))[0] == "warn"


HISTOGRAM = '# TYPE a histogram\na_bucket{{le="+Inf"{0}}} {1}\na_sum{{{2}}} 2\na_count{{{2}}} {1}\n'
OPENROUTER = HISTOGRAM.format(',api="OpenRouter"', 4, 'api="OpenRouter"')


@pytest.mark.parametrize(
    ("text", "how", "says"),
    [
        (OPENROUTER, "pass", "a measured 4 calls of openrouter, 0.5 s on average"),
        (HISTOGRAM.format(',api="openrouter"', 0, 'api="openrouter"'), "pass", "0 calls of openrouter yet"),
        (HISTOGRAM.format(',api="slack"', 4, 'api="slack"'), "warn", "no call of openrouter was measured"),
        (HISTOGRAM.format("", 4, ""), "fail", "has no label api"),
        (
            STARTED.format(NOW - 90_000) + HISTOGRAM.format(',api="openrouter"', 0, 'api="openrouter"'),
            "fail",
            "measured no call of openrouter, and the process has run for 25 hours",
        ),
        ("# TYPE a histogram\n", "warn", "no call of openrouter was measured"),
        (STARTED.format(NOW - 90_000) + "# TYPE a histogram\n", "fail", "the process has run for 25 hours"),
        (STARTED.format(NOW - 60) + "# TYPE a histogram\n", "warn", "in the 60 s since the process started"),
        ('# TYPE a gauge\na{api="openrouter"} 1\n', "fail", "a latency needs a histogram or summary"),
        ('a{api="openrouter"} 1\n', "fail", "a is untyped"),
        ("b 1\n", "fail", "which should measure openrouter, is not exported"),
    ],
)
def test_latency_of_an_api_is_measured(text: str, how: str, says: str) -> None:
    """A histogram with samples of the API proves it; a process that has called nothing yet proves nothing."""
    measured = MeasuredApi(export("a", apis=("openrouter",)), "openrouter")
    found, told = ending(rules.measures_outside_api(measured, Evidence("", URL, seen=scrape(text))))
    assert (found, says in told) == (how, True), told


def jobs(completed: int, failed: int) -> str:
    """The worker's counters of ended jobs."""
    return f'jobs_total{{status="completed"}} {completed}\njobs_total{{status="failed"}} {failed}\n'


@pytest.mark.parametrize(
    ("text", "keys", "how", "says"),
    [
        (jobs(100, 0), {}, "pass", "0 of 100 jobs failed"),
        (jobs(99, 1), {}, "pass", "1 of 100"),
        (jobs(98, 2), {}, "warn", "2 of 100 jobs failed since the process started (2.0%); above 1.0%"),
        (jobs(95, 5), {}, "warn", "5 of 100"),
        (jobs(94, 6), {}, "fail", "at most 5.0% may"),
        (jobs(2, 1), {}, "warn", "1 of 3"),
        (jobs(1, 2), {}, "fail", "2 of 3"),
        (jobs(0, 0), {}, "warn", "counts no job since the process started"),
        ("# TYPE jobs_total counter\n", {}, "warn", "counts no job"),
        ("a 1\n", {}, "fail", "jobs_total is not exported"),
        ("jobs_total 9\n", {}, "fail", "none of the labels status"),
        ('jobs_total{status="completed"} 90\njobs_total{status="timed_out"} 10\n', {}, "fail", "10 of 100"),
        (jobs(90, 10) + 'jobs_total{status="started"} 900\n', {}, "fail", "10 of 100"),
        ("jobs_total 90\nbad_total NaN\n", {"failed_jobs_metric": "bad_total"}, "fail", "NaN"),
        ("jobs_total 90\nbad_total 10\n", {"failed_jobs_metric": "bad_total"}, "fail", "10 of 90"),
        ("jobs_total 90\n# TYPE bad_total counter\n", {"failed_jobs_metric": "bad_total"}, "pass", "0 of 90"),
        ("jobs_total 90\n", {"failed_jobs_metric": "bad_total"}, "fail", "bad_total is not exported"),
        ("jobs_total 9\nbad_total 10\n", {"failed_jobs_metric": "bad_total"}, "fail", "do not count the same thing"),
    ],
)
def test_share_of_failed_jobs_is_held_against_the_thresholds(
    text: str, keys: dict[str, object], how: str, says: str
) -> None:
    """Above 1 % warns, above 5 % fails; one failure among a few jobs decides nothing, and no job is not known."""
    counted = Counted(scrape(text), Thresholds())
    verdict = rules.fails_few_jobs(service(jobs_metric="jobs_total", **keys), Evidence("", URL, seen=counted))
    found, told = ending(verdict)
    assert (found, says in told) == (how, True), told
