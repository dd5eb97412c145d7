"""The history of an entry as sentences: who, when, what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.utils.formats import date_format
from django.utils.text import Truncator

from billing.models import BillingEntry
from workspaces.durations import format_clock

#: What somebody did, where the reason that was kept is one word.
VERBS = {
    "Saved": "saved it",
    "Approved": "approved it",
    "Returned": "returned it",
    "Discarded": "discarded it",
    "Invoiced": "exported it",
}


@dataclass(frozen=True)
class Change:
    """One change of an entry. `sentence` names who and what, `details` say what became what."""

    when: datetime
    sentence: str
    details: list[str]


def changes_of(entry: BillingEntry) -> list[Change]:
    """The latest first, in one query."""
    records = list(entry.history.select_related("history_user").order_by("-history_id"))
    return [
        Change(new.history_date, _sentence(new), list(_details(old, new)) if old else [])
        for new, old in pairwise([*records, None])
    ]


def latest_change(entry: BillingEntry) -> Change | None:
    record = entry.history.select_related("history_user").order_by("history_id").last()
    return Change(record.history_date, _sentence(record), []) if record else None


def _sentence(record: Any) -> str:
    who = record.history_user.display_name if record.history_user else "Somebody"
    reason = record.history_change_reason or "Changed"
    return f"{who} {VERBS[reason]}" if reason in VERBS else f"{who}: {reason[0].lower()}{reason[1:]}"


def _details(old: Any, new: Any) -> Iterator[str]:
    if new.kind != old.kind:
        yield f"{old.get_kind_display()} → {new.get_kind_display().lower()}"
    if new.rule["name"] != old.rule["name"]:
        yield f"{old.rule['name']} → {new.rule['name']}"
    if new.billed_seconds != old.billed_seconds:
        yield f"Billed {format_clock(old.billed_seconds)} → {format_clock(new.billed_seconds)}"
    if new.date != old.date:
        yield f"{date_format(old.date, 'j F')} → {date_format(new.date, 'j F')}"
    if new.description != old.description:
        yield f"Description: {_quote(old.description)} → {_quote(new.description)}"
    if new.return_comment and new.return_comment != old.return_comment:
        yield _quote(new.return_comment, 200)


def _quote(text: str, longest: int = 60) -> str:
    return f"“{Truncator(text).chars(longest)}”" if text else "empty"
