"""The admin's lists of tables that grow for ever: nothing is counted, sorted or searched as a whole."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import BillingEntry, ExportBatch
from conversations.models import Conversation, Message
from tests.admin.pages import address, rows_of
from tests.admin.test_pages import populate
from tests.factories import (
    BillingEntryFactory,
    ConversationFactory,
    CustomerFactory,
    MembershipFactory,
    MessageFactory,
    TimerFactory,
    WorkspaceFactory,
)
from timers.models import Interval, Timer
from workspaces.models import Workspace

LARGE = [Timer, Interval, Message, Conversation, BillingEntry]
EACH = pytest.mark.parametrize("model", LARGE, ids=[model.__name__ for model in LARGE])


def listed(client, model, **sent):
    response = client.get(address(model), sent)
    assert response.status_code == 200
    return response.context["cl"]


@pytest.mark.parametrize("model", [*LARGE, ExportBatch])
def test_a_list_counts_and_turns_its_pages_only_so_far(as_admin, model, monkeypatch):
    monkeypatch.setattr("workspaces.counts.MOST", 2)
    populate(4)
    with CaptureQueriesContext(connection) as captured:
        found = listed(as_admin, model)
    assert (str(found.result_count), found.paginator.num_pages) == ("2+", 1)
    asked = [query["sql"] or "" for query in captured]
    counts = [sql for sql in asked if "COUNT(*)" in sql and "FROM (SELECT" in sql]
    assert all("LIMIT 3" in sql for sql in counts)
    # The list's own, whatever is counted in its columns.
    assert any(sql.endswith("LIMIT 3) subquery") for sql in counts)


@EACH
def test_nothing_is_counted_or_grouped_but_that(as_admin, model):
    populate(2)
    with CaptureQueriesContext(connection) as captured:
        listed(as_admin, model)
    # A prepared query, of which there is nothing to read, and the same on SQLite: who is asking.
    asked = [query["sql"] for query in captured if query["sql"] and "workspaces_session" not in query["sql"]]
    assert len(asked) >= 2
    for sql in asked:
        assert "GROUP BY" not in sql
        assert "DISTINCT" not in sql
        assert "COUNT(" not in sql or "LIMIT" in sql


def test_a_record_is_found_by_its_number_and_by_that_of_its_conversation(as_admin, agent, conversation):
    entry = BillingEntryFactory(user=agent, conversation=conversation)
    other = BillingEntryFactory()
    for words in (str(conversation.pk), f"#{conversation.pk}"):
        assert entry in listed(as_admin, BillingEntry, q=words).result_list
    assert other in listed(as_admin, BillingEntry, q=str(other.pk)).result_list
    timer = TimerFactory(conversation=conversation, state="stopped")
    message = MessageFactory(conversation=conversation)
    assert timer in listed(as_admin, Timer, q=f"#{conversation.pk}").result_list
    assert message in listed(as_admin, Message, q=f"#{conversation.pk}").result_list
    assert conversation in listed(as_admin, Conversation, q=f"#{conversation.pk}").result_list


def test_or_by_whose_it_is(as_admin, agent, colleague, conversation):
    mine = BillingEntryFactory(user=agent, conversation=conversation)
    BillingEntryFactory(user=colleague, conversation=conversation)
    assert list(listed(as_admin, BillingEntry, q="agent").result_list) == [mine]
    assert list(listed(as_admin, BillingEntry, q="nobody").result_list) == []
    assert list(listed(as_admin, Conversation, q="agent").result_list) == [conversation]


@pytest.mark.parametrize("model", [BillingEntry, Conversation])
def test_a_state_can_be_chosen_within_a_workspace(as_admin, model):
    populate(2)
    workspace = Workspace.objects.order_by("pk").last().pk
    state = {"state__exact": "invoiced" if model is BillingEntry else "open"}
    assert "state" not in {filter_.title for filter_ in listed(as_admin, model, **state).filter_specs}
    assert listed(as_admin, model, **state).result_count == model.objects.count()
    chosen = listed(as_admin, model, **state, workspace__id__exact=workspace)
    assert "state" in {filter_.title for filter_ in chosen.filter_specs}
    assert [each.workspace_id for each in chosen.result_list] == [workspace]


def test_of_timers_the_open_ones_can_be_chosen(as_admin, agent, conversation):
    TimerFactory(conversation=conversation, user=agent)
    page = as_admin.get(address(Timer), {"state__exact": "running"})
    assert [each.state for each in page.context["cl"].result_list] == ["running"]
    offered = page.content.decode()
    assert "state__exact=stopped" in offered
    assert "state__exact=logged" not in offered


def test_a_long_conversation_shows_its_latest_messages(as_admin, conversation, monkeypatch):
    monkeypatch.setattr("conversations.admin.MessageInline.SHOWN", 2)
    for day in range(3):
        written = timezone.now() + timedelta(days=day)
        MessageFactory(conversation=conversation, body=f"Said on day {day}.", created_at=written)
    page = as_admin.get(address(conversation)).content.decode()
    assert ["Said on day 0." in page, "Said on day 1." in page, "Said on day 2." in page] == [
        False,
        True,
        True,
    ]


def test_many_members_have_a_list_of_their_own(as_admin, workspace, agent, manager, monkeypatch):
    assert "memberships-TOTAL_FORMS" in as_admin.get(address(workspace)).content.decode()
    monkeypatch.setattr("workspaces.admin.SHOWN_MEMBERS", 1)
    assert "memberships-TOTAL_FORMS" not in as_admin.get(address(workspace)).content.decode()
    link = f'href="/admin/workspaces/membership/?workspace__id__exact={workspace.pk}">2</a>'
    assert link in as_admin.get(address(Workspace)).content.decode()


def test_a_customer_says_how_many_conversations_there_are(as_admin, customer):
    for _ in range(2):
        ConversationFactory(customer=customer)
    CustomerFactory(workspace=customer.workspace)
    found = listed(as_admin, type(customer)).result_list
    assert [each.conversation_count for each in found if each == customer] == [2]
    assert sorted(each.conversation_count for each in found) == [0, 2]


def test_the_first_page_shows_those_that_have_waited_longest(as_admin, monkeypatch):
    monkeypatch.setattr("timers.templatetags.waiting.SHOWN_WORKSPACES", 2)
    for days in (3, 1, 2):
        conversation = ConversationFactory(customer__workspace=WorkspaceFactory(name=f"Waits {days}"))
        BillingEntryFactory(conversation=conversation, day=timezone.now().date() - timedelta(days=days))
    page = as_admin.get("/admin/")
    assert [row[0] for row in rows_of(page, 'id="waiting"')] == ["Waits 3", "Waits 2"]
    assert "and 1 more" in page.content.decode()


def test_a_batch_says_how_many_entries_it_holds(as_admin, manager, agent, conversation):
    approved = {"state": "approved", "confirmed_at": timezone.now()}
    for _ in range(2):
        BillingEntryFactory(user=agent, conversation=conversation, **approved)
    make = ExportBatch.objects.create_from_approved
    batch = make(conversation.workspace, by=manager, now=timezone.now())
    assert ">2</a>" in as_admin.get(address(ExportBatch)).content.decode()
    ExportBatch.objects.update(entry_count=None)
    assert ">2</a>" in as_admin.get(address(ExportBatch)).content.decode()
    batch.reverse(by=manager, now=timezone.now())
    assert ">0</a>" in as_admin.get(address(ExportBatch)).content.decode()


def test_a_member_is_listed_by_workspace(as_admin, workspace, agent):
    MembershipFactory(user=agent)
    found = list(listed(as_admin, type(agent.memberships.first())).result_list)
    assert found == sorted(found, key=lambda each: (each.workspace_id, each.user_id))
