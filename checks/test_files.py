"""FIL: files of the work tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from checks.rules import files
from fixtures.model.verdicts import Verdict

if TYPE_CHECKING:
    from fixtures.model.platform import File, Platform
    from fixtures.model.tree import TreeProbe

Conclude = Callable[[Verdict], None]


@pytest.mark.predeploy
@pytest.mark.item("FIL-001", severity="high", remediation="Restore the file and commit it.")
def test_critical_file_is_there(file: File, tree: TreeProbe, conclude: Conclude) -> None:
    """A critical file exists inside the platform, is tracked by git, and is not empty.

    A file that is only on one person's disk is missing from the build that gets deployed.
    """
    conclude(files.is_there(file, tree.critical(file)))


@pytest.mark.predeploy
@pytest.mark.item("FIL-002", severity="high", remediation="Resolve the conflict and commit the file.")
def test_no_merge_is_unfinished(platform: Platform, tree: TreeProbe, conclude: Conclude) -> None:
    """No tracked text file holds a merge conflict.

    YAML, JSON and SQL with markers in them often fail only where they are deployed.
    """
    conclude(files.no_merge_is_unfinished(platform, tree.conflicts()))
