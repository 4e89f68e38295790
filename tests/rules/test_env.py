"""Rules about values: each passes on what good teams write and fails on what breaks production."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import pytest

from checks.rules import env
from tests.contracts import REF, contract, environment, hexadecimal, jwt, one, outcome

if TYPE_CHECKING:
    from pathlib import Path

HEX = hexadecimal


def judged(root: Path, item: str, value: str | None, host: str = "railway", **variable: Any) -> str:
    """How one item ends on one value."""
    binding, probe = one(root, value, host, **variable)
    rules = {
        "ENV-001": lambda: env.is_set(binding, probe.setting(binding)),
        "ENV-002": lambda: env.has_its_kind(binding, probe.form(binding)),
        "ENV-003": lambda: env.is_no_placeholder(binding, probe.filler(binding)),
        "ENV-011": lambda: env.points_at_production(binding, probe.address(binding)),
    }
    return outcome(rules[item])


@pytest.mark.parametrize(
    ("value", "expected"),
    [("x", "pass"), ("", "fail"), (" \t ", "fail"), ("\u200b", "fail"), ("\ufeff \u00a0", "fail"), (None, "fail")],
)
def test_set_means_more_than_white_space(tmp_path: Path, value: str | None, expected: str) -> None:
    """A required variable that is blank or absent is a finding."""
    assert judged(tmp_path, "ENV-001", value) == expected


def test_an_absent_value_is_one_finding_and_no_more(tmp_path: Path) -> None:
    """Where a required value is not set, ENV-001 fails and the others say so without failing."""
    for item in ("ENV-002", "ENV-003", "ENV-011"):
        assert judged(tmp_path, item, None, kind="url") == "pass"
    binding, probe = one(tmp_path, None)
    assert "ENV-001" in env.has_its_kind(binding, probe.form(binding)).observed


def test_a_line_that_does_not_parse_is_named(tmp_path: Path) -> None:
    """The finding about an absent value names the line that may have been meant, and nothing of it."""
    binding, _ = one(tmp_path, None)
    (tmp_path / ".env.production").write_text('A=1\nX="never-closed\n')
    probe = environment(contract(tmp_path, {"name": "X"}))
    (finding,) = env.is_set(binding, probe.setting(binding)).findings
    assert ".env.production:2" in finding.text
    assert "never" not in finding.text


GOOD = [
    ("text", "anything at all"),
    ("url", "https://api.acme.io/v1?x=1#top"),
    ("url", "https://пример.рф/"),
    ("redis-url", "rediss://default:p%23ss@eu1-cat-1.upstash.io:6379"),  # pragma: allowlist secret
    ("redis-url", "redis://redis.railway.internal:6379/0"),
    ("redis-url", "redis://[fd12::1]:6379"),
    ("postgres-url", "postgresql://u.ref:pw@aws-0-eu.pooler.supabase.com:6543/postgres?pgbouncer=true"),
    ("postgres-url", "postgres://u:pw@db1:5432,db2:5432/app"),
    ("postgres-url", "postgresql:///app?host=/var/run/postgresql"),
    ("sentry-dsn", f"https://{HEX(16)}@o450.ingest.de.sentry.io/4507"),
    ("sentry-dsn", f"https://{HEX(16)}@sentry.acme.io/prefix/4"),
    ("slack-webhook", "https://hooks.slack.com/services/T0AB12CD3/B0AB12CD3/" + "aB3" * 8),
    ("integer", "-3"),
    ("number", "0.25"),
    ("boolean", "True"),
    ("email", "Acme Support <help@acme.io>"),
    ("email", "help+ops@acme.co.uk"),
    ("host", "db.acme.io:5432"),
    ("host", "10.0.0.4"),
    ("json", '{"a": [1]}'),
    ("uuid", "0b0c3c1e-8a51-4f0e-9c36-3a1d8a5b7c11"),
    ("hex", "00ffAB"),
    ("base64", "YWJjZA=="),
    ("base64", "YWJjZA"),
    ("supabase-url", f"https://{REF}.supabase.co"),
    ("supabase-url", f"https://{REF}.supabase.co/"),
    ("openrouter-key", "sk-or-" + "v1-" + HEX(32)),
    ("sentry-token", "sntryu_" + HEX(32)),
    ("vercel-token", "vcp_" + "aB3" * 19),
    ("railway-token", "0b0c3c1e-8a51-4f0e-9c36-3a1d8a5b7c11"),  # pragma: allowlist secret
    ("upstash-rest-url", "https://eu1-cat-1.upstash.io"),
    ("upstash-rest-token", "AX" + "aB3" * 18 + "=="),
]
BAD = [
    ("url", "api.acme.io"),
    ("url", "https://"),
    ("url", "https://acme.io:99999/"),
    ("url", "https://acme io/"),
    ("redis-url", "https://eu1-cat-1.upstash.io"),
    ("redis-url", "rediss://default:p#ss@eu1-cat-1.upstash.io:6379"),
    ("redis-url", "redis://host:6379/jobs"),
    ("redis-url", "rediss://eu1-cat-1.upstash.io:6379"),
    ("redis-url", "rediss://default@eu1-cat-1.upstash.io:6379"),
    ("supabase-url", f"https://{REF}.supabase.co/rest/v1/"),
    ("supabase-url", "https://api.acme.io/auth/v1"),
    ("postgres-url", "postgres://u:50%off@db.acme.io/app"),  # pragma: allowlist secret
    ("postgres-url", "mysql://u:p@db.acme.io/app"),
    ("sentry-dsn", "https://sentry.io/settings"),
    ("slack-webhook", "https://hooks.slack.com/"),
    ("integer", "3001 # worker"),
    ("integer", "3.5"),
    ("number", "inf"),
    ("boolean", "enabled"),
    ("email", "acme.io"),
    ("email", "Acme <help@acme.io"),
    ("host", "https://db.acme.io"),
    ("json", "{a: 1}"),
    ("uuid", "0b0c3c1e"),
    ("hex", "abc"),
    ("hex", "xyz1"),
    ("base64", "abcde"),
    ("base64", "YWJjZA="),
    ("openrouter-key", "sk-" + HEX(24)),
    ("sentry-token", "token"),
    ("railway-token", HEX(16)),
    ("upstash-rest-url", "redis://eu1-cat-1.upstash.io"),
    ("upstash-rest-token", "https://eu1.upstash.io"),
]


@pytest.mark.parametrize(("kind", "value"), GOOD)
def test_good_values_have_their_kind(tmp_path: Path, kind: str, value: str) -> None:
    """Values as vendors hand them out pass."""
    assert judged(tmp_path, "ENV-002", value, kind=kind) == "pass"


@pytest.mark.parametrize(("kind", "value"), BAD)
def test_bad_values_do_not(tmp_path: Path, kind: str, value: str) -> None:
    """Values of another kind, cut off or not encoded fail."""
    assert judged(tmp_path, "ENV-002", value, kind=kind) == "fail"


@pytest.mark.parametrize(
    ("value", "row", "expected"),
    [
        ("info", {"choices": ("info", "warn")}, "pass"),
        ("Info", {"choices": ("info", "warn")}, "fail"),
        ("1", {"kind": "integer", "range": (1.0, 50.0)}, "pass"),
        ("50", {"kind": "integer", "range": (1.0, 50.0)}, "pass"),
        ("51", {"kind": "integer", "range": (1.0, 50.0)}, "fail"),
        ("many", {"range": (1.0, 50.0)}, "fail"),
        ("x" * 31, {"min_length": 32}, "fail"),
        ("x" * 32, {"min_length": 32}, "pass"),
        (" padded", {}, "warn"),
        ('"quoted"', {}, "warn"),
        ("first\nNEXT_ONE=value", {}, "fail"),
        ("-----BEGIN X-----\nabc=\n-----END X-----", {}, "pass"),
    ],
)
def test_choices_range_and_length(tmp_path: Path, value: str, row: dict[str, Any], expected: str) -> None:
    """Choices are exact, both ends of a range are allowed, the least length is inclusive."""
    assert judged(tmp_path, "ENV-002", value, **row) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [("X=1\nX=2\n", "set again after .env.production:1"), ("X=ab#cd\n", "unquoted '#'")],
)
def test_what_a_file_may_not_mean_is_a_warning(tmp_path: Path, text: str, words: str) -> None:
    """A name set twice, and an unquoted '#', are said."""
    binding, _ = one(tmp_path, None)
    (tmp_path / ".env.production").write_text(text)
    probe = environment(contract(tmp_path, {"name": "X"}))
    (warning,) = env.has_its_kind(binding, probe.form(binding)).warnings
    assert words in warning.text


PLACEHOLDERS = [
    *("changeme", "CHANGE_ME", "your-api-key-here", "your_key", "YOUR_SUPABASE_URL", "xxx", "xxxxxxxx", "<your key>"),
    *("TODO", "todo", "example", "dummy", "test", "secret", "password", "123456", "REPLACE_ME", "sk-...", "sk-xxx"),
    *("null", "undefined", "None", "${DATABASE_URL}", "$DATABASE_URL", "{{ secret }}", "op://vault/item/field", "…"),
    *("****", "my-secret-key", "super-secret-jwt-token-with-at-least-32-characters-long", "insert-token-here", "tbd"),
    *("AKIAIOSFODNN7" + "EXAMPLE", "00000000-0000-0000-0000-000000000000", "aaaaaaaa", "abcdef123456-your-token"),
    *("${{ Postgres.DATABASE_URL }}", "[YOUR-PASSWORD]", "keyboard cat", "ENC[AES256_GCM,data:x]", "to-be-set"),
    *("sk-or-" + "v1-xxxxxxxx", "'changeme'", "__API_KEY__", "replace-with-real-token", "generate-a-key-placeholder"),
    *("1234567890" * 4, "qwertyuiopasdfghjklzxcvbnmqwertyuiop", "qwertyuiop" * 3, "deadbeef" * 4, "йцукенгшщзхъйцукен"),
    *("замените-на-настоящий-ключ", "вставьте сюда токен", "ваш-секрет", "пароль", "токен_сюда", "abcabcabcabc"),
    *("encrypted:" + "BNr24F4vW9CQ37LOXeRgOL6QlwtJfAoAVXtSdSfpicPD", "secretref:cron-secret"),
]
REAL_SECRETS = [
    *("sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc", "rk-TestaRossa-9912-xQ", "pa$$w0rd${}x9Q", "S3nt!nel-todomorrow-99"),
    *("correct-horse-battery", "v1.Xj3-kp0", "contest-latest-9a8b7c", "a" + "Xx9-Q" * 4, "{{{9aQz", "e4f2", "Tb1<9>z!"),
    *("qwerty-is-not-all-9X", "незаменимый-9Xк", "ab12ab12-xK", "пароходство7-осень"),
]


@pytest.mark.parametrize("value", PLACEHOLDERS)
def test_placeholders_are_found(tmp_path: Path, value: str) -> None:
    """What stands in examples and tutorials is no production value."""
    assert judged(tmp_path, "ENV-003", value) == "fail"


@pytest.mark.parametrize("value", REAL_SECRETS)
def test_real_secrets_are_left_alone(tmp_path: Path, value: str) -> None:
    """A real secret may hold dollar signs, braces, and parts of suspicious words."""
    assert judged(tmp_path, "ENV-003", value) == "pass"


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("url", "https://api.example.com/v1", "fail"),
        ("url", "https://counterexample.io/example/your-team", "fail"),
        ("url", "https://counterexample.io/example", "pass"),
        ("url", "https://examples.acme.io", "pass"),
        ("url", "https://latest.acme.io/test", "pass"),
        ("supabase-url", "https://your-project.supabase.co", "fail"),
        ("supabase-url", f"https://{REF}.supabase.co", "pass"),
        ("supabase-url", "https://xxxxxxxxxxxxxxxxxxxx.supabase.co", "fail"),
        ("postgres-url", "postgres://postgres:[YOUR-PASSWORD]@db.acme.io/app", "fail"),
        ("postgres-url", "postgres://user:password@db.acme.io/app", "fail"),
        ("postgres-url", "postgres://app:k9$Qz@db.acme.io/app", "pass"),
        ("sentry-dsn", "https://examplePublicKey@o0.ingest.sentry.io/0", "fail"),
        ("slack-webhook", "https://hooks.slack.com/services/T00000000/B00000000/" + "X" * 24, "fail"),
        ("email", "noreply@example.com", "fail"),
        ("email", "noreply@acme.io", "pass"),
        ("integer", "123456", "pass"),
        ("integer", "${PORT}", "fail"),
        ("boolean", "true", "pass"),
    ],
)
def test_placeholders_inside_addresses(tmp_path: Path, kind: str, value: str, expected: str) -> None:
    """Hosts of the documentation domains and guessed passwords count; words in a path do not."""
    assert judged(tmp_path, "ENV-003", value, kind=kind) == expected


@pytest.mark.parametrize(
    "value", ["test", "default", "none", "root", "Acme <b>news</b>", "Loading...", "ship your-app"]
)
def test_ordinary_text_is_no_placeholder(tmp_path: Path, value: str) -> None:
    """Where no secret is expected, a word is a word."""
    assert judged(tmp_path, "ENV-003", value, secret=False) == "pass"


def test_a_choice_is_no_placeholder(tmp_path: Path) -> None:
    """A word that the contract lists as a choice is meant."""
    assert judged(tmp_path, "ENV-003", "test", choices=("test", "production")) == "pass"


def test_random_values_are_never_placeholders(tmp_path: Path) -> None:
    """Generated tokens of every usual alphabet pass."""
    for make in (secrets.token_hex, secrets.token_urlsafe):
        for _ in range(150):
            assert judged(tmp_path, "ENV-003", make(32)) == "pass"


def test_a_test_mode_key_is_a_warning(tmp_path: Path) -> None:
    """A payment key of the vendor's test mode is said, unless the variable is named for it."""
    value = "sk_" + "test_" + "4eC39HqLyjWDarjtT1zdp7dc"
    assert judged(tmp_path, "ENV-003", value) == "warn"


