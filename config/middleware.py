"""What every request passes: no cached pages, no NUL characters, a login."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import middleware as django
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils import translation
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from workspaces.addresses import client_address
from workspaces.parts import draw
from workspaces.requests import page_of
from workspaces.sign_in.second_factor import needed_as_staff
from workspaces.sign_in.sessions import note_device, user_of

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


def refuse_nul_in_cookies(get_response: GetResponse) -> GetResponse:
    """Answers 400 to NUL, which PostgreSQL cannot store and SQLite would; before any cookie is looked up."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if any("\0" in value for value in request.COOKIES.values()):
            raise BadRequest(_("A cookie holds a character that does not belong there."))
        return get_response(request)

    return middleware


def refuse_nul(get_response: GetResponse) -> GetResponse:
    """The same of an address, as a page for whoever is signed in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest(_("The address holds a character that does not belong there."))
        return get_response(request)

    return middleware


def device_of_session(get_response: GetResponse) -> GetResponse:
    """Notes where somebody signs in, for the list of their sessions."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        note_device(request.session, request.headers.get("User-Agent", ""), client_address(request))
        return response

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


def tell_of_wrong_method(get_response: GetResponse) -> GetResponse:
    """Gives Django's blank 405 a page, and keeps what it says of the methods that are allowed."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 405 and not response.content:
            # They need the addresses, which are not there yet while the middleware is made.
            from config.views import method_not_allowed

            return method_not_allowed(request, response.headers["Allow"])
        return response

    return middleware


class AuthenticationMiddleware(django.AuthenticationMiddleware):
    """Django's, whose user comes with the session, in one query."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: self._cached(request))  # type: ignore[assignment]

    def _cached(self, request: Any) -> Any:
        if not hasattr(request, "_cached_user"):
            # From now on the user itself, which answers in a third of the time.
            request._cached_user = request.user = user_of(request)
        return request._cached_user


class LoginRequiredMiddleware(django.LoginRequiredMiddleware):
    """Sends whoever is not signed in to the login page, and from there back to the page they were on.

    A fragment's request moves the whole page; a POST, which cannot be repeated by a redirect, comes
    back to the page that sent it.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Callable) -> HttpResponse:  # type: ignore[override]
        return to_login(request)


class SecondFactorMiddleware(MiddlewareMixin):
    """Holds back whoever has yet to set up the second factor that is asked for: everywhere, or in the admin.

    What is left to them is to set it up, to sign out and to stop their timer.
    """

    LEFT = {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_view_recovery_codes",
        "mfa_reauthenticate",
        "account_reauthenticate",
        "account_logout",
        "password_change",
        "password_change_done",
        "timers:status",
        "timers:stop",
        "admin:logout",
    }

    def process_view(
        self, request: HttpRequest, view_func: Callable, view_args: Any, view_kwargs: Any
    ) -> HttpResponse | None:
        user, asked = request.user, request.resolver_match
        if not user.is_authenticated or not getattr(view_func, "login_required", True):
            return None
        in_admin = asked is not None and asked.app_name == "admin" and needed_as_staff(user)
        if user.has_second_factor or not (user.needs_second_factor or in_admin):
            return None
        return None if asked is not None and asked.view_name in self.LEFT else to_second_factor(request)


def to_second_factor(request: HttpRequest) -> HttpResponse:
    """The page that says why, and leads on from there; a fragment's request moves the whole page to it."""
    page = reverse("mfa_index")
    return HttpResponse(status=204, headers={"HX-Redirect": page}) if HtmxDetails(request) else redirect(page)


def to_login(request: HttpRequest) -> HttpResponse:
    """The login as a whole page, and from there back to the page that the user looks at."""
    login = redirect_to_login(current_page(request))
    if not HtmxDetails(request):
        return login
    if HtmxDetails(request).trigger == "timers-icon":
        # The poll, and no click: what is being typed on the page is not for it to throw away.
        toast = {"message": _("You are signed out. Your timers run on."), "login": login.url}
        return HttpResponse(draw("error_toast.html", toast), status=401)
    return HttpResponse(status=204, headers={"HX-Redirect": login.url})


def current_page(request: HttpRequest) -> str:
    """The path and query of the page that the user looks at, which is not that of a fragment or a POST."""
    if request.method in ("GET", "HEAD") and not HtmxDetails(request):
        return request.get_full_path()
    return page_of(request) or resolve_url(settings.LOGIN_REDIRECT_URL)
