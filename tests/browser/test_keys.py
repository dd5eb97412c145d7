"""Fast hands: the palette, single keys, the title of the tab, and where the focus is after each action."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, Route, expect

from billing.models import BillingEntry
from conversations.models import Conversation
from tests.browser.conftest import Sit
from tests.factories import BillingEntryFactory, ConversationFactory, TimerFactory
from timers.models import Timer
from workspaces.models import User, Workspace

NOWHERE = "() => document.activeElement === document.body"


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def mine(page: Page) -> Locator:
    return page.locator("#my-timer")


def chosen(page: Page) -> Locator:
    return page.locator("#palette [role=option][aria-selected=true]")


def open_palette(page: Page) -> Locator:
    """Its field, once it has looked up what to begin with."""
    press(page, "Control+k")
    expect(chosen(page)).to_have_count(1)
    return page.get_by_role("combobox", name="Go to")


@pytest.fixture
def three(agent: User, conversation: Conversation) -> list[Conversation]:
    """The agent's conversations, as the inbox has them."""
    now = timezone.now()
    others = [
        ConversationFactory(
            pk=pk,
            customer=conversation.customer,
            assignee=agent,
            subject=subject,
            last_message_at=now - timedelta(days=pk),
        )
        for pk, subject in ((8101, "Exchange migration"), (8102, "Lease renewal"))
    ]
    return [conversation, *others]


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


class TestPalette:
    def test_it_opens_over_a_field_and_gives_the_focus_back(
        self, sit: Sit, agent: User, three: list[Conversation]
    ) -> None:
        page = sit(agent, f"/conversations/{three[0].pk}/")
        page.locator("#reply").fill("Half a sent")
        page.locator("#reply").focus()
        field = open_palette(page)
        expect(field).to_be_focused()
        expect(chosen(page)).to_contain_text("Start timer")
        press(page, "ArrowDown")
        expect(chosen(page)).to_contain_text("Exchange migration")
        expect(field).to_have_attribute("aria-activedescendant", "palette-conversations-1")
        press(page, "End")
        expect(chosen(page)).to_contain_text("Keyboard shortcuts")
        press(page, "ArrowDown")
        expect(chosen(page)).to_contain_text("Start timer")
        press(page, "ArrowUp", "Home")
        expect(chosen(page)).to_contain_text("Start timer")
        press(page, "Escape")
        expect(page.locator("#reply")).to_be_focused()
        expect(page.locator("#reply")).to_have_value("Half a sent")

    def test_a_number_and_enter_in_one_go_open_the_conversation(
        self, sit: Sit, agent: User, three: list[Conversation], complaints: list[str]
    ) -> None:
        page = sit(agent)
        open_palette(page)
        page.keyboard.type("#8102")
        press(page, "Enter")
        expect(page).to_have_url(re.compile("/conversations/8102/"))
        complaints.clear()  # of a look-up that another one took the place of

    def test_what_is_typed_next_waits_for_no_late_answer(
        self, sit: Sit, agent: User, three: list[Conversation], complaints: list[str]
    ) -> None:
        page = sit(agent)
        held: list[Route] = []
        page.route(re.compile("q=exch"), lambda route: held.append(route))
        open_palette(page)
        with page.expect_request(re.compile("q=exch")):
            page.keyboard.type("exch")
        press(page, "Control+a")
        page.keyboard.type("lease")
        expect(chosen(page)).to_contain_text("Lease renewal")
        assert held
        complaints.clear()  # of the look-up that another one took the place of

    def test_it_stops_the_timer_here_and_the_focus_goes_to_its_entry(
        self, sit: Sit, agent: User, conversation: Conversation
    ) -> None:
        TimerFactory(user=agent, conversation=conversation)
        page = sit(agent, f"/conversations/{conversation.pk}/")
        page.locator("#note").fill("Called back")
        open_palette(page)
        expect(chosen(page)).to_contain_text("Stop timer")
        press(page, "Enter")
        expect(mine(page).get_by_role("heading", name="New entry")).to_be_focused()
        expect(page.locator("#palette")).to_be_hidden()
        assert BillingEntry.objects.get().description == "Called back"

    def test_it_leads_to_the_sheet_of_shortcuts(self, sit: Sit, agent: User) -> None:
        page = sit(agent)
        open_palette(page)
        page.keyboard.type("keyboard")
        expect(chosen(page)).to_contain_text("Keyboard shortcuts")
        press(page, "Enter")
        expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
        expect(page.locator("#palette")).to_be_hidden()
        expect(page).to_have_url(re.compile("/conversations/$"))

    def test_it_opens_by_its_button_on_a_phone(
        self, sit: Sit, agent: User, conversation: Conversation
    ) -> None:
        page = sit(agent, "/billing/", viewport={"width": 390, "height": 844}, has_touch=True)
        page.get_by_role("link", name="Go to").tap()
        page.get_by_role("option", name=re.compile("VPN drops")).tap()
        expect(page).to_have_url(re.compile(f"/conversations/{conversation.pk}/"))

    def test_axe_finds_no_flaw(self, sit: Sit, agent: User, conversation: Conversation, axe) -> None:
        TimerFactory(user=agent, conversation=conversation)
        # What fades in is not judged half-way.
        page = sit(agent, f"/conversations/{conversation.pk}/", reduced_motion="reduce")
        open_palette(page)
        for text in ("", "zzzz"):
            if text:
                page.keyboard.type(text)
                expect(page.get_by_text("is called “zzzz”")).to_be_visible()
            found = axe.run(page)
            assert found.violations_count == 0, found.generate_report()
        press(page, "Escape")
        expect(page.locator("#palette")).to_be_hidden()
        press(page, "?")
        expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
        found = axe.run(page)
        assert found.violations_count == 0, found.generate_report()


