"""Small platforms for tests of the environment: a contract in Python, values in real env files."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
from typing import TYPE_CHECKING, Any

from fixtures.model.platform import Binding, Manifest, Platform
from fixtures.model.verdicts import NotObserved, NotReady, Verdict
from fixtures.probes.environment import Environment
from fixtures.probes.files import Files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

REF = "kmwtqzrhxbdnfyvalcgs"


def contract(
    root: Path, *variables: Mapping[str, Any], services: Mapping[str, Mapping[str, Any]] | None = None
) -> Platform:
    """A platform of the services given (else `worker` on Railway, with an env file), and these variables."""
    rows = services or {"worker": {"host": "railway", "env_file": ".env.production"}}
    first = next(iter(rows))
    return Platform(
        root,
        Manifest.model_validate(
            {
                "platform": {"name": "small"},
                "service": tuple({"name": name, "root": ".", **row} for name, row in rows.items()),
                "variable": tuple({"services": (first,), **variable} for variable in variables),
            }
        ),
    )


def environment(platform: Platform, process: Mapping[str, str] | None = None) -> Environment:
    """Its environment; the process's own is left out."""
    return Environment(platform, Files(platform.root), process=process or {})


def one(root: Path, value: str | None, host: str = "railway", **variable: Any) -> tuple[Binding, Environment]:
    """A binding of one variable X with this value (None: not written), quoted so that any text fits."""
    text = "" if value is None else "X='" + value.replace("\\", "\\\\").replace("'", "\\'") + "'\n"
    (root / ".env.production").write_text(text, "utf-8", newline="")
    platform = contract(
        root, {"name": "X", **variable}, services={"worker": {"host": host, "env_file": ".env.production"}}
    )
    return next(platform.bindings()), environment(platform)


def outcome(conclude: Callable[[], Verdict]) -> str:
    """How a rule ends: pass, warn, fail or unverified."""
    try:
        verdict = conclude()
    except NotReady:
        return "fail"
    except NotObserved:
        return "unverified"
    assert verdict.observed
    return "fail" if verdict.findings else "warn" if verdict.warnings else "pass"


def repository(root: Path, **files: str) -> Files:
    """A git repository with these files in the index; `__` in a name stands for a dot, `___` for a slash."""
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    for name, text in files.items():
        path = root / name.replace("___", "/").replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    subprocess.run(["git", "-C", str(root), "add", "-A"], check=True)
    return Files(root)


def jwt(**payload: object) -> str:
    """A JSON Web Token with this payload and a signature that nobody made."""
    parts = ({"alg": "HS256", "typ": "JWT"}, payload)
    body = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"{body}.{'c2ln' * 8}"


def hexadecimal(size: int) -> str:
    """Random-looking hex digits of `size` bytes, the same in every process: xdist compares the ids of tests."""
    return hashlib.shake_256(b"preflight").hexdigest(size)
