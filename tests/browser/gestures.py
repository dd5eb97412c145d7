"""What people do on a page, whichever test it is for."""

from playwright.sync_api import Locator, Page, expect


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def poll(page: Page) -> None:
    """Have the page ask for news now."""
    page.wait_for_timeout(1100)  # once a second at most
    page.evaluate("window.dispatchEvent(new Event('focus'))")


def timer_button(page: Page) -> Locator:
    """Of the toolbar; it starts."""
    return page.get_by_role("group", name="Conversation").get_by_role("button", name="Timer", exact=True)


def in_sidebar(page: Page, name: str) -> Locator:
    """A button of my timer."""
    return page.locator("#my-timer").get_by_role("button", name=name, exact=True)


def found_in_palette(page: Page) -> Locator:
    """What Enter would go to."""
    return page.locator("#palette [role=option][aria-selected=true]")


def open_palette(page: Page) -> Locator:
    """Its field, once it has looked up what to begin with."""
    press(page, "Control+k")
    expect(found_in_palette(page)).to_have_count(1)
    return page.get_by_role("combobox", name="Go to")
