"""Runs of the suite that share their imports: a process that imports once and forks for each run.

A run is pytest.main() in a fresh fork: what a run does to modules, environment or working folder
ends with it. Two hundred twins cost half of what as many interpreters cost.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import subprocess
import sys
from functools import cache
from pathlib import Path

PACKAGES = ("fixtures.model", "fixtures.probes", "checks.rules", "reports")
LIBRARIES = ("xdist.plugin", "pytest_html.plugin", "pytest_metadata.plugin", "tree_sitter_typescript", "yaml")


def serve() -> None:
    """Answer each request on standard input with its run's exit code, until the input closes."""
    import pytest

    for name in LIBRARIES:
        importlib.import_module(name)
    # Not the wiring: pytest rewrites the assertions of its plugins, and says so where it comes too late.
    for package in PACKAGES:
        found = importlib.import_module(package)
        for module in pkgutil.walk_packages(found.__path__, f"{package}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    importlib.import_module("fixtures.probes.secrets.search").plugins()  # loads detect-secrets
    importlib.import_module("reports.page").template()  # compiles it
    gc.freeze()  # what is here already is no garbage of any run
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            os._exit(_run(request, pytest.main))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _run(request: dict[str, object], main: object) -> int:
    with Path(str(request["output"])).open("wb") as output, Path(os.devnull).open("rb") as nothing:
        for stream, descriptor in ((nothing, 0), (output, 1), (output, 2)):
            os.dup2(stream.fileno(), descriptor)
    os.environ.clear()
    os.environ.update(request["environ"])  # type: ignore[call-overload]
    code = int(main(request["arguments"]))  # type: ignore[operator]
    sys.stdout.flush()
    sys.stderr.flush()
    return code


@cache
def _server(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.forks"]
    server = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(server.communicate)  # closes its input, which ends it, and waits
    return server


def run(folder: Path, arguments: list[str], environ: dict[str, str], output: Path) -> int:
    """Run pytest in `folder` with these arguments and this environment; its output goes to a file. The exit code."""
    server = _server(folder)
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps({"arguments": arguments, "environ": environ, "output": str(output)}) + "\n")
    server.stdin.flush()
    answer = server.stdout.readline()
    assert answer, "the process that forks the runs has died"
    return int(answer)


if __name__ == "__main__":
    serve()
