"""No secret leaves: canaries in every secret variable and in files, every item made to fail and to crash."""

from __future__ import annotations

import base64
import contextlib
import json
import secrets
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote, urlsplit

import pytest
from dotenv import dotenv_values

from fixtures.demo.vendors.standin import Reply, Request
from fixtures.demo.vendors.upstash import EMAIL
from fixtures.demo.vendors.world import TOKENS
from fixtures.manifest import ManifestInvalid, load
from tests.live import Live
from tests.loopback import closed_port
from tests.platforms import Copy, Finished
from tests.test_twins import STATIC as TWINS
from tests.vended import Vended

if TYPE_CHECKING:
    from pathlib import Path

LOUD = ("-vv", "--showlocals", "-l", "--tb=long", "-o", "log_cli=true", "-o", "log_cli_level=DEBUG")
# tsc and ESLint run once in a test of each kind: what they print is the same under xdist.
WITHOUT_BUILDS = ("-k", "not compiles and not lints")
# Under xdist the way of a report is another, not what a crash puts into it: the items nearest to values are enough.
HOLDERS = ("checks/test_env.py",)


def _canary() -> str:
    return f'cAn/"{secrets.token_hex(8)}+&é\\{secrets.token_hex(4)}'


def _planted(copy: Copy) -> dict[str, str]:
    """A canary in each secret variable of each service, and in files of several kinds; all by where it stands."""
    canaries: dict[str, str] = {}
    for binding in load(copy.root).bindings():
        if binding.variable.secret:
            canaries[binding.name] = _canary()
            copy.env(binding.service.name, binding.variable.name, f"'{canaries[binding.name]}'".replace("\\", "\\\\"))
    token = "sk-or-" + "v1-" + secrets.token_hex(32)
    password = secrets.token_urlsafe(18)
    copy.append("services/worker/src/env.ts", f'\nexport const wrong: number = "{token}";\n')
    copy.append("services/worker/.env.example", f"OPENROUTER_API_KEY={token}\n")
    copy.append("services/worker/Dockerfile", f"\nENV OPENROUTER_API_KEY={token}\n")
    copy.append("docs/RUNBOOK.md", f"\n[console](redis://default:{password}@db.internal/{token})\n")
    copy.append("docs/RUNBOOK.ru.md", f"\n`scripts/{token}.sh`\n")
    copy.append(".github/workflows/ci.yml", f"\n# postgres://app:{password}@db.internal/app\n")
    copy.write("services/worker/.env.staging", f"OPENROUTER_API_KEY={token}\n")
    copy.git("add", "-f", "services/worker/.env.staging")
    copy.track()
    return {**canaries, "token in files": token, "password in files": password}


def _forms(value: str) -> set[str]:
    raw = value.encode()
    whole = {value, quote(value, safe=""), quote(value), quote_plus(value)}
    whole |= {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], repr(value)[1:-1]}
    return whole | {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode(), raw.hex()}


def _leaks(done: Finished, canaries: dict[str, str]) -> list[str]:
    """Where a canary stands in anything that a run wrote, and in which form."""
    written = {"terminal": done.output}
    written |= {file.name: file.read_text("utf-8") for file in done.reports.rglob("*") if file.is_file()}
    return [
        f"{name} in {place} at {text.index(form)}"
        for name, value in canaries.items()
        for form in _forms(value)
        for place, text in written.items()
        if form in text
    ]


@pytest.mark.parametrize("parallel", [(), ("-n", "2", *HOLDERS)], ids=["serial", "xdist"])
def test_crashing_items_leak_nothing(tmp_path: Path, parallel: tuple[str, ...]) -> None:
    """Every rule raises with its evidence in message and frames, printed as loudly as pytest can."""
    copy = Copy(tmp_path / "crash")
    canaries = _planted(copy)
    junit = tmp_path / "crash-reports" / "pytest.xml"
    done = copy.run(
        *LOUD, *parallel, "-p", "tests.faults", f"--junitxml={junit}", environ={"FAULT": "crash:", **_process(canaries)}
    )
    verdicts = {row.verdict for row in done.rows().values()} - {"not selected"}
    assert verdicts == {"error"}, done.output[-3000:]
    assert "crashed on" in done.output
    assert _leaks(done, canaries) == []


@pytest.mark.parametrize("parallel", [(), ("-n", "2", *WITHOUT_BUILDS)], ids=["serial", "xdist"])
def test_failing_items_leak_nothing(tmp_path: Path, parallel: tuple[str, ...]) -> None:
    """The planted platform, broken by as many twins as fit on it at once, fails most items; nothing leaks."""
    done, canaries = _wrecked(tmp_path, *parallel)
    assert len({item for item, _ in done.rows("fail")}) > len(TWINS) / 2, done.output[-3000:]
    assert _leaks(done, canaries) == []


def test_items_that_the_wreck_leaves_sound_leak_nothing_either(tmp_path: Path) -> None:
    """Items that cannot fail beside the others are made to fail one by one."""
    done, _ = _wrecked(tmp_path, *WITHOUT_BUILDS)
    checks = {item: row.node.split("::")[1].split("[")[0] for (item, _), row in done.rows().items()}
    for item in sorted(set(TWINS) - {item for item, _ in done.rows("fail")}):
        copy = Copy(tmp_path / item)
        canaries = _planted(copy)
        TWINS[item][0].edit(copy)
        if not copy.git_was_called:
            copy.track()
        alone = copy.run(*LOUD, "-k", checks[item], environ=_process(canaries))
        assert item in {key[0] for key in alone.rows("fail", "warn")}, alone.output[-3000:]
        assert _leaks(alone, canaries) == [], item


