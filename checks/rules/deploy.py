"""DEP: what Railway's config file says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixtures.model.railway import DEFAULT_RETRIES, LAST_READ, BuildFiles, RailwayFile
from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from datetime import date

    from fixtures.model.platform import Service

SHORT_WAIT, LONG_WAIT = 10, 1800  # seconds: below it a cold start is cut off, above it a broken one goes unseen


def _is_program(said: Evidence[RailwayFile] | Evidence[BuildFiles], file: RailwayFile) -> Verdict:
    """The verdict on a file that is code: what it yields is seen where it runs."""
    text = f"{file.path} is a program, which is not run here: its settings are judged on the live service (DEP-007)"
    return Verdict(said, f"{file.path} defines the service in code", warnings=(Finding(text, file.path),))


def railway_config_valid(service: Service, said: Evidence[RailwayFile], today: date) -> Verdict:
    """Hold the file against Railway's schema; warn of what is legacy, and of the day it is read no more."""
    file = said.value
    if file.program:
        return Verdict(said, f"{file.path} defines the service in code; what it yields is judged by DEP-007")
    days = (LAST_READ - today).days
    if days > 0:
        left = f"{days} day{'s' * (days != 1)} left"
        text = (
            f"Railway stops reading this file on {LAST_READ.isoformat()} ({left}): move its settings to"
            " .railway/railway.ts, or set them on the service"
        )
    else:
        text = f"Railway no longer reads this file since {LAST_READ.isoformat()}: what runs is judged by DEP-007"
    beside = f"; {', '.join(file.successors)} stands beside it" if file.successors else ""
    notes = "".join(f"; {note}" for note in file.notes)
    observed = f"{len(file.lines)} keys read, {len(file.mistakes)} that Railway refuses or ignores{notes}{beside}"
    return Verdict(said, observed, file.mistakes, (Finding(text, file.path), *file.cautions))


def health_path_declared(service: Service, said: Evidence[RailwayFile]) -> Verdict:
    """Hold `healthcheckPath` against the service's `health`, and its timeout against what can be waited for."""
    file = said.value
    if file.program:
        return _is_program(said, file)
    path, timeout = file.deploy.healthcheck_path, file.deploy.healthcheck_timeout
    where = file.at("deploy.healthcheckPath")
    findings: list[Finding] = []
    warnings: list[Finding] = []
    if not path:
        text = "no healthcheckPath: Railway takes a process that has started for one that serves"
        nothing = service.health is None and service.port is None
        (warnings if nothing else findings).append(Finding(text, where))
    elif service.health is None:
        text = f"healthcheckPath is {path}; the manifest names no health path to hold it against"
        warnings.append(Finding(text, where))
    elif path.split("?")[0] != service.health:
        findings.append(Finding(f"healthcheckPath is {path}; the manifest's health path is {service.health}", where))
    if timeout is not None:
        at = file.at("deploy.healthcheckTimeout")
        if timeout <= 0:
            findings.append(Finding(f"healthcheckTimeout is {timeout:g} s: no deployment can answer in that", at))
        elif not SHORT_WAIT <= timeout <= LONG_WAIT:
            text = f"healthcheckTimeout is {timeout:g} s; expected {SHORT_WAIT} to {LONG_WAIT} s"
            warnings.append(Finding(text, at))
    waited = "Railway's own 300 s" if timeout is None else f"{timeout:g} s"
    observed = f"healthcheckPath {path or 'not declared'}, waited for {waited}; manifest {service.health or 'none'}"
    return Verdict(said, observed, tuple(findings), tuple(warnings))


def restart_policy_declared(service: Service, said: Evidence[RailwayFile]) -> Verdict:
    """Expect a restart policy that restarts: ALWAYS, or ON_FAILURE with at least one retry."""
    file = said.value
    if file.program:
        return _is_program(said, file)
    policy, retries = file.deploy.restart_policy_type, file.deploy.restart_policy_max_retries
    where = file.at("deploy.restartPolicyType")
    count = f"{retries:g}" if retries is not None else "no declared number of"
    observed = f"restartPolicyType {policy or 'not declared'}, {count} retries"
    if policy is None:
        text = "no restartPolicyType that Railway reads: what the dashboard says decides, or Railway's default"
        return Verdict(said, observed, (Finding(text, where),))
    if policy == "NEVER":
        return Verdict(said, observed, (Finding("restartPolicyType is NEVER: a crashed service stays down", where),))
    if policy == "ON_FAILURE" and retries is None:
        text = f"no restartPolicyMaxRetries: what the dashboard says decides, or Railway's {DEFAULT_RETRIES}"
        return Verdict(said, observed, warnings=(Finding(text, where),))
    return Verdict(said, observed)


