"""IMG: what the image is made of, and as whom and how it starts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.rules import bases
from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixtures.model.image import Dockerfile, Instruction
    from fixtures.model.platform import Service

FULL_VERSION = re.compile(r"(^|[-v])\d+\.\d+\.\d+([-._+]|$)")
MINOR_VERSION = re.compile(r"(^|[-v])\d+\.\d+([-_+]|$)")
DATED = re.compile(r"(^|[-.])20\d{2}[-.]?\d{2}[-.]?\d{2}([-.]|$)")
COMMIT = re.compile(r"^(sha[-_])?[0-9a-f]{7,64}$")
MINOR_IS_ALL = frozenset({"ubuntu", "debian", "postgres", "fedora", "rockylinux", "almalinux"})  # they release x.y only
MANAGERS = frozenset({"npm", "npx", "yarn", "pnpm"})
WATCHERS = frozenset({"nodemon", "ts-node-dev", "tsnd"})
CREATORS = frozenset({"useradd", "adduser"})
SHELLS = frozenset({"sh", "bash", "ash", "dash"})
UID_ZERO = re.compile(r"(?:^|\s)(?:-u|--uid)(?:\s+|=)?0+(?=\s|$)")


def runs_as_ordinary_user(image: Service, said: Evidence[Dockerfile]) -> Verdict:
    """Hold the user that the image starts as: neither root nor 0, and one that exists in it."""
    dockerfile = said.value
    step = dockerfile.last("USER")
    base = bases.base(dockerfile.base)
    if step is None:
        return _default_user(dockerfile, base, said)
    where = dockerfile.at(step.line)
    user = (step.value[0] if step.value else "").split(":")[0]
    if step.unset or not user:
        why = f"USER takes {', '.join(step.unset) or 'nothing'}, which no ARG or ENV gives a value"
        return Verdict(said, "the user is not known", (Finding(why + ", so the image stays root", where),))
    observed = f"the image runs as {user} (USER at line {step.line}, base {base.name})"
    if user == "root" or (user.isdigit() and int(user) == 0):
        return Verdict(said, observed, (Finding(f"the image runs as {user}; expected an ordinary user", where),))
    if _made_root(dockerfile, user):
        return Verdict(said, observed, (Finding(f"{user} is made with the uid 0, which is root's", where),))
    if user.isdigit() or user in base.users or _created(dockerfile, user):
        return Verdict(said, observed)
    text = f"USER {user} is created by no RUN"
    if not base.known:
        return Verdict(said, observed, warnings=(Finding(f"{text}; whether {base.name} has it is not known", where),))
    return Verdict(
        said, observed, (Finding(f"{text}, and {dockerfile.base} has no such user: it cannot start", where),)
    )


def _default_user(dockerfile: Dockerfile, base: bases.Base, said: Evidence[Dockerfile]) -> Verdict:
    where = dockerfile.at(dockerfile.final.line)
    if not base.known:
        text = f"no USER: the image runs as whatever {dockerfile.base} says, which is not known here, or root"
        return Verdict(said, "no USER, and a base that is not known", warnings=(Finding(text, where),))
    observed = f"no USER; {dockerfile.base} runs as {base.user}"
    if base.user != "root":
        return Verdict(said, observed)
    return Verdict(said, observed, (Finding("no USER in the final stage: the image runs as root", where),))


def _made_root(dockerfile: Dockerfile, user: str) -> bool:
    """Whether a RUN gives the user root's own number."""
    commands = (words for step in dockerfile.all("RUN") for words in step.commands)
    made = (words for words in commands if words[0].rsplit("/", 1)[-1] in CREATORS | {"usermod"} and user in words[1:])
    return any(UID_ZERO.search(" ".join(words)) for words in made)


def _created(dockerfile: Dockerfile, user: str) -> bool:
    commands = (words for step in dockerfile.all("RUN") for words in step.commands)
    made = any(words[0].rsplit("/", 1)[-1] in CREATORS | {"usermod"} and user in words[1:] for words in commands)
    return made or any("/etc/passwd" in step.value for step in dockerfile.all("COPY", "ADD"))


def pins_its_bases(image: Service, said: Evidence[Dockerfile]) -> Verdict:
    """Hold each outside image that a build takes: a digest, or a tag with a full version."""
    dockerfile = said.value
    findings: list[Finding] = []
    warnings: list[Finding] = []
    taken = list(_outside(dockerfile))
    for text, unset, line in taken:
        where = dockerfile.at(line)
        loose, advice = _looseness(text, unset)
        findings += [Finding(loose, where)] if loose else []
        warnings += [Finding(advice, where)] if advice else []
    digests = sum("@" in text for text, _, _ in taken)
    names = ", ".join(dict.fromkeys(text for text, _, _ in taken)) or "no outside image"
    return Verdict(said, f"{len(taken)} uses of {names}; {digests} by digest", tuple(findings), tuple(warnings))


