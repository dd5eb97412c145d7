"""The review of what an agent recorded: its states, and the decisions that lead from one to another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from workspaces.distribution import InWorkspace
from workspaces.models import User

if TYPE_CHECKING:
    from billing.models.entry import BillingEntry

#: What the history has room for; the name of a billing type may fill it.
LONGEST_REASON = 100


class EditConflict(Exception):
    """Somebody changed the entry after it was shown; `entry` is what stands in the database now."""

    def __init__(self, entry: Any) -> None:
        super().__init__(f"Entry {entry.pk} has changed to version {entry.version}.")
        self.entry: BillingEntry = entry


class NotEditable(EditConflict):
    """The entry's state does not allow it (any more)."""


class Reviewed(InWorkspace):
    """Where an entry stands, who decided so, and how it is changed: held, one version after the other."""

    class State(models.TextChoices):
        NEW = "new", pgettext_lazy("state", "New")
        APPROVED = "approved", pgettext_lazy("state", "Approved")
        RETURNED = "returned", pgettext_lazy("state", "Returned")
        INVOICED = "invoiced", pgettext_lazy("state", "Invoiced")
        DISCARDED = "discarded", pgettext_lazy("state", "Discarded")

    #: What only a reviewer leads to. An entry may also be discarded without one, with its timer.
    DECIDED = (State.APPROVED, State.RETURNED, State.INVOICED)

    #: Called with entries that from a moment on no longer wait for their agent, in the same transaction.
    #: Whoever holds entries registers here: billing itself knows of nobody.
    when_settled: ClassVar[list[Callable[[Iterable[BillingEntry], datetime], None]]] = []

    # The indexes of an entry begin with either person.
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="entries", db_index=False, verbose_name=_("user")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.NEW)
    version = models.PositiveIntegerField(_("version"), default=0, help_text=_("Counts the changes."))
    reviewed_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("reviewed by"),
    )
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    return_comment = models.TextField(_("return comment"), max_length=2000, blank=True)
    updated_at = models.DateTimeField(_("updated at"), default=timezone.now)

    #: Whether whoever holds its user has read it since, as the app to the right does with a timer's.
    is_held = False

    history: Any
    #: Why many are changed at once, as the history's library reads it.
    _change_reason: str

    class Meta:
        abstract = True

    @property
    def state_in_history(self) -> str:
        """The state as a reason says it: kept in English, and translated by `billing.changes`."""
        with override("en"):
            return self.get_state_display()

    @property
    def is_editable(self) -> bool:
        return self.state in (self.State.NEW, self.State.RETURNED)

    @property
    def can_be_reinstated(self) -> bool:
        """Whether a decision can be undone; what left with its timer comes back with that."""
        discarded = self.state == self.State.DISCARDED and self.reviewed_by_id is not None
        return discarded or self.state == self.State.APPROVED

    # Decisions. Each is idempotent, and raises EditConflict if the entry is no longer at `version` (None:
    # whatever it is now), NotEditable if its state does not allow it.

    def approve(self, *, by: User, now: datetime, version: int | None = None) -> None:
        """New → Approved."""
        self._decide_alone(self.State.APPROVED, by, now, version)

    def return_(self, *, by: User, comment: str, now: datetime, version: int | None = None) -> None:
        """New → Returned, with the comment for the agent."""
        self._decide_alone(self.State.RETURNED, by, now, version, comment)

    def discard(self, *, by: User, now: datetime, version: int | None = None) -> None:
        """New or Returned → Discarded. `reinstate` undoes it."""
        self._decide_alone(self.State.DISCARDED, by, now, version)

    def reinstate(self, *, by: User, now: datetime, version: int | None = None) -> None:
        """Undo a decision: Approved or Discarded → New, or Returned if it was when it was discarded."""
        with self._held():
            before = self.before_discarding([self])
            if self.take_back(before.get(self.pk), version=version):
                self.store(by=by, now=now, reason=f"Back to {self.state_in_history}")

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
                # A return that its agent answered and took back is no decision that could be undone.
                self.reviewed_by = self.reviewed_at = None
                self.store(by=by, now=now, reason=reason)

    def _decide_alone(
        self, state: str, by: User, now: datetime, version: int | None, comment: str = ""
    ) -> None:
        with self._held():
            if self.decide(state, by=by, now=now, version=version, comment=comment):
                self.store(by=by, now=now, reason=self.state_in_history)
                self.settle([self], now)

    # The same on an entry that is held, in memory, for one or many to be stored together.

    def decide(self, state: str, *, by: User, now: datetime, version: int | None, comment: str = "") -> bool:
        """Take a reviewer's decision; False if it stands already."""
        if self.state == state:
            return False
        also = [self.State.RETURNED] if state == self.State.DISCARDED else []
        self._expect(version, self.State.NEW, *also)
        self.state = state
        self.reviewed_by, self.reviewed_at = by, now
        self.return_comment = comment
        return True

    def take_back(self, before: Any, *, version: int | None) -> bool:
        """Undo a decision; False if it waits for one already. `before` is its own of `before_discarding`."""
        if self.is_editable:
            return False
        if not self.can_be_reinstated:
            raise NotEditable(self)
        self._expect(version, self.state)
        self.state = self.State.NEW
        self.reviewed_by = self.reviewed_at = None
        if before and before.state == self.State.RETURNED:
            self.state, self.return_comment = before.state, before.return_comment
            self.reviewed_by_id, self.reviewed_at = before.reviewed_by_id, before.reviewed_at
        return True

    @classmethod
    def before_discarding(cls, entries: Iterable[Any]) -> dict[int, Any]:
        """What the discarded ones among the entries were before, by their id. At most one query."""
        discarded = [entry.pk for entry in entries if entry.state == cls.State.DISCARDED]
        if not discarded:
            return {}
        undecided = [cls.State.NEW, cls.State.RETURNED]
        found = cls.history.filter(id__in=discarded, state__in=undecided).order_by()
        latest = found.values("id").annotate(latest=models.Max("history_id")).values("latest")
        return {record.id: record for record in cls.history.filter(history_id__in=latest)}

    # How it is changed.

    def _expect(self, version: int | None, *states: str) -> None:
        if self.state not in states:
            raise NotEditable(self)
        if version is not None and version != self.version:
            raise EditConflict(self)

    @contextmanager
    def _held(self) -> Iterator[None]:
        """One transaction with the entry as it stands, and nobody else changing it."""
        if self.is_held:
            yield
            return
        with transaction.atomic():
            User.objects.hold([self.user_id])
            self.refresh_from_db()
            yield

    def store(self, *, by: User, now: datetime, reason: str) -> None:
        """Save with the next version, and say in the history who did it, when and why."""
        is_new = self._state.adding
        self.version += 1
        self.updated_at = now
        if is_new:
            self.write_new()
        else:
            self.write()
        self.write_copy(
            type(self).history.model,
            history_type="+" if is_new else "~",
            history_user=by.pk,
            history_date=now,
            history_change_reason=reason[:LONGEST_REASON],
        )

    @classmethod
    def settle(cls, entries: Iterable[Any], now: datetime) -> None:
        """Tell whoever holds these entries that from `now` on they no longer wait for their agent."""
        for tell in cls.when_settled:
            tell(entries, now)