def replicas_declared(service: Service, said: Evidence[RailwayFile]) -> Verdict:
    """Hold the replicas of all regions together against the service's `replicas`."""
    file = said.value
    if file.program:
        return _is_program(said, file)
    count, how, where = _replicas(file)
    warnings: tuple[Finding, ...] = ()
    if file.deploy.sleep_application:
        text = "sleepApplication lets Railway stop every replica of a service that is idle"
        warnings = (Finding(text, file.at("deploy.sleepApplication")),)
    if file.deploy.cron_schedule and service.health:
        text = "cronSchedule starts it at those times only and expects it to end; a service that answers runs on"
        warnings = (*warnings, Finding(text, file.at("deploy.cronSchedule")))
    observed = f"{count} replicas ({how}); at least {service.replicas} expected"
    if service.replicas > 1 and file.deploy.required_mount_path:
        text = (
            f"requiredMountPath asks for a volume, and a service with a volume cannot have the {service.replicas}"
            " replicas of the manifest: one of the two must go"
        )
        return Verdict(said, observed, (Finding(text, file.at("deploy.requiredMountPath")),), warnings)
    if count < service.replicas:
        text = f"{count} replica{'s' * (count != 1)} ({how}); expected at least {service.replicas}"
        if file.deploy.cron_schedule:
            text += "; a cron service has replicas = 1 in the manifest"
        return Verdict(said, observed, (Finding(text, where),), warnings)
    return Verdict(said, observed, warnings=warnings)


def _replicas(file: RailwayFile) -> tuple[int, str, str]:
    """How many replicas run, by which key, and where it stands. A region without a number has one."""
    regions = file.deploy.multi_region_config
    if regions:
        count = sum((region.num_replicas or 1) for region in regions.values() if region is not None)
        how = f"multiRegionConfig, {len(regions)} region{'s' * (len(regions) != 1)}"
        return count, how, file.at("deploy.multiRegionConfig")
    if file.deploy.num_replicas is not None:
        return file.deploy.num_replicas, "numReplicas", file.at("deploy.numReplicas")
    return 1, "not declared, Railway runs one", file.at("deploy.multiRegionConfig")


def dockerfile_exists(service: Service, said: Evidence[BuildFiles]) -> Verdict:
    """Hold the Dockerfile that Railway builds against the repository and against the manifest's."""
    seen = said.value
    file = seen.file
    if file.program:
        return _is_program(said, file)
    named, builder = file.build.dockerfile_path, file.build.builder
    where = file.at("build.dockerfilePath" if named else "build.builder")
    if not named and builder != "DOCKERFILE":
        return _undeclared(service, said, where)
    name = named or "Dockerfile (Railway's default)"
    if not seen.found:
        text = f"{name} does not exist: looked for {' and '.join(seen.tried) or 'nothing inside the platform'}"
        return Verdict(said, f"{name} was not found", (Finding(text, where),))
    observed = f"{name} is {' or '.join(seen.found)}, whichever the service's root directory makes it"
    if service.dockerfile and service.dockerfile not in seen.found:
        text = f"it builds {' or '.join(seen.found)}; the manifest's dockerfile is {service.dockerfile}"
        return Verdict(said, observed, (Finding(text, where),))
    return Verdict(said, observed)


def _undeclared(service: Service, said: Evidence[BuildFiles], where: str) -> Verdict:
    """No Dockerfile is named: Railway takes one called Dockerfile in the root directory, else its builder."""
    seen = said.value
    builder = seen.file.build.builder or "Railway's default builder"
    if service.dockerfile and service.dockerfile not in seen.found:
        text = f"no dockerfilePath: Railway finds no {service.dockerfile} by itself and builds with {builder}"
        return Verdict(said, f"{builder}, no Dockerfile named", (Finding(text, where),))
    if service.dockerfile:
        text = f"no dockerfilePath: {service.dockerfile} is built only where the root directory holds it"
        return Verdict(said, f"{builder}, no Dockerfile named", warnings=(Finding(text, where),))
    return Verdict(said, f"{builder}, and no Dockerfile is named here or in the manifest")
