"""The secret scan on real files in real git repositories, both ways."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from detect_secrets.core.potential_secret import PotentialSecret
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.model.platform import Manifest, Platform, Service, Settings
from fixtures.model.tokens import SHAPES, tokens_in
from fixtures.probes.files import Files
from fixtures.probes.secrets import SecretScan, detectors
from fixtures.probes.secrets.__main__ import main as write_baseline
from fixtures.probes.secrets.assigned import LONGEST_LINE, is_random
from fixtures.probes.secrets.search import GATES, PLUGINS, PLUGINS_OFF, plugins, search
from fixtures.probes.secrets.sightings import ScanFailed, sealed
from fixtures.probes.secrets.tree import Subject
from tests.credentials import HEX, WORD, Mint

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detect_secrets.plugins.base import BasePlugin

    from fixtures.model.secrets import Exposure, Scan

DETECTORS = Path(detectors.__file__)
SUITE = Path(__file__).parents[2]
PLATFORM = Platform(
    SUITE, Manifest(platform=Settings(name="acme"))
)  # what a probe is asked with; it has its own subject
ALONE = {  # how each kind of file writes a credential without a name that tells
    "lib/client.ts": 'const client = connect("{}");\n',
    "app/page.tsx": "<Client options={{{{ auth: '{}' }}}} />\n",
    "settings.env": "SETTING={}\n",
    "deploy.yml": "services:\n  worker:\n    args:\n      - {}\n",
    "package.json": '{{\n  "setting": "{}"\n}}\n',
    "docs/SETUP.md": "Run `setup {}` first.\n",
    "seed.sql": "insert into settings values ('{}');\n",
    "Dockerfile": "FROM node:22\nENV SETTING {}\n",
    "run.sh": "curl -H 'X-Setting: {}' https://acme-data.net\n",
}
NAMED = {  # how each kind of file gives a name a value
    "lib/client.ts": 'const {} = "{}";\n',
    "config.js": "module.exports = {{ env: {{ {}: '{}' }} }};\n",
    "fallback.ts": 'const value = process.env.{} ?? "{}";\n',
    "settings.env": "{}={}\n",
    "export.sh": "export {}={}\n",
    "compose.yml": "services:\n  worker:\n    environment:\n      - {}={}\n",
    "deploy.yml": "env:\n  {}: {}\n",
    "commented.yml": "env:\n  # {}: {}\n",
    "config.json": '{{\n  "{}": "{}"\n}}\n',
    "docs/SETUP.md": "Set it:\n\n    {}={}\n",
    "docs/TABLE.md": "| `{}` | `{}` |\n",
    "Dockerfile": "FROM node:22\nENV {}={}\n",
    "Older.Dockerfile": "FROM node:22\nENV {} {}\n",
}


def repository(root: Path, files: dict[str, str | bytes], baseline: str | None = None) -> SecretScan:
    """A git repository that tracks these files, and the scan of it."""
    root.mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    if not (root / ".git").exists():
        git(root, "init", "-q")
    git(root, "add", "-A")
    return scan_of(root, baseline)


def scan_of(root: Path, baseline: str | None = None) -> SecretScan:
    """The scan of a folder as a platform."""
    return SecretScan(Subject(root.resolve(), "acme", baseline or ""), Files(root))


def git(root: Path, *arguments: str) -> None:
    """Run git in a folder."""
    subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)


def seen(scan: SecretScan) -> Scan:
    """What the scan saw."""
    return scan.tracked(PLATFORM).value


def found(scan: SecretScan) -> tuple[Exposure, ...]:
    """The exposures that a baseline does not accept."""
    return tuple(one for one in seen(scan).exposures if one.standing != "accepted")


@pytest.mark.parametrize("path", ALONE)
@pytest.mark.parametrize("kind", [shape.kind for shape in SHAPES])
def test_shaped_credential_is_found_in_every_kind_of_file(kind: str, path: str, tmp_path: Path) -> None:
    """A credential that its text tells is found wherever it is written, and named by its kind."""
    scan = repository(tmp_path, {path: ALONE[path].format(Mint().shaped()[kind])})
    assert [(one.kind, one.path) for one in found(scan)] == [(kind, path)]


@pytest.mark.parametrize("path", NAMED)
@pytest.mark.parametrize("kind", Mint().named())
def test_named_credential_is_found_in_every_kind_of_file(kind: str, path: str, tmp_path: Path) -> None:
    """A credential that only its name tells is found in every way a file gives a name a value."""
    name, value = Mint().named()[kind]
    scan = repository(tmp_path, {path: NAMED[path].format(name, value)})
    assert [(one.kind, one.path) for one in found(scan)] == [(kind, path)]


@pytest.mark.parametrize(
    "name",
    ["NEXTAUTH_SECRET", "jwtSecret", "DB_PASSWORD", "cookie-secret", "signingKey", "STRIPE_API_KEY_PROD", "apiKey"],
)
def test_random_value_of_a_secret_like_name_is_found(name: str, tmp_path: Path) -> None:
    """Names in any spelling that end in secret, token, password or a kind of key tell a random value."""
    scan = repository(tmp_path, {"settings.yaml": f"{name}: {Mint().draw(WORD, 43)}=\n"})
    assert [one.kind for one in found(scan)] == ["Value of a secret-like name"]


def test_random_values_are_told_from_names(tmp_path: Path) -> None:
    """Of a thousand random keys nearly every one is told, of the names and versions in the list none."""
    mint = Mint()
    drawn = [mint.draw(WORD, 32) for _ in range(500)] + [mint.draw(HEX, 64) for _ in range(500)]
    assert sum(map(is_random, drawn)) >= 980
    names = ["ed25519.Ed25519PrivateKey", "projects/acme-prod-1/secrets/jwt/versions/12", "text-embedding-3-small-v2"]
    assert not any(map(is_random, [*names, "2026-11-23T09:12:44.123Z", "aB1" * 9, "0123456789abcdef" * 2]))


def harmless(mint: Mint) -> dict[str, str]:
    """Text that is full of random or secret-like things and holds no secret."""
    base64_image = mint.draw(WORD + "+/", 4000)
    return {
        "lock.json": f'"integrity": "sha512-{mint.draw(WORD + "+/", 86)}==",\n"token": "{mint.uuid()}"\n',
        "ids.ts": f'const projectId = "{mint.uuid()}";\nconst RAILWAY_PROJECT_ID = "{mint.uuid()}";\n',
        "railway.env": f"RAILWAY_SERVICE_ID={mint.uuid()}\nRAILWAY_ENVIRONMENT_ID={mint.uuid()}\n",
        "vercel.env": f"VERCEL_PROJECT_ID=prj_{mint.draw(WORD, 28)}\nVERCEL_ORG_ID=team_{mint.draw(WORD, 24)}\n",
        "icon.svg": '<path d="M12.5 3.2l-4.1 8.3a2 2 0 01-3.6-1.8C9.1 4.4 12.5 3.2 12.5 3.2z"/>\n' * 20,
        "logo.css": f".logo {{ background: url(data:image/png;base64,{base64_image}) }}\n",
        "bundle.min.js": "!function(e,t){" + "var n=e.token,r=t.secret||n;e.key=r(1e3),t.password=n;" * 400 + "}();\n",
        "env.ts": "const secret = process.env.JWT_SECRET;\nconst key = getKey(process.env.ENCRYPTION_KEY!);\n",
        "zod.ts": "JWT_SECRET: z.string().min(32),\nENCRYPTION_KEY: z.string().regex(/^[0-9a-f]{64}$/),\n",
        "ci.yml": "env:\n  RAILWAY_TOKEN: ${{ secrets.RAILWAY_TOKEN }}\n  SENTRY_AUTH_TOKEN: $SENTRY_AUTH_TOKEN\n",
        "compose.yml": "POSTGRES_PASSWORD: postgres\nDATABASE_URL: postgres://postgres:postgres@db:5432/app\n",
        "local.env": "DATABASE_URL=postgresql://app:Zk3vQ9pLw2@localhost:5432/app\n"
        "REDIS_URL=redis://:Zk3vQ9pLw2@127.0.0.1:6379\n",
        ".env.example": "ENCRYPTION_KEY=<64 hex digits>\nJWT_SECRET=change-me-to-a-random-string-of-32-bytes\n"
        "OPENROUTER_API_KEY=sk-or-v1-your-key-here\nSTRIPE_SECRET_KEY=sk_live_xxxxxxxxxxxxxxxxxxxxxxxx\n"
        "DATABASE_URL=postgresql://postgres.[ref]:[YOUR-PASSWORD]@aws-0-eu-west-1.pooler.supabase.com:6543/postgres\n"
        "SLACK_WEBHOOK_URL=https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX\n",
        "shell.sh": 'psql "postgresql://app:${DB_PASSWORD}@db.acme-data.net/app"\nTOKEN="$(cat /run/secrets/token)"\n',
        "python.py": 'url = f"postgresql://{user}:{password}@{host}/app"\n',
        "tokens.md": "GitHub tokens begin with `ghp_`, OpenRouter's with `sk-or-v1-`, Slack's with `xoxb-`.\n",
        "public.ts": f'const anon = "{mint.jwt(iss="supabase", role="anon")}";\n'
        f'const local = "{mint.jwt(iss="supabase-demo", role="service_role")}";\n'
        f'const key = "sb_publishable_{mint.draw(WORD, 31)}";\nconst stripe = "pk_live_{mint.draw(WORD, 24)}";\n'
        f'const dsn = "https://{mint.draw(HEX, 32)}@o{mint.draw("13579", 6)}.ingest.sentry.io/4501234567890";\n',
        "sha.md": f"Fixed in {mint.draw(HEX, 40)}; image acme/worker@sha256:{mint.draw(HEX, 64)}\n",
        "page.tsx": '<div className="flex min-h-[calc(100vh-4rem)] bg-[url(/i/a1B2c3D4e5F6g7H8.png)] text-token" />\n',
        "pem.ts": 'const body = pem.replace("-----BEGIN PRIVATE'
        + ' KEY-----", "").replace("-----END PRIVATE KEY-----", "");\n',
        "css.css": "a:active{color:red}a:after{content:''}.re_abcdefgh_ijklmnopqrstuvwxyzabcdef{}\n",
        "paging.json": f'{{"nextPageToken": "{mint.draw(WORD, 40)}", "csrfToken": "{mint.draw(WORD, 40)}"}}\n',
        "names.ts": 'import { Ed25519PrivateKey } from "x";\nfunction f(private_key: ed25519.Ed25519PrivateKey) {}\n',
        "aws.md": "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7" + "EXAMPLE\n",
        "russian.md": "Секрет: пароль лежит в хранилище, TOKEN=<ваш токен из панели Railway>\n",
    }


@pytest.mark.parametrize("path", harmless(Mint()))
def test_harmless_text_is_no_finding(path: str, tmp_path: Path) -> None:
    """Hashes, identifiers, placeholders, templates, public keys and code without values are no finding."""
    assert found(repository(tmp_path, {path: harmless(Mint())[path]})) == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "latin-1", "cp1251"])
def test_credential_is_found_in_any_encoding(encoding: str, tmp_path: Path) -> None:
    """A file that is not UTF-8 is read all the same; UTF-16 by its byte order mark."""
    text = f"# {'ключ' if encoding != 'latin-1' else 'clé'}\r\nkey = {Mint().shaped()['GitHub access token']}\r\n"
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    scan = repository(tmp_path, {"notes.txt": mark + text.encode(encoding)})
    assert [(one.kind, one.line) for one in found(scan)] == [("GitHub access token", 2)]


def test_folding_that_changes_a_text_s_length_moves_nothing(tmp_path: Path) -> None:
    """A letter that grows when it is folded does not shift the place of what follows."""
    scan = repository(tmp_path, {"notes.txt": "İİİ\nİ " + Mint().shaped()["OpenRouter key"] + "\n"})
    assert [one.where for one in found(scan)] == ["notes.txt:2:3"]


@pytest.mark.parametrize("before", [0, 10, LONGEST_LINE, 6_000, 6_143, 100_000, 3_000_000])
def test_credential_is_found_anywhere_in_a_long_line(before: int, tmp_path: Path) -> None:
    """A long line is read in windows, and no window's edge cuts a credential."""
    line = ("x=1;" * (before // 4 + 1))[:before] + ' "' + Mint().shaped()["OpenAI key"] + '" ' + "y=2;" * 2_000
    scan = repository(tmp_path, {"tsconfig.tsbuildinfo": line})
    assert [(one.kind, one.column) for one in found(scan)] == [("OpenAI key", before + 3)]


@pytest.mark.parametrize("form", ["  REDIS_URL: {0}\n", 'const held = "{0}";\n', "echo {0} | base64 -d\n"])
def test_a_credential_in_base64_is_found(tmp_path: Path, form: str) -> None:
    """A Kubernetes Secret only encodes what it holds; base64 of an ordinary text is none."""
    password = Mint().draw(WORD, 24)
    for text, count in (
        (f"rediss://default:{password}@eu1.upstash.io:6379", 1),
        (f"postgres://app:{password}@db.acme.io/app\n", 1),
        ("redis://localhost:6379", 0),
        ("postgres is what we use for all of it", 0),
    ):
        held = form.format(base64.b64encode(text.encode()).decode())
        assert len(found(repository(tmp_path / f"{count}{len(text)}", {"k8s/secret.yaml": held}))) == count


def test_neighbouring_windows_report_a_credential_once(tmp_path: Path) -> None:
    """Credentials at every distance from each other in one long line are found once each."""
    mint = Mint()
    tokens = [mint.shaped()["GitHub access token"] for _ in range(60)]
    line = "".join(token + " " * (n * 97 + 1) for n, token in enumerate(tokens)) + "\n"
    assert len(found(repository(tmp_path, {"bundle.js": line}))) == 60


def test_every_gate_is_a_superset_of_its_detector() -> None:
    """What a detector finds in a line, the gated search finds too: no literal hides a match."""
    mint = Mint()
    lines = [ALONE["lib/client.ts"].format(value) for value in mint.shaped().values()]
    lines += [NAMED[path].format(*pair) for pair in mint.named().values() for path in NAMED]
    lines += [
        "//npm.acme.io/:_authToken=" + mint.shaped()["npm access token"],
        "AccountKey=" + mint.draw(WORD, 88),
    ]
    lines += [
        'aws_prod_key = "' + mint.draw(WORD, 40) + '"',
        mint.draw(HEX, 32) + "-us12",
        "sq0csp-" + mint.draw(WORD, 43),
    ]
    for gate in GATES:
        for line in lines:
            touched = any(literal in line.lower() for literal in gate.literals)
            assert touched or not list(plugins()[gate.kind].analyze_string(line)), (gate.kind, line)


def test_every_plugin_of_detect_secrets_is_used_or_left_out_for_a_reason() -> None:
    """The installed detect-secrets has no plugin that was not judged."""
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

    every: Iterable[type[BasePlugin]] = get_mapping_from_secret_type_to_class().values()
    names = {plugin.__name__ for plugin in every}
    assert {name for name in names if not hasattr(detectors, name)} == set(PLUGINS) | set(PLUGINS_OFF)


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.py", "", "  # pragma: allowlist secret"),
        ("a.ts", "", " // pragma: allowlist secret"),
        ("a.css", "", " /* pragma: allowlist secret */"),
        ("a.md", "", " <!-- pragma: allowlist secret -->"),
        ("a.sql", "", " -- pragma: allowlist secret"),
        ("a.yaml", "", " # pragma: allowlist secret"),
        ("a.ts", "// pragma: allowlist nextline secret\n", ""),
        ("a.py", "# pragma: allowlist nextline secret\n", ""),
    ],
)
def test_pragma_allows_a_line(path: str, before: str, after: str, tmp_path: Path) -> None:
    """detect-secrets' pragmas hold in all their comment styles, and are counted."""
    scan = repository(tmp_path, {path: f'{before}"{Mint().shaped()["Groq key"]}"{after}\n'})
    assert found(scan) == ()
    assert [(one.count, one.rule) for one in seen(scan).passed] == [(1, "values allowed by a pragma")]


