"""What the filters of a list of entries or of their history are made of."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import gettext

from workspaces.models import User
from workspaces.widgets import FirstOnes, QuickDate, QuickSelect


def choose(name: Any, choices: dict[str, Any], **attributes: str) -> forms.ChoiceField:
    """A select without a label beside it; the first choice is the one that stands if nothing is sent."""
    return forms.ChoiceField(
        label=name, choices=list(choices.items()), required=False, widget=_select(name, **attributes)
    )


class PickField(forms.ModelChoiceField):
    """The same of records, which the form names as its user's; `every` stands for all of them.

    Only the first ones are offered, but any of them can be asked for.
    """

    iterator = FirstOnes
    chosen: Model | None = None
    offered: QuerySet[Any] | None = None

    def __init__(self, name: Any, every: Any, records: QuerySet[Model], *, grouped: bool = False) -> None:
        self.grouped = grouped
        super().__init__(records, label=name, required=False, empty_label=every, widget=_select(name))

    def clean(self, value: Any) -> Any:
        self.chosen = super().clean(value)
        return self.chosen


class PersonField(PickField):
    def __init__(self, name: Any, every: Any) -> None:
        super().__init__(name, every, User.objects.none())

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
