"""What a billing type makes of timers, beside its form in the admin."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from billing.admin_forms import RuleForm
from billing.models import BillingType, Calculation
from billing.ruler import QUARTER, Ruler, measure
from workspaces.durations import format_clock
from workspaces.models import Workspace

#: One second, around the usual increments, over the day.
PREVIEWED_SECONDS = [
    1, 300, 360, 420, 480, 900, 901, 1320, 1800, 3133, 3600, 5400, 7 * 3600 + 900, 9 * 3600 + 1340
]  # fmt: skip


def what_applied(calculation: Calculation) -> str:
    """Those steps of the explanation that changed the time: "rounded up to 15 min"."""
    applied, before = [], format_clock(calculation.raw_seconds)
    for step in calculation.explanation.split(" → ")[1:-1]:
        phrase, _colon, after = step.rpartition(": ")
        if after != before:
            # French sets a space before the colon.
            applied.append(phrase.rstrip())
        before = after
    return ", ".join(applied) or gettext("as recorded")


@dataclass(frozen=True)
class Preview:
    """`rows` are calculations with what applied in them; `example` is drawn on the `ruler`.

    `currency` is empty where the rule has no price yet; then the amounts say nothing. `unsaved` says that it
    is the rule of a form and not the saved one.
    """

    rows: list[tuple[Calculation, str]]
    example: Calculation
    ruler: Ruler
    currency: str
    unsaved: bool

    @classmethod
    def of(cls, rule: BillingType, *, priced: bool = True, unsaved: bool = False) -> Preview:
        made = [rule.calculate(seconds) for seconds in PREVIEWED_SECONDS]
        rounds = rule.rounding != BillingType.Rounding.NONE
        increment = rule.increment_minutes * 60 if rounds else QUARTER
        # Far enough between two increments for all three ways of rounding to show.
        example = rule.calculate(increment * 12 // 5)
        ruler = measure(example.raw_seconds, example.billed_seconds, step=increment)
        rows = [(calculation, what_applied(calculation)) for calculation in made]
        return cls(rows, example, ruler, rule.workspace.currency if priced else "", unsaved)

    @classmethod
    def of_form(cls, form: RuleForm) -> Preview:
        """Of a valid form, which may lack a workspace or a rate."""
        rule = form.instance
        priced = form.is_priced
        if rule.workspace_id is None:
            rule.workspace = Workspace()
        return cls.of(rule, priced=priced, unsaved=True)

    @classmethod
    def of_nothing(cls) -> Preview:
        """Of the rule that an empty form begins with."""
        return cls.of(BillingType(workspace=Workspace()), priced=False, unsaved=True)
