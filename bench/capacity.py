"""How many agents a core carries: what they do in an hour, by what `python -m bench.speed --json` measured.

python -m bench.speed --json figures.json && python -m bench.capacity figures.json
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.tables import print_table

#: One agent's hour, with a page of Stint always to be seen (it polls every 15 seconds), and, of every ten
#: agents, one manager's: so a tenth of what that manager does is counted for each.
HOUR = {
    "status poll": 240,
    "start": 6,
    "stop + entry": 5,
    "stop": 1,
    "cancel": 0.5,
    "convert": 1,
    "conversation page": 15,
    "timers list": 6,
    "my entries": 3,
    "review queue": 1,
    "approve": 5,
}
#: How busy a core may be while answers still come at once.
BUSY = 0.7
AT_ONCE = 16
HEADS = ["data", "requests in an hour", "application s", "PostgreSQL s", "agents per core", "… of PostgreSQL"]


@dataclass
class Hour:
    """What one agent's hour costs, in seconds of the processor."""

    application: float = 0
    database: float = 0

    def agents(self, seconds: float) -> int:
        """So many per core of which one agent's hour takes these seconds."""
        return int(BUSY * 3600 / seconds)


def hours(figures: list[dict]) -> dict[str, Hour]:
    """By data set, those that have a figure for each thing that is done."""
    found: dict[str, dict[str, dict]] = {}
    for each in figures:
        if each["at_once"] == AT_ONCE and each["what"] in HOUR:
            found.setdefault(each["data"], {})[each["what"]] = each
    result = {}
    for data, measured in found.items():
        if measured.keys() == HOUR.keys():
            result[data] = Hour(
                sum(HOUR[what] * (m["cpu_ms"] - m["database_ms"]) for what, m in measured.items()) / 1000,
                sum(HOUR[what] * m["database_ms"] for what, m in measured.items()) / 1000,
            )
    return result


def main(path: str) -> int:
    found = hours(json.loads(Path(path).read_text(encoding="utf-8")))
    if not found:
        print(f"{path} lacks what an hour is made of, {AT_ONCE} at once: {', '.join(HOUR)}")
        return 1
    rows = [
        [
            data,
            f"{sum(HOUR.values()):.0f}",
            f"{hour.application:.2f}",
            f"{hour.database:.2f}",
            hour.agents(hour.application),
            hour.agents(hour.database),
        ]
        for data, hour in found.items()
    ]
    print_table(HEADS, rows)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) if len(sys.argv) == 2 else __doc__)
