"""ENV-007 and ENV-008: what code reads from the environment, and what the contract declares."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from checks.rules import reads as rules
from fixtures.model.verdicts import Verdict

if TYPE_CHECKING:
    from fixtures.model.platform import Binding, Service
    from fixtures.model.source import SourceProbe

Conclude = Callable[[Verdict], None]


@pytest.mark.predeploy
@pytest.mark.item(
    "ENV-007",
    severity="high",
    remediation="Declare the variable for the service in preflight.toml, or stop reading it.",
)
def test_service_reads_only_declared_variables(
    reading_service: Service, source: SourceProbe, conclude: Conclude
) -> None:
    """A service reads no environment variable that its contract leaves out.

    A variable that nobody declared is a variable that nobody sets in production: the code finds it undefined there
    and works on the author's machine. Names that Node.js, the host or the framework set need no declaration.
    """
    conclude(rules.reads_only_its_contract(reading_service, source.environment(reading_service)))


@pytest.mark.predeploy
@pytest.mark.item(
    "ENV-008",
    severity="medium",
    remediation="Read it, hand it to the schema, drop its row, or set platform_reads = true where a library reads it.",
)
def test_declared_variable_is_read(read_binding: Binding, source: SourceProbe, conclude: Conclude) -> None:
    """A variable that the contract declares for a service is read by the code of that service.

    A schema that names a variable and never gets it validates nothing: the value that operators rotate and guard has
    no effect. A row that nothing reads any more is a secret kept for no reason.
    """
    conclude(rules.is_really_read(read_binding, source.environment(read_binding.service)))
