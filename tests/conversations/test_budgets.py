"""How many queries the pages of conversations take, from session to top bar: at thirty rows as at one."""

from __future__ import annotations

import pytest
from django.test import Client

from conversations.models import Conversation, Message
from tests.budgets import queries_of
from tests.factories import (
    BillingEntryFactory,
    ConversationFactory,
    CustomerFactory,
    MessageFactory,
    TimerFactory,
    UserFactory,
)
from timers.models import Timer
from workspaces.models import User

pytestmark = pytest.mark.django_db(transaction=True)

#: A manager's; an agent has no count of what is to be reviewed.
BUDGETS = {
    "/conversations/{}/": 7,
    "/conversations/": 6,
    "/conversations/?q=subject": 6,
    "/conversations/?q=subject&view=closed": 6,
    "/conversations/?sort=time": 7,
    "/conversations/?view=mine": 6,
    "/conversations/?page=2": 6,
    "/conversations/new/": 6,
}
FRAGMENTS = {
    "/conversations/{}/members/": 3,
    "/palette/?on={}": 4,
    "/palette/?q=subject&on={}": 5,
}


def add_row(user: User, conversation: Conversation) -> None:
    """To everything that is listed: messages, starts, log, colleagues' timers, inbox, list, own timers."""
    here = {"conversation": conversation, "user": UserFactory()}
    MessageFactory(conversation=conversation, author=here["user"], kind=Message.Kind.REPLY, body="Subject")
    TimerFactory(**here)
    TimerFactory(**here, state=Timer.State.LOGGED, entry=BillingEntryFactory(**here))
    customer = CustomerFactory(workspace=conversation.workspace)
    theirs = ConversationFactory(customer=customer, assignee=user, subject="Subject")
    BillingEntryFactory(conversation=theirs, user=user)
    TimerFactory(conversation=theirs, user=user)
    ConversationFactory(customer=customer, subject="Subject", state="closed")


def test_no_page_takes_more_queries_than_its_budget_however_much_there_is(
    as_manager: Client, manager: User, conversation: Conversation
) -> None:
    def counts(budgets: dict[str, int], *, htmx: bool) -> dict[str, int]:
        found = {}
        for path in budgets:
            for _ in range(2):  # The first time it may read what a process keeps.
                queries = queries_of(as_manager, "GET", path.format(conversation.pk), htmx=htmx)
            found[path] = len(queries)
        return found

    add_row(manager, conversation)
    at_one = counts(BUDGETS, htmx=False) | counts(FRAGMENTS, htmx=True)
    for _ in range(29):
        add_row(manager, conversation)
    assert counts(BUDGETS, htmx=False) | counts(FRAGMENTS, htmx=True) == at_one == BUDGETS | FRAGMENTS


def test_an_agent_has_one_query_less(as_agent: Client, conversation: Conversation) -> None:
    assert len(queries_of(as_agent, "GET", conversation.get_absolute_url())) == 6
