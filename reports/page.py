"""The page that reviewers read, from the ledger: one file that asks no network and runs no script but its own.

What a reader must know stands there as HTML and needs no script; the script feeds the table of all rows from JSON and
writes text nodes only. The Content-Security-Policy names our style and script by their hashes: markup that got in
somewhere could neither run, nor restyle the page, nor load or send anything.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from fixtures.model.ledger import OUTCOMES, Ledger, Row
from reports import summary, table, text, words
from reports.language import ENGLISH, Language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reports.changes import Changes
    from reports.history import Point

TEMPLATES = Path(__file__).parent / "templates"
LONGEST = 2_000  # characters of one value
TRACE = 20_000  # of one traceback
FINDINGS = 50  # of one row
OPEN = 8  # rows of a group that are not folded
CHANGED = 3  # the same of what changed
CODE, PLAIN = Markup("<code>{}</code>"), Markup("{}")
FIRST = 3  # what to do first, on top


NOTHING: dict[str, Any] = {"ledger": None, "first": [], "contents": []}


@dataclass(frozen=True, slots=True)
class Foreign:
    """What pytest reported and no row stands for: a file that could not be collected, a test that is no check."""

    node: str
    result: str
    said: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the page shows and no ledger holds. All text is masked."""

    environment: Mapping[str, str] = field(default_factory=dict)
    foreign: tuple[Foreign, ...] = ()
    traces: Mapping[str, str] = field(default_factory=dict)  # of rows that broke, by node id
    written: str = ""  # who wrote the page and when
    css: str = ""  # pytest-html's --css


def render(
    ledger: Ledger | None,
    *,
    changes: Changes | None = None,
    before: Ledger | None = None,
    history: tuple[Point, ...] = (),
    language: Language = ENGLISH,
    around: Surroundings | None = None,
) -> str:
    """The whole document. `ledger` is None where the run ended before it was written: that page is NO GO.

    `before` is the earlier run that `changes` were told against, `history` the runs of the trend, this one last.
    """
    around = around or Surroundings()
    styles = [source("page.css"), *([around.css.replace("</", "<\\/")] if around.css else [])]
    script = source("page.js")
    title = f"Preflight · {ledger.platform} · {ledger.phase}" if ledger else "Preflight"
    return template().render(
        title=text.line(title, LONGEST),
        policy=policy(styles, script),
        styles=[Markup(style) for style in styles],  # noqa: S704  # ours, or the file that --css names
        script=Markup(script),  # noqa: S704  # ours
        icon="go" if ledger and ledger.go else "no-go",
        lang=language,
        around=around,
        **(_view(ledger, changes, before, history, language) if ledger else NOTHING),
    )


def policy(styles: list[str], script: str) -> str:
    """The Content-Security-Policy: nothing but these styles and this script, and images that are in the page."""
    allowed = " ".join(_digest(style) for style in styles)
    return (
        f"default-src 'none'; script-src {_digest(script)}; style-src {allowed}; img-src data:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _digest(inline: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"


def _view(
    ledger: Ledger,
    changes: Changes | None,
    before: Ledger | None,
    history: tuple[Point, ...],
    language: Language,
) -> dict[str, Any]:
    passed, passed_rest = summary.passed(ledger)
    return {
        "ledger": ledger,
        "before": before,
        "changes": summary.changed(changes) if changes is not None else [],
        "history": history,
        "trend": summary.trend(history),
        "contents": summary.contents(ledger),
        "first": summary.steps(ledger.blockers, FIRST),
        "facts": summary.facts(ledger, language),
        "shares": ledger.counts,
        "counts": words.readiness_counts(ledger),
        "selected_share": summary.selected_share(ledger),
        "bars": summary.bars(ledger),
        "areas": summary.areas(ledger),
        "failures": summary.by_severity(words.failing(ledger)),
        "unverified": summary.by_severity(words.of(ledger, "unverified")),
        "waivers": words.waived(ledger),
        "warnings": summary.by_severity(words.of(ledger, "warn")),
        "attested": summary.attested(ledger),
        "passed": passed,
        "passed_rest": passed_rest,
        "not_selected": words.not_selected(ledger),
        "services": sorted({service for row in ledger.rows for service in row.services}),
        "identified": _identified(ledger),
        "data": Markup(table.render(ledger, language)),  # noqa: S704  # JSON without a `<`
    }


def _identified(ledger: Ledger) -> frozenset[int]:
    """The rows that carry their anchor as id: of two with one name the worse, so that each id is there once."""
    first: dict[str, Row] = {}
    for row in sorted(ledger.rows, key=lambda row: OUTCOMES.index(row.verdict)):
        first.setdefault(text.anchor(row.item, row.target), row)
    return frozenset(map(id, first.values()))


def _printable(value: Any) -> Any:  # noqa: ANN401  # whatever a template prints
    return text.shown(value, LONGEST) if type(value) is str else value


def coded(said: str) -> Markup:
    """Text with what stands between backticks as code."""
    parts = re.split(r"`([^`\n]+)`", text.shown(said, LONGEST))
    return Markup("").join((CODE if place % 2 else PLAIN).format(part) for place, part in enumerate(parts))


@cache
def source(name: str) -> str:
    """A file of `templates/`, as it goes into the page."""
    return (TEMPLATES / name).read_text("utf-8")


def _kept() -> FileSystemBytecodeCache | None:
    """Where the compiled template is kept, beside the modules' bytecode; None where nothing may be written."""
    folder = TEMPLATES.parent / "__pycache__"
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return None
    writable = os.access(folder, os.W_OK) and not sys.dont_write_bytecode
    return FileSystemBytecodeCache(str(folder), "%s.cache") if writable else None


@cache
def template() -> Template:
    """The page's template, compiled when the first page is written."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        bytecode_cache=_kept(),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        words=words,
        summary=summary,
        anchor=text.anchor,
        id=id,
        coded=coded,
        slug=lambda word: word.replace(" ", "-"),
        is_link=lambda said: re.fullmatch(r"https?://[^\s<>\"']+", said) is not None,
        FINDINGS=FINDINGS,
        OPEN=OPEN,
        CHANGED=CHANGED,
        SHOWN=summary.SHARES,
        trace=lambda said: Markup("{}").format(text.shown(said, TRACE)),
    )
    return environment.get_template("page.html.jinja2")
