"""Timers lose the indexes that others begin with: SQLite took that of the workspace, and read all of it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from workspaces.indexes import DropOwnIndex


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0008_one_index_less"),
        ("timers", "0007_indexes_for_many_timers"),
        ("workspaces", "0007_authors_of_histories_stay"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        DropOwnIndex(
            model_name="timer",
            name="conversation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="timers",
                to="conversations.conversation",
                verbose_name="conversation",
            ),
        ),
        DropOwnIndex(
            model_name="timer",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="timers",
                to=settings.AUTH_USER_MODEL,
                verbose_name="user",
            ),
        ),
        DropOwnIndex(
            model_name="timer",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="timers",
                to="workspaces.workspace",
                verbose_name="workspace",
            ),
        ),
    ]
