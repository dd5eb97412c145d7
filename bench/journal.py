"""What the people of a crash test did, as they remember it, and whether the database agrees.

A click that was answered must be there, once. One that was not, and was not sent again, is there whole or not
at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from billing.models import BillingEntry
from conversations.models import Conversation
from timers.models import Timer

#: What ends a run.
ENDS = ("stop", "convert", "cancel")


@dataclass
class Click:
    """One intention: sent once, or again until it is answered."""

    verb: str
    timer: int | None
    #: When each request went out.
    sent: list[datetime] = field(default_factory=list)
    answered_at: datetime | None = None
    kind: str = ""
    description: str = ""


@dataclass
class Run:
    """A stretch of recorded time, known by the clicks around it."""

    started: Click
    ended: Click | None = None


@dataclass
class Expected:
    """What a timer must look like."""

    state: str = "running"
    runs: list[Run] = field(default_factory=list)
    kind: str = ""
    description: str | None = None

    def end_run(self, click: Click) -> None:
        if self.state == "running":
            self.runs[-1].ended = click
            self.state = "stopped"


@dataclass
class Page:
    """A conversation's part of the journal: one person's clicks there, in their order."""

    conversation: Conversation
    automatic: bool
    clicks: list[Click] = field(default_factory=list)
    #: Of clicks that got no answer at first: whether the database had them all the same.
    kept: list[bool] = field(default_factory=list)

    def faults(self) -> list[str]:
        """Empty if the database agrees; with the last click unanswered, if it agrees with or without it."""
        timers = {
            timer.pk: timer
            for timer in Timer.objects.filter(conversation=self.conversation)
            .select_related("entry")
            .prefetch_related("intervals")
        }
        found: list[str] = []
        for clicks in self._possible(timers):
            found = list(self._differences(timers, self.replay(clicks)))
            if not found:
                self.kept = list(self._kept(timers, clicks))
                break
        entries = set(
            BillingEntry.objects.filter(conversation=self.conversation).values_list("pk", flat=True)
        )
        carried = {timer.entry_id for timer in timers.values() if timer.entry_id}
        if entries != carried:
            found.append(f"entries {sorted(entries)}, but the timers carry {sorted(carried)}")
        return [f"#{self.conversation.pk}: {fault}" for fault in found]

    def _possible(self, timers: dict[int, Timer]) -> Iterator[list[Click]]:
        if not self.clicks or self.clicks[-1].answered_at:
            yield self.clicks
            return
        *answered, last = self.clicks
        yield answered
        if last.timer is None:
            # A start that may have made a timer of which nobody was told.
            known = {click.timer for click in answered}
            last = deepcopy(last)
            last.timer = next((pk for pk in timers if pk not in known), max(timers, default=None))
        if last.timer is not None:
            yield [*answered, last]

    def _kept(self, timers: dict[int, Timer], clicks: list[Click]) -> Iterator[bool]:
        """Of those that end a run, since the interval's end shows which request it was."""
        if len(clicks) < len(self.clicks) and self.clicks[-1].verb in ENDS:
            yield False
        for pk, expected in self.replay(clicks).items():
            ended = [run.ended for run in expected.runs if run.ended]
            for interval, click in zip(timers[pk].intervals.all(), ended, strict=True):
                if len(click.sent) > 1 or not click.answered_at:
                    yield len(click.sent) == 1 or interval.stopped_at < click.sent[1]

    def replay(self, clicks: list[Click]) -> dict[int, Expected]:
        """What the timers must look like after these clicks, by id."""
        timers: dict[int, Expected] = {}
        for click in clicks:
            assert click.timer is not None
            if click.verb == "start":
                self._start(timers, click)
                continue
            timer = timers[click.timer]
            if click.verb in ENDS:
                ran = timer.state == "running"
                timer.end_run(click)
                if click.verb == "stop" and ran and self.automatic:
                    timer.kind = "service"
            if click.verb == "convert":
                timer.kind = click.kind
            elif click.verb == "cancel":
                timer.state = "canceled"
            elif click.verb == "save":
                timer.state, timer.description, timer.kind = "logged", click.description, click.kind
        return timers

    def _start(self, timers: dict[int, Expected], click: Click) -> None:
        assert click.timer is not None
        for pk, timer in timers.items():
            if pk != click.timer and timer.state == "stopped":
                timer.state = "logged"
        timer = timers.setdefault(click.timer, Expected())
        timer.state = "running"
        timer.runs.append(Run(click))

    def _differences(self, timers: dict[int, Timer], expected: dict[int, Expected]) -> Iterator[str]:
        if set(timers) != set(expected):
            yield f"timers {sorted(timers)}, not {sorted(expected)}"
        for pk in set(timers) & set(expected):
            for fault in differences(timers[pk], expected[pk]):
                yield f"timer {pk}: {fault}"


def differences(timer: Timer, expected: Expected) -> Iterator[str]:
    """Between a timer with its intervals and entry, and what its person remembers."""
    if timer.state != expected.state:
        yield f"{timer.state}, not {expected.state}"
    ended = [run for run in expected.runs if run.ended]
    intervals = list(timer.intervals.all())
    if len(intervals) != len(ended):
        yield f"{len(intervals)} intervals, not {len(ended)}"
    for interval, run in zip(intervals, ended, strict=False):
        assert run.ended
        if not (within(interval.started_at, run.started) and within(interval.stopped_at, run.ended)):
            yield f"an interval from {interval.started_at} to {interval.stopped_at}, outside its clicks"
    entry = timer.entry
    if bool(entry) != bool(expected.kind):
        yield f"entry {entry and entry.pk}, but its kind should be {expected.kind!r}"
    if entry and expected.kind:
        recorded = sum((interval.duration for interval in intervals), timedelta()) // timedelta(seconds=1)
        state = "discarded" if expected.state == "canceled" else "new"
        found = entry.kind, entry.raw_seconds, entry.state
        if found != (expected.kind, recorded, state):
            yield f"entry {entry.pk} is {found}, not {(expected.kind, recorded, state)}"
        if expected.description is not None and (
            entry.description != expected.description or entry.confirmed_at is None
        ):
            yield f"entry {entry.pk} says {entry.description!r}, not {expected.description!r} as saved"


def within(moment: datetime, click: Click) -> bool:
    """Whether it lies between the click's first request and its answer."""
    return click.sent[0] <= moment and (click.answered_at is None or moment <= click.answered_at)
