"""A new password by mail: for whoever reads the mail of the account's address, and nobody else."""

from __future__ import annotations

import logging
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from importlib import import_module
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from threading import Barrier
from typing import Any

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.http import int_to_base36
from django.utils.translation import get_language

from tests.cast import sign_in
from tests.factories import UserFactory
from tests.races import together
from workspaces.models import User
from workspaces.sign_in import letters
from workspaces.sign_in.views import SetNewPassword

ASK = "/accounts/password_reset/"
SENT = "/accounts/password_reset/sent/"
LINK = re.compile(r"http://testserver(/accounts/password_reset/\S+/)")
NEW = "quite-a-new-0ne"


@pytest.fixture(autouse=True)
def mail_is_sent(settings: Any) -> None:
    settings.PASSWORD_RESET_BY_MAIL = True
    settings.MAIL_TO_FILES = False


@pytest.fixture
def user(db: None) -> User:
    return UserFactory(username="locksmith", password="old", email="Lock.Smith@example.com")


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


def without_token(response: HttpResponse) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


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


# The link


def test_the_link_works_once(client: Client, user: User) -> None:
    link = link_for(client)
    set_password(client, link)
    for again in (client, Client()):
        page = open_link(again, link)
        assert "no longer works" in page.content.decode()
        assert 'type="password"' not in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_the_link_at_once_one_sets_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    user = UserFactory(username="locksmith", password="old", email="lock.smith@example.com")
    link = link_for(Client())
    clients = [Client(), Client()]
    pages = [open_link(client, link).redirect_chain[-1][0] for client in clients]
    save, both_found_it_good = SetNewPassword.form_valid, Barrier(2, timeout=20)

    def save_together(*args: Any) -> HttpResponse:
        both_found_it_good.wait()
        return save(*args)

    monkeypatch.setattr(SetNewPassword, "form_valid", save_together)

    def use(number: int) -> int:
        form = {"password1": f"{NEW}-{number}", "password2": f"{NEW}-{number}"}
        return clients[number].post(pages[number], form).status_code

    statuses = together(lambda: use(0), lambda: use(1))
    assert Counter(statuses) == {302: 1, 200: 1}, statuses
    user.refresh_from_db()
    assert user.check_password(f"{NEW}-{statuses.index(302)}")


def test_the_link_works_for_an_hour(client: Client, user: User) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as clock:
        link = link_for(client)
        clock.shift(timedelta(minutes=59))
        assert 'type="password"' in open_link(client, link).content.decode()
        clock.shift(timedelta(minutes=2))
        assert "no longer works" in open_link(client, link).content.decode()
        form = {"password1": NEW, "password2": NEW}
        late = client.post(re.sub(r"-.*/$", "-set-password/", link), form)
        assert "no longer works" in late.content.decode()
    user.refresh_from_db()
    assert user.check_password("old")


@pytest.mark.parametrize(
    "change", [{"password": "another"}, {"email": "new@example.com"}, {"last_login": datetime.now(UTC)}]
)
def test_the_link_ends_with_what_it_was_made_for(client: Client, user: User, change: dict) -> None:
    link = link_for(client)
    User.objects.filter(pk=user.pk).update(**change)
    assert "no longer works" in open_link(client, link).content.decode()


@pytest.mark.parametrize("change", ["inactive", "somebody else's", "made up", "a number too large"])
def test_a_link_that_was_not_sent_does_not_work(client: Client, user: User, change: str) -> None:
    link = link_for(client)
    other = UserFactory()
    if change == "inactive":
        User.objects.filter(pk=user.pk).update(is_active=False)
    link = {
        "somebody else's": re.sub(r"/\w+-", f"/{int_to_base36(other.pk)}-", link, count=1),
        "made up": re.sub(r"-\w+/$", "-0000000000/", link),
        "a number too large": re.sub(r"/(\w+)-", "/zzzzzzzzzzzzz-", link, count=1),
    }.get(change, link)
    assert "no longer works" in open_link(client, link).content.decode()


def test_the_key_does_not_stay_in_the_address_nor_go_to_others(client: Client, user: User) -> None:
    link = link_for(client)
    key = link.rstrip("/").rpartition("/")[2].partition("-")[2]
    response = client.get(link)
    assert response.status_code == 302
    page = client.get(response.url)
    assert key not in response.url
    assert key not in page.content.decode()
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["Cache-Control"] == "no-store" or "no-store" in page.headers["Cache-Control"]
    other = Client()
    assert "no longer works" in other.get(response.url).content.decode()


def test_the_page_of_the_link_needs_a_password_that_will_do(client: Client, user: User) -> None:
    page = open_link(client, link_for(client)).redirect_chain[-1][0]
    short = client.post(page, {"password1": "short", "password2": "short"})
    differ = client.post(page, {"password1": NEW, "password2": NEW + "x"})
    like = client.post(page, {"password1": "locksmith1", "password2": "locksmith1"})
    assert [each.status_code for each in (short, differ, like)] == [422, 422, 422]
    user.refresh_from_db()
    assert user.check_password("old")


@pytest.mark.parametrize("host", ["evil.example", "localhost:80@evil.example", "localhost.evil.example"])
def test_the_link_is_never_to_another_host(client: Client, user: User, host: str) -> None:
    assert ask(client, user.email, headers={"Host": host}).status_code == 400
    assert mail.outbox == []
    ask(client, user.email, headers={"X-Forwarded-Host": host})
    assert "evil" not in mail.outbox[0].body


