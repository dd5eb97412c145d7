"""A long thread: its latest messages, and the way to earlier ones."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conversations import thread
from conversations.models import Conversation, Message
from conversations.thread import Thread
from tests.factories import MessageFactory, TimerFactory, UserFactory
from workspaces.models import User


@pytest.fixture
def start() -> datetime:
    return timezone.now() - timedelta(days=1)


@pytest.fixture
def long_one(conversation: Conversation, start: datetime, monkeypatch: pytest.MonkeyPatch) -> Conversation:
    """Ten messages, a minute apart, where four are shown at once; the first is the latest that was made."""
    monkeypatch.setattr(thread, "LENGTH", 4)
    monkeypatch.setattr(thread, "_latest_rows", thread._rows)
    conversation.messages.all().delete()
    for minute in range(10, 0, -1):
        moment = start + timedelta(minutes=minute)
        MessageFactory(conversation=conversation, body=f"No. {minute}.", created_at=moment)
    return conversation


def said(items: list[Message]) -> list[str]:
    return [item.body or item.kind for item in items]


def test_the_latest_are_shown_in_the_order_of_time(long_one: Conversation) -> None:
    assert said(Thread(long_one).items) == ["No. 7.", "No. 8.", "No. 9.", "No. 10."]


def test_page_by_page_it_leads_to_the_first_and_no_further(long_one: Conversation) -> None:
    pages, before = [], ""
    while before is not None:
        shown = Thread(long_one, str(before))
        pages.append(said(shown.items))
        before = shown.earlier
    assert pages == [
        ["No. 7.", "No. 8.", "No. 9.", "No. 10."],
        ["No. 3.", "No. 4.", "No. 5.", "No. 6."],
        ["No. 1.", "No. 2."],
    ]


def test_a_short_thread_is_whole(conversation: Conversation) -> None:
    assert Thread(conversation).earlier is None
    assert len(Thread(conversation).items) == 1


def test_starts_of_timers_stand_with_the_messages_of_their_time(
    long_one: Conversation, start: datetime
) -> None:
    for minute in (0, 6.5, 8.5):
        moment = start + timedelta(minutes=minute)
        TimerFactory(conversation=long_one, user=UserFactory(), state="canceled", created_at=moment)
        TimerFactory(conversation=long_one, user=UserFactory(), state="stopped", created_at=moment)
    latest = Thread(long_one)
    assert said(latest.items) == ["start", "No. 7.", "No. 8.", "start", "No. 9.", "No. 10."]
    earlier = Thread(long_one, str(latest.earlier))
    assert said(earlier.items) == ["No. 3.", "No. 4.", "No. 5.", "No. 6."]
    assert said(Thread(long_one, str(earlier.earlier)).items) == ["start", "No. 1.", "No. 2."]


def test_no_page_begins_among_messages_of_the_same_moment(long_one: Conversation, start: datetime) -> None:
    long_one.messages.filter(created_at__gt=start + timedelta(minutes=5)).update(created_at=start)
    assert len(Thread(long_one).items) == 4
    long_one.messages.update(created_at=start)
    assert len(Thread(long_one).items) == 10


@pytest.mark.parametrize("before", ["", "x", "-1", "1.5", "9" * 18, "9" * 400, "١", "0"])
def test_a_place_that_is_none_shows_the_latest_or_nothing(
    as_agent: Client, long_one: Conversation, before: str
) -> None:
    page = as_agent.get(long_one.get_absolute_url(), {"before": before})
    assert page.status_code == 200
    assert ("No. 10." in page.text) == (before != "0")


def test_the_page_links_to_the_earlier_ones_and_puts_them_in_its_place(
    as_agent: Client, long_one: Conversation
) -> None:
    html = as_agent.get(long_one.get_absolute_url()).text
    link = re.search(r'<li class="event" id="earlier"><a href="([^"]+)" hx-get="([^"]+)" (.*?)>Earlier', html)
    assert link
    assert link[1] == link[2] == f"{long_one.get_absolute_url()}?before={Thread(long_one).earlier}"
    assert link[3] == 'hx-select="#messages > li" hx-target="#earlier" hx-swap="outerHTML ignoreTitle:true"'
    earlier = as_agent.get(link[1]).text
    messages = earlier[earlier.index('id="messages"') : earlier.index('id="composer"')]
    assert "No. 3." in messages
    assert "No. 7." not in messages
    first = as_agent.get(
        long_one.get_absolute_url(), {"before": Thread(long_one, link[1][-16:]).earlier}
    ).text
    assert 'id="earlier"' not in first
    assert "No. 1." in first


def test_the_participants_are_those_of_what_is_shown(long_one: Conversation, agent: User) -> None:
    MessageFactory(conversation=long_one, author=agent, kind=Message.Kind.NOTE)
    assert "Katharina Wiegand" in Thread(long_one).participants
