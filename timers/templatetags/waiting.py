"""For the admin's first page: what waits for somebody, and what runs, in all workspaces."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import template
from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.utils import timezone

from billing.models import BillingEntry, BillingType
from timers.board import with_seconds
from timers.models import Timer
from workspaces.counts import CountOf, Many
from workspaces.models import Workspace
from workspaces.money import format_sums

register = template.Library()

#: So many running timers are shown by name, and so many workspaces.
SHOWN = 10
SHOWN_WORKSPACES = 10

NEW = Q(state=BillingEntry.State.NEW)
RETURNED = Q(state=BillingEntry.State.RETURNED)


@dataclass(frozen=True)
class Waiting:
    """Entries of a workspace that wait for a reviewer, or for their agent.

    `unconfirmed` are those of the new ones that their agent has not saved yet; `oldest` is the day of the
    oldest new one, and `money` what the new ones charge ("456.00 EUR"); empty where none is new.
    """

    workspace: Workspace
    new: int
    unconfirmed: int
    returned: int
    oldest: date | None
    money: str


@register.simple_tag
def waiting_entries() -> dict[str, Any]:
    """`rows` by workspace, those that have waited longest first; `more` workspaces wait too. Two queries."""
    found = [each for each in _waiting_workspaces() if each.new or each.returned]
    found.sort(key=lambda each: (each.oldest or date.max, each.name))
    shown = found[:SHOWN_WORKSPACES]
    new = BillingEntry.objects.new().filter(workspace__in=shown).order_by()
    sums = new.values_list("workspace", "currency").annotate(
        unconfirmed=Count("pk", filter=Q(confirmed_at=None)),
        charged=Sum("amount", filter=Q(kind=BillingType.Kind.SERVICE)),
    )
    money: dict[int, dict[str, int]] = {}
    unconfirmed: Counter[int] = Counter()
    for workspace, currency, count, amount in sums:
        unconfirmed[workspace] += count
        if amount is not None:
            money.setdefault(workspace, {})[currency] = amount
    rows = [
        Waiting(
            workspace=each,
            new=Many(each.new),
            unconfirmed=unconfirmed[each.pk],
            returned=Many(each.returned),
            oldest=each.oldest,
            money=format_sums(money.get(each.pk, {})),
        )
        for each in shown
    ]
    return {"rows": rows, "more": len(found) - len(shown)}


def _waiting_workspaces() -> Iterable[Any]:
    """Each with how many are `new` and `returned`, and the day of the `oldest`: all of it an index knows."""
    entries = BillingEntry.objects.filter(workspace=OuterRef("pk"))
    oldest = entries.filter(NEW).order_by("date", "pk").values("date")
    counts = {"new": CountOf(entries.filter(NEW)), "returned": CountOf(entries.filter(RETURNED))}
    return Workspace.objects.annotate(oldest=Subquery(oldest[:1]), **counts).order_by()


@register.simple_tag
def running_timers() -> dict[str, Any]:
    """`timers`, those that have run longest first, with their raw `seconds`; `count` is of all there are."""
    running = Timer.objects.running()
    now = timezone.now()
    first = list(running.order_by("running_since", "pk").values_list("pk", flat=True)[:SHOWN])
    shown = with_seconds(running.filter(pk__in=first).for_display().order_by("running_since", "pk"), now)
    shown.sort(key=lambda timer: not timer.is_unusually_long)
    return {"timers": shown, "count": Many.of(running)}
