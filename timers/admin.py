"""The admin pages of timers and their intervals, to read."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from timers.models import Interval, Timer
from workspaces.admin_base import ReadOnly, ReadOnlyRows
from workspaces.durations import format_clock


class WithDuration:
    @admin.display(description=_("duration"))
    def duration(self, interval: Interval) -> timedelta:
        return interval.duration


class IntervalInline(WithDuration, ReadOnlyRows):
    model = Interval
    fields = ["started_at", "stopped_at", "duration", "clock_stepped_back"]
    readonly_fields = ["duration"]


@admin.register(Timer)
class TimerAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["created_at", "state", "user", "conversation", "customer", "recorded", "entry"]
    list_filter = ["state", "workspace", ("user", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["user", "conversation__customer", "entry"]
    search_fields = ["note", "conversation__subject", "conversation__customer__name", "user__username"]
    date_hierarchy = "created_at"
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
class IntervalAdmin(WithDuration, ReadOnly, admin.ModelAdmin):
    list_display = ["started_at", "stopped_at", "duration", "user", "timer", "clock_stepped_back"]
    list_filter = [
        "clock_stepped_back",
        "timer__workspace",
        ("timer__user", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["timer__user"]
    search_fields = ["timer__conversation__subject", "timer__user__username"]
    date_hierarchy = "started_at"

    @admin.display(ordering="timer__user__username", description=_("user"))
    def user(self, interval: Interval) -> Any:
        return interval.timer.user
