"""What was changed in the workspaces that the user manages."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing.history import History
from billing.history_forms import HistoryFilters
from billing.views.reviewing import managers_only
from workspaces.requests import Request


@require_safe
@managers_only
def history(request: Request) -> HttpResponse:
    """The changes of entries, billing types, settings, memberships, customers: the latest first, in pages."""
    filters = HistoryFilters(request.GET, user=request.user)
    context = {"history": History(request.user, filters), "filters": filters}
    return render(request, "billing/history.html", context, status=422 if filters.errors else 200)
