# ruff: noqa: E501  # one line a snippet of code reads best
"""What serves the health path, whether its handler can fail, and on which port the service listens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.probes.sources import source

if TYPE_CHECKING:
    from pathlib import Path

    from fixtures.model.source import Ports, Routes

SUPABASE = (
    "import { createClient } from '@supabase/supabase-js'; const db = createClient(process.env.URL!, process.env.KEY!);"
)
NEXT_GET = "export async function GET() { return Response.json({ ok: true }, { status: await up() ? 200 : 503 }) }"


def routes(root: Path, files: dict[str, str], health: str = "/health") -> Routes:
    """What serves the path in the service `app`."""
    service = [{"name": "app", "host": "other", "root": "app", "health": health}]
    probe, row = source(root, files, service=service)
    return probe.routes(row).value


@pytest.mark.parametrize(
    ("file", "health"),
    [
        ("app/app/api/health/route.ts", "/api/health"),
        ("app/src/app/api/health/route.js", "/api/health"),
        ("app/app/(ops)/api/health/route.tsx", "/api/health"),
        ("app/app/api/[...path]/route.ts", "/api/health"),
        ("app/app/api/[name]/route.ts", "/api/health"),
        ("app/app/route.ts", "/"),
    ],
)
def test_a_next_route_is_its_folder(tmp_path: Path, file: str, health: str) -> None:
    """route.ts serves the path of its folder: groups drop out, dynamic parts match."""
    found = routes(tmp_path, {file: NEXT_GET}, health)
    assert [route.where for route in found.serving] == [file]


@pytest.mark.parametrize(
    ("file", "text", "health"),
    [
        ("app/app/api/healthz/route.ts", NEXT_GET, "/api/health"),
        ("app/app/api/health/page.tsx", "export default function P() {}", "/api/health"),
        ("app/app/api/health/route.ts", "export async function POST() { return new Response() }", "/api/health"),
        ("app/app/api/[name]/more/route.ts", NEXT_GET, "/api/health"),
    ],
)
def test_a_next_file_that_does_not_answer_is_no_route(tmp_path: Path, file: str, text: str, health: str) -> None:
    """Another folder, a page, or a route without GET does not serve the path."""
    assert routes(tmp_path, {file: text}, health).serving == ()


@pytest.mark.parametrize(
    ("config", "health", "served"),
    [
        ("export default { basePath: '/shop' }", "/shop/api/health", True),
        ("export default { basePath: '/shop' }", "/api/health", False),
        ("const config = { basePath: '/shop' }; export default config", "/api/health", False),
        ("export default { basePath: '/api' }", "/api/health", False),
        ("export default { basePath: '' }", "/api/health", True),
        ("export default { basePath: process.env.LIVE ? '/shop' : '' }", "/api/health", True),
        ("export default { basePath: process.env.BASE }", "/shop/api/health", True),
        ("export default { basePath: process.env.BASE }", "/api/health", True),
    ],
)
def test_a_base_path_stands_before_each_route(tmp_path: Path, config: str, health: str, served: bool) -> None:
    """Next.js serves nothing outside of its basePath; one that only a run knows decides nothing."""
    found = routes(tmp_path, {"app/app/api/health/route.ts": NEXT_GET, "app/next.config.ts": config}, health)
    assert bool(found.serving) is served


def test_a_route_below_another_base_is_told_whole(tmp_path: Path) -> None:
    """Whoever reads the finding sees which path is served."""
    files = {"app/app/api/health/route.ts": NEXT_GET, "app/next.config.ts": "export default { basePath: '/shop' }"}
    assert [route.path for route in routes(tmp_path, files, "/api/health").others] == ["/shop/api/health"]


@pytest.mark.parametrize(
    ("text", "health"),
    [
        ("export { GET } from '../../../lib/health'", "/api/health"),
        ("import { health } from '../../../lib/health'; export const GET = health", "/api/health"),
        ("import { health } from '../../../lib/health'; export const GET = wrap(health)", "/api/health"),
    ],
)
def test_a_handler_that_lives_elsewhere_is_followed(tmp_path: Path, text: str, health: str) -> None:
    """Re-exports and wrappers lead to the handler, and its status is seen."""
    library = "export const health = async () => new Response(null, { status: 503 }); export { health as GET }"
    found = routes(tmp_path, {"app/app/api/health/route.ts": text, "app/lib/health.ts": library}, health)
    assert [route.fails for route in found.serving] == ["status"]


SERVED = [
    "createServer((req, res) => { if (req.url === '/health') { res.writeHead(503); res.end() } })",
    "createServer((req, res) => { const { pathname } = new URL(req.url, 'x:/'); if (pathname === \"/health\" && req.method === 'GET') return send(res, 503); })\nfunction send(r, status) { r.writeHead(status) }",
    "createServer((req, res) => { switch (req.url) { case '/health': res.statusCode = 503; res.end(); break; default: res.end() } })",
    "createServer((req, res) => { if (req.url !== '/health') { res.writeHead(404); return res.end() } res.writeHead(ok ? 200 : 503); res.end() })",
    "createServer((req, res) => { if (req.url?.startsWith('/health')) { res.writeHead(503).end() } })",
    "const HEALTH_PATH = '/health'; createServer((q, r) => { if (q.url === HEALTH_PATH) { r.writeHead(503); r.end() } })",
    "const PATHS = { health: '/health' }; createServer((q, r) => { if (q.url === PATHS.health) { r.writeHead(503); r.end() } })",
    "app.get('/health', async (req, res) => { res.status(503).json({}) })",
    "app.get('/health', guard, health); async function health(req, res) { res.sendStatus(503) }",
    "router.route('/health').get(x); router.get('/health', (c) => c.json({}, 503))",
    "fastify.get('/health', async (request, reply) => reply.code(503).send())",
    "fastify.route({ method: 'GET', url: '/health', handler: async (q, r) => { r.code(503) } })",
    "const ROUTES = { '/health': async () => new Response(null, { status: 503 }) }",
    "const ROUTES = new Map([['/health', () => new Response(null, { status: 503 })]])",
    "const UNAVAILABLE = 503; app.get('/health', (q, r) => { r.status(UNAVAILABLE).end() })",
    "app.get('/health', (q, r) => r.status(StatusCodes.SERVICE_UNAVAILABLE).end())",
    "app.get('/health', (q, r) => { let status = 200; if (bad) status = 503; r.status(status).end() })",
]


@pytest.mark.parametrize("code", SERVED)
def test_code_that_serves_the_path_is_found(tmp_path: Path, code: str) -> None:
    """Servers, routers and tables serve the path in many forms; an error status in the handler is seen."""
    found = routes(tmp_path, {"app/server.ts": code})
    assert [route.fails for route in found.serving] == ["status"]


@pytest.mark.parametrize(
    ("code", "fails"),
    [
        ("app.get('/health', (q, r) => r.json({ ok: true }))", "never"),
        ("app.get('/health', (q, r) => { setTimeout(() => {}, 500); r.json({ ok: true }) })", "never"),
        ("app.get('/health', async (q, r) => { try { await db.query('x') } catch { } r.json({}) })", "never"),
        ("app.get('/health', async (q, r) => { const a = await Promise.allSettled([db()]); r.json({}) })", "never"),
        ("app.get('/health', async (q, r) => { const ok = await db.ping().catch(() => false); r.json({ ok }) })", "never"),
        ("app.get('/health', async (q, r) => { await db.query('x'); r.json({}) })", "throw"),
        (SUPABASE + "app.get('/health', async (q, r) => { const { error } = await db.from('a').select().limit(1); r.json({ ok: !error }) })", "never"),
        (SUPABASE + "app.get('/health', async (q, r) => { const [a] = await Promise.all([db.rpc('up')]); r.json({ ok: !a.error }) })", "never"),
        (SUPABASE + "const own = () => db; app.get('/health', async (q, r) => { const a = await own().from('a').select(); r.json({ ok: !a.error }) })", "never"),
        (SUPABASE + "app.get('/health', async (q, r) => { await db.from('a').select().throwOnError(); r.json({}) })", "throw"),
        (SUPABASE + "app.get('/health', async (q, r) => { const { error } = await db.from('a').select(); if (error) throw error; r.json({}) })", "throw"),
        ("app.get('/health', async (q, r) => { if (!ok) throw new Error('x'); r.json({}) })", "throw"),
        ("async function check() { try { await db() } catch { return false } } app.get('/health', async (q, r) => r.json({ ok: await check() }))", "never"),
        ("async function check() { await db.ping() } app.get('/health', async (q, r) => { await check(); r.json({}) })", "throw"),
    ],
)  # fmt: skip
def test_a_handler_that_cannot_fail_is_told_from_one_that_can(tmp_path: Path, code: str, fails: str) -> None:
    """A caught error is no failure, an uncaught one is; numbers that are no status do not count."""
    assert [route.fails for route in routes(tmp_path, {"app/server.ts": code}).serving] == [fails]


@pytest.mark.parametrize(
    "code",
    [
        "// app.get('/health', h)",
        "app.get('/healthz', (q, r) => r.end())",
        "const skip = (req) => req.url === '/other'",
    ],
)
def test_a_path_that_nothing_serves_is_not_found(tmp_path: Path, code: str) -> None:
    """Comments and other paths serve nothing; what is health-like is told."""
    found = routes(tmp_path, {"app/server.ts": code})
    assert not found.serving
    assert not found.mentions


@pytest.mark.parametrize(
    "code",
    [
        "const log = pino({ ignore: (req) => req.url === '/health' })",
        "app.use((req, res, next) => { if (req.path === '/health') return next(); limit(req) })",
        "fetch(base + '/health')",
    ],
)
def test_a_path_that_is_only_mentioned_decides_nothing(tmp_path: Path, code: str) -> None:
    """A filter, a skip or a request for the path is not a handler of it."""
    found = routes(tmp_path, {"app/server.ts": code})
    assert not found.serving
    assert [place.where for place in found.mentions] == ["app/server.ts:1"]


def test_a_mounted_router_serves_below_its_prefix(tmp_path: Path) -> None:
    """`use("/api", router)` and `router.get("/health")` serve /api/health."""
    files = {"app/a.ts": "app.use('/api', router)", "app/b.ts": "router.get('/health', (q, r) => r.status(503).end())"}
    assert [route.where for route in routes(tmp_path, files, "/api/health").serving] == ["app/b.ts:1"]


def ports(root: Path, files: dict[str, str], **service: object) -> Ports:
    """The ports of the service `app`."""
    row = {"name": "app", "host": "other", "root": "app", "port": 3001, **service}
    probe, found = source(root, files, service=[row])
    return probe.ports(found).value


@pytest.mark.parametrize(
    ("code", "numbers", "follows"),
    [
        ("app.listen(3001)", [3001], False),
        ("app.listen({ port: 3001, host: '::' })", [3001], False),
        ("app.listen(process.env.PORT)", [], True),
        ("app.listen(process.env.PORT ?? 3001, () => {})", [3001], True),
        ("const PORT = Number(process.env.PORT || 3001); server.listen(PORT)", [3001], True),
        ("const port = parseInt(process.env.PORT ?? '3001', 10); server.listen(port)", [3001], True),
        ("const { PORT = '3001' } = process.env; server.listen(PORT)", [3001], True),
        ("import { z } from 'zod'; const env = z.object({ PORT: z.coerce.number().default(3001) }).parse(process.env); s.listen(env.PORT)", [3001], True),
        ("import { cleanEnv, port } from 'envalid'; const env = cleanEnv(process.env, { PORT: port({ default: 3001 }) }); s.listen(env.PORT)", [3001], True),
        ("import { serve } from '@hono/node-server'; serve({ fetch: app.fetch, port: 3001 })", [3001], False),
        ("Bun.serve({ port: process.env.PORT ?? 3001, fetch })", [3001], True),
        ("const num = (n: string, d: number) => Number(process.env[n] ?? d); const jobs = num('JOBS', 5); s.listen(num('PORT', 3001))", [3001], True),
        ("emitter.listen(onChange)", [], False),
        ("function serve(a: Request) {} serve(request)", [], False),
        ("server.listen(0)", [], False),
    ],
)  # fmt: skip
def test_the_port_that_code_listens_on_is_followed(
    tmp_path: Path, code: str, numbers: list[int], follows: bool
) -> None:
    """Literals, defaults and schemas lead to the port; PORT itself is noted."""
    found = ports(tmp_path, {"app/server.ts": code})
    assert [note.port for note in found.notes] == numbers
    assert bool(found.follows_env) is follows


def test_files_beside_code_name_the_port_too(tmp_path: Path) -> None:
    """EXPOSE and ENV of the final stage, the example file and the start script are read."""
    files = {
        "app/server.ts": "s.listen(process.env.PORT)",
        "app/Dockerfile": "FROM node:20 AS b\nEXPOSE 9\nFROM node:20\nARG P=3002\nENV PORT=3001\nEXPOSE $PORT ${P}/tcp\n",
        "app/.env.example": "# PORT=1\nPORT=3003 # note\n",
        "app/package.json": '{"scripts": {\n "start": "next start -p 3004"}}',
    }
    found = ports(tmp_path, files, dockerfile="app/Dockerfile", env_example="app/.env.example")
    assert {(note.port, note.where) for note in found.notes} == {
        (3001, "app/Dockerfile:6"), (3002, "app/Dockerfile:6"), (3001, "app/Dockerfile:5"),
        (3003, "app/.env.example:2"), (3004, "app/package.json:2"),
    }  # fmt: skip


def test_of_two_port_variables_neither_decides(tmp_path: Path) -> None:
    """A second server has a variable of its own: what files say of either is noted and decides nothing."""
    code = (
        "a.listen(process.env.APP_PORT ?? 3001); b.listen(process.env.METRICS_PORT ?? 9090); c.listen(process.env.SIZE)"
    )
    found = ports(
        tmp_path, {"app/s.ts": code, "app/.env": "APP_PORT=3001\nMETRICS_PORT=9090\nSIZE=10\n"}, env_example="app/.env"
    )
    assert [(note.port, note.decides) for note in found.notes] == [
        (3001, True),
        (9090, True),
        (3001, False),
        (9090, False),
    ]


def test_a_dockerfile_that_does_not_parse_is_said(tmp_path: Path) -> None:
    """A broken Dockerfile is noted; its own item fails for it."""
    found = ports(
        tmp_path, {"app/server.ts": "s.listen(3001)", "app/Dockerfile": "NONSENSE\n"}, dockerfile="app/Dockerfile"
    )
    assert [place.where for place in found.computed] == ["app/Dockerfile"]


EXPRESS = 'import express, { Router } from "express";\nconst app = express();\n'
HONO = 'import { Hono } from "hono";\nconst up = (c) => c.json({}, ok() ? 200 : 503);\nconst app = new Hono();\n'
ROUTER = EXPRESS + 'const r = Router(); r.get("/health", async (q, s) => s.sendStatus(await up() ? 200 : 503));\n'


@pytest.mark.parametrize(
    ("code", "health", "served"),
    [
        (ROUTER + "app.use(r);", "/health", True),
        (ROUTER + 'app.use("/", r);', "/health", True),
        (ROUTER + 'app.use("/", logger, r);', "/health", True),
        (ROUTER + 'app.use("/ops", r);', "/ops/health", True),
        (
            ROUTER + 'const outer = express.Router(); outer.use("/ops", r); app.use("/api", outer);',
            "/api/ops/health",
            True,
        ),
        (ROUTER + "app.use(...all);", "/health", True),
        (ROUTER + "for (const each of await load()) app.use(each);", "/health", True),
        (ROUTER + 'app.use("/ops", r);', "/health", False),
        (ROUTER + 'const outer = express.Router(); outer.use(r); app.use("/api", outer);', "/health", False),
        (ROUTER, "/health", False),
        (EXPRESS + 'app.get("/health", (q, s) => s.sendStatus(503));', "/health", True),
        (HONO + 'app.get("/health", up);', "/health", True),
        (HONO + 'app.use(cors()).get("/health", up);', "/health", True),
        (HONO + 'const base = app.basePath("/ops"); base.get("/health", up);', "/ops/health", True),
        (HONO + 'const base = app.basePath("/ops"); base.get("/health", up);', "/health", False),
        (HONO + 'const v1 = new Hono().basePath("/ops"); v1.get("/health", up);', "/health", False),
        (HONO + 'const v1 = new Hono().basePath(base()); v1.get("/health", up);', "/health", True),
        (HONO + 'const ops = new Hono(); ops.get("/health", up); app.route("/ops", ops);', "/ops/health", True),
        (HONO + 'const ops = new Hono(); ops.get("/health", up); app.route("/ops", ops);', "/health", False),
        (HONO + 'const ops = new Hono(); ops.get("/health", up); app.route("/", ops);', "/health", True),
        (
            HONO + 'const ops = new Hono().get("/health", up); app.basePath("/v1").route("/ops", ops);',
            "/v1/ops/health",
            True,
        ),
        (
            HONO + 'const ops = new Hono().get("/health", up); app.basePath("/v1").route("/ops", ops);',
            "/ops/health",
            False,
        ),
        (
            HONO
            + 'const ops = new Hono(); ops.get("/health", up); for (const each of await load()) app.route("/", each);',
            "/health",
            True,
        ),
    ],
)
def test_a_router_serves_where_it_is_mounted(tmp_path: Path, code: str, health: str, served: bool) -> None:
    """A route of a router that nobody mounts, or mounts elsewhere, answers nothing; what is unclear is not judged."""
    assert bool(routes(tmp_path, {"app/src/a.ts": code}, health).serving) == served


@pytest.mark.parametrize(
    "code",
    [
        ROUTER + 'app.use("/ops", r);',
        HONO + 'const ops = new Hono(); ops.get("/health", up); app.route("/ops", ops);',
    ],
)
def test_a_router_that_is_mounted_elsewhere_is_told_with_its_path(tmp_path: Path, code: str) -> None:
    """What it serves was followed: that is no mere mention of the path."""
    found = routes(tmp_path, {"app/src/a.ts": code})
    assert ([route.path for route in found.others], found.mentions) == (["/ops/health"], ())


@pytest.mark.parametrize(
    ("more", "stored"),
    [
        ("", ""),
        ('export const dynamic = "force-dynamic";', ""),
        ('export const dynamic = "force-static";', 'dynamic = "force-static"'),
        ("export const revalidate = 60;", "revalidate = 60"),
        ("export const revalidate = 0;", ""),
    ],
)
def test_a_route_file_may_answer_from_the_past(tmp_path: Path, more: str, stored: str) -> None:
    """Segment settings of Next.js that keep an answer are told."""
    found = routes(tmp_path, {"app/app/api/health/route.ts": f"{more}\n{NEXT_GET}"}, "/api/health")
    assert [route.stored for route in found.serving] == [stored]


@pytest.mark.parametrize(
    ("body", "ahead"),
    [
        ('if (r.nextUrl.pathname === "/api/health") return NextResponse.json({ ok: true });', [False, True]),
        ('if (r.nextUrl.pathname === "/api/health") return NextResponse.next();', [False]),
        ('if (r.nextUrl.pathname === "/api/health") log(r);', [False, False]),
    ],
)
def test_a_middleware_may_answer_first(tmp_path: Path, body: str, ahead: list[bool]) -> None:
    """Next.js runs the middleware before every route."""
    files = {
        "app/src/app/api/health/route.ts": NEXT_GET,
        "app/src/middleware.ts": f"export function middleware(r) {{ {body} return NextResponse.next(); }}",
    }
    assert sorted(route.ahead for route in routes(tmp_path, files, "/api/health").serving) == ahead


@pytest.mark.parametrize(
    ("code", "loopback"),
    [
        ('import { createServer } from "node:http"; createServer(h).listen(3001, "127.0.0.1");', 1),
        ('import { createServer } from "node:http"; createServer(h).listen(3001, "0.0.0.0");', 0),
        ('import { createServer } from "node:http"; createServer(h).listen(3001, () => log("localhost"));', 0),
        ('import { createServer } from "node:http"; createServer(h).listen(3001);', 0),
        ('import { createServer } from "node:http"; createServer(h).listen({ port: 3001, host: "localhost" });', 1),
        ('import { createServer } from "node:http"; createServer(h).listen(3001, process.env.HOST ?? "127.0.0.1");', 0),
        ('import { serve } from "@hono/node-server"; serve({ fetch, port: 3001, hostname: "127.0.0.1" });', 1),
        ('import Fastify from "fastify"; const app = Fastify({ logger: true }); app.listen({ port: 3001 });', 1),
        ('import Fastify from "fastify"; const app = Fastify(); app.listen({ port: 3001, host: "0.0.0.0" });', 0),
        ('import Fastify from "fastify"; const app = Fastify(); app.listen(options());', 0),
        ('import Fastify from "fastify"; const app = Fastify(); app.listen({ port: 3001, ...more() });', 0),
        ('import Fastify from "fastify"; const app = Fastify(); app.listen(3001);', 1),
        ('import express from "express"; const app = express(); app.listen(3001);', 0),
        ('import e from "express"; const a = e(); a.listen(3001, "::"); a.listen(9229, "localhost");', 0),
    ],
)
def test_a_listener_that_only_its_own_machine_reaches(tmp_path: Path, code: str, loopback: int) -> None:
    """A host written out as localhost, and Fastify's own default."""
    probe, service = source(tmp_path, {"app/src/a.ts": code})
    assert len(probe.ports(service).value.loopback) == loopback


