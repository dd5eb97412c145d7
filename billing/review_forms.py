"""What a reviewer sends: the filters of the queue, which entries, and what is decided on them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.filters import DayField, Filters, choose
from billing.flags import FLAGS
from billing.models import BillingEntry
from billing.models.entry_queryset import BillingEntryQuerySet
from billing.names import NameField, agents_in, customers_in, offered_in
from workspaces.fields import PlainTextField
from workspaces.models import User
from workspaces.widgets import QuickHidden

State = BillingEntry.State


class ReviewFilters(Filters):
    """Which entries the queue shows, and how. One that makes no sense is an error, and then nothing matches:
    what is approved by a filter must never be more than the reviewer asked for.
    """

    DATES = {
        "": _("All dates"),
        "week": _("This week"),
        "last-week": _("Last week"),
        "month": _("This month"),
        "last-month": _("Last month"),
        "range": _("From … to …"),
    }
    FLAGS = {
        "": _("Any flag"),
        "flagged": _("Flagged"),
        **{flag.name: flag.label for flag in FLAGS},
        "unflagged": _("No flags"),
    }
    GROUPS = {"agent": _("By agent"), "customer": _("By customer"), "day": _("By day")}
    SORTS = {
        "": _("Newest first"),
        "oldest": _("Oldest first"),
        "billed": _("Most billed first"),
        "amount": _("Largest amount first"),
    }

    state = forms.ChoiceField(label=_("State"), choices=State.choices, required=False)
    agent = NameField(_("Agent"), _("Every agent"), "last_name", "first_name", "username")
    customer = NameField(_("Customer"), _("Every customer"), "name")
    dates = choose(_("Dates"), DATES)
    since = DayField(pgettext_lazy("dates", "From"))
    until = DayField(pgettext_lazy("dates", "To"))
    flag = choose(_("Flags"), FLAGS)
    group = choose(_("Group by"), GROUPS, **{"class": "input end"})
    sort = forms.ChoiceField(label=_("Sort"), choices=list(SORTS.items()), required=False, widget=QuickHidden)

    def __init__(self, data: Any, *, user: User, today: date) -> None:
        super().__init__(data, auto_id="filter-%s")
        self.user = user
        self.today = today
        agents, customers = offered_in(user.managed_ids)
        fields: dict[str, Any] = self.fields
        fields["agent"].offer(agents, agents_in(user.managed_ids))
        fields["customer"].offer(customers, customers_in(user.managed_ids))
        self.is_valid()

    @property
    def state_name(self) -> str:
        return self.chosen("state") or State.NEW

    @property
    def group_name(self) -> str:
        return self.chosen("group") or "agent"

    @property
    def sort_name(self) -> str:
        return self.chosen("sort") or ""

    @property
    def asks_for_days(self) -> bool:
        return self.chosen("dates") == "range"

    @property
    def are_set(self) -> bool:
        """Whether anything is left out but for the state."""
        return bool(self.errors or any(map(self.chosen, ("agent", "customer", "dates", "flag"))))

    @property
    def span(self) -> tuple[date | None, date | None]:
        """The first and the last day that is shown; None where there is no bound."""
        monday = self.today - timedelta(days=self.today.weekday())
        first = self.today.replace(day=1)
        before = first - timedelta(days=1)
        return {
            "week": (monday, monday + timedelta(days=6)),
            "last-week": (monday - timedelta(days=7), monday - timedelta(days=1)),
            "month": (first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)),
            "last-month": (before.replace(day=1), before),
            "range": (self.chosen("since"), self.chosen("until")),
        }.get(self.chosen("dates") or "", (None, None))

    def found(self) -> BillingEntryQuerySet:
        """All that the filters leave, whatever the state."""
        found = BillingEntry.objects.reviewable_by(self.user)
        if self.errors:
            return found.none()
        first, last = self.span
        wanted = {
            "user__in": self.chosen("agent"),
            "customer__in": self.chosen("customer"),
            "date__gte": first,
            "date__lte": last,
        }
        found = found.filter(**{lookup: value for lookup, value in wanted.items() if value})
        return self._flagged(found)

    def _flagged(self, found: BillingEntryQuerySet) -> BillingEntryQuerySet:
        chosen = self.chosen("flag")
        if chosen == "flagged":
            return found.flagged()
        if chosen == "unflagged":
            return found.unflagged()
        return found.filter(*(flag.condition for flag in FLAGS if flag.name == chosen))


class VersionsField(forms.Field):
    """Entries as the reviewer saw them, each as "id:version"; cleaned, the versions by id."""

    ONE = re.compile(r"([0-9]{1,18}):([0-9]{1,9})")
    widget = forms.MultipleHiddenInput
    default_error_messages = {
        "required": _("Choose an entry first."),
        "invalid": _("This is not an entry of yours to review. Nothing was changed."),
    }

    def to_python(self, value: Iterable[str] | None) -> dict[int, int]:
        found = [self.ONE.fullmatch(each) for each in value or ()]
        if not all(found):
            raise ValidationError(self.error_messages["invalid"])
        return {int(match[1]): int(match[2]) for match in found if match}


class DecisionForm(forms.Form):
    """What is decided on which entries."""

    VERBS = ("approve", "ask", "return", "discard", "reinstate")

    decision = forms.ChoiceField(
        choices=[(verb, verb) for verb in VERBS],
        error_messages={
            "required": _("Choose what to decide."),
            "invalid_choice": _("There is no such decision."),
        },
    )
    entry = VersionsField()

    @property
    def problem(self) -> str:
        return " ".join(str(text) for texts in self.errors.values() for text in texts)


class VersionForm(forms.Form):
    """Which version of a single entry was shown; None if the form did not say."""

    version = forms.IntegerField(required=False, min_value=0, max_value=10**9)


class ReturnForm(forms.Form):
    """Why an entry goes back to its agent."""

    comment = PlainTextField(
        label=_("Comment"),
        max_length=BillingEntry._meta.get_field("return_comment").max_length,
        widget=forms.Textarea(attrs={"class": "input", "rows": 4, "autofocus": True}),
        error_messages={"required": _("Write what should change.")},
    )
