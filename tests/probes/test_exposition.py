"""The room that scrapes metrics, against real servers, and its reader of the text, against its format."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.rules import exposition as rules
from fixtures.manifest import load
from fixtures.model.exposition import Flaw
from fixtures.model.live import LiveSettings
from fixtures.model.verdicts import NotObserved, NotReady, Verdict
from fixtures.probes.environment import Environment
from fixtures.probes.exposition import Exposition
from fixtures.probes.exposition.text import Reading
from fixtures.probes.files import Files
from tests.loopback import PATIENCE_S, Script, Server, Talk, closed_port, said, saying

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fixtures.model.platform import Platform

TOKEN = "tok-" + "77f0c2b19d"
TEXT = "text/plain; version=0.0.4; charset=utf-8"
SOUND = """# HELP process_start_time_seconds Start time of the process since unix epoch in seconds.
# TYPE process_start_time_seconds gauge
process_start_time_seconds 1795423017

# HELP worker_up 1 while this process takes jobs.
# TYPE worker_up gauge
worker_up 1

# TYPE worker_jobs_total counter
worker_jobs_total{name="agent-run",status="completed"} 99
worker_jobs_total{name="agent-run",status="failed"} 1

# TYPE api_seconds histogram
api_seconds_bucket{le="1",api="openrouter"} 2
api_seconds_bucket{le="+Inf",api="openrouter"} 3
api_seconds_sum{api="openrouter"} 4.5
api_seconds_count{api="openrouter"} 3
"""
ROWS = """
[[metric]]
name = "worker_up"
service = "worker"
min = 1
[[metric]]
name = "api_seconds"
service = "worker"
apis = ["openrouter"]
"""


def metrics(body: str | bytes, content_type: str = TEXT) -> Script:
    """A server of one text."""
    return saying(200, body, {"content-type": content_type})


def platform(root: Path, url: str, keys: str = "", rows: str = ROWS) -> Platform:
    """A platform of one service that answers at a URL."""
    (root / "preflight.toml").write_text(
        f'[platform]\nname = "tried"\n[[service]]\nname = "worker"\nhost = "railway"\nroot = "."\nurl = "{url}"\n'
        f'metrics = "/metrics"\njobs_metric = "worker_jobs_total"\nreplicas = 1\nenv_file = ".env"\n{keys}\n'
        f'[[variable]]\nname = "METRICS_TOKEN"\nservices = ["worker"]\n{rows}',
        "utf-8",
    )
    (root / ".env").write_text(f"METRICS_TOKEN={TOKEN}\n", "utf-8")
    return load(root)


class Tried:
    """A platform, and its room with a short pause between its scrapes."""

    def __init__(self, root: Path, url: str, keys: str = "", rows: str = ROWS, *, budget_s: float = PATIENCE_S) -> None:
        self.platform = platform(root, url, keys, rows)
        files = Files(root)
        self.room = Exposition(
            self.platform, files, Environment(self.platform, files), LiveSettings(), apart_s=0.02, budget_s=budget_s
        )
        self.service = self.platform.tables.services[0]

    def outcome(self, item: str) -> str:
        """pass, warn, fail: and the first finding; or unverified and why."""
        room, service = self.room, self.service
        judge: dict[str, Callable[[], Verdict]] = {
            "001": lambda: rules.has_valid_format(service, room.scrape(service)),
            "002": lambda: self._each(rules.is_exported, self.platform.exports(), room.exported),
            "003": lambda: self._each(
                rules.keeps_its_limits, (e for e in self.platform.exports() if e.metric.min is not None), room.exported
            ),
            "004": lambda: rules.counters_do_not_fall(service, room.scrapes(service)),
            "005": lambda: self._each(rules.measures_outside_api, self.platform.measured_apis(), room.measured),
            "006": lambda: rules.fails_few_jobs(service, room.counted(service)),
        }
        try:
            found = judge[item]()
        except NotObserved as unseen:
            return f"unverified: {unseen.evidence.error}"
        except NotReady as broken:
            found = broken.verdict
        for kind, told in (("fail", found.findings), ("warn", found.warnings)):
            if told:
                return f"{kind}: {told[0]}"
        return "pass"

    def _each(self, rule: Callable[[Any, Any], Verdict], targets: Any, question: Callable[[Any], Any]) -> Verdict:
        """The first verdict that is no pass, else the last."""
        verdicts = [rule(target, question(target)) for target in targets]
        return next((v for v in verdicts if v.findings), verdicts[-1])


ITEMS = tuple(f"{number:03}" for number in range(1, 7))


def test_sound_service_passes_every_item(tmp_path: Path) -> None:
    """A well-made exporter passes each of the six items."""
    with Server(metrics(SOUND)) as server:
        tried = Tried(tmp_path, server.url)
        assert {item: tried.outcome(item) for item in ITEMS} == dict.fromkeys(ITEMS, "pass")


def test_service_is_asked_twice_whatever_the_items(tmp_path: Path) -> None:
    """All items together cost two GETs, and they ask as Prometheus does."""
    with Server(metrics(SOUND)) as server:
        tried = Tried(tmp_path, server.url)
        tried.room.prefetch([tried.service, *tried.platform.exports(), *tried.platform.measured_apis()])
        for item in ITEMS:
            tried.outcome(item)
        assert len(server.requests) == 2
    assert all("text/plain;version=0.0.4" in request for request in server.requests)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (lambda talk: talk.pause(PATIENCE_S), "unverified: no answer within 0.6 s"),
        (lambda talk: talk.reset(), "unverified: connection reset"),
        (
            saying(302, "", {"location": "https://login.example.com/x?token=1"}),
            "302 leads to https://login.example.com/x;",
        ),
        (saying(401, "no"), "401: the metrics path wants credentials"),
        (saying(503, "no"), "the metrics path answered 503; expected 200"),
        (saying(404, "no"), "the metrics path answered 404; expected 200"),
    ],
)
def test_answer_that_is_none_ends_every_item(script: Script, expected: str, tmp_path: Path) -> None:
    """Without an answer nothing is verified; an answer other than 200 fails. Each says why in one line."""
    budget_s = 0.6 if "within" in expected else PATIENCE_S
    with Server(script) as server:
        tried = Tried(tmp_path, server.url, budget_s=budget_s)
        assert all(expected in tried.outcome(item) for item in ITEMS)
        assert not any(tried.outcome(item).startswith(("pass", "warn")) for item in ITEMS)


def test_refusing_port_is_unverified(tmp_path: Path) -> None:
    """Where nobody listens there is nothing to judge."""
    tried = Tried(tmp_path, f"http://127.0.0.1:{closed_port()}")
    assert {tried.outcome(item) for item in ITEMS} == {"unverified: connection refused"}


def test_service_that_hangs_is_waited_for_once(tmp_path: Path) -> None:
    """Where the first scrape got no answer a second one would cost the same again, and tell nothing."""
    with Server(lambda talk: talk.pause(PATIENCE_S)) as server:
        tried = Tried(tmp_path, server.url, budget_s=0.6)
        assert {tried.outcome(item) for item in ITEMS} == {"unverified: no answer within 0.6 s"}
        assert len(server.requests) <= 1  # none where this machine was too slow to put it


def test_endless_body_is_cut(tmp_path: Path) -> None:
    """A body without an end costs its limit, and proves nothing."""

    def endless(talk: Talk) -> None:
        talk.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n")
        while talk.send(b"a_very_long_metric_name 1\n" * 40_000):
            pass

    with Server(endless) as server:
        tried = Tried(tmp_path, server.url)
        assert tried.outcome("001").startswith("unverified: ")


def test_second_scrape_that_fails_costs_only_its_item(tmp_path: Path) -> None:
    """Where only the second answer is missing, only the counters' item is not verified."""
    calls = count()
    with Server(
        lambda talk: talk.send(said(200 if next(calls) == 0 else 503, SOUND, {"content-type": TEXT}))
    ) as server:
        tried = Tried(tmp_path, server.url)
        assert tried.outcome("001") == "pass"
        assert "answered 503" in tried.outcome("004")