@pytest.mark.parametrize(
    "beside", ["// pragma: allow secret\n{}", "# pragma: allowlist nextline secret\n\n{}", "{} pragma"]
)
def test_what_is_no_pragma_allows_nothing(beside: str, tmp_path: Path) -> None:
    """A misspelt pragma, one for another line, or the bare word lets nothing pass."""
    assert len(found(repository(tmp_path, {"a.ts": beside.format(Mint().shaped()["Groq key"]) + "\n"}))) == 1


def test_links_submodules_and_kinds_are_passed_over_and_counted(tmp_path: Path) -> None:
    """Symbolic links are not followed; binaries, lock files, source maps and baselines are counted."""
    token = Mint().shaped()["Groq key"]
    outside = tmp_path / "outside.txt"
    outside.write_text(token)
    root = tmp_path / "root"
    root.mkdir()
    (root / "link.txt").symlink_to(outside)
    (root / "circle").symlink_to(".")
    names: dict[str, str | bytes] = {
        "a.bin": b"\x00" + token.encode(),
        "package-lock.json": token,
        "app.js.map": token,
        ".secrets.baseline": "{}",
    }
    scan = repository(root, {**names, "a.ts": "export {};\n"})
    assert found(scan) == ()
    assert {one.rule: one.count for one in seen(scan).passed} == {
        "binary files": 1,
        "lock files": 1,
        "source maps": 1,
        "baselines": 1,
        "symbolic links": 2,
    }