@pytest.mark.parametrize(
    ("kind", "value", "host", "expected"),
    [
        ("url", "https://api.acme.io", "vercel", "pass"),
        ("url", "http://api.acme.io", "vercel", "fail"),
        ("url", "http://api.railway.internal:8080", "railway", "pass"),
        ("url", "http://api.railway.internal:8080", "vercel", "fail"),
        ("url", "http://api.default.svc.cluster.local", "other", "pass"),
        ("url", "https://localhost:3000", "railway", "fail"),
        ("redis-url", "redis://127.0.0.1:6379", "railway", "fail"),
        ("redis-url", "redis://[::1]:6379", "railway", "fail"),
        ("redis-url", "redis://[::ffff:127.0.0.1]:6379", "railway", "fail"),
        ("redis-url", "redis://0.0.0.0:6379", "other", "fail"),
        ("redis-url", "redis://10.0.3.4:6379", "vercel", "fail"),
        ("redis-url", "redis://10.0.3.4:6379", "other", "pass"),
        ("redis-url", "redis://redis:6379", "other", "pass"),
        ("redis-url", "redis://redis:6379", "vercel", "fail"),
        ("redis-url", "redis://default:pw@proxy.rlwy.net:4321", "railway", "warn"),
        ("redis-url", "rediss://default:pw@eu1-cat-1.upstash.io:6379", "railway", "pass"),
        ("url", "https://staging.acme.io", "vercel", "fail"),
        ("url", "https://api-staging.acme.io", "vercel", "fail"),
        ("url", "https://staging-api.acme.io", "vercel", "fail"),
        ("url", "https://api.test.acme.io", "vercel", "fail"),
        ("url", "https://acme-dev.vercel.app", "vercel", "fail"),
        ("url", "https://api-m.sandbox.paypal.com", "vercel", "fail"),
        ("url", "https://latest.acme.io", "vercel", "pass"),
        ("url", "https://contest.acme.io", "vercel", "pass"),
        ("url", "https://dev-tools.acme.io", "vercel", "pass"),
        ("url", "https://developer.acme.io", "vercel", "pass"),
        ("url", "https://web.dev", "vercel", "pass"),
        ("url", "https://stage.com", "vercel", "pass"),
        ("url", "https://acme.ngrok-free.app", "vercel", "fail"),
        ("url", "https://printer.local", "other", "fail"),
        ("url", "https://api.example.com", "vercel", "fail"),
        ("host", "db.acme.io:5432", "railway", "pass"),
        ("host", "localhost", "railway", "fail"),
        ("postgres-url", "postgres://u:p@db.acme.io/app_test", "railway", "fail"),
        ("postgres-url", "postgres://u:p@db.acme.io/contest", "railway", "pass"),
        ("postgres-url", "postgres://u:p@db.acme.io/app?sslmode=disable", "railway", "warn"),
        ("url", "not an address", "vercel", "unverified"),
    ],
)
def test_where_production_points(tmp_path: Path, kind: str, value: str, host: str, expected: str) -> None:
    """Loopback, tunnels, test systems and http: fail; a private network fails where the host cannot reach it."""
    assert judged(tmp_path, "ENV-011", value, host, kind=kind) == expected


