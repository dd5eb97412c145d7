"""Addresses and forms that are only sent by hand: refused or passed over on both databases, never an error.

Outside of a transaction, as requests are: what PostgreSQL refuses would leave one unusable.
"""

from typing import Any

import pytest
from django.contrib import admin as site
from django.contrib.auth.models import Group
from django.utils import timezone

from billing.models import BillingEntry, BillingType, ExportBatch
from conversations.models import Conversation, Message
from tests.admin.pages import address, errors, fields, save
from tests.admin.test_pages import populate
from tests.factories import BillingTypeFactory, TimerFactory
from timers.models import Interval, Timer
from workspaces.models import Membership, User, Workspace

pytestmark = [
    pytest.mark.usefixtures("transactional_db"),
    pytest.mark.filterwarnings("ignore:.* received a naive datetime:RuntimeWarning"),
]

MODELS: list[Any] = list(site.site._registry)
EACH = pytest.mark.parametrize("model", MODELS, ids=[model.__name__ for model in MODELS])
HUGE = "9" * 31
ODD = ["abc", HUGE, f"-{HUGE}", "²", "1.5", "NaN", ""]
KEYS = ["0", "-1", "x", "²", HUGE, "1'", "1_2F"]
SEARCHES = ["Fine", "#1", "1", HUGE, "²", "%", "'", "a b c", "x" * 5000, "(", "(a+)+$"]
LIST_PARAMETERS = [
    "p",
    "o",
    "all",
    "e",
    "_facets",
    "_popup",
    "_to_field",
    "archived",
    "confirmed",
    "locked_out",
]


def parameters(model: Any) -> list[dict[str, str]]:
    """What the address of a list may say by itself, and what only a hand writes there."""
    found = [{name: value} for name in LIST_PARAMETERS for value in ("abc", HUGE, "²", f"1.{HUGE}")]
    for field in model._meta.get_fields():
        name = f"{field.name}__id" if field.is_relation else field.name
        found += [{f"{name}__exact": HUGE}, {f"{name}__gte": "9999-12-31"}, {f"{name}__isnull": "²"}]
        found += [{f"{field.name}__in": f"1,{HUGE}"}, {f"{field.name}__regex": "("}, {field.name: "abc"}]
    if dates := site.site._registry[model].date_hierarchy:
        for year in ("99999", "9999", "0", "abc", HUGE):
            december = {f"{dates}__year": year, f"{dates}__month": "12"}
            found += [{f"{dates}__year": year}, december, december | {f"{dates}__day": "31"}]
            found.append({f"{dates}__month": year})
        found.append({f"{dates}__year": "2026", f"{dates}__month": "13"})
    return found


@EACH
def test_a_list_answers_every_address(model, as_admin):
    populate(1)
    for sent in parameters(model):
        assert as_admin.get(address(model), sent).status_code in (200, 302, 400), sent
    for words in SEARCHES:
        assert as_admin.get(address(model), {"q": words}).status_code == 200, words


@EACH
def test_a_record_that_cannot_be_is_not_found(model, as_admin):
    for key in KEYS:
        for page in ("change", "history", "delete"):
            url = f"{address(model)}{key}/{page}/"
            assert as_admin.get(url).status_code in (302, 403, 404), url


def test_a_record_by_a_field_without_a_name_is_by_its_key(as_admin, workspace):
    for page in ("change", "delete"):
        url = f"{address(Workspace)}{workspace.pk}/{page}/"
        assert as_admin.get(url, {"_to_field": ""}).status_code == 200
        assert as_admin.post(url, {"_to_field": ""}).status_code in (200, 302)


@pytest.mark.parametrize(
    "query",
    [
        f"id__in={HUGE}",
        "running_since__regex=%28",
        "note__iregex=%28a%2B%29%2B%24",
        "user__password__startswith=argon2",
        "conversation__messages__body__contains=x",
        "note__contains=x",
        "running_since__range=1,2,3,4",
    ],
)
def test_a_lookup_that_no_list_links_to_is_refused(as_admin, query):
    assert as_admin.get(f"{address(Timer)}?{query}").status_code == 400


@pytest.mark.parametrize(
    "query", ["created_at__year=99999", "created_at__year=9999", f"id={HUGE}", "id=abc", "p=999", "nope=1"]
)
def test_a_value_that_cannot_be_leads_to_the_list(as_admin, query):
    TimerFactory()
    response = as_admin.get(f"{address(Timer)}?{query}", follow=True)
    assert response.status_code == 200
    assert response.context["cl"].result_count in (0, 1)
    again = as_admin.get(f"{address(Timer)}?{query}&e=1", follow=True)
    assert again.status_code in (200, 400)
    assert b"Something\xe2\x80\x99s wrong with your database" not in again.content


@pytest.mark.parametrize("name", ["entry", "user", "id", "o", "p"])
def test_a_number_that_no_column_holds_leads_to_the_list(as_admin, name):
    response = as_admin.get(address(Timer), {name: "9" * 19})
    assert (response.status_code, response.url) == (302, f"{address(Timer)}?e=1")
    assert as_admin.get(address(Timer), {"q": "9" * 19}).status_code == 200


@pytest.mark.parametrize("key", ["999999999999999999", HUGE, "abc"])
def test_a_choice_that_is_none_is_told_alike_on_both_databases(as_admin, key):
    response = save(as_admin, address(Group, "add"), name="New", permissions=[key])
    told = f"Select a valid choice. {key} is not one of the available choices."
    assert errors(response)["permissions"] == [told]


