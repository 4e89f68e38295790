"""CIW: gates that hold, gates that do not, and what cannot be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.rules import workflows as rules
from checks.rules.crons import Schedule, schedule
from fixtures.model.platform import Ci
from fixtures.probes.files import Files
from fixtures.probes.workflows import Workflows
from tests.rules.papers import outcome, pipeline, platform, sentences, tracked

if TYPE_CHECKING:
    from pathlib import Path

SHA = "0123456789abcdef" * 2 + "01234567"


def deploy(
    gate: str = "- run: pytest -m predeploy", *, job: str = "", needs: str = "gate", after: str = "", on: str = "push"
) -> str:
    """A deploy workflow: a gate job with this step, and a job that needs it and deploys to Railway."""
    return f"""name: deploy
on: {on}
env: {{PREFLIGHT_PLATFORM: shop}}
jobs:
  gate:
    runs-on: ubuntu-latest
    {job}
    steps:
      - uses: actions/checkout@v4
      {gate}
  ship:
    needs: {needs}
    runs-on: ubuntu-latest
    {after}
    steps:
      - run: npx @railway/cli up --service worker
"""


def gated(root: Path, files: dict[str, str], ci: Ci | None = None) -> str:
    """How CIW-001 ends on these files; a path without a folder is a workflow."""
    placed = {
        name if "/" in name or name in ("package.json", "Makefile") else f".github/workflows/{name}": text
        for name, text in files.items()
    }
    evidence = pipeline(root, placed)
    return outcome(lambda: rules.deploy_needs_predeploy(ci or Ci(), evidence))


@pytest.mark.parametrize(
    "gate",
    [
        "- run: pytest -m predeploy",
        "- run: pytest -m=predeploy -n 2 --platform=.",
        "- run: python -m pytest --strict -m 'predeploy'",
        '- run: .venv/bin/pytest -m "predeploy or smoke"',
        "- run: uv run pytest -mpredeploy",
        "- run: |\n          set -euo pipefail\n          pytest -m predeploy | tee out.txt",
        "- run: |\n          pip install -r requirements.txt\n          pytest \\\n            -m predeploy",
        "- {run: pytest -m predeploy | tee out.txt, shell: bash}",
        "- run: pytest -m predeploy || exit 1",
        "- run: pytest -m predeploy --as-of=$(date -I)",
        "- run: cd preflight && pytest -m predeploy",
        "- {run: pytest -m predeploy, if: '!cancelled()'}",
        "- {run: pytest, env: {PYTEST_ADDOPTS: '-m predeploy'}}",
        "- {run: pytest -m predeploy, continue-on-error: false}",
    ],
)
def test_a_gate_holds_in_every_common_form(tmp_path: Path, gate: str) -> None:
    """Quotes, `=`, launchers, continued lines and safe pipes all run the gate."""
    assert gated(tmp_path, {"deploy.yml": deploy(gate)}) == "pass"


@pytest.mark.parametrize(
    "gate",
    [
        "- run: pytest -m predeploy || true",
        "- run: pytest -m predeploy || echo failed",
        "- run: |\n          set +e\n          pytest -m predeploy\n          echo done",
        "- run: pytest -m predeploy | tee out.txt",
        "- {run: pytest -m predeploy, continue-on-error: true}",
        "- {run: pytest -m predeploy, continue-on-error: '${{ inputs.force }}'}",
        "- {run: pytest -m predeploy, if: github.event_name == 'pull_request'}",
        "- run: pytest -m 'not predeploy'",
        "- run: pytest -m predeploy --collect-only",
        "- run: pytest -m predeploy --platform=fixtures/demo",
        "- run: echo pytest -m predeploy",
        "- run: 'true # pytest -m predeploy'",
        "- run: pip install pytest -m predeploy",
        "- run: pytest -m smoke",
        "- run: |\n          pytest -m predeploy && echo fine\n          echo done",
        "- run: pytest -m predeploy &",
    ],
)
def test_a_gate_that_can_be_ignored_is_none(tmp_path: Path, gate: str) -> None:
    """Swallowed failures, tolerated or conditional steps and commands that run nothing do not hold a deploy."""
    assert gated(tmp_path, {"deploy.yml": deploy(gate)}) == "fail"


@pytest.mark.parametrize(
    "gate",
    [
        "- run: pytest -m ${{ matrix.phase }}",
        "- run: pytest -m $PHASE",
        "- run: |\n          if pytest -m predeploy; then echo fine; fi",
    ],
)
def test_a_gate_nobody_can_read_is_unverified(tmp_path: Path, gate: str) -> None:
    """A marker or an exit status that only the run knows is not guessed."""
    assert gated(tmp_path, {"deploy.yml": deploy(gate)}) == "unverified"


@pytest.mark.parametrize(
    "gate",
    [
        "- run: pytest -m predeploy -k env",
        "- run: pytest -m predeploy checks/test_env.py",
        "- run: pytest -m predeploy --unverified=allow",
        "- run: pytest -m predeploy --as-of=2026-01-31",
        "- run: pytest -m predeploy\n        env: { PYTEST_ADDOPTS: --unverified=allow }",
    ],
)
def test_a_narrow_or_blind_gate_warns(tmp_path: Path, gate: str) -> None:
    """A part of predeploy is a gate, and not the whole one; so are one that lets pass what nobody saw
    and one for which no waiver ends."""
    assert gated(tmp_path, {"deploy.yml": deploy(gate)}) == "warn"


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        (deploy(job="continue-on-error: true"), "fail"),
        (deploy(after="if: always()"), "fail"),
        (deploy(after="if: ${{ !cancelled() }}"), "fail"),
        (deploy(after="if: always() && needs.gate.result == 'success'"), "pass"),
        (deploy(after="if: github.ref == 'refs/heads/main'"), "pass"),
        (deploy(needs="[gate]"), "pass"),
        (deploy(needs="[]"), "fail"),
        (deploy(on="[push, workflow_dispatch]"), "pass"),
        (deploy().replace("\n", "\r\n"), "pass"),
        ("\ufeff" + deploy(), "pass"),
    ],
)
def test_the_deploy_job_must_wait(tmp_path: Path, text: str, ends: str) -> None:
    """A deploy that runs although the gate failed, or beside it, is not held."""
    assert gated(tmp_path, {"deploy.yml": text}) == ends


@pytest.mark.parametrize(
    ("gate", "ends"),
    [
        ("- run: pytest -m predeploy", "fail"),
        ("- run: cd preflight && python -m pytest -n 2 -m predeploy --strict", "fail"),
        ("- {run: pytest, env: {PYTEST_ADDOPTS: '-m predeploy'}}", "fail"),
        ("- run: pytest -m predeploy --platform=../shop", "pass"),
        ("- run: pytest -m predeploy --platform ../shop", "pass"),
        ("- {run: pytest, env: {PYTEST_ADDOPTS: '-m predeploy --platform=../shop'}}", "pass"),
        ("- {run: pytest -m predeploy, env: {PREFLIGHT_PLATFORM: ../shop}}", "pass"),
        ("- run: PREFLIGHT_PLATFORM=../shop pytest -m predeploy", "pass"),
        (
            "- run: echo PREFLIGHT_PLATFORM=$GITHUB_WORKSPACE >> $GITHUB_ENV\n      - run: pytest -m predeploy",
            "pass",
        ),
    ],
)
def test_a_gate_names_the_platform_it_checks(tmp_path: Path, gate: str, ends: str) -> None:
    """Without a platform the suite checks its own demo, which is always ready."""
    text = deploy(gate).replace("env: {PREFLIGHT_PLATFORM: shop}\n", "")
    assert gated(tmp_path, {"deploy.yml": text}) == ends


def test_a_chain_of_needs_is_followed(tmp_path: Path) -> None:
    """A gate two jobs ahead holds as well, as a failure skips the whole chain."""
    text = deploy(needs="build").replace("  ship:", "  build:\n    needs: [gate]\n    steps: [{run: make}]\n  ship:")
    assert gated(tmp_path, {"deploy.yml": text}) == "pass"


def test_a_step_of_the_same_job_holds(tmp_path: Path) -> None:
    """An earlier step stops its job; a later one does not."""
    early = "on: push\njobs:\n  ship:\n    steps:\n      - run: pytest -m predeploy --platform=.\n"
    early += "      - run: vercel --prod\n"
    late = "on: push\njobs:\n  ship:\n    steps:\n      - run: vercel --prod\n      - run: pytest -m predeploy\n"
    assert gated(tmp_path, {"deploy.yml": early}) == "pass"
    (tmp_path / "late").mkdir()
    assert gated(tmp_path / "late", {"deploy.yml": late}) == "fail"


@pytest.mark.parametrize(
    ("command", "files"),
    [
        ("npm run gate", {"package.json": '{"scripts": {"gate": "pytest -m predeploy"}}'}),
        ("npm run py -- -m predeploy", {"package.json": '{"scripts": {"py": "pytest"}}'}),
        ("make gate", {"Makefile": ".PHONY: gate\ngate: deps\n\t@pytest -m predeploy\n"}),
        ("bash scripts/gate.sh", {"scripts/gate.sh": "#!/bin/bash\nset -e\npytest -m predeploy\necho ok\n"}),
        ("./scripts/gate.sh", {"scripts/gate.sh": "#!/bin/sh\npytest -m predeploy\n"}),
    ],
)
def test_wrappers_are_looked_behind(tmp_path: Path, command: str, files: dict[str, str]) -> None:
    """npm scripts, make targets and shell files are read one level deep."""
    assert gated(tmp_path, {"deploy.yml": deploy(f"- run: {command}"), **files}) == "pass"


@pytest.mark.parametrize(
    ("command", "files"),
    [
        ("npm run gate", {"package.json": '{"scripts": {"gate": "pytest -m predeploy || true"}}'}),
        ("make gate", {"Makefile": "gate:\n\t-pytest -m predeploy\n"}),
        ("bash scripts/gate.sh", {"scripts/gate.sh": "#!/bin/bash\npytest -m predeploy\necho ok\n"}),
        ("npm run gate || true", {"package.json": '{"scripts": {"gate": "pytest -m predeploy"}}'}),
    ],
)
def test_wrappers_that_swallow_are_found(tmp_path: Path, command: str, files: dict[str, str]) -> None:
    """A wrapper may hide the failure as well as the step."""
    assert gated(tmp_path, {"deploy.yml": deploy(f"- run: {command}"), **files}) == "fail"


@pytest.mark.parametrize(
    "gate",
    [
        "- {run: pytest -m $PHASE, env: {PHASE: predeploy}}",
        "- {run: 'pytest -m \"${PHASE}\"', env: {PHASE: predeploy}}",
        "- {run: 'pytest -m ${{ env.PHASE }}', env: {PHASE: predeploy}}",
        "- {uses: ./.github/actions/check, with: {phase: predeploy}}",
        "- {uses: ./.github/actions/check}",
        "- {uses: ./.github/actions/check, with: {phase: '${{ env.PHASE }}'}, env: {PHASE: predeploy}}",
    ],
)
def test_a_marker_that_the_files_decide_is_known(tmp_path: Path, gate: str) -> None:
    """A variable of the workflow's own and an input of a local action are filled in before a gate is read."""
    action = "inputs: {phase: {default: predeploy}}\nruns:\n  using: composite\n  steps:\n"
    action += "    - run: pytest -m ${{ inputs.phase }}\n      shell: bash\n"
    files = {"deploy.yml": deploy(gate), ".github/actions/check/action.yml": action}
    assert gated(tmp_path, files) == "pass"


