"""What a customer is charged, day by day, on paper."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext

from billing.models import BillingEntry, BillingType
from billing.models.calculation import format_quantity
from billing.models.entry_queryset import BillingEntryQuerySet
from billing.statement_forms import StatementFilters
from billing.sums import Sums
from conversations.models import Customer
from workspaces.counts import Many
from workspaces.durations import format_clock
from workspaces.models import User
from workspaces.money import format_amount

State = BillingEntry.State
#: So many customers are on a page.
PER_PAGE = 50
#: What a line says; the rest of an entry, of its conversation and of its agent stays where it is.
SHOWN = [
    *("workspace", "kind", "date", "description", "billed_seconds", "amount", "currency", "rule"),
    *("conversation__subject", "raw_seconds"),
    *(f"user__{name}" for name in ("first_name", "last_name", "username")),
]


@dataclass(frozen=True)
class Line:
    """One charge, with the rule that it was made under and what that says of itself."""

    entry: BillingEntry
    rule: BillingType
    terms: str

    @property
    def quantity(self) -> str:
        """ "1.00 h"."""
        return format_quantity(
            Fraction(self.entry.billed_seconds, self.rule.unit_seconds), self.rule.unit_symbol
        )

    # As they are written: worked out here, since a template takes five times as long.

    @property
    def address(self) -> str:
        return reverse("billing:entry", args=[self.entry.pk])

    @property
    def title(self) -> str:
        return self.entry.description or self.entry.conversation.subject

    @property
    def day(self) -> str:
        return date_format(self.entry.date, "DAY_YEAR_FORMAT")

    @property
    def billed(self) -> str:
        return format_clock(self.entry.billed_seconds)

    @property
    def amount(self) -> str:
        """ "120.00"."""
        return format_amount(self.entry.amount, self.entry.currency)


def lines_of(entries: Iterable[BillingEntry]) -> list[Line]:
    """Few rules make many charges: each is read once."""
    rules: dict[str, tuple[BillingType, str]] = {}
    lines = []
    for entry in entries:
        key = json.dumps(entry.rule)
        if key not in rules:
            rules[key] = entry.rule_then, entry.rule_then.summary
        lines.append(Line(entry, *rules[key]))
    return lines


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
            "customer": self.customer,
            "batch": self.filters.chosen("batch"),
            "date__gte": first,
            "date__lte": last,
        }
        return found.filter(**{lookup: value for lookup, value in wanted.items() if value})

    @property
    def _charged(self) -> BillingEntryQuerySet:
        return self._scope.filter(state__in=[State.APPROVED, State.INVOICED])

    @cached_property
    def customer(self) -> Customer | None:
        customer = self.filters.chosen("customer")
        if customer:
            customer.workspace = self.user.known_workspaces[customer.workspace_id]
        return customer

    @cached_property
    def lines(self) -> list[Line]:
        """By date."""
        entries = self._charged.select_related("user", "conversation").order_by("date", "pk")
        return lines_of(entries.only(*SHOWN))

    @cached_property
    def totals(self) -> dict[str, Sums]:
        """By currency."""
        return _by_currency(line.entry for line in self.lines)

    @property
    def currency(self) -> str:
        """The only one; empty if there are several."""
        return next(iter(self.totals)) if len(self.totals) == 1 else ""

    @cached_property
    def page(self) -> Page:
        """Everybody who is charged, by name: a page of (id, name, workspace id, sums)."""
        sums: dict[Any, Sums] = self._charged.sums_by("customer")
        named = Customer.objects.filter(workspace__in=self.user.managed_ids, pk__in=list(sums))
        rows = [(*row, sums[row[0]]) for row in named.values_list("pk", "name", "workspace").order_by()]
        rows.sort(key=lambda row: (row[1].casefold(), row[0]))
        return Paginator(rows, PER_PAGE).get_page(self.filters.data.get("page"))

    @cached_property
    def customers(self) -> list[tuple[Customer, Sums]]:
        """Those of the page, with what it comes to."""
        known = self.user.known_workspaces
        return [
            (Customer(pk=pk, name=name, workspace=known[workspace]), sums)
            for pk, name, workspace, sums in self.page
        ]

    @cached_property
    def waiting(self) -> Many:
        """How many charges of these days are not approved (yet), and so are not counted here."""
        return Many.of(self._scope.filter(state__in=[State.NEW, State.RETURNED]))

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
