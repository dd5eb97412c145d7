"""The whole main job with nothing but Tab, Enter and letters; also zoomed and with the text spaced out."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from billing.models import BillingEntry
from conversations.models import Conversation
from tests.browser.test_accessible import DESK, SPACED, ZOOMED
from workspaces.models import User

#: Farther than this no control of a page may be away.
FAR = 90
#: What has the focus, unless somebody who looks for it finds it: WCAG 2.4.7 and 2.4.11.
UNSEEN = """() => {
    const focused = document.activeElement;
    if (focused === document.body) return ''; // between the last control and the first
    const place = focused.matches('[type=radio], [type=checkbox]') && focused.closest('label') || focused;
    const { x, y, width, height } = place.getBoundingClientRect();
    const tops = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]]
        .map(([right, down]) => document.elementFromPoint(x + width * right, y + height * down));
    const seen = tops.some((top) => top && (focused.contains(top) || top.contains(focused)));
    // A date shows the focus on the part of it that has it.
    return seen && focused.matches(':focus-visible, [type=date]') ? '' : focused.outerHTML.slice(0, 200);
}"""


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the focus is there; at every stop it must be seen."""
    expect(target).to_be_attached()
    for _ in range(FAR):
        page.keyboard.press("Tab")
        assert not page.evaluate(UNSEEN)
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{target} is out of reach")


def sign_in(page: Page, name: str) -> None:
    page.goto("/accounts/login/")
    expect(page.get_by_label("User name")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type("secret")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Conversations")).to_be_visible()


@pytest.mark.parametrize(
    ("room", "style"), [(DESK, ""), (ZOOMED, SPACED)], ids=["desk", "200 % and text spacing"]
)
def test_the_main_job_by_keyboard_alone(
    browser: Browser,
    live_server: LiveServer,
    transactional_db: None,
    agent: User,
    manager: User,
    conversation: Conversation,
    room: dict,
    style: str,
) -> None:
    for user in (agent, manager):
        user.set_password("secret")
        user.save()
    context = browser.new_context(base_url=live_server.url, viewport=room, bypass_csp=True)
    if style:
        context.add_init_script(
            "document.addEventListener('DOMContentLoaded', () => document.head.append("
            f"Object.assign(document.createElement('style'), {{textContent: `{style}`}})))"
        )
    page = context.new_page()
    page.set_default_timeout(10_000)

    sign_in(page, "agent")
    tab_to(page, page.get_by_role("link", name=conversation.subject))
    page.keyboard.press("Enter")
    toolbar = page.get_by_role("group", name="Conversation")
    tab_to(page, toolbar.get_by_role("button", name="Timer", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Timers: 1 running")).to_be_attached()

    mine = page.locator("#my-timer")
    if not mine.is_visible():
        tab_to(page, page.locator("button[popovertarget=sidebar]:visible").first)
        page.keyboard.press("Enter")
        expect(mine).to_be_visible()
    tab_to(page, mine.get_by_role("button", name="Stop"))
    page.keyboard.press("Enter")
    expect(mine.get_by_role("heading", name="New entry")).to_be_visible()
    assert page.evaluate("document.activeElement !== document.body"), "the focus went astray"

    tab_to(page, mine.get_by_label("Billed time"))
    page.keyboard.press("Control+A")
    page.keyboard.type("1,5")
    expect(mine.locator(".receipt")).to_contain_text("180.00 EUR")
    tab_to(page, mine.get_by_label("Description"))
    page.keyboard.type("Looked at the logs")
    tab_to(page, mine.get_by_role("button", name="Save"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text=re.compile("Logged 1:30:00"))).to_be_attached()
    assert page.evaluate("document.activeElement !== document.body"), "the focus went astray"

    context.clear_cookies()
    sign_in(page, "manager")
    menu = page.get_by_role("button", name="Menu")
    if menu.is_visible():
        tab_to(page, menu)
        page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name=re.compile("^Review")))
    page.keyboard.press("Enter")
    tab_to(page, page.locator("#queue .disclosure").first)
    page.keyboard.press("Enter")
    approve = page.locator("#queue .detail").get_by_role("button", name="Approve")
    tab_to(page, approve)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Everything is reviewed")).to_be_visible()
    assert page.evaluate("document.activeElement !== document.body"), "the focus went astray"
    entry = BillingEntry.objects.get()
    assert (entry.state, entry.billed_seconds, entry.description) == ("approved", 5400, "Looked at the logs")
    context.close()
