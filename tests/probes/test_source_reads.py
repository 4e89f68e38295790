# ruff: noqa: E501  # one line a snippet of code reads best
"""Which environment variables code reads: every shape that counts, and every one that does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.probes.sources import source

if TYPE_CHECKING:
    from pathlib import Path

    from fixtures.model.source import EnvReads

ZOD = 'import { z } from "zod";\n'


def reads(root: Path, code: str | dict[str, str], **tables: object) -> EnvReads:
    """What the service `app` of these files reads."""
    probe, service = source(root, {"app/src/a.ts": code} if isinstance(code, str) else code, **tables)
    return probe.environment(service).value


def names(found: EnvReads) -> set[str]:
    return {read.name for read in found.reads}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("process.env.A", {"A"}),
        ('process.env["A"]', {"A"}),
        ("process.env['A']", {"A"}),
        ("process.env[`A`]", {"A"}),
        ("process.env?.A", {"A"}),
        ('process.env?.["A"]', {"A"}),
        ("(process.env as any).A", {"A"}),
        ("process.env!.A!.trim()", {"A"}),
        ("globalThis.process.env.A", {"A"}),
        ("globalThis.process?.env?.A", {"A"}),
        ("const { A, B: b, C = 'x', D: d = 'y' } = process.env", {"A", "B", "C", "D"}),
        ("let A; ({ A } = process.env)", {"A"}),
        ("const { env } = process; env.A", {"A"}),
        ("const { env: { A } } = process", {"A"}),
        ("const env = process.env; env.A; env['B']", {"A", "B"}),
        ("const env = process.env; const { A } = env", {"A"}),
        ("const e = process.env as Record<string, string>; e.A", {"A"}),
        ('import { env } from "node:process"; env.A', {"A"}),
        ('import { env as e } from "process"; e.A', {"A"}),
        ('import process from "node:process"; process.env.A', {"A"}),
        ('import * as p from "node:process"; p.env.A', {"A"}),
        ('const { env } = require("process"); env.A', {"A"}),
        ('const p = require("node:process"); p.env.A', {"A"}),
        ("import.meta.env.A", {"A"}),
        ("const { A } = import.meta.env", {"A"}),
        ("Bun.env.A", {"A"}),
        ('Deno.env.get("A")', {"A"}),
        ('"A" in process.env', {"A"}),
        ('const NAME = "A"; process.env[NAME]', {"A"}),
        ('enum K { A = "AAA" } process.env[K.A]', {"AAA"}),
        ('const K = { a: "A", b: "B" } as const; process.env[K.a]', {"A"}),
        ('for (const k of ["A", "B"] as const) process.env[k]', {"A", "B"}),
        ('const KEYS = ["A", "B"] as const; KEYS.forEach((k) => { process.env[k] })', {"A", "B"}),
        ('const KEYS = ["A"]; const missing = KEYS.filter(k => !process.env[k])', {"A"}),
        ("for (const k of Object.keys({ A: 1, B: 2 })) process.env[k]", {"A", "B"}),
        ('function need(name: string): string { const v = process.env[name]; return v! } need("A"); need("B")', {"A", "B"}),
        ('const need = (n: string, d = "x") => process.env[n] ?? d; export const c = { a: need("A") }', {"A"}),
        ('class C { get(k: string) { return process.env[k] } } const c = new C(); c.get("A")', {"A"}),
        ('class C { #e = process.env; a() { return this.get("A") } get(k: string) { return process.env[k] } }', {"A"}),
        ("function load(env: NodeJS.ProcessEnv) { return env.A } load(process.env)", {"A"}),
        ("function load(env = process.env) { return env.A }", {"A"}),
        ("function load({ A, B }: NodeJS.ProcessEnv) {}", {"A", "B"}),
        ("const load = (env: Record<string, string | undefined>) => env.A; load(process.env)", {"A"}),
        ("const x = process.env.A ??= 'd'", {"A"}),
        ("const x = cond ? process.env.A : process.env.B", {"A", "B"}),
        ("export const f = async () => { await g(process.env.A) }", {"A"}),
        ("`${process.env.A}`", {"A"}),
        ('import { A } from "$env/static/private"', {"A"}),
        ('import { env } from "$env/dynamic/private"; env.A', {"A"}),
        ('import env from "env-var"; env.get("A").required().asString()', {"A"}),
        ('import { Redis } from "@upstash/redis"; Redis.fromEnv()', {"UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN"}),
        ('import { ConfigService } from "@nestjs/config"; class S { constructor(private c: ConfigService) { this.c.get<string>("A") } }', {"A"}),
        ('import convict from "convict"; convict({ db: { url: { format: String, env: "A" } } })', {"A"}),
    ],
)  # fmt: skip
def test_every_way_to_read_counts(tmp_path: Path, code: str, expected: set[str]) -> None:
    """A read is found in each shape that people write it in."""
    found = reads(tmp_path, code)
    assert names(found) == expected
    assert not found.computed
    assert all(read.where == "app/src/a.ts:1" for read in found.reads)


@pytest.mark.parametrize(
    "code",
    [
        "// process.env.A\n/* process.env.B */",
        'const s = "process.env.A"; const t = `use process.env.A`',
        "declare namespace NodeJS { interface ProcessEnv { A: string } }",
        "declare global { namespace NodeJS { interface ProcessEnv { readonly A?: string } } }\nexport {}",
        "type E = typeof process.env.A",
        "process.env.A = 'x'",
        "delete process.env.A",
        "function f(process: { env: { A: string } }) { return process.env.A }",
        "const env = { A: 1 }; env.A",
        "const process = { env: { A: 1 } }; process.env.A",
        "const p = { 'process.env.A': 1 }",
        "config.env.A",
        "import { env } from './other'; env.A",
    ],
)
def test_what_only_looks_like_a_read_does_not_count(tmp_path: Path, code: str) -> None:
    """Comments, strings, types, writes and namesakes are not reads."""
    assert names(reads(tmp_path, code)) == set()


@pytest.mark.parametrize(
    "code",
    [
        "export const get = (name: string) => process.env[name]",
        "process.env[`PREFIX_${x}`]",
        "const env = process.env; env[key()]",
        "function f(n: string) { return process.env[n] } f(other.name)",
    ],
)
def test_a_computed_name_is_said_with_its_place(tmp_path: Path, code: str) -> None:
    """A read of a name that is worked out at run time is reported, not guessed and not dropped."""
    found = reads(tmp_path, code)
    assert [place.where for place in found.computed] == ["app/src/a.ts:1"]
    assert not found.reads


@pytest.mark.parametrize(
    "code",
    [
        "const { A, ...rest } = process.env",
        'import { spawn } from "node:child_process"; spawn("x", [], { env: process.env })',
        'import { spawn } from "node:child_process"; spawn("x", [], { env: { ...process.env, A: "1" } })',
        "console.log(process.env)",
        "Object.keys(process.env).length",
    ],
)
def test_a_whole_environment_that_leaves_is_said(tmp_path: Path, code: str) -> None:
    """Handing everything on to code that is not followed is reported with its place."""
    assert [place.where for place in reads(tmp_path, code).whole] == ["app/src/a.ts:1"]


@pytest.mark.parametrize(
    ("code", "expected", "unfed"),
    [
        (ZOD + "export const env = z.object({ A: z.string(), B: z.url() }).parse(process.env)", {"A", "B"}, set()),
        (ZOD + "const schema = z.object({ A: z.string() }); const r = schema.safeParse(process.env); r.data", {"A"}, set()),
        (ZOD + "const s = z.object({ A: z.string() }).extend({ B: z.string() }).strict(); s.parse(process.env)", {"A", "B"}, set()),
        (ZOD + "const a = z.object({ A: z.string() }); const s = z.object({ B: z.string() }).merge(a); s.parse(process.env)", {"A", "B"}, set()),
        (ZOD + "const b = { A: z.string() }; z.object({ ...b, B: z.string() }).parse({ ...process.env })", {"A", "B"}, set()),
        (ZOD + "const s = z.object({ A: z.string(), B: z.string() }).superRefine(() => {}); s.parse(process.env)", {"A", "B"}, set()),
        (ZOD + "const s = z.object({ A: z.string(), B: z.string() }).omit({ B: true }); s.parse(process.env)", {"A"}, set()),
        (ZOD + "const s = z.object({ A: z.string(), B: z.string() }); s.parse({ A: process.env.A })", {"A"}, {"B"}),
        (ZOD + "const s = z.object({ A: z.string(), B: z.string() }); const raw = { A: process.env.A }; s.parse(raw)", {"A"}, {"B"}),
        (ZOD + "const s = z.object({ A: z.string(), B: z.string() }); s.parse({ A: process.env.A, B: process.env.B })", {"A", "B"}, set()),
        (ZOD + "function check<T>(s: z.ZodType<T>, e: unknown) { return s.parse(e) } check(z.object({ A: z.string() }), process.env)", {"A"}, set()),
        (ZOD + "const s = z.object({ A: z.string() }); export function load(env: NodeJS.ProcessEnv = process.env) { return s.parse(env) }", {"A"}, set()),
        (ZOD + "const body = z.object({ A: z.string() }); export const f = (x: unknown) => body.parse(x)", set(), set()),
        ('import * as z from "zod/v4"; z.object({ A: z.string() }).parse(process.env)', {"A"}, set()),
        ('import * as v from "valibot"; v.parse(v.object({ A: v.string() }), process.env)', {"A"}, set()),
        ('import Joi from "joi"; const { value } = Joi.object({ A: Joi.string() }).validate(process.env)', {"A"}, set()),
        ('import Joi from "joi"; Joi.object().keys({ A: Joi.string() }).unknown().validate(process.env)', {"A"}, set()),
        ('import { cleanEnv, str, port } from "envalid"; export const env = cleanEnv(process.env, { A: str(), PORT: port() })', {"A", "PORT"}, set()),
        ('import { type } from "arktype"; const e = type({ A: "string" })(process.env)', {"A"}, set()),
        ('import { createEnv } from "@t3-oss/env-core"; createEnv({ server: { A: z.string() }, clientPrefix: "P_", client: { P_B: z.string() }, runtimeEnv: process.env })', {"A", "P_B"}, set()),
        ('import { createEnv } from "@t3-oss/env-nextjs"; createEnv({ server: { A: z.string(), C: z.string() }, client: { NEXT_PUBLIC_B: z.string() }, runtimeEnv: { A: process.env.A, NEXT_PUBLIC_B: process.env.NEXT_PUBLIC_B } })', {"A", "NEXT_PUBLIC_B"}, {"C"}),
        ('import { createEnv } from "@t3-oss/env-nextjs"; createEnv({ server: { A: z.string() }, client: { NEXT_PUBLIC_B: z.string(), NEXT_PUBLIC_C: z.string() }, experimental__runtimeEnv: { NEXT_PUBLIC_B: process.env.NEXT_PUBLIC_B } })', {"A", "NEXT_PUBLIC_B"}, {"NEXT_PUBLIC_C"}),
        (ZOD + "const s = z.object({ A: z.string() }); s.parse(Object.fromEntries(Object.entries(process.env).filter(([, v]) => v !== '')))", {"A"}, set()),
    ],
)  # fmt: skip
def test_a_schema_reads_what_it_is_handed(tmp_path: Path, code: str, expected: set[str], unfed: set[str]) -> None:
    """A validator given the environment reads all names of its schema; given an object, only those in it."""
    found = reads(tmp_path, code)
    assert names(found) == expected
    assert {place.text for place in found.unfed} == unfed
    assert not found.computed


def test_a_schema_that_lives_elsewhere_is_followed(tmp_path: Path) -> None:
    """Schema, environment and the call may stand in three files."""
    found = reads(
        tmp_path,
        {
            "app/src/schema.ts": ZOD + "export const schema = z.object({\n  A: z.string(),\n});",
            "app/src/raw.ts": "export default process.env;",
            "app/src/env.ts": 'import { schema } from "./schema.js"; import raw from "./raw.js"; schema.parse(raw);',
        },
    )
    assert [(read.name, read.where) for read in found.reads] == [("A", "app/src/schema.ts:3")]


def test_an_alias_that_another_file_exports_is_followed(tmp_path: Path) -> None:
    """`env.A` in a file that never says process is a read where env is process.env."""
    files = {"app/a.ts": 'import { env } from "./b";\nenv.A', "app/b.ts": "export const env = process.env"}
    assert [(read.name, read.where) for read in reads(tmp_path, files).reads] == [("A", "app/a.ts:2")]


def test_test_files_do_not_count_and_tools_are_told_apart(tmp_path: Path) -> None:
    """Tests do not run with the service; scripts and tool configurations are marked as tooling."""
    read = "process.env.A"
    files = dict.fromkeys(("app/a.test.ts", "app/__tests__/b.ts", "app/tests/c.ts", "app/vitest.config.ts"), read)
    files |= {"app/types.d.ts": read, "app/scripts/seed.ts": "process.env.B", "app/drizzle.config.ts": "process.env.C"}
    files |= {"app/app/test/page.tsx": "process.env.D", "app/next.config.mjs": "process.env.E"}
    found = reads(tmp_path, files)
    assert {(r.name, r.role) for r in found.reads} == {
        ("B", "tooling"), ("C", "tooling"), ("D", "runtime"), ("E", "runtime"),
    }  # fmt: skip


def test_what_a_package_brings_counts_only_where_it_is_imported(tmp_path: Path) -> None:
    """Of a shared package the imported files count, followed through exports that point to dist; other services do not."""
    files = {
        "package.json": '{"name": "root", "workspaces": ["packages/*", "app", "other"]}',
        "app/package.json": '{"name": "app"}',
        "app/a.ts": 'import { redis } from "@x/shared"; import { b } from "@lib/b"; import "@x/shared/deep";',
        "app/tsconfig.json": '{ // comment\n "extends": "../tsconfig.base.json", "compilerOptions": {}, }',
        "tsconfig.base.json": '{"compilerOptions": {"baseUrl": ".", "paths": {"@lib/*": ["lib/*"]}}}',
        "lib/b.ts": "export const b = process.env.B",
        "packages/shared/package.json": '{"name": "@x/shared", "exports": {".": {"types": "./dist/index.d.ts", "default": "./dist/index.js"}, "./*": "./dist/*.js"}}',
        "packages/shared/src/index.ts": 'export * from "./redis.js";',
        "packages/shared/src/redis.ts": "export const redis = () => process.env.REDIS_URL",
        "packages/shared/src/deep.ts": "process.env.DEEP",
        "packages/shared/src/unused.ts": "process.env.UNUSED",
        "other/a.ts": "process.env.OTHER",
    }  # fmt: skip
    found = reads(tmp_path, files)
    assert names(found) == {"B", "REDIS_URL", "DEEP"}
    assert (found.extent.files, found.extent.outside) == (5, 4)


def test_a_service_at_the_root_does_not_swallow_its_neighbours(tmp_path: Path) -> None:
    """With root '.', the folders of other services and of packages of their own are not this service's code."""
    files = {
        "package.json": '{"name": "root"}',
        "src/a.ts": "process.env.A",
        "worker/a.ts": "process.env.W",
        "packages/p/package.json": '{"name": "p"}',
        "packages/p/index.ts": "process.env.P",
    }
    services = [{"name": "web", "host": "other", "root": "."}, {"name": "worker", "host": "other", "root": "worker"}]
    assert names(reads(tmp_path, files, service=services)) == {"A"}


