"""The deploy items judge railway.json, railway.toml and vercel.json as the hosts read them."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.rules import deploy, vercel
from fixtures.probes.deployment import Deployment
from tests.rules.sites import Site, ended

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TODAY = date(2026, 11, 23)
SOUND: dict[str, Any] = {
    "$schema": "https://railway.com/railway.schema.json",
    "build": {"builder": "DOCKERFILE", "dockerfilePath": "services/worker/Dockerfile"},
    "deploy": {
        "healthcheckPath": "/health",
        "healthcheckTimeout": 120,
        "restartPolicyType": "ON_FAILURE",
        "restartPolicyMaxRetries": 10,
        "multiRegionConfig": {"europe-west4-drams3a": {"numReplicas": 2}},
    },
}


def site(folder: Path, config: str, text: str, files: Mapping[str, str] | None = None, **service: object) -> Site:
    made = Site(folder, **{"config": config, "health": "/health", "port": 3001, **service})
    made.write({config: text, **(files or {})})
    made.track()
    return made


def judge(made: Site, item: str, today: date = TODAY) -> tuple[str, Any]:
    probe, service = Deployment(made.platform, made.files), made.service
    match item:
        case "DEP-001":
            return ended(lambda: deploy.railway_config_valid(service, probe.railway(service), today))
        case "DEP-002":
            return ended(lambda: deploy.health_path_declared(service, probe.railway(service)))
        case "DEP-003":
            return ended(lambda: deploy.restart_policy_declared(service, probe.railway(service)))
        case "DEP-004":
            return ended(lambda: deploy.replicas_declared(service, probe.railway(service)))
        case "DEP-005":
            return ended(lambda: deploy.dockerfile_exists(service, probe.dockerfiles(service)))
    return ended(lambda: vercel.vercel_config_valid(service, probe.vercel(service)))


def with_keys(**keys: object) -> str:
    """The sound file with keys of `deploy` set; None takes one away."""
    kept = {key: value for key, value in {**SOUND["deploy"], **keys}.items() if value is not None}
    return json.dumps({**SOUND, "deploy": kept}, indent=2)


def texts(findings: tuple[Any, ...]) -> str:
    return " | ".join(map(str, findings))


def test_sound_file_passes_but_for_its_end(tmp_path: Path) -> None:
    """A sound file has one warning, that its days are counted, and nothing else."""
    made = site(tmp_path, "railway.json", json.dumps(SOUND), {"services/worker/Dockerfile": "FROM scratch"})
    assert [judge(made, f"DEP-00{n}")[0] for n in range(1, 6)] == ["warn", "pass", "pass", "pass", "pass"]
    verdict = judge(made, "DEP-001")[1]
    assert len(verdict.warnings) == 1
    assert "8 days left" in verdict.warnings[0].text


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 11, 30), "(1 day left)"),
        (date(2026, 12, 1), "no longer reads"),
        (date(2027, 1, 1), "judged by DEP-007"),
    ],
)
def test_end_of_the_files_life_is_told(tmp_path: Path, today: date, said: str) -> None:
    """From 2026-12-01 on the file is a warning that it is read no more."""
    found, verdict = judge(site(tmp_path, "railway.json", json.dumps(SOUND)), "DEP-001", today)
    assert found == "warn"
    assert said in verdict.warnings[0].text


TOML = """
[build]
builder = "nixpacks"
[deploy]
healthcheckPath = "/health"
restartPolicyType = "on_failure"
restartPolicyMaxRetries = 3
overlapSeconds = "60"
"""


def test_toml_is_read_as_railway_does(tmp_path: Path) -> None:
    """Lower case is taken, a number in quotes and a legacy builder warn, each with its line."""
    found, verdict = judge(site(tmp_path, "railway.toml", TOML), "DEP-001")
    assert found == "warn"
    said = texts(verdict.warnings)
    assert "railway.toml:3: NIXPACKS is a legacy builder" in said
    assert "railway.toml:8: deploy.overlapSeconds is a number in quotes" in said
    assert "lower case" in verdict.observed
    assert judge(site(tmp_path, "railway.toml", TOML), "DEP-003")[0] == "pass"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"deploy": {"healthcheckInterval": 30}}', "so it has no interval"),
        ('{"service": {"name": "x"}}', "write build and deploy"),
        ('{"healthcheck": {"path": "/x"}}', "deploy.healthcheckPath"),
        ('{"variables": {"A": "b"}}', "variables are set on the service"),
        ('{"deploy": {"env": {"A": "b"}}}', "variables are set on the service"),
        ('{"deploy": {"healthCheckPath": "/x"}}', "did you mean healthcheckPath?"),
        ('{"deploy": {"buildCommand": "x"}}', "it belongs to build.buildCommand"),
        ('{"startCommand": "x"}', "it belongs to deploy.startCommand"),
        ('{"deploy": {"replicas": 2}}', "multiRegionConfig"),
        ('{"deploys": {}}', "did you mean deploy?"),
        ('{"build": {"buildEnvironment": "V3"}}', "below environments"),
        ('{"build": {"builder": "docker"}}', "build.builder"),
        ('{"deploy": {"restartPolicyType": "on-failure"}}', "deploy.restartPolicyType"),
        ('{"deploy": {"restartPolicyMaxRetries": 0}}', "deploy.restartPolicyMaxRetries"),
        ('{"deploy": {"numReplicas": 201}}', "deploy.numReplicas"),
        ('{"deploy": {"numReplicas": 1.5}}', "deploy.numReplicas"),
        ('{"deploy": {"healthcheckTimeout": "soon"}}', "deploy.healthcheckTimeout"),
        ('{"deploy": {"healthcheckPath": 1}}', "deploy.healthcheckPath"),
        ('{"deploy": {"preDeployCommand": ["a", "b"]}}', "deploy.preDeployCommand"),
        ('{"deploy": {"multiRegionConfig": {"us-west2": {"replicas": 2}}}}', "multiRegionConfig.us-west2.replicas"),
        ('{"deploy": null}', "deploy"),
        (
            '{"environments": {"production": {"deploy": {"healthPath": "/x"}}}}',
            "environments.production.deploy.healthPath",
        ),
        (
            '{"deploy": {"registryCredentials": {"username": "u", "password": "hunter22"}}}',
            "password into the repository",
        ),
        ("{", "no valid JSON"),
        ("[]", "no object"),
        ('{\n// note\n"deploy": {}}', "JSON has no comments"),
        ('{"deploy": {"healthcheckTimeout": NaN}}', "no valid JSON"),
        ('{"a": "\\ud800"}', "no valid JSON"),
    ],
)
def test_what_railway_does_not_have_is_a_finding(tmp_path: Path, text: str, said: str) -> None:
    """An invented key or a refused value is named, with the nearest right one; no password is printed."""
    found, verdict = judge(site(tmp_path, "railway.json", text), "DEP-001")
    assert found == "fail"
    assert said in texts(verdict.findings)
    assert "hunter22" not in texts(verdict.findings) + repr(verdict)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"deploy": {"preDeployCommand": ["npm run migrate"]}}',
        '{"deploy": {"preDeployCommand": "npm run migrate", "healthcheckPath": null, "limitOverride": null}}',
        '{"build": {"nixpacksPlan": {"phases": {"setup": {"nixPkgs": ["..."]}}}, "watchPatterns": ["a/**"]}}',
        '{"deploy": {"runtime": "V2", "numReplicas": 2.0, "sleepApplication": false, "ipv6EgressEnabled": true}}',
        '{"deploy": {"limitOverride": {"containers": {"cpu": 2, "memoryBytes": 1e9}}, "useLegacyStacker": false}}',
        '{"environments": {"pr": {"build": {"buildEnvironment": "v3"}, "deploy": {"startCommand": "x"}}}}',
        '{\n\t"deploy": {\n\t\t"healthcheckTimeout": 1.5\n\t}\n}\n',
        '\ufeff{"deploy": {"cronSchedule": "*/5 * * * *", "requiredMountPath": "/data"}}\r\n',
    ],
)
def test_legal_files_have_no_finding(tmp_path: Path, text: str) -> None:
    """Whatever Railway's schema has passes, odd spelling included."""
    found, verdict = judge(site(tmp_path, "railway.json", text), "DEP-001")
    assert found == "warn", verdict.findings


