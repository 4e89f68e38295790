"""The page in a real browser: what readers do with it, in every light, and what it lets nobody do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, Page, expect

from fixtures.model.ledger import AttestationNote, Ledger
from fixtures.model.verdicts import Finding
from reports import history, page
from reports.changes import compare
from reports.language import language
from tests.loopback import Server, saying
from tests.reports import chromium, sample
from tests.reports.chromium import opened

PHONE = {"width": 320, "height": 640}  # the narrowest that WCAG asks for


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of this file."""
    with chromium.launched() as started:
        yield started


Write = Callable[..., Path]


@pytest.fixture(scope="module")
def write(tmp_path_factory: pytest.TempPathFactory) -> Write:
    """Write a page once for all tests that read it."""
    folder = tmp_path_factory.mktemp("pages")

    def written(name: str, ledger: Ledger, **more: Any) -> Path:
        file = folder / f"{name}.html"
        if not file.exists():
            file.write_text(page.render(ledger, **more), "utf-8")
        return file

    return written


def busy() -> Ledger:
    """Every verdict, several areas and services, more rows than the table shows at once."""
    typical = sample.typical()
    signed = AttestationNote("Ann Ops", "2026-11-01", "https://wiki.example/drill", "2027-02-01", "live")
    rows = [replace(row, services=("worker",) if "worker" in row.target else ("web",)) for row in typical.rows]
    rows += [sample.row("ENV-002", f"web-VALUE_{number}", services=("web",)) for number in range(230)]
    rows += [sample.row("FIL-001", f"file-{number}", "fail", "medium") for number in range(12)]
    rows += [sample.row("BCK-001", "main", "attested", "critical", attestation=signed)]
    return replace(typical, rows=tuple(rows))


def full(write: Write, code: str = "en") -> Path:
    """The busy page with all that may stand on one: changes, trend, tracebacks, foreign tests."""
    ledger = busy()
    passing = (replace(row, verdict="pass") for row in ledger.rows if row.item != "ENV-001")
    before = replace(ledger, rows=tuple(passing), started="2026-11-20T07:00:00Z")
    points = tuple(history.Point(f"2026-11-{day:02d}T07:00:00Z", day % 2 > 0, day / 20, {}) for day in range(1, 15))
    broken = next(row for row in ledger.rows if row.verdict == "error")
    return write(
        f"full-{code}",
        ledger,
        before=before,
        changes=compare(before, ledger),
        history=points,
        language=language(code),
        around=page.Surroundings(
            {"Python": "3.11"},
            (page.Foreign("tests/x.py", "Error", "boom"),),
            {broken.node: "KeyError"},
            "Written today.",
        ),
    )


def listed(opened_page: Page) -> list[str]:
    """The targets in the table, as they stand."""
    return opened_page.locator("tr.row .cell--3").all_inner_texts()


def test_filters_narrow_the_table_and_the_address_tells_them(browser: Browser, write: Write) -> None:
    """Verdict, severity, area, service and search; alone, together, and sent to somebody as a link."""
    with opened(browser, full(write)) as watched:
        view = watched.page
        expect(view.locator("#shown")).to_have_text("1 to 100 of 271, out of 273")
        for name in ("pass", "attested", "warn", "waived", "unverified", "error"):
            view.locator(f"input[value={name}]").uncheck()
        expect(view.locator("#shown")).to_have_text("1 to 15 of 15, out of 273")
        view.get_by_label("Severity").select_option("medium")
        view.locator("[name=area]").select_option("FIL")
        expect(view.locator("#shown")).to_have_text("1 to 12 of 12, out of 273")
        view.get_by_label("Search").fill("FILE-1 fil-001")
        expect(view.locator("#shown")).to_have_text("1 to 3 of 3, out of 273")
        assert listed(view) == ["file-1", "file-10", "file-11"]
        address = view.url
        view.get_by_role("button", name="Reset filters").click()
        expect(view.locator("#shown")).to_have_text("1 to 100 of 271, out of 273")
        view.get_by_label("Service").select_option("worker")
        expect(view.locator("#shown")).to_have_text("1 to 23 of 23, out of 273")
        view.get_by_label("Search").fill("no such thing")
        expect(view.locator("#shown")).to_have_text("No item fits these filters.")
    with opened(browser, full(write), address.partition("#")[2]) as watched:
        assert listed(watched.page) == ["file-1", "file-10", "file-11"]
        expect(watched.page.locator("[name=area]")).to_have_value("FIL")


