"""Intervals are facts: the database itself refuses to change or delete one."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

REFUSAL = "An interval is a fact: it is never changed or deleted."


def add_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for event in ("update", "delete"):
            schema_editor.execute(
                f"CREATE TRIGGER interval_is_append_only_{event} BEFORE {event} ON timers_interval "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
    else:
        schema_editor.execute(
            "CREATE FUNCTION refuse_to_change_an_interval() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        schema_editor.execute(
            "CREATE TRIGGER interval_is_append_only BEFORE UPDATE OR DELETE ON timers_interval "
            "FOR EACH ROW EXECUTE FUNCTION refuse_to_change_an_interval()"
        )


def drop_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for event in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER interval_is_append_only_{event}")
    else:
        schema_editor.execute("DROP TRIGGER interval_is_append_only ON timers_interval")
        schema_editor.execute("DROP FUNCTION refuse_to_change_an_interval()")


class Migration(migrations.Migration):
    dependencies = [("timers", "0001_initial")]

    operations = [migrations.RunPython(add_triggers, drop_triggers)]
