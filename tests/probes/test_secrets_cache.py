"""What the scan remembers: what it saw under the same rules, and never what it should decide anew."""

from __future__ import annotations

import base64
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from fixtures.probes.files import Files
from fixtures.probes.secrets import SecretScan, cache, sweep
from fixtures.probes.secrets.__main__ import main as command
from fixtures.probes.secrets.cache import Cache
from fixtures.probes.secrets.sightings import ScanFailed
from fixtures.probes.secrets.tree import Reader, Subject
from tests.credentials import Mint
from tests.platforms import Copy
from tests.probes.test_secrets import repository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fixtures.model.secrets import Scan


class Kept:
    """A repository and the cache of its scans."""

    def __init__(self, folder: Path) -> None:
        self.root, self.folder = folder / "root", folder / "cache"
        self.said: list[str] = []
        self.baseline = ""
        self.name = "acme"

    def scan(self) -> Scan:
        """A new scan by what the last one kept."""
        subject = Subject(self.root.resolve(), self.name, self.baseline)
        kept = Cache(self.folder, subject.root, self.said.append)
        return SecretScan(subject, Files(self.root), kept).tracked_files()

    @property
    def file(self) -> Path:
        """The cache's file."""
        (file,) = self.folder.iterdir()
        return file


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """Three clean files, a binary and one that holds a credential, scanned once."""
    kept = Kept(tmp_path)
    key = Mint().shaped()["Groq key"]
    files: dict[str, str | bytes] = {"a.ts": "1\n", "b.ts": "2\n", "c.ts": "3\n", "d.bin": b"\0", "key.ts": f'"{key}"'}
    repository(kept.root, files)
    kept.scan()
    return kept


def test_only_what_changed_is_read_again(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that git vouches for are not read, those with a finding neither, and the answer is the same."""
    monkeypatch.setattr(Reader, "content", None)
    again = kept.scan()
    assert (again.files, again.known) == (4, 3)
    assert [one.path for one in again.exposures] == ["key.ts"]
    assert ("binary files", 1) in [(one.rule, one.count) for one in again.passed]
    monkeypatch.undo()
    (kept.root / "b.ts").write_text(Mint(9).shaped()["Groq key"])
    changed = kept.scan()
    assert changed.known == 2
    assert [one.path for one in changed.exposures] == ["b.ts", "key.ts"]


def test_renamed_file_is_known_by_its_content(kept: Kept) -> None:
    """Contents are known, not paths."""
    (kept.root / "a.ts").rename(kept.root / "z.ts")
    subprocess.run(["git", "-C", str(kept.root), "add", "-A"], check=True)
    assert kept.scan().known == 3


def test_edit_that_is_undone_leaves_the_file_known(kept: Kept) -> None:
    """What git holds was clean when it was read, whatever stood in the working tree meanwhile."""
    (kept.root / "a.ts").write_text(Mint(9).shaped()["Groq key"])
    assert kept.scan().known == 2
    (kept.root / "a.ts").write_text("1\n")
    subprocess.run(["git", "-C", str(kept.root), "update-index", "--refresh"], check=True)
    assert kept.scan().known == 3


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_file_that_git_was_told_not_to_look_at_is_read(flag: str, kept: Kept) -> None:
    """What git would not notice as changed is not believed to be unchanged."""
    subprocess.run(["git", "-C", str(kept.root), "update-index", flag, "a.ts"], check=True)
    (kept.root / "a.ts").write_text(Mint(9).shaped()["Groq key"])
    assert [one.path for one in kept.scan().exposures] == ["a.ts", "key.ts"]


def test_baseline_is_decided_anew(kept: Kept) -> None:
    """A verdict of the baseline that comes or goes is seen though no file changed."""
    assert [one.standing for one in kept.scan().exposures] == ["unknown"]
    assert command([str(kept.root), "--no-cache"]) == 0
    file = kept.root / ".secrets.baseline"
    open_entry = file.read_text()
    file.write_text(open_entry.replace('"is_verified"', '"is_secret": false, "is_verified"'))
    kept.baseline = ".secrets.baseline"
    assert [one.standing for one in kept.scan().exposures] == ["accepted"]
    file.write_text(open_entry)
    assert [one.standing for one in kept.scan().exposures] == ["unaudited"]


def test_fingerprint_follows_the_platform_s_name(kept: Kept) -> None:
    """Another name of the platform gives other fingerprints at once."""
    first = kept.scan().exposures[0].fingerprint
    kept.name = "other"
    assert kept.scan().exposures[0].fingerprint != first


def test_pragma_is_bound_to_the_name_that_it_was_read_under(tmp_path: Path) -> None:
    """A pragma in a comment that YAML does not have allows nothing once the file is YAML."""
    kept = Kept(tmp_path)
    key = Mint().shaped()["Groq key"]
    repository(kept.root, {"a.ts": f'"{key}" // pragma: allowlist secret\n'})
    for _ in range(2):
        told = kept.scan()
        assert told.exposures == ()
        assert [(one.rule, one.count) for one in told.passed] == [("values allowed by a pragma", 1)]
    (kept.root / "a.ts").rename(kept.root / "a.yaml")
    subprocess.run(["git", "-C", str(kept.root), "add", "-A"], check=True)
    assert [one.path for one in kept.scan().exposures] == ["a.yaml"]


def test_excluded_value_is_decided_anew(tmp_path: Path) -> None:
    """What only a filter of the baseline left out is found when the filter goes."""
    kept = Kept(tmp_path)
    filters = '[{"path": "detect_secrets.filters.regex.should_exclude_line", "pattern": ["vendored"]}]'
    base = f'{{"version": "1.5.0", "plugins_used": [], "filters_used": {filters}, "results": {{}}}}'
    repository(kept.root, {"a.ts": Mint().shaped()["Groq key"] + " vendored\n", ".secrets.baseline": base})
    kept.baseline = ".secrets.baseline"
    assert kept.scan().exposures == kept.scan().exposures == ()
    kept.baseline = ""
    assert len(kept.scan().exposures) == 1


def test_other_rules_know_nothing(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change of the detectors, of detect-secrets or of Python reads everything again, without a word."""
    monkeypatch.setattr(cache, "_rules", lambda: "other")
    assert kept.scan().known == 0
    assert kept.said == []


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20])


