"""IMG: what must not get into an image."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from fixtures.model.image import Carried, Context, Ingredients, Setting
    from fixtures.model.platform import Service

SECRETISH = re.compile(
    r"(^|_)(TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|API_?KEY|KEY|PAT|WEBHOOK_URL)$", re.IGNORECASE
)
PUBLIC = re.compile(
    r"^(NEXT_PUBLIC_|VITE_|PUBLIC_|NUXT_PUBLIC_|REACT_APP_|EXPO_PUBLIC_|GATSBY_)"
    r"|(^|_)(PUBLIC|ANON|PUBLISHABLE|CACHE|SORT|PARTITION|PRIMARY|FOREIGN|HOST|SITE)_?KEY$",
    re.IGNORECASE,
)
ORDINARY = re.compile(
    r"^(NODE_ENV|PORT|HOST|HOSTNAME|TZ|LANG|LC_ALL|PATH|LOG_LEVEL|NODE_OPTIONS|CI|DEBUG|(NPM|npm)_(CONFIG|config)_(?!.*auth).*)$"
)
REMEDY = "RUN --mount=type=secret gives it to one step and leaves no trace"


def image_holds_no_secret(image: Service, said: Evidence[Ingredients]) -> Verdict:
    """Hold names that ARG and ENV set, and files that COPY takes: none may carry a credential."""
    seen = said.value
    findings = [found for setting in seen.settings if (found := _setting(seen.path, setting))]
    warnings: list[Finding] = []
    for carried in seen.files:
        bad, unsure = _carried(seen.path, carried)
        findings += [bad] if bad else []
        warnings += [unsure] if unsure else []
    observed = (
        f"{len(seen.settings)} names set by ARG and ENV, {len(seen.files)} files that could be credentials copied"
    )
    return Verdict(said, observed, tuple(findings), tuple(warnings))


def _setting(path: str, setting: Setting) -> Finding | None:
    where = f"{path}:{setting.line}"
    name = f"{setting.instruction} {setting.name}"
    if setting.value == "password in a URL":
        return Finding(f"{name} holds an address with a password in it", where)
    if PUBLIC.search(setting.name) or ORDINARY.match(setting.name):
        return None
    if not (setting.contract or SECRETISH.search(setting.name)):
        return None
    if setting.instruction == "ARG" and setting.value in ("none", "literal", "argument"):
        return Finding(f"{name}: a build argument stays readable in the image's history; {REMEDY}", where)
    if setting.instruction == "ENV" and setting.value == "argument":
        return Finding(f"{name} keeps a build argument in the image; {REMEDY}", where)
    if setting.instruction == "ENV" and setting.value == "literal":
        return Finding(f"{name} has a value in the image; expected it from the host at run time", where)
    return None


def _carried(path: str, carried: Carried) -> tuple[Finding | None, Finding | None]:
    where = f"{path}:{carried.line}"
    if carried.read and not carried.holds:
        return None, None
    if carried.written:
        return Finding(f"{carried.path} is written into a layer with a credential in it; {REMEDY}", where), None
    if carried.read:
        return Finding(f"{carried.path} is copied and holds a credential; {REMEDY}", where), None
    if carried.path.rsplit("/", 1)[-1] in (".npmrc", ".yarnrc", ".yarnrc.yml"):
        return None, Finding(f"{carried.path} is copied and is not in the repository: it may hold a token", where)
    return Finding(f"{carried.path} is copied into a layer; {REMEDY}", where), None


def context_keeps_dangers_out(image: Service, said: Evidence[Context]) -> Verdict:
    """Hold the build context's ignore file: .env, .git and node_modules stay out, nested ones that are copied too."""
    seen = said.value
    if seen.ignore is None:
        hint = f" ({seen.elsewhere} lies where Docker does not look)" if seen.elsewhere else ""
        text = f"the build context {seen.folder!r} has no .dockerignore{hint}: .env, .git and node_modules go in"
        return Verdict(said, "no ignore file", (Finding(text, seen.dockerfile),))
    findings = [
        Finding(f"Docker refuses the line: {line.split(': ', 1)[-1]}", _at(seen.ignore, line)) for line in seen.misread
    ]
    warnings: list[Finding] = []
    for danger in seen.dangers:
        nested = "/" in (danger.path.removeprefix(seen.folder + "/"))
        if danger.kept_out or (nested and not danger.copied):
            continue
        found = Finding(f"{danger.path} is not kept out of the build context {seen.folder!r}", seen.ignore)
        (findings if danger.certain else warnings).append(found)
    looked = sum(1 for danger in seen.dangers if danger.kept_out)
    observed = f"{seen.ignore} has {seen.rules} rules and keeps out {looked} of {len(seen.dangers)} paths"
    return Verdict(said, observed, tuple(findings), tuple(warnings))


def _at(path: str, line: str) -> str:
    return f"{path}:{line.split(':', 1)[0]}"
