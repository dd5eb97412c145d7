"""What a timer has recorded, and what a query brought along so that nothing is read twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from billing.models import BillingType
from timers.models.interval import Run
from timers.models.timer_queryset import RULE_COLUMNS
from workspaces.distribution import InWorkspace
from workspaces.models import Workspace


class RecordedTimer(InWorkspace):
    """The reading half of `Timer`, which has the fields."""

    running_since: datetime | None
    workspace: Any
    conversation: Any
    billing_type: Any
    intervals: Any

    #: The billing types that its workspace offers, where a query brought them.
    offered: Sequence[BillingType] | None = None
    #: Whether its user may have had another one running meanwhile; None: not known.
    may_overlap: bool | None = None

    class Meta:
        abstract = True

    @cached_property
    def runs(self) -> list[Run]:
        """Its intervals, the first one first."""
        intervals = self.intervals.all()
        if intervals._result_cache is None:  # nobody has prefetched them
            intervals = intervals.filter(workspace=self.workspace_id)
        return [Run(each.started_at, each.stopped_at, each.clock_stepped_back) for each in intervals]

    def refresh_from_db(self, *args: Any, **options: Any) -> None:
        super().refresh_from_db(*args, **options)
        self.__dict__.pop("runs", None)

    def raw_seconds(self, now: datetime) -> int:
        """Whole seconds recorded up to `now`: the sum of the intervals, floored once."""
        recorded = sum((run.duration for run in self.runs), timedelta())
        if self.running_since:
            recorded += max(now - self.running_since, timedelta())
        return recorded // timedelta(seconds=1)

    @property
    def latest_stop(self) -> datetime | None:
        """When it last stopped; None if it never ran."""
        return max((run.stopped_at for run in self.runs), default=None)

    @property
    def packed_runs(self) -> None:
        """Of `TimerQuerySet.with_runs`: is set, and becomes `runs`."""

    @packed_runs.setter
    def packed_runs(self, rows: list[list[Any]] | None) -> None:
        self.runs = sorted(map(Run.unpacked, rows or ()))

    @property
    def packed_rules(self) -> None:
        """Of `TimerQuerySet.with_rules_of`: is set, and becomes `offered`."""

    @packed_rules.setter
    def packed_rules(self, rows: list[list[Any]] | None) -> None:
        if rows is not None:
            rules = [BillingType(**dict(zip(RULE_COLUMNS, row, strict=True))) for row in rows]
            self.offered = sorted(rules, key=lambda rule: (rule.name, rule.pk))

    def know_workspace(self, workspace: Workspace) -> None:
        """The settings that have been read already, and what they say of the billing types offered."""
        self.workspace = workspace
        if self.offered is None:
            if own := self._state.fields_cache.get("billing_type"):
                own.workspace = workspace
            return
        rules = {rule.pk: rule for rule in self.offered}
        for rule in [*self.offered, self.billing_type]:
            if rule:
                rule.workspace = workspace
        self.conversation.workspace = workspace
        for each, field in (
            (self.conversation, "billing_type"),
            (self.conversation.customer, "billing_type"),
            (workspace, "default_billing_type"),
        ):
            if (chosen := getattr(each, f"{field}_id")) in rules:
                setattr(each, field, rules[chosen])
