"""What a row of the queue says, and what opens below it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from billing.models import BillingEntry
from conversations.models import Conversation
from tests.billing.queue_page import QUEUE, make
from tests.factories import IntervalFactory, MembershipFactory, TimerFactory
from timers.models import Timer
from workspaces.models import Membership, User, Workspace

START = datetime(2026, 3, 18, 10, tzinfo=UTC)


def row_of(client: Client, entry: BillingEntry, query: str = "") -> str:
    page = client.get(f"{QUEUE}?{query}").content.decode()
    found = re.search(rf'<tr role="row" id="row-{entry.pk}".*?</tr>', page, re.DOTALL)
    assert found
    return found[0]


def test_a_row_leads_to_the_addresses_of_its_entry(
    as_manager: Client, agent: User, conversation: Conversation
) -> None:
    entry = make(agent, conversation)
    row = row_of(as_manager, entry)
    address = {
        name: reverse(f"billing:{name}", args=[entry.pk]) for name in ("entry", "detail", "approve", "return")
    }
    assert f'href="{address["entry"]}" hx-get="{address["detail"]}"' in row
    assert re.findall('formaction="(.*?)"', row) == [address["return"], address["approve"]]
    assert f'name="entry" value="{entry.pk}:{entry.version}" data-billed="3600"' in row


def test_what_the_browser_adds_up_is_in_minor_units_with_the_decimals_of_their_currency(
    as_manager: Client,
    manager: User,
    agent: User,
    outsider: User,
    conversation: Conversation,
    foreign_conversation: Conversation,
) -> None:
    euros, internal = make(agent, conversation), make(agent, conversation, kind="time")
    in_euros = ' data-amount="12000" data-decimals="2" data-currency="EUR"'
    assert in_euros in row_of(as_manager, euros)
    assert ">120.00</td>" in row_of(as_manager, euros)
    assert "data-amount" not in row_of(as_manager, internal)
    Workspace.objects.filter(pk=foreign_conversation.workspace.pk).update(currency="JPY")
    foreign_conversation.workspace.refresh_from_db()
    MembershipFactory(workspace=foreign_conversation.workspace, user=manager, role=Membership.Role.MANAGER)
    yen = make(outsider, foreign_conversation)
    in_yen = f' data-amount="{yen.amount}" data-decimals="0" data-currency="JPY"'
    assert in_yen in row_of(as_manager, yen)
    assert in_euros in row_of(as_manager, euros)
    assert ">120.00 EUR</td>" in row_of(as_manager, euros)


@pytest.mark.parametrize(("group", "is_named"), [("agent", False), ("customer", True), ("day", True)])
def test_a_row_names_its_agent_unless_its_group_does(
    as_manager: Client, agent: User, conversation: Conversation, group: str, is_named: bool
) -> None:
    row = row_of(as_manager, make(agent, conversation), f"group={group}")
    assert (" · Katharina Wiegand</small>" in row) is is_named


@pytest.mark.parametrize(
    ("description", "title"), [("", "VPN drops after update"), ("MTU reset", "MTU reset")]
)
def test_a_row_that_says_nothing_has_the_subject_of_its_conversation(
    as_manager: Client, agent: User, conversation: Conversation, description: str, title: str
) -> None:
    assert conversation.subject == "VPN drops after update"
    row = row_of(as_manager, make(agent, conversation, description=description))
    assert f'<span class="clip">{title}</span>' in row


def test_that_there_is_no_billing_type_is_said_in_the_language_of_the_page(
    as_manager: Client, manager: User, agent: User, conversation: Conversation
) -> None:
    entry = make(agent, conversation)
    rule = entry.rule | {"name": "No billing type"}
    BillingEntry.objects.filter(pk=entry.pk).update(billing_type=None, rule=rule)
    User.objects.filter(pk=manager.pk).update(language="de")
    assert '<td role="cell" class="rule">Keine Abrechnungsart</td>' in row_of(as_manager, entry)


def test_a_name_of_a_rule_cannot_bring_markup_along(
    as_manager: Client, agent: User, conversation: Conversation
) -> None:
    entry = make(agent, conversation)
    for billing_type in (entry.billing_type, None):
        rule = entry.rule | {"name": "<b>Free</b>"}
        BillingEntry.objects.filter(pk=entry.pk).update(billing_type=billing_type, rule=rule)
        assert "&lt;b&gt;Free&lt;/b&gt;" in row_of(as_manager, entry)


def test_intervals_are_drawn_with_points_whatever_the_language_writes(
    as_manager: Client, manager: User, agent: User, conversation: Conversation
) -> None:
    entry = make(agent, conversation)
    timer = TimerFactory(conversation=conversation, user=agent, state=Timer.State.CANCELED, ran=0)
    IntervalFactory(timer=timer, started_at=START, stopped_at=START + timedelta(minutes=20))
    timer.state, timer.entry = Timer.State.STOPPED, entry
    timer.save()
    User.objects.filter(pk=manager.pk).update(language="de")
    page = as_manager.get(f"/billing/{entry.pk}/detail/", headers={"HX-Request": "true"}).content.decode()
    assert '<rect class="interval" x="0.0" y="1" width="180.0" height="10"/>' in page
