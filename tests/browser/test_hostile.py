"""What only a browser can show of hostile texts, ended sessions and clocks that lie."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect
from pytest_django.live_server_helper import LiveServer

from billing.models import BillingEntry, BillingType
from conversations.models import Conversation, Customer, Message
from tests.browser import scenes
from tests.browser.conftest import Sit
from timers.models import Timer
from workspaces.models import User, Workspace

ATTACK = "\"'><script>pwned=1</script><img src=x onerror=pwned=1><svg onload=pwned=1>javascript:pwned=1"
ADDRESSES = {
    "manager": """
        /conversations/ /conversations/{running}/ /conversations/{stopped}/ /conversations/{closed}/
        /conversations/new/ /timers/ /billing/ /billing/new/ /billing/{new}/ /billing/{returned}/
        /billing/review/ /billing/review/?state=approved&group=customer /billing/history/ /billing/batches/
        /billing/statement/?dates=range /accounts/settings/ /palette/?q=script
    """,
    "admin": """
        /admin/ /admin/workspaces/user/ /admin/workspaces/workspace/{workspace}/change/
        /admin/conversations/customer/ /admin/conversations/message/ /admin/billing/billingtype/
        /admin/billing/billingentry/{new}/change/ /admin/billing/billingentry/{new}/history/
        /admin/timers/timer/
    """,
}
WATCH = """
  addEventListener("securitypolicyviolation", ({ violatedDirective, sourceFile }) =>
    console.error(`refused: ${violatedDirective} ${sourceFile}`));
