"""The vendors' room for a platform with backups, monitors and an outside API, asking stand-ins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fixtures.demo.vendors.openrouter import KINDS
from fixtures.demo.vendors.supabase import REF
from fixtures.demo.vendors.upstash import DATABASE, EMAIL
from fixtures.demo.vendors.world import TOKENS
from tests.asked import Asked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fixtures.demo.vendors.standin import StandIn, Vendor
    from fixtures.model.platform import Backup, External
    from fixtures.model.verdicts import Evidence

KEY = "".join(KINDS) + "5f" * 32
MANIFEST = f"""
[platform]
name = "shop"

[[service]]
name = "web"
host = "vercel"
root = "."
url = "https://agentdesk-web.vercel.app"
health = "/api/health"

[[service]]
name = "worker"
host = "railway"
root = "."

[[variable]]
name = "OPENROUTER_API_KEY"
services = ["worker"]
kind = "openrouter-key"

[[variable]]
name = "SLACK_WEBHOOK_URL"
services = ["worker"]

[[uptime]]
name = "web"
service = "web"
provider = "uptimerobot"

[[backup]]
name = "main"
ref = "{REF}"

[[backup]]
name = "queue"
provider = "upstash"

[[external]]
name = "openrouter"
provider = "openrouter"
key_env = "OPENROUTER_API_KEY"
models = ["openai/gpt-5-mini"]

[[external]]
name = "slack"
provider = "slack"
key_env = "SLACK_WEBHOOK_URL"

[uptimerobot]

[supabase]

[upstash]
database = "{DATABASE}"
email = "{EMAIL}"

[openrouter]
token_env = "OPENROUTER_MANAGEMENT_KEY"
"""


def values(*vendors: Vendor) -> dict[str, str]:
    """The environment of a process that has the tokens of these vendors, and the platform's own key."""
    return {TOKENS[vendor.name]: vendor.token for vendor in vendors} | {"OPENROUTER_API_KEY": KEY}


class Room(Asked):
    """The room, which may begin anew."""

    def __init__(self, root: Path, standin: StandIn, process: Mapping[str, str]) -> None:
        self._root, self._standin, self._process = root, standin, process
        self.declare(MANIFEST)

    def hurry(self, vendor: str) -> None:
        """Begin anew, with a small budget for one vendor."""
        self.declare(MANIFEST, vendor)

    def declare(self, manifest: str, hurried: str = "") -> None:
        """Begin anew, for another platform."""
        super().__init__(self._root, manifest, self._standin, self._process, hurried)
        self.tables = self.platform.tables

    def backup(self, name: str) -> Backup:
        """A row of [[backup]]."""
        return next(row for row in self.tables.backups if row.name == name)

    def external(self, name: str) -> External:
        """A row of [[external]]."""
        return next(row for row in self.tables.externals if row.name == name)

    def prefetch(self) -> None:
        """Ask for all rows, as a run does before its first verdict."""
        self.vendors.prefetch(
            [
                *(("watching", row) for row in self.tables.uptimes),
                *(("keeping", row) for row in self.tables.backups),
                *(("outside", row) for row in self.tables.externals),
            ]
        )

    def troubles(self) -> dict[str, str]:
        """Why a question has no answer, by what it was about; what no API decides is left out."""
        told: dict[str, Evidence[Any]] = {
            "monitors": self.vendors.watching.monitors(self.tables.uptimes[0]),
            "account": self.vendors.outside.account(self.external("openrouter")),
            "latency": self.vendors.outside.latency(self.external("openrouter")),
        }
        for row in self.tables.backups:
            told[f"backups {row.name}"] = self.vendors.keeping.kept(row)
            told[f"schedule {row.name}"] = self.vendors.keeping.schedule(row)
        return {name: evidence.error for name, evidence in told.items() if evidence.error}
