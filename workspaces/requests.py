"""The request that a view of a signed-in page gets."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from workspaces.models import User


class Request(HttpRequest):
    """For type hints: config's middleware has seen to the login and to `htmx`."""

    user: User
    htmx: HtmxDetails
