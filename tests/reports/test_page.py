"""The page as HTML: what stands there without a script, and what it lets nobody bring in."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace

import pytest

from fixtures.model.ledger import AttestationNote, Ledger
from fixtures.model.verdicts import Finding
from reports import history, page
from reports.changes import compare
from reports.language import language
from tests.reports import sample
from tests.reports.markup import Markup

SIGNED = AttestationNote("Ann Ops", "2026-11-01", "https://wiki.example/restore-drill", "2027-02-01", "live")


def read(ledger: Ledger | None, **more: object) -> Markup:
    """The page read back."""
    return Markup(page.render(ledger, **more))  # type: ignore[arg-type]


def order(said: str, *parts: str) -> list[int]:
    """Where each part stands."""
    return [said.index(part) for part in parts]


def test_page_leads_with_the_verdict_and_folds_what_passed() -> None:
    """The order in which a reader needs it."""
    said = read(sample.typical()).text
    parts = ("NO GO", "What to do first", "readiness", "Since the last run", "The run itself is faulty", "By area")
    more = ("Failures 4", "Could not be observed 1 Severity", "Waivers, by days left 2 Left", "Warnings 1 Severity")
    last = (
        "Attested, not observed 1 No API",
        "What was not looked at 2 declared",
        "Passed, with their evidence 20 ENV",
    )
    places = order(said.partition("Passed, with")[0] + said.partition("All items")[2], *parts[:4])
    assert places == sorted(places)
    places = order(said, parts[4], parts[5], *more[1:], *last)
    assert places == sorted(places)


def test_headline_says_go_or_not_in_words() -> None:
    """What the gate means for the phase is a sentence of its own."""
    go = sample.ledger(sample.row("A", "x"))
    assert "GO: 1 item passes What was checked may be deployed." in read(go).text
    assert "Do not deploy this." in read(sample.typical()).text
    assert "mend it or roll back" in read(replace(sample.typical(), phase="smoke")).text


def test_readiness_stands_with_all_its_counts() -> None:
    """Declared, selected, executed and each verdict are named, zeros too."""
    said = read(sample.ledger(sample.row("ENV-001", "x"))).text
    assert "1 declared 1 selected 1 executed 1 pass 0 fail 0 error 0 unverified 0 waived 0 warn 0 attested" in said


def test_failures_come_gravest_first() -> None:
    """Critical before high before low, whatever the order of rows."""
    anchors = [name for name in read(sample.typical()).ids if re.match(r"[A-Z]{3}-\d{3}-", name)]
    assert anchors[:4] == ["ENV-004-worker-ENCRYPTION_KEY", "BLD-001-web", "IMG-004-worker", "DOC-001-checklist"]


def test_failure_tells_what_was_expected_seen_where_and_what_to_do() -> None:
    """A card needs no second look elsewhere."""
    said = read(sample.typical()).text
    card = said.partition("Fail high IMG-004")[2].partition("DOC-001")[0]
    for part in (
        "Expected The image runs as an ordinary user.",
        "Seen 3 of 3 places of worker looked at",
        "the final stage runs as root: no USER instruction services/worker/Dockerfile:18",
        "To do Set it right, then run the phase again.",
    ):
        assert part in card


def test_many_targets_of_one_item_are_one_card_and_folded() -> None:
    """Thirty unset variables say once what to do; all thirty are there."""
    rows = [sample.row("ENV-001", f"worker-NAME_{number}", "fail") for number in range(30)]
    markup = read(sample.ledger(*rows))
    assert markup.text.partition("Failures 30")[2].count("Set it right, then run the phase again.") == 1
    assert len([name for name in markup.ids if name.startswith("ENV-001-worker-NAME_")]) == 30
    assert "and 22 more" in markup.text


def test_waivers_come_by_expiry_with_days_left() -> None:
    """The one that ends first is on top, an expired one included."""
    said = read(sample.typical()).text
    assert order(said, "22 days over", "8 days left") == sorted(order(said, "22 days over", "8 days left"))


def test_attested_rows_tell_who_when_and_on_what() -> None:
    """An attestation does not read as an observation, and its evidence is a link only where it is an address."""
    row = sample.row("BCK-001", "main", "attested", attestation=SIGNED)
    markup = read(sample.ledger(row))
    assert "Attested, not observed 1 No API can decide these: a person signed for them" in markup.text
    assert "70 days left 2027-02-01 Attested high BCK-001 main" in markup.text
    assert "Ann Ops 2026-11-01 https://wiki.example/restore-drill" in markup.text
    assert SIGNED.evidence in [attributes.get("href") for _, attributes in markup.elements]
    late = replace(row, verdict="fail", attestation=replace(SIGNED, expires="2026-11-01", state="expired"))
    assert "22 days over expired" in read(sample.ledger(late)).text
    evil = replace(row, attestation=replace(SIGNED, evidence="javascript:alert(1)"))
    links = [attributes.get("href") or "" for _, attributes in read(sample.ledger(evil)).elements]
    assert not [link for link in links if link.startswith("javascript")]


def test_changes_name_the_rows_and_what_they_were() -> None:
    """What fails anew is linked, with its verdict of last time."""
    before = sample.ledger(
        sample.row("ENV-001", "x"), sample.row("ENV-002", "x", "fail"), started="2026-11-20T07:29:05Z"
    )
    after = sample.ledger(sample.row("ENV-001", "x", "fail"), sample.row("ENV-002", "x"))
    markup = read(after, before=before, changes=compare(before, after))
    assert "Since the run of 2026-11-20 07:29:05 UTC: it was NO GO, readiness 50 %." in markup.text
    assert "Fail anew 1 ENV-001 x was: Pass" in markup.text
    assert "Fixed 1 ENV-002 x was: Fail" in markup.text
    links = {attributes.get("href") for tag, attributes in markup.elements if tag == "a"}
    assert {"#ENV-001-x", "#ENV-002-x"} <= links


def test_run_without_a_change_or_an_earlier_one_says_so() -> None:
    """Silence would read as a comparison that found nothing."""
    run = sample.ledger(sample.row("ENV-001", "x"))
    assert "Nothing changed." in read(run, before=run, changes=compare(run, run)).text
    assert "There is no earlier run to compare with." in read(run).text


def test_trend_is_drawn_and_told() -> None:
    """The line has a dot a run, a name, a description, and its figures as a table."""
    points = tuple(history.Point(f"2026-11-0{day}T00:00:00Z", day > 1, day / 10, {}) for day in (1, 2, 3))
    markup = read(sample.ledger(sample.row("A", "x")), history=points)
    assert [tag for tag, _ in markup.elements].count("circle") == 3
    assert "Readiness over the last 3 runs" in markup.text
    assert (
        "2026-11-03 00:00:00 UTC GO 30 % 2026-11-02 00:00:00 UTC GO 20 % 2026-11-01 00:00:00 UTC NO GO 10 %"
        in markup.text
    )
    assert "circle" not in read(sample.ledger(sample.row("A", "x")), history=points[:1]).tags


def test_quiet_run_shows_no_empty_section() -> None:
    """Nothing failed: no heading says so, no list is empty."""
    said = read(sample.ledger(sample.row("ENV-001", "x"))).text
    for heading in ("Failures", "Could not", "Waivers, by", "Warnings", "Attested, not", "not looked at", "faulty"):
        assert heading not in said


def test_traceback_stands_with_the_row_that_broke() -> None:
    """Where the suite itself failed, what pytest said is folded under the card."""
    row = sample.row("ENV-001", "x", "error")
    around = page.Surroundings(traces={row.node: "KeyError: 'name'"})
    assert "Traceback KeyError: 'name'" in read(sample.ledger(row), around=around).text


def test_page_without_a_ledger_is_no_go() -> None:
    """Nothing is claimed where nothing is known."""
    foreign = (page.Foreign("checks/test_env.py", "Error", "SyntaxError"),)
    said = read(None, around=page.Surroundings(foreign=foreign)).text
    assert "NO GO: the run has written no ledger" in said
    assert "Error checks/test_env.py SyntaxError" in said


def test_findings_of_one_row_are_capped_and_counted() -> None:
    """A thousand findings are not a thousand lines."""
    found = tuple(Finding(f"finding {number}") for number in range(page.FINDINGS + 3))
    said = read(sample.ledger(sample.row("A", "x", "fail", findings=found))).text
    assert "and 3 findings more: the ledger has them" in said


def test_policy_names_exactly_our_style_and_script() -> None:
    """Each inline style and script of the page has its hash in the policy, and the policy allows nothing else."""
    text = page.render(sample.typical(), around=page.Surroundings(css="h1 { color: teal }"))
    policy = next(a["content"] for t, a in Markup(text).elements if t == "meta" and "http-equiv" in a) or ""
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    for tag, rule in (("style", "style-src"), ("script", "script-src")):
        inline = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        hashes = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in inline]
        assert rules[rule].split() == [f"'sha256-{digest}'" for digest in hashes]
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert "unsafe" not in policy


def test_page_asks_no_network() -> None:
    """One file: no element names an address, but for links that a reader may follow."""
    for tag, attributes in read(sample.typical()).elements:
        for name in ("src", "href", "action", "data", "poster", "srcset"):
            address = attributes.get(name) or ""
            assert address.startswith(("#", "data:")) or not address, (tag, name, address)


def test_hostile_text_stays_text() -> None:
    """Every value is escaped: no element but the template's, no handler, no style, each closed, each id once."""
    text = page.render(sample.hostile())
    markup = Markup(text)
    assert markup.balanced
    assert not markup.handlers
    assert [tag for tag, _ in markup.elements].count("script") == 2  # the data and ours
    assert not [attributes for _, attributes in markup.elements if "style" in attributes]
    assert len(markup.ids) == len(set(markup.ids))
    assert "\u202e" not in text
    text.encode("utf-8")
    assert len(text) < 1_500_000


