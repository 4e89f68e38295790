"""BCK: backups are made, are recent, and can be restored."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from checks.rules import backups
from fixtures.model.verdicts import Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from fixtures.model.backups import KeepingProbe
    from fixtures.model.platform import Backup
    from fixtures.model.restoring import RestoringProbe

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


@pytest.mark.readiness
@pytest.mark.opt_in("--restore-drill", or_attested=True)
@pytest.mark.item(
    "BCK-003",
    severity="high",
    remediation="Find out what the dump lacks and mend how it is made; then take a new one and drill again.",
)
def test_backup_can_be_restored(
    restored_backup: Backup, restoring: RestoringProbe, moment: datetime, conclude: Conclude
) -> None:
    """A dump restores into an empty Postgres with its tables, their rows and recent ones among them.

    A backup that nobody has restored is a hope. Where the drill was done by hand, a person attests it.
    """
    conclude(backups.comes_back(restored_backup, restoring.restored(restored_backup), moment))
