"""What the database itself refuses, whatever the code above it does."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.db.models import ProtectedError

from billing.models import BillingEntry, BillingType
from conversations.models import Conversation, Customer
from tests.factories import BillingEntryFactory, IntervalFactory, TimerFactory
from tests.timers.moments import START, after
from timers.models import Interval, Timer
from workspaces.models import User, Workspace

State = Timer.State


@pytest.fixture
def entry(agent, conversation):
    return BillingEntryFactory(user=agent, conversation=conversation)


@pytest.fixture
def interval(agent, conversation):
    return IntervalFactory(
        timer__user=agent, timer__conversation=conversation, started_at=START, stopped_at=after(minutes=5)
    )


def refused(name):
    """The database names the rule that was broken; on SQLite a guard is there before a unique constraint."""
    unique = connection.vendor == "sqlite" and name in ("one_open_timer_per_conversation", "entry_id")
    guard = "One open timer per user and conversation, and one timer per entry"
    return pytest.raises(IntegrityError, match=guard if unique else name)


# Timers


@pytest.mark.parametrize("first", [State.RUNNING, State.STOPPED])
@pytest.mark.parametrize("second", [State.RUNNING, State.STOPPED])
def test_there_is_one_open_timer_per_user_and_conversation(agent, conversation, first, second):
    TimerFactory(user=agent, conversation=conversation, state=first)
    with refused("one_open_timer_per_conversation"), transaction.atomic():
        TimerFactory(user=agent, conversation=conversation, state=second)
    assert Timer.objects.count() == 1


def test_closed_timers_may_be_many(agent, colleague, conversation, foreign_conversation):
    for _ in range(2):
        TimerFactory(user=agent, conversation=conversation, state=State.CANCELED)
        finished = BillingEntryFactory(user=agent, conversation=conversation)
        TimerFactory(user=agent, conversation=conversation, state=State.LOGGED, entry=finished)
    TimerFactory(user=agent, conversation=conversation)
    TimerFactory(user=colleague, conversation=conversation)
    TimerFactory(user=agent, conversation=foreign_conversation)
    assert Timer.objects.open().count() == 3


@pytest.mark.parametrize(
    ("state", "running_since"),
    [
        (State.RUNNING, None),
        (State.STOPPED, START),
        (State.CANCELED, START),
        (State.LOGGED, START),
        ("paused", None),
        ("paused", START),
        ("", None),
    ],
)
def test_a_timer_runs_exactly_while_it_says_since_when(agent, conversation, entry, state, running_since):
    became = entry if state == State.LOGGED else None
    with refused("running_means_running_since"), transaction.atomic():
        TimerFactory(
            user=agent, conversation=conversation, state=state, running_since=running_since, entry=became
        )


def test_a_logged_timer_has_its_entry(agent, conversation):
    with refused("a_logged_timer_has_its_entry"), transaction.atomic():
        TimerFactory(user=agent, conversation=conversation, state=State.LOGGED)


def test_a_running_timer_has_no_entry(agent, conversation, entry):
    with refused("a_running_timer_has_no_entry"), transaction.atomic():
        TimerFactory(user=agent, conversation=conversation, entry=entry)


def test_an_entry_comes_from_one_timer(agent, colleague, conversation, entry):
    TimerFactory(user=agent, conversation=conversation, state=State.STOPPED, entry=entry)
    with refused("entry_id"), transaction.atomic():
        TimerFactory(user=colleague, conversation=conversation, state=State.STOPPED, entry=entry)


# Intervals


def test_an_interval_ends_no_earlier_than_it_starts(interval):
    with refused("an_interval_ends_no_earlier_than_it_starts"), transaction.atomic():
        interval.timer.intervals.create(started_at=START, stopped_at=START - timedelta(microseconds=1))
    interval.timer.intervals.create(started_at=START, stopped_at=START)


def sql(statement):
    def execute(interval):
        with connection.cursor() as cursor:
            cursor.execute(statement, [interval.pk])

    return execute


def rewrite(interval):
    interval.stopped_at = after(minutes=50)
    interval.save()


ATTEMPTS = {
    "save": rewrite,
    "queryset update": lambda interval: Interval.objects.update(stopped_at=after(minutes=50)),
    "bulk update": lambda interval: Interval.objects.bulk_update([interval], ["timer"]),
    "SQL update": sql("UPDATE timers_interval SET clock_stepped_back = clock_stepped_back WHERE id = %s"),
    "delete": lambda interval: interval.delete(),
    "queryset delete": lambda interval: Interval.objects.all().delete(),
    "SQL delete": sql("DELETE FROM timers_interval WHERE id = %s"),
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_an_interval_is_never_changed_or_deleted(interval, attempt):
    before = Interval.objects.values().get()
    with pytest.raises(DatabaseError, match="An interval is a fact"), transaction.atomic():
        attempt(interval)
    assert Interval.objects.values().get() == before


@transaction.atomic
def note_and_delete():
    Timer.objects.update(note="Lost with the rest")
    Interval.objects.all().delete()


def test_a_refused_change_of_an_interval_undoes_what_came_before_it(interval):
    with pytest.raises(IntegrityError):
        note_and_delete()
    assert Timer.objects.get().note == ""


# Nothing that was billed goes


@pytest.mark.parametrize("model", [Timer, BillingEntry, BillingType, Conversation, Customer, User, Workspace])
def test_nothing_that_time_was_recorded_on_can_be_deleted(interval, entry, agent, model):
    Timer.objects.update(entry=entry)
    target = {
        Timer: interval.timer,
        BillingEntry: entry,
        BillingType: entry.billing_type,
        Conversation: entry.conversation,
        Customer: entry.conversation.customer,
        User: agent,
        Workspace: entry.workspace,
    }[model]
    for delete in (target.delete, model.objects.filter(pk=target.pk).delete):
        with pytest.raises(ProtectedError):
            delete()
    assert model.objects.filter(pk=target.pk).exists()
    assert Interval.objects.count() == Timer.objects.count() == BillingEntry.objects.count() == 1


@pytest.mark.parametrize("model", [Timer, Interval, BillingEntry])
def test_a_billed_row_protects_all_that_it_points_to(model):
    keys = [field for field in model._meta.concrete_fields if field.is_relation]
    assert keys
    unprotected = [field.name for field in keys if field.remote_field.on_delete is not models.PROTECT]
    assert unprotected == []
