"""Edits that break one image item each."""

from __future__ import annotations

from tests.platforms import Copy, Twin

DOCKERFILE = "services/worker/Dockerfile"
PROBE = 'CMD wget -q -T 4 -O /dev/null "http://127.0.0.1:${PORT:-3001}/health" || exit 1'
START = 'CMD ["node", "services/worker/dist/index.js"]'


def _dockerfile(breaks: str, old: str, new: str) -> Twin:
    def edit(copy: Copy) -> None:
        copy.edit(DOCKERFILE, old, new)

    return Twin(breaks, edit)


def _ignore(breaks: str, old: str, new: str) -> Twin:
    def edit(copy: Copy) -> None:
        copy.edit(".dockerignore", old, new)

    return Twin(breaks, edit)


def _curl_elsewhere(copy: Copy) -> None:
    copy.edit(DOCKERFILE, "alpine3.22 AS build\n", "alpine3.22 AS build\nRUN apk add --no-cache curl\n")
    copy.edit(DOCKERFILE, "CMD wget -q -T 4 -O /dev/null", "CMD curl -fsS -o /dev/null")


TWINS = {
    "IMG-001": (
        _dockerfile("the health check cannot fail", '/health" || exit 1', '/health" || true'),
        _dockerfile(
            "the health check says what it found, and ends well", '/health" || exit 1', '/health" || echo down'
        ),
        _dockerfile("the health check's failure ends in a pipe", '/health" || exit 1', '/health" | cat'),
        _dockerfile(
            "the health check takes any answer",
            PROBE,
            """CMD node -e "fetch('http://127.0.0.1:'+(process.env.PORT||3001)+'/health').then(()=>process.exit(0))\"""",
        ),
        _dockerfile("the interval is no duration", "--interval=30s", "--interval=30"),
        _dockerfile("the health check never counts a failure", "--retries=3", "--retries=0"),
    ),
    "IMG-002": (
        _dockerfile("the health check asks another path", ":-3001}/health", ":-3001}/healthz"),
        _dockerfile("the health check asks another port", "${PORT:-3001}/health", "3002/health"),
        _dockerfile("the health check asks whether a process runs", PROBE, "CMD pgrep node"),
    ),
    "IMG-003": (
        _dockerfile("curl on Alpine", "CMD wget -q -T 4 -O /dev/null", "CMD curl -fsS -o /dev/null"),
        Twin("curl is installed in a stage that is left behind", _curl_elsewhere),
        _dockerfile("bash on Alpine", PROBE, 'CMD ["bash", "-c", "wget -q http://127.0.0.1:${PORT:-3001}/health"]'),
    ),
    "IMG-004": (
        _dockerfile("no USER", "USER node\n", ""),
        _dockerfile("root again at the end", "EXPOSE 3001", "USER 0\nEXPOSE 3001"),
        _dockerfile("a user that nobody made", "USER node\n", "USER worker\n"),
        _dockerfile("root under another name", "USER node\n", "RUN adduser -u 0 -D worker\nUSER worker\n"),
    ),
    "IMG-005": (
        _dockerfile(
            "a stage copies from an image without a tag",
            "USER node\n",
            "COPY --from=busybox /bin/nc /bin/nc\nUSER node\n",
        ),
        _dockerfile(
            "a tool comes from a floating tag", "USER node\n", "COPY --from=busybox:stable /bin/nc /bin/nc\nUSER node\n"
        ),
    ),
    "IMG-006": (
        _dockerfile("a build argument for a token", "alpine3.22 AS build\n", "alpine3.22 AS build\nARG NPM_TOKEN\n"),
        _dockerfile(
            "a variable from a build argument", "USER node\n", "ENV OPENROUTER_API_KEY=$OPENROUTER_API_KEY\nUSER node\n"
        ),
        _dockerfile(
            "a token is written into a layer",
            "USER node\n",
            'RUN --mount=type=secret,id=npm echo "//r/:_authToken=$(cat /run/secrets/npm)" > .npmrc\nUSER node\n',
        ),
        _dockerfile("an env file is copied", "USER node\n", "COPY --from=build /app/.env ./\nUSER node\n"),
    ),
    "IMG-007": (
        _ignore(".git goes into the context", ".git\n.github\n", ".github\n"),
        _ignore("nested node_modules go into the context", "**/node_modules", "node_modules"),
        _ignore("a later exception brings .env back", "!**/.env.example", "!**/.env"),
        Twin("no ignore file", lambda copy: copy.delete(".dockerignore")),
    ),
    "IMG-008": (
        _dockerfile("shell form", START, "CMD node services/worker/dist/index.js"),
        _dockerfile("single quotes are no JSON", START, "CMD ['node', 'services/worker/dist/index.js']"),
        _dockerfile(
            "a shell for an entrypoint",
            START,
            'ENTRYPOINT ["/bin/sh", "-c"]\nCMD ["node services/worker/dist/index.js"]',
        ),
        _dockerfile("a shell in exec form", START, 'CMD ["sh", "-c", "node services/worker/dist/index.js"]'),
    ),
}
