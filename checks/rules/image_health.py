"""IMG: the image's own health check: there is one, it asks the right thing, and it can run."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fixtures.model.expansion import expand
from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixtures.model.image import Dockerfile, Health, Instruction
    from fixtures.model.platform import Service

OPTIONS = frozenset({"interval", "timeout", "start-period", "start-interval", "retries"})
DURATION = re.compile(r"^(\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$")
PART = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")
SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
# Seconds: beyond these a dead container goes unseen too long.
LONG_INTERVAL, LONG_TIMEOUT, LONG_GRACE = 300, 120, 900
# The last command of a line, where it succeeds whatever came before it; behind && it is not even reached.
QUIET = r"(?:true|:|exit\s+0|(?:echo|printf|logger|date|sleep)\b[^|;&]*)"
ALWAYS_FINE = re.compile(rf"(?:\|\||;|\n)[\s({{]*{QUIET}[\s;)}}]*$|(?<![&>])&\s*$")
PIPED_AWAY = re.compile(r"[^|]\|[\s({]*(?:cat|tee|head|tail|logger|xargs\s+echo)\b[^|;&]*$")
ASKS = re.compile(r"\bfetch\s*\(|\bhttps?\.(?:get|request)\s*\(|require\(['\"](?:node:)?https?['\"]\)\.(?:get|request)")
READS_ANSWER = re.compile(r"\.ok\b|\bok\b\s*[,}]|status|\.(?:json|text)\(|\bbody\b|on\(['\"]data", re.IGNORECASE)
DECIDES = re.compile(r"curl\b[^|;&]*[^|]\|\s*(?:grep|egrep|jq|awk|node|python3?|test|\[)")  # on what curl printed
URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[^\]]*\]|[\w.$(){}-]+?)(?::(?P<port>\d+|\$\{\w+(?::?[-+?][^}]*)?\}|\$\w+))?"
    r"(?P<path>(?:/|\$\{)[^\s'\"`)\\,;|&<>]*)?(?=$|[\s'\"`)\\,;|&<>?])"
)
BARE = re.compile(r"^(?P<host>localhost|127\.0\.0\.1|0\.0\.0\.0)(?::(?P<port>\d+|\$\{[^}]*\}|\$\w+))?(?P<path>/\S*)?$")
VARIABLE = re.compile(r"^\$\{?(?P<name>\w+)(?::?-(?P<default>[^}]*))?")
LOCAL = re.compile(
    r"^(localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|ip6-localhost|\$\{?HOSTNAME\}?|\$\(hostname\)|host\.docker\.internal)$"
)
INTERPRETERS = frozenset({"node", "bun", "deno", "python", "python3", "tsx", "ts-node"})
SHELLS = frozenset({"sh", "bash", "ash", "dash"})


def has_health_check(image: Service, said: Evidence[Health]) -> Verdict:
    """Hold the HEALTHCHECK of the final stage, an inherited one included; NONE is none. Flags must make sense."""
    health = said.value
    dockerfile = health.dockerfile
    if health.check is None:
        text = "no HEALTHCHECK in the final stage or in a stage it builds on"
        return Verdict(said, "no HEALTHCHECK", (Finding(text, dockerfile.at(dockerfile.final.line)),))
    step, where = health.check, dockerfile.at(health.check.line)
    if not health.asks:
        return Verdict(said, "HEALTHCHECK NONE", (Finding("HEALTHCHECK NONE switches the check off", where),))
    findings = [Finding(text, where) for text in (*_refused(step), *_toothless(step), *_answer_unread(health))]
    warnings = [Finding(text, where) for text in _slow(step)]
    if len(dockerfile.all("HEALTHCHECK")) > 1:
        warnings.append(Finding("the image has several HEALTHCHECKs; only this last one holds", where))
    flags = " ".join(step.flags) or "Docker's own interval of 30s"
    return Verdict(said, f"HEALTHCHECK at line {step.line} with {flags}", tuple(findings), tuple(warnings))


def _refused(step: Instruction) -> Iterator[str]:
    """What stops the build."""
    if step.value[:1] != ("CMD",):
        yield f"HEALTHCHECK takes CMD or NONE, not {' '.join(step.value[:1]) or 'nothing'}"
    elif len(step.value) < 2 or not step.value[1].strip():
        yield "HEALTHCHECK CMD names no command"
    for flag in step.flags:
        name, _, value = flag.removeprefix("--").partition("=")
        if name not in OPTIONS:
            yield f"HEALTHCHECK has no option --{name}"
        elif name == "retries":
            if not (value.isdecimal() and int(value) >= 1):
                yield f"--retries={value} is no number above 0"
        elif not DURATION.match(value):
            yield f"--{name}={value} is no duration such as 30s"
        elif 0 < _seconds(value) < 0.001:  # Docker's own minimum; 0 means its default
            yield f"--{name}={value} is below Docker's least of 1ms"


def _toothless(step: Instruction) -> Iterator[str]:
    """What makes the check say the same whatever the service does."""
    if step.exec_form and any(word in ("||", "&&", "|", ";") for word in step.value):
        yield "exec form starts no shell: || and && are handed to the program as arguments"
    scripts = [step.script] if not step.exec_form else [word for word in step.value[1:] if " " in word]
    shells = not step.exec_form or any(posixpath.basename(word) in SHELLS for word in step.value[1:2])
    if shells and any(_always_fine(script.strip()) for script in scripts):
        yield "its command ends in success whatever happens, so it never turns unhealthy"


def _always_fine(script: str) -> bool:
    piped = PIPED_AWAY.search(script) and "pipefail" not in script
    return bool(ALWAYS_FINE.search(script) or piped)


def _answer_unread(health: Health) -> Iterator[str]:
    """Code that asks over HTTP and looks at no status or body: a 503 is an answer to fetch and http.get."""
    for code in (*_codes(health), *(script.text for script in health.scripts)):
        if ASKS.search(code) and not READS_ANSWER.search(code):
            yield "its code takes any answer for healthy, a 503 as well: it looks at neither status nor body"


def _codes(health: Health) -> tuple[str, ...]:
    """Code that stands in the check itself: arguments of an interpreter that are no file."""
    commands = health.check.commands if health.check else ()
    programs = (words for words in commands if posixpath.basename(words[0]) in INTERPRETERS)
    return tuple(word for words in programs for word in words[1:] if " " in word or "(" in word)


def _slow(step: Instruction) -> Iterator[str]:
    interval, timeout = _option(step, "interval", 30), _option(step, "timeout", 30)
    grace, retries = _option(step, "start-period", 0), _number(step.flag("retries") or "")
    if grace > LONG_GRACE:
        yield f"a start period of {grace:g} s lets a container that never came up pass for a starting one"
    if interval <= LONG_INTERVAL and interval * retries > LONG_GRACE:
        minutes = interval * retries / 60
        yield f"{retries} failures {interval:g} s apart leave a dead container unseen for {minutes:g} min"
    if interval > LONG_INTERVAL:
        yield f"an interval of {interval:g} s leaves a dead container unseen for minutes"
    if timeout > LONG_TIMEOUT:
        yield f"a timeout of {timeout:g} s lets a hung service pass for a slow one"
    if 0 < interval < 1:
        yield f"an interval of {interval:g} s starts a process several times a second"


def _option(step: Instruction, name: str, default: float) -> float:
    value = step.flag(name) or ""
    return (_seconds(value) or default) if DURATION.match(value) else default


def _number(value: str) -> int:
    return int(value) if value.isdecimal() else 3  # Docker's own default


def _seconds(value: str) -> float:
    return sum(float(number) * SECONDS[unit] for number, unit in PART.findall(value))


@dataclass(frozen=True, slots=True)
class Question:
    """One address that a health check asks: its port as written, its path filled in."""

    scheme: str
    host: str
    port: str
    path: str
    unset: tuple[str, ...] = ()


def asks_health_path_and_port(image: Service, said: Evidence[Health]) -> Verdict:
    """Hold what the HEALTHCHECK asks against the service's `health` and `port`."""
    health = said.value
    if health.check is None or not health.asks:
        return Verdict(said, "no HEALTHCHECK", warnings=(Finding("there is no health check to hold (IMG-001)"),))
    step, where = health.check, health.dockerfile.at(health.check.line)
    if image.health is None:
        text = "the manifest names no health path for this service: what the check asks is held against nothing"
        return Verdict(said, f"HEALTHCHECK at line {step.line}", warnings=(Finding(text, where),))
    questions = tuple(_questions(health))
    if questions:
        return _answered(image, said, questions, where)
    return _followed(image, said, where)


