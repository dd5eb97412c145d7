"""A form that another site sends is refused, also with a token that is right."""

from __future__ import annotations

import pytest
from django.test import Client

from conversations.models import Conversation
from tests.test_access import snapshot
from workspaces.models import User

TOKEN = "t" * 32


def send(
    user: User, conversation: Conversation, *, secure: bool = False, token: str = TOKEN, **headers: str
) -> int:
    """Close the conversation; the browser has the cookie, the form a token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    client.cookies["csrftoken"] = TOKEN
    sent = {"csrfmiddlewaretoken": token} if token else {}
    address = f"/conversations/{conversation.pk}/close/"
    return client.post(address, sent, secure=secure, headers=headers).status_code


def test_the_form_of_this_site_is_taken(agent: User, conversation: Conversation) -> None:
    assert send(agent, conversation, Origin="http://testserver") == 302


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://testserver.evil.example",
        "http://testserver:81",
        "https://testserver",
    ],
)
def test_that_of_another_origin_is_refused(agent: User, conversation: Conversation, origin: str) -> None:
    before = snapshot()
    assert send(agent, conversation, Origin=origin) == 403
    assert snapshot() == before


@pytest.mark.parametrize(
    "referer", ["", "https://evil.example/", "http://testserver/", "https://testserver.evil.example/"]
)
def test_over_https_a_form_says_where_it_is_from(
    agent: User, conversation: Conversation, referer: str
) -> None:
    before = snapshot()
    assert send(agent, conversation, secure=True, **({"Referer": referer} if referer else {})) == 403
    assert snapshot() == before


@pytest.mark.parametrize("token", ["", "x" * 32, "t" * 31, "t" * 64, "t" * 5000, "\u2603" * 32])
def test_a_wrong_token_is_refused(agent: User, conversation: Conversation, token: str) -> None:
    before = snapshot()
    assert send(agent, conversation, token=token, Origin="http://testserver") == 403
    assert snapshot() == before


def test_a_token_of_the_address_is_none(agent: User, conversation: Conversation) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(agent)
    client.cookies["csrftoken"] = TOKEN
    address = f"/conversations/{conversation.pk}/close/?csrfmiddlewaretoken={TOKEN}"
    assert client.post(address, headers={"Origin": "http://testserver"}).status_code == 403
