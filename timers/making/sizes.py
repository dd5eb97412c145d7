"""How much there is of everything, and how unevenly it lies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from random import Random
from typing import Generic, TypeVar

Thing = TypeVar("Thing")

YEARS = 10
#: So many stretches of about a month; what belongs to one of them is written together.
PERIODS = YEARS * 12
#: With these the busiest of 200 workspaces has a tenth of everything.
STEEPNESS = 0.8
#: Entries that nobody's timer made.
BY_HAND = 0.05
#: Timers that were canceled, for each entry.
CANCELED = 0.045


@dataclass(frozen=True)
class Sizes:
    """Rows of the tables that grow; `of(1.0)` is the full size."""

    workspaces: int
    users: int
    customers: int
    conversations: int
    messages: int
    entries: int

    @classmethod
    def of(cls, scale: float) -> Sizes:
        """Everything grows with the scale, the number of workspaces with its root."""
        return cls(
            workspaces=max(2, round(200 * scale**0.5)),
            users=max(10, round(10_000 * scale)),
            customers=max(10, round(10_000 * scale)),
            conversations=max(10, round(200_000 * scale)),
            messages=max(100, round(2_000_000 * scale)),
            entries=max(100, round(2_000_000 * scale)),
        )

    @property
    def rows(self) -> int:
        """About how many rows that makes, histories included: to tell how far the work has come."""
        return self.conversations + self.messages + round(self.entries * (1 + 1 + 1.5 + 3.9))


def falling(count: int) -> list[float]:
    """Shares of 1 for so many, the first the largest: few have much, and many have little."""
    weights = [(rank + 1) ** -STEEPNESS for rank in range(count)]
    whole = sum(weights)
    return [weight / whole for weight in weights]


def split(total: int, shares: list[float]) -> list[int]:
    """Whole parts of the total, by their shares; nothing is lost to rounding."""
    bounds = [0, *(round(total * share) for share in accumulate(shares))]
    return [end - start for start, end in pairwise(bounds)]


def over_the_years(total: int) -> Iterator[int]:
    """How much of the total falls into each period: three times as much in the last as in the first."""
    growth = [1 + 2 * period / (PERIODS - 1) for period in range(PERIODS)]
    whole = sum(growth)
    yield from split(total, [part / whole for part in growth])


class Uneven(Generic[Thing]):
    """Things of which the first are drawn most often."""

    def __init__(self, things: list[Thing]) -> None:
        self.things = things
        self.bounds = list(accumulate(falling(len(things))))

    def draw(self, chance: Random, count: int = 1) -> list[Thing]:
        return chance.choices(self.things, cum_weights=self.bounds, k=count)
