"""What the database refuses, whoever writes to it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from billing.models import BillingEntry, ExportBatch
from conversations.models import Conversation
from tests.factories import BillingEntryFactory, ExportBatchFactory
from workspaces.models import User

NOW = datetime(2026, 11, 19, 12, tzinfo=UTC)


@pytest.fixture
def entry(agent: User, conversation: Conversation) -> BillingEntry:
    return BillingEntryFactory(user=agent, conversation=conversation)


def refuses(rows: Any, rule: str, **fields: Any) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        rows.update(**fields)


@pytest.mark.parametrize("state", ["approved", "returned"])
def test_a_decision_without_its_reviewer_or_its_moment(
    entry: BillingEntry, manager: User, state: str
) -> None:
    rows, rule = BillingEntry.objects.filter(pk=entry.pk), "a_decision_has_its_reviewer"
    decided = {"state": state, "return_comment": "?"}
    refuses(rows, rule, **decided)
    refuses(rows, rule, **decided, reviewed_by=manager)
    refuses(rows, rule, **decided, reviewed_at=NOW)
    rows.update(**decided, reviewed_by=manager, reviewed_at=NOW)


def test_an_invoiced_entry_without_its_reviewer(entry: BillingEntry) -> None:
    batch = ExportBatchFactory(workspace=entry.workspace)
    rows = BillingEntry.objects.filter(pk=entry.pk)
    refuses(rows, "a_decision_has_its_reviewer", state="invoiced", batch=batch)


def test_a_return_without_a_comment(entry: BillingEntry, manager: User) -> None:
    rows = BillingEntry.objects.filter(pk=entry.pk)
    refuses(rows, "a_returned_entry_says_why", state="returned", reviewed_by=manager, reviewed_at=NOW)


def test_an_overlap_with_nothing_or_of_no_time(entry: BillingEntry, conversation: Conversation) -> None:
    def another(**overlap: Any) -> None:
        fields = BillingEntry.objects.filter(pk=entry.pk).values().get()
        with transaction.atomic():
            BillingEntry.objects.bulk_create([BillingEntry(**fields | {"id": None} | overlap)])

    with pytest.raises(IntegrityError, match="an_overlap_is_with_a_conversation"):
        another(overlap_seconds=1)
    with pytest.raises(IntegrityError, match="an_overlap_is_with_a_conversation"):
        another(overlap_with_id=conversation.pk)
    another(overlap_seconds=1, overlap_with_id=conversation.pk)


def test_a_batch_that_was_reversed_by_nobody_or_never(entry: BillingEntry, manager: User) -> None:
    batch = ExportBatchFactory(workspace=entry.workspace)
    rows, rule = ExportBatch.objects.filter(pk=batch.pk), "reversed_by_somebody_at_a_moment"
    refuses(rows, rule, reversed_at=NOW)
    refuses(rows, rule, reversed_by=manager)
    rows.update(reversed_at=NOW, reversed_by=manager)
