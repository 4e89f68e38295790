"""What must hold of a build: it compiles, it lints, it installs what was tested, on one Node."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.rules.versions import Digits, Range, agree, digits, is_floating, majors, overlaps, parse, satisfies
from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fixtures.model.build import (
        Compilation,
        Installation,
        Lint,
        Linting,
        Lock,
        Locked,
        LockedPackage,
        Message,
        Need,
        NodePin,
        Package,
    )
    from fixtures.model.platform import Service

LISTED = 50  # findings that a page can bear; the rest is counted
NAMED = 8  # places in one sentence
TYPESCRIPT = (".ts", ".tsx", ".mts", ".cts")


def compiles(service: Service, compilation: Evidence[Compilation]) -> Verdict:
    """Hold tsc's messages against none, and the service's TypeScript files against those that tsc checked.

    A service without a TypeScript file passes. Not installed or not built: unverified, unless another
    tsconfig of the service has errors.
    """
    seen = compilation.value
    judged = [project for project in seen.projects if not project.unseen]
    blind = [project for project in seen.projects if project.unseen]
    if not seen.projects:
        if not seen.sources:
            return Verdict(compilation, f"git tracks no TypeScript file below {service.root}: nothing to compile")
        text = (
            f"no tsconfig.json at or above it, for {_count(len(seen.sources), 'TypeScript file')}; nothing checks them"
        )
        return Verdict(compilation, text, (Finding(text, service.root),))
    findings = _told(message for project in judged for message in project.errors)
    errors = len(findings)
    checked = {path for project in judged for path in project.files}
    if not findings and blind:
        compilation.cannot_tell(_and_more(blind[0].unseen, len(blind) - 1), blind[0].hint)
    unchecked = [path for path in seen.sources if path not in checked]
    if seen.sources and len(unchecked) == len(seen.sources) and not blind:
        findings.append(
            Finding(f"no tsconfig includes any of its {_count(len(seen.sources), 'TypeScript file')}", service.root)
        )
    where = f"{_count(len(judged), 'tsconfig')} ({_count(len(checked), 'file')})"
    observed = f"tsc found {_count(errors, 'error')} in {where}"
    if unchecked and not blind:
        observed += f"; {len(unchecked)} of {_count(len(seen.sources), 'tracked file')} are in no tsconfig"
    return Verdict(compilation, observed + _blind(project.unseen for project in blind), _capped(findings, "errors"))


def lints(service: Service, linting: Evidence[Linting]) -> Verdict:
    """Hold ESLint's errors against none; its warnings are advisory. It must have looked at the service's files."""
    seen = linting.value
    if not seen.sources:
        return Verdict(linting, f"git tracks no JavaScript or TypeScript file below {service.root}: nothing to lint")
    judged = [run for run in seen.runs if not run.unseen]
    blind = [run for run in seen.runs if run.unseen]
    findings = _told(message for run in judged for message in run.errors)
    errors = len(findings)
    findings += _unconfigured(judged)
    findings += _overlooked(seen)
    if not findings and blind:
        linting.cannot_tell(_and_more(blind[0].unseen, len(blind) - 1), blind[0].hint)
    warnings = _told(message for run in judged for message in run.warnings)
    files = len({path for run in judged for path in run.files})
    observed = (
        f"ESLint found {_count(errors, 'error')} and {_count(len(warnings), 'warning')} in {_count(files, 'file')}"
    )
    return Verdict(
        linting,
        observed + _blind(run.unseen for run in blind),
        _capped(findings, "errors"),
        _capped(warnings, "warnings"),
    )


def _unconfigured(runs: list[Lint]) -> Iterator[Finding]:
    """What is said of packages without ESLint, the same words once."""
    folders: dict[str, list[str]] = {}
    for run in runs:
        if run.unconfigured:
            folders.setdefault(run.unconfigured, []).append(run.folder)
    for text, (first, *others) in folders.items():
        yield Finding(text + (f" (so in {', '.join(others)})" if others else ""), first)


def _overlooked(seen: Linting) -> Iterator[Finding]:
    """A service's own run that looked at none of its files, or at none of its TypeScript."""
    own: Lint = seen.runs[0]
    if own.unseen or own.unconfigured:
        return
    typescript = [path for path in seen.sources if path.endswith(TYPESCRIPT)]
    if not own.files:
        yield Finding(f"ESLint looks at none of its {_count(len(seen.sources), 'file')}", own.folder)
    elif typescript and not any(path.endswith(TYPESCRIPT) for path in own.files):
        yield Finding(f"ESLint looks at none of its {_count(len(typescript), 'TypeScript file')}", own.folder)


