from decimal import Decimal

import pytest

from workspaces.money import as_decimal, format_amount, format_money, format_sums


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (0, "EUR", "0.00"),
        (1, "EUR", "0.01"),
        (12_000, "EUR", "120.00"),
        (466_250, "EUR", "4,662.50"),
        (500, "JPY", "500"),
        (1_234_567, "JPY", "1,234,567"),
        (1, "KWD", "0.001"),
        (1_234_567, "KWD", "1,234.567"),
        (9_223_372_036_854_775_807, "EUR", "92,233,720,368,547,758.07"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(amount: int, currency: str, text: str) -> None:
    assert format_amount(amount, currency) == text
    assert format_money(amount, currency) == f"{text} {currency}"


@pytest.mark.parametrize(("currency", "exact"), [("EUR", "120.05"), ("JPY", "12005"), ("KWD", "12.005")])
def test_minor_units_are_read_exactly(currency: str, exact: str) -> None:
    assert as_decimal(12_005, currency) == Decimal(exact)


def test_sums_stand_side_by_side_by_currency() -> None:
    assert format_sums({"USD": 2000, "EUR": 45_600}) == "456.00 EUR, 20.00 USD"
    assert format_sums({}) == ""
