"""DBS: a database answers, has its migrations, guards what it exposes, and has room."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fixtures.model.database import (
        Answer,
        Connections,
        Exposure,
        Latency,
        MigrationFile,
        Migrations,
        Relation,
        Slots,
    )
    from fixtures.model.platform import Database

WARN_SHARE = 0.7
FAIL_SHARE = 0.9
MOST_FINDINGS = 50


def answers_in_budget(database: Database, told: Evidence[Answer]) -> Verdict:
    """Hold the time to the answer to SELECT 1, the connection included, against the row's budget_ms (inclusive).

    A database that takes no writes from anybody answers in vain; a standby, and a role that only reads, may be meant.
    """
    answer = told.value
    way = ("with TLS" if answer.tls else "without TLS") + (", through a pooler" if answer.pooled else "")
    observed = (
        f"SELECT 1 answered after {answer.total_ms:.0f} ms, {answer.connect_ms:.0f} ms of them for the connection "
        f"{way}; budget {database.budget_ms} ms; PostgreSQL {answer.version}"
    )
    findings = []
    if answer.total_ms > database.budget_ms:
        findings.append(f"the first answer took {answer.total_ms:.0f} ms; expected at most {database.budget_ms} ms")
    if answer.read_only == "database":
        findings.append("it takes no writes: default_transaction_read_only is on, as hosts set it when a disk is full")
    reads = {"standby": "it is a standby, which takes no writes", "role": "the role of the URL only reads"}
    advice = [reads[answer.read_only]] if answer.read_only in reads else []
    return Verdict(
        told,
        observed,
        tuple(Finding(text, told.where) for text in findings),
        tuple(Finding(text, told.where) for text in advice),
    )


def queries_in_budget(database: Database, told: Evidence[Latency]) -> Verdict:
    """Hold the median time of small queries against the row's query_ms (inclusive)."""
    times = told.value.times_ms
    middle = median(times)
    spread = f"median {middle:.1f} ms, slowest {max(times):.1f} ms"
    observed = f"{len(times)} small queries: {spread}; budget {database.query_ms} ms"
    if middle <= database.query_ms:
        return Verdict(told, observed)
    text = f"the median of {len(times)} small queries is {middle:.1f} ms; expected at most {database.query_ms} ms"
    return Verdict(told, observed, (Finding(text, told.where),))


def has_room(database: Database, told: Evidence[Connections]) -> Verdict:
    """Hold the connections in use against each limit: above 70 % warns, above 90 % fails."""
    seen = told.value
    observed = "; ".join(f"{slots.used} of {slots.allowed} connections of {slots.limit} in use" for slots in seen.slots)
    if seen.pooled:
        observed += "; asked through a pooler, whose own limit of clients is not seen"
    full = tuple(_full(slots, told.where) for slots in seen.slots if slots.share > FAIL_SHARE)
    filling = tuple(_full(slots, told.where) for slots in seen.slots if WARN_SHARE < slots.share <= FAIL_SHARE)
    return Verdict(told, observed, full, filling)


def _full(slots: Slots, where: str) -> Finding:
    limit = f"{WARN_SHARE:.0%}" if slots.share <= FAIL_SHARE else f"{FAIL_SHARE:.0%}"
    text = f"{slots.used} of {slots.allowed} connections of {slots.limit} are in use ({slots.share:.0%})"
    return Finding(f"{text}; expected at most {limit}", where)


def migrations_applied(database: Database, told: Evidence[Migrations]) -> Verdict:
    """Hold the repository's migrations against the applied ones, both ways; what is only in the database warns."""
    seen = told.value
    files = seen.folder.files
    if not seen.table or seen.column:
        return Verdict(told, f"{len(files)} migrations in the repository", (_no_table(database, seen),))
    pending = _pending(seen)
    known = frozenset(key for file in files for key in file.keys)
    strays = [applied.name for applied in seen.applied if not applied.keys & known]
    observed = (
        f"{len(files) - len(pending)} of {len(files)} migrations in {database.migrations} are applied, "
        f"by {len(seen.applied)} rows of {seen.table}; the newest in the repository is {files[-1].name}"
    )
    findings = [
        *(
            Finding(f"{name} began and did not finish: the database may hold half of it", seen.table)
            for name in seen.unfinished
        ),
        *_not_applied(seen, pending),
        *_twins(seen),
    ]
    warnings = [
        *_edited(seen),
        *(Finding(f"{name} is applied and not in the repository", seen.table) for name in strays),
        *(
            Finding(f"{name} has no migration's name and is not looked at", str(database.migrations))
            for name in seen.folder.passed_over
        ),
    ]
    return Verdict(told, observed, _capped(findings), _capped(warnings))


def _no_table(database: Database, seen: Migrations) -> Finding:
    if seen.column:
        text = f"{seen.table} has no column {seen.column}; name the one with the versions in migrations_column"
        return Finding(text, database.name)
    tool = f" of {seen.folder.tool}" if seen.folder.tool != "other" else ""
    text = f"no table of applied migrations{tool}; looked for {', '.join(seen.looked_for)}"
    return Finding(f"{text}. Where another tool applies them, name its table in migrations_table", database.name)