def lock_agrees(service: Service, installation: Evidence[Installation]) -> Verdict:
    """Hold each package.json against the one lock file: same names, same ranges, locked versions within them.

    What a range cannot tell (a tag, an address, a workspace link, an overridden package) is counted and said.
    """
    seen = installation.value
    findings = list(_lock_files(service, seen))
    if seen.lock is None:
        names = ", ".join(lock.path for lock in seen.lock_files) or "no lock file"
        return Verdict(installation, f"found {names} in {_folder(seen.folder)}", tuple(findings))
    locked = {package.folder: package for package in seen.lock.packages}
    compared = uncertain = 0
    for package in seen.packages:
        differences = _Comparison(package, locked.get(package.folder), seen.lock, seen.overridden)
        findings += differences.findings()
        compared += len(package.needs)
        uncertain += differences.uncertain()
    observed = (
        f"{seen.lock.path} ({seen.lock.format}) against {len(seen.packages)} package.json"
        f", {_count(compared, 'dependency', 'dependencies')}: {_count(len(findings), 'difference')}"
    )
    if uncertain:
        observed += f"; for {uncertain} only the name is compared (tag, address, workspace link, override)"
    return Verdict(installation, observed, _capped(findings, "differences"))


def _lock_files(service: Service, seen: Installation) -> Iterator[Finding]:
    """What is wrong with the choice of lock file, whatever is in it."""
    if not seen.lock_files:
        yield Finding(f"no lock file for {service.name}: each install may bring other versions", seen.folder)
    if len(seen.lock_files) > 1:
        names = " and ".join(lock.path for lock in seen.lock_files)
        yield Finding(f"{names} both stand: it is open which one an install follows", seen.folder)
    for lock in seen.strays:
        yield Finding(f"a second lock file: packages are installed from {_folder(seen.folder)}", lock.path)
    for lock in seen.lock_files:
        if not lock.tracked:
            yield Finding("is not tracked by git, so no other checkout has it", lock.path)
        named = seen.package_manager.partition("@")[0]
        if named and named != lock.manager:
            yield Finding(f"is {lock.manager}'s, but packageManager in package.json says {named}", lock.path)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """One package.json beside what the lock file holds for it."""

    package: Package
    locked: LockedPackage | None
    lock: Lock
    overridden: frozenset[str]

    def findings(self) -> Iterator[Finding]:
        needs = self._needs()
        if self.locked is None:
            if needs:
                yield Finding(f"{self.lock.path} holds nothing for it", self.package.path)
            return
        for need in needs:
            text = self._difference(need)
            if text:
                yield Finding(text, need.where)
        asked = {need.name for need in self.package.needs}
        for extra in self.locked.dependencies:
            if extra.range is not None and extra.name not in asked | self.overridden:
                yield Finding(
                    f"{self.lock.path} still locks {extra.name}, which it no longer asks for", self.package.path
                )

    def uncertain(self) -> int:
        """How many dependencies have a range or a version that cannot be held against the other."""
        return sum(
            1
            for need in self._needs()
            for locked in [self._entry(need)]
            if locked and (need.name in self.overridden or _fits(need.range, locked.version) is None)
        )

    def _needs(self) -> list[Need]:
        """What the lock file must know: a name in several groups once, as package managers take it."""
        last = {(need.name, need.group == "peerDependencies"): need for need in sorted(self.package.needs, key=_rank)}
        return [need for (_, peer), need in last.items() if self.lock.records_peers or not peer]

    def _entry(self, need: Need) -> Locked | None:
        peer = need.group == "peerDependencies"
        entries = self.locked.dependencies if self.locked else ()
        named = [entry for entry in entries if entry.name == need.name]
        same = [entry for entry in named if entry.group == need.group]
        return next(iter(same or [e for e in named if (e.group == "peerDependencies") == peer]), None)

    def _difference(self, need: Need) -> str:
        locked, path = self._entry(need), self.lock.path
        if need.name in self.overridden:
            return ""
        if locked is None:
            missing_is_fine = need.group == "optionalDependencies" and self.lock.format == "npm, version 1"
            return (
                "" if missing_is_fine or _is_link(need.range) else f"asks for {need.name} {need.range}; {path} has none"
            )
        if locked.range is not None and _spelt(locked.range) != _spelt(need.range):
            return f"asks for {need.name} {need.range}; {path} was made for {locked.range or 'any'}"
        if locked.group and locked.group != need.group:
            return f"lists {need.name} under {need.group}; {path} has it under {locked.group}"
        if need.group != "peerDependencies" and _fits(need.range, locked.version) is False:
            return f"asks for {need.name} {need.range}; {path} locks {locked.version}"
        return ""


