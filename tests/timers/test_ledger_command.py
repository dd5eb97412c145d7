"""`manage.py verify_ledger`: how it reads, what it says, and that it changes nothing."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from billing.models import BillingEntry, BillingType, ExportBatch
from tests.factories import (
    BillingTypeFactory,
    ConversationFactory,
)
from tests.races import together
from tests.tampering import unguarded
from tests.timers.books import differences, new
from tests.timers.moments import START, after
from timers.demo.build import build
from timers.ledger import Verification, reading, snapshot
from timers.models import Interval, Timer
from workspaces.models import Workspace

MINUTE = timedelta(minutes=1)


# Slices


def test_small_slices_find_the_same(books, agent, customer, monkeypatch):
    for _ in range(5):
        other = ConversationFactory(customer=customer)
        Timer.objects.start(user=agent, conversation=other, now=START).stop(after(minutes=10))
    rule = BillingTypeFactory(workspace=books)
    BillingType.objects.filter(pk=rule.pk)._raw_delete("default")
    BillingEntry.objects.filter(pk=BillingEntry.objects.latest("pk").pk).update(description="Altered")
    at_once = differences()
    assert len(at_once) == 2
    monkeypatch.setattr(reading, "SLICE", 2)
    assert differences() == at_once


def test_the_number_of_queries_grows_with_the_slices_only(books, agent, customer, django_assert_num_queries):
    with django_assert_num_queries(37 if connection.vendor == "sqlite" else 27, exact=False) as few:
        differences()
    for _ in range(10):
        other = ConversationFactory(customer=customer)
        Timer.objects.start(user=agent, conversation=other, now=START).stop(after(minutes=10))
    with django_assert_num_queries(len(few)):
        differences()


def test_one_workspace_alone(books, other_workspace, outsider, foreign_conversation, logged):
    theirs = Timer.objects.start(user=outsider, conversation=foreign_conversation, now=START).stop(
        after(minutes=1)
    )
    with unguarded():
        Interval.objects.filter(timer=theirs).delete()
    Workspace.objects.filter(pk=other_workspace.pk).update(name="Altered")
    assert differences(books) == []
    assert {each.thing for each in differences(other_workspace)} == {
        f"entry {theirs.entry_id}",
        f"workspace {other_workspace.pk}",
    }


def test_the_demo_agrees(db):
    build(datetime(2026, 9, 16, 12, 30, tzinfo=UTC))
    assert BillingEntry.objects.count() > 100
    assert differences() == []


# The command


def verify(**options):
    """Its exit status and what it wrote."""
    out = StringIO()
    try:
        call_command("verify_ledger", stdout=out, **options)
    except CommandError as error:
        return error.returncode, out.getvalue().splitlines(), str(error)
    return 0, out.getvalue().splitlines(), ""


def everything():
    return {
        model: list(model.objects.order_by("pk").values())
        for model in (
            Timer,
            Interval,
            BillingEntry,
            BillingType,
            ExportBatch,
            Workspace,
            BillingEntry.history.model,
        )
    }


@pytest.mark.django_db(transaction=True)
class TestCommand:
    def test_it_says_what_it_looked_at(self, books):
        status, lines, error = verify()
        assert (status, error) == (0, "")
        assert lines[0].startswith("Checked: 2 timers, 2 entries, 1 batches, 2 histories of entries, ")
        assert lines[1] == "No difference."

    def test_it_says_each_difference_on_a_line_and_fails(self, books, logged):
        with unguarded():
            Interval.objects.filter(timer=logged).update(stopped_at=F("stopped_at") + MINUTE)
        BillingEntry.objects.filter(state="new").update(description="Two\nlines")
        before = everything()
        status, lines, error = verify()
        assert (status, error) == (1, "2 differences.")
        raw = f"raw seconds, by the intervals of timer {logged.pk}"
        assert lines[:-1] == [
            f"entry {logged.entry_id}: {raw}: expected 360, found 300",
            f"entry {new().pk}: description, by its history: expected '', found 'Two\\nlines'",
        ]
        assert everything() == before

    def test_one_workspace(self, books, other_workspace):
        Workspace.objects.filter(pk=other_workspace.pk).update(name="Altered")
        assert verify(workspace=books.pk)[0] == 0
        assert verify(workspace=other_workspace.pk)[::2] == (1, "1 difference.")
        assert verify(workspace=999_999)[::2] == (1, "There is no workspace 999999.")

    def test_it_can_write_nothing_and_the_connection_can_again_afterwards(self, books):
        with pytest.raises(DatabaseError), snapshot(), transaction.atomic():
            Workspace.objects.update(name="Altered")
        with pytest.raises(ZeroDivisionError), snapshot():
            assert 1 / 0
        assert Workspace.objects.update(name="Renamed") == 1

    def test_somebody_writes_meanwhile_and_waits_for_nothing(self, books, agent, customer):
        other = ConversationFactory(customer=customer)
        seen = Verification()
        with snapshot():
            found = seen.differences()
            first = next(found, None)
            (timer,) = together(
                lambda: Timer.objects.start(user=agent, conversation=other, now=after(hours=1))
            )
            rest = list(found)
        assert isinstance(timer, Timer)
        assert first is None
        assert rest == []