class TestSingleKeys:
    def test_s_starts_and_stops_and_a_double_stroke_starts_nothing(
        self, sit: Sit, agent: User, conversation: Conversation
    ) -> None:
        page = sit(agent, f"/conversations/{conversation.pk}/")
        press(page, "s")
        expect(mine(page)).to_contain_text("Running since")
        page.wait_for_timeout(600)
        press(page, "s")
        expect(mine(page).get_by_role("heading", name="New entry")).to_be_focused()
        press(page, "s")  # too soon to be meant for what has only just come
        page.wait_for_timeout(600)
        expect(mine(page).get_by_role("heading", name="New entry")).to_be_visible()
        assert Timer.objects.get().state == "stopped"
        assert BillingEntry.objects.get().confirmed_at is None

    def test_ctrl_and_enter_save_the_entry_that_has_the_focus(
        self, sit: Sit, agent: User, conversation: Conversation
    ) -> None:
        TimerFactory(user=agent, conversation=conversation, state="stopped").convert(
            "service", timezone.now()
        )
        page = sit(agent, f"/conversations/{conversation.pk}/")
        mine(page).get_by_label("Description").fill("By keys alone")
        press(page, "Control+Enter")
        expect(mine(page).get_by_role("heading", name="My timer")).to_be_focused()
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
        page.wait_for_timeout(1100)
        page.evaluate("window.dispatchEvent(new Event('focus'))")
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


