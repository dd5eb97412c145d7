"""The admin's form of a billing type, in which a rate is written as people write money."""

from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from billing.models.billing_type import HIGHEST_RATE, BillingType
from workspaces.admin_base import WorkspaceBoundForm
from workspaces.money import as_decimal, format_amount, format_money


def minor_units(rate: Decimal, currency: str) -> int:
    """Decimal("120.00") in EUR is 12000. Raises ValidationError for what is no rate in that currency."""
    decimals = get_currency_precision(currency)
    if rate < 0:
        raise ValidationError(_("A rate is not negative."))
    if rate > as_decimal(HIGHEST_RATE, currency):
        highest = format_money(HIGHEST_RATE, currency)
        raise ValidationError(_("A rate is at most %(highest)s."), params={"highest": highest})
    exponent = rate.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > decimals:
        example = format_amount(120 * 10**decimals, currency)
        none = gettext("%(currency)s has no decimals. Write it like %(example)s.")
        some = ngettext(
            "%(currency)s has %(n)s decimal. Write it like %(example)s.",
            "%(currency)s has %(n)s decimals. Write it like %(example)s.",
            decimals,
        )
        told = {"currency": currency, "n": decimals, "example": example}
        raise ValidationError(some if decimals else none, params=told)
    return int(rate.scaleb(decimals)) if rate else 0


class BillingTypeForm(WorkspaceBoundForm):
    rate = forms.DecimalField(
        label=capfirst(_("rate")),
        # With the decimal comma of the language, as the example that an error gives; a point is read as well.
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 12, "autocomplete": "off"}),
        help_text=_("In the currency of the workspace, such as 120.00."),
    )
    archived = forms.BooleanField(
        label=pgettext_lazy("state", "Archived"),
        required=False,
        help_text=_(
            "Offered no longer, and new timers pass over it. Timers and entries that have it keep it."
        ),
    )

    class Meta:
        labels = {
            "unit": pgettext_lazy("unit", "Per"),
            "increment_minutes": _("Increment, minutes"),
            "minimum_minutes": _("Minimum, minutes"),
            "maximum_minutes": _("Maximum, minutes"),
        }
        help_texts = dict.fromkeys(labels, "")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.initial["rate"] = None
            return
        currency = self.instance.workspace.currency
        self.initial["rate"] = as_decimal(self.instance.rate, currency)
        self.initial["archived"] = self.instance.archived_at is not None
        if "rate" in self.fields:
            self.fields["rate"].label = gettext("Rate, %(currency)s") % {"currency": currency}
            self.fields["rate"].help_text = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        rate, workspace = cleaned.pop("rate", None), cleaned.get("workspace")
        if rate is not None and workspace:
            try:
                cleaned["rate"] = minor_units(rate, workspace.currency)
            except ValidationError as error:
                self.add_error("rate", error)
        if not cleaned.get("archived"):
            self.instance.archived_at = None
        elif self.instance.archived_at is None:
            self.instance.archived_at = timezone.now()
        return cleaned


class RuleForm(BillingTypeForm):
    """A rule that is still being filled in, and never saved. Without a workspace or a rate it rounds too."""

    archived = None  # type: ignore[assignment]

    class Meta(BillingTypeForm.Meta):
        model = BillingType
        fields = [
            "workspace", "rate", "unit", "rounding", "increment_minutes", "minimum_minutes", "maximum_minutes"
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("workspace", "rate"):
            self.fields[name].required = False

    @property
    def is_priced(self) -> bool:
        """Of a valid form: whether it says what a unit costs."""
        return "rate" in self.cleaned_data
