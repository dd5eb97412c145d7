"""What a page says of a click that is on its way."""

import pytest
from playwright.sync_api import Page, expect

from conversations.models import Conversation
from tests.browser.conftest import Hold, Sit
from tests.browser.gestures import in_sidebar, poll, timer_button
from workspaces.models import User


@pytest.fixture
def page(sit: Sit, agent: User, conversation: Conversation) -> Page:
    return sit(agent, f"/conversations/{conversation.pk}/")


def test_a_click_is_on_its_way_at_once_and_moves_nothing(page: Page, hold: Hold) -> None:
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


def test_a_line_shows_when_something_takes_longer_than_a_second(page: Page, hold: Hold) -> None:
    held = hold("**/timer/start/")
    line = page.get_by_role("progressbar", name="Loading")
    timer_button(page).click()
    page.wait_for_timeout(600)
    expect(line).to_be_hidden()
    expect(line).to_be_visible(timeout=1500)
    held[0].continue_()
    expect(line).to_be_hidden()


def test_no_line_shows_for_a_poll(page: Page, hold: Hold) -> None:
    held = hold("**/timers/status/*")
    poll(page)
    page.wait_for_timeout(1300)
    assert held
    expect(page.get_by_role("progressbar", name="Loading")).to_be_hidden()
    held[0].continue_()


def test_it_shows_for_a_page_that_takes_long(page: Page, hold: Hold) -> None:
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
def test_a_second_click_on_what_is_on_its_way_sends_nothing(page: Page, hold: Hold, verb: str) -> None:
    timer_button(page).click()
    held = hold("**/timers/*/*/")
    in_sidebar(page, verb).dispatch_event("click")
    in_sidebar(page, verb).dispatch_event("click")
    page.wait_for_timeout(300)
    assert len(held) == 1
    held[0].continue_()
    expect(page.get_by_role("button", name="Timers: 1 stopped")).to_be_visible()
    page.wait_for_timeout(200)
    assert len(held) == 1


def test_a_plain_form_is_sent_once(page: Page, hold: Hold, conversation: Conversation) -> None:
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


def test_a_page_that_comes_back_is_not_busy_any_more(page: Page) -> None:
    states = page.evaluate("""() => {
        const button = document.querySelector("form[action$='/close/'] button");
        button.click();
        const states = [button.ariaBusy];
        window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
        return [...states, button.ariaBusy];
    }""")
    assert states == ["true", None]
    expect(page.locator("#toasts")).to_contain_text("Closed.")
