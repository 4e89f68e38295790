"""A pytest plugin that gives whoever is asked the time they want: `-p tests.patience`. Tests share their machine.

It lengthens the suite's own budgets, and those in the embedded demo's manifest. Those that a test writes stay.
"""

from __future__ import annotations

from functools import partial, partialmethod
from typing import TYPE_CHECKING

import pytest

from fixtures import manifest
from fixtures.model.platform import Platform
from fixtures.probes import postgres, queues
from fixtures.probes.http import probe
from fixtures.probes.postgres.session import exchange
from fixtures.probes.vendors import api
from tests.loopback import PATIENCE_MS, PATIENCE_S
from tests.platforms import DEMO

if TYPE_CHECKING:
    from pathlib import Path

load = manifest.load


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Before the wiring is imported."""
    ask = partialmethod(queues.Queues.__init__, budget_s=PATIENCE_S)
    for place, name, longer in (
        (probe, "SITE_SECONDS", PATIENCE_S),
        (api, "CALL_SECONDS", PATIENCE_S),
        (postgres, "exchange", partial(exchange, questions_s=PATIENCE_S)),
        (queues.Queues, "__init__", ask),
        (manifest, "load", _load),
    ):
        setattr(place, name, longer)


def _load(root: Path) -> Platform:
    """A platform; the embedded demo without haste."""
    platform = load(root)
    if root != DEMO:
        return platform
    tables = platform.tables
    asked, kept = {"budget_ms": PATIENCE_MS, "p95_ms": PATIENCE_MS}, {"budget_ms": PATIENCE_MS, "query_ms": PATIENCE_MS}
    patient = {
        "endpoints": tuple(row.model_copy(update=asked) for row in tables.endpoints),
        "databases": tuple(row.model_copy(update=kept) for row in tables.databases),
    }
    return Platform(root, tables.model_copy(update=patient))