def test_submodule_is_passed_over(tmp_path: Path) -> None:
    """Another repository's files are its own; the submodule is counted."""
    repository(tmp_path / "other", {"a.ts": Mint().shaped()["Groq key"]})
    git(tmp_path / "other", "-c", "user.name=x", "-c", "user.email=x@x.invalid", "commit", "-qm", "x")
    repository(tmp_path / "root", {"b.ts": "export {};\n"})
    git(
        tmp_path / "root",
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "add",
        "-q",
        str(tmp_path / "other"),
        "other",
    )
    scan = scan_of(tmp_path / "root")
    assert found(scan) == ()
    assert ("submodules", 1) in [(one.rule, one.count) for one in seen(scan).passed]


def test_folder_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    """A tracked file below what is now a link to elsewhere is no file of the platform."""
    root = tmp_path / "root"
    scan = repository(root, {"lib/a.ts": "export {};\n", "b.ts": "export {};\n"})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.ts").write_text(Mint().shaped()["Groq key"])
    (root / "lib" / "a.ts").unlink()
    (root / "lib").rmdir()
    (root / "lib").symlink_to(tmp_path / "elsewhere")
    assert found(scan) == ()
    assert [one.rule for one in seen(scan).passed] == ["files that are not in the working tree"]


def test_pipe_in_place_of_a_tracked_file_does_not_hang(tmp_path: Path) -> None:
    """A tracked path that is now a pipe is not opened for reading."""
    scan = repository(tmp_path, {"a.ts": "x\n", "b.ts": "y\n"})
    (tmp_path / "a.ts").unlink()
    os.mkfifo(tmp_path / "a.ts")
    assert seen(scan).files == 1


