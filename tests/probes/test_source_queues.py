# ruff: noqa: E501  # one line a snippet of code reads best
"""Which BullMQ queues code makes: their names, prefixes and Redis variables, followed across files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.probes.sources import source

if TYPE_CHECKING:
    from pathlib import Path

    from fixtures.model.source import QueueUse

B = 'import { Queue, Worker, QueueEvents, FlowProducer } from "bullmq";\n'


def uses(root: Path, code: str | dict[str, str]) -> tuple[QueueUse, ...]:
    """The queue objects that the service `app` makes."""
    probe, service = source(root, {"app/src/a.ts": code} if isinstance(code, str) else code)
    return probe.queues(service).value.uses


@pytest.mark.parametrize(
    ("code", "kind", "names"),
    [
        (B + 'new Queue("a", {})', "Queue", ("a",)),
        (B + "export const q = new Queue<Job, void>('a', { connection })", "Queue", ("a",)),
        (B + 'new Worker("a", async (job) => {}, { connection })', "Worker", ("a",)),
        (B + 'new QueueEvents("a")', "QueueEvents", ("a",)),
        (B + "new FlowProducer({ connection })", "FlowProducer", ()),
        ('import { Queue as Q } from "bullmq"; new Q("a")', "Queue", ("a",)),
        ('import * as bullmq from "bullmq"; new bullmq.Queue("a")', "Queue", ("a",)),
        ('import bullmq from "bullmq"; const { Worker } = bullmq; new Worker("a", f)', "Worker", ("a",)),
        ('const { Queue } = require("bullmq"); new Queue("a")', "Queue", ("a",)),
        ('const bull = require("bullmq"); new bull.Worker("a", f)', "Worker", ("a",)),
        ('const { Worker } = await import("bullmq"); new Worker("a", f)', "Worker", ("a",)),
        (B + 'const NAME = "a"; new Queue(NAME)', "Queue", ("a",)),
        (B + "const P = 'x'; const NAME = `${P}-jobs` as const; new Queue(NAME)", "Queue", ("x-jobs",)),
        (B + 'const P = "x"; new Queue(P + "-" + "jobs")', "Queue", ("x-jobs",)),
        (B + 'const QUEUES = { agent: "a" } as const; new Queue(QUEUES.agent)', "Queue", ("a",)),
        (B + 'const QUEUES = Object.freeze({ agent: "a" }); new Queue(QUEUES["agent"])', "Queue", ("a",)),
        (B + 'enum Queues { Agent = "a", Mail = "b" } new Queue(Queues.Agent)', "Queue", ("a",)),
        (B + 'const config = { queue: { name: "a" } } satisfies C; new Queue(config.queue.name)', "Queue", ("a",)),
        (B + 'class Jobs { static NAME = "a"; q = new Queue(Jobs.NAME) }', "Queue", ("a",)),
        (B + 'class Jobs { private readonly name = "a"; q() { return new Queue(this.name) } }', "Queue", ("a",)),
        (B + 'class Agent extends Queue { constructor() { super("a", {}) } }', "Queue", ("a",)),
        (B + 'class Agent extends Queue {} new Agent("a")', "Queue", ("a",)),
        (B + 'class Base extends Worker { constructor(name: string) { super(name, f) } } class A extends Base { constructor() { super("a") } }', "Worker", ("a",)),
        (B + 'function make(name: string) { return new Queue(name) } export const q = make("a")', "Queue", ("a",)),
        (B + 'const make = (n = "a") => new Queue(n); make()', "Queue", ("a",)),
        (B + 'const make = ({ name }: { name: string }) => new Queue(name); make({ name: "a" })', "Queue", ("a",)),
        (B + 'for (const name of ["a", "b"]) new Queue(name)', "Queue", ("a", "b")),
        (B + 'const N = ["a", "b"] as const; const qs = N.map((n) => new Queue(n))', "Queue", ("a", "b")),
        (B + 'const Q = { x: "a", y: "b" }; Object.values(Q).forEach((n) => new Queue(n))', "Queue", ("a", "b")),
        (B + 'enum E { A = "a", B = "b" } for (const n of Object.values(E)) new Worker(n, f)', "Worker", ("a", "b")),
        ('import { BullModule } from "@nestjs/bullmq"; BullModule.registerQueue({ name: "a" })', "Queue", ("a",)),
        ('import { Processor } from "@nestjs/bullmq"; @Processor("a") export class P {}', "Worker", ("a",)),
    ],
)  # fmt: skip
def test_a_name_is_followed_to_its_text(tmp_path: Path, code: str, kind: str, names: tuple[str, ...]) -> None:
    """Constants, members, enums, parameters and loops lead to the queue's name."""
    found = [use for use in uses(tmp_path, code) if use.kind == kind]
    assert [use.names for use in found] == [names]
    assert found[0].named


@pytest.mark.parametrize(
    "code",
    [
        B + "new Queue(process.env.QUEUE!)",
        B + "export const make = (name: string) => new Queue(name)",
        B + "new Queue(`jobs-${region()}`)",
        B + 'let name = "a"; name = pick(); new Queue(name)',
    ],
)
def test_a_computed_name_is_said(tmp_path: Path, code: str) -> None:
    """A name that is worked out at run time is marked as not followed."""
    assert [use.named for use in uses(tmp_path, code)] == [False]


