"""Nothing that decides what is billed changes without its history: who, when, what; and managers see it."""

from datetime import UTC, datetime

import pytest
from django.contrib import admin as admin_site
from django.contrib.admin.options import ModelAdmin

from billing.history_records import KINDS, OfEntry
from billing.models import BillingEntry, BillingType
from conversations.models import Customer
from tests.admin.pages import address, save
from tests.factories import (
    BillingEntryFactory,
    BillingTypeFactory,
    ConversationFactory,
    CustomerFactory,
    MembershipFactory,
    UserFactory,
)
from workspaces.models import Membership, User, Workspace

NOW = datetime(2026, 3, 18, 12, 30, tzinfo=UTC)


def page(client, query=""):
    response = client.get(f"/billing/history/?{query}")
    assert response.status_code == 200
    return [change for _, shown in response.context["history"].days for change in shown]


@pytest.fixture
def written():
    """The type and the author of the latest record of a thing."""

    def written(model, pk):
        record = model.history.filter(id=pk).order_by("history_id").last()
        return record and (record.history_type, record.history_user)

    return written


# Customers


def test_a_customer_who_changes_is_told_by_name_and_rule(as_manager, as_admin, customer, billing_type):
    other = BillingTypeFactory(workspace=customer.workspace, name="Flat")
    assert save(as_admin, address(customer), billing_type=billing_type.pk).status_code == 302
    assert save(as_admin, address(customer), name="Hansen", billing_type=other.pk).status_code == 302
    latest, before, first = page(as_manager, "kind=customer")
    assert (latest.title, latest.context) == ("Hansen", ["Customer"])
    assert (latest.sentence, before.sentence) == ("Ada Min changed it", "Ada Min changed it")
    assert latest.details == [
        "Name: Reederei Hansen & Söhne → Hansen",
        "Billing type: Standard consulting → Flat",
    ]
    assert before.details == ["Billing type: – → Standard consulting"]
    assert (first.sentence, first.details) == ("Somebody added it", [])


def test_a_new_customer_says_which_rule_bills_them(as_manager, as_admin, workspace, billing_type):
    new = {"workspace": workspace.pk, "name": "Neu", "billing_type": billing_type.pk}
    assert save(as_admin, address(Customer, "add"), **new).status_code == 302
    (change,) = page(as_manager, "kind=customer")
    assert (change.title, change.sentence) == ("Neu", "Ada Min added it")
    assert change.details == ["Standard consulting"]


def test_a_customer_has_a_history_in_the_admin(as_admin, admin, customer, billing_type):
    save(as_admin, address(customer), billing_type=billing_type.pk)
    assert address(customer, "history") in as_admin.get(address(customer)).content.decode()
    told = as_admin.get(address(customer, "history")).content.decode()
    assert "– → Standard consulting" in told
    assert admin.display_name in told


def test_a_customer_who_is_deleted_is_told(as_admin, admin, as_manager, workspace, written):
    gone = CustomerFactory(workspace=workspace, name="Gone")
    assert as_admin.post(address(gone, "delete"), {"post": "yes"}).status_code == 302
    assert written(Customer, gone.pk) == ("-", admin)
    assert page(as_manager, "kind=customer")[0].sentence == "Ada Min removed it"


# Every way that a page offers


def test_the_default_rule_of_a_workspace(as_admin, admin, workspace, written):
    other = BillingTypeFactory(workspace=workspace)
    assert save(as_admin, address(workspace), default_billing_type=other.pk).status_code == 302
    assert written(Workspace, workspace.pk) == ("~", admin)


def test_archiving_in_a_form_and_in_the_list(as_admin, admin, workspace, written):
    rule = BillingTypeFactory(workspace=workspace)
    for action in ("archive", "unarchive"):
        sent = {"action": action, "_selected_action": [rule.pk]}
        assert as_admin.post(address(BillingType), sent).status_code == 302
        assert written(BillingType, rule.pk) == ("~", admin)
    assert save(as_admin, address(rule), archived="on").status_code == 302
    assert rule.history.count() == 4
    assert rule.history.first().history_user == admin


@pytest.mark.parametrize("page_of", [User, Workspace])
def test_memberships_in_the_rows_of_another_form(as_admin, admin, workspace, written, page_of):
    person = UserFactory()
    if page_of is User:
        url, new = address(person), {"memberships-0-workspace": workspace.pk}
    else:
        url, new = address(workspace), {"memberships-0-user": person.pk}
    sent = {"memberships-TOTAL_FORMS": 1, "memberships-0-role": "agent", **new}
    assert save(as_admin, url, **sent).status_code == 302
    membership = person.memberships.get()
    assert written(Membership, membership.pk) == ("+", admin)
    assert save(as_admin, url, **{"memberships-0-role": "manager"}).status_code == 302
    assert written(Membership, membership.pk) == ("~", admin)
    assert save(as_admin, url, **{"memberships-0-DELETE": "on"}).status_code == 302
    assert written(Membership, membership.pk) == ("-", admin)


def test_what_goes_with_the_thing_that_it_belongs_to(as_admin, admin, written):
    membership = MembershipFactory()
    workspace = membership.workspace
    assert as_admin.post(address(workspace, "delete"), {"post": "yes"}).status_code == 302
    assert written(Membership, membership.pk) == ("-", admin)
    assert written(Workspace, workspace.pk) == ("-", admin)


def test_decisions_on_many_at_once(as_manager, manager, agent, customer, written):
    entries = [
        BillingEntryFactory(user=agent, conversation=ConversationFactory(customer=customer)) for _ in range(3)
    ]
    versions = {entry.pk: entry.version for entry in entries}
    BillingEntry.objects.reviewable_by(manager).decide("approved", versions, by=manager, now=NOW)
    for entry in entries:
        assert written(BillingEntry, entry.pk) == ("~", manager)
    workspace = customer.workspace
    batch = workspace.batches.create_from_approved(workspace, by=manager, now=NOW)
    batch.reverse(by=manager, now=NOW)
    assert [entry.history.count() for entry in entries] == [4, 4, 4]


def test_no_list_of_the_admin_is_edited_in_place():
    edited = [each for each in admin_site.site._registry.values() if each.list_editable]
    assert edited == []
    assert ModelAdmin.list_editable == ()


# What is told


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not OfEntry])
def test_every_column_that_can_change_is_told(kind):
    settled = {"id", "workspace_id", "user_id", "created_at"}
    columns = {field.attname for field in kind.model._meta.concrete_fields} - settled
    assert set(kind.told) == columns


def test_everything_with_a_history_is_shown_to_managers():
    assert {kind.model for kind in KINDS} == {BillingEntry, BillingType, Customer, Membership, Workspace}
    for model in (kind.model for kind in KINDS):
        said_elsewhere = {"customer_id"} if model is BillingEntry else set()
        assert {field.attname for field in model._meta.concrete_fields} - said_elsewhere <= {
            field.attname for field in model.history.model._meta.concrete_fields
        }
