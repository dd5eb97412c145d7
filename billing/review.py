"""The queue of a reviewer: a page of entries in groups, with the sums over them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import blake2s
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Sum
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from billing.models import BillingEntry
from billing.models.entry_queryset import BillingEntryQuerySet
from billing.review_forms import ReviewFilters
from billing.sums import Sums
from workspaces.models import User, Workspace

State = BillingEntry.State

PER_PAGE = 50

#: The states to choose from, as what many entries are.
TABS: dict[str, Any] = {
    State.NEW: pgettext_lazy("entries", "New"),
    State.RETURNED: pgettext_lazy("entries", "Returned"),
    State.APPROVED: pgettext_lazy("entries", "Approved"),
    State.INVOICED: pgettext_lazy("entries", "Invoiced"),
    State.DISCARDED: pgettext_lazy("entries", "Discarded"),
}
#: What the queue says of the entries in the state that it shows. Whole, because a state bends with its noun.
COUNTED: dict[str, Any] = {
    State.NEW: ngettext_lazy("%(n)s new entry", "%(n)s new entries", "n"),
    State.RETURNED: ngettext_lazy("%(n)s returned entry", "%(n)s returned entries", "n"),
    State.APPROVED: ngettext_lazy("%(n)s approved entry", "%(n)s approved entries", "n"),
    State.INVOICED: ngettext_lazy("%(n)s invoiced entry", "%(n)s invoiced entries", "n"),
    State.DISCARDED: ngettext_lazy("%(n)s discarded entry", "%(n)s discarded entries", "n"),
}
SHOWN: dict[str, Any] = {
    State.NEW: _("New entries"),
    State.RETURNED: _("Returned entries"),
    State.APPROVED: _("Approved entries"),
    State.INVOICED: _("Invoiced entries"),
    State.DISCARDED: _("Discarded entries"),
}
CAPTIONS: dict[str, Any] = {
    # Translators: the caption of a table, "New entries by agent"
    "agent": _("%(entries)s by agent"),
    "customer": _("%(entries)s by customer"),
    "day": _("%(entries)s by day"),
}
NONE_MATCHES: dict[str, Any] = {
    State.NEW: _("No new entry matches"),
    State.RETURNED: _("No returned entry matches"),
    State.APPROVED: _("No approved entry matches"),
    State.INVOICED: _("No invoiced entry matches"),
    State.DISCARDED: _("No discarded entry matches"),
}
NONE: dict[str, Any] = {
    State.NEW: _("Everything is reviewed"),
    State.RETURNED: _("No returned entries"),
    State.APPROVED: _("No approved entries"),
    State.INVOICED: _("No invoiced entries"),
    State.DISCARDED: _("No discarded entries"),
}


def today_of(user: User, now: datetime) -> date:
    """From which the reviewer's weeks and months are counted: the day in the first workspace they manage."""
    workspace = Workspace.objects.managed_by(user).first()
    return workspace.local_date(now) if workspace else now.date()


def _day(day: date) -> str:
    """ "Thursday, 19 November 2026"."""
    return capfirst(date_format(day, "FULL_WEEKDAY_FORMAT"))


@dataclass(frozen=True)
class Group:
    """Rows of the page that belong together."""

    title: str
    entries: list[BillingEntry]
    sums: Sums
    initials: str = ""


