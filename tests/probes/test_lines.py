"""The room that reads logs: from files, pipes and commands, with bounded memory, and every item's facts of one pass."""

from __future__ import annotations

import base64
import json
import os
import secrets as random
import select
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.rules import lines as rules
from fixtures.manifest import load
from fixtures.model.live import LiveSettings
from fixtures.model.platform import Log
from fixtures.model.verdicts import Evidence, NotObserved, NotReady, Verdict
from fixtures.probes.environment import Environment
from fixtures.probes.files import Files
from fixtures.probes.lines import Lines, probe
from fixtures.probes.lines.blocks import LONGEST_LINE, blocks
from fixtures.probes.lines.jobs import Correlation
from fixtures.probes.lines.secrets import Search
from fixtures.probes.lines.sources import Limits, Source, started
from fixtures.probes.lines.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fixtures.model.lines import Told

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PASSWORD = "pw-" + "Jq8vT2mZ"
RULES: dict[str, Callable[..., Verdict]] = {
    "001": rules.is_structured,
    "002": rules.tells_utc,
    "003": rules.names_its_jobs,
    "004": rules.ends_its_jobs,
    "005": rules.holds_no_secret,
    "006": rules.keeps_to_its_levels,
    "007": rules.tells_of_redis,
}
Entry = dict[str, Any]
BASIC = "Basic " + base64.b64encode(f"default:{PASSWORD}".encode()).decode()


