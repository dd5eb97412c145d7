"""Every page in every state that people meet it in, to be looked at by what judges pages."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.utils import timezone
from playwright.sync_api import Page, expect

from billing.models import BillingEntry
from conversations.models import Conversation
from tests.factories import BillingEntryFactory, ConversationFactory, ExportBatchFactory, MessageFactory
from timers.models import Timer
from workspaces.models import User, Workspace

#: Longer than any page has room for, with a word that breaks nowhere.
LONG = "Rückabwicklung des Grundstückskaufvertrags Donaudampfschifffahrtselektrizitätenhauptbetriebswerk " * 2


@dataclass(frozen=True)
class World:
    """A workspace in which everything is there once."""

    workspace: Workspace
    agent: User
    colleague: User
    manager: User
    idle: Conversation
    running: Conversation
    stopped: Conversation
    closed: Conversation
    entries: dict[str, BillingEntry]


def build(workspace: Workspace, agent: User, colleague: User, manager: User, idle: Conversation) -> World:
    customer = idle.customer
    running, stopped, closed = (
        ConversationFactory(customer=customer, subject=subject, assignee=agent, contact="Frau " + LONG[:60])
        for subject in (LONG[:190], "Notice of termination", "Old matter")
    )
    now = timezone.now()
    for conversation in (running, stopped, closed):
        MessageFactory(conversation=conversation)
    running.post(
        kind="note", body="An internal note, see #1 and https://stint.example/a.", author=agent, now=now
    )
    running.post(kind="reply", body=LONG, author=agent, now=now)
    for user, place, ago in ((agent, running, 47), (agent, stopped, 52), (colleague, running, 9 * 60)):
        Timer.objects.start(user=user, conversation=place, now=now - timedelta(minutes=ago))
    Timer.objects.get(user=agent, conversation=stopped).stop(now)
    closed.close(by=agent, now=now)
    batch = ExportBatchFactory(workspace=workspace, created_by=manager)
    made: dict[str, dict[str, Any]] = {
        "new": {"confirmed_at": now, "description": LONG[:500]},
        "adjusted": {"confirmed_at": now, "billed_seconds": 9000},
        "overlapping": {"confirmed_at": now, "overlap_seconds": 900},
        "long": {"raw_seconds": 40_000},
        "by hand": {"confirmed_at": now, "by_hand": True},
        "returned": {"state": "returned"},
        "approved": {"state": "approved"},
        "invoiced": {"state": "invoiced", "batch": batch},
        "discarded": {"state": "discarded"},
    }
    entries = {
        name: BillingEntryFactory(conversation=idle, user=agent, **fields) for name, fields in made.items()
    }
    return World(workspace, agent, colleague, manager, idle, running, stopped, closed, entries)


Act = Callable[[Page, World], None]


@dataclass(frozen=True)
class Scene:
    """Who looks at which address, and what they do there first; `{…}` in it is an id of the world's."""

    name: str
    user: str
    address: str
    act: Act | None = None

    def play(self, page: Page, world: World) -> None:
        ids = {name: getattr(world, name).pk for name in ("idle", "running", "stopped", "closed")}
        ids |= {name.replace(" ", "_"): entry.pk for name, entry in world.entries.items()}
        page.goto(self.address.format(**ids))
        if self.act:
            self.act(page, world)


def open_sheet(name: str) -> Act:
    """On a phone, what is a pane elsewhere."""

    def act(page: Page, world: World) -> None:
        if not page.locator(f"#{name}").is_visible():
            page.locator(f"[popovertarget={name}]:visible").first.click()
        expect(page.locator(f"#{name}")).to_be_visible()

    return act


def save_nonsense(page: Page, world: World) -> None:
    open_sheet("sidebar")(page, world)
    page.locator("#my-timer").get_by_label("Billed time").fill("25:99")
    page.locator("#my-timer").get_by_role("button", name="Save").click()
    expect(page.locator("#my-timer .error").first).to_be_visible()


def save_too_late(page: Page, world: World) -> None:
    entry = Timer.objects.get(user=world.agent, conversation=world.stopped).entry
    assert entry
    open_sheet("sidebar")(page, world)
    page.locator("#my-timer").get_by_label("Description").fill("Mine")
    entry.revise(by=world.manager, version=entry.version, now=timezone.now(), description="Theirs")
    page.locator("#my-timer").get_by_role("button", name="Save").click()
    expect(page.locator(".versions")).to_be_visible()


