"""ALR-008 and ALR-009: events of a service arrive, so that there is something to alert on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from fixtures.model.notices import Arrivals, Sent
    from fixtures.model.platform import Service

MUCH = 0.1  # share of events lost, above which it is a finding
SOME = 0.01  # above which it warns
LOST = ("rate_limited", "invalid", "abuse", "cardinality_limited")  # sent, and not kept


def events_arrive(service: Service, told: Evidence[Arrivals]) -> Verdict:
    """Expect accepted events within the hours asked, some of them of production, and few lost on the way.

    What the SDK samples away or an inbound filter drops is not lost. Where the DSN is known, it must lead to
    the project.
    """
    seen = told.value
    accepted = seen.outcomes.get("accepted", 0)
    lost = {name: count for name in LOST if (count := seen.outcomes.get(name, 0))}
    share = sum(lost.values()) / max(accepted + sum(lost.values()), 1)
    findings = _silence(service, seen, accepted)
    kinds = ", ".join(f"{count} {name}" for name, count in lost.items())
    losing = [f"{share:.0%} of its events were lost: {kinds}"] if lost else []
    if seen.sends_to and seen.sends_to != seen.id:
        findings.append(f"the DSN of {service.name} leads to project {seen.sends_to}; {seen.project} is {seen.id}")
    if share > MUCH:
        findings += losing
    of = "an unknown number" if seen.production is None else str(seen.production)
    observed = (
        f"{accepted} events of {seen.project} accepted in {seen.hours} h{', ' + kinds if kinds else ''}; "
        f"{of} errors and spans of {seen.environment}; the first one ever on {seen.first or 'no day'}; "
        f"latest release {seen.release or 'unknown'}"
    )
    return Verdict(
        told,
        observed,
        tuple(Finding(text, seen.project) for text in findings),
        tuple(Finding(text, seen.project) for text in losing) if SOME < share <= MUCH else (),
    )


def _silence(service: Service, seen: Arrivals, accepted: int) -> list[str]:
    if seen.first is None and not accepted:
        return [f"{service.name} never sent an event to {seen.project}"]
    if not accepted:
        return [f"no event of {service.name} was accepted in {seen.hours} h"]
    if seen.production == 0:
        return [f"none of the {accepted} events of {seen.hours} h is of {seen.environment}"]
    return []


def event_shows(service: Service, told: Evidence[Sent]) -> Verdict:
    """Expect the test event to be readable within its time."""
    seen = told.value
    if seen.seconds is None:
        text = f"the test event of {service.name} did not show within {seen.budget_s} s"
        return Verdict(told, f"sent event {seen.event}; {text}", (Finding(text, told.where),))
    return Verdict(told, f"sent event {seen.event}; it showed after {seen.seconds:.1f} s")
