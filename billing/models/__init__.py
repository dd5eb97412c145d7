"""What time is worth: the rules (billing types), what they made of it (entries), and exported batches."""

from billing.models.batch import ExportBatch, NothingToExport
from billing.models.billing_type import BillingType
from billing.models.calculation import Calculation
from billing.models.entry import BillingEntry
from billing.models.reviewed import EditConflict, NotEditable

__all__ = [
    "BillingEntry",
    "BillingType",
    "Calculation",
    "EditConflict",
    "ExportBatch",
    "NotEditable",
    "NothingToExport",
]
