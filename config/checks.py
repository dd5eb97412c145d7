"""Settings under which the application refuses to start."""

from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured

INSECURE_KEY = "django-insecure-for-development-only-never-in-production"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def refuse_unsafe_settings(*, debug: bool, secret_key: str, allowed_hosts: Sequence[str]) -> None:
    """Raises ImproperlyConfigured, saying what to set, when these would leave a server open."""
    if debug:
        reachable = [host for host in allowed_hosts if host not in LOOPBACK]
        if reachable:
            raise ImproperlyConfigured(
                f"DEBUG is on and ALLOWED_HOSTS names {', '.join(reachable)}. DEBUG shows settings and "
                f"source to every visitor: turn it off, or serve {', '.join(LOOPBACK)} only."
            )
        return
    if not secret_key:
        raise ImproperlyConfigured("SECRET_KEY is not set. Set it to a long random text of its own.")
    if secret_key.startswith("django-insecure-") or len(secret_key) < 50 or len(set(secret_key)) < 5:
        raise ImproperlyConfigured(
            "SECRET_KEY is a default or too short. Set it to at least 50 random characters."
        )
    if not allowed_hosts:
        raise ImproperlyConfigured("ALLOWED_HOSTS is empty. Set it to the host names that people use.")
    if any(host.strip(".") == "*" for host in allowed_hosts):
        raise ImproperlyConfigured("ALLOWED_HOSTS contains *, which is any host. Name the hosts.")
