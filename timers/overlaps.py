"""Time that one person recorded on two conversations at once. It counts in full on both, and is flagged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timers.models import Timer
    from timers.models.interval import Interval, Run


@dataclass(frozen=True)
class Overlap:
    """Whole seconds during which another timer ran too, and the conversation that shares most of them."""

    seconds: int = 0
    conversation_id: int | None = None


def shared(one: Interval | Run, started_at: datetime, stopped_at: datetime) -> timedelta:
    """How long an interval and a stretch of time run side by side."""
    return max(min(one.stopped_at, stopped_at) - max(one.started_at, started_at), timedelta())


def count_overlap(timer: Timer, intervals: Iterable[Run]) -> Overlap:
    """What `intervals` of a timer share with its user's others in the workspace that were not canceled."""
    intervals = list(intervals)
    if not intervals:
        return Overlap()
    first = min(interval.started_at for interval in intervals)
    last = max(interval.stopped_at for interval in intervals)
    # Not in the user's other workspaces: what is done there is no business of this one's managers.
    mine = type(timer).objects.filter(user_id=timer.user_id, workspace_id=timer.workspace_id)
    others = mine.exclude(pk=timer.pk).exclude(state="canceled")
    stretches = list(
        # What stopped meanwhile has changed since, which keeps to an index, however much was recorded.
        others.filter(
            changed_at__gte=first, intervals__started_at__lt=last, intervals__stopped_at__gt=first
        ).values_list("conversation", "intervals__started_at", "intervals__stopped_at")
    )
    running = others.running().filter(running_since__lt=last).values_list("conversation", "running_since")
    stretches += [(conversation, since, last) for conversation, since in running]
    shares: defaultdict[int, timedelta] = defaultdict(timedelta)
    spans = []
    for conversation_id, started_at, stopped_at in stretches:
        for one in intervals:
            if together := shared(one, started_at, stopped_at):
                shares[conversation_id] += together
                spans.append((max(one.started_at, started_at), min(one.stopped_at, stopped_at)))
    seconds = _covered(spans) // timedelta(seconds=1)
    return Overlap(seconds, max(shares, key=shares.__getitem__)) if seconds else Overlap()


def _covered(spans: list[tuple[datetime, datetime]]) -> timedelta:
    """How much time the spans cover; what several of them cover counts once."""
    covered = timedelta()
    end = None
    for start, stop in sorted(spans):
        covered += max(stop - (max(start, end) if end else start), timedelta())
        end = max(stop, end) if end else stop
    return covered
