"""An entry knows its customer, that of its conversation, and both stay."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from billing import supplements
from billing.guards import standing_guards
from billing.models import BillingEntry
from conversations.models import Conversation
from tests.factories import BillingEntryFactory, ConversationFactory, CustomerFactory

STATES = BillingEntry.State.values


@pytest.fixture
def entries(agent, conversation):
    """One in each state."""
    return [BillingEntryFactory(user=agent, conversation=conversation, state=state) for state in STATES]


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def column():
    """None before it is there."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, "billing_billingentry")
    return next((each for each in found if each.name == "customer_id"), None)


def customers():
    return list(BillingEntry.objects.values_list("customer", "conversation__customer"))


def test_what_the_release_before_writes_gets_its_customer(entries):
    columns = {field.column for field in BillingEntry._meta.concrete_fields} - {"id", "customer_id"}
    named = ", ".join(sorted(columns))
    run(f"INSERT INTO billing_billingentry ({named}) SELECT {named} FROM billing_billingentry")
    assert len(customers()) == 2 * len(STATES)
    assert all(own == expected for own, expected in customers())


def test_an_entry_is_never_for_another_customer_than_its_conversation(entries, customer):
    other = CustomerFactory(workspace=customer.workspace)
    fields = BillingEntry.objects.filter(pk=entries[0].pk).values().get() | {"id": None}
    refusal = "An entry is for the customer of its conversation"
    with pytest.raises(IntegrityError, match=refusal), transaction.atomic():
        BillingEntry.objects.bulk_create([BillingEntry(**fields | {"customer_id": other.pk})])
    BillingEntry.objects.bulk_create([BillingEntry(**fields)])


def test_an_entry_never_loses_its_customer(entries):
    with pytest.raises(IntegrityError, match="What was recorded never changes"):
        run("UPDATE billing_billingentry SET customer_id = NULL")


def test_a_conversation_keeps_its_customer(conversation, customer):
    conversation.customer = CustomerFactory(workspace=customer.workspace)
    rows = Conversation.objects.filter(pk=conversation.pk)
    refusal = "A conversation stays with its customer"
    for change in (conversation.save, lambda: rows.update(customer=conversation.customer)):
        with pytest.raises(IntegrityError, match=refusal), transaction.atomic():
            change()
    assert rows.get().customer == customer


@pytest.fixture
def migrated_again(transactional_db):
    yield
    call_command("migrate", verbosity=0)


def test_older_entries_get_their_customer(migrated_again, entries, agent, monkeypatch):
    monkeypatch.setattr(supplements, "BATCH", 2)
    guards = standing_guards(connection)
    BillingEntryFactory(user=agent, conversation=ConversationFactory())
    facts = list(BillingEntry.objects.values())
    written = list(BillingEntry.history.values())
    call_command("migrate", "billing", "0012", verbosity=0)
    assert column() is None
    for change in ("conversation_id = conversation_id + 1", "raw_seconds = 1"):
        with pytest.raises(IntegrityError, match="What was recorded never changes"), transaction.atomic():
            run(f"UPDATE billing_billingentry SET {change}")
    call_command("migrate", verbosity=0)
    assert list(BillingEntry.objects.values()) == facts
    assert list(BillingEntry.history.values()) == written
    assert standing_guards(connection) == guards
    assert column().null_ok == (connection.vendor == "sqlite")


def test_an_entry_without_its_customer_is_given_one_once(migrated_again, entries, customer):
    """Between the migration that brings the column and the one that fills it in."""
    call_command("migrate", "billing", "0012", verbosity=0)
    call_command("migrate", "billing", "0013", verbosity=0)
    other = CustomerFactory(workspace=customer.workspace)
    run(f"UPDATE billing_billingentry SET customer_id = {customer.pk}")
    for value in (other.pk, "NULL"):
        with pytest.raises(IntegrityError, match="What was recorded never changes"), transaction.atomic():
            run(f"UPDATE billing_billingentry SET customer_id = {value}")
