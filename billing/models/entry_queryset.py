"""Reads of billing entries, and what is done to many of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models import Count, F, Q, Sum

from billing.flags import ANY_FLAG
from billing.models.billing_type import BillingType
from billing.models.reviewed import EditConflict
from billing.sums import Sums
from conversations.models import Conversation
from workspaces.models import User

if TYPE_CHECKING:
    from billing.models.entry import BillingEntry

Versions = Mapping[int, int | None]

#: So many are saved by one statement, and if all get the same, so many.
BATCH_SIZE = 100
ALIKE = 1000


class BillingEntryQuerySet(models.QuerySet["BillingEntry"]):
    def visible_to(self, user: User) -> BillingEntryQuerySet:
        """What the user may look at: their own, and all of the workspaces that they manage."""
        mine = Q(user=user, workspace__in=user.roles)
        return self.filter(mine | Q(workspace__in=user.managed_ids))

    def reviewable_by(self, user: User) -> BillingEntryQuerySet:
        return self.filter(workspace__in=user.managed_ids)

    def new(self) -> BillingEntryQuerySet:
        return self.filter(state=self.model.State.NEW)

    def approved(self) -> BillingEntryQuerySet:
        return self.filter(state=self.model.State.APPROVED)

    def counted(self) -> BillingEntryQuerySet:
        """Those that count in sums: all but the discarded."""
        return self.exclude(state=self.model.State.DISCARDED)

    def sums(self) -> Sums:
        """What they come to, as `Sums.of` says it; one query."""
        return sum(self.sums_by("kind").values(), Sums())

    def sums_by(self, field: str) -> dict[Any, Sums]:
        """What they come to by the value of a field, such as the id of their workspace; one query."""
        charged = Sum("amount", filter=Q(kind=BillingType.Kind.SERVICE))
        rows = (
            self.order_by()
            .values_list(field, "currency")
            .annotate(Count("pk"), Sum("raw_seconds"), Sum("billed_seconds"), charged=charged)
        )
        found: dict[Any, Sums] = {}
        for value, currency, count, raw, billed, amount in rows:
            sums = Sums(count, raw, billed, {} if amount is None else {currency: amount})
            found[value] = found.get(value, Sums()) + sums
        return found

    def flagged(self) -> BillingEntryQuerySet:
        """Those with anything that a reviewer should look at; `unflagged` are the others."""
        return self.filter(ANY_FLAG)

    def unflagged(self) -> BillingEntryQuerySet:
        return self.exclude(ANY_FLAG)

    def versions(self) -> dict[int, int]:
        """The current versions by entry id."""
        return dict(self.order_by().values_list("pk", "version"))

    def decide(
        self, state: str, versions: Versions, *, by: User, now: datetime, comment: str = ""
    ) -> tuple[list[BillingEntry], list[BillingEntry]]:
        """Approve, return or discard many at once, in one transaction.

        `versions` are the versions that the reviewer saw, by entry id (None: whatever it is now). Returns the
        entries that were decided on, and those that were not because they had changed meanwhile; in neither
        are those on which the decision stood already. Raises DoesNotExist, and decides nothing, if one of
        them is not among the entries of this queryset.
        """

        def decide(entry: BillingEntry) -> bool:
            return entry.decide(state, by=by, now=now, version=versions[entry.pk], comment=comment)

        with transaction.atomic():
            held = self._hold_all(versions)
            done, missed = self._change(held, decide, by=by, now=now, reason="{state}")
            self.model.settle(done, now)
        return done, missed

    def reinstate(
        self, versions: Versions, *, by: User, now: datetime
    ) -> tuple[list[BillingEntry], list[BillingEntry]]:
        """Undo the decisions on many at once; arguments and result are those of `decide`."""
        with transaction.atomic():
            held = self._hold_all(versions)
            before = self.model.before_discarding(held)

            def take_back(entry: BillingEntry) -> bool:
                return entry.take_back(before.get(entry.pk), version=versions[entry.pk])

            return self._change(held, take_back, by=by, now=now, reason="Back to {state}")

    def _change(
        self,
        held: list[BillingEntry],
        change: Callable[[BillingEntry], bool],
        *,
        by: User,
        now: datetime,
        reason: str,
    ) -> tuple[list[BillingEntry], list[BillingEntry]]:
        """Do to each entry what is done to a single one; see `decide` for the result."""
        done: list[BillingEntry] = []
        missed: list[BillingEntry] = []
        for entry in held:
            try:
                if change(entry):
                    done.append(entry)
            except EditConflict:
                missed.append(entry)
        fields = ["state", "reviewed_by", "reviewed_at", "return_comment"]
        self.store(done, fields, by=by, now=now, reason=reason)
        return done, missed

    def _hold_all(self, versions: Versions) -> list[BillingEntry]:
        held = self.hold(versions)
        if len(held) < len(versions):
            raise self.model.DoesNotExist
        return held

    def hold(self, chosen: Iterable[int]) -> list[BillingEntry]:
        """These entries as they stand, and nobody else changing them until the transaction ends."""
        found = self.filter(pk__in=list(chosen)).order_by("pk")
        # The lock of `User.objects.hold`, without asking before whose entries they are: that never changes.
        people = User.objects.filter(pk__in=found.order_by().values("user")).order_by("pk")
        held = list(people.select_for_update(no_key=True).values_list("pk", flat=True))
        # Read after it: what the lock waited for may have changed them.
        return list(found.filter(user__in=held))

    def store(
        self, entries: list[BillingEntry], fields: list[str], *, by: User, now: datetime, reason: str
    ) -> None:
        """Save these fields of entries that are held, as an entry's own `store` does.

        `{state}` in the reason stands for the state in which each entry is now.
        """
        for entry in entries:
            entry.version += 1
            entry.updated_at = now
            entry._change_reason = reason.format(state=entry.state_in_history)
        with transaction.atomic(savepoint=False):
            self._write(entries, fields, now)
            self.model.history.bulk_history_create(
                entries, batch_size=BATCH_SIZE, update=True, default_user=by, default_date=now
            )

    def _write(self, entries: list[BillingEntry], fields: list[str], now: datetime) -> None:
        """One statement for a thousand entries that get the same, as most decisions give."""
        workspaces = {entry.workspace_id for entry in entries}
        written: Any = self.model.objects.filter(workspace__in=workspaces)
        columns = [column.attname for column in self.model._meta.concrete_fields if column.name in fields]
        if len({tuple(getattr(entry, column) for column in columns) for entry in entries}) > 1:
            written.bulk_update(entries, [*fields, "version", "updated_at"], batch_size=BATCH_SIZE)
            return
        for start in range(0, len(entries), ALIKE):
            some = entries[start : start + ALIKE]
            values = {column: getattr(some[0], column) for column in columns}
            alike = written.filter(pk__in=[entry.pk for entry in some])
            alike.update(**values, version=F("version") + 1, updated_at=now)

    def prepare(
        self,
        *,
        user: User,
        conversation: Conversation,
        billing_type: BillingType | None,
        raw_seconds: int,
        day: date,
        now: datetime,
        kind: str = "",
        reason: str = "",
        by: User | None = None,
        **facts: Any,
    ) -> BillingEntry:
        """Make a New entry from raw seconds, under `billing_type` (None: as it is, worth nothing).

        `kind` empty takes what the type prescribes. `facts` are further fields, such as `description`,
        `by_hand` or `overlap_seconds`. The history says `reason`, and that `by` did it (None: the `user`).
        """
        rule = billing_type or BillingType.plain(conversation.workspace)
        entry = self.model(conversation=conversation, user=user, date=day, raw_seconds=raw_seconds, **facts)
        entry.workspace_id = conversation.workspace_id
        entry.customer_id = conversation.customer_id
        entry.kind = kind or rule.kind
        entry.created_at = now
        entry.apply(billing_type, rule)
        with transaction.atomic(savepoint=False):
            entry.store(by=by or user, now=now, reason=reason)
        return entry

    def prepare_once(self, *, submission: UUID | None, user: User, **fields: Any) -> BillingEntry:
        """As `prepare`, but a `submission` that made an entry before makes no other: it returns that one."""
        try:
            with transaction.atomic():
                return self.prepare(user=user, submission=submission, **fields)
        except IntegrityError:
            made = self.filter(user=user, submission=submission).first() if submission else None
            if made is None:
                raise
            return made
