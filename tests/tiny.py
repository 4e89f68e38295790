"""A platform of two files: the least that the suite can be run on."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.platforms import Finished, forked, preflight

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = """
[platform]
name = "tiny"

[[file]]
name = "readme"
path = "README.md"

[[file]]
name = "licence"
path = "LICENSE"
"""
WAIVER = """
[[waiver]]
item = "FIL-001"
target = "licence"
reason = "the lawyers still write it"
owner = "legal"
expires = 2026-12-31
"""


class Tiny:
    """A platform of two files and a git repository, and runs on it."""

    def __init__(self, root: Path) -> None:
        self.root, self.reports = root / "tiny", root / "reports"
        self.root.mkdir()
        subprocess.run(["git", "init", "-q", str(self.root)], check=True)
        self.write(**{"README.md": "# Tiny\n", "LICENSE": "MIT\n", "preflight.toml": MANIFEST, ".gitignore": ".env*\n"})

    def write(self, **files: str) -> None:
        """Write files and let git track them; an empty text removes one."""
        for name, text in files.items():
            (self.root / name).write_text(text, "utf-8")
        subprocess.run(["git", "-C", str(self.root), "add", "-A"], check=True)

    def run(self, *arguments: str, fault: str = "", environ: dict[str, str] | None = None) -> Finished:
        """Run the predeploy phase."""
        given = [f"--platform={self.root}", "--as-of=2026-11-23", *arguments]
        given += ["-m", "predeploy"] if "-m" not in arguments else []
        if fault:  # a plugin that is to be loaded at the start of a process
            given, environ = [*given, "-p", "tests.faults"], {"FAULT": fault, **(environ or {})}
        run = preflight if fault or "-n" in arguments else forked
        return run(*given, reports=self.reports, environ=environ)
