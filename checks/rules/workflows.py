"""The pipeline asks before it deploys, looks afterwards, and watches the queue: CIW-001 to CIW-004."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.rules.crons import Schedule, schedule
from checks.rules.pipelines import Deploy, Trial, after, before, callers, deploy_jobs, goes_on, trials, unnamed_deploys
from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from fixtures.model.platform import Ci
    from fixtures.model.workflow import Job, Pipeline, Use, Workflow

NAME_THEM = 'Name the jobs that deploy in preflight.toml: [ci] deploy_jobs = ["deploy.yml/deploy"].'
SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
MOVING = re.compile(r"(?:main|master|head|develop|dev|trunk|latest|stable|release|next|canary)", re.IGNORECASE)
OWN = ("actions/", "github/")
BLIND = "although something could not be observed: --unverified=allow"
Answer = tuple[Trial | None, str, str]  # what guards, why nothing does, why nobody can tell


def deploy_needs_predeploy(ci: Ci, evidence: Evidence[Pipeline]) -> Verdict:
    """Expect `pytest -m predeploy` before each deploy, in a job that it needs and whose failure stops it.

    Before a deploy is an earlier step of its job, a job that it needs (through others too), the same for
    the job that calls its reusable workflow, or the workflow whose success starts it (`workflow_run`).
    A job that deploys without a gate and that the manifest does not name warns.
    """
    pipeline = evidence.value
    found, findings, previews = _deploys(ci, evidence)
    guarded, warnings = [], []
    for deploy in found:
        trial, reason, doubt = _gate(pipeline, deploy.workflow, deploy.job, deploy.at)
        if trial is None and doubt:
            evidence.cannot_tell(
                f"{deploy.job.name}: {doubt}", "Run `pytest -m predeploy` as a plain step of a job that it needs."
            )
        if trial is None:
            text = f"{deploy.job.name} deploys ({deploy.how}) without asking: {reason}"
            findings.append(Finding(text, deploy.job.where))
            continue
        guarded.append(f"{deploy.job.name} ({deploy.how}) waits for {trial.job.name}")
        if trial.run.narrowed:
            warnings.append(Finding(f"the gate runs only a part of predeploy: {trial.run.narrowed}", trial.where))
        if trial.run.lenient:
            warnings.append(Finding(f"the gate opens {BLIND}", trial.where))
        if trial.run.frozen:
            text = f"the gate judges every deploy as of {trial.run.frozen}: what expires after that day still holds"
            warnings.append(Finding(text, trial.where))
    for deploy in unnamed_deploys(pipeline, ci):
        if _gate(pipeline, deploy.workflow, deploy.job, deploy.at)[0] is None:
            text = f"{deploy.job.name} deploys too ({deploy.how}), without a gate: [ci] deploy_jobs does not name it"
            warnings.append(Finding(text, deploy.job.where))
    return Verdict(evidence, _told(guarded, len(found), previews), tuple(findings), tuple(dict.fromkeys(warnings)))


def smoke_follows_deploy(ci: Ci, evidence: Evidence[Pipeline]) -> Verdict:
    """Expect `pytest -m smoke` after each deploy: a later step, a job that needs it, or a workflow it starts.

    A workflow on `deployment_status`, or on `workflow_run` of the deploying one, follows it as well.
    """
    pipeline = evidence.value
    everywhere = [workflow for workflow in pipeline.workflows if "deployment_status" in workflow.events]
    host = [trial for workflow in everywhere for job in workflow.jobs for trial in trials(pipeline, job, "smoke")]
    sound = [trial for trial in host if not trial.ignored and not trial.doubtful]
    if sound and not deploy_jobs(pipeline, ci)[0] and not ci.deploy_jobs:
        return Verdict(evidence, f"{sound[0].job.name} runs smoke on every deployment_status.")
    found, findings, previews = _deploys(ci, evidence)
    followed, warnings = [], []
    for deploy in found:
        candidates = [*_following(pipeline, deploy), *host]
        trial, reason, doubt = _best(candidates, "no job that runs `pytest -m smoke` needs it")
        if trial is None and doubt:
            evidence.cannot_tell(
                f"{deploy.job.name}: {doubt}", "Run `pytest -m smoke` as a plain step of a job that needs it."
            )
        if trial is None:
            findings.append(
                Finding(f"nothing looks after {deploy.job.name} ({deploy.how}): {reason}", deploy.job.where)
            )
            continue
        followed.append(f"{trial.job.name} follows {deploy.job.name}")
        if trial.run.narrowed:
            warnings.append(Finding(f"only a part of smoke follows the deploy: {trial.run.narrowed}", trial.where))
        if trial.run.lenient:
            warnings.append(Finding(f"smoke after the deploy passes {BLIND}", trial.where))
    return Verdict(evidence, _told(followed, len(found), previews), tuple(findings), tuple(dict.fromkeys(warnings)))


def queue_is_monitored(ci: Ci, evidence: Evidence[Pipeline]) -> Verdict:
    """Expect a scheduled workflow that runs smoke's queue items, on a cron that GitHub accepts.

    More than an hour between two runs warns, and so does a cron below GitHub's shortest interval of 5
    minutes. Schedules run on the default branch only.
    """
    pipeline = evidence.value
    if not pipeline.queues:
        return Verdict(evidence, "The manifest declares no queue, so none must be watched.")
    monitors: list[tuple[Workflow, Trial]] = []
    ignored: list[Finding] = []
    for workflow in pipeline.workflows:
        if "schedule" not in workflow.events:
            continue
        for job in workflow.jobs:
            for trial in trials(pipeline, job, "smoke"):
                reason = trial.ignored or trial.doubtful or _unscheduled(job) or _misses_queue(trial)
                if reason:
                    ignored.append(Finding(f"{job.name} does not watch the queue: {reason}", trial.where))
                else:
                    monitors.append((workflow, trial))
    if not monitors:
        text = f"no scheduled workflow in {ci.workflows} runs `pytest -m smoke -k queue`"
        return Verdict(evidence, "Nothing watches the queue.", tuple(ignored) or (Finding(text, ci.workflows),))
    findings, warnings, told = [], [], []
    for workflow, trial in {workflow.path: (workflow, trial) for workflow, trial in monitors}.values():
        if not workflow.crons:
            findings.append(Finding("`schedule` holds no cron", workflow.path))
        plans = [(cron, schedule(cron.text)) for cron in workflow.crons]
        findings += [
            Finding(f"cron «{cron.text}»: {plan}", f"{workflow.path}:{cron.line}")
            for cron, plan in plans
            if isinstance(plan, str)
        ]
        valid = [(cron, plan) for cron, plan in plans if isinstance(plan, Schedule)]
        if valid:
            cron = valid[0][0]
            gap = Schedule.gap(plan for _, plan in valid)
            told.append(
                f"{trial.job.name} runs on «{'», «'.join(cron.text for cron, _ in valid)}», {gap} minutes apart at most"
            )
            if gap > 60:
                warnings.append(
                    Finding(f"up to {gap} minutes pass between two looks at the queue", f"{workflow.path}:{cron.line}")
                )
            if gap < 5:
                warnings.append(
                    Finding(
                        f"«{cron.text}» asks for every {gap} minutes; GitHub's shortest is 5",
                        f"{workflow.path}:{cron.line}",
                    )
                )
    return Verdict(evidence, f"{'; '.join(told) or 'No valid schedule'}.", tuple(findings), tuple(warnings))


def actions_are_pinned(ci: Ci, evidence: Evidence[Pipeline]) -> Verdict:
    """Advise a full commit SHA for each third-party action and a digest for each docker:// one.

    A tag can be moved to other code. `actions/*` and `github/*` are GitHub's own and fine by tag; by a
    branch nobody's are. Local actions are the repository itself.
    """
    uses = [use for use in evidence.value.uses if not use.name.startswith("./")]
    warnings = tuple(
        Finding(f"`{use.name}` {reason}", f"{use.path}:{use.line}") for use in uses if (reason := _loose(use))
    )
    pinned = len(uses) - len(warnings)
    return Verdict(
        evidence, f"{pinned} of {len(uses)} actions in {ci.workflows} are pinned or GitHub's own.", warnings=warnings
    )


def _deploys(ci: Ci, evidence: Evidence[Pipeline]) -> tuple[tuple[Deploy, ...], list[Finding], tuple[str, ...]]:
    found, unknown, previews = deploy_jobs(evidence.value, ci)
    findings = [Finding(f"[ci] deploy_jobs names {name}, and no workflow has it", ci.workflows) for name in unknown]
    if not found and not findings:
        evidence.cannot_tell(f"no job in {ci.workflows} is seen to deploy", NAME_THEM)
    return found, findings, previews


def _gate(pipeline: Pipeline, workflow: Workflow, job: Job, at: int, depth: int = 0) -> Answer:
    """What stops a job when predeploy fails."""
    earlier = job.steps[:at] if at > 0 else ()
    own = [trial for trial in trials(pipeline, job, "predeploy") if trial.step in earlier]
    needed = before(workflow, job)
    ahead = [trial for other in needed for trial in trials(pipeline, other, "predeploy")]
    gates = tuple(other for other in needed if any(True for _ in trials(pipeline, other, "predeploy")))
    trial, reason, doubt = _best([*own, *ahead], _nothing_before(pipeline, workflow, needed))
    if trial is not None:
        goes = "" if trial in own else goes_on(job, gates)
        return (None, goes, "") if goes else (trial, "", "")
    if ahead or own or depth >= 4:
        return None, reason, doubt
    above = callers(pipeline, workflow)
    if above and set(workflow.events) <= {"workflow_call", "workflow_dispatch"}:
        answers = [_gate(pipeline, other, caller, -1, depth + 1) for other, caller in above]
        return next((answer for answer in answers if answer[0] is None), answers[0])
    if workflow.follows and set(workflow.events) <= {"workflow_run", "workflow_dispatch"}:
        return _chained(pipeline, workflow, job, needed)
    hidden = next((other for other in needed if other.calls and pipeline.workflow(other.calls) is None), None)
    if hidden is not None:
        return None, reason, f"job {hidden.key} runs {hidden.calls}, which lies outside the platform"
    return None, reason, doubt


def _chained(pipeline: Pipeline, workflow: Workflow, job: Job, needed: tuple[Job, ...]) -> Answer:
    """The gate in the workflow whose end starts this one; it also ends in failure, so the result must be asked."""
    asked = " ".join(other.condition for other in (job, *needed))
    if not re.search(r"workflow_run\.conclusion\s*==\s*'success'", asked):
        text = f"{workflow.path} starts after {', '.join(workflow.follows)} whether or not that succeeded"
        return None, text, ""
    followed = [other for other in pipeline.workflows if {other.name, other.path} & set(workflow.follows)]
    found = [trial for other in followed for first in other.jobs for trial in trials(pipeline, first, "predeploy")]
    return _best(found, f"{', '.join(workflow.follows)} does not run `pytest -m predeploy`")


def _nothing_before(pipeline: Pipeline, workflow: Workflow, needed: tuple[Job, ...]) -> str:
    for other in workflow.jobs:
        if other not in needed and any(True for _ in trials(pipeline, other, "predeploy")):
            return f"it does not need {other.key}, which runs predeploy beside it"
    names = ", ".join(other.key for other in needed)
    return f"none of the jobs it needs ({names}) runs `pytest -m predeploy`" if names else "it needs no other job"


def _best(found: list[Trial], nothing: str) -> Answer:
    """A trial that counts, whole before narrowed, strict before lenient; else why none does, or why nobody can tell."""
    sound = [trial for trial in found if not trial.ignored and not trial.doubtful]
    if sound:
        return (
            min(sound, key=lambda trial: (bool(trial.run.narrowed), trial.run.lenient, bool(trial.run.frozen))),
            "",
            "",
        )
    doubtful = next((trial for trial in found if not trial.ignored), None)
    if doubtful is not None:
        return None, nothing, f"`{' '.join(doubtful.run.command.words)}` ({doubtful.where}): {doubtful.doubtful}"
    if found:
        return None, f"{found[0].job.key} runs it ({found[0].where}) but {found[0].ignored}", ""
    return None, nothing, ""


def _following(pipeline: Pipeline, deploy: Deploy) -> list[Trial]:
    """What runs smoke after a deploy, as far as it runs after a success."""
    own = [trial for trial in trials(pipeline, deploy.job, "smoke") if trial.step in deploy.job.steps[deploy.at + 1 :]]
    later = [*after(deploy.workflow, deploy.job)]
    for other, caller in callers(pipeline, deploy.workflow):
        later += after(other, caller)
    for other in pipeline.workflows:
        if {deploy.workflow.name, deploy.workflow.path} & set(other.follows):
            later += other.jobs
    ready = [job for job in later if not re.fullmatch(r"\W*(?:failure\(\)|cancelled\(\)|false)\W*", job.condition)]
    return own + [trial for job in ready for trial in trials(pipeline, job, "smoke")]


def _unscheduled(job: Job) -> str:
    condition = job.condition
    if re.fullmatch(r"\W*false\W*", condition):
        return "its job is switched off (`if: false`)"
    asked = re.findall(r"event_name\s*==\s*'(\w+)'", condition)
    if asked and "schedule" not in asked:
        return f"its job runs only if `{condition}`"
    return ""


def _misses_queue(trial: Trial) -> str:
    keyword = trial.run.keyword
    if not trial.run.narrowed or (keyword and re.search(r"(?<!not )\bque(?:ue\w*)?\b", keyword, re.IGNORECASE)):
        return ""
    return "" if "queue" in trial.run.narrowed and not keyword else f"it runs only {trial.run.narrowed}"


def _loose(use: Use) -> str:
    name = use.name
    if name.startswith("docker://"):
        return "" if DIGEST.search(name) else "is an image by tag; pin it by digest (@sha256:…)"
    action, _, ref = name.partition("@")
    if not ref:
        return "names no version"
    if SHA.fullmatch(ref):
        return ""
    if MOVING.fullmatch(ref) or ref.startswith("refs/heads/"):
        return f"follows branch {ref}: whoever pushes there runs code in this pipeline; pin a full commit SHA"
    if action.startswith(OWN):
        return ""
    if re.fullmatch(r"[0-9a-f]{7,39}", ref):
        return "is pinned by a shortened SHA, which is no pin; use all 40 digits"
    return f"is third-party code by tag {ref}, which can be moved; pin a full commit SHA"


def _told(told: list[str], total: int, previews: tuple[str, ...]) -> str:
    aside = f" Previews of pull requests are left out: {', '.join(previews)}." if previews else ""
    return f"{len(told)} of {total} deploy jobs: {'; '.join(told) or 'none'}.{aside}"
