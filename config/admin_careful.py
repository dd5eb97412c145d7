"""Takes addresses and forms that are only sent by hand: refused or passed over, never an error of ours."""

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, ORDER_VAR, SEARCH_VAR, ChangeList
from django.core.exceptions import BadRequest, FieldDoesNotExist, ValidationError
from django.db import DataError
from django.db.models import F, Model, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.db.models.lookups import IsNull
from django.http import HttpRequest
from django.utils.translation import gettext as _

from workspaces.admin_base import is_key

#: What lists link to by themselves. Others, as regular expressions, would be for the database to refuse.
LOOKUPS = {"exact", "isnull", "isempty", "gte", "lt", "year", "month", "day"}


#: More than a column holds: SQLite cannot be asked for it, PostgreSQL finds nothing.
TOO_LONG = re.compile(r"-?[0-9]{19,}")


class CarefulChoices(forms.ModelMultipleChoiceField):
    def clean(self, value: Any) -> Any:
        """What can be no key is told as what is none: how long a key is depends on the database."""
        chosen: Any = self.queryset
        for each in value or []:
            if not is_key(chosen.model, each):
                message = self.error_messages["invalid_choice"]
                raise ValidationError(message, code="invalid_choice", params={"value": each})
        return super().clean(value)


class CarefulList(ChangeList):
    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """Rows without a value come last, or descending first: each database has an order of its own.

        What is not to be sorted is not, whatever the address says.
        """
        if not self.sortable_by:
            self.params.pop(ORDER_VAR, None)
        return [each for part in super().get_ordering(request, queryset) for each in self._with_gaps(part)]

    def _with_gaps(self, part: Any) -> list[Any]:
        name = part.removeprefix("-") if isinstance(part, str) else ""
        if name not in [field.name for field in self.lookup_opts.fields if field.null]:
            return [part]
        gap = IsNull(F(name), True)
        return [gap.desc() if part.startswith("-") else gap.asc(), part]


class Careful(admin.ModelAdmin):
    """Mixed into the pages of every model."""

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return ends_well(self.model, lookup) and super().lookup_allowed(lookup, value, request)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """An address that names no field after all means the key."""
        return super().get_object(request, object_id, from_field or None)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CarefulList

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Values that only a database finds impossible lead to the list without them, as others do."""
        try:
            found = super().get_changelist_instance(request)
            asked = [value for key, values in request.GET.lists() if key != SEARCH_VAR for value in values]
            if any(TOO_LONG.fullmatch(value.strip()) for value in asked):
                raise IncorrectLookupParameters
            return found
        except (IncorrectLookupParameters, OverflowError, ValueError, DataError) as error:
            if not request.GET:
                raise
            if ERROR_FLAG in request.GET:
                raise BadRequest(_("This address asks for what cannot be.")) from error
            raise IncorrectLookupParameters from error

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *args: Any) -> Any:
        if not all(is_key(self.model, value) for value in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise BadRequest(_("What was chosen is not in this list."))
        return super().response_action(request, queryset, *args)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, **kwargs | {"form_class": CarefulChoices})


def ends_well(model: type[Model], lookup: str) -> bool:
    """Whether a lookup is a path of fields and at most one of `LOOKUPS`; or is no field's, but a filter's."""
    parts = lookup.split(LOOKUP_SEP)
    related: Any = model
    while parts and related:
        try:
            field = related._meta.get_field("id" if parts[0] == "pk" else parts[0])
        except FieldDoesNotExist:
            break
        parts.pop(0)
        related = field.related_model
    return not parts or related is model or (len(parts) == 1 and parts[0] in LOOKUPS)
