"""What a page says of a click: busy, done and undone, refused, or not sent for want of a connection."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from billing.models import BillingEntry
from conversations.models import Conversation
from tests.browser.conftest import FAILED, Sit
from timers.models import Timer
from workspaces.models import User

NO_CONNECTION = "No connection. Your timers run on the server."
NO_ANSWER = "The server does not answer. Your timers run on there."
UNSENT = "Connected again. What you sent last did not arrive."

Hold = Callable[[str], list[Route]]


@pytest.fixture
def page(sit: Sit, agent: User, conversation: Conversation) -> Page:
    return sit(agent, f"/conversations/{conversation.pk}/")


@pytest.fixture
def hold(page: Page) -> Hold:
    """Keep requests to such addresses waiting; the list that it returns takes them up."""

    def hold_back(addresses: str) -> list[Route]:
        held: list[Route] = []
        page.route(addresses, lambda route: held.append(route))
        return held

    return hold_back


@pytest.fixture
def without_connection(page: Page, complaints: list[str]) -> Iterator[None]:
    """Failed requests are no complaint here."""
    yield
    complaints[:] = [each for each in complaints if not FAILED.search(each)]


def timer_button(page: Page):
    return page.locator("#timer-button button")


def mine(page: Page, name: str):
    return page.locator("#my-timer").get_by_role("button", name=name, exact=True)


def poll(page: Page) -> None:
    page.wait_for_timeout(1100)  # once a second at most
    page.evaluate("window.dispatchEvent(new Event('focus'))")


class TestBusy:
    def test_a_click_is_on_its_way_at_once_and_moves_nothing(self, page: Page, hold: Hold) -> None:
        held = hold("**/timer/start/")
        button = timer_button(page)
        before = button.bounding_box()
        assert (
            button.evaluate("(button) => (button.click(), [button.ariaBusy, button.ariaDisabled])")
            == ["true"] * 2
        )
        assert button.evaluate("(button) => getComputedStyle(button).opacity") != "1"
        assert button.bounding_box() == before
        button.dispatch_event("click")
        page.wait_for_timeout(100)
        assert len(held) == 1
        held[0].continue_()
        expect(page.locator("#my-timer time.clock")).to_be_visible()
        expect(page.locator("[aria-busy]")).to_have_count(0)

    def test_a_line_shows_when_something_takes_longer_than_a_second(self, page: Page, hold: Hold) -> None:
        held = hold("**/timer/start/")
        line = page.get_by_role("progressbar", name="Loading")
        timer_button(page).click()
        page.wait_for_timeout(600)
        expect(line).to_be_hidden()
        expect(line).to_be_visible(timeout=1500)
        held[0].continue_()
        expect(line).to_be_hidden()

    def test_no_line_shows_for_a_poll(self, page: Page, hold: Hold) -> None:
        held = hold("**/timers/status/*")
        poll(page)
        page.wait_for_timeout(1300)
        assert held
        expect(page.get_by_role("progressbar", name="Loading")).to_be_hidden()
        held[0].continue_()

    def test_it_shows_for_a_page_that_takes_long(self, page: Page, hold: Hold) -> None:
        held = hold("**/billing/")
        # Playwright looks at no page while another one is on its way to take its place.
        page.evaluate("""() => {
            const line = document.getElementById("progress");
            const note = () => sessionStorage.setItem("shown", !line.hidden);
            new MutationObserver(note).observe(line, { attributes: true });
            setTimeout(() => document.querySelector("a[href='/billing/']").click());
        }""")
        page.wait_for_timeout(1500)
        held[0].continue_()
        expect(page.get_by_role("heading", name="My entries")).to_be_visible()
        assert page.evaluate("sessionStorage.getItem('shown')") == "true"

    @pytest.mark.parametrize("verb", ["Stop", "Service"])
    def test_a_second_click_on_what_is_on_its_way_sends_nothing(
        self, page: Page, hold: Hold, verb: str
    ) -> None:
        timer_button(page).click()
        held = hold("**/timers/*/*/")
        mine(page, verb).dispatch_event("click")
        mine(page, verb).dispatch_event("click")
        page.wait_for_timeout(300)
        assert len(held) == 1
        held[0].continue_()
        expect(page.get_by_role("button", name="Timers: 1 stopped")).to_be_visible()
        page.wait_for_timeout(200)
        assert len(held) == 1

    def test_a_plain_form_is_sent_once(self, page: Page, hold: Hold, conversation: Conversation) -> None:
        held = hold("**/close/")
        page.evaluate("""() => {
            const button = document.querySelector("form[action$='/close/'] button");
            button.click();
            setTimeout(() => button.click(), 200);
            setTimeout(() => button.form.requestSubmit(), 400);
        }""")
        page.wait_for_timeout(900)
        assert len(held) == 1
        held[0].continue_()
        expect(page.locator("#toasts")).to_contain_text("Closed.")
        assert conversation.messages.filter(kind="event").count() == 1

    def test_a_page_that_comes_back_is_not_busy_any_more(self, page: Page) -> None:
        states = page.evaluate("""() => {
            const button = document.querySelector("form[action$='/close/'] button");
            button.click();
            const states = [button.ariaBusy];
            window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
            return [...states, button.ariaBusy];
        }""")
        assert states == ["true", None]
        expect(page.locator("#toasts")).to_contain_text("Closed.")


class TestUndo:
    def test_of_a_saved_entry_brings_its_form_back_as_it_was_saved(self, page: Page) -> None:
        timer_button(page).click()
        mine(page, "Stop").click()
        form = page.locator("#my-timer")
        form.get_by_label("Description").fill("Looked at the logs")
        mine(page, "Save").click()
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
        mine(page, "Cancel timer").click()
        toast = page.locator(".toast")
        toast.hover()
        page.clock.fast_forward(30_000)
        expect(toast).to_be_visible()
        page.mouse.move(5, 400)
        page.clock.fast_forward(11_000)
        expect(toast).to_be_visible()
        page.clock.fast_forward(2_000)
        expect(toast).to_have_count(0)


@pytest.mark.usefixtures("without_connection")
class TestConnection:
    def test_its_loss_is_said_and_its_return_recovered_from(self, page: Page, agent: User) -> None:
        toasts = page.locator("#toasts")
        page.context.set_offline(True)
        expect(toasts).to_contain_text(NO_CONNECTION)
        expect(page.locator(".toast")).to_have_count(1)
        Timer.objects.start(user=agent, conversation=Conversation.objects.get(), now=timezone.now())
        page.context.set_offline(False)  # before it asks again by itself, five seconds after it failed
        expect(page.get_by_role("button", name="Timers: 1 running")).to_be_visible(timeout=3500)
        expect(page.locator(".toast")).to_have_count(0)

    def test_a_click_on_a_timer_is_sent_once_it_is_back(self, page: Page) -> None:
        page.context.set_offline(True)
        timer_button(page).click()
        expect(page.locator(".toast", has_text=NO_CONNECTION)).to_have_count(1)
        page.context.set_offline(False)
        expect(page.get_by_role("button", name="Timers: 1 running")).to_be_visible()
        expect(page.locator(".toast")).to_have_count(0)
        assert Timer.objects.get().is_running

    def test_a_click_of_longer_than_a_minute_ago_waits_for_another(self, page: Page) -> None:
        page.context.set_offline(True)
        timer_button(page).click()
        expect(page.locator(".toast")).to_contain_text(NO_CONNECTION)
        # Not by the device's clock alone: after that had jumped, all would be drawn anew.
        page.evaluate("""for (const clock of [Date, performance]) {
            const now = clock.now.bind(clock);
            clock.now = () => now() + 61_000;
        }""")
        page.context.set_offline(False)
        expect(page.locator(".toast")).to_contain_text(UNSENT)
        assert not Timer.objects.exists()
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("button", name="Timers: 1 running")).to_be_visible()
        expect(page.locator(".toast")).to_have_count(0)

    def test_what_cannot_be_sent_again_is_not_offered_to_be(self, page: Page, agent: User) -> None:
        page.context.set_offline(True)
        timer_button(page).click()
        expect(page.locator(".toast")).to_contain_text(NO_CONNECTION)
        Timer.objects.start(user=agent, conversation=Conversation.objects.get(), now=timezone.now())
        page.context.set_offline(False)
        expect(page.locator(".toast")).to_contain_text(UNSENT)
        expect(page.get_by_role("button", name="Try again")).to_have_count(0)
        expect(page.get_by_role("button", name="Timers: 1 running")).to_be_visible()

    def test_undo_waits_for_it(self, page: Page) -> None:
        timer_button(page).click()
        page.clock.install()
        mine(page, "Cancel timer").click()
        toast = page.locator(".toast", has_text="None of its time is logged.")
        expect(toast).to_be_visible()
        page.context.set_offline(True)
        expect(page.locator(".toast", has_text=NO_CONNECTION)).to_be_visible()
        page.clock.fast_forward(20_000)
        toast.get_by_role("button", name="Undo").click()
        page.context.set_offline(False)
        expect(page.get_by_role("button", name="Timers: 1 stopped")).to_be_visible()
        expect(page.locator(".toast")).to_have_count(0)

    def test_a_device_without_a_network_may_have_the_server_itself(
        self, page: Page, conversation: Conversation
    ) -> None:
        page.evaluate("""() => {
            Object.defineProperty(navigator, "onLine", { value: false });
            window.dispatchEvent(new Event("offline"));
        }""")
        page.wait_for_timeout(500)
        expect(page.locator(".toast")).to_have_count(0)
        page.get_by_role("button", name="Close conversation").click()
        expect(page.locator(".toast")).to_contain_text("Closed.")

    def test_a_fault_of_the_server_offers_to_try_again(self, page: Page) -> None:
        fault = "**/timer/start/"
        toast = """<div id="toasts" hx-swap-oob="beforeend"><div class="toast"><p>A fault</p>
            <button type="button" data-retry>Try again</button></div></div>"""
        page.route(fault, lambda route: route.fulfill(status=500, body=toast, content_type="text/html"))
        timer_button(page).click()
        expect(page.locator(".toast")).to_contain_text("A fault")
        poll(page)
        page.wait_for_timeout(300)
        page.unroute(fault)
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("button", name="Timers: 1 running")).to_be_visible()
        expect(page.locator(".toast")).to_have_count(0)

    def test_a_message_is_kept_and_sent_again_on_request(
        self, page: Page, conversation: Conversation
    ) -> None:
        page.context.set_offline(True)
        page.locator("#reply").fill("Hello there")
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".toast")).to_contain_text(NO_CONNECTION)
        page.context.set_offline(False)
        expect(page.locator(".toast")).to_contain_text(UNSENT)
        assert not conversation.messages.filter(body="Hello there").exists()
        page.get_by_role("button", name="Try again").click()
        expect(page.locator("#messages")).to_contain_text("Hello there")
        expect(page.locator(".toast")).to_have_count(0)

    def test_a_plain_form_is_not_sent_into_nothing(self, page: Page, conversation: Conversation) -> None:
        page.locator("#reply").fill("Half a sentence")
        page.context.set_offline(True)
        page.get_by_role("button", name="Dismiss").click()
        page.get_by_role("button", name="Close conversation").click()
        expect(page.locator(".toast")).to_contain_text(NO_CONNECTION)
        expect(page.locator("#reply")).to_have_value("Half a sentence")
        expect(page).to_have_url(re.compile(conversation.get_absolute_url()))

    def test_a_server_that_does_not_answer_is_asked_again(self, page: Page) -> None:
        gone, asked = "**/timers/status/*", []

        def refuse(route: Route) -> None:
            asked.append(route)
            route.fulfill(status=502, body="Bad gateway")

        page.route(gone, refuse)
        poll(page)
        expect(page.locator(".toast")).to_contain_text(NO_ANSWER)
        page.get_by_role("button", name="Dismiss").click()
        page.wait_for_timeout(5500)
        assert len(asked) == 2
        expect(page.locator(".toast")).to_have_count(0)  # that was said, and dismissed
        page.unroute(gone)
        page.route("**/timer/start/", lambda route: route.abort())
        timer_button(page).click()
        expect(page.locator(".toast")).to_contain_text(NO_ANSWER)
        page.unroute("**/timer/start/")
        expect(page.get_by_role("button", name="Timers: 1 running")).to_be_visible()
        expect(page.locator(".toast")).to_have_count(0)


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
        mine(page, "Stop").click()
        expect(news).to_have_text("Timers: 1 stopped")
        assert page.evaluate("told") == ["Timers: 1 running", "Timers: 1 stopped"]

    def test_what_a_toast_says_is_not_said_twice(self, page: Page) -> None:
        timer_button(page).click()
        news = page.locator("#news")
        expect(news).to_have_text("Timers: 1 running")
        mine(page, "Cancel timer").click()
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
        mine(page, "Cancel timer").click()
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
        mine(page, "Stop").click()
        page.locator("#my-timer").get_by_label("Billed time").fill("25:99")
        page.wait_for_timeout(700)  # the calculation, which must not take the focus away
        mine(page, "Save").click()
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
        expect(page.get_by_label("Password")).to_have_accessible_description(re.compile("correct"))
