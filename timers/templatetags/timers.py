"""What pages of other apps show of timers; templates are where the apps meet."""

from __future__ import annotations

from typing import Any

from django import template

from billing.forms import EntryForm
from billing.models import BillingEntry
from conversations.models import Conversation
from timers.board import Board
from timers.models import Timer
from timers.timeline import Timeline

register = template.Library()


@register.simple_tag(takes_context=True)
def timer_board(context: dict[str, Any]) -> Board:
    """The request's board; a page about a conversation has it in its context as `here`."""
    board = Board.of(context["request"])
    board.here = context.get("here") or board.here
    return board


@register.simple_tag(takes_context=True)
def timers_on(context: dict[str, Any]) -> dict[int, Timer]:
    """The user's open timers by conversation id; each has its raw `seconds` up to now."""
    return Board.of(context["request"]).by_conversation


@register.simple_tag
def timer_starts(conversation: Conversation) -> list[Timer]:
    """Who started a timer on a conversation, and when (`user`, `created_at`); no canceled ones."""
    counted = Timer.objects.filter(conversation=conversation).exclude(state=Timer.State.CANCELED)
    return list(counted.select_related("user").order_by("created_at"))


@register.simple_tag
def latest_stop(timer: Timer) -> Any:
    """When a timer last stopped; None if it never ran."""
    return max((interval.stopped_at for interval in timer.intervals.all()), default=None)


@register.inclusion_tag("timers/_timeline.html")
def entry_timeline(entry: BillingEntry) -> dict[str, Any]:
    """The intervals that an entry was made of, beside what else its agent recorded meanwhile."""
    return {"timeline": Timeline.of(entry)}


@register.simple_tag
def form_for(entry: BillingEntry, bound: EntryForm | None = None) -> EntryForm:
    """The form to confirm an entry: the one that was sent, or one filled in with what stands."""
    return bound or EntryForm(entry=entry)