def _wrecked(tmp_path: Path, *parallel: str) -> tuple[Finished, dict[str, str]]:
    copy = Copy(tmp_path / "wreck")
    for twin in (twin for edits in TWINS.values() for twin in edits):
        manifest = copy.read("preflight.toml")
        with contextlib.suppress(AssertionError, OSError, ValueError, subprocess.CalledProcessError):
            twin.edit(copy)  # some no longer fit what an earlier one left
        try:
            load(copy.root)
        except ManifestInvalid:
            copy.write("preflight.toml", manifest)
    canaries = _planted(copy)
    return copy.run(*LOUD, *parallel, environ=_process(canaries)), canaries


def test_live_items_leak_nothing(tmp_path: Path) -> None:
    """Servers that die, answers and log lines that repeat every credential, rules that crash: nothing leaks."""
    live = Live(tmp_path / "live")
    try:
        canaries = _in_use(live)
        crashed = live.run(*LOUD, "-p", "tests.faults", environ={"FAULT": "crash:"})
        assert {row.verdict for row in crashed.rows().values()} == {"error", "not selected"}, crashed.output[-3000:]
        assert _leaks(crashed, canaries) == []
        told = "\n".join(canaries.values())
        echo = json.dumps({"status": "error", "error": told}).encode()
        for service in ("web", "worker"):
            live.answers(service, "*", lambda reply: replace(reply, status=500, body=echo))
        live.logs(lambda text: text + json.dumps({"level": "error", "message": told}) + f"\n{told}\n")
        failed = live.run(*LOUD)
        assert {"HLT", "MET", "LOG"} <= {item[:3] for item, _ in failed.rows("fail")}, failed.output[-3000:]
        assert _leaks(failed, canaries) == []
        live.kill("redis")
        live.kill("postgres")
        dead = live.run(*LOUD, "-k", "queue or database")
        assert {"QUE", "DBS"} <= {item[:3] for item, _ in dead.rows("fail", "unverified")}, dead.output[-3000:]
        assert _leaks(dead, canaries) == []
    finally:
        live.close()


@pytest.mark.parametrize(
    ("parallel", "statuses"), [((), (200, 302, 401, 500)), (("-n", "2"), (200,))], ids=["serial", "xdist"]
)
def test_vendors_tokens_leak_nowhere(tmp_path: Path, parallel: tuple[str, ...], statuses: tuple[int, ...]) -> None:
    """Rules that crash, and vendors that repeat in headers, bodies and links whatever opened them: nothing leaks."""
    vended = Vended(tmp_path / "vended")
    try:
        canaries = _opening(vended)
        drill = f"--restore-drill=postgresql://drill:{canaries['password to restore from']}@127.0.0.1:{closed_port()}/x"
        crashed = vended.run(*LOUD, *parallel, drill, "-p", "tests.faults", environ={"FAULT": "crash:"})
        assert {row.verdict for row in crashed.rows().values()} == {"error", "not selected"}, crashed.output[-3000:]
        assert _leaks(crashed, canaries) == []
        told = "\n".join(canaries.values())
        for status in statuses:
            _echo(vended, status, told)
            done = vended.run(*LOUD, *parallel, drill)
            assert len(done.rows("unverified", "fail")) > len(TOKENS), done.output[-3000:]
            assert _leaks(done, canaries) == []
    finally:
        vended.close()


def _opening(vended: Vended) -> dict[str, str]:
    """What opens the vendors of a copy: its tokens, the services' own keys, and a database's password."""
    canaries = dict(vended.tokens)
    for binding in load(vended.root).bindings():
        value = dotenv_values(vended.root / f"services/{binding.service.name}/.env.production").get(
            binding.variable.name
        )
        if binding.variable.secret and value:
            canaries[binding.name] = value
    basic = base64.b64encode(f"{EMAIL}:{vended.tokens['UPSTASH_API_KEY']}".encode()).decode()
    return canaries | {"basic authentication": basic, "password to restore from": secrets.token_urlsafe(24)}


def _echo(vended: Vended, status: int, told: str) -> None:
    """Let each vendor answer everything with what it was sent, and with every credential there is."""

    def answer(request: Request) -> Reply:
        sent = request.headers.get("authorization", "")
        body = {"stat": "fail", "error": {"passed_value": sent, "message": told}, "message": told, "errors": [told]}
        headers = {"x-echo": sent, "www-authenticate": sent, "location": f"/{quote(sent)}?token={quote(sent)}"}
        return Reply(body, status, headers)

    assert vended.standin is not None
    for vendor in vended.standin.vendors.values():
        vendor.fault = answer


def _in_use(live: Live) -> dict[str, str]:
    """The secret values that the running copy works with, and the passwords in its addresses."""
    held: dict[str, str] = {}
    for binding in load(live.root).bindings():
        value = dotenv_values(live.root / f"services/{binding.service.name}/.env.production").get(binding.variable.name)
        if binding.variable.secret and value:
            held[binding.name] = value
            password = urlsplit(value).password if "://" in value else None
            held |= {f"password in {binding.name}": unquote(password)} if password else {}
    return held


def _process(canaries: dict[str, str]) -> dict[str, str]:
    """The same values in the process's environment as in CI, also under a name that pytest-metadata reads."""
    named = {name.partition("-")[2]: value for name, value in canaries.items() if "-" in name}
    return named | {"CI": "true", "BUILD_TAG": next(iter(canaries.values()))}
