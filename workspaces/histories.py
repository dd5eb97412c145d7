"""Histories that keep who did it."""

from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords


class KeptRecords(HistoricalRecords):
    """A history whose authors cannot be deleted, since their names would go with them."""

    def _get_history_user_fields(self) -> dict[str, Any]:
        fields = super()._get_history_user_fields()
        fields["history_user"].remote_field.on_delete = models.PROTECT
        return fields
