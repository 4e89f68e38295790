"""Ledgers for the renderers' tests: one as a run would leave it, and one full of what must not run or break."""

from __future__ import annotations

from dataclasses import replace

from fixtures.model.ledger import AttestationNote, Ledger, Outcome, Row, Severity, WaiverNote
from fixtures.model.verdicts import Finding

SEEN_AT = "2026-11-23T07:29:05Z"
SIGNED = AttestationNote("dana", "2026-11-20", "https://wiki.shop.example/rotation", "2027-02-20", "live")
SCRIPT = "<script>window.hit = 1</script>"
HOSTILE = (
    SCRIPT,
    "<img src=x onerror=\"window.hit = 1\"><svg/onload='window.hit = 1'>",
    '"><b>\' onmouseover="window.hit = 1" `',
    "</td></tr></table></section></style></script></title><!-- ]]> <![CDATA[ &amp; &#x3c;",
    "\u202eright to left\u202c \u2067isolate\u2069 \u200f \u05e9\u05dc\u05d5\u05dd",
    "NUL \x00, bell \x07, escape \x1b[31m, delete \x7f, C1 \x9b, line \u2028, BOM \ufeff, not a character \uffff",
    "a lone surrogate \ud800 and a file name \udcff",
    "E   starts like an error\nEvil second line\r\nthird | column `code` **bold** [link](javascript:alert(1))",
    "@everyone #1 https://evil.example www.evil.example $x$ ~~gone~~ {{ 7 * 7 }} {% raw %}",
    "long " + "<i>" * 350_000,
)


def row(item: str, target: str, verdict: Outcome = "pass", severity: Severity = "high", **more: object) -> Row:
    """A row with plausible words; `more` replaces any of them."""
    plain = Row(
        item=item,
        title=f"What {item} says must hold does hold.",
        target=target,
        phase="predeploy",
        area=item.partition("-")[0],
        severity=severity,
        verdict=verdict,
        asked=f"what {target} is like",
        observed=f"3 of 3 places of {target} looked at",
        where="services/worker/Dockerfile:12",
        remediation="Set it right, then run the phase again.",
        seconds=0.012,
        at=SEEN_AT,
        node=f"checks/test_area.py::test_{item}[{target}]",
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def ledger(*rows: Row, **more: object) -> Ledger:
    """A run of these rows."""
    plain = Ledger(
        platform="shop",
        phase="predeploy",
        started=SEEN_AT,
        seconds=12.34,
        as_of="2026-11-23",
        suite="1.0.0",
        strict=False,
        unverified_allowed=False,
        rows=rows,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def waiver(expires: str = "2026-12-01", state: str = "live") -> WaiverNote:
    """A waiver's note."""
    return WaiverNote("The plan is being rewritten with the new provider.", "ops@shop.example", expires, state)  # type: ignore[arg-type]


def attested() -> Row:
    """A row that no API decides and a person signed."""
    return row("BCK-003", "main", "attested", attestation=SIGNED)


def typical() -> Ledger:
    """Every verdict at least once, a problem of the run, an item that is gone, a phase that was not selected."""
    key = Finding("decodes to 16 bytes (32 hex digits), 32 are needed", "services/worker/.env.production:4")
    root = Finding("the final stage runs as root: no USER instruction", "services/worker/Dockerfile:18")
    rows = [
        row("ENV-004", "worker-ENCRYPTION_KEY", "fail", "critical", findings=(key,), observed="16 bytes of key"),
        row("IMG-004", "worker", "fail", "high", findings=(root,), title="The image runs as an ordinary user."),
        row("BLD-001", "web", "error", observed="the check itself failed (KeyError)", at="", asked="", where=""),
        row(
            "BLD-002",
            "web",
            "unverified",
            "medium",
            observed="not observed: eslint is not installed",
            remediation="Run npm ci in the platform's folder.",
        ),
        row("DOC-006", "recovery-plan", "waived", "medium", waiver=waiver(), findings=(Finding("is 400 days old"),)),
        row("DOC-001", "checklist", "fail", "low", waiver=waiver("2026-11-01", "expired")),
        row("DEP-001", "worker", "warn", "low", warnings=(Finding("is read until 2026-12-01", "railway.json"),)),
        row("ROT-002", "rotate-secrets", "attested", "medium"),
    ]
    rows += [row("ENV-001", f"worker-NAME_{number}") for number in range(20)]
    rows += [row("HLT-001", f"{name}-health", "not selected", phase="smoke", at="") for name in ("web", "worker")]
    return ledger(
        *rows,
        problems=("test process gw1 died; what it was running is listed as an error",),
        not_looked_at=("[[backup]] database: no item of this run looks at it",),
        gone=(("DOC-002", "runbook-ru-worker-idle"),),
        demo=True,
    )


def hostile() -> Ledger:
    """Each hostile text in every place that takes text, under each verdict that pages show in words."""
    rows = []
    verdicts: tuple[Outcome, ...] = ("fail", "unverified", "waived", "warn", "error", "pass")
    for number, said in enumerate(HOSTILE):
        for verdict in verdicts:
            found = (Finding(said, said),)
            note = WaiverNote(said, said, said, "live") if verdict == "waived" else None
            rows.append(
                row(
                    f"ENV-{number:03d}",
                    f"{verdict} {said}",
                    verdict,
                    title=said,
                    area=said[:40],
                    phase=said[:40],
                    asked=said,
                    observed=said,
                    where=said,
                    remediation=said,
                    findings=found if verdict != "warn" else (),
                    warnings=found if verdict == "warn" else (),
                    waiver=note,
                    attestation=AttestationNote(said, said, said, said, "live"),
                    at=said[:60],
                    node=f"{verdict} {said}",
                )
            )
    gone = tuple((said, said) for said in HOSTILE)
    said = SCRIPT
    return ledger(*rows, problems=HOSTILE, not_looked_at=HOSTILE, gone=gone, platform=said, started=said, suite=said)
