"""Queries that nearly every request makes, with their SQL worked out once.

Django works the SQL of a queryset out anew each time that it is read, which takes longer than the database
takes to answer. A `Prepared` query does it once in a process, for each length of the lists among its values;
on PostgreSQL the server plans it once in a connection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from django.db import connections, models
from django.db.models import QuerySet
from django.db.models.query import ModelIterable, ValuesListIterable, get_related_populators

Row = TypeVar("Row", bound=models.Model)
#: An id, a text, a list of ids, or how many rows are left out.
Value = int | str | list[int]
#: Beyond it there are no ids, and no database takes them for any.
HIGHEST_ID = 2**63 - 1


class Offset(int):
    """How many rows are left out, as the start of a slice: Django writes that one into the SQL."""


class Prepared(Generic[Row]):
    """A queryset whose values are filled in when it is called, by name.

    `build` makes it of stand-ins: numbers, texts and lists of numbers, which it passes on to filters as they
    are.
    """

    def __init__(self, build: Callable[..., QuerySet[Row]]) -> None:
        self.build = build
        self._compiled: dict[tuple[int, ...], _Compiled] = {}

    def __call__(self, **values: Value) -> list[Row]:
        """The rows that it finds now. Where a list is empty there are none, and none are asked for."""
        shape = tuple(len(value) if isinstance(value, list) else -1 for value in values.values())
        if 0 in shape:
            return []
        compiled = self._compiled.get(shape)
        if compiled is None:
            compiled = self._compiled[shape] = _Compiled(self.build, values)
        return compiled.rows(values)


class _Compiled:
    """What Django made of the queryset for values of one shape."""

    def __init__(self, build: Callable[..., QuerySet], values: Mapping[str, Value]) -> None:
        stand_ins: dict[Any, tuple[str, int]] = {}
        queryset = build(**{name: _stand_in(name, value, stand_ins) for name, value in values.items()})
        self.alias = queryset.db
        compiler = queryset.query.get_compiler(using=self.alias)
        sql, parameters = compiler.as_sql()
        for stand_in in stand_ins:
            sql, parameters = _with_offset_bound(sql, parameters, stand_in)
        self.parameters = parameters
        #: Which parameters are filled in, and by what.
        self.places = {
            place: stand_ins[parameter]
            for place, parameter in enumerate(self.parameters)
            if isinstance(parameter, int | str) and parameter in stand_ins
        }
        if set(self.places.values()) != set(stand_ins.values()):
            raise ValueError("A prepared query changes one of its values, or leaves it out.")
        fixed = {place: it for place, it in enumerate(self.parameters) if place not in self.places}
        self.statement = Statement(sql, fixed)
        columns = [column for column, *_ in compiler.select[: compiler.col_count]]
        #: What each column's value passes before it is Python's, by the column's place.
        self.converters = compiler.get_converters(columns).items()
        self.make = READERS[queryset._iterable_class](compiler)

    def rows(self, values: Mapping[str, Value]) -> list[Any]:
        parameters = list(self.parameters)
        for place, (name, index) in self.places.items():
            value = values[name]
            each = value[index] if isinstance(value, list) else value
            if isinstance(each, int):
                each = 0 if abs(each) > HIGHEST_ID else int(each)
            parameters[place] = each
        connection = connections[self.alias]
        found = run(connection, self.statement, parameters)
        if self.converters:
            found = [self._converted(list(row), connection) for row in found]
        return list(map(self.make, found))

    def _converted(self, row: list[Any], connection: Any) -> list[Any]:
        for place, (converters, expression) in self.converters:
            for convert in converters:
                row[place] = convert(row[place], expression, connection)
        return row


def _instances(compiler: Any) -> Callable[[Any], Any]:
    """Makes an instance of a row, as a queryset of instances does."""
    select, known, alias = compiler.select, compiler.klass_info, compiler.using
    model, first, end = known["model"], known["select_fields"][0], known["select_fields"][-1] + 1
    names = [column.target.attname for column, *_ in select[first:end]]
    # The stubs know it as a later Django has it.
    related = get_related_populators(known, select, alias)  # type: ignore[call-arg]
    annotations = compiler.annotation_col_map.items()

    def make(row: Any) -> Any:
        made = model.from_db(alias, names, row[first:end])
        for each in related:
            each.populate(row, made)
        for name, place in annotations:
            setattr(made, name, row[place])
        return made

    return make


#: By the kinds of querysets that can be prepared.
READERS: dict[Any, Callable[[Any], Callable[[Any], Any]]] = {
    ModelIterable: _instances,
    ValuesListIterable: lambda compiler: tuple,
}


def _prepares(connection: Any) -> bool:
    """Whether the server keeps the plan of a statement: not where connections are shared."""
    options = connection.settings_dict["OPTIONS"]
    return connection.vendor == "postgresql" and options.get("prepare_threshold") is not None


class Statement:
    """SQL with a place %s for each parameter that is sent; `numbered` names them as PostgreSQL does.

    Parameters that are always the same, `fixed` by place, are written out: both databases use the index of
    open timers, whoever asks, only if they are told beforehand that these are what is asked for.
    """

    def __init__(self, sql: str, fixed: Mapping[int, Any] | None = None) -> None:
        first, *others = sql.split("%s")
        written = {place: _literal(it) for place, it in (fixed or {}).items() if _is_plain(it)}
        #: The places of what is sent.
        self.asked = [place for place in range(len(others)) if place not in written]
        numbers = {place: f"${number}" for number, place in enumerate(self.asked, start=1)}
        self.sql = "".join([first, *(written.get(place, "%s") + part for place, part in enumerate(others))])
        parts = ((written | numbers)[place] + part for place, part in enumerate(others))
        self.numbered = "".join([first, *parts]).replace("%%", "%")
        self.sent = self.numbered.encode()


def _is_plain(value: Any) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool)


def _literal(value: int | str) -> str:
    """As SQL that has no parameters yet, in which a per cent sign is doubled."""
    if isinstance(value, int):
        return str(int(value))
    quoted = str(value).replace("'", "''").replace("%", "%%")
    return f"'{quoted}'"


def run(connection: Any, statement: Statement, parameters: list[Any], *, fetch: bool = True) -> Any:
    """The rows, or how many rows it was about."""
    asked = [parameters[place] for place in statement.asked]
    if not _prepares(connection):
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, asked)
            return list(cursor.fetchall()) if fetch else cursor.rowcount
    from psycopg.types.numeric import Int8

    # Every number as the same type, or it would be another statement to prepare.
    typed = [Int8(each) if type(each) is int else each for each in asked]
    cursor = _preparing(connection)
    cursor.execute(statement.sent, typed)
    return cursor.fetchall() if fetch else cursor.rowcount


def _preparing(connection: Any) -> Any:
    """A cursor that leaves the statement to the server, which plans it once in a connection.

    A connection of the server has one, for one request after the other.
    """
    from psycopg import RawCursor

    connection.ensure_connection()
    known = vars(connection.connection)
    cursor = known.get("preparing") or known.setdefault("preparing", RawCursor(connection.connection))
    return connection._prepare_cursor(cursor)


def _stand_in(name: str, value: Value, stand_ins: dict[Any, tuple[str, int]]) -> Any:
    """A value like that one which no query has by chance, noted among the `stand_ins`."""
    if isinstance(value, list):
        return [_noted(name, index, -(10**15) - len(stand_ins), stand_ins) for index in range(len(value))]
    unlike_any: Any = f"stand-in {len(stand_ins)}" if isinstance(value, str) else -(10**15) - len(stand_ins)
    # A slice starts nowhere below zero.
    return _noted(name, 0, -unlike_any if isinstance(value, Offset) else unlike_any, stand_ins)


def _noted(name: str, index: int, value: Any, stand_ins: dict[Any, tuple[str, int]]) -> Any:
    stand_ins[value] = (name, index)
    return value


def _with_offset_bound(sql: str, parameters: Sequence[Any], stand_in: Any) -> tuple[str, tuple[Any, ...]]:
    """The stand-in as a parameter, where it stands in the SQL as the start of a slice."""
    before, offset, after = sql.partition(f" OFFSET {stand_in}")
    if not offset:
        return sql, tuple(parameters)
    place = before.count("%s")
    return f"{before} OFFSET %s{after}", (*parameters[:place], stand_in, *parameters[place:])
