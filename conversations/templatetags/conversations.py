"""How what people wrote is shown."""

import re
from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")
_LINKS = re.compile(r"""(?i:https?://)[^\s<>"']+|(?<![\w&/#])\#[1-9][0-9]{0,17}\b""")


@register.filter
def get(mapping: Mapping[Any, Any], key: Any) -> Any:
    """The value of a key that is itself a variable, or None."""
    return mapping.get(key)


@register.filter
def prose(text: str) -> SafeString:
    """Plain text as paragraphs: web addresses and #numbers become links, everything else stays what it is."""
    paragraphs = _PARAGRAPHS.split(text.replace("\r\n", "\n").strip())
    return format_html_join("\n", "<p>{}</p>", ((_linked(paragraph),) for paragraph in paragraphs))


def _linked(text: str) -> SafeString:
    # Not by urlize, which loses the full stop after “(see https://x.example/a).”
    parts = []
    end = 0
    for match in _LINKS.finditer(text):
        found = _without_punctuation(match[0])
        parts += [escape(text[end : match.start()]), _link(found)]
        end = match.start() + len(found)
    parts.append(escape(text[end:]))
    return mark_safe("".join(parts).replace("\n", "<br>"))  # noqa: S308  # each part is escaped above


def _link(found: str) -> SafeString:
    if found.startswith("#"):
        address = reverse("conversations:detail", args=[int(found[1:])])
        return format_html('<a href="{}">{}</a>', address, found)
    return format_html('<a href="{0}" rel="nofollow noopener">{0}</a>', found)


def _without_punctuation(url: str) -> str:
    """What ends a sentence does not belong to the address, nor does a bracket that was opened before it."""
    bare = url.rstrip(".,;:!?")
    return bare[:-1].rstrip(".,;:!?") if bare.endswith(")") and "(" not in bare else bare
