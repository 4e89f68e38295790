"""Writes a run's reports: each file whole or not at all."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from reports import jsonfile, junit, markdown, sarif

if TYPE_CHECKING:
    from fixtures.model.ledger import Ledger


def write(
    ledger: Ledger, folder: Path, *, before: Ledger | None = None, step_summary: str | None = None
) -> tuple[Path, ...]:
    """Write `<phase>.json`, `.xml`, `.sarif`, `.md` and `.comment.md` into a folder; return their paths.

    The folder is made where it is missing. `before` is the ledger that changes are told against. `step_summary` is
    a file that the Markdown is appended to, GitHub's `$GITHUB_STEP_SUMMARY`; one that cannot be written is warned
    about. OSError where the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    page = markdown.render(ledger, before)
    written = (
        replace(folder / f"{ledger.phase}.json", jsonfile.render(ledger)),
        replace(folder / f"{ledger.phase}.xml", junit.render(ledger)),
        replace(folder / f"{ledger.phase}.sarif", sarif.render(ledger)),
        replace(folder / f"{ledger.phase}.md", page),
        replace(folder / f"{ledger.phase}.comment.md", markdown.comment(ledger, before)),
    )
    if step_summary:
        try:
            with Path(step_summary).open("a", encoding="utf-8") as stream:
                stream.write(page)
        except OSError as error:
            warnings.warn(f"the step summary was not written: {error}", stacklevel=2)
    return written


def replace(path: Path, content: str) -> Path:
    """Put a file in place in one step, so that a reader never sees half of it."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(content, encoding="utf-8", newline="\n")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path
