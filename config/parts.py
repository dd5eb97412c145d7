"""What the templates of parts (templates/parts, Jinja2) know besides what they are given."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, StrictUndefined, pass_context
from markupsafe import Markup

from billing.changes import latest_change
from billing.templatetags import billing
from config.icons import draw
from conversations.templatetags import conversations
from timers.templatetags import timers
from workspaces.templatetags import stint

#: What a part may be given, and need not be.
OPTIONAL: dict[str, Any] = {
    "oob": False,
    "messages": (),
    "state": "",
    # Of a form: what was sent and is shown once more, or what somebody else saved meanwhile.
    "entry_form": None,
    "note_form": None,
    "saved": None,
    "keep_url": "",
    "when_empty": "",
    # Of a toast: an address each, or whether sending again may help.
    "undo": "",
    "show": "",
    "login": "",
    "retry": False,
}


def environment(**options: Any) -> Environment:
    """Of the settings. What is not known at all is an error, and no gap on the page."""
    options |= {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    made = Environment(extensions=["jinja2.ext.i18n"], **options)  # noqa: S701  # Django's option: it escapes
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(  # type: ignore[attr-defined]
        _once(gettext), _trusted(ngettext), pgettext=_once(pgettext), npgettext=_trusted(npgettext)
    )
    made.globals |= OPTIONAL | {
        "board_of": pass_context(timers.timer_board),
        "clock_of": timers.clock_of,
        "entry_timeline": timers.entry_timeline,
        "form_for": timers.form_for,
        "icon": icon,
        "latest_change": latest_change,
        "receipt": billing.receipt,
        "ruler": billing.ruler,
        "shortcut": pass_context(stint.shortcut),
        "stamp": stint.stamp,
        "standing": timers.standing,
        "static": lru_cache(static),
        "url": url,
    }
    for library in (stint, conversations, billing, timers):
        made.filters |= library.register.filters
    return made


def _trusted(translate: Any) -> Any:
    """Texts of the catalogues are ours: they may hold elements."""
    return lambda *texts: Markup(translate(*texts))  # noqa: S704


def _once(translate: Any) -> Any:
    """The same, looked up once in each language."""
    said = lru_cache(maxsize=5000)(lambda _language, *texts: Markup(translate(*texts)))  # noqa: S704
    return lambda *texts: said(get_language(), *texts)


@lru_cache(maxsize=512)
def icon(name: str, css: str = "icon") -> Markup:
    return Markup(draw(name, size=16, aria_hidden="true", **{"class": css}))  # noqa: S704  # the library's


def url(name: str, *numbers: int) -> str:
    """The address of a view; one without numbers is found once."""
    return reverse(name, args=numbers) if numbers else _fixed(name, get_script_prefix())


@lru_cache(maxsize=512)
def _fixed(name: str, prefix: str) -> str:
    return reverse(name)
