"""The database refuses to take an entry out of its batch, unless the batch was reversed."""

from django.db import migrations

from billing.guards import Guard, PutGuards

GUARDS = [
    Guard(
        "an_entry_stays_in_its_batch",
        "billing_billingentry",
        ("UPDATE",),
        "An entry leaves its batch only when the batch is reversed.",
        "OLD.batch_id IS DISTINCT FROM NEW.batch_id AND EXISTS (SELECT 1 FROM billing_exportbatch AS batch"
        " WHERE batch.id = OLD.batch_id AND batch.reversed_at IS NULL)",
    ),
]


class Migration(migrations.Migration):
    dependencies = [("billing", "0006_guards")]

    operations = [PutGuards(GUARDS)]
