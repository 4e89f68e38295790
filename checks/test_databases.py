"""DBS: the platform's Postgres, asked in a read-only transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from checks.rules import databases as rules
from fixtures.model.verdicts import Verdict

if TYPE_CHECKING:
    from fixtures.model.database import PostgresProbe
    from fixtures.model.platform import Database

Conclude = Callable[[Verdict], None]


@pytest.mark.smoke
@pytest.mark.item(
    "DBS-001",
    severity="critical",
    remediation="Bring the database up, or correct the connection URL on the host; then look at its load.",
)
def test_database_answers_in_budget(database: Database, postgres: PostgresProbe, conclude: Conclude) -> None:
    """The database takes a connection and answers SELECT 1 within its budget.

    One that takes no writes is not up either. Nothing of the platform works without it. The URL is the service's
    own, so a wrong password or name in it is seen here before customers see it.
    """
    conclude(rules.answers_in_budget(database, postgres.answer(database)))


@pytest.mark.smoke
@pytest.mark.item(
    "DBS-002",
    severity="critical",
    remediation="Apply the missing migrations with the project's tool; mend what is half applied first.",
)
def test_every_migration_is_applied(migrated_database: Database, postgres: PostgresProbe, conclude: Conclude) -> None:
    """Every migration in the repository is applied to the database, and none is half applied.

    Code that was deployed before its migration fails on the first query that needs it, often not in the health check.
    A migration that is older than the newest applied one is passed over by tools that only go forward.
    """
    conclude(rules.migrations_applied(migrated_database, postgres.migrations(migrated_database)))


@pytest.mark.smoke
@pytest.mark.item(
    "DBS-003",
    severity="critical",
    remediation="ALTER TABLE … ENABLE ROW LEVEL SECURITY, and add the policies that its readers need.",
)
def test_exposed_tables_have_row_level_security(
    database: Database, postgres: PostgresProbe, conclude: Conclude
) -> None:
    """Every table that the database's API exposes has row-level security.

    The anon key is in every browser: on a table without it, whoever has that key reads and writes all rows.
    Source: supabase.com/docs/guides/database/postgres/row-level-security.
    """
    conclude(rules.guards_what_it_exposes(database, postgres.exposure(database)))


@pytest.mark.smoke
@pytest.mark.item(
    "DBS-004",
    severity="high",
    remediation="Find what holds connections open, shrink pools or put a pooler before it; else raise the limit.",
)
def test_database_has_connections_left(database: Database, postgres: PostgresProbe, conclude: Conclude) -> None:
    """No more than 90 % of the connections that the database allows are in use.

    The last ones go in a burst of load, and then nobody gets in, those who want to look into it included.
    """
    conclude(rules.has_room(database, postgres.connections(database)))


@pytest.mark.smoke
@pytest.mark.item(
    "DBS-005",
    severity="medium",
    remediation="Look at the database's load and slow queries, and at how far its region is from the service's.",
)
def test_small_queries_stay_in_budget(database: Database, postgres: PostgresProbe, conclude: Conclude) -> None:
    """The median of small queries on an open connection stays within its budget.

    A page makes many of them, one after the other, so what each costs is felt many times.
    """
    conclude(rules.queries_in_budget(database, postgres.latency(database)))
