"""What is wrong with an answer, and what it comes to."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import brotli
from django.apps import apps
from django.db import connection

from tests.fuzz.nasties import MARK
from tests.fuzz.pages import Page

#: Where anything may be kept by anybody, because it is of nobody's account.
SHARED = re.compile(r"/(sw\.js|manifest\.webmanifest)$")
#: What is meant: the provider of OpenID Connect that the runs are configured with answers nobody.
MEANT = {("/accounts/openid/", 503), ("/accounts/openid/callback/", 503)}
#: So often is a page read tag by tag, which takes as long as making it.
READ_EVERY = 4


def faults(response: Any, path: str, number: int) -> Iterator[str]:
    status = response.status_code
    if status >= 500 and (path, status) not in MEANT:
        yield f"status {status}"
    if not response.headers.get("Content-Security-Policy"):
        yield "no Content-Security-Policy"
    if not SHARED.search(path) and "no-store" not in response.headers.get("Cache-Control", ""):
        yield f"may be kept: Cache-Control is {response.headers.get('Cache-Control', 'not set')}"
    if any(character in value for value in response.headers.values() for character in "\r\n"):
        yield "a header of several lines"
    if "text/html" not in response.headers.get("Content-Type", ""):
        return
    text = body_of(response).decode(response.charset, "replace")
    if MARK in text:
        at = text.index(MARK)
        yield f"typed text as markup: {text[max(at - 60, 0) : at + 20]!r}"
    if number % READ_EVERY == 0 and text:
        yield from Page(path, text).flaws[:3]


def body_of(response: Any) -> bytes:
    """What the browser reads."""
    if not hasattr(response, "collected"):
        response.collected = b"".join(response.streaming_content) if response.streaming else response.content
        coding = response.headers.get("Content-Encoding")
        if coding and response.collected:
            response.collected = {"gzip": gzip, "br": brotli}[coding].decompress(response.collected)
    return response.collected


def where_to(response: Any) -> str:
    """Where an answer leads."""
    names = ("Location", "HX-Redirect", "HX-Push-Url", "HX-Refresh")
    return " ".join(response.headers[name] for name in names if name in response.headers)


def fingerprint(content: bytes) -> str:
    return hashlib.blake2s(content, digest_size=8).hexdigest()


def rows() -> dict[str, list[str]]:
    """Every row of every table, as text that is the same on both databases."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        values = model._base_manager.order_by("pk").values_list()
        found[model._meta.label] = [json.dumps([_plain(value) for value in row]) for row in values]
    connection.check_constraints()
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(value[key]) for key in sorted(value)}
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value if isinstance(value, str | int | float | bool | None | list) else str(value)
