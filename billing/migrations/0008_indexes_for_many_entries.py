"""Whatever is asked of entries and of their history is answered by an index, however many there are."""

from django.db import migrations, models
from django.db.models import F, Q

FLAGGED = (
    ~Q(billed_seconds=F("calculated_seconds"))
    | Q(confirmed_at=None)
    | Q(overlap_seconds__gt=0)
    | Q(raw_seconds__gt=28800)
    | Q(billed_seconds__gt=28800)
    | Q(clock_stepped_back=True)
)


class Migration(migrations.Migration):
    # Each index takes and gives back its own lock: several at once, and people wait for it and it for them.
    atomic = False

    dependencies = [
        ("billing", "0007_an_entry_stays_in_its_batch"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="billingentry",
            index=models.Index(fields=["workspace", "state", "-date", "-id"], name="entries_of_a_state"),
        ),
        # It is the beginning of that one.
        migrations.RemoveIndex(model_name="billingentry", name="entries_to_review"),
        migrations.AddIndex(
            model_name="billingentry",
            index=models.Index(
                fields=["workspace", "state", "user", "-date", "-id"], name="entries_of_an_agent"
            ),
        ),
        migrations.AddIndex(
            model_name="billingentry",
            index=models.Index(
                fields=["workspace", "state", "-date", "-id"],
                condition=FLAGGED,
                # Which of the flags it is.
                include=[
                    "raw_seconds",
                    "calculated_seconds",
                    "billed_seconds",
                    "confirmed_at",
                    "overlap_seconds",
                    "clock_stepped_back",
                ],
                name="entries_flagged",
            ),
        ),
        migrations.AddIndex(
            model_name="billingentry",
            index=models.Index(fields=["reviewed_by", "reviewed_at"], name="entries_of_a_decision"),
        ),
        migrations.AddIndex(
            model_name="billingentry",
            index=models.Index(
                fields=["user", "-date"], condition=Q(state="returned"), name="entries_returned"
            ),
        ),
        migrations.AddIndex(
            model_name="historicalbillingentry",
            index=models.Index(
                fields=["workspace", "-history_date", "-history_id"], name="changes_of_entries"
            ),
        ),
        migrations.AddIndex(
            model_name="historicalbillingentry",
            index=models.Index(
                fields=["workspace", "history_user", "-history_date", "-history_id"],
                name="changes_of_entries_by",
            ),
        ),
    ]
