"""Queues as real BullMQ producers and workers of both majors leave them, read from a real Redis over both carriers."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import redis

from checks.rules.queues import depth_within_limits, drains
from fixtures.demo.vendors.upstash import DATABASE, EMAIL, Upstash
from fixtures.model.live import LiveSettings
from fixtures.model.platform import Queue, Thresholds
from fixtures.model.queues import Hosted, Movement, WaitingJobs
from fixtures.probes.queues.facts import QueueFacts
from tests.asked import serving
from tests.loopback import wait_until
from tests.probes.bull import MAJORS, Bull, RealRedis, asking, platform_of, real_redis, rest_in_front, row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fixtures.probes.queues import Queues

TOKEN = secrets.token_urlsafe(24)
TEN_MINUTES = 600_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRedis]:
    with real_redis(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture(scope="module", params=[5, 6], ids=["bullmq5", "bullmq6"])
def bull(request: pytest.FixtureRequest, server: RealRedis) -> Iterator[Bull]:
    process = Bull(request.param, server.url)
    yield process
    process.kill()


@pytest.fixture
def name() -> str:
    return f"jobs-{secrets.token_hex(4)}"


@dataclass(frozen=True)
class Ask:
    """Rooms that ask the real Redis in one way, and rows that say so."""

    root: Path
    values: dict[str, str]
    keys: dict[str, str]

    def __call__(self, *rows: Queue, interval_s: float = 0.05) -> Queues:
        """A room for these rows."""
        return asking(self.root, self.values, *rows, interval_s=interval_s)

    def row(self, name: str, **keys: Any) -> Queue:
        """A row of this way."""
        return row(name, **{**self.keys, **keys})


@pytest.fixture(params=["redis", "rest"])
def ask(request: pytest.FixtureRequest, server: RealRedis, tmp_path: Path) -> Iterator[Ask]:
    """By Redis protocol as a user who may only read, or over REST."""
    if request.param == "redis":
        url = server.user("reader", "+@read", "+@connection", "+info", "+client|list", "+time")
        yield Ask(tmp_path, {"REDIS_URL": url}, {})
        return
    with rest_in_front(server, TOKEN) as (url, _):
        yield Ask(
            tmp_path,
            {"REST_URL": url, "REST_TOKEN": TOKEN},
            {"rest_url": "REST_URL", "rest_token": "REST_TOKEN"},
        )


def _direct(server: RealRedis, tmp_path: Path, *rows: Queue, **more: Any) -> Queues:
    return asking(tmp_path, {"REDIS_URL": server.url}, *rows, **more)


def test_waiting_jobs_of_every_kind_are_counted(bull: Bull, ask: Ask, name: str) -> None:
    """Depth is what is ready to run: in wait or prioritized, neither delayed nor waiting for children."""
    bull.add(name, {}, {}, {"priority": 3}, {"delay": TEN_MINUTES}, {"lifo": True})
    bull.do("family", name, child=f"{name}-child")
    queue = ask.row(name)
    room = ask(queue)
    depth = room.depth(queue).value
    assert (depth.wait, depth.prioritized, depth.paused, depth.total) == (3, 1, 0, 4)
    assert (depth.warn, depth.critical) == (500, 1000)
    assert room.presence(queue).value.jobs == 6
    assert room.presence(queue).value.version.startswith("bullmq:")
    assert room.delayed(queue).value.total == 1


def test_groups_of_bullmq_pro_are_told(server: RealRedis, ask: Ask, name: str) -> None:
    """Their jobs stand in no list that others have; a depth without them is not the whole of it."""
    server.client.hset(f"bull:{name}:meta", "version", "bullmq-pro:7.38.5")
    server.client.zadd(f"bull:{name}:groups", {"tenant-1": 1, "tenant-2": 2})
    server.client.zadd(f"bull:{name}:groups:max", {"tenant-3": 3})
    queue = ask.row(name)
    seen = ask(queue).depth(queue)
    assert (seen.value.total, seen.value.groups) == (0, 3)
    assert "more jobs wait in 3 groups" in str(depth_within_limits(queue, seen).warnings)


def test_missing_queue_is_never_empty(bull: Bull, ask: Ask, name: str) -> None:
    """Of a queue that is not there only its absence is told."""
    bull.do("open", name)
    there, gone, elsewhere = (
        ask.row(name),
        ask.row(f"{name}-x"),
        ask.row("other", queue=name, prefix="q"),
    )
    room = ask(there, gone, elsewhere)
    room.prefetch([there, gone, elsewhere])
    assert not room.presence(there).value.missing
    assert room.depth(there).value.total == 0
    for queue in (gone, elsewhere):
        assert room.presence(queue).value.missing
        for question in (room.depth, room.failed, room.waiting, room.pause, room.active, room.movement, room.delayed):
            assert "there is no queue" in question(queue).error


def test_pause_is_seen_in_both_majors(bull: Bull, ask: Ask, name: str) -> None:
    """A paused queue says so, and its jobs still count as waiting, wherever the major keeps them."""
    bull.add(name, {}, {})
    bull.do("pause", name)
    bull.add(name, {})
    queue = ask.row(name)
    room = ask(queue)
    assert (room.pause(queue).value.paused, room.pause(queue).value.waiting) == (True, 3)
    assert room.depth(queue).value.total == 3
    assert room.waiting(queue).value.looked_at


def test_failed_jobs_are_counted(bull: Bull, ask: Ask, name: str) -> None:
    """`failed` is a sorted set; removeOnFail trims it, so the count is what is kept."""
    bull.do("work", name, how="fails", options={"removeOnFail": {"count": 2}})
    bull.add(name, *[{}] * 5)
    bull.do("until", name, state="waiting", count=0)
    bull.do("until", name, state="active", count=0)
    queue = ask.row(name, max_failed=1)
    failed = ask(queue).failed(queue).value
    assert (failed.kept, failed.recent, failed.limit) == (2, 2, 1)


def test_age_of_the_oldest_waiting_job(bull: Bull, ask: Ask, name: str) -> None:
    """A job waits since it was made; a LIFO job that stands before it does not hide it."""
    made = time.time() * 1000 - TEN_MINUTES
    bull.add(name, {"timestamp": made}, {}, {"lifo": True})
    queue = ask.row(name)
    seen = ask(queue).waiting(queue).value
    assert seen.total == 3
    assert seen.looked_at[0].exact
    assert 600 <= seen.looked_at[0].age_s < 660


def test_delay_is_no_waiting(bull: Bull, ask: Ask, name: str) -> None:
    """A promoted job waits since its delay was over, though promotion sets its delay to 0."""
    made = time.time() * 1000 - TEN_MINUTES
    (job,) = bull.add(name, {"timestamp": made, "delay": TEN_MINUTES - 5_000})
    bull.do("promote", name, id=job)
    queue = ask.row(name)
    (seen,) = ask(queue).waiting(queue).value.looked_at
    assert seen.exact
    assert 5 <= seen.age_s < 60


def test_delay_beyond_all_numbers_is_none(bull: Bull, server: RealRedis, ask: Ask, name: str) -> None:
    """Whatever a producer wrote there, the job's age is told."""
    (job,) = bull.add(name, {"timestamp": time.time() * 1000 - TEN_MINUTES})
    server.client.hset(f"bull:{name}:{job}", "opts", '{"delay":1' + "0" * 400 + "}")
    queue = ask.row(name)
    (seen,) = ask(queue).waiting(queue).value.looked_at
    assert seen.age_s >= 600


