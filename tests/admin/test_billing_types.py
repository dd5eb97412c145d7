"""Billing types: the table of what the rule makes, the rate as money, and what the form refuses."""

import pytest

from billing.models import BillingType
from billing.models.billing_type import HIGHEST_RATE
from tests.admin.pages import address, errors, rows_of, save
from tests.factories import BillingEntryFactory, BillingTypeFactory, ConversationFactory, CustomerFactory
from workspaces.models import Workspace

ADD = address(BillingType, "add")


def preview(client, billing_type):
    return rows_of(client.get(address(billing_type)))


# What the rule makes of a timer


def test_the_table_shows_what_the_rule_makes_of_each_time(as_admin, workspace):
    rule = BillingTypeFactory(workspace=workspace, rounding="nearest", minimum_minutes=15, maximum_minutes=60)
    assert preview(as_admin, rule) == [
        ["0:00:01", "rounded to the nearest 15 min, raised to the minimum of 15 min", "0:15:00", "30.00"],
        ["0:05:00", "rounded to the nearest 15 min, raised to the minimum of 15 min", "0:15:00", "30.00"],
        ["0:06:00", "rounded to the nearest 15 min, raised to the minimum of 15 min", "0:15:00", "30.00"],
        ["0:07:00", "rounded to the nearest 15 min, raised to the minimum of 15 min", "0:15:00", "30.00"],
        ["0:08:00", "rounded to the nearest 15 min", "0:15:00", "30.00"],
        ["0:15:00", "as recorded", "0:15:00", "30.00"],
        ["0:15:01", "rounded to the nearest 15 min", "0:15:00", "30.00"],
        ["0:22:00", "rounded to the nearest 15 min", "0:15:00", "30.00"],
        ["0:30:00", "as recorded", "0:30:00", "60.00"],
        ["0:52:13", "rounded to the nearest 15 min", "0:45:00", "90.00"],
        ["1:00:00", "as recorded", "1:00:00", "120.00"],
        ["1:30:00", "cut to the maximum of 1 h", "1:00:00", "120.00"],
        ["7:15:00", "cut to the maximum of 1 h", "1:00:00", "120.00"],
        ["9:22:20", "rounded to the nearest 15 min, cut to the maximum of 1 h", "1:00:00", "120.00"],
    ]


def test_an_invalid_form_leaves_the_table_of_the_saved_rule(as_admin, billing_type):
    before = preview(as_admin, billing_type)
    response = save(as_admin, address(billing_type), increment_minutes="0", rate="1.00")
    assert errors(response)["increment_minutes"]
    assert rows_of(response) == before


def test_a_form_that_comes_back_shows_what_it_holds_if_that_is_a_rule(as_admin, billing_type):
    response = save(as_admin, address(billing_type), name="", increment_minutes="60", rate="1.00")
    assert list(errors(response)) == ["name"]
    assert {row[3] for row in rows_of(response)[:10]} == {"1.00"}


def test_the_page_says_what_uses_the_type_and_that_no_entry_changes(as_admin, workspace, billing_type):
    customer = CustomerFactory(workspace=workspace, billing_type=billing_type)
    ConversationFactory.create_batch(2, customer=customer, billing_type=billing_type)
    page = as_admin.get(address(billing_type)).content.decode()
    assert "Set on 2 conversations and 1 customer, and the workspace's default." in page
    assert "A change touches no existing entry." in page


def test_a_change_touches_no_existing_entry(as_admin, billing_type, conversation, agent):
    entry = BillingEntryFactory(conversation=conversation, user=agent)
    before = type(entry).objects.filter(pk=entry.pk).values().get()
    assert save(as_admin, address(billing_type), rate="240.00", rounding="none").status_code == 302
    assert type(entry).objects.filter(pk=entry.pk).values().get() == before


# The rate


@pytest.mark.parametrize(
    ("currency", "written", "kept"),
    [
        ("EUR", "120.00", 12000),
        ("EUR", "120", 12000),
        ("EUR", "120.5", 12050),
        ("EUR", "0", 0),
        ("EUR", "0E+999999", 0),
        ("EUR", "1e3", 100_000),
        ("EUR", "10000000.00", HIGHEST_RATE),
        ("JPY", "12000", 12000),
        ("JPY", "1000000000", HIGHEST_RATE),
        ("KWD", "1.234", 1234),
        ("KWD", "1000000", HIGHEST_RATE),
    ],
)
def test_a_rate_is_written_in_the_workspaces_currency(as_admin, workspace, currency, written, kept):
    Workspace.objects.filter(pk=workspace.pk).update(currency=currency)
    new = {"workspace": workspace.pk, "name": "New rule", "rate": written}
    assert save(as_admin, ADD, **new).status_code == 302
    rule = BillingType.objects.get(name="New rule")
    assert rule.rate == kept
    assert save(as_admin, address(rule), name="Renamed").status_code == 302
    rule.refresh_from_db()
    assert (rule.name, rule.rate) == ("Renamed", kept)


