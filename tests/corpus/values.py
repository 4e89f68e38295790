"""The credentials of the corpus: each kind in the forms that its vendor gives out, under the names people use."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase, digits
from typing import TYPE_CHECKING

from tests.credentials import BASE58, HEX, WORD, Mint

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNS = "!#%&*+-=?@^_~"
NAMED = "Value of a secret-like name"


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential, its usual variable, and whether its text alone tells what it is."""

    label: str
    detector: str
    name: str
    value: str
    alone: bool = True


def credentials(mint: Mint) -> Iterator[Credential]:
    """One of each, freshly drawn."""
    yield from _shaped(mint)
    yield from _named(mint)


def _shaped(mint: Mint) -> Iterator[Credential]:
    draw, url = mint.draw, WORD + "-_"
    region = json.dumps(
        {"iat": 1731.5, "url": "https://sentry.io", "region_url": "https://de.sentry.io", "org": "acme"}
    )
    forms = (
        ("Vercel personal token", "Vercel token", "VERCEL_TOKEN", "vcp_" + draw(WORD, 56)),
        ("Vercel AI gateway key", "Vercel token", "AI_GATEWAY_API_KEY", "vck_" + draw(WORD, 56)),
        ("Vercel integration token", "Vercel token", "VERCEL_INTEGRATION_TOKEN", "vci_" + draw(url, 56)),
        ("Vercel app token", "Vercel token", "VERCEL_APP_TOKEN", "vca_" + draw(WORD, 56)),
        ("Vercel refresh token", "Vercel token", "VERCEL_REFRESH_TOKEN", "vcr_" + draw(WORD, 56)),
        (
            "Vercel Blob token",
            "Vercel Blob token",
            "BLOB_READ_WRITE_TOKEN",
            f"vercel_blob_rw_{draw(WORD, 16)}_{draw(WORD, 30)}",
        ),
        (
            "Vercel OIDC token",
            "Vercel OIDC token",
            "VERCEL_OIDC_TOKEN",
            mint.jwt(iss="https://oidc.vercel.com/acme", sub="owner:acme:project:web:environment:production", exp=1793),
        ),
        (
            "Supabase service_role JWT",
            "Supabase service_role key",
            "SUPABASE_SERVICE_ROLE_KEY",
            mint.jwt(iss="supabase", ref=draw(ascii_lowercase, 20), role="service_role", iat=1689, exp=2005),
        ),
        ("Supabase secret key", "Supabase secret key", "SUPABASE_SECRET_KEY", "sb_secret_" + draw(url, 31)),
        ("Supabase access token", "Supabase access token", "SUPABASE_ACCESS_TOKEN", "sbp_" + draw(HEX, 40)),
        ("Supabase OAuth token", "Supabase access token", "SUPABASE_TOKEN", "sbp_oauth_" + draw(HEX, 40)),
        ("QStash token", "QStash token", "QSTASH_TOKEN", mint.qstash()),
        ("QStash signing key", "QStash signing key", "QSTASH_CURRENT_SIGNING_KEY", "sig_" + draw(WORD, 28)),
        (
            "Sentry org token",
            "Sentry auth token",
            "SENTRY_AUTH_TOKEN",
            f"sntrys_{base64.b64encode(region.encode()).decode()}_{draw(WORD, 43)}",
        ),
        ("Sentry user token", "Sentry auth token", "SENTRY_TOKEN", "sntryu_" + draw(HEX, 64)),
        ("OpenRouter key", "OpenRouter key", "OPENROUTER_API_KEY", "sk-or-v1-" + draw(HEX, 64)),
        (
            "OpenAI project key",
            "OpenAI key",
            "OPENAI_API_KEY",
            f"sk-proj-{draw(url, 74)}T3Blbk" + f"FJ{draw(url, 74)}",
        ),
        ("OpenAI older key", "OpenAI key", "OPENAI_KEY", f"sk-{draw(WORD, 20)}T3Blbk" + f"FJ{draw(WORD, 20)}"),
        (
            "OpenAI service key",
            "OpenAI key",
            "OPENAI_API_KEY",
            f"sk-svcacct-{draw(url, 58)}T3Blbk" + f"FJ{draw(url, 58)}",
        ),
        ("Anthropic key", "Anthropic key", "ANTHROPIC_API_KEY", "sk-ant-" + f"api03-{draw(url, 93)}AA"),
        ("Anthropic admin key", "Anthropic key", "ANTHROPIC_ADMIN_KEY", "sk-ant-" + f"admin01-{draw(url, 93)}AA"),
        ("Stripe live key", "Stripe secret key", "STRIPE_SECRET_KEY", f"sk_live_51{draw(WORD, 97)}"),
        ("Stripe test key", "Stripe secret key", "STRIPE_SECRET_KEY", "sk_test_" + draw(WORD, 24)),
        ("Stripe restricted key", "Stripe secret key", "STRIPE_API_KEY", "rk_live_" + draw(WORD, 99)),
        ("Stripe webhook secret", "Webhook signing secret", "STRIPE_WEBHOOK_SECRET", "whsec_" + draw(WORD, 32)),
        (
            "Svix webhook secret",
            "Webhook signing secret",
            "CLERK_WEBHOOK_SECRET",
            "whsec_" + base64.b64encode(mint.random.randbytes(24)).decode(),
        ),
        ("Resend key", "Resend key", "RESEND_API_KEY", f"re_{draw(BASE58, 8)}_{draw(BASE58, 24)}"),
        ("SendGrid key", "SendGrid key", "SENDGRID_API_KEY", f"SG.{draw(url, 22)}.{draw(url, 43)}"),
        (
            "Slack bot token",
            "Slack access token",
            "SLACK_BOT_TOKEN",
            "xoxb-" + f"{draw(digits, 12)}-{draw(digits, 13)}-{draw(WORD, 24)}",
        ),
        (
            "Slack app token",
            "Slack access token",
            "SLACK_APP_TOKEN",
            "xapp-" + f"1-A{draw(ascii_uppercase + digits, 10)}-{draw(digits, 13)}-{draw(HEX, 64)}",
        ),
        (
            "Slack user token",
            "Slack access token",
            "SLACK_USER_TOKEN",
            "xoxp-" + "-".join([draw(digits, 12) for _ in range(3)]) + "-" + draw(HEX, 32),
        ),
        (
            "Slack webhook",
            "Slack webhook URL",
            "SLACK_WEBHOOK_URL",
            "https://hooks.slack.com/"
            + f"services/T{draw(ascii_uppercase + digits, 10)}/B{draw(ascii_uppercase + digits, 10)}/{draw(WORD, 24)}",
        ),
        (
            "Discord webhook",
            "Discord webhook URL",
            "DISCORD_WEBHOOK_URL",
            "https://discord.com/" + f"api/webhooks/{draw(digits[1:], 19)}/{draw(url, 68)}",
        ),
        ("GitHub token", "GitHub access token", "GITHUB_TOKEN", "ghp_" + draw(WORD, 36)),
        ("GitHub app token", "GitHub access token", "GH_TOKEN", "ghs_" + draw(WORD, 36)),
        ("GitHub fine token", "GitHub access token", "GH_PAT", f"github_pat_{draw(WORD, 22)}_{draw(WORD, 59)}"),
        ("GitLab token", "GitLab access token", "GITLAB_TOKEN", "glpat-" + draw(url, 20)),
        ("GitLab routable token", "GitLab access token", "GITLAB_TOKEN", f"glpat-{draw(url, 27)}.01.{draw(HEX, 9)}"),
        ("npm token", "npm access token", "NPM_TOKEN", "npm_" + draw(WORD, 36)),
        ("PyPI token", "PyPI upload token", "TWINE_PASSWORD", "pypi-" + "AgE" + draw(url, 152)),
        ("AWS access key id", "AWS access key id", "AWS_ACCESS_KEY_ID", "AKIA" + draw(ascii_uppercase + "234567", 16)),
        ("Google API key", "Google API key", "GOOGLE_API_KEY", "AIza" + "Sy" + draw(url, 33)),
        ("Google OAuth secret", "Google OAuth client secret", "GOOGLE_CLIENT_SECRET", "GOCSPX-" + draw(url, 28)),
        ("Telegram token", "Telegram token", "TELEGRAM_BOT_TOKEN", f"{draw('123456789', 10)}:AA{draw(url, 33)}"),
        ("Hugging Face token", "Hugging Face token", "HF_TOKEN", "hf_" + draw(WORD, 34)),
        ("Groq key", "Groq key", "GROQ_API_KEY", "gsk_" + draw(WORD, 52)),
        ("Langfuse secret key", "Langfuse secret key", "LANGFUSE_SECRET_KEY", "sk-lf-" + mint.uuid()),
        ("DigitalOcean token", "DigitalOcean token", "DIGITALOCEAN_TOKEN", "dop_v1_" + draw(HEX, 64)),
        ("PEM private key", "PEM private key", "PRIVATE_KEY", mint.pem("\\n")),
    )
    for form in forms:
        yield Credential(*form)
    yield from (Credential(*form) for form in _urls(mint))


