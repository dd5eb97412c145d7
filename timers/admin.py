"""The admin pages of timers and their intervals, to read."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from timers.models import Interval, Timer
from workspaces.admin_base import ReadOnly, ReadOnlyRows
from workspaces.admin_large import LargeTable
from workspaces.durations import format_clock


class WithDuration:
    @admin.display(description=_("duration"))
    def duration(self, interval: Interval) -> timedelta:
        return interval.duration


class OpenStates(admin.ChoicesFieldListFilter):
    """Those that an index knows: the others are nearly all timers."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice, shown in zip(super().choices(changelist), ["", *Timer.State.values], strict=True):
            if shown in ("", Timer.State.RUNNING, Timer.State.STOPPED):
                yield choice


class IntervalInline(WithDuration, ReadOnlyRows):
    model = Interval
    fields = ["started_at", "stopped_at", "duration", "clock_stepped_back"]
    readonly_fields = ["duration"]


@admin.register(Timer)
class TimerAdmin(ReadOnly, LargeTable):
    list_display = ["created_at", "state", "user", "conversation", "customer", "recorded", "entry"]
    list_filter = [("state", OpenStates), "workspace"]
    list_select_related = ["user", "conversation__customer", "entry"]
    fields = [
        "workspace", "conversation", "customer", "user", "billing_type", "state", "running_since", "recorded",
        "note", "entry", "created_at", "changed_at",
    ]  # fmt: skip
    inlines = [IntervalInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Timer]:
        return super().get_queryset(request).prefetch_related("intervals")

    @admin.display(ordering="conversation__customer__name", description=_("customer"))
    def customer(self, timer: Timer) -> str:
        return str(timer.conversation.customer)

    @admin.display(description=_("recorded"))
    def recorded(self, timer: Timer) -> str:
        return format_clock(timer.raw_seconds(timezone.now()))


@admin.register(Interval)
class IntervalAdmin(WithDuration, ReadOnly, LargeTable):
    list_display = ["started_at", "stopped_at", "duration", "user", "timer", "clock_stepped_back"]
    list_select_related = ["timer__user"]
    numbered_by = ("timer",)
    belongs_to = "timer__user"

    @admin.display(ordering="timer__user__username", description=_("user"))
    def user(self, interval: Interval) -> Any:
        return interval.timer.user