def test_untracked_file_is_not_read(tmp_path: Path) -> None:
    """Only what git tracks is judged: a developer's own .env is not in the repository."""
    scan = repository(tmp_path, {"a.ts": "export {};\n"})
    (tmp_path / ".env").write_text(Mint().shaped()["Groq key"])
    assert found(scan) == ()


def test_folder_without_git_is_walked_and_says_so(tmp_path: Path) -> None:
    """Outside a git work tree the folder is read, without node_modules and declared env files."""
    token = Mint().shaped()["Groq key"]
    for path in ("a.ts", "node_modules/x/a.ts", "web/.env.production"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(token)
    service = Service(name="web", host="vercel", root="web", env_file="web/.env.production")
    platform = Platform(tmp_path, Manifest(platform=Settings(name="acme"), service=(service,)))
    scan = SecretScan(Subject.of(platform, Files(tmp_path)), Files(tmp_path))
    assert [one.path for one in found(scan)] == ["a.ts"]
    assert seen(scan).walked


def test_folder_in_which_git_tracks_nothing_is_unverified(tmp_path: Path) -> None:
    """No file read is no green: an empty list is an error, with the way out."""
    scan = repository(tmp_path, {})
    evidence = scan.tracked(PLATFORM)
    assert "git tracks no file" in evidence.error
    assert evidence.hint


def test_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """A file that is left out of a sparse checkout is unread, not clean."""
    scan = repository(tmp_path, {"a.ts": "x\n", "lib/b.ts": Mint().shaped()["Groq key"]})
    git(tmp_path, "update-index", "--skip-worktree", "lib/b.ts")
    (tmp_path / "lib" / "b.ts").unlink()
    assert [(one.path, one.reason) for one in seen(scan).unread] == [("lib/b.ts", "left out of this sparse checkout")]


def test_strange_file_names_are_shown_on_one_line(tmp_path: Path) -> None:
    """Names with line breaks or bytes that are no UTF-8 are read, and escaped where they are shown."""
    scan = repository(tmp_path, {"a.ts": "x\n"})
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/new\nline-\xff.txt")).write_text(Mint().shaped()["Groq key"])
    git(tmp_path, "add", "-A")
    assert [one.path for one in found(scan)] == ["new\\nline-\\xff.txt"]


def test_fingerprint_survives_a_move_and_tells_values_apart(tmp_path: Path) -> None:
    """One value has one fingerprint at every place, another value another, another platform another."""
    mint = Mint()
    first, second = mint.shaped()["Groq key"], mint.shaped()["Groq key"]
    scan = repository(tmp_path / "a", {"a.ts": f"\n{first}\n", "b.ts": f"{first} {second}\n"})
    prints = [one.fingerprint for one in found(scan)]
    assert prints[0] == prints[1] != prints[2]
    assert search("a.ts", first, "another").found[0].fingerprint != prints[0]


def test_evidence_holds_no_part_of_a_value(tmp_path: Path) -> None:
    """Neither a part of a value beyond its public prefix nor its plain SHA-1 is in what the probe hands on."""
    public = {shape.kind: shape.public for shape in SHAPES}
    pages = {shape.rotate for shape in SHAPES}
    for number, (kind, value) in enumerate(Mint().shaped().items()):
        text = repr(seen(repository(tmp_path / str(number), {"a.ts": f'"{value}"\n'})))
        for page in pages:
            text = text.replace(page, "")
        parts = {value[n : n + 8] for n in range(public[kind], len(value) - 7)} - {"postgres"}
        assert not [part for part in parts if part in text], kind
        assert PotentialSecret.hash_secret(value) not in text


def fails() -> None:
    """Fail with a credential among the local variables."""
    value = Mint().shaped()["Groq key"]
    raise ValueError(value)


def test_failure_while_scanning_leaves_no_value_in_its_traceback() -> None:
    """An exception from the frames that hold a value is replaced by one that does not know them."""
    with pytest.raises(ScanFailed, match=r"a\.ts: the secret scan failed \(ValueError\)") as caught:
        sealed("a.ts", fails)
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert Mint().shaped()["Groq key"] not in shown
    assert caught.value.__context__ is None


@given(st.binary(max_size=3_000))
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_no_bytes_crash_the_scan(tmp_path: Path, data: bytes) -> None:
    """Any bytes end in an answer."""
    (tmp_path / "a").mkdir(exist_ok=True)
    (tmp_path / "a" / "any.yaml").write_bytes(data)
    assert seen(scan_of(tmp_path / "a")).unread == ()


PIECES = [
    "TOKEN=",
    "sk-or-v1-",
    '"',
    "\n",
    "-----BEGIN PRIVATE" + " KEY-----",
    "eyJ",
    ".",
    "://",
    "a:b@",
    "xoxb-",
    "İ",
    " " * 40,
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=30), max_size=60))
@settings(max_examples=200, deadline=None)
def test_no_text_crashes_the_search(parts: list[str]) -> None:
    """Any text made of what detectors look for ends in an answer with places that exist."""
    text = "".join(parts).replace("\r", "")
    lines = text.split("\n")
    for one in search("a.md", text, "acme").found:
        assert one.column <= len(lines[one.line - 1]) + 1
    assert all(0 <= token.start < token.end <= len(text) for token in tokens_in(text))


