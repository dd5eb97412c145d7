"""The entries that were there before the column get their customer; then none is without.

They are found by it, and it stays: a conversation keeps its customer.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

from billing.guards import Guard, PutGuards, changed
from billing.supplements import FillIn

CUSTOMER = import_module("billing.migrations.0013_customer_of_entries").CUSTOMER
GUARDS = [
    Guard(
        "a_conversation_keeps_its_customer",
        CUSTOMER.parent,
        ("UPDATE",),
        "A conversation stays with its customer.",
        changed("customer_id"),
    ),
]


class Migration(migrations.Migration):
    # Each takes and gives back its own locks: whoever writes meanwhile waits for one at a time.
    atomic = False

    dependencies = [("billing", "0013_customer_of_entries")]

    operations = [
        PutGuards(GUARDS),
        FillIn(
            model_name="billingentry",
            name="customer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="conversations.customer",
                verbose_name="customer",
            ),
            supplement=CUSTOMER,
        ),
        migrations.AddIndex(
            model_name="billingentry",
            index=models.Index(fields=["customer", "state", "-date", "-id"], name="entries_of_a_customer"),
        ),
    ]