def entry(seconds: float, message: str, **fields: Any) -> Entry:
    """A line as the demo's logger writes it."""
    at = (START + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    made = {**fields, "timestamp": at, "level": "info", "service": "worker", "message": message, **fields}
    return {key: value for key, value in made.items() if value is not None}


def job(seconds: float, event: str, number: int = 1, **fields: Any) -> Entry:
    """An event of a job."""
    timed = {} if event == "start" else {"duration": 500}
    return entry(
        seconds, f"job.{event}", **{"jobId": str(number), "jobName": "agent-run", "orgId": "o", **timed, **fields}
    )


SOUND: list[Entry | str] = [
    entry(0, "worker.start"),
    entry(0.1, "redis.connect", use="worker"),
    entry(0.2, "redis.ready", use="worker"),
    job(1, "start"),
    job(1.5, "complete"),
    job(2, "start", 2),
    job(2.5, "failed", 2, level="error"),
    entry(9, "http.listening"),
]


def text(entries: Iterable[Entry | str]) -> str:
    """Lines of a log; a str stands as it is."""
    return "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in entries)


class Tried:
    """A platform with one log, and its room."""

    def __init__(self, root: Path, row: str = 'file = "worker.log"', limits: Limits | None = None, **live: Any) -> None:
        (root / "preflight.toml").write_text(
            '[platform]\nname = "tried"\n[[service]]\nname = "worker"\nhost = "other"\nroot = "."\nenv_file = ".env"\n'
            '[[variable]]\nname = "REDIS_URL"\nkind = "redis-url"\nservices = ["worker"]\n'
            f'[[variable]]\nname = "SEAL"\nservices = ["worker"]\n[[log]]\nname = "log"\nservice = "worker"\n{row}\n',
            "utf-8",
        )
        (root / ".env").write_text(
            f"REDIS_URL=redis://default:{PASSWORD}@redis.example.com:6379\nSEAL='it is \"quoted\" {PASSWORD[::-1]}'\n",
            "utf-8",
        )
        platform, files = load(root), Files(root)
        self.log, self.moment = platform.tables.logs[0], START + timedelta(minutes=1)
        self.room = Lines(platform, files, Environment(platform, files), LiveSettings(**live), limits)

    def outcome(self, item: str) -> str:
        """pass, warn, fail: and the first finding; or unverified and why."""
        try:
            moment = (self.moment,) if item == "002" else ()
            found = RULES[item](self.log, self.room.told(self.log), *moment)
        except NotObserved as unseen:
            return f"unverified: {unseen.evidence.error}"
        except NotReady as broken:
            found = broken.verdict
        for kind, told in (("fail", found.findings), ("warn", found.warnings)):
            if told:
                return f"{kind}: {told[0]}"
        return "pass"


def outcomes(root: Path, entries: Iterable[Entry | str], row: str = "") -> dict[str, str]:
    """How each item ends on a log of these lines."""
    (root / "worker.log").write_text(text(entries), "utf-8")
    tried = Tried(root, f'file = "worker.log"\n{row}')
    return {item: tried.outcome(item) for item in RULES}


def broken(found: dict[str, str]) -> dict[str, str]:
    """The items that do not pass."""
    return {item: told for item, told in found.items() if told != "pass"}


def test_sound_log_passes_every_item(tmp_path: Path) -> None:
    """The lines that the demo's worker writes pass all seven items."""
    assert broken(outcomes(tmp_path, SOUND)) == {}


@pytest.mark.parametrize(
    "line",
    [
        '{"level":30,"time":"2026-11-23T08:00:01.000Z","pid":1,"hostname":"a","name":"worker","msg":"ok"}',  # pino
        '{"name":"worker","pid":1,"level":30,"msg":"ok","time":"2026-11-23T08:00:01.000Z","v":0}',  # bunyan
        '{"level":"info","message":"ok","service":"worker","timestamp":"2026-11-23T08:00:01.000Z"}',  # winston
        '{"severity":"WARNING","message":"ok","time":"2026-11-23T08:00:01.123456789Z","serviceName":"worker"}',  # Cloud
        '{"@timestamp":"2026-11-23T08:00:01Z","log.level":"info","message":"ok","service":{"name":"w"}}',  # Elastic
        '{"@timestamp":"2026-11-23T08:00:01+00:00","log":{"level":"info"},"message":"ok","service.name":"worker"}\r',
        '{"level":"log","message":"ok","service":"worker","timestamp":"2026-11-23T08:00:01Z"}',  # Nest
        '{"level":"Information","message":"ok","service":"worker","timestamp":"2026-11-23T08:00:01Z"}',  # Serilog
        "",
        "   ",
    ],
)
def test_known_loggers_are_understood(line: str, tmp_path: Path) -> None:
    """Each common logger's own names of the four fields count; blank lines and CR LF do no harm."""
    assert broken(outcomes(tmp_path, [*SOUND, line])) == {}


@pytest.mark.parametrize(
    ("line", "item", "says"),
    [
        ("plain text", "001", "worker.log:9: the line is no JSON object"),
        ('["a"]', "001", "is no JSON object"),
        ("42", "001", "is no JSON object"),
        ('{"a": 1} {"b": 2}', "001", "is no JSON object"),
        ("[" * 100_000, "001", "is no JSON object"),
        ('{"a":' * 50_000, "001", "is no JSON object"),
        (json.dumps(entry(9, "x", load=float("nan"))), "001", "is no JSON object"),
        ("TypeError: x\n    at run (/app/x.js:1:2)\n    at go (/app/y.js:3:4)", "001", "begins a stack trace"),
        (json.dumps(entry(9, "x", service=None)), "001", "has no field for a service"),
        (json.dumps({**entry(9, "x"), "message": {"a": 1}}), "001", "has a message that is no text"),
        (json.dumps(entry(9, "x", timestamp=1795420800000)), "002", "has a number for its time, not ISO 8601"),
        (json.dumps(entry(9, "x", timestamp="1795420800")), "002", "has a number for its time"),
        (json.dumps(entry(9, "x", timestamp="2026-11-23 08:00:09,123")), "002", "has a time that is not ISO 8601"),
        (json.dumps(entry(9, "x", timestamp="2026-11-23T08:00:09")), "002", "has a time without a zone; expected Z"),
        (json.dumps(entry(9, "x", timestamp="2026-11-23T11:00:09+03:00")), "002", "has a time that is not in UTC"),
        (json.dumps(entry(9, "x", timestamp="2026-13-23T08:00:09Z")), "002", "has a time that is no date"),
        (json.dumps(job(9, "complete", 7, timestamp="0001-01-01T00:00:00Z")), "002", "has a time of no year"),
        (json.dumps(job(9, "complete", 7, timestamp="9999-12-31T23:59:59-02:00")), "002", "has a time of no year"),
        (json.dumps(entry(9, "x", timestamp="0001-01-01 00:00:00+02:00")), "002", "has a time that is not ISO 8601"),
        (json.dumps(entry(9, "x", timestamp=10**400)), "002", "has a number for its time"),
        (json.dumps(job(9, "complete", duration=None, duration_s=10**400)), "004", "ends a job without a duration"),
        (json.dumps(job(9, "complete", 7, jobId=None, duration=1)), "003", "carries no jobId"),
        (json.dumps(entry(9, "x", level="debug")), "006", "is of level debug"),
        (json.dumps(entry(9, "x", level=20)), "006", "is of level debug"),
        (json.dumps(entry(9, "x", level="loud")), "006", "has a level that is not known"),
        (json.dumps(entry(9, "auth", header=BASIC)), "005", "holds the value of password in REDIS_URL"),
        (json.dumps(entry(9, "redis.close", use="worker")), "007", "a connection to Redis is gone"),
        (json.dumps(entry(9, "Redis connection lost")), "007", "a connection to Redis is gone"),
    ],
)
def test_one_bad_line_breaks_its_item_only(line: str, item: str, says: str, tmp_path: Path) -> None:
    """One line is enough for a finding, which names it."""
    found = broken(outcomes(tmp_path, [*SOUND, line]))
    assert list(found) == [item]
    assert found[item].startswith("fail: worker.log:9: ")
    assert says in found[item]


def test_many_bad_lines_are_one_finding(tmp_path: Path) -> None:
    """The first lines are named, and how many there are."""
    told = outcomes(tmp_path, [*SOUND, *(f"plain {n}" for n in range(1000))])["001"]
    assert told == "fail: worker.log:9: the line is no JSON object; so do lines 10, 11, 12, 13 and 995 more"


@pytest.mark.parametrize(
    ("limit", "read", "judged", "expected"),
    [
        (None, 24, 24, ((), ())),
        (None, 25, 25, ((), ("25 hours",))),
        (720, 700, 700, ((), ())),
        (720, 744, 744, (("31 days",), ())),
        (720, 744, 999, (("31 days",), ())),  # of a run for a release to come
        (1, 72, -72, ((), ())),  # judged as of a day before the log
    ],
)
def test_log_of_another_time_is_told(
    tmp_path: Path, limit: int | None, read: int, judged: int, expected: tuple[tuple[str, ...], tuple[str, ...]]
) -> None:
    """What ran last month says nothing about what runs now: advice, and a finding where the manifest sets a limit."""
    (tmp_path / "worker.log").write_text(text(SOUND), "utf-8")
    tried = Tried(tmp_path)
    log = tried.log.model_copy(update={"max_age_hours": limit})
    last = START + timedelta(seconds=9)
    seen = replace(tried.room.told(log), at=last + timedelta(hours=read))
    verdict = rules.tells_utc(log, seen, last + timedelta(hours=judged))
    told = [[f"its newest line is {age} old: it does not show what runs now" for age in ages] for ages in expected]
    assert [[one.text for one in found] for found in (verdict.findings, verdict.warnings)] == told


def test_log_that_ends_within_a_line_is_advice(tmp_path: Path) -> None:
    """Whoever copied the log cut it there; half a line before others is a flaw all the same."""
    half = '{"timestamp":"2026-11-23T08:00:10.000Z","level":"in'
    for cut, expected in ((half, "warn: worker.log:9: the line is cut off"), (half + "\n", "fail: worker.log:9: ")):
        (tmp_path / "worker.log").write_text(text(SOUND) + cut, "utf-8")
        assert Tried(tmp_path).outcome("001").startswith(expected)


def test_log_that_begins_within_a_line_is_advice(tmp_path: Path) -> None:
    """The first line alone may be the end of one; a plain text is none."""
    half = 'level":"info","service":"worker","message":"x"}'
    assert broken(outcomes(tmp_path, [half, *SOUND])) == {
        "001": "warn: worker.log:1: the line is cut off: the log begins within it"
    }
    for lines in ([SOUND[0], half], ["plain text", *SOUND]):
        assert outcomes(tmp_path, lines)["001"].startswith("fail: ")


def test_log_that_cannot_be_searched_is_not_clean(tmp_path: Path) -> None:
    """Of UTF-16 nothing is found, which proves nothing."""
    (tmp_path / "worker.log").write_bytes(text(SOUND).encode("utf-16"))
    assert "could not be searched" in Tried(tmp_path).outcome("005")


def test_reason_may_follow_an_event(tmp_path: Path) -> None:
    """A job whose end tells why has ended."""
    failed = job(2.5, "failed", 2, level="error") | {"message": "Job failed: model overloaded\ntry again"}
    assert broken(outcomes(tmp_path, [*SOUND[:6], failed, entry(5000, "http.listening")])) == {}


def test_start_needs_a_connection(tmp_path: Path) -> None:
    """A service that starts and tells of errors alone has not reached its Redis."""
    refused = entry(0.1, "redis.error", level="error")
    told = outcomes(tmp_path, [SOUND[0], refused, *SOUND[3:]])["007"]
    assert (
        told == "fail: worker.log: the service starts in this log, and no line tells that Redis is connected or ready"
    )


def test_banners_of_package_managers_are_advice(tmp_path: Path) -> None:
    """What npm prints before the service runs warns; it is not the service's doing."""
    banner: list[Entry | str] = ["> worker@1.0.0 start", "> node dist/index.js"]
    found = broken(outcomes(tmp_path, banner + SOUND))
    assert list(found) == ["001"]
    assert found["001"].startswith("warn: worker.log:1: ")


def test_overlong_line_is_cut_and_said(tmp_path: Path) -> None:
    """A line beyond the limit is not read to its end; the lines after it keep their numbers."""
    entries: list[Entry | str] = [*SOUND, '{"a":"' + "x" * (3 * LONGEST_LINE), "plain"]
    (tmp_path / "worker.log").write_text(text(entries), "utf-8")
    tried = Tried(tmp_path)
    verdict = rules.is_structured(tried.log, tried.room.told(tried.log))
    assert [str(finding) for finding in verdict.findings] == ["worker.log:10: the line is no JSON object"]
    assert [str(warning) for warning in verdict.warnings] == [
        "worker.log:9: the line is longer than 256 KiB and was not read to its end"
    ]


@pytest.mark.parametrize(
    ("entries", "item", "says"),
    [
        ([job(1, "start"), entry(900, "x")], "004", "fail: worker.log:1: the line starts a job that has no end"),
        ([job(1, "start"), job(1, "start", 2), job(2, "complete", 2), entry(601, "x")], "004", "pass"),
        ([entry(0, "x"), job(0.3, "complete")], "004", "pass"),
        ([entry(0, "x"), job(60, "complete")], "004", "warn: worker.log:2: the line ends a job whose start should be"),
        (
            [job(1, "start"), job(2, "complete", duration=None)],
            "004",
            "fail: worker.log:2: the line ends a job without",
        ),
        ([job(1, "start"), job(2, "complete", duration="1.2s")], "004", "pass"),
        ([job(1, "start"), job(2, "complete", duration=-1)], "004", "fail: worker.log:2: the line ends a job without"),
        ([job(1, "start"), job(2, "start"), job(3, "complete")], "004", "starts once more before its end"),
        ([job(1, "start"), job(2, "failed"), job(3, "start"), job(4, "complete")], "004", "pass"),
        (
            [job(1, "start"), job(1, "start", jobName="b"), job(2, "failed"), job(3, "failed", jobName="b")],
            "004",
            "pass",
        ),
        (
            [entry(1, "Job started", jobId=1, jobName="a"), entry(2, "Job completed", jobId=1, jobName="a", ms=3)],
            "004",
            "pass",
        ),
        ([job(1, "start", jobId=7), job(2, "complete", jobId="7"), entry(900, "x")], "004", "pass"),
        ([job(1, "start", queue="q"), job(2, "complete"), entry(900, "x")], "004", "pass"),
        ([job(1, "start"), job(2, "failed", queue="q"), entry(900, "x")], "004", "pass"),
        ([job(1, "start"), job(2, "complete", jobName=None), entry(900, "x")], "004", "pass"),
        (
            [job(1, "start", queue="q"), job(2, "complete", queue="r"), entry(900, "x")],
            "004",
            "fail: worker.log:1: the line starts a job that has no end",
        ),
        (
            [job(1, "start", queue="q"), job(1, "start", queue="r"), job(2, "failed", queue="r"), entry(900, "x")],
            "004",
            "fail: worker.log:1: the line starts a job that has no end",
        ),
        ([entry(900, "x"), job(2, "complete"), job(1, "start")], "004", "unverified: its lines run from the newest"),
        ([entry(900, "x"), entry(2, "redis.ready"), entry(1, "redis.close")], "007", "unverified: its lines run from"),
        ([job(1, "start"), entry(1.9, "x"), entry(1.7, "x"), entry(1.5, "x"), job(2, "complete")], "004", "pass"),
        ([entry(1, "quiet")], "004", "warn: worker.log: no job.start"),
        ([entry(1, "quiet")], "003", "warn: worker.log: no job.start"),
        (
            [job(1, "start"), job(2, "complete", orgId=None)],
            "003",
            "warn: worker.log:2: the line ends a job without the org",
        ),
        ([job(1, "start", orgId=None), job(2, "complete", orgId=None)], "003", "pass"),
        ([job(1, "start", jobName=None), job(2, "complete", jobName=None)], "003", "carries no jobName; so do lines 2"),
        ([entry(1, "quiet")], "007", "warn: worker.log: no connect, ready"),
        ([entry(1, "worker.start")], "007", "fail: worker.log: the service starts in this log and says nothing"),
        ([entry(1, "redis.close"), entry(2, "redis.reconnecting"), entry(3, "redis.ready")], "007", "pass"),
        ([entry(1, "redis.close", use="a"), entry(3, "redis.ready", use="b")], "007", "fail: worker.log:1: "),
        ([entry(1, "redis.ready"), entry(2, "worker.stop"), entry(3, "redis.close")], "007", "pass"),
        ([entry(1, "Connected to Redis")], "007", "pass"),
    ],
)
def test_events_are_followed_across_lines(entries: list[Entry], item: str, says: str, tmp_path: Path) -> None:
    """Starts find their ends, losses their returns, and the edges of the log are no fault."""
    assert says in outcomes(tmp_path, entries)[item]


def test_open_jobs_are_bounded_and_that_is_said() -> None:
    """Beyond so many open jobs the oldest is dropped; nothing is then called missing that was only forgotten."""
    survey = Survey(Search(), Correlation(most=100))
    entries = [*(job(n, "start", n) for n in range(300)), *(job(400, "complete", n, duration=1) for n in range(300))]
    for block in blocks([text(entries).encode()]):
        survey.take(block)
    told = survey.told("log", "", 600)
    assert (told.jobs.forgotten, told.jobs.unended, told.jobs.unstarted) == (200, (), ())
    log = Log.model_validate({"name": "log", "service": "worker"})
    assert "more than 100 jobs were open at once" in str(rules.ends_its_jobs(log, Evidence("", seen=told)).warnings)


def test_known_and_unknown_secrets_are_found_by_line(tmp_path: Path) -> None:
    """A credential's shape and the platform's own values are found, also escaped; neither stands in the evidence."""
    key = "sk-or-" + "v1-" + random.token_hex(32)
    seal = f'it is "quoted" {PASSWORD[::-1]}'
    found = outcomes(tmp_path, [*SOUND, entry(9, "x", a=key), entry(9, "x", url=f"r://:{PASSWORD}@h"), entry(9, seal)])
    assert list(broken(found)) == ["005"]
    tried = Tried(tmp_path)
    verdict = rules.holds_no_secret(tried.log, tried.room.told(tried.log))
    said = {str(finding) for finding in verdict.findings}
    assert "worker.log:10: the line holds the value of password in REDIS_URL" in said
    assert "worker.log:11: the line holds the value of SEAL" in said
    assert "worker.log:9: the line holds a credential (OpenRouter key)" in said
    assert not any(value in repr(tried.room.told(tried.log).seen) + str(said) for value in (key, PASSWORD, seal))


def test_each_line_with_a_credential_is_counted(tmp_path: Path) -> None:
    """What is passed over because it was looked at already is never a credential."""
    key = "sk-or-" + "v1-" + random.token_hex(32)
    many = [entry(9, "x", note=f"a harmless text {n % 7}", key=key if n % 500 == 0 else None) for n in range(20_000)]
    told = outcomes(tmp_path, [*SOUND, *many])["005"]
    assert told.startswith("fail: worker.log:9: the line holds a credential (OpenRouter key); so do lines 509, 1,009")
    assert told.endswith("and 35 more")


def test_fault_of_the_suite_shows_no_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where reading itself breaks, the traceback has no frame that holds a line."""
    (tmp_path / "worker.log").write_text(text([entry(0, PASSWORD)]), "utf-8")
    monkeypatch.setattr(Survey, "_line", lambda *_: 1 / 0)
    tried = Tried(tmp_path)
    with pytest.raises(Exception, match="secret scan failed") as caught:
        tried.room.told(tried.log)
    frames = [str(frame.frame.f_locals) for frame in caught.traceback]
    assert not any(PASSWORD in local for local in frames)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_fault_of_the_suite_costs_its_own_log_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading one log breaks; what was read of the other stands, and the broken one is not read again."""
    (tmp_path / "worker.log").write_text(text(SOUND), "utf-8")
    tried = Tried(tmp_path)
    other = tried.log.model_copy(update={"name": "other"})
    calls: list[str] = []
    reading = Lines._read

    def read(room: Lines, log: Log, label: str) -> Told:
        calls.append(log.name)
        return reading(room, log, label) if log is other else 1 // 0  # type: ignore[return-value]

    monkeypatch.setattr(Lines, "_read", read)
    tried.room.prefetch([tried.log, other])
    assert tried.room.told(other).value.lines == len(SOUND)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            tried.room.told(tried.log)
    assert sorted(calls) == ["log", "other"]


def test_log_that_is_not_there_fails(tmp_path: Path) -> None:
    """A declared file that does not exist is a finding, not a log without flaws."""
    told = Tried(tmp_path).room.told(Tried(tmp_path).log)
    assert told.fault is not None
    assert told.fault.text == "the log does not exist"


@pytest.mark.parametrize("content", ["", "\n\n  \n"])
def test_empty_log_proves_nothing(content: str, tmp_path: Path) -> None:
    """No line, no verdict."""
    (tmp_path / "worker.log").write_text(content, "utf-8")
    assert {Tried(tmp_path).outcome(item) for item in RULES} == {"unverified: worker.log holds no line"}


def test_row_without_a_source_is_unverified(tmp_path: Path) -> None:
    """Where nobody says where the lines are, the hint says how to give them."""
    tried = Tried(tmp_path, row="")
    told = tried.room.told(tried.log)
    assert (told.error, "--log=worker=PATH" in told.hint) == ("the row log names neither a file nor a command", True)


def command(program: str, **keys: str) -> str:
    """A row whose command is a Python program."""
    more = "".join(f"{key} = {value}\n" for key, value in keys.items())
    return f"command = {json.dumps([sys.executable, '-c', program])}\n{more}"


def test_command_is_read_and_gets_no_other_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command's output is a log; of the environment it sees what its row names."""
    monkeypatch.setenv("OPEN", "yes")
    monkeypatch.setenv("HIDDEN", "yes")
    line = json.dumps(entry(0, "x"))
    program = f"import os; assert 'HIDDEN' not in os.environ and os.environ['OPEN']; print('''{line}''')"
    assert Tried(tmp_path, command(program, command_env='["OPEN"]')).outcome("001") == "pass"


def test_command_that_fails_is_unverified(tmp_path: Path) -> None:
    """What it had printed before does not count, nor does its error text come through."""
    tried = Tried(tmp_path, command(f"import sys; print('{{}}'); sys.exit('{PASSWORD}')"))
    told = tried.room.told(tried.log)
    assert told.error.endswith("ended with exit code 1")
    assert PASSWORD not in repr(told)


def test_command_that_does_not_exist_is_unverified(tmp_path: Path) -> None:
    """A tool that is not installed is said by name."""
    assert "no-such-tool does not start" in Tried(tmp_path, 'command = ["no-such-tool"]').outcome("001")


def test_command_that_goes_on_is_ended_and_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A following log ends with its time; what came is judged, and that is said."""

    def begun(*given: Any) -> Source:
        source = started(*given)
        assert select.select([source._descriptor], [], [], 60)[0]  # an interpreter may take long to start
        return source

    monkeypatch.setattr(probe, "started", begun)
    line = json.dumps(entry(0, "x"))
    tried = Tried(tmp_path, command(f"import time; print('''{line}''', flush=True); time.sleep(60)", command_s="1"))
    verdict = rules.is_structured(tried.log, tried.room.told(tried.log))
    assert verdict.observed == "1 of 1 lines (read no further after 1 s) are one JSON object each"


def test_given_file_goes_before_the_row(tmp_path: Path) -> None:
    """`--log=SERVICE=PATH` replaces what the manifest says."""
    (tmp_path / "given.log").write_text(text(SOUND), "utf-8")
    assert Tried(tmp_path, log_files={"worker": tmp_path / "given.log"}).outcome("001") == "pass"


def test_silent_pipe_does_not_hang(tmp_path: Path) -> None:
    """Standard input that says nothing more is left after a while."""
    reading, writing = os.pipe()
    os.write(writing, text(SOUND).encode())  # less than a pipe holds
    try:
        tried = Tried(
            tmp_path, limits=Limits(seconds=60, patience_s=0.2), log_files={"worker": Path(f"/dev/fd/{reading}")}
        )
        told = tried.room.told(tried.log)
    finally:
        os.close(reading)
        os.close(writing)
    assert (told.where, told.value.lines, told.value.ended) == ("standard input", 8, "after 0.2 s without a line")


def test_named_pipe_that_nobody_writes_to_does_not_hang(tmp_path: Path) -> None:
    """What would feed it may have died before: its patience ends, and no line is no verdict."""
    os.mkfifo(tmp_path / "worker.log")
    tried = Tried(tmp_path, limits=Limits(seconds=60, patience_s=0.2))
    assert tried.outcome("001") == "unverified: worker.log holds no line"


def test_named_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    """One that somebody writes to is a log, and ends when they are done."""
    os.mkfifo(tmp_path / "worker.log")
    writing = threading.Thread(target=(tmp_path / "worker.log").write_text, args=(text(SOUND),), daemon=True)
    writing.start()
    told = Tried(tmp_path, limits=Limits(seconds=60, patience_s=60)).room
    assert told.told(told._platform.tables.logs[0]).value.lines == len(SOUND)


def test_bytes_are_bounded(tmp_path: Path) -> None:
    """A log without an end costs its limit."""
    tried = Tried(tmp_path, limits=Limits(seconds=60, bytes=3 << 20), log_files={"worker": Path("/dev/zero")})
    assert tried.room.told(tried.log).value.ended == "after 3 MiB"


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=6), st.integers(1, 50))
def test_blocks_hold_every_line_once(data: bytes, cuts: list[int], longest: int) -> None:
    """However the bytes arrive, lines keep their numbers and their text up to the limit."""
    edges = [0, *sorted(cuts), len(data)]
    chunks = [data[a:b] for a, b in pairwise(edges)]
    found = {
        block.first + at: line for block in blocks(chunks, longest) for at, line in enumerate(block.text.split("\n"))
    }
    expected = data.removesuffix(b"\n").removeprefix(b"\xef\xbb\xbf").split(b"\n") if data else []
    assert list(found) == list(range(1, len(expected) + 1))
    for line, whole in zip(found.values(), expected, strict=True):
        assert whole.decode("utf-8", "replace").startswith(line.rstrip("\ufffd")[:longest])


HUGE = st.sampled_from([10**400, -(10**400)])  # JSON sets no limit, and a float has one
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | HUGE | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    [
        *("timestamp", "time", "level", "severity", "message", "msg", "service", "name"),
        *("jobId", "duration", "duration_s", "job", "event"),
    ]
)
VALUES = (
    JSON
    | st.sampled_from(["job.start", "job.complete", "job.failed", "redis.close", "redis.ready", "2026-11-23T08:00:00Z"])
    | st.datetimes(timezones=st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))).flatmap(
        lambda at: st.sampled_from([str(at), at.isoformat()])
    )
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=8).map(json.dumps) | st.text(max_size=60), max_size=12))
def test_no_line_breaks_the_survey(lines: list[str]) -> None:
    """Whatever the fields hold, the pass ends with facts, and each rule with a verdict."""
    survey = Survey(Search(), Correlation())
    for block in blocks(["\n".join(lines).encode("utf-8", "surrogatepass")]):
        survey.take(block)
    told: Told = survey.told("log", "", 600)
    assert told.objects <= told.lines
    log = Log.model_validate({"name": "log", "service": "worker"})
    for rule in (rules.is_structured, rules.names_its_jobs, rules.holds_no_secret, rules.tells_of_redis):
        assert rule(log, Evidence("", seen=told)).observed
