"""Entries lose the index of their conversation alone, which PostgreSQL takes where the other one is the better."""

import django.db.models.deletion
from django.db import migrations, models

from workspaces.indexes import DropOwnIndex


class Migration(migrations.Migration):
    dependencies = [("billing", "0010_entries_of_a_conversation")]

    operations = [
        DropOwnIndex(
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
    ]
