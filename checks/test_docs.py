"""Documents: what people read on the day is there, complete, true and fresh."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from checks.rules import checklists, docs, freshness, thresholds
from fixtures.model.verdicts import Verdict

if TYPE_CHECKING:
    from datetime import date

    from fixtures.model.document import DocumentsProbe as Documents
    from fixtures.model.platform import Chapter, Document

Conclude = Callable[[Verdict], None]


@pytest.mark.predeploy
@pytest.mark.item("DOC-001", severity="high", remediation="Write the document and commit it.")
def test_document_exists(document: Document, documents: Documents, conclude: Conclude) -> None:
    """A declared document is tracked by git and holds a heading and real text.

    On the day nobody has time to find out that the runbook was never written, or lies on one laptop.
    """
    conclude(docs.exists(document, documents.page(document)))


@pytest.mark.predeploy
@pytest.mark.item("DOC-002", severity="high", remediation="Give the scenario a section whose heading names it.")
def test_runbook_covers_its_scenario(chapter: Chapter, documents: Documents, conclude: Conclude) -> None:
    """A runbook has one section of its own for each scenario that the manifest declares.

    A heading covers a scenario if it holds one of its phrases, in any case, English or Russian.
    """
    conclude(docs.covers_scenario(chapter, documents.page(chapter.document)))


@pytest.mark.predeploy
@pytest.mark.item(
    "DOC-003", severity="medium", remediation="Write the missing part, with the commands that the diagnosis takes."
)
def test_scenario_tells_symptoms_diagnosis_solution_and_escalation(
    chapter: Chapter, documents: Documents, conclude: Conclude
) -> None:
    """A scenario's section tells symptoms, diagnosis with a command to run, solution and escalation.

    Headings alone are easily had: each part must hold content, and the diagnosis a command, in a block or in code.
    """
    conclude(docs.section_is_complete(chapter, documents.page(chapter.document)))


@pytest.mark.predeploy
@pytest.mark.item("DOC-004", severity="medium", remediation="Write what to do at once, and what to do afterwards.")
def test_scenario_tells_immediate_and_long_term_actions(
    chapter: Chapter, documents: Documents, conclude: Conclude
) -> None:
    """A scenario's section tells immediate and long-term actions.

    The first ends the outage, the second the next one; mixed together, neither is done in time.
    """
    conclude(docs.tells_both_horizons(chapter, documents.page(chapter.document)))


@pytest.mark.predeploy
@pytest.mark.item("DOC-005", severity="high", remediation="Mend the path, anchor or script name, or add what it names.")
def test_document_names_only_what_exists(document: Document, documents: Documents, conclude: Conclude) -> None:
    """Every script, path, anchor and npm script that a document names exists in the repository.

    Links are resolved as GitHub does. Web addresses are not asked, and what may be a placeholder is no path.
    """
    conclude(docs.names_what_exists(document, documents.references(document)))


@pytest.mark.predeploy
@pytest.mark.item(
    "DOC-006", severity="medium", remediation="Review the document, then set its review date (and owner)."
)
def test_document_is_fresh(document: Document, documents: Documents, today: date, conclude: Conclude) -> None:
    """A document was reviewed no longer ago than its row allows, and says when; a runbook says who owns it.

    A commit is no review, so git's history does not count.
    """
    conclude(freshness.is_fresh(document, documents.page(document), today))


@pytest.mark.predeploy
@pytest.mark.item("DOC-007", severity="critical", remediation="Do what the box asks and tick it, or do not deploy.")
def test_checklist_has_no_open_critical_box(checklist: Document, documents: Documents, conclude: Conclude) -> None:
    """A checklist has boxes, and no critical one is open."""
    conclude(checklists.no_critical_box_is_open(checklist, documents.page(checklist)))


@pytest.mark.predeploy
@pytest.mark.item("DOC-008", severity="medium", remediation="Say in the runbook what the service is and where it runs.")
def test_runbook_names_every_service(runbook: Document, documents: Documents, conclude: Conclude) -> None:
    """A runbook names every service of the manifest, by its name or its folder.

    A service that the runbook does not know is one nobody on call knows how to restart.
    """
    conclude(docs.names_every_service(runbook, documents.runbook(runbook)))


@pytest.mark.predeploy
@pytest.mark.item("DOC-009", severity="medium", remediation="Quote the manifest's thresholds, or mend the manifest.")
def test_runbook_quotes_the_thresholds_of_the_manifest(
    runbook: Document, documents: Documents, conclude: Conclude
) -> None:
    """A runbook quotes the manifest's thresholds for queue, failed jobs, error rate, p95 and worker, and no others.

    Alerts are made from the manifest: a runbook with other numbers sends people to look for what is not there.
    """
    conclude(thresholds.runbook_quotes_limits(runbook, documents.runbook(runbook)))
