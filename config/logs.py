"""The log: a line for each request and each fault, in JSON for a collector or in words for a terminal.

Every record carries the id of its request, which the response names too (X-Request-ID). No line holds a
cookie, a form's content, a query string, or an address that is itself a secret.
"""

import logging
import re
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from config import health
from config.headers import is_file
from workspaces.addresses import client_address

#: The id of the request that this thread is answering.
request_id: ContextVar[str] = ContextVar("request_id", default="-")
#: Where the request itself keeps it.
NAME = "stint.request_id"
#: What a proxy may call a request.
WELL_FORMED = re.compile(r"[\w-]{8,64}", re.ASCII)
#: What moves a terminal's cursor or ends a line.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

logger = logging.getLogger("stint.request")


def request_line(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
    """Gives each request an id, and the log a line when it has been answered."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if is_file(request):
            return get_response(request)
        began = time.perf_counter()
        name = request.META[NAME] = named_by_proxy(request) or secrets.token_hex(8)
        token = request_id.set(name)
        try:
            response = get_response(request)
            response.headers["X-Request-ID"] = name
            level = logging.DEBUG if says_nothing(request, response) else logging.INFO
            if logger.isEnabledFor(level):
                write(level, request, response, round((time.perf_counter() - began) * 1000))
        finally:
            request_id.reset(token)
        return response

    return middleware


def named_by_proxy(request: HttpRequest) -> str:
    name = request.headers.get("X-Request-ID", "") if settings.BEHIND_PROXY else ""
    return name if WELL_FORMED.fullmatch(name) else ""


def says_nothing(request: HttpRequest, response: HttpResponse) -> bool:
    """A poll of a page on which nothing changed, a probe that found all well: most of all requests."""
    match = request.resolver_match
    polls = match is not None and match.view_name == "timers:status" and response.status_code == 204
    return polls or (request.path_info == health.ADDRESS and response.status_code == 200)


def write(level: int, request: HttpRequest, response: HttpResponse, milliseconds: int) -> None:
    told = {
        "method": request.method,
        "path": telling_path(request),
        "route": request.resolver_match.route if request.resolver_match else "",
        "status": response.status_code,
        "milliseconds": milliseconds,
        "user": user_id(request),
        "address": client_address(request),
    }
    line = "%(method)s %(path)s %(status)s in %(milliseconds)s ms, user %(user)s, from %(address)s"
    logger.log(level, line, told, extra=told)


def telling_path(request: HttpRequest) -> str:
    """The path where only numbers vary in it; else the route, for the link of a password reset is a secret.

    Of a path that leads nowhere, which may be such a link with a slip in it, only the beginning.
    """
    match = request.resolver_match
    if match is None:
        first, slash, rest = request.path_info.lstrip("/").partition("/")
        return f"/{first[:20]}{slash}{'…' if rest else ''}"
    if all(str(value).isdigit() for value in [*match.args, *match.kwargs.values()]):
        return request.path_info
    return f"/{match.route}"


def user_id(request: HttpRequest) -> int | None:
    """Of whoever is signed in, if anything asked: a line in the log is no reason to ask the database."""
    user: Any = getattr(request, "user", None)
    if isinstance(user, SimpleLazyObject):
        user = getattr(request, "_cached_user", None)
    return user.pk if user else None


class OfRequest(logging.Filter):
    """Adds the request's id, and takes an address that is a secret from Django's own records."""

    def filter(self, record: logging.LogRecord) -> bool:
        name = request_id.get()
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            # Django has a word of its own to say after the last middleware.
            name = request.META.get(NAME, name)
            shown = telling_path(request)
            record.args = tuple(shown if value == request.path else value for value in record.args)
        record.request_id = name
        return True


class Json(JsonFormatter):
    """One object a line; whatever else a record was given is in it."""

    def __init__(self) -> None:
        names = {"asctime": "time", "levelname": "level", "name": "logger", "request_id": "request"}
        # Django gives its records the request itself, whose words hold the query.
        super().__init__(
            [*names, "message"], rename_fields=names, reserved_attrs=[*RESERVED_ATTRS, "request"]
        )

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03}Z"


class Lines(logging.Formatter):
    """For reading. Nothing that was sent can begin a line: those of a traceback are indented."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(request_id)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        record.message = record.getMessage()
        record.asctime = self.formatTime(record)
        lines = [self.formatMessage(record)]
        if record.exc_info:
            lines += [f"  {line}" for line in self.formatException(record.exc_info).split("\n")]
        return "\n".join(CONTROL.sub(lambda found: repr(found[0])[1:-1], line) for line in lines)