def two(root: Path, worker: str, web: str, *variables: dict[str, Any]) -> tuple[Any, Any]:
    """Two services with a text for each env file."""
    (root / "worker.env").write_text(worker)
    (root / "web.env").write_text(web)
    services = {name: {"host": "railway", "env_file": f"{name}.env"} for name in ("worker", "web")}
    platform = contract(root, *({"services": ("worker", "web"), **row} for row in variables), services=services)
    return platform, environment(platform)


@pytest.mark.parametrize(
    ("worker", "web", "required", "expected"),
    [
        ("X=abc", "X=abc", True, "pass"),
        ("X=abc", "X=abd", True, "fail"),
        ("X=abc", "X='abc '", True, "fail"),
        ("X=abc", "", True, "pass"),
        ("X=abc", "", False, "fail"),
        ("", "", False, "pass"),
    ],
)
def test_a_shared_variable_has_one_value(tmp_path: Path, worker: str, web: str, required: bool, expected: str) -> None:
    """Different values fail; one that is set in some services only fails where ENV-001 does not speak."""
    platform, probe = two(tmp_path, worker, web, {"name": "X", "shared": True, "required": required})
    (variable,) = platform.tables.variables
    assert outcome(lambda: env.is_the_same_everywhere(variable, probe.copies(variable))) == expected


