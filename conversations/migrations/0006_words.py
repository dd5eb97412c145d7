"""The search goes by an index of words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import migrations
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from billing.guards import PutGuards, Trigger
from conversations import search_index
from conversations.search_index import Indexed

Statements = Callable[[BaseDatabaseWrapper], Iterator[str]]


@dataclass(frozen=True)
class Keeper(Trigger):
    """Keeps SQLite's index of words up to date. PostgreSQL does so itself."""

    indexed: Indexed

    events = ("INSERT", "UPDATE", "DELETE")
    on = "sqlite"

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"{self.indexed.name}_after"

    @property
    def table(self) -> str:  # type: ignore[override]
        return self.indexed.table

    def _for_sqlite(self, event: str) -> str:
        removed, added = search_index.removed(self.indexed), search_index.added(self.indexed)
        steps = {"INSERT": [added], "UPDATE": [removed, added], "DELETE": [removed]}[event]
        columns = f" OF {self.indexed.column}, workspace_id" if event == "UPDATE" else ""
        return (
            f"CREATE TRIGGER {self.name}_{event.lower()} AFTER {event}{columns} ON {self.table} "
            f"BEGIN {'; '.join(steps)}; END"
        )


def put(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _run(search_index.put, "postgresql", schema_editor)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _run(search_index.drop, "postgresql", schema_editor)


def put_in_sqlite(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _run(search_index.put, "sqlite", schema_editor)


def drop_in_sqlite(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _run(search_index.drop, "sqlite", schema_editor)


def _run(statements: Statements, vendor: str, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == vendor:
        for statement in statements(schema_editor.connection):
            schema_editor.execute(statement, None)


class Migration(migrations.Migration):
    # In PostgreSQL whoever writes waits for one index at a time, and never for one of two tables while they
    # hold the other. What was made before a failure is passed over when it runs again.
    atomic = False

    dependencies = [("conversations", "0005_workspace_of_older_messages")]

    operations = [
        migrations.RunPython(put, drop),
        migrations.RunPython(put_in_sqlite, drop_in_sqlite, atomic=True),
        PutGuards([Keeper(each) for each in search_index.ALL]),
    ]
