"""Histories that keep who did it."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from simple_history.manager import HistoricalQuerySet, HistoryManager
from simple_history.models import HistoricalRecords


class Records(HistoryManager.from_queryset(HistoricalQuerySet)):  # type: ignore[misc]  # made at run time
    """What `Model.history` is; the library makes this class anew whenever that is read."""

    @classmethod
    def from_queryset(cls, *args: Any, **options: Any) -> Any:
        return cls


class KeptRecords(HistoricalRecords):
    """A history whose authors cannot be deleted, since their names would go with them.

    `indexes` are those of its table, besides one for each key.
    """

    def __init__(self, *, indexes: Iterable[models.Index] = (), **options: Any) -> None:
        super().__init__(history_manager=Records, **options)
        self.indexes = list(indexes)

    def get_meta_options(self, model: type[models.Model]) -> dict[str, Any]:
        return super().get_meta_options(model) | {"indexes": self.indexes}

    def _get_history_user_fields(self) -> dict[str, Any]:
        fields = super()._get_history_user_fields()
        fields["history_user"].remote_field.on_delete = models.PROTECT
        return fields
