"""The queue of a reviewer: a page of entries in groups, with the sums over them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import blake2s
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.urls import reverse

from billing.models import BillingEntry
from billing.review_forms import ReviewFilters
from billing.review_reads import PER_PAGE, READ, Reads
from billing.review_rows import Group, Lines, Row
from billing.review_words import CAPTIONS, COUNTED, NONE, NONE_MATCHES, SHOWN, TABS
from billing.sums import Sums
from workspaces.counts import Many
from workspaces.models import User

State = BillingEntry.State


def today_of(user: User, now: datetime) -> date:
    """From which the reviewer's weeks and months are counted: the day in the first workspace they manage."""
    for workspace in user.known_workspaces.values():
        if user.manages(workspace.pk):
            return workspace.local_date(now)
    return now.date()


@dataclass(frozen=True)
class Unflagged:
    """The New entries without flags that the filters leave, at one moment, without reading each of them.

    A change of an entry raises its version and makes it the latest that changed, also if it joins or leaves
    by that. To join or leave without a change takes another `scope`: another role or another week.
    """

    scope: str
    count: int = 0
    ids: int = 0
    versions: int = 0
    changed_at: datetime | None = None

    @classmethod
    def of(cls, scope: str, entries: Iterable[BillingEntry]) -> Unflagged:
        """The same of entries that were read."""
        entries = list(entries)
        ids, versions = sum(each.pk for each in entries), sum(each.version for each in entries)
        changed_at = max((each.updated_at for each in entries), default=None)
        return cls(scope, len(entries), ids, versions, changed_at)

    def and_those(self, count: int, ids: int, versions: int, changed_at: datetime) -> Unflagged:
        latest = max(self.changed_at or changed_at, changed_at)
        # A database's sum may be a Decimal.
        ids, versions = self.ids + int(ids), self.versions + int(versions)
        return Unflagged(self.scope, self.count + count, ids, versions, latest)

    @property
    def fingerprint(self) -> str:
        """Another one as soon as an entry joins, leaves or changes."""
        return blake2s(repr(astuple(self)).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Head:
    """The head of a column that sorts: the order that it leads to, where that is, and its own now."""

    title: str
    address: str
    direction: str


class Queue:
    """What the page at an address shows; `query` is that address's query.

    Where it would have to read too many entries for it, nothing is added up.
    """

    #: The ids of entries that had changed, and were not decided on for that.
    changed: Collection[int] = ()

    def __init__(self, query: Any, *, user: User, now: datetime) -> None:
        self.query = query
        self.user = user
        self.filters = ReviewFilters(query, user=user, today=today_of(user, now))
        self.reads = Reads(self.filters, user)

    @property
    def address(self) -> str:
        """Where this queue is: its filters and its page, without what was left empty."""
        return self._at()

    def _at(self, **other: str) -> str:
        chosen = [(name, value) for name, value in (self.query.dict() | other).items() if value]
        address = reverse("billing:review")
        return f"{address}?{urlencode(chosen)}" if chosen else address

    @property
    def invoiced_address(self) -> str:
        return self._at(state=State.INVOICED, page="")

    @property
    def discarded_address(self) -> str:
        return self._at(state=State.DISCARDED, page="")

    @cached_property
    def counts(self) -> dict[str, Many]:
        """How many the filters leave in each state, and some others: see `Reads.counts`."""
        return self.reads.counts()

    @property
    def states(self) -> list[tuple[str, str, Many]]:
        """Value, label and count of the states to choose from; to the others leads a link below."""
        offered = [State.NEW, State.RETURNED, State.APPROVED]
        if self.filters.state_name not in offered:
            offered.append(State(self.filters.state_name))
        return [(state.value, str(TABS[state]), self.counts[state]) for state in offered]

    @property
    def count(self) -> Many:
        return self.counts[self.filters.state_name]

    @property
    def counted(self) -> str:
        """ "3 new entries"."""
        return COUNTED[self.filters.state_name] % {"n": self.count}

    @property
    def are_too_many(self) -> bool:
        return self.reads.are_too_many(self.counts)

    @property
    def caption(self) -> str:
        """ "New entries by agent"."""
        return CAPTIONS[self.filters.group_name] % {"entries": SHOWN[self.filters.state_name]}

    @property
    def none(self) -> str:
        """What an empty queue says first: "No returned entries"."""
        return (NONE_MATCHES if self.filters.are_set else NONE)[self.filters.state_name]

    @property
    def sums(self) -> Sums:
        """Over all that the filters leave in this state, unless those are too many or billed to nobody."""
        return self._totals[0]

    @property
    def unflagged(self) -> Unflagged:
        """Of the New ones, if they are shown and not too many."""
        return self._totals[1]

    @cached_property
    def _totals(self) -> tuple[Sums, Unflagged]:
        sums, unflagged = Sums(), Unflagged(self._scope)
        if not self.count or self.are_too_many or self.filters.state_name == State.DISCARDED:
            return sums, unflagged
        for is_flagged, currency, count, raw, billed, charged, *figures in self.reads.added_up():
            sums += Sums(count, int(raw), int(billed), {} if charged is None else {currency: int(charged)})
            if self.filters.state_name == State.NEW and not is_flagged:
                unflagged = unflagged.and_those(count, *figures)
        return sums, unflagged

    def unflagged_versions(self, fingerprint: str) -> dict[int, int] | None:
        """The versions by id of the entries that had this fingerprint; None if they have changed since."""
        if self.counts[State.NEW] > READ:
            return None
        entries = list(self.filters.found().new().unflagged().only("version", "updated_at"))
        if Unflagged.of(self._scope, entries).fingerprint != fingerprint:
            return None
        return {entry.pk: entry.version for entry in entries}

    @property
    def _scope(self) -> str:
        return repr((sorted(self.user.managed_ids), self.filters.span))

    @cached_property
    def page(self) -> Page[Row]:
        paginator: Paginator[Row] = Paginator([], PER_PAGE)
        paginator.count = self.count
        return paginator.get_page(self.query.get("page"))

    @cached_property
    def entries(self) -> list[Row]:
        return self.reads.rows(self.counts, self.page.start_index() - 1) if self.count else []

    @cached_property
    def currency(self) -> str:
        """The only currency on the page; empty if there are several."""
        found = {entry.currency for entry in self.entries if entry.is_charge}
        return found.pop() if len(found) == 1 else ""

    @cached_property
    def groups(self) -> list[Group]:
        return Lines(self.filters.group_name, self.currency, self.changed).groups(self.entries)

    @cached_property
    def total(self) -> Sums:
        """Over the page."""
        return Sums.of(self.entries)

    @property
    def heads(self) -> dict[str, Head]:
        """The columns that sort the rows, each as the choice of it would change the order."""
        now = self.filters.sort_name
        days = {"": "descending", "oldest": "ascending"}
        heads = {"entry": self._head("oldest" if now == "" else "", days.get(now, ""))}
        for name in ("billed", "amount"):
            heads[name] = self._head("", "descending") if name == now else self._head(name, "")
        return heads

    def _head(self, leads_to: str, direction: str) -> Head:
        return Head(str(ReviewFilters.SORTS[leads_to]), self._at(sort=leads_to, page=""), direction)

    @cached_property
    def decisions(self) -> list[str]:
        """What can be decided on entries in the state that is shown."""
        return {
            State.NEW: ["discard", "ask", "approve"],
            State.RETURNED: ["discard"],
            State.APPROVED: ["reinstate"],
            State.DISCARDED: ["reinstate"],
            State.INVOICED: [],
        }[State(self.filters.state_name)]
