"""The histories of entries: each step that led to where an entry stands, read off the entry itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import connection

from billing.models import BillingEntry
from timers.making.rows import columns_of

#: The entries, their types and their batches, as the steps call them.
SOURCE = (
    "billing_billingentry AS entry JOIN billing_billingtype AS type ON type.id = entry.billing_type_id"
    " LEFT JOIN billing_exportbatch AS batch ON batch.id = entry.batch_id"
)
SAVED = "entry.confirmed_at IS NOT NULL AND NOT entry.by_hand"
SO_FAR = f"CASE WHEN {SAVED} THEN 2 ELSE 1 END"
UNDECIDED = {
    "state": "'new'",
    "reviewed_by_id": "NULL",
    "reviewed_at": "NULL",
    "return_comment": "''",
    "batch_id": "NULL",
}


@dataclass(frozen=True)
class Step:
    """A version of those entries of which `where` is true, and in which columns it differed from the last."""

    where: str
    by: str
    reason: str
    kind: str = "~"
    differing: dict[str, str] = field(default_factory=dict)


STEPS = [
    Step(
        "1 = 1",
        "entry.user_id",
        "CASE WHEN entry.by_hand THEN 'Entered by hand' ELSE 'Prepared from the timer, ' || type.name END",
        "+",
        UNDECIDED
        | {
            "version": "1",
            "confirmed_at": "CASE WHEN entry.by_hand THEN entry.confirmed_at END",
            "updated_at": "entry.created_at",
        },
    ),
    Step(
        SAVED,
        "entry.user_id",
        "'Saved'",
        "~",
        UNDECIDED | {"version": "2", "updated_at": "entry.confirmed_at"},
    ),
    Step(
        "entry.state = 'discarded' AND entry.reviewed_by_id IS NULL",
        "entry.user_id",
        "'Discarded with its timer'",
    ),
    Step(
        "entry.reviewed_by_id IS NOT NULL",
        "entry.reviewed_by_id",
        "CASE entry.state WHEN 'discarded' THEN 'Discarded' WHEN 'returned' THEN 'Returned'"
        " ELSE 'Approved' END",
        "~",
        {
            "state": "CASE entry.state WHEN 'invoiced' THEN 'approved' ELSE entry.state END",
            "version": f"{SO_FAR} + 1",
            "updated_at": "entry.reviewed_at",
            "batch_id": "NULL",
        },
    ),
    Step("entry.state = 'invoiced'", "batch.created_by_id", "'Invoiced in batch ' || batch.number"),
]


def write_histories(first: int, last: int) -> int:
    """Of the entries with these ids, and those between; returns how many records that made.

    The first record of an entry with a chosen time has that time already.
    """
    model = BillingEntry.history.model
    columns = columns_of(model)
    written = 0
    with connection.cursor() as cursor:
        for step in STEPS:
            about = {
                "history_date": step.differing.get("updated_at", "entry.updated_at"),
                "history_change_reason": step.reason,
                "history_type": f"'{step.kind}'",
                "history_user_id": step.by,
            }
            values = (about.get(name) or step.differing.get(name, f"entry.{name}") for name in columns)
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(values)}"  # noqa: S608
                f" FROM {SOURCE} WHERE entry.id BETWEEN %s AND %s AND ({step.where}) ORDER BY entry.id",
                [first, last],
            )
            written += cursor.rowcount
    return written
