"""The gate as a user meets it: exit codes, messages, rows that nothing can lose. Real runs of pytest."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from tests.platforms import preflight
from tests.tiny import MANIFEST, WAIVER, Tiny

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """A sound platform."""
    return Tiny(tmp_path)


LICENCE = ("FIL-001", "licence")
REPORTS = tuple(f"predeploy.{ending}" for ending in ("html", "json", "xml", "sarif", "md", "comment.md"))


def test_sound_platform_opens_the_gate_and_leaves_its_reports(tiny: Tiny, tmp_path: Path) -> None:
    """Exit code 0, and page, ledger, JUnit, SARIF, Markdown and comment; the Markdown joins GitHub's step summary."""
    done = tiny.run(environ={"GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")})
    assert done.code == 0, done.output
    assert {file.name for file in done.reports.iterdir() if file.is_file()} == set(REPORTS)
    assert (tmp_path / "summary.md").read_text() == (done.reports / "predeploy.md").read_text()
    assert done.rows()[LICENCE].verdict == "pass"
    assert done.rows()[LICENCE].observed
    assert "Traceback" not in done.output


@pytest.mark.parametrize("parallel", [(), ("-n", "2")], ids=["serial", "xdist"])
def test_finding_closes_the_gate_and_says_what_to_do(tiny: Tiny, parallel: tuple[str, ...]) -> None:
    """Exit code 1; the finding and its remediation stand in the terminal and in every report."""
    tiny.write(LICENSE="")
    done = tiny.run(*parallel)
    assert done.code == 1
    row = done.rows("fail")[LICENCE]
    for text in (row.findings[0].text, row.remediation):
        assert text in done.output
        assert text in (done.reports / "predeploy.xml").read_text()
    assert "licence" in (done.reports / "predeploy.html").read_text()
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--platform={root}/nowhere"], "does not exist"),
        (["--platform={root}/tiny/README.md"], "is a file"),
        (["--platform={root}"], "has no preflight.toml"),
        (["--platform={root}/tiny", "--as-of=tomorrow"], "expected a date"),
        (["--platform={root}/tiny", "--env-file=worker"], "expected SERVICE=PATH"),
        (["--platform={root}/tiny", "--env-file=worker=x"], "no service 'worker'"),
        (["--platform={root}/tiny", "--baseline={root}/none.json"], "does not exist"),
        (["--platform={root}/tiny", "-m", "predploy"], "predploy is no phase. Give predeploy, smoke or readiness"),
        (["--platform={root}/tiny", "-k", "two words"], "-k 'two words': expected end of input"),
    ],
)
@pytest.mark.parametrize("parallel", [(), ("-n", "2")], ids=["serial", "xdist"])
def test_a_mistake_of_the_caller_is_one_message(
    tiny: Tiny, tmp_path: Path, arguments: list[str], expected: str, parallel: tuple[str, ...]
) -> None:
    """Exit code 4, one clear sentence, no traceback, no report."""
    given = [argument.format(root=tmp_path) for argument in arguments]
    done = preflight("-m", "predeploy", *given, *parallel, reports=tiny.reports)
    assert done.code == 4, done.output
    assert expected in done.output
    assert "Traceback" not in done.output
    assert done.ledger is None


def test_broken_manifest_lists_every_mistake(tiny: Tiny) -> None:
    """Exit code 4 and each mistake with its line."""
    tiny.write(**{"preflight.toml": MANIFEST + "colour = 1\n[[service]]\nname = 'a'\n"})
    done = tiny.run()
    assert done.code == 4
    assert "'colour': is not known here" in done.output
    assert "'host': is required and missing" in done.output


def test_help_explains_each_option(tiny: Tiny) -> None:
    """`pytest --help` names every option and what it is for, also where the platform is wrong."""
    done = preflight("--help", reports=tiny.reports, environ={"PREFLIGHT_PLATFORM": "/nowhere"})
    assert done.code == 0
    for option in ("--platform=DIR", "--env-file=SERVICE=PATH", "--unverified", "--as-of", "--reports", "--baseline"):
        assert option in done.output
    assert "a warning fails the run too" in " ".join(done.output.split())
    assert "exit codes: 0 the gate is open; 1 something fails" in done.output


def test_platform_may_come_from_the_environment(tiny: Tiny) -> None:
    """PREFLIGHT_PLATFORM names the platform where the option does not."""
    environ = {"PREFLIGHT_PLATFORM": str(tiny.root)}
    done = preflight("-m", "predeploy", reports=tiny.reports, environ=environ)
    assert done.ledger is not None
    assert done.ledger.platform == "tiny"


