"""Documents are reviewed, dated and owned: DOC-006."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from checks.rules.wording import is_stub
from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fixtures.model.document import Page
    from fixtures.model.platform import Document

LABEL = (
    r"(?:last(?:ly)?\s+(?:reviewed|review|updated|update|checked|verified|revised|tested|modified)|review(?:ed)?(?:\s+date)?|"
    r"date\s+of\s+(?:last\s+)?review|updated|verified|revised|"
    r"(?:дата\s+)?последн(?:яя|ей|ее|его|ий)\s+(?:проверк[аи]|обновлени[ея]|пересмотра?|ревизи[яи]|ревью|актуализаци[яи])|"
    r"дата\s+(?:проверки|обновления|пересмотра|ревизии|ревью|актуализации)|проверено|обновлено|обновлён|обновлен|"
    r"пересмотрено|актуализировано|актуально\s+на|актуальность)"
)
LABEL_ONLY = re.compile(rf"\W*{LABEL}\W*(?:by|on|кем|кто)?\W*", re.IGNORECASE)
START = re.compile(
    rf"(?:^|[|·•;,.(—–>*_]\s*)(?:{LABEL}(?=\W)|(?:date|дата)(?=\W{{0,3}}:))(?P<rest>[^\n|]{{0,80}})",
    re.IGNORECASE | re.MULTILINE,
)
FIELDS = frozenset(  # lower case, without punctuation
    [
        "lastreviewed",
        "lastreview",
        "reviewed",
        "reviewedat",
        "reviewedon",
        "reviewdate",
        "lastupdated",
        "updated",
        "updatedat",
        "date",
        "lastmod",
        "lastmodified",
        "lastverified",
        "verified",
        "проверено",
        "обновлено",
    ]
)
OWNER = r"(?:owners?|maintainers?|responsible|владел(?:ец|ьцы)|ответственн(?:ый|ая|ые)|поддерживает)"
OWNER_LINE = re.compile(
    rf"(?:^|[|·•;,.(—–>*_]\s*)(?:{OWNER}\s*(?:\([^()\n]*\))?\s*[:|—–]|(?:owned|maintained)\s+by\b)\s*(?P<rest>[^\n|·•;]{{1,120}})",
    re.IGNORECASE | re.MULTILINE,
)
OWNER_ONLY = re.compile(rf"\W*{OWNER}\W*", re.IGNORECASE)
OWNER_FIELDS = frozenset(
    ("owner", "owners", "maintainer", "maintainers", "responsible", "team", "владелец", "ответственный")
)
MONTHS = {
    **dict(zip("jan feb mar apr may jun jul aug sep oct nov dec".split(), range(1, 13), strict=True)),  # noqa: SIM905
    **dict(zip("янв фев мар апр май июн июл авг сен окт ноя дек".split(), range(1, 13), strict=True)),  # noqa: SIM905
    "мая": 5,
}
MONTH = (
    r"(?P<{0}>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|"
    r"янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[a-zа-я]{{0,7}}\.?"
)
DATE = re.compile(
    r"(?<!\d)(?:(?P<y1>\d{4})[-./](?P<m1>\d{1,2})[-./](?P<d1>\d{1,2})"
    r"|(?P<d2>\d{1,2})(?P<sep>[./-])(?P<m2>\d{1,2})(?P=sep)(?P<y2>\d{4}|\d{2})"
    rf"|(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH.format('m3')},?\s+(?P<y3>\d{{4}})"
    rf"|{MONTH.format('m4')}\s+(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y4>\d{{4}})"
    rf"|{MONTH.format('m5')},?\s+(?P<y5>\d{{4}}))(?!\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A review date as written, and the days it may mean: none is no date, 03/04/2026 is two."""

    text: str
    days: tuple[date, ...]
    line: int