NEST = 'import { Controller, Get, Post, ServiceUnavailableException } from "@nestjs/common";\n'
CHECK = "check() { if (!up()) throw new ServiceUnavailableException(); return { ok: true }; }"


@pytest.mark.parametrize(
    ("controller", "main", "health", "served"),
    [
        (f'@Controller("health") export class H {{ @Get() {CHECK} }}', "", "/health", True),
        (f'@Controller() export class H {{ @Get("health") {CHECK} }}', "", "/health", True),
        (f'@Controller("/ops") export class H {{ @Get("/health") {CHECK} }}', "", "/ops/health", True),
        (f'@Controller({{ path: "health" }}) export class H {{ @Get() {CHECK} }}', "", "/health", True),
        (f'@Controller(["health", "up"]) class H {{ @Get() {CHECK} }}', "", "/health", True),
        (f'const P = "health"; @Controller(P) export class H {{ @Get() {CHECK} }}', "", "/health", True),
        (
            f'@Controller("health") export class H {{ @Get() {CHECK} }}',
            'app.setGlobalPrefix("api");',
            "/api/health",
            True,
        ),
        (
            f'@Controller("health") export class H {{ @Get() {CHECK} }}',
            'app.setGlobalPrefix("api", { exclude: ["health"] });',
            "/health",
            True,
        ),
        (
            f'@Controller("health") export class H {{ @Get() {CHECK} }}',
            "app.setGlobalPrefix(prefix());",
            "/api/health",
            True,
        ),
        (f'@Controller("health") export class H {{ @Get() {CHECK} }}', 'app.setGlobalPrefix("api");', "/health", False),
        (f'@Controller("health") export class H {{ @Get("live") {CHECK} }}', "", "/health", False),
        (f'@Controller("health") export class H {{ @Post() {CHECK} }}', "", "/health", False),
        (f'@Controller("ops") export class H {{ @Get("health") {CHECK} }}', "", "/health", False),
    ],
)
def test_a_nest_controller_serves_its_full_path(
    tmp_path: Path, controller: str, main: str, health: str, served: bool
) -> None:
    """Prefix, controller and method make the path, and the method must answer GET."""
    found = routes(tmp_path, {"app/src/h.ts": NEST + controller, "app/src/main.ts": main}, health)
    assert bool(found.serving) == served
    assert [route.fails for route in found.serving] == ["status"] * served
