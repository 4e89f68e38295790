"""Annotations of GitHub Actions: workflow commands that put findings beside the lines of a pull request.

GitHub shows ten errors and ten warnings of a step and drops the rest in silence; so the gravest go first, and the
tenth says how many there are beside. Paths are relative to the repository's root, where a pull request shows them.
Escaping: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import text, words
from reports.places import Place, placed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fixtures.model.ledger import Ledger, Row

MOST = 10  # of each kind
LONGEST = 500  # characters of one message's part


def render(ledger: Ledger) -> list[str]:
    """The commands, one line each: errors for what stops the run, warnings for the rest."""
    stopping = {row.key for row in ledger.blockers}
    problems = [*ledger.problems, *(["nothing was executed"] if not ledger.counts["executed"] else [])]
    errors = [_command("error", None, "Preflight", _line(problem)) for problem in problems]
    errors += _annotated("error", ledger.blockers, ledger)
    rest = (row for row in ledger.rows if row.verdict in {"warn", "unverified"} and row.key not in stopping)
    warnings = list(_annotated("warning", words.gravest_first(rest), ledger))
    return [*_capped("error", errors), *_capped("warning", warnings)]


def _annotated(kind: str, rows: Iterable[Row], ledger: Ledger) -> Iterator[str]:
    """One command a finding; one a row where it has none."""
    for row in rows:
        title = f"{row.item} {row.target} ({words.LABELS[row.verdict]}, {row.severity})"
        to_do = f"\nTo do: {_line(row.remediation)}" if row.remediation else ""
        found = row.findings or (row.warnings if row.verdict == "warn" else ())
        for finding, place in placed(row, found, ledger.base):
            elsewhere = f"{finding.where}: " if finding.where and place is None else ""
            yield _command(kind, place, title, f"{_line(elsewhere + finding.text)}{to_do}")
        if not found:
            yield _command(kind, None, title, f"{_line(row.observed)}{to_do}")


def _capped(kind: str, commands: list[str]) -> list[str]:
    if len(commands) <= MOST:
        return commands
    more = f"{len(commands) - MOST + 1:,} more {kind}s, see the report"
    return [*commands[: MOST - 1], _command(kind, None, "Preflight", more)]


def _command(kind: str, place: Place | None, title: str, message: str) -> str:
    where = {"file": place.path, **({"line": str(place.line)} if place.line else {})} if place else {}
    given = ",".join(f"{name}={_property(value)}" for name, value in {**where, "title": _line(title)}.items())
    return f"::{kind} {given}::{_data(message)}"


def _data(said: str) -> str:
    return said.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(said: str) -> str:
    return _data(said).replace(":", "%3A").replace(",", "%2C")


def _line(said: str) -> str:
    return text.line(said, LONGEST)
