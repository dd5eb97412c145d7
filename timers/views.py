"""Every click on a timer: fetch it within reach, one verb, then the truth. And where to go fast."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Count, Window
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing.forms import EntryForm
from billing.models import BillingEntry, BillingType, EditConflict
from conversations.models import Conversation, ConversationClosed
from timers.answers import at_desk, back, here_of, keep_note, number_of_here, own, regions, truth
from timers.board import Board, with_seconds
from timers.forms import NoteForm
from timers.marks import changes, marks_now
from timers.models import AnotherTimerIsOpen, Timer, TimerCanceled
from timers.palette import Palette
from workspaces.models import User
from workspaces.requests import Request

#: So many of a team's running timers are shown.
TEAM = 50


@require_safe
def timer_list(request: Request) -> HttpResponse:
    """The user's open timers as a page; managers also see everybody's running ones, the latest first."""
    board = Board.of(request)
    team = _team(request.user, board.now) if request.user.is_manager else []
    more = team[0].count - len(team) if team else 0
    return render(request, "timers/list.html", {"team": team, "more": more})


def _team(user: User, now: datetime) -> list[Any]:
    """The others' running timers where the user is a manager, the latest first; each says in `count` of how
    many it is one.
    """
    running = Timer.objects.running().stoppable_by(user).exclude(user=user)
    latest = running.annotate(count=Window(Count("pk"))).for_display().order_by("-running_since", "-pk")
    return with_seconds(latest[:TEAM], now)


@require_safe
def status(request: Request) -> HttpResponse:
    """The regions that changed since the marks in `marks`; 204 if none did."""
    seen, number = request.GET.get("marks", ""), number_of_here(request)
    if seen and not changes(marks_now(request.user, number), seen):
        return HttpResponse(status=204)
    board = Board.of(request)
    board.here = here_of(request)
    return regions(request, board, board.changed_since(seen))


@require_POST
def start_on(request: Request, pk: int) -> HttpResponse:
    now = timezone.now()
    with at_desk(request) as desk:
        try:
            conversation = desk.conversation(pk)
        except Conversation.DoesNotExist:
            raise Http404 from None
        status = _run(request, conversation, lambda: desk.start(conversation, now))
    return truth(request, conversation, status)


@require_POST
def start(request: Request, pk: int) -> HttpResponse:
    """Run on, or anew. What was changed in the form of the entry that the timer carries is saved first."""
    now = timezone.now()
    with at_desk(request, pk) as desk:
        timer = own(desk, pk)
        keep_note(request, timer)
        form = _changed_form(request, timer)
        refused = _save_entry(request, form, now) if form else 0
        status = refused or _run(request, timer.conversation, lambda: desk.resume(timer, now))
    if form and refused:
        return _form_again(request, timer, form, refused)
    return truth(request, timer.conversation, status, logged=timer.entry is not None)


def _changed_form(request: Request, timer: Timer) -> EntryForm | None:
    """That of the entry that the timer carries, if anything in it was changed."""
    if not timer.entry or not timer.is_open or "billed" not in request.POST:
        return None
    form = EntryForm(request.POST, entry=timer.entry)
    return None if form.is_valid() and not form.differences else form


def _run(request: Request, conversation: Conversation, verb: Callable[[], Timer]) -> int:
    """The status that tells how it went; what there is to say is in the request's messages."""
    try:
        timer = verb()
    except ConversationClosed:
        text = _("%(number)s is closed. Reopen it to start a timer.")
        messages.error(request, text % {"number": conversation.number})
        return 409
    for other in timer.also_stopped:
        messages.info(request, _("Stopped the timer on #%(number)s") % {"number": other.conversation_id})
    return 200


@require_POST
def stop(request: Request, pk: int) -> HttpResponse:
    """Own timers, and forgotten ones of the workspaces that the user manages."""
    now = timezone.now()
    with at_desk(request, pk) as desk:
        if timer := desk.find(pk):
            keep_note(request, timer)
            timer.stop(now)
    return truth(request, timer.conversation) if timer else _stop_forgotten(request, pk, now)


