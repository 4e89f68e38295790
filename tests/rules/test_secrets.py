"""SEC rules, both ways: what they hold against a repository, and what they say of a clean one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from checks.rules import secrets
from fixtures.model.platform import Manifest, Platform, Settings
from fixtures.model.secrets import Baseline, Buried, Entry, Exposure, History, Passed, Scan, Standing, State, Unread
from fixtures.model.verdicts import Evidence, NotObserved, NotReady, Verdict
from fixtures.probes.observe import Broken, observe

SETTINGS = Settings(name="acme", secrets_baseline=".secrets.baseline")
PLATFORM = Platform(Path("/acme"), Manifest(platform=SETTINGS))
CLEAN = Scan(412, 0, 9_100_000, (), (), (), walked=False, baseline="")
FOUND = Exposure("Groq key", "lib/a.ts", 3, 15, 70, "3fa2b1", "https://console.groq.com/keys")
HELD = Baseline(".secrets.baseline", "1.5.0", 27, (), ())


def scanned(scan: Scan) -> Verdict:
    """The verdict of SEC-001 on a scan."""
    return secrets.no_secret_in_tracked_files(PLATFORM, Evidence("asked", seen=scan))


def held(baseline: Baseline) -> Verdict:
    """The verdict of SEC-003 on a baseline."""
    return secrets.baseline_audited_and_current(SETTINGS, Evidence("asked", seen=baseline))


def entry(*, real: bool | None = False, state: State = "current") -> Entry:
    """One entry of a baseline."""
    return Entry("lib/a.ts", "Groq key", 3, real, state)


def test_clean_tree_passes_with_figures() -> None:
    """A pass says how many files were read and what was passed over."""
    verdict = scanned(replace(CLEAN, passed=(Passed(2, "source maps"), Passed(1, "lock files"))))
    assert verdict.findings == ()
    assert verdict.observed == (
        "no secrets: 412 tracked files read, 9,100,000 characters; passed over: 2 source maps, 1 lock files"
    )


def test_finding_names_kind_place_fingerprint_and_page() -> None:
    """A finding tells what it is, where, which value again, and where to replace it."""
    verdict = scanned(replace(CLEAN, exposures=(FOUND,)))
    assert [str(finding) for finding in verdict.findings] == [
        "lib/a.ts:3:15: Groq key with fingerprint 3fa2b1 is in a tracked file, columns 15 to 70; "
        "how to replace it: https://console.groq.com/keys"
    ]


@pytest.mark.parametrize(("standing", "findings"), [("unknown", 1), ("unaudited", 1), ("real", 1), ("accepted", 0)])
def test_only_an_accepted_exposure_passes(standing: Standing, findings: int) -> None:
    """What the baseline lists without a verdict, or as real, is a finding still."""
    verdict = scanned(replace(CLEAN, exposures=(replace(FOUND, standing=standing),), baseline=".secrets.baseline"))
    assert len(verdict.findings) == findings
    assert ("1 accepted by .secrets.baseline" in verdict.observed) is (standing == "accepted")


def test_unread_file_is_unverified_but_hides_no_finding() -> None:
    """A text file that could not be read leaves the item unverified, unless a secret was found elsewhere."""
    unread = replace(CLEAN, unread=(Unread("lib/b.ts", "Permission denied"), Unread("lib/c.ts", "Permission denied")))
    with pytest.raises(NotObserved, match=r"lib/b\.ts could not be read \(Permission denied\), nor could 1 others"):
        scanned(unread)
    assert len(scanned(replace(unread, exposures=(FOUND,))).findings) == 1


def test_walked_folder_says_so() -> None:
    """A folder that is no git work tree is named as such in the observation."""
    assert "it is no git work tree" in scanned(replace(CLEAN, walked=True)).observed


def test_audited_baseline_passes_with_figures() -> None:
    """A pass says the format, the plugins and how many entries were judged; a moved line is a note."""
    verdict = held(replace(HELD, entries=(entry(), entry(state="moved"))))
    assert (verdict.findings, verdict.warnings) == ((), ())
    assert verdict.observed == (
        "a baseline of detect-secrets 1.5.0 with 27 plugins: 2 of 2 entries are audited as no secret, "
        "1 stand on another line than it says"
    )


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (entry(real=None), "is not audited"),
        (entry(real=True), "is audited as a real secret and is still there"),
        (entry(state="gone"), "is stale: the value it accepts is no longer in the file"),
        (entry(real=True, state="no file"), "is stale: git tracks no such file"),
    ],
)
def test_entry_that_does_not_hold_is_a_finding(broken: Entry, said: str) -> None:
    """An entry without a verdict, one called real, and one whose value or file is gone each fail."""
    (finding,) = held(replace(HELD, entries=(entry(), broken))).findings
    assert finding.text == f"the entry for Groq key at lib/a.ts:3 {said}"
    assert finding.where == ".secrets.baseline"


def test_plugin_that_nobody_has_is_a_warning() -> None:
    """A baseline made with a plugin of another tool still holds, and says that it cannot be made again."""
    verdict = held(replace(HELD, unknown_plugins=("AcmeDetector",)))
    assert verdict.findings == ()
    assert "AcmeDetector" in verdict.warnings[0].text


def test_entry_in_a_file_that_cannot_be_read_is_unverified() -> None:
    """Whether such an entry still stands is not known."""
    with pytest.raises(NotObserved):
        held(replace(HELD, entries=(entry(state="unreadable"),)))


def test_broken_baseline_is_a_finding() -> None:
    """The probe's fault becomes the item's failure."""

    def ask() -> Baseline:
        raise Broken(".secrets.baseline does not exist", ".secrets.baseline")

    with pytest.raises(NotReady):
        secrets.baseline_audited_and_current(SETTINGS, observe("asked", "", ask))


GONE = Buried(
    "Groq key",
    "lib/a.ts",
    3,
    15,
    70,
    "3fa2b1",
    "https://console.groq.com/keys",
    "0a1b2c3d4e5f60718293",
    "2026-01-31",
    in_head=False,
)
PAST = History(412, 9_100, 0, (), (), (), shallow=False, baseline="")


def dug(history: History, *replaced: str) -> Verdict:
    """The verdict of SEC-002 on a history."""
    platform = Platform(Path(), Manifest(platform=Settings(name="acme", secrets_replaced=replaced)))
    return secrets.no_secret_in_history(platform, Evidence("asked", seen=history))


def test_clean_history_says_how_much_was_read() -> None:
    """The evidence of a pass names contents, commits, and what an earlier scan had read."""
    assert dug(PAST).observed == "no secrets in 9,100 contents of 412 commits"
    again = dug(replace(PAST, known=9_000, passed=(Passed(3, "binary files"),)))
    assert "9,000 of them were found clean by an earlier scan" in again.observed
    assert "passed over: 3 binary files" in again.observed


@pytest.mark.parametrize(
    ("in_head", "said"), [(True, "a file of HEAD still holds it"), (False, "HEAD no longer holds it, every clone")]
)
def test_buried_secret_is_told_with_its_commit(in_head: bool, said: str) -> None:
    """Commit, path, line, kind, columns, day, page, and whether HEAD has it."""
    (finding,) = dug(replace(PAST, buried=(replace(GONE, in_head=in_head),))).findings
    assert finding.where == "0a1b2c3d4e5f:lib/a.ts:3"
    assert said in finding.text
    for part in ("Groq key", "3fa2b1", "2026-01-31", "columns 15 to 70", "https://console.groq.com/keys"):
        assert part in finding.text


def test_replaced_secret_passes_while_head_does_not_hold_it() -> None:
    """The manifest accepts what lies in old commits alone; a name in vain is a warning."""
    held = replace(PAST, buried=(GONE,))
    assert dug(held, "3fa2b1").findings == ()
    assert "1 replaced, says the manifest" in dug(held, "3fa2b1").observed
    assert len(dug(replace(PAST, buried=(replace(GONE, in_head=True),)), "3fa2b1").findings) == 1
    verdict = dug(held, "000000")
    assert len(verdict.findings) == 1
    assert [warning.text for warning in verdict.warnings] == ["secrets_replaced names 000000, which no commit holds"]


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        ({"shallow": True}, "this is a shallow clone"),
        ({"unread": (Unread("3 contents", "missing"),)}, r"3 contents could not be read \(missing\)"),
    ],
)
def test_gap_in_the_history_is_unverified_but_hides_no_finding(gap: dict[str, object], said: str) -> None:
    """What is not there cannot be called clean; what was found stays found."""
    history = replace(PAST, **gap)  # type: ignore[arg-type]
    with pytest.raises(NotObserved, match=said):
        dug(history)
    assert len(dug(replace(history, buried=(GONE,))).findings) == 1
