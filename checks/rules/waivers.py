"""Rules about the manifest's own excuses."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from fixtures.model.platform import Attestation, Waiver


def names_something(row: Waiver | Attestation, catalogue: Evidence[frozenset[tuple[str, str]]]) -> Verdict:
    """Hold the item and target of a waiver or an attestation against the rows that this run declares."""
    declared = catalogue.value
    where = f"preflight.toml: [[{type(row).__name__.lower()}]] {row.name}"
    if (row.item, row.target) in declared:
        return Verdict(catalogue, f"it names one of {len(declared)} declared rows")
    targets = sorted(target for item, target in declared if item == row.item)
    if not targets:
        finding = f"no item {row.item} is declared for this platform"
    else:
        near = difflib.get_close_matches(row.target, targets, 1) or targets[:3]
        finding = f"{row.item} has no target {row.target!r}; it has {', '.join(near)}"
    return Verdict(catalogue, finding, (Finding(finding, where),))
