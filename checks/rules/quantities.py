"""Limits as people write them in a runbook: numbers with units, and what they are limits of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.rules.limit_words import (
    ABOVE,
    AFTER_COUNT,
    AT_LEVEL,
    CLAUSE,
    DECOYS,
    GENERIC,
    LASTS,
    LEVELS,
    LIMIT_COLUMN,
    NUMBER,
    SCALES,
    SENTENCE,
    SUBJECTS,
    WORDED,
    Dimension,
    Level,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixtures.model.document import Block, Page, Section

MAX_GAP = 60  # characters between a subject and a number that contradicts
CELL_CHARS = 2000  # a longer paragraph or cell is read up to here


@dataclass(frozen=True, slots=True)
class Quote:
    """A number beside its subject. `firm` is one that reads as a limit, and so may contradict the manifest."""

    subject: str
    value: float  # a count, a share between 0 and 1, or seconds
    text: str
    line: int
    level: Level = ""
    firm: bool = False


def quotes(page: Page) -> Iterator[Quote]:
    """Every number in the page's text and tables that stands beside a subject; code blocks are not read."""
    for section in page.walk():
        yield from _section_quotes(section)


def _section_quotes(section: Section) -> Iterator[Quote]:
    around = _subject_of(section.heading.text) if section.heading else ""
    intro = ""
    parents: list[tuple[int, str]] = []
    for block in section.blocks:
        if block.kind in ("code", "comment"):
            continue
        if block.kind == "row":
            yield from _row_quotes(block, around)
            continue
        while parents and parents[-1][0] >= block.depth:
            parents.pop()
        context = parents[-1][1] if parents else (intro if block.depth else "")
        own = _subject_of(block.text)
        yield from _text_quotes(block.text, block.line, context, around)
        if block.depth:
            parents.append((block.depth, own or context))
        else:
            intro = own if block.text.rstrip().endswith(":") else ""


def _row_quotes(row: Block, around: str) -> Iterator[Quote]:
    """A cell's subject is its column's, else its row's; its level likewise."""
    by_row = next((subject for subject in map(_subject_of, row.cells) if subject), "")
    row_level = _level(row.cells[0]) if row.cells else ""
    for index, cell in enumerate(row.cells):
        title = row.header[index] if index < len(row.header) else ""
        subject = _subject_of(title) or by_row
        level = _level(title) or row_level
        as_limit = bool(level or LIMIT_COLUMN.search(_flat(title))) and bool(index)
        yield from _text_quotes(cell, row.line, subject, around, level=level, as_limit=as_limit)


def _text_quotes(
    text: str, line: int, context: str, around: str, *, level: Level = "", as_limit: bool = False
) -> Iterator[Quote]:
    """Numbers of a text with the nearest subject of their dimension: in the clause, before it, or around it."""
    text = text[:CELL_CHARS]
    flat = _flat(text)
    for start, end in _pieces(flat, SENTENCE, 0, len(flat)):
        before = context
        for clause_start, clause_end in _pieces(flat, CLAUSE, start, end):
            clause = flat[clause_start:clause_end]
            for dimension, value, at, after in _numbers(clause):
                named = _nearest(clause, dimension, at, after)
                subject = named[0] if named else ""
                if named and not subject:
                    continue
                subject = subject or (before if _dimension(before) == dimension else "")
                firm = bool(subject) and _is_firm(clause, dimension, subject, at, after, named[1] if named else 0)
                firm = firm or (as_limit and bool(subject) and (dimension != "count" or _counts(clause, after)))
                subject = subject or (around if _dimension(around) == dimension else "")
                if subject:
                    where = line + text.count("\n", 0, clause_start + at)
                    yield Quote(subject, value, clause[at:after].strip(), where, _level(clause) or level, firm)
            before = _subject_of(clause) or before


