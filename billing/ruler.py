"""The ruler: recorded time on a scale, and what the rule added to it or left away. Geometry only."""

from __future__ import annotations

from dataclasses import dataclass

from workspaces.durations import format_hours

WIDTH = 240
#: Between what was recorded and what was added.
GAP = 1
FEWEST, MOST = 4, 8
QUARTER = 15 * 60


@dataclass(frozen=True)
class Ruler:
    """Positions from 0 to `WIDTH`, as text for SVG attributes.

    `added` is from where to where the rule added time, `cut_at` and `cut` are where the recorded time begins
    that is not billed, and how wide it is; None where there is nothing of the kind.
    """

    recorded: str
    added: tuple[str, str] | None
    cut_at: str
    cut: str | None
    ticks: list[str]
    labels: list[str]


def measure(raw_seconds: int, billed_seconds: int | None = None, *, step: int = QUARTER) -> Ruler:
    """The ruler of a recorded and a billed time; without the latter, of a recorded time alone.

    `step` is how many seconds a division stands for, doubled until at most eight of them hold the time.
    """
    billed_seconds = raw_seconds if billed_seconds is None else billed_seconds
    longest = max(raw_seconds, billed_seconds)
    while longest > MOST * step:
        step *= 2
    divisions = max(FEWEST, -(-longest // step))

    def place(seconds: int) -> float:
        return seconds / (divisions * step) * WIDTH

    recorded, billed = place(min(raw_seconds, billed_seconds)), place(billed_seconds)
    added_from, cut = recorded + GAP, place(raw_seconds) - billed
    return Ruler(
        recorded=_attribute(recorded),
        added=(_attribute(added_from), _attribute(billed)) if billed > added_from else None,
        cut_at=_attribute(billed),
        cut=_attribute(cut) if cut > 0 else None,
        ticks=[_attribute(place(step * number)) for number in range(1, divisions)],
        labels=[format_hours(step * number) for number in range(1, divisions + 1)],
    )


def _attribute(position: float) -> str:
    return f"{position:.1f}".removesuffix(".0")
