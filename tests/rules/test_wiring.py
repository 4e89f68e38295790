"""The rules of WIR-001 to WIR-005, each way they can end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks.rules import wiring
from fixtures.model.monitoring import AlertRule, Asked, Expressions, Ruled, Unread
from fixtures.model.platform import Alert, Queue, Service
from fixtures.model.source import (
    ComputedName,
    Extent,
    Failing,
    MetricName,
    MetricNames,
    Place,
    PortNote,
    Ports,
    QueueUse,
    QueueUses,
    Route,
    Routes,
)
from fixtures.model.verdicts import Evidence, NotObserved, Verdict
from fixtures.probes import markdown

EXTENT = Extent(3, 0)
JOBS = Queue(name="jobs", producers=("web",), workers=("worker",))
PRODUCER = QueueUse(
    "Queue",
    ("jobs",),
    named=True,
    prefixes=("bull",),
    prefixed=True,
    redis=("REDIS_URL",),
    connected=True,
    where="web/q.ts:1",
)
WORKER = replace(PRODUCER, kind="Worker", where="worker/w.ts:1")


def queue(producer: QueueUse | None = PRODUCER, worker: QueueUse | None = WORKER, row: Queue = JOBS) -> Verdict:
    """WIR-001 for one producer and one worker."""
    seen = {
        "web": QueueUses(EXTENT, (producer,) if producer else ()),
        "worker": QueueUses(EXTENT, (worker,) if worker else ()),
    }
    return wiring.names_one_queue(row, Evidence("asked", "web, worker", seen=seen))


def texts(verdict: Verdict) -> list[str]:
    return [str(finding) for finding in verdict.findings]


def test_one_queue_on_both_sides_passes() -> None:
    """Producer and worker of one name, prefix and Redis pass; the sentence names both places."""
    verdict = queue()
    assert not verdict.findings
    assert not verdict.warnings
    assert "web/q.ts:1" in verdict.observed
    assert "worker/w.ts:1" in verdict.observed


def test_another_name_fails_on_the_side_that_has_it() -> None:
    """A worker of another queue is named with its place, and the name that was expected."""
    assert texts(queue(worker=replace(WORKER, names=("job",)))) == [
        "worker/w.ts:1: worker makes Worker 'job'; expected new Worker(\"jobs\") from the manifest row jobs"
    ]


def test_the_name_in_code_may_differ_from_the_rows() -> None:
    """`queue` of the row is the name that code uses."""
    row = JOBS.model_copy(update={"queue": "agent:jobs"})
    assert not queue(replace(PRODUCER, names=("agent:jobs",)), replace(WORKER, names=("agent:jobs",)), row).findings
    assert len(queue(row=row).findings) == 2


def test_a_side_that_makes_nothing_fails() -> None:
    """A service that the row names and that makes no queue is a finding."""
    assert texts(queue(producer=None)) == [
        'web: the code of web makes no Queue; expected new Queue("jobs") from the manifest row jobs'
    ]


def test_a_producer_is_no_worker() -> None:
    """A Queue on the worker's side does not work on jobs."""
    assert len(queue(worker=replace(PRODUCER, where="worker/w.ts:1")).findings) == 1


@pytest.mark.parametrize(
    "use", [replace(WORKER, names=(), named=False), replace(WORKER, names=("other",), named=False)]
)
def test_a_computed_name_is_unverified(use: QueueUse) -> None:
    """A name that could not be followed may be the right one: neither green nor a finding."""
    with pytest.raises(NotObserved) as caught:
        queue(worker=use)
    assert "worker/w.ts:1" in str(caught.value)


def test_a_flow_may_fill_any_queue() -> None:
    """A FlowProducer names its queues with each flow: a producer that has only one is unverified."""
    with pytest.raises(NotObserved):
        queue(producer=replace(PRODUCER, kind="FlowProducer", names=()))


def test_a_name_that_a_variable_decides_warns() -> None:
    """The right name as a default only: production may set another."""
    verdict = queue(worker=replace(WORKER, named=False, deciders=("QUEUE_NAME",)))
    assert not verdict.findings
    assert "QUEUE_NAME" in str(verdict.warnings[0])


@pytest.mark.parametrize(
    ("producer", "worker", "count"),
    [((), (), 0), ((3,), (3,), 0), ((3,), (), 1), ((), (2,), 1), ((0,), (), 0), ((0, 3), (3,), 0)],
)
def test_both_sides_use_one_database_of_redis(producer: tuple[int, ...], worker: tuple[int, ...], count: int) -> None:
    """A client that selects another database finds none of the jobs; 0 is the default."""
    verdict = queue(replace(PRODUCER, databases=producer), replace(WORKER, databases=worker))
    assert len(verdict.findings) == count


