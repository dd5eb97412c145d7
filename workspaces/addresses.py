"""Whose word a request's address is."""

from functools import lru_cache
from ipaddress import IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The connection's address; behind a proxy, the last one in X-Forwarded-For, which is the proxy's word.

    What stands before it there, and the whole header where there is no proxy, is anybody's claim. A word of
    the proxy's or the server's that is no address, as the name of a socket, does not count either.
    """
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    told = forwarded.rpartition(",")[2].strip()
    # PostgreSQL keeps no zone, which only a link-local address has: fe80::1%eth0.
    claims = [each.partition("%")[0] for each in (told, request.META.get("REMOTE_ADDR", ""))]
    return next(filter(is_address, claims), "")


def client_network(request: HttpRequest) -> str:
    """What attempts are counted by: the address, of IPv6 the first of its /64, all of which one has.

    A socket for both writes IPv4 as ::ffff:192.0.2.7: the /64 of those would be everybody's.
    """
    address = client_address(request)
    if not is_address(address):
        return address
    known = ip_address(address)
    known = getattr(known, "ipv4_mapped", None) or known
    if known.version == 4:
        return str(known)
    return str(IPv6Network((address, 64), strict=False).network_address)


@lru_cache(maxsize=4096)
def is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
