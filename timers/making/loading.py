"""What PostgreSQL does once after loading, instead of at every row: its indexes and its foreign keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model

#: Of the session, until the load has ended. Sorting for an index of millions of rows takes room.
GENEROUS = ("SET LOCAL maintenance_work_mem = '512MB'", "SET LOCAL lock_timeout = 0")


@contextmanager
def unindexed(models: list[type[Model]], tell: Callable[[str, int, int], None]) -> Iterator[None]:
    """Without foreign keys and indexes of these tables until the block ends, but for primary keys.

    An index made at once is quicker by far than one that grows by row. Within a transaction nobody sees it.

    SQLite, whose data are small, keeps all of them.
    """
    if connection.vendor != "postgresql":
        yield
        return
    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        for statement in GENEROUS:
            cursor.execute(statement)
        taken = _constraints(tables) + _indexes(tables)
        for drop, _ in taken:
            cursor.execute(drop)
        yield
        # A table of which a foreign key has yet to be checked cannot be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for done, (_, create) in enumerate(reversed(taken), 1):
            tell("indexes and keys", done, len(taken))
            cursor.execute(create)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _constraints(tables: list[str]) -> list[tuple[str, str]]:
    """Foreign keys of these tables, and unique ones, as statements that take away and make."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype IN ('f', 'u') AND conrelid = ANY(%s::regclass[]) ORDER BY contype, conname",
            [tables],
        )
        return [
            (
                f"ALTER TABLE {table} DROP CONSTRAINT {name}",
                f"ALTER TABLE {table} ADD CONSTRAINT {name} {text}",
            )
            for table, name, text in cursor.fetchall()
        ]


def _indexes(tables: list[str]) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE NOT indisprimary AND indrelid = ANY(%s::regclass[])"
            "   AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f')"
            " ORDER BY indexrelid::regclass::text",
            [tables],
        )
        return [(f"DROP INDEX {name}", text) for name, text in cursor.fetchall()]


def count_on(models: list[type[Model]]) -> None:
    """Let the database number new rows after those that brought their own numbers."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def take_stock() -> None:
    """Let the planner know what there is; on PostgreSQL also which pages an index may answer for alone."""
    alone = not connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" and alone else "ANALYZE")
