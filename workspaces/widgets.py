"""Widgets that are written without a template, which takes longer than all the rest of a form."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from workspaces.fields import PickField


class Written:
    """An <input> as Django's, in a tenth of the time."""

    def render(self: Any, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        given, shown = flatatt(self.build_attrs(self.attrs, attrs)), self.format_value(value)
        text = "" if shown is None else format_html(' value="{}"', shown)
        return format_html('<input type="{}" name="{}"{}{}>', self.input_type, name, text, given)


class QuickInput(Written, forms.TextInput):
    pass


class QuickHidden(Written, forms.HiddenInput):
    pass


class QuickDate(Written, forms.DateInput):
    pass


class QuickTextarea(forms.Textarea):
    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        given, text = flatatt(self.build_attrs(self.attrs, attrs)), self.format_value(value) or ""
        return format_html('<textarea name="{}"{}>\n{}</textarea>', name, given, text)


class QuickSelect(forms.Select):
    """As Django's, whose template takes thirty times as long for an option."""

    def use_required_attribute(self, initial: Any) -> bool:
        # It looks at the first of them, for which they would be read twice; nor need they be counted (iter).
        self.choices = list(iter(self.choices))
        return super().use_required_attribute(initial)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = self.format_value(value)
        options = SafeString("".join(_written(each, label, chosen) for each, label in self.choices))
        given = flatatt(self.build_attrs(self.attrs, attrs))
        return format_html('<select name="{}"{}>{}\n</select>', name, given, options)


def _written(value: Any, label: Any, chosen: list[str]) -> str:
    if isinstance(label, list | tuple):
        options = "".join(_written(key, name, chosen) for key, name in label)
        return f'\n<optgroup label="{conditional_escape(value)}">{options}\n</optgroup>'
    text = "" if value is None else str(value)
    selected = " selected" if text in chosen else ""
    # What is no more than a text takes a tenth of the time without looking whether it is.
    shown = escape(label) if type(label) is str else conditional_escape(label)
    return f'\n<option value="{escape(text)}"{selected}>{shown}</option>'


class FirstOnes(forms.models.ModelChoiceIterator):
    """The `first_ones` of a PickField, and of others the one that is chosen.

    They are in groups under the names of their workspaces if the field says so, unless those are one.
    """

    field: PickField

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        found = list(self.field.first_ones)
        if (chosen := self.field.beside) and chosen[0] not in (pk for pk, *_ in found):
            found.append(chosen)
        groups = [(name, list(rows)) for name, rows in groupby(found, itemgetter(2))]
        for name, rows in groups:
            choices = [(pk, label) for pk, label, _ in rows]
            if len(groups) == 1:
                yield from choices
            else:
                yield name, choices
