"""The page of a conversation: inbox, thread, customer."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone

from conversations.models import Conversation, Customer, Message
from conversations.thread import Thread
from tests.factories import (
    BillingEntryFactory,
    ConversationFactory,
    CustomerFactory,
    MessageFactory,
    TimerFactory,
)
from workspaces.models import User, Workspace

HOSTILE = "<script>alert(1)</script><svg onload=alert(2)>\"'>{{ 7|add:7 }} javascript:alert(3)"


def page(client: Client, conversation: Conversation) -> str:
    response = client.get(conversation.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def test_it_shows_what_the_conversation_is(as_agent: Client, conversation: Conversation) -> None:
    html = page(as_agent, conversation)
    assert "<h1>VPN drops after update</h1>" in html
    assert "Reederei Hansen &amp; Söhne" in html
    assert "Could somebody look at it?" in html
    assert 'aria-label="Assigned to Katharina Wiegand"' in html
    assert 'placeholder="Reply to Henrike Lührs-Petersen"' in html
    assert "Close conversation" in html


def test_messages_events_and_starts_stand_in_order_of_time(
    as_agent: Client, agent: User, colleague: User, conversation: Conversation
) -> None:
    start = conversation.messages.get().created_at
    TimerFactory(conversation=conversation, user=colleague, created_at=start + timedelta(seconds=2))
    MessageFactory(conversation=conversation, body="Third", created_at=start + timedelta(seconds=3))
    MessageFactory(
        conversation=conversation,
        kind=Message.Kind.EVENT,
        author=agent,
        body="was here",
        created_at=start + timedelta(seconds=1),
    )
    html = page(as_agent, conversation)
    in_order = [
        "Could somebody look at it?",
        "Katharina Wiegand was here",
        "Jonas Feddersen-Lindqvist started a timer",
        "Third",
        'id="composer"',
    ]
    assert in_order == sorted(in_order, key=html.index)
    assert html.count('id="latest"') == 1


def test_what_is_not_of_today_shows_its_date(as_agent: Client, conversation: Conversation) -> None:
    MessageFactory(conversation=conversation, created_at="2026-03-02T23:30Z")
    assert '<time datetime="2026-03-03T00:30+01:00">3 Mar' in page(as_agent, conversation)


def test_a_closed_conversation_is_read_only(
    as_agent: Client, agent: User, conversation: Conversation
) -> None:
    conversation.close(by=agent, now=timezone.now())
    html = page(as_agent, conversation)
    assert "Closed. Reopen it to write." in html
    assert "Reopen conversation" in html
    assert "Close conversation" not in html
    assert 'name="body"' not in html
    assert "/timer/start/" not in html


def test_what_people_wrote_is_inert(as_agent: Client, agent: User, workspace: Workspace) -> None:
    agent.first_name = HOSTILE[:150]
    agent.save()
    customer = CustomerFactory(workspace=workspace, name=HOSTILE)
    hostile = ConversationFactory(customer=customer, subject=HOSTILE, contact=HOSTILE, assignee=agent)
    MessageFactory(conversation=hostile, body=HOSTILE, author_name=HOSTILE)
    MessageFactory(conversation=hostile, body=HOSTILE, author=agent, kind=Message.Kind.NOTE)
    MessageFactory(conversation=hostile, body=HOSTILE, author=agent, kind=Message.Kind.EVENT)
    for html in (page(as_agent, hostile), as_agent.get("/conversations/").content.decode()):
        assert "<script>alert" not in html
        assert "<svg onload" not in html
        assert 'href="javascript' not in html
        assert "{{ 7" in html


def test_the_inbox_holds_my_open_conversations_with_my_timers(
    as_agent: Client, agent: User, colleague: User, conversation: Conversation, customer: Customer
) -> None:
    TimerFactory(conversation=conversation, user=agent)
    ConversationFactory(customer=customer, subject="another of mine", assignee=agent)
    ConversationFactory(customer=customer, subject="closed one", assignee=agent, state="closed")
    ConversationFactory(customer=customer, subject="of a colleague", assignee=colleague)
    html = page(as_agent, conversation)
    inbox = html[html.index('id="inbox"') : html.index('id="main"', html.index('id="inbox"'))]
    assert "another of mine" in inbox
    assert "closed one" not in inbox
    assert "of a colleague" not in inbox
    assert inbox.count('aria-current="page"') == 1
    assert inbox.count('aria-label="Timer running"') == 1
    assert '<span class="num muted">2</span>' in inbox


def test_a_conversation_that_is_not_mine_stands_on_top_of_the_inbox(
    as_colleague: Client, colleague: User, conversation: Conversation, customer: Customer
) -> None:
    ConversationFactory(customer=customer, assignee=colleague)
    response = as_colleague.get(conversation.get_absolute_url())
    assert response.context["inbox"].rows[0] == conversation
    assert response.context["inbox"].count == 1


def test_the_inbox_holds_thirty(as_agent: Client, agent: User, conversation: Conversation) -> None:
    ConversationFactory.create_batch(31, customer=conversation.customer, assignee=agent)
    response = as_agent.get(conversation.get_absolute_url())
    assert len(response.context["inbox"].rows) == 31
    assert response.context["inbox"].rows[0] == conversation
    assert response.context["inbox"].count == 32


def test_the_customer_section_sums_this_months_entries(
    as_agent: Client, agent: User, conversation: Conversation, customer: Customer
) -> None:
    today = customer.workspace.local_date(timezone.now())
    BillingEntryFactory(conversation=conversation, user=agent, raw_seconds=3600)
    BillingEntryFactory(conversation=conversation, user=agent, raw_seconds=1800, kind="time")
    BillingEntryFactory(conversation=conversation, user=agent, raw_seconds=3600, state="discarded")
    BillingEntryFactory(
        conversation=conversation, user=agent, raw_seconds=3600, day=today.replace(day=1) - timedelta(days=1)
    )
    ConversationFactory(customer=customer)
    ConversationFactory(customer=customer, state="closed")
    html = page(as_agent, conversation)
    section = html[html.index('aria-labelledby="customer"') :]
    assert '<dd id="this-month">1:30 h, 120.00 EUR</dd>' in section
    assert f'<dd><a href="/conversations/?customer={customer.pk}">2</a></dd>' in section
    assert "<dd>Standard consulting</dd>" in section
    assert "<dd>Henrike Lührs-Petersen</dd>" in section


def test_participants_are_the_contact_and_everybody_who_wrote(
    conversation: Conversation, agent: User, colleague: User
) -> None:
    MessageFactory(conversation=conversation, author=agent, kind=Message.Kind.REPLY)
    MessageFactory(conversation=conversation, author=agent, kind=Message.Kind.NOTE)
    MessageFactory(conversation=conversation, author=colleague, kind=Message.Kind.EVENT)
    assert Thread(conversation).participants == ["Henrike Lührs-Petersen", "Katharina Wiegand"]


def test_outsiders_find_nothing(as_outsider: Client, as_admin: Client, conversation: Conversation) -> None:
    missing = as_outsider.get(f"/conversations/{conversation.pk + 1}/")
    foreign = as_outsider.get(conversation.get_absolute_url())
    assert foreign.status_code == missing.status_code == 404
    assert "VPN drops" not in foreign.content.decode()
    assert as_admin.get(conversation.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("pk", ["0", "9" * 18, "9" * 19, "1" + "0" * 30, "-1", "abc", "١"])
def test_a_number_that_does_not_exist_is_not_found(as_agent: Client, pk: str) -> None:
    assert as_agent.get(f"/conversations/{pk}/").status_code == 404


def test_an_address_holds_no_more_digits_than_an_id_can_have() -> None:
    assert resolve(f"/conversations/{'9' * 18}/").url_name == "detail"
    with pytest.raises(Resolver404):
        resolve(f"/conversations/{'9' * 19}/")


def test_only_get_is_allowed(as_agent: Client, conversation: Conversation) -> None:
    assert as_agent.post(conversation.get_absolute_url()).status_code == 405
