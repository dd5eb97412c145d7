"""The headers that protect every response, whatever made it: a page, a file, an error, a redirect."""

from collections.abc import Callable
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

#: What pages never use, and so nothing that got into one may use either.
UNUSED = [
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
]
PERMISSIONS = ", ".join(f"{feature}=()" for feature in UNUSED)
#: What says nothing of a file, which is no page and whose name changes with what is in it.
NOT_FOR_FILES = [
    "Cross-Origin-Opener-Policy",
    "Last-Modified",
    "Permissions-Policy",
    "Referrer-Policy",
    "X-Frame-Options",
]
LOGOUTS = {"account_logout", "admin:logout"}


class PolicyMiddleware(CSPMiddleware):
    """django-csp's, with a policy that is written once: no view has one of its own, or asks for a nonce."""

    policy: Any = None
    written = ""

    def process_request(self, request: HttpRequest) -> None:
        pass

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        # The page that tells of an error while DEBUG is on has styles and scripts in it.
        if not (settings.DEBUG and response.status_code in (404, 500)):
            if self.policy is not settings.CONTENT_SECURITY_POLICY:
                self.written, self.policy = build_policy(), settings.CONTENT_SECURITY_POLICY
            response.headers.setdefault(HEADER, self.written)
        return response


def on_every_response(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
    """Completes what Django's own middleware sets, also where a request did not get as far as that."""
    headers = {
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": PERMISSIONS,
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "X-Content-Type-Options": "nosniff",
    }

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if is_file(request):
            for name in NOT_FOR_FILES:
                response.headers.pop(name, None)
        elif signs_out(request, response):
            # Not "cookies", for that takes those of the whole domain, and the language with them; the logout
            # itself takes the session's. Not "storage": it holds the theme and the offline page, nobody's.
            response.headers["Clear-Site-Data"] = '"cache"'
        return response

    return middleware


def for_files(headers: Any, path: str, url: str) -> None:
    """WHITENOISE_ADD_HEADERS_FUNCTION: a file opened by itself, such as an SVG, may load and run nothing."""
    headers["Content-Security-Policy"] = "default-src 'none'"


def is_file(request: HttpRequest) -> bool:
    return request.path_info.startswith(settings.STATIC_URL)


def signs_out(request: HttpRequest, response: HttpResponse) -> bool:
    match = request.resolver_match
    is_logout = match is not None and match.view_name in LOGOUTS
    return is_logout and request.method == "POST" and response.status_code < 400
