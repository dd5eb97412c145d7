"""The ledger check finds what does not agree between timers, intervals, entries and batches."""

from datetime import timedelta

import pytest
from django.db.models import F

from billing.models import BillingEntry, BillingType, ExportBatch
from conversations.models import Conversation, Message
from tests.factories import (
    BillingEntryFactory,
    BillingTypeFactory,
    ConversationFactory,
    CustomerFactory,
    MessageFactory,
    UserFactory,
)
from tests.tampering import drop_checks, unguarded
from tests.timers.books import altered, differences, invoiced, new, told
from tests.timers.moments import START, after
from timers.ledger import Difference
from timers.models import Interval, Timer

MINUTE = timedelta(minutes=1)


def test_books_that_the_verbs_have_written_agree(books):
    assert differences() == []


def test_every_state_of_a_timer_agrees(books, agent, colleague, manager, customer):
    def another():
        return ConversationFactory(customer=customer)

    Timer.objects.start(user=agent, conversation=another(), now=START)
    Timer.objects.start(user=agent, conversation=another(), now=START).cancel(after(minutes=1))
    canceled = Timer.objects.start(user=agent, conversation=another(), now=START).stop(after(minutes=1))
    canceled.cancel(after(minutes=2))
    restored = Timer.objects.start(user=agent, conversation=another(), now=START).stop(after(minutes=1))
    restored.cancel(after(minutes=2)).restore(after(minutes=3))
    left = Timer.objects.start(user=colleague, conversation=another(), now=START).stop(after(minutes=1))
    left.resume(after(minutes=2))
    returned = Timer.objects.start(user=agent, conversation=another(), now=START).stop(after(minutes=1))
    returned.entry.return_(by=manager, comment="Why?", now=after(minutes=2))
    discarded = Timer.objects.start(user=agent, conversation=another(), now=START).stop(after(minutes=1))
    discarded.entry.discard(by=manager, now=after(minutes=2))
    again = Timer.objects.start(user=agent, conversation=another(), now=START).stop(after(minutes=1))
    again.entry.approve(by=manager, now=after(minutes=2))
    again.entry.reinstate(by=manager, now=after(minutes=3))
    assert differences() == []


def test_a_batch_that_was_reversed_agrees(books, manager):
    ExportBatch.objects.get().reverse(by=manager, now=after(hours=1))
    books.batches.create_from_approved(books, by=manager, now=after(hours=2))
    assert differences() == []


def test_an_entry_by_hand_agrees(books, agent, conversation):
    BillingEntryFactory(user=agent, conversation=conversation, by_hand=True, raw_seconds=3600)
    assert differences() == []


def test_what_is_deleted_with_its_history_agrees(books, workspace):
    BillingTypeFactory(workspace=workspace).delete()
    CustomerFactory(workspace=workspace).delete()
    assert differences() == []


# What does not agree: by whoever owns the tables, past the guards.


def test_an_interval_that_was_altered(books, logged):
    with unguarded():
        Interval.objects.filter(timer=logged).update(stopped_at=F("stopped_at") + MINUTE)
    what = f"raw seconds, by the intervals of timer {logged.pk}"
    told((f"entry {logged.entry_id}", what, 360, 300))


def test_an_interval_that_was_removed(books, logged):
    with unguarded():
        Interval.objects.filter(timer=logged).delete()
    told((f"entry {logged.entry_id}", f"raw seconds, by the intervals of timer {logged.pk}", 0, 300))


def test_an_interval_that_was_added_while_another_ran(books, logged):
    with unguarded():
        first = Interval.objects.get(timer=logged)
        added = Interval.objects.create(
            workspace=books, timer=logged, started_at=after(minutes=4), stopped_at=after(minutes=6)
        )
    apart = f"not before the end of interval {first.pk}, 2026-03-02T09:05:00+00:00"
    told(
        (f"interval {added.pk}", "start", apart, after(minutes=4)),
        (f"entry {logged.entry_id}", f"raw seconds, by the intervals of timer {logged.pk}", 420, 300),
    )


