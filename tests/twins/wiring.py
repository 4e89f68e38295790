# ruff: noqa: E501  # one line an edit reads best
"""Edits that set two files apart which must agree."""

from __future__ import annotations

from tests.platforms import Copy, Twin

WORKER = "services/worker/src/worker.ts"
SERVER = "services/worker/src/server.ts"
DEPTH = "services/worker/src/queue.ts"
PRODUCER = "services/web/lib/queue.ts"
RULES = "monitoring/alerts.yml"
BOARD = "monitoring/grafana-dashboard.json"


def _edited(breaks: str, path: str, old: str, new: str) -> Twin:
    def edit(copy: Copy) -> None:
        copy.edit(path, old, new)

    return Twin(breaks, edit)


def _from_a_constant(copy: Copy) -> None:
    copy.edit(WORKER, 'new Worker("agent-jobs", observed', "new Worker(`${QUEUE}s`, observed")
    copy.append(WORKER, '\nconst QUEUE = "agents-job";\n')


def _other_depth(copy: Copy) -> None:
    copy.write(DEPTH, copy.read(DEPTH).replace("queue_jobs", "queue_depth"))


def _middleware(copy: Copy) -> None:
    copy.write(
        "services/web/middleware.ts",
        "export function middleware(request: Request): Response | undefined {\n"
        '  if (new URL(request.url).pathname === "/api/health") return Response.json({ status: "ok" });\n'
        "  return undefined;\n}\n",
    )
    copy.git("add", "services/web/middleware.ts")


def _alert_nobody_explains(copy: Copy) -> None:
    copy.append(RULES, "\n      - alert: DiskFull\n        expr: worker_up == 0\n        for: 5m\n")


TWINS = {
    "WIR-001": (
        _edited("the worker works on another queue", WORKER, 'new Worker("agent-jobs", observed', 'new Worker("agent-job", observed'),
        Twin("the worker's queue is another by a constant", _from_a_constant),
        _edited("the producer fills another queue", PRODUCER, 'new Queue("agent-jobs", {', 'new Queue("agents", {'),
        _edited("the producer sets a prefix", PRODUCER, "connection: redis(),", 'connection: redis(), prefix: "desk",'),
        _edited("the producer fills another database", PRODUCER, "connection: redis(),", 'connection: { url: process.env["REDIS_URL"] ?? "", db: 1 },'),
        _edited("the worker's client gives up, which BullMQ refuses", "packages/shared/src/redis.ts", 'use === "worker" ? null : 1,', "1,"),
        _edited("nobody starts the worker", WORKER, "    connection: blocking,\n", "    connection: blocking,\n    autorun: false,\n"),
        _edited("the worker connects elsewhere", WORKER, "connection: blocking,", "connection: { url: env.OPENROUTER_BASE_URL },"),
    ),
    "WIR-002": (
        _edited("code exports a counter under another name", "services/worker/src/metrics.ts", 'name: "worker_jobs_total"', 'name: "worker_jobs"'),
        Twin("exposition written by hand names another metric", _other_depth),
        _edited("an alert names what nobody exports", RULES, "expr: absent(worker_up == 1)", "expr: absent(worker_alive == 1)"),
        _edited("a panel names what nobody exports", BOARD, '"expr": "sum(worker_up)"', '"expr": "sum(workers_up)"'),
        _edited(
            "a panel names a histogram without its ending",
            BOARD,
            "sum by (le, api) (rate(external_request_duration_seconds_bucket[10m]))",
            "sum by (le, api) (rate(external_request_duration_seconds[10m]))",
        ),
        _edited("an expression does not parse", RULES, "expr: absent(worker_up == 1)", "expr: absent(worker_up == 1"),
    ),
    "WIR-003": (
        _edited("code serves another path", SERVER, 'path === "/health"', 'path === "/healthz"'),
        _edited("only a comment serves the path", SERVER, '  if (path === "/health") return', '  // if (path === "/health") return'),
        Twin("a middleware answers before the handler", _middleware, verdict="warn"),
        Twin(
            "the handler cannot say that a dependency failed",
            lambda copy: copy.edit(SERVER, "healthy ? 200 : 503", "200"),
            verdict="warn",
        ),
    ),
    "WIR-004": (
        _edited("the image exposes another port", "services/worker/Dockerfile", "EXPOSE 3001", "EXPOSE 3002"),
        _edited("the worker listens for its own machine only", SERVER, "server.listen(env.PORT, ", 'server.listen(env.PORT, "127.0.0.1", '),
        _edited("code has another default", "services/worker/src/env.ts", ".default(3001)", ".default(8080)"),
        _edited("the example file names another port", "services/worker/.env.example", "PORT=3001", "PORT=3010"),
    ),
    "WIR-005": (
        Twin("an alert without a section", _alert_nobody_explains),
        _edited("a runbook_url leads nowhere", RULES, "RUNBOOK.md#failedjobshigh", "RUNBOOK.md#failed-jobs-are-many"),
    ),
}  # fmt: skip
