from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from billing.forms import ANOTHER_FIGURE
from billing.manual_forms import ManualEntryForm
from billing.models import BillingType
from conversations.models import Conversation
from tests.factories import BillingTypeFactory, ConversationFactory
from workspaces.models import User, Workspace


@pytest.fixture
def six_minutes(workspace: Workspace) -> BillingType:
    """0:54:00 and 252.00 EUR for the entry."""
    return BillingTypeFactory(
        workspace=workspace, name="Partner advice", increment_minutes=6, rate=28_000, kind="time"
    )


def by_hand(user: User, data: dict[str, Any] | None = None, **initial: Any) -> ManualEntryForm:
    return ManualEntryForm(data, user=user, now=timezone.now(), initial=initial)


def test_time_worked_becomes_a_confirmed_entry_by_hand(
    agent: User, conversation: Conversation, billing_type: BillingType
) -> None:
    now = timezone.now()
    data = {"conversation": conversation.pk, "worked": "58m", "date": "2026-11-17", "description": "Call"}
    form = by_hand(agent, data)
    assert form.is_valid(), form.errors
    entry = form.save(now=now)
    entry.refresh_from_db()
    assert (entry.workspace, entry.conversation, entry.user) == (
        conversation.workspace,
        conversation,
        agent,
    )
    assert (entry.kind, entry.billing_type, entry.date) == ("service", billing_type, date(2026, 11, 17))
    assert (entry.raw_seconds, entry.billed_seconds, entry.amount) == (3480, 3600, 12_000)
    assert (entry.by_hand, entry.confirmed_at, entry.state) == (True, now, "new")
    assert entry.explanation.startswith("0:58:00 by hand → ")
    assert entry.history.get().history_change_reason == "Entered by hand"


def test_the_kind_is_that_of_the_billing_type_unless_chosen(
    agent: User, conversation: Conversation, six_minutes: BillingType
) -> None:
    data = {
        "conversation": conversation.pk,
        "worked": "1",
        "date": "2026-11-17",
        "description": "Call",
        "billing_type": six_minutes.pk,
    }
    kinds = {"": "time", "time": "time", "service": "service"}
    for chosen, expected in kinds.items():
        form = by_hand(agent, data | {"kind": chosen})
        assert form.is_valid()
        assert form.is_charge == (expected == "service")
        assert form.save(now=timezone.now()).kind == expected


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("conversation", ""),
        ("conversation", "x"),
        ("conversation", "9" * 31),
        ("worked", ""),
        ("worked", "0"),
        ("worked", "abc"),
        ("worked", "-1"),
        ("date", ""),
        ("date", "1999-12-31"),
        ("kind", "gift"),
        ("billing_type", "9" * 31),
        ("description", ""),
        ("description", "   "),
        ("description", "x" * 2001),
    ],
)
def test_an_entry_by_hand_needs_fields_that_make_sense(
    agent: User, conversation: Conversation, field: str, value: str
) -> None:
    data = {"conversation": conversation.pk, "worked": "1:30", "date": "2026-11-17", "description": "Call"}
    form = by_hand(agent, data | {field: value})
    assert not form.is_valid()
    assert field in form.errors


def test_only_open_conversations_within_reach_are_offered_the_latest_first(
    agent: User, conversation: Conversation, foreign_conversation: Conversation
) -> None:
    closed = ConversationFactory(customer=conversation.customer, state="closed")
    latest = ConversationFactory(customer=conversation.customer)
    form = by_hand(agent)
    assert [pk for pk, _ in form.fields["conversation"].choices] == [latest.pk, conversation.pk]
    for refused in (closed, foreign_conversation):
        assert "conversation" in by_hand(agent, {"conversation": refused.pk}).errors


def test_a_billing_type_of_another_workspace_than_the_conversations_is_refused(
    agent: User, conversation: Conversation, other_workspace: Workspace
) -> None:
    data = {"conversation": conversation.pk, "billing_type": other_workspace.default_billing_type_id}
    assert "billing_type" in by_hand(agent, data).errors


def test_a_draft_shows_what_it_would_come_to(agent: User, conversation: Conversation) -> None:
    form = by_hand(agent, conversation=str(conversation.pk), worked="58m")
    assert form.calculation.amount == 12_000
    assert by_hand(agent).calculation is None
    assert by_hand(agent, worked="nonsense").unreadable


def test_a_rule_that_is_edited_before_the_save_is_shown_again(
    agent: User, conversation: Conversation, billing_type: BillingType
) -> None:
    data = {"conversation": conversation.pk, "worked": "1:30", "date": "2026-11-17", "description": "Call"}
    seen = by_hand(agent, conversation=conversation.pk, worked="1:30").showing
    BillingType.objects.filter(pk=billing_type.pk).update(rate=99_900)
    form = by_hand(agent, data | {"seen": seen})
    assert form.non_field_errors() == [ANOTHER_FIGURE]
    assert by_hand(agent, data | {"seen": form.showing}).is_valid()


def test_without_conversations_there_is_nothing_to_choose(outsider: User) -> None:
    assert by_hand(outsider).offers_nothing
