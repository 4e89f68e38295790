"""IMG: whether the final image has the programs that its health check starts."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from checks.rules import bases
from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixtures.model.image import Dockerfile, Health, Instruction
    from fixtures.model.platform import Service

WRAPPERS = {
    "exec": 1,
    "command": 1,
    "env": 1,
    "nice": 1,
    "time": 1,
    "timeout": 2,
    "tini": 1,
    "dumb-init": 1,
    "gosu": 2,
    "su-exec": 2,
}
PACKAGES = {"procps": ("ps", "pgrep", "pkill"), "netcat-openbsd": ("nc", "netcat"), "netcat": ("nc", "netcat"),
            "nodejs": ("node",), "nodejs-current": ("node",), "postgresql-client": ("psql", "pg_isready"),
            "redis-tools": ("redis-cli",), "redis": ("redis-cli", "redis-server"), "busybox": ("wget", "nc"),
            "iproute2": ("ss", "ip"), "httpie": ("http",), "gnupg": ("gpg",), "coreutils": ("timeout",),
            "bind-tools": ("dig",), "dnsutils": ("dig",), "curl-minimal": ("curl",)}  # fmt: skip

SCRIPT = re.compile(r"\.(?:[cm]?[jt]s|py|sh)$")


def runs_existing_program(image: Service, said: Evidence[Health]) -> Verdict:
    """Hold each program of the HEALTHCHECK against what the base brings and what the Dockerfile adds."""
    health = said.value
    if health.check is None or not health.asks:
        return Verdict(said, "no HEALTHCHECK", warnings=(Finding("there is no health check to run (IMG-001)"),))
    step, dockerfile = health.check, health.dockerfile
    where, base = dockerfile.at(step.line), bases.base(dockerfile.base)
    held = _Held(dockerfile, base)
    findings: list[Finding] = []
    warnings: list[Finding] = []
    programs = tuple(dict.fromkeys(_programs(step)))
    if not step.exec_form and not base.shell and not held.has("sh"):
        findings.append(Finding(f"shell form needs /bin/sh, which {base.name} does not have", where))
    for program in programs:
        bad, unsure = held.judge(program)
        findings += [Finding(bad, where)] if bad else []
        warnings += [Finding(unsure, where)] if unsure else []
    for script in health.scripts:
        if script.missing:
            findings.append(Finding(f"{script.path} is copied from the context, where it does not exist", where))
        elif script.uncopied and base.known and not findings and SCRIPT.search(script.path):
            findings.append(Finding(f"{script.path} is put into the image by no COPY, and no RUN makes it", where))
    observed = f"it runs {', '.join(programs) or 'nothing'} on {dockerfile.base}, {base.name}"
    return Verdict(said, observed, tuple(findings), tuple(warnings))


def _programs(step: Instruction) -> Iterator[str]:
    """The programs that a check starts, wrappers and what they wrap."""
    for words in step.commands:
        rest = words
        while rest:
            name = rest[0]
            if name not in ("exec", "command"):
                yield name
            skip = WRAPPERS.get(name.rsplit("/", 1)[-1])
            if skip is None:
                break
            rest = tuple(w for w in rest[1:] if not w.startswith("-") and "=" not in w)[skip - 1 :]


class _Held:
    """What the final image holds, as far as its Dockerfile and the knowledge of its base tell."""

    def __init__(self, dockerfile: Dockerfile, base: bases.Base) -> None:
        self.base = base
        self.added: set[str] = set()
        self.copied: set[str] = set()
        self.folders: set[str] = set()
        self.opaque = False
        self._read(dockerfile)

    def has(self, program: str) -> bool:
        name = program.rsplit("/", 1)[-1]
        return program in self.base.programs or name in self.base.programs or name in self.added or name in self.copied

    def judge(self, program: str) -> tuple[str, str]:
        """A finding and a doubt about a program; '' where there is none."""
        if self.has(program) or program.startswith("$"):
            return ("", "") if not program.startswith("$") else ("", f"the program {program} is known at run time only")
        if program in self.base.perhaps or program.rsplit("/", 1)[-1] in self.base.perhaps:
            return "", f"{program} is in some versions of {self.base.name} only"
        if "/" in program or self._local(program):
            return ("", "") if self.folders else (f"{program} is put into the image by no COPY", "")
        if not self.base.known:
            return "", f"whether {self.base.name} has {program} is not known here"
        if self.opaque:
            return "", f"{self.base.name} has no {program}, unless a script that RUN starts adds it"
        return f"{program} is not in {self.base.name}, and nothing installs it", ""

    @staticmethod
    def _local(program: str) -> bool:
        return program.endswith((".sh", ".js", ".mjs", ".py"))

    def _read(self, dockerfile: Dockerfile) -> None:
        groups: dict[str, set[str]] = {}
        for step in dockerfile.history:
            if step.name in ("COPY", "ADD") and step.value:
                self.copied.update(posixpath.basename(word.rstrip("/")) for word in step.value)
                self.folders.add(step.value[-1])
            if step.name == "RUN":
                for words in step.commands:
                    self._command(words, groups)

    def _command(self, words: tuple[str, ...], groups: dict[str, set[str]]) -> None:
        name, rest = words[0].rsplit("/", 1)[-1], words[1:]
        if name == "sudo" and rest:
            self._command(rest, groups)
            return
        verbs = {
            "apk": "add",
            "npm": "install",
            "yarn": "global",
            "pip": "install",
            "pip3": "install",
            "corepack": "enable",
        }
        if name in ("apt-get", "apt", "microdnf", "dnf", "yum", "zypper", "tdnf", "aptitude") or name in verbs:
            self._packages(name, rest, groups)
        elif name in ("ln", "cp", "mv", "install") and rest:
            self.added.update(posixpath.basename(word) for word in rest[-2:] if not word.startswith("-"))
        elif name in ("curl", "wget"):
            outs = [rest[i + 1] for i, word in enumerate(rest[:-1]) if word in ("-o", "-O", "--output")]
            self.added.update(posixpath.basename(out) for out in outs)
        elif words[0].startswith(("./", "/")) or (name in ("sh", "bash") and rest and not rest[0].startswith("-")):
            self.opaque = True

    def _packages(self, manager: str, rest: tuple[str, ...], groups: dict[str, set[str]]) -> None:
        verb = next((word for word in rest if not word.startswith("-")), "")
        named = [word for word in rest if not word.startswith("-") and word != verb]
        if verb in ("add", "install", "i", "global", "enable"):
            group = next((rest[i + 1] for i, w in enumerate(rest[:-1]) if w in ("-t", "--virtual")), "")
            if manager == "npm" and not {"-g", "--global"} & set(rest):
                return
            self.opaque = self.opaque or any("$" in word for word in named)
            brought = {p for word in named if word != group for p in _brings(word)}
            self.added |= brought
            if group:
                groups[group] = brought
        if verb in ("del", "remove", "purge", "autoremove", "erase"):
            for word in named:
                self.added -= groups.get(word, set()) or set(_brings(word))


def _brings(package: str) -> tuple[str, ...]:
    name = re.split(r"[=<>~@:]", package.lstrip("@"))[0].rsplit("/", 1)[-1]
    return (name, *PACKAGES.get(name, ()))