def _rank(need: Need) -> int:
    order = ("peerDependencies", "devDependencies", "dependencies", "optionalDependencies")
    return order.index(need.group)


def _is_link(wanted: str) -> bool:
    """Whether a range names a folder or a workspace member, which not every lock file lists."""
    return wanted.startswith(("workspace:", "link:", "file:", "portal:"))


def _spelt(wanted: str) -> str:
    return " ".join(wanted.removeprefix("npm:").split()) if "@" not in wanted else wanted


def _fits(wanted: str, version: str) -> bool | None:
    """Whether a locked version lies in a range; for an alias (`npm:name@range`), in the range it stands for."""
    plain = wanted.removeprefix("npm:")
    plain = plain.rpartition("@")[2] if plain.rfind("@") > 0 else plain
    return satisfies(plain if wanted.startswith("npm:") else wanted, version.rpartition("@")[2])


@dataclass(frozen=True, slots=True)
class _Said:
    """A version somewhere, read: `exact` digits, or a `range` (both for a range within one major)."""

    pin: NodePin
    text: str
    exact: Digits | None
    range: Range | None


def node_agrees(service: Service, pins: Evidence[tuple[NodePin, ...]]) -> Verdict:
    """Hold every place that names a Node version against the one most of them name.

    Two versions agree as far as both are given (20 and 20.11.1 do); a range must allow the version; a
    matrix must hold it. At least one place must pin a major.
    """
    seen = pins.value
    findings = list(_unusable(seen))
    read = [said for pin in seen for text in pin.versions for said in [_read(pin, text)] if said]
    voices = [said.exact for said in read if said.exact and len(said.pin.versions) == 1]
    unresolved = [pin for pin in seen if pin.unresolved]
    if not voices and not findings:
        if unresolved:
            pins.cannot_tell(f"{unresolved[0].where} takes Node's version from {unresolved[0].unresolved}")
        text = "nothing pins the major version of Node: no engines, version file, Dockerfile or workflow names one"
        return Verdict(pins, _places(seen) or text, (Finding(text, service.root),))
    agreed = _agreed(voices)
    findings += [finding for pin in seen for finding in _disagreement(pin, [s for s in read if s.pin is pin], agreed)]
    undecided = [pin for pin in unresolved if pin.place == "image"]
    workflows = [pin for pin in seen if pin.place == "workflow"]
    if workflows and all(pin.unresolved for pin in workflows):
        undecided += workflows
    if undecided and not findings:
        pins.cannot_tell(
            f"{undecided[0].where} takes Node's version from {undecided[0].unresolved}, which no file decides"
        )
    observed = f"Node {'.'.join(map(str, agreed))}: {_places(seen)}" if agreed else _places(seen)
    if unresolved:
        observed += f"; not resolved: {', '.join(pin.where for pin in unresolved)}"
    return Verdict(pins, observed, tuple(findings), tuple(_vercel(service, seen)))


