"""How a timer's view answers: htmx gets the regions that changed, a plain form is sent back to its page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from conversations.models import Conversation
from timers.board import Board
from timers.forms import NoteForm
from timers.models import Desk, Timer
from workspaces.parts import answer
from workspaces.requests import Request, page_of


@contextmanager
def at_desk(request: Request, chosen: int = 0) -> Iterator[Desk]:
    """The user's timers and the one `chosen`, held for verbs; the answer shows what became of them."""
    board = Board.of(request)
    with Desk.held(request.user, here=number_of_here(request), chosen=chosen) as desk:
        board.desk = desk
        yield desk


def own(desk: Desk, pk: int) -> Timer:
    """404 where the user has no such timer."""
    timer = desk.find(pk)
    if timer is None:
        raise Http404
    return timer


def number_of_here(request: Request) -> int:
    """What `on` says: the number of the conversation that the page is about; 0 if it is about none."""
    sent = request.POST if request.method == "POST" else request.GET
    number = sent.get("on", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) <= 18 else 0


def here_of(request: Request) -> Conversation | None:
    """The conversation that the page is about, as far as the user may see it."""
    number = number_of_here(request)
    visible = Conversation.objects.visible_to(request.user).with_rules()
    return visible.filter(pk=number).first() if number else None


def truth(
    request: Request,
    conversation: Conversation,
    status: int = 200,
    *,
    logged: bool = False,
    **context: Any,
) -> HttpResponse:
    """What is so now, whatever was clicked: icon, list and sidebar in one response, or the page itself.

    `logged`: something may have been added to what is logged on the conversation, or taken from it.
    """
    if not request.htmx:
        return back(request, conversation)
    board, seen = Board.of(request), request.POST.get("marks", "")
    is_here = number_of_here(request) == conversation.pk
    board.here = conversation if is_here else here_of(request)
    if not logged:
        board.leave_others_alone(seen)
    changed = board.changed_since(seen)
    if context:
        # A form that was refused, to be put right.
        changed.append("mine")
    return regions(request, board, changed, status, **context)


def regions(
    request: Request, board: Board, changed: list[str], status: int = 200, **context: Any
) -> HttpResponse:
    """The named regions out of band, and the event `timers` for whatever else on the page shows timers."""
    # A poll that says nothing of what its page shows asks for all of it, and not for what is new.
    seen = request.POST.get("marks", "") if request.method == "POST" else request.GET.get("marks", board.seen)
    context |= {"changed": changed, "is_news": board.is_news_since(seen)}
    context["messages"] = messages.get_messages(request)
    response = answer(request, "timers/regions.html", context, status)
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
