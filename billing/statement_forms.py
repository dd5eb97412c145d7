"""Which statement a manager asks for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.filters import DayField, Filters, choose, pick
from billing.models import ExportBatch
from conversations.models import Customer
from workspaces.models import User
from workspaces.widgets import QuickHidden

#: So many months are offered; what is older is asked for by its days.
MONTHS = 24


class StatementFilters(Filters):
    """Whose charges, of which days or of which batch. What makes no sense is an error, and then nothing is
    shown: nobody should send a customer more, or less, than they meant to.
    """

    customer = pick(_("Customer"), _("Every customer"), Customer)
    dates = choose(_("Dates"), {})
    since = DayField(pgettext_lazy("dates", "From"))
    until = DayField(pgettext_lazy("dates", "To"))
    batch = forms.ModelChoiceField(
        ExportBatch.objects.none(), label=_("Batch"), required=False, widget=QuickHidden
    )

    def __init__(self, data: Any, *, user: User, today: date) -> None:
        super().__init__(data, auto_id="filter-%s")
        self.today = today
        fields: dict[str, Any] = self.fields
        fields["customer"].offer(Customer.objects.filter(workspace__in=user.managed_ids), user)
        fields["batch"].queryset = ExportBatch.objects.reviewable_by(user).standing()
        months = [(f"{first:%Y-%m}", date_format(first, "MONTH_FORMAT")) for first in self._months]
        fields["dates"].choices = [*months, ("range", _("From … to …"))]
        self.is_valid()

    @property
    def _months(self) -> list[date]:
        """The first days of the latest months, this one first."""
        count = self.today.year * 12 + self.today.month - 1
        return [date((count - back) // 12, (count - back) % 12 + 1, 1) for back in range(MONTHS)]

    @property
    def asks_for_days(self) -> bool:
        return self.chosen("dates") == "range" and not self.chosen("batch")

    @property
    def month(self) -> date | None:
        """The first day of the month that is asked for; None if it is other days, or a batch."""
        if self.errors or self.asks_for_days or self.chosen("batch"):
            return None
        year, month = (self.chosen("dates") or f"{self.today:%Y-%m}").split("-")
        return date(int(year), int(month), 1)

    @property
    def last_month(self) -> str:
        return f"{self.today.replace(day=1) - timedelta(days=1):%Y-%m}"

    @property
    def span(self) -> tuple[date | None, date | None]:
        """The first and the last day; None where there is no bound."""
        if self.month:
            following = (self.month + timedelta(days=32)).replace(day=1)
            return self.month, following - timedelta(days=1)
        return (self.chosen("since"), self.chosen("until")) if self.asks_for_days else (None, None)
