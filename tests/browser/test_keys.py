"""Single keys: on every page, and in the review."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from billing.models import BillingEntry
from conversations.models import Conversation
from tests.browser.conftest import Sit
from tests.browser.gestures import open_palette, poll, press
from tests.factories import BillingEntryFactory, TimerFactory
from timers.models import Timer
from workspaces.models import User

NOWHERE = "() => document.activeElement === document.body"


@pytest.fixture
def entries(agent: User, conversation: Conversation) -> list[BillingEntry]:
    """Four New ones, as the queue shows them."""
    made = [
        BillingEntryFactory(
            user=agent, conversation=conversation, confirmed_at=timezone.now(), description=text
        )
        for text in ("Log read", "MTU reset", "Clause 7.3", "Markup")
    ]
    return made[::-1]


def disclosure(page: Page, entry: BillingEntry) -> Locator:
    return page.locator(f"#row-{entry.pk} .disclosure")


def my_timer(page: Page) -> Locator:
    return page.locator("#my-timer")


class TestSingleKeys:
    def test_s_starts_and_stops_and_a_double_stroke_starts_nothing(
        self, sit: Sit, agent: User, conversation: Conversation
    ) -> None:
        page = sit(agent, f"/conversations/{conversation.pk}/")
        press(page, "s")
        expect(my_timer(page)).to_contain_text("Running since")
        page.wait_for_timeout(600)
        press(page, "s")
        expect(my_timer(page).get_by_role("heading", name="New entry")).to_be_focused()
        press(page, "s")  # too soon to be meant for what has only just come
        page.wait_for_timeout(600)
        expect(my_timer(page).get_by_role("heading", name="New entry")).to_be_visible()
        assert Timer.objects.get().state == "stopped"
        assert BillingEntry.objects.get().confirmed_at is None

    def test_ctrl_and_enter_save_the_entry_that_has_the_focus(
        self, sit: Sit, agent: User, conversation: Conversation
    ) -> None:
        TimerFactory(user=agent, conversation=conversation, state="stopped").convert(
            "service", timezone.now()
        )
        page = sit(agent, f"/conversations/{conversation.pk}/")
        my_timer(page).get_by_label("Description").fill("By keys alone")
        press(page, "Control+Enter")
        expect(my_timer(page).get_by_role("heading", name="My timer")).to_be_focused()
        entry = BillingEntry.objects.get()
        assert (entry.description, bool(entry.confirmed_at)) == ("By keys alone", True)

    @pytest.mark.parametrize("keys", [["s"], ["Control+s"], ["Alt+s"], ["Shift+S"]])
    def test_nothing_happens_while_typing_or_with_another_key_held(
        self, sit: Sit, agent: User, conversation: Conversation, keys: list[str]
    ) -> None:
        page = sit(agent, f"/conversations/{conversation.pk}/")
        if keys == ["s"]:
            page.locator("#reply").focus()
        press(page, *keys)
        page.wait_for_timeout(400)
        assert not Timer.objects.exists()
        if keys == ["s"]:
            expect(page.locator("#reply")).to_have_value("s")

    def test_nothing_happens_behind_an_open_dialog(
        self, sit: Sit, agent: User, conversation: Conversation
    ) -> None:
        page = sit(agent, f"/conversations/{conversation.pk}/")
        press(page, "?")
        sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
        expect(sheet).to_be_visible()
        press(page, "s", "m", "j")
        page.wait_for_timeout(400)
        assert not Timer.objects.exists()
        press(page, "?")
        expect(sheet).to_be_hidden()

    def test_who_wants_none_has_none_but_the_palette(
        self, sit: Sit, agent: User, conversation: Conversation
    ) -> None:
        agent.shortcuts = False
        agent.save()
        page = sit(agent, f"/conversations/{conversation.pk}/")
        press(page, "s", "t", "m", "?", "c")
        page.wait_for_timeout(500)
        assert page.evaluate(NOWHERE)
        expect(page).to_have_url(re.compile(f"/conversations/{conversation.pk}/"))
        assert not Timer.objects.exists()
        open_palette(page)

    def test_j_and_k_lead_from_conversation_to_conversation(
        self, sit: Sit, agent: User, three: list[Conversation]
    ) -> None:
        page = sit(agent, f"/conversations/{three[0].pk}/")
        for key, there in (("j", three[1]), ("j", three[2]), ("k", three[1])):
            press(page, key)
            expect(page.get_by_role("heading", name=there.subject)).to_be_visible()

    def test_j_and_k_lead_from_row_to_row_and_o_opens_one(
        self, sit: Sit, agent: User, three: list[Conversation]
    ) -> None:
        page = sit(agent)
        for key, there in (
            ("j", three[0]),
            ("j", three[1]),
            ("k", three[0]),
            ("k", three[0]),
            ("j", three[1]),
        ):
            press(page, key)
            expect(page.get_by_role("link", name=there.subject)).to_be_focused()
        press(page, "o")
        expect(page.get_by_role("heading", name=three[1].subject)).to_be_visible()

    def test_a_row_keeps_the_focus_when_the_list_follows_a_timer(
        self, sit: Sit, agent: User, three: list[Conversation]
    ) -> None:
        page = sit(agent)
        press(page, "j", "j")
        expect(page.get_by_role("link", name=three[1].subject)).to_be_focused()
        Timer.objects.start(user=agent, conversation=three[0], now=timezone.now())
        poll(page)
        expect(page.locator("#rows .chip")).to_have_count(1)
        expect(page.get_by_role("link", name=three[1].subject)).to_be_focused()

    def test_t_opens_the_timers_and_brings_back(
        self, sit: Sit, agent: User, three: list[Conversation]
    ) -> None:
        for each in three[:2]:
            TimerFactory(user=agent, conversation=each)
        page = sit(agent)
        press(page, "j", "j")
        row = page.get_by_role("link", name=three[1].subject)
        expect(row).to_be_focused()
        press(page, "t")
        timers = page.locator("#timers")
        expect(timers.locator("li a").first).to_be_focused()
        press(page, "j")
        expect(timers.locator("li a").nth(1)).to_be_focused()
        press(page, "t")
        expect(timers).to_be_hidden()
        expect(row).to_be_focused()

    @pytest.mark.parametrize(("key", "address"), [("c", "/conversations/new/"), ("e", "/billing/new/")])
    def test_a_key_leads_to_a_page(
        self, sit: Sit, agent: User, conversation: Conversation, key: str, address: str
    ) -> None:
        page = sit(agent, "/timers/")
        press(page, key)
        expect(page).to_have_url(re.compile(address))

    def test_a_key_leads_to_a_field(self, sit: Sit, agent: User, conversation: Conversation) -> None:
        page = sit(agent, f"/conversations/{conversation.pk}/")
        press(page, "/")
        expect(page.get_by_role("searchbox", name="Search conversations")).to_be_focused()
        page.locator("h1").click()
        press(page, "m")
        expect(page.locator("#reply")).to_be_focused()
        expect(page.locator("#reply")).to_have_value("")

    def test_z_undoes_the_latest(self, sit: Sit, agent: User, three: list[Conversation]) -> None:
        timers = [TimerFactory(user=agent, conversation=each) for each in three[:2]]
        page = sit(agent)
        for count in (1, 0):
            press(page, "t")
            page.locator("#timers").get_by_role("button", name="Cancel timer").first.click()
            expect(page.locator("#timers li")).to_have_count(count)
            press(page, "Escape")
        latest = Timer.objects.order_by("-changed_at").first()
        press(page, "z")
        expect(page.locator("#timers li")).to_have_count(1)
        assert {timer.pk for timer in Timer.objects.open()} == {latest.pk} < {each.pk for each in timers}


class TestReview:
    def test_a_approves_and_goes_on_and_r_returns(
        self, sit: Sit, manager: User, entries: list[BillingEntry]
    ) -> None:
        page = sit(manager, "/billing/review/")
        press(page, "a")
        page.wait_for_timeout(400)
        assert BillingEntry.objects.new().count() == 4  # no row has the focus yet
        press(page, "j", "j", "a")
        expect(disclosure(page, entries[2])).to_be_focused()
        press(page, "r")
        expect(page.get_by_role("dialog").get_by_label("Comment")).to_be_focused()
        press(page, "Escape")
        expect(disclosure(page, entries[2])).to_be_focused()
        press(page, "r")
        expect(page.get_by_role("dialog").get_by_label("Comment")).to_be_focused()
        page.keyboard.type("Split it, please.")
        press(page, "Control+Enter")
        expect(disclosure(page, entries[3])).to_be_focused()
        states = [BillingEntry.objects.get(pk=entry.pk).state for entry in entries]
        assert states == ["new", "approved", "returned", "new"]

    def test_x_ticks_and_o_opens_and_a_works_from_inside(
        self, sit: Sit, manager: User, entries: list[BillingEntry]
    ) -> None:
        page = sit(manager, "/billing/review/")
        press(page, "j", "x")
        expect(page.locator(f"#row-{entries[0].pk}").get_by_role("checkbox")).to_be_checked()
        expect(disclosure(page, entries[0])).to_be_focused()
        press(page, "o")
        page.locator(".detail").get_by_role("link", name="Edit").focus()
        press(page, "j")
        expect(disclosure(page, entries[1])).to_be_focused()
        page.locator(".detail").get_by_role("link", name="Edit").focus()
        press(page, "a")
        expect(disclosure(page, entries[1])).to_be_focused()
        assert BillingEntry.objects.get(pk=entries[0].pk).state == "approved"

    def test_the_focus_stays_with_what_was_pressed(
        self, sit: Sit, manager: User, entries: list[BillingEntry]
    ) -> None:
        page = sit(manager, "/billing/review/")
        column = page.get_by_role("columnheader", name="Billed")
        column.get_by_role("link").focus()
        press(page, "Enter")
        expect(column).to_have_attribute("aria-sort", "descending")
        expect(column.get_by_role("link")).to_be_focused()
        press(page, "j", "x")
        page.get_by_role("button", name="Clear").focus()
        press(page, "Enter")
        expect(page.locator("#queue .disclosure").first).to_be_focused()
