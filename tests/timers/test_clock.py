"""Elapsed time is exact, whatever the calendar does, and no second that was worked is lost."""

import random
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from billing.models import BillingEntry, BillingType
from billing.models.billing_type import HIGHEST_RATE
from tests.factories import ConversationFactory, IntervalFactory, TimerFactory
from tests.timers.moments import START, after
from timers.models import Interval, Timer


def berlin(clock: str, again: bool = False) -> datetime:
    """What the clocks of Berlin show; `again` for the hour that they repeat."""
    return datetime.fromisoformat(clock).replace(tzinfo=ZoneInfo("Europe/Berlin"), fold=again)


@pytest.fixture
def record(agent, conversation):
    """A function that records one interval and returns the stopped timer."""

    def record(started_at, stopped_at):
        timer = Timer.objects.start(user=agent, conversation=conversation, now=started_at)
        return timer.stop(stopped_at)

    return record


# Raw seconds


@pytest.mark.parametrize(
    ("runs", "seconds"),
    [
        ([0.0], 0),
        ([0.999999], 0),
        ([1.0], 1),
        ([0.6, 0.6], 1),
        ([0.6, 0.6, 0.8], 2),
        ([0.5] * 7, 3),
        ([0.000001] * 3, 0),
        ([3599.999999, 0.000001], 3600),
    ],
)
def test_the_intervals_are_added_first_and_floored_once(workspace, agent, conversation, runs, seconds):
    workspace.create_entries_automatically = False
    workspace.save()
    moment = START
    for run in runs:
        timer = Timer.objects.start(user=agent, conversation=conversation, now=moment)
        moment += timedelta(seconds=run)
        timer.stop(moment)
        moment += timedelta(minutes=1)
    assert timer.intervals.count() == len(runs)
    assert timer.raw_seconds(moment) == seconds
    assert timer.convert(kind="service", now=moment).raw_seconds == seconds


def test_the_stretch_that_still_runs_is_floored_with_the_intervals(db):
    timer = TimerFactory(running_since=START)
    IntervalFactory(timer=timer, stopped_at=after(minutes=-1), seconds=0.6)
    assert timer.raw_seconds(after(seconds=0.3)) == 0
    assert timer.raw_seconds(after(seconds=0.4)) == 1


def test_a_running_timer_before_its_start_shows_zero(db):
    timer = TimerFactory(running_since=START)
    assert timer.raw_seconds(after(seconds=-30)) == 0
    assert timer.raw_seconds(after(seconds=1.9)) == 1


def test_400_days_are_counted_to_the_second(record):
    timer = record(START, after(days=400, seconds=7))
    assert timer.raw_seconds(START) == timer.entry.raw_seconds == 400 * 86400 + 7
    assert timer.entry.is_unusually_long


def test_a_hundred_years_at_the_highest_rate_still_stop(record, billing_type):
    BillingType.objects.update(rate=HIGHEST_RATE, unit="minute", rounding="none")
    timer = record(START, after(days=36500))
    assert timer.entry.amount == 36500 * 1440 * HIGHEST_RATE


@pytest.mark.parametrize(
    ("started", "stopped", "seconds"),
    [
        (berlin("2026-03-29 01:30"), berlin("2026-03-29 03:30"), 3600),
        (berlin("2026-10-25 01:30"), berlin("2026-10-25 03:30"), 3 * 3600),
        (berlin("2026-10-25 02:30"), berlin("2026-10-25 02:30", again=True), 3600),
        (berlin("2026-10-25 02:30", again=True), berlin("2026-10-25 02:45", again=True), 900),
    ],
    ids=["an hour skipped", "an hour twice", "the same time again", "within the second hour"],
)
def test_summer_time_changes_no_elapsed_time(record, started, stopped, seconds):
    timer = record(started, stopped)
    assert timer.raw_seconds(stopped) == timer.entry.raw_seconds == seconds
    assert timer.entry.date == started.date()


# The server's clock


def test_a_clock_set_back_makes_an_interval_of_zero_and_flags_it(record):
    timer = record(START, after(seconds=-1))
    interval = timer.intervals.get()
    assert (interval.started_at, interval.stopped_at, interval.clock_stepped_back) == (START, START, True)
    assert (timer.state, timer.raw_seconds(START)) == ("stopped", 0)
    assert (timer.entry.raw_seconds, timer.entry.clock_stepped_back) == (0, True)
    assert list(BillingEntry.objects.flagged()) == [timer.entry]


def test_an_interval_of_zero_is_not_flagged_while_the_clock_stands(record):
    timer = record(START, START)
    assert not timer.intervals.get().clock_stepped_back
    assert (timer.entry.raw_seconds, timer.entry.clock_stepped_back) == (0, False)


