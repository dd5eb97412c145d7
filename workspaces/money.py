"""Money as whole minor units of a currency (cents), and how it is written."""

from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_decimal, get_currency_precision


@lru_cache
def _pattern(decimals: int) -> str:
    return "#,##0." + "0" * decimals if decimals else "#,##0"


def as_decimal(amount: int, currency: str) -> Decimal:
    """The amount in major units: 12000 EUR cents are Decimal("120.00"), 500 JPY are Decimal("500")."""
    return Decimal(amount).scaleb(-get_currency_precision(currency))


def format_amount(amount: int, currency: str) -> str:
    """12000 in EUR is "120.00"; as many decimals as the currency has."""
    decimals = get_currency_precision(currency)
    return format_decimal(as_decimal(amount, currency), _pattern(decimals), locale="en")


def format_money(amount: int, currency: str) -> str:
    """12000 in EUR is "120.00 EUR"."""
    return f"{format_amount(amount, currency)} {currency}"


def format_sums(sums: dict[str, int]) -> str:
    """Sums by currency: "456.00 EUR, 20.00 USD"; nothing at all is an empty string."""
    return ", ".join(format_money(amount, currency) for currency, amount in sorted(sums.items()))