@pytest.mark.parametrize("parallel", [(), ("-n", "2")], ids=["serial", "xdist"])
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("setup", "the check itself failed"),
        ("teardown", "cleaning up"),
        ("skip", "the check itself failed"),
        ("silent", "concluded nothing"),
    ],
)
def test_a_fault_of_the_suite_is_an_error_row(tiny: Tiny, fault: str, said: str, parallel: tuple[str, ...]) -> None:
    """Failed set-up, failed clean-up, a skip and a check that concludes nothing are red, and lose no row."""
    sound = set(tiny.run().rows())
    done = tiny.run(*parallel, fault=f"{fault}:FIL-001")
    assert done.code != 0
    assert said in done.rows("error")[LICENCE].observed
    assert set(done.rows()) == sound
    assert "Error" in (done.reports / "predeploy.html").read_text()


def test_a_dead_process_loses_no_row(tiny: Tiny) -> None:
    """A check whose process dies under xdist is an error in the ledger and on the page; the run is red."""
    sound = set(tiny.run().rows())
    done = tiny.run("-n", "2", fault="die:FIL-001")
    assert done.code != 0
    assert set(done.rows()) == sound
    assert "process died" in done.rows("error")[LICENCE].observed
    assert done.ledger is not None
    assert done.ledger.problems
    assert "process died" in (done.reports / "predeploy.html").read_text()


def test_all_processes_dead_is_red(tiny: Tiny) -> None:
    """With no process left that could be restarted, every selected row is an error, none is lost."""
    sound = set(tiny.run().rows())
    done = tiny.run("-n", "1", "--max-worker-restart=0", fault="die:FIL-001")
    assert done.code != 0
    assert set(done.rows()) == sound


@pytest.mark.parametrize("selection", [("-k", "nothing_of_this_name"), ("-m", "smoke")])
def test_a_run_that_selects_nothing_is_red(tiny: Tiny, selection: tuple[str, ...]) -> None:
    """A run without one executed item never passes, and its ledger says what was not selected."""
    done = tiny.run(*selection)
    assert done.code == 5
    assert done.ledger is not None
    assert not done.ledger.go
    assert done.ledger.counts["not selected"] == done.ledger.counts["declared"] > 0


@pytest.mark.parametrize(
    ("fault", "problem"),
    [("interrupt", "the run was interrupted"), ("collect", "checks/test_files.py could not be collected")],
)
def test_a_run_that_ends_early_is_red_and_keeps_its_reports(tiny: Tiny, fault: str, problem: str) -> None:
    """Exit code 2 for Ctrl-C and for checks that cannot be collected; the ledger says why, and is NO GO."""
    done = tiny.run(fault=f"{fault}:FIL-001")
    assert done.code == 2, done.output
    assert done.ledger is not None
    assert not done.ledger.go
    assert problem in done.ledger.problems
    assert problem in done.output
    assert {file.name for file in done.reports.iterdir() if file.is_file()} >= set(REPORTS)


def test_serial_and_parallel_runs_give_the_same_rows(tiny: Tiny) -> None:
    """The ledger does not depend on how many processes ran, but for times."""
    tiny.write(LICENSE="")
    rows = []
    for parallel in ((), ("-n", "2")):
        done = tiny.run(*parallel)
        assert done.ledger is not None
        rows.append([{**row, "seconds": 0, "at": ""} for row in done.ledger.to_json()["rows"]])
    assert rows[0] == rows[1]


def test_what_vanishes_stays_red_until_it_is_accepted(tiny: Tiny) -> None:
    """A row of the last run that is no longer declared is red, run after run, until --baseline=none accepts it."""
    assert tiny.run().code == 0
    tiny.write(**{"preflight.toml": MANIFEST.split('[[file]]\nname = "licence"')[0]})
    for _ in range(2):
        done = tiny.run()
        assert done.code == 1
        assert done.ledger is not None
        assert done.ledger.gone == (LICENCE,)
        assert "--baseline=none" in done.output
    assert tiny.run("--baseline=none").code == 0
    assert tiny.run().code == 0


def test_a_named_baseline_is_compared_with(tiny: Tiny, tmp_path: Path) -> None:
    """--baseline=LEDGER compares with a ledger kept elsewhere; one that is no ledger is said, and red."""
    tiny.run()
    kept = tmp_path / "kept.json"
    kept.write_text((tiny.reports / "predeploy.json").read_text())
    tiny.write(**{"preflight.toml": MANIFEST.split('[[file]]\nname = "licence"')[0]})
    assert "no longer declared" in tiny.run(f"--baseline={kept}").output
    kept.write_text(json.dumps({"schema": 0}))
    done = tiny.run(f"--baseline={kept}")
    assert done.code == 1
    assert "no ledger of this suite" in done.output


def test_run_of_one_file_forgets_no_row_of_the_others(tiny: Tiny) -> None:
    """What it does not collect it declares as not selected; a row that vanished meanwhile is red in the next run."""
    declared = set(tiny.run().rows())
    part = tiny.run("checks/test_docs.py", "checks/test_secrets.py")
    assert set(part.rows()) == declared
    assert part.rows("pass").keys() == {key for key in declared if key[0] == "SEC-001"}
    tiny.write(**{"preflight.toml": MANIFEST.split('[[file]]\nname = "licence"')[0]})
    assert tiny.run("checks/test_secrets.py").code == 0
    done = tiny.run()
    assert done.code == 1
    assert "1 rows of the last run are no longer declared, first FIL-001 licence" in done.output


