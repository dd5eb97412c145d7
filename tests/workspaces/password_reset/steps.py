"""What somebody does who forgot the password."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail
from django.http import HttpResponse
from django.test import Client

ASK = "/accounts/password_reset/"
SENT = "/accounts/password_reset/sent/"
LINK = re.compile(r"http://testserver(/accounts/password_reset/\S+/)")
NEW = "quite-a-new-0ne"


def ask(client: Client, address: str, **extra: Any) -> HttpResponse:
    return client.post(ASK, {"email": address}, **extra)


def link_for(client: Client, address: str = "lock.smith@example.com") -> str:
    mail.outbox.clear()
    assert ask(client, address).url == SENT
    found = LINK.search(str(mail.outbox[0].body))
    assert found
    return found[1]


def open_link(client: Client, link: str) -> HttpResponse:
    return client.get(link, follow=True)


def set_password(client: Client, link: str, password: str = NEW) -> HttpResponse:
    page = open_link(client, link)
    return client.post(page.redirect_chain[-1][0], {"password1": password, "password2": password})


def without_token(response: HttpResponse) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
