"""What the link of the mail is good for, and what it ends."""

from __future__ import annotations

import logging
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.utils.http import int_to_base36

from tests.cast import sign_in
from tests.factories import UserFactory
from tests.races import together
from tests.workspaces.password_reset.steps import (
    NEW,
    ask,
    link_for,
    open_link,
    set_password,
)
from workspaces.models import User
from workspaces.sign_in.views import SetNewPassword


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
