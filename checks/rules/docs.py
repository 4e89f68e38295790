"""What a document must hold: DOC-001 to DOC-005, DOC-007 and DOC-008."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.rules.wording import PARTS, STUB, Part, holds, is_stub, parts, plain
from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from fixtures.model.document import Page, References, Runbook, Section
    from fixtures.model.platform import Chapter, Document, Scenario

CHAPTER_PARTS = ("symptoms", "diagnosis", "solution", "escalation")
ACTION_PARTS = ("immediate", "long_term")
PROGRAMS = frozenset(
    [
        "curl",
        "docker",
        "gh",
        "git",
        "kubectl",
        "make",
        "node",
        "npm",
        "npx",
        "pnpm",
        "psql",
        "python",
        "python3",
        "railway",
        "redis-cli",
        "sentry-cli",
        "ssh",
        "supabase",
        "systemctl",
        "vercel",
        "wget",
        "yarn",
    ]
)
MIN_WORDS = 10  # of text that a document holds beside its headings
COMMAND_LANGUAGES = frozenset(
    [
        "bash",
        "sh",
        "shell",
        "zsh",
        "console",
        "shell-session",
        "shellsession",
        "terminal",
        "powershell",
        "pwsh",
        "ps1",
        "sql",
        "psql",
        "promql",
        "redis",
        "http",
        "graphql",
        "javascript",
        "js",
        "typescript",
        "ts",
        "python",
        "py",
    ]
)


def exists(document: Document, page: Evidence[Page]) -> Verdict:
    """Expect a tracked page with a heading and at least ten words of text that are no placeholder."""
    seen = page.value
    blocks = [block for block in seen.blocks() if block.kind != "comment"]
    words = sum(len(STUB.sub(" ", block.text).split()) for block in blocks)
    findings = []
    if not seen.tracked:
        findings.append(Finding(f"git does not track {document.file}, so only one machine has it", document.file))
    if not seen.headings:
        findings.append(Finding("the document has no heading", document.file))
    if words < MIN_WORDS:
        findings.append(Finding(f"the document holds {words} words of text, expected {MIN_WORDS}", document.file))
    return Verdict(
        page, f"{document.file} holds {len(seen.headings)} headings and {words} words of text.", tuple(findings)
    )


def covers_scenario(chapter: Chapter, page: Evidence[Page]) -> Verdict:
    """Expect one section whose heading holds one of the scenario's phrases, and that is no other scenario's.

    A heading belongs to the scenario with the longest phrase in it. A second section warns.
    """
    seen = page.value
    matches = _sections(seen, chapter)
    name, file = chapter.scenario.name, chapter.document.file
    phrases = ", ".join(f"«{phrase}»" for phrase in chapter.scenario.headings)
    own = [(section, line, text) for section, line, text, other in matches if not other]
    if not matches:
        return Verdict(
            page,
            f"None of {len(seen.headings)} headings names scenario {name}.",
            (Finding(f"no heading holds {phrases}, so scenario {name} has no section", file),),
        )
    if not own:
        _, line, text, other = matches[0]
        return Verdict(
            page,
            f"«{text}» (line {line}) is shared.",
            (Finding(f"«{text}» is the section of scenario {other} as well; {name} needs its own", seen.at(line)),),
        )
    _, line, text = own[0]
    more = tuple(
        Finding(f"«{again}» answers scenario {name} a second time, after line {line}", seen.at(at))
        for _, at, again in own[1:]
    )
    return Verdict(page, f"Scenario {name} is «{text}», line {line}.", warnings=more)


def section_is_complete(chapter: Chapter, page: Evidence[Page]) -> Verdict:
    """Expect symptoms, diagnosis, solution and escalation, each with content, and a command in the diagnosis."""
    section = _section(page.value, chapter)
    if section is None:
        return _without_section(chapter, page)
    found = parts(section, chapter.document.words)
    findings = _part_findings(chapter, page.value, section, found, CHAPTER_PARTS)
    diagnosis = [part for part in found["diagnosis"] if part.real]
    blocks = {block.line: block for part in diagnosis for block in part.blocks}
    commands = sum(block.kind == "code" and _is_command(block.language, block.text) for block in blocks.values())
    commands += sum(span.line in blocks and _is_call(span.text) for span in page.value.spans)
    if diagnosis and not commands:
        text = "the diagnosis holds no command, so the person on call must invent the commands"
        findings.append(Finding(text, page.value.at(diagnosis[0].line)))
    return Verdict(page, _observed(section, found, CHAPTER_PARTS, commands), tuple(findings))


def tells_both_horizons(chapter: Chapter, page: Evidence[Page]) -> Verdict:
    """Expect immediate and long-term actions in the scenario's section, each with content."""
    section = _section(page.value, chapter)
    if section is None:
        return _without_section(chapter, page)
    found = parts(section, chapter.document.words)
    findings = _part_findings(chapter, page.value, section, found, ACTION_PARTS)
    return Verdict(page, _observed(section, found, ACTION_PARTS), tuple(findings))


