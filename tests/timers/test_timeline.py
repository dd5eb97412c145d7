"""The drawing of an entry's intervals on a scale of whole half hours, with what ran beside them."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import BillingEntry
from tests.factories import (
    BillingEntryFactory,
    ConversationFactory,
    IntervalFactory,
    MembershipFactory,
    TimerFactory,
)
from tests.timers.moments import START, after
from timers.models import Timer
from timers.timeline import WIDTH, Timeline


@pytest.fixture
def record(agent):
    """A function that records runs, given in minutes, on one timer; returns it with its entry."""

    def record(conversation, *runs, user=agent, state=Timer.State.STOPPED):
        entry = BillingEntryFactory(conversation=conversation, user=user)
        timer = TimerFactory(conversation=conversation, user=user, state=Timer.State.CANCELED, ran=0)
        for begin, end in runs:
            IntervalFactory(timer=timer, started_at=after(minutes=begin), stopped_at=after(minutes=end))
        timer.state, timer.entry = state, entry
        timer.save()
        return entry

    return record


@pytest.fixture
def another(customer):
    """Another conversation of the same workspace."""
    return ConversationFactory(customer=customer)


def drawn(bars):
    """The bars as (begin, end), in parts of the whole width."""
    return [(round(bar.x / WIDTH, 2), round((bar.x + bar.width) / WIDTH, 2)) for bar in bars]


def test_the_scale_is_whole_half_hours_around_the_intervals(record, conversation):
    timeline = Timeline.of(record(conversation, (6, 12), (24, 54)))
    [lane] = timeline.lanes
    assert timeline.hours == [after(minutes=minutes) for minutes in (0, 30, 60)]
    assert drawn(lane.bars) == [(0.1, 0.2), (0.4, 0.9)]
    assert lane.overlaps == []
    assert lane.label == "10:06 to 10:12, 10:24 to 10:54"


@pytest.mark.parametrize(
    ("minutes", "labels"),
    [((0, 30), 2), ((0, 60), 3), ((0, 90), 4), ((0, 120), 5), ((0, 150), 2), ((10, 190), 2), ((0, 480), 5)],
)
def test_the_scale_has_at_most_five_labels_from_end_to_end(record, conversation, minutes, labels):
    timeline = Timeline.of(record(conversation, minutes))
    hours = timeline.hours
    assert len(hours) == labels
    assert hours[0] <= after(minutes=minutes[0]) < after(minutes=minutes[1]) <= hours[-1]
    assert len({later - earlier for earlier, later in pairwise(hours)}) == 1
    assert all((hour - START) % timedelta(minutes=30) == timedelta() for hour in (hours[0], hours[-1]))


def test_an_interval_of_zero_still_shows(record, conversation):
    [lane] = Timeline.of(record(conversation, (0, 0))).lanes
    [bar] = lane.bars
    assert bar.width > 0


def test_what_ran_beside_it_has_a_lane_that_marks_where(record, conversation, another):
    record(another, (15, 45), (50, 55))
    own, beside = Timeline.of(record(conversation, (0, 30))).lanes
    assert (own.conversation_id, own.overlaps) == (conversation.pk, [])
    assert beside.conversation_id == another.pk
    assert drawn(beside.bars) == [(0.5, 1.0)]
    assert drawn(beside.overlaps) == [(0.5, 1.0)]
    assert beside.label == "10:15 to 10:45"


def test_only_the_agents_own_time_in_this_workspace_is_drawn_beside(
    record, agent, colleague, conversation, another, other_workspace, foreign_conversation
):
    MembershipFactory(workspace=other_workspace, user=agent)
    record(another, (0, 30), user=colleague)
    record(foreign_conversation, (0, 30))
    record(another, (0, 30), state=Timer.State.CANCELED)
    record(another, (20, 30))
    [lane] = Timeline.of(record(conversation, (0, 20))).lanes
    assert lane.conversation_id == conversation.pk


def test_timers_of_long_ago_are_not_looked_through(record, conversation):
    timeline = Timeline.of(record(conversation, (0, 20)))
    with CaptureQueriesContext(connection) as captured:
        assert timeline.lanes
    (query,) = captured
    assert '"changed_at" >= ' in query["sql"]


def test_times_are_told_in_the_workspaces_zone(record, workspace, conversation):
    workspace.time_zone = "America/New_York"
    workspace.save()
    entry = record(conversation, (0, 30))
    [lane] = Timeline.of(BillingEntry.objects.get(pk=entry.pk)).lanes
    assert lane.label == "04:00 to 04:30"


def test_an_entry_by_hand_has_no_lanes(agent, conversation):
    entry = BillingEntryFactory(conversation=conversation, user=agent, by_hand=True)
    assert Timeline.of(entry).lanes == []


def test_a_night_when_the_clocks_change_is_drawn_by_elapsed_time(record, conversation):
    began = (datetime.fromisoformat("2026-10-25T00:30:00Z") - START) / timedelta(minutes=1)
    entry = record(conversation, (began, began + 120))
    [lane] = Timeline.of(entry).lanes
    assert drawn(lane.bars) == [(0.0, 1.0)]
    assert lane.label == "02:30 to 03:30"
