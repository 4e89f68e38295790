"""What two runs of one platform differ in: what fails anew, what was fixed, what can no longer be seen, what is gone.

Pure: two ledgers in, frozen records out. What a run did not select says nothing about a change, in either direction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fixtures.model.ledger import OUTCOMES, PASSING, SEVERITIES, Ledger, Outcome, Row

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

FAILING = frozenset({"fail", "error"})
HOLDING = PASSING | {"warn"}
UNSETTLED = FAILING | {"unverified", "waived"}  # what a row leaves when it is fixed


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the later run, and how the earlier one had judged it."""

    row: Row
    before: Outcome | None  # None: the earlier run did not declare it


@dataclass(frozen=True, slots=True)
class Changes:
    """Each list gravest first. A row stands in one of them at most."""

    failing: tuple[Change, ...] = ()  # fail or error, and was neither
    unverified: tuple[Change, ...] = ()  # could be observed, or was not declared; now could not
    waived: tuple[Change, ...] = ()  # excused since: not fixed
    warned: tuple[Change, ...] = ()  # held without a warning, or was not declared
    fixed: tuple[Change, ...] = ()  # holds, and did not; or lost its last warning
    gone: tuple[Row, ...] = ()  # rows of the earlier run that the later one does not declare

    @property
    def worse(self) -> bool:
        """Whether something got worse: it fails, cannot be seen, or is not declared any more."""
        return bool(self.failing or self.unverified or self.gone)

    def __bool__(self) -> bool:
        return bool(self.worse or self.waived or self.warned or self.fixed)


def comparable(before: Ledger, after: Ledger) -> bool:
    """Whether both judged the same platform: a comparison of two platforms says nothing."""
    return (before.platform, before.demo) == (after.platform, after.demo)


def compare(before: Ledger, after: Ledger) -> Changes:
    """What changed from one ledger to a later one.

    A row that the earlier run did not select is compared with the last verdict that it knew of.
    """
    earlier, later = _by_key(before.rows), _by_key(after.rows)
    changed = [
        Change(row, earlier[key].known if key in earlier else None)
        for key, row in later.items()
        if row.verdict != "not selected"
    ]
    return Changes(
        failing=_gravest(change for change in changed if _is(FAILING, change)),
        unverified=_gravest(change for change in changed if _is({"unverified"}, change)),
        waived=_gravest(change for change in changed if _is({"waived"}, change)),
        warned=_gravest(c for c in changed if _is({"warn"}, c) and c.before not in UNSETTLED),
        fixed=_gravest(change for change in changed if _fixed(change)),
        gone=tuple(sorted((row for key, row in earlier.items() if key not in later), key=_gravity)),
    )


def _is(verdicts: Collection[str], change: Change) -> bool:
    return change.row.verdict in verdicts and change.before not in verdicts


def _fixed(change: Change) -> bool:
    if change.row.verdict in PASSING:
        return change.before in UNSETTLED or change.before == "warn"
    return change.row.verdict in HOLDING and change.before in UNSETTLED


def _by_key(rows: Iterable[Row]) -> dict[tuple[str, str], Row]:
    """Rows by item and target; of two with one key, which is a fault of its own, the worse."""
    best_first = sorted(rows, key=lambda row: OUTCOMES.index(row.verdict), reverse=True)
    return {row.key: row for row in best_first}


def _gravest(changes: Iterable[Change]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda change: _gravity(change.row)))


def _gravity(row: Row) -> tuple[int, int, tuple[str, str]]:
    return SEVERITIES.index(row.severity), OUTCOMES.index(row.verdict), row.key
