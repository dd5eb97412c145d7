"""The review of entries: the queue, and what is decided on its entries, one by one or many at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import push_url, reswap, retarget

from billing.changes import changes_of
from billing.models import BillingEntry
from billing.review_forms import DecisionForm, ReturnForm, VersionForm
from billing.sums import Sums
from billing.views.reviewing import (
    came_from,
    finished,
    managers_only,
    queue_at,
    refused,
    show_queue,
)
from workspaces.moments import microseconds_of, moment_of
from workspaces.parts import answer
from workspaces.requests import Request, page_of

STATES = {
    "approve": BillingEntry.State.APPROVED,
    "return": BillingEntry.State.RETURNED,
    "discard": BillingEntry.State.DISCARDED,
}
#: What was done to `n` entries, and of those that had changed, what was not.
DONE: dict[str, Any] = {
    "approve": ngettext_lazy("%(n)s entry approved", "%(n)s entries approved", "n"),
    "return": ngettext_lazy("%(n)s entry returned", "%(n)s entries returned", "n"),
    "discard": ngettext_lazy("%(n)s entry discarded", "%(n)s entries discarded", "n"),
    "reinstate": ngettext_lazy("%(n)s entry set back", "%(n)s entries set back", "n"),
}
NOT_DONE: dict[str, Any] = {
    "approve": ngettext_lazy(
        "%(n)s entry had changed and was not approved.",
        "%(n)s entries had changed and were not approved.",
        "n",
    ),
    "return": ngettext_lazy(
        "%(n)s entry had changed and was not returned.",
        "%(n)s entries had changed and were not returned.",
        "n",
    ),
    "discard": ngettext_lazy(
        "%(n)s entry had changed and was not discarded.",
        "%(n)s entries had changed and were not discarded.",
        "n",
    ),
    "reinstate": ngettext_lazy(
        "%(n)s entry had changed and was not set back.",
        "%(n)s entries had changed and were not set back.",
        "n",
    ),
}


@require_GET
@managers_only
def review(request: Request) -> HttpResponse:
    """The queue: entries of the workspaces that the user manages, filtered, sorted, in groups and pages."""
    queue = queue_at(request, request.get_full_path())
    response = show_queue(request, queue)
    is_news = request.htmx and page_of(request) != queue.address
    return push_url(response, queue.address) if is_news else response


@require_GET
@managers_only
def detail(request: Request, pk: int) -> HttpResponse:
    """What a row of the queue discloses; without JavaScript, the entry's own page."""
    entry = _reviewable(request, pk)
    if not request.htmx:
        return redirect("billing:entry", pk)
    context = {"entry": entry, "changes": changes_of(entry), "next": came_from(request)}
    return answer(request, "billing/review_detail.html", context)


@require_POST
@managers_only
def approve(request: Request, pk: int) -> HttpResponse:
    """Approve one entry, in the `version` that was shown."""
    form = VersionForm(request.POST)
    if not form.is_valid():
        _reviewable(request, pk)
        return refused(request, 422, problem=_("There is no such version. Nothing was changed."))
    try:
        return _decide(request, "approve", {pk: form.cleaned_data["version"]})
    except BillingEntry.DoesNotExist:
        _reviewable(request, pk)  # which says why not
        raise Http404 from None


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def return_(request: Request, pk: int) -> HttpResponse:
    """Ask for the comment, and with it return one entry, in the `version` that was shown."""
    entry = _reviewable(request, pk)
    form = VersionForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        return refused(request, 422, problem=_("There is no such version. Nothing was changed."))
    version = form.cleaned_data["version"]
    versions = {entry.pk: entry.version if version is None else version}
    if request.method != "POST":
        return _ask(request, versions, ReturnForm())
    return _return(request, versions)


@require_POST
@managers_only
def decide(request: Request) -> HttpResponse:
    """Take one `decision` on every chosen `entry`, each as "id:version", or on none if one is not found.

    To ask is to ask for the comment that returning needs.
    """
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return refused(request, 422, problem=form.problem)
    decision, versions = form.cleaned_data["decision"], form.cleaned_data["entry"]
    try:
        if decision == "ask":
            return _ask(request, versions, ReturnForm())
        if decision == "return":
            return _return(request, versions)
        return _decide(request, decision, versions)
    except BillingEntry.DoesNotExist:
        problem = _("This is not an entry of yours to review. Nothing was changed.")
        return refused(request, 422, problem=problem)


