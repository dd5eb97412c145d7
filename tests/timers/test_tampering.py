"""Timers and intervals stay what they are, whoever writes to the database."""

import contextlib
from datetime import timedelta

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from billing.guards import Guard, expected_guards
from tests.factories import (
    BillingEntryFactory,
    ConversationFactory,
    IntervalFactory,
    UserFactory,
    WorkspaceFactory,
)
from tests.timers.moments import START, after
from timers.models import Interval, Timer

KEPT = {
    "id": lambda timer: timer.pk + 1000,
    "workspace": lambda timer: WorkspaceFactory(),
    "user": lambda timer: UserFactory(),
    "conversation": lambda timer: ConversationFactory(customer=timer.conversation.customer),
    "created_at": lambda timer: START - timedelta(days=1),
}


@pytest.fixture
def timer(agent, conversation):
    return Timer.objects.start(user=agent, conversation=conversation, now=START)


def refused(rows, match, **values):
    before = list(rows.values())
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        rows.update(**values)
    assert list(rows.values()) == before


def run(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("column", KEPT)
def test_whose_timer_it_is_and_on_what_never_changes(timer, column):
    rows = Timer.objects.filter(user=timer.user)
    refused(rows, "Whose timer it is", **{column: KEPT[column](timer)})


def test_a_run_is_never_moved(timer):
    rows, refusal = Timer.objects.all(), "A run begins when it began"
    refused(rows, refusal, running_since=START - timedelta(hours=1))
    refused(rows, refusal, running_since=START + timedelta(microseconds=1))


def test_a_run_never_ends_without_its_interval(timer):
    rows, refusal = Timer.objects.all(), "ends with its interval"
    refused(rows, refusal, running_since=None, state="canceled")
    IntervalFactory(timer=timer, started_at=after(seconds=1), stopped_at=after(minutes=5))
    refused(rows, refusal, running_since=None, state="stopped")
    IntervalFactory(timer=timer, started_at=START, stopped_at=after(minutes=5))
    assert rows.update(running_since=None, state="stopped") == 1


def test_the_entry_of_a_timer_never_changes(timer, agent, conversation):
    timer.stop(after(minutes=5))
    other = BillingEntryFactory(user=agent, conversation=conversation)
    rows, refusal = Timer.objects.all(), "entry that a timer became never changes"
    refused(rows, refusal, entry=other)
    refused(rows, refusal, entry=None)


def test_no_time_is_added_to_a_timer_that_has_its_entry(timer):
    timer.stop(after(minutes=5))
    with pytest.raises(IntegrityError, match="no time is added"), transaction.atomic():
        timer.intervals.create(started_at=after(minutes=6), stopped_at=after(minutes=7))
    assert timer.intervals.count() == 1


def test_a_timer_is_never_deleted(timer):
    for delete in (timer.delete, Timer.objects.all().delete, lambda: run("DELETE FROM timers_timer")):
        with pytest.raises(IntegrityError, match="A timer is never deleted"), transaction.atomic():
            delete()
    assert Timer.objects.get() == timer


@pytest.mark.parametrize("table", ["timers_timer", "timers_interval"])
def test_a_row_is_never_replaced(timer, table):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no REPLACE")
    timer.stop(after(minutes=5))
    for words in ("REPLACE", "INSERT OR IGNORE"):
        with pytest.raises(IntegrityError, match=r"never|no time is added"):
            run(f"{words} INTO {table} SELECT * FROM {table}")


def test_no_timer_takes_the_place_of_another(timer, agent, conversation):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no REPLACE")
    refusal = "One open timer per user and conversation"
    columns = ", ".join(field.column for field in Timer._meta.concrete_fields if field.column != "id")
    with pytest.raises(IntegrityError, match=refusal):
        run(f"REPLACE INTO timers_timer ({columns}) SELECT {columns} FROM timers_timer")
    timer.cancel(after(minutes=5))
    other = Timer.objects.start(user=agent, conversation=conversation, now=after(minutes=6))
    with pytest.raises(IntegrityError, match=refusal):
        run(f"UPDATE OR REPLACE timers_timer SET state = 'stopped' WHERE id = {timer.pk}")
    other.stop(after(minutes=7))
    with pytest.raises(IntegrityError, match=refusal):
        run(f"UPDATE OR REPLACE timers_timer SET entry_id = {other.entry_id} WHERE id = {timer.pk}")
    assert Timer.objects.count() == 2


# Who does not own the tables

ROLE = "stint_application"
GUARDS = [each for each in expected_guards().values() if isinstance(each, Guard)]
TABLES = sorted({guard.table for guard in GUARDS})
GRANTS = f"""
    CREATE ROLE {ROLE} LOGIN PASSWORD 'application';
    GRANT USAGE ON SCHEMA public TO {ROLE};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE};
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {ROLE};
"""


@pytest.fixture
def application(transactional_db):
    """A connection of a role that may read and write every table, and owns none."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no roles: whoever opens the file owns it")
    with connection.cursor() as cursor:
        cursor.execute(GRANTS)
    known = connection.get_connection_params() | {"user": ROLE, "password": "application"}
    wanted = {name: known[name] for name in ("host", "port", "dbname", "user", "password") if known.get(name)}
    try:
        with contextlib.closing(psycopg.connect(**wanted, autocommit=True)) as opened:
            yield opened
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP OWNED BY {ROLE}")
            cursor.execute(f"DROP ROLE {ROLE}")


@pytest.fixture
def everything(agent, manager, conversation):
    """A row in every guarded table."""
    timer = Timer.objects.start(user=agent, conversation=conversation, now=START).stop(after(minutes=5))
    timer.entry.approve(by=manager, now=after(minutes=6))
    conversation.workspace.batches.create_from_approved(
        conversation.workspace, by=manager, now=after(minutes=7)
    )


#: In each table, what no verb ever does.
CHANGES = {
    "timers_timer": "user_id = user_id + 1",
    "billing_billingentry": "raw_seconds = 0",
    "billing_exportbatch": "number = number + 1",
    "conversations_conversation": "customer_id = customer_id + 1",
    "timers_interval": "stopped_at = stopped_at + interval '1 hour'",
}
STATEMENTS = [
    "DELETE FROM {table}",
    "TRUNCATE {table}",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "ALTER TABLE {table} DISABLE TRIGGER {trigger}",
    "DROP TRIGGER {trigger} ON {table}",
    "DROP FUNCTION {function}() CASCADE",
    "CREATE OR REPLACE FUNCTION public.{function}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
    "ALTER TABLE {table} RENAME TO elsewhere",
    "DROP TABLE {table} CASCADE",
]


def test_the_role_of_the_application_gets_round_no_guard(everything, application):
    refusals = (psycopg.errors.IntegrityError, psycopg.errors.InsufficientPrivilege)
    for table in TABLES:
        assert application.execute(f"SELECT count(*) FROM {table}").fetchone() > (0,)
        guard = next(each for each in GUARDS if each.table == table and not each.on)
        trigger = guard.triggers("postgresql")[guard.events[0]]
        change = CHANGES.get(table, "history_user_id = NULL")
        for statement in [*STATEMENTS, f"UPDATE {table} SET {change}"]:
            with pytest.raises(refusals):
                application.execute(statement.format(table=table, function=guard.name, trigger=trigger))
    for setting in ("replica", "local"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute(f"SET session_replication_role = {setting}")


def test_a_temporary_table_deceives_no_guard(everything, application):
    application.execute("CREATE TEMPORARY TABLE timers_timer AS SELECT * FROM public.timers_timer LIMIT 0")
    with pytest.raises(psycopg.errors.IntegrityError, match="no time is added"):
        application.execute(
            "INSERT INTO timers_interval (timer_id, started_at, stopped_at, clock_stepped_back)"
            " SELECT id, now(), now(), false FROM public.timers_timer"
        )


def test_the_role_of_the_application_works(everything, application):
    application.execute("UPDATE timers_timer SET note = 'Seen'")
    assert set(Timer.objects.values_list("note")) == {("Seen",)}
    assert Interval.objects.count() == 1