def test_age_of_retried_jobs_and_of_parents_is_an_upper_bound(bull: Bull, ask: Ask, name: str) -> None:
    """Neither's times tell since when it waits in the end."""
    bull.add(name, {"attempts": 9, "timestamp": time.time() * 1000 - TEN_MINUTES})
    bull.do("work", name, how="fails", options={"limiter": {"max": 1, "duration": 3_600_000}})
    wait_until(lambda: _retried(ask(ask.row(name)).waiting(ask.row(name)).value))
    (retried,) = ask(ask.row(name)).waiting(ask.row(name)).value.looked_at
    assert not retried.exact
    assert retried.age_s < 60
    parent, child = f"{name}-p", f"{name}-c"
    bull.do("family", parent, child=child)
    bull.do("work", child, how="completes")
    bull.do("until", parent, state="waiting", count=1)
    (waiting,) = ask(ask.row(parent)).waiting(ask.row(parent)).value.looked_at
    assert not waiting.exact


def _retried(seen: WaitingJobs) -> bool:
    return bool(seen.looked_at) and not seen.looked_at[0].exact


def test_overdue_delayed_jobs(bull: Bull, ask: Ask, name: str) -> None:
    """A delayed job whose time has passed stands there until some worker promotes it."""
    bull.add(name, {"timestamp": time.time() * 1000 - TEN_MINUTES, "delay": 1000}, {"delay": TEN_MINUTES})
    queue = ask.row(name)
    seen = ask(queue).delayed(queue).value
    assert (seen.total, seen.overdue, seen.working) == (2, 1, 0)
    assert 595 < seen.first_s < 660