def test_area_leads_to_its_rows(browser: Browser, write: Write) -> None:
    """A click on an area's name shows its rows in the table."""
    with opened(browser, full(write)) as watched:
        watched.page.locator("[data-area=IMG] a").click()
        expect(watched.page.locator("#shown")).to_have_text("1 to 1 of 1, out of 273")
        expect(watched.page.locator("#results")).to_be_in_viewport()


def test_link_to_a_row_opens_it(browser: Browser, write: Write) -> None:
    """Also one on the table's third page, one that was not selected, and one that is told above."""
    with opened(browser, full(write), "ENV-002-web-VALUE_229") as watched:
        row = watched.page.locator("#row-ENV-002-web-VALUE_229")
        expect(row).to_be_in_viewport()
        expect(row.locator(".toggle")).to_be_focused()
        expect(row.locator(".toggle")).to_have_attribute("aria-expanded", "true")
        expect(watched.page.locator("tr.details")).to_contain_text("3 of 3 places of web-VALUE_229 looked at")
        watched.page.goto(watched.page.url.partition("#")[0] + "#HLT-001-web-health")
        expect(watched.page.locator("#row-HLT-001-web-health .toggle")).to_be_focused()
        watched.page.goto(watched.page.url.partition("#")[0] + "#ENV-999-nothing")
        expect(watched.page.locator("#status")).to_contain_text("no row of this run has that name")
    with opened(browser, full(write), "IMG-004-worker") as watched:
        expect(watched.page.locator("#IMG-004-worker")).to_be_in_viewport()
        expect(watched.page.locator("#row-IMG-004-worker .toggle")).to_have_attribute("aria-expanded", "true")


def test_keyboard_alone_does_it_all(browser: Browser, write: Write) -> None:
    """Skip link, opening and closing a row, sorting, paging: with keys."""
    with opened(browser, full(write)) as watched:
        view = watched.page
        view.keyboard.press("Tab")
        expect(view.locator(".skip")).to_be_focused()
        expect(view.locator(".skip")).to_be_in_viewport()
        view.keyboard.press("Enter")
        expect(view.locator("#main")).to_be_focused()
        toggle = view.locator("tr.row .toggle").first
        toggle.focus()
        view.keyboard.press("Enter")
        expect(view.locator("tr.details")).to_have_count(1)
        view.keyboard.press("Space")
        expect(view.locator("tr.details")).to_have_count(0)
        view.locator("th button", has_text="Target").focus()
        view.keyboard.press("Enter")
        expect(view.locator("th[aria-sort=ascending] button")).to_be_focused()
        assert listed(view) == sorted(listed(view))
        view.keyboard.press("Enter")
        expect(view.locator("th[aria-sort=descending]")).to_have_text("Target")
        assert listed(view) == sorted(listed(view), reverse=True)
        view.locator("#next").press("Enter")
        expect(view.locator("#shown")).to_have_text("101 to 200 of 271, out of 273")
        expect(view.locator("tr.row")).to_have_count(100)


def test_row_is_copied_as_markdown(browser: Browser, write: Write) -> None:
    """For a ticket: verdict, what was expected, found, seen, where and what to do; and it says so."""
    with opened(browser, full(write), permissions=["clipboard-read", "clipboard-write"]) as watched:
        view = watched.page
        view.locator("#IMG-004-worker").get_by_role("button", name="Copy as Markdown").click()
        expect(view.locator("#status")).to_have_text("Copied.")
        assert view.evaluate("navigator.clipboard.readText()") == (
            "**Fail** (high): `IMG-004` `worker`\n\n"
            "- **Expected**: The image runs as an ordinary user.\n"
            "- **Findings**: the final stage runs as root: no USER instruction `services/worker/Dockerfile:18`\n"
            "- **Seen**: 3 of 3 places of worker looked at\n"
            "- **Where**: `services/worker/Dockerfile:12`\n"
            "- **To do**: Set it right, then run the phase again.\n"
            "- **When**: 2026\\-11\\-23 07:29:05 UTC\n"
        )


