"""What a workspace's two settings change: whether Stop prepares the entry, whether one timer runs alone."""

import pytest

from billing.models import BillingEntry
from conversations.models import ConversationClosed
from tests.factories import BillingTypeFactory, ConversationFactory, MembershipFactory
from tests.timers.moments import START, after
from timers.models import Timer


@pytest.fixture
def automatic(workspace):
    """Stop prepares the entry; so it is unless the workspace says otherwise."""
    assert workspace.create_entries_automatically
    return workspace


@pytest.fixture
def manual(workspace):
    """Stop only pauses."""
    workspace.create_entries_automatically = False
    workspace.save()
    return workspace


@pytest.fixture
def alone(workspace):
    """One running timer per user."""
    assert not workspace.one_running_timer
    workspace.one_running_timer = True
    workspace.save()
    return workspace


@pytest.fixture
def another(customer):
    """Another conversation of the same workspace."""
    return ConversationFactory(customer=customer)


def start(user, conversation, **elapsed):
    return Timer.objects.start(user=user, conversation=conversation, now=after(**elapsed))


# Create billing entries automatically


def test_with_entries_made_automatically_each_session_is_an_entry_of_its_own(automatic, agent, conversation):
    first = start(agent, conversation).stop(after(minutes=10))
    second = start(agent, conversation, minutes=30)
    assert (second.raw_seconds(after(minutes=30)), second.entry) == (0, None)
    second.stop(after(minutes=37))

    first.refresh_from_db()
    assert first != second
    assert [(timer.state, timer.raw_seconds(START)) for timer in (first, second)] == [
        ("logged", 600),
        ("stopped", 420),
    ]
    entries = BillingEntry.objects.order_by("pk")
    assert [(entry.state, entry.raw_seconds, entry.timer) for entry in entries] == [
        ("new", 600, first),
        ("new", 420, second),
    ]
    assert [entry.confirmed_at for entry in entries] == [None, None]


def test_the_entry_comes_from_the_timers_billing_type(automatic, agent, conversation, billing_type):
    entry = start(agent, conversation).stop(after(seconds=3133)).entry
    assert (entry.user, entry.conversation, entry.workspace) == (agent, conversation, automatic)
    assert (entry.kind, entry.billing_type, entry.state) == ("service", billing_type, "new")
    assert (entry.raw_seconds, entry.billed_seconds, entry.amount, entry.currency) == (
        3133,
        3600,
        12000,
        "EUR",
    )
    assert entry.explanation.startswith("0:52:13 recorded → rounded up to 15 min: 1:00:00")
    assert (entry.by_hand, entry.confirmed_at) == (False, None)


def test_under_a_billing_type_for_time_entries_stop_prepares_a_time_entry(automatic, agent, conversation):
    conversation.billing_type = BillingTypeFactory(workspace=automatic, kind="time")
    conversation.save()
    assert start(agent, conversation).stop(after(minutes=10)).entry.kind == "time"


def test_switching_the_kind_of_a_prepared_entry_makes_no_second_one(automatic, agent, conversation):
    timer = start(agent, conversation).stop(after(minutes=10))
    entry = timer.entry
    assert timer.convert(kind="time", now=after(minutes=11)) == entry
    assert timer.convert(kind="service", now=after(minutes=12)) == entry
    assert timer.convert(kind="time", now=after(minutes=13)) == entry
    entry.refresh_from_db()
    assert (entry.kind, entry.state, entry.confirmed_at, timer.state) == ("time", "new", None, "stopped")
    assert BillingEntry.objects.count() == 1


def test_with_entries_made_by_hand_the_raw_time_of_the_sessions_adds_up(manual, agent, conversation):
    first = start(agent, conversation).stop(after(minutes=10))
    assert (first.state, first.entry) == ("stopped", None)
    second = start(agent, conversation, minutes=30).stop(after(minutes=37))
    assert first == second
    assert not BillingEntry.objects.exists()

    entry = second.convert(kind="service", now=after(minutes=40))
    assert (entry.raw_seconds, entry.kind, entry.state) == (1020, "service", "new")
    assert (second.state, second.entry) == ("stopped", entry)
    assert BillingEntry.objects.count() == 1


