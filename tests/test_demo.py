"""The demo can be made ready anywhere, any number of times, by several processes at once."""

from __future__ import annotations

import base64
import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from dotenv import dotenv_values

from fixtures.demo import provision

DEMO = Path(provision.__file__).parent
SERVICES = ("worker", "web")


@pytest.fixture
def platform(tmp_path: Path) -> Path:
    """A folder with the demo's manifest and the folders of its services, and no values."""
    for service in SERVICES:
        (tmp_path / "services" / service).mkdir(parents=True)
    shutil.copy(DEMO / "preflight.toml", tmp_path)
    return tmp_path


def written(platform: Path, service: str) -> dict[str, str]:
    """The values of a service as python-dotenv reads them."""
    found = dotenv_values(platform / "services" / service / ".env.production", interpolate=False)
    return {name: value for name, value in found.items() if value is not None}


def texts(platform: Path) -> list[str]:
    """Both value files as they are."""
    return [(platform / "services" / service / ".env.production").read_text("utf-8") for service in SERVICES]


def claims(key: str) -> dict[str, object]:
    """The payload of a JWT."""
    payload = key.split(".")[1]
    decoded = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert isinstance(decoded, dict)
    return decoded


def test_every_required_variable_gets_a_value(platform: Path) -> None:
    """The manifest's required variables are all there, and nothing is empty."""
    provision.values(platform)
    assert not any(provision._lacking(platform).values())
    assert {"REDIS_URL", "ENCRYPTION_KEY", "OPENROUTER_API_KEY", "WORKER_CONCURRENCY"} <= written(
        platform, "worker"
    ).keys()
    assert {"REDIS_URL", "ENCRYPTION_KEY", "SUPABASE_SERVICE_ROLE_KEY", "CRON_SECRET"} <= written(
        platform, "web"
    ).keys()
    assert all(value for service in SERVICES for value in written(platform, service).values())


def test_shared_values_are_equal_and_the_others_differ(platform: Path) -> None:
    """Shared variables have one value; two names never share one, nor do the services' own Sentry addresses."""
    provision.values(platform)
    worker, web = written(platform, "worker"), written(platform, "web")
    assert all(worker[name] == web[name] for name in ("REDIS_URL", "DATABASE_URL", "ENCRYPTION_KEY"))
    assert worker["SENTRY_DSN"] != web["SENTRY_DSN"]
    long = [value for value in (worker | web).values() if len(value) > 15]
    assert len(long) == len(set(long))


def test_values_are_well_formed(platform: Path) -> None:
    """Keys hold enough bytes, addresses name production hosts, Supabase keys name their project and role."""
    provision.values(platform)
    worker, web = written(platform, "worker"), written(platform, "web")
    assert len(bytes.fromhex(web["ENCRYPTION_KEY"])) == 32
    assert urlsplit(worker["REDIS_URL"]).scheme == "rediss"
    assert str(urlsplit(worker["DATABASE_URL"]).hostname).endswith(".supabase.com")
    ref = str(urlsplit(web["SUPABASE_URL"]).hostname).split(".", maxsplit=1)[0]
    service, anon = claims(web["SUPABASE_SERVICE_ROLE_KEY"]), claims(web["NEXT_PUBLIC_SUPABASE_ANON_KEY"])
    assert (service["role"], anon["role"]) == ("service_role", "anon")
    assert service["ref"] == anon["ref"] == ref


def test_second_call_changes_nothing(platform: Path) -> None:
    """Values that are there stay byte for byte."""
    provision.values(platform)
    before = texts(platform)
    provision.values(platform)
    assert texts(platform) == before


