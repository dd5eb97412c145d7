"""Clicks on timers as htmx sends them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from conversations.models import Conversation


def click(
    client: Client, verb: str, pk: int, here: Conversation | None = None, **fields: Any
) -> HttpResponse:
    """As htmx sends it, from the page of a conversation or from another."""
    fields |= {"marks": "", "on": here.pk if here else ""}
    return client.post(reverse(f"timers:{verb}", args=[pk]), fields, headers={"HX-Request": "true"})
