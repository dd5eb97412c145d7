"""Guards: triggers by which the database itself refuses what must never happen to its rows, whoever asks.

Migrations put them up with `PutGuards`; `expected_guards` says which ones must stand after all migrations.
A supplement (`billing/supplements.py`) refuses nothing, and is put up and compared as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

#: How PostgreSQL counts what a trigger is for (pg_trigger.tgtype); SQLite knows no TRUNCATE.
ROW, BEFORE = 1, 2
EVENTS = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}


class Trigger:
    """What a guard and a supplement have in common: they are triggers, one per event, on both databases."""

    name: str
    table: str
    events: tuple[str, ...]
    #: The one vendor that has it; empty: both.
    on: str

    def triggers(self, vendor: str) -> dict[str, str]:
        """The names of its triggers, one per event."""
        wanted = self.events if self.on in ("", vendor) else ()
        return {
            event: f"{self.name}_{event.lower()}"
            for event in wanted
            if event != "TRUNCATE" or vendor == "postgresql"
        }

    def definitions(self, vendor: str) -> dict[str, Any]:
        """What the database must say of each of its triggers, as `standing_guards` reads it."""
        if vendor == "sqlite":
            return {name: self._for_sqlite(event) for event, name in self.triggers(vendor).items()}
        return {
            name: (self.table, EVENTS[event] + BEFORE + (ROW if event != "TRUNCATE" else 0), self._body, True)
            for event, name in self.triggers(vendor).items()
        }

    def put(self, connection: BaseDatabaseWrapper) -> Iterator[str]:
        """The statements that put it up, or up again."""
        yield from self.drop(connection)
        triggers = self.triggers(connection.vendor)
        if connection.vendor == "sqlite":
            yield from map(self._for_sqlite, triggers)
        elif triggers:
            # What it reads are the tables beside it, never temporary ones of the same name.
            with connection.cursor() as cursor:
                cursor.execute("SELECT quote_ident(current_schema())")
                (schema,) = cursor.fetchone()
            yield (
                f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql "
                f"SET search_path = {schema}, pg_temp AS $guard${self._body}$guard$"
            )
            for event, trigger in triggers.items():
                each = "STATEMENT" if event == "TRUNCATE" else "ROW"
                yield (
                    f"CREATE TRIGGER {trigger} BEFORE {event} ON {self.table} "
                    f"FOR EACH {each} EXECUTE FUNCTION {self.name}()"
                )

    def drop(self, connection: BaseDatabaseWrapper) -> Iterator[str]:
        for trigger in self.triggers(connection.vendor).values():
            on_table = "" if connection.vendor == "sqlite" else f" ON {self.table}"
            yield f"DROP TRIGGER IF EXISTS {trigger}{on_table}"
        if connection.vendor == "postgresql":
            yield f"DROP FUNCTION IF EXISTS {self.name}()"

    def _for_sqlite(self, event: str) -> str:
        raise NotImplementedError

    @property
    def _body(self) -> str:
        """Of the function in PostgreSQL."""
        raise NotImplementedError


@dataclass(frozen=True)
class Guard(Trigger):
    """`events` on `table` fail with `refusal`: always, or where `condition` is true.

    The condition is SQL over OLD and NEW that both databases understand. A guard `on` one vendor is put up
    there only. Name and refusal are plain words without quotation marks.
    """

    name: str
    table: str
    events: tuple[str, ...]
    refusal: str
    condition: str = ""
    on: str = ""

    def _for_sqlite(self, event: str) -> str:
        condition = self.condition.replace("IS DISTINCT FROM", "IS NOT")  # which it has known for longer
        when = f" WHEN {condition}" if condition else ""
        return (
            f"CREATE TRIGGER {self.name}_{event.lower()} BEFORE {event} ON {self.table}{when} "
            f"BEGIN SELECT RAISE(ABORT, '{self.refusal}'); END"
        )

    @property
    def _body(self) -> str:
        refuse = f"RAISE EXCEPTION '{self.refusal}' USING ERRCODE = 'integrity_constraint_violation';"
        if self.condition:
            refuse = f"IF {self.condition} THEN {refuse} END IF; RETURN NEW;"
        return f" BEGIN {refuse} END "


def changed(*columns: str) -> str:
    """The condition that any of these columns gets another value."""
    return " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)


def append_only(table: str, refusal: str, *, key: str = "id", name: str = "") -> list[Guard]:
    """Rows are added, and from then on neither changed nor removed."""
    name = name or f"{table}_is_append_only"
    return [
        Guard(name, table, ("UPDATE", "DELETE", "TRUNCATE"), refusal),
        never_replaced(table, refusal, key=key),
    ]


def never_replaced(table: str, refusal: str, *, key: str = "id") -> Guard:
    """REPLACE of SQLite removes the row that is in its way, and no trigger on DELETE hears of it."""
    replaced = f"EXISTS (SELECT 1 FROM {table} AS present WHERE present.{key} = NEW.{key})"  # noqa: S608  # names of ours
    return Guard(f"{table}_is_never_replaced", table, ("INSERT",), refusal, replaced, on="sqlite")


class PutGuards(Operation):
    """Puts guards up, or up again."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, guards: Sequence[Trigger]) -> None:
        self.guards = guards

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models know nothing of it."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        for guard in self.guards:
            for statement in guard.put(schema_editor.connection):
                schema_editor.execute(statement, None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        for guard in self.guards:
            for statement in guard.drop(schema_editor.connection):
                schema_editor.execute(statement, None)

    def describe(self) -> str:
        return f"{type(self).__name__} ({len(self.guards)})"


class DropGuards(PutGuards):
    """Takes guards down. To alter a column, SQLite makes its table anew, which loses the guards of that table
    and fails over those that read it: a migration drops them all before, and puts them up again after.
    """

    database_forwards = PutGuards.database_backwards
    database_backwards = PutGuards.database_forwards


def expected_guards() -> dict[str, Trigger]:
    """All that stand after the migrations, by name."""
    migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    found: dict[str, Trigger] = {}
    for _, migration in sorted(migrations.items()):
        for operation in migration.operations:
            if isinstance(operation, DropGuards):
                for guard in operation.guards:
                    found.pop(guard.name)
            elif isinstance(operation, PutGuards):
                found |= {guard.name: guard for guard in operation.guards}
    return found


def standing_guards(connection: BaseDatabaseWrapper) -> dict[str, Any]:
    """All triggers that the database has, by name; compare with a guard's `definitions`."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            return dict(cursor.fetchall())
        # The last is whether it fires on every row and column.
        cursor.execute(
            "SELECT tgname, relname, tgtype, prosrc,"
            "       tgenabled IN ('O', 'A') AND tgqual IS NULL AND tgattr::text = ''"
            "  FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
        )
        return {name: tuple(definition) for name, *definition in cursor.fetchall()}
