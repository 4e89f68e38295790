"""Edits of production's values, of the example files, and of what git keeps."""

from __future__ import annotations

import base64
import re
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.contracts import REF, jwt
from tests.platforms import Copy, Twin

if TYPE_CHECKING:
    from collections.abc import Callable

NEXT_YEAR = int(datetime(2027, 11, 23, tzinfo=UTC).timestamp())
LAST_WEEK = int(datetime(2026, 11, 16, tzinfo=UTC).timestamp())
SERVICES = ("worker", "web")
TOKEN = secrets.token_hex(12)
WORDS = "CorrectHorseBatteryStapleCorrectHorseBattery"


def _set(breaks: str, name: str, value: str | None, *services: str) -> Twin:
    def edit(copy: Copy) -> None:
        for service in services:
            copy.env(service, name, value)

    return Twin(breaks, edit)


def _key(breaks: str, value: str) -> Twin:
    return _set(breaks, "ENCRYPTION_KEY", value, *SERVICES)


def _value(copy: Copy, service: str, name: str) -> str:
    found = re.search(rf"^{name}=(.*)$", copy.read(f"services/{service}/.env.production"), re.MULTILINE)
    assert found is not None, f"{name} is not set in {service}"
    return found[1]


def _copied(source: str, target: str) -> Callable[[Copy], None]:
    return lambda copy: copy.env("web", target, _value(copy, "web", source))


def _tracked(copy: Copy) -> None:
    copy.write("services/worker/.env", "FEATURE_SET=wide\n")
    copy.git("add", "-f", "services/worker/.env")


def _uncovered(copy: Copy) -> None:
    copy.edit(".gitignore", ".env.*\n", "")
    copy.git("add", ".gitignore")


def _personal(copy: Copy) -> None:
    """The pattern moves from the repository to one person's own configuration."""
    copy.edit(".gitignore", ".env.*\n", "")
    copy.write(".git/info/exclude", ".env.*\n")
    copy.git("add", ".gitignore")


def _other_database(copy: Copy) -> None:
    """The row says which project; production's address names another."""
    row = '[[variable]]\nname = "DATABASE_URL"\nservices = ["worker", "web"]\nkind = "postgres-url"\n'
    copy.manifest(row, f'{row}ref = "{REF}"\n')
    other = "nhwbtzqkxrdmfyvalcgs"
    for service in SERVICES:
        address = f"postgresql://postgres.{other}:{TOKEN}@aws-0-eu-central-1.pooler.supabase.com:6543/postgres"
        copy.env(service, "DATABASE_URL", address)


def _inlined(copy: Copy) -> None:
    copy.write("services/web/next.config.mjs", "export default { env: { CRON: process.env.CRON_SECRET } };\n")
    copy.git("add", "services/web/next.config.mjs")


EXAMPLE = "services/worker/.env.example"
SERVICE_KEY = "SUPABASE_SERVICE_ROLE_KEY"