def test_job_scheduler_tells_its_next_run(bull: Bull, ask: Ask, name: str) -> None:
    """The next run of a scheduler lies ahead while somebody works on it."""
    bull.do("work", name, how="completes")
    bull.do("schedule", name, every=3_600_000)
    bull.do("until", name, state="completed", count=1)
    queue = ask.row(name)
    seen = ask(queue).delayed(queue).value
    assert (seen.total, seen.overdue) == (1, 0)
    assert seen.schedule_s is not None
    assert seen.schedule_s < 0


def test_job_of_a_killed_worker_is_stalled(bull: Bull, server: RealRedis, ask: Ask, name: str) -> None:
    """Its lock runs out, and the job stays active; one whose worker lives is held."""
    dying = Bull(bull.major, server.url)
    dying.do("work", name, how="hangs", options={"lockDuration": 600_000, "name": "doomed"})
    (job,) = bull.add(name, {})
    dying.do("until", name, state="active", count=1)
    queue = ask.row(name)
    assert ask(queue).active(queue).value.stalled == ()
    dying.kill()
    assert server.client.pexpire(f"bull:{name}:{job}:lock", 1)  # as it runs out in the end
    wait_until(lambda: not server.client.exists(f"bull:{name}:{job}:lock"))
    seen = ask(queue).active(queue).value
    assert [stalled.label for stalled in seen.stalled] == [f"job {job}"]
    assert (seen.total, seen.looked_at) == (1, 1)


def test_movement_of_a_queue_that_works(bull: Bull, ask: Ask, name: str) -> None:
    """Of more than 1,000 jobs some are taken or end between the readings."""
    bull.do("many", name, count=1200)
    queue = ask.row(name)
    still = ask(queue).movement(queue).value
    assert (still.before, still.after, still.taken, still.ended, still.working) == (1200, 1200, 0, False, 0)
    assert ask(queue).depth(queue).value.total == 1200
    bull.do("work", name, how="completes", options={"limiter": {"max": 1, "duration": 100}})
    moving = _movement(ask, queue, lambda seen: seen.taken and seen.ended)
    bull.do("leave", name)
    assert moving.after < 1200


def _movement(ask: Ask, queue: Queue, shows: Callable[[Movement], object]) -> Movement:
    """The first movement that shows something: between two readings a worker may not have had its turn."""
    seen: list[Movement] = []

    def look() -> object:
        seen.append(ask(queue, interval_s=0.3).movement(queue).value)
        return shows(seen[-1])

    wait_until(look)
    return seen[-1]


def test_movement_shows_without_finished_jobs(bull: Bull, ask: Ask, name: str) -> None:
    """With removeOnComplete nothing stays behind; the jobs seen waiting are gone all the same."""
    options = {"limiter": {"max": 1, "duration": 100}, "removeOnComplete": {"count": 0}}
    bull.add(name, *[{"priority": 1}] * 1200)
    bull.do("work", name, how="completes", options=options)
    moving = _movement(ask, ask.row(name), lambda seen: seen.taken)
    bull.do("leave", name)
    assert not moving.ended


