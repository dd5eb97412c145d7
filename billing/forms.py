"""What people write about entries: a change to one, or a whole one by hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.formats import date_format

from billing.models import BillingEntry, BillingType, Calculation
from conversations.models import Conversation
from workspaces.durations import format_clock, format_input, parse_duration
from workspaces.models import User
from workspaces.money import format_money

ANOTHER_FIGURE = "The rule gives another figure than the one you saw. Check it and save again."
#: No select holds more conversations than this; from its own page any other can be chosen.
OFFERED_CONVERSATIONS = 200


class DurationField(forms.CharField):
    """A length of time as people write it; cleaned, whole seconds."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"class": "input", "autocomplete": "off"})
        super().__init__(widget=widget, help_text="1:30, 90m or 1.5h", **options)

    def clean(self, value: Any) -> int:
        try:
            return parse_duration(super().clean(value))
        except ValueError as error:
            raise ValidationError(str(error)) from error


class DescriptionField(forms.CharField):
    """What was done; a line break counts as one character, as browsers count it."""

    def __init__(self, **options: Any) -> None:
        longest = BillingEntry._meta.get_field("description").max_length
        widget = forms.Textarea(attrs={"class": "input", "rows": 2})
        super().__init__(max_length=longest, widget=widget, **options)

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")


class WorkdayField(forms.DateField):
    """The day of the work, in this century."""

    def __init__(self, **options: Any) -> None:
        text = "Choose a day from 2000 to 2099."
        century = [MinValueValidator(date(2000, 1, 1), text), MaxValueValidator(date(2099, 12, 31), text)]
        widget = forms.DateInput({"class": "input", "type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], validators=century, **options)


class BillingTypeField(forms.ModelChoiceField):
    def __init__(self, **options: Any) -> None:
        widget = forms.Select(attrs={"class": "input"})
        super().__init__(BillingType.objects.none(), widget=widget, **options)


class EntryForm(forms.Form):
    """Changes to an entry, with the figures that follow from them.

    Nobody saves a figure that they have not seen. Under a rule other than the one that the form showed last
    (a billing type chosen without JavaScript, or edited meanwhile) it is not valid, shows the new figure, and
    is valid once that is sent. A billed time that was left as it was filled in follows the new rule.
    """

    kind = forms.ChoiceField(choices=BillingType.Kind.choices, widget=forms.RadioSelect)
    billing_type = BillingTypeField(empty_label=None)
    billed = DurationField(label="Billed time")
    date = WorkdayField()
    description = DescriptionField(required=False, help_text="The customer sees this on the invoice.")
    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.RegexField(r"^[0-9a-f]{16}-[0-9]{1,12}$", required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, entry: BillingEntry) -> None:
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
        if entry.billing_type is None:
            types.required, types.empty_label = False, entry.rule["name"]

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
        """After an EditConflict: what was saved meanwhile beside what this form has, wherever they differ."""
        saved, mine = self.entry, self.cleaned_data
        kinds = dict(BillingType.Kind.choices)
        own_type = mine["billing_type"] or saved.rule["name"]
        rule, result = self.rule, self.calculation
        amount = format_money(result.amount, rule.workspace.currency) if rule and result else ""
        rows = [
            Difference("Kind", kinds[saved.kind], kinds[mine["kind"]]),
            Difference("Billing type", saved.rule["name"], str(own_type)),
            Difference("Date", date_format(saved.date, "j F Y"), date_format(mine["date"], "j F Y")),
            Difference("Billed time", format_clock(saved.billed_seconds), format_clock(mine["billed"])),
            Difference("Description", saved.description, mine["description"]),
            Difference("Amount", format_money(saved.amount, saved.currency), amount),
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


class ManualEntryForm(forms.Form):
    """A whole entry by hand. Billing type and kind, unless chosen, follow the conversation and the type."""

    conversation = forms.ModelChoiceField(
        Conversation.objects.none(), empty_label=None, widget=forms.Select(attrs={"class": "input"})
    )
    worked = DurationField(label="Time worked")
    date = WorkdayField()
    billing_type = BillingTypeField(required=False)
    kind = forms.ChoiceField(
        required=False,
        choices=[("", "As the type"), *BillingType.Kind.choices],
        widget=forms.RadioSelect,
    )
    description = DescriptionField(help_text="The customer sees this on the invoice.")
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, user: User, now: datetime, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial, auto_id="new-%s")
        found = Conversation.objects.visible_to(user).open().with_rules()
        offered = list(found[:OFFERED_CONVERSATIONS])
        field: Any = self.fields["conversation"]
        field.queryset = found
        self.chosen = self._read("conversation") or (offered[0] if offered and data is None else None)
        if self.chosen:
            self.initial["conversation"] = self.chosen.pk
            self.initial.setdefault("date", self.chosen.workspace.local_date(now))
            self._offer_types(self.chosen)
        choices = {each.pk: f"{each} · {each.customer}" for each in [*offered, self.chosen] if each}
        field.choices = choices.items()

    def _offer_types(self, conversation: Conversation) -> None:
        types: Any = self.fields["billing_type"]
        types.queryset = BillingType.objects.choices_in(conversation.workspace_id)
        types.empty_label = f"The conversation’s ({conversation.effective_billing_type or 'none'})"

    @property
    def offers_nothing(self) -> bool:
        return self.chosen is None and not self.is_bound

    def _read(self, name: str) -> Any:
        """The value of a field as the form stands, sent or not; None while it cannot be read."""
        written = self.data if self.is_bound else self.initial
        try:
            return self.fields[name].clean(written.get(name))
        except ValidationError:
            return None

    @property
    def unreadable(self) -> str:
        """What is accepted as time worked, if something else is written there."""
        worked = self["worked"].value()
        try:
            parse_duration(worked or "0")
        except ValueError as error:
            return str(error)
        return ""

    def clean_worked(self) -> int:
        if not self.cleaned_data["worked"]:
            raise ValidationError("Write how long you worked.")
        return self.cleaned_data["worked"]

    def clean(self) -> dict[str, Any]:
        seen = self.cleaned_data.get("seen")
        if seen and self.rule and self.rule.fingerprint != seen:
            self.add_error(None, ANOTHER_FIGURE)
        return self.cleaned_data

    @property
    def rule(self) -> BillingType | None:
        """What the time would be billed under; None while no conversation is chosen."""
        if self.chosen is None:
            return None
        chosen_type = self._read("billing_type") or self.chosen.effective_billing_type
        return chosen_type or BillingType.plain(self.chosen.workspace)

    @property
    def calculation(self) -> Calculation | None:
        """What the form comes to; None while it cannot be said."""
        worked = self._read("worked")
        return self.rule.calculate(worked, by_hand=True) if self.rule and worked else None

    @property
    def showing(self) -> str:
        """For the field `seen`: the rule whose figures the form shows now, if it shows any."""
        return self.rule.fingerprint if self.rule and self.calculation else ""

    @property
    def is_charge(self) -> bool:
        kind = self._read("kind") or (self.rule and self.rule.kind)
        return kind == BillingType.Kind.SERVICE

    def save(self, *, by: User, now: datetime) -> BillingEntry:
        """Make the entry, which its agent has confirmed by making it."""
        values = self.cleaned_data
        return BillingEntry.objects.prepare(
            user=by,
            conversation=values["conversation"],
            billing_type=values["billing_type"] or values["conversation"].effective_billing_type,
            raw_seconds=values["worked"],
            day=values["date"],
            kind=values["kind"],
            description=values["description"],
            now=now,
            reason="Entered by hand",
            by_hand=True,
            confirmed_at=now,
        )
