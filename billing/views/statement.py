"""What customers are charged, to print and to send along with an invoice."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing.review import today_of
from billing.statement import Statement
from billing.statement_forms import StatementFilters
from billing.views.reviewing import managers_only
from workspaces.requests import Request


@require_safe
@managers_only
def statement(request: Request) -> HttpResponse:
    """The approved and invoiced charges of a customer; while none is chosen, the sums of each of them."""
    now = timezone.now()
    filters = StatementFilters(request.GET, user=request.user, today=today_of(request.user, now))
    context = {"filters": filters, "statement": Statement(filters, user=request.user, now=now)}
    return render(request, "billing/statement.html", context, status=422 if filters.errors else 200)
