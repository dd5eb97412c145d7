"""The intervals behind an entry on a scale of hours, with whatever ran beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.utils.translation import gettext as _

from billing.models import BillingEntry
from timers.models import Interval, Timer
from timers.overlaps import shared

#: Width of the drawing in its own units.
WIDTH = 270


@dataclass(frozen=True)
class Bar:
    x: float
    width: float


class Lane:
    """One conversation's bars."""

    def __init__(
        self, timeline: Timeline, conversation_id: int, spans: list[tuple[datetime, datetime]]
    ) -> None:
        self.timeline = timeline
        self.conversation_id = conversation_id
        self.spans = spans

    @property
    def bars(self) -> list[Bar]:
        return [self.timeline.bar(*span) for span in self.spans]

    @property
    def overlaps(self) -> list[Bar]:
        """Where it ran beside the entry's own intervals."""
        own = self.timeline.intervals
        if self.conversation_id == self.timeline.entry.conversation_id:
            return []
        return [
            self.timeline.bar(max(one.started_at, start), min(one.stopped_at, stop))
            for one in own
            for start, stop in self.spans
            if shared(one, start, stop)
        ]

    @property
    def label(self) -> str:
        """ "13:08 to 13:44, 13:55 to 14:11", in the workspace's zone."""
        zone = self.timeline.zone
        return ", ".join(
            _("%(start)s to %(stop)s")
            % {"start": f"{start.astimezone(zone):%H:%M}", "stop": f"{stop.astimezone(zone):%H:%M}"}
            for start, stop in self.spans
        )


class Timeline:
    """Lanes for an entry and for what overlaps it; `lanes` is empty where no timer recorded it."""

    def __init__(self, entry: BillingEntry, intervals: list[Interval]) -> None:
        self.entry = entry
        self.intervals = intervals
        self.zone = entry.workspace.zone

    @classmethod
    def of(cls, entry: BillingEntry) -> Timeline:
        return cls(entry, list(Interval.objects.filter(workspace=entry.workspace_id, timer__entry=entry)))

    @cached_property
    def _edges(self) -> tuple[datetime, datetime]:
        """The scale: whole half hours around the entry's own intervals."""
        first = min(each.started_at for each in self.intervals)
        last = max(each.stopped_at for each in self.intervals)
        step = timedelta(minutes=30)
        start = first - (first - datetime.min.replace(tzinfo=first.tzinfo)) % step
        halves = max(-((start - last) // step), 1)
        return start, start + halves * step

    def bar(self, start: datetime, stop: datetime) -> Bar:
        left, right = self._edges
        span = (right - left) / timedelta(seconds=1)
        x = max((start - left) / timedelta(seconds=1), 0.0)
        end = min((stop - left) / timedelta(seconds=1), span)
        return Bar(round(x / span * WIDTH, 1), round(max(end - x, span / WIDTH) / span * WIDTH, 1))

    @cached_property
    def lanes(self) -> list[Lane]:
        if not self.intervals:
            return []
        own = [(each.started_at, each.stopped_at) for each in self.intervals]
        left, right = self._edges
        others: dict[int, list[tuple[datetime, datetime]]] = {}
        beside = Interval.objects.filter(
            workspace=self.entry.workspace,
            timer__user=self.entry.user,
            timer__workspace=self.entry.workspace,
            timer__changed_at__gte=left,  # which keeps to an index, as in `count_overlap`
            started_at__lt=right,
            stopped_at__gt=left,
        ).exclude(timer__entry=self.entry)
        for each in beside.exclude(timer__state=Timer.State.CANCELED).select_related("timer"):
            if any(shared(one, each.started_at, each.stopped_at) for one in self.intervals):
                others.setdefault(each.timer.conversation_id, []).append((each.started_at, each.stopped_at))
        lanes = [Lane(self, self.entry.conversation_id, own)]
        return lanes + [Lane(self, conversation, spans) for conversation, spans in others.items()]

    @property
    def hours(self) -> list[datetime]:
        """The labels of the scale, at most five."""
        left, right = self._edges
        halves = (right - left) // timedelta(minutes=30)
        parts = next((parts for parts in (4, 3, 2) if halves % parts == 0), 1)
        return [left + (right - left) / parts * part for part in range(parts + 1)]
