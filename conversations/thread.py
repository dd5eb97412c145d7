"""A thread as its page shows it: the latest of what was said and done, and the way to what was before."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import DateTimeField, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from conversations.models import Conversation, Message
from workspaces.models import User
from workspaces.moments import EPOCH, microseconds_of, moment_of
from workspaces.prepared import Prepared

#: So many messages are shown at once.
LENGTH = 50
#: The kind of what somebody did without a message: they started a timer.
START = "start"

NAMES = "username", "first_name", "last_name"


class Thread:
    """Messages, events and starts of timers: the latest, or those before a moment, as `earlier` writes it."""

    def __init__(self, conversation: Conversation, before: str = "") -> None:
        self.conversation = conversation
        is_moment = before.isascii() and before.isdigit() and len(before) <= 17
        self.before = moment_of(int(before)) if is_moment else None

    @cached_property
    def items(self) -> list[Message]:
        """In the order of time; a start of a timer is a message of the kind START."""
        if not self._are_more:
            return self._found
        oldest = self._found[0].created_at
        # Of the very same moment there may be any number, and no page begins among them.
        return [item for item in self._found if item.created_at > oldest] or self._found

    @property
    def earlier(self) -> int | None:
        """Before when there is more, in microseconds; None if this is the beginning."""
        return microseconds_of(self.items[0].created_at) if self._are_more else None

    @property
    def participants(self) -> list[str]:
        """The names of the contact and of everybody who wrote, in that order."""
        written = [item.author_display for item in self.items if item.kind not in (Message.Kind.EVENT, START)]
        return list(dict.fromkeys(name for name in [self.conversation.contact, *written] if name))

    @property
    def _are_more(self) -> bool:
        return sum(item.kind != START for item in self._found) > LENGTH

    @cached_property
    def _found(self) -> list[Message]:
        """With one message more than are shown; one query, however many there are."""
        place = {"conversation": self.conversation.pk, "workspace": self.conversation.workspace_id}
        rows = _rows(**place, before=self.before) if self.before else _latest_rows(**place)
        found = [self._item(*row) for row in rows]
        return sorted(found, key=lambda item: (item.created_at, item.kind == START, item.pk))

    def _item(
        self, pk: int, kind: str, body: str, moment: datetime, name: str, username: str | None, *names: str
    ) -> Message:
        author = User(**dict(zip(NAMES, (username, *names), strict=True))) if username else None
        return Message(pk=pk, kind=kind, body=body, created_at=moment, author_name=name, author=author)


def _rows(conversation: int, workspace: int, before: datetime | None = None) -> QuerySet[Any, Any]:
    written = Message.objects.filter(conversation=conversation, workspace=workspace).order_by()
    # By their names, since timers are not imported here.
    started: dict[str, Any] = {
        "timers__workspace": workspace,
        "timers__state__in": ["running", "stopped", "logged"],
    }
    if before:
        written = written.filter(created_at__lt=before)
        started["timers__created_at__lt"] = before
    last = written.order_by("-created_at").values("created_at")[LENGTH : LENGTH + 1]
    since = Coalesce(Subquery(last), Value(EPOCH), output_field=DateTimeField())
    here = Conversation.objects.filter(
        pk=conversation, workspace=workspace, timers__created_at__gte=since, **started
    )
    messages = written.filter(created_at__gte=since).values_list(
        "pk", "kind", "body", "created_at", "author_name", *(f"author__{name}" for name in NAMES)
    )
    starts = here.order_by().values_list(
        "timers__pk",
        Value(START),
        Value(""),
        "timers__created_at",
        Value(""),
        *(f"timers__user__{name}" for name in NAMES),
    )
    return messages.union(starts, all=True)


_latest_rows: Prepared[Any] = Prepared(_rows)
