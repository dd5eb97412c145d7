"""The intervals that were there before the column get their workspace; then none is without."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

from billing.supplements import FillIn

WORKSPACE = import_module("timers.migrations.0006_workspace_of_intervals").WORKSPACE


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("timers", "0006_workspace_of_intervals")]

    operations = [
        FillIn(
            model_name="interval",
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
