"""DOC-001 to DOC-004 and DOC-008: scenarios and their parts, in the shapes people write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checks.rules import docs
from checks.rules.wording import holds, is_stub
from fixtures.model.document import Runbook
from fixtures.model.platform import Chapter, Scenario, Service, Thresholds
from fixtures.model.verdicts import Evidence
from tests.rules.papers import documents, outcome, runbook, seen, sentences, tracked

if TYPE_CHECKING:
    from pathlib import Path

IDLE = Scenario(name="worker-idle", headings=("Worker processes no jobs", "Воркер не обрабатывает задачи"))
FULL = Scenario(name="queue-overflow", headings=("Redis queue overflows", "Очередь переполнена"))
BOOK = runbook(IDLE, FULL)
CHAPTER = Chapter(BOOK, IDLE)

HEADED = """# Runbook
## 1. Worker processes no jobs!
### Symptoms
- jobs wait
### Diagnosis
```sh
curl -s localhost:3001/health
```
### Immediate actions
Restart it.
### Long-term actions
Find the leak.
### Solution
Restart, then look.
### Escalation
Call the platform team.
"""
LABELLED = """# Регламент
## 🔥 Сценарий 1: воркер не обрабатывает задачи
**Симптомы:** задачи ждут

**Диагностика**
1. Смотрим состояние:
   ```bash
   railway logs
   ```

**Решение:**
- **Немедленные действия:** перезапустить
- **Долгосрочные действия:** найти утечку

**Эскалация** — дежурный инженер
"""
ONE_PARAGRAPH = """# Runbook
Worker processes no jobs
------------------------
**Signs:** jobs wait
**How to check:** see the log

    railway logs

**Fix:** restart
**First aid:** restart
**Prevention:** a test
**Who to call:** Ann
"""
TABLED = """# Runbook
## Worker processes no jobs
| Part | What |
|---|---|
| Symptoms | jobs wait |
| Solution | restart |
| Immediate actions | restart |
| Long-term | a test |
| Escalation | Ann |

<details><summary>Diagnosis</summary>

```console
$ railway logs
```

</details>
"""


@pytest.mark.parametrize(
    "text", [HEADED, LABELLED, ONE_PARAGRAPH, TABLED], ids=["headings", "labels", "paragraph", "table"]
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_scenario_is_complete_in_every_common_shape(text: str, ending: str) -> None:
    """Sub-headings, bold labels, setext headings, tables and folded parts all count, with either line end."""
    page = seen(text.replace("\n", ending))
    for rule in (docs.covers_scenario, docs.section_is_complete, docs.tells_both_horizons):
        verdict = rule(CHAPTER, page)
        assert not verdict.findings, sentences(verdict)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("### Symptoms\n- jobs wait\n", "", "no symptoms part"),
        ("- jobs wait", "TODO", "symptoms part «Symptoms»"),
        ("- jobs wait", "...", "symptoms part"),
        ("- jobs wait", "<!-- jobs wait -->", "symptoms part"),
        ("curl -s localhost:3001/health", "# curl", "no command"),
        ("```sh\ncurl -s localhost:3001/health\n```", "Ask the health endpoint.", "no command"),
        ("```sh\ncurl -s localhost:3001/health\n```", '```json\n{"a": 1}\n```', "no command"),
        ("```sh\ncurl -s localhost:3001/health\n```", "Look at `queue depth` and `curl`.", "no command"),
        ("Restart, then look.", "TBD", "solution part"),
        ("Call the platform team.", "", "escalation part"),
        ("Call the platform team.", "| When | Whom |\n|---|---|\n", "escalation part"),
        ("### Escalation", "### Afterword", "no escalation part"),
    ],
)
def test_a_missing_or_empty_part_is_found(old: str, new: str, says: str) -> None:
    """A part that is absent, empty, commented out or a placeholder fails."""
    assert says in sentences(docs.section_is_complete(CHAPTER, seen(HEADED.replace(old, new))))


def test_a_solution_holds_the_actions_that_follow_it() -> None:
    """«Solution:» with both kinds of action under labels of their own is whole, and empty where they are."""
    nested = LABELLED.replace(
        "- **Немедленные действия:** перезапустить", "\n*Немедленные действия:*\n1. перезапустить\n"
    )
    nested = nested.replace("- **Долгосрочные действия:** найти утечку", "*Долгосрочные действия:*\n1. найти утечку")
    for rule in (docs.section_is_complete, docs.tells_both_horizons):
        assert not rule(CHAPTER, seen(nested)).findings, sentences(rule(CHAPTER, seen(nested)))
    bare = seen(nested.replace("1. перезапустить\n", "").replace("1. найти утечку", ""))
    assert sentences(docs.section_is_complete(CHAPTER, bare)).count("is empty or a placeholder") == 1
    assert len(docs.tells_both_horizons(CHAPTER, bare).findings) == 2


def test_a_command_may_stand_in_a_line() -> None:
    """Numbered steps name their commands as inline code."""
    steps = "1. Ask it: `curl -s localhost:3001/health`\n2. Read the answer."
    text = HEADED.replace("```sh\ncurl -s localhost:3001/health\n```", steps)
    assert text != HEADED
    verdict = docs.section_is_complete(CHAPTER, seen(text))
    assert not verdict.findings, sentences(verdict)


@pytest.mark.parametrize(
    ("old", "new"), [("### Immediate actions", "### Actions"), ("Find the leak.", "- [ ] TODO"), ("Restart it.", "—")]
)
def test_a_missing_horizon_is_found(old: str, new: str) -> None:
    """Immediate and long-term actions are asked one by one."""
    assert len(docs.tells_both_horizons(CHAPTER, seen(HEADED.replace(old, new))).findings) == 1


def test_the_manifest_may_add_words() -> None:
    """A team's own word for a part is a word for it."""
    text = HEADED.replace("### Escalation", "### Pager chain")
    own = Chapter(runbook(IDLE, words={"escalation": ("pager chain",)}), IDLE)
    assert docs.section_is_complete(CHAPTER, seen(text)).findings
    assert not docs.section_is_complete(own, seen(text)).findings


