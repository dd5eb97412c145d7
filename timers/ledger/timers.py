"""Whether a timer agrees with its intervals, and with the entry that it became."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from billing.models import BillingEntry
from timers.ledger.difference import Difference, unequal
from timers.ledger.reading import Slice
from timers.models import Interval, Timer

State = Timer.State
#: The state of the entry, by that of its timer. With a logged one it may be any.
LEADS_TO = {
    State.CANCELED.value: BillingEntry.State.DISCARDED.value,
    State.STOPPED.value: BillingEntry.State.NEW.value,
}
COLUMNS = [
    "id",
    "workspace_id",
    "user_id",
    "conversation_id",
    "billing_type_id",
    "state",
    "running_since",
    "created_at",
    "changed_at",
    "entry_id",
    "conversation__workspace_id",
    "billing_type__workspace_id",
    "entry__workspace_id",
    "entry__user_id",
    "entry__conversation_id",
    "entry__raw_seconds",
    "entry__by_hand",
    "entry__clock_stepped_back",
    "entry__state",
]


class Run(NamedTuple):
    """An interval, as far as it is compared."""

    pk: int
    workspace_id: int
    started_at: datetime
    stopped_at: datetime
    clock_stepped_back: bool


def check(part: Slice) -> Iterator[Difference | int]:
    """The differences, and for every row that was looked at a 1."""
    intervals = part.of(Interval.objects.order_by(), "timer_id", "timer__workspace_id")
    runs: defaultdict[int, list[Run]] = defaultdict(list)
    for timer_id, *run in intervals.values_list("timer_id", *Run._fields):
        runs[timer_id].append(Run(*run))
    for timer in part.of(Timer.objects.order_by()).values(*COLUMNS):
        yield 1
        recorded = sorted(runs.pop(timer["id"], []), key=lambda run: (run.started_at, run.pk))
        yield from _with_its_intervals(timer, recorded)
        yield from _with_its_entry(timer, recorded)
    for timer_id, lost in runs.items():
        for run in lost:
            yield Difference(f"interval {run.pk}", "its timer", f"timer {timer_id}", None)


def _with_its_intervals(timer: dict[str, Any], runs: list[Run]) -> Iterator[Difference]:
    thing, since = f"timer {timer['id']}", timer["running_since"]
    yield from unequal(
        thing,
        ("whether it says since when it runs", timer["state"] == State.RUNNING, since is not None),
        ("the workspace of its conversation", timer["workspace_id"], timer["conversation__workspace_id"]),
    )
    if timer["billing_type_id"]:
        theirs = timer["billing_type__workspace_id"]
        yield from unequal(thing, ("the workspace of its billing type", timer["workspace_id"], theirs))
    yield from _with_each_other(timer, runs)
    latest = None
    for run in runs:
        theirs = timer["workspace_id"]
        yield from unequal(f"interval {run.pk}", ("the workspace of its timer", theirs, run.workspace_id))
        if run.stopped_at < run.started_at:
            yield Difference(f"interval {run.pk}", "end", f"not before {run.started_at}", run.stopped_at)
        if latest and run.started_at < latest.stopped_at and not max(run, latest).clock_stepped_back:
            apart = f"not before the end of interval {latest.pk}, {latest.stopped_at.isoformat()}"
            yield Difference(f"interval {run.pk}", "start", apart, run.started_at)
        latest = max(run, latest or run, key=lambda each: each.stopped_at)
    # Where the clock was set back since, it runs from the very moment at which it was started.
    if latest and since and since < latest.stopped_at and since != timer["changed_at"]:
        apart = f"not before the end of interval {latest.pk}, {latest.stopped_at.isoformat()}"
        yield Difference(thing, "running since", apart, since)


def _with_each_other(timer: dict[str, Any], runs: list[Run]) -> Iterator[Difference]:
    """What no clock explains: time from before the timer, and two runs out of one start."""
    for run in runs:
        if run.started_at < timer["created_at"] and not run.clock_stepped_back:
            apart = f"not before its timer was made, {timer['created_at'].isoformat()}"
            yield Difference(f"interval {run.pk}", "start", apart, run.started_at)
    ran = [run for run in runs if run.stopped_at > run.started_at]
    for run, following in pairwise(ran):
        if run.started_at == following.started_at:
            yield Difference(
                f"interval {following.pk}", "run", "one of its own", f"that of interval {run.pk}"
            )


def _with_its_entry(timer: dict[str, Any], runs: list[Run]) -> Iterator[Difference]:
    thing, entry, state = f"timer {timer['id']}", timer["entry_id"], timer["state"]
    if entry is None:
        yield from unequal(thing, ("whether it has its entry", state == State.LOGGED, False))
        return
    yield from unequal(thing, ("whether it runs with its entry", False, state == State.RUNNING))
    recorded = sum((run.stopped_at - run.started_at for run in runs), timedelta()) // timedelta(seconds=1)
    yield from unequal(
        f"entry {entry}",
        (f"raw seconds, by the intervals of timer {timer['id']}", recorded, timer["entry__raw_seconds"]),
        (f"user, by timer {timer['id']}", timer["user_id"], timer["entry__user_id"]),
        (f"conversation, by timer {timer['id']}", timer["conversation_id"], timer["entry__conversation_id"]),
        (f"workspace, by timer {timer['id']}", timer["workspace_id"], timer["entry__workspace_id"]),
        ("whether it was made by hand", False, timer["entry__by_hand"]),
        (
            f"whether the clock was set back, by the intervals of timer {timer['id']}",
            any(run.clock_stepped_back for run in runs),
            timer["entry__clock_stepped_back"],
        ),
    )
    if state in LEADS_TO:
        expected, found = LEADS_TO[state], timer["entry__state"]
        yield from unequal(f"entry {entry}", (f"state, by timer {timer['id']}", expected, found))