def test_an_interval_from_before_its_timer(agent, conversation):
    timer = Timer.objects.start(user=agent, conversation=conversation, now=START)
    added = timer.intervals.create(started_at=after(minutes=-9), stopped_at=after(minutes=-2))
    apart = f"not before its timer was made, {START.isoformat()}"
    told((f"interval {added.pk}", "start", apart, after(minutes=-9)))
    timer.stop(after(minutes=5))
    assert [each.what for each in differences()] == ["start"]


@pytest.mark.parametrize("stepped_back", [False, True])
def test_an_interval_that_counts_a_run_twice(agent, conversation, stepped_back):
    timer = Timer.objects.start(user=agent, conversation=conversation, now=START)
    timer.intervals.create(started_at=START, stopped_at=after(minutes=60), clock_stepped_back=stepped_back)
    timer.stop(after(minutes=5))
    first, second = timer.intervals.order_by("pk")
    told((f"interval {second.pk}", "run", "one of its own", f"that of interval {first.pk}"))


def test_an_entry_that_does_not_say_that_the_clock_was_set_back(books, logged):
    with unguarded():
        Interval.objects.filter(timer=logged).update(clock_stepped_back=True)
    what = f"whether the clock was set back, by the intervals of timer {logged.pk}"
    told((f"entry {logged.entry_id}", what, True, False))


def test_an_interval_that_ends_before_it_starts(books, logged):
    drop_checks(Interval)
    with unguarded():
        Interval.objects.filter(timer=logged).update(stopped_at=after(minutes=-1))
    found = differences()
    interval = Interval.objects.get(timer=logged)
    assert Difference(f"interval {interval.pk}", "end", f"not before {START}", after(minutes=-1)) in found


def test_a_clock_that_was_set_back_between_two_runs_is_no_difference(workspace, agent, conversation):
    workspace.create_entries_automatically = False
    workspace.save()
    timer = Timer.objects.start(user=agent, conversation=conversation, now=START).stop(after(minutes=60))
    Timer.objects.start(user=agent, conversation=conversation, now=after(minutes=30))
    assert differences() == []
    timer.stop(after(minutes=45))
    assert [each.clock_stepped_back for each in timer.intervals.all()] == [False, True]
    assert timer.convert(kind="service", now=after(minutes=61)).clock_stepped_back
    assert differences() == []


def test_a_running_timer_that_was_started_earlier_by_hand(workspace, agent, conversation):
    workspace.create_entries_automatically = False
    workspace.save()
    Timer.objects.start(user=agent, conversation=conversation, now=START).stop(after(minutes=5))
    timer = Timer.objects.start(user=agent, conversation=conversation, now=after(minutes=6))
    with unguarded():
        Timer.objects.update(running_since=START)
    apart = f"not before the end of interval {timer.intervals.get().pk}, 2026-03-02T09:05:00+00:00"
    told((f"timer {timer.pk}", "running since", apart, START))


@pytest.mark.parametrize(
    ("values", "what", "expected", "found"),
    [
        ({"state": "running"}, "whether it says since when it runs", True, False),
        ({"running_since": START}, "whether it says since when it runs", False, True),
        (
            {"state": "running", "running_since": after(hours=1)},
            "whether it runs with its entry",
            False,
            True,
        ),
    ],
)
def test_a_timer_that_runs_in_one_way_only(books, stopped, values, what, expected, found):
    drop_checks(Timer)
    with unguarded():
        Timer.objects.filter(pk=stopped.pk).update(**values)
    assert Difference(f"timer {stopped.pk}", what, expected, found) in differences()


def test_a_logged_timer_without_its_entry(books, logged):
    drop_checks(Timer)
    with unguarded():
        Timer.objects.filter(pk=logged.pk).update(entry=None)
    told(
        (f"timer {logged.pk}", "whether it has its entry", True, False),
        (f"entry {logged.entry_id}", "whether it comes from a timer", True, False),
    )


