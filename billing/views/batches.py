"""Approved entries leave in numbered batches, which can be downloaded again and reversed."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from billing.exports import FORMS, Reversed, file_of
from billing.models import BillingEntry, ExportBatch, NothingToExport
from billing.sums import Sums
from billing.views.reviewing import managers_only
from workspaces.models import User
from workspaces.requests import Request

PER_PAGE = 20


@require_GET
@managers_only
def batches(request: Request) -> HttpResponse:
    """What could be exported now, by workspace, and what has been."""
    return _show(request)


def _show(request: Request, *, status: int = 200, problem: str = "") -> HttpResponse:
    user = request.user
    workspaces = [user.known_workspaces[pk] for pk in user.managed_ids]
    approved = BillingEntry.objects.reviewable_by(user).approved().sums_by("workspace")
    found = ExportBatch.objects.reviewable_by(user).select_related("created_by", "reversed_by")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "workspaces": [(workspace, approved.get(workspace.pk)) for workspace in workspaces],
        "batches": list(_with_sums(page, user)),
        "page": page,
        "problem": problem,
    }
    return render(request, "billing/batches.html", context, status=status)


def _with_sums(page: Page, user: User) -> Iterator[tuple[ExportBatch, Sums | None]]:
    batches = list(page.object_list)
    unknown = [batch.pk for batch in batches if batch.sums is None and batch.reversed_at is None]
    entries = BillingEntry.objects.reviewable_by(user).filter(batch__in=unknown)
    counted: dict[int, Sums] = entries.sums_by("batch") if unknown else {}
    for batch in batches:
        batch.workspace = user.known_workspaces[batch.workspace_id]
        yield batch, batch.sums or counted.get(batch.pk)


@require_POST
@managers_only
def export(request: Request) -> HttpResponse:
    """The approved entries of a `workspace` become its next batch."""
    chosen = request.POST.get("workspace", "")
    managed = {str(pk): request.user.known_workspaces[pk] for pk in request.user.managed_ids}
    workspace = managed.get(chosen)
    if workspace is None:
        problem = _("Choose one of your workspaces. Nothing was exported.")
        return _show(request, status=422, problem=problem)
    try:
        batch = ExportBatch.objects.create_from_approved(workspace, by=request.user, now=timezone.now())
    except NothingToExport:
        problem = _("Nothing is approved in %(workspace)s (any more), so there is nothing to export.")
        return _show(request, status=409, problem=problem % {"workspace": workspace})
    ready = _("%(batch)s of %(workspace)s is ready to download.")
    messages.success(request, ready % {"batch": batch, "workspace": workspace})
    return redirect("billing:batches")


@require_GET
@managers_only
def download(request: Request, pk: int, form: str) -> HttpResponse:
    """A batch as CSV or XLSX; a reversed one holds nothing any more."""
    batches = ExportBatch.objects.reviewable_by(request.user).standing().select_related("workspace")
    batch = get_object_or_404(batches, pk=pk)
    try:
        file = file_of(batch, form)
    except Reversed as error:
        raise Http404 from error
    name = f"{slugify(batch.workspace.name) or 'stint'}-batch-{batch.number}.{form}"
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    return HttpResponse(file, content_type=FORMS[form][1], headers=headers)


@require_POST
@managers_only
def reverse(request: Request, pk: int) -> HttpResponse:
    """The entries of a batch are Approved again."""
    batches = ExportBatch.objects.reviewable_by(request.user).select_related("workspace")
    batch = get_object_or_404(batches, pk=pk)
    if batch.reverse(by=request.user, now=timezone.now()):
        done = _("%(batch)s is reversed. Its entries are Approved again.")
        messages.success(request, done % {"batch": batch})
    return redirect("billing:batches")