@pytest.mark.parametrize(
    ("order", "expected"), [("5", ["archived", "offered"]), ("-5", ["offered", "archived"])]
)
def test_rows_without_a_value_come_last_on_both_databases(as_admin, order, expected):
    BillingTypeFactory(archived_at=timezone.now())
    BillingTypeFactory()
    listed = as_admin.get(address(BillingType), {"o": order}).context["cl"].result_list
    assert ["archived" if each.archived_at else "offered" for each in listed] == expected


@pytest.mark.parametrize("model", [Timer, Interval, Message, Conversation, BillingEntry, ExportBatch])
def test_a_large_table_is_not_sorted_whatever_the_address_says(as_admin, model):
    populate(3)
    newest_first = list(model.objects.order_by("-pk").values_list("pk", flat=True))
    for order in ("1", "-1", "2", "-3.1"):
        listed = as_admin.get(address(model), {"o": order}).context["cl"]
        assert [each.pk for each in listed.result_list] == newest_first


def test_what_lists_link_to_by_themselves_still_filters(as_admin, conversation):
    timer = TimerFactory(conversation=conversation)
    TimerFactory()
    TimerFactory(conversation=conversation, state="stopped")
    sent = {"state__exact": "running", "workspace__id__exact": conversation.workspace_id}
    listed = as_admin.get(address(Timer), sent | {"created_at__year": timer.created_at.year})
    assert list(listed.context["cl"].result_list) == [timer]
    assert as_admin.get(address(Timer), {"running_since__isnull": "True"}).context["cl"].result_count == 1


@pytest.mark.parametrize("chosen", [["abc"], [HUGE], ["²"], ["1\0"], [""], ["1", "abc"]])
@pytest.mark.parametrize("index", [None, "0", "abc", HUGE, "-9"])
def test_an_action_on_what_cannot_be_is_refused(as_admin, chosen, index):
    rule = BillingTypeFactory(pk=1)
    sent = {"action": "archive", "_selected_action": chosen} | ({"index": index} if index else {})
    assert as_admin.post(address(type(rule)), sent).status_code == 400
    rule.refresh_from_db()
    assert rule.archived_at is None


@pytest.mark.parametrize("index", ["abc", HUGE, "-9"])
def test_an_action_of_a_button_that_is_not_there_does_nothing(as_admin, index):
    rule = BillingTypeFactory()
    sent = {"action": "nope", "_selected_action": [rule.pk], "index": index}
    assert as_admin.post(address(type(rule)), sent, follow=True).status_code == 200


@pytest.mark.parametrize("odd", [*ODD[:-1], "1\0", "x" * 5000])
def test_a_row_of_a_form_for_nobody_is_a_message(as_admin, workspace, odd):
    row = {"memberships-TOTAL_FORMS": 1, "memberships-0-user": odd, "memberships-0-role": "agent"}
    response = save(as_admin, address(workspace), **row)
    assert response.status_code == 200
    assert response.context["errors"]
    assert not workspace.memberships.exists()


@pytest.mark.parametrize("odd", [*ODD, "1\0", "x" * 5000])
def test_a_choice_that_cannot_be_is_a_message(as_admin, admin, agent, odd):
    membership = {"user": odd, "workspace": odd, "role": odd}
    assert set(errors(save(as_admin, address(Membership, "add"), **membership))) == {*membership}
    for powers in ({"groups": [odd]}, {"user_permissions": [odd]}):
        assert list(errors(save(as_admin, address(agent), **powers))) == [*powers]
    assert list(errors(save(as_admin, address(Group, "add"), name="New", permissions=[odd]))) == [
        "permissions"
    ]


@EACH
def test_an_address_fills_a_new_form_in_with_nothing_that_cannot_be(model, as_admin):
    for field in model._meta.get_fields():
        for odd in ("abc", f"1,{HUGE}"):
            assert as_admin.get(address(model, "add"), {field.name: odd}).status_code in (200, 403)


def test_an_address_fills_a_new_form_in(as_admin, workspace, agent):
    shown = as_admin.get(address(Membership, "add"), {"user": agent.pk, "workspace": workspace.pk})
    sent = fields(shown.context["adminform"].form)
    assert (sent["user"], sent["workspace"]) == (str(agent.pk), str(workspace.pk))
    group = Group.objects.create(name="Billing")
    shown = as_admin.get(address(User, "add"), {"username": "new", "groups": group.pk})
    assert fields(shown.context["adminform"].form)["username"] == "new"


@pytest.mark.parametrize("odd", ODD)
def test_what_forms_ask_for_by_themselves_answers_every_address(as_admin, odd):
    asked = {"app_label": "workspaces", "model_name": "membership", "field_name": "user", "term": "a"}
    for changed in asked:
        assert as_admin.get("/admin/autocomplete/", asked | {changed: odd}).status_code in (200, 403)
    assert as_admin.get("/admin/autocomplete/", asked | {"page": odd}).status_code in (200, 404)
    for url in (f"/admin/r/{odd or 'x'}/1/", f"/admin/r/1/{odd or 'x'}/"):
        assert as_admin.get(url).status_code == 404


def test_the_pages_of_a_history_answer_every_address(as_admin, workspace):
    for odd in ODD:
        assert as_admin.get(f"{address(workspace, 'history')}?p={odd}").status_code == 200


def test_an_error_of_ours_is_not_taken_for_an_odd_address(as_admin, monkeypatch):
    def broken(*args: Any) -> None:
        raise ValueError("Ours.")

    monkeypatch.setattr(site.site._registry[Workspace], "get_queryset", broken)
    with pytest.raises(ValueError, match="Ours"):
        as_admin.get(address(Workspace))
