"""Reads of timers: which ones, whose, and with what a page shows of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from workspaces.models import User

if TYPE_CHECKING:
    from timers.models.timer import Timer  # noqa: F401 (in quotes below)


class TimerQuerySet(models.QuerySet["Timer"]):
    def open(self) -> TimerQuerySet:
        return self.filter(state__in=self.model.OPEN)

    def running(self) -> TimerQuerySet:
        return self.filter(state=self.model.State.RUNNING)

    def for_user(self, user: User) -> TimerQuerySet:
        """The user's own, in the workspaces that they (still) belong to."""
        return self.filter(user=user, workspace__memberships__user=user)

    def stoppable_by(self, user: User) -> TimerQuerySet:
        """The user's own, and everybody's in the workspaces that they manage."""
        mine = Q(user=user, workspace__in=user.roles)
        return self.filter(mine | Q(workspace__in=user.managed_ids))

    def for_display(self) -> TimerQuerySet:
        """With what a page shows of a timer; running first, the latest on top."""
        related = "workspace", "user", "conversation__customer", "billing_type__workspace", "entry"
        first = models.Case(models.When(state=self.model.State.RUNNING, then=0), default=1)
        return (
            self.select_related(*related).prefetch_related("intervals").order_by(first, "-changed_at", "-pk")
        )
