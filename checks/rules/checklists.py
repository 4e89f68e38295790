"""No open critical box: DOC-007."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixtures.model.document import Block, Page, Section
    from fixtures.model.platform import Document

ALWAYS = re.compile(r"🔴|🚨|‼|❗|\bp0\b|\bmust\b|(?<!не )\bобязательн(?:о|ый|ая|ое|ые)\b", re.IGNORECASE)
WORD = r"(?:critical|blockers?|blocking|критичн\w*|критическ\w*|блокер\w*|блокирующ\w*)"
SPOKEN = re.compile(rf"(?<!non-)(?<!non )(?<!not )(?<!не )\b{WORD}", re.IGNORECASE)
MARKED = re.compile(
    rf"(?i:^\W*{WORD}\s*[:!—–-]|[\[(«{{]\s*{WORD}\s*[\])»}}]|[—–:-]\s+{WORD}\W*$|^\W*{WORD}\W*$)|"
    r"\b(?:CRITICAL|BLOCKER|КРИТИЧНО|БЛОКЕР)\b"
)
OPTIONAL = re.compile(
    r"\b(?:optional|non-?\s?critical|not critical|nice[- ]to[- ]have|p[1-4]|should|could|некритичн\w*|не критичн\w*|"
    r"необязательн\w*|не обязательн\w*|опциональн\w*|желательн\w*)\b",
    re.IGNORECASE,
)


def no_critical_box_is_open(checklist: Document, page: Evidence[Page]) -> Verdict:
    """Expect boxes, and none open that is critical.

    Critical is a box that is marked so («**Critical**», «(blocker)», «P0», «must», «обязательно», 🔴), one
    nested in such a box, and one under a heading or label that says so, unless it is marked optional. An
    open box that only speaks of something critical warns.
    """
    seen = page.value
    boxes = [entry for section in seen.sections for entry in _boxes(section, critical=False)]
    if not boxes:
        text = "the checklist has no boxes (`- [ ]`), so nobody can tell what is done"
        return Verdict(page, f"{checklist.file} holds no box.", (Finding(text, checklist.file),))
    findings, warnings, open_ = [], [], 0
    for block, critical in boxes:
        if block.done:
            continue
        open_ += 1
        text = _short(block.text)
        if critical:
            findings.append(Finding(f"critical box is open: «{text}»", seen.at(block.line)))
        elif SPOKEN.search(block.text) and not OPTIONAL.search(block.text):
            spoken = f"open box speaks of something critical and is not marked: «{text}»"
            warnings.append(Finding(spoken, seen.at(block.line)))
    ticked = f"{len(boxes) - open_} of {len(boxes)} boxes are ticked"
    observed = f"{ticked}; open: {open_}, critical among them: {len(findings)}."
    return Verdict(page, observed, tuple(findings), tuple(warnings))


def _boxes(section: Section, *, critical: bool) -> Iterator[tuple[Block, bool]]:
    """Each box with whether it is critical, given what the headings above it say."""
    if section.heading is not None:
        critical = _says(section.heading.text, inherited=critical)
    by_label = critical
    parents: list[tuple[int, bool]] = []
    for block in section.blocks:
        while parents and parents[-1][0] >= block.depth:
            parents.pop()
        above = parents[-1][1] if parents else by_label
        if block.done is None:
            if block.depth == 0 and block.kind == "text":
                by_label = _says(block.lead, inherited=critical) if block.lead else by_label
            elif block.kind == "item":
                parents.append((block.depth, _says(block.lead, inherited=above)))
            continue
        own = _is_marked(block, inherited=above)
        parents.append((block.depth, own))
        yield block, own
    for part in section.parts:
        yield from _boxes(part, critical=critical)


def _says(title: str, *, inherited: bool) -> bool:
    if OPTIONAL.search(title):
        return False
    return inherited or bool(SPOKEN.search(title) or ALWAYS.search(title))


def _is_marked(block: Block, *, inherited: bool) -> bool:
    marked = ALWAYS.search(block.text) or MARKED.search(block.text) or any(SPOKEN.search(word) for word in block.strong)
    marked = marked or any(MARKED.search(cell) for cell in block.cells)
    if OPTIONAL.search(block.text) and not ALWAYS.search(block.text):
        return False
    return inherited or bool(marked)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 100 else flat[:99] + "…"
