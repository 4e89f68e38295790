"""The page of a real run: what pytest-html and its neighbours lose or leak is there, or is gone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from fixtures.model.ledger import Ledger, Row
from tests.reports import sample
from tests.reports.markup import Markup

ROOT = Path(__file__).parents[1]
CANARY = "canary-" + "0f1e2d3c"

# Stands in for the recorder: attaches the rows of ledger.json by node id, and hands the ledger over at the end.
STUB = """
import json, os
from pathlib import Path
import pytest
from fixtures.model.ledger import Ledger
from fixtures.wiring.page import LEDGER

FILE = Path(__file__).with_name("ledger.json")
KEPT = Ledger.from_json(json.loads(FILE.read_text("utf-8"))) if FILE.exists() else None
ROWS = {row.node: row for row in KEPT.rows} if KEPT else {}

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report):
    if "PYTEST_XDIST_WORKER" not in os.environ:  # a worker could not send a Row
        report.preflight_row = ROWS.get(report.nodeid)

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

    def entries(self) -> dict[str, list[dict[str, str]]]:
        """The table's entries by node id."""
        return dict(self.markup.data()["tests"])

    def filters(self) -> dict[str, int]:
        """The filters' labels and counts, those with any."""
        shown = re.findall(r'class="filter".*?<span class="\w+">(\d+) (.*?),?</span>', self.page, re.DOTALL)
        return {label: int(count) for count, label in shown if int(count)}


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
    assert (folder / "page.html").exists(), said
    page = (folder / "page.html").read_text("utf-8")
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
    assert whole.markup.data()["title"] == "Preflight · shop · predeploy"


def test_summary_is_there_without_javascript(whole: Run) -> None:
    """Headline, readiness and failures stand in the page as plain HTML."""
    assert "NO GO: 1 critical item fails, 2 checks broke, 1 could not be observed" in whole.markup.text
    assert "ENV-002-fail" in whole.markup.ids
    assert "6 declared" in whole.markup.text


def test_every_row_has_its_entry_and_no_other(whole: Run) -> None:
    """The table holds the ledger's rows, one each, the worst on top."""
    entries = whole.entries()
    assert list(entries) == [
        f"test_it.py::test_{name}" for name in ("skip", "setup", "fail", "unverified", "waived", "pass")
    ]
    assert all(len(shown) == 1 for shown in entries.values())


def test_verdicts_stand_in_words_while_filters_work(whole: Run) -> None:
    """A visible cell says the verdict; the data that pytest-html filters by holds its own words."""
    said = {node.rpartition("_")[2]: shown[0] for node, shown in whole.entries().items()}
    assert ">Unverified<" in "".join(said["unverified"]["resultsTableRow"])
    assert {name: entry["result"] for name, entry in said.items()} == {
        "skip": "Error",
        "setup": "Error",
        "fail": "Failed",
        "unverified": "Failed",
        "waived": "XFailed",
        "pass": "Passed",
    }
    assert whole.filters() == {
        "fail or unverified": 2,
        "error": 2,
        "waived, warning or allowed": 1,
        "pass or attested": 1,
    }


def test_cells_match_the_header(whole: Run) -> None:
    """Each entry has one cell a column, and a value for each column that sorts."""
    head = whole.page.partition('<thead id="results-table-head">')[2].partition("</thead>")[0]
    sorting = re.findall(r'class="sortable" data-column-type="(\w+)"', head)
    for (entry,) in whole.entries().values():
        assert len(entry["resultsTableRow"]) == head.count("<th")
        assert set(sorting) <= set(entry)


def test_opened_row_tells_its_evidence(whole: Run) -> None:
    """The log of a row holds evidence and remediation; output is shown only where the suite broke."""
    logs = {node.rpartition("_")[2]: shown[0]["log"] for node, shown in whole.entries().items()}
    assert "3 of 3 places of pass looked at" in logs["pass"]
    assert "printed by a check" not in whole.page
    assert "a traceback line" not in whole.page
    assert "RuntimeError: set-up broke" in logs["setup"]


