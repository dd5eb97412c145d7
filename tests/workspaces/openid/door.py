"""Through the door by a provider, and how it looks when it stays shut."""

from __future__ import annotations

from allauth.socialaccount.models import SocialAccount
from django.http import HttpResponse
from django.test import Client

from tests.workspaces.openid_provider import OpenIDProvider, callback

START = "/accounts/openid/"


def start(client: Client, **fields: str) -> str:
    response = client.post(START, fields)
    assert response.status_code == 302
    return response.url


def come_back(client: Client, provider: OpenIDProvider, **fields: str) -> HttpResponse:
    return client.get(callback(provider.answer(start(client, **fields))))


def is_signed_in(client: Client) -> bool:
    return client.get("/timers/").status_code == 200


def assert_refused(client: Client, response: HttpResponse, text: str, status: int = 403) -> None:
    assert (response.status_code, text in response.content.decode()) == (status, True)
    assert "socialaccount/refused.html" in [template.name for template in response.templates]
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()
