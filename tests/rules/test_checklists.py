"""DOC-007: which open boxes are critical."""

from __future__ import annotations

import pytest

from checks.rules.checklists import no_critical_box_is_open
from fixtures.model.platform import Document
from tests.rules.papers import outcome, seen, sentences

LIST = Document(name="checklist", file="docs/CHECKLIST.md", kind="checklist")


def ends(text: str) -> str:
    """How the rule ends on a checklist of this text."""
    return outcome(lambda: no_critical_box_is_open(LIST, seen(text, LIST.file)))


@pytest.mark.parametrize(
    "text",
    [
        "- [ ] **Critical:** backups",
        "- [ ] Backups (critical)",
        "* [ ] [BLOCKER] backups",
        "1. [ ] P0: backups",
        "+ [ ] 🔴 backups",
        "- [ ] Backups must be restored once",
        "- [ ] Критично: копии",
        "- [ ] Обязательно проверить копии",
        "- [] P0 backups",
        "- [ ] backups — critical",
        "## Critical\n- [x] a\n- [ ] b",
        "## 🚨 Must have\n- [ ] b",
        "## Критичные проверки\n### База\n- [ ] b",
        "**Critical**\n\n- [ ] b",
        "- [ ] **Critical** things\n  - [x] a\n  - [ ] b",
        "- Blockers:\n  - [ ] b",
        "| Done | Check | Level |\n|---|---|---|\n| [ ] | backups | critical |",
        "## Critical\n\n| | Check |\n|---|---|\n| ☐ | backups |",
        "## Critical\r\n\r\n- [ ] b\r\n",
        "## Critical\n- [x] a\n- [~] b",
        "## Critical\n- [x] a\n- [-] b",
        "## Critical\n\n| Check | Done |\n|---|---|\n| a | ✅ |\n| backups | ❌ |",
        "## Critical\n\n| Check | Done |\n|---|---|\n| backups | ✖️ |",
        "## Critical\n- ✅ a\n- ❌ b",
        "## Критично\n- ✅ a\n- ⬜️ b",
        "## Critical\n\n| Check | Staging | Production |\n|---|---|---|\n| a | ✅ | ❌ |",
        "## Critical\n\n| Check | |\n|---|---|\n| a | ❌ not yet |",
        "## Critical\n\n| Check | Status |\n|---|---|\n| a | In progress |",
        "## Critical\n\n| Check | Status |\n|---|---|\n| a | ✅ |\n| b | |",
        "## Критично\n\n| Пункт | Статус |\n|---|---|\n| a | Готово |\n| b | Нет |",
        "## Критично\n\n| Пункт | Статус |\n|---|---|\n| a | ✅ Готово |\n| b | 🟡 В работе |",
        "## Критично\n\n| Пункт | Готово? |\n|---|---|\n| a | Не готово |",
    ],
)
def test_an_open_critical_box_fails(text: str) -> None:
    """Marks in the item, in its parent, its label or its heading make a box critical, in English and Russian."""
    assert ends(text) == "fail"


@pytest.mark.parametrize(
    "text",
    [
        "- [x] **Critical:** backups\n- [X] P0 restore",
        "## Nice to have\n- [ ] templates",
        "## Критично\n- [х] a\n- [Х] b",
        "## Critical\n\n| Check | Done |\n|---|---|\n| a | ✔️ |",
        "## Critical\n- [x] a\n## Medium\n- [ ] b",
        "## Non-critical\n- [ ] b",
        "## Некритичные\n- [ ] b",
        "## Critical\n- [x] a\n- [ ] (optional) b",
        "- [ ] Необязательно: b",
        "## Critical\n- [x] a\n### Optional\n- [ ] b",
        "## Critical\n- [x] a\n- [ ] ~~dropped~~",
        "| Done | Check |\n|---|---|\n| ✅ | backups (critical) |",
        "- [x] a\n\nNothing critical is open.",
        "- [x] a\n\n```\n- [ ] P0 in a code block\n```",
        "## Critical\n- ✅ a\n- ✔️ b",
        "## Critical\n\n| Check | Status |\n|---|---|\n| **Data** | |\n| No a | Done |\n| b | ✅ 2026-11-20 |",
        "## Критично\n\n| Важность | Пункт | Статус |\n|---|---|---|\n| 🔴 | a | Да |\n| 🟡 | b | 🟢 |",
        "## Critical\n\n| Check | Status |\n|---|---|\n| a | ✅ |\n| b | n/a |\n| c | not needed |",
    ],
)
def test_other_open_boxes_pass(text: str) -> None:
    """Open boxes that are not critical are counted, not held against anybody."""
    assert ends(text) == "pass"


def test_speaking_of_something_critical_warns() -> None:
    """«Critical» as an adjective in the text decides nothing: it is said."""
    assert ends("- [x] a\n- [ ] Tune the critical alert's text") == "warn"


def test_a_list_without_boxes_fails() -> None:
    """Bullets cannot be ticked."""
    assert ends("# Checklist\n- backups\n- alerts\n") == "fail"


def test_the_sentence_counts() -> None:
    """The figures a reviewer signs: boxes, ticked, open, critical."""
    verdict = no_critical_box_is_open(LIST, seen("## Critical\n- [x] a\n## Low\n- [ ] b\n", LIST.file))
    assert verdict.observed == "1 of 2 boxes are ticked; open: 1, critical among them: 0."
    assert not sentences(verdict)
