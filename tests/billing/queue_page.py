"""The review queue, as the tests of its decisions use it."""

from django.contrib.messages import get_messages
from django.utils import timezone

from billing.models import BillingEntry
from tests.factories import BillingEntryFactory

QUEUE = "/billing/review/"
DECIDE = "/billing/review/decide/"
UNFLAGGED = "/billing/review/unflagged/"
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": f"http://testserver{QUEUE}?group=day"}


def make(user, conversation, **fields):
    return BillingEntryFactory(
        user=user, conversation=conversation, **{"confirmed_at": timezone.now()} | fields
    )


def columns(entry):
    return BillingEntry.objects.filter(pk=entry.pk).values().get()


def seen(*entries):
    return [f"{entry.pk}:{entry.version}" for entry in entries]


def states(entries):
    return [BillingEntry.objects.get(pk=entry.pk).state for entry in entries]


def toast(response):
    """The text of the only message, and the address that undoes."""
    (message,) = get_messages(response.wsgi_request)
    return message.message, message.extra_tags
