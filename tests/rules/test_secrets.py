"""SEC rules, both ways: what they hold against a repository, and what they say of a clean one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from checks.rules import secrets
from fixtures.model.platform import Manifest, Platform, Settings
from fixtures.model.secrets import Baseline, Entry, Exposure, Passed, Scan, Standing, State, Unread
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
