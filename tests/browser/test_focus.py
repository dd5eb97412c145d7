"""Where the focus is after each action."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from conversations.models import Conversation
from tests.browser.conftest import Sit
from tests.browser.gestures import open_palette, press
from tests.factories import TimerFactory
from workspaces.models import User, Workspace


def my_timer(page: Page) -> Locator:
    return page.locator("#my-timer")


def cancel_here(page: Page) -> None:
    my_timer(page).get_by_role("button", name="Cancel timer").focus()
    press(page, "Enter")
    expect(my_timer(page)).to_contain_text("No timer here")


def undo(page: Page) -> None:
    cancel_here(page)
    page.locator("#toasts").get_by_role("button", name="Undo").focus()
    press(page, "Enter")
    expect(my_timer(page)).not_to_contain_text("No timer here")


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
    press(page, "Enter")
    expect(page.locator("#assign").get_by_role("button").first).to_be_visible()
    press(page, "Tab", "Escape")


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
