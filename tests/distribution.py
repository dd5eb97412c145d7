"""Whether a query says in which workspace it looks, on each large table that it begins at."""

from __future__ import annotations

import re

from django.apps import apps

from billing.models import BillingEntry, ExportBatch
from conversations.models import Conversation, Customer, Message
from timers.models import Interval, Timer

#: Those with many rows, and those beside them that belong to one workspace: all would be distributed by it.
DISTRIBUTED = {
    model._meta.db_table
    for model in (
        *(Conversation, Customer, Message, Timer, Interval, BillingEntry, ExportBatch),
        *(BillingEntry.history.model, Customer.history.model),
    )
}
#: Where a query or a subquery begins; what it joins, it reaches from there by foreign keys.
BEGINS = re.compile(r'(?:FROM|UPDATE) "(\w+)"(?: (?:AS )?"?([A-Z]\d+)"?)?')


def models_by_workspace() -> set[str]:
    """The tables of all models that have a workspace."""
    return {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if any(field.name == "workspace" for field in model._meta.concrete_fields)
    }


def unscoped(sql: str) -> list[str]:
    """The tables at which it begins without naming the workspace."""
    if sql.startswith("INSERT"):
        into = re.match(r'INSERT INTO "(\w+)" \(([^)]*)\)', sql)
        missing = into and into[1] in DISTRIBUTED and '"workspace_id"' not in into[2]
        return [into[1]] if into and missing else []
    return [
        table
        for table, alias in BEGINS.findall(sql)
        if table in DISTRIBUTED and not re.search(rf'"?\b{alias or table}"?\."workspace_id" (=|IN) ', sql)
    ]
