"""Workspaces with their settings, and memberships with a role."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo, available_timezones

from babel.numbers import get_currency_precision, list_currencies
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workspaces.histories import KeptRecords
from workspaces.models.user import User


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone such as Europe/Berlin."), params={"name": name}
        )


def validate_currency(code: str) -> None:
    if code not in list_currencies():
        raise ValidationError(_("“%(code)s” is not an ISO 4217 code such as EUR."), params={"code": code})


class WorkspaceQuerySet(models.QuerySet["Workspace"]):
    def for_user(self, user: User) -> WorkspaceQuerySet:
        return self.filter(pk__in=user.workspace_ids)

    def managed_by(self, user: User) -> WorkspaceQuerySet:
        return self.filter(pk__in=user.managed_ids)


class Workspace(models.Model):
    """A company or team, and its settings. What is in one is invisible to people outside it."""

    name = models.CharField(_("name"), max_length=100)
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default="UTC",
        validators=[validate_time_zone],
        help_text=_("Decides on which day an entry falls, such as Europe/Berlin."),
    )
    currency = models.CharField(
        _("currency"),
        max_length=3,
        default="EUR",
        validators=[validate_currency],
        help_text=_("ISO 4217, such as EUR."),
    )
    hours_per_day = models.DecimalField(
        _("hours per day"),
        max_digits=4,
        decimal_places=2,
        default=Decimal(8),
        help_text=_("What a day is worth in a rate per day."),
    )
    create_entries_automatically = models.BooleanField(
        _("create billing entries automatically"),
        default=True,
        help_text=_("Stop also prepares the billing entry. Off: Stop only pauses the timer."),
    )
    one_running_timer = models.BooleanField(
        _("one running timer per user"),
        default=False,
        help_text=_("Starting a timer stops the user's others."),
    )
    second_factor_for_managers = models.BooleanField(
        _("second factor for managers"),
        default=False,
        db_default=False,
        help_text=_(
            "Managers sign in with a code from an app too. Until they have set it up, they manage nothing."
        ),
    )
    default_billing_type = models.ForeignKey(
        "billing.BillingType",
        verbose_name=_("default billing type"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    members = models.ManyToManyField(
        User, verbose_name=_("members"), through="Membership", related_name="workspaces"
    )
    history = KeptRecords()

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("workspace")
        verbose_name_plural = _("workspaces")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hours_per_day__gt=0, hours_per_day__lte=24), name="a_day_has_up_to_24_hours"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        chosen = self.default_billing_type
        if chosen and chosen.workspace_id != self.pk:
            raise ValidationError(
                {"default_billing_type": gettext("Choose a billing type of this workspace.")}
            )

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def local_date(self, moment: datetime) -> date:
        """The calendar day on which `moment` falls in this workspace."""
        try:
            return moment.astimezone(self.zone).date()
        except OverflowError:  # There the year 10000 has begun, which cannot be written down.
            return moment.date()

    @property
    def seconds_per_day(self) -> int:
        """What a working day holds; whole, because hours have two decimals."""
        return int(self.hours_per_day * 3600)

    @property
    def currency_decimals(self) -> int:
        return get_currency_precision(self.currency)


class Membership(models.Model):
    """A user's role in a workspace."""

    class Role(models.TextChoices):
        AGENT = "agent", _("Agent")
        MANAGER = "manager", _("Manager")

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(
        User, verbose_name=_("user"), on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.AGENT)
    history = KeptRecords(
        # Which its own index begins with.
        no_db_index=["workspace"],
        # Whoever was a member once.
        indexes=[models.Index(fields=["workspace", "user"], name="once_members")],
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["workspace", "user"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="one_membership_per_workspace"),
            models.CheckConstraint(
                condition=Q(role__in=["agent", "manager"]), name="a_member_has_a_known_role"
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(name)s, %(role)s of %(workspace)s") % {
            "name": self.user.display_name,
            "role": self.get_role_display(),
            "workspace": self.workspace,
        }
