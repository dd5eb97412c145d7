"""Billing types: archived instead of deleted, and with a history that is only read."""

from billing.models import BillingType
from tests.admin.pages import address, errors, save
from tests.factories import BillingEntryFactory, BillingTypeFactory

# Archiving and deleting


def act(client, action, *billing_types):
    chosen = {"action": action, "_selected_action": [each.pk for each in billing_types]}
    response = client.post(address(BillingType), chosen, follow=True)
    return " ".join(str(message) for message in response.context["messages"])


def test_archiving_and_unarchiving_in_the_list(as_admin, workspace):
    rule = BillingTypeFactory(workspace=workspace, name="Old")
    assert act(as_admin, "archive", rule) == "“Old” is archived."
    rule.refresh_from_db()
    archived_at = rule.archived_at
    assert archived_at
    act(as_admin, "archive", rule)
    rule.refresh_from_db()
    assert rule.archived_at == archived_at
    assert act(as_admin, "unarchive", rule) == "“Old” is offered again."
    rule.refresh_from_db()
    assert rule.archived_at is None


def test_archiving_the_default_is_refused_and_the_others_are_archived(as_admin, billing_type):
    other = BillingTypeFactory(workspace=billing_type.workspace, name="Old")
    said = act(as_admin, "archive", billing_type, other)
    assert "“Standard consulting”: It is the workspace's default." in said
    assert "“Old” is archived." in said
    assert list(BillingType.objects.active()) == [billing_type]


def test_archiving_in_the_form(as_admin, billing_type):
    rule = BillingTypeFactory(workspace=billing_type.workspace)
    assert save(as_admin, address(rule), archived="on").status_code == 302
    rule.refresh_from_db()
    archived_at = rule.archived_at
    assert archived_at
    save(as_admin, address(rule), name="Renamed")
    rule.refresh_from_db()
    assert rule.archived_at == archived_at
    assert "default" in str(errors(save(as_admin, address(billing_type), archived="on")))
    billing_type.refresh_from_db()
    assert billing_type.archived_at is None


def test_the_list_filters_the_archived(as_admin, billing_type):
    archived = BillingTypeFactory(workspace=billing_type.workspace)
    archived.archive(archived.history.get().history_date)
    for chosen, expected in [("no", [billing_type]), ("yes", [archived]), ("x", [archived, billing_type])]:
        shown = as_admin.get(address(BillingType), {"archived": chosen})
        assert set(shown.context["cl"].result_list) == set(expected)


def test_nothing_is_deleted_in_bulk(as_admin, billing_type):
    rule = BillingTypeFactory(workspace=billing_type.workspace)
    page = as_admin.get(address(BillingType))
    assert [value for value, _ in page.context["action_form"].fields["action"].choices if value] == [
        "archive",
        "unarchive",
    ]
    act(as_admin, "delete_selected", rule, billing_type)
    assert BillingType.objects.count() == 2


def test_a_type_in_use_is_not_deleted_and_the_page_says_why(as_admin, billing_type, conversation, agent):
    BillingEntryFactory.create_batch(25, conversation=conversation, user=agent)
    for response in (
        as_admin.get(address(billing_type, "delete")),
        as_admin.post(address(billing_type, "delete"), {"post": "yes"}),
    ):
        page = response.content.decode()
        assert "would require deleting the following protected related objects" in page
        assert "and 6 more" in page  # the 25 entries and the workspace
    assert BillingType.objects.filter(pk=billing_type.pk).exists()


def test_a_type_that_nothing_uses_is_deleted(as_admin, workspace):
    rule = BillingTypeFactory(workspace=workspace)
    assert as_admin.post(address(rule, "delete"), {"post": "yes"}).status_code == 302
    assert not BillingType.objects.filter(pk=rule.pk).exists()


# History


def test_the_history_says_who_changed_what_in_money(as_admin, admin, billing_type):
    save(as_admin, address(billing_type), rate="135.50", kind="time", maximum_minutes="480")
    page = as_admin.get(address(billing_type, "history")).content.decode()
    for told in ("120.00 EUR → 135.50 EUR", "Service charge → Time entry", "– → 480", admin.display_name):
        assert told in page


def test_archiving_in_the_list_is_in_the_history(as_admin, admin, workspace):
    rule = BillingTypeFactory(workspace=workspace)
    act(as_admin, "archive", rule)
    assert rule.history.first().history_user == admin


def test_an_old_version_is_not_brought_back(as_admin, billing_type):
    save(as_admin, address(billing_type), rate="135.00")
    first = billing_type.history.last()
    as_admin.post(f"{address(billing_type, 'history')}{first.pk}/", {"rate": "120.00"}, follow=True)
    billing_type.refresh_from_db()
    assert billing_type.rate == 13500
