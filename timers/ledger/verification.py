"""All checks of the books, one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import transaction

from billing.models import BillingEntry, BillingType, ExportBatch
from conversations.models import Customer, Message
from timers.ledger import entries, guards, histories, messages, timers
from timers.ledger.difference import Difference
from timers.ledger.reading import Slice, slices
from timers.models import Timer
from workspaces.models import Membership, Workspace

Check = Callable[[Slice], Iterable[Difference | int]]


def _with_history(name: str, model: Any, workspace: str = "workspace_id") -> tuple[str, Any, str, Check]:
    return name, model, workspace, partial(histories.check, model, workspace)


#: Name, table, its field for the workspace, and what compares a slice of it with all that belongs to it.
CHECKS: list[tuple[str, Any, str, Check]] = [
    ("timers", Timer, "workspace_id", timers.check),
    ("entries", BillingEntry, "workspace_id", entries.check),
    ("batches", ExportBatch, "workspace_id", entries.check_batches),
    _with_history("histories of entries", BillingEntry),
    _with_history("of billing types", BillingType),
    _with_history("of customers", Customer),
    _with_history("of memberships", Membership),
    _with_history("of workspaces", Workspace, "id"),
    ("messages", Message, messages.WORKSPACE, messages.check),
]


@dataclass
class Verification:
    """Of one workspace, or of all and of the database itself. `checked` counts what was looked at."""

    workspace: Workspace | None = None
    checked: Counter[str] = field(default_factory=Counter)

    def differences(self) -> Iterator[Difference]:
        """All of them, as they are found. Within `snapshot` if others write meanwhile."""
        chosen = self.workspace.pk if self.workspace else None
        for name, model, workspace, check in CHECKS:
            self.checked[name] = 0
            for part in slices(model, chosen, workspace):
                yield from self._found(name, check(part))
        if chosen is None:
            yield from self._found("triggers", guards.check())
            yield from self._found("", guards.check_references())

    def _found(self, name: str, results: Iterable[Difference | int]) -> list[Difference]:
        found = []
        # What belongs together is read in one transaction; it ends before anybody is told.
        with transaction.atomic(savepoint=False):
            for result in results:
                if isinstance(result, Difference):
                    found.append(result)
                else:
                    self.checked[name] += result
        return found
