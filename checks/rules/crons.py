"""POSIX cron as GitHub reads it: five fields, in UTC, no `@daily`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day of the month", 1, 31), ("month", 1, 12), ("day of the week", 0, 7))
NAMES = {
    "month": "jan feb mar apr may jun jul aug sep oct nov dec".split(),  # noqa: SIM905
    "day of the week": "sun mon tue wed thu fri sat".split(),  # noqa: SIM905
}
PART = re.compile(r"(\*|\w+(?:-\w+)?)(?:/(\d{1,4}))?")
DAY, WEEK = 24 * 60, 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Schedule:
    """The minutes, hours and days on which a cron fires."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]  # 0 is Sunday

    def _firings(self) -> Iterator[int]:
        """Minutes of a week; a cron that is bound to days of the month fires on none that is sure."""
        if len(self.days) < 31 or len(self.months) < 12:
            return
        for day in self.weekdays:
            for hour in self.hours:
                for minute in self.minutes:
                    yield day * DAY + hour * 60 + minute

    @staticmethod
    def gap(plans: Iterable[Schedule]) -> int:
        """The longest wait between two firings of any of the crons, in minutes; more than a week counts as a week."""
        firings = sorted({minute for plan in plans for minute in plan._firings()})
        if not firings:
            return WEEK
        following = [*firings[1:], firings[0] + WEEK]
        return max(later - first for first, later in zip(firings, following, strict=True))


def schedule(text: str) -> Schedule | str:
    """The cron's schedule, or what is wrong with it."""
    fields = text.split()
    if len(fields) != len(FIELDS):
        return f"{len(fields)} fields, expected five"
    values: list[frozenset[int]] = []
    for (name, low, high), field in zip(FIELDS, fields, strict=True):
        found = _field(field.lower(), name, low, high)
        if found is None:
            return f"«{field}» is no {name} ({low} to {high})"
        values.append(found)
    minutes, hours, days, months, weekdays = values
    return Schedule(minutes, hours, days, months, frozenset(day % 7 for day in weekdays))


def _field(field: str, name: str, low: int, high: int) -> frozenset[int] | None:
    found: set[int] = set()
    for part in field.split(","):
        match = PART.fullmatch(part)
        if match is None:
            return None
        span, step = match[1], int(match[2] or 1)
        first, _, last = span.partition("-")
        start = low if span == "*" else _value(first, name)
        end = high if span == "*" or (match[2] and not last) else _value(last or first, name)
        if start is None or end is None or not low <= start <= end <= high or step < 1:
            return None
        found.update(range(start, end + 1, step))
    return frozenset(found)


def _value(word: str, name: str) -> int | None:
    if word.isdecimal() and len(word) <= 2:
        return int(word)
    names = NAMES.get(name, [])
    return names.index(word) + (1 if name == "month" else 0) if word in names else None
