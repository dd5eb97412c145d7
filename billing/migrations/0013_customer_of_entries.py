"""An entry knows its customer: the column, what fills it in for a release that does not know it, and guards."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

from billing.guards import DropGuards, Guard, PutGuards, changed
from billing.supplements import Supplement

first = import_module("billing.migrations.0006_guards")
ENTRIES = first.ENTRIES
CUSTOMER = Supplement(
    ENTRIES, "customer_id", parent="conversations_conversation", reference="conversation_id"
)

second = import_module("billing.migrations.0007_an_entry_stays_in_its_batch")
#: Of these the table is read or watched: SQLite cannot make it anew, to take the column back, while they stand.
IN_THE_WAY = [guard for guard in (*first.GUARDS, *second.GUARDS) if guard.table == ENTRIES]
GUARDS = [
    *IN_THE_WAY,
    Guard(
        "an_entry_keeps_its_customer",
        ENTRIES,
        ("UPDATE",),
        "What was recorded never changes.",
        f"OLD.customer_id IS NOT NULL AND ({changed('customer_id')})",
    ),
    Guard(
        "an_entry_is_for_the_customer_of_its_conversation",
        ENTRIES,
        ("INSERT",),
        "An entry is for the customer of its conversation.",
        f"NEW.customer_id IS NOT NULL AND NEW.customer_id <> {CUSTOMER.of('NEW')}",
    ),
    CUSTOMER,
]


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0012_own_indexes_of_entries"),
        ("conversations", "0008_one_index_less"),
    ]

    operations = [
        DropGuards(IN_THE_WAY),
        migrations.AddField(
            model_name="billingentry",
            name="customer",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="conversations.customer",
                verbose_name="customer",
            ),
        ),
        PutGuards(GUARDS),
    ]
