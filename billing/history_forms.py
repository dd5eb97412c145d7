"""What a manager asks of the history."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from billing.filters import Filters, PersonField, choose, pick
from billing.latest import united
from billing.models import BillingEntry, BillingType
from conversations.models import Customer
from workspaces.fields import OFFERED
from workspaces.models import Membership, User, Workspace
from workspaces.moments import microseconds_of, moment_of
from workspaces.widgets import QuickHidden


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
    widget = QuickHidden
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
    person = pick(_("By"), _("By everybody"), User, PersonField)
    workspace = pick(_("Workspace"), _("Every workspace"), Workspace)
    entry = forms.ModelChoiceField(
        BillingEntry.objects.none(), label=_("Entry"), required=False, widget=QuickHidden
    )
    before = CursorField(label=_("Page"), required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data, auto_id="filter-%s")
        fields: dict[str, Any] = self.fields
        fields["person"].queryset = authors(user.managed_ids)
        fields["person"].offered = some_authors(user.managed_ids)
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


BY_NAME = ["last_name", "first_name", "username"]
#: Of so many the authors are offered.
MOST_WORKSPACES = 100


def authors(workspace_ids: list[int]) -> QuerySet[User]:
    """Everybody who ever changed something in these workspaces, whether they (still) belong there or not."""
    entries = BillingEntry.history.filter(workspace__in=workspace_ids)
    wrote = [each.filter(history_user=OuterRef("pk")) for each in (entries, *_settled(workspace_ids))]
    return User.objects.filter(reduce(or_, map(Exists, wrote))).order_by(*BY_NAME)


def some_authors(workspace_ids: list[int]) -> QuerySet[User]:
    """The same, but for those beyond `OFFERED` who changed entries of a workspace: it reads no more."""
    some = workspace_ids[:MOST_WORKSPACES]
    settled = [changes.values_list("history_user") for changes in _settled(some)] if some else []
    found = [(AUTHORS_OF_ENTRIES, (workspace, workspace)) for workspace in some]
    sql, values = united([*found, *(changes.query.sql_with_params() for changes in settled)])
    return User.objects.filter(pk__in=RawSQL(sql, values) if some else []).order_by(*BY_NAME)  # noqa: S611


def _settled(workspace_ids: list[int]) -> list[QuerySet[Any]]:
    """The changes of what changes rarely."""
    models = BillingType, Membership, Customer
    of_settings = Workspace.history.filter(id__in=workspace_ids)
    others = [model.history.filter(workspace__in=workspace_ids) for model in models]
    return [changes.order_by() for changes in (of_settings, *others)]


# From one author to the next, each by one look into the index; all changes would be millions.
AUTHORS_OF_ENTRIES = f"""
    WITH RECURSIVE author(id) AS (
        SELECT MIN(history_user_id) FROM {{table}} WHERE workspace_id = %s
        UNION ALL
        SELECT (
            SELECT MIN(history_user_id) FROM {{table}}
            WHERE workspace_id = %s AND history_user_id > author.id
        ) FROM author WHERE author.id IS NOT NULL
    )
    SELECT id FROM author WHERE id IS NOT NULL LIMIT {OFFERED}
""".format(table=BillingEntry.history.model._meta.db_table)  # noqa: S608