def test_hostile_row_is_copied_as_text(browser: Browser, write: Write) -> None:
    """What a ticket makes of the copy has no markup, link or heading but ours."""
    with opened(
        browser, write("hostile", sample.hostile()), permissions=["clipboard-read", "clipboard-write"]
    ) as watched:
        view = watched.page
        for copy in view.locator(".hit .tools button").all()[: len(sample.HOSTILE)]:
            copy.evaluate("button => button.click()")
            expect(view.locator("#status")).to_have_text("Copied.")
            tokens = MarkdownIt().parse(view.evaluate("navigator.clipboard.readText()"))
            kinds = {token.type for block in tokens for token in (block, *(block.children or ()))}
            assert kinds <= {
                *("paragraph_open", "paragraph_close", "bullet_list_open", "bullet_list_close", "list_item_open"),
                *("list_item_close", "inline", "text", "text_special", "strong_open", "strong_close", "code_inline"),
            }


def test_page_needs_no_script(browser: Browser, write: Write) -> None:
    """Without JavaScript the summary, failures, unverified and waivers are all there, and so is what passed."""
    ledger = busy()
    with opened(browser, full(write), java_script_enabled=False) as watched:
        view = watched.page
        expect(view.locator(".headline")).to_contain_text("NO GO: 15 items fail")
        for folded in view.locator("#failures details > summary").all():
            folded.click()
        for row in ledger.rows:
            if row.verdict in {"fail", "error", "unverified", "waived", "warn", "attested"}:
                expect(view.locator(f"[id='{row.item}-{row.target}']")).to_be_visible()
        expect(view.locator("#waivers")).to_contain_text("8 days left")
        expect(view.locator("#filters")).to_be_hidden()
        expect(view.locator("#rows")).to_contain_text("predeploy.json", use_inner_text=True)
        view.locator("#passed summary").first.click()
        expect(view.locator("#ENV-001-worker-NAME_7")).to_be_visible()
        assert not watched.trouble


def test_print_is_whole_and_light(browser: Browser, write: Write) -> None:
    """On paper nothing is folded, the table and its buttons are left out, and night is day."""
    with opened(browser, full(write), color_scheme="dark") as watched:
        view = watched.page
        view.emulate_media(media="print")
        for name in ("ENV-002-web-VALUE_229", "FIL-001-file-11", "BCK-001-main"):
            expect(view.locator(f"#{name}")).to_be_visible()
        for name in ("#rows", "nav", ".tools >> nth=0"):
            expect(view.locator(name)).to_be_hidden()
        assert view.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert view.pdf(format="A4").startswith(b"%PDF-")


@pytest.mark.parametrize("name", ["full", "hostile"])
def test_nothing_is_wider_than_a_phone(browser: Browser, write: Write, name: str) -> None:
    """At 320 pixels nothing scrolls sideways, opened rows and folded lists included."""
    file = full(write) if name == "full" else write("hostile", sample.hostile())
    with opened(browser, file, viewport=PHONE) as watched:
        view = watched.page
        view.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        view.evaluate("[...document.querySelectorAll('tr.row .toggle')].slice(0, 12).forEach((one) => one.click())")
        assert view.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        assert view.locator("tr.details").count() == 12


@pytest.mark.parametrize(
    ("code", "scheme", "width"),
    [("en", "light", 1280), ("en", "dark", 1280), ("en", "light", 320), ("ru", "light", 1280)],
)
def test_axe_finds_nothing(browser: Browser, write: Write, code: str, scheme: str, width: int) -> None:
    """WCAG 2.2 AA by axe-core: in daylight, at night, on a phone, in Russian; with folds and rows open."""
    size = {"width": width, "height": 900}
    with opened(browser, full(write, code), color_scheme=scheme, viewport=size, bypass_csp=True) as watched:
        view = watched.page
        view.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        view.locator("tr.row .toggle").first.click()
        assert chromium.violations(view, chromium.axe()) == []


