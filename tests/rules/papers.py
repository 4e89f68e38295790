"""Documents and workflows in a temporary folder that git tracks, for the rules that read them."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from fixtures.model.platform import Ci, Document, Manifest, Platform, Scenario
from fixtures.model.verdicts import Evidence, NotObserved, NotReady, Verdict
from fixtures.probes.documents import Documents
from fixtures.probes.files import Files
from fixtures.probes.markdown import page
from fixtures.probes.workflows import Workflows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fixtures.model.document import Page
    from fixtures.model.workflow import Pipeline

SERVICES = [
    {"name": "worker", "host": "railway", "root": "services/worker"},
    {"name": "web", "host": "vercel", "root": "services/web"},
]


def tracked(root: Path, files: dict[str, str]) -> Path:
    """A git repository that holds and tracks these files, byte for byte."""
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    for command in (("init", "-q"), ("add", "-A")):
        subprocess.run(["git", "-C", str(root), *command], check=True, capture_output=True)
    return root


def platform(root: Path, **tables: object) -> Platform:
    """A platform of two services with what else it declares."""
    manifest = {"platform": {"name": "papers"}, "service": SERVICES, **tables}
    return Platform(root, Manifest.model_validate(manifest, strict=False))


def documents(root: Path, **tables: object) -> Documents:
    """The documents probe on a folder."""
    return Documents(platform(root, **tables), Files(root))


def pipeline(root: Path, files: dict[str, str], *, queues: tuple[str, ...] = ("jobs",)) -> Evidence[Pipeline]:
    """The pipeline that these files make."""
    own = platform(tracked(root, files), queue=[{"name": name} for name in queues])
    return Workflows(own, Files(root)).pipeline(Ci())


def seen(text: str, path: str = "docs/RUNBOOK.md") -> Evidence[Page]:
    """A page as evidence."""
    return Evidence("the page", path, seen=page(path, text))


def runbook(*scenarios: Scenario, **more: object) -> Document:
    """A runbook's row."""
    row = {"name": "runbook", "file": "docs/RUNBOOK.md", "kind": "runbook", "scenarios": scenarios, **more}
    return Document.model_validate(row)


def outcome(judge: Callable[[], Verdict]) -> str:
    """How a rule ends: pass, warn, fail or unverified."""
    try:
        verdict = judge()
    except NotReady:
        return "fail"
    except NotObserved:
        return "unverified"
    return "fail" if verdict.findings else "warn" if verdict.warnings else "pass"


def sentences(verdict: Verdict) -> str:
    """The findings of a verdict as one text."""
    return "\n".join(map(str, (*verdict.findings, *verdict.warnings)))
