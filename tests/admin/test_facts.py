"""What happened is read in the admin, by superusers too, and not changed there."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from billing.models import BillingEntry
from billing.models.batch import ExportBatch
from conversations.models import Conversation, Message
from tests.admin.pages import address
from timers.models import Interval, Timer

FACTS: list[Any] = [Timer, Interval, BillingEntry, ExportBatch, Message]
EACH = pytest.mark.parametrize("model", FACTS, ids=[model.__name__ for model in FACTS])


@pytest.fixture
def facts(conversation, agent, manager):
    """One of each: an invoiced entry from a stopped timer, in a batch."""
    now = timezone.now()
    timer = Timer.objects.start(user=agent, conversation=conversation, now=now)
    timer.stop(now + timedelta(seconds=3133))
    BillingEntry.objects.get().approve(by=manager, now=now)
    workspace = conversation.workspace
    batch = ExportBatch.objects.create(workspace=workspace, number=1, created_by=manager)
    BillingEntry.objects.update(state="invoiced", batch=batch)


def everything():
    return [list(model.objects.values().order_by("pk")) for model in FACTS]


@EACH
def test_they_are_listed_and_shown(model, facts, as_admin, as_staff):
    for visitor in (as_admin, as_staff):
        assert visitor.get(address(model)).context["cl"].result_count == model.objects.count() > 0
        assert visitor.get(address(model.objects.first())).status_code == 200


@EACH
def test_they_are_not_added_changed_or_deleted(model, facts, as_admin, as_staff):
    one = model.objects.first()
    sent = {field.attname: "1" for field in model._meta.fields} | {"post": "yes", "_save": "Save"}
    before = everything()
    for visitor in (as_admin, as_staff):
        for url in (address(model, "add"), address(one), address(one, "delete")):
            assert visitor.post(url, sent).status_code == 403
        for action in ("delete_selected", "archive"):
            visitor.post(address(model), {"action": action, "_selected_action": [one.pk]})
        visitor.post(f"{address(one, 'history')}1/", sent, follow=True)
    assert everything() == before


def test_their_pages_offer_nothing_to_save_or_delete(facts, as_admin):
    for model in FACTS:
        page = as_admin.get(address(model.objects.first())).content.decode()
        assert "_save" not in page
        assert "/delete/" not in page
        assert "delete_selected" not in as_admin.get(address(model)).content.decode()


def test_a_conversation_is_neither_added_nor_deleted(facts, as_admin, conversation):
    for url in (address(Conversation, "add"), address(conversation, "delete")):
        assert as_admin.post(url, {"post": "yes"}).status_code == 403
    bulk = {"action": "delete_selected", "_selected_action": [conversation.pk]}
    as_admin.post(address(Conversation), bulk)
    assert Conversation.objects.filter(pk=conversation.pk).exists()


def test_an_entry_is_shown_with_its_rule_and_figures(facts, as_admin):
    page = as_admin.get(address(BillingEntry.objects.get())).content.decode()
    for shown in ("0:52:13", "1:00:00", "120.00 EUR", "rounded up to 15 min: 1:00:00 → 1.00 h × 120.00 EUR"):
        assert shown in page


def test_the_history_of_an_entry_is_read(facts, as_admin, agent, manager):
    page = as_admin.get(address(BillingEntry.objects.get(), "history")).content.decode()
    for told in (agent.display_name, manager.display_name, "Prepared from the timer", "New → Approved"):
        assert told in page
    assert "Deleted user" not in page


def test_a_batch_leads_to_its_entries(facts, as_admin):
    listed = f"{address(BillingEntry)}?batch__id__exact={ExportBatch.objects.get().pk}"
    assert listed in as_admin.get(address(ExportBatch)).content.decode()
    assert as_admin.get(listed).context["cl"].result_count == 1
    assert as_admin.get(f"{address(BillingEntry)}?batch__id__exact=0").context["cl"].result_count == 0