def baseline_of(root: Path, **entries: bool | None) -> None:
    """Label every entry of the baseline in a folder; one label for each file's stem."""
    data = json.loads((root / ".secrets.baseline").read_text())
    for path, found_there in data["results"].items():
        for entry in found_there:
            entry["is_secret"] = entries[Path(path).stem]
    (root / ".secrets.baseline").write_text(json.dumps(data))


def test_baseline_accepts_what_its_auditor_called_no_secret(tmp_path: Path) -> None:
    """Of three listed values only the one audited as no secret is accepted."""
    mint = Mint()
    files: dict[str, str | bytes] = {f"{name}.ts": mint.shaped()["Groq key"] for name in ("no", "yes", "open")}
    repository(tmp_path, files)
    assert write_baseline([str(tmp_path)]) == 0
    baseline_of(tmp_path, no=False, yes=True, open=None)
    scan = scan_of(tmp_path, ".secrets.baseline")
    assert [(one.path, one.standing) for one in seen(scan).exposures] == [
        ("no.ts", "accepted"),
        ("open.ts", "unaudited"),
        ("yes.ts", "real"),
    ]
    held = scan.baseline(PLATFORM.tables.platform).value
    assert [(entry.path, entry.real, entry.state) for entry in held.entries] == [
        ("no.ts", False, "current"),
        ("open.ts", None, "current"),
        ("yes.ts", True, "current"),
    ]


