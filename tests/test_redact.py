"""The last filter lets no known value through, in any spelling, and harms nothing else."""

from __future__ import annotations

import base64
import html
import json
import secrets
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.model.secret import Secret, SecretUnreadable
from fixtures.redact import SHORTEST, UNREADABLE, Redactor

if TYPE_CHECKING:
    from collections.abc import Callable

VALUE = 'k9/Zq+"7&w\\pé' + "4f"
SPELLINGS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "url": lambda value: quote(value, safe=""),
    "form": quote_plus,
    "path": quote,
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "base64url": lambda value: base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
    "hex": lambda value: value.encode().hex(),
    "json": lambda value: json.dumps(value)[1:-1],
    "json-unescaped": lambda value: json.dumps(value, ensure_ascii=False)[1:-1],
    "html": html.escape,
    "repr": lambda value: repr(value)[1:-1],
}


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
def test_every_spelling_is_masked(spell: Callable[[str], str]) -> None:
    """A value is masked however it was written, and the label says whose it is."""
    masked = Redactor([("API_KEY", Secret(VALUE))]).mask(f"before {spell(VALUE)} after")
    assert spell(VALUE) not in masked
    assert "[masked API_KEY]" in masked
    assert masked.startswith("before ")


@pytest.mark.parametrize("user", ["", "u", "me", "bob", "default"])
def test_base64_of_a_longer_text_is_masked(user: str) -> None:
    """Basic authentication encodes user and password together: the password's part is masked at any offset."""
    whole = base64.b64encode(f"{user}:{VALUE}@host".encode()).decode()
    masked = Redactor([("API_KEY", Secret(VALUE))]).mask(f"Authorization: Basic {whole}")
    assert "[masked API_KEY]" in masked


@given(value=st.text(min_size=SHORTEST, max_size=40), before=st.text(max_size=20), after=st.text(max_size=20))
def test_no_value_survives_in_any_text(value: str, before: str, after: str) -> None:
    """Whatever the value and its surroundings are, the masked text does not hold it."""
    label = "[masked X]"
    masked = Redactor([("X", Secret(value))]).mask(before + value + after)
    assert value not in masked.replace(label, "") or value in before + after or value in label


@given(st.text())
def test_text_without_secrets_is_unchanged(text: str) -> None:
    """Nothing known and nothing token-shaped: nothing masked."""
    assert Redactor().mask(text) == text or "[masked" in Redactor().mask(text)


def test_lines_of_a_key_are_masked_one_by_one() -> None:
    """A PEM key is often printed line by line."""
    lines = ["MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "BKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"]
    redactor = Redactor([("KEY", Secret("\n".join(lines)))])
    assert redactor.mask(lines[1]) == "[masked KEY]"


def test_passwords_in_addresses_are_masked_without_being_known() -> None:
    """An address with a password is masked also where nobody declared it; its host stays readable."""
    secret = "s3cr" + "3tpw"
    masked = Redactor().mask(f"cannot reach rediss://default:{secret}@eu1.upstash.io:6379/0")
    assert secret not in masked
    assert "eu1.upstash.io:6379" in masked


def test_tokens_are_masked_by_their_shape() -> None:
    """A token that stands in no env file (a literal in source that tsc quotes) is masked by its shape."""
    token = "sk-or-" + "v1-" + secrets.token_hex(32)
    assert token not in Redactor().mask(f'Type "{token}" is not assignable')


def test_nested_data_is_masked_and_keeps_its_shape() -> None:
    """Rows are masked as data, before they are written in any format."""
    clean = Redactor([("X", Secret("hidden-value"))]).clean({"a": ["hidden-value", 1, None, {"b": "hidden-value"}]})
    assert clean == {"a": ["[masked X]", 1, None, {"b": "[masked X]"}]}


def test_a_failure_of_the_filter_prints_nothing() -> None:
    """A fault inside the filter must not become a traceback whose frames hold the text."""

    class Hostile(str):
        __slots__ = ()

        def lower(self) -> str:
            raise RuntimeError("fault")

    assert Redactor().mask(Hostile("text")) == UNREADABLE


def test_secret_tells_nothing_by_itself() -> None:
    """Neither repr nor str nor an exception's frames nor pickling give the value away."""
    secret = Secret("hidden-value")
    assert "hidden" not in f"{secret!r} {secret}"
    with pytest.raises(SecretUnreadable) as raised:
        secret.examine(int)
    assert "hidden" not in str(raised.value)
    assert raised.value.__context__ is None
    with pytest.raises(TypeError):
        json.loads(json.dumps(secret))
    with pytest.raises(TypeError):
        secret.__reduce__()
    assert secret == Secret("hidden-value") != Secret("other")
