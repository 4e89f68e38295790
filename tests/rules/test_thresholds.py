"""DOC-009: how a runbook quotes limits, and how it contradicts them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.rules.quantities import quotes
from checks.rules.thresholds import runbook_quotes_limits
from fixtures.model.document import Runbook
from fixtures.model.platform import Queue, Service, Thresholds
from fixtures.model.verdicts import Evidence, Verdict
from fixtures.probes.markdown import page
from tests.rules.papers import runbook, sentences

TABLE = """# Runbook
| Metric | Warning | Critical |
|---|---|---|
| Queue depth | > 500 | > 1 000 |
| Failed jobs | 100 | |
| Error rate | 1 % | 5 % |
| p95 | 2 s | 5000 ms |

Page somebody when the worker is down for more than 1 minute.
"""
PROSE = """# Runbook
- We warn when the queue holds more than 500 jobs and page above 1,000.
- More than 100 failed jobs: look at the reasons.
- Warning: error rate above 0.01. Critical: error rate over 5%.
- p95 over 2000 ms (warning) or 5 s (critical).
- Worker down longer than 60 s is an incident.
"""
RUSSIAN = """# Регламент
- В очереди больше 500 задач — предупреждение, больше 1 000 задач — критично.
- Более 100 упавших задач: смотрим причины.
- Доля ошибок выше 1 % или 0,05.
- p95 больше 2 секунд, критично выше 5 с.
- Воркер недоступен дольше минуты.
"""
TRANSPOSED = """# Runbook
| Level | Queue depth | Failed jobs | Error rate | p95 latency | Worker down |
|---|---|---|---|---|---|
| Warning | 500 jobs | 100 | 1% | 2000ms | |
| Critical | 1000 jobs | | 5% | 5s | 60s |
"""
LISTED = """# Runbook
## Thresholds
Queue depth:
- warning: 500
- critical: 1000

Failed jobs:
- warning: 100

Error rate:
1. warning at 1 %
2. critical at 5 %

p95:
* warning 2 s
* critical 5 s

