"""What has been logged on a conversation, and what it comes to."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import Count, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum, Window
from django.db.models.functions import JSONArray

from billing.models import BillingEntry, BillingType
from billing.models.entry_queryset import BillingEntryQuerySet
from conversations.models import Conversation
from timers.models import Timer
from workspaces.money import format_sums
from workspaces.prepared import Prepared

#: So many are shown; the sums are of all.
SHOWN = 10
NOTHING = (0, 0, 0)


class Log:
    """The entries of a conversation, without the discarded and those that still wait in a timer."""

    def __init__(self, here: Conversation) -> None:
        self.here = here

    @cached_property
    def entries(self) -> list[Any]:
        """The latest, each with the sums over all in `count`, `seconds` and the like: one query."""
        return _latest(here=self.here.pk, workspace=self.here.workspace_id)

    @property
    def count(self) -> int:
        return self.entries[0].count if self.entries else 0

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.entries)

    @property
    def billed_seconds(self) -> int:
        return int(self.entries[0].seconds) if self.entries else 0

    @cached_property
    def money(self) -> str:
        """ "456.00 EUR, 20.00 USD"; empty if nothing is charged."""
        latest = self.entries[0] if self.entries else None
        if latest is None or latest.charged is None:
            return ""
        if latest.first_currency != latest.last_currency:  # The workspace has changed its own meanwhile.
            return _logged_on(self.here.pk, self.here.workspace_id).sums().money
        return format_sums({latest.currency: int(latest.charged)})

    @property
    def mark(self) -> tuple[int, ...]:
        """Another one as soon as an entry joins, leaves or changes; see `with_mark`."""
        latest = self.entries[0] if self.entries else None
        return (latest.count, int(latest.ids), int(latest.versions)) if latest else NOTHING


def _logged_on(here: Any, workspace: Any) -> BillingEntryQuerySet:
    entries = BillingEntry.objects.filter(workspace=workspace, conversation=here).counted()
    return entries.exclude(timer__state__in=Timer.OPEN)


def _with_sums(here: int, workspace: int) -> QuerySet[BillingEntry]:
    everything = {
        "count": Window(Count("pk")),
        "ids": Window(Sum("pk")),
        "versions": Window(Sum("version")),
        "seconds": Window(Sum("billed_seconds")),
        "charged": Window(Sum("amount", filter=Q(kind=BillingType.Kind.SERVICE))),
        "first_currency": Window(Min("currency")),
        "last_currency": Window(Max("currency")),
    }
    latest = _logged_on(here, workspace).annotate(**everything).select_related("user")
    return latest.order_by("-date", "-pk")[:SHOWN]


def _with_mark(here: int, workspaces: list[int]) -> QuerySet[Conversation]:
    logged = _logged_on(OuterRef("pk"), OuterRef("workspace")).order_by().values("conversation")
    mark = logged.annotate(count=Count("pk"), ids=Sum("pk"), versions=Sum("version"))
    packed = mark.annotate(mark=JSONArray("count", "ids", "versions")).values("mark")
    found = Conversation.objects.filter(pk=here, workspace__in=workspaces)
    return found.annotate(log_mark=Subquery(packed)).only("workspace", "state").order_by()


_latest = Prepared(_with_sums)
#: The conversation `here`, if it is in one of the `workspaces`, with no more than tells whether it or its log
#: has changed; `log_mark` is the mark of its log, or None where that is of nothing.
with_mark = Prepared(_with_mark)
