"""Timers: one user's stopwatch on one conversation, and the intervals that it recorded."""

from timers.models.desk import Desk
from timers.models.interval import Interval
from timers.models.timer import AnotherTimerIsOpen, Timer, TimerCanceled
from timers.models.timer_queryset import TimerQuerySet

__all__ = ["AnotherTimerIsOpen", "Desk", "Interval", "Timer", "TimerCanceled", "TimerQuerySet"]