def _answered(image: Service, said: Evidence[Health], questions: tuple[Question, ...], where: str) -> Verdict:
    step = said.value.check
    findings: list[Finding] = []
    warnings: list[Finding] = []
    for question in questions:
        bad, unsure = _compare(image, said.value, question)
        findings += [Finding(text, where) for text in bad]
        warnings += [Finding(text, where) for text in unsure]
    fetches = [words for words in (step.commands if step else ()) if posixpath.basename(words[0]) == "curl"]
    read = step is not None and DECIDES.search(step.script or " ".join(step.value))
    if not read and any(not _fails_on_error(words) for words in fetches):
        findings.append(Finding("curl without --fail takes an answer of 500 for healthy", where))
    asked = ", ".join(f"{q.scheme}://{q.host}:{q.port or '(none)'}{q.path}" for q in questions)
    wanted = f"{image.health} on {image.port or 'no declared port'}"
    return Verdict(said, f"it asks {asked}; the manifest says {wanted}", tuple(findings), tuple(warnings))


def _compare(image: Service, health: Health, question: Question) -> tuple[list[str], list[str]]:
    bad: list[str] = []
    unsure: list[str] = []
    if not LOCAL.match(question.host):
        bad.append(f"it asks {question.host}, not the container itself")
    elif question.scheme == "https":
        unsure.append("it asks over https:// inside the container; most hosts end TLS before it, expected http://")
    if question.unset:
        unsure.append(f"its path takes {', '.join(question.unset)}, which the Dockerfile does not set")
    elif question.path != image.health:
        bad.append(f"it asks {question.path}; the manifest's health path is {image.health}")
    if image.port is None:
        return bad, unsure
    more, less = _port(image.port, health, question)
    return bad + more, unsure + less


