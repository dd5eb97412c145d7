"""Whom and what the filters of the review offer by name."""

from __future__ import annotations

import re
from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from billing.models import BillingEntry
from conversations.models import Customer
from workspaces.counts import CountOf
from workspaces.models import Membership, User, Workspace, displayed
from workspaces.prepared import Prepared
from workspaces.widgets import QuickInput, QuickSelect

Names = dict[int, str]

#: Of more there is no list to choose from: a part of the name is typed.
LISTED = 100
LONGEST = 100
#: More are not asked for at once: each is repeated in every query of the page.
MOST_FOUND = 1000


class NameField(forms.Field):
    """Records by name: a select of the names that it is told to `offer`, or, where those are too many, words
    that their names hold. Cleaned: the ids that are meant. One of them may be given itself, as in an address.
    """

    NUMBER = re.compile(r"[0-9]{1,18}")
    default_error_messages = {
        "invalid": forms.ModelChoiceField.default_error_messages["invalid_choice"],
        "unknown": _("There is no such name here. A part of it is enough."),
        "too_many": _("Too many have this in their name. Type more of it."),
    }

    def __init__(self, name: Any, every: Any, *columns: str) -> None:
        super().__init__(label=name, required=False)
        self.every = every
        self.columns = columns
        self.names: Names | None = None
        self.records: QuerySet[Any] = Customer.objects.none()

    def offer(self, names: Names | None, records: QuerySet[Any]) -> None:
        """`names` None: there are too many."""
        self.names, self.records = names, records
        named = {"class": "input", "aria-label": self.label}
        if names is None:
            self.widget = QuickInput(named | {"type": "search", "placeholder": self.every})
        else:
            self.widget = QuickSelect(named, [("", self.every), *names.items()])

    def to_python(self, value: str | None) -> list[int]:
        found = self._found((value or "").strip())
        if value and not found:
            raise ValidationError(self.error_messages["unknown" if self.names is None else "invalid"])
        if len(found) > MOST_FOUND:
            raise ValidationError(self.error_messages["too_many"])
        return found

    def _found(self, text: str) -> list[int]:
        number = int(text) if self.NUMBER.fullmatch(text) else 0
        if self.names is not None:
            return [number] if number in self.names else []
        if number and self.records.filter(pk=number).exists():
            return [number]
        return self._called(text) if 0 < len(text) <= LONGEST else []

    def _called(self, text: str) -> list[int]:
        found = self.records
        for word in text.split():
            holds = (Q((f"{column}__icontains", word)) for column in self.columns)
            found = found.filter(reduce(or_, holds))
        return list(found.order_by().values_list("pk", flat=True)[: MOST_FOUND + 1])


def agents_in(workspaces: list[int]) -> QuerySet[User]:
    """Whoever has entries there; they need not be members any more."""
    return User.objects.filter(_has_entries_in(workspaces), pk__in=_once_members_of(workspaces))


def customers_in(workspaces: list[int]) -> QuerySet[Customer]:
    return Customer.objects.filter(workspace__in=workspaces).order_by()


def offered_in(workspaces: list[int]) -> tuple[Names | None, Names | None]:
    """Agents and customers of these workspaces, each by id in the order of their names, or None if there are
    more than are listed. One query.
    """
    agents: Names = {}
    customers: Names = {}
    members = customer_count = 0
    for number, part, offered, first, second, third in _all_named(workspaces=workspaces):
        if part == _SIZES:
            members, customer_count = number, offered
        elif part == _CUSTOMERS:
            customers[number] = first
        elif offered:
            agents[number] = displayed(second, first, third)
    return agents if members <= LISTED else None, customers if customer_count <= LISTED else None


#: The parts of the query, in this order: people, and customers, unless they are too many; and how many.
_AGENTS, _CUSTOMERS, _SIZES = range(3)


def _named_in(workspaces: list[int]) -> QuerySet[Any, Any]:
    once_members, customers = _once_members_of(workspaces), customers_in(workspaces)
    members = User.objects.filter(pk__in=once_members)
    count, customer_count = CountOf(once_members, LISTED, "user"), CountOf(customers, LISTED)
    few_members = members.filter(LessThanOrEqual(count, LISTED))
    few_customers = customers.filter(LessThanOrEqual(customer_count, LISTED))
    workspace = Workspace.objects.filter(pk__in=workspaces).order_by()
    parts = [
        _named(
            few_members, "last_name", "first_name", "username", part=_AGENTS, offered=_an_entry_in(workspaces)
        ),
        _named(few_customers, "name", "name", "name", part=_CUSTOMERS, offered=Value(1)),
        _named(workspace, "name", "name", "name", part=_SIZES, offered=customer_count, number=count),
    ]
    return parts[0].union(*parts[1:], all=True).order_by("part", "first", "second", "third", "number")


_all_named: Prepared[Any] = Prepared(_named_in)


def _once_members_of(workspaces: list[int]) -> QuerySet[Any, Any]:
    return Membership.history.filter(workspace__in=workspaces).order_by().values("user").distinct()


def _has_entries_in(workspaces: list[int]) -> Exists:
    return Exists(_entries_in(workspaces))


def _an_entry_in(workspaces: list[int]) -> Subquery:
    """As an id or None: to know of many people whether one exists, PostgreSQL reads a whole workspace."""
    return Subquery(_entries_in(workspaces).order_by().values("pk")[:1])


def _entries_in(workspaces: list[int]) -> QuerySet[BillingEntry]:
    entries = BillingEntry.objects.filter(workspace__in=workspaces, user=OuterRef("pk"))
    # Whatever the state; but the index has it before the user.
    return entries.filter(state__in=BillingEntry.State.values)


def _named(
    records: QuerySet[Any], *columns: str, part: int, offered: Any, number: Any = None
) -> QuerySet[Any, Any]:
    named: dict[str, Any] = {"number": number or F("pk"), "part": Value(part), "offered": offered}
    named |= dict(zip(("first", "second", "third"), map(F, columns), strict=True))
    return records.annotate(**named).values_list(*named)