@pytest.mark.parametrize(
    "code",
    [
        'class Queue {} new Queue("a")',
        'import { Queue } from "./own"; new Queue("a")',
        'import Queue from "p-queue"; new Queue({ concurrency: 1 })',
        'import type { Queue } from "bullmq"; declare const q: Queue',
        'new Worker("./thread.js")',
        '// new Queue("a")\nimport { Queue } from "bullmq"',
    ],
)
def test_namesakes_are_no_queues(tmp_path: Path, code: str) -> None:
    """Only what BullMQ exports counts: own classes, web workers, comments and types do not."""
    assert uses(tmp_path, code) == ()


def test_names_and_classes_come_from_other_files(tmp_path: Path) -> None:
    """The queue's name may be a constant of a shared package, the class re-exported."""
    files = {
        "package.json": '{"name": "root"}',
        "app/a.ts": 'import { Queue, QUEUES } from "@x/shared";\nexport const q = new Queue(QUEUES.agent, { connection: {} });',
        "packages/s/package.json": '{"name": "@x/shared", "main": "dist/index.js"}',
        "packages/s/src/index.ts": 'export { Queue } from "bullmq"; export * from "./names";',
        "packages/s/src/names.ts": 'export const QUEUES = { agent: "agent-jobs" } as const;',
    }
    assert [(use.names, use.where) for use in uses(tmp_path, files)] == [(("agent-jobs",), "app/a.ts:2")]


@pytest.mark.parametrize(
    ("options", "prefixes", "followed"),
    [
        ("{}", ("bull",), True),
        ('{ prefix: "x" }', ("x",), True),
        ("{ prefix: PREFIX }", ("p",), True),
        ("{ prefix: process.env.PREFIX }", (), False),
        ("{ prefix: `{${PREFIX}}` }", ("{p}",), True),
        ("{ ...shared }", ("s",), True),
        ("options", (), False),
    ],
)
def test_a_prefix_is_bull_unless_it_is_given(
    tmp_path: Path, options: str, prefixes: tuple[str, ...], followed: bool
) -> None:
    """The prefix comes from the options, BullMQ's default where they have none."""
    code = (
        B
        + f'import {{ options }} from "./x.json"; const PREFIX = "p"; const shared = {{ prefix: "s" }}; new Queue("a", {options})'
    )
    use = uses(tmp_path, code)[0]
    assert (use.prefixes, use.prefixed) == (prefixes, followed)


@pytest.mark.parametrize(
    ("connection", "redis", "followed"),
    [
        ("new IORedis(process.env.REDIS_URL!)", ("REDIS_URL",), True),
        ("new IORedis(process.env.REDIS_URL!, { maxRetriesPerRequest: null })", ("REDIS_URL",), True),
        ("{ url: process.env.REDIS_URL }", ("REDIS_URL",), True),
        (
            "{ host: process.env.REDIS_HOST, port: Number(process.env.REDIS_PORT), tls: {} }",
            ("REDIS_HOST", "REDIS_PORT"),
            True,
        ),
        ("shared", ("REDIS_URL",), True),
        ("getRedis()", ("REDIS_URL",), True),
        ("lazy()", ("REDIS_URL",), True),
        ("connect(process.env.REDIS_URL)", ("REDIS_URL",), True),
        ("new IORedis(env.REDIS_URL)", ("REDIS_URL",), True),
        ("new IORedis(process.env.REDIS_URL ?? 'redis://localhost:6379')", ("REDIS_URL",), True),
        ("{ host: parsed.hostname, port: Number(parsed.port) }", ("REDIS_URL",), True),
        ("new IORedis(need('REDIS_URL'))", ("REDIS_URL",), True),
        ("{ url: config.redisUrl }", ("REDIS_URL",), True),
        ("{ host: 'localhost', port: 6379 }", (), True),
        ("somebody.connection", (), False),
    ],
)
def test_a_connection_is_followed_to_its_variable(
    tmp_path: Path, connection: str, redis: tuple[str, ...], followed: bool
) -> None:
    """Clients, options, functions, schemas and URLs lead to the variables that the connection is made of."""
    code = (
        B
        + f"""
import IORedis from "ioredis";
import {{ z }} from "zod";
import {{ somebody }} from "./config.json";
const env = z.object({{ REDIS_URL: z.string() }}).parse(process.env);
const shared = new IORedis(env.REDIS_URL);
function getRedis() {{ return new IORedis(process.env.REDIS_URL) }}
let client: IORedis | undefined;
export function lazy() {{ if (!client) {{ client = new IORedis(env.REDIS_URL) }} return client }}
const connect = (url?: string) => new IORedis(url ?? "");
function need(name: string, fallback = ""): string {{ return process.env[name] ?? fallback }}
const config = {{ databaseUrl: need("DATABASE_URL", "postgres://x"), redisUrl: need("REDIS_URL") }};
const parsed = new URL(process.env.REDIS_URL!);
new Queue("a", {{ connection: {connection} }});
"""
    )
    use = uses(tmp_path, code)[0]
    assert (use.redis, use.connected) == (redis, followed)


