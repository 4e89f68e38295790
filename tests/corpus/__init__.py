"""A labelled corpus for the secret scan: credentials as people write them into files, and text that only looks so.

    python -m tests.corpus

It is drawn at run time and never written into this repository. Every second way of writing something is
held out: it is measured apart, and detectors are not fitted to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.probes.test_secrets import git, scan_of, seen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from fixtures.model.secrets import Exposure


@dataclass(frozen=True, slots=True)
class Sample:
    """One file: what it is called and holds, and the line and kind of its one credential, if it has one."""

    label: str  # the credential's kind, or what the harmless text is
    path: str
    text: str
    held: bool
    line: int = 0  # 0 where it holds no credential
    detector: str = ""  # the kind it should be reported as


@dataclass(frozen=True, slots=True)
class Seen:
    """A sample, and what the scan reported in its file."""

    sample: Sample
    exposures: tuple[Exposure, ...]

    @property
    def found(self) -> bool:
        """Whether the credential was reported in its line."""
        return any(exposure.line == self.sample.line for exposure in self.exposures)

    @property
    def named(self) -> bool:
        """Whether it was reported as the kind that it is."""
        return any(one.line == self.sample.line and one.kind == self.sample.detector for one in self.exposures)


def scanned(samples: Iterable[Sample], root: Path) -> Iterator[Seen]:
    """Write the samples into a git repository, scan it as SEC-001 does, and give each back with its exposures."""
    placed = {f"{number:04}/{sample.path}": sample for number, sample in enumerate(samples)}
    for path, sample in placed.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(sample.text, "utf-8", newline="")
    git(root, "init", "-q")
    git(root, "add", "-A", "--force")
    by_path: dict[str, list[Exposure]] = {path: [] for path in placed}
    for exposure in seen(scan_of(root)).exposures:
        by_path[exposure.path].append(exposure)
    for path, sample in placed.items():
        yield Seen(sample, tuple(by_path[path]))
