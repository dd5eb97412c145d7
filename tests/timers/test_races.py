"""Clicks that arrive at the same moment, from real threads: one wins, and nobody sees an error."""

from datetime import timedelta

import pytest

from billing.models import BillingEntry, EditConflict, NotEditable
from tests.factories import BillingEntryFactory, ConversationFactory, MembershipFactory
from tests.races import together
from tests.timers.clicks import WAYS
from tests.timers.moments import START, after
from timers.models import AnotherTimerIsOpen, Interval, Timer, TimerCanceled

pytestmark = pytest.mark.django_db(transaction=True)

NOW = after(minutes=10)
ROUNDS = 4


@pytest.fixture
def conversations(customer):
    """One for each round of a race between two."""
    return [ConversationFactory(customer=customer) for _ in range(ROUNDS)]


@pytest.fixture
def running(agent, conversation):
    return Timer.objects.start(user=agent, conversation=conversation, now=START)


def request(timer, act, seconds=0):
    """A call that fetches the timer as a request does, and does it so many seconds after NOW."""
    return lambda: act(Timer.objects.get(pk=timer.pk), NOW + timedelta(seconds=seconds))


def twenty(timer, act):
    return [request(timer, act, seconds) for seconds in range(20)]


@pytest.fixture(params=WAYS)
def do(request):
    return request.param


@pytest.fixture
def stop(do):
    return lambda timer, now: do(timer, "stop", now)


@pytest.fixture
def cancel(do):
    return lambda timer, now: do(timer, "cancel", now)


@pytest.fixture
def convert(do):
    return lambda timer, now: do(timer, "convert", kind="service", now=now)


def save(timer, now):
    timer.entry.revise(by=timer.user, version=timer.entry.version, now=now, description="Call")


def errors(results):
    return [result for result in results if isinstance(result, Exception)]


def test_fifty_starts_at_once_make_one_timer(agent, conversation):
    def start():
        return Timer.objects.start(user=agent, conversation=conversation, now=START)

    results = together(*[start] * 50)
    assert errors(results) == []
    assert set(results) == {Timer.objects.get()}


def test_twenty_stops_at_once_write_one_interval_and_one_entry(running, stop):
    results = together(*twenty(running, stop))
    assert errors(results) == []
    interval, entry = Interval.objects.get(), BillingEntry.objects.get()
    running.refresh_from_db()
    assert (running.state, running.entry) == ("stopped", entry)
    assert entry.raw_seconds == running.raw_seconds(NOW) == interval.duration.total_seconds()


@pytest.mark.parametrize("automatic", [True, False])
def test_twenty_converts_at_once_make_one_entry(workspace, running, convert, automatic):
    workspace.create_entries_automatically = automatic
    workspace.save()
    results = together(*twenty(running, convert))
    assert errors(results) == []
    assert set(results) == {BillingEntry.objects.get()}
    assert Interval.objects.count() == 1


def test_twenty_starts_of_a_timer_with_its_entry_begin_one_new_session(running):
    running.stop(NOW)
    results = together(*twenty(running, Timer.resume))
    assert errors(results) == []
    new = Timer.objects.running().get()
    assert set(results) == {new}
    running.refresh_from_db()
    assert running.state == "logged"
    assert Timer.objects.count() == 2


def test_stop_against_cancel_ends_canceled_with_one_interval(running, stop, cancel):
    assert errors(together(*[request(running, act) for act in [stop, cancel] * 8])) == []
    running.refresh_from_db()
    assert (running.state, running.intervals.count()) == ("canceled", 1)
    assert not BillingEntry.objects.counted().exists()
    assert BillingEntry.objects.count() <= 1


def test_cancel_against_convert_has_one_winner(agent, conversations, cancel, convert):
    for conversation in conversations:
        timer = Timer.objects.start(user=agent, conversation=conversation, now=START)
        canceled, converted = together(request(timer, cancel), request(timer, convert))
        timer.refresh_from_db()
        assert (canceled, timer.state, timer.intervals.count()) == (timer, "canceled", 1)
        if isinstance(converted, TimerCanceled):
            assert timer.entry is None
        else:
            assert converted == timer.entry
            assert timer.entry.state == "discarded"
    assert Interval.objects.count() == ROUNDS


def test_save_against_cancel_has_one_winner(agent, conversations, cancel):
    for conversation in conversations:
        timer = Timer.objects.start(user=agent, conversation=conversation, now=START).stop(NOW)
        _, saved = together(request(timer, cancel), request(timer, save))
        timer.refresh_from_db()
        outcome = timer.state, timer.entry.state, timer.entry.version
        if saved is None:
            assert outcome == ("logged", "new", 2)
        else:
            assert isinstance(saved, NotEditable)
            assert outcome == ("canceled", "discarded", 2)


def test_approve_against_cancel_has_one_winner(agent, manager, conversations, cancel):
    for conversation in conversations:
        timer = Timer.objects.start(user=agent, conversation=conversation, now=START).stop(NOW)
        entry = timer.entry
        _, approved = together(
            request(timer, cancel),
            lambda entry=entry: entry.approve(by=manager, now=NOW, version=1),
        )
        timer.refresh_from_db()
        outcome = timer.state, timer.entry.state, timer.entry.version
        if approved is None:
            assert outcome == ("logged", "approved", 2)
        else:
            assert isinstance(approved, NotEditable)
            assert outcome == ("canceled", "discarded", 2)


