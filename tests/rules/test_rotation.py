"""ROT-001 and ROT-002: what tells an age, what contradicts what, and where nothing tells."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from checks.rules.rotation import guide_covers, is_young
from fixtures.model.platform import Manifest, Platform
from fixtures.model.rotation import Age, Edited, Gap, Made, Rotated, RotatedSecret, rotated_secrets
from fixtures.model.verdicts import Evidence, NotObserved, Verdict
from tests.rules.papers import seen, sentences

if TYPE_CHECKING:
    from fixtures.model.document import Page

TODAY = date(2026, 11, 23)
SECRET = RotatedSecret("CRON_SECRET", 90)


def _at(days: int) -> datetime:
    """So many days ago, at noon."""
    return datetime(2026, 11, 23, 12, tzinfo=UTC) - timedelta(days=days)


def _made(days: int) -> tuple[Made, ...]:
    return (Made(_at(days), "iat of the token"),)


def _edited(*days: int) -> tuple[Edited, ...]:
    return tuple(Edited(f"copy {number}", _at(ago)) for number, ago in enumerate(days))


def _entry(days: int) -> Rotated:
    return Rotated(TODAY - timedelta(days=days), "Ada King", "OPS-1", "rotations.toml:1")


def _judge(**told: Any) -> Verdict:
    return is_young(SECRET, Evidence("its age", seen=Age(ledger="rotations.toml", **told)), TODAY)


@pytest.mark.parametrize(
    "told",
    [
        {"made": _made(90)},
        {"edited": _edited(90), "entry": _entry(90)},
        {"entry": _entry(90)},
        {"made": _made(90), "gaps": (Gap("CI did not tell", "Ask again."),)},
        {"made": _made(30), "edited": _edited(2, 31)},
        {"edited": _edited(2), "entry": _entry(40)},  # an edit since then may be no new value
        {"edited": _edited(41), "entry": _entry(40)},  # around midnight
        {"made": _made(39), "entry": _entry(40)},
        {"fleeting": "made for this run"},
    ],
)
def test_age_at_its_limit_passes(told: dict[str, Any]) -> None:
    """The limit is inclusive, and what lies a day apart agrees."""
    assert not sentences(_judge(**told))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"made": _made(91)}, "it was made 91 days ago (iat of the token); at most 90 are allowed"),
        (
            {"edited": _edited(91), "entry": _entry(91)},
            "it is at least 91 days old: so long ago copy 0 was last edited",
        ),
        ({"entry": _entry(91)}, "the ledger says that it was rotated 91 days ago"),
        ({"edited": _edited(5, 91)}, "copy 1 was last edited"),  # one that was left behind
        ({"made": _made(30), "edited": _edited(32)}, "it holds an old one"),
        ({"made": _made(30), "entry": _entry(28)}, "it was not replaced"),
        ({"made": _made(30), "entry": _entry(32)}, "the ledger lacks that rotation"),
        ({"edited": _edited(30), "entry": _entry(28)}, "it did not get the new value"),
        ({"entry": _entry(-1)}, "a day that has not come"),
        ({"made": _made(5), "leaked": _at(2)}, "found it in public on 2026-11-21"),
        ({"made": _made(5), "expires": _at(1)}, "it expired on 2026-11-22"),
    ],
)
def test_age_beyond_its_limit_and_contradictions_are_told(told: dict[str, Any], said: str) -> None:
    """One sentence each, with what it follows from."""
    verdict = _judge(**told)
    assert verdict.findings
    assert said in sentences(verdict)


def test_certain_age_needs_no_other_source() -> None:
    """A bound that is too old fails although another source did not answer and no ledger is there."""
    assert _judge(edited=_edited(91), gaps=(Gap("Vercel did not tell", ""),)).findings


def test_gap_is_unverified_although_the_ledger_says_young() -> None:
    """The source that did not answer might have contradicted the ledger."""
    with pytest.raises(NotObserved) as unseen:
        _judge(entry=_entry(10), gaps=(Gap("VERCEL_TOKEN has no value", "Set VERCEL_TOKEN."),))
    assert (unseen.value.evidence.error, unseen.value.evidence.hint) == (
        "VERCEL_TOKEN has no value",
        "Set VERCEL_TOKEN.",
    )
    assert not unseen.value.evidence.undecidable


@pytest.mark.parametrize("edited", [(), _edited(10)])
def test_age_that_nothing_tells_may_be_attested(edited: tuple[Edited, ...]) -> None:
    """No API decides it: a person may, in the ledger or by an attestation."""
    with pytest.raises(NotObserved) as unseen:
        _judge(edited=edited, near="CRON_SECRETS")
    assert unseen.value.evidence.undecidable
    assert "it has CRON_SECRETS" in unseen.value.evidence.error
    assert ("proves no new value" in unseen.value.evidence.error) is bool(edited)


@pytest.mark.parametrize(("left", "warns"), [(15, False), (14, True), (0, True)])
def test_token_that_ends_soon_warns(left: int, warns: bool) -> None:
    """From two weeks before on, its last day included."""
    verdict = _judge(made=_made(5), expires=_at(-left))
    assert not verdict.findings
    assert bool(verdict.warnings) is warns


def _guide(text: str) -> Evidence[tuple[Page, ...]]:
    return Evidence("the guide", seen=(seen(text, "docs/ROTATE.md").value,))


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("# Guide\n\n## CRON_SECRET\n\n1. Make one.\n", True),
        ("# Guide\n\n## `CRON_SECRET` and `JOBS_TOKEN`\n\n1. Make one.\n", True),
        ("# Guide\n\n## Cron secret\n\n1. Make one.\n", True),
        ("# Guide\n\n## CRON_SECRET\n\n### Steps\n\n1. Make one.\n", True),
        ("# Guide\n\n## CRON_SECRET_PREVIOUS\n\n1. Make one.\n", False),
        ("# Guide\n\n## Others\n\nCRON_SECRET is like the rest.\n", False),
        ("# Guide\n\n## CRON_SECRET\n\nTODO\n\n## Next\n\nText.\n", False),
        ("# Guide\n\n## CRON_SECRET\n", False),
    ],
)
def test_section_covers_the_secret_that_its_heading_names(text: str, covered: bool) -> None:
    """By its name or by its words, and with something below it."""
    assert (not guide_covers(SECRET, _guide(text)).findings) is covered


def test_secrets_with_a_limit_are_told_by_row_kind_and_vendor() -> None:
    """A text without rotate_days has none, and an optional key has none of its own; a token in two places has one."""
    rows: list[dict[str, Any]] = [
        {"name": "TEXT", "services": ["web"]},
        {"name": "OWN", "services": ["web"], "rotate_days": 30},
        {"name": "KEY", "services": ["web"], "kind": "encryption-key"},
        {"name": "KEY_PREVIOUS", "services": ["web"], "kind": "encryption-key", "required": False},
        {"name": "ANON", "services": ["web"], "kind": "supabase-anon-key"},
        {"name": "VERCEL_TOKEN", "services": ["web"], "rotate_days": 60},
    ]
    manifest = {
        "platform": {"name": "shop"},
        "service": [{"name": "web", "host": "vercel", "root": "."}],
        "variable": rows,
        "vercel": {},
        "github": {"repository": "a/b", "rotate_days": 10, "secrets_held": ["NPM_TOKEN", "OWN"]},
    }
    found = rotated_secrets(Platform(Path(), Manifest.model_validate(manifest, strict=False)))
    assert {secret.name: secret.days for secret in found} == {
        "OWN": 30,
        "KEY": 90,
        "VERCEL_TOKEN": 60,
        "GITHUB_TOKEN": 10,
        "NPM_TOKEN": 90,
    }


def test_a_row_of_a_table_is_no_section_and_is_told_as_what_it_is() -> None:
    """Whoever keeps a table of secrets learns where it stands and what is missing."""
    table = "# Rotation\n\n| Secret | Where |\n|---|---|\n| CRON_SECRET | vault |\n"
    (finding,) = guide_covers(SECRET, _guide(table)).findings
    assert "no section of its own" in finding.text
    assert finding.where == "docs/ROTATE.md:5"
