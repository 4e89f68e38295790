"""The page of a real run: what pytest-html and its neighbours lose or leak is there, or is gone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.reports import sample
from tests.reports.markup import Markup

if TYPE_CHECKING:
    from fixtures.model.ledger import Ledger, Row

ROOT = Path(__file__).parents[1]
CANARY = "canary-" + "0f1e2d3c"

# Stands in for the recorder: attaches the rows of ledger.json by node id, and hands the ledger over at the end.
STUB = """
import json, os
from pathlib import Path
import pytest
from fixtures.model.ledger import Ledger
from fixtures.wiring.options import RUN
from fixtures.wiring.page import LEDGER

FILE = Path(__file__).with_name("ledger.json")
KEPT = Ledger.from_json(json.loads(FILE.read_text("utf-8"))) if FILE.exists() else None
ROWS = {row.node: row for row in KEPT.rows} if KEPT else {}

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report):
    if "PYTEST_XDIST_WORKER" not in os.environ:  # a worker could not send a Row
        report.preflight_row = ROWS.get(report.nodeid)

def pytest_configure(config):
    if "plain" not in config.option.htmlpath:
        config.stash[RUN] = None  # as in a run of checks

def pytest_sessionfinish(session):
    if KEPT:
        session.config.stash[LEDGER] = KEPT
"""
SUITE = """
import os, pytest

def test_pass(): print("printed by a check")
def test_fail(): assert False, "a traceback line"
def test_unverified(): assert False
def test_waived(): pytest.xfail("waived")
def test_skip(): pytest.skip("no reason good enough")
@pytest.fixture
def broken(): raise RuntimeError("set-up broke")
def test_setup(broken): pass
"""


@dataclass(frozen=True)
class Run:
    """A finished run: its page as text and as markup, and what the terminal said."""

    page: str
    markup: Markup
    terminal: str

    def rows(self) -> list[str]:
        """The tests that the table has rows of, as the page's script takes them."""
        held = self.page.partition('id="data">')[2].partition("</script>")[0]
        return [row[-1] for row in json.loads(held)["rows"]]


