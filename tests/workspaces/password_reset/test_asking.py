"""Asking for a mail, which tells nobody who has an account."""

from __future__ import annotations

from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import UserFactory
from tests.workspaces.password_reset.steps import (
    ASK,
    LINK,
    NEW,
    SENT,
    ask,
    link_for,
    set_password,
    without_token,
)
from workspaces.models import User


def test_the_link_of_the_mail_sets_a_new_password(client: Client, user: User) -> None:
    link = link_for(client)
    assert mail.outbox[0].to == ["Lock.Smith@example.com"]
    assert "locksmith" in mail.outbox[0].body
    response = set_password(client, link)
    assert (response.status_code, response.url) == (302, "/accounts/password_reset/done/")
    assert client.get(response.url).status_code == 200
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert client.get("/timers/").status_code == 302


def test_the_door_leads_there_where_mail_is_sent(client: Client, settings: Any, db: None) -> None:
    assert f'href="{ASK}"' in client.get("/accounts/login/").content.decode()
    settings.PASSWORD_RESET_BY_MAIL = False
    page = client.get("/accounts/login/").content.decode()
    assert ASK not in page
    assert "An admin sets a new one" in page


def test_without_mail_the_page_says_who_helps_and_sends_nothing(
    client: Client, user: User, settings: Any
) -> None:
    settings.PASSWORD_RESET_BY_MAIL = False
    for response in (client.get(ASK), ask(client, user.email)):
        assert response.status_code == 200
        assert "An admin sets a new password" in response.content.decode()
        assert 'name="email"' not in response.content.decode()
    assert mail.outbox == []


def test_the_demo_says_where_its_mail_lies(client: Client, settings: Any, db: None) -> None:
    assert "var/mail" not in client.get(ASK).content.decode()
    settings.MAIL_TO_FILES = True
    assert "var/mail" in client.get(ASK).content.decode()


# Which addresses have an account


@pytest.mark.parametrize("kind", ["unknown", "inactive", "without a password"])
def test_the_answer_does_not_tell_whether_there_is_an_account(user: User, kind: str) -> None:
    other = UserFactory(username="other", email="other@example.com", is_active=kind != "inactive")
    if kind == "without a password":
        other.set_unusable_password()
        other.save()
    address = "nobody@example.com" if kind == "unknown" else other.email
    seen = []
    for each in (user.email, address):
        client = Client()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = ask(client, each)
        followed = client.get(response.url)
        seen.append((response.status_code, response.url, without_token(followed), len(queries)))
    assert seen[0] == seen[1]
    assert [message.to for message in mail.outbox] == [[user.email], [address]]
    assert mail.outbox[0].subject == mail.outbox[1].subject
    assert LINK.search(str(mail.outbox[0].body))
    assert "http" not in mail.outbox[1].body


def test_the_mail_goes_to_the_address_as_the_account_has_it(user: User, client: Client) -> None:
    User.objects.filter(pk=user.pk).update(email="mike@example.org")
    ask(client, "m\u0131ke@example.org")  # which PostgreSQL takes for the same
    for message in mail.outbox:
        assert message.to == ["mike@example.org"] or not LINK.search(str(message.body))


@pytest.mark.parametrize("address", ["", "nowhere", "a@b", "x" * 300 + "@example.com", "a\0b@example.com"])
def test_no_address_is_told_at_the_field(client: Client, db: None, address: str) -> None:
    response = ask(client, address)
    assert response.status_code == 422
    assert "id_email_error" in response.content.decode()
    assert mail.outbox == []


def test_mail_that_cannot_be_sent_is_told_whoever_it_is_for(
    client: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)
    known, unknown = ask(client, user.email), ask(client, "nobody@example.com")
    assert (known.status_code, unknown.status_code) == (503, 503)
    assert "could not be sent" in known.content.decode()


def test_an_address_that_no_mailbox_has_is_not_told(
    client: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise SMTPRecipientsRefused({})

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    assert ask(client, "nobody@example.com").url == SENT
