# ruff: noqa: E501  # one line a file of code reads best
"""Which reads of a shared package count for a service: those that it can reach from the names it imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.probes.sources import source

if TYPE_CHECKING:
    from pathlib import Path

    from fixtures.model.source import EnvReads

PACKAGE = {
    "package.json": '{"name": "root", "workspaces": ["packages/*", "app"]}',
    "app/package.json": '{"name": "app"}',
    "packages/shared/package.json": '{"name": "@x/shared", "exports": {".": "./src/index.ts", "./*": "./src/*.ts"}}',
}
CLIENTS = (
    "export function redis() { return process.env.REDIS }\n"
    "export const slack = (): string => process.env.SLACK!;\n"
    "export default function router() { return process.env.ROUTER }\n"
)
NEED = (
    "function need(name: string): string { return process.env[name]! }\n"
    "export const redis = () => need('REDIS');\nexport const slack = () => need('SLACK');\n"
)
COMMONJS = {
    "clients.js": "exports.redis = function () { return process.env.REDIS };\nexports.slack = () => process.env.SLACK;",
    "whole.js": "const redis = () => process.env.REDIS;\nfunction slack() { return process.env.SLACK }\n"
    "module.exports = { redis, slack, router() { return process.env.ROUTER } };",
}
ALL = {"REDIS", "SLACK", "ROUTER"}


def found(root: Path, code: str | dict[str, str], shared: dict[str, str]) -> EnvReads:
    """What `app` reads, where a package `@x/shared` has these files below src/."""
    own = {"a.ts": code} if isinstance(code, str) else code
    files = PACKAGE | {f"app/{path}": text for path, text in own.items()}
    files |= {f"packages/shared/src/{path}": text for path, text in shared.items()}
    probe, service = source(root, files)
    return probe.environment(service).value


def counted(reads: EnvReads) -> set[str]:
    return {read.name for read in reads.reads if read.role != "unused"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('import { redis } from "@x/shared"; redis()', {"REDIS"}),
        ('import { redis } from "@x/shared"', {"REDIS"}),
        ('import { redis as r } from "@x/shared"; r()', {"REDIS"}),
        ('import router from "@x/shared"', {"ROUTER"}),
        ('import router, { slack } from "@x/shared"', {"ROUTER", "SLACK"}),
        ('import { default as router } from "@x/shared"', {"ROUTER"}),
        ('export { slack } from "@x/shared"', {"SLACK"}),
        ('export { slack as default } from "@x/shared"', {"SLACK"}),
        ('export * from "@x/shared"', ALL),
        ('export * as shared from "@x/shared"', ALL),
        ('import * as shared from "@x/shared"; shared.redis()', ALL),
        ('import "@x/shared"', set()),
        ('import "@x/shared"; import type { redis } from "@x/shared"', set()),
        ('const { slack } = require("@x/shared")', {"SLACK"}),
        ('const { slack: s = 1 } = require("@x/shared") as any', {"SLACK"}),
        ('const { slack, ...rest } = require("@x/shared")', ALL),
        ('const { [key]: s } = require("@x/shared")', ALL),
        ('const slack = require("@x/shared").slack', {"SLACK"}),
        ('const shared = require("@x/shared")', ALL),
        ('import shared = require("@x/shared")', ALL),
        ('const { redis } = await import("@x/shared")', {"REDIS"}),
        ('const redis = (await import("@x/shared")).redis', {"REDIS"}),
        ('import(/* a chunk */ "@x/shared").then((m) => m.redis()); import { redis } from "@x/shared"', ALL),
        ('import("@x/shared").then(({ redis }) => redis())', ALL),
        ('const { then } = import("@x/shared")', ALL),
        ('import { redis } from "@x/shared"; const other = await import(name)', ALL),
        ('import { redis } from "@x/shared"; require(`./${name}`)', ALL),
        ('import { redis } from "@x/shared"; import { createRequire } from "node:module"', ALL),
        ('import { redis } from "@x/shared"; import.meta.glob("../packages/*/src/*.ts")', ALL),
        ('import { redis } from "@x/shared"; let = = broken }', ALL),
        ('import { gone } from "@x/shared"', ALL),
    ],
)  # fmt: skip
def test_the_names_that_a_service_imports_decide(tmp_path: Path, code: str, expected: set[str]) -> None:
    """A named import reaches one function; a namespace, a computed import and what is not understood reach all."""
    reads = found(tmp_path, code, {"index.ts": CLIENTS})
    assert counted(reads) == expected
    assert {read.name for read in reads.reads} == ALL


@pytest.mark.parametrize(
    ("shared", "expected"),
    [
        ({"index.ts": 'export * from "./clients";', "clients.ts": CLIENTS}, {"REDIS"}),
        ({"index.ts": 'export { redis, slack } from "./clients";', "clients.ts": CLIENTS}, {"REDIS"}),
        ({"index.ts": 'export { slack as redis } from "./clients";', "clients.ts": CLIENTS}, {"SLACK"}),
        ({"index.ts": 'export { default as redis } from "./clients";', "clients.ts": CLIENTS}, {"ROUTER"}),
        ({"index.ts": 'import { slack as s, redis } from "./clients"; export { s as redis };', "clients.ts": CLIENTS}, {"SLACK"}),
        ({"index.ts": 'import * as redis from "./clients"; export { redis };', "clients.ts": CLIENTS}, ALL),
        ({"index.ts": 'export * as redis from "./clients";', "clients.ts": CLIENTS}, ALL),
        ({"index.ts": 'export * from "./a";', "a.ts": 'export * from "./b"; export * from "./index";', "b.ts": CLIENTS}, {"REDIS"}),
        ({"index.ts": 'export * from "./a"; export * from "./b";', "a.ts": 'export const q = () => process.env.Q; interface redis {}', "b.ts": CLIENTS}, {"REDIS"}),
        ({"index.ts": 'export const redis = async () => (await import("./clients")).slack();', "clients.ts": CLIENTS}, {"SLACK"}),
        ({"index.ts": 'export function redis() { const { slack } = require("./clients"); slack() }', "clients.ts": CLIENTS}, {"SLACK"}),
        ({"index.ts": 'const clients = require("./clients"); export const redis = () => 1', "clients.ts": CLIENTS}, ALL),
        ({"index.ts": 'export * from "bullmq"; export * from "./clients";', "clients.ts": CLIENTS}, {"REDIS"}),
    ],
)  # fmt: skip
def test_barrels_and_chains_of_re_exports_are_followed(
    tmp_path: Path, shared: dict[str, str], expected: set[str]
) -> None:
    """`redis` reaches the piece that an index file means by it, under whatever name."""
    assert counted(found(tmp_path, 'import { redis } from "@x/shared"', shared)) == expected


@pytest.mark.parametrize(
    ("code", "index"),
    [
        ('import * as shared from "@x/shared"', 'export * from "./clients"; export { default } from "./clients"'),
        ('import * as shared from "@x/shared"', 'export { default, redis, slack as s } from "./clients"'),
        ('import * as shared from "@x/shared"', 'import router, { redis, slack } from "./clients"; export { router, redis, slack }'),
        ('import { gone } from "@x/shared"', 'export * from "./back"; export * from "./clients"; export { default } from "./clients"'),
    ],
)  # fmt: skip
def test_a_namespace_and_a_name_not_found_reach_all_that_is_handed_on(tmp_path: Path, code: str, index: str) -> None:
    """Behind an index file all modules count, also where modules re-export each other."""
    shared = {"index.ts": index, "clients.ts": CLIENTS, "back.ts": 'export * from "./index"'}
    assert counted(found(tmp_path, code, shared)) == ALL


@pytest.mark.parametrize(
    ("shared", "expected"),
    [
        ("export const use = () => redis(); function redis() { return process.env.REDIS } function slack() { return process.env.SLACK }", {"REDIS"}),
        ("export class use { run() { return redis() } } const redis = () => process.env.REDIS; const slack = () => process.env.SLACK", {"REDIS"}),
        ("export class use { #a = process.env.A; static b() { return process.env.B } } export class Other { c() { return process.env.C } }", {"A", "B"}),
        ("class Base { a = process.env.A } export class use extends Base {} class Other extends Base { b = process.env.B }", {"A"}),
        ("export const use = { a: () => process.env.A, b() { return process.env.B } }; export const other = { c: () => process.env.C }", {"A", "B"}),
        ("export const use = <Props,>(p: Props) => process.env.A; export const other = async function* () { process.env.B }", {"A"}),
        ("const f = () => process.env.A; export const use = f; const g = () => process.env.B; export const other = [g]", {"A"}),
        ("export function use(redis = other) {} function other() { return process.env.A }", {"A"}),
        ("export const use = (other: () => void) => other(); export const other = () => process.env.A", {"A"}),
        ("export function use(base: Base) {} export class Base { a = process.env.A }", set()),
        ("export interface use {} export const other = () => process.env.A", set()),
        ("export type use = string; export const other = () => process.env.A", set()),
    ],
)  # fmt: skip
def test_what_a_used_piece_names_counts_too(tmp_path: Path, shared: str, expected: set[str]) -> None:
    """From a function, a class or an object, whatever it names is reached; its neighbours are not."""
    assert counted(found(tmp_path, 'import { use } from "@x/shared"', {"index.ts": shared})) == expected


@pytest.mark.parametrize(
    "shared",
    [
        "export const env = createEnv({ server: { A: z.string() }, runtimeEnv: process.env })",
        "export const a = process.env.A",
        "export const { A } = process.env",
        "export class Other { static a = process.env.A }",
        "export class Other { static { process.env.A } }",
        "export class Other extends mixin(() => process.env.A) {}",
        "export class Other { [process.env.A!]() {} }",
        "@Injectable() export class Other { a = process.env.A }",
        "export class Other { @Get() a() { return process.env.A } }",
        "export class Other { constructor(@Inject() b: B) { process.env.A } }",
        "class Base { a() { return process.env.A } } @injectable() export class Other { constructor(base: Base) {} }",
        "export const other = memoize(() => process.env.A)",
        "export const other = { a: once(() => process.env.A) }",
        "export const other = { ...f(() => process.env.A) }",
        "export const other = { [process.env.A!]: 1 }",
        "const other = () => process.env.A; register(other)",
        "const other = () => process.env.A; globalThis.other = other",
        "function other() { return process.env.A } other()",
        "function other() { return process.env.A } export const eager = other()",
        "class Other { a() { return process.env.A } } export const eager = new Other()",
        "function Other() {} Other.prototype.a = function () { return process.env.A }",
        "exports.use = () => 1; exports.use.other = () => process.env.A",
        "export default wrap(() => process.env.A)",
        "namespace N { export const a = () => process.env.A }",
        "(() => process.env.A)()",
        "if (x) { function other() { return process.env.A } }",
        "export const other = () => process.env.A; const text = eval('other()')",
        "export const other = () => process.env.A; module.exports.other()",
        "export const other = () => process.env.A; let = = broken }",
    ],
)
def test_what_loading_a_module_may_run_counts_for_whoever_loads_it(tmp_path: Path, shared: str) -> None:
    """Top-level code, decorators and all that they hold or name count, also through a side-effect import."""
    for number, code in enumerate(('import "@x/shared"', 'import { use } from "@x/shared"')):
        files = {"index.ts": 'export * from "./other"; export const use = () => 1', "other.ts": shared}
        assert counted(found(tmp_path / str(number), code, files)) == {"A"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('const { redis } = require("@x/shared/clients")', {"REDIS"}),
        ('import { slack } from "@x/shared/clients"', {"SLACK"}),
        ('import clients from "@x/shared/clients"', {"REDIS", "SLACK"}),
        ('const { redis } = require("@x/shared/whole")', {"REDIS"}),
        ('import { router } from "@x/shared/whole"', {"ROUTER"}),
        ('import whole from "@x/shared/whole"', ALL),
        ('const whole = require("@x/shared/whole")', ALL),
        ('const { gone } = require("@x/shared/whole")', ALL),
    ],
)
def test_commonjs_gives_its_names_one_by_one(tmp_path: Path, code: str, expected: set[str]) -> None:
    """`exports.a = …` and `module.exports = { a }` are narrowed by the names that are taken."""
    package = PACKAGE["packages/shared/package.json"].replace("src/*.ts", "src/*.js")
    probe, service = source(
        tmp_path,
        PACKAGE
        | {"app/a.ts": code, "packages/shared/package.json": package}
        | {f"packages/shared/src/{name}": text for name, text in COMMONJS.items()},
    )
    assert counted(probe.environment(service).value) == expected


def test_a_shared_reader_reads_the_names_that_used_callers_give(tmp_path: Path) -> None:
    """`need("SLACK")` in a function that nobody uses reads nothing; the service's own call does."""
    reads = found(tmp_path, 'import { redis } from "@x/shared"', {"index.ts": NEED})
    assert {read.name: read.role for read in reads.reads} == {"REDIS": "runtime", "SLACK": "unused"}
    code = 'import { need, redis } from "@x/shared"; need("OWN")'
    assert counted(found(tmp_path / "own", code, {"index.ts": f"export {NEED}"})) == {"REDIS", "OWN"}


