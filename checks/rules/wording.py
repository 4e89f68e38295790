"""The words that documents use for their parts, in English and Russian, and how text is held against them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fixtures.model.document import Block, Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PARTS: dict[str, tuple[str, ...]] = {
    "symptoms": (
        "symptom", "symptoms", "sign", "signs", "what you see", "how it shows", "detection",
        "симптом", "симптомы", "признак", "признаки", "проявления", "как проявляется", "что видно",
    ),
    "diagnosis": (
        "diagnosis", "diagnose", "diagnostics", "diagnostic", "investigation", "investigate", "how to check",
        "check", "checks", "triage", "troubleshooting",
        "диагностика", "диагноз", "диагностировать", "проверка", "проверки", "проверить", "как проверить",
        "расследование", "анализ",
    ),
    "solution": (
        "solution", "solutions", "resolution", "resolve", "fix", "fixes", "how to fix", "mitigation", "mitigate",
        "remediation", "recovery",
        "решение", "решения", "устранение", "исправление", "как исправить", "восстановление", "что делать",
    ),
    "escalation": (
        "escalation", "escalate", "who to call", "contact", "contacts", "when to call",
        "эскалация", "эскалировать", "контакты", "кому звонить", "кого звать", "к кому обратиться",
    ),
    "immediate": (
        "immediate", "immediate action", "immediate actions", "immediately", "first aid", "right now", "short term",
        "first response",
        "немедленно", "немедленные действия", "немедленное решение", "срочно", "срочные меры", "срочные действия",
        "первая помощь", "прямо сейчас", "краткосрочные действия", "неотложные действия", "неотложные меры",
    ),
    "long_term": (
        "long term", "longer term", "prevention", "prevent", "preventive", "follow up", "follow ups",
        "долгосрочно", "долгосрочные", "долгосрочные действия", "долгосрочное решение", "долгосрочные меры",
        "профилактика", "предотвращение", "в дальнейшем",
    ),
}  # fmt: skip
WITHIN = {"solution": frozenset({"immediate", "long_term"})}  # parts whose labels stand inside another part
NEGATIONS = frozenset({"no", "non", "not", "не", "нет", "un", "less"})
STUB = re.compile(
    r"\b(?:todo|tbd|tba|fixme|wip|n/?a|placeholder|lorem ipsum|coming soon|"
    r"to be (?:written|done|defined|determined|added)|"
    r"fill (?:in|me)|not yet|заполнить|дописать|уточнить|допишем|в работе|скоро будет|тут будет|здесь будет)\b",
    re.IGNORECASE,
)
ANGLES = re.compile(r"<[^<>\n]{1,60}>")  # a name that somebody is to fill in
MAX_LABEL_WORDS = 6


def plain(text: str) -> str:
    """Text for comparison: case folded, ё as е, and everything but letters and digits as one space."""
    folded = unicodedata.normalize("NFC", text).casefold().replace("ё", "е")
    return " ".join(re.findall(r"[^\W_]+", folded))


def holds(text: str, phrases: Iterable[str]) -> str:
    """The longest of the phrases that stands in the text in whole words and is not negated, else ''."""
    inside = f" {plain(text)} "
    best = ""
    for phrase in phrases:
        wanted = plain(phrase)
        at = inside.find(f" {wanted} ") if wanted else -1
        before = inside[:at].split() if at > 0 else []
        if at >= 0 and not (before and before[-1] in NEGATIONS) and len(wanted) > len(plain(best)):
            best = phrase
    return best


def is_stub(text: str) -> bool:
    """Whether text only keeps a place: empty, dots, TODO, TBD, «дописать», «<name>»."""
    rest = STUB.sub(" ", ANGLES.sub(" ", text))
    said = re.findall(r"[^\W_]+", rest)
    if STUB.search(text):
        return sum(map(len, said)) < 40
    return not said


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a section: where its label stands, and its content."""

    label: str
    line: int
    blocks: tuple[Block, ...]

    @property
    def real(self) -> bool:
        """Whether anything in it says something; the titles of a table's columns do not."""
        return any(
            block.kind != "comment" and not (block.kind == "row" and not block.header) and not is_stub(block.text)
            for block in self.blocks
        )


def parts(section: Section, own: Mapping[str, tuple[str, ...]]) -> dict[str, list[Part]]:
    """The parts of a section by name: sub-headings, and labels that open a paragraph, an item or a table row.

    A part under a sub-heading reaches to the next heading of its level, a part under a label to the next
    label of any part that is nested no deeper; labels of actions are the solution's own. `own` are words
    that the manifest adds.
    """
    table = {name: (*phrases, *own.get(name, ())) for name, phrases in PARTS.items()}
    found: dict[str, list[Part]] = {name: [] for name in table}
    for inner in section.walk():
        if inner.heading is not None and inner is not section:
            below = tuple(block for part in inner.walk() for block in _with_headings(part, inner))
            for name in _named(inner.heading.text, table):
                found[name].append(Part(inner.heading.text, inner.heading.line, below))
        for name, part in _labelled(inner.blocks, table):
            found[name].append(part)
    return found


def _with_headings(part: Section, top: Section) -> Iterator[Block]:
    if part.heading is not None and part is not top:
        yield Block("text", part.heading.text, part.heading.line)
    yield from part.blocks


def _named(text: str, table: Mapping[str, tuple[str, ...]]) -> list[str]:
    return [name for name, phrases in table.items() if holds(text, phrases)]


def _labelled(blocks: tuple[Block, ...], table: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, Part]]:
    """Parts that a label opens, and the rows and columns of a table."""
    labels = [
        _named(block.lead, table) if block.lead and len(block.lead.split()) <= MAX_LABEL_WORDS else []
        for block in blocks
    ]
    for index, (block, names) in enumerate(zip(blocks, labels, strict=True)):
        for name in names:
            own = WITHIN.get(name, frozenset())
            part = [_unlabelled(block)]
            for later, label in zip(blocks[index + 1 :], labels[index + 1 :], strict=True):
                if label and later.depth <= block.depth and not own.issuperset(label):
                    break
                part.append(_unlabelled(later) if label and own.issuperset(label) else later)
            yield name, Part(block.lead, block.line, tuple(part))
        if block.kind == "row" and block.header:
            for title, cell in zip(block.header, block.cells, strict=False):
                for name in _named(title, table):
                    yield name, Part(title, block.line, (Block("text", cell, block.line),))
        if block.kind == "row" and len(block.cells) > 1 and len(block.cells[0].split()) <= MAX_LABEL_WORDS:
            for name in _named(block.cells[0], table):
                cells = " ".join(block.cells[1:])
                yield name, Part(block.cells[0], block.line, (Block("text", cells, block.line),))


def _unlabelled(block: Block) -> Block:
    """A block without the label that opens it, which says nothing."""
    return replace(block, text=block.text[block.text.find(block.lead) + len(block.lead) :])
