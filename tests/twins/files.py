"""Edits of the files themselves."""

from __future__ import annotations

from tests.platforms import Copy, Twin

MIGRATION = "supabase/migrations/20260302101500_create_agents.sql"
CONFLICT = f"{'<' * 7} HEAD\n-- ours\n{'=' * 7}\n-- theirs\n{'>' * 7} theirs\n"


def _linked_away(copy: Copy) -> None:
    outside = copy.root.parent / "outside.sql"
    outside.write_text("select 1;\n", "utf-8")
    copy.delete(MIGRATION)
    (copy.root / MIGRATION).symlink_to(outside)


def _untracked(copy: Copy) -> None:
    copy.git("rm", "-q", "--cached", MIGRATION)


TWINS: dict[str, tuple[Twin, ...]] = {
    "FIL-001": (
        Twin("a critical file is blank", lambda copy: copy.write(MIGRATION, " \n")),
        Twin("a critical file is not tracked", _untracked),
        Twin("a critical file is gone", lambda copy: copy.delete(MIGRATION)),
        Twin("a critical file is a link that leaves", _linked_away),
    ),
    "FIL-002": (
        Twin("a migration has a conflict", lambda copy: copy.append(MIGRATION, CONFLICT)),
        Twin("a new file has a conflict", lambda copy: copy.write("scripts/notes.sql", "-- notes\n" + CONFLICT)),
    ),
}
