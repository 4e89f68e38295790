"""Rules about keys that tell something about themselves: encryption keys and Supabase's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.rules.env import named, unset
from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from datetime import date

    from fixtures.model.environment import KeyMaterial, Reading, SupabaseKey
    from fixtures.model.platform import Binding

EXPIRY_DAYS = 30


def holds_a_random_key(binding: Binding, evidence: Evidence[Reading[KeyMaterial]]) -> Verdict:
    """Hold a key against its row's `min_bytes` (inclusive) and against eight bits of randomness for each of them."""
    setting, key = evidence.value.setting, evidence.value.facts
    if key is None:
        return unset(binding, evidence, setting)
    least = binding.variable.min_bytes
    findings, doubts = [], []
    if key.size < least:
        findings.append(f"holds {key.size} bytes of key as {key.encoding}, at least {least} expected")
    if key.flaw and (key.bits < 8 * least or not key.wrapped):
        findings.append(f"is not random: it {key.flaw}, which leaves about {key.bits} bits")
    elif key.flaw:
        doubts.append(f"{key.flaw}; about {key.bits} bits are in it all the same, {8 * least} expected")
    elif key.size >= least and key.bits < 8 * least:
        findings.append(
            f"is plain text with about {key.bits} bits at most, {8 * least} expected; write it as hex or base64"
        )
    return Verdict(
        evidence,
        f"{named(binding)} at {setting.place}: {_described(key)}",
        tuple(Finding(f"{named(binding)} {text}", setting.place) for text in findings),
        tuple(Finding(f"{named(binding)} {text}", setting.place) for text in doubts),
    )


def _described(key: KeyMaterial) -> str:
    also = f" (its characters are also {key.also}; read as {key.encoding})" if key.also else ""
    return (
        f"{key.length} characters read as {key.encoding}{also}, {key.size} bytes, about {key.bits} bits of randomness"
    )


ROLES = {"supabase-anon-key": "anon", "supabase-service-key": "service_role"}
NEW_FORMS = {"supabase-anon-key": "publishable", "supabase-service-key": "secret"}


def belongs_to_its_project(binding: Binding, evidence: Evidence[Reading[SupabaseKey]], today: date) -> Verdict:
    """Hold what a Supabase key, URL or database address says of itself against its kind, its project, and the day.

    A key that ends on `today` has ended; one that ends in fewer than 30 days is a warning.
    """
    setting, key = evidence.value.setting, evidence.value.facts
    if key is None:
        return unset(binding, evidence, setting)
    kind = binding.variable.kind
    url = kind in ("supabase-url", "postgres-url")
    problems = _url_problems(key, kind) if url else _key_problems(key, kind, today)
    if key.same_project is False:
        problems.append(f"belongs to another project than {key.compared_with}")
    left = (key.expires - today).days if key.expires else None
    soon = left is not None and 0 < left < EXPIRY_DAYS
    doubts = [f"ends on {key.expires}, in {left} days"] if soon else []
    observed = problems[0] if problems else _url_said(key, kind) if url else _key_said(key)
    return Verdict(
        evidence,
        f"{named(binding)} at {setting.place} {observed}",
        tuple(Finding(f"{named(binding)} {problem}", setting.place) for problem in problems),
        tuple(Finding(f"{named(binding)} {doubt}", setting.place) for doubt in doubts),
    )


def _key_problems(key: SupabaseKey, kind: str, today: date) -> list[str]:
    if key.form == "unknown":
        return [f"is no Supabase key: neither a JSON Web Token nor sb_{NEW_FORMS[kind]}_…"]
    problems = []
    if key.form in ("publishable", "secret") and key.form != NEW_FORMS[kind]:
        problems.append(f"is a {key.form} key (sb_{key.form}_…), sb_{NEW_FORMS[kind]}_… is expected")
    if key.form == "jwt" and key.role != ROLES[kind]:
        problems.append(
            f"has the role {key.role if key.role != 'other' else 'of neither kind'}, {ROLES[kind]} is expected"
        )
    if key.demo:
        problems.append("is the fixed key of a local Supabase, known to everybody")
    if key.expires and key.expires <= today:
        problems.append(f"ended on {key.expires}")
    return problems


def _url_problems(key: SupabaseKey, kind: str) -> list[str]:
    problems = []
    if kind == "postgres-url":
        named = "names no project: the user postgres.<20 letters>, or the host db.<20 letters>.supabase.co, is expected"
        return [named] if key.form == "unknown" else []
    if not key.https:
        problems.append("does not begin with https://")
    if key.form == "unknown":
        problems.append("names no project: https://<20 letters>.supabase.co is expected")
    return problems


def _project_said(key: SupabaseKey) -> str:
    if key.same_project:
        return f"names the same project as {key.compared_with}"
    return "names a project that nothing here confirms" if key.names_project else "names no project"


def _key_said(key: SupabaseKey) -> str:
    if key.form != "jwt":
        return f"is a {key.form} key (sb_{key.form}_…), which tells neither project nor end"
    ends = f"ends on {key.expires}" if key.expires else "has no end"
    return f"is a JSON Web Token with the role {key.role}, {_project_said(key)}, {ends}; its signature is not checked"


def _url_said(key: SupabaseKey, kind: str) -> str:
    if kind == "postgres-url":
        return f"is a database's address and {_project_said(key)}"
    if key.form == "custom domain":
        return "is a custom domain, which does not tell the project"
    return f"is a project's https address and {_project_said(key)}"
