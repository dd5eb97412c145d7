"""What a customer is charged, day by day, on paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext

from billing.models import BillingEntry, BillingType
from billing.models.calculation import format_quantity
from billing.models.entry_queryset import BillingEntryQuerySet
from billing.statement_forms import StatementFilters
from billing.sums import Sums
from conversations.models import Customer
from workspaces.models import User

State = BillingEntry.State


@dataclass(frozen=True)
class Line:
    """One charge, with the rule that it was made under."""

    entry: BillingEntry
    rule: BillingType

    @property
    def quantity(self) -> str:
        """ "1.00 h"."""
        return format_quantity(
            Fraction(self.entry.billed_seconds, self.rule.unit_seconds), self.rule.unit_symbol
        )


class Statement:
    """The approved and the invoiced service charges that the filters leave: a customer's, or all as sums."""

    def __init__(self, filters: StatementFilters, *, user: User, now: datetime) -> None:
        self.filters = filters
        self.user = user
        self.now = now

    @cached_property
    def _scope(self) -> BillingEntryQuerySet:
        """All service charges that the filters leave, whatever their state."""
        found = BillingEntry.objects.reviewable_by(self.user).filter(kind=BillingType.Kind.SERVICE)
        if self.filters.errors:
            return found.none()
        first, last = self.filters.span
        wanted = {
            "conversation__customer": self.customer,
            "batch": self.filters.chosen("batch"),
            "date__gte": first,
            "date__lte": last,
        }
        return found.filter(**{lookup: value for lookup, value in wanted.items() if value})

    @property
    def _charged(self) -> BillingEntryQuerySet:
        return self._scope.filter(state__in=[State.APPROVED, State.INVOICED])

    @property
    def customer(self) -> Customer | None:
        return self.filters.chosen("customer")

    @cached_property
    def lines(self) -> list[Line]:
        """By date."""
        entries = self._charged.select_related("user", "conversation").order_by("date", "pk")
        return [Line(entry, entry.rule_then) for entry in entries]

    @cached_property
    def totals(self) -> dict[str, Sums]:
        """By currency."""
        return _by_currency(line.entry for line in self.lines)

    @property
    def currency(self) -> str:
        """The only one; empty if there are several."""
        return next(iter(self.totals)) if len(self.totals) == 1 else ""

    @cached_property
    def customers(self) -> list[tuple[Customer, Sums]]:
        """Everybody who is charged, by name, with what it comes to."""
        sums: dict[Any, Sums] = self._charged.sums_by("conversation__customer")
        named = Customer.objects.select_related("workspace").in_bulk(list(sums))
        return sorted(
            ((customer, sums[pk]) for pk, customer in named.items()),
            key=lambda row: (row[0].name.casefold(), row[0].pk),
        )

    @cached_property
    def waiting(self) -> int:
        """How many charges of these days are not approved (yet), and so are not counted here."""
        return self._scope.filter(state__in=[State.NEW, State.RETURNED]).count()

    @property
    def printed_on(self) -> date:
        return self.customer.workspace.local_date(self.now) if self.customer else self.filters.today

    @property
    def period(self) -> str:
        """ "November 2026", "3 November 2026 – 19 November 2026"."""
        if self.filters.month:
            return date_format(self.filters.month, "MONTH_FORMAT")
        first, last = self.filters.span
        days = [line.entry.date for line in self.lines] if self.customer else []
        first, last = first or min(days, default=None), last or max(days, default=None)
        return _span(first, last)


def _span(first: date | None, last: date | None) -> str:
    bounds = {
        name: date_format(day, "FULL_DAY_FORMAT") for name, day in (("first", first), ("last", last)) if day
    }
    if len(bounds) == 2 and first != last:
        # Translators: as in "30 November – 6 December".
        return gettext("%(first)s – %(last)s") % bounds
    return next(iter(bounds.values()), "–")


def _by_currency(entries: Iterable[BillingEntry]) -> dict[str, Sums]:
    found: dict[str, Sums] = {}
    for entry in entries:
        found[entry.currency] = found.get(entry.currency, Sums()) + Sums.of([entry])
    return dict(sorted(found.items()))
