import random
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.models import BillingType, Calculation
from billing.models.billing_type import HIGHEST_RATE, LONGEST_MINUTES
from billing.models.calculation import format_quantity, round_half_up
from billing.models.entry import LONGEST_SECONDS
from workspaces.models import Workspace


def rule(currency: str = "EUR", hours_per_day: str = "8", **fields: Any) -> BillingType:
    """120.00 per hour, up to 15 minutes, unless told otherwise; not saved."""
    workspace = Workspace(currency=currency, hours_per_day=Decimal(hours_per_day))
    return BillingType(workspace=workspace, **{"rate": 12_000} | fields)


# Examples


def test_the_example_of_the_design() -> None:
    assert rule().calculate(3133) == Calculation(
        raw_seconds=3133,
        calculated_seconds=3600,
        billed_seconds=3600,
        quantity=Fraction(1),
        amount=12_000,
        explanation=("0:52:13 recorded → rounded up to 15 min: 1:00:00 → 1.00 h × 120.00 EUR = 120.00 EUR"),
    )


def test_the_amount_is_rounded_once_and_not_the_hours_before() -> None:
    result = rule(rate=9000, rounding="none").calculate(100)
    assert result.amount == 250
    assert result.explanation == "0:01:40 recorded → ≈ 0.0278 h × 90.00 EUR = 2.50 EUR"


def test_an_exact_half_of_the_increment_goes_up() -> None:
    assert rule(rounding="nearest").calculate(450).billed_seconds == 900


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        ("none", {0: 0, 1: 1, 449: 449, 899: 899, 900: 900, 901: 901}),
        ("up", {0: 0, 1: 900, 449: 900, 899: 900, 900: 900, 901: 1800, 1800: 1800, 1801: 2700}),
        ("down", {0: 0, 1: 0, 450: 0, 899: 0, 900: 900, 901: 900, 1799: 900, 1800: 1800}),
        ("nearest", {0: 0, 1: 0, 449: 0, 450: 900, 451: 900, 900: 900, 1349: 900, 1350: 1800, 1351: 1800}),
    ],
)
def test_rounding_to_a_quarter_of_an_hour(rounding: str, expected: dict[int, int]) -> None:
    assert {seconds: rule(rounding=rounding).round(seconds) for seconds in expected} == expected


@pytest.mark.parametrize("increment", [1, 6, 7, 10, 30, 60, 1440])
def test_every_increment_at_its_boundaries(increment: int) -> None:
    step = increment * 60
    up, down, nearest = (
        rule(rounding=rounding, increment_minutes=increment) for rounding in ("up", "down", "nearest")
    )
    for times in (0, 1, 5):
        edge, half = times * step, times * step + step // 2
        assert [up.round(each) for each in (edge, edge + 1)] == [edge, edge + step]
        assert [down.round(each) for each in (edge, edge + step - 1)] == [edge, edge]
        assert [nearest.round(each) for each in (half - 1, half)] == [edge, edge + step]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"minimum_minutes": 15}, {0: 900, 1: 900, 899: 900, 900: 900, 901: 901}),
        ({"maximum_minutes": 15}, {0: 0, 899: 899, 900: 900, 901: 900, 10**9: 900}),
        ({"minimum_minutes": 15, "maximum_minutes": 15}, {0: 900, 900: 900, 5000: 900}),
        ({"minimum_minutes": 0, "maximum_minutes": 30}, {0: 0, 1800: 1800, 1801: 1800}),
    ],
)
def test_minimum_and_maximum_at_their_boundaries(limits: dict[str, int], expected: dict[int, int]) -> None:
    type_ = rule(rounding="none", **limits)
    assert {seconds: type_.calculate(seconds).billed_seconds for seconds in expected} == expected


def test_the_minimum_is_compared_with_the_rounded_time() -> None:
    assert rule(minimum_minutes=20).calculate(1).billed_seconds == 1200
    assert rule(minimum_minutes=20).calculate(901).billed_seconds == 1800


def test_the_maximum_is_not_rounded_any_more() -> None:
    assert rule(maximum_minutes=20).calculate(1201).billed_seconds == 1200


@pytest.mark.parametrize(
    ("unit", "hours_per_day", "quantity", "amount"),
    [
        ("minute", "8", Fraction(60), 720_000),
        ("hour", "8", Fraction(1), 12_000),
        ("day", "8", Fraction(1, 8), 1500),
        ("day", "7.50", Fraction(2, 15), 1600),
        ("day", "0.01", Fraction(100), 1_200_000),
        ("day", "24", Fraction(1, 24), 500),
    ],
)
def test_an_hour_in_each_unit(unit: str, hours_per_day: str, quantity: Fraction, amount: int) -> None:
    result = rule(unit=unit, hours_per_day=hours_per_day).calculate(3600)
    assert (result.quantity, result.amount) == (quantity, amount)


