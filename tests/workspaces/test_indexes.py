"""Migrations that take an index away, and put it back."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE = [("billing", "0011_one_index_less")]


def indexed_alone(table: str) -> set[str]:
    """The columns that have an index of their own."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table).values()
    return {each["columns"][0] for each in found if each["index"] and len(each["columns"]) == 1}


@pytest.mark.django_db(transaction=True)
def test_an_index_that_another_begins_with_goes_and_comes_back() -> None:
    table = apps.get_model("billing", "BillingEntry")._meta.db_table
    gone = {"user_id", "workspace_id", "reviewed_by_id"}
    assert not gone & indexed_alone(table)
    try:
        MigrationExecutor(connection).migrate(BEFORE)
        assert gone <= indexed_alone(table)
    finally:
        call_command("migrate", verbosity=0)
    assert not gone & indexed_alone(table)
