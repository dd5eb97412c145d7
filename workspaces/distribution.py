"""Rows that are found by their workspace: it is in every query on a large table (docs/scaling.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import QuerySet

from workspaces.writing import Statements

STATEMENTS = Statements()


class InWorkspace(models.Model):
    """Names its workspace, which never changes, also where Django alone would look for the row by its id."""

    workspace_id: int

    class Meta:
        abstract = True

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: QuerySet[Any] | None = None,
    ) -> None:
        rows: Any = from_queryset
        if rows is None:
            rows = type(self)._base_manager.db_manager(using).all()
        # A row that was read without it is found by its id.
        if workspace := self.__dict__.get("workspace_id"):
            rows = rows.filter(workspace=workspace)
        super().refresh_from_db(using, fields, rows)

    def write_new(self) -> None:
        """As `save` of a row that is none yet, for one that nobody listens for (no signals, no history)."""
        fields = [field for field in self._meta.concrete_fields if not field.primary_key]
        rows = STATEMENTS.insert(self, DEFAULT_DB_ALIAS, fields, [self._meta.pk])
        if rows is None:
            self.save()
            return
        ((self.pk,),) = rows
        self._state.adding, self._state.db = False, DEFAULT_DB_ALIAS

    def write(self, names: Iterable[str] = ()) -> None:
        """As `save` of these fields, or all, for a row that nobody listens for (no signals, no history)."""
        where = self._found_by
        fields: list[Any] = [self._meta.get_field(name) for name in sorted(names)]
        fields = fields or [each for each in self._meta.concrete_fields if each not in where]
        values = [(field, None, getattr(self, field.attname)) for field in fields]
        if not STATEMENTS.update(self, DEFAULT_DB_ALIAS, where, values):
            self.save(update_fields=[field.name for field in fields])

    def write_copy(self, to: type[models.Model], **told: Any) -> None:
        """Add the row as it stands in the database to a table of its columns, or most, and those `told`."""
        STATEMENTS.copy(self, DEFAULT_DB_ALIAS, self._found_by, to, told)

    @property
    def _found_by(self) -> tuple[Any, Any]:
        return self._meta.get_field("workspace"), self._meta.pk

    def _do_insert(
        self, manager: Any, using: str, fields: Sequence[Any], returning_fields: Sequence[Any], raw: bool
    ) -> Any:
        rows = None if raw else STATEMENTS.insert(self, using, fields, returning_fields)
        if rows is not None:
            return rows
        return super()._do_insert(manager, using, fields, returning_fields, raw)  # type: ignore[misc]

    # The stubs know neither as Django 5.2 has them.
    def _do_update(  # type: ignore[override]
        self, base_qs: QuerySet[Any], using: str, pk: Any, values: Any, *how: Any
    ) -> Any:
        found = STATEMENTS.update(self, using, self._found_by, values)
        if found is not None:
            return found
        return super()._do_update(base_qs.filter(workspace=self.workspace_id), using, pk, values, *how)