def test_no_key_and_no_password_is_in_the_log(
    client: Client, user: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        link = link_for(client)
        set_password(client, link)
        open_link(client, link)
    key = link.rstrip("/").rpartition("-")[2]
    logged = [str(each.__dict__) for each in caplog.records if not each.name.startswith("django.db")]
    assert not [line for line in logged if key in line or NEW in line]
    own = [each.getMessage() for each in caplog.records if each.name.startswith("workspaces.sign_in")]
    assert own == ["New password asked for", "New password set by mail"]


# What it ends


def test_every_session_of_the_user_ends(client: Client, user: User) -> None:
    elsewhere, colleague = Client(), sign_in(UserFactory())
    elsewhere.force_login(user)
    here = Client()
    here.force_login(user)
    set_password(here, link_for(client))
    assert elsewhere.get("/timers/").status_code == 302
    assert here.get("/timers/").status_code == 302
    assert colleague.get("/timers/").status_code == 200


def test_whoever_else_is_signed_in_on_the_device_is_signed_out(client: Client, user: User) -> None:
    client.force_login(UserFactory())
    set_password(client, link_for(client))
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert client.get("/timers/").status_code == 302


def test_a_lock_by_bad_passwords_ends(client: Client, user: User) -> None:
    form = {"username": "locksmith", "password": "wrong"}
    assert [client.post("/accounts/login/", form).status_code for _ in range(5)][-1] == 429
    set_password(client, link_for(client))
    assert client.post("/accounts/login/", form | {"password": NEW}).status_code == 302


def test_a_second_factor_is_still_asked_for(client: Client, user: User) -> None:
    TOTP.activate(user, generate_totp_secret())
    set_password(client, link_for(client))
    response = client.post("/accounts/login/", {"username": "locksmith", "password": NEW})
    assert (response.status_code, response.url) == (302, "/accounts/second-factor/authenticate/")
    assert client.get("/timers/").status_code == 302


# Languages


def test_the_mail_is_in_the_language_of_its_reader(
    client: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken = []
    write = letters._link
    monkeypatch.setattr(letters, "_link", lambda *args: spoken.append(get_language()) or write(*args))
    for language in ("fr", ""):
        User.objects.filter(pk=user.pk).update(language=language)
        answer = ask(client, user.email, headers={"Accept-Language": "de"})
        assert answer.headers["Content-Language"] == "de"
    assert spoken == ["fr", "de"]


# How often


def test_mail_to_one_address_is_sent_three_times_an_hour(user: User) -> None:
    for address in (user.email, "nobody@example.com"):
        mail.outbox.clear()
        with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as clock:
            statuses = [ask(Client(), address).status_code for _ in range(4)]
            assert statuses == [302, 302, 302, 429]
            assert ask(Client(REMOTE_ADDR="192.0.2.7"), address.upper()).status_code == 429
            assert len(mail.outbox) == 3
            clock.shift(timedelta(minutes=61))
            assert ask(Client(), address).status_code == 302


def test_an_address_asks_thirty_times_an_hour(db: None) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False):
        statuses = [ask(Client(), f"user{n}@example.com").status_code for n in range(31)]
        assert statuses == [302] * 30 + [429]
        forged = {"X-Forwarded-For": "10.9.9.9"}
        assert ask(Client(), "one@example.com", headers=forged).status_code == 429
        assert ask(Client(REMOTE_ADDR="192.0.2.7"), "one@example.com").status_code == 302


def test_two_addresses_of_ipv4_are_two_over_a_socket_for_ipv6_as_well(db: None) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False):
        for n in range(31):
            office = Client(REMOTE_ADDR=f"::ffff:192.0.2.{n}")
            assert ask(office, f"user{n}@example.com").status_code == 302


def test_too_often_is_a_page_of_ours(client: Client, user: User) -> None:
    for _ in range(4):
        response = ask(client, user.email)
    assert "Too many attempts" in response.content.decode()
    assert response.headers["Content-Security-Policy"]


@pytest.mark.django_db(transaction=True)
def test_asking_at_the_same_moment_gets_round_no_limit() -> None:
    user = UserFactory(email="lock.smith@example.com")
    asks = [lambda: ask(Client(), user.email).status_code] * 12
    statuses = Counter(together(*asks))
    assert set(statuses) == {302, 429}, statuses
    assert statuses[302] <= 3
    assert len(mail.outbox) == statuses[302]


# One account per address


def test_an_address_belongs_to_one_account_however_it_is_written(user: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory(email="lock.smith@EXAMPLE.com")
    UserFactory(email="")
    UserFactory(email="")
    with pytest.raises(ValidationError, match="Another account has this email address"):
        User(username="x", password="x", email="LOCK.smith@example.com").full_clean()


def test_an_upgrade_names_the_accounts_that_share_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    migration = import_module("workspaces.migrations.0006_one_account_per_address")

    class Users:
        def exclude(self, **_: str) -> Users:
            return self

        def values_list(self, *_: str) -> list[tuple[str, str]]:
            return [("one", "a@example.com"), ("two", "A@example.com"), ("three", "b@example.com")]

    class Model:
        objects = Users()

    class Apps:
        def get_model(self, *_: str) -> type[Model]:
            return Model

    with pytest.raises(CommandError, match=r"one \(a@example.com\), two \(A@example.com\)$"):
        migration.refuse_shared_addresses(Apps(), None)
