"""The history of an entry as sentences: who, when, what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext, gettext_noop, pgettext
from django.utils.translation import gettext_lazy as _

from billing.models import BillingEntry, BillingType
from workspaces.durations import format_clock

#: What somebody did, by the reason that was kept, which is English whoever made it.
SENTENCES = {
    gettext_noop("Saved"): _("%(who)s saved it"),
    gettext_noop("Approved"): _("%(who)s approved it"),
    gettext_noop("Returned"): _("%(who)s returned it"),
    gettext_noop("Discarded"): _("%(who)s discarded it"),
    gettext_noop("Invoiced"): _("%(who)s exported it"),
    gettext_noop("Changed"): _("%(who)s: changed"),
    gettext_noop("Back to New"): _("%(who)s: back to New"),
    gettext_noop("Back to Returned"): _("%(who)s: back to Returned"),
    gettext_noop("Discarded with its timer"): _("%(who)s: discarded with its timer"),
    gettext_noop("Back with its timer"): _("%(who)s: back with its timer"),
    gettext_noop("Saving undone"): _("%(who)s: saving undone"),
    gettext_noop("Switched to service charge"): _("%(who)s: switched to service charge"),
    gettext_noop("Switched to time entry"): _("%(who)s: switched to time entry"),
    gettext_noop("Entered by hand"): _("%(who)s: entered by hand"),
    gettext_noop("Prepared from the timer, no billing type"): _(
        "%(who)s: prepared from the timer, no billing type"
    ),
}
#: The same by a pattern, where the reason has a variable part.
PATTERNS = {
    r"Invoiced in batch (?P<number>[0-9]+)": _("%(who)s: invoiced in batch %(number)s"),
    r"Batch (?P<number>[0-9]+) reversed": _("%(who)s: batch %(number)s reversed"),
    r"(?s)Prepared from the timer, (?P<type>.+)": _("%(who)s: prepared from the timer, %(type)s"),
}


@dataclass(frozen=True)
class Change:
    """One change of an entry. `sentence` names who and what, `details` say what became what."""

    when: datetime
    sentence: str
    details: list[str]


def changes_of(entry: BillingEntry) -> list[Change]:
    """The latest first, in one query."""
    records = list(_records_of(entry).order_by("-history_id"))
    return [
        Change(new.history_date, sentence_of(new), list(details_of(old, new)) if old else [])
        for new, old in pairwise([*records, None])
    ]


def latest_change(entry: BillingEntry) -> Change | None:
    record = _records_of(entry).order_by("history_id").last()
    return Change(record.history_date, sentence_of(record), []) if record else None


def _records_of(entry: BillingEntry) -> Any:
    return entry.history.filter(workspace=entry.workspace_id).select_related("history_user")


def who_did(record: Any) -> str:
    """The name of whoever made a record of a history."""
    return record.history_user.display_name if record.history_user else gettext("Somebody")


def sentence_of(record: Any) -> str:
    """Who did what to the entry, by one record of its history."""
    who = who_did(record)
    reason = record.history_change_reason or "Changed"
    if reason in SENTENCES:
        return str(SENTENCES[reason]) % {"who": who}
    for pattern, sentence in PATTERNS.items():
        if match := re.fullmatch(pattern, reason):
            return str(sentence) % {"who": who, **match.groupdict()}
    return f"{who}: {reason[0].lower()}{reason[1:]}"


def details_of(old: Any, new: Any) -> Iterator[str]:
    """What became what between two records of an entry."""
    if new.kind != old.kind:
        charge, internal = gettext("Time entry → service charge"), gettext("Service charge → time entry")
        yield charge if new.kind == BillingType.Kind.SERVICE else internal
    if new.rule["name"] != old.rule["name"]:
        yield f"{_rule_name(old)} → {_rule_name(new)}"
    if new.billed_seconds != old.billed_seconds:
        times = {"old": format_clock(old.billed_seconds), "new": format_clock(new.billed_seconds)}
        yield gettext("Billed %(old)s → %(new)s") % times
    if new.date != old.date:
        yield f"{date_format(old.date, 'LONG_DAY_FORMAT')} → {date_format(new.date, 'LONG_DAY_FORMAT')}"
    if new.description != old.description:
        texts = {"old": _quote(old.description), "new": _quote(new.description)}
        yield gettext("Description: %(old)s → %(new)s") % texts
    if new.return_comment and new.return_comment != old.return_comment:
        yield _quote(new.return_comment, 200)


def _rule_name(record: Any) -> str:
    return record.rule["name"] if record.billing_type_id else gettext(record.rule["name"])


def _quote(text: str, longest: int = 60) -> str:
    if not text:
        return pgettext("description", "empty")
    # Translators: quotation marks, as the language has them.
    return gettext("“%(text)s”") % {"text": Truncator(text).chars(longest)}
