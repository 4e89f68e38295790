"""Rules about the manifest's own excuses."""

from __future__ import annotations

import difflib

from fixtures.model.platform import Waiver
from fixtures.model.verdicts import Evidence, Finding, Verdict


def names_something(waiver: Waiver, catalogue: Evidence[frozenset[tuple[str, str]]]) -> Verdict:
    """Hold a waiver's item and target against the rows that this run declares."""
    declared = catalogue.value
    where = f"preflight.toml: [[waiver]] {waiver.name}"
    if (waiver.item, waiver.target) in declared:
        return Verdict(catalogue, f"it names one of {len(declared)} declared rows")
    targets = sorted(target for item, target in declared if item == waiver.item)
    if not targets:
        finding = f"no item {waiver.item} is declared for this platform"
    else:
        near = difflib.get_close_matches(waiver.target, targets, 1) or targets[:3]
        finding = f"{waiver.item} has no target {waiver.target!r}; it has {', '.join(near)}"
    return Verdict(catalogue, finding, (Finding(finding, where),))
