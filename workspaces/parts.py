"""Drawing what is drawn most: the parts of pages, whose templates are Jinja2's (templates/parts).

A click is answered by parts alone, and what a page has many of are parts. Django's own templates, which draw
the pages around them, take several times as long.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.template import engines
from django.template.backends.utils import csrf_input
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import get_language

#: The engine's name in the settings.
PARTS = "parts"


def read_parts() -> None:
    """All of them, in the usual language; those of others are read when they are wanted."""
    engine: Any = engines[PARTS]
    for name in engine.env.list_templates():
        engine.env.get_template(name)


def draw(name: str, given: Mapping[str, Any]) -> SafeString:
    """The part of that name; `given` is what it may speak of, beside what config/parts.py knows."""
    engine: Any = engines[PARTS]
    return SafeString(engine.env.spoken(get_language()).get_template(name).render(given))


def draw_for(request: Any, name: str, given: Mapping[str, Any]) -> SafeString:
    """The same on a page, with what a form in it needs."""
    known = vars(request)
    field = known.get("csrf_in_parts") or known.setdefault("csrf_in_parts", CsrfInput(request))
    return draw(name, {"request": request, **given, "csrf_input": field})


class CsrfInput:
    """The field that every form needs. The forms of an answer share a token, made for the first of them."""

    def __init__(self, request: Any) -> None:
        self.request = request

    def __html__(self) -> str:
        return self.html

    @cached_property
    def html(self) -> str:
        return csrf_input(self.request)


def answer(request: Any, name: str, given: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """The part as all that is answered."""
    return HttpResponse(draw_for(request, name, given), status=status)
