"""A list of batches reads what each comes to, and none of their entries."""

from typing import Any

from django.db import migrations, models
from django.db.models import Count, Q, Sum

AT_ONCE = 100


def keep_sums(apps: Any, schema_editor: Any) -> None:
    """Of the batches that there are; those that are reversed hold nothing any more."""
    batches = apps.get_model("billing", "ExportBatch").objects
    entries = apps.get_model("billing", "BillingEntry").objects.order_by()
    ids = list(batches.filter(reversed_at=None, entry_count=None).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        some = batches.in_bulk(ids[start : start + AT_ONCE])
        for batch in some.values():
            batch.entry_count, batch.billed_seconds, batch.amounts = 0, 0, {}
        charged = Sum("amount", filter=Q(kind="service"))
        found = entries.filter(batch__in=list(some)).values_list("batch", "currency")
        for pk, currency, count, billed, amount in found.annotate(
            Count("pk"), Sum("billed_seconds"), charged=charged
        ):
            some[pk].entry_count += count
            some[pk].billed_seconds += billed
            if amount is not None:
                some[pk].amounts[currency] = amount
        batches.bulk_update(some.values(), ["entry_count", "billed_seconds", "amounts"])


class Migration(migrations.Migration):
    # What is exported meanwhile waits for a column, but not until all entries are added up.
    atomic = False

    dependencies = [("billing", "0008_indexes_for_many_entries")]

    operations = [
        migrations.AddField(
            model_name="exportbatch",
            name="entry_count",
            field=models.PositiveIntegerField(editable=False, null=True, verbose_name="billing entries"),
        ),
        migrations.AddField(
            model_name="exportbatch",
            name="billed_seconds",
            field=models.BigIntegerField(editable=False, null=True, verbose_name="billed seconds"),
        ),
        migrations.AddField(
            model_name="exportbatch",
            name="amounts",
            field=models.JSONField(editable=False, null=True, verbose_name="amount"),
        ),
        migrations.AddIndex(
            model_name="exportbatch",
            index=models.Index(fields=["workspace", "-created_at", "-id"], name="batches_latest"),
        ),
        migrations.RunPython(keep_sums, migrations.RunPython.noop),
    ]
