"""Whose word a request's address is."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The connection's address; behind a proxy, the last one in X-Forwarded-For, which is the proxy's word.

    What stands before it there, and the whole header where there is no proxy, is anybody's claim.
    """
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
