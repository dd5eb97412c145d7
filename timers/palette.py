"""What the command palette offers: what can be done here, open timers, conversations and pages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Case, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from conversations.models import Conversation
from conversations.search import Found
from timers.board import Board
from timers.models import Timer
from workspaces.models import User

CONVERSATIONS = 8
LONGEST_QUERY = 200


@dataclass(frozen=True)
class Page:
    """Where a choice may lead everybody, or only the `audience`: managers or staff."""

    name: str
    icon: str
    title: Any
    key: str = ""
    audience: str = ""
    in_dialog: bool = False


PAGES = [
    Page("conversations:list", "messages-square", gettext_lazy("Conversations")),
    Page("conversations:create", "square-pen", gettext_lazy("New conversation"), key="C"),
    Page("billing:entries", "clock", gettext_lazy("My entries")),
    Page("billing:new", "plus", gettext_lazy("Entry by hand"), key="E"),
    Page("timers:list", "timer", gettext_lazy("Timers")),
    Page("billing:review", "list-checks", gettext_lazy("Review"), audience="managers"),
    Page("billing:batches", "download", gettext_lazy("Export"), audience="managers"),
    Page("billing:statement", "file-text", gettext_lazy("Statements"), audience="managers"),
    Page("billing:history", "history", gettext_lazy("History"), audience="managers"),
    Page("settings", "settings", gettext_lazy("Settings")),
    Page("password_change", "key-round", gettext_lazy("Change password")),
    Page("timers:shortcuts", "command", gettext_lazy("Keyboard shortcuts"), key="?", in_dialog=True),
    Page("admin:index", "shield", gettext_lazy("Admin site"), audience="staff"),
]


@dataclass(frozen=True)
class Choice:
    """One line: leads to its address, or does what that does (`is_verb`: by POST)."""

    title: str
    address: str
    icon: str = ""
    number: str = ""
    detail: str = ""
    key: str = ""
    timer: Timer | None = None
    is_verb: bool = False
    #: Shown in a dialog where there is JavaScript.
    in_dialog: bool = False


@dataclass(frozen=True)
class Group:
    name: str
    title: str
    choices: list[Choice]


class Palette:
    """The choices for what was typed; `here` is the conversation that the page is about."""

    def __init__(self, board: Board, text: str = "", here: Conversation | None = None) -> None:
        self.user: User = board.user
        self.board = board
        self.text = text.strip()[:LONGEST_QUERY]
        self.here = here

    @cached_property
    def groups(self) -> list[Group]:
        """Those with choices. Few pages match what is typed, and those well, so they come first then."""
        here = Group("here", pgettext("palette", "Here"), self._verbs())
        timers = Group("timers", _("Open timers"), self._timers())
        conversations = Group("conversations", _("Conversations"), self._conversations())
        pages = Group("pages", pgettext("palette", "Pages"), self._pages())
        order = [here, pages, timers, conversations] if self.text else [here, timers, conversations, pages]
        return [group for group in order if group.choices]

    @property
    def count(self) -> int:
        return sum(len(group.choices) for group in self.groups)

    @property
    def search(self) -> Choice:
        """The conversations' own search, which reads messages too."""
        title = _("Search conversations and messages for “%(text)s”") % {"text": self.text}
        return Choice(title, reverse("conversations:list", query={"q": self.text}), "search")

    def _verbs(self) -> list[Choice]:
        if not self.here:
            return []
        mine = self.board.by_conversation.get(self.here.pk)
        if mine and mine.is_running:
            title, icon, address = _("Stop timer"), "square", reverse("timers:stop", args=[mine.pk])
        elif not self.here.is_open:
            return []
        elif mine:
            title, icon, address = _("Start timer"), "play", reverse("timers:start", args=[mine.pk])
        else:
            title, icon, address = _("Start timer"), "play", reverse("timers:start_on", args=[self.here.pk])
        if not self._names(title):
            return []
        return [Choice(title, address, icon, self.here.number, self.here.subject, key="S", is_verb=True)]

    def _timers(self) -> list[Choice]:
        return [
            Choice(
                timer.conversation.subject,
                timer.conversation.get_absolute_url(),
                number=timer.conversation.number,
                detail=timer.conversation.customer.name,
                timer=timer,
            )
            for timer in self.board.timers
            if timer.conversation.is_titled(self.text)
        ]

    def _conversations(self) -> list[Choice]:
        shown = [timer.conversation_id for timer in self.board.timers]
        found = Conversation.objects.visible_to(self.user).exclude(pk__in=shown).select_related("customer")
        if self.text:
            number = self.text.removeprefix("#")
            exact = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None
            # The very number first, then the open ones.
            first = Case(When(pk=exact, then=0), When(state=Conversation.State.OPEN, then=1), default=2)
            titled = Found.titled(self.text, self.user).numbers
            found = found.filter(pk__in=[*titled, exact or 0]).order_by(first, "-last_message_at", "-pk")
        else:
            found = found.open().filter(assignee=self.user)
            found = found.exclude(pk=self.here.pk) if self.here else found
        return [
            Choice(
                each.subject,
                each.get_absolute_url(),
                "message-square" if each.is_open else "archive",
                each.number,
                each.customer.name,
            )
            for each in found[:CONVERSATIONS]
        ]

    def _pages(self) -> list[Choice]:
        audiences = {"": True, "managers": self.user.is_manager, "staff": self.user.is_staff}
        return [
            Choice(str(page.title), reverse(page.name), page.icon, key=page.key, in_dialog=page.in_dialog)
            for page in PAGES
            if audiences[page.audience] and self._names(str(page.title))
        ]

    def _names(self, title: str) -> bool:
        """Whether each word of the text begins one of the title; not every language parts its words."""
        title = f" {title.casefold()}"
        words = self.text.casefold().split()
        return all(f" {word}" in title or (not word.isascii() and word in title) for word in words)