def test_approve_against_undo_of_saving_has_one_winner(agent, manager, conversations):
    for conversation in conversations:
        timer = Timer.objects.start(user=agent, conversation=conversation, now=START).stop(NOW)
        timer.entry.revise(by=agent, version=1, now=NOW)
        undone, approved = together(
            request(timer, Timer.reopen, seconds=1),
            lambda entry=timer.entry: entry.approve(by=manager, now=NOW, version=2),
        )
        timer.refresh_from_db()
        outcome = timer.state, timer.entry.state, timer.entry.version, bool(timer.entry.confirmed_at)
        if approved is None:
            assert isinstance(undone, NotEditable)
            assert outcome == ("logged", "approved", 3, True)
        else:
            assert type(approved) is EditConflict
            assert undone == timer
            assert outcome == ("stopped", "new", 3, False)


def test_twenty_undos_of_saving_at_once_undo_it_once(agent, running):
    running.stop(NOW)
    running.entry.revise(by=agent, version=1, now=NOW)
    results = together(*twenty(running, Timer.reopen))
    assert errors(results) == []
    running.refresh_from_db()
    assert (running.state, running.entry.version, running.entry.history.count()) == ("stopped", 3, 3)


def test_undo_of_saving_against_start_leaves_one_open_timer(agent, conversations):
    for conversation in conversations:
        timer = Timer.objects.start(user=agent, conversation=conversation, now=START).stop(NOW)
        timer.entry.revise(by=agent, version=1, now=NOW)
        undone, started = together(request(timer, Timer.reopen, seconds=1), request(timer, Timer.resume, 2))
        assert isinstance(started, Timer)
        assert started.is_running
        assert undone == timer or isinstance(undone, AnotherTimerIsOpen)
        assert Timer.objects.open().get(conversation=conversation) == started


def test_approve_against_edit_has_one_winner(agent, manager, conversations):
    for conversation in conversations:
        pk = BillingEntryFactory(user=agent, conversation=conversation).pk
        mine, theirs = BillingEntry.objects.get(pk=pk), BillingEntry.objects.get(pk=pk)
        revised, approved = together(
            lambda mine=mine: mine.revise(by=agent, version=1, now=NOW, billed_seconds=60),
            lambda theirs=theirs: theirs.approve(by=manager, version=1, now=NOW),
        )
        entry = BillingEntry.objects.get(pk=pk)
        assert entry.version == entry.history.count() == 2
        if approved is None:
            assert isinstance(revised, NotEditable)
            assert (entry.state, entry.billed_seconds) == ("approved", 3600)
        else:
            assert revised is None
            assert type(approved) is EditConflict
            assert (entry.state, entry.billed_seconds) == ("new", 60)
            assert (approved.entry.version, approved.entry.billed_seconds) == (2, 60)


def test_ten_edits_of_one_version_have_one_winner(agent, conversation):
    pk = BillingEntryFactory(user=agent, conversation=conversation).pk

    def edit(seconds):
        entry = BillingEntry.objects.get(pk=pk)
        return lambda: entry.revise(by=agent, version=1, now=NOW, billed_seconds=seconds)

    results = together(*[edit(60 * number) for number in range(1, 11)])
    entry = BillingEntry.objects.get(pk=pk)
    assert [type(result) for result in errors(results)] == [EditConflict] * 9
    assert results[entry.billed_seconds // 60 - 1] is None
    assert entry.version == entry.history.count() == 2


@pytest.mark.parametrize("automatic", [True, False])
def test_starts_on_several_conversations_at_once_leave_one_running(
    workspace, agent, conversations, automatic
):
    workspace.create_entries_automatically = automatic
    workspace.one_running_timer = True
    workspace.save()

    def start(conversation):
        return lambda: Timer.objects.start(user=agent, conversation=conversation, now=START)

    results = together(*[start(conversation) for conversation in conversations * 2])
    assert errors(results) == []
    assert Timer.objects.running().filter(user=agent).count() == 1
    unbilled = Timer.objects.filter(entry=None).count()
    assert unbilled == (1 if automatic else ROUNDS)
    assert Timer.objects.count() - unbilled == BillingEntry.objects.count()


def test_bulk_decisions_in_opposite_order_both_end_and_nothing_is_decided_twice(
    workspace, agent, colleague, manager, conversation
):
    second_manager = MembershipFactory(workspace=workspace, role="manager").user
    people = [agent, colleague, manager, second_manager]
    entries = [BillingEntryFactory(user=people[n % 4], conversation=conversation).pk for n in range(24)]

    def decide(state, by, chosen):
        versions = dict.fromkeys(chosen, 1)
        return lambda: BillingEntry.objects.reviewable_by(by).decide(state, versions, by=by, now=NOW)

    results = together(
        decide("approved", manager, entries[:16]),
        decide("approved", second_manager, entries[:7:-1]),
        decide("discarded", manager, entries[20:3:-1]),
    )
    assert errors(results) == []
    done = [entry.pk for decided, _ in results for entry in decided]
    assert sorted(done) == entries
    assert set(BillingEntry.objects.values_list("version", flat=True)) == {2}
    assert BillingEntry.history.count() == 2 * len(entries)


def test_single_decisions_in_opposite_order_both_end(agent, colleague, manager, conversation):
    entries = [
        BillingEntryFactory(user=user, conversation=conversation).pk for user in (agent, colleague) * 4
    ]

    def approve(chosen):
        def click_through():
            for pk in chosen:
                BillingEntry.objects.get(pk=pk).approve(by=manager, now=NOW)

        return click_through

    assert together(approve(entries), approve(entries[::-1])) == [None, None]
    assert set(BillingEntry.objects.values_list("state", "version")) == {("approved", 2)}