def test_line_of_the_key_is_told(tmp_path: Path) -> None:
    """A finding names the line of the key, not only the file."""
    text = '{\n  "deploy": {\n    "restartPolicyType": "NEVER",\n    "retries": 3\n  }\n}\n'
    made = site(tmp_path, "railway.json", text)
    assert judge(made, "DEP-001")[1].findings[0].where == "railway.json:4"
    assert judge(made, "DEP-003")[1].findings[0].where == "railway.json:3"


@pytest.mark.parametrize(
    ("keys", "how"),
    [
        ({}, "pass"),
        ({"healthcheckPath": None}, "fail"),
        ({"healthcheckPath": ""}, "fail"),
        ({"healthcheckPath": "/healthz"}, "fail"),
        ({"healthcheckPath": "/health/"}, "fail"),
        ({"healthcheckPath": "health"}, "fail"),
        ({"healthcheckPath": "/health?full=1"}, "pass"),
        ({"healthcheckTimeout": None}, "pass"),
        ({"healthcheckTimeout": 0}, "fail"),
        ({"healthcheckTimeout": 5}, "warn"),
        ({"healthcheckTimeout": 10}, "pass"),
        ({"healthcheckTimeout": 1801}, "warn"),
    ],
)
def test_health_path_is_held(tmp_path: Path, keys: dict[str, object], how: str) -> None:
    """DEP-002 wants the manifest's path, to the letter."""
    assert judge(site(tmp_path, "railway.json", with_keys(**keys)), "DEP-002")[0] == how