@pytest.mark.parametrize(
    ("currency", "rate", "explanation"),
    [
        ("JPY", 9000, "0:00:01 recorded → ≈ 0.0003 h × 9,000 JPY = 3 JPY"),
        ("JPY", 1800, "0:00:01 recorded → ≈ 0.0003 h × 1,800 JPY = 1 JPY"),
        ("JPY", 1799, "0:00:01 recorded → ≈ 0.0003 h × 1,799 JPY = 0 JPY"),
        ("KWD", 30_500, "0:00:01 recorded → ≈ 0.0003 h × 30.500 KWD = 0.008 KWD"),
        ("EUR", 1800, "0:00:01 recorded → ≈ 0.0003 h × 18.00 EUR = 0.01 EUR"),
        ("EUR", 1799, "0:00:01 recorded → ≈ 0.0003 h × 17.99 EUR = 0.00 EUR"),
    ],
)
def test_a_second_in_currencies_of_no_two_and_three_decimals(
    currency: str, rate: int, explanation: str
) -> None:
    assert rule(currency, rate=rate, rounding="none").calculate(1).explanation == explanation


@pytest.mark.parametrize(
    ("fields", "seconds", "options", "explanation"),
    [
        ({}, 0, {}, "0:00:00 recorded → rounded up to 15 min: 0:00:00 → 0.00 h × 120.00 EUR = 0.00 EUR"),
        (
            {"minimum_minutes": 30},
            60,
            {},
            (
                "0:01:00 recorded → rounded up to 15 min: 0:15:00 → raised to the minimum of 30 min: 0:30:00"
                " → 0.50 h × 120.00 EUR = 60.00 EUR"
            ),
        ),
        (
            {"maximum_minutes": 90, "rounding": "down"},
            7300,
            {},
            (
                "2:01:40 recorded → rounded down to 15 min: 2:00:00"
                " → cut to the maximum of 1 h 30 min: 1:30:00 → 1.50 h × 120.00 EUR = 180.00 EUR"
            ),
        ),
        (
            {"rounding": "nearest"},
            3133,
            {"chosen_seconds": 4500},
            (
                "0:52:13 recorded → rounded to the nearest 15 min: 0:45:00 → adjusted to: 1:15:00"
                " → 1.25 h × 120.00 EUR = 150.00 EUR"
            ),
        ),
        (
            {"rounding": "none", "unit": "day"},
            25_200,
            {"by_hand": True},
            "7:00:00 by hand → 0.875 d × 120.00 EUR = 105.00 EUR",
        ),
        ({}, 3133, {"chosen_seconds": 3600}, rule().calculate(3133).explanation),
    ],
)
def test_every_step_is_explained(
    fields: dict[str, Any], seconds: int, options: dict[str, Any], explanation: str
) -> None:
    assert rule(**fields).calculate(seconds, **options).explanation == explanation


def test_a_chosen_time_leaves_the_rules_figure_beside_it() -> None:
    result = rule().calculate(3133, chosen_seconds=0)
    assert (result.calculated_seconds, result.billed_seconds, result.amount) == (3600, 0, 0)
    assert result.is_adjusted


@pytest.mark.parametrize("times", [{"raw_seconds": -1}, {"raw_seconds": 1, "chosen_seconds": -1}])
def test_time_is_never_negative(times: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="never negative"):
        rule().calculate(**times)


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (Fraction(1), "1.00 h"),
        (Fraction(7, 8), "0.875 h"),
        (Fraction(1, 16), "0.0625 h"),
        (Fraction(1, 3), "≈ 0.3333 h"),
        (Fraction(1, 10**6), "≈ 0.0000 h"),
        (Fraction(123_456_789, 100), "1234567.89 h"),
    ],
)
def test_a_quantity_says_whether_it_is_exact(quantity: Fraction, text: str) -> None:
    assert format_quantity(quantity, "h") == text


def test_the_longest_time_at_the_highest_rate_is_exact_and_fits() -> None:
    for unit, hours_per_day, seconds in (("minute", "8", 60), ("hour", "8", 3600), ("day", "0.01", 36)):
        type_ = rule(unit=unit, rate=HIGHEST_RATE, rounding="none", hours_per_day=hours_per_day)
        amount = type_.calculate(LONGEST_SECONDS).amount
        assert amount == round_half_up(Fraction(LONGEST_SECONDS * HIGHEST_RATE, seconds))
        assert amount < 2**63


# Against exact fractions


