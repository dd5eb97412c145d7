"""A person's entries of one week, by day, with sums."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext

from billing.models import BillingEntry
from billing.sums import Sums

#: How high the bar of a day is drawn.
BAR = 40


@dataclass(frozen=True)
class Week:
    """An ISO week, from its Monday."""

    monday: date

    @classmethod
    def of(cls, day: date) -> Week:
        return cls(day - timedelta(days=day.weekday()))

    @classmethod
    def read(cls, text: str) -> Week:
        """ "2026-W47". Raises ValueError for anything else, and for other centuries."""
        match = re.fullmatch(r"(20\d\d)-W(\d\d)", text, re.ASCII)
        if not match:
            raise ValueError("A week is written as 2026-W47.")
        return cls(date.fromisocalendar(int(match[1]), int(match[2]), 1))

    def __str__(self) -> str:
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02}"

    @property
    def number(self) -> int:
        return self.monday.isocalendar().week

    @property
    def days(self) -> list[date]:
        return [self.monday + timedelta(days=number) for number in range(7)]

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def previous(self) -> Week:
        return Week(self.monday - timedelta(days=7))

    @property
    def next(self) -> Week:
        return Week(self.monday + timedelta(days=7))

    @property
    def dates(self) -> str:
        """ "16–22 November", "30 November – 6 December"."""
        first, last = self.monday, self.sunday
        if (first.year, first.month) == (last.year, last.month):
            # Translators: from one day to another of the same month, as in "16–22 November".
            dates, forms = gettext("%(first)s–%(last)s"), ("FIRST_DAY_FORMAT", "LAST_DAY_FORMAT")
        else:
            # Translators: from one day to another, as in "30 November – 6 December".
            dates = gettext("%(first)s – %(last)s")
            forms = ("LONG_DAY_FORMAT",) * 2 if first.year == last.year else ("FULL_DAY_FORMAT",) * 2
        return dates % {"first": date_format(first, forms[0]), "last": date_format(last, forms[1])}


@dataclass(frozen=True)
class Day:
    """One day of a timesheet. `bar` and `bar_top` are for its drawing, as text for SVG attributes."""

    date: date
    entries: list[BillingEntry]
    sums: Sums
    full_seconds: int

    @property
    def bar(self) -> str:
        return f"{self._height:.1f}"

    @property
    def bar_top(self) -> str:
        return f"{BAR - self._height:.1f}"

    @property
    def _height(self) -> float:
        return min(self.sums.billed_seconds / self.full_seconds, 1) * BAR


class Timesheet:
    """The entries of a week. A bar is full at `workday` seconds, and of a longer day no longer."""

    def __init__(self, week: Week, entries: Iterable[BillingEntry], workday: int) -> None:
        self.week = week
        by_day: dict[date, list[BillingEntry]] = {day: [] for day in week.days}
        for entry in entries:
            by_day[entry.date].append(entry)
        sums = {day: Sums.of(found) for day, found in by_day.items()}
        self.sums = sum(sums.values(), Sums())
        self.days = [Day(day, found, sums[day], workday) for day, found in by_day.items()]

    @property
    def days_worked(self) -> list[Day]:
        """Those with entries, the latest first."""
        return [day for day in reversed(self.days) if day.entries]
