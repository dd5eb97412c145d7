"""Approving all without flags, undoing decisions, and where they lead."""

import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import BillingEntry
from tests.billing.queue_page import DECIDE, HTMX, QUEUE, UNFLAGGED, columns, make, seen, states, toast
from tests.cast import sign_in
from tests.factories import ConversationFactory, ExportBatchFactory, MembershipFactory
from workspaces.models import Membership


@pytest.fixture
def entry(agent, conversation):
    return make(agent, conversation)


@pytest.fixture
def entries(agent, colleague, conversation):
    """Three, of two agents."""
    return [make(user, conversation) for user in (agent, colleague, agent)]


@pytest.fixture
def foreign_entry(outsider, foreign_conversation):
    return make(outsider, foreign_conversation)


def fingerprint(client, query=""):
    found = re.search(r'name="shown" value="([0-9a-f]+)"', client.get(f"{QUEUE}?{query}").content.decode())
    return found[1] if found else ""


def test_all_without_flags_are_approved(as_manager, agent, conversation, entries):
    flagged = make(agent, conversation, confirmed_at=None)
    response = as_manager.post(UNFLAGGED, {"shown": fingerprint(as_manager)})
    assert response.status_code == 302
    assert states([*entries, flagged]) == ["approved"] * 3 + ["new"]
    assert toast(response)[0] == "3 entries approved, 360.00 EUR."


def test_only_what_the_filter_leaves_is_approved(as_manager, colleague, entries):
    query = f"agent={colleague.pk}"
    body = {"shown": fingerprint(as_manager, query), "next": f"{QUEUE}?{query}"}
    as_manager.post(UNFLAGGED, body)
    assert states(entries) == ["new", "approved", "new"]


def test_nothing_is_approved_under_a_filter_that_makes_no_sense(as_manager, entries):
    body = {"shown": fingerprint(as_manager), "next": f"{QUEUE}?agent=0"}
    assert as_manager.post(UNFLAGGED, body).status_code in (409, 422)
    assert states(entries) == ["new"] * 3


@pytest.mark.parametrize("change", ["joins", "leaves", "changes"])
def test_nothing_is_approved_once_what_was_shown_has_changed(
    as_manager, manager, agent, conversation, entries, change
):
    shown = fingerprint(as_manager)
    now = timezone.now()
    if change == "joins":
        entries.append(make(agent, conversation))
    elif change == "leaves":
        entries.pop(0).approve(by=manager, now=now)
    else:
        entries[0].revise(by=agent, version=entries[0].version, now=now, description="Another")
    response = as_manager.post(UNFLAGGED, {"shown": shown})
    assert response.status_code == 409
    assert "Nothing was approved." in response.content.decode()
    assert states(entries) == ["new"] * len(entries)


def test_nothing_is_approved_once_one_left_and_another_came_in_its_place(
    as_manager, manager, agent, conversation
):
    """As many as before, of the same versions, with the same last one."""
    leaves, joins, stays = (make(agent, conversation, confirmed_at=None) for _ in range(3))
    for entry in (leaves, stays):
        entry.revise(by=agent, version=entry.version, now=timezone.now())
    shown = fingerprint(as_manager)
    leaves.approve(by=manager, now=timezone.now())
    joins.revise(by=agent, version=joins.version, now=timezone.now())
    assert as_manager.post(UNFLAGGED, {"shown": shown}).status_code == 409
    assert states([joins, stays]) == ["new", "new"]


def test_nothing_is_approved_once_two_left_and_two_others_came_in_their_place(
    as_manager, manager, agent, conversation
):
    """Also the sums of their numbers and of their versions are the same."""
    first, second, third, fourth = (make(agent, conversation, confirmed_at=None) for _ in range(4))
    for entry in (first, fourth):
        entry.revise(by=agent, version=entry.version, now=timezone.now())
    shown = fingerprint(as_manager)
    for entry in (first, fourth):
        entry.approve(by=manager, now=timezone.now())
    for entry in (second, third):
        entry.revise(by=agent, version=entry.version, now=timezone.now())
    assert first.pk + fourth.pk == second.pk + third.pk
    assert as_manager.post(UNFLAGGED, {"shown": shown}).status_code == 409
    assert states([second, third]) == ["new", "new"]


def test_nothing_is_approved_once_one_changed_while_the_clock_was_set_back(as_manager, agent, entries):
    shown = fingerprint(as_manager)
    earlier = timezone.now() - timedelta(hours=1)
    entries[0].revise(by=agent, version=entries[0].version, now=earlier, description="Another")
    assert as_manager.post(UNFLAGGED, {"shown": shown}).status_code == 409
    assert states(entries) == ["new"] * 3


