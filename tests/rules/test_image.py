"""The image items judge Dockerfiles as an engineer who knows the bases does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.rules import image as rules
from checks.rules import image_contents, image_health, image_programs
from fixtures.probes.image import Images
from tests.rules.sites import Site, ended

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from fixtures.model.verdicts import Evidence, Verdict

NODE = "FROM node:20.19.5-alpine3.22\n"
SLIM = "FROM node:20.19.5-slim\n"
FULL = "FROM node:20.19.5\n"
INSTALLED = SLIM + "WORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev\nCOPY --from=build /app/dist ./dist\n"
CHECK = "HEALTHCHECK CMD wget -qO- http://localhost:3001/health || exit 1\n"
RULES: dict[str, tuple[Callable[..., Verdict], str]] = {
    "IMG-001": (image_health.has_health_check, "health"),
    "IMG-002": (image_health.asks_health_path_and_port, "health"),
    "IMG-003": (image_programs.runs_existing_program, "health"),
    "IMG-004": (rules.runs_as_ordinary_user, "dockerfile"),
    "IMG-005": (rules.pins_its_bases, "dockerfile"),
    "IMG-006": (image_contents.image_holds_no_secret, "ingredients"),
    "IMG-007": (image_contents.context_keeps_dangers_out, "context"),
    "IMG-008": (rules.starts_in_exec_form, "dockerfile"),
}


def judge(
    root: Path, item: str, text: str, files: Mapping[str, str] | None = None, **service: object
) -> tuple[str, Any]:
    site = Site(root, **{"dockerfile": "Dockerfile", "context": ".", "health": "/health", "port": 3001, **service})
    site.variables = [{"name": "BILLING", "services": ("worker",)}, {"name": "NODE_ENV", "services": ("worker",)}]
    site.write({"Dockerfile": text, **(files or {})})
    site.track()
    rule, question = RULES[item]
    evidence: Evidence[Any] = getattr(Images(site.platform, site.files), question)(site.service)
    return ended(lambda: rule(site.service, evidence))


def first(verdict: Any) -> str:
    return str((verdict.findings or verdict.warnings)[0])


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (NODE + CHECK, "pass"),
        (NODE, "fail"),
        (NODE + "HEALTHCHECK NONE", "fail"),
        (NODE + "healthcheck none", "fail"),
        (NODE + CHECK + "HEALTHCHECK NONE", "fail"),
        ("FROM node:20.1.1 AS build\n" + CHECK + "FROM node:20.1.1-slim", "fail"),
        ("FROM node:20.1.1 AS base\n" + CHECK + "FROM base", "pass"),
        ("FROM node:20.1.1 AS base\n" + CHECK + "FROM base AS mid\nFROM mid", "pass"),
        ("FROM node:20.1.1 AS Base\n" + CHECK + "FROM base\nHEALTHCHECK NONE", "fail"),
        ("FROM node:20.1.1 AS base\nONBUILD " + CHECK + "FROM base", "pass"),
        (NODE + "ONBUILD " + CHECK, "fail"),
        (NODE + CHECK + "\\", "fail"),
        ("\\", "fail"),
        (NODE + "# " + CHECK, "fail"),
        (NODE + 'RUN echo "HEALTHCHECK CMD x"', "fail"),
        (NODE + "HEALTHCHECK CMD", "fail"),
        (NODE + "HEALTHCHECK --interval=30 CMD x", "fail"),
        (NODE + "HEALTHCHECK --every=30s CMD x", "fail"),
        (NODE + "HEALTHCHECK --retries=0 CMD x", "fail"),
        (NODE + "HEALTHCHECK --interval=1m30s --timeout=0.5s --start-period=5s --start-interval=1s CMD x", "pass"),
        (NODE + "HEALTHCHECK --interval=10m CMD x", "warn"),
        (NODE + "HEALTHCHECK --timeout=5m CMD x", "warn"),
        (NODE + "HEALTHCHECK --start-period=3h CMD x", "warn"),
        (NODE + "HEALTHCHECK --start-period=10m CMD x", "pass"),
        (NODE + "HEALTHCHECK --interval=1m --retries=60 CMD x", "warn"),
        (NODE + "HEALTHCHECK --interval=1m --retries=5 CMD x", "pass"),
        (NODE + CHECK + CHECK, "warn"),
        (NODE + "HEALTHCHECK CMD curl -f http://localhost:3001/health || true", "fail"),
        (NODE + "HEALTHCHECK CMD curl -f http://localhost:3001/health || exit 0", "fail"),
        (NODE + 'HEALTHCHECK CMD ["curl", "-f", "http://localhost/health", "||", "exit", "1"]', "fail"),
        (NODE + "HEALTHCHECK CMD curl -f http://localhost:3001/health || echo unhealthy", "fail"),
        (NODE + "HEALTHCHECK CMD curl -f http://localhost:3001/health; echo done", "fail"),
        (NODE + "HEALTHCHECK CMD curl -f http://localhost:3001/health | cat", "fail"),
        (NODE + "HEALTHCHECK CMD curl -f http://localhost:3001/health || { echo bad; }", "fail"),
        (NODE + "HEALTHCHECK CMD curl -f http://localhost:3001/health &", "fail"),
        (NODE + 'HEALTHCHECK CMD ["sh", "-c", "curl -f http://localhost:3001/health || echo bad"]', "fail"),
        (NODE + "HEALTHCHECK CMD curl -f http://localhost:3001/health || { echo bad; exit 1; }", "pass"),
        (NODE + "HEALTHCHECK CMD curl -f http://localhost:3001/health || (echo bad && false)", "pass"),
        (NODE + "HEALTHCHECK CMD curl -f http://localhost:3001/health && echo fine", "pass"),
        (NODE + "HEALTHCHECK CMD curl -s http://localhost:3001/health | grep -q ok", "pass"),
        (NODE + "HEALTHCHECK CMD set -o pipefail; curl -f http://localhost:3001/health | tee /tmp/last", "pass"),
        (NODE + "HEALTHCHECK CMD curl -f http://localhost:3001/health >/dev/null 2>&1", "pass"),
        (NODE + "HEALTHCHECK CMD node -e \"fetch('http://localhost:3001/health').then(()=>process.exit(0))\"", "fail"),
        (
            NODE
            + "HEALTHCHECK CMD node -e \"require('http').get('http://localhost:3001/health',()=>process.exit(0))\"",
            "fail",
        ),
        (
            NODE + "HEALTHCHECK CMD node -e \"fetch('http://localhost:3001/health').then(r=>process.exit(r.ok?0:1))\"",
            "pass",
        ),
        (NODE.replace("\n", "\r\n") + "HEALTHCHECK --interval=30s \\\r\n  CMD wget -q http://x/\r\n", "pass"),
        ("\ufeff" + NODE + CHECK, "pass"),
    ],
)
def test_health_check_is_found(tmp_path: Path, text: str, how: str) -> None:
    """IMG-001 finds the check that holds in the final stage, and no other."""
    assert judge(tmp_path, "IMG-001", text)[0] == how


@pytest.mark.parametrize(
    ("check", "how"),
    [
        ("CMD wget -qO- http://localhost:3001/health || exit 1", "pass"),
        ("CMD wget -qO- http://127.0.0.1:3001/health?full=1 || exit 1", "pass"),
        ("CMD wget --spider -q http://[::1]:3001/health", "pass"),
        ('CMD wget -q -T 4 -O /dev/null "http://127.0.0.1:${PORT:-3001}/health" || exit 1', "pass"),
        ("CMD curl -fsS localhost:3001/health", "pass"),
        ("CMD curl -fsS http://localhost:3001/healthz", "fail"),
        ("CMD curl -fsS http://localhost:3001/", "fail"),
        ("CMD curl -fsS http://localhost:3001", "fail"),
        ("CMD curl -fsS http://localhost/health", "fail"),
        ("CMD curl -fsS http://localhost:8080/health", "fail"),
        ("CMD curl -fsS http://example.com:3001/health", "fail"),
        ("CMD curl -fsS http://localhost:${PORT:-8080}/health", "fail"),
        ("CMD curl -fsS http://localhost:${PORT}/health", "warn"),
        ("CMD curl -fsS http://localhost:$PORT/health", "warn"),
        ("CMD curl http://localhost:3001/health", "fail"),
        ("CMD curl -fsS http://localhost:3001${HEALTH_PATH:-/health}", "pass"),
        ('CMD ["wget", "-qO-", "http://localhost:3001/health"]', "pass"),
        ('CMD ["wget", "-qO-", "http://localhost:${PORT:-3001}/health"]', "fail"),
        ('CMD ["sh", "-c", "wget -qO- http://localhost:${PORT:-3001}/health"]', "pass"),
        ("CMD node -e \"fetch('http://localhost:3001/health').then(r=>process.exit(r.ok?0:1))\"", "pass"),
        ("CMD node -e \"fetch('http://localhost:3000/health').then(r=>process.exit(r.ok?0:1))\"", "fail"),
        (
            "CMD node -e \"fetch('http://localhost:'+(process.env.PORT||3001)+'/health').then(r=>process.exit(0))\"",
            "pass",
        ),
        (
            "CMD node -e \"fetch('http://localhost:'+(process.env.PORT||3001)+'/healthz').then(r=>process.exit(0))\"",
            "fail",
        ),
        (
            "CMD node -e 'fetch(`http://localhost:${process.env.PORT||3001}/health`).then(r=>{if(!r.ok)throw 1})'",
            "pass",
        ),
        (
            "CMD node -e \"get({host:'localhost',port:3001,path:'/health'},r=>process.exit(r.statusCode!==200))\"",
            "pass",
        ),
        ("CMD node -e \"require('http').get({port:3001,path:'/api/health'},r=>process.exit(0))\"", "fail"),
        (
            "CMD node -e \"get('http://localhost:3001/health', r => process.exit(r.statusCode === 200 ? 0 : 1))\"",
            "pass",
        ),
        ("CMD curl -s http://localhost:3001/health | grep -q ok", "pass"),
        ("CMD curl -s http://localhost:3001/health | cat", "fail"),
        ("CMD curl -fsS https://localhost:3001/health", "warn"),
        ("CMD pgrep node", "fail"),
        ("CMD nc -z localhost 3001", "fail"),
        ("CMD test -f /tmp/alive", "fail"),
    ],
)
def test_health_check_is_held_against_the_service(tmp_path: Path, check: str, how: str) -> None:
    """IMG-002 reads what a check asks, through defaults, code and quotes."""
    found, verdict = judge(tmp_path, "IMG-002", NODE + "HEALTHCHECK " + check)
    assert found == how, verdict


def test_port_variable_that_env_sets_is_followed(tmp_path: Path) -> None:
    """IMG-002 leaves the value of ENV PORT to the item about ports, and warns of a default that is never used."""
    text = NODE + "ENV PORT=8080\nHEALTHCHECK CMD wget -qO- http://localhost:{}/health"
    assert judge(tmp_path, "IMG-002", text.replace("{}", "$PORT"))[0] == "pass"
    assert judge(tmp_path, "IMG-002", text.replace("{}", "${PORT:-3001}"))[0] == "pass"
    assert judge(tmp_path, "IMG-002", text.replace("{}", "${PORT:-9}"))[0] == "warn"


@pytest.mark.parametrize(
    ("copy", "source", "script", "how"),
    [
        ("COPY healthcheck.js ./", "healthcheck.js", "get({port: process.env.PORT || 3001, path: '/health'})", "pass"),
        ("COPY . .", "healthcheck.js", "get({port: 3001, path: '/health'})", "pass"),
        ("COPY scripts/ ./", "scripts/healthcheck.js", "fetch('http://localhost:3001/health')", "pass"),
        ("COPY scripts/*.js ./", "scripts/healthcheck.js", "fetch('http://localhost:3001/health')", "pass"),
        ("COPY a/check.js ./healthcheck.js", "a/check.js", "fetch('http://localhost:3001/health')", "pass"),
        ("COPY . .", "healthcheck.js", "get({port: 3001, path: '/healthz'})", "fail"),
        ("COPY . .", "healthcheck.js", "get({port: 3002, path: '/health'})", "fail"),
        (
            "COPY --from=x /app/dist ./",
            "services/worker/src/healthcheck.ts",
            "fetch(`http://localhost:${PORT}/health`)",
            "pass",
        ),
        ("COPY --from=x /app/dist ./", "services/worker/src/other.ts", "x", "warn"),
    ],
)
def test_health_script_is_followed(tmp_path: Path, copy: str, source: str, script: str, how: str) -> None:
    """IMG-002 reads the script that the check runs, where the repository has it."""
    text = f"FROM node:20.1.1 AS x\n{NODE}WORKDIR /app\n{copy}\nHEALTHCHECK CMD node healthcheck.js"
    found, verdict = judge(tmp_path, "IMG-002", text, {source: script})
    assert found == how, verdict


@pytest.mark.parametrize(
    ("script", "how"),
    [
        ("require('http').get('http://localhost:3001/health', () => process.exit(0))", "fail"),
        ("await fetch('http://localhost:3001/health'); process.exit(0)", "fail"),
        (
            "const { status } = await fetch('http://localhost:3001/health'); process.exit(status === 200 ? 0 : 1)",
            "pass",
        ),
        ("http.get('http://localhost:3001/health', (res) => process.exit(res.statusCode === 200 ? 0 : 1))", "pass"),
        (
            "const said = await (await fetch('http://localhost:3001/health')).json(); process.exit(said.up ? 0 : 1)",
            "pass",
        ),
    ],
)
def test_a_health_script_looks_at_the_answer(tmp_path: Path, script: str, how: str) -> None:
    """IMG-001 finds a script to which an answer of 503 is as good as one of 200."""
    text = f"{NODE}COPY . .\nHEALTHCHECK CMD node check.mjs"
    assert judge(tmp_path, "IMG-001", text, {"check.mjs": script})[0] == how


def test_missing_health_check_is_one_finding_only(tmp_path: Path) -> None:
    """Without a HEALTHCHECK only IMG-001 fails."""
    assert [judge(tmp_path, item, NODE)[0] for item in ("IMG-001", "IMG-002", "IMG-003")] == ["fail", "warn", "warn"]


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (NODE + "HEALTHCHECK CMD wget -qO- http://x || exit 1", "pass"),
        (NODE + "HEALTHCHECK CMD curl -f http://x || exit 1", "fail"),
        (SLIM + "HEALTHCHECK CMD curl -f http://x || exit 1", "fail"),
        (SLIM + "HEALTHCHECK CMD wget -q http://x || exit 1", "fail"),
        (FULL + "HEALTHCHECK CMD curl -f http://x || exit 1", "pass"),
        ("FROM node:20-bookworm\nHEALTHCHECK CMD wget -q http://x", "pass"),
        ("FROM node:20-bookworm-slim\nHEALTHCHECK CMD wget -q http://x", "fail"),
        (SLIM + "HEALTHCHECK CMD node -e 'x'", "pass"),
        (NODE + "RUN apk add --no-cache curl\nHEALTHCHECK CMD curl -f http://x", "pass"),
        (NODE + "RUN apk --no-cache add tini=0.19.0-r2 curl=~8\nHEALTHCHECK CMD curl -f http://x", "pass"),
        (
            NODE + "RUN apk add --no-cache --virtual .d curl && curl x && apk del .d\nHEALTHCHECK CMD curl -f http://x",
            "fail",
        ),
        (NODE + "RUN apk add curl\nRUN apk del curl\nHEALTHCHECK CMD curl -f http://x", "fail"),
        (
            SLIM + "RUN apt-get update && apt-get install -y -q \\\n  curl \\\n && x\nHEALTHCHECK CMD curl x",
            "pass",
        ),
        (SLIM + "RUN <<EOF\napt-get update\napt install -y curl\nEOF\nHEALTHCHECK CMD curl x", "pass"),
        (SLIM + "RUN bash -c 'apt-get install -y curl'\nHEALTHCHECK CMD curl x", "pass"),
        (SLIM + "RUN echo apt-get install curl\nHEALTHCHECK CMD curl x", "fail"),
        (SLIM + "# RUN apt-get install curl\nHEALTHCHECK CMD curl x", "fail"),
        ("FROM node:20-slim AS b\nRUN apt-get install -y curl\n" + SLIM + "HEALTHCHECK CMD curl x", "fail"),
        ("FROM node:20-slim AS b\nRUN apt-get install -y curl\nFROM b\nHEALTHCHECK CMD curl x", "pass"),
        (SLIM + "COPY --from=busybox:1.36.1 /bin/wget /usr/bin/wget\nHEALTHCHECK CMD wget x", "pass"),
        (SLIM + "RUN ./setup.sh\nHEALTHCHECK CMD curl x", "warn"),
        ("FROM registry.corp/node:1\nHEALTHCHECK CMD curl x", "warn"),
        ("FROM registry.corp/node:1\nRUN apt-get install -y curl\nHEALTHCHECK CMD curl x", "pass"),
        ("FROM gcr.io/distroless/nodejs20-debian12\nHEALTHCHECK CMD curl x || exit 1", "fail"),
        ("FROM gcr.io/distroless/nodejs20-debian12\nHEALTHCHECK CMD node h.js", "fail"),
        ('FROM gcr.io/distroless/nodejs20-debian12\nHEALTHCHECK CMD ["/nodejs/bin/node", "-e", "x"]', "pass"),
        ('FROM gcr.io/distroless/nodejs20-debian12\nHEALTHCHECK CMD ["node", "-e", "x"]', "warn"),
        ("FROM scratch\nHEALTHCHECK CMD wget x", "fail"),
        ('FROM scratch\nCOPY --from=b /out/check /check\nHEALTHCHECK CMD ["/check"]', "pass"),
        ('FROM scratch\nHEALTHCHECK CMD ["/check"]', "fail"),
        ("FROM nginx:1.27.3-alpine\nHEALTHCHECK CMD curl -f x", "warn"),
        ("FROM nginx:1.27.3-alpine\nHEALTHCHECK CMD wget x", "pass"),
        ("FROM python:3.12.1-slim\nHEALTHCHECK CMD python -c 'x'", "pass"),
        ("FROM oven/bun:1.1.0-alpine\nHEALTHCHECK CMD bun -e 'x'", "pass"),
        ("FROM redis:7.2.4\nHEALTHCHECK CMD redis-cli ping | grep PONG", "pass"),
        ("FROM public.ecr.aws/docker/library/node:20.1.1-alpine\nHEALTHCHECK CMD curl x", "fail"),
        ("ARG V=20.1.1-alpine\nFROM node:${V}\nHEALTHCHECK CMD curl x", "fail"),
        ("FROM --platform=linux/amd64 node:20.1.1-alpine\nHEALTHCHECK CMD timeout 5 wget x", "pass"),
        (SLIM + "HEALTHCHECK CMD pgrep -f node", "fail"),
        (SLIM + "RUN apt-get install -y procps\nHEALTHCHECK CMD pgrep -f node", "pass"),
        (SLIM + "WORKDIR /app\nCOPY check.js ./\nHEALTHCHECK CMD node check.js", "fail"),
        (INSTALLED + "HEALTHCHECK CMD node scripts/check.js", "fail"),
        (INSTALLED + 'HEALTHCHECK CMD ["sh", "scripts/check.sh"]', "fail"),
        (INSTALLED + "HEALTHCHECK CMD node dist/check.js", "pass"),
        (INSTALLED + "RUN npm run build\nHEALTHCHECK CMD node scripts/check.js", "pass"),
        (INSTALLED + "ADD https://example.com/check.js scripts/\nHEALTHCHECK CMD node scripts/check.js", "pass"),
        (INSTALLED + "HEALTHCHECK CMD node node_modules/check/index.js", "pass"),
        (INSTALLED + "HEALTHCHECK CMD /usr/local/bin/node -e x", "pass"),
        (
            INSTALLED.replace(SLIM.strip(), "FROM registry.corp/node:1") + "HEALTHCHECK CMD node scripts/check.js",
            "warn",
        ),
    ],
)
def test_program_of_the_health_check_exists(tmp_path: Path, text: str, how: str) -> None:
    """IMG-003 knows what bases bring, what is installed, and what is taken away again."""
    found, verdict = judge(tmp_path, "IMG-003", text)
    assert found == how, verdict


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (NODE + "USER node", "pass"),
        (NODE, "fail"),
        (NODE + "USER root", "fail"),
        (NODE + "USER 0", "fail"),
        (NODE + "USER 0:0", "fail"),
        (NODE + "USER root:node", "fail"),
        (NODE + "USER node\nUSER root", "fail"),
        (NODE + "USER root\nRUN x\nUSER node:node", "pass"),
        (NODE + "USER 1000", "pass"),
        (NODE + "USER 1001:0", "pass"),
        ("FROM node:20.1.1 AS b\nUSER node\nFROM b", "pass"),
        ("FROM node:20.1.1 AS b\nUSER node\n" + NODE, "fail"),
        ("FROM alpine:3.20.1\nUSER node", "fail"),
        ("FROM alpine:3.20.1\nRUN adduser -S -D -u 1001 -G g node\nUSER node", "pass"),
        ("FROM debian:12.5-slim\nRUN groupadd -r app && useradd -r -g app app\nUSER app", "pass"),
        (NODE + "RUN addgroup --system --gid 1001 nodejs && adduser --system --uid 1001 nextjs\nUSER nextjs", "pass"),
        (NODE + "USER nextjs", "fail"),
        (NODE + "ARG U=node\nUSER $U", "pass"),
        (NODE + "ARG U=root\nUSER ${U}", "fail"),
        (NODE + "ARG U\nUSER $U", "fail"),
        (NODE + "USER ${U:-node}", "pass"),
        ("FROM corp/base:1\nUSER app", "warn"),
        ("FROM corp/base:1", "warn"),
        ("FROM gcr.io/distroless/nodejs20-debian12:nonroot", "pass"),
        ("FROM gcr.io/distroless/nodejs20-debian12", "fail"),
        ("FROM scratch\nCOPY --from=b /etc/passwd /etc/passwd\nUSER app", "pass"),
        ("FROM node:20.1.1 AS b\nONBUILD USER node\nFROM b", "pass"),
        (NODE + "RUN echo USER node", "fail"),
        ("FROM debian:12.5-slim\nRUN useradd -o -u 0 app\nUSER app", "fail"),
        ("FROM debian:12.5-slim\nRUN useradd --uid=0 -o app\nUSER app", "fail"),
        ("FROM debian:12.5-slim\nRUN useradd -u 01001 app\nUSER app", "pass"),
    ],
)
def test_user_is_ordinary(tmp_path: Path, text: str, how: str) -> None:
    """IMG-004 follows USER through stages, arguments and the making of users."""
    found, verdict = judge(tmp_path, "IMG-004", text)
    assert found == how, verdict


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("FROM node:20.19.5-alpine3.22", "pass"),
        ("FROM node:20.19.5@sha256:" + "a" * 64, "pass"),
        ("FROM node@sha256:" + "a" * 64, "pass"),
        ("FROM node:latest@sha256:" + "a" * 64, "pass"),
        ("FROM node", "fail"),
        ("FROM node:latest", "fail"),
        ("FROM node:20", "fail"),
        ("FROM node:20-alpine", "fail"),
        ("FROM node:20-alpine3.20", "fail"),
        ("FROM node:lts-alpine", "fail"),
        ("FROM node:lts-alpine3.20", "fail"),
        ("FROM node:current", "fail"),
        ("FROM node:20.11-slim", "warn"),
        ("FROM alpine:3.20", "warn"),
        ("FROM ubuntu:24.04", "pass"),
        ("FROM postgres:16.2-alpine", "pass"),
        ("FROM debian:bookworm-20240211-slim", "pass"),
        ("FROM debian:bookworm-slim", "fail"),
        ("FROM localhost:5000/app", "fail"),
        ("FROM localhost:5000/app:1.2.3", "pass"),
        ("FROM ghcr.io/a/b:sha-1234567", "pass"),
        ("FROM scratch", "pass"),
        ("ARG V=20.19.5\nFROM node:${V}-alpine", "pass"),
        ("ARG V=20\nFROM node:${V}-alpine", "fail"),
        ("ARG V\nFROM node:${V}-alpine", "fail"),
        ("FROM node:20.1.1 AS a\nFROM a AS b\nFROM b", "pass"),
        ("FROM node:20.1.1\nCOPY --from=busybox:latest /bin/x /x", "fail"),
        ("FROM node:20.1.1 AS a\nFROM node:20.1.1\nCOPY --from=a /x /x\nCOPY --from=0 /y /y", "pass"),
        ("FROM node:20.1.1\nRUN --mount=type=bind,from=golang,target=/g x", "fail"),
        ("FROM --platform=$BUILDPLATFORM node:20.1.1", "pass"),
    ],
)
def test_bases_are_pinned(tmp_path: Path, text: str, how: str) -> None:
    """IMG-005 takes a digest or a full version, warns of a minor one, and refuses what floats."""
    found, verdict = judge(tmp_path, "IMG-005", text)
    assert found == how, verdict


TOKEN_LIKE = "".join(("abc", "DEF", "9" * 20))


@pytest.mark.parametrize(
    ("line", "how"),
    [
        ("ENV NODE_ENV=production PORT=3001", "pass"),
        ("ARG NPM_TOKEN", "fail"),
        ("ARG NPM_TOKEN=" + TOKEN_LIKE, "fail"),
        ("ARG NPM_TOKEN=dummy", "pass"),
        ("ARG SENTRY_AUTH_TOKEN", "fail"),
        ("ARG BILLING", "fail"),
        ("ENV BILLING=" + TOKEN_LIKE, "fail"),
        ("ENV BILLING=placeholder", "pass"),
        ("ENV API_KEY=" + TOKEN_LIKE, "fail"),
        ("ENV API_KEY ''", "pass"),
        ("ENV DB_PASSWORD=$DB", "fail"),
        ("ENV DATABASE_URL=postgres://u:" + TOKEN_LIKE + "@h/db", "fail"),
        ("ENV DATABASE_URL=postgres://postgres:postgres@localhost/db", "pass"),
        ("ENV NEXT_PUBLIC_SUPABASE_ANON_KEY=abc VITE_MAP_KEY=abc", "pass"),
        ("ENV POSTGRES_PASSWORD_FILE=/run/secrets/pw", "pass"),
        ("ENV DISABLE_TOKEN=true", "pass"),
        ("RUN --mount=type=secret,id=npm_token npm ci", "pass"),
        ("COPY .env ./", "fail"),
        ("COPY .env.production ./", "fail"),
        ("COPY .env.example ./", "pass"),
        ("COPY .env* ./", "fail"),
        ("COPY services/worker/.env.* ./", "fail"),
        ("COPY config/*.env /app/", "fail"),
        ("COPY .env.ex* ./", "pass"),
        ("COPY package*.json ./", "pass"),
        ("COPY * ./", "pass"),
        ("COPY --from=x /app/.env ./", "fail"),
        ("ADD id_rsa /app/.ssh/", "fail"),
        ("COPY server.pem server.key /etc/", "fail"),
        ("COPY global-bundle.pem ca.pem /etc/ssl/", "pass"),
        ("COPY package.json .npmrc ./", "warn"),
        ("COPY quiet/.npmrc ./", "pass"),
        ("COPY loud/.npmrc ./", "fail"),
        ("COPY <<EOF /x\nTOKEN\nEOF", "pass"),
        ("COPY <<EOF /app/.env\nCRON_SECRET=" + TOKEN_LIKE + "\nEOF", "fail"),
        ("COPY <<EOF /app/.env\nLOG_LEVEL=info\nEOF", "pass"),
        ("COPY <<EOF .npmrc\nengine-strict=true\nEOF", "pass"),
        ('RUN --mount=type=secret,id=n echo "//r/:_authToken=$(cat /run/secrets/n)" > .npmrc', "fail"),
        (
            'RUN --mount=type=secret,id=n echo "//r/:_authToken=$(cat /run/secrets/n)" > .npmrc && npm ci && rm .npmrc',
            "pass",
        ),
        ("RUN --mount=type=secret,id=n cat /run/secrets/n > ~/.npmrc && npm ci", "fail"),
        ("RUN --mount=type=secret,id=n npm config set //r/:_authToken=$(cat /run/secrets/n)", "fail"),
        ("RUN --mount=type=secret,id=n NPM_TOKEN=$(cat /run/secrets/n) npm ci > log.txt", "pass"),
        ('RUN --mount=type=secret,id=n printf "%s" "$(cat /run/secrets/n)" > /app/token', "fail"),
    ],
)
def test_secrets_stay_out_of_the_image(tmp_path: Path, line: str, how: str) -> None:
    """IMG-006 knows names and files that carry credentials, and never prints a value."""
    files = {
        "quiet/.npmrc": "engine-strict=true\n//r/:_authToken=${NPM_TOKEN}\n",
        "loud/.npmrc": "//r/:_authToken=" + TOKEN_LIKE,
    }
    found, verdict = judge(tmp_path, "IMG-006", NODE + line, files)
    assert found == how, verdict
    assert TOKEN_LIKE not in repr(verdict)
    assert TOKEN_LIKE not in " ".join(map(str, verdict.findings))


GOOD_IGNORE = ".git\n**/.env\n**/.env.*\n!**/.env.example\n**/node_modules\n"


@pytest.mark.parametrize(
    ("copy", "ignore", "how"),
    [
        ("COPY . .", GOOD_IGNORE, "pass"),
        ("COPY . .", "*\n!src\n!package.json", "pass"),
        ("COPY . .", None, "fail"),
        ("COPY . .", "", "fail"),
        ("COPY . .", GOOD_IGNORE.replace(".git\n", ""), "fail"),
        ("COPY . .", GOOD_IGNORE.replace("**/node_modules", "node_modules"), "fail"),
        ("COPY src ./src", GOOD_IGNORE.replace("**/node_modules", "node_modules"), "pass"),
        ("COPY services/worker ./", GOOD_IGNORE.replace("**/node_modules", "node_modules"), "fail"),
        ("COPY services/worker/package.json ./", GOOD_IGNORE.replace("**/node_modules", "node_modules"), "pass"),
        ("COPY services/*/ ./", GOOD_IGNORE.replace("**/node_modules", "node_modules"), "fail"),
        ("COPY . .", ".git\n.env*\n**/node_modules", "fail"),
        ("COPY . .", ".git\n**/.env\n**/node_modules", "warn"),
        ("COPY . .", GOOD_IGNORE + "!.env\n", "fail"),
        ("COPY . .", "# " + GOOD_IGNORE, "fail"),
        ("COPY . .", GOOD_IGNORE + "a[", "fail"),
        ("COPY . .", "\ufeff" + GOOD_IGNORE.replace("\n", "\r\n"), "pass"),
        ("COPY . .", ".git/\n**/.env*\n**/node_modules/**", "pass"),
    ],
)
def test_context_keeps_dangers_out(tmp_path: Path, copy: str, ignore: str | None, how: str) -> None:
    """IMG-007 matches the ignore file as Docker does, nested folders included."""
    files = {"services/worker/package.json": "{}"} | ({} if ignore is None else {".dockerignore": ignore})
    found, verdict = judge(tmp_path, "IMG-007", NODE + copy, files)
    assert found == how, verdict


def test_ignore_file_of_the_dockerfile_comes_first(tmp_path: Path) -> None:
    """Docker reads <Dockerfile>.dockerignore in place of the context's own."""
    files = {".dockerignore": GOOD_IGNORE, "Dockerfile.dockerignore": "dist\n"}
    found, verdict = judge(tmp_path, "IMG-007", NODE + "COPY . .", files)
    assert (found, "Dockerfile.dockerignore" in first(verdict)) == ("fail", True)


