"""Who works where: users, workspaces with their settings, and memberships with a role."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo, available_timezones

from allauth.mfa.models import Authenticator
from babel.numbers import get_currency_precision, list_currencies
from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workspaces.histories import KeptRecords


class PeopleManager(UserManager["User"]):
    def hold(self, user_ids: Iterable[int]) -> None:
        """Serialise what happens to these people's timers and entries until the transaction ends.

        Every verb that changes a timer or an entry takes this one lock first, so no two of them ever wait
        for each other in a circle. On SQLite the transaction itself (BEGIN IMMEDIATE) is the lock.
        """
        held = self.select_for_update(no_key=True).filter(pk__in=set(user_ids)).order_by("pk")
        list(held.values_list("pk", flat=True))

    def with_second_factor(self) -> QuerySet[User]:
        """Users who know `has_second_factor` and `needs_second_factor` from the query that fetches them.

        Every request asks for both, of the session's user.
        """
        own = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
        asked = Membership.objects.asked_for_second_factor().filter(user=OuterRef("pk"))
        answers = {"has_second_factor": Exists(own), "needs_second_factor": Exists(asked)}
        return self.annotate(**answers)


class User(AbstractUser):
    """A person who signs in. What they may do follows from their memberships."""

    language = models.CharField(
        _("language"),
        max_length=10,
        blank=True,
        choices=settings.LANGUAGES,
        help_text=_("Empty: that of the browser."),
    )
    shortcuts = models.BooleanField(
        _("shortcuts by a single key"),
        default=True,
        help_text=_("Such as S, which starts and stops the timer."),
    )

    objects = PeopleManager()  # type: ignore[misc]  # as in AbstractUser, but for ClassVar

    class Meta(AbstractUser.Meta):
        constraints = [
            # Whoever reads the mail of an address can have its account.
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email=""),
                name="one_account_per_address",
                violation_error_message=_("Another account has this email address."),
            ),
        ]

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Says it at the field: the only constraint is that of the address."""
        try:
            super().validate_constraints(exclude)
        except ValidationError as error:
            raise ValidationError({"email": error.messages}) from error

    @property
    def display_name(self) -> str:
        return self.get_full_name() or self.username

    @property
    def initials(self) -> str:
        words = self.display_name.split()
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()

    @cached_property
    def has_second_factor(self) -> bool:
        """Whether signing in asks for a code from an app, besides the password."""
        return Authenticator.objects.filter(user=self, type=Authenticator.Type.TOTP).exists()

    @cached_property
    def needs_second_factor(self) -> bool:
        """Whether a workspace that the user manages asks for one, be it set up or not."""
        return Membership.objects.asked_for_second_factor().filter(user=self).exists()

    @cached_property
    def roles(self) -> dict[int, str]:
        """The user's role by workspace id, read once per request.

        A manager who has yet to set up the second factor that the workspace asks for is an agent until then.
        """
        rows = self.memberships.values_list("workspace_id", "role", "workspace__second_factor_for_managers")
        return {
            workspace: Membership.Role.AGENT.value if asked and not self.has_second_factor else role
            for workspace, role, asked in rows
        }

    @property
    def is_manager(self) -> bool:
        """Whether the user manages any workspace."""
        return Membership.Role.MANAGER in self.roles.values()

    def manages(self, workspace_id: int) -> bool:
        return self.roles.get(workspace_id) == Membership.Role.MANAGER

    @property
    def managed_ids(self) -> list[int]:
        return [workspace for workspace, role in self.roles.items() if role == Membership.Role.MANAGER]


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
        return self.filter(memberships__user=user)

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


class MembershipQuerySet(models.QuerySet["Membership"]):
    def asked_for_second_factor(self) -> MembershipQuerySet:
        return self.filter(role=Membership.Role.MANAGER, workspace__second_factor_for_managers=True)


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
    history = KeptRecords()

    objects = MembershipQuerySet.as_manager()

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


class Session(AbstractBaseSession):
    """A sign-in on one device, or a visit before it; workspaces.sign_in.sessions says what it holds."""

    user = models.ForeignKey(
        User, verbose_name=_("user"), on_delete=models.CASCADE, null=True, related_name="sessions"
    )

    class Meta(AbstractBaseSession.Meta):
        pass

    @classmethod
    def get_session_store_class(cls) -> type:
        from workspaces.sign_in.sessions import SessionStore  # which knows this model

        return SessionStore
