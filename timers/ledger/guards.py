"""Whether the database still refuses what it was told to refuse, and every row refers to one that exists."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from billing.guards import expected_guards, standing_guards
from timers.ledger.difference import Difference


def check() -> Iterator[Difference | int]:
    standing = standing_guards(connection)
    for guard in expected_guards().values():
        for name, definition in guard.definitions(connection.vendor).items():
            yield 1
            if name not in standing:
                yield Difference(f"trigger {name}", "on the table", guard.table, None)
            elif standing[name] != definition:
                yield Difference(f"trigger {name}", "definition", definition, standing[name])


def check_references() -> Iterator[Difference]:
    """PostgreSQL does so itself. On SQLite, whoever opens the file may switch it off."""
    if connection.vendor != "sqlite":
        return
    tables = sorted({guard.table for guard in expected_guards().values()})
    with connection.cursor() as cursor:
        for table in tables:
            for name, row, referred, _ in cursor.execute(f"PRAGMA foreign_key_check({table})").fetchall():
                yield Difference(f"{name} {row}", "what it refers to", f"a row of {referred}", None)
