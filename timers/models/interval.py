"""Intervals: the facts that a timer recorded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workspaces.distribution import InWorkspace
from workspaces.models import Workspace


class Interval(InWorkspace):
    """One uninterrupted run of a timer, half open. A fact: a trigger refuses to change or delete it."""

    #: Its timer's. Every query on a large table names it (docs/scaling.md).
    workspace = models.ForeignKey(
        Workspace, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("workspace")
    )
    timer = models.ForeignKey(
        "timers.Timer", on_delete=models.PROTECT, related_name="intervals", verbose_name=_("timer")
    )
    started_at = models.DateTimeField(_("started at"))
    stopped_at = models.DateTimeField(_("stopped at"))
    clock_stepped_back = models.BooleanField(
        _("clock stepped back"),
        default=False,
        help_text=_("The server's clock was set back while it ran or before; what it counts may be wrong."),
    )

    class Meta:
        verbose_name = _("interval")
        verbose_name_plural = _("intervals")
        ordering = ["started_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stopped_at__gte=F("started_at")),
                name="an_interval_ends_no_earlier_than_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(start)s to %(stop)s") % {
            "start": f"{self.started_at:%F %T}",
            "stop": f"{self.stopped_at:%F %T}",
        }

    @property
    def duration(self) -> timedelta:
        return self.stopped_at - self.started_at


class Run(NamedTuple):
    """An interval, as far as a timer is read by it: it takes a twentieth of the time to make."""

    started_at: datetime
    stopped_at: datetime
    clock_stepped_back: bool = False

    @property
    def duration(self) -> timedelta:
        return self.stopped_at - self.started_at

    @classmethod
    def unpacked(cls, row: list[Any]) -> Run:
        """Of what `TimerQuerySet.with_runs` packed."""
        started_at, stopped_at, clock_stepped_back = row
        return cls(_moment(started_at), _moment(stopped_at), bool(clock_stepped_back))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
