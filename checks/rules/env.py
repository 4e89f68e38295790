"""Rules about single values of the environment contract: set, of their kind, real, the same, in production."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from fixtures.model.environment import Address, Copies, Filler, Form, Reading, Setting, SharedValues
    from fixtures.model.platform import Binding, Platform, Service, Variable


def named(binding: Binding) -> str:
    """How a sentence calls a binding."""
    return f"{binding.variable.name} of {binding.service.name}"


def unset(binding: Binding, evidence: Evidence[object], setting: Setting) -> Verdict:
    """The verdict of an item on a value that is not there.

    A required one is a finding of ENV-001 and of no other item; here there is nothing to judge, and
    the row says so.
    """
    state = "set to nothing" if setting.blank else "not set"
    rest = "that is ENV-001's finding" if binding.variable.required else "and is optional"
    where = setting.place or setting.source
    return Verdict(evidence, f"{named(binding)} is {state} ({where}), {rest}; there is no value to judge")


def is_set(binding: Binding, evidence: Evidence[Reading[None]]) -> Verdict:
    """Hold a required variable against being there with more than white space in it."""
    setting = evidence.value.setting
    if setting.is_set:
        return Verdict(evidence, f"{named(binding)} is set at {setting.place}")
    if setting.blank:
        text = f"{named(binding)} is set to nothing, a value is required"
        return Verdict(evidence, text, findings=(Finding(text, setting.place),))
    text = f"{named(binding)} is not set, a value is required"
    lines = f"; it may be meant at {', '.join(setting.broken[:3])}, which does not parse" if setting.broken else ""
    return Verdict(evidence, text, findings=(Finding(text + lines, setting.source),))


def has_its_kind(binding: Binding, evidence: Evidence[Reading[Form]]) -> Verdict:
    """Hold a value against its row's kind, choices, range (both ends allowed) and least length."""
    reading = evidence.value
    setting, form, variable = reading.setting, reading.facts, binding.variable
    if form is None:
        return unset(binding, evidence, setting)
    findings = [Finding(f"{named(binding)} {problem}", setting.place) for problem in form.problems]
    doubts = [Finding(f"{named(binding)} {oddity}", setting.place) for oddity in form.oddities]
    if setting.overridden:
        earlier = ", ".join(setting.overridden)
        doubts.append(Finding(f"{named(binding)} is set again after {earlier}; the last one counts", setting.place))
    if setting.cut:
        text = f"{named(binding)} has an unquoted '#', where Node's dotenv ends the value: put it in quotes"
        doubts.append(Finding(text, setting.place))
    wanted = ", ".join(_wanted(variable))
    observed = (
        f"{named(binding)}, {_characters(form.length)} at {setting.place}, {'is no' if findings else 'is'} {wanted}"
    )
    return Verdict(evidence, observed, tuple(findings), tuple(doubts))


def _characters(count: int) -> str:
    return f"{count} character{'' if count == 1 else 's'}"


JUDGED_ELSEWHERE = {
    "encryption-key": "encryption-key (its bytes are judged by ENV-004)",
    "supabase-anon-key": "supabase-anon-key (judged by ENV-012)",
    "supabase-service-key": "supabase-service-key (judged by ENV-012)",
}


def _wanted(variable: Variable) -> list[str]:
    wanted = [JUDGED_ELSEWHERE.get(variable.kind, variable.kind)]
    if variable.choices:
        wanted.append(f"one of {len(variable.choices)} choices")
    if variable.range:
        wanted.append(f"within {variable.range[0]:g} to {variable.range[1]:g}")
    if variable.min_length is not None:
        wanted.append(f"of {_characters(variable.min_length)} or more")
    return wanted


def is_no_placeholder(binding: Binding, evidence: Evidence[Reading[Filler]]) -> Verdict:
    """Hold a value against the words, patterns and references that stand where a real one belongs."""
    setting, filler = evidence.value.setting, evidence.value.facts
    if filler is None:
        return unset(binding, evidence, setting)
    if filler.reason:
        text = f"{named(binding)} {filler.reason}"
        return Verdict(evidence, text, findings=(Finding(text, setting.place),))
    doubts = (Finding(f"{named(binding)} {filler.doubt}", setting.place),) if filler.doubt else ()
    return Verdict(evidence, f"{named(binding)} at {setting.place} shows no sign of a placeholder", warnings=doubts)


