"""What is asked for in the review queue while that is read again after a decision."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from billing.models import BillingEntry
from conversations.models import Conversation
from tests.browser.conftest import Sit
from tests.factories import BillingEntryFactory
from workspaces.models import User


@pytest.fixture
def entries(agent: User, conversation: Conversation) -> list[BillingEntry]:
    return [
        BillingEntryFactory(user=agent, conversation=conversation, confirmed_at=timezone.now())
        for _ in range(2)
    ]


def test_the_form_of_a_return_opens_all_the_same(
    sit: Sit, manager: User, entries: list[BillingEntry]
) -> None:
    page: Page = sit(manager, "/billing/review/")
    held: list[Route] = []
    page.route(re.compile(r"/return/"), lambda route: held.append(route))
    first, second = (page.locator(f"#row-{entry.pk}") for entry in entries)
    first.get_by_role("button", name="Approve").click()
    with page.expect_response("**/billing/review/"):
        second.get_by_role("button", name="Return").click()
    page.wait_for_timeout(100)
    held[0].continue_()
    expect(page.get_by_role("dialog").get_by_label("Comment")).to_be_focused()
    page.keyboard.press("Escape")
    # Then the queue is read after all.
    expect(page.get_by_text("1 new entry, 1:00:00 billed")).to_be_visible()
