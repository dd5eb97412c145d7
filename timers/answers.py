"""How a timer's view answers: htmx gets the regions that changed, a plain form is sent back to its page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from conversations.models import Conversation
from timers.board import Board
from timers.forms import NoteForm
from timers.models import Timer
from workspaces.requests import Request, page_of


def board_for(request: Request) -> Board:
    """The board of the page that sent the request."""
    board = Board.of(request)
    board.here = here_of(request) or board.here
    return board


def here_of(request: Request) -> Conversation | None:
    """What `on` says: the conversation that the page is about."""
    sent = request.POST if request.method == "POST" else request.GET
    number = sent.get("on", "")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        return None
    return Conversation.objects.visible_to(request.user).filter(pk=number).first()


def truth(request: Request, conversation: Conversation, status: int = 200, **context: Any) -> HttpResponse:
    """What is so now, whatever was clicked: icon, list and sidebar in one response, or the page itself."""
    if not request.htmx:
        return back(request, conversation)
    board = board_for(request)
    changed = board.changed_since(request.POST.get("seen", ""))
    if context:
        # A form that was refused, to be put right.
        changed.append("mine")
    return regions(request, board, changed, status, **context)


def regions(
    request: Request, board: Board, changed: list[str], status: int = 200, **context: Any
) -> HttpResponse:
    """The named regions out of band, and the event `timers` for whatever else on the page shows timers."""
    # A poll that says nothing of what its page shows asks for all of it, and not for what is new.
    seen = request.POST.get("seen", "") if request.method == "POST" else request.GET.get("seen", board.seen)
    context |= {"here": board.here, "changed": changed, "is_news": board.is_news_since(seen)}
    response = render(request, "timers/_regions.html", context, status=status)
    return trigger_client_event(response, "timers", {}) if "list" in changed else response


def back(request: Request, conversation: Conversation) -> HttpResponse:
    """To the page that the form was on, else to the conversation."""
    return redirect(page_of(request) or reverse("conversations:detail", args=[conversation.pk]))


def keep_note(request: Request, timer: Timer) -> None:
    """The sidebar sends its note along with every action, so that none is lost; a bad one stops nothing."""
    if "note" not in request.POST:
        return
    form = NoteForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The note was not kept. %(error)s") % {"error": form.errors["note"][0]})
        return
    note = form.cleaned_data["note"]
    if not timer.write_note(note) and note not in ("", timer.note):
        messages.error(request, _("The note was not kept: the timer had stopped already."))
