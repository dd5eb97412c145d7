"""Reads what the runs wrote, and tells what is wrong in them or between them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

#: What one request has to come to on both databases.
SAME = ("role", "method", "route", "status", "to", "page")
SHOWN = 12
#: Addresses that only ever say that there is nothing, or that nobody may go there.
CLOSED = ("admin/(?P<url>.*)$",)


@dataclass
class Verdict:
    """What is wrong, as lines to read; the `counts` of each run, by its database."""

    faults: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    requests: int = 0
    by_role: Counter[str] = field(default_factory=Counter)
    by_status: Counter[str] = field(default_factory=Counter)
    reached: str = ""

    @property
    def is_good(self) -> bool:
        return not (self.faults or self.differences or self.missed)


def judge(runs: dict[str, Path], seed: int, *, everything: bool) -> Verdict:
    """`everything`: the runs were long enough to reach every address, form and field."""
    verdict = Verdict()
    again = f"python -m tests.fuzz --seed {seed} --only"
    readers = [_lines(path) for path in runs.values()]
    spoilt = -1
    for outcomes in zip_longest(*readers):
        there = [each for each in outcomes if each]
        if "counts" in there[0]:
            verdict.reached, verdict.missed = _reached(there[0]["counts"])
            if any(each != there[0] for each in there):
                verdict.differences.append("The runs did not reach the same.")
            continue
        _count(verdict, there[0])
        for database, each in zip(runs, outcomes, strict=True):
            for fault in (each or {}).get("faults", ()):
                told = f"{each['n']} on {database}: {fault}\n    {each.get('asked')}\n    {again} {each['n']}"
                verdict.faults.append(told + _indented(each.get("trace", "")))
        chapter = there[0]["n"] // 40
        if len(there) == len(runs) and chapter != spoilt and (told := _difference(list(runs), there)):
            # What follows in the chapter follows from it.
            spoilt = chapter
            verdict.differences.append(f"{there[0]['n']}: {told}\n    {again} {there[0]['n']}")
    # The worst first: 5xx.
    verdict.faults.sort(key=lambda told: ": status 5" not in told)
    if not everything:
        verdict.missed = []
    return verdict


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _count(verdict: Verdict, outcome: dict[str, Any]) -> None:
    verdict.requests += 1
    verdict.by_role[outcome.get("role", "")] += 1
    verdict.by_status[f"{outcome['status'] // 100}xx"] += 1


def _difference(databases: list[str], outcomes: list[dict[str, Any]]) -> str:
    if len(outcomes) < 2:
        return ""
    first, second = outcomes
    told = [
        f"{name} is {first.get(name)} on {databases[0]}, {second.get(name)} on {databases[1]}"
        for name in SAME
        if first.get(name) != second.get(name)
    ]
    tables, others = first.get("rows", {}), second.get("rows", {})
    told += [
        f"other rows in {table}{_rows(tables.get(table), others.get(table))}"
        for table in sorted(tables | others)
        if tables.get(table) != others.get(table)
    ]
    return "; ".join(told)


def _rows(first: Any, second: Any) -> str:
    if not isinstance(first, list) or not isinstance(second, list):
        return ""
    only_first = [row for row in first if row not in second][:3]
    only_second = [row for row in second if row not in first][:3]
    return "".join(
        f"\n      {sign} {row}" for sign, some in (("-", only_first), ("+", only_second)) for row in some
    )


def _reached(counts: dict[str, Any]) -> tuple[str, list[str]]:
    addresses = set(counts["addresses"])
    pairs = {
        "addresses": (addresses - set(CLOSED), set(counts["answered"])),
        "forms": (set(counts["classes"]), set(counts["bound"])),
        "fields": (set(counts["all_fields"]), set(counts["fields"])),
        "keys": (set(counts["all_keys"]), set(counts["keys"])),
    }
    told = ", ".join(f"{len(every & there)} of {len(every)} {name}" for name, (every, there) in pairs.items())
    missed = [f"{name}: {each}" for name, (every, there) in pairs.items() for each in sorted(every - there)]
    return told, missed


def _indented(text: str) -> str:
    return "".join(f"\n    | {line}" for line in text.splitlines()[-12:])


def tell(verdict: Verdict) -> str:
    """The verdict, to read."""
    lines = [
        f"{verdict.requests} requests on each database",
        "  by role    " + ", ".join(f"{role} {count}" for role, count in sorted(verdict.by_role.items())),
        "  by status  "
        + ", ".join(f"{status} {count}" for status, count in sorted(verdict.by_status.items())),
        f"  reached    {verdict.reached}",
    ]
    for name, found in (
        ("faults", verdict.faults),
        ("differences", verdict.differences),
        ("never reached", verdict.missed),
    ):
        lines.append(f"{len(found)} {name}")
        lines += [f"  {each}" for each in found[:SHOWN]]
    return "\n".join(lines)