def oracle(type_: BillingType, raw_seconds: int) -> tuple[Fraction, int]:
    """Billed seconds and amount by the words of the design, another way: in fractions of the increment."""
    increment = Fraction(type_.increment_minutes * 60)
    parts = raw_seconds / increment
    rounded = {
        "none": parts,
        "up": Fraction(-floor(-parts)),
        "down": Fraction(floor(parts)),
        "nearest": Fraction(floor(parts + Fraction(1, 2))),
    }[type_.rounding]
    seconds = rounded * increment
    if type_.minimum_minutes is not None:
        seconds = max(seconds, Fraction(type_.minimum_minutes * 60))
    if type_.maximum_minutes is not None:
        seconds = min(seconds, Fraction(type_.maximum_minutes * 60))
    hours = seconds / 3600
    day = Fraction(type_.workspace.hours_per_day)
    quantity = {"minute": hours * 60, "hour": hours, "day": hours / day}[type_.unit]
    return seconds, floor(quantity * type_.rate + Fraction(1, 2))


def test_a_hundred_thousand_random_rules_agree_with_the_oracle() -> None:
    dice = random.Random(20_261_119)
    workspaces = [
        Workspace(currency=currency, hours_per_day=Decimal(hours))
        for currency in ("EUR", "JPY", "KWD")
        for hours in ("8", "7.50", "0.01", "24")
    ]
    for _ in range(100_000):
        limits = sorted(dice.choice([None, dice.randrange(1, 6000)]) or 0 for _ in range(2))
        type_ = BillingType(
            workspace=dice.choice(workspaces),
            unit=dice.choice(BillingType.Unit.values),
            rounding=dice.choice(BillingType.Rounding.values),
            increment_minutes=dice.randrange(1, 1441),
            minimum_minutes=limits[0] or None,
            maximum_minutes=limits[1] or None,
            rate=dice.randrange(10 ** dice.randrange(1, 12)),
        )
        increment = type_.increment_minutes * 60
        near_an_edge = max(dice.randrange(20) * increment // 2 + dice.randrange(-1, 2), 0)
        raw_seconds = dice.choice([near_an_edge, dice.randrange(10 ** dice.randrange(1, 9))])
        billed, amount, _ = figures(type_, raw_seconds)
        assert (billed, amount) == oracle(type_, raw_seconds), (type_.snapshot(), raw_seconds)


def figures(type_: BillingType, raw_seconds: int) -> tuple[int, int, str]:
    result = type_.calculate(raw_seconds)
    return result.billed_seconds, result.amount, result.explanation


@st.composite
def rules(draw: st.DrawFn) -> BillingType:
    limits = sorted(draw(st.lists(st.integers(1, LONGEST_MINUTES), min_size=2, max_size=2)))
    return rule(
        draw(st.sampled_from(["EUR", "JPY", "KWD"])),
        draw(st.sampled_from(["0.01", "7.5", "8", "24"])),
        unit=draw(st.sampled_from(BillingType.Unit.values)),
        rounding=draw(st.sampled_from(BillingType.Rounding.values)),
        increment_minutes=draw(st.integers(1, 1440)),
        minimum_minutes=draw(st.sampled_from([None, limits[0]])),
        maximum_minutes=draw(st.sampled_from([None, limits[1]])),
        rate=draw(st.integers(0, HIGHEST_RATE)),
    )


@given(rules(), st.integers(0, LONGEST_SECONDS))
def test_any_rule_on_any_time_agrees_with_the_oracle(type_: BillingType, raw_seconds: int) -> None:
    billed, amount, _ = figures(type_, raw_seconds)
    assert (billed, amount) == oracle(type_, raw_seconds)


@given(rules(), st.integers(0, LONGEST_SECONDS - 1))
def test_a_second_more_never_bills_less(type_: BillingType, raw_seconds: int) -> None:
    less, more = type_.calculate(raw_seconds), type_.calculate(raw_seconds + 1)
    assert less.billed_seconds <= more.billed_seconds
    assert less.amount <= more.amount


@given(rules(), st.integers(0, LONGEST_SECONDS))
def test_an_entrys_copy_of_the_rule_calculates_the_same(type_: BillingType, raw_seconds: int) -> None:
    copy = BillingType.from_snapshot(type_.snapshot())
    assert figures(copy, raw_seconds) == figures(type_, raw_seconds)
    assert copy.fingerprint == type_.fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"rate": 12_001},
        {"unit": "minute"},
        {"unit": "day"},
        {"rounding": "down"},
        {"increment_minutes": 16},
        {"minimum_minutes": 0},
        {"maximum_minutes": 60},
        {"currency": "USD"},
    ],
)
def test_a_rule_that_calculates_otherwise_has_another_fingerprint(change: dict[str, Any]) -> None:
    assert rule(**change).fingerprint != rule().fingerprint


def test_a_rule_that_calculates_alike_has_the_same_fingerprint() -> None:
    assert rule(name="Other", kind="time", hours_per_day="8.00").fingerprint == rule().fingerprint
