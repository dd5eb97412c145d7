"""Clicks on timers as htmx sends them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from conversations.models import Conversation
from timers.models import Desk, Timer


def click(
    client: Client, verb: str, pk: int, here: Conversation | None = None, **fields: Any
) -> HttpResponse:
    """As htmx sends it, from the page of a conversation or from another."""
    fields |= {"marks": "", "on": here.pk if here else ""}
    return client.post(reverse(f"timers:{verb}", args=[pk]), fields, headers={"HX-Request": "true"})


def by_itself(timer: Timer, verb: str, *told: Any, **named: Any) -> Any:
    """The verb of a timer that reads by itself what it has to know."""
    return getattr(timer, verb)(*told, **named)


def at_the_desk(timer: Timer, verb: str, *told: Any, **named: Any) -> Any:
    """The same as a view does it, on the timer that a desk was asked for; `timer` is left as it was."""
    with Desk.held(timer.user, chosen=timer.pk) as desk:
        held = desk.find(timer.pk)
        assert held
        return getattr(held, verb)(*told, **named)


#: For tests of verbs that have to do the same in both ways.
WAYS = [by_itself, at_the_desk]
