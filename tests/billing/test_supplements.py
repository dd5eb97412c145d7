"""A migration that fills a column in and was interrupted."""

from importlib import import_module

import pytest
from django.db import connection

TABLE = "conversations_message"
FILL_IN = import_module("conversations.migrations.0005_workspace_of_older_messages").Migration.operations[0]


def test_it_runs_again_where_it_had_not_come_to_its_end(db):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite adds no rule to a table that is there, so none can be left over")
    rule = f"{FILL_IN.supplement.name}_always"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} ALTER COLUMN workspace_id DROP NOT NULL")
        cursor.execute(
            f"ALTER TABLE {TABLE} ADD CONSTRAINT {rule} CHECK (workspace_id IS NOT NULL) NOT VALID"
        )
    with connection.schema_editor() as editor:
        FILL_IN.database_forwards("conversations", editor, None, None)
    with connection.cursor() as cursor:
        columns = {each.name: each for each in connection.introspection.get_table_description(cursor, TABLE)}
        constraints = connection.introspection.get_constraints(cursor, TABLE)
    assert not columns["workspace_id"].null_ok
    assert rule not in constraints
