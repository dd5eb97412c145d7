"""The least that can be asked of a request by somebody who is signed in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from bench.floor.models import Row


def healthz(request: HttpRequest) -> HttpResponse:
    """The server is there."""
    return HttpResponse()


@login_required
def poll(request: HttpRequest) -> HttpResponse:
    """Read one row, and say that nothing is new."""
    Row.objects.filter(owner=request.user).first()
    return HttpResponse(status=204)


@login_required
@require_POST
def insert(request: HttpRequest) -> HttpResponse:
    row = Row.objects.create(owner=request.user, subject=request.POST["subject"], person="Robin Member")
    return render(request, "row.html", {"row": row})


@login_required
@require_POST
def update(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Row, pk=pk, owner=request.user)
    row.state = request.POST["state"]
    row.changed_at = timezone.now()
    row.save(update_fields=["state", "changed_at"])
    return render(request, "row.html", {"row": row})


@login_required
def row(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "row.html", {"row": get_object_or_404(Row, pk=pk, owner=request.user)})


@login_required
def rows(request: HttpRequest, count: int) -> HttpResponse:
    """The first rows of the user, on a page."""
    return render(
        request, "rows.html", {"rows": Row.objects.filter(owner=request.user).order_by("pk")[:count]}
    )
