"""Whether what stands in a table is what its history says last, and the history has no gap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from timers.ledger.difference import Difference, unequal
from timers.ledger.reading import Slice


def check(model: Any, workspace: str, part: Slice) -> Iterator[Difference | int]:
    """The differences, and for every row that was looked at a 1. `workspace` names its field for that."""
    columns = [field.attname for field in model.history.model.tracked_fields]
    latest: dict[int, dict[str, Any]] = {}
    records = part.of(model.history.order_by("id", "history_id"), "id", workspace)
    for record in records.values(*columns, "history_id", "history_type"):
        yield from _follows(model, record, latest.get(record["id"]))
        latest[record["id"]] = record
    for row in part.of(model._default_manager.order_by(), workspace=workspace).values(*columns):
        yield 1
        thing, record = _named(model, row), latest.pop(row["id"], {})
        if record.get("history_type") in ("+", "~"):
            told = ((f"{name}, by its history", record[name], row[name]) for name in columns)
            yield from unequal(thing, *told)
        else:
            yield Difference(thing, "history", "one until now", "its removal" if record else None)
    for record in latest.values():
        if record["history_type"] != "-":
            yield Difference(_named(model, record), "row", "one, by its history", None)


def _follows(model: Any, record: dict[str, Any], before: dict[str, Any] | None) -> Iterator[Difference]:
    thing = _named(model, record)
    begins = before is None or before["history_type"] == "-"
    what = f"whether its history begins with record {record['history_id']}"
    yield from unequal(thing, (what, begins, record["history_type"] == "+"))
    if "version" in record:
        expected = before["version"] + 1 if before else 1
        yield from unequal(thing, (f"version in record {record['history_id']}", expected, record["version"]))


def _named(model: Any, row: dict[str, Any]) -> str:
    return f"{model._meta.object_name.removeprefix('Billing').lower()} {row['id']}"
