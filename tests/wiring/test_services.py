"""Which services a row belongs to: what the page filters by."""

from __future__ import annotations

import pytest

from fixtures.manifest import load
from fixtures.wiring.options import DEMO
from fixtures.wiring.targets import VIEWS, services_of

PLATFORM = load(DEMO)


@pytest.mark.parametrize(
    ("view", "target", "services"),
    [
        ("service", "worker", ("worker",)),
        ("binding", "web-ENCRYPTION_KEY", ("web",)),
        ("shared_variable", "ENCRYPTION_KEY", ("web", "worker")),
        ("queue", "agent-jobs", ("web", "worker")),
        ("endpoint", "web-health", ("web",)),
        ("export", "worker-worker_up", ("worker",)),
        ("measured_api", "worker-openrouter", ("worker",)),
        ("log", "worker", ("worker",)),
        ("document", "runbook", ()),
    ],
)
def test_target_names_its_services(view: str, target: str, services: tuple[str, ...]) -> None:
    """A binding, endpoint or metric has one, a shared variable or a queue several, a document none."""
    (found,) = [row for row in VIEWS[view].rows(PLATFORM) if row.name == target]
    assert set(services_of(found)) == set(services)


def test_platform_as_a_whole_is_no_services() -> None:
    """What is asked of the platform is asked of no service."""
    assert services_of(PLATFORM) == ()