@pytest.mark.parametrize(
    ("other", "warnings"), [("CACHE_URL", 1), ("KV_URL", 1), ("REDIS_PASSWORD", 0), ("APP_URL", 0)]
)
def test_a_second_address_beside_the_manifests_warns(other: str, warnings: int) -> None:
    """`CACHE_URL ?? REDIS_URL` may lead one side elsewhere."""
    assert len(queue(worker=replace(WORKER, redis=("REDIS_URL", other))).warnings) == warnings


def test_a_worker_that_nobody_starts_fails() -> None:
    """It names the right queue and takes no job."""
    assert "autorun: false" in texts(queue(worker=replace(WORKER, idle=True)))[0]


def test_a_key_prefix_of_the_client_fails() -> None:
    """BullMQ throws on a client with keyPrefix; its own option is prefix."""
    assert "keyPrefix 'x:'" in texts(queue(replace(PRODUCER, key_prefixes=("x:",))))[0]


def test_a_worker_that_nothing_loads_warns() -> None:
    """What starts it may stand where nobody looked, so it is no finding."""
    verdict = queue(worker=replace(WORKER, unloaded=True))
    assert (len(verdict.findings), len(verdict.warnings)) == (0, 1)


def test_a_client_that_gives_up_fails() -> None:
    """BullMQ throws on it where the worker is made, so none starts."""
    assert "maxRetriesPerRequest" in texts(queue(worker=replace(WORKER, gives_up=True)))[0]


def test_a_computed_name_beside_the_right_one_does_not_matter() -> None:
    """Where one use fits, others need not be followed."""
    assert not queue(worker=replace(WORKER, names=("jobs",), named=False)).findings


def test_another_prefix_or_redis_fails() -> None:
    """Prefix and Redis variable are part of where a queue is."""
    assert "uses the prefix 'x'; the manifest says 'bull'" in texts(queue(replace(PRODUCER, prefixes=("x",))))[0]
    assert (
        "connects through OTHER_URL; the manifest says REDIS_URL"
        in texts(queue(replace(PRODUCER, redis=("OTHER_URL",))))[0]
    )
    assert "without any environment variable" in texts(queue(replace(PRODUCER, redis=())))[0]


def test_what_could_not_be_followed_warns() -> None:
    """An unknown prefix or connection is advisory; so is a connection that may be one of two."""
    assert len(queue(replace(PRODUCER, prefixes=(), prefixed=False)).warnings) == 1
    assert len(queue(replace(PRODUCER, redis=(), connected=False)).warnings) == 1
    assert len(queue(replace(PRODUCER, redis=("REDIS_URL", "CACHE_REDIS_URL"))).warnings) == 1
    assert not queue(replace(PRODUCER, redis=("REDIS_URL",), connected=False)).warnings


def metrics(
    *asked: Asked, names: tuple[str, ...] = ("a_total",), unread: tuple[Unread, ...] = (), **more: object
) -> Verdict:
    """WIR-002 for what rules ask and code exports."""
    expressions = Expressions("rules", 2, asked, frozenset({"job:a"}), unread)
    exported = MetricNames(EXTENT, tuple(MetricName(n, "m.ts:1", "prom-client") for n in names), **more)  # type: ignore[arg-type]
    row = Alert(name="a", provider="prometheus", file="r.yml")
    evidence = Evidence("asked", "r.yml", seen=expressions)
    return wiring.names_exported_metrics(row, evidence, Evidence("asked", "app", seen=exported))


def named(name: str, *, pattern: bool = False) -> Asked:
    return Asked(name, "r.yml:3", "High", pattern)


@pytest.mark.parametrize("name", ["a_total", "job:a", "up", "ALERTS", "scrape_duration_seconds"])
def test_a_metric_that_exists_passes(name: str) -> None:
    """Code, a record rule of the file, or Prometheus itself makes it."""
    verdict = metrics(named(name))
    assert (verdict.findings, verdict.warnings) == ((), ())


def test_a_metric_that_nobody_exports_fails_with_what_is_near() -> None:
    """The finding names rule, line and metric, and the exported name that was probably meant."""
    assert texts(metrics(named("a_totals"))) == [
        "r.yml:3: High names a_totals, which no code exports (it exports a_total)"
    ]
    verdict = metrics(named("t_seconds"), names=("t_seconds_bucket", "t_seconds_sum", "t_seconds_count"))
    assert "it exports t_seconds_bucket" in texts(verdict)[0]


def test_a_pattern_must_match_one_exported_name() -> None:
    """A selector by regular expression of the name is held against all names."""
    assert not metrics(named("a_.*", pattern=True)).findings
    assert len(metrics(named("z_.*", pattern=True)).findings) == 1


