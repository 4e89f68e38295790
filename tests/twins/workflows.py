"""Edits that break one workflow item each."""

from __future__ import annotations

from tests.platforms import Copy, Twin

DEPLOY = ".github/workflows/deploy.yml"
MONITOR = ".github/workflows/queue-monitor.yml"
CI = ".github/workflows/ci.yml"
GATE = "  predeploy:\n    runs-on: ubuntu-24.04\n"
WORKER = "  deploy-worker:\n    needs: predeploy\n"
WEB = "  deploy-web:\n    needs: predeploy\n"
SMOKE = "    needs: [deploy-worker, deploy-web]\n"
CRON = '    - cron: "*/15 * * * *"'
SETUP = "      - run: npm ci --ignore-scripts\n      - run: npm run typecheck"


def _edit(breaks: str, path: str, *pairs: tuple[str, str]) -> Twin:
    def edit(copy: Copy) -> None:
        for old, new in pairs:
            copy.edit(path, old, new)

    return Twin(breaks, edit)


def _loose(breaks: str, path: str, old: str, new: str) -> Twin:
    def edit(copy: Copy) -> None:
        copy.edit(path, old, new)

    return Twin(breaks, edit, verdict="warn")


TWINS = {
    "CIW-001": (
        _edit("one deploy job needs nothing", DEPLOY, (WEB, "  deploy-web:\n")),
        _edit("the gate may fail", DEPLOY, (GATE, f"{GATE}    continue-on-error: true\n")),
        _edit(
            "its failure is swallowed",
            DEPLOY,
            (
                '          pytest -m predeploy --platform="$GITHUB_WORKSPACE/platform" \\\n',
                "          pytest -m predeploy || true\n          true \\\n",
            ),
        ),
        _edit("the deploy runs in any case", DEPLOY, (WORKER, f"{WORKER}    if: always()\n")),
        _edit(
            "the gate runs another phase",
            DEPLOY,
            ("          pytest -m predeploy --platform", "          pytest -m readiness --platform"),
        ),
        _edit(
            "the gate only collects",
            DEPLOY,
            ("          pytest -m predeploy --platform", "          pytest -m predeploy --collect-only --platform"),
        ),
        _edit(
            "the gate checks the suite's own demo",
            DEPLOY,
            (
                '          pytest -m predeploy --platform="$GITHUB_WORKSPACE/platform" \\\n',
                "          pytest -m predeploy \\\n",
            ),
        ),
        _edit("the gate runs beside the deploy", DEPLOY, (WORKER, "  deploy-worker:\n    needs: []\n")),
        _edit(
            "the gate's step is conditional",
            DEPLOY,
            (
                "      - name: May this go to production?\n",
                "      - name: May this go to production?\n        if: github.event_name == 'workflow_dispatch'\n",
            ),
        ),
    ),
    "CIW-002": (
        _edit("smoke follows one of two", DEPLOY, (SMOKE, "    needs: [deploy-worker]\n")),
        _edit("smoke may fail", DEPLOY, (SMOKE, f"{SMOKE}    continue-on-error: true\n")),
        _edit("smoke runs after failures only", DEPLOY, (SMOKE, f"{SMOKE}    if: failure()\n")),
        _edit(
            "another phase follows",
            DEPLOY,
            ("          pytest -m smoke --platform", "          pytest -m predeploy --platform"),
        ),
    ),
    "CIW-003": (
        _edit("nobody schedules it", MONITOR, (f"  schedule:\n{CRON}\n", "")),
        _edit("a cron of four fields", MONITOR, (CRON, '    - cron: "*/15 * * *"')),
        _edit("a minute that does not exist", MONITOR, (CRON, '    - cron: "60 * * * *"')),
        _edit("it looks at something else", MONITOR, ("pytest -m smoke -k queue", "pytest -m smoke -k health")),
        _edit(
            "it runs by hand only",
            MONITOR,
            ("  queue:\n", "  queue:\n    if: github.event_name == 'workflow_dispatch'\n"),
        ),
    ),
    "CIW-004": (
        _loose("an action by tag", CI, SETUP, f"      - uses: acme/setup-tool@v2\n{SETUP}"),
        _loose("an action by branch", CI, SETUP, f"      - uses: acme/setup-tool@main\n{SETUP}"),
        _loose("an image by tag", CI, SETUP, f"      - uses: docker://alpine:3.22\n{SETUP}"),
    ),
}
