"""Edits that leave a waiver without anything to excuse, an attestation without anything to attest."""

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


ATTESTATION = """
[[attestation]]
item = "{item}"
target = "{target}"
by = "platform-team"
on = 2026-11-20
evidence = "https://tickets.agentdesk.example/OPS-1"
expires = 2027-02-20
"""


def _waive(item: str, target: str) -> Twin:
    def edit(copy: Copy) -> None:
        copy.append("preflight.toml", WAIVER.format(item=item, target=target))

    return Twin(f"a waiver names {item} on {target}", edit)


def _attest(item: str, target: str) -> Twin:
    def edit(copy: Copy) -> None:
        copy.append("preflight.toml", ATTESTATION.format(item=item, target=target))

    return Twin(f"an attestation names {item} on {target}", edit)


TWINS = {
    "WVR-001": (_waive("DOC-006", "recovery-plans"), _waive("ABC-001", "worker")),
    "WVR-002": (_attest("ALR-004", "website"), _attest("ABC-001", "worker")),
}