def cancel(page: Page, world: World) -> None:
    open_sheet("sidebar")(page, world)
    page.locator("#my-timer").get_by_role("button", name="Cancel timer").click()
    expect(page.locator(".toast")).to_be_visible()


def send_nothing(page: Page, world: World) -> None:
    page.locator("main form").last.evaluate("form => { form.noValidate = true; form.requestSubmit() }")
    expect(page.locator(".error, [role=alert]").first).to_be_visible()


def save_no_address(page: Page, world: World) -> None:
    page.get_by_label("Email address").fill("nowhere")
    send_nothing(page, world)


def wrong_again(page: Page, world: World) -> None:
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".error")).to_be_visible()


def open_a_statement(page: Page, world: World) -> None:
    page.locator(".statement .what a").first.click()
    expect(page.get_by_role("button", name="Print")).to_be_visible()


def open_a_row(page: Page, world: World) -> None:
    page.locator("#queue .disclosure").first.click()
    expect(page.locator("#queue .detail").first).to_be_visible()
    page.locator("#queue input[name=entry]").first.check()
    expect(page.locator(".bulk")).to_be_visible()


def return_one(page: Page, world: World) -> None:
    open_a_row(page, world)
    page.locator("#queue .detail").get_by_role("button", name="Return").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def approve_too_late(page: Page, world: World) -> None:
    open_a_row(page, world)
    number = page.locator("#queue .detail").first.get_attribute("data-entry")
    entry = BillingEntry.objects.get(pk=number)
    entry.revise(by=world.manager, version=entry.version, now=timezone.now(), description="Changed")
    page.locator("#queue .detail").get_by_role("button", name="Approve").click()
    expect(page.locator("#queue [role=alert]").first).to_be_visible()


def find_nothing(page: Page, world: World) -> None:
    open_palette(page, world)
    page.keyboard.type("zzzz")
    expect(page.get_by_text("is called “zzzz”")).to_be_visible()


def open_shortcuts(page: Page, world: World) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def open_palette(page: Page, world: World) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    expect(page.get_by_role("option").first).to_be_visible()


def ask_to_reverse(page: Page, world: World) -> None:
    page.get_by_role("button", name="Reverse Batch").click()
    expect(page.locator(".question")).to_be_visible()


def confirm(page: Page, world: World) -> None:
    """Asked for the password once more, types it."""
    if page.get_by_label("Password").is_visible():
        page.get_by_label("Password").fill("password")
        page.keyboard.press("Enter")
    expect(page.get_by_label("Code")).to_be_visible()


def set_up_wrongly(page: Page, world: World) -> None:
    confirm(page, world)
    page.get_by_label("Code").fill("no code")
    page.get_by_role("button", name="Switch on").click()
    expect(page.locator(".error")).to_be_visible()


def set_up(page: Page, world: World) -> None:
    confirm(page, world)
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("Code").fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def without_second_factor(page: Page, world: World) -> None:
    """Such as the next scene expects it."""
    Authenticator.objects.all().delete()
    page.reload()


def ask_managers(page: Page, world: World) -> None:
    Workspace.objects.filter(pk=world.workspace.pk).update(second_factor_for_managers=True)
    page.reload()
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    Workspace.objects.filter(pk=world.workspace.pk).update(second_factor_for_managers=False)


