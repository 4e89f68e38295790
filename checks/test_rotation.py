"""ROT: how old secrets are, and whether it is written down how to renew them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from checks.rules import rotation as renewal
from fixtures.model.verdicts import Verdict

if TYPE_CHECKING:
    from datetime import date

    from fixtures.model.document import DocumentsProbe
    from fixtures.model.rotation import RotatedSecret, RotationProbe

Conclude = Callable[[Verdict], None]


@pytest.mark.readiness
@pytest.mark.item(
    "ROT-001",
    severity="high",
    remediation="Rotate the secret as the guide says, and enter the day in the rotation ledger.",
)
def test_secret_is_younger_than_its_limit(
    rotated_secret: RotatedSecret, rotation: RotationProbe, today: date, conclude: Conclude
) -> None:
    """A secret was renewed within its limit, and the rotation ledger tells the same as the vendors do.

    Held are variables with `rotate_days`, required ones whose kind is a credential (encryption keys, keys of Supabase
    and OpenRouter, Redis and Postgres URLs, webhooks, tokens), the tokens of the vendors' tables, and what [github]
    says that CI holds. An exact day (the value's own `iat`, the vendor's record) goes before the last edit of a copy,
    which bounds the age from below, and that before the ledger's word.
    """
    conclude(renewal.is_young(rotated_secret, rotation.age(rotated_secret), today))


@pytest.mark.readiness
@pytest.mark.item(
    "ROT-002", severity="medium", remediation="Give the secret a section in the rotation guide: its steps, in order."
)
def test_rotation_guide_covers_secret(
    guided_secret: RotatedSecret, documents: DocumentsProbe, conclude: Conclude
) -> None:
    """The rotation guide has a section for the secret, by its name.

    On the day that it leaks nobody has time to find out who makes a new one and where it has to go.
    """
    conclude(renewal.guide_covers(guided_secret, documents.rotation_guides()))
