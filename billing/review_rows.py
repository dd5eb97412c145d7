"""The rows of the queue: what is read of an entry, no more than it shows, and how its line is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Case, OuterRef, Subquery, TextField, When
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from billing.chips import changed_chip, flag_chips
from billing.models.figures import Figures
from billing.sums import Sums
from conversations.models import Conversation
from workspaces.models import displayed, initials_of
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
    title: str
    billing_type_id: int | None
    rule_name: str
    user_id: int
    first_name: str
    last_name: str
    username: str
    conversation_id: int
    customer_id: int
    customer: str


#: Looked up for those alone that say nothing themselves.
SUBJECT = Subquery(
    Conversation.objects.filter(pk=OuterRef("conversation"), workspace=OuterRef("workspace")).values(
        "subject"
    )
)
#: Where they stand, seen from an entry; the others have its names.
PLACES: dict[str, Any] = {
    "title": Case(When(description="", then=SUBJECT), default="description", output_field=TextField()),
    "rule_name": "rule__name",
    "first_name": "user__first_name",
    "last_name": "user__last_name",
    "username": "user__username",
    "customer": "customer__name",
}


class Row(Figures, _Columns):
    """An entry as the queue shows it."""

    COLUMNS = tuple(PLACES.get(name, name) for name in _Columns._fields)

    @property
    def rule(self) -> str:
        """What its billing type is called; that it has none is a text of ours."""
        return self.rule_name if self.billing_type_id else _(self.rule_name)

    @property
    def agent_name(self) -> str:
        return displayed(self.first_name, self.last_name, self.username)


#: By what rows are in one group, in the order of the groups.
KEYS: dict[str, Callable[[Row], Any]] = {
    "agent": lambda row: (row.last_name, row.first_name, row.username),
    "customer": lambda row: (row.customer, row.customer_id),
    "day": lambda row: row.date,
}


class Line(NamedTuple):
    """A row, and those of its texts that depend on its page."""

    row: Row
    select: str
    place: str
    chips: SafeString
    #: What the customer is charged; "–" if it is internal.
    amount: str


class Group(NamedTuple):
    """Lines of the page that belong together. The one above them says the title and the sums."""

    title: str
    initials: str
    sums: Sums
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
        # What many rows say alike is written once.
        self.days: dict[date, str] = {}
        self.amounts: dict[tuple[int, str], str] = {}

    def groups(self, rows: Iterable[Row]) -> list[Group]:
        return [self._group(list(found)) for _key, found in groupby(rows, KEYS[self.group])]

    def _group(self, rows: list[Row]) -> Group:
        title, initials = self._titled(rows[0])
        return Group(title, initials, Sums.of(rows), list(map(self._line, rows)))

    def _titled(self, row: Row) -> tuple[str, str]:
        if self.group == "agent":
            return row.agent_name, initials_of(row.agent_name)
        if self.group == "customer":
            return row.customer, ""
        return capfirst(date_format(row.date, "FULL_WEEKDAY_FORMAT")), ""

    def _line(self, row: Row) -> Line:
        select = self.select % {"number": row.conversation_id}
        return Line(row, select, self._place(row), self._chips(row), self._amount(row))

    def _place(self, row: Row) -> str:
        if row.date not in self.days:
            self.days[row.date] = day(row.date)
        place = f"{self.days[row.date]} · #{row.conversation_id} · {row.customer}"
        return place if self.group == "agent" else f"{place} · {row.agent_name}"

    def _chips(self, row: Row) -> SafeString:
        return changed_chip() + flag_chips(row) if row.pk in self.changed else flag_chips(row)

    def _amount(self, row: Row) -> str:
        if not row.is_charge:
            return "–"
        money = row.amount, row.currency
        if money not in self.amounts:
            self.amounts[money] = (format_amount if self.currency else format_money)(*money)
        return self.amounts[money]
