"""What managers see of the timers of their team, and do to them."""

from __future__ import annotations

from django.test import Client

from tests.timers.clicks import click
from timers.models import Timer


def test_managers_see_who_runs_and_stop_a_forgotten_one(as_manager: Client, timer: Timer) -> None:
    assert "Katharina Wiegand" in as_manager.get("/timers/").content.decode()
    response = click(as_manager, "stop", timer.pk)
    assert response.headers["HX-Refresh"] == "true"
    timer.refresh_from_db()
    assert timer.state == "stopped"
    assert timer.entry and timer.entry.user == timer.user and timer.entry.confirmed_at is None
    assert timer.entry.history.get().history_user.username == "manager"


def test_agents_do_not_see_who_runs(as_colleague: Client, timer: Timer) -> None:
    assert "Katharina Wiegand" not in as_colleague.get("/timers/").content.decode()


def test_managers_of_elsewhere_do_not_see_who_runs(as_outsider: Client, timer: Timer) -> None:
    assert "Katharina Wiegand" not in as_outsider.get("/timers/").content.decode()
