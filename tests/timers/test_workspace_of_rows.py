"""Intervals and messages know their workspace, and entries their customer, whichever release writes them."""

from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from billing import supplements
from billing.guards import expected_guards, standing_guards
from billing.models import BillingEntry
from billing.supplements import Supplement
from conversations.models import Message
from tests.factories import (
    ConversationFactory,
    CustomerFactory,
    IntervalFactory,
    MessageFactory,
    TimerFactory,
)
from tests.timers.moments import START, after
from timers.models import Interval, Timer

#: What the release before wrote: it names no workspace.
FORMER_INTERVAL = (
    "INSERT INTO timers_interval (timer_id, started_at, stopped_at, clock_stepped_back)"
    " SELECT id, created_at, created_at, false FROM timers_timer"
)
FORMER_MESSAGE = (
    "INSERT INTO conversations_message (conversation_id, author_name, kind, body, created_at)"
    " SELECT id, '', 'note', 'As before', created_at FROM conversations_conversation"
)


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def columns(table):
    with connection.cursor() as cursor:
        return {each.name: each for each in connection.introspection.get_table_description(cursor, table)}


def elsewhere():
    return ConversationFactory(customer=CustomerFactory())


@pytest.fixture
def without_supplements(db):
    """The tables as they will be when there is no release before any more."""
    guards = [each for each in expected_guards().values() if isinstance(each, Supplement)]
    assert len(guards) == 3
    for guard in guards:
        for statement in guard.drop(connection):
            run(statement)


def test_what_the_release_before_writes_gets_its_workspace(conversation, agent):
    TimerFactory(conversation=elsewhere(), ran=0, state="stopped")
    Timer.objects.start(user=agent, conversation=conversation, now=START)
    run(FORMER_INTERVAL)
    run(FORMER_MESSAGE)
    intervals = Interval.objects.values_list("workspace", "timer__workspace")
    messages = Message.objects.filter(body="As before").values_list("workspace", "conversation__workspace")
    for found in (list(intervals), list(messages)):
        assert len(found) == 2
        assert all(own == expected for own, expected in found)


def test_no_verb_leaves_it_to_the_database(without_supplements, conversation, agent, colleague):
    now = after(minutes=5)
    Timer.objects.start(user=agent, conversation=conversation, now=START).stop(now).cancel(now)
    conversation.post(kind="reply", body="Done.", now=now, author=agent)
    conversation.assign(to=colleague, by=agent, now=now)
    conversation.close(by=agent, now=now)
    for model in (Interval, Message):
        assert set(model.objects.values_list("workspace")) == {(conversation.workspace_id,)}
    BillingEntry.objects.prepare_once(
        submission=uuid4(),
        user=agent,
        conversation=conversation,
        billing_type=None,
        raw_seconds=60,
        day=now.date(),
        now=now,
    )
    customers = BillingEntry.objects.values_list("customer", flat=True)
    assert list(customers) == [conversation.customer_id] * 2


def test_an_interval_is_never_in_another_workspace_than_its_timer(other_workspace, conversation):
    timer = TimerFactory(conversation=conversation, ran=0, state="stopped")
    refusal = "An interval is in the workspace of its timer"
    with pytest.raises(IntegrityError, match=refusal), transaction.atomic():
        IntervalFactory(timer=timer, workspace=other_workspace)
    assert not Interval.objects.exists()


@pytest.fixture
def migrated_again(transactional_db):
    yield
    call_command("migrate", verbosity=0)


def test_older_rows_get_their_workspace(migrated_again, conversation, monkeypatch):
    monkeypatch.setattr(supplements, "BATCH", 2)
    guards = standing_guards(connection)
    for each in (conversation, elsewhere()):
        timer = TimerFactory(conversation=each, ran=60, state="stopped")
        IntervalFactory(timer=timer, started_at=START, stopped_at=after(minutes=3))
        MessageFactory.create_batch(2, conversation=each)
    facts, said = list(Interval.objects.values()), list(Message.objects.values())
    call_command("migrate", "timers", "0005", verbosity=0)
    call_command("migrate", "conversations", "0004", verbosity=0)
    for table in ("timers_interval", "conversations_message"):
        assert "workspace_id" not in columns(table)
    with pytest.raises(IntegrityError, match="An interval is a fact"), transaction.atomic():
        run("UPDATE timers_interval SET stopped_at = started_at")
    call_command("migrate", verbosity=0)
    assert list(Interval.objects.values()) == facts
    assert list(Message.objects.values()) == said
    assert standing_guards(connection) == guards
    for table in ("timers_interval", "conversations_message"):
        assert columns(table)["workspace_id"].null_ok == (connection.vendor == "sqlite")


def test_a_row_without_its_workspace_is_given_no_other(migrated_again, conversation, other_workspace):
    """Between the migration that brings the column and the one that fills it in."""
    TimerFactory(conversation=conversation, ran=60, state="stopped")
    call_command("migrate", "timers", "0005", verbosity=0)
    call_command("migrate", "timers", "0006_workspace_of_intervals", verbosity=0)
    with pytest.raises(IntegrityError, match="An interval is a fact"), transaction.atomic():
        run(f"UPDATE timers_interval SET workspace_id = {other_workspace.pk}")
    run(f"UPDATE timers_interval SET workspace_id = {conversation.workspace_id}")
    with pytest.raises(IntegrityError, match="An interval is a fact"), transaction.atomic():
        run("UPDATE timers_interval SET workspace_id = NULL")
