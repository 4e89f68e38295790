"""Rules about the files of the work tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from fixtures.model.platform import File, Platform
    from fixtures.model.tree import Conflicts, FileState


def is_there(file: File, evidence: Evidence[FileState]) -> Verdict:
    """Hold a file against existing inside the platform, being tracked, and holding more than white space."""
    state = evidence.value
    problems = _problems(state)
    link = f", through a link to {state.link}" if state.link and state.exists else ""
    observed = (
        f"{file.path} is tracked and holds {state.size} bytes{link}" if not problems else f"{file.path} {problems[0]}"
    )
    return Verdict(evidence, observed, tuple(Finding(problem, file.path) for problem in problems))


def _problems(state: FileState) -> list[str]:
    if not state.exists:
        why = f" (a link to {state.link})" if state.link else ", though git tracks it" if state.tracked else ""
        return [f"does not exist{why}"]
    if state.leaves:
        return ["is a link that leaves the platform's folder"]
    if state.is_folder:
        return ["is a folder, a file is expected"]
    problems = []
    if not state.tracked:
        problems.append("is not tracked by git, so a fresh clone lacks it")
    elif not state.target_tracked:
        problems.append(f"is a link to {state.link}, which git does not track")
    if state.size == 0:
        problems.append("is empty")
    elif state.blank:
        problems.append("holds white space only")
    elif state.pointer:
        problems.append("is a pointer of Git LFS: its content was not checked out")
    return problems


def no_merge_is_unfinished(platform: Platform, evidence: Evidence[Conflicts]) -> Verdict:
    """Hold tracked text against whole conflicts; a lone marker, or one in a document's code block, is a warning."""
    seen = evidence.value
    findings = tuple(
        Finding("a merge conflict begins here and was committed unresolved", conflict.place)
        for conflict in seen.found
        if conflict.whole and not conflict.fenced
    )
    doubts = tuple(
        Finding(
            "a merge conflict stands in a code block: an example, or unresolved"
            if conflict.whole
            else "a conflict marker stands here without its other half",
            conflict.place,
        )
        for conflict in seen.found
        if not conflict.whole or conflict.fenced
    )
    if not findings and seen.unread:
        evidence.cannot_tell(f"{len(seen.unread)} tracked files could not be read, {seen.unread[0]} first")
    binary = f"; {seen.binary} binary files passed over" if seen.binary else ""
    observed = f"{seen.files} tracked text files searched, {len(findings)} unresolved conflicts{binary}"
    return Verdict(evidence, observed, findings, doubts)
