"""Clicks that arrive at the same moment, over HTTP: one wins, nobody sees an error.

    python -m bench.races [--database sqlite|postgresql] [--requests 200] [--rounds 2]

Starts granian with four workers on a fresh database and lets many connections, released by a barrier, race
for one timer or one entry. Who won is read from the database afterwards. Ends with 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from bench.databases import DATABASES, Database, arguments, on_each, prepare
from bench.ledger import differences_in_the_ledger
from bench.server import Server, Serving
from bench.tables import print_table

if TYPE_CHECKING:
    from bench.race import Race

WORKERS, THREADS = 4, 4
HEADS = [
    "race",
    "database",
    "requests",
    "answers",
    "winners",
    "5xx",
    "deadlocks",
    "locked",
    "seconds",
    "verdict",
]


@dataclass
class Result:
    """All rounds of one race."""

    answers: Counter[int] = field(default_factory=Counter)
    winners: list[str] = field(default_factory=list)
    deadlocks: int = 0
    locked: int = 0
    seconds: float = 0
    faults: list[str] = field(default_factory=list)

    @property
    def errors(self) -> int:
        return sum(count for status, count in self.answers.items() if status >= 500)

    @property
    def is_right(self) -> bool:
        return not (self.faults or self.errors or self.deadlocks or self.locked)

    def row(self) -> list[object]:
        told = ", ".join(f"{count} × {status or 'none'}" for status, count in sorted(self.answers.items()))
        figures = [self.errors, self.deadlocks, self.locked, f"{self.seconds:.1f}"]
        verdict = "right" if self.is_right else "WRONG"
        return [sum(self.answers.values()), told, " ".join(self.winners), *figures, verdict]


def run(make: Callable[[int], Race], rounds: int, database: Database, server: Serving) -> Result:
    """Play the rounds of a race."""
    result = Result()
    deadlocks, locked = database.deadlocks(), server.logged("database is locked")
    for turn in range(rounds):
        race = make(turn)
        begun = time.monotonic()
        shots, answers = race.play()
        result.seconds += time.monotonic() - begun
        result.answers.update(answer.status for answer in answers)
        winners, faults = race.judge(shots, answers)
        race.clear()
        result.winners.append(winners)
        result.faults += [f"{race.name}, round {turn + 1}: {fault}" for fault in faults]
    result.deadlocks = database.deadlocks() - deadlocks
    result.locked = server.logged("database is locked") - locked
    return result


def main() -> int:
    options = arguments(
        __doc__,
        requests=(200, "of each race, at the same moment"),
        rounds=(2, "of each race"),
        writers=(16, "people who write at the same time"),
    )
    if options.database is None:
        return on_each("bench.races")
    begun = time.monotonic()
    with DATABASES[options.database]() as database:
        prepare(database)
        with Server(database.folder, workers=WORKERS, threads=THREADS) as server:
            faults = race_all(options, database, server)
        faults += differences_in_the_ledger(database.url)
    print(f"{database.name}: {time.monotonic() - begun:.0f} s in all, {len(faults)} faults")
    print("\n".join(faults), end="\n" if faults else "")
    return int(bool(faults))


def race_all(options: argparse.Namespace, database: Database, server: Serving) -> list[str]:
    """Prints the table; returns what was wrong."""
    from bench import entry_races, timer_races
    from bench.people import Cast

    cast = Cast.at(server.port, agents=max(4, options.writers), racing=True)
    before = server.busy_seconds()
    rows, faults = [], []
    for kind in [*timer_races.RACES, *entry_races.RACES]:
        result = run(partial(kind, cast, options.requests), options.rounds, database, server)
        rows.append([kind.name, database.name, *result.row()])
        faults += result.faults
        if not (result.is_right or result.faults):
            faults.append(
                f"{kind.name}: {result.errors} × 5xx, {result.deadlocks} deadlocks, {result.locked} locked"
            )
    print_table(HEADS, rows)
    worked = [
        worker for worker, seconds in server.busy_seconds().items() if seconds - before.get(worker, 0) > 0.2
    ]
    print(f"{database.name}: {len(worked)} of {WORKERS} workers answered; {server.restarts} restarts")
    return faults


if __name__ == "__main__":
    sys.exit(main())