def test_prisma_and_vercel_configuration_name_variables_too(tmp_path: Path) -> None:
    """A Prisma schema and vercel.json read variables for the code beside them; a comment does not."""
    files = {
        "app/a.ts": "export {}",
        "app/prisma/schema.prisma": 'datasource db {\n  url = env("DB")\n  // env("NOT")\n}',
        "app/vercel.json": '{\n  "env": {\n    "V": "@v"\n  }\n}',
    }
    service = [{"name": "app", "host": "vercel", "root": "app", "config": "app/vercel.json"}]
    found = reads(tmp_path, files, service=service)
    assert {(r.name, r.where) for r in found.reads} == {
        ("DB", "app/prisma/schema.prisma:2"),
        ("V", "app/vercel.json:3"),
    }


def test_names_that_the_build_sets_are_known(tmp_path: Path) -> None:
    """A name that next.config gives a value is built in; one that it passes on is read."""
    files = {
        "app/next.config.mjs": "export default { env: { BUILT: 'x', A: process.env.A } }",
        "app/a.ts": "process.env.BUILT",
    }
    found = reads(tmp_path, files)
    assert found.built_in == {"BUILT"}
    assert names(found) == {"A", "BUILT"}


def test_generated_code_is_left_aside(tmp_path: Path) -> None:
    """Built, minified and outsized files are not read; the last are said."""
    files = dict.fromkeys(("app/dist/a.js", "app/public/b.js", "app/c.min.js", "app/.next/d.js"), "process.env.X")
    found = reads(tmp_path, files | {"app/a.ts": "process.env.A", "app/big.ts": "process.env.X;" * 50_000})
    assert names(found) == {"A"}
    assert [place.where for place in found.extent.misread] == ["app/big.ts"]