def test_page_opens_calm(whole: Run) -> None:
    """Every row is folded when the page opens."""
    assert whole.markup.data()["renderCollapsed"] == ["all"]


def test_environment_holds_a_safe_list(whole: Run) -> None:
    """The environment table names Python, platform and plugins, nothing else."""
    assert set(whole.markup.data()["environment"]) == {"Python", "Platform", "Packages", "Plugins"}


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
    assert list(done.entries()) == [row.node]


@pytest.mark.parametrize("known", [True, False], ids=["with a row", "without a row"])
def test_crashed_process_keeps_its_row(tmp_path: Path, known: bool) -> None:
    """A test whose process died is on the page as an error, whether or not the ledger has a row for it."""
    suite = "import os\ndef test_pass(): pass\ndef test_dies(): os._exit(3)\n"
    kept = [sample.row("ENV-001", "pass", node="test_it.py::test_pass")]
    if known:
        kept.append(sample.row("ENV-002", "dies", "error", node="test_it.py::test_dies"))
    done = run(tmp_path, suite, sample.ledger(*kept, problems=("test process gw0 died",)), "-n", "2")
    (entry,) = done.entries()["test_it.py::test_dies"]
    assert entry["result"] == "Error"
    assert "crashed while running" in entry["log"]
    assert done.filters() == {"error": 1, "pass or attested": 1}
    assert "test process gw0 died" in done.markup.text


def test_all_skipped_is_no_go(tmp_path: Path) -> None:
    """A run that skipped everything does not read as fine."""
    skipped = sample.row("ENV-001", "skip", "error", node="test_it.py::test_skip", at="")
    done = run(tmp_path, "import pytest\ndef test_skip(): pytest.skip('later')\n", sample.ledger(skipped))
    assert "NO GO: 1 check broke, nothing was executed" in done.markup.text
    assert done.filters() == {"error": 1}


def test_page_without_a_ledger_is_no_go(tmp_path: Path) -> None:
    """Where no ledger was written the page says so, and shows what there is."""
    done = run(tmp_path, "def test_pass(): pass\n", None)
    assert "NO GO: the run ended before its ledger was written" in done.markup.text
    assert list(done.entries()) == ["test_it.py::test_pass"]


def test_file_that_cannot_be_collected_is_on_the_page(tmp_path: Path) -> None:
    """A collection error has its entry, and its traceback."""
    done = run(tmp_path, "import nowhere_to_be_found\n", sample.ledger(problems=("test_it.py could not be collected",)))
    (entry,) = done.entries()["test_it.py"]
    assert entry["result"] == "Error"
    assert "nowhere_to_be_found" in entry["log"]


def test_node_ids_are_escaped(tmp_path: Path) -> None:
    """Markup in a test's id stays text, in the cell and in what the script writes."""
    suite = (
        f"import pytest\n@pytest.mark.parametrize('x', [1], ids=[{sample.HOSTILE[1]!r}])\ndef test_it(x): assert 0\n"
    )
    done = run(tmp_path, suite, sample.ledger())
    ((node, (entry,)),) = done.entries().items()
    assert "<img" in node
    cells = Markup("".join(entry["resultsTableRow"]))
    assert cells.balanced
    assert cells.tags <= {"td", "data", "b"}
    assert not cells.handlers


def test_hostile_ledger_runs_nothing_and_breaks_nothing(tmp_path: Path) -> None:
    """Hostile text in every field leaves one script on the page, pytest-html's, and each cell whole."""
    done = run(tmp_path, "def test_pass(): pass\n", sample.hostile())
    assert [tag for tag, _ in done.markup.elements].count("script") == 1
    assert done.markup.handlers == ["onclick"]  # pytest-html's reload button
    assert done.markup.balanced
    assert len(done.markup.ids) == len(set(done.markup.ids))
    for (entry,) in done.entries().values():
        for part in (*entry["resultsTableRow"], entry["log"]):
            cell = Markup(part)
            assert cell.balanced
            assert not cell.handlers
            assert cell.tags <= {"td", "data", "b", "p", "small", "ul", "li", "code", "br"}
        assert "\nE" not in f"\n{entry['log']}"
