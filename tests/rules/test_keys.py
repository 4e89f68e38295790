"""Rules about keys: random ones always pass, invented ones never do."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from checks.rules import keys
from fixtures.probes.environment.keys import key_material
from tests.contracts import REF, contract, environment, jwt, one, outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TODAY = date(2026, 11, 23)
RANDOM_KEYS = 10_000
ENCODINGS: tuple[tuple[str, Callable[[bytes], str]], ...] = (
    ("hex", bytes.hex),
    ("hex", lambda key: key.hex().upper()),
    ("base64", lambda key: base64.b64encode(key).decode()),
    ("base64", lambda key: base64.b64encode(key).decode().rstrip("=")),
    ("base64url", lambda key: base64.urlsafe_b64encode(key).decode().rstrip("=")),
)


def key_verdict(root: Path, value: str, **variable: Any) -> str:
    binding, probe = one(root, value, kind="encryption-key", **variable)
    return outcome(lambda: keys.holds_a_random_key(binding, probe.key(binding)))


def test_random_keys_are_never_refused() -> None:
    """Ten thousand random keys of 16 to 64 bytes, however written, have no flaw and all their bits.

    By the bound in `randomness` the chance that this test fails for a sound reader is below 1 in 13,000.
    """
    for number in range(RANDOM_KEYS):
        size = (16, 24, 32, 32, 32, 48, 64)[number % 7]
        _, write = ENCODINGS[number % len(ENCODINGS)]
        key = key_material(write(secrets.token_bytes(size)))
        assert (key.flaw, key.size, key.bits) == ("", size, 8 * size)


@pytest.mark.parametrize(("encoding", "write"), ENCODINGS, ids=["hex", "HEX", "padded", "bare", "url"])
def test_each_encoding_is_told(tmp_path: Path, encoding: str, write: Callable[[bytes], str]) -> None:
    """Evidence names the encoding, the bytes and the bits; 64 hex digits are hex though they fit base64."""
    binding, probe = one(tmp_path, write(bytes.fromhex("fbef") + secrets.token_bytes(30)), kind="encryption-key")
    verdict = keys.holds_a_random_key(binding, probe.key(binding))
    assert not verdict.findings
    assert f"read as {encoding}" in verdict.observed
    assert "32 bytes, about 256 bits" in verdict.observed


INVENTED = {
    "the digest of a word": hashlib.sha256(b"secret").hexdigest(),
    "the digest of nothing": hashlib.sha256(b"").hexdigest(),
    "the digest of an echoed word": base64.b64encode(hashlib.sha256(b"Password\n").digest()).decode(),
    "empty bytes": "0" * 64,
    "one byte again and again": "ab" * 32,
    "a period of four": "deadbeef" * 8,
    "a period with an error": "9f3ac1d7" * 7 + "9f3ac1d8",
    "counting": bytes(range(32)).hex(),
    "counting in threes": base64.b64encode(bytes(range(0, 96, 3))).decode(),
    "the alphabet": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH",
    "digits in a row": "1234567890" * 7,
    "doubled digits": "".join(4 * digit for digit in "0123456789abcdef"),
    "a keyboard walk": "qwertyuiopasdfghjklzxcvbnm1234567890QWERTYUIOP",
    "keyboard columns": "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p1qaz2ws",
    "words": "correcthorsebatterystaplecorrecthorsebatterys",
    "words with capitals": "CorrectHorseBatteryStapleCorrectHorseBattery",
    "words with digits": "C0rr3ctH0rs3B4tt3ryStapl3C0rr3ctP4ssw0rdK3y",
    "words with hyphens": "my-super-secret-encryption-key-for-production-2024",
    "a sentence": "this is our encryption key, please do not tell it to anybody",
    "text as base64": base64.b64encode(b"this is a secret key of 32 bytes").decode(),
    "text as hex": b"password12345678password12345678".hex(),
    "hex digits as base64": base64.b64encode(secrets.token_hex(16).encode()).decode(),
    "a UUID": "550e8400-e29b-41d4-a716-446655440000",
    "two UUIDs": "550e8400-e29b-41d4-a716-446655440000-0b0c3c1e-8a51-4f0e-9c36-3a1d8a5b7c11",
    "31 bytes": secrets.token_hex(31),
    "a digit short": secrets.token_hex(32)[:-1],
    "32 characters of base64": secrets.token_urlsafe(24),
    "32 printable characters": "p#9xQ!v2%Lm@7Zt&4Wc*8Ks^1Rd(5Hb)",
    "Cyrillic words": "наш самый секретный ключ шифрования",
}


@pytest.mark.parametrize("value", INVENTED.values(), ids=INVENTED)
def test_invented_and_short_keys_are_refused(tmp_path: Path, value: str) -> None:
    """Nothing that has a short description passes for 32 bytes of key."""
    assert key_verdict(tmp_path, value) == "fail"


def test_least_bytes_are_inclusive(tmp_path: Path) -> None:
    """A key of exactly the row's bytes passes."""
    assert key_verdict(tmp_path, secrets.token_hex(16), min_bytes=16) == "pass"
    assert key_verdict(tmp_path, secrets.token_hex(15), min_bytes=16) == "fail"


