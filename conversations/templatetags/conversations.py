"""How what people wrote is shown."""

import re
from html import escape

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString

register = template.Library()

_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")
_LINKS = re.compile(r"""(?i:https?://)[^\s<>"']+|(?<![\w&/#])\#[1-9][0-9]{0,17}\b""")


@register.filter
def prose(text: str) -> SafeString:
    """Plain text as paragraphs: web addresses and #numbers become links, everything else stays what it is."""
    paragraphs = _PARAGRAPHS.split(text.replace("\r\n", "\n").strip())
    return SafeString("\n".join(f"<p>{_linked(paragraph)}</p>" for paragraph in paragraphs))


def _linked(text: str) -> str:
    """Each piece escaped on its own."""
    # Not by urlize, which loses the full stop after “(see https://x.example/a).”
    parts = []
    end = 0
    for match in _LINKS.finditer(text):
        found = _without_punctuation(match[0])
        parts += [escape(text[end : match.start()]), _link(found)]
        end = match.start() + len(found)
    parts.append(escape(text[end:]))
    return "".join(parts).replace("\n", "<br>")


def _link(found: str) -> str:
    if found.startswith("#"):
        address = reverse("conversations:detail", args=[int(found[1:])])
        return f'<a href="{address}">{found}</a>'
    url = escape(found)
    return f'<a href="{url}" rel="nofollow noopener">{url}</a>'


def _without_punctuation(url: str) -> str:
    """What ends a sentence does not belong to the address, nor does a bracket that was opened before it."""
    bare = url.rstrip(".,;:!?")
    return bare[:-1].rstrip(".,;:!?") if bare.endswith(")") and "(" not in bare else bare
