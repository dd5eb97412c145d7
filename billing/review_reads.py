"""The queries of the queue. What is asked by every queue without filters, Django works out once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.db.models import BooleanField, Case, Count, F, Max, Q, QuerySet, Sum, Value, When

from billing.flags import ANY_FLAG
from billing.models import BillingEntry, BillingType
from billing.models.entry_queryset import BillingEntryQuerySet
from billing.review_forms import ReviewFilters
from billing.review_rows import KEYS, Row
from workspaces.counts import CountOf, Many
from workspaces.models import User
from workspaces.prepared import Prepared

State = BillingEntry.State

PER_PAGE = 50

CHARGED = Case(When(kind=BillingType.Kind.SERVICE, then=F("amount")), default=-1)
GROUP_ORDERS: dict[str, list[Any]] = {
    "": [],
    "agent": ["user__last_name", "user__first_name", "user__username"],
    "customer": ["customer__name", "customer_id"],
    "day": ["-date"],
}
#: So many are read to add them up, and to sort them and put them in groups before they are cut into pages.
READ = 5000
#: So many of those in the order of customers, who are two tables away.
READ_BY_CUSTOMER = 1000
#: So many are counted of what filters leave in a state that is not shown: to count is to look at each.
FEW = 1000
SORT_ORDERS: dict[str, list[Any]] = {
    "": ["-date", "-pk"],
    "oldest": ["date", "pk"],
    "billed": ["-billed_seconds", "-date", "-pk"],
    "amount": [CHARGED.desc(), "-date", "-pk"],
}


class Reads:
    """What is read of the entries that the filters leave to a reviewer."""

    def __init__(self, filters: ReviewFilters, user: User) -> None:
        self.filters = filters
        self.user = user
        self.workspaces = user.managed_ids
        #: Of all entries in a state, a query is known.
        self.is_whole = not filters.are_set and bool(self.workspaces)

    def counts(self) -> dict[str, Many]:
        """How many there are in each state; and whatever the filters, as "waiting" all New ones, and as "all"
        those in the state that is shown.
        """
        if self.is_whole:
            (found,) = _counts_of_all(user=self.user.pk, workspaces=self.workspaces)
            counted = dict(zip(State.values, found, strict=True))
            others = {"waiting": counted[State.NEW], "all": counted[self.filters.state_name]}
            return {name: Many(count) for name, count in (counted | others).items()}
        whole, shown = _in(self.workspaces), self.filters.state_name
        most = {state: 0 if state == shown else FEW for state in State.values}
        rest = [whole.new(), whole.filter(state=shown)]
        *found, waiting, every = _counts(self.user.pk, self.filters.found(), *rest, most=most).get()
        by_state = zip(most.items(), found, strict=True)
        counts = {state: Many(count, limit) for (state, limit), count in by_state}
        return counts | {"waiting": Many(waiting), "all": Many(every)}

    def are_too_many(self, counts: dict[str, Many]) -> bool:
        """Whether they are more than are read for one page. To find flags is to look at all in the state."""
        chosen = "all" if self.filters.chosen("flag") else self.filters.state_name
        return counts[chosen] > READ

    def added_up(self) -> Iterable[tuple[Any, ...]]:
        """What those in the state that is shown come to, by whether they have flags and by their currency."""
        if self.is_whole:
            return _sums_of_all(workspaces=self.workspaces, state=self.filters.state_name)
        return _sums(self._shown)

    def rows(self, counts: dict[str, Many], start: int) -> list[Row]:
        """A page of them from the row `start`. Of too many it has the latest or the oldest, and is sorted and
        put in groups by itself.
        """
        group, sort = self.filters.group_name, self.filters.sort_name
        are_too_many = self.are_too_many(counts)
        by_page = are_too_many or (group == "customer" and counts[self.filters.state_name] > READ_BY_CUSTOMER)
        order = "" if by_page else group, sort if sort == "oldest" or not are_too_many else ""
        # In the order of customers, a plan for any workspace would read all conversations of all.
        if self.is_whole and start == 0 and "customer" not in order:
            found: Any = _first_page(*order)(workspaces=self.workspaces, state=self.filters.state_name)
        else:
            found = _page(_in(self.workspaces), self._shown, *order, start)
        rows = list(map(Row._make, found))
        return put_in_order(rows, group, sort) if by_page else rows

    @property
    def _shown(self) -> BillingEntryQuerySet:
        return self.filters.found().filter(state=self.filters.state_name)


def put_in_order(rows: list[Row], group: str, sort: str) -> list[Row]:
    """The same order among these rows as the database gives to all."""
    if sort == "billed":
        rows = sorted(rows, key=lambda row: row.billed_seconds, reverse=True)
    if sort == "amount":
        rows = sorted(rows, key=lambda row: row.amount if row.is_charge else -1, reverse=True)
    return sorted(rows, key=KEYS[group], reverse=group == "day")


def _in(workspaces: list[int]) -> BillingEntryQuerySet:
    return BillingEntry.objects.filter(workspace__in=workspaces)


def _counts(
    user: int,
    found: BillingEntryQuerySet,
    *others: BillingEntryQuerySet,
    most: Mapping[str, int] | None = None,
) -> QuerySet[Any, Any]:
    limits = most or dict.fromkeys(State.values, 0)
    by_state = [CountOf(found.filter(state=state), limit) for state, limit in limits.items()]
    # One row, and of some table: none of the counts has to do with it.
    return User.objects.filter(pk=user).values_list(*by_state, *map(CountOf, others))


def _sums(found: BillingEntryQuerySet) -> QuerySet[Any, Any]:
    flagged = Case(When(ANY_FLAG, then=Value(True)), default=Value(False), output_field=BooleanField())
    figures = {
        "count": Count("pk"),
        "raw": Sum("raw_seconds"),
        "billed": Sum("billed_seconds"),
        "charged": Sum("amount", filter=Q(kind=BillingType.Kind.SERVICE)),
        "ids": Sum("pk"),
        "versions": Sum("version"),
        "changed_at": Max("updated_at"),
    }
    alike = found.order_by().annotate(is_flagged=flagged).values_list("is_flagged", "currency")
    return alike.annotate(**figures)


def _page(
    entries: BillingEntryQuerySet, shown: BillingEntryQuerySet, group: str, sort: str, start: int
) -> QuerySet[Any, Any]:
    order = [*GROUP_ORDERS[group], *SORT_ORDERS[sort]]
    # What a row shows is read of these alone, and not of all that they are the first of.
    pks = shown.order_by(*order).values("pk")[start : start + PER_PAGE]
    return entries.filter(pk__in=pks).order_by(*order).values_list(*Row.COLUMNS)


_counts_of_all: Prepared[Any] = Prepared(lambda user, workspaces: _counts(user, _in(workspaces)))
_sums_of_all: Prepared[Any] = Prepared(lambda workspaces, state: _sums(_in(workspaces).filter(state=state)))


@cache
def _first_page(group: str, sort: str) -> Prepared[Any]:
    return Prepared(
        lambda workspaces, state: _page(_in(workspaces), _in(workspaces).filter(state=state), group, sort, 0)
    )
