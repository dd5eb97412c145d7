"""What people write to make a whole entry by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.fields import BillingTypeField, DescriptionField, DurationField, WorkdayField
from billing.forms import ANOTHER_FIGURE
from billing.models import BillingEntry, BillingType, Calculation
from conversations.models import Conversation
from workspaces.durations import parse_duration
from workspaces.models import User
from workspaces.widgets import QuickHidden, QuickSelect

MADE_ALREADY = _("This form has made an entry already. To make another one, save again.")
#: No select holds more conversations than this; from its own page any other can be chosen.
OFFERED_CONVERSATIONS = 200


class ManualEntryForm(forms.Form):
    """A whole entry by hand. Billing type and kind, unless chosen, follow the conversation and the type.

    Each form that is shown has a `submission` of its own, and makes one entry however often it is sent.
    """

    conversation = forms.ModelChoiceField(
        Conversation.objects.none(),
        label=_("Conversation"),
        empty_label=None,
        widget=QuickSelect(attrs={"class": "input"}),
    )
    worked = DurationField(label=_("Time worked"))
    date = WorkdayField(label=_("Date"))
    billing_type = BillingTypeField(label=_("Billing type"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("As the type")), *BillingType.Kind.choices],
        widget=forms.RadioSelect,
    )
    description = DescriptionField(label=_("Description"))
    seen = forms.CharField(required=False, max_length=16, widget=QuickHidden)
    submission = forms.UUIDField(required=False, widget=QuickHidden)

    def __init__(
        self, data: Any = None, *, user: User, now: datetime, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial, auto_id="new-%s")
        self.user = user
        self.is_spent = False
        field: Any = self.fields["conversation"]
        field.queryset = Conversation.objects.visible_to(user).open().with_rules()
        field.choices = self._choices
        self.chosen = self._read("conversation") or (self._latest if data is None else None)
        if self.chosen:
            self.initial["conversation"] = self.chosen.pk
            self.initial.setdefault("date", self.chosen.workspace.local_date(now))
            self._offer_types(self.chosen)

    @cached_property
    def _offered(self) -> dict[int, str]:
        """Those with the latest activity; read only where they are shown, or nothing else is chosen."""
        offered = Conversation.objects.visible_to(self.user).open()
        # The customers of these alone are read, and not of all that they are the latest of.
        latest = offered.filter(pk__in=offered.values("pk")[:OFFERED_CONVERSATIONS])
        named = latest.values_list("pk", "subject", "customer__name")
        return {pk: f"#{pk} {subject} · {customer}" for pk, subject, customer in named}

    @property
    def _latest(self) -> Conversation | None:
        found: Any = self.fields["conversation"]
        return found.queryset.filter(pk=next(iter(self._offered))).first() if self._offered else None

    def _choices(self) -> Iterable[tuple[int, str]]:
        chosen = {self.chosen.pk: f"{self.chosen} · {self.chosen.customer}"} if self.chosen else {}
        return (self._offered | chosen).items()

    def _offer_types(self, conversation: Conversation) -> None:
        types: Any = self.fields["billing_type"]
        types.queryset = BillingType.objects.choices_in(conversation.workspace_id)
        # Translators: the conversation’s billing type, as in "The conversation’s (Support)".
        named, none = gettext("The conversation’s (%(type)s)"), gettext("The conversation’s (none)")
        billing_type = conversation.effective_billing_type
        types.empty_label = named % {"type": billing_type} if billing_type else none

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
            raise ValidationError(_("Write how long you worked."))
        return self.cleaned_data["worked"]

    def clean(self) -> dict[str, Any]:
        seen = self.cleaned_data.get("seen")
        if seen and self.rule and self.rule.fingerprint != seen:
            self.add_error(None, ANOTHER_FIGURE)
        if not self.errors and self._has_made_another():
            self.is_spent = True
            self.add_error(None, MADE_ALREADY)
        return self.cleaned_data

    def _has_made_another(self) -> bool:
        """Whether its submission made an entry already that is not (any more) what the form makes now."""
        sent = self.cleaned_data["submission"]
        made = BillingEntry.objects.filter(submission=sent).first() if sent else None
        if made is None:
            return False
        gone = made.state == BillingEntry.State.DISCARDED
        return gone or any(getattr(made, name) != value for name, value in self._facts.items())

    @property
    def next_submission(self) -> UUID:
        """For the field `submission` of the form as it is shown now."""
        sent = self.cleaned_data.get("submission") if self.is_bound else None
        return uuid4() if sent is None or self.is_spent else sent

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

    @property
    def _facts(self) -> dict[str, Any]:
        """What the entry says that the valid form makes."""
        values = self.cleaned_data
        return {
            "user": self.user,
            "conversation": values["conversation"],
            "billing_type": values["billing_type"] or values["conversation"].effective_billing_type,
            "raw_seconds": values["worked"],
            "date": values["date"],
            "kind": values["kind"] or (self.rule and self.rule.kind),
            "description": values["description"],
        }

    def save(self, *, now: datetime) -> BillingEntry:
        """Make the entry, which its agent has confirmed by making it. What is sent twice makes one."""
        facts = self._facts
        return BillingEntry.objects.prepare_once(
            submission=self.cleaned_data["submission"],
            day=facts.pop("date"),
            now=now,
            reason="Entered by hand",
            by_hand=True,
            confirmed_at=now,
            **facts,
        )
