"""The list of conversations: how many each view holds, and a page of one; ten years make neither dearer."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet

from conversations.forms import ConversationFilter
from conversations.models import Conversation, ConversationQuerySet
from conversations.search import Found
from workspaces.counts import MOST, Many
from workspaces.models import User

PER_PAGE = 30
#: The most time is looked for among so many that were active last.
BY_TIME = 200

LATEST_FIRST = "-last_message_at", "-pk"
ORDERS: dict[str, tuple[Any, ...]] = {
    "": LATEST_FIRST,
    "oldest": ("last_message_at", "pk"),
    "time": (F("logged_seconds").desc(nulls_last=True), *LATEST_FIRST),
}


class Listing:
    """What the filters leave for their user."""

    def __init__(self, filters: ConversationFilter, user: User) -> None:
        self.filters = filters
        self.user = user

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many are open, the user's own, nobody's, and, where the page says it, closed."""
        if self._found is not None:
            return self._found.count_by_view(self.user)
        is_mine, is_nobodys = Q(assignee=self.user), Q(assignee=None)
        counted = self._all.open().order_by().values("pk", "assignee")[: MOST + 1]
        counts = counted.aggregate(
            open=Count("pk"), mine=Count("pk", filter=is_mine), unassigned=Count("pk", filter=is_nobodys)
        )
        if self.filters.view_name == "closed" or not counts[self.filters.view_name]:
            counts["closed"] = self._all.closed().order_by()[: MOST + 1].count()
        return {view: Many(count) for view, count in counts.items()}

    def page(self, number: Any) -> Page:
        """Of what the view shows, with all that a row needs; where there is no such page, a near one."""
        if self.filters.order_name == "time":
            numbers = self._by_time()
            page = Pages(numbers, len(numbers)).get_page(number)
        else:
            page = Pages(self._numbers, self.counts[self.filters.view_name]).get_page(number)
        page.object_list = self._rows(page.object_list) if page.paginator.count else []
        return page

    def _rows(self, numbers: Any) -> list[Conversation]:
        found = Conversation.objects.visible_to(self.user).filter(pk__in=numbers).with_time()
        rows: list[Conversation] = list(found.select_related("customer", "assignee").order_by(*self._order))
        for each in rows:
            each.workspace = self.user.known_workspaces[each.workspace_id]
        return rows

    def _by_time(self) -> list[int]:
        """The numbers of the view's rows that were active last, those with the most time first."""
        latest = (
            self._view.order_by(*LATEST_FIRST)
            .with_time()[:BY_TIME]
            .values_list(
                "pk",
                "logged_seconds",  # type: ignore[misc]  # which mypy does not know of `with_time`
            )
        )
        by_time = sorted(latest, key=lambda row: -1 if row[1] is None else row[1], reverse=True)
        return [number for number, _time in by_time]

    @cached_property
    def _found(self) -> Found | None:
        """What the search finds, whatever the view; None if nothing is searched for."""
        customer = self.filters.chosen_customer
        return Found.by(self.filters.search, self.user, customer) if self.filters.search.strip() else None

    @property
    def _all(self) -> ConversationQuerySet:
        """Whatever the view."""
        rows = Conversation.objects.visible_to(self.user)
        if self._found is not None:
            rows = rows.filter(pk__in=self._found.numbers)
        if self.filters.chosen_customer:
            rows = rows.filter(customer=self.filters.chosen_customer)
        return rows

    @property
    def _view(self) -> ConversationQuerySet:
        view = self.filters.view_name
        rows = self._all.closed() if view == "closed" else self._all.open()
        if view == "mine":
            return rows.filter(assignee=self.user)
        return rows.filter(assignee=None) if view == "unassigned" else rows

    @property
    def _numbers(self) -> QuerySet[Any, Any]:
        """The numbers of the view's rows in its order: an index holds both, so skipped rows are not read."""
        return self._view.order_by(*self._order).values("pk")

    @property
    def _order(self) -> tuple[Any, ...]:
        return ORDERS[self.filters.order_name]


class Pages(Paginator):
    """Pages of rows that are counted already, as far as `Many` reaches."""

    def __init__(self, rows: QuerySet[Any, Any] | list[int], count: int) -> None:
        super().__init__(rows, PER_PAGE)
        self.count = count

    @property
    def num_pages(self) -> int:
        return max(1, -(-min(self.count, MOST) // self.per_page))
