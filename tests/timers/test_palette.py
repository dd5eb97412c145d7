"""The command palette and the sheet of shortcuts: what they offer to whom."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conversations.models import Conversation
from tests.cast import sign_in
from tests.factories import ConversationFactory, TimerFactory
from timers.board import Board
from timers.models import Timer
from timers.palette import CONVERSATIONS, PAGES, Palette
from workspaces.models import User

HTMX = {"HX-Request": "true"}


def look(client: Client, q: str = "", here: Conversation | None = None, **options: Any) -> HttpResponse:
    return client.get(reverse("timers:palette"), {"q": q, "on": here.pk if here else ""}, **options)


def palette(user: User, text: str = "", here: Conversation | None = None) -> dict[str, list[str]]:
    """Titles by the name of their group."""
    found = Palette(Board(user, timezone.now()), text, here)
    return {group.name: [choice.title for choice in group.choices] for group in found.groups}


@pytest.fixture
def timer(agent: User, conversation: Conversation) -> Timer:
    return TimerFactory(user=agent, conversation=conversation)


class TestConversations:
    def test_before_anything_is_typed_they_are_those_assigned_to_me_the_latest_first(
        self, agent: User, colleague: User, conversation: Conversation
    ) -> None:
        now = timezone.now()
        options = {"customer": conversation.customer, "assignee": agent}
        for age in range(1, 4):
            ConversationFactory(subject=f"Mine {age}", last_message_at=now - timedelta(age), **options)
        ConversationFactory(subject="Closed", state="closed", **options)
        ConversationFactory(subject="Theirs", **options | {"assignee": colleague})
        mine = ["VPN drops after update", "Mine 1", "Mine 2", "Mine 3"]
        assert palette(agent)["conversations"] == mine
        assert palette(agent, here=conversation)["conversations"] == mine[1:]

    def test_the_very_number_comes_first_and_closed_ones_last(
        self, agent: User, conversation: Conversation
    ) -> None:
        for pk, state in ((77, "closed"), (771, "closed"), (772, "open"), (78, "open")):
            ConversationFactory(pk=pk, customer=conversation.customer, subject=f"No. {pk}", state=state)
        assert palette(agent, "#77")["conversations"] == ["No. 77", "No. 772", "No. 771"]

    def test_the_very_number_is_there_however_many_begin_with_it(
        self, agent: User, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("conversations.search.MOST_TITLED", 2)
        for pk in (77, 771, 772, 773):
            ConversationFactory(pk=pk, customer=conversation.customer, subject=f"No. {pk}")
        assert set(palette(agent, "77")["conversations"]) == {"No. 77", "No. 772", "No. 773"}

    def test_they_are_eight_at_most(self, agent: User, conversation: Conversation) -> None:
        ConversationFactory.create_batch(12, customer=conversation.customer, assignee=agent)
        assert len(palette(agent)["conversations"]) == CONVERSATIONS == 8
        assert len(palette(agent, "hansen")["conversations"]) == 8

    def test_what_is_elsewhere_is_not_found(
        self, agent: User, conversation: Conversation, foreign_conversation: Conversation
    ) -> None:
        for text in ("Foreign subject", str(foreign_conversation.pk), foreign_conversation.customer.name):
            assert foreign_conversation.subject not in palette(agent, text).get("conversations", [])


class TestTimers:
    def test_my_open_ones_are_there_and_their_conversations_not_twice(
        self, agent: User, colleague: User, timer: Timer, conversation: Conversation
    ) -> None:
        other = ConversationFactory(customer=conversation.customer, assignee=agent, subject="Toner")
        TimerFactory(user=colleague, conversation=other)
        found = palette(agent)
        assert found["timers"] == [conversation.subject]
        assert found["conversations"] == ["Toner"]

    @pytest.mark.parametrize(("text", "found"), [("vpn", True), ("hansen", True), ("toner", False)])
    def test_what_is_typed_leaves_those_that_it_names(
        self, agent: User, timer: Timer, text: str, found: bool
    ) -> None:
        assert ("timers" in palette(agent, text)) is found

    def test_they_show_state_and_clock(self, as_agent: Client, timer: Timer) -> None:
        page = look(as_agent, headers=HTMX).content.decode()
        assert re.search(r'data-state="green" role="img" aria-label="Timer running"', page)
        assert re.search(r'<time [^>]*data-seconds="\d+" data-running>', page)


class TestVerbs:
    def test_the_timer_here_starts_or_stops(
        self, agent: User, as_agent: Client, conversation: Conversation
    ) -> None:
        assert "here" not in palette(agent)
        assert palette(agent, here=conversation)["here"] == ["Start timer"]
        start = reverse("timers:start_on", args=[conversation.pk])
        assert f'hx-post="{start}"' in look(as_agent, here=conversation, headers=HTMX).content.decode()
        timer = Timer.objects.start(user=agent, conversation=conversation, now=timezone.now())
        assert palette(agent, here=conversation)["here"] == ["Stop timer"]
        timer.stop(timezone.now())
        assert palette(agent, here=conversation)["here"] == ["Start timer"]
        again = reverse("timers:start", args=[timer.pk])
        assert f'hx-post="{again}"' in look(as_agent, here=conversation, headers=HTMX).content.decode()

    def test_nothing_starts_on_a_closed_conversation_and_a_running_timer_still_stops(
        self, agent: User, conversation: Conversation
    ) -> None:
        conversation.state = "closed"
        conversation.save()
        assert "here" not in palette(agent, here=conversation)
        TimerFactory(user=agent, conversation=conversation)
        assert palette(agent, here=conversation)["here"] == ["Stop timer"]

    def test_a_verb_is_found_by_the_beginning_of_its_words(
        self, agent: User, conversation: Conversation
    ) -> None:
        assert palette(agent, "sta t", conversation)["here"] == ["Start timer"]
        assert "here" not in palette(agent, "art", conversation)

    @pytest.mark.parametrize("on", ["0", "9" * 40, "-1", "x"])
    def test_a_conversation_that_is_none_offers_nothing(self, as_agent: Client, on: str) -> None:
        response = as_agent.get(reverse("timers:palette"), {"on": on}, headers=HTMX)
        assert response.status_code == 200
        assert "Start timer" not in response.content.decode()

    def test_nor_does_a_foreign_one(self, as_agent: Client, foreign_conversation: Conversation) -> None:
        page = look(as_agent, here=foreign_conversation, headers=HTMX).content.decode()
        assert "Start timer" not in page
        assert foreign_conversation.subject not in page


class TestPages:
    def test_each_is_offered_to_those_who_may_open_it(self, agent: User, manager: User, admin: User) -> None:
        everybodys = {str(page.title) for page in PAGES if not page.audience}
        assert set(palette(agent)["pages"]) == everybodys
        assert set(palette(manager)["pages"]) == everybodys | {"Review", "Export", "Statements", "History"}
        assert set(palette(admin)["pages"]) == everybodys | {"Admin site"}

    def test_each_opens(self, manager: User, agent: User, conversation: Conversation) -> None:
        manager.is_staff = True
        manager.save()
        client = sign_in(manager)
        for group in Palette(Board(manager, timezone.now())).groups:
            for choice in group.choices:
                assert client.get(choice.address).status_code == 200, choice.title

    def test_what_is_typed_names_them_before_conversations(
        self, manager: User, conversation: Conversation
    ) -> None:
        ConversationFactory(customer=conversation.customer, subject="Review of the lease")
        found = palette(manager, "rev")
        assert found == {"pages": ["Review"], "conversations": ["Review of the lease"]}
        assert list(found) == ["pages", "conversations"]


def test_nothing_found_says_so_and_offers_the_search_of_messages(as_agent: Client) -> None:
    page = look(as_agent, "<zzz>", headers=HTMX).content.decode()
    assert "No timer, conversation or page is called “&lt;zzz&gt;”." in page
    assert 'href="/conversations/?q=%3Czzz%3E"' in page
    assert "<zzz>" not in page


@pytest.mark.parametrize("text", ["x" * 5000, "%", "\U0001f600", "9" * 5000, " ".join("abcdefghij")])
def test_odd_texts_are_answered(as_agent: Client, conversation: Conversation, text: str) -> None:
    assert look(as_agent, text, headers=HTMX).status_code == 200


def test_every_option_has_a_name_of_its_own_and_no_place_in_the_order_of_tabs(
    as_manager: Client, manager: User, conversation: Conversation
) -> None:
    TimerFactory(user=manager, conversation=conversation)
    page = look(as_manager, "re", conversation, headers=HTMX).content.decode()
    options = re.findall(r'<(?:a|button)[^>]*role="option" id="([^"]+)"[^>]*tabindex="-1"', page)
    assert len(options) == len(set(options)) == page.count('role="option"') > 1
    assert "<html" not in page


@pytest.mark.parametrize("text", ["", "subject", "1"])
def test_it_takes_five_queries_however_much_there_is(
    agent: User, conversation: Conversation, text: str
) -> None:
    client = sign_in(agent)
    look(client)
    with CaptureQueriesContext(connection) as one:
        look(client, text, conversation, headers=HTMX)
    for _ in range(30):
        each = ConversationFactory(customer=conversation.customer, assignee=agent)
        TimerFactory(user=agent, conversation=each, ran=60)
        ConversationFactory(customer=conversation.customer, assignee=agent)
    with CaptureQueriesContext(connection) as many:
        look(client, text, conversation, headers=HTMX)
    session_and_user = 2
    assert len(one) <= len(many) <= 5 + session_and_user


class TestWithoutJavaScript:
    def test_it_is_a_page_of_links(self, as_agent: Client, timer: Timer, conversation: Conversation) -> None:
        page = look(as_agent, "vpn").content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        assert f'href="/conversations/{conversation.pk}/"' in main
        assert 'name="q" value="vpn"' in main
        assert "role=" not in main.replace('role="img"', "")

    def test_its_verb_is_a_form(self, as_agent: Client, agent: User, conversation: Conversation) -> None:
        main = look(as_agent, "", conversation).content.decode().partition("<main")[2]
        action = reverse("timers:start_on", args=[conversation.pk])
        assert re.search(rf'<form method="post" action="{action}">\s*<input[^>]+csrfmiddlewaretoken', main)
        assert f'name="on" value="{conversation.pk}"' in main

    def test_its_regions_are_not_those_of_the_conversation(
        self, as_agent: Client, conversation: Conversation
    ) -> None:
        """Or a poll would draw what the page does not have."""
        page = look(as_agent, "", conversation).content.decode()
        icon = page[page.index('id="timers-icon"') :]
        assert 'name="on" value=""' in icon[: icon.index("</div>")]

    def test_pages_lead_there(self, as_agent: Client, conversation: Conversation) -> None:
        page = as_agent.get(conversation.get_absolute_url()).content.decode()
        assert f'href="/palette/?on={conversation.pk}"' in page
        assert 'href="/palette/"' in as_agent.get("/billing/").content.decode()


class TestShortcuts:
    def test_the_sheet_is_a_page_and_the_inside_of_a_dialog(self, as_agent: Client) -> None:
        address = reverse("timers:shortcuts")
        page = as_agent.get(address).content.decode()
        assert "<h1>Keyboard shortcuts</h1>" in page
        fragment = as_agent.get(address, headers=HTMX).content.decode()
        assert '<h2 id="shortcuts-title">' in fragment
        assert "<html" not in fragment

    def test_it_says_whether_single_keys_are_on(self, agent: User, as_agent: Client) -> None:
        assert "Single keys are on." in as_agent.get(reverse("timers:shortcuts")).content.decode()
        agent.shortcuts = False
        agent.save()
        page = as_agent.get(reverse("timers:shortcuts")).content.decode()
        assert "Single keys are off" in page
        assert 'href="/accounts/settings/"' in page

    def test_the_keys_of_the_review_are_for_managers(self, as_agent: Client, as_manager: Client) -> None:
        assert b"Approve and go on" in as_manager.get(reverse("timers:shortcuts")).content
        assert b"Approve and go on" not in as_agent.get(reverse("timers:shortcuts")).content

    def test_who_wants_no_single_keys_gets_none(
        self, agent: User, as_agent: Client, conversation: Conversation
    ) -> None:
        single = re.compile(r'data-keys=|aria-keyshortcuts="."')
        addresses = [conversation.get_absolute_url(), "/conversations/", "/billing/review/"]
        assert all(single.search(as_agent.get(address).content.decode()) for address in addresses[:2])
        agent.shortcuts = False
        agent.save()
        for address in addresses:
            assert not single.search(as_agent.get(address).content.decode())
        assert "<kbd" not in look(as_agent, headers=HTMX).content.decode()
