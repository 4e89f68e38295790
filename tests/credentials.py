"""Credentials of every kind, drawn at run time: none is written in this repository, and none ever worked."""

from __future__ import annotations

import base64
import json
import random
import string

HEX = "0123456789abcdef"
WORD = string.ascii_letters + string.digits
BASE58 = "".join(c for c in WORD if c not in "0OIl")


class Mint:
    """Draws credentials; one seed gives the same ones in every run."""

    def __init__(self, seed: int = 7) -> None:
        self.random = random.Random(seed)

    def draw(self, alphabet: str, length: int) -> str:
        """Random characters, both cases and a digit among them where the alphabet has those."""
        while True:
            text = "".join(self.random.choice(alphabet) for _ in range(length))
            kinds = [str.isdigit, str.islower, str.isupper]
            if all(any(map(kind, text)) for kind in kinds if any(map(kind, alphabet)) and length > 8):
                return text

    def uuid(self) -> str:
        """A UUID of random digits."""
        return "-".join(self.draw(HEX, length) for length in (8, 4, 4, 4, 12))

    def jwt(self, **claims: object) -> str:
        """A JSON Web Token with these claims and a signature of random characters."""
        parts = [json.dumps(part, separators=(",", ":")) for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
        encoded = [base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts]
        return ".".join([*encoded, self.draw(WORD + "_-", 43)])

    def qstash(self) -> str:
        """A QStash token: the Base64 of a user and a password."""
        user = {"UserID": self.uuid(), "Password": self.draw(HEX, 32)}
        return base64.b64encode(json.dumps(user, separators=(",", ":")).encode()).decode()

    def pem(self, newline: str = "\n") -> str:
        """A private key of five random lines."""
        lines = [self.draw(WORD + "+/", 64) for _ in range(5)]
        return newline.join(["-----BEGIN RSA PRIVATE" + " KEY-----", *lines, "-----END RSA PRIVATE" + " KEY-----"])

    def shaped(self) -> dict[str, str]:
        """One credential of each kind that its text alone tells."""
        draw = self.draw
        sentry = base64.b64encode(json.dumps({"iat": 1.5, "url": "https://sentry.io", "org": "acme"}).encode()).decode()
        return {
            "Vercel token": "vcp_" + draw(WORD, 56),
            "Vercel Blob token": "vercel_blob_rw_" + draw(WORD, 16) + "_" + draw(WORD, 30),
            "Vercel OIDC token": self.jwt(iss="https://oidc.vercel.com/acme", sub="owner:acme"),
            "Supabase service_role key": self.jwt(iss="supabase", ref=draw("abcdef", 20), role="service_role"),
            "Supabase secret key": "sb_secret_" + draw(WORD, 31),
            "Supabase access token": "sbp_" + draw(HEX, 40),
            "QStash token": self.qstash(),
            "QStash signing key": "sig_" + draw(WORD, 28),
            "Sentry auth token": "sntrys_" + sentry + "_" + draw(WORD, 43),
            "OpenRouter key": "sk-or-v1-" + draw(HEX, 64),
            "OpenAI key": "sk-proj-" + draw(WORD, 74) + "T3Blbk" + "FJ" + draw(WORD, 74),
            "Anthropic key": "sk-ant-" + "api03-" + draw(WORD, 93) + "AA",
            "Stripe secret key": "sk_live_" + draw(WORD, 48),
            "Webhook signing secret": "whsec_" + draw(WORD, 32),
            "Resend key": "re_" + draw(BASE58, 8) + "_" + draw(BASE58, 24),
            "SendGrid key": "SG." + draw(WORD, 22) + "." + draw(WORD, 43),
            "Slack access token": "xoxb-" + f"{draw('13579', 11)}-{draw('13579', 12)}-" + draw(WORD, 24),
            "Slack webhook URL": "https://hooks.slack.com/"
            + f"services/T{draw('ABCD12', 9)}/B{draw('ABCD12', 9)}/"
            + draw(WORD, 24),
            "Discord webhook URL": "https://discord.com/" + f"api/webhooks/{draw('13579', 19)}/" + draw(WORD, 68),
            "GitHub access token": "ghp_" + draw(WORD, 36),
            "GitLab access token": "glpat-" + draw(WORD, 20),
            "npm access token": "npm_" + draw(WORD, 36),
            "PyPI upload token": "pypi-" + "AgEIcHlwaS5vcmc" + draw(WORD, 90),
            "AWS access key id": "AKIA" + draw("ABCDEFGHJKLMNPQRSTUVWXYZ234567", 16),
            "Google API key": "AIza" + draw(WORD, 35),
            "Google OAuth client secret": "GOCSPX-" + draw(WORD, 28),
            "Telegram token": draw("13579", 10) + ":AA" + draw(WORD, 33),
            "Hugging Face token": "hf_" + draw(WORD, 34),
            "Groq key": "gsk_" + draw(WORD, 52),
            "xAI key": "xai-" + draw(WORD, 80),
            "PostHog personal key": "phx_" + draw(WORD, 43),
            "Cloudflare token": "cfut_" + draw(WORD, 40) + draw(HEX, 8),
            "Docker Hub token": "dckr_pat_" + draw(WORD, 27),
            "Langfuse secret key": "sk-lf-" + self.uuid(),
            "DigitalOcean token": "dop_v1_" + draw(HEX, 64),
            "PEM private key": self.pem("\\n"),
            "Database URL with a password": "postgresql://app:" + draw(WORD, 16) + "@db.acme-data.net:5432/app",
            "URL with a password": "https://deploy:" + draw(WORD, 24) + "@registry.acme-data.net/simple",
        }

    def named(self) -> dict[str, tuple[str, str]]:
        """A name and a value of each kind that only its name tells."""
        draw = self.draw
        return {
            "Railway token": ("RAILWAY_API_TOKEN", self.uuid()),
            "Vercel token (older form)": ("VERCEL_TOKEN", draw(WORD, 24)),
            "Upstash REST token": ("UPSTASH_REDIS_REST_TOKEN", draw(WORD, 58) + "=="),
            "Sentry auth token (older form)": ("SENTRY_AUTH_TOKEN", draw(HEX, 64)),
            "AWS secret access key": ("AWS_SECRET_ACCESS_KEY", draw(WORD + "/+", 40)),
            "UptimeRobot key": ("UPTIMEROBOT_API_KEY", "u" + draw("13579", 7) + "-" + draw(HEX, 24)),
            "Telegram token (by name)": ("TELEGRAM_BOT_TOKEN", draw("13579", 9) + ":" + "B" + draw(WORD, 34)),
            "Supabase service_role key in a browser variable": (
                "NEXT_PUBLIC_SUPABASE_KEY",
                self.jwt(iss="supabase", ref=draw("abcdef", 20), role="service_role"),
            ),
            "Supabase secret key in a browser variable": ("VITE_SUPABASE_KEY", "sb_secret_" + draw(WORD, 31)),
            "OpenRouter key in a browser variable": ("EXPO_PUBLIC_LLM", "sk-or-v1-" + draw(HEX, 64)),
            "OpenAI key in a browser variable": (
                "REACT_APP_OPENAI",
                "sk-proj-" + draw(WORD, 74) + "T3Blbk" + "FJ" + draw(WORD, 74),
            ),
            "Anthropic key in a browser variable": ("PUBLIC_CLAUDE", "sk-ant-" + "api03-" + draw(WORD, 93) + "AA"),
            "Stripe secret key in a browser variable": ("NEXT_PUBLIC_STRIPE_KEY", "sk_live_" + draw(WORD, 48)),
            "Value of a secret-like name": ("ENCRYPTION_KEY", draw(HEX, 64)),
        }
