"""What a page says of what was done: undo, news, errors."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from billing.models import BillingEntry
from conversations.models import Conversation
from tests.browser.conftest import Sit
from tests.browser.gestures import in_sidebar, poll, timer_button
from timers.models import Timer
from workspaces.models import User


@pytest.fixture
def page(sit: Sit, agent: User, conversation: Conversation) -> Page:
    return sit(agent, f"/conversations/{conversation.pk}/")


class TestUndo:
    def test_of_a_saved_entry_brings_its_form_back_as_it_was_saved(self, page: Page) -> None:
        timer_button(page).click()
        in_sidebar(page, "Stop").click()
        form = page.locator("#my-timer")
        form.get_by_label("Description").fill("Looked at the logs")
        in_sidebar(page, "Save").click()
        toast = page.locator(".toast", has_text="Logged ")
        toast.get_by_role("button", name="Undo").click()
        expect(form.get_by_role("heading", name="New entry")).to_be_visible()
        expect(form.get_by_label("Description")).to_have_value("Looked at the logs")
        expect(page.get_by_role("button", name="Timers: 1 stopped")).to_be_visible()
        expect(toast).to_have_count(0)
        assert BillingEntry.objects.get().confirmed_at is None

    def test_of_closing_and_assigning_stands_in_their_toasts(self, page: Page, colleague: User) -> None:
        page.get_by_role("button", name="Close conversation").click()
        page.locator(".toast", has_text="Closed.").get_by_role("button", name="Undo").click()
        expect(page.get_by_role("button", name="Close conversation")).to_be_visible()
        page.get_by_role("button", name="Assigned to Katharina Wiegand").click()
        page.locator("#assign").get_by_role("button", name=colleague.display_name).click()
        page.locator(".toast", has_text="Assigned to Jonas").get_by_role("button", name="Undo").click()
        expect(page.get_by_role("button", name="Assigned to Katharina Wiegand")).to_be_visible()

    def test_a_toast_stays_while_the_pointer_is_over_it_and_then_leaves(self, page: Page) -> None:
        page.clock.install()
        page.reload()
        timer_button(page).click()
        in_sidebar(page, "Cancel timer").click()
        toast = page.locator(".toast")
        toast.hover()
        page.clock.fast_forward(30_000)
        expect(toast).to_be_visible()
        page.mouse.move(5, 400)
        page.clock.fast_forward(11_000)
        expect(toast).to_be_visible()
        page.clock.fast_forward(2_000)
        expect(toast).to_have_count(0)


class TestNews:
    def test_a_change_is_told_to_a_screen_reader_once(
        self, page: Page, agent: User, colleague: User, conversation: Conversation
    ) -> None:
        news = page.locator("#news")
        page.evaluate("""() => {
            window.told = [];
            const tell = () => window.told.push(document.getElementById("news").textContent);
            new MutationObserver(tell).observe(document.getElementById("news"), { childList: true });
        }""")
        Timer.objects.start(user=agent, conversation=conversation, now=timezone.now())
        poll(page)
        expect(news).to_have_text("Timers: 1 running")
        Timer.objects.start(user=colleague, conversation=conversation, now=timezone.now())
        poll(page)
        expect(page.locator("#others")).to_contain_text(colleague.display_name)
        in_sidebar(page, "Stop").click()
        expect(news).to_have_text("Timers: 1 stopped")
        assert page.evaluate("told") == ["Timers: 1 running", "Timers: 1 stopped"]

    def test_what_a_toast_says_is_not_said_twice(self, page: Page) -> None:
        timer_button(page).click()
        news = page.locator("#news")
        expect(news).to_have_text("Timers: 1 running")
        in_sidebar(page, "Cancel timer").click()
        expect(page.locator(".toast")).to_contain_text("None of its time is logged.")
        expect(page.get_by_role("button", name="Timers: none")).to_be_visible()
        expect(news).to_have_text("Timers: 1 running")

    def test_the_toasts_are_a_live_region_also_above_a_popover(self, page: Page) -> None:
        session = page.context.new_cdp_session(page)

        def region() -> tuple[object, ...]:
            document = session.send("DOM.getDocument")["root"]["nodeId"]
            found = session.send("DOM.querySelector", {"nodeId": document, "selector": "#toasts"})
            node = session.send("Accessibility.getPartialAXTree", {**found, "fetchRelatives": False})[
                "nodes"
            ][0]
            live = {each["name"]: each["value"]["value"] for each in node["properties"]}
            return node["nodeId"], node["ignored"], node["role"]["value"], live["live"], live["atomic"]

        before = region()
        assert before[1:] == (False, "status", "polite", False)
        timer_button(page).click()
        in_sidebar(page, "Cancel timer").click()
        expect(page.locator("#toasts:popover-open")).to_be_visible()
        assert region() == before


class TestErrors:
    def focused(self, page: Page) -> str:
        """The name of the field that has the focus, and what is said to be wrong with it."""
        return page.evaluate("""() => {
            const field = document.activeElement;
            const ids = (field.getAttribute("aria-describedby") ?? "").split(" ");
            const notes = ids.map((id) => document.getElementById(id));
            const errors = notes.filter((note) => note?.matches(".error, [role=alert]"));
            return `${field.name}: ${errors.map((error) => error.innerText.trim())}`;
        }""")

    def test_the_first_wrong_field_of_an_entry_gets_the_focus(self, page: Page) -> None:
        timer_button(page).click()
        in_sidebar(page, "Stop").click()
        page.locator("#my-timer").get_by_label("Billed time").fill("25:99")
        page.wait_for_timeout(700)  # the calculation, which must not take the focus away
        in_sidebar(page, "Save").click()
        expect(page.locator("#my-timer .error").first).to_be_visible()
        assert self.focused(page).startswith("billed: ")
        assert "Write 1:30" in self.focused(page)

    def test_so_does_that_of_a_page(self, page: Page) -> None:
        page.goto("/conversations/new/")
        page.get_by_label("Subject").fill("A subject")
        page.get_by_role("button", name="Create").click()
        expect(page.locator(".error").first).to_be_visible()
        assert self.focused(page) == "customer: This field is required."

    def test_a_note_that_cannot_be_kept_says_why_beside_it(self, page: Page) -> None:
        timer_button(page).click()
        note = page.locator("#note")
        note.evaluate("(note) => note.removeAttribute('maxlength')")
        note.fill("x" * 2001)
        expect(page.locator("#note-error")).to_be_visible()
        assert "at most 2000 characters" in self.focused(page)
        note.evaluate("(note) => note.removeAttribute('maxlength')")
        note.fill("Short")
        expect(page.locator("#note-error")).to_have_count(0)
        assert Timer.objects.get().note == "Short"

    def test_a_wrong_password_is_said_of_both_fields(self, page: Page) -> None:
        page.context.clear_cookies()
        page.goto("/accounts/login/")
        page.get_by_label("User name").fill("agent")
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert self.focused(page).startswith("username: ")
        expect(page.get_by_label("Password")).to_have_accessible_description(
            re.compile("do not belong together")
        )
