"""A small platform of the test's own: files in a git work tree, and the source probe on them."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

from fixtures.model.platform import Manifest, Platform, Service
from fixtures.probes.files import Files
from fixtures.probes.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def platform(root: Path, files: Mapping[str, str | bytes], **tables: Any) -> Platform:
    """Write the files, let git track them, and describe the platform: by default one service `app` in `app/`."""
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", "-C", str(root), *command], check=True, capture_output=True)
    rows = {"service": [{"name": "app", "host": "other", "root": "app"}], **tables}
    return Platform(root, Manifest.model_validate({"platform": {"name": "test"}, **_tuples(rows)}))


def source(root: Path, files: Mapping[str, str | bytes], **tables: Any) -> tuple[Source, Service]:
    """The source probe on such a platform, and its first service."""
    built = platform(root, files, **tables)
    return Source(built, Files(root)), built.tables.services[0]


def _tuples(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_tuples(entry) for entry in value)
    return {key: _tuples(entry) for key, entry in value.items()} if isinstance(value, dict) else value
