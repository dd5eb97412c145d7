"""The batches in which approved entries left for invoicing: one for each workspace and period."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

from billing.models import ExportBatch
from billing.sums import Sums
from timers.making.people import Company
from timers.making.rows import Rows


@dataclass
class Batch:
    """While it is being filled."""

    pk: int
    company: Company
    created_at: datetime
    sums: Sums = field(default_factory=Sums)


class Batches:
    """Those of the period that is being made, by workspace."""

    def __init__(self) -> None:
        self.last = 0
        self.filled: dict[int, Batch] = {}
        self.rows = Rows(
            ExportBatch,
            *("id", "workspace_id", "number", "created_by_id", "created_at", "reversed_by_id", "reversed_at"),
            *("entry_count", "billed_seconds", "amounts"),
        )

    def take(self, company: Company, sums: Sums, exported_at: datetime) -> int:
        """An entry that comes to this; returns its batch, which is made when its first entry comes."""
        workspace = company.workspace.pk
        if workspace not in self.filled:
            self.last += 1
            self.filled[workspace] = Batch(self.last, company, exported_at)
        batch = self.filled[workspace]
        batch.sums += sums
        return batch.pk

    def write(self) -> int:
        for workspace, batch in self.filled.items():
            batch.company.batches += 1
            by, sums = batch.company.managers[0].pk, batch.sums
            self.rows.add(
                *(batch.pk, workspace, batch.company.batches, by, str(batch.created_at), None, None),
                *(sums.count, sums.billed_seconds, json.dumps(dict(sums.amounts))),
            )
        self.filled = {}
        return self.rows.write()