@pytest.mark.parametrize("prefix", ["base64:", "hex:", "0x"])
def test_a_prefix_that_names_the_encoding_is_no_key(tmp_path: Path, prefix: str) -> None:
    """`base64:` (Laravel) and `0x` are passed over."""
    body = secrets.token_hex(32) if prefix != "base64:" else base64.b64encode(secrets.token_bytes(32)).decode()
    assert key_verdict(tmp_path, prefix + body) == "pass"


def test_long_random_text_is_a_key(tmp_path: Path) -> None:
    """A random key that was encoded twice, and random printable text long enough, hold 256 bits."""
    twice = base64.b64encode(base64.b64encode(secrets.token_bytes(32))).decode()
    assert key_verdict(tmp_path, twice) in ("pass", "warn")
    assert key_verdict(tmp_path, "p#9xQ!v2%Lm@7Zt&4Wc*8Ks^1Rd(5Hb)n[6Jf]3Gy{0Te}Xq") == "pass"


def test_no_part_of_a_key_is_told(tmp_path: Path) -> None:
    """Neither finding nor observation holds four characters of the key in a row."""
    value = "zKqX" * 12
    binding, probe = one(tmp_path, value, kind="encryption-key")
    assert "zKqX" not in repr(keys.holds_a_random_key(binding, probe.key(binding)))


def seconds(days: int) -> int:
    return int((datetime(2026, 11, 23, 12, tzinfo=UTC) + timedelta(days)).timestamp())


def supabase(root: Path, kind: str, value: str, **variable: Any) -> str:
    binding, probe = one(root, value, kind=kind, **variable)
    return outcome(lambda: keys.belongs_to_its_project(binding, probe.supabase(binding), TODAY))


