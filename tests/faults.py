"""A pytest plugin that makes checks misbehave: `-p tests.faults` with `FAULT=kind:ITEM` in the environment."""

from __future__ import annotations

import importlib
import inspect
import os
import pkgutil
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

import checks.rules

if TYPE_CHECKING:
    from collections.abc import Callable

KIND, _, ITEM = os.environ["FAULT"].partition(":")


def pytest_configure() -> None:
    """`crash`: every rule raises, with all it was given in its message and its local variables."""
    if KIND == "crash":
        for module in pkgutil.iter_modules(checks.rules.__path__):
            rules = importlib.import_module(f"checks.rules.{module.name}")
            hasattr(rules, "executed")  # asking for anything executes one that waits for its first use
            for name, rule in inspect.getmembers(rules, inspect.isfunction):
                if rule.__module__ == rules.__name__ and not name.startswith("_"):
                    setattr(rules, name, crashing(rule))


def crashing(rule: Callable[..., Any]) -> Callable[..., NoReturn]:
    """A rule that fails in the worst place: everything it was given stands in its frame and in its message."""

    def crash(*given: object) -> NoReturn:
        seen = [getattr(value, "seen", value) for value in given]
        raise RuntimeError(f"{rule.__name__} crashed on {given!r} {seen!r}")

    return crash


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """`setup`: the item's set-up fails."""
    if KIND == "setup" and _meant(item):
        raise RuntimeError("set-up failed")


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """`teardown`: cleaning up after the item fails."""
    if KIND == "teardown" and _meant(item):
        raise RuntimeError("clean-up failed")


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(name: str, obj: object) -> None:
    """`collect`: the file of the item's check cannot be collected."""
    marks = getattr(obj, "pytestmark", [])
    if KIND == "collect" and any(mark.name == "item" and mark.args[0] == ITEM for mark in marks):
        raise RuntimeError(f"{name} cannot be collected")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """`die`: the process ends; `interrupt`: Ctrl-C; `skip`: it skips itself; `silent`: it concludes nothing."""
    if not _meant(pyfuncitem):
        return None
    if KIND == "die":
        os._exit(3)
    if KIND == "interrupt":
        raise KeyboardInterrupt
    if KIND == "skip":
        pytest.skip("not today")
    return True if KIND == "silent" else None


def _meant(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("item")
    return mark is not None and mark.args[0] == ITEM