def _pending(seen: Migrations) -> list[MigrationFile]:
    applied = frozenset(key for row in seen.applied for key in row.keys)
    return [file for file in seen.folder.files if not file.keys & applied]


def _not_applied(seen: Migrations, pending: list[MigrationFile]) -> Iterator[Finding]:
    missing = {file.path for file in pending}
    newest = max((number for number, file in enumerate(seen.folder.files) if file.path not in missing), default=-1)
    for number, file in enumerate(seen.folder.files):
        if file.path not in missing or file.name in seen.unfinished:
            continue
        late = f", though {seen.folder.files[newest].name}, which is newer, is" if number < newest else ""
        yield Finding(f"{file.name} is not applied{late}", file.path)


def _edited(seen: Migrations) -> Iterator[Finding]:
    """Files that changed after they were applied: the database has what stood there before."""
    applied = {key: row.digest for row in seen.applied for key in row.keys}
    for file in seen.folder.files:
        digest = next((applied[key] for key in file.keys if applied.get(key)), "")
        if digest and file.digest and digest != file.digest:
            yield Finding(f"{file.name} was edited after it was applied", file.path)


def _twins(seen: Migrations) -> Iterator[Finding]:
    """Files that one row stands for: whether both are applied cannot be told, and the tool takes one of them."""
    if seen.folder.tool in ("Prisma", "Drizzle"):  # they name a migration whole
        return
    rows = frozenset(key for row in seen.applied for key in row.keys) if seen.folder.tool == "other" else None
    first: dict[str, MigrationFile] = {}
    for file in seen.folder.files:
        for key in sorted(file.keys):
            before = first.setdefault(key, file)
            if before is not file and (rows is None or key in rows):
                yield Finding(f"{file.name} and {before.name} share the version {key}", file.path)
                break


def guards_what_it_exposes(database: Database, told: Evidence[Exposure]) -> Verdict:
    """Expect row-level security on each table that a role of the API may touch.

    Without a policy it denies all, a policy of `true` guards nothing, and a view with its owner's rights goes
    round it: these warn.
    """
    seen = told.value
    missing = [Finding(f"schema {name} is not in the database", told.where) for name in seen.missing]
    if database.schemas is None and not seen.roles:
        return _unknown_api(database, told)
    own = [relation for relation in seen.relations if not relation.of_extension]
    reached = [relation for relation in own if relation.roles or not seen.roles]
    tables = [relation for relation in reached if relation.kind.endswith("table") and relation.kind != "foreign table"]
    open_tables = [table for table in tables if not table.row_security]
    findings = [*missing, *(Finding(_open_text(table), told.where) for table in open_tables)]
    warnings = [Finding(text, told.where) for relation in reached if (text := _advice(relation))]
    if seen.cut:
        warnings.append(Finding(f"only the first {len(seen.relations)} tables and views were looked at", told.where))
    counts = (
        f"{len(tables) - len(open_tables)} of {len(tables)} exposed tables in {', '.join(seen.schemas) or 'no schema'} "
        f"have row-level security; {len(reached) - len(tables)} views and foreign tables looked at"
    )
    aside = f"; passed over: {len(seen.relations) - len(own)} of extensions"
    aside += f", {len(own) - len(reached)} that neither {' nor '.join(seen.roles)} may touch" if seen.roles else ""
    return Verdict(told, counts + aside, _capped(findings), _capped(warnings))


def _unknown_api(database: Database, told: Evidence[Exposure]) -> Verdict:
    seen = told.value
    tables = [relation for relation in seen.relations if relation.kind in ("table", "partitioned table")]
    guarded = sum(table.row_security for table in tables)
    observed = f"{guarded} of {len(tables)} tables in {', '.join(seen.schemas)} have row-level security"
    text = (
        f"no role {' or '.join(database.api_roles)} exists, so whether an API hands these tables out is not known: "
        "name its roles in api_roles, or write schemas = [] where there is none"
    )
    return Verdict(told, observed, warnings=(Finding(text, told.where),))


def _open_text(table: Relation) -> str:
    return f"{table.name} ({table.kind}) has no row-level security{_by(table)}"


def _by(relation: Relation) -> str:
    return f" and is open to {' and '.join(relation.roles)}" if relation.roles else ""


def _advice(relation: Relation) -> str:
    """A warning about something exposed; "" where there is none."""
    if relation.kind in ("table", "partitioned table"):
        if relation.writers:
            who = " and ".join(relation.writers)
            return f"{relation.name} has a policy of `true` by which {who} may change or delete every row"
        denied = relation.row_security and not relation.policies
        return f"{relation.name} has row-level security and no policy: all its rows are refused" if denied else ""
    if relation.kind == "foreign table":
        return f"{relation.name} is a foreign table{_by(relation)}: row-level security does not reach it"
    if relation.guarded and not relation.invoker:
        read = ", ".join(relation.guarded[:3]) + (" …" if len(relation.guarded) > 3 else "")
        return f"{relation.name} ({relation.kind}) reads {read} with its owner's rights, round row-level security"
    return ""


def _capped(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """As many as a person reads; the rest is counted."""
    found = tuple(findings)
    if len(found) <= MOST_FINDINGS:
        return found
    return (*found[:MOST_FINDINGS], Finding(f"and {len(found) - MOST_FINDINGS} more like these"))