@pytest.mark.parametrize("name", ["user", "conversation"])
def test_a_timer_whose_entry_is_of_another(books, logged, customer, name):
    other = UserFactory() if name == "user" else ConversationFactory(customer=customer)
    with unguarded():
        Timer.objects.filter(pk=logged.pk).update(**{name: other})
    before = getattr(invoiced(), f"{name}_id")
    told((f"entry {logged.entry_id}", f"{name}, by timer {logged.pk}", other.pk, before))


def test_a_timer_in_another_workspace_than_all_that_belongs_to_it(books, logged, other_workspace):
    with unguarded():
        Timer.objects.filter(pk=logged.pk).update(workspace=other_workspace)
    here, there, interval = other_workspace.pk, books.pk, logged.intervals.get().pk
    told(
        (f"timer {logged.pk}", "the workspace of its conversation", here, there),
        (f"timer {logged.pk}", "the workspace of its billing type", here, there),
        (f"interval {interval}", "the workspace of its timer", here, there),
        (f"entry {logged.entry_id}", f"workspace, by timer {logged.pk}", here, there),
    )


def test_an_interval_in_another_workspace_than_its_timer(books, logged, other_workspace):
    with unguarded():
        Interval.objects.filter(timer=logged).update(workspace=other_workspace)
    interval, what = logged.intervals.get(), "the workspace of its timer"
    told((f"interval {interval.pk}", what, books.pk, other_workspace.pk), workspace=books)


def test_a_message_in_another_workspace_than_its_conversation(books, conversation, other_workspace):
    message = MessageFactory(conversation=conversation)
    Message.objects.filter(pk=message.pk).update(workspace=other_workspace)
    what = "the workspace of its conversation"
    told((f"message {message.pk}", what, books.pk, other_workspace.pk), workspace=books)


def test_an_entry_for_another_customer_than_its_conversations(books, logged, customer):
    other = CustomerFactory(workspace=books)
    with unguarded():
        BillingEntry.objects.filter(pk=logged.entry_id).update(customer=other)
    what = "the customer of its conversation"
    told((f"entry {logged.entry_id}", what, customer.pk, other.pk), workspace=books)


@pytest.mark.parametrize(("state", "expected"), [("canceled", "discarded"), ("stopped", "new")])
def test_a_timer_whose_entry_was_decided_on_without_it(books, logged, state, expected):
    with unguarded():
        Timer.objects.filter(pk=logged.pk).update(state=state)
    told((f"entry {logged.entry_id}", f"state, by timer {logged.pk}", expected, "invoiced"))


# Entries. What is altered in a row alone differs from the history as well.


@pytest.mark.parametrize(
    ("column", "value", "before"),
    [
        ("calculated_seconds", 60, 900),
        ("amount", 1, 15000),
        ("explanation", "Because.", None),
        ("rate", 1, 12000),
        ("currency", "USD", "EUR"),
    ],
)
def test_a_figure_that_is_not_by_the_rule(books, column, value, before):
    entry = invoiced()
    altered(entry, **{column: value})
    name = f"{column.replace('_', ' ')}, by its rule"
    also = [(f"batch {entry.batch_id}", "amount, by its entries", 1, 15000)] if column == "amount" else []
    told((f"entry {entry.pk}", name, before or entry.explanation, value), *also)


def test_a_billed_time_without_its_amount(books):
    entry = invoiced()
    altered(entry, billed_seconds=3600)
    names = {"amount, by its rule", "explanation, by its rule", "billed seconds, by its entries"}
    assert {each.what for each in differences()} == names


def test_a_rule_that_was_altered(books):
    entry = invoiced()
    altered(entry, rule=entry.rule | {"rate": 24000})
    names = {"rate, by its rule", "amount, by its rule", "explanation, by its rule"}
    assert {each.what for each in differences()} == names


