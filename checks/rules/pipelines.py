"""How jobs hang together: what runs before and after them, and what may be ignored."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from checks.rules.commands import PhaseRun, deploys, hidden_phase, phase_run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fixtures.model.platform import Ci
    from fixtures.model.workflow import Command, Job, Pipeline, Step, Workflow

GOES_ON = re.compile(r"\b(?:always|failure|cancelled)\s*\(", re.IGNORECASE)
HARMLESS_STEP_IF = re.compile(
    r"\s*(?:\$\{\{)?\s*(?:!\s*cancelled\(\)|always\(\)|success\(\))\s*(?:\}\})?\s*", re.IGNORECASE
)
TEST_SYSTEM = re.compile(r"(?<![a-z])(?:staging|stage|preview|dev|development|test|qa|sandbox)(?![a-z])", re.IGNORECASE)
REUSE_DEPTH = 4  # GitHub's own limit on reusable workflows in a chain


@dataclass(frozen=True, slots=True)
class Trial:
    """A step that runs a phase: why its failure may be ignored, or why nobody can tell."""

    run: PhaseRun
    job: Job
    step: Step
    ignored: str = ""
    doubtful: str = ""

    @property
    def where(self) -> str:
        """The command's place."""
        return f"{self.step.path}:{self.run.command.line}"


@dataclass(frozen=True, slots=True)
class Deploy:
    """A job that deploys, and with what."""

    job: Job
    workflow: Workflow
    how: str
    at: int = -1  # the deploying step's index; -1 where the manifest names the job


def trials(
    pipeline: Pipeline, job: Job, phase: str, inputs: Mapping[str, str] | None = None, depth: int = 0
) -> Iterator[Trial]:
    """The steps of a job, or of the reusable workflow that it is, that run a phase; `inputs` are its caller's."""
    for step in job.steps:
        for command in (_given(written, inputs or {}) for written in step.commands):
            run = phase_run(command, phase, step.addopts)
            if run is not None:
                yield _trial(run, job, step)
            elif hidden_phase(command):
                yield Trial(PhaseRun(command), job, step, doubtful="its -m is known only when it runs")
    called = pipeline.workflow(job.calls) if job.calls and depth < REUSE_DEPTH else None
    handed = {**dict(called.inputs if called else ()), **dict(job.arguments)}
    for inner in called.jobs if called else ():
        for trial in trials(pipeline, inner, phase, handed, depth + 1):
            tolerated = _tolerated(job.tolerated, f"job {job.key}")
            yield Trial(trial.run, trial.job, trial.step, trial.ignored or tolerated, trial.doubtful)


def _given(command: Command, inputs: Mapping[str, str]) -> Command:
    """The command with the inputs of a reusable workflow filled in; one that only a run knows stays open."""
    if not any("__inputs." in word for word in command.words):
        return command

    def value(match: re.Match[str]) -> str:
        known = inputs.get(match[1], "")
        return known if known and "${{" not in known else match[0]

    return replace(command, words=tuple(re.sub(r"__inputs\.([\w-]+?)__", value, word) for word in command.words))


def _trial(run: PhaseRun, job: Job, step: Step) -> Trial:
    ignored = (
        _tolerated(step.tolerated, "its step") or _tolerated(job.tolerated, f"job {job.key}") or run.command.swallowed
    )
    if not ignored and step.condition and not HARMLESS_STEP_IF.fullmatch(step.condition):
        ignored = f"its step runs only if `{step.condition}`"
    if not ignored and not run.command.via and not (run.platform or any(each.platform for each in job.steps)):
        ignored = "names no platform (--platform=DIR or PREFLIGHT_PLATFORM), so it checks the suite's own demo"
    if not ignored and run.platform.rstrip("/").endswith("fixtures/demo"):
        ignored = f"names the suite's own demo ({run.platform}) for its platform"
    return Trial(run, job, step, ignored, run.command.doubtful)


def _tolerated(value: str, whose: str) -> str:
    if value in ("", "false"):
        return ""
    return f"{whose} has continue-on-error: {value}"


def deploy_jobs(pipeline: Pipeline, ci: Ci) -> tuple[tuple[Deploy, ...], tuple[str, ...], tuple[str, ...]]:
    """The jobs that deploy, the names in the manifest that no job has, and previews, which need no gate."""
    found: list[Deploy] = []
    previews: list[str] = []
    unknown = set(ci.deploy_jobs)
    for workflow in pipeline.workflows:
        for job in workflow.jobs:
            named = job.name in unknown
            unknown.discard(job.name)
            hits = [(index, *deploys(step)) for index, step in enumerate(job.steps)]
            real = [(index, how) for index, how, preview in hits if how and not (preview and _only_asks(workflow))]
            if named or (real and not ci.deploy_jobs):
                index, how = real[0] if real else (-1, "named in the manifest")
                found.append(Deploy(job, workflow, how, index))
            elif any(how for _, how, _ in hits) and not real:
                previews.append(job.name)
    return tuple(found), tuple(sorted(unknown)), tuple(previews)


def unnamed_deploys(pipeline: Pipeline, ci: Ci) -> tuple[Deploy, ...]:
    """Jobs that deploy and that the manifest, which names others, leaves out; not those for a test system."""
    if not ci.deploy_jobs:
        return ()
    seen, _, _ = deploy_jobs(pipeline, ci.model_copy(update={"deploy_jobs": ()}))
    return tuple(deploy for deploy in seen if deploy.job.name not in ci.deploy_jobs and not _is_for_tests(deploy))


def _is_for_tests(deploy: Deploy) -> bool:
    """Whether a deploy says of itself that it is not production's."""
    step = deploy.job.steps[deploy.at]
    said = [deploy.job.key, deploy.job.environment, deploy.workflow.name, deploy.workflow.path]
    said += [word for command in step.commands for word in command.words]
    said += [value for _, value in step.arguments]
    return any(TEST_SYSTEM.search(text) for text in said)


def _only_asks(workflow: Workflow) -> bool:
    return bool(workflow.events) and set(workflow.events) <= {"pull_request", "pull_request_target", "merge_group"}


def before(workflow: Workflow, job: Job) -> tuple[Job, ...]:
    """Jobs that a job needs, directly or through others."""
    jobs = {other.key: other for other in workflow.jobs}
    seen: dict[str, Job] = {}
    stack = list(job.needs)
    while stack:
        key = stack.pop()
        if key in jobs and key not in seen:
            seen[key] = jobs[key]
            stack += jobs[key].needs
    return tuple(seen.values())


def after(workflow: Workflow, job: Job) -> tuple[Job, ...]:
    """Jobs that need a job, directly or through others."""
    return tuple(other for other in workflow.jobs if job in before(workflow, other))


def callers(pipeline: Pipeline, workflow: Workflow) -> tuple[tuple[Workflow, Job], ...]:
    """Jobs that run a workflow as a reusable one."""
    return tuple((other, job) for other in pipeline.workflows for job in other.jobs if job.calls == workflow.path)


def goes_on(job: Job, gates: tuple[Job, ...]) -> str:
    """Why a job runs although a job before it failed, '' where it does not.

    A condition without `always()`, `failure()` or `cancelled()` holds GitHub's own `success()`, over the
    whole chain of needs. One with them is safe where it asks for the gate's result itself.
    """
    if not GOES_ON.search(job.condition):
        return ""
    for gate in gates:
        asked = re.search(rf"needs\.{re.escape(gate.key)}\.result\s*==\s*'success'", job.condition)
        if asked and "||" not in job.condition:
            return ""
    return f"job {job.key} runs on `if: {job.condition}`, also when the gate failed"
