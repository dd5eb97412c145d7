"""The messages that were there before the column get their workspace; then none is without."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

from billing.supplements import FillIn

WORKSPACE = import_module("conversations.migrations.0005_workspace_of_messages").WORKSPACE


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("conversations", "0005_workspace_of_messages")]

    operations = [
        FillIn(
            model_name="message",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="workspaces.workspace",
                verbose_name="workspace",
            ),
            supplement=WORKSPACE,
        ),
    ]
