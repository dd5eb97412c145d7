"""Workspaces with their settings and members, and the customers in them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conversations.models import Conversation, Customer
from tests.admin.pages import address, errors, save
from tests.factories import (
    BillingTypeFactory,
    CustomerFactory,
    MembershipFactory,
    UserFactory,
    WorkspaceFactory,
)
from timers.models import Timer
from workspaces.models import Membership, Workspace


def test_a_workspace_is_added(as_admin):
    new = {"name": "Neu", "time_zone": "Asia/Kathmandu", "currency": "npr"}
    assert save(as_admin, address(Workspace, "add"), **new).status_code == 302
    made = Workspace.objects.get()
    assert (made.name, made.time_zone, made.currency) == ("Neu", "Asia/Kathmandu", "NPR")


def test_the_settings_are_changed_and_the_history_says_by_whom(as_admin, admin, workspace):
    changes = {"one_running_timer": "on", "hours_per_day": "7.5", "create_entries_automatically": ""}
    assert save(as_admin, address(workspace), **changes).status_code == 302
    workspace.refresh_from_db()
    assert workspace.one_running_timer
    assert not workspace.create_entries_automatically
    page = as_admin.get(address(workspace, "history")).content.decode()
    for told in ("8.00 → 7.50", "no → yes", "yes → no", admin.display_name):
        assert told in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("currency", "EURO"),
        ("currency", "XXZ"),
        ("currency", ""),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", ""),
        ("hours_per_day", "0"),
        ("hours_per_day", "-8"),
        ("hours_per_day", "24.01"),
        ("hours_per_day", "7.125"),
        ("hours_per_day", "NaN"),
        ("hours_per_day", "Infinity"),
        ("hours_per_day", "9" * 5000),
        ("default_billing_type", "9" * 30),
    ],
)
def test_an_impossible_setting_is_refused_with_a_message(as_admin, field, value):
    workspace = WorkspaceFactory()
    before = Workspace.objects.filter(pk=workspace.pk).values().get()
    said = errors(save(as_admin, address(workspace), **{field: value}))
    assert list(said) == [field]
    assert "onstraint “" not in str(said)
    assert Workspace.objects.filter(pk=workspace.pk).values().get() == before


def test_the_currency_is_fixed_as_soon_as_there_are_billing_types(as_admin):
    workspace = WorkspaceFactory()
    save(as_admin, address(workspace), currency="JPY")
    workspace.refresh_from_db()
    assert workspace.currency == "JPY"

    BillingTypeFactory(workspace=workspace)
    assert save(as_admin, address(workspace), currency="KWD").status_code == 302
    workspace.refresh_from_db()
    assert workspace.currency == "JPY"


def test_the_default_billing_type_is_an_active_one_of_the_workspace(as_admin, workspace, other_workspace):
    active = BillingTypeFactory(workspace=workspace)
    archived = BillingTypeFactory(workspace=workspace)
    archived.archive(archived.history.get().history_date)
    for refused in (archived, other_workspace.default_billing_type):
        said = errors(save(as_admin, address(workspace), default_billing_type=refused.pk))
        assert list(said) == ["default_billing_type"]
    assert save(as_admin, address(workspace), default_billing_type=active.pk).status_code == 302
    workspace.refresh_from_db()
    assert workspace.default_billing_type == active


def member_row(workspace, user, row):
    row = f"memberships-{row}"
    return {f"{row}-user": user.pk, f"{row}-role": "agent", f"{row}-workspace": workspace.pk}


def test_members_are_added_where_the_workspace_is_edited(as_admin, workspace):
    user = UserFactory()
    rows = {"memberships-TOTAL_FORMS": 1} | member_row(workspace, user, 0)
    assert save(as_admin, address(workspace), **rows).status_code == 302
    assert workspace.memberships.get().user == user


@pytest.mark.parametrize("already", [True, False])
def test_a_member_added_twice_is_a_message(as_admin, workspace, agent, already):
    newcomer = agent if already else UserFactory()
    rows = (
        {"memberships-TOTAL_FORMS": 3}
        | member_row(workspace, newcomer, 1)
        | member_row(workspace, newcomer, 2)
    )
    response = save(as_admin, address(workspace), **rows)
    assert response.status_code == 200
    assert response.context["errors"]
    assert workspace.memberships.count() == 1


def test_a_member_with_a_running_timer_can_be_removed(as_admin, agent, conversation):
    timer = Timer.objects.start(user=agent, conversation=conversation, now=conversation.created_at)
    membership = agent.memberships.get()
    assert as_admin.post(address(membership, "delete"), {"post": "yes"}).status_code == 302
    timer.refresh_from_db()
    assert timer.is_running
    assert Membership.history.filter(id=membership.pk).first().history_type == "-"


def test_a_workspace_in_use_is_not_deleted_and_the_page_says_why(as_admin, workspace):
    page = as_admin.post(address(workspace, "delete"), {"post": "yes"}).content.decode()
    assert "would require deleting the following protected related objects" in page
    assert Workspace.objects.filter(pk=workspace.pk).exists()


def test_a_form_takes_the_same_queries_for_1_and_30_members(as_admin, workspace):
    counts = []
    for more in (1, 29):
        MembershipFactory.create_batch(more, workspace=workspace)
        with CaptureQueriesContext(connection) as queries:
            as_admin.get(address(workspace))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_of_a_membership_only_the_role_changes(as_admin, agent, outsider, other_workspace):
    membership = agent.memberships.get()
    changes = {"role": "manager", "user": outsider.pk, "workspace": other_workspace.pk}
    assert save(as_admin, address(membership), **changes).status_code == 302
    changed = Membership.objects.get(pk=membership.pk)
    assert (changed.user, changed.workspace) == (agent, membership.workspace)
    assert changed.role == "manager"


# Customers


def test_a_customer_is_added_with_a_billing_type_of_the_workspace(as_admin, workspace, billing_type):
    new = {"workspace": workspace.pk, "name": "Neu", "billing_type": billing_type.pk}
    assert save(as_admin, address(Customer, "add"), **new).status_code == 302
    assert Customer.objects.get().billing_type == billing_type


def test_a_customer_gets_no_billing_type_of_another_workspace(as_admin, customer, other_workspace):
    foreign = {"billing_type": other_workspace.default_billing_type.pk}
    new = {"workspace": customer.workspace_id, "name": "Neu", **foreign}
    for response in (
        save(as_admin, address(customer), **foreign),
        save(as_admin, address(Customer, "add"), **new),
    ):
        assert list(errors(response)) == ["billing_type"]
    assert Customer.objects.get().billing_type is None


def test_a_customer_keeps_an_archived_billing_type_but_gets_no_new_one(as_admin, customer):
    archived, other = BillingTypeFactory.create_batch(2, workspace=customer.workspace)
    for each in (archived, other):
        each.archive(each.history.get().history_date)
    customer.billing_type = archived
    customer.save()
    assert save(as_admin, address(customer), name="Renamed").status_code == 302
    assert list(errors(save(as_admin, address(customer), billing_type=other.pk))) == ["billing_type"]
    customer.refresh_from_db()
    assert (customer.name, customer.billing_type) == ("Renamed", archived)


def test_a_customers_name_is_unique_in_the_workspace(as_admin, customer):
    other = CustomerFactory(workspace=customer.workspace)
    assert "already exists" in str(errors(save(as_admin, address(other), name=customer.name)))
    new = {"workspace": customer.workspace_id, "name": customer.name}
    assert "already exists" in str(errors(save(as_admin, address(Customer, "add"), **new)))


def test_a_customer_never_moves_to_another_workspace(as_admin, customer, other_workspace):
    save(as_admin, address(customer), workspace=other_workspace.pk)
    customer.refresh_from_db()
    assert customer.workspace != other_workspace


def test_a_customer_with_conversations_is_not_deleted_and_the_page_says_why(as_admin, conversation):
    customer = conversation.customer
    for response in (
        as_admin.get(address(customer, "delete")),
        as_admin.post(address(customer, "delete"), {"post": "yes"}),
    ):
        assert "would require deleting the following protected" in response.content.decode()
    assert Customer.objects.filter(pk=customer.pk).exists()


def test_a_customer_without_conversations_is_deleted_alone_but_never_in_bulk(as_admin, customer):
    as_admin.post(address(Customer), {"action": "delete_selected", "_selected_action": [customer.pk]})
    assert Customer.objects.exists()
    assert as_admin.post(address(customer, "delete"), {"post": "yes"}).status_code == 302
    assert not Customer.objects.exists()


def test_of_a_conversation_only_the_billing_type_is_set(as_admin, conversation, other_workspace):
    own = BillingTypeFactory(workspace=conversation.workspace)
    before = Conversation.objects.filter(pk=conversation.pk).values().get()
    tampered = {"subject": "Other", "state": "closed", "assignee": "", "workspace": other_workspace.pk}
    assert save(as_admin, address(conversation), billing_type=own.pk, **tampered).status_code == 302
    after = Conversation.objects.filter(pk=conversation.pk).values().get()
    assert after == before | {"billing_type_id": own.pk}
    foreign = other_workspace.default_billing_type
    assert list(errors(save(as_admin, address(conversation), billing_type=foreign.pk))) == ["billing_type"]