@pytest.mark.parametrize(("currency", "shown"), [("EUR", "123.45"), ("JPY", "12345"), ("KWD", "12.345")])
def test_a_rate_is_shown_with_the_decimals_of_the_currency(as_admin, workspace, currency, shown):
    Workspace.objects.filter(pk=workspace.pk).update(currency=currency)
    rule = BillingTypeFactory(workspace=workspace, rate=12345)
    page = as_admin.get(address(rule)).content.decode()
    assert f'name="rate" value="{shown}"' in page
    assert f"Rate, {currency}" in page


@pytest.mark.parametrize("form", ["add", "change"])
@pytest.mark.parametrize(
    ("currency", "written", "message"),
    [
        ("EUR", "", "This field is required."),
        ("EUR", "free", "Enter a number."),
        ("EUR", "12,50", "Enter a number."),
        ("EUR", "NaN", "Enter a number."),
        ("EUR", "sNaN", "Enter a number."),
        ("EUR", "Infinity", "Enter a number."),
        ("EUR", "-0.01", "A rate is not negative."),
        ("EUR", "-1e999999", "A rate is not negative."),
        ("EUR", "9" * 5000, "A rate is at most 10,000,000.00 EUR."),
        ("EUR", "1e999999", "A rate is at most 10,000,000.00 EUR."),
        ("EUR", "10000000.01", "A rate is at most 10,000,000.00 EUR."),
        ("EUR", "120.000", "EUR has 2 decimals. Write it like 120.00."),
        ("EUR", "1e-999999", "EUR has 2 decimals. Write it like 120.00."),
        ("EUR", "0." + "0" * 4999 + "1", "EUR has 2 decimals. Write it like 120.00."),
        ("JPY", "12.5", "JPY has no decimals. Write it like 120."),
        ("JPY", "1000000001", "A rate is at most 1,000,000,000 JPY."),
        ("KWD", "0.0001", "KWD has 3 decimals. Write it like 120.000."),
    ],
)
def test_what_is_no_rate_is_refused_with_a_message(as_admin, billing_type, form, currency, written, message):
    Workspace.objects.filter(pk=billing_type.workspace_id).update(currency=currency)
    url = ADD if form == "add" else address(billing_type)
    sent = {"workspace": billing_type.workspace_id, "name": "New rule", "rate": written}
    assert errors(save(as_admin, url, **sent)) == {"rate": [message]}
    assert list(BillingType.objects.values_list("name", "rate")) == [("Standard consulting", 12000)]


@pytest.mark.parametrize("workspace_id", ["", "0", "-1", "9" * 30, "x"])
def test_a_rate_in_no_workspace_is_refused(as_admin, workspace_id):
    sent = {"workspace": workspace_id, "name": "New rule", "rate": "1e999999"}
    assert list(errors(save(as_admin, ADD, **sent))) == ["workspace"]


# Other figures


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"increment_minutes": "0"}, "increment_minutes"),
        ({"increment_minutes": "-1"}, "increment_minutes"),
        ({"increment_minutes": ""}, "increment_minutes"),
        ({"increment_minutes": "1.5"}, "increment_minutes"),
        ({"increment_minutes": "1441"}, "increment_minutes"),
        ({"increment_minutes": "9" * 5000}, "increment_minutes"),
        ({"minimum_minutes": "30", "maximum_minutes": "29"}, "maximum_minutes"),
        ({"minimum_minutes": "-1"}, "minimum_minutes"),
        ({"minimum_minutes": "9" * 4000}, "minimum_minutes"),
        ({"maximum_minutes": "0"}, "maximum_minutes"),
        ({"maximum_minutes": "NaN"}, "maximum_minutes"),
        ({"kind": "gift"}, "kind"),
        ({"unit": "year"}, "unit"),
        ({"rounding": "sideways"}, "rounding"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": "Internal"}, "__all__"),
    ],
)
def test_an_impossible_rule_is_refused_with_a_message(as_admin, billing_type, changes, field):
    BillingTypeFactory(workspace=billing_type.workspace, name="Internal")
    before = BillingType.objects.filter(pk=billing_type.pk).values().get()
    said = errors(save(as_admin, address(billing_type), **changes))
    assert list(said) == [field]
    assert "onstraint “" not in str(said)  # a sentence, not the name of a constraint
    assert BillingType.objects.filter(pk=billing_type.pk).values().get() == before


def test_a_type_never_moves_to_another_workspace(as_admin, billing_type, other_workspace):
    assert save(as_admin, address(billing_type), workspace=other_workspace.pk).status_code == 302
    billing_type.refresh_from_db()
    assert billing_type.workspace_id != other_workspace.pk


def test_whoever_may_only_look_sees_the_rate_as_money(as_staff, staff, billing_type):
    staff.user_permissions.remove(*staff.user_permissions.filter(codename="change_billingtype"))
    page = as_staff.get(address(billing_type)).content.decode()
    assert "120.00 EUR" in page
    assert "12000" not in page
    assert 'name="rate"' not in page
