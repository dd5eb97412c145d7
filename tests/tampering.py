"""Doing to the database what it refuses, as whoever owns its tables can."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.models import CheckConstraint, Model


@contextmanager
def unguarded() -> Iterator[None]:
    """No guard stands in the way meanwhile; on SQLite no check, on PostgreSQL no foreign key either."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            yield
            cursor.execute("PRAGMA ignore_check_constraints = OFF")
            for _, sql in triggers:
                cursor.execute(sql)
        else:
            # Takes a superuser, as the tests' own server has.
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("RESET session_replication_role")


def drop_checks(*models: type[Model]) -> None:
    """Within the transaction of a test, which brings them back. SQLite passes over them in `unguarded`."""
    if connection.vendor == "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for model in models:
            for constraint in model._meta.constraints:
                if isinstance(constraint, CheckConstraint):
                    cursor.execute(f"ALTER TABLE {model._meta.db_table} DROP CONSTRAINT {constraint.name}")