def test_replica_and_a_full_disk_are_told(tmp_path: Path, name: str) -> None:
    """Both answer every reading command, and take no job."""
    folder = tmp_path / "data"
    folder.mkdir()
    with real_redis(folder) as own:
        place = platform_of(tmp_path, ("REDIS_URL",), row(name)).queue_redis(row(name))
        assert not _direct(own, tmp_path, row(name)).link(place).value.replica
        assert _direct(own, tmp_path, row(name)).memory(place).value.unsaved == ()
        folder.rmdir()
        own.client.bgsave()
        wait_until(lambda: own.client.info("persistence")["rdb_last_bgsave_status"] == "err")
        assert _direct(own, tmp_path, row(name)).memory(place).value.unsaved == ("snapshot",)
        own.client.execute_command("REPLICAOF", "127.0.0.1", "1")
        assert _direct(own, tmp_path, row(name)).link(place).value.replica


def test_busy_and_limited_queues_say_so(bull: Bull, ask: Ask, name: str) -> None:
    """Jobs that workers hold count as work, and a rate limit has an end."""
    bull.do("work", name, how="hangs")
    bull.add(name, {}, {})
    bull.do("until", name, state="active", count=1)
    queue = ask.row(name)
    busy = ask(queue).movement(queue).value
    assert (busy.before, busy.taken, busy.working) == (1, 0, 1)
    assert busy.idle_s is not None
    assert busy.idle_s < 30
    bull.do("limit", name, ms=60_000)
    held = ask(queue).movement(queue).value
    assert 0 < held.limited_s <= 60
    assert held.limit_sure


def test_rate_limit_that_is_not_reached_holds_nothing_back(bull: Bull, server: RealRedis, ask: Ask, name: str) -> None:
    """Its key is there from the first job of an hour on; the worker that died after that job is no less dead."""
    dying = Bull(bull.major, server.url)
    dying.do("work", name, how="completes", options={"limiter": {"max": 1000, "duration": 3_600_000}})
    bull.add(name, {})
    bull.do("until", name, state="completed", count=1)
    dying.kill()
    bull.add(name, {})
    queue = ask.row(name, max_wait_s=1)
    wait_until(lambda: (ask(queue).movement(queue).value.idle_s or 0) > 1)
    server.client.delete(f"bull:{name}:stalled-check")  # as it is 30 s later
    assert "none was taken" in str(drains(queue, ask(queue).movement(queue)).findings)
    server.client.hset(f"bull:{name}:meta", "max", 1000)
    assert ask(queue).movement(queue).value.limited_s == 0


def test_worker_that_asks_for_nothing_is_not_there(bull: Bull, server: RealRedis, tmp_path: Path, name: str) -> None:
    """A worker at rest waits for a job; one that hangs has asked for none for minutes, and works on none."""
    queue = row(name)
    bull.do("work", name, how="completes")
    room = _direct(server, tmp_path, queue)
    assert (room.workers(queue).value.attached, room.workers(queue).value.silent) == (1, 0)
    told = room._told(room._platform.queue_redis(queue), queue)
    clients = str(told.server["clients"])
    hanging = re.sub(r"idle=\d+ flags=\w+", "idle=61 flags=N", clients)
    assert hanging != clients

    def seen(first: dict[str, int], later: str = hanging) -> tuple[int | None, int]:
        server = {**told.server, "clients": hanging, "clients_later": later}
        readings = replace(told, server=server, first={name: {**told.first[name], **first}})
        workers = QueueFacts(queue, readings, Thresholds(), over_rest=False).workers()
        return workers.attached, workers.silent

    assert seen({}) == (0, 1)
    assert seen({"active": 1}) == (1, 0)
    assert seen({"limiter": 500}) == (1, 0)
    assert seen({}, later=clients) == (1, 0)


def test_worker_that_connects_anew_is_there(bull: Bull, server: RealRedis, tmp_path: Path, name: str) -> None:
    """BullMQ breaks a connection whose answer is late, and is back after a second: within the two readings."""
    queue = row(name)
    bull.do("work", name, how="completes")
    room = _direct(server, tmp_path, queue)
    room.prefetch([queue])
    told = room._told(room._platform.queue_redis(queue), queue)
    nobody = "id=3 addr=127.0.0.1:50000 name= idle=0 flags=N"
    for part in ("clients", "clients_later"):
        readings = replace(told, server={**told.server, part: nobody})
        assert QueueFacts(queue, readings, Thresholds(), over_rest=False).workers().attached == 1
    gone = replace(told, server={**told.server, "clients": nobody, "clients_later": nobody})
    assert QueueFacts(queue, gone, Thresholds(), over_rest=False).workers().attached == 0