def test_one_flagged_interval_flags_the_whole_entry(workspace, record):
    workspace.create_entries_automatically = False
    workspace.save()
    record(START, after(seconds=-1))
    timer = record(after(minutes=1), after(minutes=2))
    entry = timer.convert(kind="service", now=after(minutes=3))
    assert (entry.raw_seconds, entry.clock_stepped_back) == (60, True)


@pytest.mark.parametrize("verb", ["cancel", "convert"])
def test_the_other_verbs_that_stop_survive_a_clock_set_back(agent, conversation, verb):
    timer = Timer.objects.start(user=agent, conversation=conversation, now=START)
    early = after(hours=-1)
    if verb == "cancel":
        timer.cancel(early)
    else:
        assert timer.convert(kind="time", now=early).clock_stepped_back
    assert timer.raw_seconds(early) == 0
    assert timer.intervals.get().clock_stepped_back


# Stop always works


@pytest.mark.parametrize("happened", ["closed", "archived", "removed"])
def test_stop_works_whatever_happened_since(agent, conversation, billing_type, happened):
    timer = Timer.objects.start(user=agent, conversation=conversation, now=START)
    if happened == "closed":
        conversation.close(by=agent, now=after(minutes=1))
    elif happened == "archived":
        type(billing_type).objects.update(archived_at=after(minutes=1))
    else:
        agent.memberships.all().delete()
    timer.stop(after(minutes=10))
    assert (timer.state, timer.entry.raw_seconds) == ("stopped", 600)
    assert (timer.entry.billing_type, timer.entry.amount) == (billing_type, 3000)


# Dates


@pytest.mark.parametrize(
    ("zone", "started", "day"),
    [
        ("Europe/Berlin", "2026-01-31T22:59:59Z", "2026-01-31"),
        ("Europe/Berlin", "2026-01-31T23:00:00Z", "2026-02-01"),
        ("America/New_York", "2026-01-31T23:00:00Z", "2026-01-31"),
        ("America/New_York", "2026-02-01T04:59:59Z", "2026-01-31"),
        ("America/New_York", "2026-02-01T05:00:00Z", "2026-02-01"),
        ("Pacific/Kiritimati", "2026-12-31T10:00:00Z", "2027-01-01"),
        ("Europe/Berlin", "2028-02-28T23:30:00Z", "2028-02-29"),
        ("Europe/Berlin", "2026-07-31T22:00:00Z", "2026-08-01"),
    ],
)
def test_the_entry_is_dated_by_the_workspaces_zone(workspace, record, zone, started, day):
    workspace.time_zone = zone
    workspace.save()
    began = datetime.fromisoformat(started)
    assert record(began, began + timedelta(minutes=5)).entry.date == date.fromisoformat(day)


def test_work_past_midnight_belongs_to_the_day_on_which_it_began(workspace, record):
    evening = berlin("2026-01-31 23:50")
    workspace.create_entries_automatically = False
    workspace.save()
    record(evening, evening + timedelta(minutes=5))
    timer = record(evening + timedelta(minutes=20), evening + timedelta(minutes=30))
    assert timer.convert(kind="service", now=evening + timedelta(days=3)).date == date(2026, 1, 31)


# Whatever is clicked, in whatever order


@pytest.mark.parametrize("automatic", [True, False], ids=["entries automatic", "entries by hand"])
@pytest.mark.parametrize("seed", range(8))
def test_no_second_is_lost_or_counted_twice(workspace, agent, customer, seed, automatic):
    workspace.create_entries_automatically = automatic
    workspace.save()
    chance = random.Random(seed)
    conversations = [ConversationFactory(customer=customer) for _ in range(2)]
    worked = timedelta()
    now = START
    for _ in range(40):
        elapsed = timedelta(microseconds=chance.randrange(10**8))
        worked += elapsed * Timer.objects.running().count()
        now += elapsed
        chosen = chance.choice(conversations)
        timer = Timer.objects.open().filter(conversation=chosen).first()
        verb = chance.choice(["start", "stop", "cancel", "service", "time"])
        if timer is None or verb == "start":
            Timer.objects.start(user=agent, conversation=chosen, now=now)
        elif verb in ("service", "time"):
            timer.convert(kind=verb, now=now)
        else:
            getattr(timer, verb)(now)

    running = (now - timer.running_since for timer in Timer.objects.running())
    assert sum((each.duration for each in Interval.objects.all()), sum(running, timedelta())) == worked
    for entry in BillingEntry.objects.all():
        assert entry.raw_seconds == entry.timer.raw_seconds(now)


def test_no_second_counts_twice_where_a_start_was_overtaken_by_the_stop_before_it(
    agent, conversation, workspace
):
    workspace.create_entries_automatically = False
    workspace.save()
    timer = Timer.objects.start(user=agent, conversation=conversation, now=START)
    timer.stop(after(seconds=100))
    timer.resume(after(seconds=92))  # it came in first, and had to wait
    timer.refresh_from_db()
    timer.stop(after(seconds=200))
    assert timer.raw_seconds(after(seconds=200)) == 200
