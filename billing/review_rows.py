"""The rows of the queue: what is read of an entry, and how its line is written.

Of each row only what it shows is read, and its texts are made here, once: fifty records with their customers
and users, drawn by a template that asks for everything anew, took most of the time of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from babel.numbers import get_currency_precision
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.chips import changed_chip, flag_chips
from billing.models.figures import Figures
from billing.sums import Sums
from workspaces.durations import format_clock
from workspaces.models import User
from workspaces.money import format_amount, format_money
from workspaces.templatetags.stint import day


class _Columns(NamedTuple):
    pk: int
    version: int
    kind: str
    date: date
    raw_seconds: int
    calculated_seconds: int
    billed_seconds: int
    currency: str
    amount: int
    confirmed_at: datetime | None
    overlap_seconds: int
    overlap_with_id: int | None
    clock_stepped_back: bool
    description: str
    billing_type_id: int | None
    rule_name: str
    user_id: int
    first_name: str
    last_name: str
    username: str
    conversation_id: int
    subject: str
    customer_id: int
    customer: str


#: Where they stand, seen from an entry; the others have its names.
PLACES = {
    "rule_name": "rule__name",
    "first_name": "user__first_name",
    "last_name": "user__last_name",
    "username": "user__username",
    "subject": "conversation__subject",
    "customer_id": "conversation__customer",
    "customer": "conversation__customer__name",
}


#: Of an entry, by name.
ADDRESSES = ("entry", "detail", "approve", "return")


class Row(Figures, _Columns):
    """An entry as the queue shows it."""

    COLUMNS = tuple(PLACES.get(name, name) for name in _Columns._fields)

    @property
    def agent_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.username

    @property
    def agent(self) -> User:
        return User(first_name=self.first_name, last_name=self.last_name, username=self.username)


#: By what rows are in one group, in the order of the groups.
KEYS: dict[str, Callable[[Row], Any]] = {
    "agent": lambda row: (row.last_name, row.first_name, row.username),
    "customer": lambda row: (row.customer, row.customer_id),
    "day": lambda row: row.date,
}


#: Texts by what they are. A template finds them there several times as fast as in an object.
Line = dict[str, Any]


@dataclass(frozen=True)
class Group:
    """Rows of the page that belong together, and the line above them."""

    title: str
    sums: Sums
    head: list[Line]
    lines: list[Line]


class Lines:
    """How the rows of a page are written, that stand in groups by agent, customer or day.

    Amounts go without the `currency` if the page has only one. Those that had `changed` are marked.
    """

    def __init__(self, group: str, currency: str, changed: Collection[int] = ()) -> None:
        self.group = group
        self.currency = currency
        self.changed = changed
        self.select = _("Select entry on #%(number)s")
        # What differs between the rows takes the place of the 0.
        self.addresses = {name: reverse(f"billing:{name}", args=[0]) for name in ADDRESSES}
        self.days: dict[date, str] = {}

    def groups(self, rows: Iterable[Row]) -> list[Group]:
        return [self._group(list(found)) for _key, found in groupby(rows, KEYS[self.group])]

    def _group(self, rows: list[Row]) -> Group:
        title, initials = self._titled(rows[0])
        sums = Sums.of(rows)
        head = {
            "title": title,
            "initials": initials,
            "select": _("Select all of %(group)s") % {"group": title},
            "counted": ngettext("%(n)s entry", "%(n)s entries", sums.count) % {"n": sums.count},
            "raw": format_clock(sums.raw_seconds),
            "billed": format_clock(sums.billed_seconds),
            "amount": sums.money_in(self.currency),
        }
        return Group(title, sums, [head], list(map(self._line, rows)))

    def _titled(self, row: Row) -> tuple[str, str]:
        if self.group == "agent":
            return row.agent.display_name, row.agent.initials
        if self.group == "customer":
            return row.customer, ""
        return capfirst(date_format(row.date, "FULL_WEEKDAY_FORMAT")), ""

    def _line(self, row: Row) -> Line:
        pk = str(row.pk)
        addresses = {name: address.replace("/0/", f"/{pk}/") for name, address in self.addresses.items()}
        return addresses | {
            "pk": pk,
            "choice": f"{pk}:{row.version}",
            "version": str(row.version),
            "select": self.select % {"number": row.conversation_id},
            "seconds": str(row.billed_seconds),
            "money": self._money(row) if row.is_charge else "",
            "title": row.description or row.subject,
            "place": self._place(row),
            "rule": row.rule_name if row.billing_type_id else _(row.rule_name),
            "chips": self._chips(row),
            "raw": format_clock(row.raw_seconds),
            "billed": self._billed(row),
            "amount": self._amount(row) if row.is_charge else "–",
        }

    def _chips(self, row: Row) -> SafeString:
        return changed_chip() + flag_chips(row) if row.pk in self.changed else flag_chips(row)

    @staticmethod
    def _billed(row: Row) -> str:
        billed = format_clock(row.billed_seconds)
        if not row.is_adjusted:
            return billed
        return format_html("<del>{}</del> {}", format_clock(row.calculated_seconds), billed)

    def _place(self, row: Row) -> str:
        if row.date not in self.days:
            self.days[row.date] = day(row.date)
        parts = [self.days[row.date], f"#{row.conversation_id}", row.customer]
        return " · ".join(parts if self.group == "agent" else [*parts, row.agent_name])

    def _amount(self, row: Row) -> str:
        return (format_amount if self.currency else format_money)(row.amount, row.currency)

    @staticmethod
    def _money(row: Row) -> SafeString:
        """For the sum of the ticked rows, which the browser adds up."""
        return format_html(
            ' data-amount="{}" data-decimals="{}" data-currency="{}"',
            row.amount,
            get_currency_precision(row.currency),
            row.currency,
        )
