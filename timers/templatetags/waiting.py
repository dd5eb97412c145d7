"""For the admin's first page: what waits for somebody, and what runs, in all workspaces."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import template
from django.db.models import Count, Min, Q
from django.utils import timezone

from billing.models import BillingEntry
from timers.board import with_seconds
from timers.models import Timer
from workspaces.models import Workspace

register = template.Library()

#: So many running timers are shown by name.
SHOWN = 10

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
def waiting_entries() -> list[Waiting]:
    """By workspace, the one that has waited longest first; three queries."""
    undecided = BillingEntry.objects.filter(NEW | RETURNED).order_by()
    counted = undecided.values("workspace").annotate(
        new=Count("pk", filter=NEW),
        unconfirmed=Count("pk", filter=NEW & Q(confirmed_at=None)),
        returned=Count("pk", filter=RETURNED),
        oldest=Min("date", filter=NEW),
    )
    charged = BillingEntry.objects.new().sums_by("workspace")
    rows: dict[int, Any] = {row["workspace"]: row for row in counted}
    found = [
        Waiting(**rows[pk] | {"workspace": workspace, "money": charged[pk].money if pk in charged else ""})
        for pk, workspace in Workspace.objects.in_bulk(rows).items()
    ]
    return sorted(found, key=lambda each: (each.oldest or date.max, each.workspace.name))


@register.simple_tag
def running_timers() -> dict[str, Any]:
    """`timers`, those that have run longest first, with their raw `seconds`; `count` is of all there are."""
    running = Timer.objects.running()
    now = timezone.now()
    shown = with_seconds(running.for_display().order_by("running_since", "pk")[:SHOWN], now)
    shown.sort(key=lambda timer: not timer.is_unusually_long)
    return {"timers": shown, "count": running.count()}
