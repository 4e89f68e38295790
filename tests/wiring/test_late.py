"""Rules wait until a check uses them."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.platforms import SUITE, preflight
from tests.tiny import Tiny

if TYPE_CHECKING:
    from pathlib import Path

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


AWAKE = """
import sys

def pytest_unconfigure():
    rules = {name: module for name, module in sys.modules.items() if name.startswith("checks.rules.")}
    print("awake:", *sorted(name for name, module in rules.items() if type(module).__name__ == "module"))
"""


def test_a_run_wakes_the_rules_of_its_own_items_alone(tmp_path: Path) -> None:
    """Neither pytest's questions to what a file of checks holds nor the suite's own wake the others."""
    tiny = Tiny(tmp_path)
    (tmp_path / "awake.py").write_text(AWAKE, "utf-8")
    path = os.pathsep.join([str(tmp_path), str(SUITE)])
    given = ("-m", "predeploy", f"--platform={tiny.root}", "-p", "awake", "-k", "critical_file")
    done = preflight(*given, reports=tiny.reports, environ={"PYTHONPATH": path})
    assert "awake: checks.rules.files\n" in done.output, done.output