@pytest.mark.parametrize(
    ("copies", "folder"),
    [
        ("COPY pnpm-lock.yaml package.json ./\nCOPY apps/worker/package.json apps/worker/\nCOPY . .", "."),
        ("COPY package.json dist ./", "apps/worker"),
        ("COPY worker/package.json ./\nCOPY --from=build /out ./", "apps"),
        ("COPY . .", "apps/worker"),
        ("COPY package*.json https://example.org/pnpm-lock.yaml ./", "apps/worker"),
        ("COPY package.json\\\n  apps/gone.json ./\n", "apps/worker"),
    ],
)
def test_context_is_where_the_copied_files_are(tmp_path: Path, copies: str, folder: str) -> None:
    """An image of a workspace is built from the workspace's root, unless the manifest names another folder."""
    site = Site(tmp_path, dockerfile="apps/worker/Dockerfile", root="apps/worker")
    names = ("pnpm-lock.yaml", "package.json", "apps/worker/package.json", "apps/worker/dist/index.js")
    site.write({**dict.fromkeys(names, "{}"), "apps/worker/Dockerfile": f"{NODE}{copies}\n"})
    site.track()
    assert Images(site.platform, site.files).context(site.service).value.folder == folder


def test_ignore_file_beside_the_dockerfile_is_not_the_contexts(tmp_path: Path) -> None:
    """An ignore file where Docker does not look counts for nothing, and the finding names it."""
    files = {"services/worker/.dockerignore": GOOD_IGNORE}
    found, verdict = judge(tmp_path, "IMG-007", NODE + "COPY . .", files)
    assert (found, "services/worker/.dockerignore" in first(verdict)) == ("fail", True)


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ('CMD ["node", "dist/index.js"]', "pass"),
        ('ENTRYPOINT ["node"]\nCMD ["dist/index.js"]', "pass"),
        ('ENTRYPOINT ["dumb-init", "--"]\nCMD ["node", "x"]', "pass"),
        ("CMD node dist/index.js", "fail"),
        ("ENTRYPOINT node x", "fail"),
        ("CMD ['node', 'x']", "fail"),
        ("CMD exec node x", "warn"),
        ('CMD ["sh", "-c", "node migrate.js && node x"]', "fail"),
        ('CMD ["sh", "-c", "node migrate.js && exec node x"]', "warn"),
        ('ENTRYPOINT ["/bin/sh", "-c"]\nCMD ["node x"]', "fail"),
        ('ENTRYPOINT ["sh", "entry.sh"]\nCMD ["node", "x"]', "pass"),
        ('CMD ["npm", "start"]', "warn"),
        ('CMD ["npx", "tsx", "x"]', "warn"),
        ('CMD ["nodemon", "x"]', "warn"),
        ('CMD node x\nCMD ["node", "x"]', "pass"),
        ("", "fail"),
    ],
)
def test_command_is_in_exec_form(tmp_path: Path, text: str, how: str) -> None:
    """IMG-008 holds the command that counts."""
    found, verdict = judge(tmp_path, "IMG-008", NODE + text)
    assert found == how, verdict


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ('FROM node:20.1.1 AS b\nCMD ["node", "x"]\nFROM b', "pass"),
        ('FROM node:20.1.1 AS b\nCMD ["node", "x"]\nFROM node:20.1.1', "fail"),
        ("FROM nginx:1.27.3", "pass"),
        ("FROM corp/app:1", "warn"),
    ],
)
def test_command_may_be_inherited(tmp_path: Path, text: str, how: str) -> None:
    """IMG-008 takes a command of the stage below, and a server's own."""
    assert judge(tmp_path, "IMG-008", text)[0] == how


