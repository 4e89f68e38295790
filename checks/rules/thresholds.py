"""The runbook quotes the manifest's thresholds: DOC-009."""

from __future__ import annotations

from dataclasses import dataclass
from math import isclose
from typing import TYPE_CHECKING

from checks.rules.quantities import Quote, quotes
from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.rules.limit_words import Level
    from fixtures.model.document import Runbook
    from fixtures.model.platform import Document


@dataclass(frozen=True, slots=True)
class Limit:
    """One threshold of the manifest. `level` is '' for a subject that has one limit only."""

    subject: str
    level: Level
    value: float
    shown: str


def runbook_quotes_limits(runbook: Document, facts: Evidence[Runbook]) -> Verdict:
    """Expect each threshold of the manifest beside its subject, and no limit beside it that contradicts.

    A threshold is told where its number stands in a clause, table cell or list item whose subject it is:
    queue depth, failed jobs, error rate, p95 or worker down, named in the clause, before it in the
    sentence, in the row, column, introducing line or heading. 5 %, 0.05 and 0,05 are one share, 2 s and
    2000 ms one time, 1000, 1,000 and 1 000 one count.

    A number contradicts only where it reads as an upper limit: after «more than», «above», «>», «выше»…
    within 60 characters of its subject, after «warning» or «critical», or in a table's column of that
    title; a level that is named there must be the number's own. Windows («for 5 minutes»), recovery
    («below 1 %») and code blocks are no limits. Several queues share the subject: a number that is one
    queue's limit contradicts none.
    """
    seen = facts.value
    limits = tuple(dict.fromkeys(_limits(seen)))
    told = tuple(quotes(seen.page))
    findings = [
        Finding(f"{limit.subject}{_of(limit.level)}, {limit.shown} in the manifest, is quoted nowhere", seen.page.path)
        for limit in limits
        if not any(_tells(quote, limit) for quote in told)
    ]
    wrong = [quote for quote in told if quote.firm and _contradicts(quote, limits)]
    for quote in {(quote.subject, quote.line, quote.value): quote for quote in wrong}.values():
        expected = " or ".join(dict.fromkeys(limit.shown for limit in _judging(quote, limits)))
        text = f"{quote.subject}{_of(quote.level)} is «{quote.text}» here, the manifest says {expected}"
        findings.append(Finding(text, seen.page.at(quote.line)))
    quoted = [
        f"{limit.subject}{_of(limit.level)} {limit.shown} (line {first.line})"
        for limit in limits
        if (first := next((quote for quote in told if _tells(quote, limit)), None))
    ]
    observed = f"The runbook quotes {len(quoted)} of {len(limits)} thresholds: {', '.join(quoted) or 'none'}."
    return Verdict(facts, observed, tuple(findings))


def _limits(seen: Runbook) -> Iterator[Limit]:
    """What must be told: queue limits and worker down only where the manifest has a queue."""
    defaults = seen.thresholds
    for queue in seen.queues:
        warn = defaults.queue_warn if queue.warn is None else queue.warn
        critical = defaults.queue_critical if queue.critical is None else queue.critical
        failed = defaults.queue_max_failed if queue.max_failed is None else queue.max_failed
        yield Limit("queue depth", "warn", warn, f"{warn} jobs")
        yield Limit("queue depth", "critical", critical, f"{critical} jobs")
        yield Limit("failed jobs", "", failed, f"{failed} jobs")
    yield Limit("error rate", "warn", defaults.error_rate_warn, f"{defaults.error_rate_warn * 100:g} %")
    yield Limit("error rate", "critical", defaults.error_rate_critical, f"{defaults.error_rate_critical * 100:g} %")
    yield Limit("p95", "warn", defaults.p95_warn_ms / 1000, f"{defaults.p95_warn_ms / 1000:g} s")
    yield Limit("p95", "critical", defaults.p95_critical_ms / 1000, f"{defaults.p95_critical_ms / 1000:g} s")
    if seen.queues:
        yield Limit("worker down", "", defaults.worker_down_s, f"{defaults.worker_down_s} s")


def _tells(quote: Quote, limit: Limit) -> bool:
    return quote.subject == limit.subject and isclose(quote.value, limit.value, rel_tol=1e-6)


def _judging(quote: Quote, limits: tuple[Limit, ...]) -> list[Limit]:
    """The limits that a quote is held against; the manifest has no critical number of failed jobs."""
    own = [limit for limit in limits if limit.subject == quote.subject]
    if quote.subject == "failed jobs" and quote.level == "critical":
        return []
    return [limit for limit in own if not quote.level or not limit.level or limit.level == quote.level]


def _contradicts(quote: Quote, limits: tuple[Limit, ...]) -> bool:
    judging = _judging(quote, limits)
    return bool(judging) and not any(_tells(quote, limit) for limit in judging)


def _of(level: Level) -> str:
    return {"warn": " (warning)", "critical": " (critical)", "": ""}[level]
