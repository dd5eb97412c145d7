"""What people write about an entry that there is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
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
from workspaces.widgets import QuickHidden

ANOTHER_FIGURE = _("The rule gives another figure than the one you saw. Check it and save again.")


class EntryForm(forms.Form):
    """Changes to an entry, with the figures that follow from them.

    Nobody saves a figure that they have not seen. Under a rule other than the one that the form showed last
    (a billing type chosen without JavaScript, or edited meanwhile) it is not valid, shows the new figure, and
    is valid once that is sent. A billed time that was left as it was filled in follows the new rule.
    """

    kind = forms.ChoiceField(label=_("Kind"), choices=BillingType.Kind.choices, widget=forms.RadioSelect)
    billing_type = BillingTypeField(label=_("Billing type"), empty_label=None)
    billed = DurationField(label=_("Billed time"))
    date = WorkdayField(label=_("Date"))
    description = DescriptionField(label=_("Description"), required=False)
    version = forms.IntegerField(widget=QuickHidden)
    seen = forms.RegexField(r"^[0-9a-f]{16}-[0-9]{1,12}$", required=False, widget=QuickHidden)

    def __init__(
        self, data: Any = None, *, entry: BillingEntry, offered: Sequence[BillingType] | None = None
    ) -> None:
        self.entry = entry
        #: The billed seconds that the form filled in last; what the person wrote instead is their choice.
        self.filled_in = entry.billed_seconds
        self.billed_follows = False
        initial = {
            "kind": entry.kind,
            "billing_type": entry.billing_type_id,
            "billed": format_input(entry.billed_seconds),
            "date": entry.date,
            "description": entry.description,
            "version": entry.version,
        }
        super().__init__(data, initial=initial, auto_id="entry-%s")
        types: Any = self.fields["billing_type"]
        types.queryset = BillingType.objects.choices_in(entry.workspace_id, entry.billing_type)
        if offered is not None and entry.billing_type in (None, *offered):
            # Known already, and not to be read again only to be shown.
            types.choices = [(each.pk, str(each)) for each in offered]
        if entry.billing_type is None:
            types.required, types.empty_label = False, entry.rule_name

    def clean(self) -> dict[str, Any]:
        values, rule = self.cleaned_data, self.rule
        fingerprint, _, filled_in = (values.get("seen") or self._seen_at_first).partition("-")
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
    def _seen_at_first(self) -> str:
        return f"{self.entry.rule_then.fingerprint}-{self.entry.billed_seconds}"

    @property
    def showing(self) -> str:
        """For the field `seen`: the rule of the figures as the form shows them now, and what it filled in."""
        return f"{self.rule.fingerprint}-{self.filled_in}" if self.rule else self["seen"].value() or ""

    @property
    def _changes_rule(self) -> bool:
        chosen = self.cleaned_data["billing_type"] if self.is_bound else None
        return chosen not in (None, self.entry.billing_type)

    @property
    def rule(self) -> BillingType | None:
        """The entry's own as it was, or another billing type's as it is; None if the choice is none."""
        if self.is_bound and "billing_type" not in self.cleaned_data:
            return None
        return self.cleaned_data["billing_type"] if self._changes_rule else self.entry.rule_then

    @property
    def calculation(self) -> Calculation | None:
        """What the form comes to; None while its billing type or its billed time cannot be read."""
        billed = self.cleaned_data.get("billed") if self.is_bound else self.entry.billed_seconds
        if self.rule is None or billed is None:
            return None
        return self.rule.calculate(self.entry.raw_seconds, chosen_seconds=billed, by_hand=self.entry.by_hand)

    @property
    def is_charge(self) -> bool:
        return self["kind"].value() == BillingType.Kind.SERVICE

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
