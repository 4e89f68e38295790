"""Faults in what the running worker has logged, each of which breaks one log item."""

from __future__ import annotations

import json
import re
import secrets
from typing import TYPE_CHECKING

from tests.platforms import Twin

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.live import Live


def _log(breaks: str, change: Callable[[str], str]) -> Twin:
    def edit(copy: Live) -> None:
        copy.logs(change)

    return Twin(breaks, edit, live=True)


def _line(text: str, **fields: object) -> str:
    """A line with the time of the last one in a log's text."""
    at = re.findall(r'"timestamp":"([^"]+)"', text)[-1]
    entry = {"timestamp": at, "level": "info", "service": "worker", "message": "worker.note", **fields}
    return json.dumps(entry) + "\n"


def _more(breaks: str, **fields: object) -> Twin:
    return _log(breaks, lambda text: text + _line(text, **fields))


def _without(text: str, pattern: str) -> str:
    changed = re.sub(pattern, "", text, count=1)
    assert changed != text, pattern
    return changed


def _unended(text: str) -> str:
    text = _without(text, r'\{[^{}\n]*"message":"job\.complete"\}\n')
    return text + _line(text, timestamp="2099-01-01T00:00:00.000Z")


def _known_value(copy: Live) -> None:
    token = re.findall(r"(?m)^JOBS_API_TOKEN=['\"]?([^'\"\n]+)", copy.read("services/web/.env.production"))[0]
    copy.logs(lambda text: text + _line(text, header=f"Bearer {token}"))


TWINS = {
    "LOG-001": (
        _log("a line is plain text", lambda text: text + "agent-run is slow today\n"),
        _log("a stack trace of many lines", lambda text: text + "TypeError: x\n    at run (/app/x.js:1:2)\n    at y\n"),
        _more("a line names no service", service=None),
    ),
    "LOG-002": (
        _log(
            "a time is a number",
            lambda text: re.sub(r'"timestamp":"[^"]+"', '"timestamp":1795420800000', text, count=1),
        ),
        _more("a time is Moscow's", timestamp="2026-11-23T11:00:00.000+03:00"),
        _log("the log is of another year", lambda text: re.sub(r'("timestamp":")\d{4}', r"\g<1>2020", text)),
    ),
    "LOG-003": (_log("jobs have no name", lambda text: re.sub(r'"jobName":"[^"]*",', "", text)),),
    "LOG-004": (
        _log("a job never ends", _unended),
        _log("an end has no duration", lambda text: _without(text, r'"duration":\d+,')),
    ),
    "LOG-005": (
        _log("a key stands in a line", lambda t: t + _line(t, key="sk-or-" + "v1-" + secrets.token_hex(32))),
        Twin("the value of a secret variable stands in a line", _known_value, live=True),
    ),
    "LOG-006": (
        _more("a debug line", level="debug"),
        _more("a level that nobody knows", level="importantish"),
    ),
    "LOG-007": (
        _more("a connection is lost for good", level="warn", message="redis.close", use="worker"),
        _log("the events are not logged", lambda text: re.sub(r'.*"message":"redis\.\w+"\}\n', "", text)),
    ),
}
