"""What was recorded, decided, exported and written down stays as it is, whoever writes to the database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from billing.guards import DropGuards, Guard, PutGuards, expected_guards, standing_guards
from billing.models import BillingEntry, BillingType, ExportBatch
from conversations.models import Customer
from tests.factories import (
    BillingEntryFactory,
    BillingTypeFactory,
    ConversationFactory,
    CustomerFactory,
    ExportBatchFactory,
    MembershipFactory,
    UserFactory,
    WorkspaceFactory,
)
from tests.tampering import unguarded
from timers.models import Interval, Timer
from workspaces.models import Membership, User, Workspace

NOW = datetime(2026, 11, 19, 12, tzinfo=UTC)
TRACKED = [BillingEntry, BillingType, Customer, Membership, Workspace]


@pytest.fixture
def entry(agent, conversation):
    return BillingEntryFactory(user=agent, conversation=conversation, now=NOW)


def refused(rows, match, **values):
    before = rows.values().get()
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        rows.update(**values)
    assert rows.values().get() == before


def run(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def protected_tables():
    return sorted({each.table for each in expected_guards().values() if isinstance(each, Guard)})


# Entries

RECORDED = {
    "id": lambda entry: entry.pk + 1000,
    "workspace": lambda entry: WorkspaceFactory(),
    "conversation": lambda entry: ConversationFactory(customer=entry.conversation.customer),
    "customer": lambda entry: CustomerFactory(workspace=entry.workspace),
    "user": lambda entry: UserFactory(),
    "raw_seconds": lambda entry: entry.raw_seconds + 1,
    "by_hand": lambda entry: True,
    "submission": lambda entry: "00000000-0000-4000-8000-000000000000",
    "overlap_seconds": lambda entry: 5,
    "overlap_with": lambda entry: entry.conversation,
    "clock_stepped_back": lambda entry: True,
    "created_at": lambda entry: NOW + timedelta(seconds=1),
}
FIGURES = {
    "kind": "time",
    "billing_type": None,
    "date": date(2026, 1, 1),
    "calculated_seconds": 1,
    "billed_seconds": 1,
    "rate": 1,
    "currency": "USD",
    "amount": 1,
    "rule": {},
    "explanation": "Because",
    "description": "Something else",
    "confirmed_at": NOW,
}
FREE = {"state", "version", "reviewed_by", "reviewed_at", "return_comment", "updated_at", "batch"}


def test_every_column_of_an_entry_is_a_fact_or_a_figure_or_is_free_to_change():
    columns = {field.name for field in BillingEntry._meta.concrete_fields}
    assert columns == set(RECORDED) | set(FIGURES) | FREE


@pytest.mark.parametrize("column", RECORDED)
def test_what_was_recorded_never_changes(entry, column):
    rows = BillingEntry.objects.filter(user=entry.user)
    refused(rows, "What was recorded never changes", **{column: RECORDED[column](entry)})


@pytest.mark.parametrize("state", ["approved", "invoiced", "discarded"])
@pytest.mark.parametrize("column", FIGURES)
def test_the_figures_of_a_decided_entry_stay(agent, conversation, state, column):
    entry = BillingEntryFactory(user=agent, conversation=conversation, state=state)
    rows, refusal = BillingEntry.objects.filter(pk=entry.pk), "only while it is New or Returned"
    refused(rows, refusal, **{column: FIGURES[column]})
    # Which of two guards speaks first is the database's choice.
    refusal = f"{refusal}|leaves its batch"
    refused(rows, refusal, **{column: FIGURES[column]}, state="new", batch=None)


@pytest.mark.parametrize("state", ["new", "returned"])
def test_the_figures_of_an_open_entry_change(agent, conversation, state):
    entry = BillingEntryFactory(user=agent, conversation=conversation, state=state)
    assert BillingEntry.objects.filter(pk=entry.pk).update(**FIGURES) == 1


def test_a_version_never_goes_back(entry):
    rows = BillingEntry.objects.filter(pk=entry.pk)
    rows.update(version=5)
    refused(rows, "version of an entry never goes back", version=4)


def test_an_entry_is_never_deleted(entry):
    for delete in (
        entry.delete,
        BillingEntry.objects.all().delete,
        lambda: BillingEntry.objects.all()._raw_delete("default"),
        lambda: run(f"DELETE FROM billing_billingentry WHERE id = {entry.pk}"),
    ):
        with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
            delete()
    assert BillingEntry.objects.filter(pk=entry.pk).exists()


# Batches

BATCH = {
    "id": lambda batch: batch.pk + 1000,
    "workspace": lambda batch: WorkspaceFactory(),
    "number": lambda batch: batch.number + 1,
    "created_by": lambda batch: UserFactory(),
    "created_at": lambda batch: NOW,
}


@pytest.mark.parametrize("column", BATCH)
def test_a_batch_stays_what_it_is(workspace, manager, column):
    batch = ExportBatchFactory(workspace=workspace)
    refused(ExportBatch.objects.all(), "A batch changes once", **{column: BATCH[column](batch)})


def test_a_batch_is_reversed_once_and_for_good(workspace, manager, agent):
    ExportBatchFactory(workspace=workspace)
    rows, refusal = ExportBatch.objects.all(), "A batch changes once"
    rows.update(reversed_at=NOW, reversed_by=manager)
    refused(rows, refusal, reversed_at=None, reversed_by=None)
    refused(rows, refusal, reversed_at=NOW + timedelta(seconds=1))
    refused(rows, refusal, reversed_by=agent)


def test_an_entry_stays_in_its_batch_until_that_is_reversed(entry, manager):
    entry.approve(by=manager, now=NOW)
    workspace = entry.workspace
    batch = workspace.batches.create_from_approved(workspace, by=manager, now=NOW)
    other = ExportBatchFactory(workspace=workspace)
    rows = BillingEntry.objects.filter(pk=entry.pk)
    for values in ({"batch": other}, {"batch": None, "state": "approved"}):
        refused(rows, "leaves its batch", **values)
    batch.reverse(by=manager, now=NOW)
    assert rows.get().batch is None


def test_a_batch_is_never_deleted(workspace):
    batch = ExportBatchFactory(workspace=workspace)
    with pytest.raises(IntegrityError, match="A batch is never deleted"), transaction.atomic():
        batch.delete()
    assert ExportBatch.objects.exists()


# Histories


@pytest.fixture
def histories(entry, workspace):
    """Every history has a record."""
    return {model: model.history.first() for model in TRACKED}


@pytest.mark.parametrize("model", TRACKED)
def test_a_history_is_never_changed_or_deleted(histories, model):
    record = histories[model]
    table, row = record._meta.db_table, f"WHERE history_id = {record.pk}"
    for attempt in (
        record.delete,
        model.history.all().delete,
        lambda: model.history.update(history_user=None),
        lambda: run(f"UPDATE {table} SET history_date = history_date {row}"),
        lambda: run(f"DELETE FROM {table} {row}"),
    ):
        with pytest.raises(IntegrityError, match="A history is never changed"), transaction.atomic():
            attempt()
    assert model.history.filter(pk=record.pk).values().get()


@pytest.mark.parametrize("command", ["clean_old_history", "clean_duplicate_history"])
def test_no_command_thins_a_history_out(billing_type, command):
    billing_type.save()
    with unguarded():
        BillingType.history.update(history_date=NOW - timedelta(days=400))
    records = BillingType.history.count()
    with pytest.raises(IntegrityError, match="A history is never changed"), transaction.atomic():
        call_command(command, auto=True, verbosity=0)
    assert BillingType.history.count() == records


def acted(model, admin, entry):
    """The admin does one thing that the history of the model tells."""
    thing = {BillingEntry: entry, Customer: entry.conversation.customer, Workspace: entry.workspace}.get(
        model, entry.billing_type if model is BillingType else entry.user.memberships.get()
    )
    thing._history_user = admin
    thing.save()


@transaction.atomic
def delete_by_hand(user):
    run(f"DELETE FROM workspaces_user WHERE id = {user.pk}")
    connection.check_constraints()


@pytest.mark.parametrize("model", TRACKED)
def test_whoever_did_something_cannot_be_deleted(admin, entry, model):
    acted(model, admin, entry)
    for delete in (admin.delete, User.objects.filter(pk=admin.pk).delete):
        with pytest.raises(ProtectedError):
            delete()
    with pytest.raises(IntegrityError):
        delete_by_hand(admin)
    assert model.history.first().history_user == admin


def test_whoever_did_nothing_can_be_deleted_and_the_history_keeps_their_membership(workspace):
    person = UserFactory()
    membership = MembershipFactory(workspace=workspace, user=person)
    pk = membership.pk
    person.delete()
    assert [record.history_type for record in Membership.history.filter(id=pk)] == ["-", "+"]


def test_the_admin_offers_no_deletion_of_a_user_and_refuses_it(as_admin, agent):
    address = f"/admin/workspaces/user/{agent.pk}/"
    assert f"{address}delete/" not in as_admin.get(f"{address}change/").content.decode()
    assert as_admin.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    sent = {"action": "delete_selected", "_selected_action": [agent.pk], "post": "yes"}
    as_admin.post("/admin/workspaces/user/", sent)
    assert User.objects.filter(pk=agent.pk).exists()


def test_what_the_admin_deletes_stays_in_the_history(as_admin, admin):
    workspace = WorkspaceFactory()
    rule = BillingTypeFactory(workspace=workspace)
    membership = MembershipFactory(workspace=workspace)
    for address in (
        f"billing/billingtype/{rule.pk}",
        f"workspaces/workspace/{workspace.pk}",
    ):
        assert as_admin.post(f"/admin/{address}/delete/", {"post": "yes"}).status_code == 302
    for thing in (rule, workspace, membership):
        record = type(thing).history.filter(id=thing.pk).first()
        assert (record.history_type, record.history_user) == ("-", admin)


# Ways round


@pytest.mark.parametrize("table", protected_tables())
def test_no_table_is_emptied_at_once(db, table):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(IntegrityError, match="never"):
        run(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("model", [BillingEntry, ExportBatch, *(model.history.model for model in TRACKED)])
def test_nothing_takes_the_place_of_a_row(histories, workspace, model):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no REPLACE")
    ExportBatchFactory(workspace=workspace)
    table = model._meta.db_table
    before = list(model.objects.values())
    for words in ("REPLACE", "INSERT OR REPLACE"):
        with pytest.raises(IntegrityError, match=r"never|used once"):
            run(f"{words} INTO {table} SELECT * FROM {table}")
    assert list(model.objects.values()) == before


def test_no_entry_takes_the_place_of_another_of_its_form(agent, conversation):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no REPLACE")
    BillingEntryFactory(user=agent, conversation=conversation, submission="0" * 32)
    batch = ExportBatchFactory(workspace=conversation.workspace)
    for model in (BillingEntry, ExportBatch):
        table = model._meta.db_table
        columns = ", ".join(field.column for field in model._meta.concrete_fields if field.column != "id")
        with pytest.raises(IntegrityError, match=r"one entry|used once"):
            run(f"REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}")
    assert ExportBatch.objects.get() == batch


# The guards themselves


def test_after_all_migrations_every_guard_stands_and_no_other_trigger(db):
    expected = {}
    for guard in expected_guards().values():
        expected |= guard.definitions(connection.vendor)
    assert standing_guards(connection) == expected
    assert len(expected) > 30


def test_every_table_of_facts_is_guarded(db):
    histories = {model.history.model._meta.db_table for model in TRACKED}
    facts = {"timers_interval", "timers_timer", "billing_billingentry", "billing_exportbatch"}
    assert set(protected_tables()) == histories | facts | {"conversations_conversation"}


@pytest.mark.django_db(transaction=True)
def test_a_migration_alters_a_guarded_table_with_its_guards_down():
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite makes a table anew to alter it")
    before = standing_guards(connection)
    guards = list(expected_guards().values())
    connection.disable_constraint_checking()
    try:
        with connection.schema_editor() as editor:
            DropGuards(guards).database_forwards("billing", editor, None, None)
            for model in (BillingEntry, Interval, Timer):
                editor._remake_table(model)
            PutGuards(guards).database_forwards("billing", editor, None, None)
    finally:
        connection.enable_constraint_checking()
    assert standing_guards(connection) == before
