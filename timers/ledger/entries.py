"""Whether an entry agrees with the rule that it keeps, with its batch, and with where it belongs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import InvalidOperation
from functools import lru_cache
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum
from django.utils.translation import override

from billing.models import BillingEntry, BillingType, ExportBatch
from timers.ledger.difference import Difference, unequal
from timers.ledger.reading import Slice

State = BillingEntry.State
COLUMNS = [
    "id",
    "workspace_id",
    "conversation_id",
    "customer_id",
    "billing_type_id",
    "state",
    "batch_id",
    "overlap_with_id",
    "by_hand",
    "raw_seconds",
    "calculated_seconds",
    "billed_seconds",
    "rate",
    "currency",
    "amount",
    "rule",
    "explanation",
    "timer__id",
    "conversation__workspace_id",
    "conversation__customer_id",
    "billing_type__workspace_id",
    "overlap_with__workspace_id",
    "batch__workspace_id",
    "batch__reversed_at",
]


def check(part: Slice) -> Iterator[Difference | int]:
    """The differences, and for every row that was looked at a 1."""
    with override("en"):  # as explanations are kept
        for entry in part.of(BillingEntry.objects.order_by()).values(*COLUMNS):
            yield 1
            yield from _with_its_surroundings(entry)
            yield from _with_its_rule(entry)


def check_batches(part: Slice) -> Iterator[Difference | int]:
    entries = BillingEntry.objects.filter(batch=OuterRef("pk")).order_by()
    before = ExportBatch.objects.filter(workspace=OuterRef("workspace"), number=OuterRef("number") - 1)
    charged = Sum("amount", filter=Q(kind=BillingType.Kind.SERVICE), default=0)
    sums = {"counted": Count("pk"), "billed": Sum("billed_seconds"), "charged": charged}
    by_batch = entries.values("batch")
    found = {name: Subquery(by_batch.annotate(sum=each).values("sum")) for name, each in sums.items()}
    batches = ExportBatch.objects.order_by().annotate(filled=Exists(entries), follows=Exists(before), **found)
    for batch in part.of(batches):
        yield 1
        thing = f"batch {batch.pk}"
        yield from unequal(
            thing,
            ("whether it holds entries", batch.reversed_at is None, batch.filled),
            (f"whether there is one of number {batch.number - 1}", batch.number > 1, batch.follows),
        )
        if batch.sums and batch.filled and batch.reversed_at is None:
            yield from unequal(
                thing,
                ("how many entries, by its entries", batch.counted, batch.sums.count),
                ("billed seconds, by its entries", batch.billed, batch.sums.billed_seconds),
                ("amount, by its entries", batch.charged, sum(batch.sums.amounts.values())),
            )


def _with_its_surroundings(entry: dict[str, Any]) -> Iterator[Difference]:
    thing, workspace = f"entry {entry['id']}", entry["workspace_id"]
    yield from unequal(
        thing,
        ("whether it comes from a timer", not entry["by_hand"], entry["timer__id"] is not None),
        ("whether it is in a batch", entry["state"] == State.INVOICED, entry["batch_id"] is not None),
        ("when its batch was reversed", None, entry["batch__reversed_at"]),
        ("the customer of its conversation", entry["conversation__customer_id"], entry["customer_id"]),
        *(
            (f"the workspace of its {name.replace('_', ' ')}", workspace, entry[f"{name}__workspace_id"])
            for name in ("conversation", "billing_type", "overlap_with", "batch")
            if entry[f"{name}_id"]
        ),
    )


def _with_its_rule(entry: dict[str, Any]) -> Iterator[Difference]:
    thing = f"entry {entry['id']}"
    try:
        rule = _rule(json.dumps(entry["rule"]))
        raw, billed = entry["raw_seconds"], entry["billed_seconds"]
        found = rule.calculate(raw, chosen_seconds=billed, by_hand=entry["by_hand"])
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        yield Difference(thing, "rule", "one that calculates", f"{type(error).__name__}: {error}")
        return
    yield from unequal(
        thing,
        ("rate, by its rule", rule.rate, entry["rate"]),
        ("currency, by its rule", rule.workspace.currency, entry["currency"]),
        ("calculated seconds, by its rule", found.calculated_seconds, entry["calculated_seconds"]),
        ("amount, by its rule", found.amount, entry["amount"]),
        ("explanation, by its rule", found.explanation, entry["explanation"]),
    )


@lru_cache(maxsize=1000)
def _rule(kept: str) -> BillingType:
    """Few rules make many entries."""
    return BillingType.from_snapshot(json.loads(kept))
