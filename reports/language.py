"""The languages that the page speaks: one data file each, and the forms that a number takes.

A file in `languages/` holds the page's own words; a translation's `[sentences]` hold what checks say in English
(titles, remediations), by the English sentence: one that was reworded stands untranslated until its line follows,
and a test names it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FOLDER = Path(__file__).parent / "languages"
CODES = ("en", "ru")


def _english(number: int) -> str:
    return "one" if number == 1 else "many"


def _russian(number: int) -> str:
    """CLDR's cardinal forms: 1, 21 пункт; 2, 3, 24 пункта; 5, 11, 12 пунктов."""
    if number % 10 == 1 and number % 100 != 11:
        return "one"
    return "few" if number % 10 in {2, 3, 4} and number % 100 not in {12, 13, 14} else "many"


FORMS: dict[str, Callable[[int], str]] = {"en": _english, "ru": _russian}


@dataclass(frozen=True, slots=True)
class Language:
    """One language's words."""

    code: str
    words: Mapping[str, Any] = field(repr=False)

    def say(self, key: str, **values: object) -> str:
        """A message of the page, its names filled in; KeyError where the language lacks it."""
        message: str = self.words["page"][key]
        return message.format(**values) if values else message

    def count(self, key: str, number: int, **values: object) -> str:
        """A message in the form that the number takes, the number in it."""
        forms: dict[str, str] = self.words["counted"][key]
        return forms[FORMS[self.code](number)].format(n=self.number(number), **values)

    def number(self, number: int) -> str:
        """A whole number with the language's separator of thousands."""
        return f"{number:,}".replace(",", self.words["page"]["thousands"])

    def decimal(self, said: str) -> str:
        """A number that is already spelt, with the language's decimal mark."""
        return said.replace(".", str(self.words["page"]["decimal"]))

    def named(self, table: str, key: str) -> str:
        """A word of a table (`verdicts`, `severities`, `areas` …), the key itself where it has none."""
        return str(self.words[table].get(key, key))

    def sentence(self, english: str) -> str:
        """A sentence of the suite; as it is where there is no translation."""
        return str(self.words.get("sentences", {}).get(english, english))

    def foreign(self, english: str) -> bool:
        """Whether a text stays English on a page of this language: readers aloud must be told."""
        return bool(english) and self.code != "en" and self.sentence(english) == english


@cache
def language(code: str) -> Language:
    """A language by its code, one of `CODES`."""
    return Language(code, tomllib.loads((FOLDER / f"{code}.toml").read_text("utf-8")))


ENGLISH = language("en")
