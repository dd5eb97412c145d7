"""A person's entries of one week, by day, with sums."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import CharField, DateField, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext

from billing.models import BillingEntry
from billing.sums import Sums
from workspaces.models import User
from workspaces.prepared import Prepared

#: How high the bar of a day is drawn.
BAR = 40
#: So many returned entries of other weeks are counted; the first few are named.
POINTED_TO = 1000


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


# Everybody looks at the same few days.
@lru_cache(maxsize=1000)
def _written(day: date, form: str, language: str | None) -> str:
    return date_format(day, form)


@dataclass(frozen=True)
class Day:
    """One day of a timesheet. `bar` and `bar_top` are for its drawing, as text for SVG attributes."""

    date: date
    entries: list[BillingEntry]
    sums: Sums
    full_seconds: int

    @property
    def short_name(self) -> str:
        """ "Thu 19"."""
        return _written(self.date, "WEEKDAY_DAY_FORMAT", get_language())

    @property
    def long_name(self) -> str:
        """ "Thursday 19 November"."""
        return capfirst(_written(self.date, "LONG_WEEKDAY_FORMAT", get_language()))

    @property
    def bar(self) -> str:
        return f"{self._height:.1f}"

    @property
    def bar_top(self) -> str:
        return f"{BAR - self._height:.1f}"

    @property
    def _height(self) -> float:
        return min(self.sums.billed_seconds / self.full_seconds, 1) * BAR


#: What a line says; the rest of an entry, of its conversation and of people stays where it is.
SHOWN = [
    *("workspace", "user", "state", "kind", "date", "description", "confirmed_at", "by_hand"),
    *("raw_seconds", "billed_seconds", "amount", "currency", "return_comment", "reviewed_at"),
    *("conversation__subject", "conversation__customer__name"),
    *(f"reviewed_by__{name}" for name in ("first_name", "last_name", "username")),
]


def _in_days(user: int, workspaces: list[int], first: str, last: str) -> QuerySet[BillingEntry]:
    mine = BillingEntry.objects.filter(user=user, workspace__in=workspaces).counted()
    week = mine.filter(date__gte=_day(first), date__lte=_day(last))
    return week.select_related("conversation__customer", "reviewed_by").only(*SHOWN)


def _returned_but_in(user: int, workspaces: list[int], first: str, last: str) -> QuerySet[BillingEntry]:
    mine = BillingEntry.objects.filter(user=user, workspace__in=workspaces)
    returned = mine.filter(state=BillingEntry.State.RETURNED)
    outside = returned.filter(Q(date__lt=_day(first)) | Q(date__gt=_day(last)))
    return outside.only("conversation_id", "date")[:POINTED_TO]


def _day(text: str) -> Cast:
    return Cast(Value(text, output_field=CharField()), DateField())


_of_days, _returned_elsewhere = Prepared(_in_days), Prepared(_returned_but_in)


def entries_of(week: Week, user: User) -> list[BillingEntry]:
    """What the user logged in the week, but for what was discarded; one query."""
    entries = _of_days(**_asked(week, user))
    for entry in entries:
        entry.workspace = user.known_workspaces[entry.workspace_id]
    return entries


def _asked(week: Week, user: User) -> dict[str, Any]:
    days = {"first": week.monday.isoformat(), "last": week.sunday.isoformat()}
    return {"user": user.pk, "workspaces": user.workspace_ids, **days}


class Pointer(NamedTuple):
    """To an entry that the page does not show."""

    entry_id: int
    conversation_id: int
    date: date

    @property
    def number(self) -> str:
        return f"#{self.conversation_id}"


def returned_outside(week: Week, user: User) -> list[Pointer]:
    """To the user's entries of other weeks that wait for them, the latest first: at most `POINTED_TO`."""
    found = _returned_elsewhere(**_asked(week, user))
    return [Pointer(entry.pk, entry.conversation_id, entry.date) for entry in found]


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
