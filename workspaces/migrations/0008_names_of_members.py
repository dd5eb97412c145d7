"""Whoever was a member once is counted without a look at all that happened to the members, and named without a
look at the users themselves.
"""

import django.db.models.deletion
from django.db import migrations, models

from workspaces.indexes import DropOwnIndex


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0007_authors_of_histories_stay")]

    operations = [
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                fields=["id"], include=["last_name", "first_name", "username"], name="names_of_users"
            ),
        ),
        migrations.AddIndex(
            model_name="historicalmembership",
            index=models.Index(fields=["workspace", "user"], name="once_members"),
        ),
        DropOwnIndex(
            model_name="historicalmembership",
            name="workspace",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="workspaces.workspace",
                verbose_name="workspace",
            ),
        ),
    ]