Worker is down: alert after one minute.
"""


def judge(text: str, *queues: Queue, **thresholds: object) -> Verdict:
    """The rule on a runbook of this text, with the default thresholds and a queue."""
    service = Service(name="worker", host="railway", root="services/worker")
    facts = Runbook(
        page("docs/RUNBOOK.md", text),
        (service,),
        queues or (Queue(name="jobs"),),
        Thresholds.model_validate(thresholds),
    )
    return runbook_quotes_limits(runbook(), Evidence("asked", seen=facts))


@pytest.mark.parametrize(
    "text", [TABLE, PROSE, RUSSIAN, TRANSPOSED, LISTED], ids=["table", "prose", "russian", "turned", "list"]
)
def test_every_common_shape_tells_all_eight(text: str) -> None:
    """Tables either way round, prose, lists and Russian quote the same limits."""
    verdict = judge(text)
    assert not verdict.findings, sentences(verdict)
    assert "8 of 8" in verdict.observed


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_ends_do_not_matter(ending: str) -> None:
    """A runbook written on Windows reads the same."""
    assert not judge(TABLE.replace("\n", ending)).findings


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("> 500", "> 800"),
        ("> 1 000", "> 1 500"),
        ("| 100 |", "| 50 |"),
        ("1 %", "2 %"),
        ("5 %", "0.1"),
        ("2 s", "3 s"),
        ("5000 ms", "8000 ms"),
        ("1 minute", "5 minutes"),
    ],
)
def test_a_changed_number_is_missed_and_contradicts(old: str, new: str) -> None:
    """Another number in the runbook is found both as the one that is missing and as the one that contradicts."""
    verdict = judge(TABLE.replace(old, new))
    assert "quoted nowhere" in sentences(verdict)
    assert "the manifest says" in sentences(verdict)


@pytest.mark.parametrize(
    "line",
    [
        "Scale out when the queue depth is above 800.",
        "More than 800 jobs waiting means trouble.",
        "If the queue has more than 800 jobs, page.",
        "Очередь: больше 800 задач — звоним.",
        "Глубина очереди выше 800.",
        "Act on > 20 failed jobs.",
        "An error rate above 3 % wakes somebody.",
        "Доля ошибок свыше 3 процентов.",
        "p95 exceeds 4 seconds.",
        "p95 выше 4 с.",
        "The worker is down for more than 5 minutes.",
        "Воркер не отвечает более 5 минут.",
        "| Alert | Condition |\n|---|---|\n| QueueBacklog | queue depth > 800 for 5m |",
        "| Metric | Warning |\n|---|---|\n| Queue depth | 1000 |",
    ],
)
def test_another_limit_beside_the_right_ones_contradicts(line: str) -> None:
    """A second, different limit for the same thing is a finding with its line."""
    verdict = judge(f"{TABLE}\n{line}\n")
    assert len(verdict.findings) == 1, sentences(verdict)
    assert verdict.findings[0].where.startswith("docs/RUNBOOK.md:1")


@pytest.mark.parametrize(
    "line",
    [
        "Wait until the queue is below 100 jobs.",
        "Restart the worker at most 3 times.",
        "The queue has 2 workers and 5 attempts a job.",
        "Retry failed jobs in batches of 50, no more than 10 attempts each.",
        "p99 above 8 s is not alerted on.",
        "The error rate must stay below 1 % for 30 minutes.",
        "More than 500 jobs wait for 15 minutes: call the owner.",
        "Memory above 80 % slows the queue.",
        "p95 above 2 s for more than 10 minutes is an incident.",
        "After 15 minutes with the worker down, call the head of engineering.",
        "If the worker is down, wait 5 minutes and look again.",
        "Escalate if the queue does not shrink for more than 30 minutes.",
        "HTTP 502 and 503 raise the error rate.",
        "The queue listens on port 6379; scenario 2 of 5.",
        "Keep the last 2000 completed jobs in the queue.",
        "In the last 24 hours the queue took 12000 jobs.",
        "```sh\n[ $queue_depth -gt 800 ] && echo 'queue depth above 800'\n```",
        "Rollback cut the error rate by more than 50 %.",
        "| Queue workers | 2 |\n|---|---|\n| Queue attempts | 5 |",
        "| Metric | Warning | Critical |\n|---|---|---|\n| Queue workers | 2 | 1 |\n| Memory | 80 % | 90 % |",
        "Подождите 5 минут и проверьте очередь ещё раз.",
        "В очереди осталось меньше 50 задач.",
        "Не более 3 попыток на задачу в очереди.",
        "В 2026 году доля ошибок выросла на 3 %.",
    ],
)
def test_other_numbers_are_no_limits(line: str) -> None:
    """Windows, recoveries, attempts, ports and neighbours of the subject contradict nothing."""
    verdict = judge(f"{TABLE}\n{line}\n")
    assert not verdict.findings, sentences(verdict)


def test_a_level_must_have_its_own_number() -> None:
    """Warning and critical exchanged in the table are two contradictions."""
    verdict = judge(TABLE.replace("> 500 | > 1 000", "> 1000 | > 500"))
    assert sentences(verdict).count("the manifest says") == 2


def test_a_row_of_the_manifest_goes_before_the_default() -> None:
    """A queue's own limits are asked, and the default then contradicts."""
    verdict = judge(TABLE, Queue(name="jobs", warn=200))
    assert "200 jobs" in sentences(verdict)


def test_two_queues_may_have_two_limits() -> None:
    """A number that is one queue's limit contradicts none of the others."""
    text = f"{TABLE}\nFor mails the queue depth warns above 50.\n"
    assert not judge(text, Queue(name="jobs"), Queue(name="mails", warn=50)).findings


def test_a_platform_without_queues_needs_no_queue_limits() -> None:
    """What is not declared need not be told."""
    service = Service(name="web", host="vercel", root=".")
    facts = Runbook(page("r.md", "# R\nError rate: 1 % and 5 %.\n\np95: 2 s and 5 s.\n"), (service,), (), Thresholds())
    verdict = runbook_quotes_limits(runbook(), Evidence("asked", seen=facts))
    assert not verdict.findings
    assert "4 of 4" in verdict.observed


def test_an_empty_runbook_tells_nothing() -> None:
    """All eight limits are missed."""
    assert len(judge("# Runbook\n").findings) == 8


@settings(max_examples=150, deadline=None)
@given(
    st.text(
        alphabet=st.sampled_from("0159 .,%|-\n:>()ms#*queue depth failed jobs p95 очередь задач минут"), max_size=300
    )
)
def test_no_text_crashes_the_reading(text: str) -> None:
    """Any text is read to its end."""
    assert all(quote.line >= 1 for quote in quotes(page("x.md", text)))
