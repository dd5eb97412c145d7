"""The request that a view of a signed-in page gets, and the page that it came from."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from workspaces.models import User


class Request(HttpRequest):
    """For type hints: config's middleware has seen to the login and to `htmx`."""

    user: User
    htmx: HtmxDetails


def page_of(request: HttpRequest) -> str:
    """The path and query of the page that a fragment's request or a form came from; empty if not known.

    A page that answered a POST sends no more than its origin (config.middleware.no_store), for its address
    cannot be opened.
    """
    if htmx := HtmxDetails(request):
        return htmx.current_url_abs_path or ""
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return ""
    address = urlsplit(page)._replace(scheme="", netloc="", fragment="").geturl()
    return "" if address == "/" else address
