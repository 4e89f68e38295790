"""What the hosts run and hold: names of variables (ENV-013) and a service's settings on Railway (DEP-007)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fixtures.model.railway import LAST_READ
from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from datetime import date

    from fixtures.model.hosting import HostedNames, Running, RunSettings
    from fixtures.model.platform import Service

# Names that a host sets by itself (vercel.com/docs/environment-variables/system-environment-variables,
# docs.railway.com/variables/reference).
SYSTEM = {
    "railway": re.compile(r"RAILWAY_[A-Z0-9_]+|PORT|NIXPACKS_[A-Z0-9_]+|RAILPACK_[A-Z0-9_]+|NO_CACHE"),
    "vercel": re.compile(
        r"(?:NEXT_PUBLIC_)?VERCEL(?:_[A-Z0-9_]+)?|CI|TZ|AWS_[A-Z0-9_]+|LAMBDA_[A-Z0-9_]+|TURBO_[A-Z0-9_]+"
    ),
}
DONE = frozenset({"SUCCESS", "SLEEPING", "SKIPPED"})
FAILED = {"FAILED": "has failed", "CRASHED": "has crashed", "REMOVED": "was removed", "REMOVING": "is being removed"}


def names_match_contract(service: Service, told: Evidence[HostedNames]) -> Verdict:
    """Hold the names that the host sets for production against the contract, both ways.

    A required name that is missing fails, one that no contract has warns. With production variables hidden from
    the token a missing name is no finding: it may be among them.
    """
    seen = told.value
    absent = seen.required - seen.names - seen.image
    missing = sorted(name for name in absent if not _comes_by_itself(service, seen, name))
    surplus = sorted(name for name in seen.names - seen.required - seen.optional if not _is_system(service, name))
    if missing and seen.hidden:
        told.cannot_tell(
            f"{seen.host} hides {seen.hidden} production variables from the token, and {', '.join(missing)} may be"
            " among them",
            "Give the token of a member who may see production's variables.",
        )
    findings = tuple(Finding(_missing(name, seen), told.where) for name in missing)
    warnings = [Finding(f"{name} is set on {seen.host} and no contract has it", told.where) for name in surplus]
    warnings += [
        Finding(f"{seen.host} warns that the secret {name} can be read back", told.where) for name in seen.readable
    ]
    hidden = f"; {seen.hidden} more are hidden from the token" if seen.hidden else ""
    observed = (
        f"{seen.host} sets {len(seen.names)} names for production{hidden}: {len(seen.required) - len(missing)} of"
        f" {len(seen.required)} required ones are there, {len(surplus)} are in no contract"
    )
    return Verdict(told, observed, findings, tuple(warnings))


def _missing(name: str, seen: HostedNames) -> str:
    if name in seen.unlinked:
        return f"{name} is a shared variable of the environment that the service does not refer to: it does not get it"
    return f"{name} is required and not set on {seen.host} for production"


def _is_system(service: Service, name: str) -> bool:
    return SYSTEM[service.host].fullmatch(name) is not None


def _comes_by_itself(service: Service, seen: HostedNames, name: str) -> bool:
    """Whether a name reaches the service without being set on the host."""
    if name == "NODE_ENV":  # the builders of both hosts set it, but for a Dockerfile
        return service.dockerfile is None
    if name.removeprefix("NEXT_PUBLIC_").startswith("VERCEL") and not seen.system:
        return False
    return _is_system(service, name)


def runs_as_declared(service: Service, told: Evidence[Running], today: date) -> Verdict:
    """Hold what the serving deployment went out with, and how the latest is, against the manifest (as DEP-002 to 004).

    While Railway reads config files, a deployment's settings may be a file's; the service's own, which hold from
    LAST_READ on, are then advice. Replicas are counted over all regions, at least as many as the manifest asks.
    """
    seen = told.value
    filed = seen.shipped is not None and today < LAST_READ
    held = seen.shipped if filed and seen.shipped else seen.own
    findings = [*_state(seen), *_settings(service, held, seen.volume), *_processes(service, held, seen)]
    warnings = _under_way(seen)
    if seen.status == "SUCCESS" and not seen.instances and not held.cron:
        warnings.append("Railway names no process of it: whether its replicas run is not known")
    if held.sleeps:
        warnings.append("Railway may stop every replica while the service is idle (sleepApplication)")
    if filed:
        later = [text for text in _settings(service, seen.own, seen.volume) if text not in findings]
        when = f"from {LAST_READ.isoformat()} on Railway reads no config file, and the service's own settings hold"
        warnings += [f"{when}: {text}" for text in later]
    source = "the deployment that serves went out with" if filed else "the service is set to"
    regions = ", ".join(f"{count} in {name or 'the default region'}" for name, count in held.regions)
    since = f" since {seen.since:%Y-%m-%d %H:%M} UTC" if seen.since else ""
    observed = (
        f"{source} health path {held.health_path or 'none'}, restart {held.restart or 'none'} with {held.retries}"
        f" retries, {held.replicas} replicas ({regions}); the latest is {seen.status or 'not there'}{since}"
        f"{f', config file {seen.config_file}' if seen.config_file else ''}"
    )
    return Verdict(
        told,
        observed,
        tuple(Finding(text, told.where) for text in findings),
        tuple(Finding(text, told.where) for text in warnings),
    )


def _settings(service: Service, held: RunSettings, volume: bool) -> list[str]:
    """What is wrong with settings."""
    found = []
    if service.health and not held.health_path:
        found.append("it has no health check path: Railway takes a process that has started for one that serves")
    elif service.health and (held.health_path or "").split("?")[0] != service.health:
        found.append(f"its health check path is {held.health_path}; the manifest's is {service.health}")
    if held.restart in (None, "NEVER") and not held.cron:
        found.append(f"its restart policy is {held.restart or 'not set'}: a crashed service stays down")
    elif held.restart == "ON_FAILURE" and held.retries is not None and held.retries < 1:
        found.append("its restart policy has no retries: a crashed service stays down")
    if volume and service.replicas > 1:
        found.append(
            f"it has a volume, and a service with a volume cannot have the {service.replicas} replicas of the"
            " manifest: one of the two must go"
        )
    elif held.replicas < service.replicas:
        found.append(f"it has {held.replicas} replicas over all regions; expected at least {service.replicas}")
    strange = [name for name, _ in held.regions if service.regions and name not in service.regions]
    if strange:
        found.append(
            f"it runs in {', '.join(name or 'the default region' for name in strange)}; the manifest allows"
            f" {', '.join(service.regions)}"
        )
    return found


def _state(seen: Running) -> list[str]:
    if not seen.status:
        return ["it was never deployed to production"]
    if seen.status == "SKIPPED" and not seen.others:
        return ["its latest deployment was skipped, and nothing else serves"]
    if seen.status not in FAILED:
        return []
    still = "; an older one still serves" if seen.others else ", and nothing else serves"
    return [f"its latest deployment {FAILED[seen.status]}{still}"]


def _under_way(seen: Running) -> list[str]:
    if not seen.status or seen.status in DONE or seen.status in FAILED:
        return []
    return [f"its latest deployment is {seen.status}: judge it again when it is done"]


def _processes(service: Service, held: RunSettings, seen: Running) -> list[str]:
    if seen.status in ("SLEEPING", *FAILED) or held.cron or not seen.instances:
        return []
    running = seen.instances.count("RUNNING")
    if running >= min(service.replicas, held.replicas):
        return []
    others = ", ".join(sorted(set(seen.instances) - {"RUNNING"})) or "none"
    return [f"{running} of its {held.replicas} replicas run; the others: {others}"]