def test_workers_are_told_by_their_connections(bull: Bull, server: RealRedis, tmp_path: Path, name: str) -> None:
    """Named and nameless workers count; a listener, a producer and the workers of other queues do not."""
    queue = row(name)
    bull.do("open", name)
    bull.do("listen", name)
    bull.do("work", f"{name}-other", how="completes")
    assert _direct(server, tmp_path, queue).workers(queue).value.attached == 0
    bull.do("work", name, how="completes", options={"name": "one"})
    assert _direct(server, tmp_path, queue).workers(queue).value.attached == 1
    bull.do("work", name, how="completes")
    assert _direct(server, tmp_path, queue).workers(queue).value.attached == 2


def test_workers_over_rest_leave_a_sign(bull: Bull, server: RealRedis, tmp_path: Path, name: str) -> None:
    """Connections are not listed there; the key of the stalled check is."""
    queue = Queue(name=name, workers=("worker",), rest_url="REST_URL", rest_token="REST_TOKEN")
    with rest_in_front(server, TOKEN) as (url, _):
        values = {"REST_URL": url, "REST_TOKEN": TOKEN}
        bull.do("open", name)
        before = asking(tmp_path, values, queue).workers(queue).value
        bull.do("work", name, how="completes")
        wait_until(lambda: bool(server.client.exists(f"bull:{name}:stalled-check")))
        room = asking(tmp_path, values, queue)
        after = room.workers(queue).value
        told = room._told(room._platform.queue_redis(queue), queue)
    assert (before.attached, before.checked, before.over_rest) == (None, False, True)
    assert (after.attached, after.checked) == (None, True)
    anew = replace(told, first={name: {**told.first[name], "checked": -2}})  # between its end and the next look
    assert QueueFacts(queue, anew, Thresholds(), over_rest=True).workers().checked


def test_user_who_may_not_list_connections(bull: Bull, server: RealRedis, tmp_path: Path, name: str) -> None:
    """Everything but the workers is still told, and the hint says which right is lacking."""
    bull.add(name, {})
    queue = row(name)
    room = asking(tmp_path, {"REDIS_URL": server.user("narrow", "+@read", "+select")}, queue)
    workers = room.workers(queue).value
    assert workers.attached is None
    assert "NOPERM" in workers.why
    assert "+client|list" in workers.hint
    assert room.depth(queue).value.total == 1
    memory = room.memory(_redis_of(room, queue))
    assert "NOPERM" in memory.error


def _redis_of(room: Queues, queue: Queue) -> Any:
    return room._platform.queue_redis(queue)


@pytest.mark.parametrize("major", [5, 6])
def test_nothing_is_written(major: int, tmp_path: Path, name: str) -> None:
    """All questions together leave every key as it was, and use no command that scans or writes."""
    reading = {
        "auth",
        "select",
        "time",
        "info",
        "client|list",
        "config|get",
        "ping",
        "hmget",
        "exists",
        "llen",
        "zcard",
    }
    reading |= {"lrange", "zrange", "zrevrange", "zcount", "pttl", "get"}
    with real_redis(tmp_path) as own:
        bull = Bull(major, own.url)
        bull.add(name, {}, {"priority": 1}, {"delay": 1000, "timestamp": 0})
        bull.kill()
        client = own.client
        before = {key: client.dump(key) for key in client.scan_iter()}
        client.config_resetstat()
        queue = row(name)
        room = _direct(own, tmp_path, queue)
        room.prefetch([queue])
        questions = (room.presence, room.depth, room.failed, room.waiting, room.pause, room.active, room.workers)
        assert [question(queue).error for question in questions] == [""] * 7
        used = {command.removeprefix("cmdstat_") for command in client.info("commandstats")}
        assert {key: client.dump(key) for key in client.scan_iter()} == before
    assert used <= reading | {"config|resetstat"}
    assert used >= {"llen", "zcard", "lrange"}


