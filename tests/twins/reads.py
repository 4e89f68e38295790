# ruff: noqa: E501  # one line an edit reads best
"""Edits that set code and environment contract apart."""

from __future__ import annotations

from tests.platforms import Copy, Twin

WORKER_ENV = "services/worker/src/env.ts"
WEB_ENV = "services/web/lib/env.ts"


def _appended(breaks: str, path: str, code: str) -> Twin:
    def edit(copy: Copy) -> None:
        copy.append(path, code)

    return Twin(breaks, edit)


def _edited(breaks: str, path: str, old: str, new: str) -> Twin:
    def edit(copy: Copy) -> None:
        copy.edit(path, old, new)

    return Twin(breaks, edit)


def _imported(copy: Copy) -> None:
    copy.write(
        "packages/shared/src/region.ts", 'import { env } from "node:process";\nexport const region = env.REGION;\n'
    )
    copy.append("packages/shared/src/index.ts", 'export { region } from "./region.ts";\n')


TWINS = {
    "ENV-007": (
        _appended("code reads a name", "services/worker/src/slack.ts", "\nexport const room = process.env.SLACK_ROOM;\n"),
        _appended("code reads a name in brackets", WEB_ENV, '\nexport const region = process.env["EDGE_REGION"];\n'),
        _appended("code destructures a name", WEB_ENV, "\nexport const { BRAND_NAME: brand } = process.env;\n"),
        _edited("a schema given one name more", WORKER_ENV, "  PORT: process.env.PORT,", "  PORT: process.env.HTTP_PORT ?? process.env.PORT,"),
        _appended(
            "a schema given the whole environment",
            WORKER_ENV,
            "\nexport const tracing = z.object({ TRACE_URL: z.string().optional() }).parse(process.env);\n",
        ),
        _edited("a function of a package that both services call reads a name", "packages/shared/src/redis.ts", "    connectTimeout: 5_000,", "    connectTimeout: Number(process.env.REDIS_TIMEOUT),"),
        Twin("a package that both services import reads a name", _imported),
    ),
    "ENV-008": (
        _edited("a schema names it and is never handed it", WORKER_ENV, "  WORKER_CONCURRENCY: process.env.WORKER_CONCURRENCY,\n", ""),
        _edited("a comment stands where it was handed over", WEB_ENV, "  JOBS_API_TOKEN: process.env.JOBS_API_TOKEN,", "  // JOBS_API_TOKEN: process.env.JOBS_API_TOKEN,"),
        _edited("a string stands where it was read", WORKER_ENV, "process.env.OPENROUTER_MODEL,", '"process.env.OPENROUTER_MODEL",'),
        _edited("a constant stands where it was read", WORKER_ENV, "process.env.SENTRY_ENVIRONMENT,", '"production",'),
        _edited("the shared package no longer reads it", "packages/shared/src/env.ts", "    LOG_LEVEL: process.env.LOG_LEVEL,\n", ""),
    ),
}  # fmt: skip
