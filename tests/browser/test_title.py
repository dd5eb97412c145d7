"""The running clock in the title of the tab."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from conversations.models import Conversation
from tests.browser.conftest import Sit
from tests.browser.gestures import poll, press
from tests.factories import TimerFactory
from timers.models import Timer
from workspaces.models import User


def test_it_has_the_running_clock_and_only_while_it_runs(
    sit: Sit, agent: User, conversation: Conversation
) -> None:
    page = sit(agent, f"/conversations/{conversation.pk}/")
    usual = f"{conversation} · Stint"
    expect(page).to_have_title(usual)
    icon = page.locator("#favicon")
    expect(icon).to_have_attribute("href", re.compile("none"))
    press(page, "s")
    expect(page).to_have_title(re.compile(r"^0:00:0[2-9] · " + re.escape(usual)))
    expect(icon).to_have_attribute("href", re.compile("running"))
    page.wait_for_timeout(600)
    press(page, "s")
    expect(page).to_have_title(usual)
    expect(icon).to_have_attribute("href", re.compile("stopped"))


@pytest.mark.parametrize("address", ["/conversations/", "/timers/", "/billing/", "/billing/review/"])
def test_it_and_the_icon_follow_on_every_page(
    sit: Sit, manager: User, conversation: Conversation, address: str
) -> None:
    page = sit(manager, address)
    usual = page.title()
    timer = Timer.objects.start(user=manager, conversation=conversation, now=timezone.now())

    poll(page)
    icon = page.locator("#favicon")
    expect(icon).to_have_attribute("href", re.compile("running"))
    expect(page).to_have_title(re.compile(r"^0:00:\d\d · " + re.escape(usual)))
    page.wait_for_timeout(1100)
    expect(page).to_have_title(re.compile(r"^0:00:\d\d · " + re.escape(usual)))
    timer.stop(timezone.now())
    poll(page)
    expect(icon).to_have_attribute("href", re.compile("stopped"))
    expect(page).to_have_title(usual)


def test_it_ticks_behind_another_tab(sit: Sit, agent: User, conversation: Conversation) -> None:
    TimerFactory(user=agent, conversation=conversation)
    page = sit(agent, "/billing/")
    page.evaluate(
        "() => { Object.defineProperty(document, 'hidden', {value: true});"
        " document.dispatchEvent(new Event('visibilitychange')) }"
    )
    before = page.title()
    page.wait_for_timeout(1500)
    assert page.title() != before
