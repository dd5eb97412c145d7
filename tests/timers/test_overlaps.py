"""Time that one person recorded on two conversations at once counts in full on both, and is flagged."""

import pytest

from billing.models import BillingEntry
from tests.factories import ConversationFactory, MembershipFactory
from tests.timers.clicks import WAYS
from tests.timers.moments import START, after
from timers.models import Timer


@pytest.fixture(params=WAYS)
def do(request):
    """A function that does what a verb says to a timer: `do(timer, "stop", now)`."""
    return request.param


@pytest.fixture
def record(agent, do):
    """A function that records runs, given in minutes, on a conversation; returns the last one's entry."""

    def record(conversation, *runs, user=agent):
        for begin, end in runs:
            timer = Timer.objects.start(user=user, conversation=conversation, now=after(minutes=begin))
            do(timer, "stop", after(minutes=end))
        return do(timer, "convert", kind="service", now=after(days=1))

    return record


@pytest.fixture
def another(customer):
    """Another conversation of the same workspace."""
    return ConversationFactory(customer=customer)


@pytest.fixture
def manual(workspace):
    """Stop only pauses, so that a timer has several intervals."""
    workspace.create_entries_automatically = False
    workspace.save()


@pytest.mark.parametrize(
    ("first", "second", "minutes"),
    [
        ((0, 30), (10, 20), 10),
        ((10, 20), (0, 30), 10),
        ((0, 20), (10, 30), 10),
        ((10, 30), (0, 20), 10),
        ((0, 30), (0, 30), 30),
        ((0, 10), (10, 20), 0),
        ((10, 20), (0, 10), 0),
        ((0, 10), (20, 30), 0),
        ((10, 10), (0, 30), 0),
    ],
    ids=["within", "around", "after", "before", "the same", "right after", "right before", "apart", "zero"],
)
def test_an_entry_says_how_much_of_it_ran_beside_another_timer(
    record, conversation, another, first, second, minutes
):
    record(conversation, first)
    entry = record(another, second)
    assert entry.overlap_seconds == minutes * 60
    assert entry.overlap_with == (conversation if minutes else None)
    assert entry.raw_seconds == (second[1] - second[0]) * 60
    assert entry.amount > 0
    assert (entry in BillingEntry.objects.filter(overlap_seconds__gt=0)) == bool(minutes)


def test_each_part_that_two_timers_share_counts_once(manual, record, conversation, another):
    record(conversation, (0, 10), (20, 30), (40, 50))
    entry = record(another, (5, 25), (28, 45), (60, 70))
    assert entry.overlap_seconds == (5 + 5 + 2 + 5) * 60


def test_the_conversation_that_shares_most_is_named(record, customer, conversation, another):
    record(conversation, (0, 10))
    third = ConversationFactory(customer=customer)
    record(third, (10, 40))
    entry = record(another, (0, 60))
    assert (entry.overlap_seconds, entry.overlap_with) == (40 * 60, third)


def test_a_timer_that_still_runs_overlaps_up_to_the_end_of_the_stopped_one(
    agent, do, record, conversation, another
):
    running = Timer.objects.start(user=agent, conversation=conversation, now=after(minutes=10))
    entry = record(another, (0, 30))
    assert (entry.overlap_seconds, entry.overlap_with) == (20 * 60, conversation)
    entry = do(running, "stop", after(minutes=40)).entry
    assert (entry.overlap_seconds, entry.overlap_with) == (20 * 60, another)


def test_a_timer_that_starts_when_the_other_stops_does_not_overlap(agent, record, conversation, another):
    Timer.objects.start(user=agent, conversation=conversation, now=after(minutes=30))
    assert record(another, (0, 30)).overlap_seconds == 0


def test_earlier_sessions_on_the_same_conversation_do_not_overlap(record, conversation):
    record(conversation, (0, 10))
    assert record(conversation, (10, 20)).overlap_seconds == 0


def test_a_canceled_timer_does_not_count(agent, record, conversation, another):
    timer = Timer.objects.start(user=agent, conversation=conversation, now=START)
    timer.cancel(after(minutes=30))
    assert record(another, (0, 30)).overlap_seconds == 0


def test_a_colleagues_time_does_not_count(colleague, record, conversation, another):
    record(conversation, (0, 30), user=colleague)
    assert record(another, (0, 30)).overlap_seconds == 0


def test_time_in_another_workspace_is_not_told_here(
    agent, record, conversation, other_workspace, foreign_conversation
):
    MembershipFactory(workspace=other_workspace, user=agent)
    record(foreign_conversation, (0, 30))
    entry = record(conversation, (0, 30))
    assert (entry.overlap_seconds, entry.overlap_with) == (0, None)


def test_shared_time_is_floored_once(agent, manual, do, record, conversation, another):
    for begin in (0, 10):
        timer = Timer.objects.start(user=agent, conversation=conversation, now=after(seconds=begin))
        do(timer, "stop", after(seconds=begin + 0.6))
    assert record(another, (0, 1)).overlap_seconds == 1


def test_what_two_others_share_counts_once(record, conversation, another, customer):
    record(conversation, (0, 30))
    record(another, (20, 50))
    entry = record(ConversationFactory(customer=customer), (0, 60))
    assert entry.overlap_seconds == 50 * 60
    assert entry.overlap_with in (conversation, another)


def test_what_runs_before_it_was_started_by_a_clock_set_back_counts(manual, record, conversation, another):
    record(another, (75, 90))
    entry = record(conversation, (120, 65), (70, 100))
    assert (entry.overlap_seconds, entry.overlap_with) == (15 * 60, another)


def test_timers_that_a_start_stops_name_the_one_that_they_shared_most_with(workspace, agent, customer):
    first, second, third, fourth = (ConversationFactory(customer=customer) for _ in range(4))
    for minutes, each in ((0, first), (10, second), (20, third)):
        Timer.objects.start(user=agent, conversation=each, now=after(minutes=minutes))
    workspace.one_running_timer = True
    workspace.save()
    Timer.objects.start(user=agent, conversation=fourth, now=after(minutes=60))
    entry = BillingEntry.objects.get(conversation=second)
    assert (entry.overlap_seconds, entry.overlap_with) == (50 * 60, first)