class TestTitle:
    def test_it_has_the_running_clock_and_only_while_it_runs(
        self, sit: Sit, agent: User, conversation: Conversation
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
        self, sit: Sit, manager: User, conversation: Conversation, address: str
    ) -> None:
        page = sit(manager, address)
        usual = page.title()
        timer = Timer.objects.start(user=manager, conversation=conversation, now=timezone.now())

        def poll() -> None:
            page.wait_for_timeout(1100)
            page.evaluate("window.dispatchEvent(new Event('focus'))")

        poll()
        icon = page.locator("#favicon")
        expect(icon).to_have_attribute("href", re.compile("running"))
        expect(page).to_have_title(re.compile(r"^0:00:\d\d · " + re.escape(usual)))
        page.wait_for_timeout(1100)
        expect(page).to_have_title(re.compile(r"^0:00:\d\d · " + re.escape(usual)))
        timer.stop(timezone.now())
        poll()
        expect(icon).to_have_attribute("href", re.compile("stopped"))
        expect(page).to_have_title(usual)

    def test_it_ticks_behind_another_tab(self, sit: Sit, agent: User, conversation: Conversation) -> None:
        TimerFactory(user=agent, conversation=conversation)
        page = sit(agent, "/billing/")
        page.evaluate(
            "() => { Object.defineProperty(document, 'hidden', {value: true});"
            " document.dispatchEvent(new Event('visibilitychange')) }"
        )
        before = page.title()
        page.wait_for_timeout(1500)
        assert page.title() != before


def cancel_here(page: Page) -> None:
    mine(page).get_by_role("button", name="Cancel timer").focus()
    press(page, "Enter")
    expect(mine(page)).to_contain_text("No timer here")


def undo(page: Page) -> None:
    cancel_here(page)
    page.locator("#toasts").get_by_role("button", name="Undo").focus()
    press(page, "Enter")
    expect(mine(page)).not_to_contain_text("No timer here")


def dismiss(page: Page) -> None:
    cancel_here(page)
    page.locator("#toasts").get_by_role("button", name="Dismiss").focus()
    press(page, "Enter")
    expect(page.locator("#toasts")).not_to_contain_text("canceled")


def cancel_in_the_list(page: Page) -> None:
    press(page, "t")
    page.locator("#timers").get_by_role("button", name="Cancel timer").first.focus()
    press(page, "Enter")
    expect(page.locator("#timers li")).to_have_count(1)


def close_a_list_whose_button_was_drawn_anew(page: Page) -> None:
    page.locator("#timers-icon button").focus()
    press(page, "Enter")
    page.locator("#timers").get_by_role("button", name="Service").first.focus()
    press(page, "Enter")
    expect(page.locator("#toasts")).to_contain_text("prepared")
    press(page, "Escape")
    expect(page.locator("#timers")).to_be_hidden()


def leave_the_palette_opened_from_the_list(page: Page) -> None:
    press(page, "t")
    expect(page.locator("#timers li a").first).to_be_focused()
    open_palette(page)
    press(page, "Escape")


def leave_the_sheet_opened_from_the_menu(page: Page) -> None:
    page.get_by_role("button", name="Account of").focus()
    press(page, "Enter")
    page.get_by_role("link", name="Keyboard shortcuts").focus()
    press(page, "Enter")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    press(page, "Escape")


def send(page: Page) -> None:
    page.locator("#reply").fill("Done.")
    press(page, "Control+Enter")
    expect(page.locator("#messages")).to_contain_text("Done.")


def leave_the_assign_menu(page: Page) -> None:
    page.get_by_role("button", name="Assigned to").focus()
    press(page, "Enter", "Tab", "Escape")


@pytest.mark.parametrize(
    ("action", "place"),
    [
        (cancel_here, "#my-timer h2"),
        (undo, "#my-timer h2"),
        (dismiss, "#my-timer h2"),
        (cancel_in_the_list, "#timers li a"),
        (close_a_list_whose_button_was_drawn_anew, "#timers-icon button"),
        (leave_the_palette_opened_from_the_list, "#timers-icon button"),
        (leave_the_sheet_opened_from_the_menu, ".avatar[popovertarget]"),
        (send, "#reply"),
        (leave_the_assign_menu, "[popovertarget=assign]"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_after_it_the_focus_is_where_the_eye_is(
    sit: Sit,
    agent: User,
    workspace: Workspace,
    three: list[Conversation],
    action: Callable[[Page], None],
    place: str,
) -> None:
    for each in three[:2]:
        TimerFactory(user=agent, conversation=each)
    page = sit(agent, f"/conversations/{three[0].pk}/")
    action(page)
    expect(page.locator(place).first).to_be_focused()