def test_converting_a_running_timer_takes_its_time_up_to_now(manual, agent, conversation):
    timer = start(agent, conversation).stop(after(minutes=10))
    timer = start(agent, conversation, minutes=30)
    entry = timer.convert(kind="time", now=after(minutes=37))
    assert (entry.raw_seconds, timer.state, timer.running_since) == (1020, "stopped", None)
    assert timer.intervals.count() == 2


def test_it_counts_what_the_setting_is_when_the_timer_stops(workspace, agent, conversation, another):
    with_entry = start(agent, conversation)
    workspace.create_entries_automatically = False
    workspace.save()
    assert with_entry.stop(after(minutes=5)).entry is None
    without_entry = start(agent, another, minutes=10)
    workspace.create_entries_automatically = True
    workspace.save()
    assert without_entry.stop(after(minutes=15)).entry.raw_seconds == 300


def test_a_timer_stopped_before_the_setting_was_turned_on_runs_on_and_is_billed_whole(
    manual, agent, conversation
):
    timer = start(agent, conversation).stop(after(minutes=10))
    manual.create_entries_automatically = True
    manual.save()
    assert timer.stop(after(minutes=11)).entry is None
    timer = timer.resume(after(minutes=20)).stop(after(minutes=25))
    assert timer.entry.raw_seconds == 900
    assert Timer.objects.count() == BillingEntry.objects.count() == 1


def test_a_timer_that_carries_its_entry_is_not_reopened_when_the_setting_is_turned_off(
    workspace, agent, conversation
):
    first = start(agent, conversation).stop(after(minutes=10))
    workspace.create_entries_automatically = False
    workspace.save()
    second = start(agent, conversation, minutes=20)
    first.refresh_from_db()
    assert (first.state, first.entry.raw_seconds) == ("logged", 600)
    assert second != first


# One running timer per user


def test_starting_a_timer_stops_the_others_of_the_user(alone, agent, conversation, another, customer):
    first = start(agent, conversation)
    second = start(agent, another, minutes=5)
    first.refresh_from_db()
    assert second.also_stopped == [first]
    assert (first.state, first.raw_seconds(START), first.entry.raw_seconds) == ("stopped", 300, 300)
    assert list(Timer.objects.running()) == [second]

    third = start(agent, ConversationFactory(customer=customer), minutes=7)
    assert third.also_stopped == [second]
    assert not start(agent, third.conversation, minutes=8).also_stopped
    assert list(Timer.objects.running()) == [third]


def test_starting_a_stopped_timer_stops_the_others_too(alone, agent, conversation, another):
    alone.create_entries_automatically = False
    alone.save()
    first = start(agent, conversation)
    second = start(agent, another, minutes=5)
    back = first.resume(after(minutes=9))
    second.refresh_from_db()
    assert back == first
    assert back.also_stopped == [second]
    assert (second.state, second.raw_seconds(START), second.entry) == ("stopped", 240, None)
    assert (first.state, first.running_since) == ("running", after(minutes=9))


def test_the_settings_first_use_stops_all_that_run(workspace, agent, customer):
    before = [start(agent, ConversationFactory(customer=customer)) for _ in range(3)]
    assert Timer.objects.running().count() == 3
    workspace.one_running_timer = True
    workspace.save()
    last = start(agent, ConversationFactory(customer=customer), minutes=5)
    assert set(last.also_stopped) == set(before)
    assert list(Timer.objects.running()) == [last]


def test_timers_of_others_and_in_other_workspaces_run_on(
    alone, agent, colleague, conversation, another, other_workspace, foreign_conversation
):
    MembershipFactory(workspace=other_workspace, user=agent)
    elsewhere = start(agent, foreign_conversation)
    colleagues = start(colleague, conversation)
    mine = start(agent, another, minutes=5)
    assert not mine.also_stopped
    assert set(Timer.objects.running()) == {elsewhere, colleagues, mine}
    assert not start(agent, ConversationFactory(customer__workspace=other_workspace)).also_stopped
    assert Timer.objects.running().count() == 4


def test_without_the_setting_several_timers_run(workspace, agent, conversation, another):
    first, second = start(agent, conversation), start(agent, another)
    assert not second.also_stopped
    assert set(Timer.objects.running()) == {first, second}


def test_a_refused_start_stops_nothing(alone, agent, conversation, another):
    running = start(agent, conversation)
    another.close(by=agent, now=START)
    with pytest.raises(ConversationClosed):
        start(agent, another, minutes=5)
    running.refresh_from_db()
    assert running.is_running