def test_a_file_that_is_no_text_is_said(tmp_path: Path) -> None:
    """Files that cannot be decoded, and syntax that is not understood, are told; the rest is read."""
    probe, service = source(
        tmp_path, {"app/a.ts": b"\xff\xfe\x00p", "app/b.ts": "process.env.B", "app/c.ts": "let = = process.env.C }"}
    )
    found = probe.environment(service).value
    assert {place.where for place in found.extent.misread} == {"app/a.ts", "app/c.ts"}
    assert names(found) == {"B", "C"}


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    """CRLF and BOM are read as any other text, with the right line."""
    probe, service = source(tmp_path, {"app/a.ts": b"\xef\xbb\xbfconst a = 1;\r\nprocess.env.A;\r\n"})
    assert [(r.name, r.where) for r in probe.environment(service).value.reads] == [("A", "app/a.ts:2")]


def test_a_service_in_another_language_is_unverified(tmp_path: Path) -> None:
    """Code in another language, or no code at all, is not seen."""
    service = [{"name": "app", "host": "other", "root": "app", "runtime": "other"}]
    probe, row = source(tmp_path, {"app/a.py": "x"}, service=service)
    assert "not written in JavaScript" in probe.environment(row).error
    probe, row = source(tmp_path, {})
    assert "no JavaScript or TypeScript" in probe.environment(row).error


