"""Starting a conversation."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.models import BillingType
from conversations.models import Conversation, Customer, Message
from tests.factories import BillingTypeFactory, CustomerFactory, MembershipFactory, WorkspaceFactory
from workspaces.models import User, Workspace

URL = reverse("conversations:create")


@pytest.fixture
def written(customer: Customer) -> dict[str, object]:
    """What a valid form sends."""
    return {"customer": customer.pk, "subject": "VPN drops", "kind": "incoming", "body": "Hello,\r\nhelp!"}


def test_the_form_names_the_default_and_preselects_a_customer(as_agent: Client, customer: Customer) -> None:
    html = as_agent.get(URL, {"customer": customer.pk}).content.decode()
    assert "The customer’s, else the workspace’s default (Standard consulting)" in html
    assert f'<option value="{customer.pk}" selected>' in html


@pytest.fixture
def beyond(workspace: Workspace, customer: Customer, monkeypatch: pytest.MonkeyPatch) -> Customer:
    """One that the list of customers does not offer: only the first of them is."""
    monkeypatch.setattr("workspaces.fields.OFFERED", 1)
    return CustomerFactory(workspace=workspace, name="Zylinder")


def test_a_customer_beyond_those_offered_is_preselected(as_agent: Client, beyond: Customer) -> None:
    assert f'value="{beyond.pk}"' not in as_agent.get(URL).content.decode()
    html = as_agent.get(URL, {"customer": beyond.pk}).content.decode()
    assert f'<option value="{beyond.pk}" selected>' in html


def test_no_more_customers_are_read_than_are_offered(as_agent: Client, beyond: Customer) -> None:
    with CaptureQueriesContext(connection) as queries:
        as_agent.get(URL)
    said = [each["sql"] or "" for each in queries]
    read = [sql for sql in said if 'FROM "conversations_customer"' in sql]
    assert len(read) == 1
    assert read[0].endswith("LIMIT 1")


def test_a_customer_beyond_those_offered_stays_chosen(
    as_agent: Client, beyond: Customer, written: dict
) -> None:
    response = as_agent.post(URL, written | {"customer": beyond.pk, "body": ""})
    assert f'<option value="{beyond.pk}" selected>' in response.content.decode()
    as_agent.post(URL, written | {"customer": beyond.pk})
    assert Conversation.objects.get().customer == beyond


@pytest.mark.parametrize("junk", ["x", "-1", "9" * 30, "1.5"])
def test_a_customer_that_makes_no_sense_is_passed_over(
    as_agent: Client, customer: Customer, foreign_conversation: Conversation, junk: str
) -> None:
    for value in (junk, foreign_conversation.customer_id):
        form = as_agent.get(URL, {"customer": value}).context["form"]
        assert [label for _, label in form.fields["customer"].choices] == ["Choose a customer", str(customer)]


def test_a_conversation_starts_with_its_first_message(
    as_agent: Client, agent: User, customer: Customer, written: dict
) -> None:
    response = as_agent.post(URL, written | {"contact": "Henrike Lührs"})
    conversation = Conversation.objects.get()
    assert response.headers["Location"] == f"/conversations/{conversation.pk}/"
    assert conversation.workspace == customer.workspace
    assert conversation.customer == customer
    assert conversation.assignee == agent
    assert conversation.billing_type is None
    assert conversation.is_open
    assert conversation.awaiting_reply
    message = conversation.messages.get()
    assert (message.kind, message.author, message.author_name) == ("incoming", None, "Henrike Lührs")
    assert message.body == "Hello,\nhelp!"
    assert message.created_at == conversation.created_at == conversation.last_message_at


def test_without_a_contact_the_customer_wrote(as_agent: Client, customer: Customer, written: dict) -> None:
    as_agent.post(URL, written)
    assert Message.objects.get().author_name == customer.name


def test_an_internal_note_is_the_users_own(as_agent: Client, agent: User, written: dict) -> None:
    as_agent.post(URL, written | {"kind": "note"})
    assert (Message.objects.get().kind, Message.objects.get().author) == ("note", agent)
    assert not Conversation.objects.get().awaiting_reply


def test_a_billing_type_can_be_chosen(as_agent: Client, workspace: Workspace, written: dict) -> None:
    chosen = BillingTypeFactory(workspace=workspace)
    as_agent.post(URL, written | {"billing_type": chosen.pk})
    assert Conversation.objects.get().billing_type == chosen


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("customer", ""),
        ("customer", "abc"),
        ("customer", "9" * 30),
        ("customer", "\0"),
        ("subject", ""),
        ("subject", "x" * 201),
        ("subject", "a\0b"),
        ("contact", "x" * 101),
        ("billing_type", "9" * 30),
        ("billing_type", "NaN"),
        ("kind", ""),
        ("kind", "event"),
        ("kind", "reply"),
        ("kind", "\0"),
        ("body", ""),
        ("body", " \n "),
        ("body", "x" * 20_001),
        ("body", "a\0b"),
    ],
)
def test_bad_input_is_named_beside_its_field(as_agent: Client, written: dict, field: str, value: str) -> None:
    response = as_agent.post(URL, written | {field: value})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert f'id="id_{field}_error"' in response.content.decode()
    assert not Conversation.objects.exists()
    assert not Message.objects.exists()


def test_another_workspaces_customer_is_refused(
    as_agent: Client, foreign_conversation: Conversation, written: dict
) -> None:
    response = as_agent.post(URL, written | {"customer": foreign_conversation.customer_id})
    assert response.status_code == 422
    assert Conversation.objects.get() == foreign_conversation


def test_another_workspaces_billing_type_is_refused(
    as_agent: Client, other_workspace: Workspace, written: dict
) -> None:
    foreign = BillingTypeFactory(workspace=other_workspace)
    response = as_agent.post(URL, written | {"billing_type": foreign.pk})
    assert response.status_code == 422
    assert not Conversation.objects.exists()
    assert foreign.name not in response.content.decode()


def test_a_billing_type_of_the_users_other_workspace_does_not_fit_the_customer(
    as_agent: Client, agent: User, written: dict
) -> None:
    second = WorkspaceFactory()
    MembershipFactory(workspace=second, user=agent)
    response = as_agent.post(URL, written | {"billing_type": BillingTypeFactory(workspace=second).pk})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["billing_type"]
    assert not Conversation.objects.exists()


def test_an_archived_billing_type_is_not_offered(
    as_agent: Client, workspace: Workspace, written: dict
) -> None:
    archived = BillingTypeFactory(workspace=workspace, archived_at="2026-01-01T00:00Z")
    assert as_agent.post(URL, written | {"billing_type": archived.pk}).status_code == 422


def test_fields_that_the_form_lacks_are_ignored(
    as_agent: Client, agent: User, colleague: User, other_workspace: Workspace, written: dict
) -> None:
    extra = {
        "workspace": other_workspace.pk,
        "assignee": colleague.pk,
        "state": "closed",
        "author": colleague.pk,
        "created_at": "2001-01-01",
        "id": 77,
    }
    as_agent.post(URL, written | extra)
    conversation = Conversation.objects.get()
    assert conversation.workspace != other_workspace
    assert (conversation.assignee, conversation.state) == (agent, "open")
    assert conversation.created_at.year > 2001
    assert conversation.pk != 77


def test_customers_and_billing_types_of_others_are_not_offered(
    as_agent: Client, customer: Customer, foreign_conversation: Conversation, billing_type: BillingType
) -> None:
    html = as_agent.get(URL).content.decode()
    assert customer.name.replace("&", "&amp;") in html
    assert billing_type.name in html
    assert foreign_conversation.customer.name not in html


def test_without_customers_there_is_nothing_to_fill_in(as_agent: Client) -> None:
    assert "There is no customer to talk with" in as_agent.get(URL).content.decode()


def test_who_belongs_to_no_workspace_can_start_nothing(as_admin: Client, written: dict) -> None:
    assert as_admin.post(URL, written).status_code == 422
    assert not Conversation.objects.exists()


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(as_agent: Client, method: str) -> None:
    assert getattr(as_agent, method)(URL).status_code == 405


def test_thirty_customers_take_as_many_queries_as_one(
    as_agent: Client, workspace: Workspace, customer: Customer, django_assert_num_queries
) -> None:
    as_agent.get(URL)
    with CaptureQueriesContext(connection) as at_one:
        as_agent.get(URL)
    CustomerFactory.create_batch(29, workspace=workspace)
    BillingTypeFactory.create_batch(29, workspace=workspace)
    with django_assert_num_queries(len(at_one)):
        as_agent.get(URL)
