"""Nobody is held while an answer is drawn, be it a refusal."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from conversations.models import Conversation
from tests.timers.clicks import click
from timers.models import Timer
from workspaces.models import User
from workspaces.parts import answer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each answer, whether it was drawn inside a transaction."""
    drawn: list[bool] = []

    def draw(*told: Any) -> HttpResponse:
        drawn.append(connection.in_atomic_block)
        return answer(*told)

    monkeypatch.setattr("timers.answers.answer", draw)
    return drawn


def test_a_timer_is_not_restored_beside_another(
    as_agent: Client, agent: User, timer: Timer, conversation: Conversation, drawn: list[bool]
) -> None:
    timer.cancel(timezone.now())
    Timer.objects.start(user=agent, conversation=conversation, now=timezone.now())
    assert click(as_agent, "restore", timer.pk).status_code == 409
    assert drawn == [False]


def test_a_saving_is_not_undone_once_the_entry_is_approved(
    as_agent: Client, agent: User, manager: User, timer: Timer, drawn: list[bool]
) -> None:
    entry = timer.stop(timezone.now()).entry
    assert entry
    entry.revise(by=agent, version=entry.version, now=timezone.now())
    entry.approve(by=manager, now=timezone.now())
    assert click(as_agent, "restore", timer.pk).status_code == 409
    assert drawn == [False]


def test_a_canceled_timer_is_not_converted(as_agent: Client, timer: Timer, drawn: list[bool]) -> None:
    timer.cancel(timezone.now())
    assert click(as_agent, "convert", timer.pk, kind="service").status_code == 409
    assert drawn == [False]


@pytest.mark.parametrize("verb", ["save", "start"])
def test_an_entry_is_not_saved_with_a_wrong_duration(
    as_agent: Client, timer: Timer, verb: str, drawn: list[bool]
) -> None:
    timer.stop(timezone.now())
    assert click(as_agent, verb, timer.pk, billed="abc").status_code == 422
    assert drawn == [False]


def test_a_canceled_timer_has_nothing_to_save(as_agent: Client, timer: Timer, drawn: list[bool]) -> None:
    timer.cancel(timezone.now())
    assert click(as_agent, "save", timer.pk).status_code == 200
    assert drawn == [False]
