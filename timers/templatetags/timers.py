"""What pages of other apps show of timers; templates are where the apps meet."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from billing.forms import EntryAsItStands, EntryForm
from billing.models import BillingEntry
from timers.board import Board
from timers.models import Timer
from workspaces.durations import format_clock
from workspaces.money import format_money
from workspaces.templatetags.stint import moment_in

register = template.Library()


@register.simple_tag(takes_context=True)
def timer_board(context: dict[str, Any]) -> Board:
    """The request's board."""
    return Board.of(context["request"])


def timers_on(context: dict[str, Any]) -> dict[int, Timer]:
    """The user's open timers by conversation id; each has its raw `seconds` up to now."""
    return Board.of(context["request"]).by_conversation


@register.simple_tag
def clock_of(timer: Timer, css: str = "") -> SafeString:
    """What a timer with its `seconds` has recorded; clock.js ticks on where it runs."""
    named = f' class="{css}"' if css else ""
    running = " data-running" if timer.is_running else ""
    seconds, clock = timer.seconds, format_clock(timer.seconds)
    # Numbers, and a class that a template names: nothing of it needs escaping.
    return SafeString(
        f'<time{named} datetime="PT{seconds}S" data-seconds="{seconds}"{running}>{clock}</time>'
    )


def standing(timer: Timer) -> str:
    """One short line on how a timer stands; the same wherever an answer draws it."""
    told = vars(timer)
    if "standing" not in told:
        told["standing"] = _standing(timer)
    return told["standing"]


def _standing(timer: Timer) -> str:
    zone = timer.workspace.zone
    if timer.running_since:
        if timer.is_unusually_long:
            return _("Running for more than 8 hours")
        return _("Running since %(moment)s") % {"moment": moment_in(timer.running_since, zone)}
    if entry := timer.entry:
        said = _("New entry, %(time)s, %(amount)s") if entry.is_charge else _("New entry, %(time)s")
        amount = format_money(entry.amount, entry.currency)
        return said % {"time": format_clock(entry.billed_seconds), "amount": amount}
    if not timer.conversation.is_open:
        return _("Conversation closed")
    if timer.latest_stop is None:
        return ""
    return _("Stopped at %(moment)s") % {"moment": moment_in(timer.latest_stop, zone)}


@register.filter
def verbs(timer: Timer) -> str:
    """What the addresses of all that is done to a timer begin with: of the timer 7 "/timers/7/"."""
    return f"{_timers_below(get_script_prefix())}{timer.pk}/"


@lru_cache
def _timers_below(prefix: str) -> str:
    """Found once: to reverse an address takes longer than to write the rest of a button."""
    return reverse("timers:list")


def form_for(entry: BillingEntry, sent: EntryForm | None = None) -> EntryForm | EntryAsItStands:
    """The form to confirm an entry: the one that was sent, or one filled in with what stands."""
    return sent or EntryAsItStands(entry, entry.timer.offered)
