"""Edits that commit a secret, or leave the baseline behind. Each secret is drawn at run time."""

from __future__ import annotations

import hashlib
import json

from tests.credentials import HEX, Mint
from tests.platforms import Copy, Twin

BASELINE = ".secrets.baseline"


def _committed(kind: str, path: str, text: str) -> Twin:
    def edit(copy: Copy) -> None:
        before = copy.read(path) if (copy.root / path).exists() else ""
        copy.write(path, before + text.format(Mint().shaped()[kind]) + "\n")

    return Twin(f"{kind} in {path}", edit)


def _named(kind: str, path: str, text: str) -> Twin:
    def edit(copy: Copy) -> None:
        copy.write(path, text.format(*Mint().named()[kind]) + "\n")

    return Twin(f"{kind} in {path}", edit)


def _key_file(copy: Copy) -> None:
    copy.write("scripts/deploy_key", Mint().pem() + "\n")


def _windows_notes(copy: Copy) -> None:
    (copy.root / "notes.txt").write_bytes(f"ключ {Mint().shaped()['Anthropic key']}\r\n".encode("utf-16"))


def _build_info(copy: Copy) -> None:
    copy.write("scripts/build-info.json", '{"a":[' + "1," * 9_000 + f'"{Mint().shaped()["Stripe secret key"]}"]}}')


def _listed(breaks: str, *, label: bool | None, there: bool = True) -> Twin:
    def edit(copy: Copy) -> None:
        checksum = Mint().draw(HEX, 40)
        copy.write("scripts/checksums.txt", f'"{checksum if there else "none"}"\n')
        data = json.loads(copy.read(BASELINE))
        entry = {
            "type": "Hex High Entropy String",
            "filename": "scripts/checksums.txt",
            "hashed_secret": hashlib.sha1(checksum.encode()).hexdigest(),  # noqa: S324  # the format's own
            "is_verified": False,
            "line_number": 1,
        }
        data["results"]["scripts/checksums.txt"] = [entry | ({} if label is None else {"is_secret": label})]
        copy.write(BASELINE, json.dumps(data, indent=2))

    return Twin(breaks, edit)


def _file_gone(copy: Copy) -> None:
    data = json.loads(copy.read(BASELINE))
    data["results"]["scripts/gone.sh"] = [
        {**entry, "filename": "scripts/gone.sh"} for entry in data["results"].popitem()[1]
    ]
    copy.write(BASELINE, json.dumps(data))


def _older_format(copy: Copy) -> None:
    data = json.loads(copy.read(BASELINE))
    copy.write(BASELINE, json.dumps(data | {"version": "0.14.3"}))


def _buried(kind: str, path: str, *, removed: bool = True) -> Twin:
    def edit(copy: Copy) -> None:
        copy.commit()
        before = copy.read(path)
        copy.append(path, f"\n// {Mint().shaped()[kind]}\n")
        copy.commit()
        if removed:
            copy.write(path, before)
            copy.commit()

    now = "removed again" if removed else "still in HEAD"
    return Twin(f"{kind}, committed and {now}", edit, vended=True)


def _side_branch(copy: Copy) -> None:
    copy.commit()
    copy.git("switch", "-q", "-c", "side")
    copy.write("scripts/seed.ts", f'connect("{Mint().shaped()["Supabase secret key"]}");\n')
    copy.commit()
    copy.delete("scripts/seed.ts")
    copy.commit()
    copy.git("switch", "-q", "main")
    copy.git("merge", "-q", "--no-ff", "-m", "x", "side")
    copy.git("branch", "-q", "-D", "side")


def _in_a_message(copy: Copy) -> None:
    copy.commit()
    copy.git("commit", "-q", "--allow-empty", "-m", f"Rotate {Mint().shaped()['OpenRouter key']}")


TWINS = {
    "SEC-002": (
        Twin("a secret in the message of a commit", _in_a_message, vended=True),
        _buried("OpenRouter key", "services/worker/src/server.ts"),
        _buried("Sentry auth token", "services/web/server.ts", removed=False),
        Twin("a secret that only a side branch had, removed before its merge", _side_branch, vended=True),
    ),
    "SEC-001": (
        _committed("OpenRouter key", "services/worker/src/fallback.js", 'export const fallback = "{}";'),
        _committed("Supabase service_role key", "scripts/seed.sql", "-- run with {}"),
        _committed("Database URL with a password", "scripts/restore.md", "    psql {}"),
        _committed("Slack webhook URL", "monitoring/notify.json", '{{"url": "{}"}}'),
        _named("Railway token", "scripts/redeploy.yml", "env:\n  - {}={}"),
        _named("Value of a secret-like name", "scripts/Dockerfile.tools", "FROM node:22-alpine\nENV {} {}"),
        Twin("a private key", _key_file),
        Twin("a key in a UTF-16 file", _windows_notes),
        Twin("a key in a long line of build information", _build_info),
    ),
    "SEC-003": (
        _listed("an entry that nobody audited", label=None),
        _listed("an entry audited as real", label=True),
        _listed("an entry whose value is gone", label=False, there=False),
        Twin("an entry for a file that is gone", _file_gone),
        Twin("a baseline of an older format", _older_format),
        Twin("no baseline", lambda copy: copy.delete(BASELINE)),
    ),
}
