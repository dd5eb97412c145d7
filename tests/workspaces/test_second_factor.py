"""The second factor: setting it up, signing in with it, and how its secrets are kept."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from tests.cast import sign_in
from tests.factories import UserFactory
from tests.workspaces.second_factor import (
    CODES,
    CONFIRM,
    INDEX,
    LOGIN,
    NEW_CODES,
    SET_UP,
    STEP_TWO,
    SWITCH_OFF,
    code_of,
    confirm,
    is_in,
    password,
    set_up,
    shown_codes,
    shown_secret,
    wrong_code,
)
from workspaces.models import User
from workspaces.sign_in import second_factor

# Setting it up


def test_it_is_set_up_with_an_app_and_leaves_recovery_codes(
    as_agent: Client, agent: User, clock: Any
) -> None:
    secret, codes = set_up(as_agent)
    assert len(secret) == 32
    assert len(set(codes)) == 10
    page = as_agent.get(INDEX).content.decode()
    assert "On since" in page
    assert "10 recovery codes are left" in page
    assert as_agent.get("/accounts/settings/").content.decode().count("On: signing in") == 1


def test_the_app_is_shown_a_picture_in_the_page_that_names_the_account(as_agent: Client, clock: Any) -> None:
    confirm(as_agent)
    response = as_agent.get(SET_UP)
    page = response.content.decode()
    assert '<svg aria-hidden="true" ' in page
    assert "data:image" not in page
    assert "<?xml" not in page
    assert response.context["totp_url"].startswith("otpauth://totp/agent?secret=")
    assert response.context["totp_url"].endswith("&issuer=Stint")


def test_a_wrong_code_sets_nothing_up_and_keeps_the_secret(as_agent: Client, agent: User, clock: Any) -> None:
    confirm(as_agent)
    secret = shown_secret(as_agent.get(SET_UP))
    answer = as_agent.post(SET_UP, {"code": wrong_code(secret)})
    assert answer.status_code == 422
    assert "That code is not right" in answer.content.decode()
    assert shown_secret(answer) == secret
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("address", [SET_UP, SWITCH_OFF, NEW_CODES, CODES])
def test_each_page_of_it_asks_who_is_there(as_agent: Client, clock: Any, address: str) -> None:
    if address != SET_UP:
        set_up(as_agent)
        clock.shift(timedelta(minutes=6))
    answer = as_agent.get(address)
    assert (answer.status_code, answer.url) == (302, f"{CONFIRM}?next={address.replace('/', '%2F')}")


def test_recovery_codes_are_shown_once(as_agent: Client, clock: Any) -> None:
    _, codes = set_up(as_agent)
    again = as_agent.get(CODES).content.decode()
    assert "are shown no more" in again
    assert not any(code in again.replace(" ", "") for code in codes)


def test_recovery_codes_are_downloaded_without_asking_the_server(as_agent: Client, clock: Any) -> None:
    confirm(as_agent)
    secret = shown_secret(as_agent.get(SET_UP))
    page = as_agent.post(SET_UP, {"code": code_of(secret)}, follow=True)
    lines = "".join(f"{code}%0A" for code in shown_codes(page))
    assert f'href="data:text/plain;charset=utf-8,{lines}"' in page.content.decode()


def test_new_recovery_codes_replace_the_old_ones(as_agent: Client, agent: User, clock: Any) -> None:
    _, old = set_up(as_agent)
    new = shown_codes(as_agent.post(NEW_CODES, follow=True))
    assert len(new) == 10
    assert not set(new) & set(old)
    assert password().post(STEP_TWO, {"code": old[0]}).status_code == 422
    assert password().post(STEP_TWO, {"code": new[0]}).status_code == 302


def test_switched_off_the_password_is_enough_again(as_agent: Client, agent: User, clock: Any) -> None:
    set_up(as_agent)
    assert as_agent.post(SWITCH_OFF).status_code == 302
    assert not Authenticator.objects.exists()
    answer = Client().post(LOGIN, {"username": "agent", "password": "password"})
    assert (answer.status_code, answer.url) == (302, "/")


def test_switching_off_goes_on_after_the_password_is_asked_for(as_agent: Client, clock: Any) -> None:
    set_up(as_agent)
    clock.shift(timedelta(minutes=6))
    asked = as_agent.post(SWITCH_OFF)
    assert asked.url.startswith(CONFIRM)
    assert Authenticator.objects.exists()
    as_agent.post(asked.url, {"password": "password", "next": SWITCH_OFF})
    assert not Authenticator.objects.exists()


def test_a_code_confirms_as_the_password_does(as_agent: Client, clock: Any) -> None:
    secret, _ = set_up(as_agent)
    clock.shift(timedelta(minutes=6))
    address = f"{INDEX}reauthenticate/"
    assert as_agent.post(address, {"code": wrong_code(secret)}).status_code == 422
    assert as_agent.post(address, {"code": code_of(secret), "next": SWITCH_OFF}).url == SWITCH_OFF
    assert as_agent.get(SWITCH_OFF).status_code == 200


# Signing in


def test_the_password_alone_does_not_sign_in(as_agent: Client, agent: User, clock: Any) -> None:
    set_up(as_agent)
    client = password()
    assert not is_in(client)
    page = client.get(STEP_TWO).content.decode()
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page


def test_password_and_code_sign_in_and_lead_to_the_page_that_was_asked_for(
    as_agent: Client, agent: User, clock: Any
) -> None:
    secret, _ = set_up(as_agent)
    client = password(next="/timers/?open=1")
    answer = client.post(STEP_TWO, {"code": f" {code_of(secret)[:3]} {code_of(secret)[3:]} "})
    assert (answer.status_code, answer.url) == (302, "/timers/?open=1")
    assert is_in(client)


def test_whoever_has_no_code_can_go_back_and_sign_in_as_somebody_else(as_agent: Client, clock: Any) -> None:
    set_up(as_agent)
    UserFactory(username="bystander")
    client = password()
    assert client.get(LOGIN).url == STEP_TWO
    assert 'action="/accounts/logout/"' in client.get(STEP_TWO).content.decode()
    assert client.post("/accounts/logout/").url == LOGIN
    assert client.get(LOGIN).status_code == 200
    assert client.get(STEP_TWO).url == LOGIN
    answer = client.post(LOGIN, {"username": "bystander", "password": "password"})
    assert answer.url == "/"


def test_without_the_password_there_is_no_second_step(client: Client, db: None) -> None:
    for answer in (client.get(STEP_TWO), client.post(STEP_TWO, {"code": "123456"})):
        assert (answer.status_code, answer.url) == (302, LOGIN)


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_the_phones_clock_may_be_thirty_seconds_off(agent: User, clock: Any, steps: int, taken: bool) -> None:
    secret, _ = set_up(sign_in(agent))
    clock.shift(timedelta(minutes=10))
    client = password()
    client.post(STEP_TWO, {"code": code_of(secret, steps)})
    assert is_in(client) is taken


@pytest.mark.parametrize("later", [0, 29, 59])
def test_a_code_is_good_for_once_while_it_is_shown_and_after(agent: User, clock: Any, later: int) -> None:
    secret, _ = set_up(sign_in(agent))
    clock.shift(timedelta(minutes=10))
    code = code_of(secret)
    assert password().post(STEP_TWO, {"code": code}).status_code == 302
    clock.shift(timedelta(seconds=later))
    client = password()
    assert client.post(STEP_TWO, {"code": code}).status_code == 422
    assert not is_in(client)


def test_the_code_of_the_setting_up_is_used_up(agent: User, clock: Any) -> None:
    client = sign_in(agent)
    confirm(client)
    secret = shown_secret(client.get(SET_UP))
    client.post(SET_UP, {"code": code_of(secret)})
    assert password().post(STEP_TWO, {"code": code_of(secret)}).status_code == 422


def test_it_is_not_set_up_unless_its_code_is_used_up(
    as_agent: Client, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(second_factor, "begin", fail)
    as_agent.raise_request_exception = False
    confirm(as_agent)
    assert as_agent.post(SET_UP, {"code": code_of(shown_secret(as_agent.get(SET_UP)))}).status_code == 503
    assert not Authenticator.objects.exists()


def test_an_older_code_than_the_last_is_not_taken(agent: User, clock: Any) -> None:
    secret, _ = set_up(sign_in(agent))
    clock.shift(timedelta(minutes=10))
    earlier = code_of(secret, -1)
    assert password().post(STEP_TWO, {"code": code_of(secret)}).status_code == 302
    assert password().post(STEP_TWO, {"code": earlier}).status_code == 422


def test_a_recovery_code_signs_in_once(agent: User, clock: Any) -> None:
    _, codes = set_up(sign_in(agent))
    client = password()
    assert client.post(STEP_TWO, {"code": f"{codes[3][:4]} {codes[3][4:]}"}).status_code == 302
    assert is_in(client)
    assert password().post(STEP_TWO, {"code": codes[3]}).status_code == 422
    assert second_factor.recovery_codes_left(agent) == 9


@pytest.mark.parametrize("code", ["", "abc", "１２３４５６", "\0" * 6, "0" * 5000, "-1", "٠٠٠٠٠٠"])
def test_what_is_no_code_is_refused(agent: User, clock: Any, code: str) -> None:
    set_up(sign_in(agent))
    assert password().post(STEP_TWO, {"code": code}).status_code == 422


def test_five_wrong_codes_wait_a_quarter_of_an_hour_wherever_they_are_sent_from(
    agent: User, clock: Any
) -> None:
    secret, codes = set_up(sign_in(agent))
    clock.shift(timedelta(minutes=10))
    for number in range(5):  # each from the start, and from another address
        client = Client(REMOTE_ADDR=f"192.0.2.{number}")
        client.post(LOGIN, {"username": "agent", "password": "password"})
        assert client.post(STEP_TWO, {"code": wrong_code(secret)}).status_code == 422
    clock.shift(timedelta(minutes=14))
    for right in (code_of(secret), codes[0]):
        client = password()
        answer = client.post(STEP_TWO, {"code": right})
        assert "looked at in 1 minute." in answer.content.decode()
        assert not is_in(client)
    clock.shift(timedelta(minutes=1, seconds=1))
    client = password()
    client.post(STEP_TWO, {"code": code_of(secret)})
    assert is_in(client)


def test_a_right_code_forgets_the_wrong_ones(agent: User, clock: Any) -> None:
    secret, _ = set_up(sign_in(agent))
    for _ in range(2):
        clock.shift(timedelta(minutes=1))
        client = password()
        for _ in range(4):
            client.post(STEP_TWO, {"code": wrong_code(secret)})
        assert client.post(STEP_TWO, {"code": code_of(secret)}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_send_the_same_code_at_once_one_is_signed_in(
    agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, _ = set_up(sign_in(agent))
    monkeypatch.setattr(second_factor, "matching_step", slowly(second_factor.matching_step))
    code = code_of(secret, 1)
    taken = at_once(10, lambda: second_factor.use(agent, code, timezone.now()))
    assert taken == 1


@pytest.mark.django_db(transaction=True)
def test_guesses_that_are_sent_at_once_are_counted_one_by_one(agent: User) -> None:
    secret, _ = set_up(sign_in(agent))
    wrong = wrong_code(secret)
    assert at_once(12, lambda: second_factor.use(agent, wrong, timezone.now())) == 0
    assert len(Authenticator.objects.get(type="totp").data["wrong"]) == 5


def slowly(look: Any) -> Any:
    """Leaves everybody time to read the row before anybody has written it."""

    def looked(*args: Any, **options: Any) -> Any:
        found = look(*args, **options)
        time.sleep(0.05)
        return found

    return looked


def at_once(times: int, act: Any) -> int:
    """How many of the threads get through."""
    barrier = threading.Barrier(times)

    def is_through() -> bool:
        barrier.wait()
        try:
            act()
        except ValidationError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(times) as pool:
        each = [pool.submit(is_through) for _ in range(times)]
    # Raises whatever else one of them met.
    return sum(one.result() for one in each)


# Secrets


def test_secrets_are_encrypted_in_the_database(agent: User, clock: Any) -> None:
    secret, codes = set_up(sign_in(agent))
    stored = str(list(Authenticator.objects.values()))
    assert secret not in stored
    assert not any(code in stored for code in codes)


def test_a_replaced_key_still_reads_them_and_is_soon_not_needed(
    agent: User, clock: Any, settings: Any
) -> None:
    secret, _ = set_up(sign_in(agent))
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key-" * 6, [old]
    assert password().post(STEP_TWO, {"code": code_of(secret)}).status_code == 302
    settings.SECRET_KEY_FALLBACKS = []
    clock.shift(timedelta(minutes=1))
    assert password().post(STEP_TWO, {"code": code_of(secret)}).status_code == 302


def test_a_lost_key_is_a_refused_code_and_an_error_in_the_log(
    agent: User, clock: Any, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    secret, codes = set_up(sign_in(agent))
    settings.SECRET_KEY = "another-key-" * 6
    for code in (code_of(secret), codes[0]):
        assert password().post(STEP_TWO, {"code": code}).status_code == 422
    assert "SECRET_KEY was replaced" in caplog.text


def test_no_code_and_no_secret_gets_into_the_log(
    agent: User, clock: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    secret, codes = set_up(sign_in(agent))
    wrong = wrong_code(secret)
    for code in (wrong, code_of(secret), codes[0]):
        password().post(STEP_TWO, {"code": code})
    logged = " ".join(
        str(vars(record)) for record in caplog.records if not record.name.startswith("django.db")
    )
    assert "Second factor refused" in logged
    assert not any(each in logged for each in (secret, wrong, *codes))
