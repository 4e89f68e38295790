"""What the suite asks of a platform holds for its own repository: no secret is committed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from checks.rules import secrets
from fixtures import manifest
from fixtures.model.platform import Manifest, Platform, Settings
from fixtures.probes.files import Files
from fixtures.probes.secrets import SecretScan
from fixtures.probes.secrets.tree import Subject

SUITE = Path(__file__).parents[1]
DEMO = SUITE / "fixtures" / "demo"


def scan_of(platform: Platform) -> SecretScan:
    """The scan of a platform, without a cache."""
    files = Files(platform.root)
    return SecretScan(Subject.of(platform, files), files)


def test_own_repository_holds_no_secret() -> None:
    """No detector finds anything in a file of this repository, its tests included."""
    platform = Platform(SUITE, Manifest(platform=Settings(name="preflight")))
    verdict = secrets.no_secret_in_tracked_files(platform, scan_of(platform).tracked(platform))
    assert verdict.findings == ()


def test_demo_holds_no_secret_and_its_baseline_holds(tmp_path: Path) -> None:
    """The demo as git tracks it is clean, and every entry of its baseline is audited and current."""
    tracked = Files(DEMO).tracked
    for path in tracked:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(DEMO / path, tmp_path / path)
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "add", "-A"], check=True)
    platform = manifest.load(tmp_path)
    scan = scan_of(platform)
    scanned = secrets.no_secret_in_tracked_files(platform, scan.tracked(platform))
    held = secrets.baseline_audited_and_current(platform.tables.platform, scan.baseline(platform.tables.platform))
    assert (scanned.findings, held.findings, held.warnings) == ((), (), ())
    assert "1 of 1 entries" in held.observed
