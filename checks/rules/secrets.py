"""Holds the secret scan and its baseline against what may stand in a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from fixtures.model.platform import Platform, Settings
    from fixtures.model.secrets import Baseline, Buried, Entry, Exposure, History, Scan, Unread

SAID = {
    "unknown": "",
    "unaudited": "; the baseline lists it, and nobody has audited that entry",
    "real": "; the baseline's auditor called it real",
}
STALE = {
    "gone": "the value it accepts is no longer in the file",
    "no file": "git tracks no such file",
}


def no_secret_in_tracked_files(platform: Platform, scanned: Evidence[Scan]) -> Verdict:
    """Expect no credential but those that the baseline's auditor called none.

    Unverified where nothing was found and a text file could not be read.
    """
    scan = scanned.value
    findings = tuple(_exposed(found) for found in scan.exposures if found.standing != "accepted")
    if scan.unread and not findings:
        scanned.cannot_tell(
            f"{_not_read(scan.unread)}; none of {scan.files} others holds a secret",
            "Make every tracked text file readable to the user that runs the suite.",
        )
    return Verdict(scanned, f"{len(findings) or 'no'} secrets: {_coverage(scan)}", findings)


def _not_read(unread: tuple[Unread, ...]) -> str:
    others = f", nor could {len(unread) - 1} others" if len(unread) > 1 else ""
    return f"{unread[0].path} could not be read ({unread[0].reason}){others}"


def _exposed(found: Exposure) -> Finding:
    return Finding(
        f"{found.kind} with fingerprint {found.fingerprint} is in a tracked file, columns {found.column} to "
        f"{found.end}{SAID[found.standing]}; how to replace it: {found.rotate}",
        found.where,
    )


def _coverage(scan: Scan) -> str:
    listed = "files of the folder (it is no git work tree)" if scan.walked else "tracked files"
    accepted = sum(found.standing == "accepted" for found in scan.exposures)
    parts = [f"{scan.files - scan.known} {listed} read, {scan.characters:,} characters"]
    if scan.known:
        parts.append(f"{scan.known} more hold what an earlier scan by the same rules found clean")
    if accepted:
        parts.append(f"{accepted} accepted by {scan.baseline}")
    if scan.passed:
        parts.append("passed over: " + ", ".join(f"{passed.count} {passed.rule}" for passed in scan.passed))
    if scan.unread:
        parts.append(f"{len(scan.unread)} files could not be read")
    return "; ".join(parts)


def no_secret_in_history(platform: Platform, read: Evidence[History]) -> Verdict:
    """Expect no credential in any commit but those that the baseline's auditor, or a pragma in HEAD, calls none.

    Those that the manifest calls replaced pass while no file of HEAD holds them; one that it names in vain is a
    warning. Unverified where nothing was found and a part of the history is not there or could not be read.
    """
    history = read.value
    replaced = frozenset(platform.tables.platform.secrets_replaced)
    findings = tuple(_dug_up(found) for found in history.buried if found.in_head or found.fingerprint not in replaced)
    held = f"{history.contents:,} contents of {history.commits:,} commit{'s' if history.commits > 1 else ''}"
    if history.shallow and not findings:
        read.cannot_tell(
            f"this is a shallow clone: only its {held} could be read, and none holds a secret",
            "Clone the whole history: `fetch-depth: 0` for actions/checkout, `git fetch --unshallow` in a clone.",
        )
    if history.unread and not findings:
        read.cannot_tell(
            f"{_not_read(history.unread)}; none of the {held} that were read holds a secret",
            "Fetch what is missing (`git fetch --refetch --no-filter`) and run it again.",
        )
    idle = sorted(replaced - {found.fingerprint for found in history.buried})
    warnings = tuple(Finding(f"secrets_replaced names {one}, which no commit holds", "preflight.toml") for one in idle)
    parts = [f"{len(findings) or 'no'} secrets in {held}"]
    if len(history.buried) > len(findings):
        parts.append(f"{len(history.buried) - len(findings)} replaced, says the manifest")
    if history.known:
        parts.append(f"{history.known:,} of them were found clean by an earlier scan by the same rules")
    if history.passed:
        parts.append("passed over: " + ", ".join(f"{passed.count} {passed.rule}" for passed in history.passed))
    return Verdict(read, "; ".join(parts), findings, warnings)


def _dug_up(found: Buried) -> Finding:
    now = "a file of HEAD still holds it" if found.in_head else "HEAD no longer holds it, every clone still does"
    return Finding(
        f"{found.kind} with fingerprint {found.fingerprint} was committed on {found.day}, columns {found.column} to "
        f"{found.end}; {now}; how to replace it: {found.rotate}",
        f"{found.commit[:12]}:{found.path}:{found.line}",
    )


def baseline_audited_and_current(settings: Settings, held: Evidence[Baseline]) -> Verdict:
    """Expect a verdict on every entry, none of them `real`, and each value still in its file.

    An entry whose value stands on another line than it says still holds. A plugin that neither
    detect-secrets nor this suite knows is a warning: the entries of its kind cannot be made again.
    """
    baseline = held.value
    unreadable = [entry for entry in baseline.entries if entry.state == "unreadable"]
    findings = tuple(finding for entry in baseline.entries for finding in _defects(baseline, entry))
    if unreadable and not findings:
        held.cannot_tell(f"{unreadable[0].path}, which the baseline names, cannot be read")
    warnings = tuple(
        Finding(f"the baseline was made with the plugin {name}, which detect-secrets 1.5 does not have", baseline.path)
        for name in baseline.unknown_plugins
    )
    moved = sum(entry.state == "moved" for entry in baseline.entries)
    audited = sum(entry.real is False for entry in baseline.entries)
    observed = (
        f"a baseline of detect-secrets {baseline.version} with {baseline.plugins} plugins: "
        f"{audited} of {len(baseline.entries)} entries are audited as no secret"
    )
    return Verdict(
        held, observed + (f", {moved} stand on another line than it says" if moved else ""), findings, warnings
    )


def _defects(baseline: Baseline, entry: Entry) -> list[Finding]:
    place = f"{entry.path}:{entry.line}" if entry.line else entry.path
    if entry.state in STALE:
        return [Finding(f"the entry for {entry.kind} at {place} is stale: {STALE[entry.state]}", baseline.path)]
    if entry.real is None:
        return [Finding(f"the entry for {entry.kind} at {place} is not audited", baseline.path)]
    if entry.real:
        return [
            Finding(
                f"the entry for {entry.kind} at {place} is audited as a real secret and is still there", baseline.path
            )
        ]
    return []