def test_service_without_http_needs_no_health_path(tmp_path: Path) -> None:
    """A worker that listens nowhere is warned about, not failed."""
    made = site(tmp_path, "railway.json", with_keys(healthcheckPath=None), health=None, port=None)
    assert judge(made, "DEP-002")[0] == "warn"
    made = site(tmp_path, "railway.json", with_keys(), health=None)
    assert judge(made, "DEP-002")[0] == "warn"


@pytest.mark.parametrize(
    ("keys", "how"),
    [
        ({}, "pass"),
        ({"restartPolicyType": None}, "fail"),
        ({"restartPolicyType": "NEVER"}, "fail"),
        ({"restartPolicyType": "never"}, "fail"),
        ({"restartPolicyType": "on-failure"}, "fail"),
        ({"restartPolicyType": "ALWAYS", "restartPolicyMaxRetries": None}, "pass"),
        ({"restartPolicyMaxRetries": None}, "warn"),
        ({"restartPolicyMaxRetries": 1}, "pass"),
    ],
)
def test_restart_policy_is_held(tmp_path: Path, keys: dict[str, object], how: str) -> None:
    """DEP-003 wants a policy that restarts."""
    assert judge(site(tmp_path, "railway.json", with_keys(**keys)), "DEP-003")[0] == how


@pytest.mark.parametrize(
    ("keys", "how"),
    [
        ({}, "pass"),
        ({"multiRegionConfig": None}, "fail"),
        ({"multiRegionConfig": None, "numReplicas": 2}, "pass"),
        ({"multiRegionConfig": None, "numReplicas": "2"}, "pass"),
        ({"multiRegionConfig": None, "numReplicas": 1}, "fail"),
        ({"multiRegionConfig": {"a": {"numReplicas": 1}, "b": {"numReplicas": 1}}}, "pass"),
        ({"multiRegionConfig": {"a": {"numReplicas": 1}, "b": None}}, "fail"),
        ({"multiRegionConfig": {"a": {"numReplicas": 1}, "b": {}}}, "pass"),
        ({"multiRegionConfig": {"a": {"numReplicas": 1}}, "numReplicas": 5}, "fail"),
        ({"requiredMountPath": "/data"}, "fail"),
        ({"sleepApplication": True}, "warn"),
        ({"cronSchedule": "0 * * * *"}, "warn"),
        ({"cronSchedule": None}, "pass"),
    ],
)
def test_replicas_are_counted(tmp_path: Path, keys: dict[str, object], how: str) -> None:
    """DEP-004 adds up the regions."""
    assert judge(site(tmp_path, "railway.json", with_keys(**keys)), "DEP-004")[0] == how