def test_run_of_one_item_makes_no_old_failure_new(tiny: Tiny) -> None:
    """What a run did not select keeps the verdict that it had, through several of them, for the next comparison."""
    tiny.write(LICENSE="")
    tiny.run()
    for _ in range(2):
        assert tiny.run("-k", "secret").code == 0
    assert tiny.run("checks/test_secrets.py").code == 0
    again = tiny.run()
    assert again.rows()[LICENCE].verdict == "fail"
    assert "nothing changed" in again.output
    tiny.run("-k", "secret")
    tiny.write(LICENSE="MIT\n")
    assert "1 fixed" in tiny.run().output


def test_page_tells_what_changed_since_the_last_run(tiny: Tiny) -> None:
    """What failed anew and what was fixed, in the page's language; the trend has a dot a whole run, none for a part."""
    tiny.run()
    tiny.write(LICENSE="")
    assert "Fail anew" in (tiny.run().reports / "predeploy.html").read_text("utf-8")
    tiny.run("-k", "critical")
    tiny.write(LICENSE="MIT\n")
    failed_at = time.time()
    while int(time.time()) == int(failed_at):  # two runs of one second are one dot
        time.sleep(0.02)
    page = (tiny.run("--report-lang=ru").reports / "predeploy.html").read_text("utf-8")
    assert "Исправлено" in page
    assert page.count("<circle") == len(list((tiny.reports / "history").iterdir()))


def test_a_live_waiver_opens_the_gate_and_is_shown(tiny: Tiny) -> None:
    """A waived row does not fail the run; its owner and expiry stand in the reports."""
    tiny.write(LICENSE="", **{"preflight.toml": MANIFEST + WAIVER})
    done = tiny.run()
    assert done.code == 0, done.output
    row = done.rows("waived")[LICENCE]
    assert row.waiver is not None
    assert (row.waiver.owner, row.waiver.expires, row.waiver.state) == ("legal", "2026-12-31", "live")
    assert "legal" in (done.reports / "predeploy.html").read_text()
    assert '<skipped type="waived" message="live, until 2026-12-31, legal' in (
        done.reports / "predeploy.xml"
    ).read_text("utf-8")


@pytest.mark.parametrize(
    ("licence", "waiver", "item", "said"),
    [
        ("", WAIVER.replace("2026-12-31", "2026-11-22"), "FIL-001", "expired on 2026-11-22"),
        ("MIT\n", WAIVER, "FIL-001", "no longer needed"),
        ("MIT\n", WAIVER.replace("licence", "license"), "WVR-001", "it has"),
        ("MIT\n", WAIVER.replace("FIL-001", "FIL-999"), "WVR-001", "no item FIL-999"),
    ],
    ids=["expired", "unneeded", "unmatched-target", "unmatched-item"],
)
def test_a_waiver_that_excuses_nothing_is_red(tiny: Tiny, licence: str, waiver: str, item: str, said: str) -> None:
    """An expired, unneeded or unmatched waiver fails in one row that says why."""
    tiny.write(LICENSE=licence, **{"preflight.toml": MANIFEST + waiver})
    done = tiny.run()
    assert done.code == 1
    failed = done.rows("fail")
    assert {key[0] for key in failed} == {item}
    assert any(said in str(finding) for row in failed.values() for finding in row.findings)


def test_unverified_fails_unless_it_is_allowed(tiny: Tiny) -> None:
    """What could not be observed is red; --unverified=allow opens the gate and still lists it."""
    variable = '[[service]]\nname = "app"\nhost = "other"\nroot = "."\nruntime = "other"\nenv_file = ".env.prod"\n'
    variable += '[[variable]]\nname = "HOME_PAGE"\nservices = ["app"]\nsecret = false\nplatform_reads = true\n'
    tiny.write(**{"preflight.toml": MANIFEST + variable})
    done = tiny.run()
    assert done.code == 1
    assert "--env-file=app=" in done.rows("unverified")[("ENV-001", "app-HOME_PAGE")].remediation
    allowed = tiny.run("--unverified=allow")
    assert allowed.code == 0, allowed.output
    assert set(allowed.rows("unverified")) == set(done.rows("unverified"))


def test_only_named_checks_are_said_to_be_a_part(tiny: Tiny) -> None:
    """A run of one file of checks says so, and compares nothing with the last run."""
    tiny.run()
    done = tiny.run("checks/test_files.py")
    assert done.ledger is not None
    assert any("only these checks" in said for said in done.ledger.not_looked_at)
    assert done.ledger.gone == ()


def test_declared_tables_that_no_item_looks_at_are_listed(tiny: Tiny) -> None:
    """The report says what the phase did not look at."""
    backup = '[[backup]]\nname = "database"\n'
    tiny.write(**{"preflight.toml": MANIFEST + backup})
    done = tiny.run()
    assert done.ledger is not None
    assert any("[[backup]] database" in said for said in done.ledger.not_looked_at)
