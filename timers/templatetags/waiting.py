"""For the admin's first page."""

from django import template

from billing.models import BillingEntry
from timers.models import Timer

register = template.Library()


@register.simple_tag
def waiting() -> dict[str, int]:
    """How many entries wait for review, and how many timers run, in all workspaces."""
    return {"entries": BillingEntry.objects.new().count(), "timers": Timer.objects.running().count()}
