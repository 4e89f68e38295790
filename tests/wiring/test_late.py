"""Rules wait until a check uses them."""

from __future__ import annotations

import subprocess
import sys

from tests.platforms import SUITE

PROGRAM = """
import sys
from fixtures.wiring import late
from checks.rules import queues, workflows
assert {"checks.rules.queues", "checks.rules.workflows"} <= set(sys.modules)
assert "depth_within_limits" not in vars(queues)
assert not hasattr(queues, "__path__") and "depth_within_limits" not in vars(queues)
assert queues.depth_within_limits.__module__ == "checks.rules.queues"
assert "depth_within_limits" in vars(queues) and not hasattr(queues, "no_such_rule")
assert type(queues).__name__ == "module" and type(workflows).__name__ == "Waiting"
"""


def test_a_module_of_rules_is_executed_when_it_is_first_used() -> None:
    """Importing it, and asking it for what every module has, leaves it alone; its first rule wakes it, and only it."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=SUITE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
