"""What was changed in the workspaces that somebody manages, the latest first, page by page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any

from billing.history_forms import HistoryFilters
from billing.history_records import KINDS, Kind, Known, OfCustomer, OfEntry, OfWorkspace
from billing.latest import merge_latest
from workspaces.models import User, Workspace

PER_PAGE = 50


@dataclass
class History:
    """A page of it: `PER_PAGE` changes after the cursor of the filters, in a bounded number of queries."""

    user: User
    filters: HistoryFilters
    workspaces: dict[int, Workspace] = field(init=False)

    def __post_init__(self) -> None:
        known = self.user.known_workspaces
        self.workspaces = {pk: known[pk] for pk in self.user.managed_ids}

    @cached_property
    def _found(self) -> list[Kind]:
        """One more than the page holds, if there is one."""
        if self.filters.errors:
            return []
        chosen = self.filters.chosen("workspace")
        scope = [chosen.pk] if chosen else list(self.workspaces)
        latest = [kind.latest(self.filters, pk, PER_PAGE + 1) for kind in self._kinds for pk in scope]
        places = [(KINDS[place], new, old) for _, place, new, old in merge_latest(latest, PER_PAGE + 1)]
        records = {kind: kind.read(ids, scope) for kind, ids in _ids_by_kind(places).items()}
        known = Known(self.workspaces, _type_names(records))
        return [kind(records[kind][new], records[kind].get(old), known) for kind, new, old in places]

    @property
    def _kinds(self) -> list[type[Kind]]:
        if self.filters.chosen_entry:
            return [OfEntry]
        chosen = self.filters.chosen("kind")
        return [kind for kind in KINDS if chosen in ("", kind.name)]

    @property
    def days(self) -> list[tuple[date, list[Kind]]]:
        """The page's changes by the day, of their workspace, on which they were made."""
        grouped = groupby(self._found[:PER_PAGE], lambda change: change.day)
        return [(when, list(changes)) for when, changes in grouped]

    @property
    def older(self) -> str:
        """The cursor of the next page; empty on the last."""
        return str(self._found[PER_PAGE - 1].cursor) if len(self._found) > PER_PAGE else ""


def _ids_by_kind(places: list[tuple[type[Kind], int, int | None]]) -> dict[type[Kind], set[int]]:
    """Of the records, and of those before them."""
    ids: dict[type[Kind], set[int]] = {}
    for kind, new, old in places:
        ids.setdefault(kind, set()).update({new, old or new})
    return ids


def _type_names(records: dict[type[Kind], dict[int, Any]]) -> dict[int, str]:
    """The names of the billing types that workspaces had for their default, or customers for theirs."""
    named = ((OfWorkspace, "default_billing_type"), (OfCustomer, "billing_type"))
    types = (getattr(each, name) for kind, name in named for each in records.get(kind, {}).values())
    return {each.pk: each.name for each in types if each}
