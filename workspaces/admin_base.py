"""What the admin pages of all apps share: forms bound to a workspace, facts, and a history to read."""

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import display_for_field
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import HistoricalRecordContextHelper

SHOWN_PROTECTED = 20


def is_key(model: type[Model], value: Any) -> bool:
    """Whether a record of the model could have this key: neither "abc" nor 10**30."""
    try:
        model._meta.pk.clean(value, None)
    except ValidationError:
        return False
    return True


class CarefulSelect(AutocompleteSelect):
    """Looks up what is chosen only if it can be."""

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        model = self.field.remote_field.model
        return super().optgroups(name, [each for each in value if is_key(model, each)], attrs)


class Autocompleting(BaseModelAdmin):
    """Mixed into an admin or an inline with `autocomplete_fields`, which are then chosen with care."""

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.autocomplete_fields:
            kwargs["widget"] = CarefulSelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class WorkspaceBoundForm(forms.ModelForm):
    """For what belongs to one workspace for good, and may have a billing type of that workspace."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bound = self.instance.pk is not None
        if bound and "workspace" in self.fields:
            # Not a read-only field: those take no part in the check that the name is unique.
            self.fields["workspace"].disabled = True
        field: Any = self.fields.get("billing_type")
        if field and bound:
            field.queryset = field.queryset.choices_in(self.instance.workspace_id, self.instance.billing_type)
        elif field:
            field.queryset = field.queryset.active().select_related("workspace")
            field.label_from_instance = lambda billing_type: f"{billing_type}, {billing_type.workspace}"


class NoBulkDelete(admin.ModelAdmin):
    """What is billed protects what it refers to: no selection is deleted, one thing if nothing needs it."""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, set[str], list[Any]]:
        deleted, counts, missing_permissions, protected = super().get_deleted_objects(objs, request)
        if protected:
            # No permission would help. And there may be thousands.
            missing_permissions = set()
            hidden = len(protected) - SHOWN_PROTECTED
            protected = protected[:SHOWN_PROTECTED]
            if hidden > 0:
                more = ngettext("and %(count)s more", "and %(count)s more", hidden)
                protected.append(more % {"count": hidden})
        return deleted, counts, missing_permissions, protected


class ReadOnly:
    """Mixed into an admin or an inline: a record of what happened, for whoever may view it."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyRows(ReadOnly, admin.TabularInline):
    template = "admin/_facts.html"


class LabelledFormSet(forms.BaseInlineFormSet):
    """Names the fields of its rows, of which only the head of a column tells what they are."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():
            field.widget.attrs.setdefault("aria-label", str(field.label))


class Changes(HistoricalRecordContextHelper):
    """Writes the values of a history as its pages do."""

    #: Fields whose changes say nothing that the others do not.
    left_out: frozenset[str] = frozenset()

    def context_for_delta_changes(self, delta: Any) -> list[dict[str, Any]]:
        told = [change for change in delta.changes if change.field not in self.left_out]
        return super().context_for_delta_changes(replace(delta, changes=told))

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if getattr(value, "pk", value) is None:
            return "–"
        return display_for_field(value, self.model._meta.get_field(change.field), "–")


class HistoryAdmin(SimpleHistoryAdmin):
    """With a history to read: who, when, what. Nothing is reverted, that would go round the rules."""

    object_history_list_template = "admin/_history.html"
    changes: type[Changes] = Changes

    def get_urls(self) -> list[Any]:
        return admin.ModelAdmin.get_urls(self)  # without the form that reverts

    def revert_disabled(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True

    def get_historical_record_context_helper(self, request: HttpRequest, historical_record: Any) -> Changes:
        return self.changes(self.model, historical_record)

    def get_history_queryset(self, *args: Any) -> QuerySet[Any]:
        # As it was written, also where the clock was set back meanwhile.
        return super().get_history_queryset(*args).order_by("-history_id")

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not (object_id.isdecimal() and len(object_id) <= 18):
            raise Http404
        return super().history_view(request, object_id, extra_context)