@pytest.mark.parametrize(
    ("gate", "ends"),
    [
        ("- {run: pytest -m $PHASE, env: {PHASE: smoke}}", "fail"),
        ("- {run: pytest -m $PHASE, env: {PHASE: '${{ inputs.phase }}'}}", "unverified"),
        ("- {run: PHASE=smoke; pytest -m $PHASE, env: {PHASE: predeploy}}", "unverified"),
        ("- {uses: ./.github/actions/check, with: {phase: smoke}}", "fail"),
        ("- {uses: ./.github/actions/check, with: {phase: '${{ matrix.phase }}'}}", "unverified"),
    ],
)
def test_a_marker_that_is_another_or_open_gates_nothing(tmp_path: Path, gate: str, ends: str) -> None:
    """What is filled in must be predeploy; what only a run knows stays open."""
    action = "inputs: {phase: {default: predeploy}}\nruns:\n  using: composite\n  steps:\n"
    action += "    - run: pytest -m ${{ inputs.phase }}\n      shell: bash\n"
    files = {"deploy.yml": deploy(gate), ".github/actions/check/action.yml": action}
    assert gated(tmp_path, files) == ends


@pytest.mark.parametrize(
    ("handed", "declared", "ends"),
    [
        ("with: {phase: predeploy}", "{type: string}", "pass"),
        ("", "{type: string, default: predeploy}", "pass"),
        ("with: {phase: smoke}", "{type: string, default: predeploy}", "fail"),
        ("with: {phase: '${{ github.ref_name }}'}", "{type: string}", "unverified"),
    ],
)
def test_a_reusable_gate_runs_the_phase_it_is_handed(tmp_path: Path, handed: str, declared: str, ends: str) -> None:
    """One reusable workflow for all phases gates by the input of the job that calls it."""
    gate = f"on:\n  workflow_call:\n    inputs:\n      phase: {declared}\njobs:\n  check:\n    steps:\n"
    gate += "      - run: pytest -m ${{ inputs.phase }} --platform=.\n"
    text = f"on: push\njobs:\n  gate:\n    uses: ./.github/workflows/gate.yml\n    {handed}\n"
    text += "  ship:\n    needs: gate\n    steps:\n      - run: fly deploy\n"
    assert gated(tmp_path, {"gate.yml": gate, "deploy.yml": text}) == ends


