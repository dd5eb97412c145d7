"""How a database would answer a query, and whether that costs more the more rows there are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from django.db import connection

from billing.models import BillingEntry
from conversations.models import Conversation, Message
from timers.models import Interval, Timer
from workspaces.models import Membership, User

LARGE = {
    model._meta.db_table
    for model in (Conversation, Message, BillingEntry, BillingEntry.history.model, Timer, Interval)
}
#: What grows with the people.
PEOPLE = {User._meta.db_table, Membership.history.model._meta.db_table}
#: Of make_data. The planner of PostgreSQL is told that it was 1.
SCALE = 0.005
#: Rows that a query may have to go through, as the planner reckons; it takes the busiest workspace for one of
#: half a million entries.
MOST_ROWS = 100_000
#: And what it may cost to find them, in the planner's units, in which to look at a row is 0.01.
DEAREST = 5_000
#: What reads all that is below it before it gives anything away.
GREEDY = {"Sort", "Hash", "Aggregate", "WindowAgg", "Materialize", "Bitmap Heap Scan"}


def make_believe() -> None:
    """Let the planner take the large tables, and those of people, for those of all of make_data, until the
    transaction ends.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        cursor.execute(
            "UPDATE pg_class SET reltuples = reltuples * %s, relallvisible = relpages"
            " WHERE oid = ANY(%s::regclass[])"
            "    OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = ANY(%s::regclass[]))",
            [1 / SCALE, *[sorted(LARGE | PEOPLE)] * 2],
        )


def faults_of(query: str) -> list[str]:
    """What in the plan of the query costs more the more rows a large table has; empty: nothing.

    A query with $1 and $2 in it is one that PostgreSQL plans once, whatever their values are.
    """
    if not query.startswith(("SELECT", "UPDATE", "DELETE", "WITH", "(")):
        return []
    if not any(table in query for table in LARGE):
        return []
    return list(_on_postgresql(query) if connection.vendor == "postgresql" else _on_sqlite(query))


def _on_postgresql(query: str) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON{_generic(query)}) {query}")
        (found,) = cursor.fetchone()
    yield from _of_node((json.loads(found) if isinstance(found, str) else found)[0]["Plan"], stops=False)


def _generic(query: str) -> str:
    return ", GENERIC_PLAN" if re.search(r"\$1\b", query) else ""


def _of_node(node: dict[str, Any], *, stops: bool) -> Iterator[str]:
    """Of a node and those below it. Whether it `stops`: somebody above it takes a few rows, and no more."""
    kind, table, index = node["Node Type"], node.get("Relation Name", ""), node.get("Index Name", "")
    if kind == "Seq Scan" and table in LARGE and not (stops and "Filter" not in node):
        yield f"{kind} on {table}"
    elif index and "Index Cond" not in node and (table in LARGE or not table) and not stops:
        yield f"{kind} of all of {index}"
    elif not stops and node["Plan Rows"] > MOST_ROWS:
        yield f"{kind} {index or table}: {node['Plan Rows']:,} rows"
    elif not stops and table in LARGE and node["Total Cost"] > DEAREST:
        yield f"{kind} {index or table}: costs {node['Total Cost']:,.0f}"
    stops = kind == "Limit" or (stops and not (kind in GREEDY and node.get("Strategy") != "Sorted"))
    for each in node.get("Plans", ()):
        yield from _of_node(each, stops=stops and each.get("Parent Relationship") != "SubPlan")


def _on_sqlite(query: str) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {query}".replace("%", "%%"), [])
        steps = [row[3] for row in cursor.fetchall()]
    aliases = {alias: table for table, alias in re.findall(r'"(\w+)" (?:AS )?"?([A-Z]\d+)"?', query)}
    # The first rows as they lie, or in the order of their ids.
    stops = " LIMIT " in query and " WHERE " not in query and not any("TEMP B-TREE" in step for step in steps)
    for step in steps:
        scan = re.match(r"SCAN (\S+)", step)
        if scan and aliases.get(scan[1], scan[1]) in LARGE and not stops:
            yield step


def shown(query: str) -> str:
    """The plan as the database tells it, for whoever has to mend it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"EXPLAIN (COSTS{_generic(query)}) {query}")
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {query}".replace("%", "%%"), [])
        return "\n".join(str(row[-1]) for row in cursor.fetchall())
