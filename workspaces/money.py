"""Money as whole minor units of a currency (cents), and how it is written in the language of the page."""

from decimal import Decimal
from functools import cache, lru_cache

from babel import Locale
from babel.numbers import get_currency_precision, parse_pattern
from django.utils.translation import get_language, to_locale

# As format_decimal does, which reads both anew for every number.
_read = cache(parse_pattern)
_known = cache(Locale.parse)


def as_decimal(amount: int, currency: str) -> Decimal:
    """The amount in major units: 12000 EUR cents are Decimal("120.00"), 500 JPY are Decimal("500")."""
    return Decimal(amount).scaleb(-get_currency_precision(currency))


def format_number(number: Decimal | int, pattern: str) -> str:
    """By a pattern of CLDR, in the active language: "#,##0.00" makes "1.234,50" in German."""
    return _format(number, pattern, get_language() or "en")


@lru_cache(maxsize=10_000)
def _format(number: Decimal | int, pattern: str, language: str) -> str:
    return _read(pattern).apply(number, _known(to_locale(language)))


def format_amount(amount: int, currency: str) -> str:
    """12000 in EUR is "120.00"; as many decimals as the currency has."""
    decimals = get_currency_precision(currency)
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    return format_number(as_decimal(amount, currency), pattern)


def format_money(amount: int, currency: str) -> str:
    """12000 in EUR is "120.00 EUR"."""
    return f"{format_amount(amount, currency)} {currency}"


def format_sums(sums: dict[str, int]) -> str:
    """Sums by currency: "456.00 EUR, 20.00 USD"; nothing at all is an empty string."""
    return ", ".join(format_money(amount, currency) for currency, amount in sorted(sums.items()))