def test_data_is_whole_json_and_closes_no_element() -> None:
    """The rows reach the script whole, and no `</script>` in them ends it."""
    text = page.render(sample.hostile())
    held = text.partition('id="data">')[2].partition("</script>")[0]
    assert len(json.loads(held)["rows"]) == len(sample.hostile().rows)


def test_no_color_speaks_alone() -> None:
    """Every verdict that is shown as a colour is a word as well."""
    markup = read(sample.typical())
    classes = [str(attributes.get("class")) for tag, attributes in markup.elements if tag == "span"]
    assert {name.partition("--")[2] for name in classes if "verdict" in name} >= {"fail", "error", "unverified", "warn"}
    for word in ("Fail", "Error", "Unverified", "Warning"):
        assert word in markup.words


@pytest.mark.parametrize("code", ["en", "ru"])
def test_page_says_its_language(code: str) -> None:
    """Readers aloud are told the language of the page, and of what stays English on it."""
    markup = read(sample.typical(), language=language(code))
    assert markup.elements[0] == ("html", {"lang": code})
    english = [attributes for tag, attributes in markup.elements if tag == "span" and attributes.get("lang") == "en"]
    assert bool(english) == (code == "ru")


def test_russian_page_speaks_russian() -> None:
    """Headings, verdicts, titles and remediations of items."""
    row = sample.row(
        "QUE-005",
        "emails",
        "fail",
        title="The queue is not paused.",
        remediation="Find out who paused it and why, then resume the queue.",
    )
    said = read(sample.ledger(row), language=language("ru")).text
    for part in (
        "НЕЛЬЗЯ: 1 требование высокой важности не выполнено",
        "Очередь не приостановлена.",
        "затем возобновите",
    ):
        assert part in said


def test_commands_in_a_remediation_read_as_code() -> None:
    """What stands between backticks is code, and still text."""
    assert page.coded("Run `a <b>` now") == "Run <code>a &lt;b&gt;</code> now"
    assert page.coded("a ` alone") == "a ` alone"