def test_baseline_is_bound_to_file_and_value(tmp_path: Path) -> None:
    """An accepted value in another file, or another value in that file, is a finding."""
    mint = Mint()
    first, second = mint.shaped()["Groq key"], mint.shaped()["Groq key"]
    repository(tmp_path, {"a.ts": first})
    write_baseline([str(tmp_path)])
    baseline_of(tmp_path, a=False)
    scan = repository(tmp_path, {"a.ts": f"\n\n{first}\n{second}\n", "b.ts": first}, ".secrets.baseline")
    assert [one.where for one in found(scan)] == ["a.ts:4:1", "b.ts:1:1"]


def test_baseline_s_states(tmp_path: Path) -> None:
    """Entries are current, moved, gone, or name a file that git does not track."""
    mint = Mint()
    values = {f"{name}.ts": mint.shaped()["Groq key"] for name in ("stays", "moves", "goes", "deleted", "untracked")}
    repository(tmp_path, dict(values))
    write_baseline([str(tmp_path)])
    (tmp_path / "moves.ts").write_text("\n" + values["moves.ts"])
    (tmp_path / "goes.ts").write_text("export {};\n")
    git(tmp_path, "rm", "-q", "--cached", "untracked.ts", "deleted.ts")
    (tmp_path / "deleted.ts").unlink()
    scan = scan_of(tmp_path, ".secrets.baseline")
    states = {entry.path: entry.state for entry in scan.baseline(PLATFORM.tables.platform).value.entries}
    assert states == {
        "stays.ts": "current",
        "moves.ts": "moved",
        "goes.ts": "gone",
        "deleted.ts": "no file",
        "untracked.ts": "no file",
    }