def test_missing_name_is_added_and_the_rest_stays(platform: Path) -> None:
    """A shared name that one service lacks gets the value of the other; comments and other lines survive."""
    provision.values(platform)
    file = platform / "services" / "web" / ".env.production"
    kept = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("REDIS_URL=")]
    file.write_text("\n".join(["# mine", *kept]) + "\n", "utf-8")
    provision.values(platform)
    assert file.read_text("utf-8").splitlines()[: len(kept) + 1] == ["# mine", *kept]
    assert written(platform, "web")["REDIS_URL"] == written(platform, "worker")["REDIS_URL"]


def test_files_are_for_their_owner_only(platform: Path) -> None:
    """Nobody else on the machine reads the values, and no half-written file is left."""
    provision.values(platform)
    for service in SERVICES:
        folder = platform / "services" / service
        assert [file.name for file in folder.iterdir()] == [".env.production"]
        assert stat.S_IMODE((folder / ".env.production").stat().st_mode) == 0o600


def test_concurrent_calls_agree(platform: Path) -> None:
    """Several processes at once leave one set of values, with no name twice."""
    call = f"from pathlib import Path; from fixtures.demo import provision; provision.values(Path({str(platform)!r}))"
    running = [subprocess.Popen([sys.executable, "-c", call], cwd=DEMO.parents[1]) for _ in range(4)]
    assert [process.wait(60) for process in running] == [0, 0, 0, 0]
    for text in texts(platform):
        names = [line.split("=")[0] for line in text.splitlines() if "=" in line]
        assert len(names) == len(set(names))
    assert written(platform, "worker")["ENCRYPTION_KEY"] == written(platform, "web")["ENCRYPTION_KEY"]


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the PATH for a stand-in of npm, and a lock file for it to install."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (tmp_path / "package-lock.json").write_text("{}", "utf-8")
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder / "npm"


def stand_in(npm: Path, script: str) -> None:
    """Write a program in npm's place."""
    npm.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    npm.chmod(0o755)


def test_dependencies_are_installed_once(npm: Path, tmp_path: Path) -> None:
    """A second call with the same lock file does not run npm; a changed lock file does."""
    stand_in(npm, 'mkdir -p node_modules && echo "$@" >> calls')
    said: list[str] = []
    provision.dependencies(tmp_path, said.append)
    provision.dependencies(tmp_path, said.append)
    assert (tmp_path / "calls").read_text("utf-8").count("ci --ignore-scripts") == 1
    (tmp_path / "package-lock.json").write_text('{"lockfileVersion": 3}', "utf-8")
    provision.dependencies(tmp_path, said.append)
    assert (tmp_path / "calls").read_text("utf-8").count("ci --ignore-scripts") == 2
    assert len(said) == 4


def test_failed_installation_leaves_nothing_and_is_said(npm: Path, tmp_path: Path) -> None:
    """Half an installation is taken away; the sentence names npm's code and not the address it printed."""
    stand_in(npm, 'mkdir -p node_modules/half\necho "npm error code ENOTFOUND"\necho "https://me:pass@host/"\nexit 1')
    said: list[str] = []
    provision.dependencies(tmp_path, said.append)
    assert not (tmp_path / "node_modules").exists()
    assert "ENOTFOUND" in said[-1]
    assert "pass" not in " ".join(said)


def test_missing_npm_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without npm there is a sentence and no exception."""
    (tmp_path / "package-lock.json").write_text("{}", "utf-8")
    monkeypatch.setenv("PATH", str(tmp_path))
    said: list[str] = []
    provision.dependencies(tmp_path, said.append)
    assert said == ["npm is not installed: what needs the demo's dependencies stays unverified."]


def test_npm_sees_no_secret(npm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the caller's environment npm gets the path, the home folder, its own settings and proxies."""
    monkeypatch.setenv("SUPABASE_SERVICE_ROLE_KEY", "canary")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    stand_in(npm, "mkdir -p node_modules && env > seen")
    provision.dependencies(tmp_path, lambda line: None)
    seen = (tmp_path / "seen").read_text("utf-8")
    assert "canary" not in seen
    assert "npm_config_cache" in seen
