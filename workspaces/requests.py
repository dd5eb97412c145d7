"""The request that a view of a signed-in page gets, and the page that it came from."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from workspaces.models import User


class Request(HttpRequest):
    """For type hints: config's middleware has seen to the login and to `htmx`."""

    user: User
    htmx: HtmxDetails
    #: The conversation that the page is about, if its view has said so.
    here: Any


def local(address: str) -> str:
    """The address if it is a path of this site, else nothing: no `//evil.example`, no name of a view."""
    return address if address.startswith("/") and url_has_allowed_host_and_scheme(address, None) else ""


def page_of(request: HttpRequest) -> str:
    """The path and query of the page that a fragment's request or a form came from; empty if not known.

    A page that answered a POST sends no more than its origin (config.middleware.no_store), for its address
    cannot be opened.
    """
    page = request.headers.get("HX-Current-URL" if HtmxDetails(request) else "Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return ""
    address = urlsplit(page)._replace(scheme="", netloc="").geturl()
    return "" if address == "/" else local(address)
