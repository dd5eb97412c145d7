"""What was changed in the workspaces that somebody manages, the latest first, page by page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import groupby
from typing import Any

from billing.history_forms import HistoryFilters
from billing.history_records import KINDS, Kind, Known, OfCustomer, OfEntry, OfWorkspace
from billing.models import BillingType
from workspaces.models import User, Workspace

PER_PAGE = 50


@dataclass
class History:
    """A page of it: `PER_PAGE` changes after the cursor of the filters, in a bounded number of queries."""

    user: User
    filters: HistoryFilters
    workspaces: dict[int, Workspace] = field(init=False)

    def __post_init__(self) -> None:
        self.workspaces = Workspace.objects.managed_by(self.user).in_bulk()

    @cached_property
    def _found(self) -> list[Kind]:
        """One more than the page holds, if there is one."""
        if self.filters.errors:
            return []
        chosen = self.filters.chosen("workspace")
        scope = [chosen.pk] if chosen else list(self.workspaces)
        records = [
            (kind, record)
            for kind in self._kinds
            for record in kind.found(self.filters, scope)[: PER_PAGE + 1]
        ]
        records.sort(key=lambda each: _order(*each), reverse=True)
        return self._worded(records[: PER_PAGE + 1])

    @property
    def _kinds(self) -> list[type[Kind]]:
        if self.filters.chosen_entry:
            return [OfEntry]
        chosen = self.filters.chosen("kind")
        return [kind for kind in KINDS if chosen in ("", kind.name)]

    def _worded(self, records: list[tuple[type[Kind], Any]]) -> list[Kind]:
        before = {kind: kind.model.history.in_bulk(_ids(kind, records)) for kind in KINDS}
        known = Known(self.workspaces, _type_names(records, before))
        return [kind(record, before[kind].get(record.old_id), known) for kind, record in records]

    @property
    def days(self) -> list[tuple[date, list[Kind]]]:
        """The page's changes by the day, of their workspace, on which they were made."""
        grouped = groupby(self._found[:PER_PAGE], lambda change: change.day)
        return [(when, list(changes)) for when, changes in grouped]

    @property
    def older(self) -> str:
        """The cursor of the next page; empty on the last."""
        return str(self._found[PER_PAGE - 1].cursor) if len(self._found) > PER_PAGE else ""


def _order(kind: type[Kind], record: Any) -> tuple[datetime, int, int]:
    return record.history_date, -KINDS.index(kind), record.history_id


def _ids(kind: type[Kind], records: list[tuple[type[Kind], Any]]) -> list[int]:
    return [record.old_id for each, record in records if each is kind and record.old_id]


def _type_names(records: list[tuple[type[Kind], Any]], before: dict[type[Kind], Any]) -> dict[int, str]:
    """The names of the billing types that workspaces had for their default, or customers for theirs."""
    wanted = set()
    for kind, named in ((OfWorkspace, "default_billing_type_id"), (OfCustomer, "billing_type_id")):
        told = [record for each, record in records if each is kind]
        wanted |= {getattr(record, named) for record in [*told, *before[kind].values()]}
    return dict(BillingType.objects.filter(pk__in=wanted - {None}).values_list("pk", "name"))
