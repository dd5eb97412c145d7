"""Whose word a request's address is."""

from ipaddress import IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The connection's address; behind a proxy, the last one in X-Forwarded-For, which is the proxy's word.

    What stands before it there, and the whole header where there is no proxy, is anybody's claim. A word of
    the proxy's that is no address does not count either.
    """
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    told = forwarded.rpartition(",")[2].strip()
    return told if is_address(told) else request.META.get("REMOTE_ADDR", "")


def client_network(request: HttpRequest) -> str:
    """What bad passwords are counted by: the address, of IPv6 the first of its /64, all of which one has."""
    address = client_address(request)
    if not is_address(address) or ip_address(address).version == 4:
        return address
    return str(IPv6Network((address, 64), strict=False).network_address)


def is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