def _port(wanted: int, health: Health, question: Question) -> tuple[list[str], list[str]]:
    """Hold a port as written: a number, or PORT with or without a default."""
    if question.port.isdecimal() or not question.port:
        port = question.port or {"http": "80", "https": "443"}[question.scheme]
        return ([], []) if int(port) == wanted else ([f"it asks port {port}; the manifest says {wanted}"], [])
    variable = VARIABLE.match(question.port)
    if variable is None:
        return [], [f"its port {question.port} cannot be told from the Dockerfile"]
    name, default = variable["name"], variable["default"]
    if health.check is not None and health.check.exec_form and not _in_shell(health.check):
        return [f"exec form starts no shell, so ${name} stays as it is written"], []
    if default is not None and default != str(wanted):
        text = f"it falls back to port {default or 'nothing'}; the manifest says {wanted}"
        return ([], [text]) if name in health.dockerfile.environment else ([text], [])
    if default is None and name not in health.dockerfile.environment:
        return [], [f"${name} has no default and no ENV sets it: without it the check asks no port"]
    return [], []


def _in_shell(step: Instruction) -> bool:
    return len(step.commands) > 1


def _fails_on_error(words: tuple[str, ...]) -> bool:
    """Whether curl is told to fail on an error answer, or its status is read."""
    for word in words[1:]:
        if word in ("--fail", "--fail-with-body", "-w", "--write-out"):
            return True
        if re.match(r"^-[a-zA-Z]*[fw]", word) and not word.startswith("--"):
            return True
    return False


def _questions(health: Health) -> Iterator[Question]:
    """The addresses that stand in the check's own command."""
    step = health.check
    seen: set[Question] = set()
    for words in step.commands if step else ():
        if words[0].rsplit("/", 1)[-1] in SHELLS:
            continue
        for word in words[1:]:
            match = URL.search(word) or (BARE.match(word) if words[0].rsplit("/", 1)[-1] in ("curl", "wget") else None)
            question = _question(match, word, health.dockerfile) if match else None
            if question is not None and question not in seen:
                seen.add(question)
                yield question


def _question(match: re.Match[str], word: str, dockerfile: Dockerfile) -> Question | None:
    """The address of a match; None where code goes on to build it."""
    parts = match.groupdict()
    if "process.env" in word and (not parts["port"] or "process" in (parts["port"] or "")) and not parts["path"]:
        return None
    if (
        not parts["path"]
        and word[match.end() : match.end() + 1] in ("'", '"', "`")
        and word[match.end() + 1 :].lstrip()[:1] == "+"
    ):
        return None
    filled = expand(parts["path"] or "/", dockerfile.environment, quotes=False)
    path = re.split(r"[?#]", filled.text)[0]
    return Question(parts.get("scheme") or "http", parts["host"], parts["port"] or "", path, filled.unset)


def _followed(image: Service, said: Evidence[Health], where: str) -> Verdict:
    """Hold the text of a script or of code against path and port."""
    health = said.value
    step = health.check
    assert step is not None  # noqa: S101  # the caller has looked
    codes = _codes(health)
    if codes:
        return _held(image, said, "\n".join(codes), where, f"code in the HEALTHCHECK at line {step.line}")
    script = next((s for s in health.scripts if s.text), None)
    if script is not None:
        return _held(
            image, said, script.text, script.source, f"the check runs {script.path}, read from {script.source}"
        )
    if health.scripts:
        names = ", ".join(script.path for script in health.scripts)
        text = f"the check runs {names}, whose text is not in the repository: what it asks is not known"
        return Verdict(said, f"the check runs {names}", warnings=(Finding(text, where),))
    programs = " ".join(step.commands[0][:2]) if step.commands else "nothing"
    text = f"the check runs {programs!r} and asks no address; expected {image.health}"
    return Verdict(said, f"the check runs {programs!r}", (Finding(text, where),))


def _held(image: Service, said: Evidence[Health], text: str, where: str, observed: str) -> Verdict:
    findings: list[Finding] = []
    path = image.health or "/"
    if not re.search(rf"(?<![A-Za-z_/-]){re.escape(path)}(?![\w/-])", text) and f"localhost{path}" not in text:
        findings.append(Finding(f"it does not ask {path}, the manifest's health path", where))
    if (
        image.port is not None
        and not re.search(rf"(?<!\d){image.port}(?!\d)", text)
        and not re.search(r"\bPORT\b", text)
    ):
        findings.append(Finding(f"it names neither port {image.port} nor PORT", where))
    return Verdict(said, observed, tuple(findings))