TWINS: dict[str, tuple[Twin, ...]] = {
    "ENV-001": (
        _set("a required variable is gone", "CRON_SECRET", None, "web"),
        _set("a required variable is blank", "SLACK_WEBHOOK_URL", "", "worker"),
        _set("a required variable is white space", "CRON_SECRET", "'   '", "web"),
    ),
    "ENV-002": (
        _set("an integer is a word", "WORKER_CONCURRENCY", "many", "worker"),
        _set("an integer is out of range", "WORKER_CONCURRENCY", "51", "worker"),
        _set("a value is none of its choices", "NODE_ENV", "prod", "web"),
        _set("a key has another vendor's form", "OPENROUTER_API_KEY", "sk-" + secrets.token_hex(24), "worker"),
        _set("an address ends in what the client adds", "SUPABASE_URL", f"https://{REF}.supabase.co/rest/v1/", "web"),
        _set("Upstash without its password", "REDIS_URL", "rediss://eu1-cat-1.upstash.io:6379", *SERVICES),
        _set("a token is too short", "JOBS_API_TOKEN", secrets.token_hex(15), "web"),
    ),
    "ENV-003": (
        _set("a token asks to be replaced", "JOBS_API_TOKEN", "replace-this-with-the-real-jobs-api-token", "web"),
        _set("a reference is not expanded", "CRON_SECRET", "${CRON_SECRET_FROM_THE_VAULT_OF_PRODUCTION}", "web"),
        _set("a setting says TODO", "OPENROUTER_MODEL", "TODO", "worker"),
    ),
    "ENV-004": (
        _key("a key repeats itself", "deadbeef" * 8),
        _key("a key counts up", bytes(range(32)).hex()),
        _key("a key is a byte short", secrets.token_hex(31)),
        _key("a key is a passphrase", WORDS),
        _key("a key is words in base64", base64.b64encode(b"this is a secret key of 32 bytes").decode()),
        _key("a key is hex digits in base64", base64.b64encode(secrets.token_hex(16).encode()).decode()),
    ),
    "ENV-005": (
        _set("a shared key differs", "ENCRYPTION_KEY", secrets.token_hex(32), "web"),
        _set("an optional shared key is in one service only", "ENCRYPTION_KEY_PREVIOUS", secrets.token_hex(32), "web"),
    ),
    "ENV-006": (
        Twin("a secret is copied under a browser name", _copied("CRON_SECRET", "NEXT_PUBLIC_CRON")),
        Twin("the build writes a secret into code", _inlined),
        _set(
            "an undeclared browser name holds a key", "NEXT_PUBLIC_AI", "sk-or-" + "v1-" + secrets.token_hex(32), "web"
        ),
    ),
    "ENV-009": (
        Twin("the example lacks a name", lambda copy: copy.edit(EXAMPLE, "SLACK_WEBHOOK_URL=\n", "")),
        Twin("the example names a stray", lambda copy: copy.append(EXAMPLE, "FEATURE_SET=\n")),
        Twin("a required name is commented out", lambda copy: copy.edit(EXAMPLE, "\nSENTRY_DSN=", "\n# SENTRY_DSN=")),
    ),
    "ENV-010": (
        Twin("an env file with a value is tracked", _tracked),
        Twin(".gitignore covers .env alone", _uncovered),
        Twin("only a personal exclude covers the values", _personal),
    ),
    "ENV-011": (
        _set("an address is http:", "OPENROUTER_BASE_URL", "http://openrouter.ai/api/v1", "worker"),
        _set("an address is this machine", "OPENROUTER_BASE_URL", "https://localhost:8443/v1", "worker"),
        _set("an address is a test system", "OPENROUTER_BASE_URL", "https://api-staging.agentdesk.io/v1", "worker"),
        _set(
            "a database is in a network its host cannot reach",
            "DATABASE_URL",
            f"postgres://app:{secrets.token_hex(12)}@postgres.railway.internal:5432/app",
            *SERVICES,
        ),
    ),
    "ENV-012": (
        _set("a key has the other role", SERVICE_KEY, jwt(role="anon", ref=REF, exp=NEXT_YEAR), "web"),
        _set("a key is another project's", SERVICE_KEY, jwt(role="service_role", ref="q" * 20, exp=NEXT_YEAR), "web"),
        _set("a key has ended", SERVICE_KEY, jwt(role="service_role", ref=REF, exp=LAST_WEEK), "web"),
        _set("a key is publishable", SERVICE_KEY, "sb_" + "publishable_" + secrets.token_hex(16), "web"),
        Twin("a database is another project's", _other_database),
        _set("a URL is another project's", "SUPABASE_URL", "https://nhwbtzqkxrdmfyvalcgs.supabase.co", "web"),
    ),
    "ENV-014": (Twin("two secrets hold one value", _copied("CRON_SECRET", "JOBS_API_TOKEN")),),
}
