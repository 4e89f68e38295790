"""EXT: the outside APIs that the platform pays for, asked with its own keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from checks.rules import externals
from fixtures.model.verdicts import Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from fixtures.model.externals import OutsideProbe
    from fixtures.model.platform import External

Conclude = Callable[[Verdict], None]


@pytest.mark.readiness
@pytest.mark.item(
    "EXT-001",
    severity="critical",
    remediation="Top up the credit, raise the key's limit, or put a valid key into the service's variables.",
)
def test_key_is_valid_with_credit_left(
    external: External, outside: OutsideProbe, moment: datetime, conclude: Conclude
) -> None:
    """The platform's key for an outside API is accepted and has credit left.

    Where no API tells, as for a Slack webhook, a person attests it.
    """
    conclude(externals.key_has_credit(external, outside.account(external), moment))


@pytest.mark.readiness
@pytest.mark.item(
    "EXT-002",
    severity="medium",
    remediation="Look at the vendor's status page; raise budget_ms only if callers can wait that long.",
)
def test_outside_api_answers_in_time(asked_external: External, outside: OutsideProbe, conclude: Conclude) -> None:
    """An outside API answers a small question within its budget."""
    conclude(externals.answers_in_time(asked_external, outside.latency(asked_external)))
