"""The queries of the queue. What is asked by every queue without filters, Django works out once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
from workspaces.prepared import Offset, Prepared

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
#: So many are counted of what filters leave in a state that is not shown, since to count is to look at each;
#: and of what is only pointed to, which after some years is nearly all that there is.
FEW = 200
POINTED_TO = State.INVOICED, State.DISCARDED
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
        state = self.filters.state_name
        if self.is_whole:
            most = _most(state, POINTED_TO)
            (found,) = _counts_of_all(state)(user=self.user.pk, workspaces=self.workspaces)
        else:
            most, whole = _most(state, State.values), _in(self.workspaces)
            # Where the New ones are shown, they are both.
            others = [whole.new()] if state == State.NEW else [whole.new(), whole.filter(state=state)]
            (found,) = _counts(self.user.pk, self.filters.found(), most, *others)
        counted = zip(most.items(), found, strict=False)
        counts = {state: Many(count, limit) for (state, limit), count in counted}
        rest = list(map(Many, found[len(most) :])) or [counts[State.NEW], counts[state]]
        return counts | {"waiting": rest[0], "all": rest[-1]}

    def are_too_many(self, counts: dict[str, Many]) -> bool:
        """Whether they are more than are read for one page. To find flags is to look at all in the state."""
        chosen = "all" if self.filters.chosen("flag") else self.filters.state_name
        return counts[chosen] > READ

    def added_up(self) -> Iterable[tuple[Any, ...]]:
        """What those in the state that is shown come to, by whether they have flags and by their currency."""
        if self.is_whole:
            return _sums_of_all(self.filters.state_name)(workspaces=self.workspaces)
        return _sums(self._shown)

    def rows(self, counts: dict[str, Many], start: int) -> list[Row]:
        """A page of them from the row `start`. Of too many it has the latest or the oldest, and is sorted and
        put in groups by itself.
        """
        group, sort = self.filters.group_name, self.filters.sort_name
        by_page = self.are_too_many(counts)
        order = "" if by_page else group, sort if sort == "oldest" or not by_page else ""
        count = counts[self.filters.state_name]
        after = count - start - PER_PAGE
        # To find the last ones from the first on, all would be sorted.
        from_end = max(after, 0) < start and not count.is_beyond
        first = max(after, 0) if from_end else start
        if self.is_whole:
            of_all = _page_of_all(*order, from_end=from_end, are_few=count <= FEW)
            found: Any = of_all(
                workspaces=self.workspaces, state=self.filters.state_name, first=Offset(first)
            )
        else:
            found = _page(self.workspaces, self._shown, *order, first, from_end=from_end)
        rows = list(map(Row._make, found))
        if from_end and after < 0:
            rows = rows[-after:]
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


def _most(shown: str, few: Sequence[str]) -> dict[str, int]:
    """How many are counted in each state (0: as ever), of these only a `few` unless they are shown."""
    return {state: FEW if state in few and state != shown else 0 for state in State.values}


def _counts(
    user: int, found: BillingEntryQuerySet, most: Mapping[str, int], *others: BillingEntryQuerySet
) -> QuerySet[Any, Any]:
    by_state = [CountOf(found.filter(state=state), limit) for state, limit in most.items()]
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
    workspaces: list[int], shown: BillingEntryQuerySet, group: str, sort: str, first: int, *, from_end: bool
) -> QuerySet[Any, Any]:
    order = [*GROUP_ORDERS[group], *SORT_ORDERS[sort]]
    if group == "customer":
        # Else it would know the names of all customers of all workspaces before it puts these in order.
        shown = shown.filter(customer__workspace__in=workspaces)
    found = shown.order_by(*order).values("pk")
    # What a row shows is read of these alone, and not of all that they are the first of.
    pks = (found.reverse() if from_end else found)[first : first + PER_PAGE]
    return _in(workspaces).filter(pk__in=pks).order_by(*order).values_list(*Row.COLUMNS)


@cache
def _counts_of_all(shown: str) -> Prepared[Any]:
    return Prepared(lambda user, workspaces: _counts(user, _in(workspaces), _most(shown, POINTED_TO)))


@cache
def _sums_of_all(state: str) -> Prepared[Any]:
    # The state stands in it as it is: of the New ones an index alone says all of it.
    return Prepared(lambda workspaces: _sums(_in(workspaces).filter(state=state)))


@cache
def _page_of_all(group: str, sort: str, *, from_end: bool, are_few: bool) -> Prepared[Any]:
    def page(workspaces: list[int], state: str, first: int) -> QuerySet[Any, Any]:
        # For any state: for one that is rare on the whole each agent would be looked up by itself.
        shown = _in(workspaces).filter(state=state)
        if are_few and group == "agent":
            # And for any it would go through the users of all workspaces.
            shown = shown.filter(user__in=shown.values("user").distinct())
        return _page(workspaces, shown, group, sort, first, from_end=from_end)

    return Prepared(page)
