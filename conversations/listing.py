"""The list of conversations: how many each view holds, and a page of one; ten years make neither dearer."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet

from conversations.forms import ConversationFilter
from conversations.models import Conversation, ConversationQuerySet
from conversations.search import Found
from workspaces.counts import CountOf, Many
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
        counts, shown = self._counted("open", "mine", "unassigned"), self.filters.view_name
        return counts if counts.get(shown) else counts | self._counted("closed")

    def page(self, number: Any) -> Page:
        """Of what the view shows, with all that a row needs; where there is no such page, a near one."""
        if self.filters.order_name == "time":
            paginator: Paginator = Paginator(self._by_time(), PER_PAGE)
        else:
            paginator = Paginator(self._numbers, PER_PAGE)
            paginator.count = self.counts[self.filters.view_name]
        page = paginator.get_page(number)
        page.object_list = self._rows(page.object_list) if paginator.count else []
        return page

    def _counted(self, *views: str) -> dict[str, int]:
        """One row, and of some table: none of the counts has to do with it."""
        counts = [CountOf(self._in(view)) for view in views]
        found = User.objects.filter(pk=self.user.pk).values_list(*counts).get()
        return dict(zip(views, map(Many, found), strict=True))

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

    @cached_property
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
        return self._in(self.filters.view_name)

    def _in(self, view: str) -> ConversationQuerySet:
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
