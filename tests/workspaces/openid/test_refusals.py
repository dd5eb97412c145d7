"""What is refused, and what is not open at all."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from tests.cast import sign_in
from tests.config.production import run
from tests.workspaces.openid.door import START, assert_refused, come_back, is_signed_in, start
from tests.workspaces.openid_provider import CLIENT_ID, CLIENT_SECRET, OpenIDProvider, callback
from workspaces.models import User


def test_another_state_is_refused(client: Client, provider: OpenIDProvider, katharina: User) -> None:
    answer = provider.answer(start(client))
    for state in ("", "x", answer["state"] + "x"):
        assert_refused(client, client.get(callback(answer | {"state": state})), "could not be confirmed")
    assert "/token" not in provider.asked


def test_the_state_of_another_browser_is_refused(
    client: Client, provider: OpenIDProvider, katharina: User
) -> None:
    answer = provider.answer(start(Client()))
    start(client)
    assert_refused(client, client.get(callback(answer)), "could not be confirmed")


def test_an_answer_is_good_once(client: Client, provider: OpenIDProvider, katharina: User) -> None:
    answer = provider.answer(start(client))
    assert client.get(callback(answer)).status_code == 302
    client.post("/accounts/logout/")
    assert client.get(callback(answer)).status_code == 403
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another-client"},
        {"aud": None},
        {"aud": [CLIENT_ID, "another-client"]},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"iat": None},
        {"iat": 9_000_000_000},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 192},
        {"sub": 7},
        {"sub": "a\0b"},
    ],
    ids=str,
)
def test_an_id_token_that_is_not_for_this_sign_in_is_refused(
    client: Client, provider: OpenIDProvider, katharina: User, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    assert_refused(client, come_back(client, provider), "could not be confirmed")


@pytest.mark.parametrize("forged", ["another key", "none", "the secret", "the public key's number", "kid"])
def test_an_id_token_that_the_provider_has_not_signed_is_refused(
    client: Client, provider: OpenIDProvider, katharina: User, forged: str
) -> None:
    another = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    number = str(provider.key.public_key().public_numbers().n) * 2
    provider.signature = {
        "another key": (another, "RS256"),
        "none": (None, "none"),
        "the secret": (CLIENT_SECRET * 3, "HS256"),
        "the public key's number": (number, "HS256"),
    }.get(forged)
    if forged == "kid":
        provider.header = {"kid": "unknown"}
    assert_refused(client, come_back(client, provider), "could not be confirmed")


def test_user_info_of_somebody_else_is_refused(
    client: Client, provider: OpenIDProvider, katharina: User
) -> None:
    provider.in_user_info = {"email", "email_verified"}
    provider.user_info_sub = "somebody-else"
    assert_refused(client, come_back(client, provider), "could not be confirmed")


def test_a_code_that_the_provider_does_not_know_is_refused(
    client: Client, provider: OpenIDProvider, katharina: User, caplog: pytest.LogCaptureFixture
) -> None:
    answer = provider.answer(start(client)) | {"code": "made-up-code"}
    with caplog.at_level(logging.DEBUG, "workspaces"):
        assert_refused(client, client.get(callback(answer)), "could not be confirmed")
    assert "made-up-code" not in caplog.text


def test_a_provider_that_calls_itself_otherwise_is_refused(
    client: Client, provider: OpenIDProvider, katharina: User
) -> None:
    provider.discovery = {"issuer": "https://evil.example"}
    assert_refused(client, client.post(START), "could not be confirmed")


@pytest.mark.parametrize(
    ("error", "text"),
    [("access_denied", "was canceled"), ("server_error", "could not be confirmed"), ("", "could not be")],
)
def test_who_is_refused_there_is_not_signed_in_here(
    client: Client, provider: OpenIDProvider, katharina: User, error: str, text: str
) -> None:
    state = provider.answer(start(client))["state"]
    answer = {"state": state} | ({"error": error, "error_description": "<b>no</b>"} if error else {})
    response = client.get(callback(answer))
    assert_refused(client, response, text)
    assert "<b>no</b>" not in response.content.decode()


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("failure", ["down", "broken"])
def test_a_provider_that_does_not_answer_is_a_page(
    client: Client, provider: OpenIDProvider, katharina: User, settings: Any, moment: str, failure: str
) -> None:
    answer = provider.answer(start(client)) if moment == "after" else {}
    if failure == "broken":
        provider.status = 500
    else:
        settings.OIDC_ISSUER = "http://127.0.0.1:9"
        # The state is for the issuer that was asked; the connection is what fails.
        if moment == "after":
            settings.OIDC_ISSUER = provider.issuer
            provider.server.server_close()
            provider.server.shutdown()
    response = client.get(callback(answer)) if answer else client.post(START)
    assert_refused(client, response, "does not answer", 503)


def test_starting_is_limited(client: Client, provider: OpenIDProvider, db: None) -> None:
    statuses = [client.post(START).status_code for _ in range(61)]
    assert statuses == [302] * 60 + [429]


@pytest.mark.parametrize("path", ["signup/", "social/signup/", "social/connections/", "3rdparty/", "oidc/"])
def test_no_other_way_of_allauths_is_open(client: Client, db: None, path: str) -> None:
    assert client.get(f"/accounts/{path}").status_code == 404


def test_the_form_may_lead_to_the_provider_and_nowhere_else() -> None:
    shown = "from config.settings import *; print(CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action'])"
    issuer = {
        "OIDC_ISSUER": "https://id.example:8443/realms/one/",
        "OIDC_CLIENT_ID": "x",
        "OIDC_CLIENT_SECRET": "y",
    }
    assert run("-c", shown).stdout.strip() == "[\"'self'\"]"
    assert run("-c", shown, **issuer).stdout.strip() == "[\"'self'\", 'https://id.example:8443']"


def test_the_admin_shows_no_secret_of_the_sign_in(admin: User) -> None:
    client = sign_in(admin)
    hidden = (
        "socialaccount/socialapp",
        "socialaccount/socialtoken",
        "account/emailaddress",
        "mfa/authenticator",
    )
    for address in hidden:
        assert client.get(f"/admin/{address}/").status_code == 404


def test_an_admin_takes_a_link_away_and_makes_none(admin: User, katharina: User) -> None:
    client = sign_in(admin)
    link = SocialAccount.objects.create(user=katharina, provider="https://id.example", uid="1")
    address = "/admin/socialaccount/socialaccount/"
    assert "katharina" in client.get(address).content.decode()
    assert client.get(f"{address}{link.pk}/change/").status_code == 200
    assert client.get(f"{address}add/").status_code == 403
    assert client.post(f"{address}{link.pk}/change/", {"user": admin.pk, "uid": "2"}).status_code == 403
    assert client.post(f"{address}{link.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not SocialAccount.objects.exists()
