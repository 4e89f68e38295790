"""The page's languages: every word in each of them, every item's texts in Russian."""

from __future__ import annotations

import ast
import json
import re
import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from fixtures.wiring.judge import faulty
from reports.language import CODES, ENGLISH, language
from tests.reports import sample

ROOT = Path(__file__).parents[2]
RUSSIAN = language("ru")
TRANSLATIONS = [language(code) for code in CODES if code != "en"]


def sentences() -> dict[str, str]:
    """Each check's title and remediation, and where it stands."""
    found: dict[str, str] = {}
    for file in sorted((ROOT / "checks").glob("test_*.py")):
        for function in ast.parse(file.read_text("utf-8")).body:
            if not isinstance(function, ast.FunctionDef):
                continue
            for mark in function.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.item":
                    words = {word.arg: word.value for word in mark.keywords}
                    title = " ".join((ast.get_docstring(function) or "").split("\n\n")[0].split())
                    where = f"{file.name}, {ast.literal_eval(mark.args[0])}"
                    found |= {title: where, ast.literal_eval(words["remediation"]): where}
    return found


def leaves(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a data file by its path, the translated sentences left out."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            if key != "sentences":
                yield from leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def names(message: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


@pytest.mark.parametrize("spoken", TRANSLATIONS, ids=lambda spoken: spoken.code)
def test_every_item_has_its_texts(spoken: Any) -> None:
    """A title or remediation without a translation is named, ready to be filled in."""
    translated = spoken.words["sentences"]
    missing = [f'{json.dumps(said)} = ""  # {where}' for said, where in sentences().items() if not translated.get(said)]
    assert not missing, f"reports/languages/{spoken.code}.toml lacks:\n" + "\n".join(missing)


@pytest.mark.parametrize("spoken", TRANSLATIONS, ids=lambda spoken: spoken.code)
def test_no_translation_is_left_over(spoken: Any) -> None:
    """A sentence that no check says any more has no line."""
    said = {*sentences(), faulty(sample.row("A", "x"), "").remediation}
    assert set(spoken.words["sentences"]) <= said


@pytest.mark.parametrize("spoken", TRANSLATIONS, ids=lambda spoken: spoken.code)
def test_languages_have_the_same_words_and_names(spoken: Any) -> None:
    """No message is missing, none is left over, and each fills in what the English one does."""
    english, other = dict(leaves(ENGLISH.words)), dict(leaves(spoken.words))
    plain = {path for path in english if not path.startswith("counted.")}
    assert {path for path in other if not path.startswith("counted.")} == plain
    for path in plain:
        assert names(other[path]) == names(english[path]), path
    for key, forms in ENGLISH.words["counted"].items():
        assert {frozenset(names(form)) for form in spoken.words["counted"][key].values()} == {
            frozenset(names(form)) for form in forms.values()
        }, key


def test_russian_numbers_take_their_forms() -> None:
    """1, 2 and 5, and what the teens do."""
    said = {number: RUSSIAN.count("days_left", number) for number in (1, 2, 5, 11, 12, 21, 24, 111, 1005)}
    assert said == {
        1: "остался 1 день",
        2: "осталось 2 дня",
        5: "осталось 5 дней",
        11: "осталось 11 дней",
        12: "осталось 12 дней",
        21: "остался 21 день",
        24: "осталось 24 дня",
        111: "осталось 111 дней",
        1005: "осталось 1\u00a0005 дней",
    }


def test_what_has_no_translation_stays_and_is_known_to() -> None:
    """An observation is English on a Russian page, and the page marks it so."""
    assert RUSSIAN.sentence("seen by a probe") == "seen by a probe"
    assert RUSSIAN.foreign("seen by a probe")
    assert not RUSSIAN.foreign("The queue is not paused.")
    assert not ENGLISH.foreign("seen by a probe")


def test_no_word_is_said_by_nobody() -> None:
    """Each message of the page is named by the template, by a renderer, or by what the script is handed."""
    sources = [*(ROOT / "reports").glob("*.py"), *(ROOT / "reports" / "templates").iterdir()]
    said = "".join(file.read_text("utf-8") for file in (*sources, ROOT / "fixtures" / "wiring" / "page.py"))
    quoted = re.compile(r"[\"'](\w+)[\"']").findall(said)
    unsaid = {key for key in ENGLISH.words["page"] if not key.startswith("changed_")} - set(quoted)
    assert unsaid == set()
