"""Entries in any state are added up, sorted and put in groups without a look into the table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    # Each index takes and gives back its own lock: several at once, and people wait for it and it for them.
    atomic = False

    dependencies = [("billing", "0015_what_waits_is_added_up_by_an_index")]

    operations = [
        migrations.AddIndex(
            model_name="billingentry",
            index=models.Index(
                fields=["workspace", "state", "user", "-date", "-id"],
                include=[
                    "customer",
                    "kind",
                    "raw_seconds",
                    "calculated_seconds",
                    "billed_seconds",
                    "currency",
                    "amount",
                    "confirmed_at",
                    "overlap_seconds",
                    "clock_stepped_back",
                    "version",
                    "updated_at",
                ],
                name="entries_to_add_up",
            ),
        ),
        migrations.AddIndex(
            model_name="billingentry",
            index=models.Index(
                fields=["customer", "state", "-date", "-id"],
                include=["workspace", "kind", "billed_seconds", "currency", "amount"],
                name="entries_for_a_customer",
            ),
        ),
        # It did this for the New ones alone.
        migrations.RemoveIndex(model_name="billingentry", name="entries_waiting"),
        # They are the beginnings of the new ones.
        migrations.RemoveIndex(model_name="billingentry", name="entries_of_an_agent"),
        migrations.RemoveIndex(model_name="billingentry", name="entries_of_a_customer"),
    ]
