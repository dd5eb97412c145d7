"""The demo's texts and times hold together, before any of it reaches a database."""

from itertools import combinations

import pytest

from timers.demo.content import ELSEWHERE, WORKSPACE
from timers.demo.records import Work, Workspace
from workspaces.durations import parse_duration

ENTRY_STATES = {"new", "unconfirmed", "approved", "returned", "invoiced", "discarded"}
TIMER_STATES = {"running", "stopped"}

both_workspaces = pytest.mark.parametrize("workspace", [WORKSPACE, ELSEWHERE], ids=lambda w: w.name)


def all_work(workspace: Workspace) -> list[Work]:
    return [work for conversation in workspace.conversations for work in conversation.work]


def span(work: Work) -> tuple[int, int]:
    """Return when tracked work began and ended, in seconds since the midnight of its day."""
    begin = parse_duration(work.start)
    offsets = [
        (parse_duration(offset), parse_duration(duration or "0:00")) for offset, duration in work.intervals
    ]
    return begin + offsets[0][0], begin + offsets[-1][0] + offsets[-1][1]


def test_the_workspace_has_the_promised_size():
    assert len(WORKSPACE.customers) == 10
    assert len(WORKSPACE.conversations) == 40
    assert len(WORKSPACE.billing_types) == 6
    assert 110 <= len(all_work(WORKSPACE)) <= 150
    assert len(ELSEWHERE.customers) == 2
    assert len(ELSEWHERE.conversations) == 3


def test_conversations_are_open_closed_and_unassigned():
    states = [conversation.state for conversation in WORKSPACE.conversations]
    assert set(states) == {"open", "closed"}
    assert states.count("closed") == 12
    assert any(conversation.assignee is None for conversation in WORKSPACE.conversations)


def test_a_few_open_conversations_await_a_reply():
    def awaits_reply(conversation):
        said = [message.kind for message in conversation.messages if message.kind != "note"]
        return conversation.state == "open" and said[-1:] == ["incoming"]

    assert 2 <= sum(map(awaits_reply, WORKSPACE.conversations)) <= 4


@both_workspaces
def test_names_are_unique(workspace):
    for names in (
        [person.username for person in workspace.people],
        [billing_type.name for billing_type in workspace.billing_types],
        [customer.name for customer in workspace.customers],
        [conversation.subject for conversation in workspace.conversations],
    ):
        assert len(names) == len(set(names))


def test_the_workspaces_share_nobody():
    ours, theirs = ({person.username for person in w.people} for w in (WORKSPACE, ELSEWHERE))
    assert not ours & theirs


@both_workspaces
def test_every_reference_resolves(workspace):
    people = {person.username for person in workspace.people}
    customers = {customer.name for customer in workspace.customers}
    billing_types = {billing_type.name for billing_type in workspace.billing_types}
    assert workspace.default_billing_type in billing_types
    assert {customer.billing_type for customer in workspace.customers} <= billing_types | {None}
    for conversation in workspace.conversations:
        assert conversation.customer in customers
        assert conversation.billing_type in billing_types | {None}
        assert conversation.assignee in people | {None}
        assert {work.who for work in conversation.work} <= people
        for message in conversation.messages:
            assert message.who in ({"customer"} if message.kind == "incoming" else people)


def test_every_customer_has_a_conversation():
    talking = {conversation.customer for conversation in WORKSPACE.conversations}
    assert talking == {customer.name for customer in WORKSPACE.customers}


def test_work_is_found_in_every_state():
    assert {work.state for work in all_work(WORKSPACE)} == ENTRY_STATES | TIMER_STATES


@both_workspaces
def test_nothing_is_blank(workspace):
    for conversation in workspace.conversations:
        assert conversation.subject.strip()
        assert conversation.contact.strip()
        assert 2 <= len(conversation.messages) <= 7
        assert all(message.body.strip() for message in conversation.messages)
        assert all(work.description.strip() for work in conversation.work)


@both_workspaces
def test_messages_follow_one_another_and_work_follows_the_first(workspace):
    for conversation in workspace.conversations:
        sent = [
            (0, -message.minutes_ago)
            if message.minutes_ago
            else (-message.days_ago, parse_duration(message.at))
            for message in conversation.messages
        ]
        assert sent == sorted(sent), conversation.subject
        for work in conversation.work:
            if work.start:
                assert (-work.days_ago, parse_duration(work.start)) > sent[0], work.description


@both_workspaces
def test_work_has_a_time_that_suits_its_state(workspace):
    for work in all_work(workspace):
        open_ended = [duration for _, duration in work.intervals if duration is None]
        assert len(open_ended) == (work.state == "running"), work.description
        assert bool(work.comment) == (work.state == "returned"), work.description
        assert work.kind in {None, "service", "time"}
        if work.by_hand:
            assert work.billed, work.description
            assert not work.intervals, work.description
            assert not work.start, work.description
        else:
            assert work.intervals, work.description
            assert bool(work.start) != bool(work.minutes_ago), work.description
            assert work.days_ago or work.minutes_ago, "today's times have to be behind us at any hour"


@both_workspaces
def test_intervals_do_not_touch_each_other_or_reach_past_now(workspace):
    for work in all_work(workspace):
        end = -1
        for offset, duration in work.intervals:
            assert parse_duration(offset) > end, work.description
            end = parse_duration(offset) + parse_duration(duration or "0:00")
        assert work.minutes_ago is None or end < work.minutes_ago * 60, work.description


def test_nobody_has_two_open_timers_on_one_conversation():
    for conversation in WORKSPACE.conversations:
        owners = [work.who for work in conversation.work if work.state in TIMER_STATES]
        assert len(owners) == len(set(owners))
        assert not owners or conversation.state == "open"


def test_the_agent_has_one_running_and_two_stopped_timers_and_the_manager_none():
    def open_timers(who):
        return sorted(w.state for w in all_work(WORKSPACE) if w.who == who and w.state in TIMER_STATES)

    assert open_timers("agent") == ["running", "stopped", "stopped"]
    assert open_timers("agent2") == ["running"]
    assert open_timers("manager") == []


def test_people_overlap_with_themselves_only_three_times():
    tracked = [work for work in all_work(WORKSPACE) if work.start]
    overlaps = [
        (one.description, other.description)
        for one, other in combinations(tracked, 2)
        if (one.who, one.days_ago) == (other.who, other.days_ago)
        and span(one)[0] < span(other)[1]
        and span(other)[0] < span(one)[1]
    ]
    assert len(overlaps) == 3, overlaps


def test_some_work_is_unusually_long_adjusted_or_by_hand():
    work = all_work(WORKSPACE)
    recorded = [sum(parse_duration(duration or "0:00") for _, duration in w.intervals) for w in work]
    assert sum(total > 8 * 3600 for total in recorded) == 3
    assert sum(w.billed is not None and not w.by_hand for w in work) >= 8
    assert sum(w.by_hand for w in work) >= 5
