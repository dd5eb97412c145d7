"""Rows on their way into a table: by COPY on PostgreSQL, else by many INSERTs at once."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Model

#: Made by the database.
BY_ITSELF = {"history_id"}


def columns_of(model: type[Model]) -> list[str]:
    """Those that a row has to bring; a history's rows get their numbers from the database."""
    columns = [str(field.column) for field in model._meta.concrete_fields]
    return [column for column in columns if column not in BY_ITSELF]


class Rows:
    """Rows of a model's table that wait to be written, as tuples in the order of `columns`.

    All columns must be named: who adds one to a model has to say here what is in it. Moments are naive UTC.
    """

    def __init__(self, model: type[Model], *columns: str) -> None:
        if differing := set(columns) ^ set(columns_of(model)):
            raise TypeError(f"{model.__name__}: missing or unknown columns: {', '.join(sorted(differing))}")
        self.table = model._meta.db_table
        self.columns = columns
        self.waiting: list[tuple[Any, ...]] = []

    def add(self, *values: Any) -> None:
        self.waiting.append(values)

    def write(self) -> int:
        """Returns how many were written."""
        rows, self.waiting = self.waiting, []
        names = ", ".join(self.columns)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {self.table} ({names}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                places = ", ".join(["%s"] * len(self.columns))
                statement = f"INSERT INTO {self.table} ({names}) VALUES ({places})"  # noqa: S608  # names of ours
                cursor.executemany(statement, rows)
        return len(rows)
