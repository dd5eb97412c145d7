"""What a click and a page cost, beside a floor: CPU per request, requests per second, p50 and p95.

    python -m bench.speed [--only start,stop] [--rounds 5] [--requests 64] [--large 0.05] [--json PATH]

Starts PostgreSQL, and granian with two workers each for the floor, for Stint on the demo, and for Stint on a
large data set. They take turns. Ends with 1 if a request was not answered as it must be.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from pathlib import Path

from bench.speed.measures import MEASURES, Figures, Measure, Side
from bench.speed.rig import Rig
from bench.speed.stint import Stint
from bench.speed.timetagger import Timetagger
from bench.tables import print_table, say

#: What `--only` also understands.
SHORT = {
    "poll": "status poll",
    "list": "timers list",
    "page": "conversation page",
    "entries": "my entries",
    "queue": "review queue",
    "stop+entry": "stop + entry",
}
HEADS = [
    "what",
    "data",
    "at once",
    "CPU ms",
    "of it database",
    "floor",
    "× floor",
    "target",
    "",
    "per s",
    "p50 ms",
    "p95 ms",
]
#: What the peer does too.
PEERS_STEPS = {measure.step for measure in MEASURES if measure.peer}
#: Connections while warming up: as many as reach both workers and all their threads.
WARM = 16

Results = dict[tuple[str, str, int], Figures]


def main() -> int:
    options = arguments()
    begun = time.monotonic()
    measures = [each for each in MEASURES if not options.only or each.step in options.only]
    results: Results = defaultdict(Figures)
    with Rig(options.people) as rig:
        floor, sides = rig.floor(), [rig.stint("demo", "demo")]
        if options.large:
            sides.append(rig.stint("large", options.large))
        if peer := rig.peer():
            sides.append(peer)
        else:
            say("timetagger is not installed: measured without it")
        play(measures, options.requests, WARM, floor, sides, defaultdict(Figures))
        for number in range(options.rounds):
            say(f"{time.monotonic() - begun:.0f} s, round {number + 1} of {options.rounds}")
            for concurrency in options.at_once:
                play(measures, options.requests, concurrency, floor, sides, results)
        report(measures, options.at_once, [side.name for side in sides], results)
        if options.json:
            Path(options.json).write_text(json.dumps(as_json(measures, results), indent=1) + "\n")
        wrong = judge([floor, *sides])
    print(f"{time.monotonic() - begun:.0f} s in all")
    return wrong


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    names = ", ".join(measure.step for measure in MEASURES)
    parser.add_argument("--only", type=chosen, default=[], help=f"some of: {names}")
    parser.add_argument("--rounds", type=int, default=5, help="after one to warm up (default 5)")
    parser.add_argument("--people", type=int, default=64, help="who click (default 64)")
    parser.add_argument("--requests", type=int, default=64, help="of each kind in a round (default 64)")
    parser.add_argument("--at-once", type=numbers, default=[1, 16], help="concurrency (default 1,16)")
    parser.add_argument(
        "--large", default="", help="also on large data: a scale of make_data, or a DATABASE_URL"
    )
    parser.add_argument("--json", help="write the figures there")
    return parser.parse_args()


def chosen(text: str) -> list[str]:
    found = [SHORT.get(each.strip(), each.strip()) for each in text.split(",")]
    if unknown := set(found) - {measure.step for measure in MEASURES}:
        raise argparse.ArgumentTypeError(f"nothing is called {', '.join(sorted(unknown))}")
    return found


def numbers(text: str) -> list[int]:
    return [int(each) for each in text.split(",")]


def play(
    measures: list[Measure], requests: int, concurrency: int, floor: Side, sides: list[Side], results: Results
) -> None:
    """Every step of the chains with one that is measured: by the floor first, then by one after the other."""
    by_step = {measure.step: measure for measure in measures}
    for chain in Stint.chains:
        if by_step.keys().isdisjoint(chain):
            continue
        for step in chain:
            measure = by_step.get(step)
            low = measure and floor.do(measure.floor, concurrency, requests)
            for side in sides:
                if side.name == Timetagger.name and step not in PEERS_STEPS:
                    continue
                block = side.do(step, concurrency if measure else WARM, requests)
                if measure and low and block:
                    results[step, side.name, concurrency].add(block, low)


def report(measures: list[Measure], at_once: list[int], names: list[str], results: Results) -> None:
    rows = []
    for measure in measures:
        for name in names:
            is_ours = name != Timetagger.name
            for concurrency in at_once:
                if (figures := results[measure.step, name, concurrency]).blocks:
                    what = measure.step if is_ours else measure.peer
                    rows.append([what, name, concurrency, *row(measure, figures, is_ours=is_ours)])
    print_table(HEADS, rows)


def row(measure: Measure, figures: Figures, *, is_ours: bool) -> list[object]:
    target = measure.target if is_ours else None
    is_met = target is not None and round(figures.ratio, 2) <= target
    return [
        f"{figures.cpu:.2f}",
        f"{figures.database:.2f}",
        f"{figures.beside.cpu:.2f} {measure.floor}",
        f"{figures.ratio:.2f}",
        "" if target is None else f"{target:.1f}",
        "" if target is None else "met" if is_met else "missed",
        f"{figures.per_second:.0f}",
        f"{figures.latency(0.5):.1f}",
        f"{figures.latency(0.95):.1f}",
    ]


def judge(sides: list[Side]) -> int:
    """1 if a request was not answered as it must be; says which."""
    wrong = sum(side.wrong.total() for side in sides)
    print(f"{sum(side.sent for side in sides)} requests, {wrong} not answered as they must be")
    for side in sides:
        for line in side.faults():
            print(line)
    return int(bool(wrong))


def as_json(measures: list[Measure], results: Results) -> list[dict[str, object]]:
    return [
        {
            "what": measure.step,
            "data": name,
            "at_once": concurrency,
            "cpu_ms": figures.cpu,
            "database_ms": figures.database,
            "floor": measure.floor,
            "floor_ms": figures.beside.cpu,
            "ratio": figures.ratio,
            "target": measure.target,
            "per_second": figures.per_second,
            "p50_ms": figures.latency(0.5),
            "p95_ms": figures.latency(0.95),
        }
        for measure in measures
        for (step, name, concurrency), figures in results.items()
        if step == measure.step and figures.blocks
    ]


if __name__ == "__main__":
    sys.exit(main())
