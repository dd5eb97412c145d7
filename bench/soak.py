"""Everybody's work for minutes, at a steady rate: no error, quick answers, memory that stays flat.

    python -m bench.soak [--database sqlite|postgresql] [--minutes 5] [--rate 300]

Starts granian with two workers on a fresh database with the demo, and sends requests at their time, whether
the ones before are answered or not; a tenth of them write. Without a rate it is 50 per second on SQLite, and
on PostgreSQL the highest, up to 300, that this machine holds. Ends with 1 on an error; slowness is only told.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.databases import DATABASES, ENVIRONMENT, Database, on_each
from bench.everybody import Everybody, is_write
from bench.ledger import differences_in_the_ledger
from bench.server import Server, end_of
from bench.speed.load import PATIENCE_SECONDS, Load, Reply, percentile
from bench.speed.rig import THREADS, WORKERS, told_by
from bench.tables import print_table, say

CONNECTIONS = 64
#: What is tried on PostgreSQL, each for so long, until one is not held.
RATES = (25, 50, 75, 100, 150, 200, 250, 300)
TRIAL_SECONDS = 8
SQLITE_RATE = 50
P95_SECONDS = 0.25
PSS_MIB = 200
HEADS = ["minute", "requests", "writes", "per s", "p50 ms", "p95 ms", "p99 ms", "errors", "workers' PSS MiB"]


@dataclass
class Minute:
    """What happened in it. Seconds count from when a request was due."""

    seconds: list[float] = field(default_factory=list)
    writes: int = 0
    lasted: float = 0
    wrong: Counter[str] = field(default_factory=Counter)

    def row(self, name: str, memory: str) -> list[object]:
        shares = [f"{1000 * percentile(self.seconds, share):.0f}" for share in (0.5, 0.95, 0.99)]
        per_second = f"{len(self.seconds) / self.lasted:.0f}"
        return [name, len(self.seconds), self.writes, per_second, *shares, self.wrong.total(), memory]


def main() -> int:
    options = arguments()
    if options.database is None:
        return on_each("bench.soak")
    begun = time.monotonic()
    os.environ.update(ENVIRONMENT)
    with DATABASES[options.database]() as database:
        environment = {"DATABASE_URL": database.url}
        cast = told_by("bench.speed.cast", database.url, "--people", str(options.people))
        with Server(database.folder, workers=WORKERS, threads=THREADS, environment=environment) as server:
            faults = soak(options, database, server, Everybody(cast))
        faults += differences_in_the_ledger(database.url)
    print(f"{database.name}: {time.monotonic() - begun:.0f} s in all, {len(faults)} faults")
    print("\n".join(faults[:20]), end="\n" if faults else "")
    return int(bool(faults))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--database", choices=DATABASES, help="this one only, instead of one after the other")
    parser.add_argument("--minutes", type=float, default=5, help="after warming up (default 5)")
    parser.add_argument("--people", type=int, default=64, help="who click (default 64)")
    parser.add_argument("--rate", type=float, help="requests per second")
    return parser.parse_args()


def soak(options: argparse.Namespace, database: Database, server: Server, everybody: Everybody) -> list[str]:
    """Prints what happened, minute by minute; returns what was wrong."""
    server.wait_for_all(WORKERS)
    with Load(server.port, CONNECTIONS) as load:
        rate, tried = options.rate or SQLITE_RATE, Minute()
        if not options.rate and options.database == "postgresql":
            rate, tried = highest(load, everybody)
        warm_up = min(TRIAL_SECONDS, 60 * options.minutes)
        tried.wrong += drive(load, everybody, rate, warm_up).wrong
        everybody.done.clear()
        rows, minutes = [], []
        rows.append(["start", *[""] * 7, memory(server)])
        left = 60 * options.minutes
        while left > 0:
            minutes.append(drive(load, everybody, rate, min(60, left)))
            left -= 60
            rows.append(minutes[-1].row(str(len(minutes)), memory(server)))
            say(f"minute {len(minutes)}: {rows[-1][1:]}")
    together = Minute()
    for minute in minutes:
        together.seconds += minute.seconds
        together.writes += minute.writes
        together.lasted += minute.lasted
        together.wrong += minute.wrong
    rows.append(together.row("all", memory(server)))
    print(f"{database.name}: {rate:.0f} requests per second were due, for {options.minutes:g} minutes")
    print_table(HEADS, rows)
    print("What was asked: " + ", ".join(f"{count} × {kind}" for kind, count in everybody.done.most_common()))
    p95, held = percentile(together.seconds, 0.95), sum(pss(worker) for worker in server.workers())
    print(f"p95 under 250 ms: {'met' if p95 < P95_SECONDS else 'missed'}; ", end="")
    print(f"two workers within {PSS_MIB} MiB: {'met' if held <= PSS_MIB else 'missed'}")
    faults = [f"{count} × {what}" for what, count in (tried.wrong + together.wrong).most_common()]
    if faults:
        faults.append(f"the server's log ends: {end_of(server.log)}")
    if locked := server.logged("database is locked"):
        faults.append(f"the log says {locked} times that the database is locked")
    return faults


def highest(load: Load, everybody: Everybody) -> tuple[float, Minute]:
    """The last rate that is held with quick answers; and what went wrong until then."""
    # What nobody has seen yet is slow once: it is not judged.
    wrong = drive(load, everybody, RATES[0], 3).wrong
    held: float = RATES[0]
    for rate in RATES:
        tried = drive(load, everybody, rate, TRIAL_SECONDS)
        wrong += tried.wrong
        p95 = percentile(tried.seconds, 0.95)
        say(f"{rate} per second: p95 {1000 * p95:.0f} ms")
        if p95 > P95_SECONDS / 2:
            break
        held = rate
    return held, Minute(wrong=wrong)


def drive(load: Load, everybody: Everybody, rate: float, seconds: float) -> Minute:
    """Send at the rate for so long; returns when all is answered, and raises TimeoutError if it never is."""
    minute = Minute()
    begun = time.perf_counter()
    count, total = 0, int(rate * seconds)
    while count < total or load.busy:
        now = time.perf_counter()
        while count < total and load.idle and (due := begun + count / rate) <= now:
            load.send(everybody.call(), due)
            count += 1
        is_full = count >= total or not load.idle
        wait = PATIENCE_SECONDS if is_full else max(0.0, begun + count / rate - time.perf_counter())
        for reply in load.receive(wait):
            note(minute, everybody, reply)
    minute.lasted = time.perf_counter() - begun
    return minute


def note(minute: Minute, everybody: Everybody, reply: Reply) -> None:
    kind, is_right = everybody.learn(reply)
    minute.seconds.append(reply.seconds)
    minute.writes += is_write(kind)
    if not is_right:
        minute.wrong[f"{reply.status or 'no answer'} to {kind}"] += 1


def memory(server: Server) -> str:
    """What each worker holds of the memory, in MiB, and all."""
    each = [pss(worker) for worker in server.workers()]
    return f"{' + '.join(f'{mib:.0f}' for mib in each)} = {sum(each):.0f}"


def pss(process: int) -> float:
    """MiB of memory, what is shared divided by those who share it."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0


if __name__ == "__main__":
    sys.exit(main())