@pytest.mark.parametrize(
    ("path", "code", "inlined"),
    [
        ("next.config.mjs", "export default { env: { KEY: process.env.A } }", {("A", "KEY")}),
        ("next.config.js", "module.exports = { env: { A: process.env.A, V: '1' } }", {("A", "A")}),
        ("next.config.ts", "const env = { A: process.env.A! }; export default { env }", {("A", "A")}),
        ("next.config.ts", "const shown = { A: process.env.A! }; export default { env: shown }", {("A", "A")}),
        ("next.config.js", "module.exports = { publicRuntimeConfig: { a: process.env.A } }", {("A", "a")}),
        ("next.config.js", "module.exports = { serverRuntimeConfig: { a: process.env.A } }", set()),
        ("next.config.js", "module.exports = { env: process.env }", {("", "env")}),
        ("next.config.js", "module.exports = { env: { ...process.env } }", {("", "env")}),
        ("vite.config.ts", "export default { define: { __A__: JSON.stringify(process.env.A) } }", {("A", "__A__")}),
        (
            "vite.config.ts",
            'export default { define: { "process.env": JSON.stringify(process.env) } }',
            {("", "process.env")},
        ),
        ("next.config.ts", "export default { compiler: { define: { A: process.env.A! } } }", {("A", "A")}),
        ("next.config.ts", "export default { compiler: { defineServer: { A: process.env.A! } } }", set()),
        (
            "next.config.js",
            "module.exports = { webpack: (c, { webpack }) => { c.plugins.push(new webpack.DefinePlugin("
            "{ K: JSON.stringify(process.env.A) })); return c; } }",
            {("A", "K")},
        ),
        (
            "next.config.js",
            "module.exports = { webpack: (c, { isServer, webpack }) => { if (isServer) { c.plugins.push("
            "new webpack.DefinePlugin({ K: JSON.stringify(process.env.A) })); } return c; } }",
            set(),
        ),
        ("vite.config.ts", "export default { test: { env: { A: process.env.A } } }", set()),
        ("next.config.ts", "export default { output: process.env.A ? 'export' : undefined }", set()),
        ("src/server.ts", "export const config = { env: { A: process.env.A } }", set()),
    ],
)
def test_what_a_build_configuration_writes_into_code(
    tmp_path: Path, path: str, code: str, inlined: set[tuple[str, str]]
) -> None:
    """Next's `env` and Vite's `define` put values into bundles, under names of their own."""
    probe, service = source(tmp_path, {f"app/{path}": code})
    found = probe.environment(service).value.inlined
    assert {(each.name, each.under) for each in found} == inlined
