"""What is printed, and the theme of a device: what only a browser can show."""

from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.factories import BillingEntryFactory
from timers.models import Timer

STATEMENT = "/billing/statement/"
#: By what a browser shows it.
PRINTED = """(selector) => {
  const style = getComputedStyle(document.querySelector(selector));
  return [style.display, style.color, style.backgroundColor];
}"""
BLACK, WHITE = "rgb(0, 0, 0)", "rgb(255, 255, 255)"


@pytest.fixture
def statement(transactional_db, agent, conversation, customer) -> str:
    """The address of one with enough charges for two sheets."""
    for number in range(40):
        BillingEntryFactory(
            user=agent,
            conversation=conversation,
            day=date(2026, 3, 1),
            state="approved",
            confirmed_at=timezone.now(),
            description=f"Charge {number}",
        )
    return f"{STATEMENT}?customer={customer.pk}&dates=range"


@pytest.fixture
def page(sit, manager, statement) -> Page:
    return sit(manager, statement, color_scheme="dark")


def test_paper_is_white_and_has_nothing_to_click(page):
    page.evaluate("localStorage.setItem('theme', 'dark')")
    page.reload()
    page.emulate_media(media="print")
    assert page.evaluate(PRINTED, "body")[1:] == [BLACK, WHITE]
    assert page.evaluate(PRINTED, ".statement thead")[0] == "table-header-group"
    for left_out in (".topbar", ".filters", "[data-print]", "#toasts"):
        assert page.evaluate(PRINTED, left_out)[0] == "none", left_out
    expect(page.get_by_text("Printed on")).to_be_visible()
    page.emulate_media(media="screen")
    expect(page.get_by_text("Printed on")).to_be_hidden()


def test_a_long_statement_is_several_sheets_each_with_the_heads(page):
    sheets = page.pdf(format="A4", prefer_css_page_size=True)
    assert 2 <= sheets.count(b"/Type /Page\n") <= 3


def test_a_button_prints(sit, manager, statement):
    page = sit(manager, STATEMENT)
    page.context.add_init_script("window.print = () => { document.body.dataset.printed = 'yes' }")
    page.goto(statement)
    page.get_by_role("button", name="Print").click()
    expect(page.locator("body")).to_have_attribute("data-printed", "yes")


def test_without_javascript_no_button_prints(sit, manager, statement):
    page = sit(manager, statement, java_script_enabled=False)
    expect(page.get_by_role("heading", name="Statement")).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_hidden()


def test_the_theme_is_chosen_in_the_settings_for_this_device(sit, agent):
    page = sit(agent, "/accounts/settings/")
    page.locator("main").get_by_text("Dark", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/timers/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("#user-menu [value=dark]")).to_be_checked()


def test_both_switches_of_the_theme_say_the_same(sit, agent):
    page = sit(agent, "/accounts/settings/")
    page.get_by_role("button", name="Account of").click()
    page.locator("#user-menu").get_by_text("Light", exact=True).click()
    expect(page.locator("main [value=light]")).to_be_checked()
    assert page.evaluate("localStorage.getItem('theme')") == "light"


def test_without_javascript_the_settings_say_why_there_is_no_theme(sit, agent):
    page = sit(agent, "/accounts/settings/", java_script_enabled=False)
    # By its place: the text of a noscript is none to look for.
    expect(page.locator("main noscript .hint")).to_be_visible()
    expect(page.locator("main [data-theme-switch]")).to_be_hidden()


def test_a_language_is_chosen_before_anybody_is_signed_in(sit, agent):
    page = sit(agent)
    page.context.clear_cookies()
    page.goto("/accounts/login/?next=/timers/")
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_role("button", name="Anmelden")).to_be_visible()
    assert page.url.endswith("/accounts/login/?next=/timers/")
    page.get_by_label("Benutzername").fill("agent")
    page.get_by_label("Passwort").fill("password")
    page.get_by_role("button", name="Anmelden").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")


@pytest.mark.parametrize("room", [{"width": 1280, "height": 500}, {"width": 390, "height": 700}])
def test_what_somebody_else_saved_meanwhile_is_shown_in_view(sit, agent, manager, conversation, room):
    timer = Timer.objects.start(user=agent, conversation=conversation, now=timezone.now())
    timer.stop(timezone.now())
    page = sit(agent, f"/conversations/{conversation.pk}/", viewport=room, has_touch=room["width"] < 500)
    if room["width"] < 500:
        page.get_by_role("button", name="Check entry").click()
    form = page.locator("#my-timer")
    form.get_by_label("Description").fill("Mine, and a good deal of it. " * 30)
    entry = timer.entry
    entry.revise(by=manager, version=entry.version, now=timezone.now(), description="Theirs " * 60)
    form.get_by_role("button", name="Save", exact=True).click()
    expect(form.get_by_role("alert")).to_be_in_viewport()
