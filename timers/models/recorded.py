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

    #: Of `TimerQuerySet.with_rules_of`: becomes `offered`.
    packed_rules: list[list[Any]] | None = None
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

    @cached_property
    def offered(self) -> Sequence[BillingType] | None:
        """The billing types that its workspace offers, where a query brought them."""
        if self.packed_rules is None:
            return None
        rules = [BillingType(**dict(zip(RULE_COLUMNS, row, strict=True))) for row in self.packed_rules]
        for rule in rules:
            rule.workspace = self.workspace
        return sorted(rules, key=lambda rule: (rule.name, rule.pk))

    def know_workspace(self, workspace: Workspace) -> None:
        """The settings that have been read already."""
        known = self._state.fields_cache
        self.workspace = workspace
        for name in ("billing_type", "conversation"):
            if each := known.get(name):
                each.workspace = workspace

    def know_rules(self) -> None:
        """What its conversation asks for, of the billing types that were brought."""
        rules = {rule.pk: rule for rule in self.offered or ()}
        for each, field in (
            (self.conversation, "billing_type"),
            (self.conversation.customer, "billing_type"),
            (self.workspace, "default_billing_type"),
        ):
            if (chosen := getattr(each, f"{field}_id")) in rules:
                setattr(each, field, rules[chosen])