def is_fresh(document: Document, page: Evidence[Page], today: date) -> Verdict:
    """Hold the latest review date in the document against `max_age_days` (inclusive) and today.

    A review date is a date after a label such as «Last reviewed», «Обновлено», in the text, in a table cell
    or in the front matter; git's history is no review. A day in the future is a finding. A runbook names
    its owner too.
    """
    seen = page.value
    stamps = tuple(review_stamps(seen))
    findings = list(_owner_findings(document, seen))
    real = [stamp for stamp in stamps if stamp.days]
    findings += [
        Finding(f"review date «{stamp.text}» is no day of the calendar", seen.at(stamp.line))
        for stamp in stamps
        if not stamp.days and DATE.search(stamp.text)
    ]
    if not real:
        text = "no review date stands in the document (such as «Last reviewed: 2026-01-31» or «Обновлено: 31.01.2026»)"
        if not any(DATE.search(stamp.text) for stamp in stamps):
            findings.append(Finding(text, seen.at(stamps[0].line) if stamps else document.file))
        return Verdict(page, "No review date stands in it.", tuple(findings))
    verdicts = {_dated(document, seen, real, reading, today) for reading in (min, max)}
    if len({bool(finding) for finding, _ in verdicts}) > 1:
        text = next(stamp.text for stamp in real if len(stamp.days) > 1)
        page.cannot_tell(f"«{text}» can be read as two days", "Write the date as YYYY-MM-DD.")
    finding, observed = sorted(verdicts, key=str)[0]
    findings += [finding] if finding else []
    return Verdict(page, observed, tuple(findings))


def review_stamps(page: Page) -> Iterator[Stamp]:
    """The review dates of a page, in no order."""
    for field in page.fields:
        if re.sub(r"[\W_]", "", field.key.lower()) in FIELDS:
            yield _stamp(field.value, field.line, whole=True)
    for block in page.blocks():
        if block.kind == "code":
            continue
        for match in START.finditer(block.text):
            rest = match["rest"]
            line = block.line + block.text.count("\n", 0, match.start())
            if DATE.search(rest) or rest.lstrip("*_ ").startswith(":"):
                yield _stamp(rest, line, whole=False)
        for title, cell in zip(block.header, block.cells, strict=False):
            if LABEL_ONLY.fullmatch(title) and DATE.search(cell):
                yield _stamp(cell, block.line, whole=False)
        if len(block.cells) > 1 and LABEL_ONLY.fullmatch(block.cells[0]):
            yield _stamp(block.cells[1], block.line, whole=False)


def _stamp(text: str, line: int, *, whole: bool) -> Stamp:
    match = DATE.search(text)
    shown = match[0] if match else " ".join(text.strip(" :*_").split())[:40]
    return Stamp(shown or ("an empty field" if whole else "an empty date"), _days(match) if match else (), line)


def _days(match: re.Match[str]) -> tuple[date, ...]:
    """The days that a date as written may mean."""
    part = match.groupdict()
    if part["y1"]:
        readings = [(part["y1"], part["m1"], part["d1"])]
    elif part["y2"]:
        year = part["y2"] if len(part["y2"]) == 4 else f"20{part['y2']}"
        readings = [(year, part["m2"], part["d2"])]
        if part["sep"] == "/":
            readings.append((year, part["d2"], part["m2"]))
    else:
        index = next(index for index in "345" if part[f"y{index}"])
        month = str(MONTHS[part[f"m{index}"].lower()])
        readings = [(part[f"y{index}"], month, part.get(f"d{index}") or "1")]
    days: list[date] = []
    for year, month, day in readings:
        try:
            days.append(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return tuple(dict.fromkeys(days))


def _dated(
    document: Document, page: Page, stamps: list[Stamp], reading: Callable[[tuple[date, ...]], date], today: date
) -> tuple[Finding | None, str]:
    """The finding about the latest date, if any, and what was seen."""
    day, stamp = max(((reading(stamp.days), stamp) for stamp in stamps), key=lambda pair: pair[0])
    where = page.at(stamp.line)
    observed = f"Last reviewed on {day} (line {stamp.line}); {document.max_age_days} days allowed as of {today}."
    if day > today:
        return Finding(f"the review date {day} lies in the future", where), observed
    if day + timedelta(days=document.max_age_days) < today:
        text = f"last reviewed on {day}, {(today - day).days} days ago, {document.max_age_days} allowed"
        return Finding(text, where), observed
    return None, observed


def _owner_findings(document: Document, page: Page) -> Iterator[Finding]:
    if document.kind != "runbook":
        return
    owners = [field.value for field in page.fields if field.key.lower() in OWNER_FIELDS]
    for block in page.blocks():
        if block.kind == "code":
            continue
        owners += [match["rest"] for match in OWNER_LINE.finditer(block.text)]
        owners += [cell for title, cell in zip(block.header, block.cells, strict=False) if OWNER_ONLY.fullmatch(title)]
        if len(block.cells) > 1 and OWNER_ONLY.fullmatch(block.cells[0]):
            owners.append(block.cells[1])
    if not owners:
        yield Finding("nobody owns the runbook («Owner: …», «Ответственный: …»)", page.path)
    elif all(is_stub(owner) for owner in owners):
        yield Finding("the runbook's owner is a placeholder", page.path)
