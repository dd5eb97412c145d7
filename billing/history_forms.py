"""What a manager asks of the history."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from billing.filters import Filters, PersonField, PickField, choose
from billing.models import BillingEntry, BillingType
from billing.moments import microseconds_of, moment_of
from conversations.models import Customer
from workspaces.models import Membership, User, Workspace


@dataclass(frozen=True)
class Cursor:
    """The place in the history after which a page begins: what was done at one moment has an order too."""

    moment: datetime
    kind: str
    record_id: int

    FORM = re.compile(r"([0-9]{1,16})-([a-z]{1,12})-([0-9]{1,18})")

    def __str__(self) -> str:
        return f"{microseconds_of(self.moment)}-{self.kind}-{self.record_id}"


class CursorField(forms.Field):
    widget = forms.HiddenInput
    default_error_messages = {"invalid": _("There is no such page.")}

    def to_python(self, value: Any) -> Cursor | None:
        if not value:
            return None
        match = Cursor.FORM.fullmatch(value)
        if match is None or match[2] not in HistoryFilters.KINDS:
            raise ValidationError(self.error_messages["invalid"])
        return Cursor(moment_of(int(match[1])), match[2], int(match[3]))


class HistoryFilters(Filters):
    """Which changes are shown. One that makes no sense is an error, and then nothing is."""

    KINDS = {
        "": _("Every kind"),
        "entry": _("Entries"),
        "type": _("Billing types"),
        "workspace": _("Workspace settings"),
        "membership": _("Memberships"),
        "customer": _("Customers"),
    }

    kind = choose(_("Kind"), KINDS)
    person = PersonField(_("By"), _("By everybody"))
    workspace = PickField(_("Workspace"), _("Every workspace"), Workspace.objects.none())
    entry = forms.ModelChoiceField(
        BillingEntry.objects.none(), label=_("Entry"), required=False, widget=forms.HiddenInput
    )
    before = CursorField(label=_("Page"), required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data, auto_id="filter-%s")
        fields: dict[str, Any] = self.fields
        fields["person"].queryset = authors(user.managed_ids)
        fields["workspace"].queryset = Workspace.objects.managed_by(user)
        entries = BillingEntry.objects.reviewable_by(user)
        fields["entry"].queryset = entries.select_related("conversation__customer")
        self.is_valid()

    @property
    def chosen_entry(self) -> BillingEntry | None:
        return self.chosen("entry")

    @property
    def chosen_page(self) -> Cursor | None:
        return self.chosen("before")

    @property
    def are_set(self) -> bool:
        return bool(self.errors or any(map(self.chosen, ("kind", "person", "workspace", "entry"))))


def authors(workspace_ids: list[int]) -> Any:
    """Everybody who ever changed something in these workspaces, whether they (still) belong there or not."""
    scope = {"history_user": OuterRef("pk"), "workspace__in": workspace_ids}
    of_workspace = {"history_user": OuterRef("pk"), "id__in": workspace_ids}
    wrote = Q(Exists(Workspace.history.filter(**of_workspace)))
    for model in (BillingEntry, BillingType, Membership, Customer):
        wrote |= Q(Exists(model.history.filter(**scope)))
    return User.objects.filter(wrote).order_by("last_name", "first_name", "username")