def test_reusable_workflows_are_followed(tmp_path: Path) -> None:
    """A gate may be a reusable workflow of the repository; one of another repository cannot be read."""
    gate = "on: workflow_call\njobs:\n  check:\n    steps:\n      - run: pytest -m predeploy --platform=.\n"
    text = "on: push\njobs:\n  gate:\n    uses: {0}\n  ship:\n    needs: gate\n    steps:\n      - run: fly deploy\n"
    own = {"gate.yml": gate, "deploy.yml": text.format("./.github/workflows/gate.yml")}
    assert gated(tmp_path, own) == "pass"
    (tmp_path / "b").mkdir()
    assert (
        gated(tmp_path / "b", {"deploy.yml": text.format(f"acme/ci/.github/workflows/gate.yml@{SHA}")}) == "unverified"
    )


def test_a_reusable_deploy_is_held_by_its_callers(tmp_path: Path) -> None:
    """A deploy that others call is held where every caller waits for the gate."""
    ship = "on: workflow_call\njobs:\n  ship:\n    steps:\n      - run: supabase db push\n"
    call = "on: push\njobs:\n  gate:\n    steps:\n      - run: pytest -m predeploy --platform=.\n"
    call += "  ship:\n    needs: {0}\n    uses: ./.github/workflows/ship.yml\n"
    assert gated(tmp_path, {"ship.yml": ship, "deploy.yml": call.format("gate")}) == "pass"
    (tmp_path / "b").mkdir()
    assert gated(tmp_path / "b", {"ship.yml": ship, "deploy.yml": call.format("[]")}) == "fail"
    (tmp_path / "c").mkdir()
    both = {"ship.yml": ship.replace("workflow_call", "[workflow_call, push]"), "deploy.yml": call.format("gate")}
    assert gated(tmp_path / "c", both) == "fail"


