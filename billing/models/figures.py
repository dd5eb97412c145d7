"""What follows from the figures of an entry, be it a record or a row of a list."""

from __future__ import annotations

from typing import Any

from billing.flags import UNUSUALLY_LONG
from billing.models.billing_type import BillingType


class Figures:
    """Whatever has these has the flags and counts in the sums of an entry."""

    kind: Any
    currency: Any
    amount: Any
    raw_seconds: Any
    calculated_seconds: Any
    billed_seconds: Any
    confirmed_at: Any
    overlap_seconds: Any
    overlap_with_id: Any
    clock_stepped_back: Any

    @property
    def is_adjusted(self) -> bool:
        return self.billed_seconds != self.calculated_seconds

    @property
    def is_unusually_long(self) -> bool:
        return max(self.raw_seconds, self.billed_seconds) > UNUSUALLY_LONG

    @property
    def is_charge(self) -> bool:
        """Whether the customer is billed for it."""
        return self.kind == BillingType.Kind.SERVICE
