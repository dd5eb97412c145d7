"""The way to the provider and back."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.sessions.backends.base import SessionBase
from django.test import Client

from tests.factories import UserFactory
from tests.workspaces.openid.door import START, assert_refused, come_back, is_signed_in, start
from tests.workspaces.openid_provider import CLIENT_ID, OpenIDProvider, callback
from workspaces.models import User


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