def test_one_replica_is_enough_where_the_manifest_says_so(tmp_path: Path) -> None:
    """A service with a volume, declared with one replica, passes."""
    text = with_keys(multiRegionConfig=None, requiredMountPath="/data")
    assert judge(site(tmp_path, "railway.json", text, replicas=1), "DEP-004")[0] == "pass"


@pytest.mark.parametrize(("over", "how"), [({"numReplicas": 1, "multiRegionConfig": None}, "fail"), ({}, "pass")])
def test_production_overrides_the_base(tmp_path: Path, over: dict[str, object], how: str) -> None:
    """What environments.production says holds; what staging says does not."""
    environments = {"production": {"deploy": over}, "staging": {"deploy": {"restartPolicyType": "NEVER"}}}
    made = site(tmp_path, "railway.json", json.dumps({**SOUND, "environments": environments}))
    assert judge(made, "DEP-004")[0] == how
    assert judge(made, "DEP-003")[0] == "pass"


@pytest.mark.parametrize(
    ("build", "files", "dockerfile", "how"),
    [
        (
            {"builder": "DOCKERFILE", "dockerfilePath": "services/worker/Dockerfile"},
            ["services/worker/Dockerfile"],
            None,
            "pass",
        ),
        ({"builder": "DOCKERFILE", "dockerfilePath": "Dockerfile"}, ["services/worker/Dockerfile"], None, "pass"),
        ({"dockerfilePath": "/services/worker/Dockerfile"}, ["services/worker/Dockerfile"], None, "pass"),
        ({"dockerfilePath": "Dockerfile.prod"}, ["services/worker/Dockerfile"], None, "fail"),
        ({"dockerfilePath": "../../etc/passwd"}, [], None, "fail"),
        ({"builder": "DOCKERFILE"}, ["services/worker/Dockerfile"], None, "pass"),
        ({"builder": "DOCKERFILE"}, [], None, "fail"),
        (
            {"dockerfilePath": "Dockerfile"},
            ["Dockerfile", "services/worker/Dockerfile"],
            "services/worker/Dockerfile",
            "pass",
        ),
        ({"dockerfilePath": "docker/A"}, ["docker/A", "docker/B"], "docker/B", "fail"),
        ({"builder": "RAILPACK"}, [], None, "pass"),
        ({"builder": "RAILPACK"}, ["services/worker/Dockerfile"], "services/worker/Dockerfile", "warn"),
        ({}, ["docker/A"], "docker/A", "fail"),
    ],
)
def test_dockerfile_is_looked_for(
    tmp_path: Path, build: dict[str, str], files: list[str], dockerfile: str | None, how: str
) -> None:
    """DEP-005 tries the platform's folder and the service's, and holds what is there against the manifest."""
    there = dict.fromkeys(files, "FROM scratch\n")
    made = site(tmp_path, "railway.json", json.dumps({"build": build}), there, dockerfile=dockerfile)
    found, verdict = judge(made, "DEP-005")
    assert found == how, verdict


def test_successor_is_noted_and_accepted(tmp_path: Path) -> None:
    """A .railway/railway.ts beside the file is noted; as the config itself it is code that DEP-007 judges."""
    files = {".railway/railway.ts": "export default {}"}
    made = site(tmp_path, "railway.json", json.dumps(SOUND), files)
    assert ".railway/railway.ts stands beside it" in judge(made, "DEP-001")[1].observed
    made = site(tmp_path, ".railway/railway.ts", "export default {}")
    assert [judge(made, f"DEP-00{n}")[0] for n in range(1, 6)] == ["pass", "warn", "warn", "warn", "warn"]


def test_absent_config_fails(tmp_path: Path) -> None:
    """A declared config file that does not exist fails each item about it."""
    made = Site(tmp_path, config="railway.json")
    assert {judge(made, f"DEP-00{n}")[0] for n in range(1, 6)} == {"fail"}


WEB = {"name": "web", "host": "vercel", "root": "web", "health": None, "port": None}
ROUTE = "export async function GET(request: Request) { return Response.json({}) }\n"