@pytest.mark.parametrize("rule", [{}, {"rate": "much"}, [], "rule"])
def test_a_rule_that_is_none(books, rule):
    entry = invoiced()
    kept = entry.rule | rule if isinstance(rule, dict) and rule else rule
    altered(entry, rule=kept)
    (difference,) = differences()
    assert (difference.thing, difference.what) == (f"entry {entry.pk}", "rule")


def test_the_raw_time_of_an_entry(books, logged):
    altered(invoiced(), raw_seconds=60)
    what = f"raw seconds, by the intervals of timer {logged.pk}"
    assert Difference(f"entry {logged.entry_id}", what, 300, 60) in differences()


def test_an_entry_that_comes_from_nothing(books, agent, conversation):
    entry = BillingEntryFactory(user=agent, conversation=conversation)
    told((f"entry {entry.pk}", "whether it comes from a timer", True, False))


def test_an_entry_by_hand_that_a_timer_made(books, stopped):
    altered(new(), by_hand=True)
    found = differences()
    assert Difference(f"entry {stopped.entry_id}", "whether it was made by hand", False, True) in found
    assert Difference(f"entry {stopped.entry_id}", "whether it comes from a timer", False, True) in found


def test_an_invoiced_entry_without_a_batch(books):
    entry, batch = invoiced(), ExportBatch.objects.get()
    drop_checks(BillingEntry)
    altered(entry, batch=None)
    told(
        (f"entry {entry.pk}", "whether it is in a batch", True, False),
        (f"batch {batch.pk}", "whether it holds entries", True, False),
    )


def test_a_batch_that_was_reversed_alone(books, manager):
    entry, batch = invoiced(), ExportBatch.objects.get()
    ExportBatch.objects.update(reversed_at=START, reversed_by=manager)
    told(
        (f"entry {entry.pk}", "when its batch was reversed", None, START),
        (f"batch {batch.pk}", "whether it holds entries", False, True),
    )


@pytest.mark.parametrize(
    ("altered_to", "what", "expected", "kept"),
    [
        ({"entry_count": 2}, "how many entries", 1, 2),
        ({"billed_seconds": 60}, "billed seconds", 4500, 60),
        ({"amounts": {"EUR": 1}}, "amount", 15000, 1),
    ],
)
def test_a_batch_that_keeps_other_sums_than_its_entries(books, altered_to, what, expected, kept):
    batch = ExportBatch.objects.get()
    ExportBatch.objects.update(**altered_to)
    told((f"batch {batch.pk}", f"{what}, by its entries", expected, kept))


def test_a_batch_of_the_release_before_keeps_no_sums_and_agrees(books):
    ExportBatch.objects.update(entry_count=None, billed_seconds=None, amounts=None)
    assert differences() == []


def test_a_batch_whose_number_leaves_a_gap(books):
    batch = ExportBatch.objects.get()
    with unguarded():
        ExportBatch.objects.update(number=3)
    told((f"batch {batch.pk}", "whether there is one of number 2", True, False))


@pytest.mark.parametrize("name", ["conversation", "billing_type", "overlap_with", "batch"])
def test_an_entry_with_something_of_another_workspace(
    books, name, foreign_conversation, other_workspace, outsider
):
    entry = invoiced()
    with unguarded():
        if name == "batch":
            ExportBatch.objects.update(workspace=other_workspace)
        elif name == "billing_type":
            BillingType.objects.filter(pk=entry.billing_type_id).update(workspace=other_workspace)
        elif name == "conversation":
            Conversation.objects.filter(pk=entry.conversation_id).update(workspace=other_workspace)
    if name == "overlap_with":
        altered(entry, overlap_with=foreign_conversation, overlap_seconds=1)
    what = f"the workspace of its {name.replace('_', ' ')}"
    assert Difference(f"entry {entry.pk}", what, books.pk, other_workspace.pk) in differences()
