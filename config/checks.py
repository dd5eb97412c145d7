"""Settings under which the application refuses to start, and what `manage.py check` says besides."""

import os
import re
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

INSECURE_KEY = "django-insecure-for-development-only-never-in-production"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
LOG_FORMATS = ("json", "lines")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
#: The issuer's origin becomes part of the content policy, where these mean something else.
NOT_IN_A_POLICY = re.compile(r"[\s;,*'\"]")
#: Of Django's ways to send mail, those that deliver to nobody.
UNDELIVERED = [f"django.core.mail.backends.{name}.EmailBackend" for name in ("console", "dummy", "locmem")]


def refuse_unsafe_settings(given: Mapping[str, Any]) -> None:
    """Raises ImproperlyConfigured when these settings would leave a server open or could not work.

    It says everything that is wrong, and what to set.
    """
    complaints = [*anywhere(given), *(in_development(given) if given["DEBUG"] else in_production(given))]
    if complaints:
        told = "\n".join(f"- {each}" for each in complaints)
        raise ImproperlyConfigured(f"Stint does not start:\n{told}")


def anywhere(given: Mapping[str, Any]) -> Iterator[str]:
    if given["LOG_FORMAT"] not in LOG_FORMATS:
        yield f"LOG_FORMAT is {given['LOG_FORMAT']!r}. Set it to one of {', '.join(LOG_FORMATS)}."
    if given["LOG_LEVEL"] not in LOG_LEVELS:
        yield f"LOG_LEVEL is {given['LOG_LEVEL']!r}. Set it to one of {', '.join(LOG_LEVELS)}."


def in_development(given: Mapping[str, Any]) -> Iterator[str]:
    if reachable := beyond_this_machine(given["ALLOWED_HOSTS"]):
        yield (
            f"DEBUG is on and ALLOWED_HOSTS names {reachable}. DEBUG shows settings and source to every "
            f"visitor: turn it off, or serve {', '.join(LOOPBACK)} only."
        )


def in_production(given: Mapping[str, Any]) -> Iterator[str]:
    yield from about_keys(given["SECRET_KEY"], given["SECRET_KEY_FALLBACKS"])
    yield from about_hosts(given)
    yield from about_origins(given["CSRF_TRUSTED_ORIGINS"], https=given["HTTPS"])
    if given.get("SESSION_COOKIE_AGE", 1) <= 0:
        yield "SESSION_LIFETIME_HOURS is 0 or less. Set it to the hours that a sign-in lasts."
    if given.get("EMAIL_BACKEND") in UNDELIVERED:
        yield "EMAIL_URL delivers mail to nobody. Set it to a mail server, or leave it empty."
    yield from about_openid(given)


def about_keys(key: str, fallbacks: list[str]) -> Iterator[str]:
    if not key:
        yield "SECRET_KEY is not set. Set it to a long random text of its own."
    elif is_weak(key):
        yield "SECRET_KEY is a default or too short. Set it to at least 50 random characters."
    if any(is_weak(fallback) for fallback in fallbacks):
        yield "SECRET_KEY_FALLBACKS holds a default or too short key, which anybody can guess. Take it out."


def is_weak(key: str) -> bool:
    return key.startswith("django-insecure-") or len(key) < 50 or len(set(key)) < 5


def about_hosts(given: Mapping[str, Any]) -> Iterator[str]:
    hosts = given["ALLOWED_HOSTS"]
    if not hosts:
        yield "ALLOWED_HOSTS is empty. Set it to the host names that people use."
    if any("*" in host for host in hosts):
        yield "ALLOWED_HOSTS contains *, which is any host. Name the hosts."
    reachable = beyond_this_machine(hosts)
    if reachable and given["DEMO"]:
        yield (
            f"DEMO is on and ALLOWED_HOSTS names {reachable}. Everybody knows the password of the demo's "
            f"accounts: turn DEMO off, or serve {', '.join(LOOPBACK)} only."
        )
    if reachable and not given["HTTPS"] and not given["INSECURE_HTTP"]:
        yield (
            f"HTTPS is off and ALLOWED_HOSTS names {reachable}. Passwords would cross the network readable: "
            f"set HTTPS=on (and BEHIND_PROXY=on where a proxy speaks it), or INSECURE_HTTP=on to have it so."
        )


def beyond_this_machine(hosts: list[str]) -> str:
    return ", ".join(host for host in hosts if host not in LOOPBACK)


def about_origins(origins: list[str], *, https: bool) -> Iterator[str]:
    for origin in origins:
        parts = urlsplit(origin)
        if "*" in origin:
            yield f"CSRF_TRUSTED_ORIGINS names {origin}, which may be anybody's. Name each origin."
        elif parts.scheme not in ("http", "https") or not parts.netloc:
            yield f"CSRF_TRUSTED_ORIGINS names {origin}. Write it as https://{parts.path or origin}."
        elif https and parts.scheme == "http":
            yield f"CSRF_TRUSTED_ORIGINS names {origin}, which anybody on the way can change. Use https."


def about_openid(given: Mapping[str, Any]) -> Iterator[str]:
    issuer = given.get("OIDC_ISSUER", "")
    if not issuer:
        return
    parts = urlsplit(issuer)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        yield f"OIDC_ISSUER is {issuer}. It says who somebody is, so it has to be an https address."
    if not parts.hostname or NOT_IN_A_POLICY.search(issuer):
        yield f"OIDC_ISSUER is {issuer}. It has to be an address with a host, such as https://id.example."
    if not given.get("OIDC_CLIENT_ID") or not given.get("OIDC_CLIENT_SECRET"):
        yield "OIDC_ISSUER is set without OIDC_CLIENT_ID and OIDC_CLIENT_SECRET. Set all three, or none."


@checks.register(deploy=True)
def about_sqlite(**_: Any) -> list[checks.CheckMessage]:
    """Whether the file can be written, and how this SQLite lets readers and a writer at it at once."""
    database = settings.DATABASES["default"]
    if database["ENGINE"] != "django.db.backends.sqlite3" or ":memory:" in str(database["NAME"]):
        return []
    found: list[checks.CheckMessage] = []
    path = Path(database["NAME"])
    # SQLite writes its journal beside the file, so the folder has to be its own.
    if any(not os.access(place, os.W_OK) for place in (path, path.parent) if place != path or path.exists()):
        hint = "Let the account that runs Stint write the file and its folder, or set DATABASE_URL."
        found.append(checks.Warning(f"The database {path} cannot be written.", hint=hint, id="stint.W001"))
    if "journal_mode=WAL" not in database["OPTIONS"]["init_command"]:
        told = f"SQLite {sqlite3.sqlite_version} is older than 3.51.3: readers wait while somebody writes."
        hint = "Its write-ahead log is not safe there. That is slower, and fine for a small team."
        found.append(checks.Info(told, hint=hint, id="stint.I001"))
    return found
