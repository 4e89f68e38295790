"""WVR: waivers and attestations are about something that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checks.rules import waivers

if TYPE_CHECKING:
    from collections.abc import Callable

    from fixtures.model.platform import Attestation, Waiver
    from fixtures.model.verdicts import Evidence, Verdict


@pytest.mark.predeploy
@pytest.mark.item(
    "WVR-001",
    severity="high",
    remediation="Correct the waiver's item and target (as the ledger names them), or remove the waiver.",
)
def test_waiver_names_a_declared_item_and_target(
    waiver: Waiver, catalogue: Evidence[frozenset[tuple[str, str]]], conclude: Callable[[Verdict], None]
) -> None:
    """A waiver names an item and a target that the suite declares for this platform.

    One that matches nothing excuses nothing, and hides that what it was written for has moved. A waiver
    that has expired, or whose item holds, fails in the row of that item.
    """
    conclude(waivers.names_something(waiver, catalogue))


@pytest.mark.predeploy
@pytest.mark.item(
    "WVR-002",
    severity="high",
    remediation="Correct the attestation's item and target (as the ledger names them), or remove it.",
)
def test_attestation_names_a_declared_item_and_target(
    attestation: Attestation, catalogue: Evidence[frozenset[tuple[str, str]]], conclude: Callable[[Verdict], None]
) -> None:
    """An attestation names an item and a target that the suite declares for this platform.

    One that has expired fails in the row of its item; one for a row that an API decides changes nothing there.
    """
    conclude(waivers.names_something(attestation, catalogue))