def _is_firm(clause: str, dimension: Dimension, subject: str, at: int, after: int, gap: int) -> bool:
    """Whether the number reads as an upper limit: «above 500», «warning: 500», and for a worker «down for 60 s»."""
    if gap > MAX_GAP or (dimension == "count" and not _counts(clause, after)):
        return False
    ahead = clause[:at]
    above = ABOVE.search(ahead)
    if subject == "worker down":
        return bool(above or LASTS.search(ahead)) and not re.search(r"restart|wait \d|перезапус|подожд", clause)
    return bool((above and not above["window"]) or AT_LEVEL.search(ahead))


def _counts(clause: str, after: int) -> bool:
    """Whether a number without a unit counts jobs, and not attempts, times or hosts."""
    return AFTER_COUNT.match(clause, after) is not None


def _nearest(clause: str, dimension: Dimension, at: int, after: int) -> tuple[str, int] | None:
    """The nearest subject of that dimension and its distance; '' for a thing that is none of ours."""
    found: list[tuple[int, str]] = []
    for name, of, pattern in SUBJECTS:
        if of == dimension:
            found += [(_gap(match, at, after), name) for match in pattern.finditer(clause)]
    found += [(_gap(match, at, after) + (1 if found else 0), "") for match in DECOYS[dimension].finditer(clause)]
    if not found and dimension == "count":
        found += [(_gap(match, at, after), "queue depth") for match in GENERIC.finditer(clause)]
    return (min(found)[1], min(found)[0]) if found else None


def _gap(match: re.Match[str], at: int, after: int) -> int:
    return max(at - match.end(), match.start() - after, 0)


def _numbers(clause: str) -> Iterator[tuple[Dimension, float, int, int]]:
    """Numbers outside the names of subjects («p95»): dimension, value in its unit, start, end."""
    masked = clause
    for _, dimension, pattern in SUBJECTS:
        if dimension == "seconds":
            masked = pattern.sub(lambda match: "_" * len(match[0]), masked)
    for match in WORDED.finditer(masked):
        yield "seconds", 60.0, match.start(), match.end()
    for match in NUMBER.finditer(masked):
        unit = match["unit"] or ""
        digits = re.sub(r"(?<=\d)[ \u00a0\u2009\u202f'’](?=\d)", "", match["n"])
        digits = re.sub(r"^([1-9]\d{0,2})((?:,\d{3})+)$", lambda found: found[0].replace(",", ""), digits)
        value = float(digits.replace(",", ".")) * (1000 if match["k"] else 1)
        if unit.startswith(("%", "per", "процент")):
            yield "share", value / 100, match.start(), match.end()
        elif unit.startswith(("day", "дн")):
            continue
        elif unit:
            scale = next(scale for prefix, scale in SCALES.items() if unit.startswith(prefix))
            yield "seconds", value * scale, match.start(), match.end()
        elif not value.is_integer() or "." in digits or "," in digits:
            yield "share", value, match.start(), match.end()
        else:
            yield "count", value, match.start(), match.end()


def _subject_of(text: str) -> str:
    """The first subject that a text names, '' where it names none."""
    flat = _flat(text[:CELL_CHARS])
    found = [(match.start(), name) for name, _, pattern in SUBJECTS if (match := pattern.search(flat))]
    if not found and GENERIC.search(flat) and not DECOYS["count"].search(flat):
        return "queue depth"
    return min(found)[1] if found else ""


def _dimension(subject: str) -> Dimension | None:
    return next((dimension for name, dimension, _ in SUBJECTS if name == subject), None)


def _level(text: str) -> Level:
    """The one level that a text names, '' where it names none or both."""
    flat = _flat(text)
    named = [level for level, pattern in LEVELS if pattern.search(flat)]
    return named[0] if len(named) == 1 else ""


def _pieces(text: str, cut: re.Pattern[str], start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in cut.finditer(text, start, end):
        yield start, match.start()
        start = match.end()
    yield start, end


def _flat(text: str) -> str:
    """Lower case, ё as е, underscores and line ends as spaces; every character stays in its place."""
    low = (char.lower() if len(char.lower()) == 1 else char for char in text)
    return "".join(low).translate(str.maketrans("ё_\n\t\u00a0\u202f\u2009", "е      "))
