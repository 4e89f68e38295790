"""Small platforms in a temporary folder, for tests that hold a probe and a rule together."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from fixtures.model.platform import Manifest, Platform, Service
from fixtures.model.verdicts import Evidence, NotObserved, NotReady, Verdict
from fixtures.probes.files import Files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

GIT = ("-c", "user.name=Preflight", "-c", "user.email=tests@preflight.invalid")


class Site:
    """One service in a folder; what is written is tracked by git."""

    def __init__(self, folder: Path, **service: object) -> None:
        self.root = folder
        given = {"name": "worker", "host": "railway", "root": "services/worker", **service}
        self.service = Service.model_validate(given)
        self.variables: list[dict[str, object]] = []

    def write(self, files: Mapping[str, str]) -> None:
        """Write files."""
        for path, text in files.items():
            place = self.root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text.encode("utf-8", "surrogatepass"))

    def track(self) -> None:
        """Let git track what stands in the folder."""
        for command in (("init", "-q"), ("add", "-A", "-f")):
            subprocess.run(["git", *GIT, "-C", str(self.root), *command], check=True, capture_output=True)

    @property
    def platform(self) -> Platform:
        """The platform that a probe is given."""
        tables = {
            "platform": {"name": "site"},
            "service": (self.service.model_dump(),),
            "variable": tuple(self.variables),
        }
        return Platform(self.root, Manifest.model_validate(tables))

    @property
    def files(self) -> Files:
        """Its files, as they are now."""
        return Files(self.root)


def ended(rule: Callable[[], Verdict]) -> tuple[str, Verdict | Evidence[object]]:
    """How a rule ends, in the ledger's words, and what it ended with."""
    try:
        verdict = rule()
    except NotReady as broken:
        return "fail", broken.verdict
    except NotObserved as dark:
        return "unverified", dark.evidence
    return ("fail" if verdict.findings else "warn" if verdict.warnings else "pass"), verdict
