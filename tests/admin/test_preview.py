"""What a billing type makes of timers, while its form is being filled in."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.utils import translation

from billing.admin_preview import PREVIEWED_SECONDS, what_applied
from billing.models import BillingType
from tests.admin.pages import address, rows_of, text
from tests.cast import sign_in
from tests.factories import BillingTypeFactory, UserFactory
from workspaces.models import Workspace

NEW = "/admin/billing/billingtype/preview/"
RULE = {"rate": "120.00", "unit": "hour", "rounding": "up", "increment_minutes": "15"}


def of(billing_type):
    return f"/admin/billing/billingtype/{billing_type.pk}/preview/"


def everything():
    """All that there is of billing types, and how often that changed."""
    return list(BillingType.objects.order_by("pk").values()), BillingType.history.count()


def errors(response):
    """By the field beside which each is put."""
    found = re.findall(r'data-of="id_(\w+)">(.*?)</ul>', response.content.decode(), re.DOTALL)
    return {field: text(said) for field, said in found}


def test_it_recalculates_what_the_form_holds_and_saves_nothing(as_admin, billing_type):
    before = everything()
    sent = RULE | {"rate": "90", "increment_minutes": "30", "maximum_minutes": "60", "name": "Other"}
    response = as_admin.post(of(billing_type), sent)
    assert response.status_code == 200
    rows = rows_of(response)
    assert len(rows) == len(PREVIEWED_SECONDS)
    assert rows[0] == ["0:00:01", "rounded up to 30 min", "0:30:00", "45.00"]
    assert rows[-1] == ["9:22:20", "rounded up to 30 min, cut to the maximum of 1 h", "1:00:00", "90.00"]
    assert everything() == before


def test_the_ruler_is_divided_into_the_increments_of_the_rule(as_admin, billing_type):
    page = as_admin.post(of(billing_type), RULE | {"increment_minutes": "6"}).content.decode()
    assert re.findall(r"<span>(\d:\d\d)</span>", page) == ["0:06", "0:12", "0:18", "0:24"]
    assert 'class="added"' in page
    assert "0:14:24 recorded → rounded up to 6 min: 0:18:00 → 0.30 h × 120.00 EUR = 36.00 EUR" in " ".join(
        text(page).split()
    )


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (
            {"increment_minutes": "0"},
            {"increment_minutes": "Ensure this value is greater than or equal to 1."},
        ),
        ({"increment_minutes": ""}, {"increment_minutes": "This field is required."}),
        ({"rate": "1.234"}, {"rate": "EUR has 2 decimals. Write it like 120.00."}),
        ({"rate": "free"}, {"rate": "Enter a number."}),
        ({"rate": "9" * 5000}, {"rate": "A rate is at most 10,000,000.00 EUR."}),
        (
            {"minimum_minutes": "30", "maximum_minutes": "29"},
            {"maximum_minutes": "The maximum is below the minimum."},
        ),
        (
            {"rounding": "x", "unit": "y"},
            {
                "rounding": "Select a valid choice. x is not one of the available choices.",
                "unit": "Select a valid choice. y is not one of the available choices.",
            },
        ),
    ],
)
@pytest.mark.parametrize("form", ["add", "change"])
def test_what_is_no_rule_is_told_by_field(as_admin, billing_type, form, wrong, expected):
    before = everything()
    url = NEW if form == "add" else of(billing_type)
    response = as_admin.post(url, RULE | {"workspace": billing_type.workspace_id} | wrong)
    assert response.status_code == 422
    assert errors(response) == expected
    assert "<table" not in response.content.decode()
    assert everything() == before


def test_a_new_rule_has_amounts_as_soon_as_it_has_a_workspace_and_a_rate(as_admin, workspace):
    Workspace.objects.filter(pk=workspace.pk).update(currency="JPY")
    rows = rows_of(as_admin.post(NEW, RULE | {"workspace": workspace.pk, "rate": "6000"}))
    assert rows[0] == ["0:00:01", "rounded up to 15 min", "0:15:00", "1,500"]
    for missing in ({"workspace": ""}, {"workspace": workspace.pk, "rate": ""}):
        response = as_admin.post(NEW, RULE | missing)
        assert rows_of(response)[0] == ["0:00:01", "rounded up to 15 min", "0:15:00", "–"]
        assert "EUR" not in response.content.decode()


def test_a_saved_rule_whose_rate_was_emptied_has_no_amounts(as_admin, billing_type):
    rows = rows_of(as_admin.post(of(billing_type), RULE | {"rate": ""}))
    assert {row[3] for row in rows} == {"–"}


def test_a_workspace_that_is_not_there_is_told(as_admin, workspace):
    for odd in ("0", "x", "9" * 30):
        assert list(errors(as_admin.post(NEW, RULE | {"workspace": odd}))) == ["workspace"]


def test_the_workspace_of_a_saved_rule_stays(as_admin, billing_type, other_workspace):
    response = as_admin.post(of(billing_type), RULE | {"workspace": other_workspace.pk})
    assert "Amount, EUR" in response.content.decode()


def test_days_are_as_long_as_in_the_workspace(as_admin, billing_type):
    Workspace.objects.filter(pk=billing_type.workspace_id).update(hours_per_day=5)
    rows = rows_of(as_admin.post(of(billing_type), RULE | {"unit": "day", "rate": "500"}))
    assert {row[0]: row[3] for row in rows}["1:00:00"] == "100.00"


def test_it_is_there_before_anything_is_filled_in(as_admin, db):
    response = as_admin.get(address(BillingType, "add"))
    assert rows_of(response)[0] == ["0:00:01", "rounded up to 15 min", "0:15:00", "–"]
    assert f'data-preview="{NEW}"' in response.content.decode()


def test_it_is_not_there_for_whoever_may_not_change_the_rule(billing_type):
    viewer = UserFactory(is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename="view_billingtype"))
    client = sign_in(viewer)
    page = client.get(address(billing_type)).content.decode()
    assert "data-preview" not in page
    assert "rule.js" not in page
    assert len(rows_of(client.get(address(billing_type)))) == len(PREVIEWED_SECONDS)
    for url in (NEW, of(billing_type)):
        assert client.post(url, RULE).status_code == 403


def test_to_add_and_to_change_are_permissions_of_their_own(billing_type):
    for codename, allowed, refused in [
        ("add_billingtype", NEW, of(billing_type)),
        ("change_billingtype", of(billing_type), NEW),
    ]:
        staff = UserFactory(is_staff=True)
        staff.user_permissions.set(Permission.objects.filter(codename=codename))
        assert sign_in(staff).post(allowed, RULE).status_code == 200
        assert sign_in(staff).post(refused, RULE).status_code == 403


def test_nobody_else_gets_there(client, as_agent, as_manager, billing_type):
    for visitor in (client, as_agent, as_manager):
        for url in (NEW, of(billing_type)):
            assert visitor.post(url, RULE).status_code == 302


def test_it_is_asked_for_by_post_with_a_token(as_admin, admin, billing_type):
    assert as_admin.get(of(billing_type)).status_code == 405
    strict = sign_in(admin)
    strict.handler.enforce_csrf_checks = True
    assert strict.post(of(billing_type), RULE).status_code == 403


@pytest.mark.parametrize("key", ["0", "x", "9" * 30, "²", "add"])
def test_of_a_rule_that_is_not_there_there_is_none(as_admin, key):
    assert as_admin.post(f"/admin/billing/billingtype/{key}/preview/", RULE).status_code == 404


def test_what_is_odd_in_the_form_is_no_error_of_the_server(as_admin, billing_type):
    for odd in ("\0", "1\0", "x" * 5000, "1e999999", "²", "<script>alert(1)</script>"):
        for field in [*RULE, "minimum_minutes", "maximum_minutes", "name", "workspace"]:
            response = as_admin.post(of(billing_type), RULE | {field: odd})
            assert response.status_code in (200, 422)
            assert b"<script>alert" not in response.content


def test_what_applied_reads_as_a_list_where_a_space_stands_before_the_colon(workspace):
    """As French sets it."""
    rule = BillingTypeFactory(workspace=workspace, minimum_minutes=30)
    with translation.override("fr"):
        applied = what_applied(rule.calculate(60))
    assert ", " in applied
    assert "\xa0," not in applied
    assert not applied.endswith("\xa0")