def test_another_exporters_metric_warns() -> None:
    """node_exporter and the like are not in the repository: their names are advisory, never silent."""
    verdict = metrics(named("redis_memory_used_bytes"))
    assert not verdict.findings
    assert len(verdict.warnings) == 1


def test_a_name_that_only_a_computed_one_could_be() -> None:
    """A pattern that says much warns; one that says nothing leaves it unverified."""
    telling, silent = ComputedName("jobs_[a-zA-Z0-9_:]*_total", "m.ts:2"), ComputedName("[a-zA-Z0-9_:]*", "m.ts:3")
    assert len(metrics(named("jobs_x_total"), computed=(telling, silent)).warnings) == 1
    assert len(metrics(named("other"), computed=(telling,)).findings) == 1
    with pytest.raises(NotObserved, match=r"m\.ts:3"):
        metrics(named("other"), computed=(silent,))


def test_names_of_other_libraries_leave_it_unverified() -> None:
    """OpenTelemetry may export the name: not known."""
    with pytest.raises(NotObserved, match=r"o\.ts:1"):
        metrics(named("other"), elsewhere=(Place("x", "o.ts:1"),))


def test_an_expression_that_does_not_parse_fails_and_an_unknown_one_warns() -> None:
    """Broken PromQL is a finding; PromQL newer than the parser is advisory."""
    assert len(metrics(unread=(Unread("High", "r.yml:3", "does not parse", broken=True),)).findings) == 1
    assert len(metrics(unread=(Unread("High", "r.yml:3", "unknown function"),)).warnings) == 1


APP = Service(name="app", host="other", root="app", health="/health", port=3001)


def health(*fails: Failing, mentions: tuple[Place, ...] = (), others: tuple[Route, ...] = ()) -> Verdict:
    """WIR-003 for handlers that fail in these ways."""
    serving = tuple(Route("/health", f"app/s.ts:{n}", "code", way) for n, way in enumerate(fails))
    return wiring.serves_health_path(
        APP, Evidence("asked", "app", seen=Routes(EXTENT, "/health", serving, mentions, others))
    )


def test_a_middleware_that_answers_first_counts() -> None:
    """What its handler would say is never heard; a middleware that can fail, or passes on, does not matter."""
    handler = Route("/health", "app/s.ts:1", "code", "status")
    first = Route("/health", "middleware.ts:3", "code", "never", ahead=True)
    for serving, warnings in (((handler, first), 1), ((handler, replace(first, fails="status")), 0)):
        verdict = wiring.serves_health_path(APP, Evidence("asked", "app", seen=Routes(EXTENT, "/health", serving)))
        assert len(verdict.warnings) == warnings


def test_an_answer_of_earlier_warns() -> None:
    """A health answer made at build time says nothing of now."""
    stored = Route("/health", "app/health/route.ts", "a route file", "status", stored="revalidate = 60")
    verdict = wiring.serves_health_path(APP, Evidence("asked", "app", seen=Routes(EXTENT, "/health", (stored,))))
    assert "revalidate = 60" in str(verdict.warnings[0])


@pytest.mark.parametrize(("fails", "warnings"), [("status", 0), ("throw", 0), ("unknown", 0), ("never", 1)])
def test_a_served_path_passes_or_warns(fails: Failing, warnings: int) -> None:
    """A handler that can only answer 2xx warns; any other way passes."""
    verdict = health(fails)
    assert not verdict.findings
    assert len(verdict.warnings) == warnings


def test_one_handler_that_can_fail_is_enough() -> None:
    """A second handler of the path, such as a proxy's, does not warn."""
    assert not health("never", "status").warnings


def test_a_path_that_nothing_serves_fails_with_what_is_served() -> None:
    """The finding names the health-like path that code has instead."""
    assert texts(health()) == ["app: no code of app serves /health, the health path of the manifest"]
    verdict = health(others=(Route("/healthz", "app/s.ts:4", "a string", "unknown"),))
    assert "/healthz (app/s.ts:4)" in texts(verdict)[0]


def test_a_path_that_is_only_mentioned_is_unverified() -> None:
    """A string of the path in a form that is not followed decides nothing."""
    with pytest.raises(NotObserved, match=r"app/s\.ts:9"):
        health(mentions=(Place("x", "app/s.ts:9"),))


def port(*notes: PortNote, follows: bool = False) -> Verdict:
    """WIR-004 for what files say."""
    places = (Place("PORT", "app/s.ts:1"),) if follows else ()
    return wiring.agrees_on_port(APP, Evidence("asked", "app", seen=Ports(EXTENT, notes, places)))


LISTENS, EXPOSES, DEFAULT = "code listens on", "the Dockerfile exposes", "code's default for PORT is"


def test_one_port_everywhere_passes() -> None:
    """Agreement passes with every place in the sentence."""
    verdict = port(PortNote(3001, "app/s.ts:1", LISTENS), PortNote(3001, "Dockerfile:9", EXPOSES))
    assert not verdict.findings
    assert "Dockerfile:9" in verdict.observed


