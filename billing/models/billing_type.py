"""The rules that turn raw time into billed time and an amount."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, gettext_noop, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from billing.models.calculation import Calculation, format_quantity, round_half_up
from workspaces.durations import format_clock, format_minutes
from workspaces.histories import KeptRecords
from workspaces.models import User, Workspace
from workspaces.money import format_money

LONGEST_MINUTES = 366 * 24 * 60
#: Per unit, in minor units. A century at this rate per minute still leaves room for sums in 64 bits.
HIGHEST_RATE = 10**9

#: By the values of `BillingType.Rounding` and `Unit`.
_ROUNDED = {
    "up": gettext_noop("rounded up to %(increment)s"),
    "down": gettext_noop("rounded down to %(increment)s"),
    "nearest": gettext_noop("rounded to the nearest %(increment)s"),
}
_WORTH = {
    "minute": gettext_noop("%(rate)s per minute"),
    "hour": gettext_noop("%(rate)s per hour"),
    "day": gettext_noop("%(rate)s per day"),
}


def _step(what: str, seconds: int) -> str:
    # Translators: a step of an explanation, "rounded up to 15 min: 1:00:00"; keep the colon and a space.
    return gettext("%(step)s: %(time)s") % {"step": what, "time": format_clock(seconds)}


class BillingTypeQuerySet(models.QuerySet["BillingType"]):
    def visible_to(self, user: User) -> BillingTypeQuerySet:
        return self.filter(workspace__memberships__user=user)

    def active(self) -> BillingTypeQuerySet:
        return self.filter(archived_at=None)

    def choices_in(self, workspace_id: int, chosen: BillingType | None = None) -> BillingTypeQuerySet:
        """What a form offers: the active ones, and the one that is already chosen."""
        offered = Q(archived_at=None)
        if chosen:
            offered |= Q(pk=chosen.pk)
        return self.filter(offered, workspace=workspace_id).select_related("workspace")


class BillingType(models.Model):
    """A rule: rounding, limits and a rate. An entry keeps its own copy, so a change here alters no entry."""

    class Kind(models.TextChoices):
        SERVICE = "service", _("Service charge")
        TIME = "time", _("Time entry")

    class Unit(models.TextChoices):
        MINUTE = "minute", _("minute")
        HOUR = "hour", _("hour")
        DAY = "day", _("day")

    class Rounding(models.TextChoices):
        NONE = "none", pgettext_lazy("rounding", "none")
        UP = "up", pgettext_lazy("rounding", "up")
        DOWN = "down", pgettext_lazy("rounding", "down")
        NEAREST = "nearest", pgettext_lazy("rounding", "nearest")

    workspace = models.ForeignKey(
        Workspace, on_delete=models.PROTECT, related_name="billing_types", verbose_name=_("workspace")
    )
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("produces"), max_length=10, choices=Kind, default=Kind.SERVICE)
    unit = models.CharField(_("unit"), max_length=10, choices=Unit, default=Unit.HOUR)
    rounding = models.CharField(_("rounding"), max_length=10, choices=Rounding, default=Rounding.UP)
    increment_minutes = models.PositiveIntegerField(
        _("increment"),
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(1440)],
        help_text=_("Minutes."),
    )
    minimum_minutes = models.PositiveIntegerField(
        _("minimum"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(LONGEST_MINUTES)],
        help_text=_("Minutes."),
    )
    maximum_minutes = models.PositiveIntegerField(
        _("maximum"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MINUTES)],
        help_text=_("Minutes."),
    )
    rate = models.BigIntegerField(
        _("rate"),
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(HIGHEST_RATE)],
        help_text=_("Per unit, in minor units of the workspace's currency."),
    )
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)
    history = KeptRecords()

    objects = BillingTypeQuerySet.as_manager()

    class Meta:
        verbose_name = _("billing type")
        verbose_name_plural = _("billing types")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="one_billing_type_per_name"),
            models.CheckConstraint(condition=Q(kind__in=["service", "time"]), name="a_rule_has_a_known_kind"),
            models.CheckConstraint(
                condition=Q(unit__in=["minute", "hour", "day"]), name="a_rule_has_a_known_unit"
            ),
            models.CheckConstraint(
                condition=Q(rounding__in=["none", "up", "down", "nearest"]),
                name="a_rule_has_a_known_rounding",
            ),
            models.CheckConstraint(
                condition=Q(increment_minutes__gte=1, increment_minutes__lte=1440),
                name="increment_is_positive",
            ),
            models.CheckConstraint(
                condition=Q(minimum_minutes__isnull=True)
                | Q(maximum_minutes__isnull=True)
                | Q(minimum_minutes__lte=F("maximum_minutes")),
                name="minimum_is_not_over_maximum",
            ),
            models.CheckConstraint(
                condition=Q(minimum_minutes__isnull=True)
                | Q(minimum_minutes__gte=0, minimum_minutes__lte=LONGEST_MINUTES),
                name="minimum_is_sane",
            ),
            models.CheckConstraint(
                condition=Q(maximum_minutes__isnull=True)
                | Q(maximum_minutes__gte=1, maximum_minutes__lte=LONGEST_MINUTES),
                name="maximum_is_sane",
            ),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lte=HIGHEST_RATE), name="rate_fits"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        low, high = self.minimum_minutes, self.maximum_minutes
        if low is not None and high is not None and low > high:
            raise ValidationError({"maximum_minutes": _("The maximum is below the minimum.")})
        if self.archived_at and self.pk and Workspace.objects.filter(default_billing_type=self).exists():
            raise ValidationError(
                _("It is the workspace's default. Choose another default before archiving it.")
            )

    @classmethod
    def plain(cls, workspace: Workspace) -> BillingType:
        """What bills where nobody has set up a rule: the recorded time as it is, worth nothing."""
        return cls(
            workspace=workspace,
            name=gettext_noop("No billing type"),
            kind=cls.Kind.TIME,
            rounding=cls.Rounding.NONE,
            rate=0,
        )

    # The rules. Pure: they look at the fields of the type and of its workspace, at no database and no clock.

    def calculate(
        self, raw_seconds: int, *, chosen_seconds: int | None = None, by_hand: bool = False
    ) -> Calculation:
        """Raw seconds → rounding → minimum → maximum → quantity → amount (design.md, section 3).

        `chosen_seconds` is a person's decision on the billed time: the rule's figure is kept beside it, and
        the amount follows the choice. `by_hand` words the explanation for time that no timer recorded. Raises
        ValueError for negative seconds.
        """
        if raw_seconds < 0 or (chosen_seconds or 0) < 0:
            raise ValueError("Time is never negative.")
        calculated, steps = self._apply(raw_seconds)
        recorded = gettext("%(time)s by hand") if by_hand else gettext("%(time)s recorded")
        steps.insert(0, recorded % {"time": format_clock(raw_seconds)})
        billed = calculated if chosen_seconds is None else chosen_seconds
        if billed != calculated:
            steps.append(_step(gettext("adjusted to"), billed))
        quantity = Fraction(billed, self.unit_seconds)
        amount = round_half_up(quantity * self.rate)
        currency = self.workspace.currency
        steps.append(
            f"{format_quantity(quantity, self.unit_symbol)} × {format_money(self.rate, currency)}"
            f" = {format_money(amount, currency)}"
        )
        return Calculation(raw_seconds, calculated, billed, quantity, amount, " → ".join(steps))

    def _apply(self, raw_seconds: int) -> tuple[int, list[str]]:
        seconds = self.round(raw_seconds)
        rounded = self.rounding_phrase
        steps = [_step(rounded, seconds)] if rounded else []
        if self.minimum_minutes is not None and seconds < self.minimum_minutes * 60:
            seconds = self.minimum_minutes * 60
            phrase = gettext("raised to the minimum of %(limit)s")
            steps.append(_step(phrase % {"limit": format_minutes(self.minimum_minutes)}, seconds))
        if self.maximum_minutes is not None and seconds > self.maximum_minutes * 60:
            seconds = self.maximum_minutes * 60
            phrase = gettext("cut to the maximum of %(limit)s")
            steps.append(_step(phrase % {"limit": format_minutes(self.maximum_minutes)}, seconds))
        return seconds, steps

    def round(self, seconds: int) -> int:
        """To the increment in the rule's direction; to the nearest, an exact half goes up."""
        increment = self.increment_minutes * 60
        if self.rounding == self.Rounding.UP:
            return -(-seconds // increment) * increment
        if self.rounding == self.Rounding.DOWN:
            return seconds // increment * increment
        if self.rounding == self.Rounding.NEAREST:
            return (2 * seconds + increment) // (2 * increment) * increment
        return seconds

    @property
    def unit_seconds(self) -> int:
        if self.unit == self.Unit.DAY:
            return self.workspace.seconds_per_day
        return 60 if self.unit == self.Unit.MINUTE else 3600

    @property
    def unit_symbol(self) -> str:
        if self.unit == self.Unit.DAY:
            return pgettext("unit", "d")
        return pgettext("unit", "min") if self.unit == self.Unit.MINUTE else pgettext("unit", "h")

    @property
    def rounding_phrase(self) -> str:
        """ "rounded up to 15 min"; empty where nothing is rounded."""
        if self.rounding == self.Rounding.NONE:
            return ""
        phrase = gettext(_ROUNDED[self.rounding])
        return phrase % {"increment": format_minutes(self.increment_minutes)}

    @property
    def summary(self) -> str:
        """ "120.00 EUR per hour, rounded up to 15 min, at least 15 min"."""
        rate = format_money(self.rate, self.workspace.currency)
        parts = [gettext(_WORTH[self.unit]) % {"rate": rate}, self.rounding_phrase]
        if self.minimum_minutes:
            parts.append(gettext("at least %(limit)s") % {"limit": format_minutes(self.minimum_minutes)})
        if self.maximum_minutes:
            parts.append(gettext("at most %(limit)s") % {"limit": format_minutes(self.maximum_minutes)})
        return ", ".join(part for part in parts if part)

    # The copy that an entry keeps.

    RULE_FIELDS = (
        "name",
        "kind",
        "unit",
        "rate",
        "rounding",
        "increment_minutes",
        "minimum_minutes",
        "maximum_minutes",
    )

    def snapshot(self) -> dict[str, Any]:
        """All that `calculate` looks at, as plain JSON."""
        rule = {field: getattr(self, field) for field in self.RULE_FIELDS}
        return rule | {
            "currency": self.workspace.currency,
            "hours_per_day": str(self.workspace.hours_per_day),
        }

    @classmethod
    def from_snapshot(cls, rule: dict[str, Any]) -> BillingType:
        """The rule as it was; not saved, and good for calculating only."""
        workspace = Workspace(currency=rule["currency"], hours_per_day=Decimal(rule["hours_per_day"]))
        return cls(workspace=workspace, **{field: rule[field] for field in cls.RULE_FIELDS})

    @property
    def fingerprint(self) -> str:
        """The same for any two rules that always calculate alike."""
        limits = self.minimum_minutes, self.maximum_minutes
        worth = self.unit, self.unit_seconds, self.rate, self.workspace.currency
        looked_at = self.rounding, self.increment_minutes, *limits, *worth
        return sha256(json.dumps(looked_at).encode()).hexdigest()[:16]

    def archive(self, now: datetime) -> None:
        """Offer it no longer; entries, timers and conversations that have it keep it. Idempotent."""
        if self.archived_at is None:
            self.archived_at = now
            self.full_clean()
            self.save()

    def unarchive(self) -> None:
        """Offer it again. Idempotent."""
        if self.archived_at is not None:
            self.archived_at = None
            self.save()
