"""Whoever was taken something away while a page was open is refused at the next request."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.test_access import LOGIN, MATRIX, WITH_ID, ask, snapshot, things
from timers.models import Timer
from workspaces.models import User

__all__ = ["things"]

OF_MANAGERS = [name for name, (*_, who) in MATRIX.items() if who["agent"] == 403]


@pytest.mark.parametrize("name", OF_MANAGERS)
def test_a_manager_who_became_an_agent_manages_no_more(
    name: str, things: dict[str, int], manager: User, as_manager: Client
) -> None:
    assert as_manager.get("/billing/review/").status_code == 200
    manager.memberships.update(role="agent")
    before = snapshot()
    assert ask(as_manager, name, things).status_code == 403
    assert snapshot() == before


def test_a_manager_who_became_an_agent_stops_no_timer_of_others(
    things: dict[str, int], manager: User, as_manager: Client
) -> None:
    manager.memberships.update(role="agent")
    assert ask(as_manager, "timers:stop", things).status_code == 404
    assert Timer.objects.get(pk=things["timer"]).is_running


@pytest.mark.parametrize("with_htmx", [False, True])
@pytest.mark.parametrize("name", WITH_ID)
def test_a_member_who_was_removed_is_refused_everywhere(
    name: str, with_htmx: bool, things: dict[str, int], agent: User, as_agent: Client
) -> None:
    assert as_agent.get(f"/conversations/{things['conversation']}/").status_code == 200
    agent.memberships.all().delete()
    before = snapshot()
    method, thing, fields, _ = MATRIX[name]
    headers = {"HX-Request": "true"} if with_htmx else {}
    response = getattr(as_agent, method)(reverse(name, args=[things[thing]]), fields, headers=headers)
    assert response.status_code in (403, 404)
    assert snapshot() == before


def test_a_member_who_comes_back_finds_their_timer_as_it_was(
    things: dict[str, int], agent: User, as_agent: Client
) -> None:
    membership = agent.memberships.get()
    agent.memberships.all().delete()
    assert 'data-state="white"' in as_agent.get("/timers/").content.decode()
    membership.save(force_insert=True)
    assert 'data-state="green"' in as_agent.get("/timers/").content.decode()
    assert ask(as_agent, "timers:stop", things).status_code == 302


@pytest.mark.parametrize("with_htmx", [False, True])
def test_somebody_made_inactive_is_signed_out_and_their_timer_runs_until_a_manager_stops_it(
    with_htmx: bool, things: dict[str, int], agent: User, as_agent: Client, as_manager: Client
) -> None:
    assert as_agent.get("/timers/").status_code == 200
    agent.is_active = False
    agent.save()
    before = snapshot()
    address = reverse("timers:stop", args=[things["timer"]])
    response = as_agent.post(address, headers={"HX-Request": "true"} if with_htmx else {})
    assert response.headers["HX-Redirect" if with_htmx else "Location"].startswith(LOGIN)
    assert snapshot() == before
    assert "Katharina Wiegand" in as_manager.get("/timers/").content.decode()
    assert ask(as_manager, "timers:stop", things).status_code == 302
    assert Timer.objects.get(pk=things["timer"]).state == "stopped"


def test_staff_who_are_staff_no_more_leave_the_admin(as_admin: Client, admin: User) -> None:
    assert as_admin.get("/admin/").status_code == 200
    admin.is_staff = False
    admin.save()
    assert as_admin.get("/admin/").status_code == 302
