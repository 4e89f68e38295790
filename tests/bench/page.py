"""What the page costs at 10,000 rows: its size and how soon a reader can use it, against plain pytest-html's.

    python -m tests.bench.page [--rows N] [--repeat N]

Both pages hold the same rows: plain pytest-html gets a test a row, named like it, that prints or raises what the row
tells. `ready` is the time from the navigation to the load event and the next frame, `filter` from the click that
hides what passed to the frame that shows it, `open` the same for a row. Figures are medians; a row in 20 fails.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fixtures.model.verdicts import Finding
from fixtures.wiring.judge import account
from reports import page
from tests.bench.predeploy import PYTEST
from tests.reports import chromium, sample

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from fixtures.model.ledger import Ledger

PLAIN = """
import json, pathlib, pytest
ROWS = json.loads(pathlib.Path(__file__).with_name("rows.json").read_text("utf-8"))

@pytest.mark.parametrize("said, holds", [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_row(said, holds):
    if not holds:
        pytest.fail(said, pytrace=False)
    print(said)
"""
TIMED = """
async (act) => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  if (!act) {
    await frame();
    return performance.now();
  }
  const before = performance.now();
  document.querySelector(act).click();
  await frame();
  return performance.now() - before;
}
"""


@dataclass(frozen=True)
class Cost:
    """Size in MB, times in ms."""

    size: float
    ready: float
    filter: float
    open: float


def ledger(rows: int) -> Ledger:
    """A run of many rows of forty services, a row in 20 failing."""
    found = (Finding("decodes to 16 bytes (32 hex digits), 32 are needed", "services/worker/.env.production:4"),)
    return sample.ledger(
        *(
            replace(
                sample.row(f"ENV-{n % 14 + 1:03d}", f"service-{n % 40}-VALUE_{n}", "pass" if n % 20 else "fail"),
                services=(f"service-{n % 40}",),
                findings=() if n % 20 else found,
            )
            for n in range(rows)
        )
    )


def plain(folder: Path, run: Ledger) -> Path:
    """pytest-html's own page of the same rows."""
    said = [[f"{row.item}-{row.target}", account(row), row.verdict == "pass"] for row in run.rows]
    (folder / "rows.json").write_text(json.dumps(said), "utf-8")
    (folder / "test_rows.py").write_text(PLAIN, "utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
    command = [*PYTEST, "-p", "no:xdist", "--tb=short", "--html=plain.html", "--self-contained-html"]
    subprocess.run(
        command, cwd=folder, stdout=subprocess.DEVNULL, env={**os.environ, "PYTEST_ADDOPTS": ""}, check=False
    )
    return folder / "plain.html"


def cost(browser: Browser, file: Path, filtering: str, opening: str, repeat: int) -> Cost:
    """Medians of several visits, each in a context of its own."""
    visits = []
    for _ in range(repeat):
        with chromium.opened(browser, file, patience=600) as watched:
            visits.append([watched.page.evaluate(TIMED, act) for act in ("", opening, filtering)])
    ready, opened, filtered = (statistics.median(times) for times in zip(*visits, strict=True))
    return Cost(file.stat().st_size / 1e6, ready, filtered, opened)


def main() -> None:
    """Measure both and print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    run = ledger(given.rows)
    with tempfile.TemporaryDirectory() as name, chromium.launched() as browser:
        folder = Path(name)
        page.template()  # compiled once a process
        started = time.perf_counter()
        text = page.render(run)
        print(f"rendered {given.rows:,} rows in {time.perf_counter() - started:.2f} s", flush=True)  # noqa: T201  # its output
        (folder / "ours.html").write_text(text, "utf-8")
        ours = cost(browser, folder / "ours.html", "input[value=pass]", "tr.row .toggle", given.repeat)
        theirs = cost(browser, plain(folder, run), "input[data-test-result=passed]", "td.col-result", given.repeat)
        for title, figures in (("this page", ours), ("pytest-html", theirs)):
            told = f"{figures.size:6.1f} MB  ready {figures.ready:6.0f} ms  filter {figures.filter:6.0f} ms"
            print(f"{title:12} {told}  open {figures.open:6.0f} ms")  # noqa: T201  # as above
        ratios = [f"{name} {getattr(ours, name) / getattr(theirs, name):.2f}" for name in Cost.__dataclass_fields__]
        print(f"ratio: {', '.join(ratios)}")  # noqa: T201  # as above


if __name__ == "__main__":
    main()
