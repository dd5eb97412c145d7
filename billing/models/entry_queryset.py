"""Reads of billing entries, and what is done to many of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import F, Q
from simple_history.utils import bulk_update_with_history

from billing.models.billing_type import BillingType
from conversations.models import Conversation
from workspaces.models import User

if TYPE_CHECKING:
    from billing.models.entry import BillingEntry

Versions = Mapping[int, int | None]

#: Recorded longer than this, in seconds, an entry is flagged.
UNUSUALLY_LONG = 8 * 3600

#: What a reviewer should look at, by name.
FLAGS = {
    "adjusted": ~Q(billed_seconds=F("calculated_seconds")),
    "unconfirmed": Q(confirmed_at=None),
    "overlaps": Q(overlap_seconds__gt=0),
    "long": Q(raw_seconds__gt=UNUSUALLY_LONG),
    "clock": Q(clock_stepped_back=True),
}
ANY_FLAG = reduce(or_, FLAGS.values())

#: So many are saved by one statement.
BATCH_SIZE = 100


class BillingEntryQuerySet(models.QuerySet["BillingEntry"]):
    def of(self, user: User) -> BillingEntryQuerySet:
        """The user's own, in the workspaces that they (still) belong to."""
        return self.filter(user=user, workspace__memberships__user=user)

    def visible_to(self, user: User) -> BillingEntryQuerySet:
        """What the user may look at: their own, and all of the workspaces that they manage."""
        mine = Q(user=user, workspace__in=user.roles)
        return self.filter(mine | Q(workspace__in=user.managed_ids))

    def reviewable_by(self, user: User) -> BillingEntryQuerySet:
        return self.filter(workspace__in=user.managed_ids)

    def new(self) -> BillingEntryQuerySet:
        return self.filter(state="new")

    def counted(self) -> BillingEntryQuerySet:
        """Those that count in sums: all but the discarded."""
        return self.exclude(state="discarded")

    def billed_sums(self) -> dict[str, int]:
        """Sum of the service charges' amounts, in minor units by currency."""
        charges = self.filter(kind=BillingType.Kind.SERVICE).order_by()
        return dict(charges.values_list("currency").annotate(models.Sum("amount")))

    def flagged(self) -> BillingEntryQuerySet:
        """Those with anything that a reviewer should look at; `unflagged` are the others."""
        return self.filter(ANY_FLAG)

    def unflagged(self) -> BillingEntryQuerySet:
        return self.exclude(ANY_FLAG)

    def with_flag(self, name: str) -> BillingEntryQuerySet:
        """Those with one flag, a key of `FLAGS`."""
        return self.filter(FLAGS[name])

    def versions(self) -> dict[int, int]:
        """The current versions by entry id."""
        return dict(self.order_by().values_list("pk", "version"))

    def decide(
        self, state: str, versions: Versions, *, by: User, now: datetime, comment: str = ""
    ) -> tuple[list[BillingEntry], list[BillingEntry]]:
        """Approve, return or discard many at once, in one transaction.

        `versions` are the versions that the reviewer saw, by entry id (None: whatever it is now). Returns the
        entries that were decided on, and those that were not because they had changed meanwhile; in neither
        are those on which the decision stood already.
        """

        def decide(entry: BillingEntry) -> bool:
            return entry.decide(state, by=by, now=now, version=versions[entry.pk], comment=comment)

        with transaction.atomic():
            done, missed = self._change(versions, decide, by=by, now=now, reason="{state}")
            self.model.settle(done)
        return done, missed

    def reinstate(
        self, versions: Versions, *, by: User, now: datetime
    ) -> tuple[list[BillingEntry], list[BillingEntry]]:
        """Undo the decisions on many at once; arguments and result are those of `decide`."""

        def take_back(entry: BillingEntry) -> bool:
            return entry.take_back(versions[entry.pk])

        return self._change(versions, take_back, by=by, now=now, reason="Back to {state}")

    def _change(
        self,
        chosen: Iterable[int],
        change: Callable[[BillingEntry], bool],
        *,
        by: User,
        now: datetime,
        reason: str,
    ) -> tuple[list[BillingEntry], list[BillingEntry]]:
        """Do to each of the chosen entries what is done to a single one; see `decide` for the result."""
        done: list[BillingEntry] = []
        missed: list[BillingEntry] = []
        with transaction.atomic():
            for entry in self.hold(chosen):
                try:
                    if change(entry):
                        done.append(entry)
                except self.model.Conflict:
                    missed.append(entry)
            fields = ["state", "reviewed_by", "reviewed_at", "return_comment"]
            self.store(done, fields, by=by, now=now, reason=reason)
        return done, missed

    def hold(self, chosen: Iterable[int]) -> list[BillingEntry]:
        """These entries as they stand, and nobody else changing them until the transaction ends."""
        found = self.filter(pk__in=list(chosen)).order_by("pk")
        people = set(found.values_list("user", flat=True))
        User.objects.hold(people)
        # Read again: what the lock waited for may have changed them.
        return list(found.filter(user__in=people))

    def store(
        self, entries: list[BillingEntry], fields: list[str], *, by: User, now: datetime, reason: str
    ) -> None:
        """Save these fields of entries that are held, as an entry's own `store` does.

        `{state}` in the reason stands for the state in which each entry is now.
        """
        for entry in entries:
            entry.version += 1
            entry.updated_at = now
            entry._change_reason = reason.format(state=entry.get_state_display())
        bulk_update_with_history(
            entries,
            self.model,
            [*fields, "version", "updated_at"],
            batch_size=BATCH_SIZE,
            default_user=by,
            default_date=now,
        )

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
        description: str = "",
        reason: str = "",
        **facts: Any,
    ) -> BillingEntry:
        """Make a New entry from raw seconds, under `billing_type` (None: as it is, worth nothing).

        `kind` empty takes what the type prescribes. `facts` are further fields, such as `by_hand` or
        `overlap_seconds`. `reason` is what the history says.
        """
        rule = billing_type or BillingType.plain(conversation.workspace)
        entry = self.model(
            workspace_id=conversation.workspace_id,
            conversation=conversation,
            user=user,
            kind=kind or rule.kind,
            date=day,
            raw_seconds=raw_seconds,
            description=description,
            created_at=now,
            updated_at=now,
            **facts,
        )
        entry.apply(billing_type, rule)
        with transaction.atomic():
            entry.store(by=user, now=now, reason=reason)
        return entry
