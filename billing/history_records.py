"""A record of a history, worded: who did what to which thing, and what became what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.changes import details_of, sentence_of, who_did
from billing.history_forms import Cursor, HistoryFilters
from billing.models import BillingEntry, BillingType
from conversations.models import Customer
from workspaces.durations import format_minutes
from workspaces.models import Membership, Workspace
from workspaces.money import format_money, format_number

#: What somebody did to a thing, by the type of the record.
SENTENCES: dict[str, Any] = {
    "+": _("%(who)s added it"),
    "~": _("%(who)s changed it"),
    "-": _("%(who)s removed it"),
}
UNCHANGED = _("%(who)s saved it without a change")


@dataclass(frozen=True)
class Known:
    """What the records of a page name by an id only."""

    workspaces: dict[int, Workspace]
    type_names: dict[int, str]

    def billing_type(self, type_id: int | None) -> str:
        if type_id is None:
            return ""
        return self.type_names.get(type_id) or gettext("a deleted billing type")


class Kind:
    """One of the things that have a history: how its records are found, and how each is worded."""

    name: ClassVar[str]
    icon: ClassVar[str]
    model: ClassVar[Any]
    #: Where a record says which workspace it is of.
    workspace_field: ClassVar[str] = "workspace_id"
    related: ClassVar[tuple[str, ...]] = ("history_user",)
    #: The fields whose changes are told, in this order.
    told: ClassVar[tuple[str, ...]] = ()

    def __init__(self, record: Any, old: Any, known: Known) -> None:
        self.record = record
        self.old = old
        self.known = known
        self.workspace = known.workspaces[getattr(record, self.workspace_field)]

    @classmethod
    def found(cls, filters: HistoryFilters, workspaces: Iterable[int]) -> Any:
        """The records that the filters leave, the latest first, each with the id of the one before."""
        wanted: dict[str, Any] = {f"{cls.workspace_field}__in": list(workspaces)}
        if filters.chosen("person"):
            wanted["history_user"] = filters.chosen("person")
        if filters.chosen_entry:
            wanted["id"] = filters.chosen_entry.pk
        earlier = cls.model.history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
        found = cls.model.history.filter(cls._after(filters.chosen_page), **wanted)
        found = found.annotate(old_id=Subquery(earlier.order_by("-history_id").values("history_id")[:1]))
        return found.select_related(*cls.related).order_by("-history_date", "-history_id")

    @classmethod
    def _after(cls, cursor: Cursor | None) -> Q:
        if cursor is None:
            return Q()
        found, then = Q(history_date__lt=cursor.moment), Q(history_date=cursor.moment)
        if cls.name == cursor.kind:
            found |= then & Q(history_id__lt=cursor.record_id)
        elif NAMES.index(cls.name) > NAMES.index(cursor.kind):
            found |= then
        return found

    # What the page says of a record.

    @property
    def when(self) -> datetime:
        return self.record.history_date

    @property
    def day(self) -> date:
        return self.workspace.local_date(self.when)

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.when, self.name, self.record.history_id)

    @property
    def title(self) -> str:
        """What was changed, by its name."""
        raise NotImplementedError

    @property
    def context(self) -> list[str]:
        """What kind of thing that is, and whose."""
        raise NotImplementedError

    @property
    def address(self) -> str:
        return ""

    @property
    def sentence(self) -> str:
        """Who did what."""
        done = self.record.history_type
        said = UNCHANGED if done == "~" and not self.details else SENTENCES[done]
        return str(said) % {"who": who_did(self.record)}

    @cached_property
    def details(self) -> list[str]:
        """What became what; of something new, what it was at first."""
        return list(self.differences()) if self.old else self.at_first()

    def at_first(self) -> list[str]:
        return []

    def differences(self) -> Iterator[str]:
        for name in self.told:
            old, new = getattr(self.old, name), getattr(self.record, name)
            if old != new:
                label = capfirst(self.model._meta.get_field(name.removesuffix("_id")).verbose_name)
                values = {"label": label, "old": self.written(name, old), "new": self.written(name, new)}
                # Translators: what became what, as in "Rate: 120.00 EUR → 130.00 EUR".
                yield gettext("%(label)s: %(old)s → %(new)s") % values

    def written(self, name: str, value: Any) -> str:
        """A value as people read it."""
        if name.endswith("billing_type_id"):
            value = self.known.billing_type(value)
        if value in (None, ""):
            return "–"
        if isinstance(value, bool):
            return gettext("yes") if value else gettext("no")
        if isinstance(value, Decimal):
            return format_number(value, "0.##")
        if isinstance(value, datetime):
            local = value.astimezone(self.workspace.zone)
            return f"{date_format(local, 'DAY_YEAR_FORMAT')}, {local:%H:%M}"
        labels = dict(self.model._meta.get_field(name.removesuffix("_id")).flatchoices)
        return str(labels.get(value, value))


class OfEntry(Kind):
    name, icon, model = "entry", "receipt-text", BillingEntry
    related = ("history_user", "user", "conversation__customer")

    @property
    def title(self) -> str:
        return self.record.description or self.record.conversation.subject

    @property
    def context(self) -> list[str]:
        record, conversation = self.record, self.record.conversation
        form = "DAY_FORMAT" if record.date.year == self.day.year else "DAY_YEAR_FORMAT"
        named = [conversation.number, conversation.customer.name, record.user.display_name]
        return [date_format(record.date, form), *named]

    @property
    def address(self) -> str:
        return reverse("billing:entry", args=[self.record.id])

    @property
    def sentence(self) -> str:
        return sentence_of(self.record)

    def differences(self) -> Iterator[str]:
        return details_of(self.old, self.record)


class OfType(Kind):
    name, icon, model = "type", "scale", BillingType
    told = (*BillingType.RULE_FIELDS, "archived_at")

    @property
    def title(self) -> str:
        return self.record.name

    @property
    def context(self) -> list[str]:
        return [gettext("Billing type")]

    def at_first(self) -> list[str]:
        values = {name: getattr(self.record, name) for name in BillingType.RULE_FIELDS}
        return [BillingType(workspace=self.workspace, **values).summary]

    def written(self, name: str, value: Any) -> str:
        if name == "rate":
            return format_money(value, self.workspace.currency)
        if name.endswith("_minutes") and value is not None:
            return format_minutes(value)
        return super().written(name, value)


class OfWorkspace(Kind):
    name, icon, model = "workspace", "building-2", Workspace
    workspace_field = "id"
    told = (
        "name",
        "time_zone",
        "currency",
        "hours_per_day",
        "create_entries_automatically",
        "one_running_timer",
        "second_factor_for_managers",
        "default_billing_type_id",
    )

    @property
    def title(self) -> str:
        return self.record.name

    @property
    def context(self) -> list[str]:
        return [gettext("Workspace settings")]

    def at_first(self) -> list[str]:
        return [f"{self.record.time_zone}, {self.record.currency}"]


class OfMembership(Kind):
    name, icon, model = "membership", "user-round", Membership
    related = ("history_user", "user")
    told = ("role",)

    @property
    def title(self) -> str:
        return self.record.user.display_name if self.record.user else gettext("A deleted user")

    @property
    def context(self) -> list[str]:
        return [gettext("Membership")]

    def at_first(self) -> list[str]:
        return [self.written("role", self.record.role)]


class OfCustomer(Kind):
    name, icon, model = "customer", "contact", Customer
    told = ("name", "billing_type_id")

    @property
    def title(self) -> str:
        return self.record.name

    @property
    def context(self) -> list[str]:
        return [gettext("Customer")]

    def at_first(self) -> list[str]:
        return [self.known.billing_type(self.record.billing_type_id)] if self.record.billing_type_id else []


#: In the order in which what was done at one moment is shown.
KINDS: list[type[Kind]] = [OfEntry, OfType, OfWorkspace, OfMembership, OfCustomer]
NAMES = [kind.name for kind in KINDS]
