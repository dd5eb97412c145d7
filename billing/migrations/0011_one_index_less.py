"""Entries lose the index of their conversation alone, which PostgreSQL takes where the other one is the better."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLE = "billing_billingentry"


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute(f"DROP INDEX IF EXISTS {_name(schema_editor)}", None)


def put_back(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute(f"CREATE INDEX {_name(schema_editor)} ON {TABLE} (conversation_id)", None)


def _name(schema_editor: BaseDatabaseSchemaEditor) -> str:
    """As Django called it."""
    return schema_editor._create_index_name(TABLE, ["conversation_id"])  # type: ignore[attr-defined]


class Migration(migrations.Migration):
    dependencies = [("billing", "0010_entries_of_a_conversation")]

    operations = [
        # By hand: to alter the column SQLite would make the table anew.
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(drop, put_back)],
            [
                migrations.AlterField(
                    model_name="billingentry",
                    name="conversation",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="conversations.conversation",
                        verbose_name="conversation",
                    ),
                ),
            ],
        ),
    ]
