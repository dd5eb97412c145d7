"""Drawing what is drawn most: the parts of pages, whose templates are Jinja2's (templates/parts).

A click is answered by parts alone, and what a page has many of are parts. Django's own templates, which draw
the pages around them, take several times as long.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.template import engines
from django.template.backends.utils import csrf_input_lazy, csrf_token_lazy
from django.utils.safestring import SafeString

#: The engine's name in the settings, for `render(…, using=PARTS)`.
PARTS = "parts"


def draw(name: str, given: Mapping[str, Any]) -> SafeString:
    """The part of that name; `given` is what it may speak of, beside what config/parts.py knows."""
    engine: Any = engines[PARTS]
    return SafeString(engine.env.get_template(name).render(given))


def draw_for(request: Any, name: str, given: Mapping[str, Any]) -> SafeString:
    """The same on a page, with what a form in it needs."""
    form = {"csrf_input": csrf_input_lazy(request), "csrf_token": csrf_token_lazy(request)}
    return draw(name, {"request": request, **given, **form})