def test_a_local_action_is_looked_into(tmp_path: Path) -> None:
    """A composite action of the repository runs its steps in the job's place."""
    action = "runs:\n  using: composite\n  steps:\n    - run: pytest -m predeploy\n      shell: bash\n"
    files = {"deploy.yml": deploy("- uses: ./.github/actions/gate"), ".github/actions/gate/action.yml": action}
    assert gated(tmp_path, files) == "pass"


def test_a_workflow_run_must_ask_for_success(tmp_path: Path) -> None:
    """`workflow_run` starts after failures too, so the conclusion must be asked for."""
    check = "name: check\non: push\njobs:\n  gate:\n    steps:\n      - run: pytest -m predeploy --platform=.\n"
    text = "on:\n  workflow_run:\n    workflows: [check]\n    types: [completed]\n"
    text += "jobs:\n  ship:\n    if: {0}\n    steps:\n      - run: vercel deploy --prod\n"
    asked = "github.event.workflow_run.conclusion == 'success'"
    assert gated(tmp_path, {"check.yml": check, "ship.yml": text.format(asked)}) == "pass"
    (tmp_path / "b").mkdir()
    assert (
        gated(tmp_path / "b", {"check.yml": check, "ship.yml": text.format("github.ref == 'refs/heads/main'")})
        == "fail"
    )


