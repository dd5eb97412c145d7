"""What the templates of parts (templates/parts, Jinja2) know besides what they are given."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.forms.utils import flatatt
from django.http import QueryDict
from django.template.defaultfilters import linebreaks_filter, truncatechars
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils.translation.trans_real import translation
from jinja2 import Environment, StrictUndefined, nodes, pass_context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from billing.changes import latest_change
from billing.templatetags import billing
from config.icons import draw
from conversations.templatetags import conversations
from timers.templatetags import timers
from timers.timeline import Timeline
from workspaces.templatetags import stint

INDENTATION = re.compile(r"\s*\n\s*")
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
    # Of a conversation: an assignment that was refused, whether the composer follows what was sent, and
    # whether the items end with the latest.
    "assign_form": None,
    "fresh": False,
    "latest": False,
    # Of a toast: an address each, or whether sending again may help.
    "undo": "",
    "show": "",
    "login": "",
    "retry": False,
}


class Parts(Environment):
    """In one language. What is not known at all is an error, and no gap on the page.

    A text or an icon that a template names itself is put in its place when the template is read.
    """

    def __init__(self, language: str, options: dict[str, Any]) -> None:
        self.options, self.languages = options, {language: self}
        super().__init__(
            extensions=["jinja2.ext.i18n"],
            **(options | {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}),
        )
        self.policies["ext.i18n.trimmed"] = True
        catalogue = translation(language)
        texts: dict[str, Callable[..., str]] = {
            "_": catalogue.gettext,
            "gettext": catalogue.gettext,
            "ngettext": catalogue.ngettext,
            "pgettext": catalogue.pgettext,
            "npgettext": catalogue.npgettext,
        }
        # Those that a template itself names are of our catalogues, and may hold elements. Others are escaped.
        functions = {name: _trusted(said) for name, said in texts.items()} | {"icon": icon}
        self.fixed = Fixed(functions, None if self.auto_reload else self._included)
        self.globals |= OPTIONAL | TOOLS | texts
        for library in (stint, conversations, billing, timers):
            self.filters |= library.register.filters
        self.filters |= {
            "attributes": flatatt,
            "linebreaks": linebreaks_filter,
            "truncatechars": truncatechars,
        }

    def spoken(self, language: str | None) -> Parts:
        """The same in another language; each is made once."""
        language = language or settings.LANGUAGE_CODE
        if language not in self.languages:
            self.languages[language] = Parts(language, self.options)
        return self.languages[language]

    def make_globals(self, d: Any) -> dict[str, Any]:
        """A dict, which every part that includes another one copies; Jinja2's is a chain of them."""
        return self.globals | (d or {})

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return self.fixed.visit(super()._parse(source, name, filename))

    def _included(self, name: str) -> list[nodes.Node]:
        source, filename, _ = self.loader.get_source(self, name)  # type: ignore[union-attr]
        return self._parse(source, name, filename).body


class Fixed(NodeTransformer):
    """Puts what a function says in the place of its call, where nothing of that varies.

    And what `included` finds by its name in the place of where it is included: to draw it apart takes longer
    than what most parts hold.
    """

    def __init__(
        self,
        functions: Mapping[str, Callable[..., Any]],
        included: Callable[[str], list[nodes.Node]] | None = None,
    ) -> None:
        self.functions, self.included = functions, included

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802  # the visitor's way
        if self.included is None or not isinstance(node.template, nodes.Const):
            return node
        # A fault in it is told with the line that includes it.
        return nodes.Scope(self.included(node.template.value)).set_lineno(node.lineno, override=True)

    def visit_TemplateData(self, node: nodes.TemplateData) -> nodes.Node:  # noqa: N802
        """Without its indentation, which would weigh more than the texts of a row."""
        return nodes.TemplateData(INDENTATION.sub("\n", node.data), lineno=node.lineno)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802  # the visitor's way
        self.generic_visit(node)
        constant = not node.kwargs and all(isinstance(each, nodes.Const) for each in node.args)
        if not constant or not isinstance(node.node, nodes.Name) or node.node.name not in self.functions:
            return node
        said = self.functions[node.node.name](*(each.value for each in node.args))  # type: ignore[attr-defined]
        return nodes.Const(said, lineno=node.lineno)


def environment(**options: Any) -> Parts:
    """Of the settings."""
    return Parts(settings.LANGUAGE_CODE, options)


def _trusted(translate: Callable[..., str]) -> Callable[..., Markup]:
    return lambda *texts: Markup(translate(*texts))  # noqa: S704


@lru_cache(maxsize=512)
def icon(name: str, css: str = "icon") -> Markup:
    return Markup(draw(name, size=16, aria_hidden="true", **{"class": css}))  # noqa: S704  # the library's


def url(name: str, *numbers: int) -> str:
    """The address of a view."""
    return _pattern(name, len(numbers), get_script_prefix()) % numbers


@lru_cache(maxsize=512)
def _pattern(name: str, count: int, prefix: str) -> str:
    """With a place for each number. It is found once, which takes longer than all that an address is for."""
    stand_ins = range(10**15, 10**15 + count)
    pattern = reverse(name, args=stand_ins).replace("%", "%%")
    for each in stand_ins:
        pattern = pattern.replace(str(each), "%d")
    return pattern


def up_to_page(query: QueryDict) -> str:
    """What the addresses of a list's pages begin with, up to the number; they keep the rest of the query."""
    others = query.copy()
    others.pop("page", None)
    return f"?{others.urlencode()}&page=" if others else "?page="


TOOLS = {
    "board_of": pass_context(timers.timer_board),
    "clock_of": timers.clock_of,
    "decided_at": billing.decided_at,
    "form_for": timers.form_for,
    "icon": icon,
    "latest_change": latest_change,
    "receipt": billing.receipt,
    "ruler": billing.ruler,
    "shortcut": pass_context(stint.shortcut),
    "stamp": stint.stamp,
    "standing": timers.standing,
    "static": lru_cache(static),
    "timeline_of": Timeline.of,
    "timers_on": pass_context(timers.timers_on),
    "up_to_page": up_to_page,
    "url": url,
}
