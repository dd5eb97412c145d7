"""What the filters of a list of entries or of their history are made of."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext

from workspaces.fields import PickField
from workspaces.models import User
from workspaces.widgets import QuickDate, QuickSelect


def choose(name: Any, choices: dict[str, Any], **attributes: str) -> forms.ChoiceField:
    """A select without a label beside it; the first choice is the one that stands if nothing is sent."""
    return forms.ChoiceField(
        label=name, choices=list(choices.items()), required=False, widget=_select(name, **attributes)
    )


def pick(name: Any, every: Any, records: type[Model], field: type[PickField] = PickField) -> PickField:
    """The same of records, which the form names as its user's; `every` stands for all of them."""
    none = records._default_manager.none()
    return field(none, label=name, required=False, empty_label=every, widget=_select(name))


class PersonField(PickField):
    def label_from_instance(self, person: User) -> str:
        return person.display_name


class DayField(forms.DateField):
    def __init__(self, name: Any) -> None:
        widget = QuickDate({"class": "input", "type": "date", "aria-label": name}, format="%Y-%m-%d")
        super().__init__(label=name, required=False, input_formats=["%Y-%m-%d"], widget=widget)


def _select(name: Any, **attributes: str) -> forms.Select:
    return QuickSelect(attrs={"class": "input", "aria-label": name} | attributes)


class Filters(forms.Form):
    """What is asked for. What makes no sense is an error, and then nothing is shown."""

    def chosen(self, name: str) -> Any:
        return self.cleaned_data.get(name)

    def clean(self) -> dict[str, Any]:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since > until:
            self.add_error("until", gettext("The last day is before the first."))
        return self.cleaned_data