@dataclass(frozen=True)
class Unflagged:
    """The New entries without flags that the filters leave, at one moment, without reading each of them.

    A change of an entry raises its version and makes it the latest that changed, also if it joins or leaves
    by that. To join or leave without a change takes another `scope`: another role or another week.
    """

    scope: str
    count: int
    ids: int
    versions: int
    changed_at: datetime | None

    @classmethod
    def counted(cls, scope: str, entries: BillingEntryQuerySet) -> Unflagged:
        figures = Count("pk"), Sum("pk"), Sum("version"), Max("updated_at")
        count, ids, versions, changed_at = entries.order_by().aggregate(*figures).values()
        return cls(scope, count, int(ids or 0), int(versions or 0), changed_at)

    @classmethod
    def of(cls, scope: str, entries: Iterable[BillingEntry]) -> Unflagged:
        """The same of entries that were read."""
        entries = list(entries)
        ids, versions = sum(each.pk for each in entries), sum(each.version for each in entries)
        changed_at = max((each.updated_at for each in entries), default=None)
        return cls(scope, len(entries), ids, versions, changed_at)

    @property
    def fingerprint(self) -> str:
        """Another one as soon as an entry joins, leaves or changes."""
        return blake2s(repr(astuple(self)).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Head:
    """The head of a column that sorts: the order that it leads to (None: the usual one), and its own now."""

    leads_to: str | None
    direction: str

    @property
    def title(self) -> str:
        return str(ReviewFilters.SORTS[self.leads_to or ""])


class Queue:
    """What the page at an address shows; `query` is that address's query."""

    def __init__(self, query: Any, *, user: User, now: datetime) -> None:
        self.query = query
        self.user = user
        self.filters = ReviewFilters(query, user=user, today=today_of(user, now))

    @property
    def address(self) -> str:
        """Where this queue is: its filters and its page, without what was left empty."""
        chosen = [(name, value) for name, value in self.query.items() if value]
        address = reverse("billing:review")
        return f"{address}?{urlencode(chosen)}" if chosen else address

    @cached_property
    def rows(self) -> BillingEntryQuerySet:
        return self.filters.rows()

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many the filters leave in each state."""
        counted = self.filters.found().order_by().values_list("state").annotate(Count("pk"))
        return dict.fromkeys(State.values, 0) | dict(counted)

    @property
    def states(self) -> list[tuple[str, str, int]]:
        """Value, label and count of the states to choose from; to the others leads a link below."""
        offered = [State.NEW, State.RETURNED, State.APPROVED]
        if self.filters.state_name not in offered:
            offered.append(State(self.filters.state_name))
        return [(state.value, str(TABS[state]), self.counts[state]) for state in offered]

    @property
    def count(self) -> int:
        return self.counts[self.filters.state_name]

    @property
    def counted(self) -> str:
        """ "3 new entries"."""
        return COUNTED[self.filters.state_name] % {"n": self.count}

    @property
    def caption(self) -> str:
        """ "New entries by agent"."""
        return CAPTIONS[self.filters.group_name] % {"entries": SHOWN[self.filters.state_name]}

    @property
    def none(self) -> str:
        """What an empty queue says first: "No returned entries"."""
        return (NONE_MATCHES if self.filters.are_set else NONE)[self.filters.state_name]

    @cached_property
    def sums(self) -> Sums:
        """Over all that the filters leave in this state."""
        return self.rows.sums()

    @cached_property
    def new_count(self) -> int:
        """All New ones, for the top bar, whatever the filters."""
        return BillingEntry.objects.reviewable_by(self.user).new().count()

    @cached_property
    def unflagged(self) -> Unflagged:
        return Unflagged.counted(self._scope, self._unflagged)

    def unflagged_versions(self, fingerprint: str) -> dict[int, int] | None:
        """The versions by id of the entries that had this fingerprint; None if they have changed since."""
        entries = list(self._unflagged.only("version", "updated_at"))
        if Unflagged.of(self._scope, entries).fingerprint != fingerprint:
            return None
        return {entry.pk: entry.version for entry in entries}

    @property
    def _unflagged(self) -> BillingEntryQuerySet:
        return self.filters.found().new().unflagged()

    @property
    def _scope(self) -> str:
        return repr((sorted(self.user.managed_ids), self.filters.span))

    @cached_property
    def page(self) -> Page[BillingEntry]:
        paginator = Paginator(self.rows, PER_PAGE)
        paginator.count = self.count
        return paginator.get_page(self.query.get("page"))

    @cached_property
    def entries(self) -> list[BillingEntry]:
        return list(self.page.object_list)

    @cached_property
    def currency(self) -> str:
        """The only currency on the page; empty if there are several."""
        found = {entry.currency for entry in self.entries if entry.is_charge}
        return found.pop() if len(found) == 1 else ""

    @cached_property
    def groups(self) -> list[Group]:
        return [self._group(entries) for entries in self._grouped()]

    def _grouped(self) -> list[list[BillingEntry]]:
        key = {
            "agent": lambda entry: entry.user_id,
            "customer": lambda entry: entry.conversation.customer_id,
            "day": lambda entry: entry.date,
        }[self.filters.group_name]
        return [list(entries) for _, entries in groupby(self.entries, key)]

    def _group(self, entries: list[BillingEntry]) -> Group:
        first, sums = entries[0], Sums.of(entries)
        if self.filters.group_name == "agent":
            return Group(first.user.display_name, entries, sums, first.user.initials)
        if self.filters.group_name == "customer":
            return Group(first.conversation.customer.name, entries, sums)
        return Group(_day(first.date), entries, sums)

    @cached_property
    def total(self) -> Sums:
        """Over the page."""
        return Sums.of(self.entries)

    @property
    def heads(self) -> dict[str, Head]:
        """The columns that sort the rows, each as the choice of it would change the order."""
        now = self.filters.sort_name
        directions = {"": "descending", "oldest": "ascending"}
        return {
            "entry": Head("oldest" if now == "" else None, directions.get(now, "")),
            "billed": Head(None if now == "billed" else "billed", "descending" if now == "billed" else ""),
            "amount": Head(None if now == "amount" else "amount", "descending" if now == "amount" else ""),
        }

    @property
    def decisions(self) -> list[str]:
        """What can be decided on entries in the state that is shown."""
        return {
            State.NEW: ["discard", "ask", "approve"],
            State.RETURNED: ["discard"],
            State.APPROVED: ["reinstate"],
            State.DISCARDED: ["reinstate"],
            State.INVOICED: [],
        }[State(self.filters.state_name)]
