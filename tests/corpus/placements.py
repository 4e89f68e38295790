"""How people write a credential into a file: by kind of file, with the name it carries or without one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from tests.corpus import Sample
from tests.corpus.values import Credential, credentials

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.credentials import Mint

# `{name}` is the variable's name, `{camel}`, `{lower}`, `{kebab}` and `{words}` its spellings; `{value}` is
# the credential. A way without a name is taken for credentials that their text alone tells.
WAYS: dict[str, tuple[tuple[str, str], ...]] = {
    "ts": (
        ("src/config.ts", 'export const {camel} = "{value}";\n'),
        ("src/client.ts", "const {camel} = process.env.{name} || '{value}';\n"),
        ("src/settings.ts", "export const config = {{\n  retries: 3,\n  {camel}: '{value}',\n  timeout: 5_000,\n}};\n"),
        ("src/api.ts", "const res = await fetch(url, {{\n  headers: {{ Authorization: `Bearer {value}` }},\n}});\n"),
        ("src/env.ts", "export const env = z.object({{\n  {name}: z.string().default('{value}'),\n}});\n"),
        ("test/setup.ts", 'process.env.{name} = "{value}";\n'),
        ("src/admin.ts", 'const admin = createClient(url, "{value}", {{ auth: {{ persistSession: false }} }});\n'),
        ("src/service.ts", "class Service {{\n  private readonly {camel}: string = '{value}';\n}}\n"),
        ("src/old.ts", "// const {name} = '{value}'; // TODO: move to env\n"),
        ("src/keys.ts", "const KEYS: Record<string, string> = {{ production: '{value}' }};\n"),
        ("test/worker.test.ts", 'vi.stubEnv("{name}", "{value}");\n'),
        ("src/edge.ts", 'const {camel} = Deno.env.get("{name}") ?? "{value}";\n'),
        ("src/const.ts", "const {name} = `{value}` as const;\n"),
        (
            "src/check.ts",
            'if (request.headers.get("x-{kebab}") !== "{value}") return new Response("", {{ status: 401 }});\n',
        ),
        ("src/jwt.ts", 'export const {name}_HARDCODED = "{value}";\n'),
        ("src/sign.ts", 'return sign(payload, "{value}", {{ expiresIn: "7d" }});\n'),
        ("src/spawn.ts", 'spawn("node", ["w.js"], {{ env: {{ ...process.env, {name}: "{value}" }} }});\n'),
        (
            "src/redis.ts",
            'const redis = new Redis({{ url: "https://apt-crab-31337.upstash.io", {camel}: "{value}" }});\n',
        ),
        ("src/fallback.ts", "const value =\n  process.env.{name} ??\n  '{value}';\n"),
        ("src/long.ts", 'export const {camel} =\n  "{value}";\n'),
        ("src/defaults.ts", 'export function connect({camel} = "{value}", timeout = 3_000) {{}}\n'),
        ("test/config.test.ts", 'expect(config.{camel}).toBe("{value}");\n'),
    ),
    "tsx": (
        ("app/page.tsx", 'const {camel} = "{value}";\n\nexport default function Page() {{ return <Chat /> }}\n'),
        ("app/map.tsx", '<Provider options={{{{ {camel}: "{value}" }}}}>\n  {{children}}\n</Provider>\n'),
        ("app/chat.tsx", 'export const Chat = () => <Agent token="{value}" model="fast" />;\n'),
        ("app/upload.tsx", "  const up = new Uploader({{ url, headers: {{ 'x-api-key': '{value}' }} }});\n"),
        ("app/layout.tsx", "useEffect(() => {{ init({{ {camel}: '{value}', debug: true }}) }}, []);\n"),
        ("app/debug.tsx", "{{/* {name}={value} */}}\n"),
        ("app/weather.tsx", "  const res = await fetch(`${{base}}?q=${{city}}&{lower}={value}`);\n"),
        ("app/form.tsx", '<input type="hidden" name="{camel}" defaultValue="{value}" />\n'),
        ("app/theme.tsx", "<Provider theme=\"dark\" {camel}={{'{value}'}} />\n"),
        ("app/state.tsx", '  const [{camel}, setIt] = useState("{value}");\n'),
    ),
    "js": (
        ("ecosystem.config.js", "module.exports = {{ apps: [{{ name: 'worker', env: {{ {name}: '{value}' }} }}] }};\n"),
        ("next.config.mjs", 'export default {{\n  env: {{\n    {name}: "{value}",\n  }},\n}};\n'),
        ("scripts/seed.js", "const client = new Client('{value}')\n"),
        ("scripts/run.mjs", 'process.env["{name}"] ??= "{value}"\n'),
        ("k6/load.js", "export const options = {{ ext: {{ {camel}: __ENV.{name} || '{value}' }} }};\n"),
        ("public/app.js", "var {camel}='{value}',n=0;\n"),
    ),
    "env": (
        (".env", "NODE_ENV=production\n{name}={value}\n"),
        (".env.production", '{name}="{value}"\n'),
        (".env.local", "# old one\n# {name}={value}\n"),
        (".env.staging", "export {name}='{value}'\n"),
        (".env.example", "{name}={value} # ask Anna if it does not work\n"),
        ("deploy/worker.env", "LOG_LEVEL=info\r\n{name}={value}\r\nPORT=3001\r\n"),
        (".envrc", 'export {name}="{value}"\n'),
        (".env.backup", "{name} = {value}\n"),
        (".env.ci", "{name}='{value}'; export {name}\n"),
        ("env.txt", "SET {name}={value}\n"),
    ),
    "yaml": (
        (".github/workflows/deploy.yml", "env:\n  {name}: {value}\n"),
        (
            "docker-compose.yml",
            "services:\n  worker:\n    environment:\n      - NODE_ENV=production\n      - {name}={value}\n",
        ),
        ("compose.yaml", 'services:\n  web:\n    environment:\n      {name}: "{value}"\n'),
        ("k8s/deployment.yaml", "        env:\n          - name: {name}\n            value: {value}\n"),
        ("values.yaml", "worker:\n  {camel}: '{value}'\n"),
        (".github/workflows/e2e.yml", "      - run: {name}={value} pnpm playwright test\n"),
        ("compose.prod.yml", "      {name}: ${{{name}:-{value}}}\n"),
        ("render.yaml", '    envVars:\n      - key: {name}\n        value: "{value}"\n'),
        ("k8s/secret.yaml", "kind: Secret\nstringData:\n  {name}: {value}\n"),
        ("compose.old.yml", '      - "{name}={value}"\n'),
        ("config/app.yml", "production:\n  {lower}: {value}   # rotate in June\n"),
        ("k8s/args.yaml", "        args:\n          - --{kebab}={value}\n"),
        ("serverless.yml", "    environment: {{ STAGE: prod, {name}: {value} }}\n"),
        (".github/workflows/cron.yml", '          curl -fsS -H "Authorization: Bearer {value}" "$URL/api/cron"\n'),
        ("mkdocs.yml", "extra:\n  # {name}: {value}\n"),
        ("openapi.yaml", "      example:\n        {camel}: {value}\n"),
        ("k8s/inline.yaml", '        - {{ name: {name}, value: "{value}" }}\n'),
        ("k8s/noted.yaml", "        - name: {name}\n          # rotate me\n          value: '{value}'\n"),
        (".circleci/config.yml", "      - run: echo 'export {name}={value}' >> $BASH_ENV\n"),
        ("helmfile.yaml", '      - name: worker.{camel}\n        value: "{value}"\n'),
        ("k8s/block.yaml", "stringData:\n  {lower}: |\n    {value}\n"),
        ("k8s/folded.yaml", "stringData:\n  {name}: >-\n    {value}\n"),
        ("config/anchors.yml", "defaults: &defaults\n  {lower}: &used {value}\n"),
    ),
    "json": (
        ("config/production.json", '{{\n  "{camel}": "{value}"\n}}\n'),
        ("vercel.json", '{{\n  "env": {{ "{name}": "{value}" }}\n}}\n'),
        (".mcp.json", '      "args": ["-y", "@acme/mcp-server@latest", "--access-token", "{value}"]\n'),
        (
            ".vscode/launch.json",
            '      "env": {{\n        "NODE_ENV": "development",\n        "{name}": "{value}"\n      }},\n',
        ),
        ("postman.json", '    {{ "key": "{camel}", "value": "{value}", "type": "string" }},\n'),
        (".agent/settings.json", '      "Bash({name}={value} pnpm test:*)",\n'),
        ("fixtures/request.json", '  "body": "{{\\"{camel}\\":\\"{value}\\",\\"limit\\":10}}"\n'),
        ("package.json", '    "deploy": "{name}={value} node scripts/deploy.js",\n'),
        ("task-definition.json", '      {{\n        "name": "{name}",\n        "value": "{value}"\n      }},\n'),
        ("appsettings.json", '  "Worker": {{ "{camel}":"{value}" }}\n'),
        ("renovate.json", '  "hostRules": [{{ "matchHost": "acme-data.net", "token": "{value}" }}]\n'),
        ("thunder.json", '    {{"name": "Authorization", "value": "Bearer {value}"}}\n'),
        ("app.json", '    "{name}" : "{value}" ,\n'),
        ("pairs.json", '  ["{name}", "{value}"],\n'),
        ("devcontainer.json", '  "runArgs": ["-e", "{name}={value}"],\n'),
        ("mcp.json", '      "env": {{"{name}":"{value}","DEBUG":"1"}}\n'),
    ),
    "md": (
        ("README.md", "```bash\n{name}={value}\n```\n"),
        ("docs/setup.md", "| `{name}` | `{value}` | production |\n"),
        ("docs/api.md", 'curl https://api.acme-data.net/v1/jobs \\\n  -H "Authorization: Bearer {value}"\n'),
        ("docs/deploy.md", "1. **{name}**\n   ```\n   {value}\n   ```\n"),
        ("NOTES.md", "- {name}: {value}\n"),
        ("docs/handover.md", "The staging one is `{value}`, do not share it.\n"),
        ("docs/keys.md", "- **{name}**: `{value}`\n"),
        ("docs/vercel.md", "**Secret Name:** `{name}`\n**Value:** `{value}`\n"),
        ("docs/env.md", "Then set `{name}={value}` on the worker.\n"),
        ("docs/ci.md", "   vercel env add {name}\n   # Enter: {value}\n"),
        ("CHANGELOG.md", "* rotate {name} (was {value})\n"),
        ("docs/troubleshooting.md", '> {name} = "{value}"\n'),
        ("docs/list.md", "- {name} → {value}\n"),
        ("docs/prose.md", "The {name} is `{value}` on staging.\n"),
        ("docs/html.md", "<code>{name}={value}</code>\n"),
        ("docs/steps.md", "1. Copy `{value}` into `{name}`.\n"),
        ("docs/words.md", "The {words} is {value}, ask before changing it.\n"),
        ("docs/bullets.md", "* {words}: {value}\n"),
    ),
    "sql": (
        ("supabase/seed.sql", "insert into settings (name, value) values ('{name}', '{value}');\n"),
        ("migrations/0007_cron.sql", '    headers := \'{{"Authorization": "Bearer {value}"}}\'::jsonb,\n'),
        ("migrations/0008_vault.sql", "select vault.create_secret('{value}', '{lower}');\n"),
        ("migrations/0009.sql", "alter database postgres set \"app.settings.{lower}\" to '{value}';\n"),
        ("seed/integrations.sql", "UPDATE integrations SET {lower} = '{value}' WHERE id = 1;\n"),
        ("seed/notes.sql", "-- {name}: {value}\n"),
        ("seed/hooks.sql", "insert into hooks values (1, 'deploy', '{value}', now());\n"),
        ("functions/notify.sql", "  {lower} text := '{value}';\n"),
        ("tests/db.sql", "select set_config('app.{lower}', '{value}', false);\n"),
        ("seed/upsert.sql", "insert into config values ('{lower}','{value}') on conflict do nothing;\n"),
        ("seed/where.sql", "UPDATE settings SET value = '{value}' WHERE key = '{lower}';\n"),
        ("seed/columns.sql", "insert into integrations (id, {lower}) values (1, '{value}');\n"),
    ),
    "Dockerfile": (
        ("Dockerfile", "FROM node:22-alpine\nENV {name}={value}\n"),
        ("worker.Dockerfile", "FROM node:22\nENV {name} {value}\n"),
        ("web/Dockerfile", 'ARG {name}="{value}"\nRUN pnpm build\n'),
        ("Dockerfile.dev", "RUN {name}={value} pnpm build\n"),
        ("api/Dockerfile", 'ENV NODE_ENV=production \\\n    {name}="{value}" \\\n    PORT=3001\n'),
        ("Containerfile", 'RUN echo "{name}={value}" >> .env.production\n'),
        ("build/Dockerfile", "RUN --mount=type=cache,target=/var/cache/npm {name}={value} npm ci\n"),
        ("run/Dockerfile", 'CMD ["sh", "-c", "{name}={value} node index.js"]\n'),
    ),
    "sh": (
        ("scripts/deploy.sh", "export {name}={value}\n"),
        ("scripts/run.sh", '{name}="{value}" ./worker --queue agent-jobs\n'),
        ("scripts/call.sh", "curl -s -H 'Authorization: Bearer {value}' https://api.acme-data.net/v1\n"),
        ("scripts/default.sh", '{name}="${{{name}:-{value}}}"\n'),
        ("scripts/vars.sh", 'railway variables --set "{name}={value}"\n'),
        ("scripts/gh.sh", 'gh secret set {name} --body "{value}"\n'),
        ("scripts/add.sh", 'echo "{value}" | vercel env add {name} production\n'),
        ("scripts/fly.sh", "fly secrets set {name}={value} --app worker\n"),
        ("scripts/kube.sh", "kubectl create secret generic app --from-literal={lower}={value}\n"),
        ("bin/start", ': "${{{name}:={value}}}"\n'),
        ("scripts/sls.sh", "  --{kebab} {value} \\\n"),
        ("scripts/win.ps1", '$env:{name} = "{value}"\n'),
        ("scripts/win.bat", "set {name}={value}\r\n"),
        ("scripts/print.sh", "printf '%s' '{value}' > /run/token\n"),
        ("scripts/docker.sh", 'docker run -d -e {name}="{value}" acme/worker\n'),
        ("scripts/ssm.sh", 'aws ssm put-parameter --name /prod/{lower} --value "{value}" --type SecureString\n'),
        ("scripts/sed.sh", 'sed -i "s|{name}=.*|{name}={value}|" .env\n'),
        ("scripts/heredoc.sh", "cat > .env <<EOF\n{name}={value}\nEOF\n"),
        ("scripts/heroku.sh", "heroku config:set {name}={value} NODE_ENV=production\n"),
        ("scripts/basic.sh", 'curl -u "api:{value}" https://api.acme-data.net\n'),
        ("scripts/user.sh", "curl https://api.acme-data.net/v1 -u {value}:\n"),
    ),
    "toml": (
        ("wrangler.toml", '[vars]\n{name} = "{value}"\n'),
        ("supabase/config.toml", '[edge_runtime.secrets]\n{lower} = "{value}"\n'),
        ("fly.toml", "[env]\n  {name} = '{value}'\n"),
        ("config.toml", '[integrations]\nhook = "{value}"\n'),
        ("pyproject.toml", "[tool.acme]\n{lower} = '{value}' # prod\n"),
        ("netlify.toml", '[context.production.environment]\n  "{name}" = "{value}"\n'),
    ),
    "tf": (
        ("infra/terraform.tfvars", '{lower} = "{value}"\n'),
        ("infra/main.tf", '  environment = {{\n    {name} = "{value}"\n  }}\n'),
        ("infra/vercel.tf", '    {{ key = "{name}", value = "{value}", target = ["production"] }},\n'),
        ("infra/variables.tf", 'variable "{lower}" {{\n  type    = string\n  default = "{value}"\n}}\n'),
        ("infra/provider.tf", 'provider "acme" {{\n  api = "{value}"\n}}\n'),
        ("infra/env.tf", '  set {{\n    name  = "{camel}"\n    value = "{value}"\n  }}\n'),
        ("infra/ssm.tf", '  {lower} = sensitive("{value}")\n'),
        ("infra/ecs.tf", '    environment = jsonencode([{{ name = "{name}", value = "{value}" }}])\n'),
    ),
    "py": (
        ("scripts/migrate.py", 'os.environ["{name}"] = "{value}"\n'),
        ("scripts/load.py", '{lower} = os.getenv("{name}", "{value}")\n'),
        ("scripts/settings.py", "{name} = '{value}'\n"),
        ("scripts/call.py", 'client = Client("{value}")\n'),
        ("scripts/typed.py", '{lower}: str = "{value}"\n'),
        ("scripts/headers.py", 'headers = {{"X-{kebab}": "{value}"}}\n'),
    ),
    "other": (
        ("requests.http", "@{camel} = {value}\nGET https://api.acme-data.net\n"),
        ("config/app.ini", "[worker]\n{lower} = {value}\n"),
        ("app.properties", "acme.{lower}={value}\n"),
        ("notes.txt", "{name} -> {value}\n"),
        ("logs/worker.log", '{{"level":"info","msg":"start","{camel}":"{value}"}}\n'),
        ("client.http", "Authorization: Bearer {value}\n"),
        ("web/index.html", "<script>window.{camel} = '{value}';</script>\n"),
        ("secrets.txt", "{value}\n"),
        ("web.config", '    <add key="{name}" value="{value}" />\n'),
        ("config.xml", "  <{camel}>{value}</{camel}>\n"),
        ("vars.csv", "{name},{value}\n"),
        ("old.ini", ";{lower}={value}\n"),
        ("logs/colours.log", "\x1b[32minfo\x1b[39m: \x1b[1m{name}\x1b[22m=\x1b[33m{value}\x1b[39m\n"),
        ("logs/words.log", "[10:00:00] ERROR refused: {words} {value}\n"),
    ),
}


@dataclass
class _Turns:
    """Gives every kind of file its ways in turn, so that all of them are used."""

    counters: dict[tuple[str, bool, bool], count[int]] = field(default_factory=dict)

    def ways(self, files: str, held: bool, alone: bool) -> tuple[str, str]:
        fitting = [way for n, way in enumerate(WAYS[files]) if n % 2 == held and (alone or _names(way[1]))]
        turn = next(self.counters.setdefault((files, held, alone), count()))
        return fitting[turn % len(fitting)]


def _names(way: str) -> bool:
    return re.search(r"\{(?:name|camel|lower|kebab|words)\}", way) is not None


def _spellings(name: str) -> dict[str, str]:
    first, *others = name.lower().split("_")
    return {
        "name": name,
        "camel": first + "".join(word.capitalize() for word in others),
        "lower": name.lower(),
        "kebab": name.lower().replace("_", "-"),
        "words": name.lower().replace("_", " "),
    }


def positives(mint: Mint) -> Iterator[Sample]:
    """Every kind of credential in every kind of file, in one way that is worked with and one that is held out."""
    turns = _Turns()
    for files in WAYS:
        for held in (False, True):
            for credential in credentials(mint):
                path, way = turns.ways(files, held, credential.alone)
                yield _sample(credential, path, way, held)


def _sample(credential: Credential, path: str, way: str, held: bool) -> Sample:
    text = way.format(value=credential.value, **_spellings(credential.name))
    line = text[: text.index(credential.value)].count("\n") + 1
    return Sample(credential.label, path, text, held, line, credential.detector)
