"""The verbs of an entry, beneath the pages."""

from datetime import UTC, datetime

import pytest

from billing.models import BillingEntry, EditConflict
from tests.factories import BillingEntryFactory

NOW = datetime(2026, 11, 19, 12, tzinfo=UTC)


@pytest.fixture
def entry(agent, conversation):
    return BillingEntryFactory(user=agent, conversation=conversation)


def test_what_was_approved_meanwhile_is_not_set_back(entry, agent, manager):
    looked_at = BillingEntry.objects.get(pk=entry.pk)
    entry.approve(by=manager, now=NOW)
    with pytest.raises(EditConflict):
        looked_at.reinstate(by=agent, now=NOW, version=looked_at.version)
    entry.refresh_from_db()
    assert (entry.state, entry.version) == ("approved", 2)
    looked_at.reinstate(by=manager, now=NOW, version=2)
    assert looked_at.state == "new"


def test_whoever_holds_entries_is_told_since_when_they_are_settled(entry, manager, monkeypatch):
    told = []
    monkeypatch.setattr(
        BillingEntry, "when_settled", [lambda entries, now: told.append(([each.pk for each in entries], now))]
    )
    entry.approve(by=manager, now=NOW)
    other = BillingEntryFactory(user=entry.user, conversation=entry.conversation)
    BillingEntry.objects.decide("approved", {other.pk: None}, by=manager, now=NOW)
    third = BillingEntryFactory(user=entry.user, conversation=entry.conversation)
    third.revise(by=third.user, version=1, now=NOW)
    assert told == [([entry.pk], NOW), ([other.pk], NOW), ([third.pk], NOW)]


def test_the_history_says_who_prepared_it(agent, manager, conversation):
    rule = conversation.effective_billing_type
    prepared = {"user": agent, "conversation": conversation, "billing_type": rule, "raw_seconds": 60}
    for by in (None, manager):
        entry = BillingEntry.objects.prepare(**prepared, day=NOW.date(), now=NOW, by=by)
        assert entry.user == agent
        assert entry.history.get().history_user == (by or agent)
