"""Joins the ledgers of one platform's shards and phases to the ledger of one run. Pure.

The merged gate is never greener than its parts: of two verdicts on one row the worse stays and the contradiction is a
problem; the parts' problems stay; a part that executed nothing is a problem; the strictest part's rules hold for all.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fixtures.model.ledger import OUTCOMES, Ledger, Row
from reports.changes import comparable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

UNREAD = "no item of this run looks at"  # what the run says of a table that it had no item for


class Unlike(ValueError):
    """The parts are not of one platform: what they say together would be said of none."""


def merge(parts: Sequence[tuple[str, Ledger]]) -> Ledger:
    """One ledger of parts, each with the name that a problem calls it by.

    Rows stand in the order of a whole run: by file of checks, within it as the parts have them. Unlike where the
    parts are of different platforms, ValueError where there is none.
    """
    if not parts:
        raise ValueError("nothing to merge")
    ledgers = [ledger for _, ledger in parts]
    first = ledgers[0]
    for name, ledger in parts:
        if not comparable(first, ledger):
            raise Unlike(f"{parts[0][0]} is of platform {_called(first)}, {name} of {_called(ledger)}")
    rows, contradictions = _rows(parts)
    empty = [f"{name}: nothing was executed" for name, ledger in parts if not ledger.counts["executed"]]
    return replace(
        first,
        phase=first.phase if len({ledger.phase for ledger in ledgers}) == 1 else "all",
        started=min(ledger.started for ledger in ledgers),
        seconds=round(_busy(ledgers), 3),
        as_of=max(ledger.as_of for ledger in ledgers),
        suite=_joined(ledger.suite for ledger in ledgers),
        version=_joined(ledger.version for ledger in ledgers),
        commit=_joined(ledger.commit for ledger in ledgers),
        dirty=any(ledger.dirty for ledger in ledgers),
        strict=any(ledger.strict for ledger in ledgers),
        unverified_allowed=all(ledger.unverified_allowed for ledger in ledgers),
        rows=rows,
        problems=_unique([*(said for ledger in ledgers for said in ledger.problems), *contradictions, *empty]),
        not_looked_at=_not_looked_at(ledgers, rows),
        base=next((ledger.base for ledger in ledgers if ledger.base), ""),
        gone=tuple(sorted({key for ledger in ledgers for key in ledger.gone} - {row.key for row in rows})),
    )


def notes(parts: Sequence[tuple[str, Ledger]]) -> list[str]:
    """Where the parts were run differently, and what holds for the whole: no fault, and to be known."""
    said = []
    for what, holds, values in (
        ("warnings fail (--strict)", "for the whole they do", {ledger.strict for _, ledger in parts}),
        ("unverified is allowed", "for the whole it is not", {ledger.unverified_allowed for _, ledger in parts}),
    ):
        if len(values) > 1:
            said.append(f"only in some parts {what}: {holds}")
    for what, days in (
        ("judged as of different days", {ledger.as_of for _, ledger in parts}),
        ("of different versions of the suite", {ledger.suite for _, ledger in parts}),
        ("of different versions of the platform", {ledger.version for _, ledger in parts if ledger.version}),
        ("of different commits", {ledger.commit for _, ledger in parts if ledger.commit}),
    ):
        if len(days) > 1:
            said.append(f"the parts are {what}: {', '.join(sorted(days))}")
    return said


def _rows(parts: Sequence[tuple[str, Ledger]]) -> tuple[tuple[Row, ...], list[str]]:
    """The rows of the whole, and what the parts contradict each other in."""
    held: dict[tuple[str, str], tuple[str, Row]] = {}
    contradictions = []
    for name, ledger in parts:
        for row in ledger.rows:
            there = held.setdefault(row.key, (name, row))
            if there[1].verdict != row.verdict and "not selected" not in (there[1].verdict, row.verdict):
                said = f"{there[1].verdict} in {there[0]}, {row.verdict} in {name}"
                contradictions.append(f"{row.item} {row.target}: {said}")
            if _outweighs(row, there[1]):
                held[row.key] = (name, row)
    rows = sorted((row for _, row in held.values()), key=lambda row: row.node.partition("::")[0])
    return tuple(rows), contradictions


def _outweighs(row: Row, held: Row) -> bool:
    """Whether a row takes the place of one with its key: it is worse, or the same and seen later."""
    rank, other = OUTCOMES.index(row.verdict), OUTCOMES.index(held.verdict)  # "not selected" is the last of them
    return rank < other or (rank == other and row.at > held.at)


def _not_looked_at(ledgers: Sequence[Ledger], rows: Iterable[Row]) -> tuple[str, ...]:
    """What the parts left out, without what another part looked at."""
    everywhere = set.intersection(*(set(ledger.not_looked_at) for ledger in ledgers))
    looked_at = tuple(f"{row.item} {row.target}: " for row in rows if row.verdict != "not selected")
    return _unique(
        said
        for ledger in ledgers
        for said in ledger.not_looked_at
        if said in everywhere or not (UNREAD in said or said.startswith(looked_at))
    )


def _busy(ledgers: Sequence[Ledger]) -> float:
    """Seconds in which a part ran: shards at the same time count once, phases one after the other add up."""
    try:
        spans = sorted((datetime.fromisoformat(ledger.started), ledger.seconds) for ledger in ledgers)
    except (ValueError, TypeError):  # of another hand than this suite's
        return sum(ledger.seconds for ledger in ledgers)
    busy, until = 0.0, spans[0][0]
    for start, seconds in spans:
        end = start + timedelta(seconds=seconds)
        busy += max((end - max(start, until)).total_seconds(), 0)
        until = max(until, end)
    return busy


def _joined(said: Iterable[str]) -> str:
    return ", ".join(sorted(set(said) - {""}))


def _unique(said: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(said))


def _called(ledger: Ledger) -> str:
    return f"{ledger.platform!r}{' (the embedded demo)' if ledger.demo else ''}"
