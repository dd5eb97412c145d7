"""Form fields for what people write and for what they choose."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet, Value
from django.utils.functional import cached_property

from workspaces.models import User
from workspaces.widgets import FirstOnes, QuickTextarea

#: No select holds more. What else there is has a page with a link, and an address can name it.
OFFERED = 200


class PlainTextField(forms.CharField):
    """Text of several lines, in `rows` rows; a line break counts as one character, as browsers count it."""

    def __init__(self, *, rows: int = 2, **options: Any) -> None:
        options.setdefault("widget", QuickTextarea(attrs={"class": "input", "rows": rows}))
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")


class PickField(forms.ModelChoiceField):
    """Any of the rows can be chosen, but only the first ones are offered, beside the one that is chosen."""

    iterator = FirstOnes
    chosen: Model | None = None
    #: If they are others than those that can be chosen.
    offered: QuerySet[Any] | None = None
    #: Whether they stand under the names of their workspaces.
    _is_grouped = False
    #: The columns that say a label and a group, where they are all that is to be read.
    _names: tuple[Any, ...] = ()

    @cached_property
    def first_ones(self) -> list[tuple[Any, str, str]]:
        """As many as a select holds, each with its label and its group ("": none).

        Read once, when the form has said of which.
        """
        rows: Any = self.queryset if self.offered is None else self.offered
        if self._names:
            # No instances, of which no more than that would be shown.
            return list(rows.values_list("pk", *self._names)[:OFFERED])
        return [(row.pk, self.label_from_instance(row), "") for row in rows[:OFFERED]]

    @property
    def beside(self) -> tuple[Any, str, str] | None:
        """The chosen one, as one of `first_ones`."""
        if self.chosen is None:
            return None
        group = self.chosen.workspace.name if self._is_grouped else ""  # type: ignore[attr-defined]
        return self.chosen.pk, self.label_from_instance(self.chosen), group

    def clean(self, value: Any) -> Any:
        self.chosen = super().clean(value)
        return self.chosen

    def choose(self, value: Any) -> None:
        """What is chosen as long as nothing is sent; what makes no sense is passed over."""
        with suppress(ValidationError):
            self.chosen = self.to_python(value)

    def offer(self, rows: QuerySet[Any], user: User) -> None:
        """Hold these rows, which have names; under those of the workspaces if the user is in several."""
        self._is_grouped = len(user.workspace_ids) > 1
        groups = ["workspace__name", "workspace"] if self._is_grouped else []
        self._names = ("name", "workspace__name" if self._is_grouped else Value(""))
        rows = rows.select_related("workspace") if self._is_grouped else rows
        self.queryset = rows.order_by(*groups, "name", "pk")
