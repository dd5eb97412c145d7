"""The latest of several lists that are cut: each is read by its own index, however long the lists are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet

#: So many lists are asked for by one query.
AT_ONCE = 200


Compiled = tuple[str, Sequence[Any]]


def united(parts: Iterable[Compiled]) -> tuple[str, list[Any]]:
    """SQL of all their rows, and its values. Django cannot unite what is cut on SQLite."""
    parts = list(parts)
    sql = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS part" for sql, _ in parts)  # noqa: S608
    return sql, [value for _, values in parts for value in values]


def merge_latest(parts: list[QuerySet[Any]], count: int) -> list[tuple[Any, ...]]:
    """The first `count` rows of these together: the latest moment (the first column) first, then the lowest
    of the second, then the highest of the third. Each part is in that order already, and cut.
    """
    rows: list[tuple[Any, ...]] = []
    for start in range(0, len(parts), AT_ONCE):
        sql, values = united(part.query.sql_with_params() for part in parts[start : start + AT_ONCE])
        with connection.cursor() as cursor:
            cursor.execute(f"{sql} ORDER BY 1 DESC, 2, 3 DESC LIMIT {int(count)}", values)
            rows += cursor.fetchall()
    return sorted(rows, key=lambda row: (row[0], -row[1], row[2]), reverse=True)[:count]
