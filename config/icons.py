"""The tag of the icons’ library, drawing each icon once; one that never varies, when its template is read."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.template import Context, Library, Node
from django.template.base import Parser, TextNode, Token
from django.template.library import SimpleNode, parse_bits
from django.utils.safestring import SafeString
from lucide.templatetags import lucide as library

from config.fixed_tags import is_fixed

register = Library()

draw = lru_cache(maxsize=512)(library.lucide)


@register.tag
def lucide(parser: Parser, token: Token) -> Node:
    """Used as the library's: `{% lucide "check" size=16 class="icon" %}`."""
    args, kwargs = parse_bits(
        parser=parser,
        bits=token.split_contents()[1:],
        params=["name"],
        varargs=None,
        varkw="kwargs",
        defaults=None,
        kwonly=["size"],
        kwonly_defaults={"size": 24},
        takes_context=False,  # type: ignore[call-arg]  # missing in the stubs
        name="lucide",
    )
    node = SimpleNode(_icon, False, args, kwargs, None)
    if all(map(is_fixed, [*args, *kwargs.values()])):
        return TextNode(node.render(Context()))
    return node


def _icon(name: str, **options: Any) -> SafeString:
    return SafeString(draw(name, **options))
