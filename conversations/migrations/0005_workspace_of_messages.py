"""A message knows its workspace: the column, and what fills it in for a release that does not know it."""

import django.db.models.deletion
from django.db import migrations, models

from billing.guards import PutGuards
from billing.supplements import Supplement

WORKSPACE = Supplement(
    "conversations_message",
    "workspace_id",
    parent="conversations_conversation",
    reference="conversation_id",
)


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0007_an_entry_stays_in_its_batch"),
        ("conversations", "0004_history_of_customers"),
        ("workspaces", "0007_authors_of_histories_stay"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="workspaces.workspace",
                verbose_name="workspace",
            ),
        ),
        PutGuards([WORKSPACE]),
    ]
