"""Reads and rules of the models that no page shows alone."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from conversations.models import Billed, Conversation, ConversationClosed, Customer
from tests.factories import BillingEntryFactory, BillingTypeFactory, MessageFactory
from workspaces.models import User, Workspace


@pytest.mark.parametrize(
    ("day", "counted"),
    [
        (date(2026, 1, 31), False),
        (date(2026, 2, 1), True),
        (date(2026, 2, 28), True),
        (date(2026, 3, 1), False),
    ],
)
def test_a_month_is_the_calendars(
    conversation: Conversation, agent: User, customer: Customer, day: date, counted: bool
) -> None:
    BillingEntryFactory(conversation=conversation, user=agent, raw_seconds=3600, day=day)
    expected = Billed(3600, 12000) if counted else Billed(0, 0)
    assert customer.billed_in_month(date(2026, 2, 14)) == expected


def test_a_december_ends_with_the_year(conversation: Conversation, agent: User, customer: Customer) -> None:
    BillingEntryFactory(conversation=conversation, user=agent, raw_seconds=3600, day=date(2026, 12, 31))
    assert customer.billed_in_month(date(2026, 12, 31)) == Billed(3600, 12000)
    assert customer.billed_in_month(date(2027, 1, 1)) == Billed(0, 0)


def test_a_months_amount_is_in_the_workspaces_currency(
    conversation: Conversation, agent: User, customer: Customer
) -> None:
    entry = BillingEntryFactory(conversation=conversation, user=agent, raw_seconds=3600, currency="USD")
    assert customer.billed_in_month(entry.date) == Billed(3600, 0)


def test_the_billing_type_is_the_conversations_else_the_customers_else_the_default(
    conversation: Conversation, customer: Customer, workspace: Workspace
) -> None:
    default = workspace.default_billing_type
    assert conversation.effective_billing_type == default
    customer.billing_type = BillingTypeFactory(workspace=workspace)
    conversation.customer = customer
    assert conversation.effective_billing_type == customer.billing_type
    own = conversation.billing_type = BillingTypeFactory(workspace=workspace)
    assert conversation.effective_billing_type == own
    own.archived_at = timezone.now()
    assert conversation.effective_billing_type == customer.billing_type


def test_a_conversation_and_its_customer_share_a_workspace(
    conversation: Conversation, foreign_conversation: Conversation
) -> None:
    conversation.customer = foreign_conversation.customer
    with pytest.raises(ValidationError, match="Choose one of this workspace"):
        conversation.full_clean()


def test_nobody_outside_the_workspace_is_made_responsible(
    conversation: Conversation, agent: User, outsider: User
) -> None:
    with pytest.raises(ValidationError):
        conversation.assign(to=outsider, by=agent, now=conversation.created_at)
    conversation.refresh_from_db()
    assert conversation.assignee == agent


def test_a_note_from_a_stale_page_does_not_undo_that_a_reply_was_sent(
    conversation: Conversation, agent: User, colleague: User
) -> None:
    now = conversation.created_at
    conversation.post(kind="incoming", body="Well?", now=now)
    elsewhere = Conversation.objects.get(pk=conversation.pk)
    elsewhere.post(kind="reply", body="Done.", author=colleague, now=now)
    conversation.post(kind="note", body="I look at it.", author=agent, now=now)
    conversation.refresh_from_db()
    assert not conversation.awaiting_reply


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Henrike Lührs-Petersen", "HL"), ("Jan van der Berg", "JB"), ("support", "S"), ("", "C")],
)
def test_initials_are_those_of_the_first_and_the_last_word(
    conversation: Conversation, name: str, initials: str
) -> None:
    assert MessageFactory(conversation=conversation, author_name=name).initials == initials


@pytest.mark.parametrize("kind", ["reply", "note", "incoming"])
def test_nothing_is_written_to_a_conversation_that_somebody_closed_meanwhile(
    conversation: Conversation, agent: User, colleague: User, kind: str
) -> None:
    elsewhere = Conversation.objects.get(pk=conversation.pk)
    elsewhere.close(by=colleague, now=timezone.now())
    with pytest.raises(ConversationClosed):
        conversation.post(kind=kind, body="Too late", author=agent, now=timezone.now())
    assert not conversation.messages.filter(body="Too late").exists()