def test_dark_is_dark(browser: Browser, write: Write) -> None:
    """Whoever asks for night gets it."""
    with opened(browser, full(write), color_scheme="dark") as watched:
        red, green, blue = watched.page.evaluate(
            "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
        )
        assert max(red, green, blue) < 64


def test_hostile_ledger_runs_nothing_and_asks_nobody(browser: Browser, write: Write) -> None:
    """Markup, quotes, direction marks and a megabyte in every field stay text, in the page, the table and its rows."""
    file = write("hostile", sample.hostile())
    with opened(browser, file) as watched:
        view = watched.page
        view.evaluate("document.querySelectorAll('tr.row .toggle').forEach((one) => one.click())")
        view.get_by_label("Search").fill("<script>")
        expect(view.locator("tr.row").first).to_contain_text("<script>")
        assert view.evaluate("window.hit") is None
        assert view.evaluate("document.scripts.length") == 2
        assert view.evaluate("document.querySelectorAll('img, iframe, object, [onerror], [onload]').length") == 0
        assert watched.trouble == []
        assert watched.asked == [file.as_uri()]


@pytest.mark.parametrize("guarded", [True, False], ids=["under the policy", "without it"])
def test_injected_markup_cannot_run(browser: Browser, write: Write, tmp_path: Path, guarded: bool) -> None:
    """Were something not escaped, the policy would still stop it: scripts, handlers, styles, requests.

    Without the policy the same markup runs: it is the policy that holds it.
    """
    with Server(saying(200, "window.hit = 1", {"content-type": "text/javascript"})) as outside:
        evil = (
            "<script>window.hit = 1</script><img src=x onerror='window.hit = 1'><svg onload='window.hit = 1'></svg>"
            f"<style>h1 {{ opacity: 0 }}</style><p id=styled style='opacity: 0'>x</p><base href='{outside.url}/base/'>"
            f"<link rel=stylesheet href='{outside.url}/x.css'><script src='{outside.url}/x.js'></script>"
            f"<iframe src='{outside.url}/'></iframe><a id=click href='javascript:window.hit = 1'>x</a>"
        )
        text = full(write).read_text("utf-8").replace('<main id="main"', f'{evil}<main id="main"', 1)
        if not guarded:
            text = text.replace("Content-Security-Policy", "X-Nothing", 1)
        file = tmp_path / "injected.html"
        file.write_text(text, "utf-8")
        with opened(browser, file) as watched:
            view = watched.page
            view.evaluate("document.getElementById('click').click()")
            expect(view.locator("tr.row").first).to_be_visible()
            assert (view.evaluate("window.hit") is None) == guarded
            assert (view.evaluate("document.baseURI") == file.as_uri()) == guarded
            for hidden in ("h1", "#styled"):
                assert view.evaluate(f"getComputedStyle(document.querySelector('{hidden}')).opacity") == str(
                    int(guarded)
                )
            assert (outside.requests == []) == guarded


def test_ten_thousand_rows_stay_in_hand(browser: Browser, write: Write) -> None:
    """The table holds a page of rows at a time, and finds any of them."""
    rows = [
        sample.row(f"ENV-{n % 9 + 1:03d}", f"service-{n}", "fail" if n % 50 == 0 else "pass") for n in range(10_000)
    ]
    ledger = sample.ledger(
        *(replace(row, findings=(Finding("is wrong"),) if row.verdict == "fail" else ()) for row in rows)
    )
    with opened(browser, write("large", ledger), "ENV-009-service-9998") as watched:
        view = watched.page
        expect(view.locator("#row-ENV-009-service-9998 .toggle")).to_be_focused()
        expect(view.locator("#shown")).to_have_text("9,901 to 10,000 of 10,000")
        view.get_by_label("Search").fill("service-4321")
        expect(view.locator("tr.row")).to_have_count(1)
        assert watched.trouble == []
