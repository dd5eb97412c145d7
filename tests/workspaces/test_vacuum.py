"""Tables whose indexes answer alone are kept ready for it."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

SOONER = {"autovacuum_vacuum_scale_factor=0.01", "autovacuum_vacuum_insert_scale_factor=0.01"}
TABLE = "conversations_conversation"


def told(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE oid = %s::regclass", [table])
        (options,) = cursor.fetchone()
    return set(options or [])


@pytest.mark.django_db(transaction=True)
def test_large_tables_are_vacuumed_sooner_and_can_be_set_back() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no vacuum that anybody would wait for")
    assert told(TABLE) == told("billing_billingentry") == SOONER
    try:
        MigrationExecutor(connection).migrate([("conversations", "0008_one_index_less")])
        assert told(TABLE) == set()
    finally:
        MigrationExecutor(connection).migrate([("conversations", "0009_vacuumed_sooner")])
    assert told(TABLE) == SOONER
