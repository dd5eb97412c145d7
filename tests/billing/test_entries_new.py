"""An entry by hand."""

import re
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

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


def test_its_toast_offers_to_take_it_back(as_agent: Client, conversation: Conversation) -> None:
    html = as_agent.post("/billing/new/", written(conversation), follow=True).content.decode()
    undo = re.search(r'class="toast".*?action="([^"]+)"', html, re.DOTALL)
    assert undo
    assert "Discarded" in as_agent.post(undo[1], follow=True).content.decode()
    assert BillingEntry.objects.get().state == "discarded"


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


# Sent twice


def submission_of(response: Any) -> str:
    found = re.search(r'name="submission" value="([0-9a-f-]{36})"', response.content.decode())
    assert found
    return found[1]


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_form_that_is_sent_twice_makes_one_entry(
    as_agent: Client, conversation: Conversation, headers: dict[str, str]
) -> None:
    sent = written(conversation, submission=submission_of(as_agent.get("/billing/new/")))
    first, second = (as_agent.post("/billing/new/", sent, headers=headers) for _ in range(2))
    assert (first.status_code, first.headers.get("Location"), first.headers.get("HX-Redirect")) == (
        second.status_code,
        second.headers.get("Location"),
        second.headers.get("HX-Redirect"),
    )
    assert str(BillingEntry.objects.get().submission) == sent["submission"]
    assert BillingEntry.objects.get().history.count() == 1


def test_each_form_makes_its_own_entry(as_agent: Client, conversation: Conversation) -> None:
    for _ in range(2):
        submission = submission_of(as_agent.get("/billing/new/"))
        assert as_agent.post("/billing/new/", written(conversation, submission=submission)).status_code == 302
    assert BillingEntry.objects.count() == 2


def test_without_a_submission_each_is_new(as_agent: Client, conversation: Conversation) -> None:
    for sent in (written(conversation), written(conversation, submission="")):
        assert as_agent.post("/billing/new/", sent).status_code == 302
    assert list(BillingEntry.objects.values_list("submission", flat=True)) == [None, None]


@pytest.mark.parametrize("submission", ["x", "1", "9" * 5000, "\0", "0000"])
def test_a_submission_that_makes_no_sense_is_refused_and_replaced(
    as_agent: Client, conversation: Conversation, submission: str
) -> None:
    response = as_agent.post("/billing/new/", written(conversation, submission=submission))
    assert response.status_code == 422
    assert submission_of(response)
    assert not BillingEntry.objects.exists()


def test_an_address_cannot_bring_a_submission_along(as_agent: Client, conversation: Conversation) -> None:
    submission = str(uuid4())
    assert submission_of(as_agent.get("/billing/new/", {"submission": submission})) != submission


def test_a_form_that_is_shown_again_stays_the_same_one(as_agent: Client, conversation: Conversation) -> None:
    sent = written(conversation, submission=str(uuid4()))
    assert submission_of(as_agent.post("/billing/new/", sent | {"worked": "abc"})) == sent["submission"]


@pytest.mark.parametrize(
    "changes", [{"worked": "2h"}, {"description": "Another call"}, {"date": "2026-11-18"}, {"kind": "time"}]
)
def test_what_was_changed_after_it_was_sent_is_neither_lost_nor_billed_unasked(
    as_agent: Client, conversation: Conversation, changes: dict[str, str]
) -> None:
    sent = written(conversation, submission=str(uuid4()))
    as_agent.post("/billing/new/", sent)
    response = as_agent.post("/billing/new/", sent | changes)
    assert response.status_code == 422
    assert b"made an entry already" in response.content
    assert BillingEntry.objects.count() == 1
    as_agent.post("/billing/new/", sent | changes | {"submission": submission_of(response)})
    assert BillingEntry.objects.count() == 2


def test_what_was_discarded_meanwhile_is_not_said_to_be_logged(
    as_agent: Client, agent: User, conversation: Conversation
) -> None:
    sent = written(conversation, submission=str(uuid4()))
    as_agent.post("/billing/new/", sent)
    BillingEntry.objects.get().discard(by=agent, now=datetime(2026, 11, 18, tzinfo=UTC))
    assert as_agent.post("/billing/new/", sent).status_code == 422


def test_somebody_elses_submission_shows_nothing_of_theirs(
    as_agent: Client, as_colleague: Client, conversation: Conversation
) -> None:
    sent = written(conversation, submission=str(uuid4()))
    as_agent.post("/billing/new/", sent)
    assert as_colleague.post("/billing/new/", sent).status_code == 422
    assert BillingEntry.objects.count() == 1
