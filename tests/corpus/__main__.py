"""Prints what the secret scan finds in the corpus, kind by kind."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.corpus import Seen, scanned
from tests.corpus.harmless import negatives
from tests.corpus.placements import positives
from tests.credentials import Mint

if TYPE_CHECKING:
    from collections.abc import Sequence


def tables(seen: Sequence[Seen]) -> str:
    """Recall by kind and by kind of file, and the harmless families that were flagged."""
    secrets = [one for one in seen if one.sample.line]
    harmless = [one for one in seen if not one.sample.line]
    labels = dict.fromkeys(one.sample.label for one in secrets)
    lines = [f"{'credential':<30} {'written':>7} {'found':>6} {'named':>6}"]
    for label in labels:
        rows = [one for one in secrets if one.sample.label == label]
        lines.append(f"{label:<30} {len(rows):>7} {sum(r.found for r in rows):>6} {sum(r.named for r in rows):>6}")
    flagged = [one for one in harmless if one.exposures]
    found, named = sum(one.found for one in secrets), sum(one.named for one in secrets)
    lines += [
        f"recall {found / len(secrets):.4f} ({found} of {len(secrets)}), of the right kind {named / len(secrets):.4f}",
        f"flagged {len(flagged) / len(harmless):.4f} ({len(flagged)} of {len(harmless)} harmless files)",
    ]
    return "\n".join(lines)


def misses(seen: Sequence[Seen]) -> str:
    """Each way of writing that hid a credential, and each harmless family that was flagged, with its number."""
    told: dict[str, list[str]] = {}
    for one in seen:
        if one.sample.line and not one.found:
            told.setdefault(f"missed in {one.sample.path}", []).append(one.sample.label)
        elif not one.sample.line and one.exposures:
            told.setdefault(f"flagged {one.sample.label}", []).append(one.exposures[0].kind)
    return "\n".join(
        f"{what}: {len(which)} ({', '.join(dict.fromkeys(which))})" for what, which in sorted(told.items())
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the corpus, scan it, print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description=main.__doc__)
    parser.add_argument("--half", choices=("worked", "held"), help="only the half that detectors are fitted to, or not")
    parser.add_argument("--seed", type=int, default=7, help="of the random parts (default: 7)")
    parser.add_argument("--misses", action="store_true", help="tell what was missed or flagged, too")
    options = parser.parse_args(arguments)
    mint = Mint(options.seed)
    samples = [*positives(mint), *negatives(mint)]
    if options.half:
        samples = [sample for sample in samples if sample.held == (options.half == "held")]
    with tempfile.TemporaryDirectory() as folder:
        seen = list(scanned(samples, Path(folder)))
    sys.stdout.write(tables(seen) + "\n")
    if options.misses:
        sys.stdout.write(misses(seen) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