def test_a_schema_counts_where_its_parse_is_used(tmp_path: Path) -> None:
    """The names of a schema are read by the function that hands it the environment."""
    shared = (
        'import { z } from "zod"; const schema = z.object({ A: z.string() });\n'
        "export const load = () => schema.parse(process.env); export const other = () => 1\n"
    )
    assert counted(found(tmp_path, 'import { load } from "@x/shared"', {"index.ts": shared})) == {"A"}
    assert counted(found(tmp_path / "not", 'import { other } from "@x/shared"', {"index.ts": shared})) == set()


def test_one_line_with_a_used_and_an_unused_read_counts(tmp_path: Path) -> None:
    """Where a name is read twice on one line, the read that is used decides."""
    shared = "export const a = () => process.env.X; export const b = () => process.env.X"
    for number, name in enumerate("ab"):
        code = f'import {{ {name} }} from "@x/shared"'
        assert counted(found(tmp_path / str(number), code, {"index.ts": shared})) == {"X"}


def test_the_services_own_files_count_whole(tmp_path: Path) -> None:
    """A function of the service that nobody calls counts, and so does what it imports."""
    own = {"a.ts": "export {}", "b.ts": 'import { slack } from "@x/shared"; export const b = () => process.env.OWN'}
    assert counted(found(tmp_path, own, {"index.ts": CLIENTS})) == {"OWN", "SLACK"}


