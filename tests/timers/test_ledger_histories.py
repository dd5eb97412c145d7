"""The ledger check finds what a history does not tell, and triggers that are gone."""

import pytest
from django.db import connection, transaction

from billing.guards import expected_guards
from billing.models import BillingEntry, BillingType
from conversations.models import Customer
from tests.factories import (
    BillingTypeFactory,
)
from tests.tampering import unguarded
from tests.timers.books import differences, invoiced, new, told
from workspaces.models import Membership, Workspace

# Histories


@pytest.mark.parametrize(
    ("model", "column", "value"),
    [
        (BillingEntry, "description", "Altered"),
        (BillingType, "rate", 1),
        (Customer, "billing_type_id", None),
        (Membership, "role", "agent"),
        (Workspace, "one_running_timer", True),
    ],
)
def test_a_row_that_was_changed_without_its_history(books, manager, customer, model, column, value):
    customer.billing_type = books.default_billing_type
    customer.save()
    row = {BillingEntry: new(), Membership: manager.memberships.get(), Customer: customer}.get(
        model, books if model is Workspace else books.default_billing_type
    )
    before = getattr(row, column)
    model.objects.filter(pk=row.pk).update(**{column: value})
    name = {BillingEntry: "entry", BillingType: "type"}.get(model, model.__name__.lower())
    told((f"{name} {row.pk}", f"{column}, by its history", before, value))


def test_a_row_that_has_no_history(books, customer):
    with unguarded():
        Customer.history.all().delete()
    told((f"customer {customer.pk}", "history", "one until now", None))


def test_a_row_that_was_removed_without_its_history(books):
    rule = BillingTypeFactory(workspace=books)
    BillingType.objects.filter(pk=rule.pk)._raw_delete("default")
    told((f"type {rule.pk}", "row", "one, by its history", None))


def test_a_row_that_its_history_has_removed(books):
    rule = BillingTypeFactory(workspace=books)
    pk = rule.pk
    rule.delete()
    rule.pk = pk
    BillingType.objects.bulk_create([rule])
    told((f"type {pk}", "history", "one until now", "its removal"))


def test_a_record_that_is_missing_amid_a_history(books):
    entry = invoiced()
    with unguarded():
        BillingEntry.history.filter(id=entry.pk, version=2).delete()
    latest = BillingEntry.history.get(id=entry.pk, version=3)
    told((f"entry {entry.pk}", f"version in record {latest.history_id}", 2, 3))


def test_a_record_that_is_missing_at_the_beginning_of_a_history(books, customer):
    customer.save()
    with unguarded():
        Customer.history.filter(history_type="+").delete()
    record = customer.history.get()
    told((f"customer {customer.pk}", f"whether its history begins with record {record.pk}", True, False))


# The database itself


@pytest.mark.parametrize("guard", ["interval_is_append_only", "a_timer_is_never_deleted"])
def test_a_trigger_that_is_missing(books, guard):
    found = expected_guards()[guard]
    with connection.cursor() as cursor:
        for statement in found.drop(connection):
            cursor.execute(statement)
    triggers = found.triggers(connection.vendor).values()
    told(*((f"trigger {name}", "on the table", found.table, None) for name in triggers))


NAME = "a_timer_is_never_deleted"
DISARMED = {
    "sqlite": [
        [
            f"DROP TRIGGER {NAME}_delete",
            f"CREATE TRIGGER {NAME}_delete BEFORE DELETE ON timers_timer BEGIN SELECT 1; END",
        ]
    ],
    "postgresql": [
        [f"ALTER TABLE timers_timer DISABLE TRIGGER {NAME}_delete"],
        [
            f"DROP TRIGGER {NAME}_delete ON timers_timer",
            (
                f"CREATE TRIGGER {NAME}_delete BEFORE DELETE ON timers_timer FOR EACH ROW WHEN (false)"
                f" EXECUTE FUNCTION {NAME}()"
            ),
        ],
        [f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'"],
    ],
}


def test_a_trigger_that_no_longer_does_what_it_should(books):
    for statements in DISARMED[connection.vendor]:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for statement in statements:
                cursor.execute(statement)
            found = {(each.thing, each.what) for each in differences()}
            transaction.set_rollback(True)
        assert (f"trigger {NAME}_delete", "definition") in found
    assert differences() == []


@pytest.mark.django_db(transaction=True)
def test_a_row_that_refers_to_nothing(books, logged):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL allows nobody to switch that off but a superuser")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys = OFF")
        with unguarded():
            cursor.execute("DELETE FROM timers_timer WHERE id = %s", [logged.pk])
        cursor.execute("PRAGMA foreign_keys = ON")
    found = {(each.thing.split()[0], each.what, each.expected) for each in differences()}
    assert found == {
        ("interval", "its timer", f"timer {logged.pk}"),
        ("entry", "whether it comes from a timer", True),
        ("timers_interval", "what it refers to", "a row of timers_timer"),
    }
