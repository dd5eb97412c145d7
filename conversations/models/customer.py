"""Customers: who is billed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workspaces.histories import KeptRecords
from workspaces.models import User, Workspace


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, user: User) -> CustomerQuerySet:
        return self.filter(workspace__memberships__user=user)


@dataclass(frozen=True)
class Billed:
    """Billed seconds, and what the service charges among them come to in minor units of the currency."""

    seconds: int
    amount: int


class Customer(models.Model):
    """Who is billed."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.PROTECT, related_name="customers"
    )
    name = models.CharField(_("name"), max_length=200)
    billing_type = models.ForeignKey(
        "billing.BillingType",
        verbose_name=_("billing type"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="customers",
        help_text=_("For this customer's conversations. Empty: the workspace's default."),
    )
    created_at = models.DateTimeField(_("customer since"), default=timezone.now)
    history = KeptRecords()

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="one_customer_per_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.billing_type and self.billing_type.workspace_id != self.workspace_id:
            raise ValidationError({"billing_type": gettext("Choose a billing type of this workspace.")})

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in words[:2]).upper()

    def billed_in_month(self, day: date) -> Billed:
        """What was logged for the customer in the month of `day`, in the workspace's currency."""
        first = day.replace(day=1)
        following = (first + timedelta(days=32)).replace(day=1)
        counted = Q(entries__date__gte=first, entries__date__lt=following) & ~Q(entries__state="discarded")
        charged = counted & Q(entries__kind="service", entries__currency=self.workspace.currency)
        sums = self.conversations.aggregate(
            seconds=Sum("entries__billed_seconds", filter=counted, default=0),
            amount=Sum("entries__amount", filter=charged, default=0),
        )
        return Billed(**sums)
