"""What the queue says of many entries at once. Each sentence whole, because a state bends with its noun."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from billing.models import BillingEntry

State = BillingEntry.State

#: The states to choose from, as what many entries are.
TABS: dict[str, Any] = {
    State.NEW: pgettext_lazy("entries", "New"),
    State.RETURNED: pgettext_lazy("entries", "Returned"),
    State.APPROVED: pgettext_lazy("entries", "Approved"),
    State.INVOICED: pgettext_lazy("entries", "Invoiced"),
    State.DISCARDED: pgettext_lazy("entries", "Discarded"),
}
#: What it says of the entries in the state that it shows.
COUNTED: dict[str, Any] = {
    State.NEW: ngettext_lazy("%(n)s new entry", "%(n)s new entries", "n"),
    State.RETURNED: ngettext_lazy("%(n)s returned entry", "%(n)s returned entries", "n"),
    State.APPROVED: ngettext_lazy("%(n)s approved entry", "%(n)s approved entries", "n"),
    State.INVOICED: ngettext_lazy("%(n)s invoiced entry", "%(n)s invoiced entries", "n"),
    State.DISCARDED: ngettext_lazy("%(n)s discarded entry", "%(n)s discarded entries", "n"),
}
SHOWN: dict[str, Any] = {
    State.NEW: _("New entries"),
    State.RETURNED: _("Returned entries"),
    State.APPROVED: _("Approved entries"),
    State.INVOICED: _("Invoiced entries"),
    State.DISCARDED: _("Discarded entries"),
}
CAPTIONS: dict[str, Any] = {
    # Translators: the caption of a table, "New entries by agent"
    "agent": _("%(entries)s by agent"),
    "customer": _("%(entries)s by customer"),
    "day": _("%(entries)s by day"),
}
NONE_MATCHES: dict[str, Any] = {
    State.NEW: _("No new entry matches"),
    State.RETURNED: _("No returned entry matches"),
    State.APPROVED: _("No approved entry matches"),
    State.INVOICED: _("No invoiced entry matches"),
    State.DISCARDED: _("No discarded entry matches"),
}
NONE: dict[str, Any] = {
    State.NEW: _("Everything is reviewed"),
    State.RETURNED: _("No returned entries"),
    State.APPROVED: _("No approved entries"),
    State.INVOICED: _("No invoiced entries"),
    State.DISCARDED: _("No discarded entries"),
}
