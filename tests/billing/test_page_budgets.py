"""How many queries the pages of one's entries and of the books make: few, at one row and at thirty."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count as count_up
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from billing.models import ExportBatch
from conversations.models import Conversation
from tests.budgets import queries_of
from tests.cast import sign_in
from tests.factories import (
    BillingEntryFactory,
    BillingTypeFactory,
    ConversationFactory,
    MembershipFactory,
    UserFactory,
)
from workspaces.models import Membership, User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)

#: A Thursday.
NOW = datetime(2026, 11, 19, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_a_thursday() -> Any:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def same_at_one_and_at_thirty(client: Client, path: str, add: Any, **sent: str) -> list[str]:
    """The queries of the page at one of what `add` makes, which are as many at thirty."""
    add(1)
    few = queries_of(client, "GET", path, sent)
    add(29)
    many = queries_of(client, "GET", path, sent)
    assert len(few) == len(many), "\n".join(many)
    return many


@pytest.mark.parametrize("who", ["agent", "manager"])
def test_ones_own_entries_take_six_queries(
    who: str, request: pytest.FixtureRequest, manager: User, colleague: User, conversation: Conversation
) -> None:
    user = request.getfixturevalue(who)

    def add(count: int) -> None:
        for number in range(count):
            elsewhere = ConversationFactory(customer__workspace=conversation.workspace)
            for days in (number % 4, 30):
                day = NOW.date() - timedelta(days=days)
                entry = BillingEntryFactory(user=user, conversation=elsewhere, day=day)
                entry.return_(by=colleague if user == manager else manager, comment="?", now=NOW)

    assert len(same_at_one_and_at_thirty(sign_in(user), "/billing/", add)) <= 6


def test_an_entry_takes_six_queries_however_often_it_was_changed(
    as_manager: Client, agent: User, conversation: Conversation
) -> None:
    entry = BillingEntryFactory(user=agent, conversation=conversation, confirmed_at=NOW)

    def add(count: int) -> None:
        for number in range(count):
            BillingTypeFactory(workspace=conversation.workspace)
            entry.revise(by=agent, version=entry.version, now=NOW, description=f"Note {number}")

    assert len(same_at_one_and_at_thirty(as_manager, f"/billing/{entry.pk}/", add)) <= 6


def test_an_entry_by_hand_takes_six_queries(as_manager: Client, workspace: Workspace) -> None:
    def add(count: int) -> None:
        for _ in range(count):
            ConversationFactory(customer__workspace=workspace)
            BillingTypeFactory(workspace=workspace)

    assert len(same_at_one_and_at_thirty(as_manager, "/billing/new/", add)) <= 6


@pytest.mark.parametrize("chosen", [False, True])
def test_statements_take_seven_queries(
    as_manager: Client, agent: User, conversation: Conversation, chosen: bool
) -> None:
    def add(count: int) -> None:
        for _ in range(count):
            other = ConversationFactory(customer__workspace=conversation.workspace)
            for each in (conversation, other):
                charge = {"user": agent, "state": "approved", "confirmed_at": NOW, "day": NOW.date()}
                BillingEntryFactory(conversation=each, **charge)

    sent = {"customer": str(conversation.customer_id)} if chosen else {}
    assert len(same_at_one_and_at_thirty(as_manager, "/billing/statement/", add, **sent)) == 7


def test_batches_take_six_queries_and_read_no_entry_of_theirs(
    as_manager: Client, manager: User, agent: User, conversation: Conversation
) -> None:
    def add(count: int) -> None:
        for number in range(count):
            approved = {"state": "approved", "confirmed_at": NOW}
            BillingEntryFactory(user=agent, conversation=conversation, **approved)
            batch = ExportBatch.objects.create_from_approved(conversation.workspace, by=manager, now=NOW)
            if number % 5 == 4:
                batch.reverse(by=manager, now=NOW)

    found = same_at_one_and_at_thirty(as_manager, "/billing/batches/", add)
    assert len(found) <= 6
    assert not [sql for sql in found if '"billing_billingentry"."batch_id" IN' in sql]


def test_the_history_takes_ten_queries(
    as_manager: Client, manager: User, conversation: Conversation, on_a_thursday: Any
) -> None:
    """Two more than others: a page may tell of five kinds of things, each with a table of its own."""
    rule = BillingTypeFactory(workspace=conversation.workspace)
    conversation.customer.billing_type = rule
    moments = (NOW + timedelta(minutes=minute) for minute in count_up())

    def add(count: int) -> None:
        for _ in range(count):
            on_a_thursday.move_to(next(moments))
            person = UserFactory()
            membership = MembershipFactory(workspace=conversation.workspace, user=person)
            entry = BillingEntryFactory(user=person, conversation=conversation)
            entry.revise(by=manager, version=entry.version, now=timezone.now(), description="x")
            for thing in (rule, conversation.workspace, conversation.customer, membership):
                thing._history_user = person
                thing.save()

    assert len(same_at_one_and_at_thirty(as_manager, "/billing/history/", add)) <= 10


def test_a_manager_of_several_workspaces_makes_no_more_queries(
    manager: User, agent: User, conversation: Conversation, other_workspace: Workspace
) -> None:
    BillingEntryFactory(user=agent, conversation=conversation)
    pages = ["/billing/", "/billing/batches/", "/billing/history/", "/billing/statement/"]
    client = sign_in(manager)
    few = [len(queries_of(client, "GET", path)) for path in pages]
    MembershipFactory(workspace=other_workspace, user=manager, role=Membership.Role.MANAGER)
    many = [len(queries_of(client, "GET", path)) for path in pages]
    # The history alone offers them as a filter.
    assert many == [few[0], few[1], few[2] + 1, few[3]]
