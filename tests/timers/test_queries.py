"""How many queries a click on a timer makes: as many with thirty timers as with one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing.models import BillingEntry
from conversations.models import Conversation
from tests.budgets import queries_of
from tests.cast import sign_in
from tests.factories import BillingTypeFactory, ConversationFactory, TimerFactory, UserFactory
from timers.board import Board
from timers.models import Timer
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
#: SQLite needs no query to hold somebody: its transactions come one after the other anyway.
HELD = 1 if connection.vendor == "postgresql" else 0


@pytest.fixture(params=[1, 30], ids=["one-row", "thirty-rows"])
def rows(request: pytest.FixtureRequest, workspace: Workspace, agent: User) -> int:
    """So many timers and billing types there are besides."""
    yesterday = timezone.now() - timedelta(days=1)
    for _ in range(request.param):
        there = ConversationFactory(workspace=workspace)
        Timer.objects.start(user=agent, conversation=there, now=yesterday).stop(yesterday + HOUR)
        BillingTypeFactory(workspace=workspace)
    return request.param


@pytest.fixture
def pausing(workspace: Workspace) -> None:
    """Stop makes no entry."""
    workspace.create_entries_automatically = False
    workspace.save()


def click(
    client: Client, user: User, verb: str, pk: int, here: Conversation | None, **sent: Any
) -> list[str]:
    """As a page about `here` sends it, that has seen all there is."""
    seen = Board(User.objects.get(pk=user.pk), timezone.now(), here).seen
    on = here.pk if here else ""
    address = reverse(f"timers:{verb}", args=[pk])
    return queries_of(client, "POST", address, {"marks": seen, "on": on, **sent}, htmx=True)


def poll(client: Client, user: User, here: Conversation | None) -> list[str]:
    seen = Board(User.objects.get(pk=user.pk), timezone.now(), here).seen
    sent = {"marks": seen, "on": here.pk if here else ""}
    return queries_of(client, "GET", "/timers/status/", sent, htmx=True, status=204)


@pytest.mark.parametrize("where", ["on its conversation", "elsewhere"])
class TestBudgets:
    @pytest.fixture
    def here(self, where: str, conversation: Conversation) -> Conversation | None:
        return conversation if where == "on its conversation" else None

    def test_a_poll(self, rows: int, as_agent: Client, agent: User, here: Any) -> None:
        assert len(poll(as_agent, agent, here)) == (3 if here else 2)

    def test_start(
        self, rows: int, as_agent: Client, agent: User, conversation: Conversation, here: Any
    ) -> None:
        assert len(click(as_agent, agent, "start_on", conversation.pk, here)) == 4 + HELD

    def test_start_of_a_stopped_timer(
        self, rows: int, pausing: None, as_agent: Client, agent: User, timer: Timer, here: Any
    ) -> None:
        timer.stop(timezone.now())
        assert len(click(as_agent, agent, "start", timer.pk, here)) == 3 + HELD

    def test_stop(
        self, rows: int, pausing: None, as_agent: Client, agent: User, timer: Timer, here: Any
    ) -> None:
        assert len(click(as_agent, agent, "stop", timer.pk, here)) == 4 + HELD

    def test_stop_with_a_note(
        self, rows: int, pausing: None, as_agent: Client, agent: User, timer: Timer, here: Any
    ) -> None:
        assert len(click(as_agent, agent, "stop", timer.pk, here, note="Read the logs")) == 4 + HELD

    def test_stop_that_prepares_the_entry(
        self, rows: int, as_agent: Client, agent: User, timer: Timer, here: Any
    ) -> None:
        """What convert costs: the entry, and the row of its history."""
        assert len(click(as_agent, agent, "stop", timer.pk, here)) == 6 + HELD

    def test_stop_beside_another_that_runs(
        self, rows: int, as_agent: Client, agent: User, timer: Timer, here: Any
    ) -> None:
        """Two more say for how long they ran at once."""
        there = ConversationFactory(workspace=timer.workspace)
        Timer.objects.start(user=agent, conversation=there, now=timezone.now() - HOUR / 2)
        assert len(click(as_agent, agent, "stop", timer.pk, here)) == 8 + HELD
        assert BillingEntry.objects.get(timer=timer).overlap_seconds >= 1800

    def test_cancel(self, rows: int, as_agent: Client, agent: User, timer: Timer, here: Any) -> None:
        assert len(click(as_agent, agent, "cancel", timer.pk, here)) == 4 + HELD

    def test_cancel_with_an_entry(
        self, rows: int, as_agent: Client, agent: User, timer: Timer, here: Any
    ) -> None:
        """Which is discarded, and its history says so."""
        timer.stop(timezone.now())
        assert len(click(as_agent, agent, "cancel", timer.pk, here)) == 5 + HELD

    def test_convert(self, rows: int, as_agent: Client, agent: User, timer: Timer, here: Any) -> None:
        assert len(click(as_agent, agent, "convert", timer.pk, here, kind="service")) == 6 + HELD

    def test_convert_of_a_stopped_timer(
        self, rows: int, pausing: None, as_agent: Client, agent: User, timer: Timer, here: Any
    ) -> None:
        timer.stop(timezone.now())
        assert len(click(as_agent, agent, "convert", timer.pk, here, kind="time")) == 5 + HELD


@pytest.mark.parametrize("who", ["agent", "manager"])
def test_the_list_of_timers(rows: int, who: str, request: pytest.FixtureRequest, timer: Timer) -> None:
    client = request.getfixturevalue(f"as_{who}")
    assert len(queries_of(client, "GET", "/timers/")) <= 4


def test_a_large_team_is_shown_in_part(
    as_manager: Client, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("timers.views.TEAM", 3)
    for number in range(5):
        since = timezone.now() - timedelta(minutes=number)
        person = UserFactory(username=f"person{number}", first_name=f"Person {number}", last_name="")
        TimerFactory(conversation=conversation, user=person, running_since=since)
    page = as_manager.get("/timers/").content.decode()
    assert [f"Person {number}:" in page for number in range(5)] == [True, True, True, False, False]
    assert "and 2 more" in page


@pytest.mark.parametrize("address", ["/timers/", "/timers/status/", "/conversations/"])
def test_a_page_costs_the_same_with_one_timer_and_with_thirty(
    address: str, agent: User, conversation: Conversation, django_assert_num_queries: Callable[..., Any]
) -> None:
    def open_timer(conversation: Conversation) -> None:
        TimerFactory(user=agent, conversation=conversation, ran=60)

    open_timer(conversation)
    client = sign_in(agent)
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _ in range(29):
        open_timer(ConversationFactory(customer=conversation.customer))
    with django_assert_num_queries(len(one)):
        client.get(address)
