"""BCK: backups are made, are recent, and can be restored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from checks.rules import backups
from fixtures.model.backups import KeepingProbe
from fixtures.model.platform import Backup
from fixtures.model.verdicts import Verdict

Conclude = Callable[[Verdict], None]


@pytest.mark.readiness
@pytest.mark.item(
    "BCK-001",
    severity="critical",
    remediation="Find out at the vendor why no backup was completed, and take a dump of your own today.",
)
def test_newest_backup_is_complete_and_recent(
    backup: Backup, keeping: KeepingProbe, moment: datetime, conclude: Conclude
) -> None:
    """The newest completed backup is no older than its limit, or recovery reaches back to any point.

    A backup that failed, or is still being made, brings nothing back.
    """
    conclude(backups.newest_is_recent(backup, keeping.kept(backup), moment))


@pytest.mark.readiness
@pytest.mark.item(
    "BCK-002",
    severity="high",
    remediation="Switch on point-in-time recovery or daily backups at the vendor; it may need a higher plan.",
)
def test_backups_are_made_by_themselves(
    backup: Backup, keeping: KeepingProbe, moment: datetime, conclude: Conclude
) -> None:
    """Backups are made by a schedule or by point-in-time recovery, and not by hand."""
    conclude(backups.is_scheduled(backup, keeping.schedule(backup), moment))
