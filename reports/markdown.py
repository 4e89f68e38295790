"""The short report in Markdown, for `$GITHUB_STEP_SUMMARY` and pull requests: failures first, never too long.

GitHub drops a step's summary whole once it passes 1 MiB, and refuses a comment of more than 65,536 characters; so
both are held below that and say what they cut
(https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reports import changes, summary, text, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fixtures.model.ledger import Ledger, Row

LIMIT = 200_000  # bytes of the page
COMMENT_LIMIT = 60_000  # bytes of the comment, which has no more characters than that
COMMENT_ITEMS = 10  # of each section of the comment
COMMENT_TARGETS = 5  # of each of these items
NAMES = 10  # of each kind of change
LONGEST = 500  # characters of one text
FINDINGS = 10  # of each row
FAULTS = 50  # of the run itself
_NOTE = 1_000  # bytes kept free for the note about what was cut
_MARKS = re.compile(r"([\\`*_\[\]|~$])")
_REFERENCE = re.compile(r"([@#])(?=\w)|(?<=\w)(://)|(?<=\bwww)(\.)")
_ZERO_WIDTH = "\u200b"


def escape(said: str) -> str:
    """Text for one line of Markdown: no markup, no HTML, no mention, no link, no issue reference."""
    plain = text.line(said, LONGEST)
    plain = _REFERENCE.sub(lambda match: match.group()[0] + _ZERO_WIDTH + match.group()[1:], plain)
    plain = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKS.sub(r"\\\1", plain)


def code(said: str) -> str:
    """Text as a code span, fenced by more backticks than it holds in a row."""
    plain = text.line(said, LONGEST)
    if not plain:
        return ""
    fence = "`" * (max((len(run) for run in re.findall("`+", plain)), default=0) + 1)
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def render(ledger: Ledger, before: Ledger | None = None) -> str:
    """The page, at most `LIMIT` bytes of UTF-8; with an earlier ledger, also what changed since."""
    page = _page(_head(ledger), ledger, before, LIMIT)
    page.rows("Failures", words.failing(ledger))
    page.rows("Could not be observed", words.of(ledger, "unverified"))
    page.section("Waivers", (_waiver(row, ledger) for _, row in words.waived(ledger)))
    page.rows("Warnings", words.of(ledger, "warn"))
    page.section("Attested", map(_attestation, words.of(ledger, "attested")))
    page.section("What was not looked at", _not_looked_at(ledger))
    return page.text()


def comment(ledger: Ledger, before: Ledger | None = None) -> str:
    """A comment for a pull request, at most `COMMENT_LIMIT` bytes of UTF-8.

    It starts with `marker`, hidden where it is shown, by which a workflow finds the comment that it made before.
    """
    page = _page(f"{marker(ledger)}\n{_head(ledger)}", ledger, before, COMMENT_LIMIT)
    page.rows("Failures", words.failing(ledger), COMMENT_ITEMS)
    page.rows("Could not be observed", words.of(ledger, "unverified"), COMMENT_ITEMS)
    if ledger.strict:
        page.rows("Warnings", words.of(ledger, "warn"), COMMENT_ITEMS)
    return page.text()


def marker(ledger: Ledger) -> str:
    """An HTML comment that names platform and phase; letters, digits and hyphens alone, so that nothing ends it."""
    names = (ledger.platform, ledger.phase)
    return f"<!-- preflight {' '.join(re.sub(r'[^a-z0-9]+', '-', name.lower())[:60] for name in names)} -->"


def _page(head: str, ledger: Ledger, before: Ledger | None, limit: int) -> _Page:
    """What page and comment both begin with."""
    page = _Page(head, limit)
    page.section("The run itself is faulty", _faults(ledger), FAULTS)
    if before is not None and changes.comparable(before, ledger):
        changed = list(_changed(changes.compare(before, ledger)))
        page.section(f"Changed since {escape(words.moment(before.started))}", changed or ["- nothing\n"], count="")
    return page


class _Page:
    """Blocks until the limit is reached, and what did not fit."""

    def __init__(self, head: str, limit: int) -> None:
        self._limit = limit
        self._blocks = [head]
        self._size = len(head.encode())
        self._left_out: list[str] = []

    def rows(self, title: str, rows: list[Row], most: int | None = None) -> None:
        """A section of rows, those of one item told together; with `most` no more items than that, and briefly."""
        cards = [_card(group, brief=most is not None) for group in summary.groups(rows)]
        self.section(title, cards, most, count=f" ({len(rows):,})")

    def section(self, title: str, entries: Iterable[str], most: int | None = None, *, count: str | None = None) -> None:
        """A heading, with the number of entries, and the first `most` of them, as far as they fit."""
        listed = list(entries)
        if not listed:
            return
        heading = f"\n### {title}{f' ({len(listed):,})' if count is None else count}\n\n"
        shown = listed[:most]
        if len(listed) > len(shown):
            shown.append(f"- and {len(listed) - len(shown):,} more, see the report\n")
        for index, entry in enumerate(shown):
            block = entry if index else heading + entry
            size = len(block.encode())
            if self._left_out or self._size + size > self._limit - _NOTE:
                self._left_out.append(f"{len(listed) - index:,} of {title.lower()}")
                return
            self._blocks.append(block)
            self._size += size

    def text(self) -> str:
        if self._left_out:
            left_out = ", ".join(self._left_out)
            note = f"\n**Cut** to stay below {self._limit:,} bytes: {left_out}. The HTML report has them.\n"
            self._blocks.append(note)
        return "".join(self._blocks)


def _head(ledger: Ledger) -> str:
    demo = " (the embedded demo)" if ledger.demo else ""
    at = f"commit {escape(words.commit(ledger))}, " if ledger.commit else ""
    parts = [
        f"## {escape(words.headline(ledger))}\n",
        f"Platform {code(ledger.platform)}{demo}, phase {code(ledger.phase)}, {escape(words.moment(ledger.started))}, "
        f"{at}took {words.duration(ledger.seconds)}, judged as of {escape(ledger.as_of)}, "
        f"suite {escape(ledger.suite)}.\n",
    ]
    if words.caveat(ledger):
        parts.append(f"{escape(words.caveat(ledger))}\n")
    counts = ", ".join(f"{number:,} {word}" for word, number in words.readiness_counts(ledger))
    parts.append(f"**Readiness {words.readiness(ledger)}**: {counts}.\n")
    return "\n".join(parts)


def _faults(ledger: Ledger) -> Iterable[str]:
    for problem in ledger.problems:
        yield f"- {escape(problem)}\n"
    for item, target in ledger.gone:
        yield f"- no longer declared: {code(item)} {code(target)}\n"


def _changed(found: changes.Changes) -> Iterable[str]:
    """What differs from an earlier run, a line for each kind of change."""
    kinds = (
        ("New failures", [change.row for change in found.failing]),
        ("Newly unverified", [change.row for change in found.unverified]),
        ("No longer declared", list(found.gone)),
        ("Newly waived", [change.row for change in found.waived]),
        ("New warnings", [change.row for change in found.warned]),
        ("Fixed", [change.row for change in found.fixed]),
    )
    for kind, rows in kinds:
        if rows:
            yield f"- **{kind} ({len(rows):,})**: {_names(rows)}\n"


def _names(rows: list[Row]) -> str:
    named = ", ".join(f"{code(row.item)} {code(row.target)}" for row in rows[:NAMES])
    return f"{named} and {len(rows) - NAMES:,} more" if len(rows) > NAMES else named


def _card(group: summary.Group, *, brief: bool) -> str:
    """An item that failed alike on one target or several: what must hold, each target's findings, what to do once."""
    shown = group.rows[: COMMENT_TARGETS if brief else None]
    alone = f" {code(shown[0].target)}" if len(group.rows) == 1 else ""
    label = f"**{words.LABELS[group.verdict]}, {group.severity}**"
    lines = [f"- {label}: {code(group.item)}{alone} {escape(group.title)}"]
    for row in shown:
        indent = "  " if alone else "    "
        if not alone:
            lines.append(f"  - {code(row.target)}")
        lines += [f"{indent}- {said}" for said in _told(row, brief=brief)]
    if len(group.rows) > len(shown):
        lines.append(f"  - and {words.counted(len(group.rows) - len(shown), 'target', 'targets')} more")
    if group.remediation:
        lines.append(f"  - **To do**: {escape(group.remediation)}")
    return "\n".join(lines) + "\n"


