"""Which commands and actions deploy, and which run a phase of the suite."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fixtures.model.workflow import Command, Step

LAUNCHERS = frozenset({"npx", "bunx", "sudo", "env", "time", "exec", "command", "pnpx", "uvx"})
LAUNCHER_PAIRS = frozenset(
    {("pnpm", "dlx"), ("pnpm", "exec"), ("yarn", "dlx"), ("yarn", "exec"), ("npm", "exec"), ("bun", "x")}
)
PROGRAMS = {
    "@railway/cli": "railway",
    "flyctl": "fly",
    "netlify-cli": "netlify",
    "sls": "serverless",
    "firebase-tools": "firebase",
}
DEPLOYS: tuple[tuple[str, ...], ...] = (
    ("railway", "up"), ("railway", "redeploy"), ("railway", "deploy"),
    ("vercel", "deploy"), ("vercel", "promote"), ("vercel", "redeploy"), ("vercel", "alias"),
    ("fly", "deploy"), ("supabase", "db", "push"), ("supabase", "functions", "deploy"),
    ("netlify", "deploy"), ("wrangler", "deploy"), ("wrangler", "publish"), ("firebase", "deploy"),
    ("gcloud", "run", "deploy"), ("gcloud", "app", "deploy"), ("serverless", "deploy"), ("sst", "deploy"),
    ("cdk", "deploy"), ("eb", "deploy"), ("kamal", "deploy"), ("pulumi", "up"), ("terraform", "apply"),
    ("kubectl", "apply"), ("kubectl", "rollout"), ("helm", "upgrade"), ("docker", "stack", "deploy"),
    ("heroku", "container:release"), ("git", "push", "heroku"),
    ("aws", "ecs", "update-service"), ("az", "webapp", "deploy"),
)  # fmt: skip
HOOK = re.compile(
    r"deploy[_-]?hook|/integrations/deploy/|api\.render\.com/deploy|serviceInstance(?:Redeploy|Deploy)|deploymentRedeploy",
    re.IGNORECASE,
)
DEPLOY_ACTION = re.compile(
    r"^(?!actions/)[\w.-]+/(?=[\w./-]*(?:deploy|vercel-action))(?![\w./-]*(?:pages|preview|docs))", re.IGNORECASE
)
ARGUED_ACTION = re.compile(r"(?:wrangler|flyctl|railway|vercel|netlify|supabase)", re.IGNORECASE)
TALKERS = frozenset({"echo", "printf", "cat", "grep", "pip", "pip3", "which", "sed"})
IDLE = frozenset({"--collect-only", "--co", "--help", "-h", "--version", "--fixtures", "--markers", "--setup-plan"})
VERCEL_ASIDE = frozenset(
    [
        "pull",
        "build",
        "env",
        "link",
        "login",
        "logout",
        "whoami",
        "inspect",
        "logs",
        "ls",
        "list",
        "dev",
        "domains",
        "dns",
        "certs",
        "secrets",
        "project",
        "projects",
        "teams",
        "switch",
        "rollback",
        "remove",
        "rm",
        "init",
        "git",
        "bisect",
        "cache",
        "help",
    ]
)


@dataclass(frozen=True, slots=True)
class PhaseRun:
    """A pytest command of one phase: how narrow it is, and why its failure may not count."""

    command: Command
    narrowed: str = ""  # the option that leaves out a part
    keyword: str = ""  # of -k
    platform: str = ""  # of --platform
    lenient: bool = False  # what could not be observed does not fail it
    frozen: str = ""  # the day that it judges by, whatever day it is


def phase_run(command: Command, phase: str, addopts: str = "") -> PhaseRun | None:
    """The command as `pytest -m PHASE`, None where it is none."""
    words = list(command.words)
    if not words or _base(words[0]) in TALKERS:
        return None
    at = next((index for index, word in enumerate(words) if _base(word) in ("pytest", "py.test")), None)
    if at is None or (at > 0 and _base(words[0]).startswith("python") and words[at - 1] not in ("-m",)):
        return None
    try:
        arguments = words[at + 1 :] + shlex.split(addopts)
    except ValueError:
        arguments = words[at + 1 :]
    if IDLE & set(arguments):
        return None
    marked = re.findall(r"\w+|[()]", _option(arguments, "-m"))
    if phase not in marked or (marked.index(phase) and marked[marked.index(phase) - 1] == "not"):
        return None
    keyword = _option(arguments, "-k")
    deselected = _option(arguments, "--deselect") or _option(arguments, "--ignore")
    files = [word for word in arguments if re.search(r"\.py(?:::|$)", word) and not word.startswith("-")]
    narrowed = f"-k {keyword}" if keyword else f"-m {_option(arguments, '-m')}" if "and" in marked else ""
    narrowed = narrowed or (files[0] if files else "") or (f"--deselect {deselected}" if deselected else "")
    lenient = _option(arguments, "--unverified") == "allow"
    frozen = _option(arguments, "--as-of")
    frozen = frozen if re.fullmatch(r"\d{4}-\d\d-\d\d", frozen) else ""
    return PhaseRun(command, narrowed, keyword, _option(arguments, "--platform"), lenient, frozen)


def hidden_phase(command: Command) -> bool:
    """Whether it is a pytest whose marker nobody can tell before it runs."""
    at = next((index for index, word in enumerate(command.words) if _base(word) in ("pytest", "py.test")), None)
    if at is None or _base(command.words[0]) in TALKERS:
        return False
    return bool(re.search(r"\$|__", _option(list(command.words[at + 1 :]), "-m")))


def deploys(step: Step) -> tuple[str, bool]:
    """What in a step deploys, '' where nothing does; and whether that is a preview only."""
    for command in step.commands:
        found, preview = _deploy_command(command)
        if found:
            return found, preview
    action = step.uses
    if not action or action.startswith("./"):
        return "", False
    values = " ".join(value for name, value in step.arguments if name in ("args", "command", "vercel-args", "run"))
    if ARGUED_ACTION.search(action) and re.search(r"\b(?:deploy|up|--prod|push)\b", values):
        return action, False
    if DEPLOY_ACTION.search(action):
        return action, "vercel" in action.lower() and "--prod" not in values
    return "", False


def _deploy_command(command: Command) -> tuple[str, bool]:
    text = " ".join(command.words)
    words = _unwrapped(command.words)
    if not words:
        return "", False
    if words[0] in ("curl", "wget", "http") and HOOK.search(text):
        return f"{words[0]} to a deploy hook", False
    if "--dry-run" in words or "--local" in words or "--help" in words:
        return "", False
    plain = [word for word in words if not word.startswith("-")]
    if words[0] == "vercel":
        second = plain[1] if len(plain) > 1 else ""
        production = "--prod" in words or _option(list(words), "--target") == "production"
        if second in VERCEL_ASIDE:
            return "", False
        preview = not production and second not in ("promote", "redeploy", "alias")
        return ("vercel --prod" if production else f"vercel {second}".strip()), preview
    for deploy in DEPLOYS:
        if tuple(plain[: len(deploy)]) == deploy:
            return " ".join(deploy), False
    return "", False


def _unwrapped(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words from the program on: launchers, their flags and a version after @ left out."""
    rest = list(words)
    while rest:
        if tuple(rest[:2]) in LAUNCHER_PAIRS:
            rest = rest[2:]
        elif rest[0] in LAUNCHERS or "=" in rest[0]:
            rest = rest[1:]
        else:
            break
        while rest and rest[0].startswith("-"):
            rest = rest[1:]
    if not rest:
        return ()
    name = re.sub(r"(?<=.)@[\w.^~-]+$", "", rest[0])
    name = PROGRAMS.get(name, _base(name))
    return (PROGRAMS.get(name, name), *rest[1:])


def _option(arguments: list[str], name: str) -> str:
    """The value of an option: `-m x`, `-mx`, `-m=x`, `--target x`, `--target=x`; the last one counts."""
    value = ""
    for index, word in enumerate(arguments):
        if word == name:
            value = arguments[index + 1] if index + 1 < len(arguments) else ""
        elif word.startswith(f"{name}="):
            value = word[len(name) + 1 :]
        elif len(name) == 2 and word.startswith(name) and not word.startswith("--") and len(word) > 2:
            value = word[2:]
    return value.strip("\"'")


def _base(word: str) -> str:
    return word.rsplit("/", 1)[-1]