def _stop_forgotten(request: Request, pk: int, now: datetime) -> HttpResponse:
    stoppable = Timer.objects.stoppable_by(request.user).select_related("conversation", "user")
    timer = get_object_or_404(stoppable, pk=pk)
    timer.stop(now, by=request.user)
    text = _("The timer of %(name)s on #%(number)s is stopped.")
    messages.info(request, text % {"name": timer.user.display_name, "number": timer.conversation_id})
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return back(request, timer.conversation)


@require_POST
def cancel(request: Request, pk: int) -> HttpResponse:
    now = timezone.now()
    with at_desk(request, pk) as desk:
        timer = own(desk, pk)
        keep_note(request, timer)
        timer.cancel(now)
    if timer.state == Timer.State.CANCELED:
        text = _("Timer on #%(number)s canceled. None of its time is logged.")
        text %= {"number": timer.conversation_id}
        messages.info(request, text, extra_tags=reverse("timers:restore", args=[pk]))
    return truth(request, timer.conversation)


@require_POST
def restore(request: Request, pk: int) -> HttpResponse:
    """Undo canceling, or saving the entry."""
    now, status = timezone.now(), 200
    with at_desk(request, pk) as desk:
        timer = own(desk, pk)
        was_logged = timer.state == Timer.State.LOGGED
        try:
            (timer.reopen if was_logged else timer.restore)(now)
        except AnotherTimerIsOpen:
            status = 409
            text = _("Another timer is open on #%(number)s. Save or cancel it, then undo.")
            text %= {"number": timer.conversation_id}
            messages.error(request, text, extra_tags=reverse("timers:restore", args=[pk]))
        except EditConflict as conflict:
            status = 409
            address = reverse("billing:entry", args=[conflict.entry.pk])
            messages.error(request, _stays_saved(conflict.entry), extra_tags=f"show {address}")
    return truth(request, timer.conversation, status, logged=was_logged and status == 200)


def _stays_saved(entry: BillingEntry) -> str:
    states = BillingEntry.State
    told = {
        states.NEW: _("The entry on #%(number)s was changed meanwhile. It stays saved."),
        states.APPROVED: _("The entry on #%(number)s is approved already. It stays saved."),
        states.RETURNED: _("The entry on #%(number)s is returned already. It stays saved."),
        states.INVOICED: _("The entry on #%(number)s is invoiced already. It stays saved."),
        states.DISCARDED: _("The entry on #%(number)s is discarded already. It stays discarded."),
    }
    return told[states(entry.state)] % {"number": entry.conversation_id}


@require_POST
def convert(request: Request, pk: int) -> HttpResponse:
    kind, now, status = request.POST.get("kind", ""), timezone.now(), 200
    if kind not in BillingType.Kind.values:
        raise BadRequest(_("A timer becomes a service charge or a time entry."))
    with at_desk(request, pk) as desk:
        timer = own(desk, pk)
        keep_note(request, timer)
        try:
            timer.convert(kind=kind, now=now)
        except TimerCanceled:
            status = 409
            text = _("The timer on #%(number)s was canceled.")
            messages.error(request, text % {"number": timer.conversation_id})
    if timer.entry and timer.is_open and request.POST.get("on") != str(timer.conversation_id):
        address = reverse("conversations:detail", args=[timer.conversation_id])
        messages.info(request, _prepared(timer.entry), extra_tags=f"show {address}")
    return truth(request, timer.conversation, status)


def _prepared(entry: BillingEntry) -> str:
    told = {
        BillingType.Kind.SERVICE: _("Service charge prepared: %(figure)s."),
        BillingType.Kind.TIME: _("Time entry prepared: %(figure)s."),
    }
    return told[BillingType.Kind(entry.kind)] % {"figure": entry.figure}


