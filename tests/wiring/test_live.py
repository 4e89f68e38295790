"""Live rooms ask at once, a broken one breaks its own items only, and wrong options are one message."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from fixtures.model.live import LiveSettings
from fixtures.model.verdicts import NotObserved
from fixtures.wiring.live import Live, Room
from tests.loopback import PATIENCE_S
from tests.platforms import DEMO, preflight
from tests.tiny import Tiny

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Meeting:
    """A room that only ends its prefetch once another room is in its own."""

    def __init__(self, barrier: threading.Barrier, order: list[str], name: str) -> None:
        self._barrier, self._order, self._name = barrier, order, name

    def prefetch(self, targets: Sequence[object]) -> None:
        """Wait for the others."""
        self._order.append(self._name)
        self._barrier.wait(PATIENCE_S)


class Faulty:
    """A room with a fault of its own."""

    def prefetch(self, targets: Sequence[object]) -> None:
        """Fail."""
        raise RuntimeError("a fault of the suite")


def run(**settings: Any) -> Any:
    """What rooms get of a run."""
    return SimpleNamespace(live=LiveSettings(**settings))


def test_rooms_ask_at_the_same_time() -> None:
    """No room waits for another to end: each is in its prefetch while the others are."""
    barrier = threading.Barrier(3)
    order: list[str] = []
    live = Live(run(), lambda name, _: Meeting(barrier, order, name))
    live.prefetch({"http": [], "queues": [], "postgres": []})
    assert sorted(order) == ["http", "postgres", "queues"]
    assert not barrier.broken


class Slow:
    """A room that answers once it was said that it is waited for."""

    def __init__(self, waited_for: threading.Event) -> None:
        self._waited_for = waited_for

    def prefetch(self, targets: Sequence[object]) -> None:
        """Wait for that."""
        assert self._waited_for.wait(PATIENCE_S)


def test_what_is_asked_and_waited_for_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line when the questions go out, and others about rooms that have not answered."""
    monkeypatch.setattr("fixtures.wiring.live.SILENT_S", 0.01)
    said: list[str] = []
    waited_for = threading.Event()

    def say(line: str) -> None:
        said.append(line)
        if line.startswith("Waiting"):
            waited_for.set()

    Live(run(say=say), lambda name, _: Slow(waited_for)).prefetch({"http": [1, 2], "postgres": [3]})
    assert said[0] == "Asking endpoints (2), databases (1) ..."
    assert said[1].startswith("Waiting for endpoints, databases (")


def test_waiting_for_a_rollout_goes_before_every_other_question() -> None:
    """With --wait the HTTP room is done before the others begin: they must not look at what is replaced."""
    order: list[str] = []
    live = Live(run(wait_s=5.0), lambda name, _: Meeting(threading.Barrier(1), order, name))
    live.prefetch({"queues": [], "http": []})
    assert order == ["http", "queues"]


def test_fault_of_a_room_is_raised_for_its_items_only() -> None:
    """The others answer; the faulty one raises what broke it when it is asked for."""
    rooms: dict[str, Room] = {"http": Faulty(), "queues": Meeting(threading.Barrier(1), [], "queues")}
    live = Live(run(), lambda name, _: rooms[name])
    live.prefetch({"http": [], "queues": []})
    assert live.room("queues") is rooms["queues"]
    with pytest.raises(RuntimeError, match="a fault of the suite"):
        live.room("http")


def test_dark_room_leaves_every_question_unverified() -> None:
    """Where the demo could not be started, each question says why and what to do."""
    live = Live(run(dark="node is not installed", hint="Install Node.js 20."), lambda name, _: Faulty())
    live.prefetch({"http": []})
    room: Any = live.room("http")
    with pytest.raises(NotObserved, match="node is not installed") as told:
        room.answer("anything")
    assert told.value.evidence.hint == "Install Node.js 20."


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--wait=0"], "--wait=0: expected seconds"),
        (["--wait=86400"], "expected seconds, above 0 and up to 3600"),
        (["--log=worker"], "expected SERVICE=PATH"),
        (["--log=nobody=-"], "no service 'nobody'"),
        (["--log=worker=/nonexistent.log"], "does not exist"),
        (["--log=worker=-", "--log=web=-"], "standard input is one log"),
    ],
)
def test_wrong_live_option_is_one_message(arguments: list[str], expected: str, tmp_path: Path) -> None:
    """Exit code 4, one sentence, no traceback, and no server was started for it."""
    done = preflight("-m", "smoke", f"--platform={DEMO}", *arguments, reports=tmp_path)
    assert done.code == 4, done.output
    assert expected in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize("option", ["--wait=5", "--expect-version=1.2.3", "--canary", "--test-event"])
def test_option_that_nothing_takes_is_refused(option: str, tmp_path: Path) -> None:
    """A platform without a health endpoint cannot tell what was deployed: a green run would say nothing of it."""
    done = Tiny(tmp_path).run(option)
    assert done.code == 4, done.output
    assert f"{option.split('=')[0]}: no [[" in done.output


def test_help_explains_the_live_options(tmp_path: Path) -> None:
    """`pytest --help` names each and says what it is for."""
    told = preflight("--help", reports=tmp_path).output
    for option in ("--wait=SECONDS", "--expect-version=VERSION", "--log=SERVICE=PATH", "--canary", "--test-event"):
        assert option in told
