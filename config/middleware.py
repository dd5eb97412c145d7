"""What every request passes: no cached pages, no NUL characters, a login."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangoLoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from workspaces.requests import page_of

GetResponse = Callable[[HttpRequest], HttpResponse]


def no_store(get_response: GetResponse) -> GetResponse:
    """Keeps pages out of caches, so that Back shows nothing of an account after its logout.

    A page that answers a POST also keeps its address to itself: a form on it must not lead back there.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        if request.method == "POST":
            response.headers["Referrer-Policy"] = "origin"
        return response

    return middleware


def refuse_nul(get_response: GetResponse) -> GetResponse:
    """Answers 400 to NUL in an address or a cookie: PostgreSQL cannot store it, and SQLite would."""

    def middleware(request: HttpRequest) -> HttpResponse:
        values = [request.path_info, *request.COOKIES.values()]
        if "%00" in request.META.get("QUERY_STRING", "") or any("\0" in value for value in values):
            raise BadRequest(_("The address or a cookie holds a character that does not belong there."))
        return get_response(request)

    return middleware


def chosen_language(get_response: GetResponse) -> GetResponse:
    """Speaks the language that the user has chosen; else it is the browser's, by LocaleMiddleware."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = request.user.language if request.user.is_authenticated else ""
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return get_response(request)

    return middleware


class LoginRequiredMiddleware(DjangoLoginRequiredMiddleware):
    """Sends whoever is not signed in to the login page, and from there back to the page they were on.

    A fragment's request moves the whole page; a POST, which cannot be repeated by a redirect, comes
    back to the page that sent it.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Callable) -> HttpResponse:  # type: ignore[override]
        return to_login(request)


def to_login(request: HttpRequest) -> HttpResponse:
    """The login as a whole page, and from there back to the page that the user looks at."""
    login = redirect_to_login(current_page(request))
    if not HtmxDetails(request):
        return login
    if HtmxDetails(request).trigger == "timers-icon":
        # The poll, and no click: what is being typed on the page is not for it to throw away.
        toast = {"message": _("You are signed out. Your timers run on."), "login": login.url}
        return HttpResponse(render_to_string("_error_toast.html", toast), status=401)
    return HttpResponse(status=204, headers={"HX-Redirect": login.url})


def current_page(request: HttpRequest) -> str:
    """The path and query of the page that the user looks at, which is not that of a fragment or a POST."""
    if request.method in ("GET", "HEAD") and not HtmxDetails(request):
        return request.get_full_path()
    return page_of(request) or resolve_url(settings.LOGIN_REDIRECT_URL)
