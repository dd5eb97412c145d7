"""The pages before somebody is signed in, in a real browser under the real policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core import mail
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.test_accessible import DESK, PHONE, axe_finds, too_wide
from tests.factories import UserFactory
from tests.workspaces.openid_provider import CLIENT_ID, CLIENT_SECRET, OpenIDProvider
from workspaces.models import User

NEW = "quite-a-new-0ne"


@pytest.fixture
def provider(settings: Any) -> Iterator[OpenIDProvider]:
    provider = OpenIDProvider()
    settings.OIDC_ISSUER = provider.issuer
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    settings.OIDC_NAME = "Brandt & Ohlsen"
    directives = dict(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"])
    directives["form-action"] = ["'self'", provider.issuer]
    settings.CONTENT_SECURITY_POLICY = settings.CONTENT_SECURITY_POLICY | {"DIRECTIVES": directives}
    yield provider
    provider.close()


@pytest.fixture
def katharina(transactional_db: None, settings: Any) -> User:
    settings.PASSWORD_RESET_BY_MAIL = settings.MAIL_TO_FILES = True
    return UserFactory(username="katharina", email="katharina@example.com")


@pytest.fixture
def visitor(browser: Browser, live_server: LiveServer, katharina: User) -> Iterator[Page]:
    page = browser.new_page(base_url=live_server.url, service_workers="block")
    page.set_default_timeout(10_000)
    yield page
    page.close()


def test_the_organisations_provider_leads_in(visitor: Page, provider: OpenIDProvider) -> None:
    visitor.goto("/timers/")
    visitor.get_by_role("button", name="Sign in with Brandt & Ohlsen").click()
    expect(visitor).to_have_url(re.compile("/timers/$"))
    expect(visitor.get_by_role("button", name="Account of")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["", "without JavaScript"])
def test_a_new_password_by_mail(
    browser: Browser, live_server: LiveServer, katharina: User, javascript: bool
) -> None:
    page = browser.new_page(base_url=live_server.url, java_script_enabled=javascript)
    page.goto("/accounts/login/")
    page.get_by_role("link", name="Forgot the password?").click()
    page.get_by_label("Email address").fill("katharina@example.com")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", name="Look at your mail")).to_be_visible()
    link = re.search(r"http://\S+", str(mail.outbox[0].body))
    assert link
    page.goto(link[0])
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label("New password confirmation").fill(NEW)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="To the sign-in").click()
    page.get_by_label("User name").fill("katharina")
    page.get_by_label("Password").fill(NEW)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile("/conversations/$"))
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("room", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_on_the_way_in(
    visitor: Page,
    axe: Axe,
    provider: OpenIDProvider,
    room: Any,
    theme: Any,
) -> None:
    page = visitor
    page.set_viewport_size(room)
    page.emulate_media(color_scheme=theme)

    def judge(heading: str) -> None:
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        page.wait_for_timeout(150)
        assert axe_finds(page, axe) + too_wide(page) == [], heading

    page.goto("/accounts/login/")
    judge("Sign in")
    provider.person["email_verified"] = False
    page.get_by_role("button", name="Sign in with Brandt & Ohlsen").click()
    judge("Not signed in")
    page.goto("/accounts/password_reset/")
    judge("Forgot the password")
    page.get_by_label("Email address").fill("nowhere")
    page.get_by_role("button", name="Send the link").click()
    expect(page.locator(".error")).to_be_visible()
    judge("Forgot the password")
    for _ in range(4):
        page.goto("/accounts/password_reset/")
        page.get_by_label("Email address").fill("katharina@example.com")
        page.get_by_role("button", name="Send the link").click()
        expect(page.get_by_role("heading", name=re.compile("Look at|Too many"))).to_be_visible()
    judge("Too many attempts")
    link = re.search(r"http://\S+", str(mail.outbox[0].body))
    assert link
    page.goto(link[0])
    judge("Set a new password")
    page.get_by_label("New password", exact=True).fill("short")
    page.get_by_label("New password confirmation").fill("shorter")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    judge("Set a new password")