@require_POST
def save(request: Request, pk: int) -> HttpResponse:
    """Confirm the entry that a stopped timer carries, possibly adjusted; that logs the timer."""
    now = timezone.now()
    with at_desk(request, pk) as desk:
        timer = own(desk, pk)
        form = EntryForm(request.POST, entry=timer.entry) if timer.entry and timer.is_open else None
        refused = _save_entry(request, form, now, reverse("timers:restore", args=[pk])) if form else 0
    if form is None:
        return _too_late(request, timer)
    if refused:
        return _form_again(request, timer, form, refused)
    return truth(request, timer.conversation, logged=True)


def _save_entry(request: Request, form: EntryForm, now: datetime, undo: str = "") -> int:
    """0 if it is saved, which the address `undo` takes back; else the status of the refusal."""
    if not form.is_valid():
        return 422
    try:
        form.save(by=request.user, now=now)
    except EditConflict:
        return 409
    messages.success(request, _("Logged %(figure)s.") % {"figure": form.entry.figure}, extra_tags=undo)
    return 0


def _too_late(request: Request, timer: Timer) -> HttpResponse:
    """Nothing waits to be saved: the same was saved already, or else the user is told that theirs was not."""
    if timer.entry is None:
        return truth(request, timer.conversation)
    form = EntryForm(request.POST, entry=timer.entry)
    if form.is_valid() and not form.differences:
        return truth(request, timer.conversation)
    address = reverse("billing:entry", args=[timer.entry.pk])
    messages.error(request, _settled(timer.entry), extra_tags=f"show {address}")
    return truth(request, timer.conversation, status=409)


def _settled(entry: BillingEntry) -> str:
    states = BillingEntry.State
    told = {
        states.NEW: _("The entry on #%(number)s is new already. This change was not saved."),
        states.APPROVED: _("The entry on #%(number)s is approved already. This change was not saved."),
        states.RETURNED: _("The entry on #%(number)s is returned already. This change was not saved."),
        states.INVOICED: _("The entry on #%(number)s is invoiced already. This change was not saved."),
        states.DISCARDED: _("The entry on #%(number)s is discarded already. This change was not saved."),
    }
    return told[states(entry.state)] % {"number": entry.conversation_id}


def _form_again(request: Request, timer: Timer, form: EntryForm, status: int) -> HttpResponse:
    """The form with what was typed, and its errors (422) or the version that somebody else saved (409)."""
    saved = timer.entry if status == 409 else None
    context: dict[str, Any] = {"entry_form": form, "entry": timer.entry, "saved": saved}
    if request.htmx:
        return truth(request, timer.conversation, status, **context)
    return render(request, "timers/save.html", context | {"timer": timer}, status=status)


@require_POST
def note(request: Request, pk: int) -> HttpResponse:
    """Keep the note of an open timer while it is being written."""
    form = NoteForm(request.POST)
    with at_desk(request, pk) as desk:
        timer = own(desk, pk)
        is_kept = form.is_valid() and timer.write_note(form.cleaned_data["note"])
    if is_kept:
        return HttpResponse(status=204) if request.htmx else back(request, timer.conversation)
    if form.errors:
        if timer.is_open and timer.entry is None and request.htmx:
            return truth(request, timer.conversation, status=422, note_form=form)
        messages.error(request, _("The note was not kept. %(error)s") % {"error": form.errors["note"][0]})
        return truth(request, timer.conversation, status=422)
    text = _("The timer on #%(number)s has ended. The note was not kept.")
    messages.error(request, text % {"number": timer.conversation_id})
    return truth(request, timer.conversation, status=409)


@require_safe
def palette(request: Request) -> HttpResponse:
    """Where `q` may lead, on the page about the conversation `on`; for htmx, what the dialog shows."""
    found = Palette(Board.of(request), request.GET.get("q", ""), here_of(request))
    template = "timers/_palette.html" if request.htmx else "timers/palette.html"
    return render(request, template, {"palette": found})


@require_safe
def shortcuts(request: Request) -> HttpResponse:
    """The keys and what they do; for htmx, the inside of a dialog."""
    return render(request, "timers/_shortcuts.html" if request.htmx else "timers/shortcuts.html")
