"""ALR-006: one dashboard shows the four figures that people look for first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.rules.notices import P95
from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fixtures.model.notices import Board, Boards, Query, Widget
    from fixtures.model.platform import Dashboard

ERRORS = frozenset({"error-events", "discover"})
COUNTING = re.compile(r"(?:count|epm|eps)\(\)")
RATE = re.compile(r"\bfailure_rate\(\)")
LONGEST_LIST = 10


def has_its_widgets(dashboard: Dashboard, told: Evidence[Boards]) -> Verdict:
    """Expect one dashboard of the row's title, covering production, with a widget for each figure.

    A widget is known by what it asks, whatever its title.
    """
    seen = told.value
    if not seen.found:
        named = ", ".join(repr(title) for title in seen.titles[:LONGEST_LIST]) or "none"
        text = f"no dashboard is called {dashboard.title!r}; there are: {named}"
        return Verdict(told, text, (Finding(text, told.where),))
    defects = {board: list(_defects(dashboard, board, seen.environment)) for board in seen.found}
    best = min(seen.found, key=lambda board: len(defects[board]))
    titles = ", ".join(repr(widget.title) for widget in best.widgets)
    return Verdict(
        told,
        f"{best.title!r} shows {len(best.widgets)} widgets: {titles}",
        tuple(Finding(text, told.where) for text in defects[best]),
    )


def _defects(dashboard: Dashboard, board: Board, environment: str) -> Iterator[str]:
    if board.environments and environment not in board.environments:
        yield f"{board.title!r} shows only {', '.join(board.environments)}, expected {environment}"
    fields = dashboard.status_fields
    figures: dict[str, Callable[[Widget], bool]] = {
        "Error Rate": lambda widget: _is_error_rate(widget, fields),
        "p95 Transaction Duration": _is_p95,
        "Jobs by Status": lambda widget: any(_names(query, fields) for query in widget.queries),
        "Top Errors": _is_top_errors,
    }
    for name, shows in figures.items():
        if not any(shows(widget) for widget in board.widgets):
            titled = [widget for widget in board.widgets if name.casefold() in widget.title.casefold()]
            asks = "; ".join(part for widget in titled for query in widget.queries for part in query.aggregates)
            yield f"{board.title!r} has no widget for {name}{f'; the one of that title asks {asks}' if asks else ''}"


def _is_error_rate(widget: Widget, fields: tuple[str, ...]) -> bool:
    """A rate of failures, or errors over time: not split up, and not those of a job's status."""
    for query in widget.queries:
        if any(RATE.search(aggregate) for aggregate in query.aggregates):
            return True
        counts = widget.data in ERRORS and any(COUNTING.fullmatch(aggregate) for aggregate in query.aggregates)
        if counts and not query.columns and not _names(query, fields):
            return True
    return False


def _is_p95(widget: Widget) -> bool:
    return any(P95.search(aggregate) for query in widget.queries for aggregate in query.aggregates)


def _is_top_errors(widget: Widget) -> bool:
    if widget.data == "issue":
        return True
    sorted_by_count = any(query.order == "-count()" and query.columns for query in widget.queries)
    return widget.data in ERRORS and widget.display == "table" and sorted_by_count


def _names(query: Query, fields: tuple[str, ...]) -> bool:
    """Whether a query splits or selects by one of the fields."""
    asked = " ".join((*query.columns, *query.aggregates, query.conditions))
    return any(re.search(rf"(?<![\w.]){re.escape(field)}(?![\w.])", asked) for field in fields)