@pytest.mark.parametrize(
    ("kind", "payload", "expected"),
    [
        ("supabase-anon-key", {"role": "anon", "ref": REF, "exp": seconds(400)}, "pass"),
        ("supabase-service-key", {"role": "service_role", "ref": REF, "exp": seconds(400)}, "pass"),
        ("supabase-anon-key", {"role": "service_role", "ref": REF, "exp": seconds(400)}, "fail"),
        ("supabase-service-key", {"role": "anon", "ref": REF, "exp": seconds(400)}, "fail"),
        ("supabase-service-key", {"role": "authenticated", "ref": REF}, "fail"),
        ("supabase-anon-key", {"role": "anon", "ref": "a" * 20, "exp": seconds(400)}, "fail"),
        ("supabase-anon-key", {"role": "anon", "ref": REF, "exp": seconds(-1)}, "fail"),
        ("supabase-anon-key", {"role": "anon", "ref": REF, "exp": seconds(0)}, "fail"),
        ("supabase-anon-key", {"role": "anon", "ref": REF, "exp": seconds(1)}, "warn"),
        ("supabase-anon-key", {"role": "anon", "ref": REF, "exp": seconds(29)}, "warn"),
        ("supabase-anon-key", {"role": "anon", "ref": REF, "exp": seconds(30)}, "pass"),
        ("supabase-anon-key", {"role": "anon", "ref": REF}, "pass"),
        ("supabase-anon-key", {"role": "anon", "ref": REF, "exp": 1e300}, "pass"),
        ("supabase-anon-key", {"role": "anon", "iss": "supabase-demo", "exp": seconds(400)}, "fail"),
        ("supabase-anon-key", {"role": ["anon"], "ref": {"a": 1}}, "fail"),
    ],
)
def test_what_a_jwt_says_is_held_against_its_row(
    tmp_path: Path, kind: str, payload: dict[str, Any], expected: str
) -> None:
    """Role, project and end must fit; a key that ends on the day has ended, 30 days are enough."""
    assert supabase(tmp_path, kind, jwt(**payload), ref=REF) == expected


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("supabase-anon-key", "sb_" + "publishable_" + "aB3" * 10, "pass"),
        ("supabase-service-key", "sb_" + "secret_" + "aB3" * 10, "pass"),
        ("supabase-anon-key", "sb_" + "secret_" + "aB3" * 10, "fail"),
        ("supabase-service-key", "sb_" + "publishable_" + "aB3" * 10, "fail"),
        ("supabase-anon-key", "hello", "fail"),
        ("supabase-anon-key", "a.b.c", "fail"),
        ("supabase-url", f"https://{REF}.supabase.co", "pass"),
        ("supabase-url", f"http://{REF}.supabase.co", "fail"),
        ("supabase-url", f"https://{'a' * 20}.supabase.co", "fail"),
        ("supabase-url", "https://short.supabase.co", "fail"),
        ("supabase-url", "https://api.acme.io", "pass"),
        ("supabase-url", "acme", "fail"),
        ("postgres-url", f"postgresql://postgres.{REF}:x9@aws-0-eu.pooler.supabase.com:6543/postgres", "pass"),
        ("postgres-url", f"postgresql://postgres:x9@db.{REF}.supabase.co:5432/postgres", "pass"),
        ("postgres-url", f"postgresql://postgres.{'a' * 20}:x9@aws-0-eu.pooler.supabase.com:6543/postgres", "fail"),
        ("postgres-url", f"postgresql://postgres:x9@db.{'a' * 20}.supabase.co:5432/postgres", "fail"),
        ("postgres-url", "postgresql://app:x9@db.acme.io:5432/app", "fail"),
    ],
)
def test_new_keys_and_urls(tmp_path: Path, kind: str, value: str, expected: str) -> None:
    """The new keys tell their kind by prefix; a custom domain is said and does not fail."""
    assert supabase(tmp_path, kind, value, ref=REF) == expected


@pytest.mark.parametrize(("ref", "expected"), [(REF, "pass"), ("b" * 20, "fail")])
def test_without_a_ref_the_services_own_url_decides(tmp_path: Path, ref: str, expected: str) -> None:
    """A key must name the project of the Supabase URL beside it."""
    text = f"SUPABASE_URL=https://{REF}.supabase.co\nX={jwt(role='anon', ref=ref)}\n"
    (tmp_path / ".env.production").write_text(text)
    platform = contract(
        tmp_path, {"name": "X", "kind": "supabase-anon-key"}, {"name": "SUPABASE_URL", "kind": "supabase-url"}
    )
    binding, probe = next(platform.bindings()), environment(platform)
    assert outcome(lambda: keys.belongs_to_its_project(binding, probe.supabase(binding), TODAY)) == expected


def test_with_nothing_to_compare_it_is_said(tmp_path: Path) -> None:
    """A key whose project nothing confirms passes, and the row says so."""
    binding, probe = one(tmp_path, jwt(role="anon", ref=REF), kind="supabase-anon-key")
    verdict = keys.belongs_to_its_project(binding, probe.supabase(binding), TODAY)
    assert "nothing here confirms" in verdict.observed