@pytest.mark.parametrize(
    "step",
    [
        "- run: railway up --detach",
        "- run: npx --yes vercel@latest deploy --prod --token=$T",
        "- run: pnpm dlx vercel --prod",
        "- run: vercel",
        "- run: supabase db push",
        "- run: flyctl deploy --remote-only",
        "- run: curl -X POST ${{ secrets.RENDER_DEPLOY_HOOK }}",
        "- run: npm run deploy",
        f"- uses: amondnet/vercel-action@{SHA}",
        f"- {{uses: 'cloudflare/wrangler-action@{SHA}', with: {{command: deploy}}}}",
        "- run: wrangler deploy",
        "- run: aws ecs update-service --cluster a --service b",
    ],
)
def test_deploys_are_seen(tmp_path: Path, step: str) -> None:
    """Jobs that deploy are found by their commands and actions."""
    files = {
        "deploy.yml": f"on: push\njobs:\n  ship:\n    steps:\n      {step}\n",
        "package.json": '{"scripts": {"deploy": "railway up"}}',
    }
    assert gated(tmp_path, files) == "fail"


@pytest.mark.parametrize(
    "step",
    [
        "- run: vercel pull --prod",
        "- run: railway status",
        "- run: npm test",
        "- uses: actions/deploy-pages@v4",
        "- run: echo railway up",
    ],
)
def test_what_does_not_deploy_is_not_held(tmp_path: Path, step: str) -> None:
    """No job that deploys: unverified, with the key that names them."""
    evidence = pipeline(tmp_path, {".github/workflows/ci.yml": f"on: push\njobs:\n  a:\n    steps:\n      {step}\n"})
    assert outcome(lambda: rules.deploy_needs_predeploy(Ci(), evidence)) == "unverified"


def test_a_preview_of_a_pull_request_needs_no_gate(tmp_path: Path) -> None:
    """Previews are left out, and the sentence says so."""
    preview = "on: pull_request\njobs:\n  preview:\n    steps:\n      - run: vercel deploy\n"
    evidence = pipeline(tmp_path, {".github/workflows/preview.yml": preview, ".github/workflows/deploy.yml": deploy()})
    verdict = rules.deploy_needs_predeploy(Ci(), evidence)
    assert not verdict.findings
    assert "preview.yml/preview" in verdict.observed


def test_named_jobs_go_before_detection(tmp_path: Path) -> None:
    """The manifest names what deploys; a name that no workflow has is a finding."""
    text = deploy().replace("npx @railway/cli up --service worker", "./opaque")
    assert gated(tmp_path, {"deploy.yml": text}, Ci(deploy_jobs=("deploy.yml/ship",))) == "pass"
    (tmp_path / "b").mkdir()
    assert gated(tmp_path / "b", {"deploy.yml": text}, Ci(deploy_jobs=("deploy.yml/none",))) == "fail"


@pytest.mark.parametrize(
    ("job", "ends"),
    [
        ("admin:\n    steps: [{run: vercel deploy --prod}]", "warn"),
        ("admin:\n    needs: gate\n    steps: [{run: vercel deploy --prod}]", "pass"),
        ("admin:\n    environment: staging\n    steps: [{run: railway up}]", "pass"),
        ("admin:\n    steps: [{run: railway up --environment staging}]", "pass"),
        ("admin:\n    steps: [{run: npm test}]", "pass"),
    ],
)
def test_a_deploy_that_the_manifest_leaves_out_is_told(tmp_path: Path, job: str, ends: str) -> None:
    """Naming one job that deploys does not hide another that no gate holds."""
    named = Ci(deploy_jobs=("deploy.yml/ship",))
    assert gated(tmp_path, {"deploy.yml": f"{deploy()}  {job}\n"}, named) == ends


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("jobs: [", "fail"),
        ("on: push\njobs:\n  a: {}\n  a: {}\n", "fail"),
        ("", "fail"),
        ("- a\n", "fail"),
        ("on: push\n", "fail"),
        ("x: &a [*a]\non: push\njobs: {a: {steps: *a}}\n", "unverified"),
        ("[" * 5000, "fail"),
    ],
)
def test_a_broken_workflow_is_a_fault_with_its_place(tmp_path: Path, text: str, ends: str) -> None:
    """What GitHub cannot run gates nothing."""
    assert gated(tmp_path, {"deploy.yml": text}) == ends


def test_no_workflow_at_all_is_a_fault(tmp_path: Path) -> None:
    """A declared pipeline without a workflow fails; YAML below a sub-folder is none."""
    assert gated(tmp_path, {".github/workflows/old/deploy.yml": deploy()}) == "fail"


SMOKE = "  smoke:\n    needs: {0}\n    {1}\n    steps:\n      - run: {2}\n"


