"""Edits that break one build item each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.platforms import Copy, Twin

if TYPE_CHECKING:
    from collections.abc import Callable

METRICS = "services/worker/src/metrics.ts"
DOCKERFILE = "services/worker/Dockerfile"
LOCKED = '"node_modules/prom-client": {\n      "version": "15.1.3"'


def _edit(path: str, old: str, new: str) -> Callable[[Copy], None]:
    return lambda copy: copy.edit(path, old, new)


def _append(path: str, text: str) -> Callable[[Copy], None]:
    return lambda copy: copy.append(path, text)


def _another_base(copy: Copy) -> None:
    copy.write(DOCKERFILE, copy.read(DOCKERFILE).replace("FROM node:20.19.5-", "FROM node:22.11.0-"))


TWINS = {
    "BLD-001": (
        Twin("a type error in the worker", _append(METRICS, '\nexport const limit: number = "many";\n'), builds=True),
        Twin(
            "a type error in the package that both services share",
            _append("packages/shared/src/index.ts", '\nexport const limit: number = "many";\n'),
            builds=True,
        ),
    ),
    "BLD-002": (
        Twin(
            "a promise that nobody awaits",
            _append(METRICS, "\nexport function careless(): void {\n  Promise.resolve(1);\n}\n"),
            builds=True,
        ),
        Twin(
            "console.log in place of the logger",
            _append(METRICS, '\nexport function careless(): void {\n  console.log("seen");\n}\n'),
            builds=True,
        ),
    ),
    "BLD-003": (
        Twin(
            "a range that the lock file was not made for",
            _edit("services/worker/package.json", '"prom-client": "15.1.3"', '"prom-client": "15.1.2"'),
        ),
        Twin("a locked version outside its range", _edit("package-lock.json", LOCKED, LOCKED.replace(".3", ".2"))),
        Twin("a second lock file", lambda copy: copy.write("yarn.lock", "# yarn lockfile v1\n")),
        Twin("a lock file inside a workspace", lambda copy: copy.write("services/web/package-lock.json", "{}\n")),
    ),
    "BLD-004": (
        Twin("an image of another major of Node", _another_base),
        Twin("a version file of another major", lambda copy: copy.write(".nvmrc", "22.11.0\n")),
        Twin(
            "a workflow that tests on another major",
            _edit(".github/workflows/ci.yml", "node-version-file: .nvmrc", "node-version: 22"),
        ),
        Twin("engines that forbid what runs", _edit("package.json", '"node": "^20.19.0"', '"node": "^22.11.0"')),
    ),
}
