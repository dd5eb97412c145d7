"""What people write about an entry that there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from billing.fields import BillingTypeField, DescriptionField, DurationField, WorkdayField
from billing.models import BillingEntry, BillingType, Calculation
from workspaces.durations import format_clock, format_input
from workspaces.models import User
from workspaces.money import format_money

ANOTHER_FIGURE = _("The rule gives another figure than the one you saw. Check it and save again.")


class EntryAsItStands:
    """What a form about an entry shows before anybody has written in it.

    It has what a page reads of an `EntryForm`, and none of Django's fields: every conversion shows one.
    """

    errors: Mapping[str, list[str]] = MappingProxyType({})
    billed_follows = False

    def __init__(self, entry: BillingEntry, offered: Sequence[BillingType] | None = None) -> None:
        self.entry = entry
        #: Read already, and not to be read again only to be shown.
        self.offered = offered if entry.billing_type in (None, *(offered or ())) else None
        self.rule = entry.rule_then

    @property
    def values(self) -> dict[str, str]:
        entry = self.entry
        return {
            "kind": entry.kind,
            "billing_type": str(entry.billing_type_id or ""),
            "billed": format_input(entry.billed_seconds),
            "date": entry.date.isoformat(),
            "description": entry.description,
            "version": str(entry.version),
        }

    @property
    def types(self) -> list[tuple[str, str]]:
        offered = self.offered
        if offered is None:
            offered = list(BillingType.objects.choices_in(self.entry.workspace_id, self.entry.billing_type))
        none = [] if self.entry.billing_type_id else [("", self.entry.rule_name)]
        return [*none, *((str(each.pk), each.name) for each in offered)]

    @property
    def is_charge(self) -> bool:
        return self.entry.is_charge

    @property
    def calculation(self) -> Calculation:
        entry = self.entry
        seconds = entry.raw_seconds, entry.calculated_seconds, entry.billed_seconds
        quantity = Fraction(entry.billed_seconds, self.rule.unit_seconds)
        return Calculation(*seconds, quantity, entry.amount, entry.explained)

    @property
    def showing(self) -> str:
        """For the field `seen`: the rule of the figures as the form shows them now, and what it filled in."""
        return f"{self.rule.fingerprint}-{self.entry.billed_seconds}"


class EntryForm(forms.Form):
    """Changes to an entry, with the figures that follow from them.

    Nobody saves a figure that they have not seen. Under a rule other than the one that the form showed last
    (a billing type chosen without JavaScript, or edited meanwhile) it is not valid, shows the new figure, and
    is valid once that is sent. A billed time that was left as it was filled in follows the new rule.
    """

    kind = forms.ChoiceField(choices=BillingType.Kind.choices)
    billing_type = BillingTypeField(empty_label=None)
    billed = DurationField()
    date = WorkdayField()
    description = DescriptionField(required=False)
    version = forms.IntegerField()
    seen = forms.RegexField(r"^[0-9a-f]{16}-[0-9]{1,12}$", required=False)

    def __init__(self, data: Any, *, entry: BillingEntry) -> None:
        self.entry = entry
        #: The billed seconds that the form filled in last; what the person wrote instead is their choice.
        self.filled_in = entry.billed_seconds
        self.billed_follows = False
        super().__init__(data)
        types: Any = self.fields["billing_type"]
        types.queryset = BillingType.objects.choices_in(entry.workspace_id, entry.billing_type)
        if entry.billing_type is None:
            types.required, types.empty_label = False, entry.rule_name

    @property
    def values(self) -> dict[str, str]:
        """What was sent, as it is shown once more."""
        return {name: self.data.get(name) or "" for name in self.fields}

    @property
    def types(self) -> list[tuple[str, str]]:
        types: Any = self.fields["billing_type"]
        return [(str(value), label) for value, label in types.choices]

    def clean(self) -> dict[str, Any]:
        values, rule = self.cleaned_data, self.rule
        seen = values.get("seen") or EntryAsItStands(self.entry).showing
        fingerprint, _, filled_in = seen.partition("-")
        self.filled_in = int(filled_in)
        if rule is None or rule.fingerprint == fingerprint:
            return values
        if values.get("billed") == self.filled_in:
            self._follow(rule)
        if values.get("version") == self.entry.version:
            self.add_error(None, ANOTHER_FIGURE)
        return values

    def _follow(self, rule: BillingType) -> None:
        kept = self.entry.billed_seconds
        seconds = rule.calculate(self.entry.raw_seconds).billed_seconds if self._changes_rule else kept
        self.billed_follows = True
        self.filled_in = self.cleaned_data["billed"] = seconds
        sent: Any = self.data
        self.data = changed = sent.copy()
        changed["billed"] = format_input(seconds)

    @property
    def showing(self) -> str:
        """As `EntryAsItStands.showing`; what was sent while the choice of a rule is none."""
        return f"{self.rule.fingerprint}-{self.filled_in}" if self.rule else self.values["seen"]

    @property
    def _changes_rule(self) -> bool:
        return self.cleaned_data["billing_type"] not in (None, self.entry.billing_type)

    @property
    def rule(self) -> BillingType | None:
        """The entry's own as it was, or another billing type's as it is; None if the choice is none."""
        if "billing_type" not in self.cleaned_data:
            return None
        return self.cleaned_data["billing_type"] if self._changes_rule else self.entry.rule_then

    @property
    def calculation(self) -> Calculation | None:
        """What the form comes to; None while its billing type or its billed time cannot be read."""
        billed, rule = self.cleaned_data.get("billed"), self.rule
        if rule is None or billed is None:
            return None
        return rule.calculate(self.entry.raw_seconds, chosen_seconds=billed, by_hand=self.entry.by_hand)

    @property
    def is_charge(self) -> bool:
        return self.values["kind"] == BillingType.Kind.SERVICE

    @property
    def differences(self) -> list[Difference]:
        """After an EditConflict: what was saved meanwhile beside what this form has, wherever they differ.

        Empty also while the form is not valid, and so has nothing to compare.
        """
        if not self.is_valid():
            return []
        saved, mine = self.entry, self.cleaned_data
        kinds = dict(BillingType.Kind.choices)
        days, billed = (saved.date, mine["date"]), (saved.billed_seconds, mine["billed"])
        own_type = mine["billing_type"] or saved.rule_name
        rule, result = self.rule, self.calculation
        amount = format_money(result.amount, rule.workspace.currency) if rule and result else ""
        rows = [
            Difference(pgettext("column", "Kind"), str(kinds[saved.kind]), str(kinds[mine["kind"]])),
            Difference(pgettext("column", "Billing type"), saved.rule_name, str(own_type)),
            Difference(pgettext("column", "Date"), *(date_format(day, "FULL_DAY_FORMAT") for day in days)),
            Difference(pgettext("column", "Billed time"), *map(format_clock, billed)),
            Difference(pgettext("column", "Description"), saved.description, mine["description"]),
            Difference(pgettext("column", "Amount"), format_money(saved.amount, saved.currency), amount),
        ]
        return [row for row in rows if row.saved != row.mine]

    def save(self, *, by: User, now: datetime) -> None:
        """Raises EditConflict; see `BillingEntry.revise`."""
        values = self.cleaned_data
        self.entry.revise(
            by=by,
            version=values["version"],
            now=now,
            kind=values["kind"],
            billing_type=values["billing_type"],
            billed_seconds=values["billed"],
            description=values["description"],
            date=values["date"],
        )


class Difference(NamedTuple):
    """One field of an entry, as it was saved and as a form has it."""

    label: str
    saved: str
    mine: str
