"""A strict reading of WCAG 2.2 AA, as far as a machine can read it, on every page in every state."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

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
    complaints[:] = [each for each in complaints if not re.search(r"status of 40[34] ", each)]


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
