"""Zones, calendars and clocks that are seldom met."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from billing.models import BillingEntry
from conversations.models import Conversation
from tests.cast import sign_in
from timers.models import Interval, Timer
from workspaces.models import User, Workspace


def at(zone: str, clock: str, again: bool = False) -> datetime:
    """What the clocks of a zone show; `again` for the time that they repeat."""
    return datetime.fromisoformat(clock).replace(tzinfo=ZoneInfo(zone), fold=again)


LORD_HOWE, KATHMANDU, APIA = "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"
DUBLIN, CAIRO = "Europe/Dublin", "Africa/Cairo"
AGAIN_AT_LORD_HOWE = at(LORD_HOWE, "2026-04-05 01:45", again=True)


@pytest.mark.parametrize(
    ("zone", "started", "stopped", "seconds", "day"),
    [
        # Half an hour is skipped, and half an hour comes twice.
        (LORD_HOWE, at(LORD_HOWE, "2026-10-04 01:59:59"), at(LORD_HOWE, "2026-10-04 02:30"), 1, "2026-10-04"),
        (LORD_HOWE, at(LORD_HOWE, "2026-04-05 01:30"), at(LORD_HOWE, "2026-04-05 02:00"), 3600, "2026-04-05"),
        (LORD_HOWE, at(LORD_HOWE, "2026-04-05 01:45"), AGAIN_AT_LORD_HOWE, 1800, "2026-04-05"),
        # 45 minutes beside the hour: midnight is at 18:15 UTC.
        (KATHMANDU, at("UTC", "2026-03-01 18:14:59"), at("UTC", "2026-03-01 18:15"), 1, "2026-03-01"),
        (KATHMANDU, at("UTC", "2026-03-01 18:15"), at("UTC", "2026-03-01 18:16"), 60, "2026-03-02"),
        # A day that never was.
        (APIA, at(APIA, "2011-12-29 23:59:59"), at(APIA, "2011-12-31 00:00:01"), 2, "2011-12-29"),
        # Winter time is the one that is saved.
        (DUBLIN, at(DUBLIN, "2026-10-25 01:30"), at(DUBLIN, "2026-10-25 01:30", True), 3600, "2026-10-25"),
        # The clocks change at midnight: the day begins at one.
        (CAIRO, at(CAIRO, "2026-04-23 23:59:59"), at(CAIRO, "2026-04-24 01:00"), 1, "2026-04-23"),
        # A leap day, and none; the end of a month and of a year.
        ("UTC", at("UTC", "2028-02-28 12:00"), at("UTC", "2028-03-01 12:00"), 2 * 86400, "2028-02-28"),
        ("UTC", at("UTC", "2028-02-29 00:00"), at("UTC", "2028-03-01 00:00"), 86400, "2028-02-29"),
        ("UTC", at("UTC", "2100-02-28 12:00"), at("UTC", "2100-03-01 12:00"), 86400, "2100-02-28"),
        ("UTC", at("UTC", "2026-12-31 23:59:59"), at("UTC", "2027-01-01 00:00"), 1, "2026-12-31"),
        # There it is the year 10000, which no date can say.
        (KATHMANDU, at("UTC", "9999-12-31 20:00"), at("UTC", "9999-12-31 20:01"), 60, "9999-12-31"),
    ],
)
def test_elapsed_time_is_exact_and_dated_where_the_workspace_is(
    workspace: Workspace,
    agent: User,
    conversation: Conversation,
    zone: str,
    started: datetime,
    stopped: datetime,
    seconds: int,
    day: str,
) -> None:
    workspace.time_zone = zone
    workspace.save()
    timer = Timer.objects.start(user=agent, conversation=conversation, now=started.astimezone(UTC))
    timer.stop(stopped.astimezone(UTC))
    assert timer.entry
    assert timer.raw_seconds(stopped) == timer.entry.raw_seconds == seconds
    assert timer.entry.date == date.fromisoformat(day)


def click(user: User, verb: str, timer: Timer, **fields: object) -> int:
    """Signed in at that moment, as people are."""
    return sign_in(user).post(reverse(f"timers:{verb}", args=[timer.pk]), fields).status_code


@pytest.mark.parametrize("automatic", [True, False])
def test_the_clock_jumps_far_ahead_and_back_and_each_step_is_kept(
    workspace: Workspace, agent: User, conversation: Conversation, automatic: bool
) -> None:
    """A clock that ran centuries ahead for a while, as one without a battery does."""
    workspace.create_entries_automatically = automatic
    workspace.save()
    with time_machine.travel(datetime(9998, 6, 1, 12, tzinfo=UTC), tick=False) as clock:
        timer = Timer.objects.start(user=agent, conversation=conversation, now=datetime.now(UTC))
        clock.move_to(datetime(2026, 3, 2, 9, tzinfo=UTC))
        assert click(agent, "stop", timer) == 302
        if not automatic:
            assert click(agent, "convert", timer, kind="service") == 302
        entry = BillingEntry.objects.get()
        assert (entry.raw_seconds, entry.clock_stepped_back, entry.date) == (0, True, date(9998, 6, 1))
        client = sign_in(agent)
        for address in ("/billing/", "/timers/", f"/billing/{entry.pk}/", conversation.get_absolute_url()):
            assert client.get(address).status_code == 200


def test_a_timer_from_before_the_clock_was_right_still_stops(agent: User, conversation: Conversation) -> None:
    with time_machine.travel(datetime(1970, 1, 1, tzinfo=UTC), tick=False) as clock:
        timer = Timer.objects.start(user=agent, conversation=conversation, now=datetime.now(UTC))
        clock.move_to(datetime(2026, 3, 2, 9, tzinfo=UTC))
        assert click(agent, "stop", timer) == 302
    entry = BillingEntry.objects.get()
    seconds = (datetime(2026, 3, 2, 9, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    assert entry.raw_seconds == seconds
    assert entry.is_unusually_long


def test_a_clock_that_jitters_loses_and_doubles_nothing(
    workspace: Workspace, agent: User, conversation: Conversation
) -> None:
    """Steps of a second back and forth between starts and stops: no interval overlaps the one before it."""
    workspace.create_entries_automatically = False
    workspace.save()
    moment = datetime(2026, 3, 2, 9, tzinfo=UTC)
    for step in (60, -1, 60, -2, 60, -3, 60):
        timer = Timer.objects.start(user=agent, conversation=conversation, now=moment)
        moment += timedelta(seconds=step)
        timer.stop(moment)
    runs = list(Interval.objects.order_by("pk"))
    assert [run.clock_stepped_back for run in runs] == [False, True] * 3 + [False]
    for earlier, later in pairwise(runs):
        assert earlier.started_at <= earlier.stopped_at <= later.started_at
    assert timer.raw_seconds(moment) == sum(run.duration.total_seconds() for run in runs)


def test_running_for_400_days_it_shows_and_stops_to_the_second(
    agent: User, conversation: Conversation, as_manager: Client
) -> None:
    start = datetime(2025, 2, 1, 8, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        timer = Timer.objects.start(user=agent, conversation=conversation, now=start)
        clock.shift(timedelta(days=400, seconds=7))
        shown = sign_in(agent).get(conversation.get_absolute_url()).content.decode()
        assert f'data-seconds="{400 * 86400 + 7}"' in shown
        assert click(agent, "stop", timer) == 302
    entry = BillingEntry.objects.get()
    assert entry.raw_seconds == 400 * 86400 + 7
    assert list(BillingEntry.objects.flagged()) == [entry]