SCENES = [
    Scene("conversations", "agent", "/conversations/"),
    Scene("nothing found", "agent", "/conversations/?q=nothing+of+the+kind"),
    Scene("a conversation without a timer", "agent", "/conversations/{idle}/"),
    Scene("a running timer", "agent", "/conversations/{running}/"),
    Scene("an entry to check", "agent", "/conversations/{stopped}/"),
    Scene("a wrong duration", "agent", "/conversations/{stopped}/", save_nonsense),
    Scene("an empty message", "agent", "/conversations/{idle}/", send_nothing),
    Scene("a closed conversation", "agent", "/conversations/{closed}/"),
    Scene("the timers popover", "agent", "/conversations/{idle}/", open_sheet("timers")),
    Scene("the account menu", "agent", "/conversations/", open_sheet("user-menu")),
    Scene("the sidebar", "agent", "/conversations/{running}/", open_sheet("sidebar")),
    Scene("the sidebar with an entry to check", "agent", "/conversations/{stopped}/", open_sheet("sidebar")),
    Scene("the list beside a conversation", "agent", "/conversations/{idle}/", open_sheet("inbox")),
    Scene("the menu", "manager", "/conversations/", open_sheet("main-nav")),
    Scene("timers", "agent", "/timers/"),
    Scene("timers of the team", "manager", "/timers/"),
    Scene("a new conversation", "agent", "/conversations/new/"),
    Scene("a new conversation with errors", "agent", "/conversations/new/", send_nothing),
    Scene("my entries", "agent", "/billing/"),
    Scene("a week without entries", "agent", "/billing/?week=2020-W10"),
    Scene("an entry", "agent", "/billing/{new}/"),
    Scene("a returned entry", "agent", "/billing/{returned}/"),
    Scene("an invoiced entry", "agent", "/billing/{invoiced}/"),
    Scene("an entry by hand", "agent", "/billing/new/"),
    Scene("an entry by hand with errors", "agent", "/billing/new/", send_nothing),
    Scene("change password", "agent", "/accounts/password_change/"),
    Scene("change password with errors", "agent", "/accounts/password_change/", send_nothing),
    Scene("forgot the password", "agent", "/accounts/password_reset/"),
    Scene("look at your mail", "agent", "/accounts/password_reset/sent/"),
    Scene("a link that works no longer", "agent", "/accounts/password_reset/1-made-up/"),
    Scene("a new password is set", "agent", "/accounts/password_reset/done/"),
    Scene("is it you?", "agent", "/accounts/reauthenticate/"),
    Scene("is it you? with errors", "agent", "/accounts/reauthenticate/", wrong_again),
    Scene("the administration is closed", "agent", "/admin/"),
    Scene("not for the role", "agent", "/billing/review/"),
    Scene("not found", "agent", "/nowhere/"),
    Scene("nothing to open", "agent", "/accounts/language/"),
    Scene("review", "manager", "/billing/review/"),
    Scene("review, a row opened", "manager", "/billing/review/", open_a_row),
    Scene("review, to be returned", "manager", "/billing/review/", return_one),
    Scene("review, too late", "manager", "/billing/review/", approve_too_late),
    Scene("review, nothing there", "manager", "/billing/review/?agent=999999"),
    Scene("approved", "manager", "/billing/review/?state=approved"),
    Scene("export", "manager", "/billing/batches/"),
    Scene("export, to be reversed", "manager", "/billing/batches/", ask_to_reverse),
    Scene("history", "manager", "/billing/history/"),
    Scene("history of an entry", "manager", "/billing/history/?entry={new}"),
    Scene("history, nothing there", "manager", "/billing/history/?kind=nothing"),
    Scene("statements", "manager", "/billing/statement/"),
    Scene("a statement", "manager", "/billing/statement/", open_a_statement),
    Scene("no statement", "manager", "/billing/statement/?dates=range&until=2001-01-01"),
    Scene("settings", "agent", "/accounts/settings/"),
    Scene("settings with errors", "agent", "/accounts/settings/", save_no_address),
    Scene("the palette", "agent", "/conversations/{idle}/", open_palette),
    Scene("the palette, nothing found", "agent", "/conversations/{idle}/", find_nothing),
    Scene("the palette as a page", "agent", "/palette/?q=e"),
    Scene("the shortcuts", "agent", "/shortcuts/"),
    Scene("the shortcuts over a page", "agent", "/conversations/{idle}/", open_shortcuts),
    Scene("no connection", "agent", "/offline/"),
    # These change what the others show.
    Scene("somebody was quicker", "agent", "/conversations/{stopped}/", save_too_late),
    Scene("a toast with undo", "agent", "/conversations/{running}/", cancel),
    Scene("a second factor, off", "agent", "/accounts/second-factor/", without_second_factor),
    Scene("a second factor, set up wrongly", "agent", "/accounts/second-factor/set-up/", set_up_wrongly),
    Scene("recovery codes", "agent", "/accounts/second-factor/set-up/", set_up),
    Scene("recovery codes, shown before", "agent", "/accounts/second-factor/recovery-codes/"),
    Scene("new recovery codes", "agent", "/accounts/second-factor/recovery-codes/new/"),
    Scene("a second factor, on", "agent", "/accounts/second-factor/"),
    Scene("a second factor, to be switched off", "agent", "/accounts/second-factor/switch-off/"),
    Scene("a code asked for again", "agent", "/accounts/second-factor/reauthenticate/"),
    Scene("devices", "agent", "/accounts/sessions/"),
    Scene("a second factor is asked for", "manager", "/billing/review/", ask_managers),
]
