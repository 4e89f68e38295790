"""The short report in Markdown, for `$GITHUB_STEP_SUMMARY` and pull requests: failures first, never too long.

GitHub drops a step's summary whole once it passes 1 MiB, so the page is held far below and says what it cut
(https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from fixtures.model.ledger import Ledger, Row
from reports import text, words

LIMIT = 200_000  # bytes
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


def render(ledger: Ledger) -> str:
    """The page, at most `LIMIT` bytes of UTF-8."""
    page = _Page(_head(ledger))
    page.section("Failures", map(_card, words.failing(ledger)))
    page.section("Could not be observed", map(_card, words.of(ledger, "unverified")))
    page.section("Waivers", (_waiver(row, ledger) for _, row in words.waived(ledger)))
    page.section("Warnings", map(_card, words.of(ledger, "warn")))
    page.section("What was not looked at", _not_looked_at(ledger))
    return page.text()


class _Page:
    """Blocks until the limit is reached, and what did not fit."""

    def __init__(self, head: str) -> None:
        self._blocks = [head]
        self._size = len(head.encode())
        self._left_out: list[str] = []

    def section(self, title: str, entries: Iterable[str]) -> None:
        listed = list(entries)
        if not listed:
            return
        heading = f"\n### {title} ({len(listed)})\n\n"
        for index, entry in enumerate(listed):
            block = entry if index else heading + entry
            size = len(block.encode())
            if self._left_out or self._size + size > LIMIT - _NOTE:
                self._left_out.append(f"{len(listed) - index:,} of {title.lower()}")
                return
            self._blocks.append(block)
            self._size += size

    def text(self) -> str:
        if self._left_out:
            note = f"\n**Cut** to stay below {LIMIT:,} bytes: {', '.join(self._left_out)}. The HTML report has them.\n"
            self._blocks.append(note)
        return "".join(self._blocks)


def _head(ledger: Ledger) -> str:
    demo = " (the embedded demo)" if ledger.demo else ""
    parts = [
        f"## {escape(words.headline(ledger))}\n",
        f"Platform {code(ledger.platform)}{demo}, phase {code(ledger.phase)}, {escape(words.moment(ledger.started))}, "
        f"took {words.duration(ledger.seconds)}, judged as of {escape(ledger.as_of)}, suite {escape(ledger.suite)}.\n",
    ]
    if words.caveat(ledger):
        parts.append(f"{escape(words.caveat(ledger))}\n")
    counts = ", ".join(f"{number:,} {word}" for word, number in words.readiness_counts(ledger))
    parts.append(f"**Readiness {words.readiness(ledger)}**: {counts}.\n")
    faults = [escape(problem) for problem in ledger.problems]
    faults += [f"no longer declared: {code(item)} {code(target)}" for item, target in ledger.gone]
    if faults:
        parts.append("### The run itself is faulty\n\n" + "".join(f"- {fault}\n" for fault in faults[:FAULTS]))
    if len(faults) > FAULTS:
        parts.append(f"and {len(faults) - FAULTS:,} more.\n")
    return "\n".join(parts)


def _card(row: Row) -> str:
    lines = [
        f"- **{words.LABELS[row.verdict]}, {row.severity}**: {code(row.item)} {code(row.target)} {escape(row.title)}",
        *([f"  - Seen: {escape(row.observed)}"] if row.observed else []),
    ]
    found = row.findings or row.warnings
    lines += [f"  - {escape(finding.text)} {code(finding.where)}".rstrip() for finding in found[:FINDINGS]]
    if len(found) > FINDINGS:
        lines.append(f"  - and {words.counted(len(found) - FINDINGS, 'finding', 'findings')} more")
    if row.remediation:
        lines.append(f"  - **To do**: {escape(row.remediation)}")
    return "\n".join(lines) + "\n"


def _waiver(row: Row, ledger: Ledger) -> str:
    note = row.waiver
    if note is None:
        return ""
    held = f"{escape(words.term(note, ledger))} (until {escape(note.expires)}, {escape(words.waiver_state(note))})"
    return f"- {code(row.item)} {code(row.target)} {held}, {escape(note.owner)}: {escape(note.reason)}\n"


def _not_looked_at(ledger: Ledger) -> Iterable[str]:
    for phase, number in words.not_selected(ledger).items():
        yield f"- {words.counted(number, 'declared item', 'declared items')} of phase {escape(phase)}: not selected\n"
    for said in ledger.not_looked_at:
        yield f"- {escape(said)}\n"
