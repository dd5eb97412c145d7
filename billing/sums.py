"""What entries come to together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workspaces.money import format_amount, format_sums

if TYPE_CHECKING:
    from billing.models.figures import Figures


@dataclass(frozen=True)
class Sums:
    """How many entries, how long, and what customers are charged, in minor units by currency.

    Only service charges count as money. `BillingEntryQuerySet.sums` has the database add up the same.
    """

    count: int = 0
    raw_seconds: int = 0
    billed_seconds: int = 0
    amounts: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Figures]) -> Sums:
        return sum(map(cls._of_one, entries), cls())

    @classmethod
    def _of_one(cls, entry: Figures) -> Sums:
        amounts = {entry.currency: entry.amount} if entry.is_charge else {}
        return cls(1, entry.raw_seconds, entry.billed_seconds, amounts)

    def __add__(self, other: Sums) -> Sums:
        amounts = dict(self.amounts)
        for currency, amount in other.amounts.items():
            amounts[currency] = amounts.get(currency, 0) + amount
        return Sums(
            self.count + other.count,
            self.raw_seconds + other.raw_seconds,
            self.billed_seconds + other.billed_seconds,
            amounts,
        )

    def money_in(self, currency: str) -> str:
        """ "456.00" under a head that says the only currency, else "456.00 EUR, 20.00 USD"; or "–"."""
        if self.amounts and currency:
            return format_amount(self.amounts[currency], currency)
        return self.money or "–"

    @property
    def money(self) -> str:
        """ "456.00 EUR, 20.00 USD"; empty if nothing is charged."""
        return format_sums(dict(self.amounts))
