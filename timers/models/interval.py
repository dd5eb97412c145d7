"""Intervals: the facts that a timer recorded."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Interval(models.Model):
    """One uninterrupted run of a timer, half open. A fact: a trigger refuses to change or delete it."""

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
