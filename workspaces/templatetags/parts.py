"""Where a part stands on a page: {% part "errors.html" form=form %}. Every template has this tag."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from workspaces import parts

register = template.Library()

#: What every part may speak of, where the page does; the rest is given to it.
EVERYWHERE = ("request", "messages")


@register.simple_tag(takes_context=True)
def part(context: Any, name: str, **given: Any) -> SafeString:
    known = {each: context[each] for each in EVERYWHERE if each in context}
    request = known.get("request")
    return parts.draw_for(request, name, known | given) if request else parts.draw(name, known | given)