def crons(path: str, schedule: str = "0 5 * * *") -> str:
    return json.dumps({"crons": [{"path": path, "schedule": schedule}]})


@pytest.mark.parametrize(
    ("file", "code", "path", "how"),
    [
        ("app/api/cron/route.ts", ROUTE, "/api/cron", "pass"),
        ("app/api/cron/route.ts", ROUTE, "/api/cron?x=1", "pass"),
        ("app/api/cron/route.ts", ROUTE, "/api/cron/", "pass"),
        ("app/api/cron/route.ts", ROUTE, "/api/crons", "fail"),
        ("src/app/api/cron/route.js", "export const GET = async () => new Response()", "/api/cron", "pass"),
        ("app/(jobs)/api/cron/route.ts", ROUTE, "/api/cron", "pass"),
        ("app/api/[job]/route.ts", ROUTE, "/api/cron", "pass"),
        ("app/api/[...job]/route.ts", ROUTE, "/api/cron/x", "pass"),
        ("app/api/[...job]/route.ts", ROUTE, "/api", "fail"),
        ("app/api/[[...job]]/route.ts", ROUTE, "/api", "pass"),
        ("app/_api/cron/route.ts", ROUTE, "/_api/cron", "warn"),
        ("app/api/cron/route.ts", "export async function POST() {}", "/api/cron", "fail"),
        (
            "app/api/cron/route.ts",
            "// export async function GET() {}\nexport async function POST() {}",
            "/api/cron",
            "fail",
        ),
        ("app/api/cron/route.ts", 'const s = "export function GET()"\nexport const POST = s', "/api/cron", "fail"),
        ("app/api/cron/route.ts", "const h = () => 1\nexport { h as GET, h as POST }", "/api/cron", "pass"),
        ("app/api/cron/route.ts", 'export { GET } from "./handler"', "/api/cron", "pass"),
        ("app/api/cron/route.ts", "export const { GET, POST, PUT } = serve({ client })", "/api/cron", "pass"),
        ("app/api/cron/route.ts", 'export * from "./handler"', "/api/cron", "warn"),
        ("app/api/cron/page.tsx", "export default function Page() { return <p/> }", "/api/cron", "pass"),
        ("pages/api/cron.ts", "export default function handler() {}", "/api/cron", "pass"),
        ("pages/api/cron/index.ts", "export default function handler() {}", "/api/cron", "pass"),
        ("api/cron.py", "x", "/api/cron", "pass"),
        ("server.ts", "x", "/api/cron", "warn"),
    ],
)
def test_cron_path_is_looked_for_in_the_app(tmp_path: Path, file: str, code: str, path: str, how: str) -> None:
    """DEP-006 finds the route that a cron calls, by the framework's own rules."""
    found, verdict = judge(site(tmp_path, "web/vercel.json", crons(path), {f"web/{file}": code}, **WEB), "DEP-006")
    assert found == how, verdict


@pytest.mark.parametrize(
    ("schedule", "how"),
    [
        ("*/15 * * * *", "pass"),
        ("0 5 * * 1-5", "pass"),
        ("0,30 0-6/2 1 1,7 *", "pass"),
        ("0 5 * *", "fail"),
        ("0 0 5 * * *", "fail"),
        ("60 5 * * *", "fail"),
        ("0 5 * * MON", "fail"),
        ("0 5 1 * 1", "fail"),
        ("*/0 * * * *", "fail"),
        ("5-1 * * * *", "fail"),
        ("@daily", "fail"),
        ("0 5 L * *", "fail"),
    ],
)
def test_schedule_is_a_cron_expression(tmp_path: Path, schedule: str, how: str) -> None:
    """DEP-006 takes the expressions that Vercel takes."""
    files = {"web/app/c/route.ts": ROUTE}
    found, verdict = judge(site(tmp_path, "web/vercel.json", crons("/c", schedule), files, **WEB), "DEP-006")
    assert found == how, verdict


