"""Billing entries: what a timer, or a person by hand, made of time; and their review."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date as day
from datetime import datetime
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from billing.models.batch import ExportBatch
from billing.models.billing_type import HIGHEST_RATE, BillingType
from billing.models.calculation import Calculation
from billing.models.entry_queryset import UNUSUALLY_LONG, BillingEntryQuerySet
from conversations.models import Conversation
from workspaces.durations import format_clock
from workspaces.models import User, Workspace
from workspaces.money import format_money

LONGEST_SECONDS = 100 * 366 * 24 * 3600
#: What the history has room for; the name of a billing type may fill it.
LONGEST_REASON = 100


class EditConflict(Exception):
    """Somebody changed the entry after it was shown; `entry` is what stands in the database now."""

    def __init__(self, entry: BillingEntry) -> None:
        super().__init__(f"Entry {entry.pk} has changed to version {entry.version}.")
        self.entry = entry


class NotEditable(EditConflict):
    """The entry's state does not allow it (any more)."""


class BillingEntry(models.Model):
    """A service charge or a time entry, with a copy of the rule it was made under."""

    class State(models.TextChoices):
        NEW = "new", "New"
        APPROVED = "approved", "Approved"
        RETURNED = "returned", "Returned"
        INVOICED = "invoiced", "Invoiced"
        DISCARDED = "discarded", "Discarded"

    Conflict: ClassVar = EditConflict
    #: Called with entries that no longer wait for their agent, in the same transaction. Whoever holds entries
    #: registers here: billing itself knows of nobody.
    when_settled: ClassVar[list[Callable[[Iterable[BillingEntry]], None]]] = []

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="entries")
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="entries")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=BillingType.Kind)
    billing_type = models.ForeignKey(
        BillingType, on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    date = models.DateField(help_text="The day of the work in the workspace's time zone.")
    raw_seconds = models.BigIntegerField(help_text="As recorded; never changes.")
    calculated_seconds = models.BigIntegerField(help_text="What the rule made of the raw time.")
    billed_seconds = models.BigIntegerField(help_text="The rule's figure, or what a person chose.")
    rate = models.BigIntegerField(help_text="Minor units per unit of the rule.")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField(help_text="Minor units.")
    rule = models.JSONField(help_text="The billing type as it was.")
    explanation = models.TextField()
    description = models.TextField(max_length=2000, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    version = models.PositiveIntegerField(default=0, help_text="Counts the changes.")
    by_hand = models.BooleanField(default=False, help_text="Made without a timer.")
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="When its agent saved it.")
    overlap_seconds = models.PositiveIntegerField(
        default=0, help_text="Recorded elsewhere by the same person at the same time."
    )
    overlap_with = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    clock_stepped_back = models.BooleanField(
        default=False, help_text="The server's clock was set back meanwhile."
    )
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    return_comment = models.TextField(max_length=2000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    batch = models.ForeignKey(
        ExportBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    history = HistoricalRecords()

    objects = BillingEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "billing entries"
        ordering = ["-date", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["new", "approved", "returned", "invoiced", "discarded"]),
                name="an_entry_has_a_known_state",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["service", "time"]), name="an_entry_has_a_known_kind"
            ),
            *(
                models.CheckConstraint(
                    condition=Q((f"{field}__gte", 0), (f"{field}__lte", LONGEST_SECONDS)), name=f"{field}_fit"
                )
                for field in ("raw_seconds", "calculated_seconds", "billed_seconds")
            ),
            models.CheckConstraint(
                condition=Q(rate__gte=0, rate__lte=HIGHEST_RATE), name="an_entrys_rate_fits"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="amount_is_not_negative"),
            models.CheckConstraint(
                condition=Q(state="invoiced", batch__isnull=False)
                | (~Q(state="invoiced") & Q(batch__isnull=True)),
                name="invoiced_means_in_a_batch",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "state", "-date"], name="entries_to_review"),
            models.Index(fields=["user", "-date"], name="entries_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk} on #{self.conversation_id}"

    @property
    def is_adjusted(self) -> bool:
        return self.billed_seconds != self.calculated_seconds

    @property
    def is_unusually_long(self) -> bool:
        return self.raw_seconds > UNUSUALLY_LONG

    @property
    def is_charge(self) -> bool:
        """Whether the customer is billed for it."""
        return self.kind == BillingType.Kind.SERVICE

    @property
    def figure(self) -> str:
        """ "1:00:00, 120.00 EUR on #1042"; without the amount if it is internal."""
        amount = f", {format_money(self.amount, self.currency)}" if self.is_charge else ""
        return f"{format_clock(self.billed_seconds)}{amount} on #{self.conversation_id}"

    @property
    def is_editable(self) -> bool:
        return self.state in (self.State.NEW, self.State.RETURNED)

    def is_editable_by(self, user: User) -> bool:
        """Its agent until it is approved; a manager of its workspace only while it is New."""
        if self.user_id == user.pk:
            return self.is_editable
        return self.state == self.State.NEW and user.manages(self.workspace_id)

    @property
    def can_be_reinstated(self) -> bool:
        """Whether a decision can be undone; what left with its timer comes back with that."""
        discarded = self.state == self.State.DISCARDED and self.reviewed_by_id is not None
        return discarded or self.state == self.State.APPROVED

    @property
    def rule_then(self) -> BillingType:
        """The rule under which the entry stands, as it was."""
        return BillingType.from_snapshot(self.rule)

    def apply(self, billing_type: BillingType | None, rule: BillingType) -> None:
        """Recalculate under `rule`, whose copy the entry keeps; forgets a chosen billed time. Not saved."""
        self.billing_type = billing_type
        self.rule = rule.snapshot()
        self.rate = rule.rate
        self.currency = self.rule["currency"]
        self._take(rule.calculate(self.raw_seconds, by_hand=self.by_hand))

    def choose(self, billed_seconds: int) -> None:
        """Bill this time instead of the rule's figure, which stays beside it. Not saved."""
        rule = self.rule_then
        chosen = rule.calculate(self.raw_seconds, chosen_seconds=billed_seconds, by_hand=self.by_hand)
        self._take(chosen)

    def _take(self, calculation: Calculation) -> None:
        self.calculated_seconds = calculation.calculated_seconds
        self.billed_seconds = calculation.billed_seconds
        self.amount = calculation.amount
        self.explanation = calculation.explanation

    def revise(
        self,
        *,
        by: User,
        version: int,
        now: datetime,
        kind: str | None = None,
        billing_type: BillingType | None = None,
        billed_seconds: int | None = None,
        description: str | None = None,
        date: day | None = None,
    ) -> None:
        """Change what may be changed while New or Returned; None leaves a field alone.

        Another billing type recalculates; `billed_seconds` then is the person's choice on top. Its agent's
        saving confirms the entry and sends a returned one back to New. Raises EditConflict if the entry is no
        longer at `version`, NotEditable if it has been decided on.
        """
        with self._held():
            self._expect(version, self.State.NEW, self.State.RETURNED)
            if billing_type and billing_type != self.billing_type:
                self.apply(billing_type, billing_type)
            if billed_seconds is not None and billed_seconds != self.billed_seconds:
                self.choose(billed_seconds)
            self.kind = self.kind if kind is None else kind
            self.description = self.description if description is None else description
            self.date = date or self.date
            if by == self.user:
                self.state = self.State.NEW
                self.confirmed_at = now
            self.store(by=by, now=now, reason="Saved")
            if by == self.user:
                self.settle([self])

    def switch_kind(self, kind: str, *, by: User, now: datetime) -> None:
        """Make it a service charge or a time entry, unconfirmed as before. Without effect once decided on."""
        with self._held():
            if self.state == self.State.NEW and self.kind != kind:
                self.kind = kind
                self.store(by=by, now=now, reason=f"Switched to {self.get_kind_display().lower()}")

    def approve(self, *, by: User, now: datetime, version: int | None = None) -> None:
        """New → Approved. Idempotent; raises EditConflict or NotEditable, as do the other decisions."""
        self._decide_alone(self.State.APPROVED, by, now, version)

    def return_(self, *, by: User, comment: str, now: datetime, version: int | None = None) -> None:
        """New → Returned, with the comment for the agent."""
        self._decide_alone(self.State.RETURNED, by, now, version, comment)

    def discard(self, *, by: User, now: datetime, version: int | None = None) -> None:
        """New or Returned → Discarded. `reinstate` undoes it."""
        self._decide_alone(self.State.DISCARDED, by, now, version)

    def reinstate(self, *, by: User, now: datetime) -> None:
        """Undo a decision: Approved or Discarded → New, or Returned if it was when it was discarded.

        Idempotent; an invoiced one raises NotEditable.
        """
        with self._held():
            if self.take_back():
                self.store(by=by, now=now, reason=f"Back to {self.get_state_display()}")

    def withdraw(self, *, by: User, now: datetime) -> None:
        """New → Discarded because what it was made of was taken back. Nobody reviewed it."""
        self._swap(self.State.NEW, self.State.DISCARDED, by, now, "Discarded with its timer")

    def put_back(self, *, by: User, now: datetime) -> None:
        """Undo `withdraw`."""
        self._swap(self.State.DISCARDED, self.State.NEW, by, now, "Back with its timer")

    def _swap(self, old: str, new: str, by: User, now: datetime, reason: str) -> None:
        with self._held():
            if self.state == old:
                self.state = new
                self.store(by=by, now=now, reason=reason)

    def _decide_alone(
        self, state: str, by: User, now: datetime, version: int | None, comment: str = ""
    ) -> None:
        with self._held():
            if self.decide(state, by=by, now=now, version=version, comment=comment):
                self.store(by=by, now=now, reason=self.get_state_display())
                self.settle([self])

    def decide(self, state: str, *, by: User, now: datetime, version: int | None, comment: str = "") -> bool:
        """Take a reviewer's decision in memory, on an entry that is held; False if it stands already."""
        if self.state == state:
            return False
        also = [self.State.RETURNED] if state == self.State.DISCARDED else []
        self._expect(version, self.State.NEW, *also)
        self.state = state
        self.reviewed_by, self.reviewed_at = by, now
        self.return_comment = comment
        return True

    def take_back(self, version: int | None = None) -> bool:
        """Undo a decision in memory, on an entry that is held; False if it waits for one already."""
        if self.is_editable:
            return False
        if not self.can_be_reinstated:
            raise NotEditable(self)
        self._expect(version, self.state)
        before = self._before_discarding() if self.state == self.State.DISCARDED else None
        self.state = self.State.NEW
        self.reviewed_by = self.reviewed_at = None
        if before and before.state == self.State.RETURNED:
            self.state, self.return_comment = before.state, before.return_comment
            self.reviewed_by_id, self.reviewed_at = before.reviewed_by_id, before.reviewed_at
        return True

    def _before_discarding(self) -> Any:
        undecided = self.history.filter(state__in=[self.State.NEW, self.State.RETURNED])
        return undecided.order_by("history_id").last()

    def _expect(self, version: int | None, *states: str) -> None:
        if self.state not in states:
            raise NotEditable(self)
        if version is not None and version != self.version:
            raise EditConflict(self)

    @contextmanager
    def _held(self) -> Iterator[None]:
        """One transaction with the entry as it stands, and nobody else changing it."""
        with transaction.atomic():
            User.objects.hold([self.user_id])
            self.refresh_from_db()
            yield

    def store(self, *, by: User, now: datetime, reason: str) -> None:
        """Save with the next version, and say in the history who did it, when and why."""
        self.version += 1
        self.updated_at = now
        self._history_user = by
        self._history_date = now
        self._change_reason = reason[:LONGEST_REASON]
        self.save()

    @classmethod
    def settle(cls, entries: Iterable[BillingEntry]) -> None:
        """Tell whoever holds these entries that they no longer wait for their agent."""
        for tell in cls.when_settled:
            tell(entries)
