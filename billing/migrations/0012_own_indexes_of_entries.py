"""Entries and their history lose the indexes that others begin with, and those by which nobody asks."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from workspaces.indexes import DropOwnIndex


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0011_one_index_less"),
        ("conversations", "0008_one_index_less"),
        ("workspaces", "0007_authors_of_histories_stay"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        DropOwnIndex(
            model_name="billingentry",
            name="reviewed_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="reviewed by",
            ),
        ),
        DropOwnIndex(
            model_name="billingentry",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to=settings.AUTH_USER_MODEL,
                verbose_name="user",
            ),
        ),
        DropOwnIndex(
            model_name="billingentry",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="workspaces.workspace",
                verbose_name="workspace",
            ),
        ),
        DropOwnIndex(
            model_name="historicalbillingentry",
            name="batch",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="billing.exportbatch",
                verbose_name="batch",
            ),
        ),
        DropOwnIndex(
            model_name="historicalbillingentry",
            name="billing_type",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="billing.billingtype",
                verbose_name="billing type",
            ),
        ),
        DropOwnIndex(
            model_name="historicalbillingentry",
            name="conversation",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="conversations.conversation",
                verbose_name="conversation",
            ),
        ),
        DropOwnIndex(
            model_name="historicalbillingentry",
            name="overlap_with",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="conversations.conversation",
                verbose_name="overlap with",
            ),
        ),
        DropOwnIndex(
            model_name="historicalbillingentry",
            name="reviewed_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="reviewed by",
            ),
        ),
        DropOwnIndex(
            model_name="historicalbillingentry",
            name="submission",
            field=models.UUIDField(editable=False, null=True, verbose_name="submission"),
        ),
        DropOwnIndex(
            model_name="historicalbillingentry",
            name="user",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="user",
            ),
        ),
        DropOwnIndex(
            model_name="historicalbillingentry",
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
