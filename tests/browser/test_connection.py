"""What a page does when the network or the server does not answer."""

import re
from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from conversations.models import Conversation
from tests.browser.conftest import FAILED, Sit
from tests.browser.gestures import in_sidebar, poll, timer_button
from timers.models import Timer
from workspaces.models import User

NO_CONNECTION = "No connection. Your timers run on the server."
NO_ANSWER = "The server does not answer. Your timers run on there."
UNSENT = "Connected again. What you sent last did not arrive."


@pytest.fixture
def page(sit: Sit, agent: User, conversation: Conversation) -> Page:
    return sit(agent, f"/conversations/{conversation.pk}/")


@pytest.fixture
def without_connection(page: Page, complaints: list[str]) -> Iterator[None]:
    """Failed requests are no complaint here."""
    yield
    complaints[:] = [each for each in complaints if not FAILED.search(each)]


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
        in_sidebar(page, "Cancel timer").click()
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
