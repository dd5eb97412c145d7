"""Rules in the database: nonsense is refused, and what an entry keeps does not change."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.models import BillingEntry, BillingType
from billing.models.billing_type import HIGHEST_RATE, LONGEST_MINUTES
from conversations.models import Conversation
from tests.factories import BillingEntryFactory, BillingTypeFactory
from workspaces.models import User, Workspace


@pytest.mark.parametrize(
    "nonsense",
    [
        {"increment_minutes": 0},
        {"increment_minutes": 1441},
        {"minimum_minutes": 60, "maximum_minutes": 30},
        {"minimum_minutes": LONGEST_MINUTES + 1},
        {"maximum_minutes": 0},
        {"maximum_minutes": LONGEST_MINUTES + 1},
        {"rate": -1},
        {"rate": HIGHEST_RATE + 1},
        {"rounding": "sideways"},
        {"unit": "fortnight"},
        {"kind": "gift"},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_by_form_and_database(
    workspace: Workspace, nonsense: dict[str, Any]
) -> None:
    type_ = BillingType(workspace=workspace, name="Nonsense", **nonsense)
    with pytest.raises(ValidationError):
        type_.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        type_.save()


@pytest.mark.parametrize("nonsense", [{"increment_minutes": -15}, {"minimum_minutes": -1}])
def test_negative_minutes_are_refused(workspace: Workspace, nonsense: dict[str, int]) -> None:
    type_ = BillingType(workspace=workspace, name="Nonsense", **nonsense)
    with pytest.raises(ValidationError):
        type_.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        type_.save()


def test_changing_and_archiving_a_billing_type_changes_no_entry(
    agent: User, conversation: Conversation, billing_type: BillingType
) -> None:
    entry = BillingEntryFactory(user=agent, conversation=conversation)
    before = columns_of(entry)
    billing_type.name, billing_type.rate, billing_type.rounding = "Dearer", 99_900, "none"
    billing_type.save()
    workspace = billing_type.workspace
    workspace.default_billing_type, workspace.currency = BillingTypeFactory(workspace=workspace), "JPY"
    workspace.save()
    billing_type.archive(timezone.now())
    assert columns_of(entry) == before
    entry.refresh_from_db()
    assert entry.rule_then.calculate(entry.raw_seconds).explanation == entry.explanation


def test_adjusting_an_entry_later_uses_the_rule_that_it_was_made_under(
    agent: User, conversation: Conversation, billing_type: BillingType
) -> None:
    entry = BillingEntryFactory(user=agent, conversation=conversation)
    BillingType.objects.filter(pk=billing_type.pk).update(rate=99_900)
    entry.revise(by=agent, version=entry.version, now=timezone.now(), billed_seconds=7200)
    assert (entry.amount, entry.rate, entry.calculated_seconds) == (24_000, 12_000, 3600)


def test_without_any_billing_type_time_is_kept_as_it_is_and_worth_nothing(
    agent: User, conversation: Conversation, workspace: Workspace
) -> None:
    workspace.default_billing_type = None
    workspace.save()
    entry = BillingEntryFactory(user=agent, conversation=conversation)
    assert (entry.billed_seconds, entry.amount, entry.kind) == (3133, 0, "time")
    assert entry.rule_then.calculate(3133).billed_seconds == 3133


def test_the_name_of_a_billing_type_may_be_longer_than_the_history_has_room(
    agent: User, conversation: Conversation
) -> None:
    entry = BillingEntryFactory(user=agent, conversation=conversation, reason="x" * 150)
    assert entry.history.get().history_change_reason == "x" * 100


def columns_of(entry: BillingEntry) -> dict[str, Any]:
    return BillingEntry.objects.filter(pk=entry.pk).values().get()