@pytest.mark.parametrize(
    ("text", "how", "said"),
    [
        ("{}", "pass", ""),
        (
            '{"$schema": "https://openapi.vercel.sh/vercel.json", "framework": "nextjs", "regions": ["fra1"]}',
            "pass",
            "",
        ),
        ('{"functions": {"app/api/**": {"maxDuration": 60, "memory": 1024}}, "cleanUrls": true}', "pass", ""),
        ('{"functions": {"app/api/**/*.ts": {}, "app/x/route.ts": {}, "app/api/y/[id]/route.ts": {}}}', "pass", ""),
        ('{"functions": {"app/{x,z}/route.ts": {}, "app/.well-known/flow/route.js": {}}}', "pass", ""),
        ('{"functions": {"app/api/gone/route.ts": {"maxDuration": 60}}}', "fail", "app/api/gone/route.ts"),
        ('{"functions": {"web/app/x/route.ts": {"maxDuration": 60}}}', "fail", "stops the build"),
        ('{"functions": {"pages/api/**": {"memory": 1024}}}', "fail", "pages/api/**"),
        ('{"functions": {"app/api/**": {"timeout": 60}}}', "fail", "functions.app/api/**.timeout"),
        ('{"functions": {"app/api/**": {"memory": 64}}}', "fail", "memory"),
        ('{"cron": []}', "fail", "did you mean crons?"),
        ('{"experimentalThing": 1}', "warn", "experimentalThing"),
        ('{"crons": [{"path": "api/x", "schedule": "0 5 * * *"}]}', "fail", "crons.0.path"),
        ('{"crons": [{"path": "/x"}]}', "fail", "crons.0"),
        ('{"rewrites": [{"source": "/a"}]}', "fail", "rewrites.0"),
        ('{"rewrites": [{"source": "/a", "destination": "/b", "has": [{"type": "host", "value": "x"}]}]}', "pass", ""),
        ('{"redirects": [{"source": "/a", "destination": "/b", "permanent": "yes"}]}', "fail", "redirects.0.permanent"),
        ('{"headers": [{"source": "/a", "headers": [{"key": "a", "value": "b"}]}]}', "pass", ""),
        ('{"headers": [{"source": "/a", "headers": {"a": "b"}}]}', "fail", "headers.0.headers"),
        ('{"version": 2, "name": "x"}', "warn", "legacy key"),
        ('{"version": 1}', "fail", "version"),
        ('{"routes": [{"src": "/a", "dest": "/b"}]}', "warn", "legacy key"),
        ('{"routes": [], "rewrites": []}', "fail", "cannot stand beside"),
        ('{"builds": [], "functions": {"a": {}}}', "fail", "cannot stand beside"),
        ('{"env": {"A": "b"}}', "warn", "in the repository"),
        ('{"regions": "fra1"}', "fail", "regions"),
    ],
)
def test_vercel_schema_is_held(tmp_path: Path, text: str, how: str, said: str) -> None:
    """DEP-006 knows Vercel's keys, warns of its legacy ones and refuses the rest."""
    files = {"web/app/x/route.ts": ROUTE, "web/app/api/y/[id]/route.ts": ROUTE}
    found, verdict = judge(site(tmp_path, "web/vercel.json", text, files, **WEB), "DEP-006")
    assert found == how, verdict
    assert said in texts(verdict.findings + verdict.warnings)


TYPED = 'import type { VercelConfig } from "@vercel/config/v1";\nimport { routes } from "@vercel/config/v1";\n'


