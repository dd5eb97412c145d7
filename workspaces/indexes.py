"""What migrations do to indexes."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AlterField


class DropOwnIndex(AlterField):
    """Takes away a column's own index, where another one begins with it or nothing asks by it.

    By hand: to alter the column SQLite would make the table anew, without its guards.
    """

    reduces_to_sql = False

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        _, _, name = self._named(app_label, schema_editor, to_state)
        schema_editor.execute(f"DROP INDEX IF EXISTS {name}", None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        table, column, name = self._named(app_label, schema_editor, to_state)
        schema_editor.execute(f"CREATE INDEX {name} ON {table} ({column})", None)

    def _named(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, state: Any
    ) -> tuple[str, str, str]:
        """The table, the column, and what Django called the index."""
        meta = state.apps.get_model(app_label, self.model_name)._meta
        table, column = meta.db_table, meta.get_field(self.name).column
        return table, column, schema_editor._create_index_name(table, [column])  # type: ignore[attr-defined]