def names_what_exists(document: Document, references: Evidence[References]) -> Verdict:
    """Expect every file, anchor, npm script and make target that the document names."""
    seen = references.value
    findings = tuple(
        Finding(f"{reference.kind} `{reference.name}` does not exist", f"{seen.path}:{reference.line}")
        for reference in seen.named
        if not reference.found
    )
    there = len(seen.named) - len(findings)
    aside = [f"{seen.external} web addresses were not asked"] if seen.external else []
    aside += [f"{seen.outside} names lead out of the platform and were not looked at"] if seen.outside else []
    tail = f"; {', '.join(aside)}" if aside else ""
    observed = f"{there} of {len(seen.named)} files, anchors and scripts named exist{tail}."
    return Verdict(references, observed, findings)


def names_every_service(runbook: Document, facts: Evidence[Runbook]) -> Verdict:
    """Expect each service of the manifest by its name, as a word of its own in any case, or by its root."""
    seen = facts.value
    page = seen.page
    lines = [(heading.text, heading.line) for heading in page.headings]
    lines += [(block.text, block.line) for block in page.blocks() if block.kind != "comment"]
    lines.sort(key=lambda told: told[1])
    findings, told = [], []
    for service in seen.services:
        patterns = [r"[\s_-]".join(map(re.escape, service.name.split("-")))]
        patterns += [re.escape(service.root.rstrip("/"))] if service.root.strip("./") else []
        wanted = re.compile(rf"(?<![\w-])(?:{'|'.join(patterns)})(?![\w-])", re.IGNORECASE)
        line = next((line for text, line in lines if wanted.search(text)), None)
        if line is None:
            text = f"service {service.name} is named nowhere, neither by name nor as {service.root}"
            findings.append(Finding(text, page.path))
        else:
            told.append(f"{service.name} (line {line})")
    observed = f"The runbook names {len(told)} of {len(seen.services)} services: {', '.join(told) or 'none'}."
    return Verdict(facts, observed, tuple(findings))


def _sections(page: Page, chapter: Chapter) -> list[tuple[Section, int, str, str]]:
    """Outermost sections whose heading holds a phrase: section, line, heading, and the scenario that claims it too."""
    found: list[tuple[Section, int, str, str]] = []
    phrases = chapter.scenario.headings
    stack = list(reversed(page.sections))
    while stack:
        section = stack.pop()
        phrase = holds(section.heading.text, phrases) if section.heading else ""
        if section.heading is None or not phrase:
            stack += reversed(section.parts)
            continue
        claim = _claimed(section.heading.text, phrase, chapter)
        found.append((section, section.heading.line, section.heading.text, claim))
    exact = [match for match in found if plain(match[2]).lstrip("0123456789 ") in map(plain, phrases)]
    return exact if len(exact) == 1 else found


def _claimed(heading: str, phrase: str, chapter: Chapter) -> str:
    """Another scenario whose phrase in the heading is as long or longer, else ''."""
    others: list[Scenario] = [other for other in chapter.document.scenarios if other is not chapter.scenario]
    for other in others:
        if len(plain(holds(heading, other.headings))) >= len(plain(phrase)):
            return other.name
    return ""


def _section(page: Page, chapter: Chapter) -> Section | None:
    own = [section for section, _, _, other in _sections(page, chapter) if not other]
    return own[0] if own else None


def _without_section(chapter: Chapter, page: Evidence[Page]) -> Verdict:
    observed = f"Scenario {chapter.scenario.name} has no section of its own: see DOC-002, which fails for that."
    return Verdict(page, observed)


def _part_findings(
    chapter: Chapter, page: Page, section: Section, found: dict[str, list[Part]], wanted: tuple[str, ...]
) -> list[Finding]:
    heading = section.heading
    line, title = (heading.line, heading.text) if heading else (1, "")
    findings = []
    for name in wanted:
        label = name.replace("_", "-")
        if not found[name]:
            example = f"{PARTS[name][1].capitalize()}» or «{_russian(name).capitalize()}"
            text = f"«{title}» has no {label} part (a sub-heading or label such as «{example}»)"
            findings.append(Finding(text, page.at(line)))
        elif not any(part.real for part in found[name]):
            part = found[name][0]
            text = f"the {label} part «{part.label}» of «{title}» is empty or a placeholder"
            findings.append(Finding(text, page.at(part.line)))
    return findings


def _russian(name: str) -> str:
    words = [word for word in PARTS[name] if re.match("[а-я]", word)]
    return words[1]


def _observed(
    section: Section, found: dict[str, list[Part]], wanted: tuple[str, ...], commands: int | None = None
) -> str:
    title = section.heading.text if section.heading else ""
    real = {name: [part for part in found[name] if part.real] for name in wanted}
    told = [f"{name.replace('_', '-')} (line {own[0].line})" for name, own in real.items() if own]
    tail = "" if commands is None else f"; {commands} commands in the diagnosis"
    return f"«{title}» tells {', '.join(told) or 'none of its parts'}{tail}."


def _is_call(text: str) -> bool:
    """Whether inline code is a command line: a program that is known, and what it is told."""
    words = text.removeprefix("$ ").removeprefix("sudo ").split()
    return len(words) > 1 and words[0] in PROGRAMS


def _is_command(language: str, text: str) -> bool:
    """Whether a code block holds more than comments, in a language that is run or in none."""
    lines = [line.strip() for line in text.splitlines()]
    said = [line for line in lines if line and not line.startswith(("#", "//", "--")) and not is_stub(line)]
    return bool(said) and (not language or language in COMMAND_LANGUAGES)
