"""Two application servers behind nginx, PgBouncer in transaction mode, one PostgreSQL: races, kills, sign-in.

    python -m bench.machines [--requests 200] [--rounds 2] [--kills 6]

The races of `python -m bench.races` pass through all of it. Then people work and read while whole application
servers are killed, one after the other; and what both must know of a sign-in is asked of the other one. Takes
Debian's nginx-light and pgbouncer, which it runs in a folder of its own. Ends with 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import sys
import time

from bench.crash import at_work, compare, pause
from bench.databases import PostgreSQL, arguments, disconnect, prepare
from bench.ledger import differences_in_the_ledger
from bench.machines.rig import Machines, Missing, program
from bench.races import race_all

SERVERS, WORKERS, THREADS = 2, 2, 4


def main() -> int:
    options = arguments(
        __doc__,
        choice=False,
        requests=(200, "of each race, at the same moment"),
        rounds=(2, "of each race"),
        writers=(16, "people who write at the same time, in one of the races"),
        kills=(6, "of a whole application server, by turns"),
        people=(8, "who click all the time meanwhile"),
        readers=(4, "who only read meanwhile"),
    )
    try:
        program("nginx", "nginx-light")
        program("pgbouncer", "pgbouncer")
    except Missing as missing:
        print(missing)
        return 2
    begun = time.monotonic()
    with PostgreSQL() as database:
        prepare(database)
        with Machines(database, count=SERVERS, workers=WORKERS, threads=THREADS) as machines:
            faults = race_all(options, database, machines)
            print(told(machines))
            faults += signed_in(machines)
            faults += failover(options, machines)
            print(told(machines))
        disconnect()
        found = differences_in_the_ledger(database.url)
        print(f"verify_ledger: {'differences' if found else 'no difference'}")
    faults += found
    print(f"{SERVERS} servers: {time.monotonic() - begun:.0f} s in all, {len(faults)} faults")
    print("\n".join(faults[:20]), end="\n" if faults else "")
    return int(bool(faults))


def told(machines: Machines) -> str:
    answered = ", ".join(f"{name} {count}" for name, count in sorted(machines.answered().items()))
    return f"requests by nginx's log: {answered}; {machines.pooled()}"


def signed_in(machines: Machines) -> list[str]:
    from bench.machines.sign_in import shared

    faults = []
    for promise, holds in shared([server.port for server in machines.servers]).items():
        print(f"{promise}: {'yes' if holds else 'NO'}")
        if not holds:
            faults.append(f"not so: {promise}")
    return faults


def failover(options: argparse.Namespace, machines: Machines) -> list[str]:
    """Kill one server after the other while people work and read; what was wrong with the answers."""
    from bench.machines.readers import Readers
    from bench.shifts import Standstill

    with at_work(options.people, machines, prefix="steady-") as (shifts, air):
        readers = Readers([shift.session for shift in shifts][: options.readers])
        with readers:
            try:
                for turn in range(options.kills):
                    pause(air)
                    machines.kill(turn % SERVERS)
                    pause(air)
                    machines.wait_until_all_serve()
                pause(air)
            except Standstill as standstill:
                air.odd.append(str(standstill))
    statuses = ", ".join(f"{count} × {status or 'none'}" for status, count in sorted(air.statuses.items()))
    print(f"{options.kills} application servers killed, started again {machines.restarts} times")
    print(f"  pages read meanwhile: {readers}")
    print(f"  answers to clicks: {statuses}")
    pages = [page for shift in shifts for page in shift.pages]
    return [*readers.faults(), *dict.fromkeys(air.odd), *compare(pages)]


if __name__ == "__main__":
    sys.exit(main())