@pytest.mark.parametrize(
    ("text", "how", "said"),
    [
        ("export const config: VercelConfig = {};", "pass", ""),
        (
            'export const config = { crons: [{ path: "/x", schedule: "0 5 * * *" }] } satisfies VercelConfig;',
            "pass",
            "",
        ),
        ("const at = `0 5 * * *`;\nexport const config = {\n  crons: [{ path: '/x', schedule: at }],\n};", "pass", ""),
        ('const crons = [{ path: "/y", schedule: "0 5 * * *" }];\nexport const config = { crons };', "fail", "/y"),
        ("export default {\n  // daily\n  crons: [{ path: '/x', schedule: '@daily' }],\n};", "fail", "vercel.ts:5"),
        ("const config = { cron: [] };\nexport default config;", "fail", "did you mean crons?"),
        ("export const config = { headers: [routes.cacheControl('/a')], cleanUrls: true };", "pass", ""),
        (
            "export const config = {\n  rewrites: [routes.rewrite('/y', '/x')],\n"
            "  crons: [{ path: '/y', schedule: '0 5 * * *' }],\n};",
            "warn",
            "unless a rewrite leads there",
        ),
        (
            "export const config = { crons: jobs.map((path) => ({ path, schedule: '0 5 * * *' })) };",
            "unverified",
            "crons",
        ),
        ("export const config = { crons: [...more] };", "unverified", "crons"),
        ("export const config = { ...base, cleanUrls: true };", "unverified", "...base"),
        ("export const config = make();", "unverified", "no object that is written out"),
        ("const config = config;\nexport default config;", "unverified", "no object that is written out"),
        ("export const config = { crons: [", "fail", "does not parse"),
    ],
)
def test_vercel_ts_is_read_as_far_as_it_is_written_out(tmp_path: Path, text: str, how: str, said: str) -> None:
    """A program is not run: what it works out is not judged, and crons that it works out are not green."""
    found, told = judge(site(tmp_path, "web/vercel.ts", TYPED + text, {"web/app/x/route.ts": ROUTE}, **WEB), "DEP-006")
    assert found == how, told
    assert said in (str(told) if how == "unverified" else texts(told.findings + told.warnings))


def test_what_a_vercel_ts_works_out_is_named(tmp_path: Path) -> None:
    """A reviewer sees what was not looked at."""
    text = "export const config = { headers: [routes.cacheControl('/a')] };"
    _, told = judge(site(tmp_path, "web/vercel.ts", text, {"web/app/x/route.ts": ROUTE}, **WEB), "DEP-006")
    assert "headers of the program not read" in told.observed


@pytest.mark.parametrize(("path", "how"), [("/x", "pass"), ("/y", "fail")])
def test_vercel_toml_is_read(tmp_path: Path, path: str, how: str) -> None:
    """Vercel takes the same settings as TOML."""
    text = f'cleanUrls = true\n[[crons]]\npath = "{path}"\nschedule = "0 5 * * *"\n'
    found, told = judge(site(tmp_path, "web/vercel.toml", text, {"web/app/x/route.ts": ROUTE}, **WEB), "DEP-006")
    assert found == how, told


def test_rewrite_may_serve_a_cron_path(tmp_path: Path) -> None:
    """A rewrite that could lead to the path makes the missing route a doubt, not a finding."""
    text = json.dumps({**json.loads(crons("/jobs/x")), "rewrites": [{"source": "/jobs/:path*", "destination": "/api"}]})
    files = {"web/app/api/route.ts": ROUTE}
    assert judge(site(tmp_path, "web/vercel.json", text, files, **WEB), "DEP-006")[0] == "warn"
    files |= {"web/next.config.mjs": "export default { basePath: '/app' }"}
    assert judge(site(tmp_path, "web/vercel.json", crons("/app/api"), files, **WEB), "DEP-006")[0] == "warn"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                (
                    "build",
                    "deploy",
                    "environments",
                    "production",
                    "builder",
                    "healthcheckPath",
                    "numReplicas",
                    "multiRegionConfig",
                    "registryCredentials",
                    "preDeployCommand",
                    "crons",
                    "path",
                    "schedule",
                    "functions",
                    "headers",
                    "rewrites",
                    "$schema",
                    "x.y",
                    "",
                )
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=JSON | st.text(max_size=40), raw=st.booleans())
def test_no_config_makes_an_item_crash(tmp_path: Path, data: object, raw: bool) -> None:
    """Any text and any JSON ends in a verdict, for each host and format."""
    text = str(data) if raw else json.dumps(data)
    if not (tmp_path / ".git").exists():
        site(tmp_path, "railway.json", "{}")
    for config in ("railway.json", "railway.toml"):
        made = Site(tmp_path, config=config)
        made.write({config: text})
        assert all(judge(made, f"DEP-00{n}")[0] for n in range(1, 6))
    made = Site(tmp_path, **{**WEB, "config": "web/vercel.json"})
    made.write({"web/vercel.json": text})
    assert judge(made, "DEP-006")[0]