@pytest.mark.parametrize(
    ("smoke", "ends"),
    [
        (SMOKE.format("ship", "", "pytest -m smoke"), "pass"),
        (SMOKE.format("[gate, ship]", "if: always()", "pytest -m smoke"), "pass"),
        (SMOKE.format("gate", "", "pytest -m smoke"), "fail"),
        (SMOKE.format("ship", "if: failure()", "pytest -m smoke"), "fail"),
        (SMOKE.format("ship", "continue-on-error: true", "pytest -m smoke"), "fail"),
        (SMOKE.format("ship", "", "pytest -m smoke || true"), "fail"),
        (SMOKE.format("ship", "", "pytest -m smoke -k queue"), "warn"),
        (SMOKE.format("ship", "", "pytest -m predeploy"), "fail"),
        ("      - run: pytest -m smoke\n", "pass"),
        ("", "fail"),
    ],
)
def test_smoke_follows_each_deploy(tmp_path: Path, smoke: str, ends: str) -> None:
    """A job that needs the deploy, or a later step of it, looks whether it worked."""
    evidence = pipeline(tmp_path, {".github/workflows/deploy.yml": deploy() + smoke})
    assert outcome(lambda: rules.smoke_follows_deploy(Ci(), evidence)) == ends


@pytest.mark.parametrize("on", ["deployment_status", "{workflow_run: {workflows: [deploy]}}"])
def test_smoke_may_be_a_workflow_of_its_own(tmp_path: Path, on: str) -> None:
    """A workflow that the deploy starts follows it."""
    smoke = f"on: {on}\njobs:\n  smoke:\n    steps:\n      - run: pytest -m smoke --platform=.\n"
    evidence = pipeline(tmp_path, {".github/workflows/deploy.yml": deploy(), ".github/workflows/smoke.yml": smoke})
    assert outcome(lambda: rules.smoke_follows_deploy(Ci(), evidence)) == "pass"


def test_smoke_on_the_hosts_own_deploys(tmp_path: Path) -> None:
    """Where the host deploys by itself, a workflow on deployment_status is what follows."""
    smoke = "on: deployment_status\njobs:\n  smoke:\n    steps:\n      - run: pytest -m smoke --platform=.\n"
    evidence = pipeline(tmp_path, {".github/workflows/smoke.yml": smoke})
    assert outcome(lambda: rules.smoke_follows_deploy(Ci(), evidence)) == "pass"
    assert outcome(lambda: rules.deploy_needs_predeploy(Ci(), evidence)) == "unverified"


def monitor(cron: str = "*/15 * * * *", run: str = "pytest -m smoke -k queue", job: str = "") -> str:
    """A scheduled workflow."""
    on = f"on:\n  schedule:\n    - cron: '{cron}'\nenv: {{PREFLIGHT_PLATFORM: shop}}\n"
    return f"{on}jobs:\n  queue:\n    {job}\n    steps:\n      - run: {run}\n"


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        (monitor(), "pass"),
        (monitor(run="pytest -m smoke"), "pass"),
        (monitor(run='pytest -m smoke -k "QUE or health"'), "pass"),
        (monitor(run="pytest -m smoke checks/test_queues.py"), "pass"),
        (monitor("0 * * * *"), "pass"),
        (monitor("7,37 * * JAN-DEC SUN-SAT"), "pass"),
        (monitor(job="if: github.event_name == 'schedule'"), "pass"),
        (monitor("0 */2 * * *"), "warn"),
        (monitor("*/15 9-17 * * 1-5"), "warn"),
        (monitor("* * * * *"), "warn"),
        (monitor("*/15 * * *"), "fail"),
        (monitor("@hourly"), "fail"),
        (monitor("61 * * * *"), "fail"),
        (monitor(run="pytest -m smoke -k health"), "fail"),
        (monitor(run="pytest -m smoke -k 'not queue'"), "fail"),
        (monitor(run="pytest -m smoke -k queue || true"), "fail"),
        (monitor(run="pytest -m predeploy"), "fail"),
        (monitor(job="if: false"), "fail"),
        (monitor(job="if: github.event_name == 'workflow_dispatch'"), "fail"),
        (monitor(job="continue-on-error: true"), "fail"),
        (monitor().replace("schedule:\n    - cron: '*/15 * * * *'", "workflow_dispatch:"), "fail"),
    ],
)
def test_the_queue_monitor_is_scheduled(tmp_path: Path, text: str, ends: str) -> None:
    """A valid cron, a job that runs on it, and smoke's queue items in it."""
    evidence = pipeline(tmp_path, {".github/workflows/monitor.yml": text})
    assert outcome(lambda: rules.queue_is_monitored(Ci(), evidence)) == ends


