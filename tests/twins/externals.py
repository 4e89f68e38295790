"""Faults in what OpenRouter tells of the platform's key, and in what is attested of Slack's."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from fixtures.demo.vendors.standin import Reply, iso
from tests.loopback import PATIENCE_MS
from tests.platforms import Twin

if TYPE_CHECKING:
    from tests.vended import Vended


def _key(vended: Vended, **changes: object) -> None:
    vended.vendor("openrouter").key |= changes


def _revoke(vended: Vended) -> None:
    vended.vendor("openrouter").revoked = True


def _expiring(vended: Vended, days: int) -> None:
    router = vended.vendor("openrouter")
    _key(vended, expires_at=iso(router.moment + timedelta(days=days)))


def _account_spent(vended: Vended) -> None:
    """No limit of the key's own: then the account's credit decides."""
    _key(vended, limit=None, limit_remaining=None)
    vended.vendor("openrouter").credits["total_usage"] = 495.0


def _account_poor(vended: Vended) -> None:
    vended.vendor("openrouter").credits["total_usage"] = 495.0


def _unlimited_unmanaged(vended: Vended) -> None:
    _key(vended, limit=None, limit_remaining=None)
    vended.manifest('token_env = "OPENROUTER_MANAGEMENT_KEY"', "# no management key")
    held = 'secrets_held = ["RAILWAY_TOKEN"]'
    vended.manifest(held, held.replace("]", ', "OPENROUTER_MANAGEMENT_KEY"]'))  # its rotation stays an item


def _model(vended: Vended, **changes: object) -> None:
    (model,) = (row for row in vended.vendor("openrouter").models if row["id"] == "openai/gpt-5-mini")
    model |= changes


def _broken(vended: Vended) -> None:
    vended.vendor("openrouter").fault = lambda request: Reply("", 503) if request.path == "/key" else None


def _attested(old: str, new: str) -> Twin:
    return Twin(f"an attestation with {new}", lambda vended: vended.manifest(old, new), vended=True)


TWINS = {
    "EXT-001": (
        Twin("a key that was revoked", _revoke, vended=True, hides=("EXT-002", "ROT-001")),
        Twin("credit used up", lambda vended: _key(vended, limit_remaining=0), vended=True),
        Twin("less credit than the floor", lambda vended: _key(vended, limit_remaining=19.99), vended=True),
        Twin("an expired key", lambda vended: _expiring(vended, -1), vended=True),
        Twin("a key that expires soon", lambda vended: _expiring(vended, 13), vended=True, verdict="warn"),
        Twin("a key of the free tier", lambda vended: _key(vended, is_free_tier=True), vended=True, verdict="warn"),
        Twin("an account without credit", _account_spent, vended=True),
        Twin("a limit that the account cannot pay", _account_poor, vended=True),
        Twin("no limit, and no management key", _unlimited_unmanaged, vended=True, verdict="unverified"),
        Twin("a model that is not offered", lambda vended: _model(vended, id="openai/gpt-5-nano"), vended=True),
        Twin(
            "a model that ends soon",
            lambda vended: _model(vended, expiration_date="2026-12-01"),
            vended=True,
            verdict="warn",
        ),
        Twin("an outage", _broken, vended=True, verdict="unverified", hides=("EXT-002", "ROT-001")),
        _attested("expires = 2027-02-16", "expires = 2026-11-22"),
        _attested("on = 2026-11-16", "on = 2026-11-24"),
        Twin(
            "an attestation for a webhook without value",
            lambda vended: vended.env("worker", "SLACK_WEBHOOK_URL", None),
            vended=True,
            verdict="unverified",
        ),
    ),
    "EXT-002": (
        Twin(
            "a budget of 1 ms",
            lambda vended: vended.manifest(f"budget_ms = {PATIENCE_MS}", "budget_ms = 1"),
            vended=True,
        ),
    ),
}
