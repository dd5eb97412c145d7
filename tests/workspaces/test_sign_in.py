"""The door: a user name and a password, and what keeps others from guessing them."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import identify_hasher, make_password
from django.http import HttpResponse
from django.test import Client

from tests.cast import sign_in as signed_in
from tests.factories import UserFactory
from tests.races import together
from workspaces.addresses import client_address, client_network
from workspaces.models import User
from workspaces.sign_in.adapter import FAILURES_OF_AN_ADDRESS

LOGIN = "/accounts/login/"
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/conversations/7/?tab=notes"}


def sign_in(client: Client, username: str, password: str, **extra: Any) -> HttpResponse:
    return client.post(LOGIN, {"username": username, "password": password}, **extra)


@pytest.fixture
def user(db: None) -> User:
    return UserFactory(username="locksmith", password="right")


def test_the_right_password_leads_in(client: Client, user: User) -> None:
    response = sign_in(client, "locksmith", "right")
    assert (response.status_code, response.url) == (302, "/")
    assert client.get("/timers/").context["user"] == user


def test_a_wrong_password_is_told_on_the_page(client: Client, user: User) -> None:
    response = sign_in(client, "locksmith", "wrong")
    assert response.status_code == 200
    assert "do not belong together" in response.content.decode()
    assert 'value="locksmith"' in response.content.decode()
    assert "sessionid" not in client.cookies


def test_a_page_shows_no_sign_in_to_whoever_is_signed_in(client: Client, user: User) -> None:
    client.force_login(user)
    response = client.get(LOGIN + "?next=/timers/")
    assert (response.status_code, response.url) == (302, "/timers/")


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/timers/?open=1", "/timers/?open=1"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("http://testserver/timers/", "/"),
        ("javascript:alert(1)", "/"),
        ("admin", "/"),
        ("", "/"),
    ],
)
def test_a_sign_in_leads_only_to_this_site(client: Client, user: User, asked: str, led: str) -> None:
    form = {"username": "locksmith", "password": "right", "next": asked}
    response = client.post(LOGIN, form)
    assert (response.status_code, response.url) == (302, led)
    assert client.get(LOGIN, {"next": asked}).url == led


def test_signing_out_is_by_post_and_leads_to_the_door(client: Client, user: User) -> None:
    client.force_login(user)
    assert client.get("/accounts/logout/").status_code == 405
    assert client.get("/timers/").status_code == 200
    assert client.post("/accounts/logout/").url == LOGIN
    assert client.get("/timers/").status_code == 302


def test_who_asks_for_json_gets_the_page(client: Client, user: User) -> None:
    response = client.post(LOGIN, {}, headers={"Accept": "application/json"})
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"


# To the door and back


def test_a_page_leads_to_the_login_and_back(client: Client) -> None:
    response = client.get("/timers/?open=1")
    assert response.status_code == 302
    assert response.url == "/accounts/login/?next=/timers/%3Fopen%3D1"


def test_a_fragment_leads_the_whole_page_to_the_login_and_back(client: Client) -> None:
    response = client.post("/timers/7/stop/", headers=HTMX)
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["HX-Redirect"] == "/accounts/login/?next=/conversations/7/%3Ftab%3Dnotes"


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/conversations/7/", "/conversations/7/"),
        ("http://evil.example/conversations/7/", "/"),
        ("", "/"),
    ],
)
def test_a_form_leads_to_the_login_and_back_to_its_page(client: Client, referer: str, back: str) -> None:
    response = client.post("/timers/7/stop/", headers={"Referer": referer})
    assert (response.status_code, response.url) == (302, f"/accounts/login/?next={back}")


# Who is told what


def told(response: HttpResponse, username: str) -> str:
    page = response.content.decode().replace(username, "")
    return "\n".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)


def test_an_inactive_user_is_told_no_more_than_an_unknown_one(client: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)
    inactive, unknown = sign_in(client, "locksmith", "right"), sign_in(client, "nobody", "right")
    assert (inactive.status_code, unknown.status_code) == (200, 200)
    assert told(inactive, "locksmith") == told(unknown, "nobody")
    assert client.get("/timers/").status_code == 302


def test_an_unknown_name_costs_a_hash_as_a_known_one_does(
    client: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    hasher = type(identify_hasher(user.password))
    encode = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda self, *a, **k: calls.append("hash") or encode(self, *a, **k))
    sign_in(client, "nobody", "wrong")
    unknown = len(calls)
    sign_in(client, "locksmith", "wrong")
    assert (unknown, len(calls)) == (1, 2)


@pytest.mark.parametrize("spelled", ["LOCKSMITH", "Locksmith", "lock%mith"])
def test_a_name_is_spelled_exactly(client: Client, user: User, spelled: str) -> None:
    assert sign_in(client, spelled, "right").status_code == 200


def test_spelling_a_name_otherwise_gives_no_more_attempts(client: Client, user: User) -> None:
    for spelled in ["locksmith", " locksmith", "locksmith ", "locksmith", "locksmith"]:
        response = sign_in(client, spelled, "wrong")
    assert response.status_code == 429
    assert sign_in(client, "locksmith", "right").status_code == 429


def test_a_password_is_taken_as_it_is_typed(client: Client, user: User) -> None:
    user.set_password(" right ")
    user.save()
    assert sign_in(client, "locksmith", "right").status_code == 200
    assert sign_in(client, "locksmith", " right ").status_code == 302


def test_an_older_hash_becomes_argon2_by_signing_in(client: Client, user: User, settings: Any) -> None:
    argon2, pbkdf2 = (f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("Argon2", "PBKDF2"))
    settings.PASSWORD_HASHERS = [argon2, pbkdf2]
    User.objects.filter(pk=user.pk).update(password=make_password("right", hasher="pbkdf2_sha256"))
    assert sign_in(client, "locksmith", "right").status_code == 302
    user.refresh_from_db()
    assert user.password.startswith("argon2$argon2id$")


def test_the_hasher_of_production_is_argon2() -> None:
    from config import settings as own

    assert own.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


def test_no_password_and_no_name_is_in_the_log(
    client: Client, user: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        sign_in(client, "locksmith", "a-wrong-secret")
        sign_in(client, "my-secret-by-mistake", "x")
        sign_in(client, "locksmith", "right")
    own = [each for each in caplog.records if each.name.startswith("workspaces.sign_in")]
    assert [each.getMessage() for each in own] == ["Wrong user name or password"] * 2 + ["Signed in"]
    assert own[-1].__dict__["user_id"] == user.pk
    assert own[0].__dict__["address"] == "127.0.0.1"
    logged = "\n".join(str(each.__dict__) for each in caplog.records if not each.name.startswith("django.db"))
    assert "secret" not in logged


# Guessing


def test_five_bad_passwords_lock_the_user_at_that_address_for_a_while(client: Client, user: User) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as clock:
        statuses = [sign_in(client, "locksmith", "wrong").status_code for _ in range(5)]
        assert statuses == [200, 200, 200, 200, 429]
        clock.shift(timedelta(minutes=14))
        assert sign_in(client, "locksmith", "right").status_code == 429
        clock.shift(timedelta(minutes=2))
        assert sign_in(client, "locksmith", "right").status_code == 302


def test_the_page_of_a_lock_is_ours(client: Client, user: User) -> None:
    for _ in range(5):
        response = sign_in(client, "locksmith", "wrong")
    assert "Locked for a while" in response.content.decode()
    assert 'href="/accounts/password_reset/"' in response.content.decode()
    assert "account/locked.html" in [template.name for template in response.templates]


def test_a_forged_address_does_not_get_around_the_lock(client: Client, user: User) -> None:
    for number in range(5):
        sign_in(client, "locksmith", "wrong", headers={"X-Forwarded-For": f"10.0.0.{number}"})
    forged = {"X-Forwarded-For": "10.9.9.9", "X-Real-IP": "10.9.9.9", "Forwarded": "for=10.9.9.9"}
    assert sign_in(client, "locksmith", "right", headers=forged).status_code == 429


def test_another_address_of_the_same_ipv6_network_does_not_get_around_the_lock(user: User) -> None:
    for number in range(5):
        sign_in(Client(REMOTE_ADDR=f"2001:db8:0:1::{number}"), "locksmith", "wrong")
    assert sign_in(Client(REMOTE_ADDR="2001:db8:0:1:ffff::1"), "locksmith", "right").status_code == 429
    assert sign_in(Client(REMOTE_ADDR="2001:db8:0:2::1"), "locksmith", "right").status_code == 302


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_what_an_address_is_counted_by(rf: Any, address: str, network: str) -> None:
    assert client_network(rf.get("/", REMOTE_ADDR=address)) == network


@pytest.mark.parametrize("told", ["unknown", "203.0.113.9:4711", "203.0.113.9, ", "<script>"])
def test_a_proxys_word_that_is_no_address_does_not_count(rf: Any, settings: Any, told: str) -> None:
    settings.BEHIND_PROXY = True
    request = rf.get("/", headers={"X-Forwarded-For": told}, REMOTE_ADDR="10.0.0.1")
    assert client_address(request) == client_network(request) == "10.0.0.1"


def test_a_lock_holds_for_nobody_else(client: Client, user: User) -> None:
    UserFactory(username="bystander", password="right")
    for _ in range(5):
        sign_in(client, "locksmith", "wrong")
    assert sign_in(client, "bystander", "right").status_code == 302
    assert sign_in(Client(REMOTE_ADDR="192.0.2.7"), "locksmith", "right").status_code == 302


def test_a_successful_sign_in_forgets_the_bad_ones(client: Client, user: User) -> None:
    for password in ["wrong"] * 4 + ["right"]:
        sign_in(client, "locksmith", password)
    assert sign_in(Client(), "locksmith", "wrong").status_code == 200


def test_an_address_that_tries_one_user_after_the_other_has_to_wait(client: Client, user: User) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as clock:
        for number in range(FAILURES_OF_AN_ADDRESS):
            assert sign_in(client, f"user{number}", "wrong").status_code == 200
        response = sign_in(client, "locksmith", "right")
        assert response.status_code == 429
        assert "Too many attempts" in response.content.decode()
        assert sign_in(Client(REMOTE_ADDR="192.0.2.7"), "locksmith", "right").status_code == 302
        clock.shift(timedelta(minutes=6))
        assert sign_in(client, "locksmith", "right").status_code == 302


def test_two_hundred_of_one_office_may_sign_in_in_the_same_minute(user: User) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False):
        assert {sign_in(Client(), "locksmith", "right").status_code for _ in range(200)} == {302}


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_moment_are_counted_each_and_answered(user: User) -> None:
    guesses = [lambda: sign_in(Client(), "locksmith", "wrong").status_code] * 12
    statuses = Counter(together(*guesses))
    assert set(statuses) <= {200, 429}, statuses
    assert statuses[429] >= 1
    assert sign_in(Client(), "locksmith", "right").status_code == 429


def test_whoever_changes_a_password_may_not_guess_the_old_one(client: Client, user: User) -> None:
    client.force_login(user)
    form = {"old_password": "guess", "new_password1": "a-l0ng-enough", "new_password2": "a-l0ng-enough"}
    statuses = [client.post("/accounts/password_change/", form).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    assert client.get("/accounts/password_change/").status_code == 200


def test_nor_on_the_page_of_the_admin_site(admin: User) -> None:
    client = signed_in(admin)
    form = {"old_password": "guess", "new_password1": "a-l0ng-enough", "new_password2": "a-l0ng-enough"}
    assert [client.post("/admin/password_change/", form).status_code for _ in range(6)][-2:] == [200, 429]


# The admin site


def test_the_admin_site_has_the_same_door(client: Client, user: User) -> None:
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain == [("/accounts/login/?next=/admin/", 302)]
    response = client.get("/admin/login/?next=/admin/timers/timer/")
    assert (response.status_code, response.url) == (302, "/accounts/login/?next=/admin/timers/timer/")
    assert client.get("/admin/login/?next=//evil.example").url == "/accounts/login/?next=/admin/"


def test_the_admin_site_takes_no_password_itself(client: Client, db: None) -> None:
    UserFactory(username="boss", password="right", is_staff=True, is_superuser=True)
    response = client.post("/admin/login/", {"username": "boss", "password": "right", "next": "/admin/"})
    assert (response.status_code, response.url) == (302, "/accounts/login/?next=/admin/")
    assert client.get("/admin/").status_code == 302


def test_the_admin_site_is_closed_to_an_agent(as_agent: Client) -> None:
    response = as_agent.get("/admin/", follow=True)
    assert response.redirect_chain == [("/admin/login/?next=/admin/", 302)]
    assert response.status_code == 403
    page = response.content.decode()
    assert "not authorized" in page
    assert 'type="password"' not in page
    out = as_agent.post("/accounts/logout/", {"next": "/accounts/login/?next=/admin/"})
    assert out.url == "/accounts/login/?next=/admin/"


def test_staff_are_led_on_from_the_doorstep_of_the_admin_site(admin: User) -> None:
    client = signed_in(admin)
    assert client.get("/admin/login/?next=/admin/timers/timer/").url == "/admin/timers/timer/"
    assert client.get("/admin/login/").url == "/admin/"
