"""What a conversation's page reads when it is wanted: who it can be assigned to, and earlier messages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from conversations.models import Conversation
from conversations.thread import LENGTH
from tests.browser.conftest import Sit
from tests.factories import MembershipFactory, MessageFactory, UserFactory
from workspaces.models import User, Workspace

pytestmark = pytest.mark.browser


def test_earlier_messages_come_above_those_that_are_there(
    sit: Sit, agent: User, conversation: Conversation
) -> None:
    now = timezone.now()
    for number in range(2 * LENGTH + 5):
        MessageFactory(conversation=conversation, body=f"No. {number}.", created_at=now + timedelta(number))
    page = sit(agent, f"/conversations/{conversation.pk}/")
    messages = page.locator("#messages > .message")
    expect(messages).to_have_count(LENGTH)
    for count in (2 * LENGTH, 2 * LENGTH + 6):
        page.get_by_role("link", name="Earlier messages").click()
        expect(messages).to_have_count(count)
    expect(page.get_by_role("link", name="Earlier messages")).to_have_count(0)
    expect(messages.nth(1)).to_contain_text("No. 0.")
    expect(messages.last).to_contain_text(f"No. {2 * LENGTH + 4}.")
    expect(page).to_have_url(f"/conversations/{conversation.pk}/")


def test_a_member_of_many_is_found_by_name_and_made_responsible(
    sit: Sit, agent: User, workspace: Workspace, conversation: Conversation
) -> None:
    for _ in range(60):
        MembershipFactory(workspace=workspace, user=UserFactory())
    MembershipFactory(workspace=workspace, user=UserFactory(first_name="Zoë", last_name="Zimmer"))
    page = sit(agent, f"/conversations/{conversation.pk}/")
    page.get_by_role("button", name="Assigned to").click()
    menu = page.locator("#assign")
    expect(menu.get_by_role("button", name="Robin").first).to_be_visible()
    menu.get_by_role("searchbox").press_sequentially("zoë zi")
    menu.get_by_role("button", name="Zoë Zimmer").click()
    expect(page.get_by_role("button", name="Assigned to Zoë Zimmer")).to_be_visible()
