"""Whether the server can do its work, as a monitor or a load balancer asks it."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

ADDRESS = "/healthz/"


def before_all_else(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
    """Answers without a session, a redirect to HTTPS or a look at the Host.

    Who probes knows an address and a port, often in plain HTTP; and the answer has to be had while the
    database, which keeps the sessions, is away.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        return healthz(request) if request.path_info == ADDRESS else get_response(request)

    return middleware


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Says whether the database answers and has every migration of this code: 200, else 503."""
    health = {"database": "ok", "migrations": "ok"}
    try:
        if needed() - MigrationRecorder(connection).applied_migrations().keys():
            health["migrations"] = "missing"
    except (DatabaseError, InterfaceError):
        health = {"database": "unavailable", "migrations": "unknown"}
    return JsonResponse(health, status=200 if set(health.values()) == {"ok"} else 503)


@cache
def needed() -> frozenset[tuple[str, str]]:
    """The migrations of the code that runs, read once: it stays the same for as long as its process lives."""
    return frozenset(MigrationLoader(None).graph.nodes)
