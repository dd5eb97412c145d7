"""A record of a history, worded: who did what to which thing, and what became what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
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


def name_of(person: str) -> tuple[str, ...]:
    """What a user is called by, as fields of a record."""
    return f"{person}__first_name", f"{person}__last_name", f"{person}__username"


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
    #: What is read of those, and of the record is not.
    named: ClassVar[tuple[str, ...]] = name_of("history_user")
    unread: ClassVar[tuple[str, ...]] = ()
    #: The fields whose changes are told, in this order.
    told: ClassVar[tuple[str, ...]] = ()

    def __init__(self, record: Any, old: Any, known: Known) -> None:
        self.record = record
        self.old = old
        self.known = known
        self.workspace = known.workspaces[getattr(record, self.workspace_field)]

    @classmethod
    def latest(cls, filters: HistoryFilters, workspace: int, count: int) -> QuerySet[Any]:
        """The latest records of a workspace that the filters leave: when each was made, the place of its kind
        among those of one moment, its id, and that of the record before it.
        """
        wanted: dict[str, Any] = {}
        if filters.chosen("person"):
            wanted["history_user"] = filters.chosen("person")
        if filters.chosen_entry:
            wanted["id"] = filters.chosen_entry.pk
        here = cls.model.history.filter(**{cls.workspace_field: workspace})
        earlier = here.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
        before = Subquery(earlier.order_by("-history_id").values("history_id")[:1])
        found = here.filter(cls._after(filters.chosen_page), **wanted)
        ordered = found.order_by("-history_date", "-history_id")
        return ordered.values_list("history_date", Value(KINDS.index(cls)), "history_id", before)[:count]

    @classmethod
    def read(cls, ids: Iterable[int], workspaces: Collection[int]) -> dict[int, Any]:
        """The records by their ids, with all that they name."""
        found = cls.model.history.filter(**{f"{cls.workspace_field}__in": workspaces}, history_id__in=ids)
        own = [each.name for each in found.model._meta.concrete_fields if each.name not in cls.unread]
        read = found.select_related(*cls.related).only(*own, *cls.named)
        return {record.history_id: record for record in read}

    @classmethod
    def _after(cls, cursor: Cursor | None) -> Q:
        if cursor is None:
            return Q()
        found, then = Q(history_date__lt=cursor.moment), Q(history_date=cursor.moment)
        if cls.name == cursor.kind:
            found |= then & Q(history_id__lt=cursor.record_id)
        elif NAMES.index(cls.name) > NAMES.index(cursor.kind):
            found |= then
        # This alone is what an index begins with; the rest sorts out what was done at that one moment.
        return Q(history_date__lte=cursor.moment) & found

    # What the page says of a record.

    @property
    def when(self) -> datetime:
        return self.record.history_date

    @cached_property
    def day(self) -> date:
        return self.workspace.local_date(self.when)

    @property
    def stamp(self) -> SafeString:
        """A <time>: "13:08"."""
        local = self.when.astimezone(self.workspace.zone)
        return format_html('<time datetime="{}">{}</time>', local.isoformat("T", "minutes"), f"{local:%H:%M}")

    @property
    def place(self) -> str:
        """The context on one line, with the workspace where there are several."""
        named = self.known.workspaces if self.name != "workspace" else ()
        return " · ".join([*self.context, self.workspace.name] if len(named) > 1 else self.context)

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
    named = (
        *name_of("history_user"),
        *name_of("user"),
        "conversation__subject",
        "conversation__customer__name",
    )
    unread = ("explanation", "created_at", "updated_at", "confirmed_at", "reviewed_at", "submission")

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
    related = ("history_user", "default_billing_type")
    named = (*name_of("history_user"), "default_billing_type__name")
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
    named = (*name_of("history_user"), *name_of("user"))
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
    related = ("history_user", "billing_type")
    named = (*name_of("history_user"), "billing_type__name")
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
