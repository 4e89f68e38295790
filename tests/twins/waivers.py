"""Edits that leave a waiver without anything to excuse."""

from __future__ import annotations

from tests.platforms import Copy, Twin

WAIVER = """
[[waiver]]
item = "{item}"
target = "{target}"
reason = "written for a row that is not there"
owner = "platform-team"
expires = 2026-12-31
"""


def _waive(item: str, target: str) -> Twin:
    def edit(copy: Copy) -> None:
        copy.append("preflight.toml", WAIVER.format(item=item, target=target))

    return Twin(f"a waiver names {item} on {target}", edit)


TWINS = {"WVR-001": (_waive("DOC-006", "recovery-plans"), _waive("ABC-001", "worker"))}
