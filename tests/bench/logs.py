"""What reading a large log costs: time and peak memory of all LOG items' facts, against reading the file alone.

    python -m tests.bench.logs [--mebibytes N]

The log is generated: jobs of a busy worker with a few flaws. Absolute figures hold for the machine of the moment only.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.bench.predeploy import Cost, cost
from tests.platforms import SUITE

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MEMORY_GOAL = 100  # MiB
AT_ONCE = 20  # jobs that run at the same time

READ_ALONE = "import sys\nwith open(sys.argv[1], 'rb') as f:\n    while f.read(1 << 20): pass\n"
SURVEY = """
import sys
from pathlib import Path
from fixtures.manifest import load
from fixtures.model.live import LiveSettings
from fixtures.probes.environment import Environment
from fixtures.probes.files import Files
from fixtures.probes.lines import Lines
from fixtures.probes.lines.sources import Limits
root = Path(sys.argv[1])
platform, files = load(root), Files(root)
room = Lines(platform, files, Environment(platform, files), LiveSettings(), Limits(seconds=3600))
told = room.told(platform.tables.logs[0]).value
assert not told.ended and told.jobs.starts > 1000, told
"""
MANIFEST = """
[platform]
name = "bench"
[[service]]
name = "worker"
host = "other"
root = "."
env_file = ".env"
[[variable]]
name = "API_TOKEN"
services = ["worker"]
[[log]]
name = "log"
service = "worker"
file = "worker.log"
"""


def generate(path: Path, mebibytes: int) -> int:
    """A log of that size: job.start, job.complete, every hundredth job a failure; its number of lines."""
    lines = written = 0
    with path.open("w", encoding="utf-8") as log:
        while written < mebibytes << 20:
            number, ends = lines // 2 // AT_ONCE * AT_ONCE + lines % AT_ONCE, lines // AT_ONCE % 2
            at = (START + timedelta(milliseconds=lines * 7)).isoformat(timespec="milliseconds")
            event = "start" if not ends else "failed" if number % 100 == 0 else "complete"
            entry = {
                "jobId": str(number),
                "jobName": "agent-run",
                "orgId": f"0f8fad5b-d9cb-469f-a165-{number % 5000:012x}",
                "agentId": f"7c9e6679-7425-40de-944b-{number % 900:012x}",
                "attempt": 1,
                **({"duration": 1400} if ends else {}),
                "timestamp": at.replace("+00:00", "Z"),
                "level": "error" if event == "failed" else "info",
                "service": "worker",
                "message": f"job.{event}",
            }
            written += log.write(json.dumps(entry, separators=(",", ":")) + "\n")
            lines += 1
    return lines


def main() -> None:
    """Generate, read alone, read with the room; print both and their ratio."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mebibytes", type=int, default=1024)
    size = options.parse_args().mebibytes
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "preflight.toml").write_text(MANIFEST, "utf-8")
        (root / ".env").write_text("API_TOKEN=not-in-any-line-4711\n", "utf-8")
        lines = generate(root / "worker.log", size)
        alone = cost([sys.executable, "-c", READ_ALONE, str(root / "worker.log")], SUITE)
        room = cost([sys.executable, "-c", SURVEY, folder], SUITE)
    print(f"{size:,} MiB, {lines:,} lines")  # noqa: T201
    for name, spent in (("read alone", alone), ("all LOG items", room)):
        print(f"{name:14}{_shown(spent, size)}")  # noqa: T201
    print(f"{'ratio':14}{room.seconds / alone.seconds:.0f} × reading; memory goal {MEMORY_GOAL} MiB")  # noqa: T201


def _shown(spent: Cost, size: int) -> str:
    return f"{spent.seconds:8.1f} s {size / spent.seconds:8.1f} MiB/s {spent.mebibytes:7.1f} MiB at most"


if __name__ == "__main__":
    main()
