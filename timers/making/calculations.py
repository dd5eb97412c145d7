"""The real rules, asked once for each time: to word an explanation takes longer than all else."""

from __future__ import annotations

import json

from billing.models import BillingType, Calculation


class Rules:
    """Works in the language in which explanations are kept: within `override("en")`."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[str, str]] = {}
        self._known: dict[tuple[str, int, int | None, bool], Calculation] = {}

    def copy_of(self, rule: BillingType) -> str:
        """The copy that an entry keeps, as JSON."""
        return self._of(rule)[1]

    def calculate(self, rule: BillingType, raw: int, chosen: int | None, *, by_hand: bool) -> Calculation:
        """As `BillingType.calculate` does."""
        key = self._of(rule)[0], raw, chosen, by_hand
        if key not in self._known:
            self._known[key] = rule.calculate(raw, chosen_seconds=chosen, by_hand=by_hand)
        return self._known[key]

    def _of(self, rule: BillingType) -> tuple[str, str]:
        if rule.pk not in self._kept:
            self._kept[rule.pk] = rule.fingerprint, json.dumps(rule.snapshot())
        return self._kept[rule.pk]
