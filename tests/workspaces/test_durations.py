from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspaces.durations import (
    ACCEPTED,
    LONGEST,
    format_clock,
    format_hours,
    format_input,
    format_minutes,
    parse_duration,
)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1:30", 5400),
        ("0:52:13", 3133),
        ("00:00", 0),
        ("0", 0),
        ("90m", 5400),
        ("90 min", 5400),
        ("90 minutes", 5400),
        ("1.5h", 5400),
        ("1,5h", 5400),
        ("1.5", 5400),
        ("1,5", 5400),
        (".5", 1800),
        ("2", 7200),
        ("1h 30m", 5400),
        ("1h 30m 15s", 5415),
        ("1 Std. 30 Min.", 5400),
        ("90 Minuten", 5400),
        ("1 heure 30 minutes", 5400),
        ("2 horas", 7200),
        ("1時間30分", 5400),
        ("1 hour 30 minutes", 5400),
        ("45s", 45),
        ("  1:30 ", 5400),
        ("1H 30M", 5400),
        ("0.0001", 0),
        ("0.00014", 1),
        ("1h30", 5400),
        ("100000", LONGEST),
        ("100000:00", LONGEST),
    ],
)
def test_lengths_of_time_as_people_write_them(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-1",
        "-1:30",
        "+1",
        "25:99",
        "1:60",
        "1:3",
        "1:2:3:4",
        "abc",
        "h",
        "1.5.5",
        "1,5,5",
        "NaN",
        "Infinity",
        "1e3",
        "0x10",
        "٣",
        "1½",
        "1:30\0",
        "1:30; DROP TABLE",
        "9" * 5000,
        "1 30",
        "m90",
    ],
)
def test_anything_else_is_refused_with_what_is_accepted(text: str) -> None:
    with pytest.raises(ValueError, match=ACCEPTED):
        parse_duration(text)


@pytest.mark.parametrize("text", ["100000:00:01", "100000.001", "999999", "6000001m"])
def test_more_than_ten_thousand_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="more than 100,000 hours"):
        parse_duration(text)


@given(st.integers(0, LONGEST))
def test_what_a_form_fills_in_is_read_back_to_the_second(seconds: int) -> None:
    assert parse_duration(format_input(seconds)) == seconds
    assert parse_duration(format_clock(seconds)) == seconds


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ValueError):
        assert 0 <= parse_duration(text) <= LONGEST


@pytest.mark.parametrize(
    ("seconds", "clock", "hours", "filled_in"),
    [
        (0, "0:00:00", "0:00", "0:00"),
        (59, "0:00:59", "0:00", "0:00:59"),
        (3133, "0:52:13", "0:52", "0:52:13"),
        (3600, "1:00:00", "1:00", "1:00"),
        (8760, "2:26:00", "2:26", "2:26"),
        (36_000_000, "10000:00:00", "10000:00", "10000:00"),
    ],
)
def test_how_pages_show_lengths_of_time(seconds: int, clock: str, hours: str, filled_in: str) -> None:
    assert (format_clock(seconds), format_hours(seconds), format_input(seconds)) == (clock, hours, filled_in)


@pytest.mark.parametrize(
    ("minutes", "text"), [(0, "0 min"), (15, "15 min"), (60, "1 h"), (90, "1 h 30 min"), (480, "8 h")]
)
def test_minutes_in_a_sentence(minutes: int, text: str) -> None:
    assert format_minutes(minutes) == text