def guarded(talk: Talk) -> None:
    """Opens to the token only."""
    known = f"authorization: Bearer {TOKEN}".lower() in talk.request.lower()
    talk.send(said(200 if known else 401, SOUND if known else "", {"content-type": TEXT}))


def test_bearer_opens_protected_metrics(tmp_path: Path) -> None:
    """The token of the named variable is sent, and stands in no answer's text."""
    with Server(guarded) as server:
        assert Tried(tmp_path, server.url, 'metrics_bearer_env = "METRICS_TOKEN"').outcome("001") == "pass"
        told = Tried(tmp_path, server.url).outcome("001")
    assert "wants credentials, and metrics_bearer_env names none" in told


def test_refused_token_is_a_finding_that_names_the_variable(tmp_path: Path) -> None:
    """A token that does not open the door is told by its variable's name alone."""
    with Server(saying(403, "no")) as server:
        told = Tried(tmp_path, server.url, 'metrics_bearer_env = "METRICS_TOKEN"').outcome("001")
    assert "403: the metrics path refuses the token in METRICS_TOKEN" in told
    assert TOKEN not in told


def test_token_does_not_follow_a_redirect(tmp_path: Path) -> None:
    """Another host gets neither the question nor the token."""
    with Server(metrics(SOUND)) as other, Server(saying(302, "", {"location": f"{other.url}/metrics"})) as server:
        assert "302 leads to" in Tried(tmp_path, server.url, 'metrics_bearer_env = "METRICS_TOKEN"').outcome("001")
        assert other.requests == []


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (SOUND.rstrip("\n"), TEXT, "line 17: the last line does not end in a line feed"),
        ("", TEXT, "the body is empty"),
        ("# nothing yet\n", TEXT, "comments only"),
        (SOUND + "worker_up 1\n", TEXT, "line 18: the lines of worker_up do not stand together"),
        ("a 1\na 1\n", TEXT, "line 2: a series of a stands there twice"),
        ('a{x="1",y="2"} 1\na{y="2",x="1"} 1\n', TEXT, "line 2: a series of a stands there twice"),
        ("# TYPE a gauge\n# TYPE a gauge\na 1\n", TEXT, "line 2: a has a second TYPE line"),
        ("# HELP a x\n# HELP a y\na 1\n", TEXT, "line 2: a has a second HELP line"),
        ("a 1\n# TYPE a gauge\n", TEXT, "line 2: TYPE of a stands after its samples"),
        ('a 1\nb 1\na{x="1"} 2\n', TEXT, "line 3: the lines of a do not stand together"),
        (
            "worker_jobs_by_type_process-asset_completed 3\n",
            TEXT,
            "the invalid metric name worker_jobs_by_type_process-",
        ),
        ("a 1\r\nb 2\r\n", TEXT, "line 1: the line ends in CR LF"),
        ('a{b="\\x"} 1\n', TEXT, "an escape that the format does not know"),
        ("a one\n", TEXT, "has a value that is no number"),
        ('a{1b="x"} 1\n', TEXT, "the invalid label name 1b"),
        ('a{b="x",b="y"} 1\n', TEXT, "has the label b twice"),
        ('a{b="x} 1\n', TEXT, "without its quotes"),
        ("# TYPE a conter\na 1\n", TEXT, "TYPE of a is conter; expected counter"),
        ('{"status": "ok"}', "application/json", "JSON stands at the metrics path"),
        ("<!doctype html><title>Log in</title>", "text/html", "an HTML page stands at the metrics path"),
        ("<!doctype html><title>Log in</title>", TEXT, "an HTML page stands at the metrics path"),
        (SOUND, "", "no Content-Type: Prometheus 3 refuses it"),
        (SOUND, "application/octet-stream", "Prometheus 3 refuses it; expected text/plain; version=0.0.4"),
        (SOUND.encode() + b'a{b="\xff"} 1\n', TEXT, "the body is not UTF-8"),
        ('# TYPE h histogram\nh_bucket{le="1"} 1\nh_sum 1\nh_count 1\n', TEXT, 'has no bucket le="+Inf"'),
        ('# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 2\n', TEXT, "another _count than its bucket"),
        (
            '# TYPE h histogram\nh_bucket{le="1"} 5\nh_bucket{le="+Inf"} 3\nh_sum 1\nh_count 3\n',
            TEXT,
            "line 3: the buckets of h count down",
        ),
        ('# TYPE h histogram\nh_bucket{le="+Inf"} 3\n', TEXT, "the histogram h has no _count"),
        ("# TYPE h histogram\nh_sum 1\nh_count 3\n", TEXT, "the histogram h has a _count without buckets"),
        ("# TYPE a_total counter\na_total -1\n", TEXT, "the counter a_total counts what is negative"),
        ('# TYPE h histogram\nh_bucket{le="+Inf"} -1\nh_count -1\n', TEXT, "the histogram h counts what is negative"),
        ("# HELP a_total Nothing.\n# TYPE a_total counter\n", TEXT, "not one sample"),
        ("a 1\n", "application/openmetrics-text; version=1.0.0", "does not end in # EOF"),
        ("# TYPE a counter\na 1\n# EOF\n", "application/openmetrics-text", "cannot have a sample of its bare name"),
    ],
)
def test_flaw_of_the_text_is_a_finding_with_its_line(
    body: str | bytes, content_type: str, expected: str, tmp_path: Path
) -> None:
    """What Prometheus or its fellows refuse fails, and the finding says where."""
    with Server(metrics(body, content_type)) as server:
        told = Tried(tmp_path, server.url).outcome("001")
    assert told.startswith("fail: ")
    assert expected in told


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("# TYPE jobs counter\njobs 1\n", "line 1: the counter jobs has no _total at its end"),
        ("# TYPE wait_ms gauge\nwait_ms 1\n", "line 1: wait_ms is in milliseconds"),
        ("a 1 1795423017000\n", "line 1: a has a timestamp"),
    ],
)
def test_what_only_convention_forbids_is_advice(body: str, expected: str, tmp_path: Path) -> None:
    """Names and timestamps against the practice warn; Prometheus reads them all the same."""
    with Server(metrics(body)) as server:
        told = Tried(tmp_path, server.url).outcome("001")
    assert told.startswith("warn: ")
    assert expected in told