def test_a_difference_in_white_space_is_named_as_such(tmp_path: Path) -> None:
    """White space and quotes around a value are a difference of their own."""
    platform, probe = two(tmp_path, "X=abc", "X='\"abc\" '", {"name": "X", "shared": True})
    (variable,) = platform.tables.variables
    (finding,) = env.is_the_same_everywhere(variable, probe.copies(variable)).findings
    assert "only in white space or quotes" in finding.text


def test_what_was_not_seen_is_not_the_same(tmp_path: Path) -> None:
    """With one service's values unknown, a shared variable and shared secrets are not observed."""
    platform, _ = two(tmp_path, "X=abc", "", {"name": "X", "shared": True})
    (tmp_path / "web.env").unlink()
    probe = environment(platform)
    (variable,) = platform.tables.variables
    assert outcome(lambda: env.is_the_same_everywhere(variable, probe.copies(variable))) == "unverified"
    assert outcome(lambda: env.secrets_differ(platform, probe.shared_values())) == "unverified"


KEY = HEX(24)


@pytest.mark.parametrize(
    ("rows", "values", "expected"),
    [
        (({"name": "A"}, {"name": "B"}), f"A={KEY}\nB={KEY}\n", "fail"),
        (({"name": "A"}, {"name": "B"}), f"A={KEY}\nB={KEY}x\n", "pass"),
        (
            ({"name": "JWT_SECRET"}, {"name": "CRON_SECRET"}),
            "JWT_SECRET=sesamestreet\nCRON_SECRET=sesamestreet\n",
            "fail",
        ),
        (({"name": "APP_ENV"}, {"name": "NODE_ENV"}), "APP_ENV=production\nNODE_ENV=production\n", "pass"),
        (({"name": "A"}, {"name": "B", "secret": False}), f"A={KEY}\nB={KEY}\n", "pass"),
        (({"name": "REGION"}, {"name": "AWS"}), "REGION=eu-central-1\nAWS=eu-central-1\n", "pass"),
        (
            ({"name": "DATABASE_URL", "kind": "postgres-url"}, {"name": "DIRECT_URL", "kind": "postgres-url"}),
            f"DATABASE_URL=postgres://u:{KEY}@db.acme.io/a\nDIRECT_URL=postgres://u:{KEY}@db.acme.io/a\n",
            "pass",
        ),
        (
            ({"name": "SUPABASE_ANON_KEY"}, {"name": "NEXT_PUBLIC_SUPABASE_ANON_KEY"}),
            f"SUPABASE_ANON_KEY={jwt(role='anon')}\nNEXT_PUBLIC_SUPABASE_ANON_KEY={jwt(role='anon')}\n",
            "pass",
        ),
    ],
)
def test_secrets_do_not_share_a_value(tmp_path: Path, rows: Any, values: str, expected: str) -> None:
    """Two credentials with one value fail; one credential in two services, addresses and words do not."""
    platform, probe = two(tmp_path, values, values, *rows)
    assert outcome(lambda: env.secrets_differ(platform, probe.shared_values())) == expected
