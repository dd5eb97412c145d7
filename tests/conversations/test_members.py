"""Whom a conversation can be assigned to: the menu, and the page where there is no JavaScript."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from conversations.models import Conversation
from conversations.views import MOST_MEMBERS
from tests.factories import MembershipFactory, UserFactory
from workspaces.models import User, Workspace

HTMX = {"HX-Request": "true"}


def members(client: Client, conversation: Conversation, **query: str) -> str:
    response = client.get(reverse("conversations:members", args=[conversation.pk]), query, headers=HTMX)
    assert response.status_code == 200
    return response.text


def test_the_menu_is_read_when_it_is_opened(as_agent: Client, conversation: Conversation) -> None:
    page = as_agent.get(conversation.get_absolute_url()).text
    address = reverse("conversations:members", args=[conversation.pk])
    assert f'popover hx-get="{address}" hx-trigger="toggle once"' in page
    assert f'<noscript><a href="{address}">Assign</a></noscript>' in page
    assert 'name="user"' not in page


def test_it_names_every_member_and_marks_the_assignee(
    as_agent: Client, agent: User, colleague: User, outsider: User, conversation: Conversation
) -> None:
    menu = members(as_agent, conversation)
    assert f'<button name="user" value="{agent.pk}" aria-current="true">' in menu
    assert f'<button name="user" value="{colleague.pk}">' in menu
    assert '<button name="user" value="">' in menu
    assert f'value="{outsider.pk}"' not in menu
    assert 'type="search"' not in menu
    assert "<html" not in menu


def test_without_javascript_it_is_a_page(as_agent: Client, conversation: Conversation) -> None:
    page = as_agent.get(reverse("conversations:members", args=[conversation.pk])).text
    assert "<h1>Assign</h1>" in page
    assert f'<form method="post" id="members" action="/conversations/{conversation.pk}/assign/">' in page


def test_of_many_the_first_are_offered_and_the_others_are_found_by_name(
    as_agent: Client, workspace: Workspace, conversation: Conversation
) -> None:
    for number in range(MOST_MEMBERS):
        MembershipFactory(workspace=workspace, user=UserFactory(first_name="Aa", last_name=f"Nr{number:03}"))
    MembershipFactory(workspace=workspace, user=UserFactory(first_name="Zoë", last_name="Últimate"))
    menu = members(as_agent, conversation)
    assert menu.count('name="user"') == MOST_MEMBERS + 1  # and nobody
    assert 'type="search"' in menu
    assert "Zoë" not in menu
    found = members(as_agent, conversation, q="Últ zo")
    assert found.count('name="user"') == 2
    assert "Zoë Últimate" in found
    assert 'value="Últ zo"' in found


@pytest.mark.parametrize("text", ["%", "x" * 5000, "😀", "' OR 1=1"])
def test_odd_texts_find_nobody(as_agent: Client, conversation: Conversation, text: str) -> None:
    assert members(as_agent, conversation, q=text).count('name="user"') == 1
