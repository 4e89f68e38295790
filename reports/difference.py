"""What two ledgers differ in, as lines for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import text, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fixtures.model.ledger import Ledger, Row
    from reports.changes import Change, Changes

LONGEST = 300  # characters of one line's text
FINDINGS = 3  # of each row


def worse(before: Ledger, after: Ledger, found: Changes) -> bool:
    """Whether something got worse: a row, or the gate itself."""
    return found.worse or (before.go and not after.go)


def lines(before: Ledger, after: Ledger, found: Changes) -> Iterator[str]:
    """The two runs, then each kind of change with its rows, then the answer."""
    yield f"platform {_line(after.platform)}"
    for word, ledger in (("old", before), ("new", after)):
        share = f"readiness {words.readiness(ledger)}"
        yield f"{word}: {_line(ledger.phase)}, {_line(words.moment(ledger.started))}, {words.headline(ledger)}; {share}"
    yield from _changed("newly failing", found.failing)
    yield from _changed("newly unverified", found.unverified)
    yield from _listed("no longer declared", [(row, "") for row in found.gone])
    yield from _changed("newly waived", found.waived)
    yield from _changed("new warnings", found.warned)
    yield from _changed("fixed", found.fixed)
    yield ""
    if worse(before, after, found):
        yield "worse than before"
    else:
        yield "nothing got worse" if found else "nothing changed"


def _changed(title: str, changes: Iterable[Change]) -> Iterator[str]:
    yield from _listed(title, [(one.row, one.before or "not declared") for one in changes])


def _listed(title: str, rows: list[tuple[Row, str]]) -> Iterator[str]:
    if not rows:
        return
    yield ""
    yield f"{title} ({len(rows):,}):"
    for row, before in rows:
        was = f" (was {before}, now {row.verdict})" if before else ""
        yield f"  {row.severity} {_line(row.item)} {_line(row.target)}{was}: {_line(row.title)}"
        if not before or row.verdict in {"pass", "attested"}:
            continue
        found = row.findings or row.warnings
        for finding in found[:FINDINGS]:
            yield f"    {_line(str(finding))}"
        if len(found) > FINDINGS:
            yield f"    and {words.counted(len(found) - FINDINGS, 'finding', 'findings')} more"
        if not found and row.observed:
            yield f"    {_line(row.observed)}"
        if row.remediation:
            yield f"    to do: {_line(row.remediation)}"


def _line(said: str) -> str:
    return text.line(said, LONGEST)
