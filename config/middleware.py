"""What every request passes: no cached pages, no NUL characters, a login."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangoLoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

GetResponse = Callable[[HttpRequest], HttpResponse]


def no_store(get_response: GetResponse) -> GetResponse:
    """Keeps pages out of caches, so that Back shows nothing of an account after its logout."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def refuse_nul(get_response: GetResponse) -> GetResponse:
    """Answers 400 to NUL in an address or a cookie: PostgreSQL cannot store it, and SQLite would."""

    def middleware(request: HttpRequest) -> HttpResponse:
        values = [request.path_info, *request.COOKIES.values()]
        if "%00" in request.META.get("QUERY_STRING", "") or any("\0" in value for value in values):
            raise BadRequest("NUL in the address or in a cookie.")
        return get_response(request)

    return middleware


class LoginRequiredMiddleware(DjangoLoginRequiredMiddleware):
    """Sends whoever is not signed in to the login page, and from there back to the page they were on.

    A fragment's request moves the whole page; a POST, which cannot be repeated by a redirect, comes
    back to the page that sent it.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Callable) -> HttpResponse:  # type: ignore[override]
        login = redirect_to_login(
            current_page(request),
            resolve_url(self.get_login_url(view_func)),
            self.get_redirect_field_name(view_func),
        )
        if not HtmxDetails(request):
            return login
        return HttpResponse(status=204, headers={"HX-Redirect": login.url})


def current_page(request: HttpRequest) -> str:
    """The path and query of the page that the user looks at, which is not that of a fragment or a POST."""
    if htmx := HtmxDetails(request):
        return htmx.current_url_abs_path or resolve_url(settings.LOGIN_REDIRECT_URL)
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    referer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referer, {request.get_host()}, request.is_secure()):
        return urlsplit(referer)._replace(scheme="", netloc="").geturl()
    return resolve_url(settings.LOGIN_REDIRECT_URL)