def test_a_hundred_queues_take_three_pipelines(server: RealRedis, tmp_path: Path) -> None:
    """Two for the first reading and one for the second, however many queues; and the pings between."""
    queues = [
        Queue(name=f"q{number}", workers=("worker",), rest_url="REST_URL", rest_token="REST_TOKEN")
        for number in range(100)
    ]
    with rest_in_front(server, TOKEN) as (url, sizes):
        room = asking(tmp_path, {"REST_URL": url, "REST_TOKEN": TOKEN}, *queues)
        room.prefetch(queues)
        assert all(room.presence(queue).value.missing for queue in queues)
    assert [size for size in sizes if size > 1] == [size for size in sizes if size >= 100]
    assert len(sizes) == 3 + 3


def test_memory_and_connection(server: RealRedis, ask: Ask, name: str) -> None:
    """Policy, use and limit come from INFO; the round trip is timed."""
    queue = ask.row(name)
    room = ask(queue)
    redis = _redis_of(room, room._platform.tables.queues[0])
    memory, link = room.memory(redis).value, room.link(redis).value
    assert (memory.policy, memory.limit) == ("noeviction", 100 * 1024 * 1024)
    assert memory.used
    assert (link.reach, link.secure, link.tls) == ("loopback", False, "")
    assert link.round_trip_ms > 0


def test_policy_without_info_comes_from_config(server: RealRedis, tmp_path: Path, name: str) -> None:
    """A user may have the one right and not the other."""
    queue = row(name)
    room = asking(tmp_path, {"REDIS_URL": server.user("config", "+@read", "+select", "+config|get")}, queue)
    room.prefetch([queue])
    memory = room.memory(_redis_of(room, queue)).value
    assert (memory.policy, memory.policy_source, memory.used) == ("noeviction", "CONFIG GET", None)


def test_policy_that_redis_does_not_tell_comes_from_upstash(server: RealRedis, tmp_path: Path, name: str) -> None:
    """Its Developer API knows the database by its endpoint; another one's answer is nobody's, and it is asked once."""
    values = {"REDIS_URL": server.user("untold", "+@read", "+select"), "UPSTASH_API_KEY": "key-" + "ab12" * 4}
    vendor = Upstash(datetime(2026, 11, 23, 12, tzinfo=UTC))
    vendor.token = values["UPSTASH_API_KEY"]
    with serving(vendor) as standin:
        table = {"database": DATABASE, "email": EMAIL, "url": standin.url("upstash")}
        room = asking(tmp_path, values, row(name), upstash=table)
        place = _redis_of(room, row(name))
        vendor.database["endpoint"] = "127"  # the first label of its host
        hosted, _ = (room.memory(place).value.hosted for _ in range(2))
        assert hosted is not None
        assert hosted.value == Hosted("Upstash", evicts=False, limit=3_221_225_472)
        assert len(vendor.asked) == 1
        vendor.database["endpoint"] = "steady-heron-41873"
        other = asking(tmp_path, values, row(name), upstash=table).memory(place).value.hosted
        assert other is not None
        assert "is not the queue's Redis" in other.error
        told = asking(tmp_path, values | {"REDIS_URL": server.url}, row(name), upstash=table)
        assert told.memory(place).value.hosted is None


def test_wrong_types_are_findings_of_their_own(bull: Bull, server: RealRedis, ask: Ask, name: str) -> None:
    """A key of another type breaks the question that reads it, and no other."""
    bull.add(name, {})
    server.client.rpush(f"bull:{name}:failed", "x")
    queue = ask.row(name)
    room = ask(queue)
    fault = room.failed(queue).fault
    assert fault is not None
    assert fault.where == f"bull:{name}:failed"
    assert "another type" in fault.text
    assert room.depth(queue).value.total == 1
    assert not room.presence(queue).value.missing