def _urls(mint: Mint) -> Iterator[tuple[str, str, str, str]]:
    kind, draw = "Database URL with a password", mint.draw
    pooler = (
        f"postgres.{draw(ascii_lowercase, 20)}:{draw(WORD, 16)}@aws-0-eu-central-1.pooler.supabase.com:6543/postgres"
    )
    escaped = draw(WORD, 6) + "%23" + draw(WORD, 5) + "%40" + draw(WORD, 4)
    yield "Supabase pooler URL", kind, "DATABASE_URL", f"postgresql://{pooler}?pgbouncer=true"
    yield (
        "Postgres URL",
        kind,
        "DIRECT_URL",
        f"postgres://postgres:{escaped}@db.{draw(ascii_lowercase, 20)}.supabase.co:5432/postgres",
    )
    yield (
        "Neon URL",
        kind,
        "POSTGRES_URL",
        f"postgres://neondb_owner:npg_{draw(WORD, 12)}@ep-cool-lake-a2b3c4.eu-central-1.aws.neon.tech/neondb",
    )
    yield (
        "Railway Postgres URL",
        kind,
        "DATABASE_PUBLIC_URL",
        f"postgresql://postgres:{draw(ascii_lowercase + ascii_uppercase, 32)}@viaduct.proxy.rlwy.net:31245/railway",
    )
    yield "Upstash Redis URL", kind, "REDIS_URL", f"rediss://default:AX{draw(WORD, 50)}@apt-crab-31337.upstash.io:6379"
    yield (
        "Redis URL",
        kind,
        "KV_URL",
        f"redis://:{draw(WORD, 32)}@redis-14321.c250.eu-central-1-1.ec2.cloud.redislabs.com:14321",
    )
    yield (
        "MongoDB URL",
        kind,
        "MONGODB_URI",
        f"mongodb+srv://app:{draw(WORD, 14)}@cluster0.ab1cd.mongodb.net/app?retryWrites=true",
    )
    yield (
        "MySQL URL",
        kind,
        "MYSQL_URL",
        f"mysql://root:{draw(WORD, 18)}@containers-us-west-12.railway.app:6033/railway",
    )
    yield (
        "AMQP URL",
        kind,
        "CLOUDAMQP_URL",
        f"amqps://{draw(ascii_lowercase, 8)}:{draw(WORD, 32)}@hawk.rmq.cloudamqp.com/vhost",
    )
    yield (
        "Web URL",
        "URL with a password",
        "REGISTRY_URL",
        f"https://deploy:{draw(WORD, 24)}@registry.acme-data.net/simple",
    )