def _other_byte(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def _open_to_all(file: Path) -> None:
    file.chmod(0o666)


def _link(file: Path) -> None:
    moved = file.parent.parent / "moved"
    file.rename(moved)
    file.symlink_to(moved)


def _pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file, 0o600)


def _empty(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize("damage", [_cut, _other_byte, _open_to_all, _link, _pipe, _empty])
def test_damaged_or_foreign_cache_is_discarded_with_a_warning(damage: Callable[[Path], None], kept: Kept) -> None:
    """It is not believed, everything is read, and the next scan knows again."""
    damage(kept.file)
    told = kept.scan()
    assert (told.known, len(told.exposures)) == (0, 1)
    (line,) = kept.said
    assert line.startswith("The secret scan's cache is discarded, and everything is read: ")
    assert kept.scan().known == 3


def test_cache_holds_no_value_and_is_its_owner_s(kept: Kept) -> None:
    """Of a finding its place and hashes are in the file, no part of its value, and nobody else may read it."""
    text = kept.file.read_text("ascii")
    value = Mint().shaped()["Groq key"]
    (word,) = (word.split(":")[1] for word in text.split() if ":" in word)
    held = base64.urlsafe_b64decode(word).decode()
    (one,) = kept.scan().exposures
    assert kept.file.stat().st_mode & 0o777 == 0o600
    assert one.fingerprint in held
    body = value.removeprefix("gsk_")
    assert not [part for part in (body[:6], body[-6:], value[:8], "key.ts") if part in text + held]


def test_cache_that_cannot_be_written_is_said_and_stops_nothing(kept: Kept) -> None:
    """A scan without a place for its cache is a scan all the same."""
    kept.folder = kept.root / "a.ts" / "cache"
    assert len(kept.scan().exposures) == 1
    assert kept.said[-1].startswith("The secret scan's cache could not be written: ")


def test_run_keeps_its_cache_in_the_suite_s_folder_unless_told_not_to(tmp_path: Path) -> None:
    """A run of pytest remembers too; --no-cache reads all again; nothing is written into the platform."""
    copy = Copy(tmp_path / "copy")
    before = {path for path in copy.root.rglob("*") if "node_modules" not in path.parts and ".git" not in path.parts}
    where = ("-p", "cacheprovider", "-o", f"cache_dir={tmp_path / 'kept'}", "-k", "tracked_files_hold")
    observed = [copy.run(*where, *more).rows()["SEC-001", "platform"].observed for more in ((), (), ("--no-cache",))]
    assert ["found clean" in one for one in observed] == [False, True, False]
    after = {path for path in copy.root.rglob("*") if "node_modules" not in path.parts and ".git" not in path.parts}
    assert after == before


def test_two_processes_find_what_one_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many files are read by two processes, with the same result in the same order."""
    mint = Mint()
    files: dict[str, str | bytes] = {
        f"f{n:03}.ts": f"{n}\n" + (mint.shaped()["Groq key"] if n % 10 == 0 else "") for n in range(100)
    }
    scan = repository(tmp_path, files)
    one = scan.tracked_files()
    monkeypatch.setattr(sweep, "ENOUGH", 1)
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    forks: list[int] = []
    fork = os.fork

    def counted() -> int:
        forks.append(1)
        return fork()

    monkeypatch.setattr(os, "fork", counted)
    assert SecretScan(scan.subject, scan.files).tracked_files() == one
    assert len(one.exposures) == 10
    assert len(forks) in (0, 1)  # none where this machine has one processor
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")
    forks.clear()
    assert SecretScan(scan.subject, scan.files).tracked_files() == one
    assert forks == []


def test_second_process_that_fails_is_the_scan_s_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process could not read is not clean."""
    monkeypatch.setattr(sweep, "ENOUGH", 1)
    monkeypatch.setattr(sweep, "_may_fork", lambda: True)
    parent = os.getpid()

    def work(items: object) -> list[object]:
        if os.getpid() != parent:
            raise MemoryError
        return []

    with pytest.raises(ScanFailed, match="second process"):
        sweep.in_two(work, [1, 2], lambda _: 10)