def test_an_absent_scenario_fails_once() -> None:
    """DOC-002 says it; DOC-003 and DOC-004 only point there."""
    page = seen("# Runbook\n## Something else\ntext\n")
    assert "no heading holds" in sentences(docs.covers_scenario(CHAPTER, page))
    for rule in (docs.section_is_complete, docs.tells_both_horizons):
        verdict = rule(CHAPTER, page)
        assert not verdict.findings
        assert "DOC-002" in verdict.observed


def test_two_scenarios_do_not_share_a_section() -> None:
    """One heading for two scenarios is the section of neither, unless one phrase is the longer match."""
    text = "# R\n## Worker processes no jobs / Redis queue overflows\ntext\n"
    assert "needs its own" in sentences(docs.covers_scenario(Chapter(BOOK, FULL), seen(text)))
    short = Scenario(name="redis", headings=("redis",))
    book = runbook(short, FULL)
    both = "# R\n## Redis queue overflows\na\n## Redis is gone\nb\n"
    assert "line 4" in docs.covers_scenario(Chapter(book, short), seen(both)).observed
    assert "line 2" in docs.covers_scenario(Chapter(book, FULL), seen(both)).observed


def test_a_second_section_warns() -> None:
    """Two sections for one scenario: the reader may find the wrong one."""
    verdict = docs.covers_scenario(
        CHAPTER, seen("# R\n## Worker processes no jobs (old)\na\n## Worker processes no jobs (new)\n")
    )
    assert not verdict.findings
    assert len(verdict.warnings) == 1


def test_phrases_match_whole_words_in_any_case() -> None:
    """Case, ё, punctuation and numbering do not matter; parts of words and negations do not match."""
    assert holds("3. ВСЁ — упало!", ("все упало",))
    assert holds("Frontend unavailable (502/503)", ("502",))
    assert not holds("Unfixable", ("fix",))
    assert not holds("Non-critical", ("critical",))


@pytest.mark.parametrize(
    "text",
    ["", "...", "TODO", "tbd.", "- [ ] TODO: write", "N/A", "Дописать", "«…»", "Coming soon!", "<имя>", "<your name>"],
)
def test_placeholders_are_stubs(text: str) -> None:
    """What only keeps a place is no content."""
    assert is_stub(text)


@pytest.mark.parametrize(
    "text",
    [
        "Call Ann",
        "Ann <ann@acme.io>",
        "+49 30 1234",
        "Перезапустить",
        "railway logs | grep TODO, then read all of it and decide what is next",
    ],
)
def test_content_is_no_stub(text: str) -> None:
    """Short content is content."""
    assert not is_stub(text)


def test_a_document_needs_git_a_heading_and_text(tmp_path: Path) -> None:
    """An untracked document, one without a heading and one without text fail; an absent one is a fault."""
    words = " ".join(["word"] * 20)
    tracked(
        tmp_path,
        {"docs/RUNBOOK.md": f"\ufeff# Title\n\n{words}\n", "bare.md": words, "thin.md": "# Title\n\nTODO TODO TODO\n"},
    )
    (tmp_path / "new.md").write_text(f"# T\n\n{words}\n")
    probe = documents(tmp_path)

    def ends(file: str) -> str:
        row = runbook(file=file)
        return outcome(lambda: docs.exists(row, probe.page(row)))

    assert ends("docs/RUNBOOK.md") == "pass"
    assert [ends(file) for file in ("bare.md", "thin.md", "new.md", "absent.md")] == ["fail"] * 4


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("# R\nThe worker and the web service.\n", 0),
        ("# R\nSee `services/worker` and services/web/app.\n", 0),
        ("# R\nWORKER, Web\n", 0),
        ("# R\nThe workers and a web-hook.\n", 2),
        ("# R\n<!-- worker web -->\n", 2),
        ("# Worker\n```sh\nrailway logs --service web\n```\n", 0),
    ],
)
def test_services_are_named_by_word_or_folder(text: str, missing: int) -> None:
    """A service is named by its name as a word of its own, or by its root."""
    services = (
        Service(name="worker", host="railway", root="services/worker"),
        Service(name="web", host="vercel", root="services/web"),
    )
    facts = Runbook(seen(text).value, services, (), Thresholds())
    assert len(docs.names_every_service(BOOK, Evidence("asked", seen=facts)).findings) == missing
