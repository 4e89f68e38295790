"""`python -m reports`: joins ledgers to one report, tells what two differ in, draws a badge."""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fixtures import VERSION
from reports import badge, changes, difference, files, history, jsonfile, merge, page, terminal
from reports.language import CODES, language

if TYPE_CHECKING:
    from fixtures.model.ledger import Ledger

OK, WORSE, MISTAKE = 0, 1, 2
Command = Callable[[argparse.Namespace], int]

MERGE = """
Joins ledgers of one platform, shards of a phase or several phases, and writes every report of the whole:
HTML, JSON, JUnit, SARIF, Markdown and the comment for a pull request.

A row that one part selected and another did not is the former's. The merged gate is never greener than a part: of two
verdicts on one row the worse stays and is told as a problem, problems of a part stay, a part that executed nothing is
a problem, and the strictest part's rules (--strict, --unverified) hold for all.

examples:
  python -m reports merge shard-1.json shard-2.json shard-3.json shard-4.json -o merged
  python -m reports merge reports/predeploy.json reports/smoke.json reports/readiness.json -o sign-off

exit code: 0 the merged gate is open, 1 it is not, 2 nothing was merged
"""
DIFF = """
Tells what changed from one ledger to a later one: what fails anew, can no longer be observed, is no longer declared,
is waived, warns, or was fixed.

example:
  python -m reports diff last-week/predeploy.json reports/predeploy.json

exit code: 0 nothing got worse, 1 something fails anew, is newly unverified or no longer declared, or the gate closed,
2 nothing was compared
"""
BADGE = """
Draws the gate of a ledger as an SVG: green or red, with the counts of what does not pass.

example:
  python -m reports badge reports/smoke.json -o badge.svg

exit code: 0 the badge was drawn, whatever it says; 2 it was not
"""


class Mistake(Exception):
    """Something that the caller can mend, in one sentence."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    given = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    run: Command = given.run
    try:
        return run(given)
    except Mistake as mistake:
        sys.stderr.write(f"{mistake}\n")
        return MISTAKE
    except OSError as error:
        sys.stderr.write(f"{error.filename or 'output'}: {error.strerror}\n")
        return MISTAKE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m reports",
        description="Work on ledgers: the .json files that runs leave in reports/.",
        epilog="Each command explains itself: python -m reports merge --help",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(
        name: str, run: Callable[[argparse.Namespace], int], summary: str, text: str
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(
            name, help=summary, description=text, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        added.set_defaults(run=run)
        return added

    merging = command("merge", _merge, "join shards and phases to one report", MERGE)
    merging.add_argument("ledgers", nargs="+", type=Path, metavar="LEDGER.json", help="ledgers to join")
    merging.add_argument("-o", "--output", required=True, type=Path, metavar="DIR", help="folder for the reports")
    merging.add_argument("--report-lang", choices=CODES, default="en", help="language of the HTML report (default: en)")
    differing = command("diff", _diff, "tell what two runs differ in", DIFF)
    differing.add_argument("old", type=Path, metavar="OLD.json", help="ledger of the earlier run")
    differing.add_argument("new", type=Path, metavar="NEW.json", help="ledger of the later run")
    drawing = command("badge", _badge, "draw the gate as an SVG", BADGE)
    drawing.add_argument("ledger", type=Path, metavar="LEDGER.json", help="ledger to draw")
    drawing.add_argument("-o", "--output", required=True, type=Path, metavar="FILE.svg", help="file to write")
    return parser


def _merge(given: argparse.Namespace) -> int:
    parts = [(str(path), _read(path)) for path in given.ledgers]
    try:
        whole = merge.merge(parts)
    except merge.Unlike as unlike:
        raise Mistake(str(unlike)) from None
    folder: Path = given.output
    written = folder / f"{whole.phase}.json"
    if any(written.exists() and written.samefile(path) for path in given.ledgers):
        raise Mistake(f"{written} is one of the parts, and the merged ledger would take its place: name another folder")
    before = _last(written, whole)
    with warnings.catch_warnings(record=True) as told:
        files.write(whole, folder, before=before, step_summary=os.environ.get("GITHUB_STEP_SUMMARY"))
    history.keep(whole, folder)
    files.replace(folder / f"{whole.phase}.html", _page(whole, before, folder, given.report_lang))
    for note in [*(str(one.message) for one in told), *merge.notes(parts)]:
        sys.stderr.write(f"note: {note}\n")
    _say(line for line, _ in terminal.lines(whole, folder, before))
    return OK if whole.go else WORSE


def _page(whole: Ledger, before: Ledger | None, folder: Path, code: str) -> str:
    spoken = language(code)
    moment = datetime.now(UTC)
    written = f"Preflight {VERSION}, {moment:%Y-%m-%d %H:%M:%S} UTC, {whole.phase}.json"
    return page.render(
        whole,
        changes=changes.compare(before, whole) if before else None,
        before=before,
        history=history.read(whole, folder),
        language=spoken,
        around=page.Surroundings(written=written),
    )


def _diff(given: argparse.Namespace) -> int:
    before, after = _read(given.old), _read(given.new)
    if not changes.comparable(before, after):
        raise Mistake(
            f"{given.old} is of platform {before.platform!r}, {given.new} of {after.platform!r}: nothing to compare"
        )
    found = changes.compare(before, after)
    _say(difference.lines(before, after, found))
    return WORSE if difference.worse(before, after, found) else OK


def _badge(given: argparse.Namespace) -> int:
    files.replace(given.output, badge.render(_read(given.ledger)))
    return OK


def _read(path: Path) -> Ledger:
    try:
        return jsonfile.read(path)
    except ValueError as error:
        raise Mistake(str(error)) from None


def _last(path: Path, whole: Ledger) -> Ledger | None:
    """The ledger that was merged there before, where there is one of this platform."""
    try:
        before = jsonfile.read(path)
    except ValueError:
        return None
    return before if changes.comparable(before, whole) else None


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
