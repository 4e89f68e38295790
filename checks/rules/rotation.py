"""ROT: secrets are renewed in time, and everybody knows how."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

from checks.rules.wording import is_stub, plain
from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixtures.model.document import Page, Section
    from fixtures.model.rotation import Age, RotatedSecret

SLACK = 1  # days that two clocks, or a rotation around midnight, may lie apart
SOON = 14  # days before its end from which a token warns


def is_young(secret: RotatedSecret, told: Evidence[Age], today: date) -> Verdict:
    """Hold a secret's age in days against its limit, inclusive.

    When it was made decides, where the value or its vendor says so. The last edit of a copy is a bound: too old, it
    is certain; young, it proves no new value, and the rotation ledger must say so. The ledger must agree with both:
    an entry older or newer than the making, or newer than the last edit of a copy, is a finding.
    """
    age = told.value
    findings = [*_spent(age, today), *_too_old(secret, age, today), *_contradicted(age, today)]
    if not findings:
        _undecided(secret, told)
    return Verdict(
        told,
        _observed(secret, age, today),
        tuple(Finding(text, age.entry.where if age.entry and "ledger" in text else "") for text in findings),
        tuple(Finding(text) for text in _ending(age, today)),
    )


def _days(moment: datetime | date, today: date) -> int:
    return (today - (moment.date() if isinstance(moment, datetime) else moment)).days


def _spent(age: Age, today: date) -> Iterator[str]:
    if age.leaked is not None:
        yield f"its vendor found it in public on {age.leaked:%Y-%m-%d}: revoke it now"
    if age.expires is not None and _days(age.expires, today) > 0:
        yield f"it expired on {age.expires:%Y-%m-%d}"


def _too_old(secret: RotatedSecret, age: Age, today: date) -> Iterator[str]:
    allowed = f"at most {secret.days} are allowed"
    for made in age.made:
        if (days := _days(made.at, today)) > secret.days:
            yield f"it was made {days} days ago ({made.by}); {allowed}"
    for edited in age.edited:
        if (days := _days(edited.at, today)) > secret.days:
            yield f"it is at least {days} days old: so long ago {edited.place} was last edited; {allowed}"
    entry = age.entry
    if entry and not age.made and (days := _days(entry.on, today)) > secret.days:
        yield f"the ledger says that it was rotated {days} days ago; {allowed}"


def _contradicted(age: Age, today: date) -> Iterator[str]:
    """Where the copies, the making and the ledger cannot all be true."""
    for made in age.made:
        for edited in age.edited:
            if _days(edited.at, made.at.date()) > SLACK:
                yield (
                    f"{edited.place} was last edited {edited.at:%Y-%m-%d}, before the value was made"
                    f" ({made.at:%Y-%m-%d}, {made.by}): it holds an old one"
                )
    entry = age.entry
    if entry is None:
        return
    said = f"the ledger says that it was rotated on {entry.on}"
    if entry.on > today:
        yield f"{said}, a day that has not come"
        return
    for made in age.made:
        apart = _days(made.at, entry.on)
        if apart > SLACK:
            yield f"{said}, but the value in use was made on {made.at:%Y-%m-%d} ({made.by}): it was not replaced"
        elif apart < -SLACK:
            yield f"{said}, but the value was made on {made.at:%Y-%m-%d} ({made.by}): the ledger lacks that rotation"
    for edited in age.edited:
        if _days(edited.at, entry.on) > SLACK:
            yield f"{said}, but {edited.place} was last edited on {edited.at:%Y-%m-%d}: it did not get the new value"


def _undecided(secret: RotatedSecret, told: Evidence[Age]) -> None:
    """End as unverified where nothing tells the age for certain."""
    age = told.value
    if age.made or age.fleeting:
        return
    if age.gaps:
        hints = dict.fromkeys(gap.hint for gap in age.gaps)
        told.cannot_tell("; ".join(gap.reason for gap in age.gaps), " ".join(hints))
    if age.entry is None:
        newest = max((edited.at for edited in age.edited), default=None)
        known = f"it was edited on {newest:%Y-%m-%d}, which proves no new value, and " if newest else ""
        near = f" (it has {age.near})" if age.near else ""
        lacks = f"{age.ledger} has no entry for it{near}" if age.ledger else "there is no rotation ledger"
        told.cannot_tell(
            f"{known}no API that was asked tells when {secret.name} was made; {lacks}",
            f"Enter its last rotation in {age.ledger or 'rotations.toml'}: secret, rotated_on, by, ticket.",
            undecidable=True,
        )


def _ending(age: Age, today: date) -> Iterator[str]:
    if age.expires is None:
        return
    left = -_days(age.expires, today)
    if 0 <= left <= SOON:
        yield f"it expires on {age.expires:%Y-%m-%d}, in {left} days: renew it before"


def _observed(secret: RotatedSecret, age: Age, today: date) -> str:
    """What decided, and what else was seen."""
    told = [f"made {m.at:%Y-%m-%d}, {_days(m.at, today)} days ago, exact ({m.by})" for m in age.made]
    told += [age.fleeting] if age.fleeting else []
    if age.entry:
        days = _days(age.entry.on, today)
        told.append(
            f"rotated {age.entry.on}, {days} days ago, by {age.entry.by} ({age.entry.ticket}), as the ledger says"
        )
    if age.edited:
        last = ", ".join(f"{edited.place} {edited.at:%Y-%m-%d}" for edited in age.edited)
        told.append(f"last edited: {last}; a bound, since any edit moves it")
    elif not age.made and not age.fleeting:
        told.append("no API tells an age")
    told += [f"not seen: {gap.reason}" for gap in age.gaps]
    return f"{'; '.join(told)}; at most {secret.days} days are allowed"


def guide_covers(secret: RotatedSecret, pages: Evidence[tuple[Page, ...]]) -> Verdict:
    """Expect a section of a rotation guide whose heading names the secret, in any case, and that says something."""
    seen = pages.value
    named = [(page, section) for page in seen for section in page.walk() if _names(section, secret.name)]
    papers = ", ".join(page.path for page in seen)
    if not named:
        mentioned = [page.at(block.line) for page in seen for block in page.blocks() if _holds(block.text, secret.name)]
        text = f"no heading names {secret.name}: nobody knows how it is rotated"
        if mentioned:
            text = f"{secret.name} is named here and has no section of its own, so its steps stand nowhere"
        place = mentioned[0] if mentioned else seen[0].path
        return Verdict(pages, f"no heading of {papers} names {secret.name}", (Finding(text, place),))
    page, section = next(((p, s) for p, s in named if _says_something(s)), named[0])
    line = section.heading.line if section.heading else 1
    if not _says_something(section):
        text = f"the section on {secret.name} is empty or a placeholder"
        return Verdict(pages, text, (Finding(text, page.at(line)),))
    return Verdict(pages, f"{page.at(line)} says how {secret.name} is rotated")


def _names(section: Section, name: str) -> bool:
    heading = section.heading.text if section.heading else ""
    return _holds(heading, name) or plain(heading) == plain(name)


def _holds(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _says_something(section: Section) -> bool:
    return any(block.kind != "comment" and not is_stub(block.text) for part in section.walk() for block in part.blocks)
