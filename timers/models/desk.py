"""A user's open timers together, read at one moment, and the verb that concerns them all: start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from conversations.models import Conversation, ConversationClosed, ConversationQuerySet
from timers.models.timer import Timer
from timers.models.timer_queryset import TimerQuerySet
from workspaces.models import User
from workspaces.prepared import Prepared


class Desk:
    """The open timers of a user, those of colleagues on the conversation `here`, and the timer `chosen`.

    None of other workspaces than `workspaces`, whatever is asked for.
    """

    def __init__(self, user: User, workspaces: list[int], timers: Sequence[Timer]) -> None:
        self.user = user
        self.workspaces = workspaces
        self.timers = list(timers)
        for timer in self.timers:
            self._introduce(timer)

    @classmethod
    def read(cls, user: User, *, here: int = 0) -> Desk:
        reach = user.workspace_ids
        return cls(user, reach, _around(user=user.pk, here=here, chosen=0, workspaces=reach))

    @classmethod
    def glance(cls, user: User, *, here: int = 0) -> Desk:
        """With no more of each than tells whether it has changed."""
        reach = user.workspace_ids
        return cls(user, reach, _glance(user=user.pk, here=here, chosen=0, workspaces=reach))

    @classmethod
    @contextmanager
    def held(
        cls, user: User, *, workspaces: list[int] | None = None, here: int = 0, chosen: int = 0
    ) -> Iterator[Desk]:
        """One transaction in which nobody else changes the user's timers and entries.

        What verbs do to the timers is written down when it ends.
        """
        reach = user.workspace_ids if workspaces is None else workspaces
        with transaction.atomic():
            User.objects.hold([user.pk])
            desk = cls(user, reach, _held(user=user.pk, here=here, chosen=chosen, workspaces=reach))
            with ExitStack() as held:
                for timer in desk.own:
                    held.enter_context(timer.holding())
                yield desk

    def _introduce(self, timer: Timer) -> None:
        """What is known of its user and its workspace already is not read again."""
        if timer.user_id == self.user.pk:
            timer.user = self.user
        # Of a user who came with their session; for another it would be one query more.
        if workspace := self.user.workspaces_read.get(timer.workspace_id):
            timer.know_workspace(workspace)

    @property
    def own(self) -> list[Timer]:
        return [timer for timer in self.timers if timer.user_id == self.user.pk]

    @property
    def open(self) -> list[Timer]:
        """The user's, running ones first, the latest on top."""
        found = [timer for timer in self.own if timer.is_open]
        return sorted(found, key=lambda timer: (timer.is_running, timer.changed_at, timer.pk), reverse=True)

    def find(self, pk: int) -> Timer | None:
        """The user's timer with this id, be it an open one or the chosen one."""
        return next((timer for timer in self.own if timer.pk == pk), None)

    def on(self, conversation_id: int) -> Timer | None:
        """The user's open timer on the conversation."""
        return next((timer for timer in self.open if timer.conversation_id == conversation_id), None)

    def conversation(self, pk: int) -> Conversation:
        """One of the workspaces', with its rules, as it stands. Raises Conversation.DoesNotExist."""
        found = _conversation(pk=pk, workspaces=self.workspaces)
        if not found:
            raise Conversation.DoesNotExist
        return found[0]

    def colleagues(self, conversation_id: int) -> list[Timer]:
        """Open timers of others on the conversation, if that is `here`; in the order of `open`."""
        theirs = (timer for timer in self.timers if timer.user_id != self.user.pk and timer.is_open)
        found = [timer for timer in theirs if timer.conversation_id == conversation_id]
        return sorted(found, key=lambda timer: (timer.is_running, timer.changed_at, timer.pk), reverse=True)

    def start(self, conversation: Conversation, now: datetime) -> Timer:
        """The user's timer on the conversation runs; returns it. Idempotent. The desk must be held.

        `conversation` comes with its rules (`with_rules`), as it stands. A stopped timer runs on, or, if it
        carries its entry, is logged with it and a new one starts at zero. Where the workspace wants one
        running timer, the user's others are stopped; they are in the result's `also_stopped`. Raises
        ConversationClosed.
        """
        timer = self.on(conversation.pk)
        if timer and timer.is_running:
            return timer
        if not conversation.is_open:
            raise ConversationClosed
        if timer and timer.entry:
            timer.move(Timer.State.LOGGED, now)
            timer = None
        stopped = self._stop_others(conversation, now)
        if timer:
            timer.move(Timer.State.RUNNING, now, running_since=timer.not_overtaken(now))
        else:
            timer = self._create(conversation, now)
        timer.also_stopped = stopped
        return timer

    def resume(self, timer: Timer, now: datetime) -> Timer:
        """Run on. Returns the timer that runs now: this one, or a new one where this one is no longer open or
        carries its entry already (see `start`). Raises ConversationClosed.
        """
        runs_on = self.on(timer.conversation_id)
        if timer.offered is None and (runs_on is None or runs_on.entry):
            return self.start(self.conversation(timer.conversation_id), now)
        timer.know_rules()
        return self.start(timer.conversation, now)

    def _create(self, conversation: Conversation, now: datetime) -> Timer:
        for before in self.own:
            # The database knows of one open timer on the conversation.
            before.write_down()
        timer = Timer(
            workspace=conversation.workspace,
            user=self.user,
            conversation=conversation,
            billing_type=conversation.effective_billing_type,
            state=Timer.State.RUNNING,
            running_since=now,
            created_at=now,
            changed_at=now,
        )
        timer.write_new()
        timer.runs = []
        self._introduce(timer)
        self.timers.append(timer)
        return timer

    def _stop_others(self, conversation: Conversation, now: datetime) -> list[Timer]:
        if not conversation.workspace.one_running_timer:
            return []
        theirs = [timer for timer in self.open if timer.workspace_id == conversation.workspace_id]
        stopped = [timer for timer in theirs if timer.is_running]
        for timer in stopped:
            timer.stop(now)
            # The database is asked what ran beside the next one.
            timer.write_down()
        return stopped


def _within(user: int, here: int, chosen: int, workspaces: list[int]) -> TimerQuerySet:
    # Each has an index of its own, which SQLite sees if they stand side by side.
    reached = Q(state__in=Timer.OPEN, user=user) | Q(state__in=Timer.OPEN, conversation=here) | Q(pk=chosen)
    return Timer.objects.filter(reached, workspace__in=workspaces).order_by()


def _shown(**values: int | list[int]) -> TimerQuerySet:
    shown = _within(**values).with_runs()  # type: ignore[arg-type]
    return shown.select_related("user", "conversation__customer", "billing_type", "entry")


def _to_hold(chosen: int, **others: int | list[int]) -> TimerQuerySet:
    return _shown(chosen=chosen, **others).with_overlap_of(chosen).with_rules_of(chosen)


def _in_short(**values: int | list[int]) -> TimerQuerySet:
    told_by = ["workspace", "user", "conversation__state", "entry__version"]
    told_by += ["state", "running_since", "changed_at"]
    return _within(**values).select_related("conversation", "entry").only(*told_by)  # type: ignore[arg-type]


def _with_rules(pk: int, workspaces: list[int]) -> ConversationQuerySet:
    return Conversation.objects.with_rules().filter(pk=pk, workspace__in=workspaces).order_by()


_conversation = Prepared(_with_rules)
_around, _held, _glance = Prepared(_shown), Prepared(_to_hold), Prepared(_in_short)
