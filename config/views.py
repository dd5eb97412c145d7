"""What answers for the whole site: what makes it installable, and every error.

An error is a page of its own, or a toast where a fragment was asked for.
"""

import sys
from hashlib import blake2s

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import resolve, reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django_htmx.http import reswap
from django_htmx.middleware import HtmxDetails

from config.logs import request_id
from config.middleware import to_login
from workspaces.parts import draw

RETRY_AFTER_SECONDS = 5
#: What templates/offline.html is made of.
OFFLINE_FILES = ["css/app.css", "js/theme.js", "js/later/offline.js", "img/favicon-none.svg"]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The conversations are the first page."""
    return redirect("conversations:list")


@login_not_required
@require_safe
@cache_control(no_cache=True)
def manifest(request: HttpRequest) -> JsonResponse:
    """What a browser that installs Stint as an app shows of it."""

    def icon(name: str, sizes: str, **more: str) -> dict[str, str]:
        return {"src": static(f"img/{name}"), "sizes": sizes, "type": "image/png"} | more

    small = icon("icon-192.png", "192x192")
    about = {
        "id": "/",
        "name": pgettext("app", "Stint time tracking"),
        "short_name": "Stint",
        "description": _("Timers on conversations that become billing entries."),
        "lang": get_language(),
        "start_url": reverse("home"),
        "scope": reverse("home"),
        "display": "standalone",
        "theme_color": "#ffffff",
        "background_color": "#f9f8f5",
        "icons": [
            icon("icon.svg", "any", type="image/svg+xml"),
            small,
            icon("icon-512.png", "512x512"),
            icon("icon-maskable-512.png", "512x512", purpose="maskable"),
        ],
        "shortcuts": [
            {"name": _("Timers"), "url": reverse("timers:list"), "icons": [small]},
            {"name": _("Conversations"), "url": reverse("conversations:list"), "icons": [small]},
        ],
    }
    return JsonResponse(about, content_type="application/manifest+json")


@login_not_required
@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. It is another one, and so replaces the last, whenever the offline page is."""
    page = render_to_string("offline.html")
    context = {
        "version": blake2s(page.encode(), digest_size=6).hexdigest(),
        "page": reverse("offline"),
        "files": [static(name) for name in OFFLINE_FILES],
    }
    return HttpResponse(render_to_string("sw.js", context), content_type="text/javascript")


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the service worker keeps for when there is no network; of nobody's account."""
    return HttpResponse(render_to_string("offline.html"))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400."""
    said = str(exception) if isinstance(exception, BadRequest) else ""
    return _error(request, 400, said or _("This request could not be understood."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403."""
    return _error(request, 403, _("This is for the managers of a workspace."))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404."""
    return _error(request, 404, _("This does not exist, or not any more."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answers a form whose token is out of date, as after a login in another tab, with a fresh cookie.

    Where the session has ended too, that comes first.
    """
    needs_login = getattr(resolve(request.path_info).func, "login_required", True)
    if needs_login and not request.user.is_authenticated:
        return to_login(request)
    get_token(request)
    message = _("This page was out of date, and nothing was changed. Please try again.")
    return _error(request, 403, message, retry=True, template="403_csrf.html")


def method_not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """Answers who opens what a button or a form only sends to, as from the history or a bookmark."""
    response = _error(request, 405, _("This can only be sent from its page. Nothing was changed."))
    response.headers["Allow"] = allowed
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500; 503 where the database is to blame: unreachable, full, locked or restarting."""
    if not isinstance(sys.exception(), OperationalError | InterfaceError):
        told = _("Something went wrong here. If it does so again, quote %(id)s to your admin.")
        return _error(request, 500, told % {"id": request_id.get()}, retry=True)
    message = _("The database cannot be reached just now. Please try again in a moment.")
    response = _error(request, 503, message, retry=True)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _error(
    request: HttpRequest, status: int, message: str, *, retry: bool = False, template: str = ""
) -> HttpResponse:
    htmx = HtmxDetails(request)
    if htmx and not htmx.boosted and not htmx.history_restore_request:
        toast = draw("error_toast.html", {"message": message, "retry": retry})
        return reswap(HttpResponse(toast, status=status), "none")
    # A page may send itself again, but only what changes nothing.
    context = {"message": message, "retry": retry and request.method in ("GET", "HEAD")}
    context |= {"request_id": request_id.get()}
    # The top bar asks the database, which may be what failed, for a user, who may not be known yet.
    shown_to = request if status < 500 and hasattr(request, "user") else None
    return HttpResponse(render_to_string(template or f"{status}.html", context, shown_to), status=status)
