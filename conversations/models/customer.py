"""Customers: who is billed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Sum, Value
from django.db.models.functions import Cast, JSONObject
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workspaces.histories import KeptRecords
from workspaces.models import User, Workspace

#: The states of an entry that counts in sums: all but discarded.
COUNTED = "new", "returned", "approved", "invoiced"


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, user: User) -> CustomerQuerySet:
        return self.filter(workspace__in=user.workspace_ids)

    def with_billed(self, workspace: Any, first: str, following: str) -> models.QuerySet[Any, Any]:
        """Those of a workspace for whom something was logged from one day until before the other: what, as
        `billed`.
        """
        # Through the customer, since billing is not imported here. Were the entries' workspace only said to
        # be the customer's, PostgreSQL would look for that by it, among all there, for each entry.
        logged = self.filter(
            workspace=workspace,
            entries__workspace=workspace,
            entries__state__in=COUNTED,
            entries__date__gte=Cast(Value(first), models.DateField()),
            entries__date__lt=Cast(Value(following), models.DateField()),
        )
        charged = Q(entries__kind="service", entries__currency=F("workspace__currency"))
        sums = JSONObject(
            seconds=Sum("entries__billed_seconds"),
            amount=Sum("entries__amount", filter=charged, default=0),
        )
        return logged.order_by().values("pk").annotate(billed=sums)


def month_of(day: date) -> tuple[str, str]:
    """Its first day, and that of the following month, as the database writes them."""
    first = day.replace(day=1)
    return first.isoformat(), (first + timedelta(days=32)).replace(day=1).isoformat()


@dataclass(frozen=True)
class Billed:
    """Billed seconds, and what the service charges among them come to in minor units of the currency."""

    seconds: int
    amount: int

    @classmethod
    def read(cls, sums: dict[str, int] | None) -> Billed:
        """From what the database added up; None where there was nothing to add."""
        return cls(**sums) if sums else cls(0, 0)


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
        found = Customer.objects.filter(pk=self.pk).with_billed(self.workspace_id, *month_of(day))
        return Billed.read(found.values_list("billed", flat=True).first())