def test_renewed_baseline_keeps_labels_and_drops_what_is_gone(tmp_path: Path) -> None:
    """Writing the baseline again keeps verdicts, follows moved lines and forgets stale entries."""
    mint = Mint()
    a, b = mint.shaped()["Groq key"], mint.shaped()["Groq key"]
    repository(tmp_path, {"a.ts": a, "b.ts": b})
    write_baseline([str(tmp_path)])
    baseline_of(tmp_path, a=False, b=False)
    repository(tmp_path, {"a.ts": f"\n\n{a}", "b.ts": "export {};"})
    assert write_baseline([str(tmp_path)]) == 0
    results = json.loads((tmp_path / ".secrets.baseline").read_text())["results"]
    assert {path: [(e["line_number"], e["is_secret"]) for e in entries] for path, entries in results.items()} == {
        "a.ts": [(3, False)]
    }


PLAIN = [sys.executable, "-m", "detect_secrets"]


def test_baseline_of_plain_detect_secrets_holds(tmp_path: Path) -> None:
    """Every entry that detect-secrets' own plugins wrote, heuristics too, is found again in its file."""
    mint = Mint()
    files: dict[str, str | bytes] = {
        "a.ts": f'const password = "correcthorse9";\nconst hash = "{mint.draw(HEX, 40)}";\n',
        "b.yaml": f"password: correcthorse9\nblob: {mint.draw(WORD, 60)}\n",
        "c.ini": f"[a]\npassword = correcthorse9\nblob = {mint.draw(WORD, 60)}\n",
        "d.env": f"STRIPE={mint.shaped()['Stripe secret key']}\nGH={mint.shaped()['GitHub access token']}\n",
        "e.pem": mint.pem(),
    }
    repository(tmp_path, files)
    made = subprocess.run([*PLAIN, "scan", "--no-verify"], cwd=tmp_path, capture_output=True, text=True, check=True)
    (tmp_path / ".secrets.baseline").write_text(made.stdout)
    scan = scan_of(tmp_path, ".secrets.baseline")
    held = scan.baseline(PLATFORM.tables.platform).value
    assert {entry.path for entry in held.entries} == set(files)
    assert {entry.state for entry in held.entries} == {"current"}
    assert held.unknown_plugins == ()


def test_detect_secrets_itself_loads_the_detectors(tmp_path: Path) -> None:
    """`detect-secrets scan -p` takes the detectors' file alone, and what it writes is accepted once audited."""
    mint = Mint()
    files: dict[str, str | bytes] = {
        f"{n}.ts": f'connect("{value}");\n' for n, value in enumerate(mint.shaped().values())
    }
    repository(tmp_path, {**files, "key.txt": mint.pem()})
    command = [*PLAIN, "scan", "--no-verify", "-p", str(DETECTORS)]
    made = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    data = json.loads(made.stdout)
    for entry in (entry for entries in data["results"].values() for entry in entries):
        entry["is_secret"] = False
    (tmp_path / ".secrets.baseline").write_text(json.dumps(data))
    left = {one.kind for one in found(scan_of(tmp_path, ".secrets.baseline"))}
    assert left == {"Langfuse secret key"}  # detect-secrets drops every value that holds a UUID


