"""Repositories to measure the secret scan on: TypeScript, documents, data and one long line, with a history."""

from __future__ import annotations

import random
import re
import subprocess
from typing import TYPE_CHECKING

from tests.credentials import HEX, WORD, Mint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AUTHOR = "Bench <bench@preflight.invalid>"
FIRST_COMMIT = 1_700_000_000  # seconds since 1970
NOUNS = re.findall(
    r"\w+",
    "agent user account session queue job worker token secret key value config option handler request response error "
    "result item list index buffer stream client server message channel event record field column table schema query "
    "page layout button dialog form input label metric alert budget usage limit plan invoice member team role policy",
)
VERBS = re.findall(
    r"\w+", "get set load save find make build parse render send read write open close check update remove"
)
LINES = (
    'import {{ {verb}{Noun}, type {Noun}Props }} from "@/lib/{noun}/{verb}-{noun2}";',
    "export async function {verb}{Noun}{Noun2}({noun}: {Noun}, options: {Noun2}Options): Promise<{Noun}> {{",
    "  const {noun}{Noun2} = await {verb}{Noun}({noun}.{noun2}Id, {{ limit: {number}, retry: true }});",
    "  if (!{noun}{Noun2} || {noun}.{noun2} === undefined) throw new Error(`no {noun} for ${{{noun}.id}}`);",
    "  return {noun}{Noun2}.map(({noun2}) => ({{ ...{noun2}, {noun}: {noun2}.{noun} ?? null }}));",
    "}}",
    "",
    "    // The {noun} is {verb} once a {noun2}, since the {noun} of another {noun2} may be gone by then.",
    '    <{Noun} className="flex min-h-[{number}px] items-center gap-2 rounded-md border" {noun}={{{noun2}}} />',
    '    "{noun}.{noun2}.{verb}": "The {noun} could not {verb} its {noun2} ({number})",',
    "    expect({verb}{Noun}({number})).toEqual({{ {noun}: {number}, {noun2}: '{noun2}-{number}' }});",
    "  {noun}_{noun2}: process.env.{NOUN}_{NOUN2} ?? '{noun2}',",
    "  const {noun}Key = `${{{noun}.id}}:${{{noun2}.createdAt}}`;",
)
PROSE = (
    "The {noun} has a {noun2} of its own; `{verb}{Noun}` reads it from `{NOUN}_{NOUN2}` and never prints the {noun}.",
    "- **{Noun} {noun2}**: {verb} the {noun} before its {noun2} is older than {number} minutes.",
    "    npm run {verb}:{noun} -- --{noun2}={number}",
    "",
)
DATA = ('  "{noun}{number}": {{ "{noun2}": {number}, "id": "{uuid}" }},', '  "{noun}/{noun2}@{number}": "{hash}",')


class Text:
    """Draws text that looks like a product's repository."""

    def __init__(self, seed: int) -> None:
        self.random, self.mint = random.Random(seed), Mint(seed)

    def lines(self, templates: tuple[str, ...], size: int) -> str:
        """Lines of about that many characters."""
        drawn: list[str] = []
        length = 0
        hashed = any("{hash}" in template for template in templates)
        while length < size:
            noun, noun2, verb = self.random.choice(NOUNS), self.random.choice(NOUNS), self.random.choice(VERBS)
            drawn.append(
                self.random.choice(templates).format(
                    noun=noun,
                    noun2=noun2,
                    verb=verb,
                    Noun=noun.title(),
                    Noun2=noun2.title(),
                    NOUN=noun.upper(),
                    NOUN2=noun2.upper(),
                    number=self.random.randrange(10_000),
                    uuid=self.mint.uuid() if hashed else "",
                    hash=self.mint.draw(HEX, 40) if hashed else "",
                )
            )
            length += len(drawn[-1]) + 1
        return "\n".join(drawn) + "\n"

    def file(self, number: int) -> tuple[str, str]:
        """Path and content of one file."""
        folder = f"apps/{NOUNS[number % 12]}/src/{NOUNS[number // 12 % len(NOUNS)]}"
        size = int(self.random.lognormvariate(8.7, 0.8))  # half of them below 6 kB
        kind = self.random.choices(("ts", "tsx", "md", "json", "css"), (40, 30, 10, 12, 8))[0]
        templates = {"md": PROSE, "json": DATA}.get(kind, LINES)
        return f"{folder}/{VERBS[number % len(VERBS)]}-{number}.{kind}", self.lines(templates, size)

    def bundle(self, size: int) -> str:
        """A minified file of one line."""
        words = self.lines(LINES, size).replace("\n", ";")
        return words[:size] + "\n"

    def build_info(self, size: int) -> str:
        """What a compiler keeps of its last run: one line of JSON, full of hashes."""
        entry = '{{"version":"{}","signature":"{}","affectsGlobalScope":false}},'
        count = size // 190
        return (
            '{"program":{"fileInfos":['
            + "".join(entry.format(self.mint.draw(HEX, 64), self.mint.draw(HEX, 64)) for _ in range(count))
            + "]}}\n"
        )


def repository(root: Path, mebibytes: int, commits: int, *, seed: int = 7) -> None:
    """A repository of that size at its last commit; each commit before changed fifteen of its files.

    Two files hold a credential that a pragma allows, and one commit in a hundred had one that the next removed.
    """
    subprocess.run(["git", "init", "-q", "-b", "main", str(root)], check=True)
    stream = subprocess.Popen(["git", "-C", str(root), "fast-import", "--quiet"], stdin=subprocess.PIPE)
    assert stream.stdin is not None
    for part in _commits(Text(seed), mebibytes << 20, commits):
        stream.stdin.write(part)
    stream.stdin.close()
    if stream.wait() != 0:
        raise SystemExit("git fast-import failed")
    subprocess.run(["git", "-C", str(root), "reset", "-q", "--hard"], check=True)


def _commits(text: Text, size: int, commits: int) -> Iterator[bytes]:
    files = {
        "tsconfig.tsbuildinfo": text.build_info(min(size // 4, 3 << 20)),
        "public/vendor.min.js": text.bundle(size // 30),
        "pnpm-lock.yaml": text.lines(DATA, size // 30),
        "src/sample.ts": f'export const sample = "{text.mint.shaped()["Groq key"]}"; // pragma: allowlist secret\n',
        "docs/sample.md": f"{text.mint.shaped()['Stripe secret key']} <!-- pragma: allowlist secret -->\n",
    }
    written = sum(map(len, files.values()))
    number = 0
    while written < size:
        path, content = text.file(number)
        files[path] = content
        written += len(content)
        number += 1
    paths = [path for path in files if path.startswith("apps/")]
    at = FIRST_COMMIT
    yield _commit(at, files)
    for commit in range(commits):
        changed = {path: files[path] for path in text.random.choices(paths, k=15)}
        for path in changed:
            where = text.random.randrange(len(files[path]))
            files[path] = changed[path] = (
                files[path][:where] + f"\n// {text.mint.draw(WORD, 12)}\n" + files[path][where:]
            )
        if commit % 100 == 50:
            changed["src/hasty.ts"] = f'export const key = "{text.mint.shaped()["OpenRouter key"]}";\n'
        elif commit % 100 == 51:
            changed["src/hasty.ts"] = "export const key = process.env.OPENROUTER_API_KEY;\n"
        at += 3600
        yield _commit(at, changed)


def _commit(at: int, files: dict[str, str]) -> bytes:
    parts = [f"commit refs/heads/main\ncommitter {AUTHOR} {at} +0000\ndata 1\nx\n".encode()]
    for path, content in files.items():
        data = content.encode()
        parts.append(f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n")
    return b"".join(parts)
