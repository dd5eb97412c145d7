"""A strict reading of WCAG 2.2 AA, as far as a machine can read it, on every page in every state."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import OperationalError
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from conversations.models import Conversation
from tests.browser.conftest import Sit
from tests.browser.scenes import SCENES, World, build
from tests.test_messages import LANGUAGES
from workspaces.models import User, Workspace

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
#: What is left of a desk's window at a zoom of 200 %.
ZOOMED = {"width": 640, "height": 400}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: WCAG 1.4.12: what readers may set.
SPACED = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-bottom: 2em !important }
"""
CUT = """() => [...document.querySelectorAll('button, .button, label, h1, h2, .chip, time, .num')]
    .filter((each) => each.checkVisibility() && !each.closest('.clip, .hidden'))
    .filter((each) => getComputedStyle(each).overflowX !== 'visible')
    .filter((each) => each.scrollWidth > each.clientWidth + 1)
    .map((each) => each.outerHTML.slice(0, 120))"""


@pytest.fixture
def world(
    workspace: Workspace, agent: User, colleague: User, manager: User, conversation: Conversation
) -> World:
    return build(workspace, agent, colleague, manager, conversation)


def axe_finds(page: Page, axe: Axe) -> list[str]:
    options = {"runOnly": RULES, "resultTypes": ["violations"]}
    found = axe.run(page, options=options).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def too_wide(page: Page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"scrolls sideways by {wide}px"] if wide else []


@pytest.fixture(autouse=True)
def expected_errors(sit: Sit, complaints: list[str]) -> Iterator[None]:
    """Some scenes are errors, which browsers log."""
    yield
    complaints[:] = [each for each in complaints if not re.search(r"status of (40[345]|50[03]) ", each)]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("room", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing(sit: Sit, axe: Axe, world: World, room: dict, theme: str) -> None:
    pages = {
        name: sit(getattr(world, name), viewport=room, color_scheme=theme, has_touch=room == PHONE)
        for name in ("agent", "manager")
    }
    found: dict[str, list[str]] = {}
    for scene in SCENES:
        page = pages[scene.user]
        scene.play(page, world)
        page.wait_for_timeout(150)  # what fades in has faded in
        if flaws := axe_finds(page, axe) + too_wide(page):
            found[scene.name] = flaws
    assert not found, json.dumps(found, indent=1)


@pytest.mark.parametrize("spaced", [False, True], ids=["zoom", "zoom and spacing"])
def test_nothing_is_cut_off_at_200_percent(sit: Sit, world: World, spaced: bool) -> None:
    pages = {
        name: sit(getattr(world, name), viewport=ZOOMED, bypass_csp=True) for name in ("agent", "manager")
    }
    found: dict[str, list[str]] = {}
    for scene in SCENES:
        page = pages[scene.user]
        scene.play(page, world)
        if spaced:
            page.add_style_tag(content=SPACED)
        if flaws := too_wide(page) + page.evaluate(CUT):
            found[scene.name] = flaws
    assert not found, json.dumps(found, indent=1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_longer_words_fit_a_phone_too(sit: Sit, world: World, language: str) -> None:
    pages = {name: sit(getattr(world, name), viewport=PHONE) for name in ("agent", "manager")}
    User.objects.update(language=language)
    found: dict[str, list[str]] = {}
    for scene in SCENES:
        if scene.act is None:
            scene.play(pages[scene.user], world)
            if flaws := too_wide(pages[scene.user]):
                found[scene.name] = flaws
    assert not found


def wrong_password(page: Page) -> None:
    page.get_by_label("User name").fill("agent")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("room", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_at_the_door(
    browser: Browser,
    live_server: LiveServer,
    axe: Axe,
    agent: User,
    transactional_db: None,
    room: dict,
    theme: str,
) -> None:
    page = browser.new_page(base_url=live_server.url, viewport=room, color_scheme=theme)
    page.goto("/accounts/login/")
    assert not axe_finds(page, axe) + too_wide(page)
    wrong_password(page)
    expect(page.get_by_role("alert")).to_be_visible()
    assert not axe_finds(page, axe) + too_wide(page)
    for _ in range(4):
        wrong_password(page)
    expect(page.get_by_role("heading", name="Locked for a while")).to_be_visible()
    assert not axe_finds(page, axe) + too_wide(page)
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("failure", [OperationalError, RuntimeError], ids=["503", "500"])
def test_axe_finds_nothing_where_something_broke(
    sit: Sit, axe: Axe, agent: User, monkeypatch: pytest.MonkeyPatch, failure: type[Exception], theme: str
) -> None:
    page = sit(agent, viewport=PHONE, color_scheme=theme)

    def fail(request: object) -> None:
        raise failure

    monkeypatch.setattr("timers.views.Board.of", fail)
    page.goto("/timers/")
    expect(page.get_by_role("heading")).to_have_text(re.compile("One moment|Something broke"))
    assert not axe_finds(page, axe) + too_wide(page)
