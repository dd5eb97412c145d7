"""What waits for review is added up without a look into the table, which is kept ready for that."""

from django.db import migrations, models
from django.db.models import Q

from workspaces.vacuum import VacuumSooner


class Migration(migrations.Migration):
    # The index is made without the locks of the other.
    atomic = False

    dependencies = [("billing", "0014_customer_of_older_entries")]

    operations = [
        migrations.AddIndex(
            model_name="billingentry",
            index=models.Index(
                fields=["workspace", "-date", "-id"],
                condition=Q(state="new"),
                include=[
                    "user",
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
                name="entries_waiting",
            ),
        ),
        VacuumSooner("billingentry"),
    ]
