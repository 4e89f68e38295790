"""The rows as the page's script takes them: JSON, with every text that comes more than once written once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fixtures.model.ledger import SEVERITIES, AttestationNote, Ledger, Row, WaiverNote
from reports import summary, text, words

if TYPE_CHECKING:
    from fixtures.model.verdicts import Finding
    from reports.language import Language

LONGEST = 4_000  # characters of one text
NAME = 400  # of a target
FINDINGS = 50  # of one row
MESSAGES = (
    "shown",
    "shown_of",
    "shown_none",
    "open",
    "copy",
    "copied",
    "link",
    "copy_failed",
    "absent",
    "sort",
    "verdict",
    "severity",
    "item",
    "target",
    "service",
    "seen",
    "duration",
    "phase",
    "expected",
    "findings",
    "warned",
    "where",
    "asked",
    "when",
    "todo",
    "waiver",
    "attestation",
    "node",
)


def render(ledger: Ledger, language: Language) -> str:
    """The rows, their texts and the script's words as JSON that may stand in a `<script>` element.

    A row is a list in the order of `_row`; a number in the place of a text is its index in `texts`.
    """
    texts = _Texts()
    data = {
        "rows": [_row(row, texts, language) for row in ledger.rows],
        "texts": texts.found,
        "language": language.code,
        "thousands": language.words["page"]["thousands"],
        "messages": {key: language.words["page"][key] for key in MESSAGES},
        "verdicts": [[verdict, language.named("verdicts", verdict)] for verdict in summary.SHARES],
        "severities": [[severity, language.named("severities", severity)] for severity in SEVERITIES],
    }
    said = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return said.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


class _Texts:
    """Each text once, by its index."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._index: dict[str, int] = {}

    def __call__(self, said: str) -> int:
        if said not in self._index:
            self._index[said] = len(self.found)
            self.found.append(text.shown(said, LONGEST))
        return self._index[said]


def _row(row: Row, texts: _Texts, language: Language) -> list[Any]:
    return [
        text.anchor(row.item, row.target),
        texts(row.item),
        text.line(row.target, NAME),
        summary.SHARES.index(row.verdict),
        SEVERITIES.index(row.severity),
        texts(row.area),
        texts(row.phase),
        [texts(service) for service in row.services],
        texts(language.sentence(row.title)),
        texts(language.sentence(row.remediation)),
        texts(row.asked),
        text.shown(row.observed, LONGEST),
        texts(row.where),
        texts(words.moment(row.at)),
        round(max(row.seconds, 0) * 1000),
        texts(words.duration(row.seconds, language)),
        _findings(row.findings, language),
        _findings(row.warnings, language),
        _waiver(row.waiver, language),
        _attestation(row.attestation),
        text.line(row.node, LONGEST),
    ]


def _findings(found: tuple[Finding, ...], language: Language) -> list[list[str]]:
    told = [[text.shown(finding.text, LONGEST), text.line(finding.where, LONGEST)] for finding in found[:FINDINGS]]
    more = len(found) - FINDINGS
    return [*told, [language.count("findings_more", more), ""]] if more > 0 else told


def _waiver(note: WaiverNote | None, language: Language) -> str:
    if note is None:
        return ""
    terms = f"{note.owner}, {language.say('until', day=note.expires)}, {words.waiver_state(note, language)}"
    return text.line(f"{note.reason} ({terms})", LONGEST)


def _attestation(note: AttestationNote | None) -> str:
    return text.line(f"{note.by}, {note.on} – {note.expires}: {note.evidence}", LONGEST) if note else ""