@pytest.mark.parametrize(
    ("connection", "databases", "key_prefixes"),
    [
        ("new IORedis(url)", (), ()),
        ("new IORedis(url, { db: 3 })", (3,), ()),
        ("{ url, db: 0 }", (0,), ()),
        ('new IORedis({ ...base, db: 2, keyPrefix: "x:" })', (2,), ("x:",)),
        ("make({ db: 4 })", (4,), ()),
        ('make({ keyPrefix: "y:" })', (), ("y:",)),
        ("make()", (), ()),
    ],
)
def test_options_of_the_client_are_read(
    tmp_path: Path, connection: str, databases: tuple[int, ...], key_prefixes: tuple[str, ...]
) -> None:
    """The database and the client's own key prefix, through spreads and functions."""
    code = (
        B
        + 'import IORedis from "ioredis";\nconst url = process.env.REDIS_URL!; const base = { maxRetriesPerRequest: null };\n'
    )
    code += "const make = (more: object = {}) => new IORedis(url, { ...base, ...more });\n"
    code += f'new Queue("a", {{ connection: {connection} }});'
    use = uses(tmp_path, code)[0]
    assert (use.databases, use.key_prefixes) == (databases, key_prefixes)


@pytest.mark.parametrize(
    ("more", "unloaded"),
    [
        ({}, True),
        ({"app/index.ts": "import './jobs';"}, False),
        ({"app/index.ts": "// import './jobs';"}, True),
        ({"app/index.ts": "await import('./' + name);"}, False),
        ({"app/index.ts": "fork('./jobs.js');"}, False),
        ({"app/package.json": '{"scripts": {"start": "node dist/jobs.js"}}'}, False),
        ({"app/Procfile": "worker: node dist/jobs.js"}, False),
        ({"app/package.json": '{"scripts": {"start": "node dist/index.js"}}'}, True),
        ({"app/jobs.test.ts": "import './jobs';"}, True),
    ],
)
def test_a_worker_in_a_file_that_nothing_loads(tmp_path: Path, more: dict[str, str], unloaded: bool) -> None:
    """Neither an import nor a start script names it; what is loaded by a computed name is let pass."""
    made = B + "new Worker('a', work, { connection: { url: process.env.REDIS_URL } });"
    probe, service = source(tmp_path, {"app/jobs.ts": made, "app/index.ts": "serve();", **more})
    assert [use.unloaded for use in probe.queues(service).value.uses] == [unloaded]


@pytest.mark.parametrize(
    ("connection", "gives_up"),
    [
        ("new IORedis(url)", True),
        ("new IORedis(url, { db: 3 })", True),
        ("new IORedis(url, { maxRetriesPerRequest: 3 })", True),
        ("new IORedis(url, { maxRetriesPerRequest: null })", False),
        ("new IORedis({ host, maxRetriesPerRequest: null })", False),
        ("new IORedis(url, { ...base })", False),
        ("new IORedis(url, base)", False),
        ("new IORedis(url, options())", False),
        ("blocking ? new IORedis(url, base) : new IORedis(url)", False),
        ("{ url }", False),
        ("elsewhere()", False),
    ],
)
def test_a_client_that_ends_commands_is_told(tmp_path: Path, connection: str, gives_up: bool) -> None:
    """BullMQ takes a worker's client only where it retries for ever; what is not followed to its end is let pass."""
    code = (
        B
        + 'import IORedis from "ioredis";\nconst url = process.env.REDIS_URL!; const base = { maxRetriesPerRequest: null };\n'
    )
    code += (
        f'const connection = {connection};\nnew Worker("a", work, {{ connection }});\nnew Queue("a", {{ connection }});'
    )
    assert [use.gives_up for use in uses(tmp_path, code)] == [gives_up, False]


def test_a_variable_that_may_rename_a_queue_is_named(tmp_path: Path) -> None:
    """A default beside a variable is a name, and the variable may give another."""
    use = uses(tmp_path, B + 'new Queue(process.env.QUEUE_NAME ?? "a")')[0]
    assert (use.names, use.named, use.deciders) == (("a",), False, ("QUEUE_NAME",))


@pytest.mark.parametrize(
    ("code", "idle"),
    [
        ('new Worker("a", f, { connection })', False),
        ('new Worker("a", f, { connection, autorun: true })', False),
        ('new Worker("a", f, { connection, autorun: false })', True),
        ('const w = new Worker("a", f, { connection, autorun: false }); await w.run();', False),
        ('const o = { autorun: false }; new Worker("a", f, o)', True),
        ('const start = process.env.START === "1"; new Worker("a", f, { autorun: start })', False),
    ],
)
def test_a_worker_that_nobody_starts(tmp_path: Path, code: str, idle: bool) -> None:
    """With autorun: false a worker waits for run()."""
    assert [use.idle for use in uses(tmp_path, B + code)] == [idle]