def run(folder: Path, suite: str, ledger: Ledger | None, *options: str, env: dict[str, str] | None = None) -> Run:
    """Run a suite in a folder with the page's plugin, and read the page back."""
    (folder / "stub.py").write_text(STUB, "utf-8")
    (folder / "test_it.py").write_text(suite, "utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
    if ledger is not None:
        (folder / "ledger.json").write_text(json.dumps(ledger.to_json()), "utf-8")
    plugins = ("-p", "no:cacheprovider", "-p", "stub", "-p", "fixtures.wiring.page")
    command = [sys.executable, "-m", "pytest", *plugins, "--html=page.html", "--self-contained-html", *options]
    path = os.pathsep.join([str(folder), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PREFLIGHT_"))}
    ended = subprocess.run(
        command, cwd=folder, env={**inherited, "PYTHONPATH": path, **(env or {})}, capture_output=True, text=True
    )
    said = ended.stdout + ended.stderr
    assert ended.returncode in {0, 1, 2}, said
    page = next(folder.glob("*.html")).read_text("utf-8")
    return Run(page, Markup(page), said)


def rows() -> list[Row]:
    """A row for each test of the suite above, as the recorder would conclude."""
    node = "test_it.py::test_"
    return [
        sample.row("ENV-001", "pass", node=f"{node}pass"),
        sample.row("ENV-002", "fail", "fail", "critical", node=f"{node}fail"),
        sample.row("ENV-003", "unverified", "unverified", node=f"{node}unverified"),
        sample.row("ENV-004", "waived", "waived", node=f"{node}waived", waiver=sample.waiver()),
        sample.row("ENV-005", "skip", "error", node=f"{node}skip", observed="the check skipped itself"),
        sample.row("ENV-006", "setup", "error", node=f"{node}setup", observed="the check itself failed"),
    ]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run that has every kind of end."""
    return run(tmp_path_factory.mktemp("whole"), SUITE, sample.ledger(*rows()))


def test_title_names_platform_and_phase(whole: Run) -> None:
    """The page's title and first heading say what was judged."""
    assert '<title id="head-title">Preflight · shop · predeploy</title>' in whole.page
    assert '<h1 id="title">Preflight · shop · predeploy</h1>' in whole.page


def test_pytest_html_writes_the_page(whole: Run) -> None:
    """The writer is named, and neither its script nor its style is left in the page."""
    assert re.search(r"by pytest-html \d+\.\d+\.\d+ from the ledger predeploy\.json", whole.markup.text)
    assert "data-jsonblob" not in whole.page
    assert "innerHTML" not in whole.page


def test_summary_is_there_without_javascript(whole: Run) -> None:
    """Headline, readiness and failures stand in the page as plain HTML."""
    assert "NO GO: 1 critical item fails, 2 checks broke, 1 could not be observed" in whole.markup.text
    assert "ENV-002-fail" in whole.markup.ids
    assert "6 declared" in whole.markup.text


def test_table_holds_the_ledgers_rows_and_no_other(whole: Run) -> None:
    """What pytest-html collected of them is not there a second time."""
    assert whole.rows() == [row.node for row in rows()]
    assert "What no row stands for" not in whole.markup.text


def test_output_is_shown_only_where_the_suite_broke(whole: Run) -> None:
    """A check's prints and assertions stay out of the page; the traceback of a broken one is in its card."""
    assert "3 of 3 places of pass looked at" in whole.markup.text
    assert "printed by a check" not in whole.page
    assert "a traceback line" not in whole.page
    assert "RuntimeError: set-up broke" in whole.markup.text


def test_environment_holds_a_safe_list(whole: Run) -> None:
    """The environment names Python, platform and plugins, nothing else."""
    told = whole.page.partition('id="environment"')[2].partition("</dl>")[0]
    assert re.findall(r"<dt>(\w+)</dt>", told) == ["Python", "Platform", "Packages", "Plugins"]


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["serial", "xdist"])
def test_no_ci_variable_reaches_page_or_terminal(tmp_path: Path, workers: tuple[str, ...]) -> None:
    """pytest-metadata's CI variables, --metadata and late additions are nowhere, with and without xdist."""
    suite = f"def test_pass(metadata): metadata['late'] = {CANARY[:7]!r} + {CANARY[7:]!r}\n"
    row = sample.row("ENV-001", "pass", node="test_it.py::test_pass")
    ci = {
        "BUILD_URL": f"https://user:{CANARY}@ci.example",
        "GIT_URL": CANARY,
        "JENKINS_HOME": CANARY,
        "BUILD_ID": CANARY,
    }
    done = run(tmp_path, suite, sample.ledger(row), "-vv", "--metadata", "token", CANARY, *workers, env=ci)
    assert CANARY not in done.page
    assert CANARY not in done.terminal
    assert done.rows() == [row.node]


@pytest.mark.parametrize("known", [True, False], ids=["with a row", "without a row"])
def test_crashed_process_keeps_its_row(tmp_path: Path, known: bool) -> None:
    """A test whose process died is on the page as an error, whether or not the ledger has a row for it."""
    suite = "import os\ndef test_pass(): pass\ndef test_dies(): os._exit(3)\n"
    kept = [sample.row("ENV-001", "pass", node="test_it.py::test_pass")]
    if known:
        kept.append(sample.row("ENV-002", "dies", "error", node="test_it.py::test_dies"))
    done = run(tmp_path, suite, sample.ledger(*kept, problems=("test process gw0 died",)), "-n", "2")
    assert done.markup.text.count("crashed while running 'test_it.py::test_dies'") == 1
    assert ("What no row stands for" in done.markup.text) == (not known)
    assert "test process gw0 died" in done.markup.text


def test_all_skipped_is_no_go(tmp_path: Path) -> None:
    """A run that skipped everything does not read as fine."""
    skipped = sample.row("ENV-001", "skip", "error", node="test_it.py::test_skip", at="")
    done = run(tmp_path, "import pytest\ndef test_skip(): pytest.skip('later')\n", sample.ledger(skipped))
    assert "NO GO: 1 check broke, nothing was executed" in done.markup.text


def test_page_without_a_ledger_is_no_go(tmp_path: Path) -> None:
    """Where no ledger was written the page says so, and shows what there is."""
    done = run(tmp_path, "def test_pass(): pass\n", None)
    assert "NO GO: the run has written no ledger" in done.markup.text
    assert "Passed test_it.py::test_pass" in done.markup.text


def test_other_tests_keep_pytest_htmls_own_page(tmp_path: Path) -> None:
    """Whoever runs tests that are no checks with --html gets the page that they know."""
    assert "data-jsonblob" in run(tmp_path, "def test_pass(): pass\n", None, "--html=plain.html").page


def test_file_that_cannot_be_collected_is_on_the_page(tmp_path: Path) -> None:
    """A collection error has its entry, and its traceback."""
    done = run(tmp_path, "import nowhere_to_be_found\n", sample.ledger(problems=("test_it.py could not be collected",)))
    assert "What no row stands for 1 Error test_it.py" in done.markup.text
    assert "No module named 'nowhere_to_be_found'" in done.markup.text


def test_node_ids_are_escaped(tmp_path: Path) -> None:
    """Markup in a test's id stays text, though pytest-html itself does not escape it."""
    suite = (
        f"import pytest\n@pytest.mark.parametrize('x', [1], ids=[{sample.HOSTILE[1]!r}])\ndef test_it(x): assert 0\n"
    )
    done = run(tmp_path, suite, sample.ledger())
    assert f"test_it.py::test_it[{sample.HOSTILE[1]}]" in done.markup.text
    assert "img" not in done.markup.tags
    assert not done.markup.handlers


def test_report_lang_is_the_language_of_the_page(tmp_path: Path) -> None:
    """--report-lang=ru, and an own stylesheet by pytest-html's --css, under the policy."""
    (tmp_path / "own.css").write_text("h1 { letter-spacing: 1px }", "utf-8")
    row = sample.row("ENV-001", "pass", node="test_it.py::test_pass")
    options = ("--report-lang=ru", "--css=own.css")
    done = run(tmp_path, "def test_pass(): pass\n", sample.ledger(row), *options)
    assert "МОЖНО: 1 требование выполнено" in done.markup.text
    assert "<style>h1 { letter-spacing: 1px }</style>" in done.page
    policy = next(a["content"] for t, a in done.markup.elements if t == "meta" and "http-equiv" in a) or ""
    assert policy.partition("style-src")[2].partition(";")[0].count("sha256-") == 2
