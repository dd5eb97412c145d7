"""How long a sign-in lasts, and the list of the devices somebody is signed in on."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import sign_in
from workspaces.models import Session, User
from workspaces.sign_in import sessions
from workspaces.sign_in.sessions_devices import device_in_words

SESSIONS = "/accounts/sessions/"
END = f"{SESSIONS}end/"
END_OTHERS = f"{SESSIONS}end-others/"
LOGIN = "/accounts/login/"
PASSWORD = "/accounts/password_change/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
POLL = {
    "HX-Request": "true",
    "HX-Trigger": "timers-icon",
    "HX-Current-URL": "http://testserver/conversations/?tab=mine",
}


def signed_in(user: User, user_agent: str = FIREFOX, address: str = "192.0.2.7", **form: str) -> Client:
    """A browser in which the user has typed their password."""
    client = Client(REMOTE_ADDR=address, headers={"User-Agent": user_agent})
    answer = client.post(LOGIN, {"username": user.username, "password": "password", **form})
    assert answer.status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/timers/").status_code == 200


def key(client: Client) -> str:
    return client.cookies["sessionid"].value


def handles(page: HttpResponse) -> list[str]:
    return re.findall(r'name="session" value="([^"]+)"', page.content.decode())


def rows(page: HttpResponse) -> list[str]:
    """What each line says, without its markup."""
    found = re.findall(r"<tr>\s*<th scope=\"row\">(.*?)</tr>", page.content.decode(), re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found]


# How long it lasts


def test_a_sign_in_lasts_seven_days(agent: User, clock: Any) -> None:
    client = signed_in(agent)
    assert client.cookies["sessionid"]["max-age"] == 7 * 24 * 3600
    clock.shift(timedelta(days=7, seconds=-1))
    assert is_in(client)
    clock.shift(timedelta(seconds=1))
    assert client.get("/timers/").url == f"{LOGIN}?next=/timers/"


def test_nothing_that_is_done_meanwhile_makes_it_longer(agent: User, clock: Any) -> None:
    client = signed_in(agent)
    for _ in range(13):
        clock.shift(timedelta(hours=12))
        client.get("/timers/status/", headers=POLL)
        session = client.session
        session["something"] = str(datetime.now(tz=UTC))
        session.set_expiry(30 * 24 * 3600)
        session.save()
    answer = client.post(PASSWORD, password_change())
    assert answer.cookies["sessionid"]["max-age"] == 12 * 3600
    assert Session.objects.get().expire_date == datetime(2026, 3, 9, 9, tzinfo=UTC)
    clock.shift(timedelta(hours=12))
    assert not is_in(client)


def test_a_shorter_lifetime_ends_sessions_from_before(agent: User, clock: Any, settings: Any) -> None:
    client = signed_in(agent)
    clock.shift(timedelta(hours=2))
    settings.SESSION_COOKIE_AGE = 3600
    assert not is_in(client)


def test_the_poll_of_an_ended_session_gets_a_toast_that_leads_back(agent: User, clock: Any) -> None:
    client = signed_in(agent)
    clock.shift(timedelta(days=7))
    answer = client.get("/timers/status/", headers=POLL)
    assert answer.status_code == 401
    assert f"{LOGIN}?next=/conversations/" in answer.content.decode()


def test_a_session_that_does_not_say_when_it_began_is_over(agent: User) -> None:
    client = sign_in(agent)
    session = client.session
    del session[sessions.SIGNED_IN_AT]
    session.save()
    assert not is_in(client)


def test_a_new_sign_in_begins_anew(agent: User, clock: Any) -> None:
    client = signed_in(agent)
    clock.shift(timedelta(days=6))
    client.post("/accounts/logout/")
    assert client.post(LOGIN, {"username": "agent", "password": "password"}).status_code == 302
    clock.shift(timedelta(days=6))
    assert is_in(client)


def test_what_has_ended_is_cleared_away(agent: User, manager: User, clock: Any) -> None:
    signed_in(agent)
    clock.shift(timedelta(days=4))
    alive = signed_in(manager)
    clock.shift(timedelta(days=4))
    call_command("clearsessions")
    assert list(Session.objects.values_list("pk", flat=True)) == [key(alive)]


# The key


def test_signing_in_changes_the_key(agent: User) -> None:
    client = Client()
    session = client.session
    session["before"] = "kept"
    session.save()
    client.cookies["sessionid"] = session.session_key
    client.post(LOGIN, {"username": "agent", "password": "password"})
    assert key(client) != session.session_key
    assert not Session.objects.filter(pk=session.session_key).exists()


def password_change(new: str = "a-long-and-unusual-one") -> dict[str, str]:
    return {"old_password": "password", "new_password1": new, "new_password2": new}


def test_a_changed_password_changes_the_key_and_ends_the_other_sessions(agent: User) -> None:
    here, elsewhere = signed_in(agent), signed_in(agent)
    before = key(here)
    assert here.post(PASSWORD, password_change()).status_code == 302
    assert key(here) != before
    assert is_in(here)
    (row,) = rows(here.get(SESSIONS))
    assert "This device" in row
    assert not is_in(elsewhere)


def test_a_copy_of_the_cookie_is_worth_nothing_after_signing_out(agent: User) -> None:
    client = signed_in(agent)
    copy = Client()
    copy.cookies["sessionid"] = key(client)
    assert is_in(copy)
    client.post("/accounts/logout/")
    assert not is_in(copy)


# The list


def test_each_session_is_listed_with_its_device_this_one_first(agent: User, clock: Any) -> None:
    signed_in(agent, IPHONE, "198.51.100.3")
    clock.shift(timedelta(days=1, hours=1))
    here = signed_in(agent)
    page = here.get(SESSIONS)
    assert rows(page) == [
        "Firefox on Windows 192.0.2.7 11:00 This device",
        "Safari on iPhone 198.51.100.3 2 Mar, 10:00 Sign out",
    ]
    assert "This device stays signed in until 10 Mar, 11:00." in page.content.decode()


def test_the_keys_of_sessions_are_not_in_the_page(agent: User) -> None:
    other, here = signed_in(agent), signed_in(agent)
    page = here.get(SESSIONS).content.decode()
    assert key(other) not in page
    assert key(here) not in page


def test_one_is_ended_from_another_device_at_once(agent: User) -> None:
    phone, here = signed_in(agent, IPHONE), signed_in(agent)
    (handle,) = handles(here.get(SESSIONS))
    answer = here.post(END, {"session": handle}, follow=True)
    assert "Signed out: Safari on iPhone." in answer.content.decode()
    assert len(rows(answer)) == 1
    assert not is_in(phone)
    assert is_in(here)
    assert here.post(END, {"session": handle}).status_code == 404


def test_all_others_are_ended_at_once(agent: User, manager: User) -> None:
    others = [signed_in(agent) for _ in range(3)]
    here, somebody_else = signed_in(agent), signed_in(manager)
    answer = here.post(END_OTHERS, follow=True)
    assert "Signed out on 3 other devices." in answer.content.decode()
    assert [is_in(each) for each in (*others, here, somebody_else)] == [False] * 3 + [True] * 2


def test_nobody_ends_anybody_elses(agent: User, manager: User) -> None:
    phone, other = signed_in(agent, IPHONE), signed_in(agent)
    (handle,) = handles(other.get(SESSIONS))
    intruder = signed_in(manager)
    for sent in (handle, key(phone), "", "x" * 5000, "\0"):
        assert intruder.post(END, {"session": sent}).status_code == 404
    assert len(rows(intruder.get(SESSIONS))) == 1
    assert is_in(phone)


def test_what_a_browser_says_of_itself_is_shown_as_text(agent: User) -> None:
    signed_in(agent, "<script>alert(1)</script> Firefox/1 Windows" + "x" * 5000, "192.0.2.9")
    page = signed_in(agent).get(SESSIONS).content.decode()
    assert "alert(1)" not in page


def test_a_session_from_before_the_password_changed_is_not_listed(agent: User) -> None:
    signed_in(agent, IPHONE)
    agent.set_password("another")
    agent.save()
    here = Client(headers={"User-Agent": FIREFOX})
    here.post(LOGIN, {"username": "agent", "password": "another"})
    assert len(rows(here.get(SESSIONS))) == 1


def test_a_sign_in_without_a_browser_is_listed_too(agent: User) -> None:
    sign_in(agent)
    assert "Unknown device" in signed_in(agent).get(SESSIONS).content.decode()


def test_the_list_costs_the_same_at_one_and_at_ten(agent: User, django_assert_num_queries: Any) -> None:
    here = signed_in(agent)
    with CaptureQueriesContext(connection) as captured:
        here.get(SESSIONS)
    at_one = len(captured)
    for _ in range(9):
        signed_in(agent)
    with django_assert_num_queries(at_one):
        assert len(rows(here.get(SESSIONS))) == 10


def test_a_user_who_is_deactivated_is_out_at_once(agent: User) -> None:
    client = signed_in(agent)
    User.objects.filter(pk=agent.pk).update(is_active=False)
    assert not is_in(client)


CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on iPhone"),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/140.0.0.0",
            "Edge on Windows",
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 OPR/120.0.0.0",
            "Opera on Windows",
        ),
        (f"Mozilla/5.0 (X11; Linux x86_64) {CHROME} Safari/537.36", "Chrome on Linux"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME} Safari/537.36", "Chrome on ChromeOS"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.5 Safari/605.1.15", "Safari on macOS"),
        ("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox on Android"),
        ("curl/8.5.0", "curl"),
        ("SomethingElse/1.0 (Linux)", "Linux"),
        ("", "Unknown device"),
    ],
)
def test_a_device_is_told_in_words(user_agent: str, words: str) -> None:
    assert device_in_words(user_agent) == words
