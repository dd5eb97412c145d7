"""Every click on a timer: fetch it within reach, one verb, then the truth. And where to go fast."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing.forms import EntryForm
from billing.models import BillingEntry, BillingType, EditConflict
from conversations.models import Conversation, ConversationClosed
from timers.answers import back, board_for, here_of, keep_note, regions, truth
from timers.board import Board, with_seconds
from timers.forms import NoteForm
from timers.models import AnotherTimerIsOpen, Timer, TimerCanceled
from timers.palette import Palette
from workspaces.requests import Request


@require_safe
def timer_list(request: Request) -> HttpResponse:
    """The user's open timers as a page; managers also see everybody's running ones."""
    board = Board.of(request)
    running = Timer.objects.running().filter(workspace__in=request.user.managed_ids)
    team = with_seconds(running.exclude(user=request.user).for_display(), board.now)
    return render(request, "timers/list.html", {"team": team})


@require_safe
def status(request: Request) -> HttpResponse:
    """The regions that changed since the marks in `seen`; 204 if none did."""
    board = board_for(request)
    changed = board.changed_since(request.GET.get("seen", ""))
    if not changed:
        return HttpResponse(status=204)
    return regions(request, board, changed)


@require_POST
def start_on(request: Request, pk: int) -> HttpResponse:
    conversation = get_object_or_404(Conversation.objects.visible_to(request.user), pk=pk)

    def begin(now: datetime) -> Timer:
        return Timer.objects.start(user=request.user, conversation=conversation, now=now)

    return _run(request, conversation, begin)


@require_POST
def start(request: Request, pk: int) -> HttpResponse:
    """Run on, or anew. What was changed in the form of the entry that the timer carries is saved first."""
    timer = _own_timer(request, pk)
    keep_note(request, timer)
    if timer.entry and timer.is_open and "billed" in request.POST:
        form = EntryForm(request.POST, entry=timer.entry)
        if not (form.is_valid() and not form.differences) and (refusal := _save_entry(request, timer, form)):
            return refusal
    return _run(request, timer.conversation, timer.resume)


def _run(request: Request, conversation: Conversation, verb: Callable[[datetime], Timer]) -> HttpResponse:
    try:
        timer = verb(timezone.now())
    except ConversationClosed:
        text = _("%(number)s is closed. Reopen it to start a timer.")
        messages.error(request, text % {"number": conversation.number})
        return truth(request, conversation, status=409)
    for other in timer.also_stopped:
        messages.info(request, _("Stopped the timer on #%(number)s") % {"number": other.conversation_id})
    return truth(request, conversation)


@require_POST
def stop(request: Request, pk: int) -> HttpResponse:
    """Own timers, and forgotten ones of the workspaces that the user manages."""
    timer = get_object_or_404(Timer.objects.stoppable_by(request.user).select_related("conversation"), pk=pk)
    if timer.user_id != request.user.pk:
        return _stop_forgotten(request, timer)
    keep_note(request, timer)
    timer.stop(timezone.now())
    return truth(request, timer.conversation)


def _stop_forgotten(request: Request, timer: Timer) -> HttpResponse:
    timer.stop(timezone.now(), by=request.user)
    text = _("The timer of %(name)s on #%(number)s is stopped.")
    messages.info(request, text % {"name": timer.user.display_name, "number": timer.conversation_id})
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return back(request, timer.conversation)


@require_POST
def cancel(request: Request, pk: int) -> HttpResponse:
    timer = _own_timer(request, pk)
    keep_note(request, timer)
    timer.cancel(timezone.now())
    if timer.state == Timer.State.CANCELED:
        text = _("Timer on #%(number)s canceled. None of its time is logged.")
        text %= {"number": timer.conversation_id}
        messages.info(request, text, extra_tags=reverse("timers:restore", args=[pk]))
    return truth(request, timer.conversation)


@require_POST
def restore(request: Request, pk: int) -> HttpResponse:
    """Undo canceling, or saving the entry."""
    timer = _own_timer(request, pk)
    undo = timer.reopen if timer.state == Timer.State.LOGGED else timer.restore
    try:
        undo(timezone.now())
    except AnotherTimerIsOpen:
        text = _("Another timer is open on #%(number)s. Save or cancel it, then undo.")
        text %= {"number": timer.conversation_id}
        messages.error(request, text, extra_tags=reverse("timers:restore", args=[pk]))
        return truth(request, timer.conversation, status=409)
    except EditConflict as conflict:
        address = reverse("billing:entry", args=[conflict.entry.pk])
        messages.error(request, _stays_saved(conflict.entry), extra_tags=f"show {address}")
        return truth(request, timer.conversation, status=409)
    return truth(request, timer.conversation)


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
    timer = _own_timer(request, pk)
    kind = request.POST.get("kind", "")
    if kind not in BillingType.Kind.values:
        raise BadRequest(_("A timer becomes a service charge or a time entry."))
    keep_note(request, timer)
    try:
        entry = timer.convert(kind=kind, now=timezone.now())
    except TimerCanceled:
        text = _("The timer on #%(number)s was canceled.")
        messages.error(request, text % {"number": timer.conversation_id})
        return truth(request, timer.conversation, status=409)
    if timer.is_open and request.POST.get("on") != str(timer.conversation_id):
        address = reverse("conversations:detail", args=[timer.conversation_id])
        messages.info(request, _prepared(entry), extra_tags=f"show {address}")
    return truth(request, timer.conversation)


def _prepared(entry: BillingEntry) -> str:
    told = {
        BillingType.Kind.SERVICE: _("Service charge prepared: %(figure)s."),
        BillingType.Kind.TIME: _("Time entry prepared: %(figure)s."),
    }
    return told[BillingType.Kind(entry.kind)] % {"figure": entry.figure}


@require_POST
def save(request: Request, pk: int) -> HttpResponse:
    """Confirm the entry that a stopped timer carries, possibly adjusted; that logs the timer."""
    timer = _own_timer(request, pk)
    if timer.entry is None or not timer.is_open:
        return _too_late(request, timer)
    form = EntryForm(request.POST, entry=timer.entry)
    undo = reverse("timers:restore", args=[pk])
    return _save_entry(request, timer, form, undo) or truth(request, timer.conversation)


def _save_entry(request: Request, timer: Timer, form: EntryForm, undo: str = "") -> HttpResponse | None:
    """None if it is saved, which the address `undo` takes back; else the form once more."""
    if not form.is_valid():
        return _form_again(request, timer, form, 422)
    try:
        form.save(by=request.user, now=timezone.now())
    except EditConflict as conflict:
        # What was sent twice at the same moment is saved already.
        sent_again = conflict.entry.confirmed_at and not form.differences
        return None if sent_again else _form_again(request, timer, form, 409, conflict.entry)
    messages.success(request, _("Logged %(figure)s.") % {"figure": form.entry.figure}, extra_tags=undo)
    return None


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


def _form_again(
    request: Request, timer: Timer, form: EntryForm, status: int, saved: BillingEntry | None = None
) -> HttpResponse:
    """The form with what was typed, and its errors or the version that somebody else saved."""
    context = {"entry_form": form, "entry": timer.entry, "saved": saved}
    if request.htmx:
        return truth(request, timer.conversation, status, **context)
    return render(request, "timers/save.html", context | {"timer": timer}, status=status)


@require_POST
def note(request: Request, pk: int) -> HttpResponse:
    """Keep the note of an open timer while it is being written."""
    timer = _own_timer(request, pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        if timer.is_open and timer.entry is None and request.htmx:
            return truth(request, timer.conversation, status=422, note_form=form)
        messages.error(request, _("The note was not kept. %(error)s") % {"error": form.errors["note"][0]})
        return truth(request, timer.conversation, status=422)
    if not timer.write_note(form.cleaned_data["note"]):
        text = _("The timer on #%(number)s has ended. The note was not kept.")
        messages.error(request, text % {"number": timer.conversation_id})
        return truth(request, timer.conversation, status=409)
    return HttpResponse(status=204) if request.htmx else back(request, timer.conversation)


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


def _own_timer(request: Request, pk: int) -> Timer:
    mine = Timer.objects.for_user(request.user).select_related("conversation", "workspace", "entry", "user")
    return get_object_or_404(mine, pk=pk)
