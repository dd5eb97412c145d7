"""Supplements: triggers that fill in a column of which whoever adds a row knows nothing yet.

A release brings the column and the supplement; so the one before goes on writing while people are moved over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AlterField

from billing.guards import Trigger

#: So many rows are filled in by one transaction.
BATCH = 5000


@dataclass(frozen=True)
class Supplement(Trigger):
    """A row that is added to `table` without its `column` takes that of the row of `parent` it belongs to.

    `reference` is the column that says to which.
    """

    table: str
    column: str
    parent: str
    reference: str

    events = ("INSERT",)
    on = ""

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"{self.table}_takes_its_{self.column}"

    def of(self, row: str) -> str:
        """What belongs in the column, in SQL."""
        known = f"parent.id = {row}.{self.reference}"
        return f"(SELECT parent.{self.column} FROM {self.parent} AS parent WHERE {known})"  # noqa: S608  # names of ours

    def _for_sqlite(self, event: str) -> str:
        # Nothing can be altered in a row before it is there.
        take = f"UPDATE {self.table} SET {self.column} = {self.of('NEW')} WHERE id = NEW.id"  # noqa: S608
        return (
            f"CREATE TRIGGER {self.name}_insert AFTER INSERT ON {self.table} WHEN NEW.{self.column} IS NULL "
            f"BEGIN {take}; END"
        )

    @property
    def _body(self) -> str:
        take = f"NEW.{self.column} := {self.of('NEW')};"
        return f" BEGIN IF NEW.{self.column} IS NULL THEN {take} END IF; RETURN NEW; END "


class FillIn(AlterField):
    """Fills the column in where it is empty, a few thousand rows at a time, and then demands it of every row.

    For a migration that is not atomic: whoever writes meanwhile waits for nothing. In SQLite the supplement
    comes too late for a column that is demanded; there it is demanded from when the table is next made anew.
    """

    reduces_to_sql = False

    def __init__(self, model_name: str, name: str, field: Any, *, supplement: Supplement) -> None:
        super().__init__(model_name, name, field)
        self.supplement = supplement

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        table, column = self.supplement.table, self.supplement.column
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(f"SELECT min(id), max(id) FROM {table} WHERE {column} IS NULL")  # noqa: S608
            first, last = cursor.fetchone()
            for start in range(first or 0, (last or -1) + 1, BATCH):
                cursor.execute(
                    f"UPDATE {table} SET {column} = {self.supplement.of(table)}"  # noqa: S608
                    f" WHERE id BETWEEN %s AND %s AND {column} IS NULL",
                    [start, start + BATCH - 1],
                )
        if schema_editor.connection.vendor != "sqlite":
            # By Django the foreign key would be made anew, and people wait for that and it for them.
            rule = f"{self.supplement.name}_always"
            for step in (
                # From an attempt that ended at the next ones.
                f"DROP CONSTRAINT IF EXISTS {rule}",
                # What is known not to be NULL is not looked at while the table is locked.
                f"ADD CONSTRAINT {rule} CHECK ({column} IS NOT NULL) NOT VALID",
                f"VALIDATE CONSTRAINT {rule}",
                f"ALTER COLUMN {column} SET NOT NULL",
                f"DROP CONSTRAINT {rule}",
            ):
                schema_editor.execute(f"ALTER TABLE {table} {step}")

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor != "sqlite":
            table, column = self.supplement.table, self.supplement.column
            schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL")