@pytest.mark.parametrize(
    "text",
    [
        "nodejs_eventloop_lag_mean_seconds Nan\n",  # as prom-client writes it
        "a +Inf\nb -inf\nc 1e-9\nd .5\ne 5.\n",
        'a{b="x",} 1\n\n\n# any comment\n',
        '  a { b = "x" , c="\\"\\\\\\n" }   1  \n',
        "a{} 1\n",
        '{"a.b", c="d"} 1\n{"a.b", c="e"} 1\n',
        '# TYPE s summary\ns{quantile="0.5"} 1\ns_sum 1\ns_count 1\n',
        "#nothing\n#\n# TYPES are no TYPE\na 1\n",
    ],
)
def test_odd_but_legal_text_has_no_flaw(text: str) -> None:
    """The format allows more than any library writes."""
    assert Reading(text, "text").flaws == ()


def test_openmetrics_of_a_registry_has_no_flaw() -> None:
    """Exemplars, units, created times and the end mark are read."""
    text = (
        '# TYPE a_seconds histogram\n# UNIT a_seconds seconds\n# HELP a_seconds With \\"quotes\\".\n'
        'a_seconds_bucket{le="+Inf"} 1 # {trace_id="x"} 0.5 1795423017.1\na_seconds_count 1\na_seconds_sum 0.5\n'
        "# TYPE jobs counter\njobs_total 1\njobs_created 1795423017.1\n# EOF\n"
    )
    assert Reading(text, "openmetrics").flaws == ()