def _outside(dockerfile: Dockerfile) -> Iterator[tuple[str, tuple[str, ...], int]]:
    """Images from elsewhere: in FROM, in COPY --from and in RUN --mount=from; with what is unset in them."""
    stages = {stage.name for stage in dockerfile.stages if stage.name}
    for stage in dockerfile.stages:
        if stage.parent is None and stage.base != "scratch":
            yield stage.base or stage.written, stage.unset, stage.line
        for step in stage.instructions:
            for source in _mounted(step):
                if source.lower() not in stages and not source.isdigit() and source not in ("scratch", "context"):
                    yield source, (), step.line


def _mounted(step: Instruction) -> Iterator[str]:
    for flag in step.flags:
        key, _, value = flag.partition("=")
        if key == "--from" and "$" not in value:
            yield value
        if key == "--mount":
            yield from (part.removeprefix("from=") for part in value.split(",") if part.startswith("from="))


def _looseness(text: str, unset: tuple[str, ...]) -> tuple[str, str]:
    """A finding and an advice about a reference; '' where there is none."""
    if unset:
        return f"{text} takes its version from {', '.join(unset)}, which has no default: nothing pins it", ""
    ref = bases.reference(text)
    if ref.digest.startswith("sha256:"):
        return "", ""
    if not ref.tag or ref.tag == "latest":
        return f"{text} is whatever is newest; expected a full version or a digest", ""
    if FULL_VERSION.search(ref.tag) or DATED.search(ref.tag) or COMMIT.match(ref.tag):
        return "", ""
    if MINOR_VERSION.search(ref.tag) and not ref.tag.startswith(("lts", "latest", "stable")):
        return ("", "") if ref.repository in MINOR_IS_ALL else ("", f"{text} moves with each patch release")
    return f"{text} moves with each release; expected a full version such as 20.19.5, or a digest", ""


def starts_in_exec_form(image: Service, said: Evidence[Dockerfile]) -> Verdict:
    """Hold the command that the container starts: its program is process 1 and gets the signals."""
    dockerfile = said.value
    steps = [step for step in (dockerfile.last("ENTRYPOINT"), _command(dockerfile)) if step is not None and step.value]
    if not steps:
        return _no_command(dockerfile, said)
    judged = [_form(dockerfile, step) for step in steps]
    findings = tuple(finding for finding, _ in judged if finding)
    warnings = tuple(warning for _, warning in judged if warning)
    observed = ", ".join(f"{s.name} at line {s.line} in {'exec' if s.exec_form else 'shell'} form" for s in steps)
    return Verdict(said, observed, findings, warnings)


def _command(dockerfile: Dockerfile) -> Instruction | None:
    """The CMD that holds: none where an ENTRYPOINT in shell form leaves it aside."""
    entry = dockerfile.last("ENTRYPOINT")
    return None if entry is not None and entry.value and not entry.exec_form else dockerfile.last("CMD")


def _no_command(dockerfile: Dockerfile, said: Evidence[Dockerfile]) -> Verdict:
    base = bases.base(dockerfile.base)
    where = dockerfile.at(dockerfile.final.line)
    if base.serves:
        return Verdict(said, f"no CMD or ENTRYPOINT; {dockerfile.base} starts its own server")
    if not base.known:
        text = f"no CMD or ENTRYPOINT: what {dockerfile.base} starts is not known here"
        return Verdict(said, "no command of its own", warnings=(Finding(text, where),))
    return Verdict(said, "no command", (Finding("the final stage has neither CMD nor ENTRYPOINT", where),))


def _form(dockerfile: Dockerfile, step: Instruction) -> tuple[Finding | None, Finding | None]:
    where = dockerfile.at(step.line)
    program = _program(step)
    if not step.exec_form and step.script.lstrip().startswith("["):
        return Finding(f"{step.name} looks like exec form and is no JSON, so a shell runs it", where), None
    words = step.commands[0] if step.commands else ()
    if step.name == "ENTRYPOINT" and words and words[0].rsplit("/", 1)[-1] in SHELLS and words[-1] == "-c":
        text = f"ENTRYPOINT starts a shell as process 1 with CMD for its script: {words[0]} passes no signal on"
        return Finding(text, where), None
    if not step.exec_form or len(step.commands) > 1:
        if _last_is_exec(step):
            return None, Finding(f"{step.name} starts a shell that gives way to its program by exec", where)
        text = f"{step.name} starts a shell as process 1, which passes no signal to {program}; expected exec form"
        return Finding(text, where), None
    if program in MANAGERS:
        return None, Finding(f"{step.name} starts {program} as process 1, which passes signals on badly", where)
    if program in WATCHERS or words[1:2] in (("dev",), ("watch",)):
        return None, Finding(f"{step.name} starts {' '.join(words[:2])}, which is made for development", where)
    return None, None


def _program(step: Instruction) -> str:
    words = step.commands[-1] if step.commands else ("the program",)
    name = words[0].rsplit("/", 1)[-1]
    return words[1] if name == "exec" and len(words) > 1 else name


def _last_is_exec(step: Instruction) -> bool:
    return bool(step.commands) and step.commands[-1][0] == "exec"
