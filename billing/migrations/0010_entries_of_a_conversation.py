"""The time on a conversation, and what a customer was billed this month, are summed up from an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0009_what_batches_come_to")]

    operations = [
        migrations.AddIndex(
            model_name="billingentry",
            index=models.Index(fields=["conversation", "date"], name="entries_of_a_conversation"),
        ),
    ]
