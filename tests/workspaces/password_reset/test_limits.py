"""In which language, how often, and whose an address is."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.translation import get_language

from tests.factories import UserFactory
from tests.races import together
from tests.workspaces.password_reset.steps import (
    ask,
)
from workspaces.models import User
from workspaces.sign_in import letters


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
