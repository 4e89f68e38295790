"""The vendors' room, asking stand-ins for a small platform that a test writes."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fixtures.demo.vendors.standin import StandIn, Vendor
from fixtures.manifest import load
from fixtures.model.live import LiveSettings
from fixtures.model.rotation import RotatedSecret, rotated_secrets
from fixtures.probes.environment import Environment
from fixtures.probes.files import Files
from fixtures.probes.vendors import Vendors
from tests.loopback import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from fixtures.model.platform import Service

HURRY_S = 3
MOMENT = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Asked:
    """A room without an answer yet. Tables of vendors get the addresses of their stand-ins, and one may be hurried."""

    def __init__(
        self, root: Path, manifest: str, standin: StandIn, values: Mapping[str, str], hurried: str = ""
    ) -> None:
        for name in standin.vendors:
            budget_s = HURRY_S if name == hurried else PATIENCE_S
            address = f'[{name}]\nurl = "{standin.url(name)}"\nbudget_s = {budget_s:.0f}\n'
            manifest = manifest.replace(f"[{name}]\n", address)
        (root / "preflight.toml").write_text(manifest, "utf-8")
        self.platform, files = load(root), Files(root)
        self.environment = Environment(self.platform, files, process=values)
        self.vendors = Vendors(self.platform, files, self.environment, LiveSettings(moment=MOMENT))

    def service(self, name: str) -> Service:
        """A service of the manifest."""
        return self.platform.service(name)

    def secret(self, name: str) -> RotatedSecret:
        """A secret with a limit."""
        return next(secret for secret in rotated_secrets(self.platform) if secret.name == name)


@contextmanager
def serving(*vendors: Vendor) -> Iterator[StandIn]:
    """Stand-ins on loopback while a test runs."""
    standin = StandIn(*vendors)
    try:
        yield standin
    finally:
        standin.close()