def test_person_can_audit_what_the_suite_wrote(tmp_path: Path) -> None:
    """The documented command writes the baseline, asks about each entry, and SEC-001 accepts the answer."""
    mint = Mint()
    named = enumerate(mint.named().values())
    files: dict[str, str | bytes] = {f"{n}.env": f"{name}={value}\n" for n, (name, value) in named}
    files |= {"key.txt": mint.pem(), "a.ts": f'const key = "{mint.shaped()["Groq key"]}";\n'}
    repository(tmp_path, files)
    command = [sys.executable, "-m", "fixtures.probes.secrets", str(tmp_path), "--audit"]
    answers = "y\n" * (len(files) - 1) + "n\n"
    done = subprocess.run(command, cwd=SUITE, input=answers, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    scan = scan_of(tmp_path, ".secrets.baseline")
    assert [one.standing for one in seen(scan).exposures].count("accepted") == len(files) - 1
    assert [one.standing for one in found(scan)] == ["real"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "does not exist"),
        ("{", "is not JSON (line 1"),
        ("[" * 100_000, "is not JSON (nested too deeply)"),
        ("[]", "is not a detect-secrets baseline"),
        ('{"version": "1.5.0", "results": {}}', "is not a detect-secrets baseline (KeyError: 'plugins_used')"),
        ('{"version": "latest", "plugins_used": [], "results": {}}', "its version is no version"),
        ('{"version": "0.14.3", "plugins_used": [], "results": {}}', "a baseline of detect-secrets 0.14.3; renew it"),
        (
            '{"version": "1.5.0", "plugins_used": [], "results": {"a": [{"type": "x", "hashed_secret": "zz"}]}}',
            "an entry of a has a hash, line or verdict that is none",
        ),
    ],
)
def test_baseline_that_is_none_is_a_fault_and_accepts_nothing(content: str | None, said: str, tmp_path: Path) -> None:
    """A baseline that is absent, broken or outdated fails SEC-003 by name; SEC-001 still scans, without it."""
    files = {"a.ts": Mint().shaped()["Groq key"]} | ({} if content is None else {".secrets.baseline": content})
    scan = repository(tmp_path, dict(files), ".secrets.baseline")
    fault = scan.baseline(PLATFORM.tables.platform).fault
    assert fault is not None
    assert said in fault.text
    assert seen(scan).baseline == ""
    assert len(found(scan)) == 1


def test_baseline_of_a_newer_format_is_unverified(tmp_path: Path) -> None:
    """A format that nobody here has read is not guessed at."""
    newer = '{"version": "2.0.0", "plugins_used": [], "results": {}}'
    scan = repository(tmp_path, {"a.ts": "x", ".secrets.baseline": newer}, ".secrets.baseline")
    assert "formats up to 1.5" in scan.baseline(PLATFORM.tables.platform).error


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda x: (
            st.lists(x)
            | st.dictionaries(
                st.sampled_from(
                    ["version", "plugins_used", "results", "filters_used", "name", "path", "pattern", "a.ts"]
                ),
                x,
            )
        ),
    )
)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_no_json_crashes_the_baseline(tmp_path: Path, data: object) -> None:
    """Any JSON in place of a baseline ends in a clean answer."""
    folder = tmp_path / "a"
    folder.mkdir(exist_ok=True)
    (folder / "a.ts").write_text("x")
    whole = {"version": "1.5.0", "plugins_used": [], "results": {}} | (
        data if isinstance(data, dict) else {"results": data}
    )
    (folder / ".secrets.baseline").write_text(json.dumps(whole))
    scan = scan_of(folder, ".secrets.baseline")
    evidence = scan.baseline(PLATFORM.tables.platform)
    assert evidence.fault or evidence.error or evidence.value.entries is not None


def test_baseline_s_exclusions_hold_and_are_counted(tmp_path: Path) -> None:
    """What detect-secrets' --exclude options wrote into the baseline is left out, with its number."""
    mint = Mint()
    data = {
        "version": "1.5.0",
        "plugins_used": [],
        "filters_used": [
            {"path": "detect_secrets.filters.regex.should_exclude_file", "pattern": ["^vendor/"]},
            {"path": "detect_secrets.filters.regex.should_exclude_line", "pattern": ["left out"]},
        ],
        "results": {},
    }
    token = mint.shaped()["Groq key"]
    files: dict[str, str | bytes] = {"vendor/a.ts": token, "b.ts": f"{token} left out\n{token}\n"}
    scan = repository(tmp_path, {**files, ".secrets.baseline": json.dumps(data)}, ".secrets.baseline")
    assert [one.where for one in found(scan)] == ["b.ts:2:1"]
    assert {one.rule: one.count for one in seen(scan).passed} == {
        "baselines": 1,
        "files excluded by the baseline's filters": 1,
        "values excluded by the baseline's filters": 1,
    }


def test_token_shapes_of_the_output_filter_hit_credentials_and_nothing_else() -> None:
    """The table finds each credential in running text at its exact place, and nothing in harmless text."""
    mint = Mint()
    for kind, value in mint.shaped().items():
        whole = {"Database URL with a password", "URL with a password", "PEM private key"}
        spans = [(t.shape.kind, t.start, t.end) for t in tokens_in(f"said {value!s} and left")]
        assert [one[0] for one in spans] == [kind]
        assert kind in whole or spans == [(kind, 5, 5 + len(value))]
    for text in harmless(mint).values():
        assert list(tokens_in(text)) == []