def test_old_marker_is_no_job(server: RealRedis, ask: Ask, name: str) -> None:
    """Before its fifth major BullMQ left a marker at the end of wait, which is neither counted nor aged."""
    server.client.hset(f"bull:{name}:meta", "opts.maxLenEvents", "10000")
    server.client.rpush(f"bull:{name}:wait", "0:1763881234567")
    queue = ask.row(name)
    room = ask(queue)
    assert room.depth(queue).value.total == 0
    assert room.waiting(queue).value == WaitingJobs(0, ())


def test_canary_is_completed_and_leaves_nothing(bull: Bull, server: RealRedis, tmp_path: Path, name: str) -> None:
    """The job goes through producer and worker, and is removed; the queue's options stay as they were."""
    bull.do("work", name, how="completes")
    bull.do("open", name)
    before = server.client.hgetall(f"bull:{name}:meta")
    seen = _canary(server, row(name, canary="ping", canary_s=60), MAJORS[bull.major])
    assert (seen.value.state, seen.value.removed) == ("completed", True)
    assert server.client.hgetall(f"bull:{name}:meta") == before
    assert not server.client.keys(f"bull:{name}:preflight-canary*")


@pytest.mark.parametrize(("how", "budget_s", "state"), [("fails", 60, "failed"), ("", 1, "waiting")])
def test_canary_that_is_not_completed(
    bull: Bull, server: RealRedis, name: str, how: str, budget_s: int, state: str
) -> None:
    """A worker that fails it or does not take it within the budget shows; the job is removed all the same."""
    if how:
        bull.do("work", name, how=how)
    seen = _canary(server, row(name, canary="ping", canary_s=budget_s), MAJORS[bull.major]).value
    assert (seen.state, seen.removed) == (state, True)


def _canary(server: RealRedis, queue: Queue, root: Path) -> Any:
    return asking(root, {"REDIS_URL": server.url}, queue, live=LiveSettings(canary=True)).canary(queue)


def test_canary_needs_option_bullmq_and_redis(server: RealRedis, tmp_path: Path, name: str) -> None:
    """Without one of them nothing is written, and the reason is told."""
    queue = row(name, canary="ping")
    assert "--canary" in asking(tmp_path, {"REDIS_URL": server.url}, queue).canary(queue).error
    assert "bullmq is not installed" in _canary(server, queue, tmp_path).error
    refused = asking(
        tmp_path / "..", {"REDIS_URL": "redis://127.0.0.1:1"}, queue, live=LiveSettings(canary=True)
    ).canary(queue)
    assert refused.error
    assert not server.client.keys(f"bull:{name}:*")


def test_rows_that_share_a_value_are_one_redis(tmp_path: Path) -> None:
    """Two variables with one URL are connected to once, and each row gets its own answer."""
    queues = (row("one"), row("two", redis="OTHER_URL"))
    with real_redis(tmp_path) as own:  # workers of other tests connect anew when they like
        room = asking(tmp_path, {"REDIS_URL": own.url, "OTHER_URL": own.url}, *queues)
        before = own.client.info("stats")["total_connections_received"]
        room.prefetch([*queues, *room._platform.queue_redises()])
        after = own.client.info("stats")["total_connections_received"]
    assert after - before == 2  # the room's, and this test's own second one
    assert all(room.presence(queue).value.missing for queue in queues)


@pytest.mark.parametrize("where", ["/3", "/3?family=0", "?db=3", "/?db=3&family=0"])
def test_number_of_the_database_is_read_as_ioredis_does(
    server: RealRedis, tmp_path: Path, name: str, where: str
) -> None:
    """A queue of another database would be missing here, or a forgotten one of the same name would be judged."""
    with redis.Redis(port=server.port, password=server.password, db=3) as client:
        client.hset(f"bull:{name}:meta", "version", "bullmq:5.81.3")
    room = asking(tmp_path, {"REDIS_URL": server.url.removesuffix("/0") + where}, row(name))
    assert not room.presence(row(name)).value.missing


def test_targets_are_named_after_service_and_variable(tmp_path: Path) -> None:
    """One target for each value that may differ."""
    platform = platform_of(tmp_path, ("REDIS_URL",), row("one"), row("two"), row("three", redis="GONE"))
    assert [place.name for place in platform.queue_redises()] == ["worker-REDIS_URL", "GONE"]