def test_names_stay_raw() -> None:
    """A counter without _total is not certified under the name that Prometheus does not have."""
    reading = Reading("# TYPE worker_jobs_failed counter\nworker_jobs_failed 1\n", "text")
    assert [sample.name for family in reading.families for sample in family.samples] == ["worker_jobs_failed"]


def test_flaws_are_capped() -> None:
    """A text of a thousand different flaws tells some of them, and that there are more."""
    flaws = Reading("".join(f"bad-name-{n} 1\n" for n in range(1000)), "text").flaws
    assert len(flaws) < 30
    assert flaws[-1] == Flaw("the text has more flaws than are told here", (), 980)


PIECES = st.sampled_from(
    ["a", "b_total", "{", "}", '"', "=", ",", " ", "\n", "\\", "#", " # ", "TYPE", "HELP", "counter"]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES | st.text(max_size=4), max_size=60).map("".join))


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.sampled_from(["text", "openmetrics"]))
def test_no_text_breaks_the_reader(text: str, form: Any) -> None:
    """Whatever stands there, it is read: with flaws, never with an exception."""
    reading = Reading(text, form)
    assert all(flaw.text for flaw in reading.flaws)


LABELS = st.dictionaries(
    st.from_regex(r"[a-zA-Z_]\w{0,8}", fullmatch=True).filter(str.isascii), st.text(max_size=12), max_size=4
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LABELS, min_size=1, max_size=6, unique_by=lambda d: tuple(sorted(d.items()))))
def test_written_series_are_read_back(series: list[dict[str, str]]) -> None:
    """Whatever the label values hold, escaping and reading give them back."""

    def escaped(value: str) -> str:
        return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

    lines = ["m{" + ",".join(f'{k}="{escaped(v)}"' for k, v in labels.items()) + "} 1\n" for labels in series]
    found = [dict(sample.labels) for family in Reading("".join(lines), "text").families for sample in family.samples]
    assert found == series


@pytest.mark.parametrize(
    "line",
    [
        'a{b="' + "\\\\" * 200_000,
        "a{" + "b," * 200_000,
        'a{b="' + '\\"' * 200_000 + '"} 1',
        "a " * 300_000,
        "# TYPE " * 100_000,
    ],
    ids=["backslashes", "labels", "quotes", "values", "types"],
)
def test_hostile_line_is_read_to_its_end(line: str) -> None:
    """A line of half a megabyte made to be costly is read like any other; the square of its length would not end."""
    assert Reading(line + "\n", "text").lines == 1