@pytest.mark.parametrize("item", RULES)
@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("", "fail"),
        ("FRM node", "fail"),
        (NODE + "COYP . .", "fail"),
        (NODE + "RUN <<EOF\nx", "fail"),
        ("WORKDIR /x\n" + NODE, "fail"),
        ("FROM", "fail"),
        ("FROM a b", "fail"),
        ("# syntax=corp/frontend:1\nFROM x\nINCLUDE y", "unverified"),
    ],
)
def test_unreadable_dockerfile_is_told(tmp_path: Path, item: str, text: str, how: str) -> None:
    """A file that Docker refuses fails every item; one for another frontend is not judged."""
    assert judge(tmp_path, item, text)[0] == how


def test_absent_dockerfile_is_told(tmp_path: Path) -> None:
    """A declared Dockerfile that does not exist fails."""
    assert judge(tmp_path, "IMG-004", NODE, dockerfile="docker/Dockerfile")[0] == "fail"


LINES = st.one_of(
    st.text(max_size=40),
    st.builds(
        "{} {}".format,
        st.sampled_from(
            ("FROM", "RUN", "COPY", "ENV", "ARG", "USER", "HEALTHCHECK", "CMD", "ENTRYPOINT", "ONBUILD", "ADD")
        ),
        st.one_of(
            st.text(max_size=30),
            st.sampled_from(
                (
                    "CMD",
                    "NONE",
                    "CMD [",
                    '["sh", "-c"]',
                    "[]",
                    "${A:-${B",
                    "$",
                    "a b c",
                    "--x=",
                    "<<A",
                    "CMD sh -c",
                    "node",
                    "--from= a b",
                    "apk add",
                    "apt-get",
                    "CMD node",
                    "x AS y",
                    "y",
                    "a=",
                    '"',
                    "RUN x",
                    "CMD curl http://$",
                    "-- -",
                )
            ),
        ),
    ),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(lines=st.lists(LINES, max_size=8), ignore=st.text(max_size=60))
def test_no_dockerfile_makes_an_item_crash(tmp_path: Path, lines: list[str], ignore: str) -> None:
    """Any text ends in a verdict."""
    site = Site(tmp_path, dockerfile="Dockerfile", context=".", health="/health", port=3001)
    site.write({"Dockerfile": NODE + "\n".join(lines), ".dockerignore": ignore})
    images = Images(site.platform, site.files)
    for rule, question in RULES.values():
        evidence = getattr(images, question)(site.service)
        assert ended(lambda rule=rule, evidence=evidence: rule(site.service, evidence))[0]  # type: ignore[misc]


@pytest.mark.parametrize("raw", [b"\x00FROM a", b"FROM a\x00b", b"\xff\xfe", b"FROM \xed\xa0\x80"])
def test_bytes_that_are_no_text_are_told(tmp_path: Path, raw: bytes) -> None:
    """A NUL or bytes that are no UTF-8 fail the item, not the run."""
    (tmp_path / "Dockerfile").write_bytes(raw)
    site = Site(tmp_path, dockerfile="Dockerfile")
    assert Images(site.platform, site.files).dockerfile(site.service).fault is not None
