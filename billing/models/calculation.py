"""What a billing type makes of a recorded time, with the sentence that explains it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from workspaces.money import format_number


@dataclass(frozen=True)
class Calculation:
    """The result of one rule on one time; pure figures.

    `calculated_seconds` is what the rule made of `raw_seconds`; `billed_seconds` is the same, or what a
    person chose instead. `quantity` counts the rule's unit exactly. `amount` is in minor units.
    """

    raw_seconds: int
    calculated_seconds: int
    billed_seconds: int
    quantity: Fraction
    amount: int
    explanation: str

    @property
    def is_adjusted(self) -> bool:
        return self.billed_seconds != self.calculated_seconds


def round_half_up(value: Fraction) -> int:
    """To the nearest whole number; an exact half goes up. For values that are not negative."""
    return int(value + Fraction(1, 2))


def format_quantity(quantity: Fraction, unit: str) -> str:
    """ "1.00 h" where two decimals are exact, "0.875 h" where four are, else "≈ 0.0278 h"."""
    myriad = quantity * 10_000
    decimal = Decimal(round_half_up(myriad)).scaleb(-4)
    if myriad.denominator != 1:
        return f"≈ {format_number(decimal, '0.0000')} {unit}"
    return f"{format_number(decimal, '0.00##')} {unit}"
