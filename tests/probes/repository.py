"""Small repositories with tools of their own, for the build room's tests."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from fixtures.model.platform import Manifest, Platform, Service, Settings
from fixtures.probes.build import Build
from fixtures.probes.build.process import Limits
from fixtures.probes.files import Files

if TYPE_CHECKING:
    from pathlib import Path

SMALL = Limits(seconds=300, bytes=200_000)


class Repository:
    """A folder that git tracks, with one service or more."""

    def __init__(self, root: Path, *services: Service) -> None:
        self.root = root
        self.services = services or (Service(name="app", host="other", root="."),)
        self.said: list[str] = []
        subprocess.run(["git", "init", "-q", str(root)], check=True)

    @property
    def app(self) -> Service:
        """The first service."""
        return self.services[0]

    def write(self, path: str, content: str | dict[str, Any]) -> None:
        """Write a text, or a value as JSON, and let git track it."""
        self.leave(path, content)
        subprocess.run(["git", "-C", str(self.root), "add", "-f", path], check=True)

    def leave(self, path: str, content: str | dict[str, Any]) -> Path:
        """Write it without telling git."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content, indent=2), "utf-8")
        return file

    def tool(self, name: str, script: str, folder: str = ".", version: str = "") -> None:
        """Install a shell script as `node_modules/.bin/<name>`."""
        self.leave(f"{folder}/node_modules/.bin/{name}", f"#!/bin/sh\n{script}\n").chmod(0o755)
        if version:
            package = "typescript" if name == "tsc" else name
            self.leave(f"{folder}/node_modules/{package}/package.json", {"version": version})

    def build(self, limits: Limits = SMALL) -> Build:
        """The probe, on what is there now."""
        platform = Platform(self.root, Manifest(platform=Settings(name="app"), service=self.services))
        return Build(platform, Files(self.root), self.said.append, limits)