"""


@pytest.mark.parametrize("who", ADDRESSES)
def test_what_people_write_runs_nowhere_and_breaks_no_policy(
    sit: Sit,
    who: str,
    workspace: Workspace,
    agent: User,
    colleague: User,
    manager: User,
    admin: User,
    conversation: Conversation,
) -> None:
    world = scenes.build(workspace, agent, colleague, manager, conversation)
    Timer.objects.start(user=manager, conversation=world.running, now=timezone.now()).write_note(ATTACK)
    Conversation.objects.update(subject=ATTACK, contact=ATTACK[:100])
    open_ones = BillingEntry.objects.filter(state__in=["new", "returned"])
    open_ones.update(description=ATTACK, explanation=f"0:52:13 recorded → {ATTACK}")
    open_ones.filter(state="returned").update(return_comment=ATTACK)
    for model in (Customer, BillingType, Workspace):
        model.objects.update(name=ATTACK[:100])
    Message.objects.update(body=f"{ATTACK} https://x.example/{ATTACK}", author_name=ATTACK[:100])
    for user in User.objects.all():
        user.username, user.first_name, user.last_name = f"{user.pk}{ATTACK}"[:150], ATTACK, ATTACK
        user.save()
    ids = {name: getattr(world, name).pk for name in ("running", "stopped", "closed", "workspace")}
    ids |= {name: entry.pk for name, entry in world.entries.items()}

    page = sit({"manager": manager, "admin": admin}[who], "/shortcuts/")
    page.context.add_init_script(WATCH)
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
    shown = 0
    addresses = ADDRESSES[who].split()
    for address in addresses:
        page.goto(address.format(**ids))
        shown += page.content().count("&lt;script&gt;pwned=1")
        assert page.evaluate("typeof pwned") == "undefined", address
        assert page.locator("a[href^='javascript:' i], img[src=x], svg[onload]").count() == 0, address
    assert shown > len(addresses)


# Ended sessions


@pytest.fixture
def with_history(
    browser_type: BrowserType, browser_type_launch_args: dict, live_server: LiveServer, transactional_db: None
) -> Iterator[BrowserContext]:
    """A browser that keeps pages for Back as people's do; Playwright's do not."""
    keeps = {"ignore_default_args": ["--disable-back-forward-cache"]}
    browser: Browser = browser_type.launch(**browser_type_launch_args, **keeps)
    yield browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 800})
    browser.close()


def test_back_shows_nothing_of_an_account_after_its_logout(
    with_history: BrowserContext, manager: User, conversation: Conversation, live_server: LiveServer
) -> None:
    client = Client()
    client.force_login(manager)
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    with_history.add_cookies([session])
    page = with_history.new_page()
    for address in ("/conversations/", conversation.get_absolute_url(), "/billing/review/", "/timers/"):
        page.goto(address)
    expect(page.get_by_role("heading", name="Timers", exact=True)).to_be_visible()
    page.get_by_role("button", name="Account of").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    for _ in range(4):
        page.go_back()
        expect(page.get_by_label("Password")).to_be_visible()
        said = page.content()
        assert not [each for each in (conversation.subject, "Oberländer", "Hansen") if each in said]


def test_nothing_of_an_account_stays_in_the_browsers_stores(
    sit: Sit, manager: User, conversation: Conversation
) -> None:
    page = sit(manager, "/billing/review/")
    page.get_by_label("Customer").select_option(label="Reederei Hansen & Söhne")
    expect(page).to_have_url(re.compile("customer="))
    page.goto(conversation.get_absolute_url())
    page.get_by_role("button", name="Account of").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    kept = page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")
    assert not [each for each in (conversation.subject, "Hansen", "Oberl") if each in kept]


def test_after_the_session_has_ended_stop_leads_to_the_login_as_a_page_and_back(
    sit: Sit, agent: User, conversation: Conversation
) -> None:
    """It ended on the server; the browser still has its cookie."""
    agent.set_password("demo")
    agent.save()
    timer = Timer.objects.start(user=agent, conversation=conversation, now=timezone.now())
    page = sit(agent, conversation.get_absolute_url())
    agent.set_password("another one")  # as from another device: it ends every session
    agent.save()
    page.locator("#my-timer").get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_label("Password")).to_be_visible()
    assert page.locator("#my-timer, #timers, .topbar .avatar").count() == 0
    assert page.locator("input[type=password]").count() == 1
    timer.refresh_from_db()
    assert timer.is_running
    page.get_by_label("User name").fill("agent")
    page.get_by_label("Password").fill("another one")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(conversation.get_absolute_url())
    page.locator("#my-timer").get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("button", name="Timers: 1 stopped")).to_be_visible()


def test_a_form_whose_token_is_of_an_earlier_login_says_so_and_works_again(
    sit: Sit, agent: User, conversation: Conversation, complaints: list[str]
) -> None:
    """Without JavaScript, which would have taken the token of the latest login."""
    page = sit(agent, conversation.get_absolute_url(), java_script_enabled=False)
    page.context.clear_cookies(name="csrftoken")
    page.get_by_role("group", name="Conversation").get_by_role("button", name="Timer", exact=True).click()
    expect(page.get_by_role("heading", name="That page was out of date")).to_be_visible()
    assert not Timer.objects.exists()
    page.goto(conversation.get_absolute_url())
    page.get_by_role("group", name="Conversation").get_by_role("button", name="Timer", exact=True).click()
    expect(page.get_by_role("button", name="Timers: 1 running")).to_be_visible()
    complaints[:] = [each for each in complaints if "403" not in each]


# Clocks that lie


def clock(page: Page):
    return page.locator("#my-timer time.clock")


def test_a_device_that_slept_shows_what_the_server_counted(
    sit: Sit, agent: User, conversation: Conversation
) -> None:
    """Its own clock went on meanwhile, that of its pages did not: so they ask for everything again."""
    now = timezone.now()
    Timer.objects.start(user=agent, conversation=conversation, now=now)
    page = sit(agent)
    page.add_init_script("const now = Date.now; window.slept = 0; Date.now = () => now() + slept")
    page.goto(conversation.get_absolute_url())
    expect(clock(page)).to_have_text(re.compile(r"^\s*0:00:\d\d\s*$"))
    page.wait_for_timeout(1100)  # it polls once a second at most
    with time_machine.travel(now + timedelta(hours=2), tick=True):
        page.evaluate("slept = 7_200_000; window.dispatchEvent(new Event('focus'))")
        expect(clock(page)).to_have_text(re.compile(r"^\s*2:00:\d\d\s*$"))


@pytest.mark.parametrize("hours", [-30 * 24, 30 * 24])
def test_a_device_whose_clock_is_set_meanwhile_goes_on_counting_as_before(
    sit: Sit, agent: User, conversation: Conversation, hours: int
) -> None:
    Timer.objects.start(user=agent, conversation=conversation, now=timezone.now())
    page = sit(agent)
    page.add_init_script("const now = Date.now; window.set = 0; Date.now = () => now() + set")
    page.goto(conversation.get_absolute_url())
    page.evaluate(f"set = {hours} * 3_600_000; window.dispatchEvent(new Event('focus'))")
    page.wait_for_timeout(1500)
    expect(clock(page)).to_have_text(re.compile(r"^\s*0:00:(0[1-9]|1\d)\s*$"))