def test_without_a_queue_nothing_must_be_watched(tmp_path: Path) -> None:
    """A platform that declares no queue passes, and the sentence says why."""
    evidence = pipeline(tmp_path, {".github/workflows/ci.yml": deploy()}, queues=())
    assert "no queue" in rules.queue_is_monitored(Ci(), evidence).observed


@pytest.mark.parametrize(
    ("uses", "says"),
    [
        (f"acme/tool@{SHA}", ""),
        ("actions/checkout@v4", ""),
        ("github/codeql-action/init@v3", ""),
        ("./.github/actions/own", ""),
        (f"docker://alpine@sha256:{'a' * 64}", ""),
        ("acme/tool@v1", "tag v1"),
        ("acme/tool@v1.2.3", "tag v1.2.3"),
        ("acme/tool@main", "branch main"),
        ("actions/checkout@main", "branch main"),
        (f"acme/tool@{SHA[:7]}", "shortened"),
        ("acme/tool", "no version"),
        ("docker://alpine:3", "by digest"),
    ],
)
def test_actions_are_pinned(tmp_path: Path, uses: str, says: str) -> None:
    """Loose references warn, with what they are; nothing of this fails."""
    evidence = pipeline(
        tmp_path, {".github/workflows/ci.yml": f"on: push\njobs:\n  a:\n    steps:\n      - uses: {uses}\n"}
    )
    verdict = rules.actions_are_pinned(Ci(), evidence)
    assert not verdict.findings
    assert bool(verdict.warnings) == bool(says)
    assert says in sentences(verdict)


def test_actions_inside_local_ones_and_reusable_workflows_count(tmp_path: Path) -> None:
    """A composite action's own actions and a called workflow's reference are third-party code too."""
    files = {
        ".github/workflows/ci.yml": "on: push\njobs:\n  a:\n    steps:\n      - uses: ./own\n"
        "  b:\n    uses: acme/ci/.github/workflows/x.yml@v1\n",
        "own/action.yml": "runs:\n  using: composite\n  steps:\n    - uses: acme/tool@v2\n",
    }
    assert len(rules.actions_are_pinned(Ci(), pipeline(tmp_path, files)).warnings) == 2


@pytest.mark.parametrize(
    ("cron", "gap"),
    [
        ("*/5 * * * *", 5),
        ("0 0 * * *", 1440),
        ("0 12 * * 0", 10080),
        ("0 0 1 * *", 10080),
        ("50 * * * *", 60),
        ("*/7 * * * *", 7),
    ],
)
def test_the_longest_wait_of_a_cron(cron: str, gap: int) -> None:
    """Gaps are counted over a week, from its last firing to its first."""
    plan = schedule(cron)
    assert isinstance(plan, Schedule)
    assert Schedule.gap([plan]) == gap


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.text(max_size=200) | st.text(alphabet=st.sampled_from("on:jbsteprus -[]{}&*a'\"\n|>#!?,%@`"), max_size=200))
def test_no_workflow_crashes_the_reader(tmp_path: Path, text: str) -> None:
    """Any text is a pipeline, a fault or unverified."""
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True, exist_ok=True)
    for file in ("a.yml", "b.yml"):
        (folder / file).write_text("on: push\njobs: {}\n")
    tracked(tmp_path, {})
    (folder / "a.yml").write_bytes(text.encode("utf-8", "surrogatepass"))
    (folder / "b.yml").write_bytes(
        f"on: push\njobs:\n  a:\n    steps:\n      - run: {text}\n".encode("utf-8", "surrogatepass")
    )
    evidence = Workflows(platform(tmp_path), Files(tmp_path)).pipeline(Ci())
    for rule in (rules.deploy_needs_predeploy, rules.smoke_follows_deploy, rules.actions_are_pinned):
        assert outcome(lambda: rule(Ci(), evidence)) in {"pass", "warn", "fail", "unverified"}  # noqa: B023


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789*/,- monjan@", max_size=40))
def test_no_cron_crashes(text: str) -> None:
    """Any text is a schedule or a sentence about what is wrong."""
    assert schedule(text)
