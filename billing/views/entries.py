"""One's own entries: the week, one of them, a new one by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh, reswap

from billing.changes import changes_of
from billing.forms import EntryAsItStands, EntryForm
from billing.manual_forms import ManualEntryForm
from billing.models import BillingEntry, EditConflict, NotEditable
from billing.review_forms import VersionForm
from billing.timesheet import Timesheet, Week, entries_of, returned_outside
from workspaces.models import Workspace
from workspaces.parts import answer, draw
from workspaces.requests import Request, local


@require_GET
def index(request: Request) -> HttpResponse:
    """A week of the user's entries, by day. The user's first workspace says what day it is."""
    workspace = next(iter(request.user.known_workspaces.values()), Workspace())
    today = workspace.local_date(timezone.now())
    try:
        week = Week.read(request.GET.get("week", ""))
    except ValueError:
        week = Week.of(today)
    context = {
        "sheet": Timesheet(week, entries_of(week, request.user), workspace.seconds_per_day),
        "this_week": Week.of(today),
        "today": today,
        "returned_elsewhere": returned_outside(week, request.user),
    }
    return render(request, "billing/entries.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: Request, pk: int) -> HttpResponse:
    """An entry of the user's own, or of a workspace that they manage; a form while they may change it."""
    entry = _visible_entry(request, pk)
    if request.method == "POST":
        return _save(request, entry)
    form = EntryAsItStands(entry) if entry.is_editable_by(request.user) else None
    return _show(request, entry, form=form)


def _save(request: Request, entry: BillingEntry) -> HttpResponse:
    form = EntryForm(request.POST, entry=entry)
    valid = form.is_valid()
    try:
        if not entry.is_editable_by(request.user):
            raise NotEditable(entry)
        if not valid:
            return _show(request, entry, status=422, form=form)
        form.save(by=request.user, now=timezone.now())
    except EditConflict:
        sent_again = entry.is_editable and entry.confirmed_at and valid and not form.differences
        if not sent_again:
            return _show(request, entry, status=409, form=form, conflict=True)
    messages.success(request, _("Saved %(figure)s.") % {"figure": entry.figure})
    return _go(request, _page_after(request, entry))


def _visible_entry(request: Request, pk: int) -> BillingEntry:
    visible = BillingEntry.objects.visible_to(request.user)
    related = "workspace", "user", "conversation__customer", "billing_type", "reviewed_by"
    return get_object_or_404(visible.select_related(*related), pk=pk)


def _show(request: Request, entry: BillingEntry, *, status: int = 200, **context: Any) -> HttpResponse:
    context |= {"entry": entry, "changes": changes_of(entry), "next": _next(request)}
    return render(request, "billing/entry.html", context, status=status)


@require_POST
def calculate(request: Request, pk: int) -> HttpResponse:
    """What the form would come to, as it is filled in just now; changes nothing."""
    form = EntryForm(request.POST, entry=_visible_entry(request, pk))
    form.is_valid()
    status = 200 if form.calculation else 422
    return answer(request, "billing/calculated.html", {"form": form}, status)


@require_POST
def discard(request: Request, pk: int) -> HttpResponse:
    """By its agent, or by a manager of its workspace. A toast offers to undo it."""
    entry = _visible_entry(request, pk)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return _refuse(request, entry, 422, _("There is no such version. Nothing was changed."))
    try:
        entry.discard(by=request.user, now=timezone.now(), version=form.cleaned_data["version"])
    except EditConflict:
        return _refuse(request, entry, 409, _changed(entry))
    undo = reverse("billing:reinstate", args=[pk])
    text = _("Discarded %(figure)s.") % {"figure": entry.figure}
    messages.success(request, text, extra_tags=undo)
    return _go(request, _page_after(request, entry))


@require_POST
def reinstate(request: Request, pk: int) -> HttpResponse:
    """Undo a decision: as a manager anybody's, else one's own discarding. It may stand undone already."""
    entry = _visible_entry(request, pk)
    user = request.user
    own_discarding = entry.state == BillingEntry.State.DISCARDED and entry.reviewed_by == user
    if not (entry.is_editable or own_discarding or user.manages(entry.workspace_id)):
        raise PermissionDenied
    try:
        # The version that was looked at above: another one may be for somebody else to set back.
        entry.reinstate(by=user, now=timezone.now(), version=entry.version)
    except EditConflict:
        return _refuse(request, entry, 409, _changed(entry))
    # Translators: as in "Back in New: 1:00:00, 120.00 EUR on #1042."
    text = _("Back in %(state)s: %(figure)s.")
    messages.success(request, text % {"state": entry.get_state_display(), "figure": entry.figure})
    return HttpResponseClientRefresh() if request.htmx else redirect(_page_after(request, entry))


def _changed(entry: BillingEntry) -> str:
    if entry.is_editable:
        return _("Somebody changed this entry meanwhile. Look at it and try again.")
    return {
        entry.State.APPROVED: _("This entry is approved by now, and stays as it is."),
        entry.State.INVOICED: _("This entry is invoiced by now, and stays as it is."),
        entry.State.DISCARDED: _("This entry is discarded by now, and stays as it is."),
    }[entry.State(entry.state)]


def _refuse(request: Request, entry: BillingEntry, status: int, text: str) -> HttpResponse:
    if request.htmx:
        return reswap(HttpResponse(draw("error_toast.html", {"message": text}), status=status), "none")
    messages.error(request, text)
    form = EntryAsItStands(entry) if entry.is_editable_by(request.user) else None
    return _show(request, entry, status=status, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """An entry by hand. The form calculates by asking for itself, with what is filled in as the query."""
    now = timezone.now()
    if request.method != "POST":
        form = ManualEntryForm(user=request.user, now=now, initial=request.GET.dict())
        if request.htmx:
            status = 422 if form.unreadable else 200
            return answer(request, "billing/new_calculated.html", {"form": form}, status)
        return render(request, "billing/new.html", {"form": form})
    form = ManualEntryForm(request.POST, user=request.user, now=now)
    if not form.is_valid():
        return render(request, "billing/new.html", {"form": form}, status=422)
    entry = form.save(now=now)
    undo = reverse("billing:discard", args=[entry.pk])
    messages.success(request, _("Logged %(figure)s.") % {"figure": entry.figure}, extra_tags=undo)
    return _go(request, _page_after(request, entry))


def _page_after(request: Request, entry: BillingEntry) -> str:
    """The page that the form wants next, else the week of one's own entry, else the review."""
    if entry.user_id == request.user.pk:
        usual = reverse("billing:entries", query={"week": str(Week.of(entry.date))})
    else:
        usual = reverse("billing:review")
    return _next(request) or usual


def _next(request: Request) -> str:
    return local(request.POST.get("next") or request.GET.get("next", ""))


def _go(request: Request, page: str) -> HttpResponse:
    return HttpResponseClientRedirect(page) if request.htmx else redirect(page)
