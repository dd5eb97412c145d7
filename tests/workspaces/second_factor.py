"""The second factor as people use it: its pages, their phone, their browser."""

from __future__ import annotations

import re

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

INDEX = "/accounts/second-factor/"
SET_UP = f"{INDEX}set-up/"
SWITCH_OFF = f"{INDEX}switch-off/"
CODES = f"{INDEX}recovery-codes/"
NEW_CODES = f"{CODES}new/"
STEP_TWO = f"{INDEX}authenticate/"
LOGIN = "/accounts/login/"
CONFIRM = "/accounts/reauthenticate/"


def confirm(client: Client) -> None:
    """Asked for the password once more, types it."""
    assert client.post(CONFIRM, {"password": "password"}).status_code == 302


def code_of(secret: str, steps: int = 0) -> str:
    """What the app shows, or showed or will show so many steps from now."""
    return format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30 + steps))


def shown_secret(page: HttpResponse) -> str:
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', page.content.decode())
    assert found
    return found[1].replace(" ", "")


def shown_codes(page: HttpResponse) -> list[str]:
    return [code.replace(" ", "") for code in re.findall(r"<li>(\d{4} \d{4})</li>", page.content.decode())]


def set_up(client: Client) -> tuple[str, list[str]]:
    """The secret and the recovery codes of a second factor that is set up as people do it."""
    confirm(client)
    secret = shown_secret(client.get(SET_UP))
    answer = client.post(SET_UP, {"code": code_of(secret, -1)})
    assert (answer.status_code, answer.url) == (302, CODES)
    return secret, shown_codes(client.get(CODES))


def password(username: str = "agent", **fields: str) -> Client:
    """A browser after the first step of the sign-in."""
    client = Client()
    answer = client.post(LOGIN, {"username": username, "password": "password", **fields})
    assert (answer.status_code, answer.url) == (302, STEP_TWO)
    return client


def is_in(client: Client) -> bool:
    return client.get("/timers/").status_code == 200


def wrong_code(secret: str) -> str:
    right = {code_of(secret, steps) for steps in (-1, 0, 1)}
    return next(code for code in ("000000", "111111", "222222", "333333") if code not in right)
