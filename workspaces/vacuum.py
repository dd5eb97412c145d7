"""How soon PostgreSQL knows of a table's rows that everybody may see them, so that an index answers alone."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation

#: As a part of the table: rows that are new or outdated since the last time.
SHARE = 0.01
SETTINGS = "autovacuum_vacuum_scale_factor", "autovacuum_vacuum_insert_scale_factor"


class VacuumSooner(Operation):
    """Has a table vacuumed as soon as a hundredth of it changed. A fifth, as PostgreSQL has it, is years of
    work once the table is large; and until then each row that an index finds is looked up to see whether it
    may be seen.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models know nothing of it."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        self._alter(app_label, schema_editor, to_state, "SET", f" = {SHARE}")

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        self._alter(app_label, schema_editor, from_state, "RESET", "")

    def _alter(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, state: Any, verb: str, value: str
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            table = state.apps.get_model(app_label, self.model_name)._meta.db_table
            settings = ", ".join(f"{name}{value}" for name in SETTINGS)
            schema_editor.execute(f"ALTER TABLE {table} {verb} ({settings})")

    def describe(self) -> str:
        return f"Have {self.model_name} vacuumed sooner"