@pytest.mark.parametrize("change", ["role", "week"])
def test_what_is_shown_differs_in_another_week_and_another_role(
    as_manager, manager, agent, conversation, other_workspace, change
):
    """Then others come in without any change of theirs; here none do."""
    make(agent, conversation, day=date(2026, 3, 20))
    with time_machine.travel(datetime(2026, 3, 22, 12, tzinfo=UTC)):
        shown = fingerprint(as_manager, "dates=month")
        if change == "role":
            MembershipFactory(workspace=other_workspace, user=manager, role=Membership.Role.MANAGER)
        assert (fingerprint(as_manager, "dates=month") != shown) is (change == "role")
        assert fingerprint(as_manager, "dates=week") != shown


def test_the_page_counts_those_without_flags_and_reads_none(as_manager, entries):
    with CaptureQueriesContext(connection) as queries:
        as_manager.get(QUEUE)
    read = [
        sql
        for sql in (query["sql"] or "prepared" for query in queries)
        if sql.startswith('SELECT "billing_billingentry"') and "LIMIT" not in sql and "GROUP BY" not in sql
    ]
    assert read == []


def test_many_rows_leave_the_queue_without_a_header_that_a_proxy_refuses(as_manager, agent, conversation):
    made = [make(agent, conversation) for _ in range(400)]
    response = as_manager.post(UNFLAGGED, {"shown": fingerprint(as_manager)}, **HTMX)
    assert {*states(made[:1]), *states(made[-1:])} == {"approved"}
    assert len(response["HX-Trigger"]) < 1000
    assert json.loads(response["HX-Trigger"])["decided"]["entries"] == [entry.pk for entry in made[:-51:-1]]


# Undo


@pytest.mark.parametrize("decision", ["approve", "discard"])
def test_a_decision_can_be_undone(as_manager, entries, decision):
    body = {"decision": decision, "entry": seen(*entries), "next": f"{QUEUE}?group=day"}
    _, address = toast(as_manager.post(DECIDE, body))
    response = as_manager.post(address)
    assert (response.status_code, response.url) == (302, f"{QUEUE}?group=day")
    assert states(entries) == ["new"] * 3
    before = [columns(entry) for entry in entries]
    assert as_manager.post(address).status_code == 302
    assert [columns(entry) for entry in entries] == before


def test_undoing_takes_back_that_decision_and_no_other(as_manager, manager, entries):
    _, first = toast(as_manager.post(DECIDE, {"decision": "approve", "entry": seen(*entries[:2])}))
    as_manager.post(f"/billing/{entries[2].pk}/approve/", {"version": entries[2].version})
    entries[0].reinstate(by=manager, now=timezone.now())
    entries[0].approve(by=manager, now=timezone.now() + timedelta(seconds=1))
    as_manager.post(first)
    assert states(entries) == ["approved", "new", "approved"]


def test_nobody_undoes_what_somebody_else_decided(as_manager, as_outsider, workspace, entry):
    _, address = toast(as_manager.post(f"/billing/{entry.pk}/approve/"))
    other_manager = MembershipFactory(workspace=workspace, role=Membership.Role.MANAGER).user
    for client in (as_outsider, sign_in(other_manager)):
        client.post(address)
        assert states([entry]) == ["approved"]


def test_what_was_invoiced_meanwhile_stays_so(as_manager, entry):
    _, address = toast(as_manager.post(f"/billing/{entry.pk}/approve/"))
    BillingEntry.objects.update(state="invoiced", batch=ExportBatchFactory(workspace=entry.workspace))
    assert as_manager.post(address).status_code == 409
    assert states([entry]) == ["invoiced"]


@pytest.mark.parametrize("at", ["", "x", "-1", "1e9", "9" * 17, "٣"])
def test_there_is_nothing_to_undo_at_an_address_that_makes_no_sense(as_manager, entry, at):
    assert as_manager.post(f"/billing/review/undo/?at={at}").status_code == 422


def test_returning_offers_no_undo(as_manager, entry):
    response = as_manager.post(f"/billing/{entry.pk}/return/", {"comment": "No"})
    assert toast(response) == ("1 entry returned to Katharina Wiegand, 120.00 EUR.", "")


# Where it leads


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_it_leads_nowhere_else(as_manager, entry, wanted):
    response = as_manager.post(f"/billing/{entry.pk}/approve/", {"version": entry.version, "next": wanted})
    assert response.url == QUEUE
    assert "evil" not in as_manager.get(f"/billing/{entry.pk}/return/?next={wanted}").content.decode()


def test_from_another_page_it_leads_back_there(as_manager, entry):
    address = f"/billing/{entry.pk}/"
    body = {"version": entry.version, "next": address}
    response = as_manager.post(f"/billing/{entry.pk}/approve/", body)
    assert response.url == address
    again = as_manager.post(f"/billing/{entry.pk}/approve/", body, **HTMX)
    assert again["HX-Redirect"] == address


def test_many_are_decided_with_as_many_queries_as_a_few(
    as_manager, agent, workspace, django_assert_max_num_queries
):
    chosen = [make(agent, ConversationFactory(customer__workspace=workspace)) for _ in range(30)]
    with django_assert_max_num_queries(25):
        as_manager.post(DECIDE, {"decision": "approve", "entry": seen(*chosen)})
    assert states(chosen) == ["approved"] * 30
