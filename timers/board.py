"""What a page shows of timers: the user's open ones, the icon, and those on the conversation it is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

from django.utils import timezone
from django.utils.translation import ngettext, pgettext

from billing.models import BillingType
from conversations.models import Billed, Conversation
from timers.log import Log
from timers.marks import WELL_FORMED, changes, marks_of, read_marks
from timers.models import Desk, Timer
from workspaces.models import User
from workspaces.requests import Request


class Board:
    """The timers that one user sees at one moment; `here` is the conversation that a page is about."""

    def __init__(self, user: User, now: datetime, here: Conversation | None = None) -> None:
        self.user = user
        self.now = now
        self.here = here
        #: The mark of colleagues' timers and of the log, where an answer leaves them as the page has them.
        self.left_alone = ""

    @classmethod
    def of(cls, request: Request) -> Board:
        """The board of a request, read once for all that its page includes."""
        board = vars(request).get("board")
        if board is None:
            here = getattr(request, "here", None)
            board = vars(request)["board"] = cls(request.user, timezone.now(), here)
        return board

    @cached_property
    def desk(self) -> Desk:
        return Desk.read(self.user, here=self.here.pk if self.here else 0)

    @cached_property
    def timers(self) -> list[Timer]:
        return with_seconds(self.desk.open, self.now)

    @cached_property
    def running(self) -> list[Timer]:
        return [timer for timer in self.timers if timer.is_running]

    @property
    def stopped_count(self) -> int:
        return len(self.timers) - len(self.running)

    @property
    def state(self) -> str:
        return "green" if self.running else "red" if self.timers else "white"

    @cached_property
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

    @cached_property
    def by_conversation(self) -> dict[int, Timer]:
        return {timer.conversation_id: timer for timer in self.timers}

    @property
    def mine(self) -> Timer | None:
        """The user's own open timer on this conversation."""
        return self.by_conversation.get(self.here.pk) if self.here else None

    @property
    def rule(self) -> BillingType | None:
        """What a timer that is started on this conversation comes under."""
        if not self.here:
            return None
        for timer in self.desk.own:
            if timer.conversation is self.here:
                timer.know_rules()
        return self.here.effective_billing_type

    @cached_property
    def others(self) -> list[Timer]:
        """Colleagues' open timers on this conversation."""
        return with_seconds(self.desk.colleagues(self.here.pk), self.now) if self.here else []

    @cached_property
    def log(self) -> Log | None:
        """What has been logged on this conversation."""
        return Log(self.here) if self.here else None

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
        log = None if self.left_alone else self.log
        marks = marks_of(self.desk, self.here, log.mark if log else ())
        return marks | {"others": self.left_alone} if self.left_alone else marks

    @property
    def seen(self) -> str:
        return ".".join(self.marks.values())

    def leave_others_alone(self, seen: str) -> None:
        """For what changes nothing about colleagues and the log: a page with these marks keeps what it has.

        What colleagues did meanwhile comes with the next poll.
        """
        old = read_marks(seen).get("others", "")
        self.left_alone = old if WELL_FORMED.fullmatch(old) else ""

    def changed_since(self, seen: str) -> list[str]:
        """The regions that a page with these marks has to draw anew."""
        return changes(self.marks, seen)

    def is_news_since(self, seen: str) -> bool:
        """Whether a page with these marks calls the icon something else."""
        return "icon" in self.changed_since(seen)


def with_seconds(timers: Iterable[Timer], now: datetime) -> list[Timer]:
    """The timers, each with its raw `seconds` at `now`."""
    found = list(timers)
    for timer in found:
        timer.seconds = timer.raw_seconds(now)
    return found