def is_the_same_everywhere(variable: Variable, evidence: Evidence[Copies]) -> Verdict:
    """Hold the values of a shared variable against each other; one that is set in some services only is a finding."""
    copies = evidence.value
    places = dict(copies.places)
    findings = []
    if len(copies.groups) > 1:
        first, *others = copies.groups
        how = "only in white space or quotes around it" if copies.alike else "in value"
        for group in others:
            text = f"{variable.name} of {', '.join(group)} differs {how} from that of {', '.join(first)}"
            findings.append(Finding(text, places[group[0]]))
    if copies.groups and copies.missing and not variable.required:
        text = f"{variable.name} is set in {', '.join(places)} and not in {', '.join(copies.missing)}, all are expected"
        findings.append(Finding(text, places[copies.groups[0][0]]))
    if not findings and copies.unseen:
        evidence.cannot_tell(
            f"the values of {', '.join(copies.unseen)} could not be looked at",
            f"Give them: --env-file={copies.unseen[0]}=PATH.",
        )
    return Verdict(evidence, _compared(variable, copies), tuple(findings), _alone(variable))


def _compared(variable: Variable, copies: Copies) -> str:
    if not copies.groups:
        return f"{variable.name} is set in none of {', '.join(copies.missing)}, so there is nothing to compare"
    values = "one value" if len(copies.groups) == 1 else f"{len(copies.groups)} different values"
    text = f"{variable.name} has {values} in {len(copies.places)} services"
    missing = f"; not set in {', '.join(copies.missing)} (ENV-001)" if copies.missing and variable.required else ""
    return f"{text} ({', '.join(f'{name}: {place}' for name, place in copies.places)}){missing}"


def _alone(variable: Variable) -> tuple[Finding, ...]:
    if len(set(variable.services)) > 1:
        return ()
    return (Finding(f"{variable.name} is declared shared and belongs to {variable.services[0]} alone"),)


REACHES = {
    "loopback": "points at the machine it runs on (localhost)",
    "tunnel": "points at a tunnel to somebody's machine",
    "documentation": "points at a host of the documentation domains (example.com and its like)",
    "local name": "points at a name that only a local network knows (.local, .test, .lan)",
}


def points_at_production(binding: Binding, evidence: Evidence[Reading[Address | None]]) -> Verdict:
    """Hold an address against this machine, private networks its host cannot reach, test systems, and http:.

    Inside a private network (*.railway.internal on Railway, a cluster's names elsewhere) http: is in order.
    """
    setting, address = evidence.value.setting, evidence.value.facts
    if not setting.is_set:
        return unset(binding, evidence, setting)
    if address is None:
        evidence.cannot_tell(f"{named(binding)} at {setting.place} is no address that can be read: see ENV-002")
    problems = [problem for problem in (_reach(binding.service, address), _test(address)) if problem]
    inside = address.reach in ("private", "railway")
    if address.clear == "http:" and not inside and address.reach != "loopback":
        problems.append("is an http: address, https: is expected")
    doubts = []
    if address.clear and address.clear != "http:" and address.reach == "public":
        doubts.append(f"sends its password unencrypted over the public net ({address.clear})")
    place = {"railway": "Railway's private network", "private": "a private network"}.get(
        address.reach, "the public net"
    )
    return Verdict(
        evidence,
        f"{named(binding)} at {setting.place} points at a host in {place}"
        if not problems
        else f"{named(binding)} {problems[0]}",
        tuple(Finding(f"{named(binding)} {problem}", setting.place) for problem in problems),
        tuple(Finding(f"{named(binding)} {doubt}", setting.place) for doubt in doubts),
    )


def _reach(service: Service, address: Address) -> str:
    if address.reach == "railway":
        return (
            ""
            if service.host == "railway"
            else f"points into Railway's private network, which {service.host} cannot reach"
        )
    if address.reach == "private":
        return "points into a private network, which Vercel cannot reach" if service.host == "vercel" else ""
    return REACHES.get(address.reach, "")


def _test(address: Address) -> str:
    return f"points at a test system, its name says '{address.test_word}'" if address.test_word else ""


def secrets_differ(platform: Platform, evidence: Evidence[SharedValues]) -> Verdict:
    """Hold the values of secrets with different names against each other, addresses and plain words left out."""
    seen = evidence.value
    findings = tuple(
        Finding(
            f"{' and '.join(name for name, _ in group)} hold one value: who learns one has the other",
            ", ".join(dict.fromkeys(place for _, place in group)),
        )
        for group in seen.groups
    )
    if not findings and seen.unseen:
        evidence.cannot_tell(
            f"the values of {', '.join(seen.unseen)} could not be looked at",
            f"Give them: --env-file={seen.unseen[0]}=PATH.",
        )
    passed = f"; {seen.passed_over} passed over (addresses, public keys, plain words)" if seen.passed_over else ""
    observed = f"{seen.compared} secret values compared, {len(findings)} held under two names or more{passed}"
    return Verdict(evidence, observed, findings)
