"""Chips: a word of an entry's state or of a flag, with an icon."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext

from billing.flags import flags_of
from billing.models import BillingEntry
from billing.models.figures import Figures
from workspaces.parts import draw


class Chip(NamedTuple):
    """A word of state. Without an icon it carries the red square: something waits for a decision."""

    text: str | Promise
    icon: str = ""
    tone: str = ""


STATES = {
    BillingEntry.State.NEW: Chip(BillingEntry.State.NEW.label, "circle-dot", "accent"),
    BillingEntry.State.RETURNED: Chip(BillingEntry.State.RETURNED.label, "corner-up-left", "stop"),
    BillingEntry.State.APPROVED: Chip(BillingEntry.State.APPROVED.label, "check"),
    BillingEntry.State.INVOICED: Chip(BillingEntry.State.INVOICED.label, "receipt-text"),
    BillingEntry.State.DISCARDED: Chip(BillingEntry.State.DISCARDED.label, "ban"),
}


def state_chips(entry: BillingEntry) -> SafeString:
    """Where the entry stands; a second chip on one that was made by hand."""
    unconfirmed = entry.state == BillingEntry.State.NEW and entry.confirmed_at is None
    return _drawn(get_language(), entry.state, unconfirmed, entry.by_hand)


def flag_chips(entry: Figures) -> SafeString:
    """What a reviewer should look at; nothing for an entry without flags."""
    return SafeString("".join(_flag(flag.text(entry), flag.icon, flag.tone) for flag in flags_of(entry)))


def changed_chip() -> SafeString:
    """On an entry that changed while somebody looked at it."""
    return _flag(pgettext("state", "changed"), "git-compare", "accent")


@lru_cache(maxsize=200)
def _flag(text: str, icon: str, tone: str) -> SafeString:
    return draw("billing/chips.html", {"chips": [Chip(text, icon, tone)]})


# There are few of them, and a list has one in every row.
@lru_cache(maxsize=200)
def _drawn(language: str | None, state: str, unconfirmed: bool, by_hand: bool) -> SafeString:
    chip = STATES[BillingEntry.State(state)]
    if unconfirmed:
        chip = Chip(pgettext("state", "Not confirmed"), tone="stop")
    chips = [chip, Chip(pgettext("state", "By hand"), "pencil")] if by_hand else [chip]
    return draw("billing/chips.html", {"chips": chips})
