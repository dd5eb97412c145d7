"""Signing in through the organisation's own provider: whom it lets in, and everything that it must not."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpResponse
from django.test import Client

from tests.cast import sign_in
from tests.config.production import run
from tests.factories import UserFactory
from tests.races import together
from tests.workspaces.openid_provider import CLIENT_ID, CLIENT_SECRET, OpenIDProvider, callback
from workspaces.models import User

START = "/accounts/openid/"


@pytest.fixture
def provider(settings: Any) -> Iterator[OpenIDProvider]:
    provider = OpenIDProvider()
    settings.OIDC_ISSUER = provider.issuer
    settings.OIDC_CLIENT_ID = CLIENT_ID
    settings.OIDC_CLIENT_SECRET = CLIENT_SECRET
    settings.OIDC_NAME = "Brandt & Ohlsen"
    yield provider
    provider.close()


@pytest.fixture
def katharina(db: None) -> User:
    return UserFactory(username="katharina", email="katharina@example.com")


def start(client: Client, **fields: str) -> str:
    response = client.post(START, fields)
    assert response.status_code == 302
    return response.url


def come_back(client: Client, provider: OpenIDProvider, **fields: str) -> HttpResponse:
    return client.get(callback(provider.answer(start(client, **fields))))


def is_signed_in(client: Client) -> bool:
    return client.get("/timers/").status_code == 200


def assert_refused(client: Client, response: HttpResponse, text: str, status: int = 403) -> None:
    assert (response.status_code, text in response.content.decode()) == (status, True)
    assert "socialaccount/refused.html" in [template.name for template in response.templates]
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


# The way there and back


def test_a_user_whose_address_the_provider_has_verified_is_signed_in(
    client: Client, provider: OpenIDProvider, katharina: User
) -> None:
    response = come_back(client, provider)
    assert (response.status_code, response.url) == (302, "/")
    assert client.get("/timers/").context["user"] == katharina
    account = SocialAccount.objects.get()
    assert (account.user, account.provider, account.uid) == (katharina, provider.issuer, "248289761001")


def test_the_door_offers_it_where_it_is_set_up(client: Client, db: None, provider: OpenIDProvider) -> None:
    page = client.get("/accounts/login/?next=/timers/").content.decode()
    assert "Sign in with Brandt &amp; Ohlsen" in page
    assert page.count('name="next" value="/timers/"') == 2


def test_where_it_is_not_set_up_there_is_nothing(client: Client, db: None) -> None:
    assert "Sign in with" not in client.get("/accounts/login/").content.decode()
    assert client.post(START).status_code == 404
    assert client.get("/accounts/openid/callback/").status_code == 404


def test_it_starts_by_post_with_a_token_only(provider: OpenIDProvider, db: None) -> None:
    assert Client().get(START).status_code == 405
    assert Client(enforce_csrf_checks=True).post(START).status_code == 403
    assert provider.asked == []


def test_the_provider_is_asked_for_no_more_than_who_it_is(
    client: Client, provider: OpenIDProvider, db: None
) -> None:
    asked = "?scope=admin&auth_params=prompt%3Dnone&process=connect&action=rerequest"
    address = client.post(START + asked).url
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{provider.issuer}/authorize?")
    assert set(query.pop("scope").split()) == {"openid", "email", "profile"}
    assert query.pop("redirect_uri") == "http://testserver/accounts/openid/callback/"
    assert len(query.pop("nonce")) == 32
    assert len(query.pop("code_challenge")) >= 43
    assert query.pop("state")
    assert query == {"client_id": CLIENT_ID, "response_type": "code", "code_challenge_method": "S256"}


@pytest.mark.parametrize(
    ("asked", "led"), [("/timers/?open=1", "/timers/?open=1"), ("//evil.example", "/"), ("", "/")]
)
def test_it_leads_back_to_the_page_of_this_site(
    client: Client, provider: OpenIDProvider, katharina: User, asked: str, led: str
) -> None:
    assert come_back(client, provider, next=asked).url == led


def test_the_session_is_another_than_before(
    client: Client, provider: OpenIDProvider, katharina: User
) -> None:
    answer = provider.answer(start(client))
    before = client.cookies["sessionid"].value
    client.get(callback(answer))
    assert client.cookies["sessionid"].value != before


def test_whoever_was_signed_in_is_no_more(client: Client, provider: OpenIDProvider, katharina: User) -> None:
    client.force_login(UserFactory())
    come_back(client, provider)
    assert client.get("/timers/").context["user"] == katharina


def test_nothing_of_the_provider_is_kept_but_who_it_is(
    client: Client, provider: OpenIDProvider, katharina: User
) -> None:
    come_back(client, provider)
    assert not SocialToken.objects.exists()
    assert SocialAccount.objects.get().extra_data == {}
    session: SessionBase = client.session
    assert "an-access-token" not in str(dict(session))
    katharina.refresh_from_db()
    assert katharina.email == "katharina@example.com"
    assert katharina.has_usable_password()


def test_the_address_may_be_in_the_user_info_only(
    client: Client, provider: OpenIDProvider, katharina: User
) -> None:
    provider.in_user_info = {"email", "email_verified"}
    come_back(client, provider)
    assert is_signed_in(client)
    assert "/userinfo" in provider.asked


def test_an_address_is_as_verified_as_says_who_names_it(
    client: Client, provider: OpenIDProvider, katharina: User
) -> None:
    provider.in_user_info = {"email"}
    provider.person["email_verified"] = False
    provider.claims = {"email_verified": True}
    assert_refused(client, come_back(client, provider), "has no account")


# Who is whom


def test_once_linked_it_is_the_same_user_whatever_the_address(
    client: Client, provider: OpenIDProvider, katharina: User
) -> None:
    come_back(client, provider)
    provider.person |= {"email": "married@example.com", "email_verified": False}
    again = Client()
    come_back(again, provider)
    assert again.get("/timers/").context["user"] == katharina


def test_a_second_person_with_the_address_is_not_the_first(
    client: Client, provider: OpenIDProvider, katharina: User
) -> None:
    come_back(client, provider)
    UserFactory(username="other", email="other@example.com")
    provider.person |= {"sub": "2", "email": "other@example.com"}
    again = Client()
    come_back(again, provider)
    assert again.get("/timers/").context["user"].username == "other"


def test_a_link_is_to_one_issuer_only(
    client: Client, provider: OpenIDProvider, katharina: User, settings: Any
) -> None:
    SocialAccount.objects.create(user=katharina, provider="https://former.example", uid="248289761001")
    User.objects.filter(pk=katharina.pk).update(email="")
    assert come_back(client, provider).status_code == 403
    assert not is_signed_in(client)


def test_whoever_has_no_account_is_told_whom_to_ask(
    client: Client, provider: OpenIDProvider, db: None
) -> None:
    assert_refused(client, come_back(client, provider), "Ask an admin")
    assert not User.objects.exists()


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_verified_is_nobodys(
    client: Client, provider: OpenIDProvider, katharina: User, verified: Any
) -> None:
    provider.person["email_verified"] = verified
    assert_refused(client, come_back(client, provider), "Ask an admin")


@pytest.mark.parametrize("address", ["", None, "kathar\u0131na@example.com", "katharina@example.com\n", 7])
def test_no_address_but_the_users_own_will_do(
    client: Client, provider: OpenIDProvider, katharina: User, address: Any
) -> None:
    provider.person["email"] = address
    assert come_back(client, provider).status_code == 403
    assert not is_signed_in(client)


@pytest.mark.parametrize("power", ["is_staff", "is_superuser"])
def test_an_admin_is_not_found_by_an_address(
    client: Client, provider: OpenIDProvider, katharina: User, power: str
) -> None:
    User.objects.filter(pk=katharina.pk).update(**{power: True})
    assert_refused(client, come_back(client, provider), "Ask an admin")


def test_whoever_is_linked_may_become_an_admin(
    client: Client, provider: OpenIDProvider, katharina: User
) -> None:
    come_back(client, provider)
    User.objects.filter(pk=katharina.pk).update(is_staff=True)
    again = Client()
    come_back(again, provider)
    assert is_signed_in(again)


@pytest.mark.parametrize("linked", [False, True])
def test_an_inactive_user_gets_the_page_of_nobody(
    client: Client, provider: OpenIDProvider, katharina: User, linked: bool
) -> None:
    if linked:
        come_back(Client(), provider)
    User.objects.filter(pk=katharina.pk).update(is_active=False)
    response = come_back(client, provider)
    assert (response.status_code, "Ask an admin" in response.content.decode()) == (403, True)
    assert not is_signed_in(client)


def test_a_second_factor_is_asked_for_as_after_a_password(
    client: Client, provider: OpenIDProvider, katharina: User
) -> None:
    TOTP.activate(katharina, generate_totp_secret())
    assert come_back(client, provider).url == "/accounts/second-factor/authenticate/"
    assert not is_signed_in(client)


@pytest.mark.django_db(transaction=True)
def test_two_first_sign_ins_at_once_link_once(provider: OpenIDProvider) -> None:
    UserFactory(username="katharina", email="katharina@example.com")
    clients = [Client(), Client(), Client()]
    answers = [provider.answer(start(client)) for client in clients]
    calls = [
        (lambda client=client, answer=answer: client.get(callback(answer)).status_code)
        for client, answer in zip(clients, answers, strict=True)
    ]
    assert together(*calls) == [302, 302, 302]
    assert SocialAccount.objects.count() == 1


# What must not hold


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
