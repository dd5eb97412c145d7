"""What a page shows of timers: the user's open ones, the icon, and those on the conversation it is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from hashlib import blake2s

from django.utils import timezone
from django.utils.translation import ngettext, pgettext

from billing.models import BillingEntry
from billing.sums import Sums
from conversations.models import Billed, Conversation
from timers.models import Timer
from workspaces.models import User
from workspaces.requests import Request


class Board:
    """The timers that one user sees at one moment; `here` is the conversation that a page is about."""

    def __init__(self, user: User, now: datetime, here: Conversation | None = None) -> None:
        self.user = user
        self.now = now
        self.here = here

    @classmethod
    def of(cls, request: Request) -> Board:
        """The board of a request, read once for all that its page includes."""
        return vars(request).setdefault("board", cls(request.user, timezone.now()))

    @cached_property
    def timers(self) -> list[Timer]:
        return with_seconds(Timer.objects.open().for_user(self.user).for_display(), self.now)

    @cached_property
    def running(self) -> list[Timer]:
        return [timer for timer in self.timers if timer.is_running]

    @property
    def stopped_count(self) -> int:
        return len(self.timers) - len(self.running)

    @property
    def state(self) -> str:
        return "green" if self.running else "red" if self.timers else "white"

    @property
    def summary(self) -> str:
        """ "2 running, 1 stopped"; "none"."""
        running, stopped = len(self.running), self.stopped_count
        parts = []
        if running:
            # Translators: how many timers run, as in "2 running, 1 stopped".
            parts.append(ngettext("%(count)s running", "%(count)s running", running) % {"count": running})
        if stopped:
            # Translators: how many timers are stopped, as in "2 running, 1 stopped".
            parts.append(ngettext("%(count)s stopped", "%(count)s stopped", stopped) % {"count": stopped})
        # Translators: said of timers, instead of "2 running, 1 stopped".
        return ", ".join(parts) or pgettext("timers", "none")

    @property
    def by_conversation(self) -> dict[int, Timer]:
        return {timer.conversation_id: timer for timer in self.timers}

    @property
    def mine(self) -> Timer | None:
        """The user's own open timer on this conversation."""
        return self.by_conversation.get(self.here.pk) if self.here else None

    @cached_property
    def others(self) -> list[Timer]:
        """Colleagues' open timers on this conversation."""
        here = Timer.objects.open().filter(conversation=self.here).exclude(user=self.user)
        return with_seconds(here.for_display(), self.now) if self.here else []

    @cached_property
    def logged(self) -> list[BillingEntry]:
        """What has been logged on this conversation, latest first; not what still waits in a timer."""
        if not self.here:
            return []
        entries = BillingEntry.objects.filter(conversation=self.here).counted()
        waiting = Timer.objects.open().filter(conversation=self.here, entry__isnull=False).values("entry")
        return list(entries.exclude(pk__in=waiting).select_related("user").order_by("-date", "-pk"))

    @property
    def logged_sums(self) -> Sums:
        return Sums.of(self.logged)

    @property
    def this_month(self) -> Billed | None:
        """What was logged this month for the customer of this conversation."""
        if not self.here:
            return None
        return self.here.customer.billed_in_month(self.here.workspace.local_date(self.now))

    # What the page has, so that a poll can tell what has changed since.

    @cached_property
    def marks(self) -> dict[str, str]:
        """A mark for each region, which changes when what it shows does."""
        place = self.here and (self.here.pk, self.here.is_open)
        return {
            "list": _mark([place, *map(_signature, self.timers)]),
            "mine": _mark([place, self.mine and _signature(self.mine)]),
            "others": _mark(
                [*map(_signature, self.others), *((entry.pk, entry.version) for entry in self.logged)]
            ),
            # No region, but what the icon is called.
            "icon": _mark([len(self.running), self.stopped_count]),
        }

    @property
    def seen(self) -> str:
        return ".".join(self.marks.values())

    def changed_since(self, seen: str) -> list[str]:
        """The regions that a page with these marks has to draw anew."""
        old = self._read(seen)
        return [region for region, mark in self.marks.items() if old.get(region) != mark]

    def is_news_since(self, seen: str) -> bool:
        """Whether a page with these marks calls the icon something else."""
        return self._read(seen).get("icon") != self.marks["icon"]

    def _read(self, seen: str) -> dict[str, str]:
        return dict(zip(self.marks, seen.split("."), strict=False))


def with_seconds(timers: Iterable[Timer], now: datetime) -> list[Timer]:
    """The timers, each with its raw `seconds` at `now`."""
    found = list(timers)
    for timer in found:
        timer.seconds = timer.raw_seconds(now)
    return found


def _signature(timer: Timer) -> tuple[object, ...]:
    entry = timer.entry
    return (
        timer.pk,
        timer.is_running,
        timer.running_since,
        timer.changed_at,
        timer.conversation.is_open,
        entry and (entry.pk, entry.version),
    )


def _mark(parts: Iterable[object]) -> str:
    return blake2s(repr(list(parts)).encode(), digest_size=6).hexdigest()
