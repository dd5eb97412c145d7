"""An entry by hand."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from billing.models import BillingEntry
from conversations.models import Conversation
from tests.factories import BillingTypeFactory, ConversationFactory
from workspaces.models import User, Workspace

HTMX = {"HX-Request": "true"}


def written(on: Conversation, **changes: Any) -> dict[str, Any]:
    return {
        "conversation": on.pk,
        "worked": "58m",
        "date": "2026-11-17",
        "billing_type": "",
        "kind": "",
        "description": "Call with the provider",
    } | changes


def test_the_form_chooses_what_is_usual(
    as_agent: Client, conversation: Conversation, workspace: Workspace
) -> None:
    with time_machine.travel(datetime(2026, 11, 19, 23, 30, tzinfo=UTC)):
        html = as_agent.get("/billing/new/").content.decode()
    assert 'name="date" value="2026-11-20"' in html
    assert f'<option value="{conversation.pk}" selected>#{conversation.pk} VPN drops after update' in html
    assert "The conversation’s (Standard consulting)" in html


def test_a_conversation_can_be_chosen_beforehand(
    as_agent: Client, conversation: Conversation, foreign_conversation: Conversation
) -> None:
    other = ConversationFactory(customer=conversation.customer, subject="Chosen")
    later = ConversationFactory(customer=conversation.customer)
    for wanted, chosen in {
        other.pk: other.pk,
        foreign_conversation.pk: later.pk,
        "x": later.pk,
        "9" * 31: later.pk,
    }.items():
        html = as_agent.get("/billing/new/", {"conversation": wanted}).content.decode()
        assert f'<option value="{chosen}" selected>' in html
        assert "Foreign subject" not in html


def test_it_becomes_an_entry(as_agent: Client, agent: User, conversation: Conversation) -> None:
    response = as_agent.post("/billing/new/", written(conversation))
    assert (response.status_code, response.url) == (302, "/billing/?week=2026-W47")
    entry = BillingEntry.objects.get()
    assert (entry.user, entry.conversation, entry.date) == (agent, conversation, date(2026, 11, 17))
    assert (entry.raw_seconds, entry.amount, entry.by_hand) == (3480, 12_000, True)
    page = as_agent.get(response.url).content.decode()
    assert f"Logged 1:00:00, 120.00 EUR on #{conversation.pk}." in page
    assert "By hand" in page


def test_htmx_is_led_to_the_week(as_agent: Client, conversation: Conversation) -> None:
    response = as_agent.post("/billing/new/", written(conversation), headers=HTMX)
    assert response["HX-Redirect"] == "/billing/?week=2026-W47"


@pytest.mark.parametrize(
    "changes",
    [
        {"worked": "abc"},
        {"worked": "0"},
        {"worked": "1:30\0"},
        {"description": ""},
        {"date": "x"},
        {"kind": "gift"},
        {"conversation": "9" * 31},
        {"billing_type": "9" * 5000},
    ],
)
def test_an_invalid_form_makes_nothing(
    as_agent: Client, conversation: Conversation, changes: dict[str, str]
) -> None:
    response = as_agent.post("/billing/new/", written(conversation, **changes))
    assert response.status_code == 422
    assert b"another look" in response.content
    assert not BillingEntry.objects.exists()


def test_what_is_foreign_or_closed_is_refused(
    as_agent: Client, conversation: Conversation, foreign_conversation: Conversation
) -> None:
    foreign_type = BillingTypeFactory(workspace=foreign_conversation.workspace, name="Foreign rule")
    closed = ConversationFactory(customer=conversation.customer, state="closed")
    for sent in (
        written(foreign_conversation),
        written(closed),
        written(conversation, billing_type=foreign_type.pk),
    ):
        response = as_agent.post("/billing/new/", sent)
        assert response.status_code == 422
        assert b"Foreign" not in response.content
    assert not BillingEntry.objects.exists()


def test_extra_fields_are_ignored(
    as_agent: Client, agent: User, manager: User, conversation: Conversation
) -> None:
    forged = {"user": manager.pk, "state": "approved", "amount": 1, "raw_seconds": 1, "billed_seconds": 1}
    as_agent.post("/billing/new/", written(conversation) | forged)
    entry = BillingEntry.objects.get()
    assert (entry.user, entry.state, entry.amount, entry.raw_seconds) == (agent, "new", 12_000, 3480)


def test_the_figures_follow_what_is_filled_in(as_agent: Client, conversation: Conversation) -> None:
    response = as_agent.get("/billing/new/", written(conversation), headers=HTMX)
    html = response.content.decode()
    assert response.status_code == 200
    assert "120.00 EUR" in html
    assert "<html" not in html
    assert 'id="new-seen"' in html
    assert not BillingEntry.objects.exists()


def test_a_time_that_cannot_be_read_says_what_is_accepted(
    as_agent: Client, conversation: Conversation
) -> None:
    response = as_agent.get("/billing/new/", written(conversation, worked="abc"), headers=HTMX)
    assert response.status_code == 422
    assert b"Write 1:30, 90m, 1.5h or 1.5." in response.content
    response = as_agent.get("/billing/new/", written(conversation, worked=""), headers=HTMX)
    assert response.status_code == 200


def test_the_billing_types_offered_are_those_of_the_conversations_workspace(
    as_agent: Client, conversation: Conversation
) -> None:
    BillingTypeFactory(workspace=conversation.workspace, name="Remote support")
    BillingTypeFactory(name="Elsewhere's rule")
    html = as_agent.get("/billing/new/").content.decode()
    assert "Remote support" in html
    assert "Elsewhere" not in html


def test_without_an_open_conversation_it_says_so(as_outsider: Client) -> None:
    assert "No open conversation" in as_outsider.get("/billing/new/").content.decode()
    assert as_outsider.post("/billing/new/", {}).status_code == 422
