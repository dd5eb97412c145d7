"""The page on which people see where they are signed in, and end it."""

from __future__ import annotations

import logging
from datetime import UTC

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from workspaces.requests import Request
from workspaces.sign_in import sessions

logger = logging.getLogger(__name__)


@require_safe
def listed(request: Request) -> HttpResponse:
    """The user's own sessions."""
    found = sessions.sign_ins(request.user, request.session.session_key)
    workspace = next(iter(request.user.known_workspaces.values()), None)
    zone = workspace.zone if workspace else UTC
    return render(request, "usersessions/list.html", {"sign_ins": found, "zone": zone})


@require_POST
def end(request: Request) -> HttpResponse:
    """Ends the one of the user's other sessions that `session` names."""
    ended = sessions.end(request.user, request.session.session_key, request.POST.get("session", ""))
    if not ended:
        raise Http404
    logger.info("Session ended from another device", extra={"user_id": request.user.pk})
    messages.success(request, _("Signed out: %(device)s.") % {"device": ended.device})
    return redirect("sessions")


@require_POST
def end_others(request: Request) -> HttpResponse:
    """Ends all of the user's sessions but this one."""
    count = sessions.end_others(request.user, request.session.session_key)
    logger.info("Other sessions ended", extra={"user_id": request.user.pk, "count": count})
    done = ngettext("Signed out on %(n)s other device.", "Signed out on %(n)s other devices.", count)
    messages.success(request, done % {"n": count})
    return redirect("sessions")
