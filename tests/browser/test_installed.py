"""Stint as an installed app: what Chromium asks of one, and a page for when there is no network."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Page, expect
from pytest_django.live_server_helper import LiveServer

from conversations.models import Conversation
from tests.browser.conftest import FAILED, Sit
from workspaces.models import User

READY = "navigator.serviceWorker.ready.then((registration) => registration.active.state)"
KEPT = """caches.keys().then((names) => Promise.all(names.map(async (name) => {
  const requests = await (await caches.open(name)).keys();
  return requests.map(({ url }) => new URL(url).pathname);
}))).then((paths) => paths.flat())"""


@pytest.fixture
def page(sit: Sit, agent: User, conversation: Conversation, complaints: list[str]) -> Page:
    page = sit(agent, service_workers="allow")
    page.evaluate(READY)
    return page


@pytest.fixture
def without_network(page: Page, complaints: list[str]) -> Iterator[None]:
    """Requests that fail are no complaint here."""
    page.context.set_offline(True)
    yield
    complaints[:] = [each for each in complaints if not FAILED.search(each)]


@pytest.mark.usefixtures("without_network")
def test_without_a_network_there_is_a_page_that_goes_on_by_itself(page: Page) -> None:
    page.goto("/timers/")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    expect(page.get_by_text("Your timers run on the server")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.topbar')).position") == "sticky"
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="Timers", exact=True)).to_be_visible()
    expect(page).to_have_url("/timers/")


def test_nothing_of_an_account_is_kept(page: Page, conversation: Conversation) -> None:
    for address in ("/conversations/", conversation.get_absolute_url(), "/billing/", "/timers/"):
        page.goto(address)
    assert sorted(page.evaluate(KEPT)) == [
        "/offline/",
        "/static/css/app.css",
        "/static/img/favicon-none.svg",
        "/static/js/later/offline.js",
        "/static/js/theme.js",
    ]


def test_the_page_is_in_the_language_of_the_browser(
    sit: Sit, agent: User, conversation: Conversation, complaints: list[str]
) -> None:
    page = sit(agent, service_workers="allow", locale="de-DE")
    page.evaluate(READY)
    page.context.set_offline(True)
    page.goto("/timers/")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    complaints[:] = [each for each in complaints if not FAILED.search(each)]


@pytest.fixture
def installer(
    browser_type: BrowserType, browser_type_launch_args: dict, tmp_path: Path, live_server: LiveServer
) -> Iterator[BrowserContext]:
    """A browser that is not private: in such a one nothing can be installed."""
    context: BrowserContext = browser_type.launch_persistent_context(
        tmp_path, base_url=live_server.url, **browser_type_launch_args
    )
    yield context
    context.close()


@pytest.mark.usefixtures("transactional_db")
def test_chromium_finds_nothing_that_keeps_it_from_being_installed(installer: BrowserContext) -> None:
    page = installer.pages[0]
    page.goto("/accounts/login/")
    page.evaluate(READY)
    session = installer.new_cdp_session(page)
    assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert re.fullmatch(r".*/manifest\.webmanifest", manifest["url"])
    about = json.loads(manifest["data"])
    for icon in [*about["icons"], *about["shortcuts"][0]["icons"]]:
        answer = page.request.get(icon["src"])
        assert (answer.status, answer.headers["content-type"]) == (200, icon["type"])
    sizes = page.evaluate(
        """(sources) => Promise.all(sources.map(async (source) => {
          const image = new Image();
          image.src = source;
          await image.decode();
          return `${image.naturalWidth}x${image.naturalHeight}`;
        }))""",
        [icon["src"] for icon in about["icons"]],
    )
    assert sizes[1:] == [icon["sizes"] for icon in about["icons"][1:]]