def _told(row: Row, *, brief: bool) -> Iterable[str]:
    found = row.findings or row.warnings
    if row.observed and not (brief and found):
        yield f"Seen: {escape(row.observed)}"
    for finding in found[:FINDINGS]:
        yield f"{escape(finding.text)} {code(finding.where)}".rstrip()
    if len(found) > FINDINGS:
        yield f"and {words.counted(len(found) - FINDINGS, 'finding', 'findings')} more"


def _waiver(row: Row, ledger: Ledger) -> str:
    note = row.waiver
    if note is None:
        return ""
    held = f"{escape(words.term(note, ledger))} (until {escape(note.expires)}, {escape(words.waiver_state(note))})"
    return f"- {code(row.item)} {code(row.target)} {held}, {escape(note.owner)}: {escape(note.reason)}\n"


def _attestation(row: Row) -> str:
    signed = escape(text.attestation(row.attestation)) if row.attestation else "nobody"
    return f"- {code(row.item)} {code(row.target)} {escape(row.title)} Signed by {signed}\n"


def _not_looked_at(ledger: Ledger) -> Iterable[str]:
    for phase, number in words.not_selected(ledger).items():
        yield f"- {words.counted(number, 'declared item', 'declared items')} of phase {escape(phase)}: not selected\n"
    for said in ledger.not_looked_at:
        yield f"- {escape(said)}\n"
