"""Whom the provider’s word makes of somebody."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from tests.factories import UserFactory
from tests.races import together
from tests.workspaces.openid.door import assert_refused, come_back, is_signed_in, start
from tests.workspaces.openid_provider import OpenIDProvider, callback
from workspaces.models import User


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
