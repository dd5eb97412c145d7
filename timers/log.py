"""What has been logged on a conversation, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.db.models import Count, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import JSONArray

from billing.models import BillingEntry, BillingType
from billing.models.entry_queryset import BillingEntryQuerySet
from conversations.models import Conversation
from timers.models import Timer
from workspaces.money import format_sums
from workspaces.prepared import Prepared

#: So many are shown; the sums are of all.
SHOWN = 10
#: What is added up of all of them.
EVERYTHING: dict[str, Any] = {
    "count": Count("pk"),
    "ids": Sum("pk"),
    "versions": Sum("version"),
    "seconds": Sum("billed_seconds"),
    "charged": Sum("amount", filter=Q(kind=BillingType.Kind.SERVICE)),
    "first_currency": Min("currency"),
    "last_currency": Max("currency"),
}
MARK = "count", "ids", "versions"
NOTHING = (0, 0, 0)


class Log:
    """The entries of a conversation, without the discarded and those that still wait in a timer."""

    def __init__(self, here: Conversation) -> None:
        self.here = here

    @cached_property
    def entries(self) -> list[Any]:
        """The latest, each with the sums over all: one query."""
        return _latest(here=self.here.pk, workspace=self.here.workspace_id)

    @cached_property
    def _everything(self) -> dict[str, Any]:
        """What all of them come to; empty where there are none."""
        return dict(zip(EVERYTHING, self.entries[0].everything, strict=True)) if self.entries else {}

    @property
    def count(self) -> int:
        return self._everything.get("count", 0)

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.entries)

    @property
    def billed_seconds(self) -> int:
        return self._everything.get("seconds", 0)

    @cached_property
    def money(self) -> str:
        """ "456.00 EUR, 20.00 USD"; empty if nothing is charged."""
        found = self._everything
        if found.get("charged") is None:
            return ""
        if found["first_currency"] != found["last_currency"]:  # The workspace has changed its own meanwhile.
            return _logged_on(self.here.pk, self.here.workspace_id).sums().money
        return format_sums({found["first_currency"]: found["charged"]})

    @property
    def mark(self) -> tuple[int, ...]:
        """Another one as soon as an entry joins, leaves or changes; see `with_mark`."""
        return tuple(self._everything[name] for name in MARK) if self.entries else NOTHING


def _logged_on(here: Any, workspace: Any) -> BillingEntryQuerySet:
    entries = BillingEntry.objects.filter(workspace=workspace, conversation=here).counted()
    return entries.exclude(timer__state__in=Timer.OPEN)


def _packed(here: Any, workspace: Any, names: Iterable[str]) -> Subquery:
    """Some of EVERYTHING over all that was logged, as a list; None where that is nothing."""
    logged = _logged_on(here, workspace).order_by().values("conversation")
    sums = logged.annotate(**{name: EVERYTHING[name] for name in names})
    return Subquery(sums.annotate(packed=JSONArray(*names)).values("packed"))


def _with_sums(here: int, workspace: int) -> QuerySet[BillingEntry]:
    # Beside them and not by windows over them: only those that are shown are read whole.
    everything = _packed(here, workspace, EVERYTHING)
    latest = _logged_on(here, workspace).annotate(everything=everything).select_related("user")
    return latest.order_by("-date", "-pk")[:SHOWN]


def _with_mark(here: int, workspaces: list[int]) -> QuerySet[Conversation]:
    mark = _packed(OuterRef("pk"), OuterRef("workspace"), MARK)
    found = Conversation.objects.filter(pk=here, workspace__in=workspaces)
    return found.annotate(log_mark=mark).only("workspace", "state").order_by()


_latest = Prepared(_with_sums)
#: The conversation `here`, if it is in one of the `workspaces`, with no more than tells whether it or its log
#: has changed; `log_mark` is the mark of its log, or None where that is of nothing.
with_mark = Prepared(_with_mark)
