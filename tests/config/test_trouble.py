"""A Stop while the database cannot do it: 503, the timer runs on, and the next Stop stops it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, connections
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from conversations.models import Conversation
from tests.cast import sign_in
from tests.config.locks import elsewhere
from tests.factories import ConversationFactory
from timers.models import Timer
from workspaces.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def new_connection() -> Iterator[None]:
    """What a test sets on its connection ends with it."""
    yield
    connection.close()


@pytest.fixture
def timer(agent: User, conversation: Conversation) -> Timer:
    return Timer.objects.start(
        user=agent, conversation=conversation, now=timezone.now() - timedelta(minutes=52)
    )


@pytest.fixture
def as_visitor(agent: User) -> Client:
    client = sign_in(agent)
    client.raise_request_exception = False
    return client


def only_on(vendor: str) -> None:
    if connection.vendor != vendor:
        pytest.skip(f"about {vendor}")


def stop(client: Client, timer: Timer) -> HttpResponse:
    return client.post(f"/timers/{timer.pk}/stop/")


def assert_runs_on(response: HttpResponse, timer: Timer) -> None:
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    before = timer.running_since
    timer.refresh_from_db()
    assert (timer.state, timer.running_since, timer.entry) == ("running", before, None)
    assert not timer.intervals.exists()


def assert_stops(client: Client, timer: Timer) -> None:
    assert stop(client, timer).status_code == 302
    timer.refresh_from_db()
    assert timer.state == "stopped"
    assert timer.entry
    assert timer.entry.raw_seconds >= 52 * 60


def test_a_lock_that_is_never_given_back(as_visitor: Client, agent: User, timer: Timer) -> None:
    only_on("postgresql")
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    with elsewhere(f"SELECT 1 FROM workspaces_user WHERE id = {agent.pk} FOR UPDATE"):
        began = time.monotonic()
        assert_runs_on(stop(as_visitor, timer), timer)
        assert time.monotonic() - began < 5
    assert_stops(as_visitor, timer)


def test_a_writer_who_never_ends(as_visitor: Client, timer: Timer) -> None:
    only_on("sqlite")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 200")
    with elsewhere("UPDATE workspaces_user SET first_name = first_name"):
        assert_runs_on(stop(as_visitor, timer), timer)
    assert_stops(as_visitor, timer)


def test_a_pool_without_a_free_connection(
    as_visitor: Client, timer: Timer, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_on("postgresql")
    pool: Any = connection.pool  # type: ignore[attr-defined]
    monkeypatch.setattr(pool, "timeout", 0.3)
    taken = []
    while len(taken) < pool.max_size - 1:  # this thread has one
        taken.append(pool.getconn())
    answers: list[HttpResponse] = []

    def click() -> None:
        answers.append(stop(as_visitor, timer))
        connections.close_all()

    def click_elsewhere() -> HttpResponse:
        thread = threading.Thread(target=click)
        thread.start()
        thread.join()
        return answers.pop()

    try:
        assert_runs_on(click_elsewhere(), timer)
    finally:
        for each in taken:
            pool.putconn(each)
    assert click_elsewhere().status_code == 302
    assert_stops(as_visitor, timer)


def test_a_disk_that_is_full(as_visitor: Client, timer: Timer) -> None:
    with sqlite_full(timer) if connection.vendor == "sqlite" else postgresql_full():
        assert_runs_on(stop(as_visitor, timer), timer)
        assert not timer.conversation.entries.exists()
    assert_stops(as_visitor, timer)


@contextmanager
def sqlite_full(timer: Timer) -> Iterator[None]:
    """The file may not grow, and other timers are stopped until there is no room for another entry in it."""
    others = []
    for number in range(40):
        other = ConversationFactory(customer=timer.conversation.customer, subject=f"Filler {number}")
        others.append(
            Timer.objects.start(
                user=timer.user, conversation=other, now=timezone.now() - timedelta(minutes=52)
            )
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
        try:
            with pytest.raises(OperationalError, match="full"):
                [other.stop(timezone.now()) for other in others]
            yield
        finally:
            cursor.execute("PRAGMA max_page_count = 1000000000")


@contextmanager
def postgresql_full() -> Iterator[None]:
    """What PostgreSQL raises when it cannot extend a table's file."""
    with connection.cursor() as cursor:
        cursor.execute("""
            CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$
        """)
        cursor.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON timers_interval EXECUTE FUNCTION full_disk()"
        )
        try:
            yield
        finally:
            cursor.execute("DROP FUNCTION full_disk CASCADE")