def _named(mint: Mint) -> Iterator[Credential]:
    draw, url, secret = mint.draw, WORD + "-_", mint.random.randbytes
    base = base64.b64encode
    for label, detector, name, value in (
        ("Railway token", "Railway token", "RAILWAY_TOKEN", mint.uuid()),
        ("Railway API token", "Railway token", "RAILWAY_API_TOKEN", mint.uuid()),
        ("Vercel older token", "Vercel token (older form)", "VERCEL_TOKEN", draw(WORD, 24)),
        (
            "Upstash REST token",
            "Upstash REST token",
            "UPSTASH_REDIS_REST_TOKEN",
            "A" + base(secret(42)).decode().replace("/", "A").replace("+", "c")[1:],
        ),
        ("Vercel KV token", "Upstash REST token", "KV_REST_API_TOKEN", f"AX{draw(WORD, 52)}="),
        ("Sentry older token", "Sentry auth token (older form)", "SENTRY_AUTH_TOKEN", draw(HEX, 64)),
        ("AWS secret key", "AWS secret access key", "AWS_SECRET_ACCESS_KEY", draw(WORD + "/+", 40)),
        ("hex encryption key", NAMED, "ENCRYPTION_KEY", secret(32).hex()),
        ("base64 encryption key", NAMED, "ENCRYPTION_KEY", base(secret(32)).decode()),
        ("NextAuth secret", NAMED, "NEXTAUTH_SECRET", base(secret(32)).decode()),
        ("Auth.js secret", NAMED, "AUTH_SECRET", base64.urlsafe_b64encode(secret(32)).decode().rstrip("=")),
        ("JWT secret of 16 bytes", NAMED, "JWT_SECRET", secret(16).hex()),
        ("JWT secret of 64 bytes", NAMED, "JWT_SECRET_KEY", secret(64).hex()),
        ("cron secret", NAMED, "CRON_SECRET", draw(WORD, 32)),
        ("session secret with signs", NAMED, "SESSION_SECRET", draw(url + "!*^~", 40)),
        ("password of a manager", NAMED, "DB_PASSWORD", draw(WORD, 20)),
        ("Supabase database password", NAMED, "SUPABASE_DB_PASSWORD", draw(WORD, 16)),
        ("Redis password", NAMED, "REDIS_PASSWORD", draw(WORD, 32)),
        ("hex password", NAMED, "REDIS_PASSWORD", draw(HEX, 24)),
        ("Postgres' own password", NAMED, "PGPASSWORD", draw(WORD, 20)),
        ("password with signs", NAMED, "SMTP_PASSWORD", draw(WORD + "!*^~%-", 18)),
        ("vendor key without a shape", NAMED, "MISTRAL_API_KEY", draw(WORD, 32)),
        ("hex vendor key", NAMED, "DATADOG_API_KEY", draw(HEX, 32)),
        ("webhook secret", NAMED, "GITHUB_WEBHOOK_SECRET", secret(20).hex()),
        ("OAuth client secret", NAMED, "GITHUB_CLIENT_SECRET", secret(20).hex()),
        ("signing key", NAMED, "JWT_SIGNING_KEY", base(secret(48)).decode()),
        ("UptimeRobot key", "UptimeRobot key", "UPTIMEROBOT_API_KEY", f"u{draw('123456789', 7)}-{draw(HEX, 24)}"),
    ):
        yield Credential(label, detector, name, value, alone=False)
