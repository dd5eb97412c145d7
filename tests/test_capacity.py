"""How many agents a core carries is added up from what was measured."""

from bench.capacity import AT_ONCE, BUSY, HOUR, hours


def measured(data: str, *, without: str = "") -> list[dict]:
    """Each thing costs 3 ms, of which PostgreSQL one."""
    each = {"data": data, "at_once": AT_ONCE, "cpu_ms": 3.0, "database_ms": 1.0}
    return [each | {"what": what} for what in HOUR if what != without]


def test_an_hour_is_what_is_done_in_it_by_what_it_costs() -> None:
    hour = hours(measured("demo"))["demo"]
    assert round(hour.application / hour.database, 6) == 2
    assert round(hour.database, 6) == sum(HOUR.values()) / 1000
    assert hour.agents(2.52) == int(BUSY * 3600 / 2.52) == 1000


def test_an_hour_of_which_something_was_not_measured_is_told_of_no_data() -> None:
    assert hours(measured("demo", without="approve") + measured("large")).keys() == {"large"}
