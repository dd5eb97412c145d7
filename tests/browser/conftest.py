"""People at browsers. A page that logs an error, or breaks the content policy, fails its test."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from conversations.models import Conversation
from tests.factories import ConversationFactory
from workspaces.models import User

expect.set_options(timeout=10_000)

Sit = Callable[..., Page]
Hold = Callable[[str], list[Route]]
#: How a browser logs what a form or a conflict is answered with.
REFUSED = re.compile(r"(status of|Status Error Code) 4(09|22)")
#: The same of a request that got no answer, or that of a fault.
FAILED = re.compile(
    r"htmx:(afterRequest|sendError|responseError|timeout)|Failed to load resource|Response Status"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def complaints() -> list[str]:
    """What browsers complained of; a test that expects a complaint takes it out."""
    return []


@pytest.fixture
def sit(
    browser: Browser, live_server: LiveServer, transactional_db: None, complaints: list[str]
) -> Iterator[Sit]:
    """Sit a user down at a browser: `sit(agent)` opens the conversations, signed in."""
    contexts: list[BrowserContext] = []

    def sit_down(user: User, address: str = "/conversations/", **options: object) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            **{"viewport": {"width": 1280, "height": 800}, "service_workers": "block", **options},
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        client = Client()
        client.force_login(user)
        cookie = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda message: _note(message, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page

    yield sit_down
    for context in contexts:
        context.close()
    assert not complaints, complaints


@pytest.fixture
def three(agent: User, conversation: Conversation) -> list[Conversation]:
    """The agent's conversations, as the inbox has them."""
    now = timezone.now()
    others = [
        ConversationFactory(
            pk=pk,
            customer=conversation.customer,
            assignee=agent,
            subject=subject,
            last_message_at=now - timedelta(days=pk),
        )
        for pk, subject in ((8101, "Exchange migration"), (8102, "Lease renewal"))
    ]
    return [conversation, *others]


@pytest.fixture
def hold(page: Page) -> Hold:
    """Keep requests to such addresses waiting; the list that it returns takes them up."""

    def hold_back(addresses: str) -> list[Route]:
        held: list[Route] = []
        page.route(addresses, lambda route: held.append(route))
        return held

    return hold_back


def _note(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type == "error" and not REFUSED.search(message.text):
        complaints.append(message.text)
