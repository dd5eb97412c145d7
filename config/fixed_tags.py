"""Django's `translate` and `url`, working out once what they say the same each time.

Only where nothing varies: a text of the template itself, an address without arguments. They keep what they
said by language, and by the prefix that addresses have.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from django.template import Context, Library, Node
from django.template.base import FilterExpression, Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.templatetags import i18n
from django.templatetags.i18n import TranslateNode, do_translate
from django.urls import get_script_prefix
from django.utils.translation import get_language

#: Registered instead of Django's own `i18n`, all of whose other tags it has too.
register = Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class Fixed(Node):
    """A node that always says the same while `vary` does; `name` is the variable that it says it to."""

    def __init__(self, node: Node, vary: Callable[[], Hashable], name: str | None) -> None:
        self.node, self.vary, self.name = node, vary, name
        self.said: dict[Hashable, Any] = {}

    def render(self, context: Context) -> Any:
        case = self.vary()
        if case not in self.said:
            with context.push():
                text = self.node.render(context)
                self.said[case] = context[self.name] if self.name else text
        if self.name is None:
            return self.said[case]
        context[self.name] = self.said[case]
        return ""


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    node: Any = do_translate(parser, token)
    fixed = isinstance(node, TranslateNode) and all(
        map(is_fixed, filter(None, [node.filter_expression, node.message_context]))
    )
    return Fixed(node, get_language, node.asvar) if fixed else node


@register.tag
def url(parser: Parser, token: Token) -> Node:
    node: Any = django_url(parser, token)
    fixed = isinstance(node, URLNode) and is_fixed(node.view_name) and not (node.args or node.kwargs)
    return Fixed(node, get_script_prefix, node.asvar) if fixed else node


def is_fixed(said: FilterExpression) -> bool:
    """Whether the template itself says it: a text in quotes, without `_(…)`, or a number."""
    return not said.filters and isinstance(getattr(said.var, "literal", said.var), str | int | float)
