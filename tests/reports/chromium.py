"""The machine's own Chromium, and pages opened in it."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Browser, Dialog, Page, expect, sync_playwright

from fixtures.demo import provision
from tests.loopback import PATIENCE_MS, PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ("chromium", "google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
DESKTOP = {"width": 1280, "height": 900}
AXE = Path(__file__).parents[1] / "axe"
expect.set_options(timeout=PATIENCE_MS)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def launched() -> Iterator[Browser]:
    """One browser, closed at the end."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    assert program, "the machine has no Chromium: run .ci/servers"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET), timeout=PATIENCE_MS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watched:
    """A page, and what it did that nobody asked for."""

    page: Page
    asked: list[str] = field(default_factory=list)  # addresses that it asked for
    trouble: list[str] = field(default_factory=list)  # dialogs, errors, refusals by its policy

    def dismiss(self, dialog: Dialog) -> None:
        """Note a dialog, and close it."""
        self.trouble.append(dialog.message)
        dialog.dismiss()


@contextmanager
def opened(
    browser: Browser, file: Path, fragment: str = "", *, patience: float = PATIENCE_S, **context: Any
) -> Iterator[Watched]:
    """A page in a browser context of its own, loaded whole; `fragment` is what follows the `#`.

    What takes longer than `patience`, in seconds, is a TimeoutError.
    """
    surroundings = browser.new_context(**{"viewport": DESKTOP, **context})
    try:
        surroundings.set_default_timeout(patience * 1000)
        watched = Watched(surroundings.new_page())
        page = watched.page
        page.on("request", lambda request: watched.asked.append(request.url))
        page.on("dialog", watched.dismiss)
        page.on("pageerror", lambda error: watched.trouble.append(str(error)))
        page.on("console", lambda said: watched.trouble.append(said.text) if said.type == "error" else None)
        page.goto(file.as_uri() + (f"#{fragment}" if fragment else ""))
        yield watched
    finally:
        surroundings.close()


def axe() -> str:
    """axe-core's source; installed with npm where it is not there yet."""
    provision.dependencies(AXE, print)
    return (AXE / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def violations(page: Page, source: str) -> list[str]:
    """What axe-core finds wrong, as rule and place. The page's context must bypass its policy."""
    page.evaluate(source)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
