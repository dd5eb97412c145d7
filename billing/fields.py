"""Form fields of entries."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from billing.models import BillingEntry, BillingType
from workspaces.durations import parse_duration
from workspaces.fields import PlainTextField
from workspaces.widgets import QuickDate, QuickInput, QuickSelect


class DurationField(forms.CharField):
    """A length of time as people write it; cleaned, whole seconds."""

    def __init__(self, **options: Any) -> None:
        widget = QuickInput(attrs={"class": "input", "autocomplete": "off"})
        super().__init__(widget=widget, help_text=_("1:30, 90m or 1.5h"), **options)

    def clean(self, value: Any) -> int:
        try:
            return parse_duration(super().clean(value))
        except ValueError as error:
            raise ValidationError(str(error)) from error


class DescriptionField(PlainTextField):
    """What was done."""

    def __init__(self, **options: Any) -> None:
        longest = BillingEntry._meta.get_field("description").max_length
        text = _("On a service charge, the customer reads this.")
        super().__init__(max_length=longest, help_text=text, **options)


class WorkdayField(forms.DateField):
    """The day of the work, in this century."""

    def __init__(self, **options: Any) -> None:
        text = _("Choose a day from 2000 to 2099.")
        century = [MinValueValidator(date(2000, 1, 1), text), MaxValueValidator(date(2099, 12, 31), text)]
        widget = QuickDate({"class": "input", "type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], validators=century, **options)


class BillingTypeField(forms.ModelChoiceField):
    def __init__(self, **options: Any) -> None:
        widget = QuickSelect(attrs={"class": "input"})
        super().__init__(BillingType.objects.none(), widget=widget, **options)
