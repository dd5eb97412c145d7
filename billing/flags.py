"""What a reviewer should look at in an entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from workspaces.durations import format_clock, format_hours

if TYPE_CHECKING:
    from billing.models.figures import Figures

#: Recorded or billed longer than this, in seconds, an entry is flagged.
UNUSUALLY_LONG = 8 * 3600


@dataclass(frozen=True)
class Flag:
    """One thing to look at: its label among the filters, what the chip of an entry says (`details` fill its
    placeholders), and the same condition for queries and for an entry.

    Without an icon its chip carries the red square: something waits for a decision.
    """

    name: str
    label: str | Promise
    chip: str | Promise
    condition: Q
    raised_on: Callable[[Any], bool]
    icon: str = ""
    tone: str = ""
    details: Callable[[Any], dict[str, Any]] = lambda entry: {}

    def text(self, entry: Figures) -> str:
        """What the chip of an entry says: "adjusted", "overlaps 0:15 with #1042"."""
        return str(self.chip) % self.details(entry)


def _overlap(entry: Figures) -> dict[str, Any]:
    seconds = entry.overlap_seconds
    length = format_clock(seconds) if seconds < 60 else format_hours(seconds)
    return {"length": length, "number": entry.overlap_with_id}


FLAGS = [
    Flag(
        "adjusted",
        pgettext_lazy("flag", "Adjusted"),
        pgettext_lazy("flag", "adjusted"),
        ~Q(billed_seconds=F("calculated_seconds")),
        lambda entry: entry.is_adjusted,
        icon="pencil",
    ),
    Flag(
        "unconfirmed",
        pgettext_lazy("flag", "Unconfirmed"),
        pgettext_lazy("flag", "unconfirmed"),
        Q(confirmed_at=None),
        lambda entry: entry.confirmed_at is None,
    ),
    Flag(
        "overlaps",
        pgettext_lazy("flag", "Overlaps"),
        pgettext_lazy("flag", "overlaps %(length)s with #%(number)s"),
        Q(overlap_seconds__gt=0),
        lambda entry: entry.overlap_seconds > 0,
        icon="layers-2",
        tone="stop",
        details=_overlap,
    ),
    Flag(
        "long",
        pgettext_lazy("flag", "Unusually long"),
        pgettext_lazy("flag", "unusually long"),
        Q(raw_seconds__gt=UNUSUALLY_LONG) | Q(billed_seconds__gt=UNUSUALLY_LONG),
        lambda entry: entry.is_unusually_long,
        icon="clock-alert",
        tone="stop",
    ),
    Flag(
        "clock",
        pgettext_lazy("flag", "Clock set back"),
        pgettext_lazy("flag", "clock set back"),
        Q(clock_stepped_back=True),
        lambda entry: entry.clock_stepped_back,
        icon="history",
    ),
]
ANY_FLAG = reduce(or_, (flag.condition for flag in FLAGS))


def flags_of(entry: Figures) -> list[Flag]:
    """Those that are raised on the entry."""
    return [flag for flag in FLAGS if flag.raised_on(entry)]
