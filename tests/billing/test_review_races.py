"""Decisions that meet: one winner, nothing twice, nobody waits for ever."""

from uuid import uuid4

import pytest
from django.utils import timezone

from billing.manual_forms import ManualEntryForm
from billing.models import BillingEntry, EditConflict, ExportBatch, NothingToExport
from tests.factories import BillingEntryFactory
from tests.races import together

pytestmark = pytest.mark.django_db(transaction=True)


def make(user, conversation):
    return BillingEntryFactory(user=user, conversation=conversation, confirmed_at=timezone.now())


def test_managers_who_approve_overlapping_choices_in_opposite_order_both_end(
    manager, agent, colleague, conversation
):
    entries = [make((agent, colleague)[number % 2], conversation) for number in range(10)]
    versions = {entry.pk: entry.version for entry in entries}
    forward = dict(list(versions.items())[:7])
    backward = dict(reversed(list(versions.items())[3:]))

    def approve(chosen):
        return lambda: BillingEntry.objects.decide("approved", chosen, by=manager, now=timezone.now())

    results = together(*[approve(chosen) for chosen in (forward, backward) * 2])
    done = [entry.pk for finished, missed in results for entry in finished]
    assert sorted(done) == sorted(versions)
    assert [missed for _, missed in results] == [[]] * 4
    for entry in entries:
        entry.refresh_from_db()
        assert (entry.state, entry.version) == ("approved", 2)
        assert entry.history.filter(state="approved").count() == 1


def test_of_an_approval_and_an_edit_one_wins(manager, agent, conversation):
    for _ in range(5):
        entry = make(agent, conversation)
        own = BillingEntry.objects.get(pk=entry.pk)
        versions = {entry.pk: entry.version}
        decided, edited = together(
            lambda versions=versions: BillingEntry.objects.decide(
                "approved", versions, by=manager, now=timezone.now()
            ),
            lambda own=own: own.revise(by=agent, version=own.version, now=timezone.now(), billed_seconds=60),
        )
        done, missed = decided
        entry.refresh_from_db()
        assert entry.version == 2
        if done:
            assert isinstance(edited, EditConflict)
            assert (entry.state, entry.billed_seconds) == ("approved", 3600)
        else:
            assert edited is None
            assert [each.pk for each in missed] == [entry.pk]
            assert (entry.state, entry.billed_seconds) == ("new", 60)


def test_of_two_exports_at_once_each_entry_is_in_one_batch(
    manager, agent, colleague, conversation, workspace
):
    entries = [make((agent, colleague)[number % 2], conversation) for number in range(6)]
    BillingEntry.objects.decide("approved", {each.pk: 1 for each in entries}, by=manager, now=timezone.now())

    def export():
        return ExportBatch.objects.create_from_approved(workspace, by=manager, now=timezone.now())

    results = together(*[export] * 4)
    batches = [each for each in results if isinstance(each, ExportBatch)]
    assert [type(each) for each in results if each not in batches] == [NothingToExport] * 3
    assert [batch.number for batch in batches] == [1]
    assert batches[0].entries.filter(state="invoiced").count() == 6


def test_of_an_export_and_an_undone_approval_one_wins(manager, agent, conversation, workspace):
    entry = make(agent, conversation)
    entry.approve(by=manager, now=timezone.now())
    own = BillingEntry.objects.get(pk=entry.pk)
    together(
        lambda: ExportBatch.objects.create_from_approved(workspace, by=manager, now=timezone.now()),
        lambda: own.reinstate(by=manager, now=timezone.now()),
    )
    entry.refresh_from_db()
    assert (entry.state, entry.batch_id is None) in [("invoiced", False), ("new", True)]
    assert ExportBatch.objects.count() == int(entry.state == "invoiced")


def test_a_batch_that_is_reversed_twice_at_once_is_reversed_once(manager, agent, conversation, workspace):
    entry = make(agent, conversation)
    entry.approve(by=manager, now=timezone.now())
    batch = ExportBatch.objects.create_from_approved(workspace, by=manager, now=timezone.now())
    results = together(
        *[
            lambda: ExportBatch.objects.get(pk=batch.pk).reverse(by=manager, now=timezone.now())
            for _ in range(3)
        ]
    )
    assert sorted(results) == [False, False, True]
    entry.refresh_from_db()
    assert (entry.state, entry.batch, entry.version) == ("approved", None, 4)


def test_a_form_by_hand_that_is_sent_many_times_at_once_makes_one_entry(agent, conversation):
    sent = {
        "conversation": conversation.pk,
        "worked": "58m",
        "date": "2026-11-17",
        "description": "Call",
        "submission": str(uuid4()),
    }

    def send():
        form = ManualEntryForm(sent, user=agent, now=timezone.now())
        assert form.is_valid(), form.errors
        return form.save(now=timezone.now()).pk

    for _ in range(3):
        sent["submission"] = str(uuid4())
        assert len({*together(*[send] * 4)}) == 1
    assert BillingEntry.objects.count() == 3
