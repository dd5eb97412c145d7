"""Approved entries leave in numbered batches, which can be downloaded again and reversed."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from billing.exports import FORMS
from billing.models import BillingEntry, ExportBatch, NothingToExport
from billing.views.reviewing import managers_only
from workspaces.models import Workspace
from workspaces.requests import Request

PER_PAGE = 30


@require_GET
@managers_only
def batches(request: Request) -> HttpResponse:
    """What could be exported now, by workspace, and what has been."""
    return _show(request)


def _show(request: Request, *, status: int = 200, problem: str = "") -> HttpResponse:
    user = request.user
    approved = BillingEntry.objects.reviewable_by(user).approved().sums_by("workspace")
    workspaces = Workspace.objects.managed_by(user)
    found = ExportBatch.objects.reviewable_by(user).select_related("workspace", "created_by", "reversed_by")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    exported = BillingEntry.objects.filter(batch__in=[batch.pk for batch in shown]).sums_by("batch")
    context = {
        "workspaces": [(workspace, approved.get(workspace.pk)) for workspace in workspaces],
        "batches": [(batch, exported.get(batch.pk)) for batch in shown],
        "page": page,
        "problem": problem,
    }
    return render(request, "billing/batches.html", context, status=status)


@require_POST
@managers_only
def export(request: Request) -> HttpResponse:
    """The approved entries of a `workspace` become its next batch."""
    chosen = request.POST.get("workspace", "")
    known = chosen.isascii() and chosen.isdigit() and len(chosen) <= 18
    workspace = Workspace.objects.managed_by(request.user).filter(pk=chosen).first() if known else None
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
    write, content_type = FORMS[form]
    name = f"{slugify(batch.workspace.name) or 'stint'}-batch-{batch.number}.{form}"
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    return HttpResponse(write(batch), content_type=content_type, headers=headers)


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
