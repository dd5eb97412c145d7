"""Timers: one user's stopwatch on one conversation, and what is done with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from billing.flags import UNUSUALLY_LONG
from billing.models import BillingEntry, BillingType
from conversations.models import Conversation
from timers.models.held import HeldTimer
from timers.models.interval import Interval, Run
from timers.models.timer_queryset import TimerQuerySet
from timers.overlaps import Overlap, count_overlap
from workspaces.models import User, Workspace

#: How long a request may wait for its turn, and so be overtaken by a later one.
LONGEST_WAIT = timedelta(seconds=30)


class AnotherTimerIsOpen(Exception):
    """No timer comes back while the user has another one open on its conversation."""


class TimerCanceled(Exception):
    """A canceled timer becomes no entry; restore it first."""


class TimerManager(models.Manager.from_queryset(TimerQuerySet)):  # type: ignore[misc]
    def start(self, *, user: User, conversation: Conversation, now: datetime) -> Timer:
        """The user's timer on the conversation runs; returns it. Idempotent; see `Desk.start`."""
        from timers.models.desk import Desk  # which knows this model

        with Desk.held(user, workspaces=[conversation.workspace_id]) as desk:
            return desk.start(desk.conversation(conversation.pk), now)


class Timer(HeldTimer):
    """One user's stopwatch on one conversation; it becomes at most one billing entry."""

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("state", "Running")
        STOPPED = "stopped", pgettext_lazy("state", "Stopped")
        LOGGED = "logged", pgettext_lazy("state", "Logged")
        CANCELED = "canceled", pgettext_lazy("state", "Canceled")

    OPEN = (State.RUNNING, State.STOPPED)

    # None of the first three has an index of its own: others begin with them, and SQLite would take that of
    # the workspace, and read all of it, to find the open timers of one user.
    workspace = models.ForeignKey(
        Workspace,
        on_delete=models.PROTECT,
        related_name="timers",
        db_index=False,
        verbose_name=_("workspace"),
    )
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="timers", db_index=False, verbose_name=_("user")
    )
    conversation = models.ForeignKey(
        Conversation,
        on_delete=models.PROTECT,
        related_name="timers",
        db_index=False,
        verbose_name=_("conversation"),
    )
    billing_type = models.ForeignKey(
        BillingType,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="timers",
        verbose_name=_("billing type"),
    )
    note = models.TextField(
        _("note"), max_length=2000, blank=True, help_text=_("Becomes the description of the entry.")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RUNNING)
    running_since = models.DateTimeField(_("running since"), null=True, blank=True)
    entry = models.OneToOneField(
        BillingEntry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="timer",
        verbose_name=_("entry"),
    )
    created_at = models.DateTimeField(
        _("created at"), default=timezone.now, help_text=_("When it was first started.")
    )
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now)

    objects = TimerManager()

    #: The user's other timers that starting this one stopped.
    also_stopped: Sequence[Timer] = ()
    #: Raw seconds at the moment that a page shows, where a page asked for them.
    seconds: int

    class Meta:
        verbose_name = _("timer")
        verbose_name_plural = _("timers")
        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "conversation"],
                condition=Q(state__in=["running", "stopped"]),
                name="one_open_timer_per_conversation",
            ),
            models.CheckConstraint(
                condition=Q(state="running", running_since__isnull=False)
                | Q(state__in=["stopped", "logged", "canceled"], running_since__isnull=True),
                name="running_means_running_since",
            ),
            models.CheckConstraint(
                condition=~Q(state="logged") | Q(entry__isnull=False), name="a_logged_timer_has_its_entry"
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(entry__isnull=True), name="a_running_timer_has_no_entry"
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "workspace"],
                condition=Q(state__in=["running", "stopped"]),
                name="open_timers_of_a_user",
            ),
            models.Index(fields=["conversation", "state"], name="timers_of_a_conversation"),
            models.Index(fields=["user", "workspace", "changed_at"], name="timers_of_a_user_by_change"),
            models.Index(
                fields=["workspace", "running_since"], condition=Q(state="running"), name="running_timers"
            ),
        ]

    def __str__(self) -> str:
        names = {
            self.State.RUNNING: gettext("Running timer %(timer)s on #%(number)s"),
            self.State.STOPPED: gettext("Stopped timer %(timer)s on #%(number)s"),
            self.State.LOGGED: gettext("Logged timer %(timer)s on #%(number)s"),
            self.State.CANCELED: gettext("Canceled timer %(timer)s on #%(number)s"),
        }
        return names[self.State(self.state)] % {"timer": self.pk, "number": self.conversation_id}

    @property
    def is_running(self) -> bool:
        return self.state == self.State.RUNNING

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def is_unusually_long(self) -> bool:
        """Of a timer with its `seconds`: what it becomes will be flagged."""
        return self.seconds > UNUSUALLY_LONG

    # The verbs. Each is idempotent and one transaction, and leaves `self` as the database has it. On a timer
    # that is held already (see Desk) they read nothing, and what they change is written when that is over.

    def stop(self, now: datetime, by: User | None = None) -> Timer:
        """Write the interval; if the workspace says so, prepare the entry. Always works; returns self.

        `by` is who stopped it, for the entry's history; None: its user.
        """
        with self._held():
            if self._pause(now) and self.workspace.create_entries_automatically:
                self._prepare_entry("", now, by)
        return self

    def resume(self, now: datetime) -> Timer:
        """Run on. Returns the timer that runs now: this one, or a new one where this one is no longer open or
        carries its entry already (see `start`). Raises ConversationClosed.
        """
        timer = Timer.objects.start(user=self.user, conversation=self.conversation, now=now)
        self.refresh_from_db()
        return timer

    def cancel(self, now: datetime) -> Timer:
        """Take it away: none of its time is logged, its entry is discarded. A logged one stays."""
        with self._held():
            if self.is_open:
                self._pause(now)
                self.move(self.State.CANCELED, now)
                if self.entry:
                    self.entry.withdraw(by=self.user, now=now)
        return self

    def restore(self, now: datetime) -> Timer:
        """Undo `cancel`: the timer is back, stopped, with its entry. Raises AnotherTimerIsOpen."""
        with self._held():
            if self.state == self.State.CANCELED:
                self._be_the_only_one()
                self.move(self.State.STOPPED, now)
                if self.entry:
                    self.entry.put_back(by=self.user, now=now)
        return self

    def reopen(self, now: datetime) -> Timer:
        """Undo the saving of its entry: the timer is back, stopped, and the entry waits as it was saved.

        Raises AnotherTimerIsOpen, and EditConflict where the entry is no longer as its agent saved it.
        """
        with self._held():
            if self.state == self.State.LOGGED and self.entry:
                self._be_the_only_one()
                self.entry.undo_saving(by=self.user, now=now)
                self.move(self.State.STOPPED, now)
        return self

    def convert(self, kind: str, now: datetime) -> BillingEntry:
        """The service charge or time entry that the timer becomes; stops it first if it runs.

        A timer that carries its entry keeps it, with the kind switched while nobody has decided on it.
        Raises TimerCanceled.
        """
        with self._held():
            if self.state == self.State.CANCELED:
                raise TimerCanceled
            self._pause(now)
            if self.entry is None:
                return self._prepare_entry(kind, now)
            if self.is_open:
                self.entry.switch_kind(kind, by=self.user, now=now)
            return self.entry

    def write_note(self, note: str) -> bool:
        """Keep what will become the entry's description. False, and nothing kept, once it has its entry."""
        with self._held():
            if not self.is_open or self.entry:
                return False
            if note != self.note:
                self._change(note=note)
        return True

    def _be_the_only_one(self) -> None:
        if Timer.objects.open().filter(user=self.user, conversation=self.conversation).exists():
            raise AnotherTimerIsOpen

    def not_overtaken(self, now: datetime) -> datetime:
        """When it runs on: not before it stopped, though the request to start came in before that to stop.

        No second counts twice then. Further back, the clock was set back, and what it says now is the time.
        """
        stopped_at = self.latest_stop or now
        return max(now, stopped_at) if stopped_at - now <= LONGEST_WAIT else now

    def _pause(self, now: datetime) -> bool:
        """Write the interval of a running timer; False if none ran. A clock set back makes it zero.

        It is also flagged where the clock was set back before: what ran then may count twice.
        """
        if self.running_since is None:
            return False
        run = Run(
            self.running_since,
            max(now, self.running_since),
            now < self.running_since or any(each.stopped_at > self.running_since for each in self.runs),
        )
        Interval(workspace_id=self.workspace_id, timer=self, **run._asdict()).write_new()
        self.runs = [*self.runs, run]
        self.move(self.State.STOPPED, now)
        return True

    def _prepare_entry(self, kind: str, now: datetime, by: User | None = None) -> BillingEntry:
        set_back = any(run.clock_stepped_back for run in self.runs)
        # Runs of a clock that was set back may lie before the moment from which others were looked for.
        is_alone = self.may_overlap is False and not set_back
        overlap = Overlap() if is_alone else count_overlap(self, self.runs)
        entry = BillingEntry.objects.prepare(
            user=self.user,
            conversation=self.conversation,
            billing_type=self.billing_type,
            raw_seconds=self.raw_seconds(now),
            day=self.workspace.local_date(self.runs[0].started_at if self.runs else now),
            kind=kind,
            description=self.note,
            now=now,
            by=by,
            # English, as all reasons are kept: `billing.changes` words it in the reader's language.
            reason=f"Prepared from the timer, {self.billing_type or 'no billing type'}",
            overlap_seconds=overlap.seconds,
            overlap_with_id=overlap.conversation_id,
            clock_stepped_back=set_back,
        )
        entry.is_held = True
        self._change(entry=entry)
        return entry

    @staticmethod
    def close_settled(entries: Iterable[BillingEntry], now: datetime) -> None:
        """Timers whose entry no longer waits for the agent leave the list: they are logged."""
        elsewhere = []
        for entry in entries:
            if not entry.is_held:
                elsewhere.append(entry)
            elif entry.timer.state == Timer.State.STOPPED:  # which is held with it
                entry.timer.move(Timer.State.LOGGED, now)
        if elsewhere:
            workspaces = {entry.workspace_id for entry in elsewhere}
            waiting = Timer.objects.filter(
                workspace__in=workspaces, entry__in=elsewhere, state=Timer.State.STOPPED
            )
            waiting.update(state=Timer.State.LOGGED, changed_at=now)
