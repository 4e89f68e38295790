"""LOG: what services log, read line by line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from checks.rules import lines as rules
from fixtures.model.verdicts import Verdict

if TYPE_CHECKING:
    from fixtures.model.lines import LinesProbe
    from fixtures.model.live import LiveSettings
    from fixtures.model.platform import Log

Conclude = Callable[[Verdict], None]


@pytest.mark.smoke
@pytest.mark.item(
    "LOG-001",
    severity="medium",
    remediation="Write each entry through the logger as one line of JSON; log a stack as a field of it.",
)
def test_log_is_one_object_a_line(log: Log, lines: LinesProbe, conclude: Conclude) -> None:
    """Every line is one JSON object with a timestamp, a level, a service and a message.

    The host splits a log at line ends: a stack trace of twenty lines becomes twenty entries that nobody can search.
    The names that pino, winston, bunyan, Elastic and Google Cloud give these fields are known.
    """
    conclude(rules.is_structured(log, lines.told(log)))


@pytest.mark.smoke
@pytest.mark.item(
    "LOG-002",
    severity="low",
    remediation="Write times with toISOString(); for pino set timestamp: pino.stdTimeFunctions.isoTime.",
)
def test_log_tells_time_in_utc(log: Log, lines: LinesProbe, live_settings: LiveSettings, conclude: Conclude) -> None:
    """Every time in the log is ISO 8601 in UTC.

    On the day, logs of several services are read side by side: a number or a local time puts them out of order.
    And the newest is recent: the log of another month says nothing about what runs now.
    """
    conclude(rules.tells_utc(log, lines.told(log), live_settings.moment))


@pytest.mark.smoke
@pytest.mark.item(
    "LOG-003", severity="medium", remediation="Log jobId and jobName with each event of a job, and orgId and agentId."
)
def test_log_names_the_job_of_each_event(job_log: Log, lines: LinesProbe, conclude: Conclude) -> None:
    """Each event of a job carries its jobId and jobName; an orgId or agentId that a start carries, its end carries too.

    Without them nobody can tell whose job failed, or find the rest of its story.
    """
    conclude(rules.names_its_jobs(job_log, lines.told(job_log)))


@pytest.mark.smoke
@pytest.mark.item(
    "LOG-004",
    severity="medium",
    remediation="Log job.complete or job.failed with a duration on every way out of the processor.",
)
def test_log_ends_every_job_it_starts(job_log: Log, lines: LinesProbe, conclude: Conclude) -> None:
    """Every job.start is followed by a job.complete or job.failed with a duration, unless the log ends first.

    A start without an end is a job that hung or a worker that was killed in the middle of it.
    """
    conclude(rules.ends_its_jobs(job_log, lines.told(job_log)))


@pytest.mark.smoke
@pytest.mark.item(
    "LOG-005",
    severity="critical",
    remediation="Rotate what is named, remove it from the log and its archive, and log the name of a value only.",
)
def test_log_holds_no_secret(log: Log, lines: LinesProbe, conclude: Conclude) -> None:
    """No line holds a credential, and none the value of a secret variable.

    More people and systems read logs than code: whoever may read them could use what stands there.
    Source: OWASP Logging Cheat Sheet, data to exclude.
    """
    conclude(rules.holds_no_secret(log, lines.told(log)))


@pytest.mark.smoke
@pytest.mark.item(
    "LOG-006", severity="low", remediation="Set LOG_LEVEL=info in production, and use the logger's own levels."
)
def test_log_keeps_to_its_levels(log: Log, lines: LinesProbe, conclude: Conclude) -> None:
    """Every level is a known one, and none is below info.

    Alerts and searches go by the level. Debug lines cost money, and are where customers' data gets into logs.
    """
    conclude(rules.keeps_to_its_levels(log, lines.told(log)))


@pytest.mark.smoke
@pytest.mark.item(
    "LOG-007",
    severity="medium",
    remediation="Log the connection's events (ready, error, reconnecting, close); if one was lost, mend Redis first.",
)
def test_log_tells_of_redis_connections(redis_log: Log, lines: LinesProbe, conclude: Conclude) -> None:
    """The events of connections to Redis are logged, and no connection is lost for good.

    A worker without Redis is silent, and so is one without work: only these lines tell them apart.
    """
    conclude(rules.tells_of_redis(redis_log, lines.told(redis_log)))
