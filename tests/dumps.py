"""Dumps of the demo's database as pg_dump writes them, with rows of a chosen age."""

from __future__ import annotations

from datetime import datetime, timedelta

TABLES = {
    "orgs": "id integer NOT NULL, name text",
    "agents": "id integer NOT NULL, name text",
    "runs": "job_id text NOT NULL, created_at timestamp with time zone",
}
END = "-- PostgreSQL database dump complete\n"


def dump(moment: datetime, age: timedelta = timedelta(hours=5), **rows: int) -> str:
    """A plain dump. `age` is that of the newest run; `rows` by table, 3 where it says none, no table below 0."""
    parts = ["-- PostgreSQL database dump\n\n-- Dumped from database version 15.8\n\nSET lock_timeout = 0;\n\n"]
    for table, columns in TABLES.items():
        count = rows.get(table, 3)
        if count < 0:
            continue
        parts.append(
            f"CREATE TABLE public.{table} (\n    {columns}\n);\n\nALTER TABLE public.{table} OWNER TO app;\n\n"
        )
        lines = (f"{number + 1}\t{_second(table, number, moment - age)}\n" for number in range(count))
        parts += [f"COPY public.{table} FROM stdin;\n", *lines, "\\.\n\n"]
    return "".join((*parts, END))


def _second(table: str, number: int, newest: datetime) -> str:
    return (newest - timedelta(hours=number)).isoformat() if table == "runs" else f"{table} {number}"
