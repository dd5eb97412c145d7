"""Ctrl K: where to go, and what to do, without the mouse."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from billing.models import BillingEntry
from conversations.models import Conversation
from tests.browser.conftest import Sit
from tests.browser.gestures import found_in_palette, open_palette, press
from tests.factories import TimerFactory
from workspaces.models import User


def test_it_opens_over_a_field_and_gives_the_focus_back(
    sit: Sit, agent: User, three: list[Conversation]
) -> None:
    page = sit(agent, f"/conversations/{three[0].pk}/")
    page.locator("#reply").fill("Half a sent")
    page.locator("#reply").focus()
    field = open_palette(page)
    expect(field).to_be_focused()
    expect(found_in_palette(page)).to_contain_text("Start timer")
    press(page, "ArrowDown")
    expect(found_in_palette(page)).to_contain_text("Exchange migration")
    expect(field).to_have_attribute("aria-activedescendant", "palette-conversations-1")
    press(page, "End")
    expect(found_in_palette(page)).to_contain_text("Keyboard shortcuts")
    press(page, "ArrowDown")
    expect(found_in_palette(page)).to_contain_text("Start timer")
    press(page, "ArrowUp", "Home")
    expect(found_in_palette(page)).to_contain_text("Start timer")
    press(page, "Escape")
    expect(page.locator("#reply")).to_be_focused()
    expect(page.locator("#reply")).to_have_value("Half a sent")


def test_a_number_and_enter_in_one_go_open_the_conversation(
    sit: Sit, agent: User, three: list[Conversation], complaints: list[str]
) -> None:
    page = sit(agent)
    open_palette(page)
    page.keyboard.type("#8102")
    press(page, "Enter")
    expect(page).to_have_url(re.compile("/conversations/8102/"))
    complaints.clear()  # of a look-up that another one took the place of


def test_what_is_typed_next_waits_for_no_late_answer(
    sit: Sit, agent: User, three: list[Conversation], complaints: list[str]
) -> None:
    page = sit(agent)
    held: list[Route] = []
    page.route(re.compile("q=exch"), lambda route: held.append(route))
    open_palette(page)
    with page.expect_request(re.compile("q=exch")):
        page.keyboard.type("exch")
    press(page, "Control+a")
    page.keyboard.type("lease")
    expect(found_in_palette(page)).to_contain_text("Lease renewal")
    assert held
    complaints.clear()  # of the look-up that another one took the place of


def test_it_stops_the_timer_here_and_the_focus_goes_to_its_entry(
    sit: Sit, agent: User, conversation: Conversation
) -> None:
    TimerFactory(user=agent, conversation=conversation)
    page = sit(agent, f"/conversations/{conversation.pk}/")
    page.locator("#note").fill("Called back")
    open_palette(page)
    expect(found_in_palette(page)).to_contain_text("Stop timer")
    press(page, "Enter")
    expect(page.locator("#my-timer").get_by_role("heading", name="New entry")).to_be_focused()
    expect(page.locator("#palette")).to_be_hidden()
    assert BillingEntry.objects.get().description == "Called back"


def test_it_leads_to_the_sheet_of_shortcuts(sit: Sit, agent: User) -> None:
    page = sit(agent)
    open_palette(page)
    page.keyboard.type("keyboard")
    expect(found_in_palette(page)).to_contain_text("Keyboard shortcuts")
    press(page, "Enter")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    expect(page.locator("#palette")).to_be_hidden()
    expect(page).to_have_url(re.compile("/conversations/$"))


def test_it_opens_by_its_button_on_a_phone(sit: Sit, agent: User, conversation: Conversation) -> None:
    page = sit(agent, "/billing/", viewport={"width": 390, "height": 844}, has_touch=True)
    page.get_by_role("link", name="Go to").tap()
    page.get_by_role("option", name=re.compile("VPN drops")).tap()
    expect(page).to_have_url(re.compile(f"/conversations/{conversation.pk}/"))
