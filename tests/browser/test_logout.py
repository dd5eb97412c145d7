"""What a browser keeps of somebody who signed out: what was chosen on this device, and nothing else."""

from playwright.sync_api import expect

from tests.browser.conftest import Sit
from workspaces.models import User


def test_a_logout_leaves_the_language_and_the_theme_and_nothing_of_the_account(sit: Sit, agent: User) -> None:
    page = sit(agent, "/timers/")
    here = page.url.removesuffix("/timers/")
    page.context.add_cookies([{"name": "django_language", "value": "de", "url": here}])
    page.evaluate("localStorage.setItem('theme', 'dark')")
    page.goto("/conversations/")
    page.locator("form[action='/accounts/logout/']").evaluate("form => form.submit()")
    expect(page.get_by_role("button", name="Anmelden")).to_be_visible()
    names = {cookie["name"] for cookie in page.context.cookies()}
    assert "django_language" in names
    assert "sessionid" not in names
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.go_back()
    expect(page.get_by_role("button", name="Anmelden")).to_be_visible()
    assert agent.display_name not in page.content()
