"""How the books are read: without changing anything, and without holding up those who write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, QuerySet

#: So many rows of a table are read and compared at a time.
SLICE = 1000


@contextmanager
def snapshot() -> Iterator[None]:
    """Nothing can be written meanwhile by this connection, and nobody else waits for it.

    On PostgreSQL all is read as it was at one moment. On SQLite, where a long read would hold up writers,
    each slice is as it was at a moment of its own: all that belongs to its rows, too.
    """
    if connection.vendor == "sqlite":
        with _reading_only_on_sqlite():
            yield
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


@contextmanager
def _reading_only_on_sqlite() -> Iterator[None]:
    connection.ensure_connection()
    mode: Any = connection
    before, mode.transaction_mode = mode.transaction_mode, "DEFERRED"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
    try:
        yield
    finally:
        mode.transaction_mode = before
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = OFF")


@dataclass(frozen=True)
class Slice:
    """The ids `after` one up `to` another, both open where None; of one workspace, or of all."""

    after: int | None
    to: int | None
    workspace: int | None

    def of(self, rows: QuerySet[Any], key: str = "pk", workspace: str = "workspace_id") -> QuerySet[Any]:
        """The rows whose `key` is in it, and whose field `workspace` says the workspace."""
        bounds = {f"{key}__gt": self.after, f"{key}__lte": self.to, workspace: self.workspace}
        return rows.filter(**{name: value for name, value in bounds.items() if value is not None})


def slices(model: type[Model], workspace: int | None, field: str) -> Iterator[Slice]:
    """All ids, without a gap, so that none is missed that only another table knows of."""
    after = None
    while True:
        rest = Slice(after, None, workspace).of(model._default_manager.order_by("pk"), workspace=field)
        to = rest.values_list("pk", flat=True)[SLICE - 1 : SLICE].first()
        yield Slice(after, to, workspace)
        if to is None:
            return
        after = to
