"""Reads of timers: which ones, whose, and with what a page shows of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Subquery

from billing.models import BillingType
from timers.models.interval import Interval
from workspaces.models import User
from workspaces.rows import Rows

if TYPE_CHECKING:
    from timers.models.timer import Timer  # noqa: F401 (in quotes below)


#: What a billing type is, but for its workspace, and for when it was archived.
RULE_COLUMNS = ["pk", *BillingType.RULE_FIELDS]


class TimerQuerySet(models.QuerySet["Timer"]):
    def open(self) -> TimerQuerySet:
        return self.filter(state__in=self.model.OPEN)

    def running(self) -> TimerQuerySet:
        return self.filter(state=self.model.State.RUNNING)

    def stoppable_by(self, user: User) -> TimerQuerySet:
        """Everybody's in the workspaces that the user manages; their own they stop at their desk."""
        return self.filter(workspace__in=user.managed_ids)

    def with_runs(self) -> TimerQuerySet:
        """Each with its `runs`, from the same query."""
        own = Interval.objects.filter(workspace=OuterRef("workspace"), timer=OuterRef("pk"))
        columns = "started_at", "stopped_at", "clock_stepped_back"
        rows = own.order_by().values("timer").annotate(rows=Rows(*columns)).values("rows")
        return self.annotate(packed_runs=Subquery(rows))

    def with_overlap_of(self, chosen: int) -> TimerQuerySet:
        """The timer `chosen` with `may_overlap`: False if no other of its user ran since it was started."""
        theirs = self.model.objects.filter(user=OuterRef("user"), workspace=OuterRef("workspace"))
        others = theirs.exclude(pk=OuterRef("pk")).exclude(state=self.model.State.CANCELED)
        # What has stopped since has changed since, which keeps to an index.
        ran = others.filter(
            changed_at__gt=OuterRef("created_at"), intervals__stopped_at__gt=OuterRef("created_at")
        )
        may_overlap = models.When(pk=chosen, then=Exists(others.running()) | Exists(ran))
        return self.annotate(may_overlap=models.Case(may_overlap, output_field=models.BooleanField()))

    def with_rules_of(self, chosen: int) -> TimerQuerySet:
        """The timer `chosen` with all billing types that its workspace offers, from the same query."""
        offered = BillingType.objects.active().filter(workspace=OuterRef("workspace")).order_by()
        rows = offered.values("workspace").annotate(rows=Rows(*RULE_COLUMNS)).values("rows")
        return self.annotate(packed_rules=models.Case(models.When(pk=chosen, then=Subquery(rows))))

    def for_display(self) -> TimerQuerySet:
        """With what a page shows of a running timer."""
        return self.select_related("workspace", "user", "conversation__customer").with_runs()
