"""The page of one entry, as its tests use it."""

from typing import Any

from django.utils import timezone

from billing.forms import EntryAsItStands
from billing.models import BillingEntry
from tests.factories import ExportBatchFactory
from workspaces.models import User

HTMX = {"HX-Request": "true"}


def address(entry: BillingEntry, verb: str = "") -> str:
    return f"/billing/{entry.pk}/{verb}"


def shown(entry: BillingEntry, **changes: Any) -> dict[str, Any]:
    form = EntryAsItStands(entry)
    sent = form.values | {"seen": form.showing} | changes
    return {name: str(value) for name, value in sent.items()}


def columns(entry: BillingEntry) -> dict[str, Any]:
    return BillingEntry.objects.filter(pk=entry.pk).values().get()


def decide(entry: BillingEntry, state: str, by: User) -> None:
    """As if it had been decided on, for states that only others reach."""
    batch = ExportBatchFactory(workspace=entry.workspace) if state == "invoiced" else None
    decided = {"state": state, "batch": batch, "reviewed_by": by, "reviewed_at": timezone.now()}
    BillingEntry.objects.filter(pk=entry.pk).update(**decided, return_comment="Please check.")
    entry.refresh_from_db()
