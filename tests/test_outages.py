"""A server that dies under the running demo turns the items that depend on it red or unverified, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.live import Live

if TYPE_CHECKING:
    from pathlib import Path

    from fixtures.model.ledger import Row

Key = tuple[str, str]
METRICS = ("worker_jobs_total", "worker_job_failures_total", "worker_job_duration_seconds")
QUEUE = {(f"QUE-{number:03}", "agent-jobs") for number in range(1, 10)}
REDIS = {(f"QUE-{number:03}", "web-REDIS_URL") for number in range(10, 13)}
HEALTH = {(f"HLT-{number:03}", f"{service}-health") for number in (1, 2) for service in ("worker", "web")}

# What must turn, and what may: an answer that waits for a dead server may or may not stay within its budget.
WORKER = (
    {("HLT-001", "worker-health"), ("HLT-001", "worker-metrics"), ("HLT-002", "worker-health")}
    | {("HLT-006", "worker-health"), ("HLT-011", "worker"), ("QUE-007", "agent-jobs")}
    | {("MET-001", "worker"), ("MET-004", "worker"), ("MET-003", "worker-worker_up"), ("MET-003", "worker-queue_jobs")}
    | {("MET-002", f"worker-{name}") for name in (*METRICS, "worker_up", "queue_jobs")}
    | {("MET-002", "worker-external_request_duration_seconds")}
)
OUTAGES: dict[str, tuple[set[Key], set[Key]]] = {
    "worker": (
        WORKER,
        {
            ("HLT-009", "worker"),
            ("MET-006", "worker"),
            *(("MET-005", f"worker-{api}") for api in ("openrouter", "supabase")),
        },
    ),
    "redis": (
        QUEUE | REDIS | HEALTH | {("MET-003", "worker-worker_up")},
        {(f"HLT-{number:03}", f"{service}-health") for number in (3, 8) for service in ("worker", "web")}
        | {(item, target) for item in ("HLT-001", "HLT-010") for target in ("worker-metrics", "web-jobs")}
        | {("MET-001", "worker"), ("MET-004", "worker"), ("MET-003", "worker-queue_jobs"), ("LOG-007", "worker")}
        | {key for key in WORKER if key[0] == "MET-002"},
    ),
    "postgres": (
        HEALTH | {(f"DBS-{number:03}", "main") for number in range(1, 6)},
        {("HLT-003", "worker-health"), ("HLT-003", "web-health")},
    ),
}


@pytest.mark.parametrize("server", OUTAGES)
def test_outage_turns_exactly_what_depends_on_it(server: str, tmp_path: Path) -> None:
    """The dependents fail or are unverified, each with a cause; all other rows are as they were; nothing crashes."""
    live = Live(tmp_path / server)
    try:
        before = live.run().rows()
        live.kill(server)
        done = live.run()
    finally:
        live.close()
    turned = {key: row for key, row in done.rows().items() if row.verdict != before[key].verdict}
    must, may = OUTAGES[server]
    assert must - turned.keys() == set(), done.output
    assert turned.keys() - must - may == set(), done.output
    assert {key for key in must if turned[key].verdict not in {"fail", "unverified"}} == set()
    assert [row.key for row in turned.values() if not _says_why(row)] == []
    assert done.code == 1
    assert "Traceback" not in done.output


def _says_why(row: Row) -> bool:
    """Whether a row says in one line what was seen."""
    return bool(row.observed) and "\n" not in row.observed and row.verdict != "error"