@require_POST
@managers_only
def approve_unflagged(request: Request) -> HttpResponse:
    """Approve all that the filters leave without flags, if they are still those that were `shown`."""
    queue = queue_at(request, came_from(request))
    versions = queue.unflagged_versions(request.POST.get("shown", ""))
    if versions is None:
        return refused(request, 409, outdated=True)
    return _decide(request, "approve", versions)


@require_POST
@managers_only
def undo(request: Request) -> HttpResponse:
    """Take back what the user decided at the moment `at`, in microseconds, as far as it still stands."""
    at = request.GET.get("at", "")
    if not (at.isascii() and at.isdigit() and len(at) <= 16):
        return refused(request, 422, problem=_("There is nothing to undo at that address."))
    moment = moment_of(int(at))
    mine = BillingEntry.objects.reviewable_by(request.user).filter(
        reviewed_by=request.user, reviewed_at=moment
    )
    return _decide(request, "reinstate", mine.versions())


def _reviewable(request: Request, pk: int) -> BillingEntry:
    """404 for what the user cannot see; 403 for what they see but do not manage, as their own elsewhere."""
    related = BillingEntry.objects.select_related("user", "conversation__customer", "workspace")
    entry = get_object_or_404(related.visible_to(request.user), pk=pk)
    if not request.user.manages(entry.workspace_id):
        raise PermissionDenied
    return entry


def _decide(
    request: Request, decision: str, versions: Mapping[int, int | None], comment: str = ""
) -> HttpResponse:
    by, now = request.user, timezone.now()
    entries = BillingEntry.objects.reviewable_by(by)
    if decision == "reinstate":
        done, missed = entries.reinstate(versions, by=by, now=now)
    else:
        done, missed = entries.decide(STATES[decision], versions, by=by, now=now, comment=comment)
    if done:
        _toast(request, decision, done, now)
    if missed:
        prefetch_related_objects(missed, "conversation")
        return refused(request, 409, missed=missed, not_done=NOT_DONE[decision] % {"n": len(missed)})
    return finished(request, versions)


def _toast(request: Request, decision: str, done: list[BillingEntry], now: datetime) -> None:
    """Says what was done; Undo has the moment of the decision, by which it finds the entries again."""
    what = DONE[decision] % {"n": len(done)}
    if decision == "return" and len(done) == 1:
        what = _("1 entry returned to %(name)s") % {"name": done[0].user.display_name}
    money = Sums.of(done).money
    # Translators: "3 entries approved, 360.00 EUR."
    text = (_("%(done)s, %(money)s.") if money else _("%(done)s.")) % {"done": what, "money": money}
    address = ""
    if decision in ("approve", "discard"):
        query = {"at": microseconds_of(now), "next": came_from(request)}
        address = f"{reverse('billing:undo')}?{urlencode(query)}"
    messages.success(request, text, extra_tags=address)


def _return(request: Request, versions: Mapping[int, int]) -> HttpResponse:
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _ask(request, versions, form, status=422)
    return _decide(request, "return", versions, form.cleaned_data["comment"])


def _ask(
    request: Request, versions: Mapping[int, int], form: ReturnForm, *, status: int = 200
) -> HttpResponse:
    """The form for the comment: a page, or for htmx what the queue's dialog holds."""
    entries = BillingEntry.objects.reviewable_by(request.user).filter(pk__in=versions)
    chosen = list(entries.select_related("user", "conversation").order_by("-date", "-pk"))
    if len(chosen) < len(versions):
        raise BillingEntry.DoesNotExist
    title = ngettext("Return %(n)s entry", "Return %(n)s entries", len(chosen)) % {"n": len(chosen)}
    if len(chosen) == 1:
        title = _("Return to %(name)s") % {"name": chosen[0].user.display_name}
    context = {
        "form": form,
        "title": title,
        "chosen": chosen,
        "sums": Sums.of(chosen),
        "versions": versions,
        "next": came_from(request),
    }
    if not request.htmx:
        return render(request, "billing/review_return.html", context, status=status)
    response = answer(request, "billing/review_return.html", context, status)
    return retarget(reswap(response, "innerHTML"), "#return")