@pytest.mark.parametrize(
    "by", [LISTENS, EXPOSES, DEFAULT, "the start script listens on", "the Dockerfile sets PORT to"]
)
def test_another_port_fails_wherever_it_stands(by: str) -> None:
    """Each place that names another port is a finding."""
    assert texts(port(PortNote(8080, "x:1", by))) == [f"x:1: {by} 8080; the manifest says 3001 for app"]


@pytest.mark.parametrize("by", [LISTENS, EXPOSES])
def test_further_listeners_are_allowed(by: str) -> None:
    """A second server, e.g. for metrics, is fine beside the one on the manifest's port."""
    assert not port(PortNote(3001, "x:1", by), PortNote(9090, "x:2", by)).findings


def test_a_further_default_is_not() -> None:
    """There is one default for PORT."""
    assert len(port(PortNote(3001, "x:1", DEFAULT), PortNote(3000, "x:2", DEFAULT)).findings) == 1


def test_code_that_follows_port_passes_and_silence_is_unverified() -> None:
    """Listening where PORT says is enough; a port that no file names is not known."""
    assert not port(follows=True).findings
    with pytest.raises(NotObserved):
        port()


RUNBOOK = """# Runbook
## QueueDepthHigh
Look.
## Worker is down: what to do
Restart it.
## Очередь FailedJobs
Текст.
## Empty one
<!-- later -->
## Parent of text
### Child
Text.
## `HTTPErrorRate` (5xx)
Text.
"""


def ruled(name: str, url: str = "", section: str | None = None, **pages: str) -> Verdict:
    """WIR-005 for one alert."""
    row = Alert(name="a", provider="prometheus", file="r.yml", runbook="docs/RUNBOOK.md", section=section)
    others = {f"docs/{page}.md": markdown.page(f"docs/{page}.md", text) for page, text in pages.items()}
    seen = Ruled((AlertRule(name, "r.yml:4", url),), markdown.page("docs/RUNBOOK.md", RUNBOOK), others)
    return wiring.has_runbook_section(row, Evidence("asked", "r.yml", seen=seen))


LINK = "https://github.com/x/y/blob/main/docs/"


@pytest.mark.parametrize(
    ("name", "url", "section"),
    [
        ("QueueDepthHigh", "", None),
        ("queue_depth_high", "", None),
        ("WorkerIsDown", "", None),
        ("FailedJobs", "", None),
        ("HTTPErrorRate", "", None),
        ("ParentOfText", "", None),
        ("Anything", LINK + "RUNBOOK.md#worker-is-down-what-to-do", None),
        ("Anything", LINK + "RUNBOOK.md#%D0%BE%D1%87%D0%B5%D1%80%D0%B5%D0%B4%D1%8C-failedjobs", None),
        ("Anything", LINK + "OTHER.md#here", None),
        ("QueueDepthHigh", "https://wiki.example/runbook#queue", None),
        ("QueueDepthHigh", LINK + "RUNBOOK.md", None),
        ("Anything", "", "worker is down"),
    ],
)
def test_an_alert_with_a_section_passes(name: str, url: str, section: str | None) -> None:
    """A heading holds the name in words or CamelCase, or the link's anchor is one of the page."""
    assert texts(ruled(name, url, section, OTHER="# Here\nText.")) == []


@pytest.mark.parametrize(
    ("name", "url", "said"),
    [
        ("DiskFull", "", "has no section for the alert DiskFull"),
        ("QueueDepth", LINK + "RUNBOOK.md#queue", "leads to #queue, which docs/RUNBOOK.md does not have"),
        ("DepthHighQueue", "", "has no section"),
        ("EmptyOne", "", "the section for the alert EmptyOne is empty"),
        ("Anything", LINK + "RUNBOOK.md#empty-one", "is empty"),
        ("DiskFull", "https://wiki.example/runbook#disk", "has no section"),
    ],
)
def test_an_alert_without_a_section_fails(name: str, url: str, said: str) -> None:
    """No heading, a dead anchor, and a heading with nothing below it are findings."""
    assert [said in text for text in texts(ruled(name, url))] == [True]


def test_a_container_listens_for_others() -> None:
    """A listener on localhost is out of reach in a container, and in order behind a proxy on the same machine."""
    ports = Ports(EXTENT, (PortNote(3001, "a.ts:1", "code listens on"),), loopback=(Place("listens on ::1", "a.ts:1"),))
    for host, count in (("railway", 1), ("other", 0)):
        service = APP.model_copy(update={"host": host, "port": 3001, "dockerfile": None})
        assert len(wiring.agrees_on_port(service, Evidence("asked", "app", seen=ports)).findings) == count