def _read(pin: NodePin, text: str) -> _Said | None:
    exact = None if pin.place == "engines" else digits(text)
    if exact:
        return _Said(pin, text, exact, None)
    allowed = parse(text) if pin.place == "engines" or not is_floating(text) else None
    if allowed is None:
        return None
    within = majors(allowed)
    return _Said(pin, text, within if len(within) == 1 else None, allowed)


def _unusable(pins: Iterable[NodePin]) -> Iterator[Finding]:
    for pin in pins:
        if len(pin.versions) != 1 or _read(pin, pin.versions[0]):
            continue
        text = pin.versions[0]
        if not text:
            yield Finding("sets up Node without a version, so the runner's own runs", pin.where)
        elif is_floating(text):
            yield Finding(f"{text} is no fixed version of Node: it changes major by itself", pin.where)
        else:
            yield Finding(f"{text} cannot be read as a version of Node", pin.where)


def _agreed(voices: Sequence[Digits]) -> Digits:
    """The major that most places name, with the minor and patch that most of those give."""
    if not voices:
        return ()
    major = Counter(voice[0] for voice in voices).most_common(1)[0][0]
    longer = [voice for voice in voices if voice[0] == major and len(voice) > 1]
    return Counter(longer).most_common(1)[0][0] if longer else (major,)


def _disagreement(pin: NodePin, said: Sequence[_Said], agreed: Digits) -> Iterator[Finding]:
    if not agreed or not said:
        return
    fits = any(overlaps(s.range, agreed) if s.range else agree(s.exact or (), agreed) for s in said)
    if not fits:
        version = ".".join(map(str, agreed))
        verb = "allows" if all(s.range for s in said) else "says"
        yield Finding(
            f"{verb} Node {', '.join(s.text for s in said)}, where {version} is agreed on elsewhere", pin.where
        )


def _vercel(service: Service, pins: Sequence[NodePin]) -> Iterator[Finding]:
    """Vercel takes the major from `engines.node`, else from the project's settings; an open range means its newest."""
    if service.host != "vercel":
        return
    engines = [pin for pin in pins if pin.place == "engines"]
    if not engines:
        yield Finding("no engines.node: on Vercel the project's settings decide the major", service.root)
        return
    allowed = parse(engines[0].versions[0])
    if allowed is not None and len(majors(allowed)) > 1:
        text = f"engines.node {engines[0].versions[0]} is open: Vercel runs the newest major that it offers"
        yield Finding(text, engines[0].where)


def _places(pins: Sequence[NodePin]) -> str:
    named = [f"{pin.where} ({', '.join(pin.versions)})" for pin in pins if pin.versions]
    return _and_more(", ".join(named[:NAMED]), max(0, len(named) - NAMED)) if named else ""


def _told(messages: Iterable[Message]) -> list[Finding]:
    """Each message once: several tsconfigs may check the same file."""
    return [
        Finding(f"{message.text} ({message.rule})" if message.rule else message.text, message.where)
        for message in dict.fromkeys(messages)
    ]


def _capped(findings: Sequence[Finding], what: str) -> tuple[Finding, ...]:
    if len(findings) <= LISTED:
        return tuple(findings)
    return (*findings[:LISTED], Finding(f"and {len(findings) - LISTED} more {what}"))


def _blind(reasons: Iterable[str]) -> str:
    return "".join(f"; not judged: {reason}" for reason in reasons)


def _and_more(text: str, more: int) -> str:
    return f"{text}, and {more} more" if more else text


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _folder(folder: str) -> str:
    return "the platform's folder" if folder == "." else folder
