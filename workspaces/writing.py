"""Rows that every click writes, by statements worked out once: an INSERT or UPDATE of the fields it names.

Django works out each anew, as it does with what it reads (workspaces/prepared.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections, models

from workspaces.prepared import Statement, run


class Statements:
    """Of one model and the fields that are written together."""

    def __init__(self) -> None:
        self._worked_out: dict[tuple[Any, ...], Statement] = {}

    def insert(
        self, row: models.Model, using: str, fields: Sequence[Any], returning: Sequence[Any]
    ) -> list[Any] | None:
        """The row as it came back, with its `returning` fields; None where it is for Django to write."""
        connection = connections[using]
        values = [field.pre_save(row, add=True) for field in fields]
        if not connection.features.can_return_columns_from_insert or not returning or _has_expression(values):
            return None
        key = ("INSERT", connection.vendor, type(row), *(field.attname for field in fields))
        if key not in self._worked_out:
            named, asked = _columns(connection, fields), _columns(connection, returning)
            places = ", ".join(["%s"] * len(fields))
            self._worked_out[key] = Statement(
                f"INSERT INTO {_table(connection, row)} ({', '.join(named)}) "  # noqa: S608  # names of ours
                f"VALUES ({places}) RETURNING {', '.join(asked)}"
            )
        return run(connection, self._worked_out[key], _ready(connection, fields, values))

    def update(
        self, row: models.Model, using: str, where: Sequence[Any], values: Sequence[tuple[Any, Any, Any]]
    ) -> bool | None:
        """Whether there is such a row, by the fields in `where`; None where it is for Django to write.

        The values are as Django has them: (field, _, value).
        """
        connection = connections[using]
        fields, written = [field for field, *_ in values], [value for *_, value in values]
        if not fields or _has_expression(written):
            return None
        key = ("UPDATE", connection.vendor, type(row), *(field.attname for field in fields))
        if key not in self._worked_out:
            changes = ", ".join(f"{each} = %s" for each in _columns(connection, fields))
            table = _table(connection, row)
            conditions = " AND ".join(f"{table}.{each} = %s" for each in _columns(connection, where))
            self._worked_out[key] = Statement(
                f"UPDATE {table} SET {changes} WHERE {conditions}"  # noqa: S608  # names of ours
            )
        known = [getattr(row, field.attname) for field in where]
        parameters = _ready(connection, [*fields, *where], [*written, *known])
        return run(connection, self._worked_out[key], parameters, fetch=False) > 0

    def copy(
        self,
        row: models.Model,
        using: str,
        where: Sequence[Any],
        to: type[models.Model],
        told: dict[str, Any],
    ) -> None:
        """Add the row, found by the fields in `where`, to a table of its columns, or most, and those `told`.

        The copy is made by the database, of what that has.
        """
        connection = connections[using]
        key = ("COPY", connection.vendor, to, *told)
        columns = [to._meta.get_field(name) for name in told]
        if key not in self._worked_out:
            kept = {field.name for field in to._meta.concrete_fields}
            copied = _columns(connection, [each for each in row._meta.concrete_fields if each.name in kept])
            named, places = _columns(connection, columns), ["%s"] * len(told)
            conditions = " AND ".join(f"{each} = %s" for each in _columns(connection, where))
            self._worked_out[key] = Statement(
                f"INSERT INTO {_table(connection, to)} ({', '.join(copied + named)}) "  # noqa: S608  # names of ours
                f"SELECT {', '.join(copied + places)} FROM {_table(connection, row)} WHERE {conditions}"
            )
        known = [getattr(row, field.attname) for field in where]
        parameters = _ready(connection, [*columns, *where], [*told.values(), *known])
        run(connection, self._worked_out[key], parameters, fetch=False)


def _has_expression(values: Sequence[Any]) -> bool:
    """Whether it is the database that works one of them out."""
    return any(hasattr(each, "resolve_expression") for each in values)


def _ready(connection: Any, fields: Sequence[Any], values: Sequence[Any]) -> list[Any]:
    """As the database takes them."""
    return [field.get_db_prep_save(value, connection) for field, value in zip(fields, values, strict=True)]


def _table(connection: Any, row: models.Model | type[models.Model]) -> str:
    return connection.ops.quote_name(row._meta.db_table)


def _columns(connection: Any, fields: Sequence[Any]) -> list[str]:
    return [connection.ops.quote_name(field.column) for field in fields]
