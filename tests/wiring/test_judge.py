"""How a check's end becomes a verdict: the table of design, case by case."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, timedelta

import pytest

from fixtures.model.ledger import Ledger, Row
from fixtures.model.platform import Attestation, Waiver
from fixtures.model.verdicts import Evidence, Finding, NotObserved, NotReady, Verdict
from fixtures.wiring.judge import Ground, account, judge

TODAY = date(2026, 11, 23)
ROW = Row("ENV-001", "It is set.", "worker-A", "predeploy", "ENV", "high", "not selected", remediation="Set it.")
SEEN: Evidence[object] = Evidence("asked", "here", seen=1)
FINDING = Finding("is wrong", "a.ts:1")
SOUND = Verdict(SEEN, "fine")
ADVISED = Verdict(SEEN, "nearly fine", warnings=(FINDING,))
BROKEN = NotReady(Verdict(SEEN, "not fine", (FINDING,)))
UNSEEN = NotObserved(Evidence("asked", "here", error="no tool", hint="Install it."))


UNDECIDABLE = NotObserved(Evidence("asked", "here", error="no API tells", hint="Look.", undecidable=True))


def _attestation(seen: int, expires: int) -> Attestation:
    return Attestation(
        item="ENV-001",
        target="worker-A",
        by="ops",
        on=TODAY + timedelta(days=seen),
        evidence="https://tickets.example/1",
        expires=TODAY + timedelta(days=expires),
    )


def _waiver(days: int) -> Waiver:
    expires = TODAY + timedelta(days=days)
    return Waiver(item="ENV-001", target="worker-A", reason="until the release", owner="ops", expires=expires)


@pytest.mark.parametrize(
    ("ended", "waiver", "verdict"),
    [
        (SOUND, None, "pass"),
        (ADVISED, None, "warn"),
        (BROKEN, None, "fail"),
        (UNSEEN, None, "unverified"),
        (None, None, "error"),
        (RuntimeError("bug"), None, "error"),
        (BROKEN, _waiver(1), "waived"),
        (BROKEN, _waiver(0), "waived"),  # its last day counts
        (BROKEN, _waiver(-1), "fail"),
        (SOUND, _waiver(1), "fail"),  # no longer needed
        (ADVISED, _waiver(1), "fail"),
        (UNSEEN, _waiver(1), "unverified"),  # a waiver excuses what is known, not what nobody saw
        (RuntimeError("bug"), _waiver(1), "error"),
    ],
)
def test_verdict_follows_from_end_and_waiver(ended: object, waiver: Waiver | None, verdict: str) -> None:
    """Each end of a check, with and without a waiver, gives the verdict that the contract names."""
    assert judge(ROW, ended, Ground(waiver, TODAY)).verdict == verdict  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ended", "attestation", "verdict"),
    [
        (UNDECIDABLE, None, "unverified"),
        (UNDECIDABLE, _attestation(-10, 30), "attested"),
        (UNDECIDABLE, _attestation(0, 0), "attested"),  # its first and its last day count
        (UNDECIDABLE, _attestation(-10, -1), "fail"),
        (UNDECIDABLE, _attestation(1, 30), "fail"),  # nobody has seen it yet
        (UNSEEN, _attestation(-10, 30), "unverified"),  # a missing tool or token is no matter of opinion
        (BROKEN, _attestation(-10, 30), "fail"),  # what was observed goes before what was attested
        (SOUND, _attestation(-10, -1), "pass"),
        (RuntimeError("bug"), _attestation(-10, 30), "error"),
    ],
)
def test_attestation_covers_what_no_api_decides(ended: object, attestation: Attestation | None, verdict: str) -> None:
    """And nothing else; an expired one fails."""
    row = judge(ROW, ended, Ground(None, TODAY, attestation))  # type: ignore[arg-type]
    assert row.verdict == verdict
    assert (row.attestation is None) == (ended is not UNDECIDABLE or attestation is None)


def test_attested_row_tells_who_saw_what_and_until_when() -> None:
    """Name, day, link and end are in the row; without an attestation it says how to write one."""
    attested = judge(ROW, UNDECIDABLE, Ground(None, TODAY, _attestation(-10, 30)))
    for part in ("ops", "2026-11-13", "https://tickets.example/1", "2026-12-23", "no API tells"):
        assert part in attested.observed
    assert Row.from_json(asdict(attested)) == attested
    assert (
        '[[attestation]] item = "ENV-001", target = "worker-A"'
        in judge(ROW, UNDECIDABLE, Ground(None, TODAY)).remediation
    )


@pytest.mark.parametrize(("hint", "said"), [("Enter it.", "Enter it. Or attest it: [["), ("", "Attest it: [[")])
def test_an_attestation_is_offered_as_the_other_way(hint: str, said: str) -> None:
    """Where something else would do, both are told, and that one of them is enough."""
    unseen = NotObserved(replace(UNDECIDABLE.evidence, hint=hint))
    assert judge(ROW, unseen, Ground(None, TODAY)).remediation.startswith(said)


def test_waiver_excuses_an_expired_attestation_and_no_live_one() -> None:
    """The row of an expired one fails, so it can be waived; beside a live one the waiver is not needed."""
    assert judge(ROW, UNDECIDABLE, Ground(_waiver(1), TODAY, _attestation(-10, -1))).verdict == "waived"
    assert judge(ROW, UNDECIDABLE, Ground(_waiver(1), TODAY, _attestation(-10, 1))).verdict == "fail"


def test_row_keeps_what_a_reviewer_signs() -> None:
    """Evidence, findings and the hint to mend what could not be seen are in the row."""
    row = judge(ROW, BROKEN, Ground(None, TODAY))
    assert (row.asked, row.where, row.observed, row.findings) == ("asked", "here", "not fine", (FINDING,))
    assert row.at.endswith("Z")
    assert judge(ROW, UNSEEN, Ground(None, TODAY)).remediation == "Install it."
    assert "no tool" in judge(ROW, UNSEEN, Ground(None, TODAY)).observed


def test_expired_and_unneeded_waivers_say_so() -> None:
    """A waiver that fails its row is named in a finding with its owner."""
    late = judge(ROW, BROKEN, Ground(_waiver(-1), TODAY))
    assert "expired on 2026-11-22" in str(late.findings[-1])
    unneeded = judge(ROW, SOUND, Ground(_waiver(1), TODAY))
    assert "no longer needed" in str(unneeded.findings[0])
    assert "ops" in account(unneeded)


def _ledger(*rows: Row, **given: object) -> Ledger:
    fixed = {"strict": False, "unverified_allowed": False} | given
    return Ledger("shop", "predeploy", "2026-11-23T00:00:00Z", 1.0, "2026-11-23", "0", rows=rows, **fixed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("verdict", "given", "go"),
    [
        ("pass", {}, True),
        ("attested", {}, True),
        ("waived", {}, True),
        ("warn", {}, True),
        ("warn", {"strict": True}, False),
        ("unverified", {}, False),
        ("unverified", {"unverified_allowed": True}, True),
        ("fail", {"unverified_allowed": True}, False),
        ("error", {"unverified_allowed": True}, False),
        ("pass", {"problems": ("a process died",)}, False),
    ],
)
def test_gate_opens_only_on_what_is_known_and_sound(verdict: str, given: dict[str, object], go: bool) -> None:
    """One row decides the gate; a problem of the run closes it whatever the rows say."""
    row = replace(ROW, verdict=verdict, at="2026-11-23T00:00:00Z")  # type: ignore[arg-type]
    assert _ledger(row, **given).go is go


def test_empty_run_never_passes() -> None:
    """Nothing executed is not green: no rows, or none selected."""
    assert not _ledger().go
    assert not _ledger(ROW).go


def test_readiness_is_weighed_by_severity_over_all_declared() -> None:
    """A critical failure costs more than a low one, and rows that were not selected are not ready."""
    passed = replace(ROW, verdict="pass")
    assert _ledger(passed, replace(ROW, severity="low", verdict="fail")).readiness == pytest.approx(4 / 5)
    assert _ledger(passed, replace(ROW, severity="critical", verdict="fail")).readiness == pytest.approx(4 / 12)
    assert _ledger(passed, ROW).readiness == pytest.approx(1 / 2)


def test_ledger_survives_its_json() -> None:
    """What is written can be read back whole; a ledger of another schema is refused."""
    ledger = _ledger(judge(ROW, BROKEN, Ground(_waiver(1), TODAY)), problems=("x",), gone=(("A", "b"),))
    assert Ledger.from_json(ledger.to_json()) == Ledger.from_json(Ledger.from_json(ledger.to_json()).to_json())
    with pytest.raises(ValueError, match="schema"):
        Ledger.from_json({"schema": 0})
