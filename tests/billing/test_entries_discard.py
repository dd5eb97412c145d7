"""The page of one entry: discarding, undoing it, and its history."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.changes import changes_of
from billing.models import BillingEntry, BillingType
from conversations.models import Conversation
from tests.billing.entry_page import HTMX, address, columns, decide, shown
from tests.factories import BillingEntryFactory, BillingTypeFactory
from workspaces.models import Membership, User, Workspace


@pytest.fixture
def entry(agent: User, conversation: Conversation) -> BillingEntry:
    """0:52:13 recorded, 1:00:00 billed, 120.00 EUR."""
    return BillingEntryFactory(
        user=agent, conversation=conversation, day=date(2026, 11, 19), description="MTU"
    )


@pytest.fixture
def six_minutes(workspace: Workspace) -> BillingType:
    return BillingTypeFactory(
        workspace=workspace, name="Partner advice", increment_minutes=6, rate=28_000, kind="time"
    )


def test_a_discarded_entry_can_be_brought_back(as_agent: Client, entry: BillingEntry) -> None:
    response = as_agent.post(address(entry, "discard/"), shown(entry))
    assert (response.status_code, response.url) == (302, "/billing/?week=2026-W47")
    entry.refresh_from_db()
    assert entry.state == "discarded"
    page = as_agent.get(response.url).content.decode()
    assert f'action="{address(entry, "reinstate/")}"' in page
    response = as_agent.post(address(entry, "reinstate/"), headers=HTMX)
    assert response["HX-Refresh"] == "true"
    entry.refresh_from_db()
    assert entry.state == "new"


def test_discarding_and_undoing_twice_is_the_same_as_once(as_agent: Client, entry: BillingEntry) -> None:
    for verb, state in (("discard/", "discarded"), ("reinstate/", "new")):
        for _ in range(2):
            assert as_agent.post(address(entry, verb)).status_code == 302
            entry.refresh_from_db()
            assert entry.state == state


def test_undoing_does_not_turn_a_returned_entry_into_a_new_one(
    as_agent: Client, manager: User, entry: BillingEntry
) -> None:
    entry.return_(by=manager, comment="Split it", now=timezone.now())
    before = columns(entry)
    for verb in ("discard/", "reinstate/", "reinstate/"):
        assert as_agent.post(address(entry, verb)).status_code == 302
    after = columns(entry)
    kept = ("state", "return_comment", "reviewed_by_id", "reviewed_at")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


def test_a_manager_discards_new_and_returned_entries(
    as_manager: Client, manager: User, entry: BillingEntry
) -> None:
    entry.return_(by=manager, comment="Split it", now=timezone.now())
    response = as_manager.post(address(entry, "discard/"), {"version": entry.version})
    assert (response.status_code, response.url) == (302, "/billing/review/")


def test_an_agent_undoes_nothing_that_a_manager_decided(
    as_agent: Client, manager: User, entry: BillingEntry
) -> None:
    for verb in (entry.approve, entry.discard):
        verb(by=manager, now=timezone.now())
        before = columns(entry)
        assert as_agent.post(address(entry, "reinstate/")).status_code == 403
        assert columns(entry) == before
        entry.reinstate(by=manager, now=timezone.now())


def test_a_manager_undoes_an_approval(as_manager: Client, manager: User, entry: BillingEntry) -> None:
    entry.approve(by=manager, now=timezone.now())
    assert as_manager.post(address(entry, "reinstate/")).status_code == 302
    entry.refresh_from_db()
    assert entry.state == "new"


@pytest.mark.parametrize("version", ["x", "-1", "1.5", "NaN", str(10**30), "9" * 5000, "\0"])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_version_that_makes_no_sense_discards_nothing(
    as_agent: Client, entry: BillingEntry, version: str, headers: dict[str, str]
) -> None:
    response = as_agent.post(f"{address(entry)}discard/", {"version": version}, headers=headers)
    assert response.status_code == 422
    assert b"There is no such version." in response.content
    entry.refresh_from_db()
    assert entry.state == "new"


def test_what_was_approved_after_the_look_at_it_is_not_set_back_by_its_agent(
    as_agent: Client, manager: User, entry: BillingEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    reinstate = BillingEntry.reinstate

    def approved_just_before(looked_at: BillingEntry, **how: Any) -> None:
        BillingEntry.objects.get(pk=entry.pk).approve(by=manager, now=timezone.now())
        reinstate(looked_at, **how)

    monkeypatch.setattr(BillingEntry, "reinstate", approved_just_before)
    assert as_agent.post(f"{address(entry)}reinstate/").status_code == 409
    entry.refresh_from_db()
    assert entry.state == "approved"


@pytest.mark.parametrize("state", ["approved", "invoiced"])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_was_decided_is_not_discarded(
    as_agent: Client, manager: User, entry: BillingEntry, state: str, headers: dict[str, str]
) -> None:
    decide(entry, state, manager)
    before = columns(entry)
    response = as_agent.post(address(entry, "discard/"), headers=headers)
    assert response.status_code == 409
    assert f"This entry is {state} by now" in response.content.decode()
    assert columns(entry) == before


def test_what_is_invoiced_is_not_taken_back(as_manager: Client, manager: User, entry: BillingEntry) -> None:
    decide(entry, "invoiced", manager)
    assert as_manager.post(address(entry, "reinstate/"), headers=HTMX).status_code == 409


def test_an_entry_that_changed_meanwhile_is_not_discarded_unseen(
    as_agent: Client, manager: User, entry: BillingEntry
) -> None:
    stale = shown(entry)
    entry.revise(by=manager, version=entry.version, now=timezone.now(), description="Theirs")
    response = as_agent.post(address(entry, "discard/"), stale)
    assert response.status_code == 409
    assert "Somebody changed this entry meanwhile" in response.content.decode()
    entry.refresh_from_db()
    assert entry.state == "new"


# History


def test_the_history_says_who_did_what_and_when(
    as_agent: Client, agent: User, manager: User, entry: BillingEntry, six_minutes: BillingType
) -> None:
    now = timezone.now()
    entry.revise(
        by=agent,
        version=entry.version,
        now=now,
        kind="time",
        billing_type=six_minutes,
        description="x" * 100,
        date=date(2026, 11, 18),
    )
    entry.return_(by=manager, comment="Split it", now=now)
    html = as_agent.get(address(entry)).content.decode()
    returned, saved, prepared = changes_of(entry)
    assert (returned.sentence, returned.details) == ("Margarethe Oberländer returned it", ["“Split it”"])
    assert saved.sentence == "Katharina Wiegand saved it"
    assert saved.details == [
        "Service charge → time entry",
        "Standard consulting → Partner advice",
        "Billed 1:00:00 → 0:54:00",
        "19 November → 18 November",
        "Description: “MTU” → “" + "x" * 59 + "…”",
    ]
    assert prepared.when == entry.created_at
    assert "Billed 1:00:00 → 0:54:00" in html


def test_a_long_history_takes_as_many_queries_as_a_short_one(
    as_agent: Client, agent: User, entry: BillingEntry
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            as_agent.get(address(entry))
        return len(captured)

    few = queries()
    for number in range(30):
        entry.revise(by=agent, version=entry.version, now=timezone.now(), description=f"Number {number}")
    assert queries() == few


def test_a_manager_no_more_reopens_no_approved_entry_of_theirs(
    as_manager: Client, manager: User, conversation: Conversation
) -> None:
    entry = BillingEntryFactory(user=manager, conversation=conversation)
    entry.approve(by=manager, now=timezone.now())
    manager.memberships.update(role=Membership.Role.AGENT)
    assert as_manager.post(address(entry, "reinstate/")).status_code == 403
    entry.refresh_from_db()
    assert entry.state == "approved"