def test_an_import_with_a_comment_in_it_counts(tmp_path: Path) -> None:
    """A bundler's note inside `import(…)` hides neither the module nor the names that are taken."""
    own = {
        "a.ts": 'import { redis } from "@x/shared"',
        "b.ts": 'const { slack } = await import(/* a chunk */ "@x/shared")',
    }
    assert counted(found(tmp_path, own, {"index.ts": CLIENTS})) == {"REDIS", "SLACK"}


def test_a_component_that_is_not_parsed_uses_all_it_imports(tmp_path: Path) -> None:
    """A Vue file imports a shared module by a name that is not read: all of it counts."""
    own = {"a.ts": 'import { redis } from "@x/shared"', "b.vue": '<script>import { slack } from "@x/shared"</script>'}
    assert counted(found(tmp_path, own, {"index.ts": CLIENTS})) == ALL


def test_a_file_that_cannot_be_read_may_use_anything(tmp_path: Path) -> None:
    """Where a file of the service is no text, every read counts."""
    own = PACKAGE | {"app/a.ts": 'import { redis } from "@x/shared"', "packages/shared/src/index.ts": CLIENTS}
    probe, service = source(tmp_path, own | {"app/b.ts": b"\xff\xfe\x00p"})
    assert counted(probe.environment(service).value) == ALL
