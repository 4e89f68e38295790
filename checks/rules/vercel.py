"""DEP: what vercel.json says, and whether the app serves what it calls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixtures.model.platform import Service
    from fixtures.model.vercel import Cron, VercelFile

FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day of month", 1, 31), ("month", 1, 12), ("day of week", 0, 6))
STEP = re.compile(r"^(?:\*|(?P<low>\d{1,3})(?:-(?P<high>\d{1,3}))?)(?:/(?P<step>\d{1,3}))?$")


def vercel_config_valid(service: Service, said: Evidence[VercelFile]) -> Verdict:
    """Hold vercel.json against Vercel's schema, its schedules against cron, its paths against the app."""
    file = said.value
    findings = list(file.mistakes)
    warnings = list(file.cautions)
    for pattern in file.unmatched:
        text = f"functions: no file of the app fits {pattern!r}, and Vercel stops the build for that"
        findings.append(Finding(text, file.at(f"functions.{pattern}")))
    crons = file.config.crons or []
    for number, cron in enumerate(crons):
        where = file.at(f"crons.{number}.schedule")
        findings += [Finding(text, where) for text in _schedule(cron.schedule)]
        bad, unsure = _path(file, cron)
        at = file.at(f"crons.{number}.path")
        findings += [Finding(bad, at)] if bad else []
        warnings += [Finding(unsure, at)] if unsure else []
    observed = (
        f"{len(file.config.model_fields_set)} keys, {len(crons)} crons, {len(file.routes)} routes of the app read"
    )
    if file.computed:
        observed += f"; {', '.join(file.computed)} of the program not read"
    return Verdict(said, observed, tuple(findings), tuple(warnings))


def _schedule(text: str) -> Iterator[str]:
    """What is wrong with a cron expression. Source: vercel.com/docs/cron-jobs, "Cron expression limitations"."""
    fields = text.split()
    if len(fields) != len(FIELDS):
        yield f"{text!r} has {len(fields)} fields; a cron expression has five"
        return
    for field, (name, low, high) in zip(fields, FIELDS, strict=True):
        for part in field.split(","):
            why = _part(part, low, high)
            if why:
                yield f"{text!r}: {name} {part!r} {why}"
    if "*" not in (fields[2], fields[4]):
        yield f"{text!r} names a day of the month and a day of the week: Vercel takes one of the two"


def _part(part: str, low: int, high: int) -> str:
    """Why a part of a field is refused; '' where it is not."""
    if re.search(r"[A-Za-z]", part):
        return "is a name: Vercel takes numbers only"
    match = STEP.match(part)
    if match is None:
        return "is no number, range or step"
    numbers = [int(match[key]) for key in ("low", "high") if match[key] is not None]
    if any(not low <= number <= high for number in numbers):
        return f"is outside {low} to {high}"
    if len(numbers) == 2 and numbers[0] > numbers[1]:
        return "runs backwards"
    return "has a step of 0" if match["step"] and int(match["step"]) == 0 else ""


def _path(file: VercelFile, cron: Cron) -> tuple[str, str]:
    """A finding and a doubt about the path that a cron calls; '' where there is none."""
    path = re.split(r"[?#]", cron.path)[0].rstrip("/") or "/"
    serving = [route for route in file.routes if route.answers(path)]
    if any(route.get == "yes" for route in serving):
        return "", ""
    if any(route.get == "unknown" for route in serving):
        return "", f"{serving[0].file} serves {path}; whether it exports GET could not be told"
    if serving:
        return f"{serving[0].file} serves {path} and exports no GET, which is what Vercel's cron sends", ""
    if not file.routes:
        return "", f"whether the app serves {path} is not known: it has no app, pages or api folder"
    if file.rewritten or any(_leads(rewrite.source, path) for rewrite in file.config.rewrites or ()):
        return "", f"no route serves {path}, unless a rewrite leads there"
    return f"no route of the app serves {path}, so the cron gets a 404", ""


def _leads(source: str, path: str) -> bool:
    """Whether a rewrite could take a path: up to its first pattern it must be the same."""
    plain = re.split(r"[:(*{]", source)[0]
    return path.startswith(plain) if plain != source else path == source
