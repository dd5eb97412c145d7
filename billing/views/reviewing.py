"""Who may review, and how a reviewer's click is answered: with the queue as it is now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget, trigger_client_event

from billing.models import BillingEntry
from billing.review import Queue
from billing.review_reads import PER_PAGE
from workspaces.parts import answer
from workspaces.requests import Request, local, page_of


def managers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """403 for whoever manages no workspace, whether what they asked for exists or not."""

    @wraps(view)
    def checked(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_manager:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


def came_from(request: Request) -> str:
    """The page that the reviewer is on: what `next` says, else what htmx says, else the queue."""
    wanted = local(request.POST.get("next") or request.GET.get("next") or "")
    return wanted or (page_of(request) if request.htmx else "") or reverse("billing:review")


def is_queue(address: str) -> bool:
    return urlsplit(address).path == reverse("billing:review")


def queue_at(request: Request, address: str) -> Queue:
    """The queue under the filters of an address; of any other page's, without filters."""
    query = QueryDict(urlsplit(address).query if is_queue(address) else "")
    return Queue(query, user=request.user, now=timezone.now())


def show_queue(
    request: Request,
    queue: Queue,
    *,
    status: int = 200,
    problem: str = "",
    missed: Sequence[BillingEntry] = (),
    not_done: str = "",
    outdated: bool = False,
) -> HttpResponse:
    """The queue as a page, or for htmx its regions, whatever element asked for it.

    What was not done, and why, say `problem`, `not_done` of those `missed`, or `outdated`: see
    review_problem.html.
    """
    queue.changed = {entry.pk for entry in missed}
    # The top bar of the page need not count them again.
    vars(request)["review_count"] = queue.counts["waiting"]
    # The links of the page, as to its other pages, keep the filters of this queue.
    request.GET = queue.query
    if queue.filters.errors:
        status = 422
    context = {"queue": queue, "filters": queue.filters, "page": queue.page}
    context |= {"problem": problem, "missed": missed, "not_done": not_done, "outdated": outdated}
    if not request.htmx:
        return render(request, "billing/review.html", context, status=status)
    context["messages"] = messages.get_messages(request)
    response = answer(request, "billing/review_regions.html", context, status)
    return retarget(reswap(response, "innerHTML"), "#queue")


def finished(request: Request, entries: Iterable[int]) -> HttpResponse:
    """It was done, or stood already: back to where the reviewer came from.

    On the queue the rows of these entries leave at once; the page then asks for the queue as it is now.
    """
    address = came_from(request)
    if not request.htmx:
        return redirect(address)
    if not is_queue(address):
        return HttpResponseClientRedirect(address)
    told = {"messages": messages.get_messages(request)}
    response = reswap(answer(request, "billing/review_decided.html", told), "none")
    # No more rows are on a page; and a proxy takes a few kilobytes of headers, else it answers 502.
    return trigger_client_event(response, "decided", {"entries": list(islice(entries, PER_PAGE))})


def refused(request: Request, status: int, **told: Any) -> HttpResponse:
    """It was not done, or not all of it (409), or made no sense (422): the queue, which says so."""
    address = came_from(request)
    if request.htmx and not is_queue(address):
        messages.error(request, told.get("problem") or _("It had changed meanwhile, and stays as it is."))
        response = HttpResponseClientRedirect(address)
        response.status_code = status
        return response
    return show_queue(request, queue_at(request, address), status=status, **told)
