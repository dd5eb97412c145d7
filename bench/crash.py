"""kill -9 and power cuts under load: what was acknowledged is there, once, and nothing is half done.

    python -m bench.crash [--database sqlite|postgresql] [--kills 50] [--cuts 8] [--people 16]

People click against granian on a fresh database, each keeping a journal. Workers are killed in the middle of
a stop or a convert, PostgreSQL is stopped at once as by a power cut, and everything is started again. Then
the database is compared with the journals, and by `manage.py verify_ledger`. Ends with 1 on a fault.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from bench.databases import DATABASES, Database, PostgreSQL, arguments, disconnect, on_each, prepare
from bench.ledger import differences_in_the_ledger
from bench.server import Server, Serving
from bench.tables import print_table

if TYPE_CHECKING:
    from bench.journal import Page
    from bench.shifts import Air, Shift

THREADS = 4
CONVERSATIONS_EACH = 12
PATIENCE_SECONDS = 60
#: Clicks that must be answered between two cuts.
CLICKS_BETWEEN = 20
#: The first timer with an entry of some seconds.
TIMER = (
    "(SELECT min(timers_timer.id) FROM timers_timer JOIN billing_billingentry "
    "ON billing_billingentry.id = timers_timer.entry_id WHERE billing_billingentry.raw_seconds > 0)"
)
#: What is done to a copy of the database, to see that the ledger's check tells.
DAMAGE = {
    "recorded time is gone": f"UPDATE timers_interval SET started_at = stopped_at WHERE timer_id = {TIMER}",
    "an interval is gone": f"DELETE FROM timers_interval WHERE timer_id = {TIMER}",
    "an entry has lost its timer": (
        f"UPDATE timers_timer SET entry_id = NULL, state = 'canceled' WHERE id = {TIMER}"
    ),
}


def main() -> int:
    options = arguments(
        __doc__,
        kills=(50, "of workers that have a request in flight"),
        cuts=(8, "immediate shutdowns of PostgreSQL"),
        people=(16, "who click all the time"),
        workers=(6, "processes of the server"),
        damages=(len(DAMAGE), "done to copies, to see that the ledger's check tells"),
    )
    if options.database is None:
        return on_each("bench.crash")
    begun = time.monotonic()
    with DATABASES[options.database]() as database:
        prepare(database)
        with Server(database.folder, workers=options.workers, threads=THREADS) as server:
            faults, pages = crash(options, database, server)
        faults += compare(pages)
        faults += check_the_check(database, options.damages)
    print(f"{database.name}: {time.monotonic() - begun:.0f} s in all, {len(faults)} faults")
    print("\n".join(faults[:20]), end="\n" if faults else "")
    return int(bool(faults))


def crash(options: argparse.Namespace, database: Database, server: Server) -> tuple[list[str], list[Page]]:
    """Everything that happens while people work; what was wrong with the answers, and the journals."""
    from bench.kills import Killer
    from bench.shifts import Standstill

    cuts = options.cuts if isinstance(database, PostgreSQL) else 0
    with at_work(options.people, server) as (shifts, air):
        killer = Killer(server, database, air)
        try:
            while killer.kills < options.kills:
                killer.kill()
                pause(air)
            if isinstance(database, PostgreSQL):
                for _ in range(cuts):
                    cut(database, server, air)
            server.wait_until_healthy()
            pause(air)
            wait_for_an_entry_of_some_seconds()
        except Standstill as standstill:
            air.odd.append(str(standstill))
    hit = ", ".join(f"{count} {verb}" for verb, count in killer.hit.most_common())
    told = ", ".join(f"{count} × {status or 'no answer'}" for status, count in sorted(air.statuses.items()))
    print(f"{database.name}: {killer.kills} workers killed, {killer.inside} of them inside a transaction")
    print(f"  in flight there: {hit}")
    print(f"  granian started again by its supervisor: {server.restarts} times; power cuts: {cuts}")
    print(f"  answers: {told}; {air.refused} connections refused")
    faults = [f"not as it must be, {count} times: {odd}" for odd, count in Counter(air.odd).items()]
    if locked := server.logged("database is locked"):
        faults.append(f"the log says {locked} times that the database is locked")
    return faults, [page for shift in shifts for page in shift.pages]


@contextmanager
def at_work(people: int, server: Serving, prefix: str = "") -> Iterator[tuple[list[Shift], Air]]:
    """The people, working until the block ends; then each waits for the answer to the last click."""
    from bench.journal import Page
    from bench.people import Cast, make_conversation
    from bench.shifts import Air, Shift

    cast = Cast.at(server.port, agents=people, prefix=prefix)
    air, shifts = Air(), []
    for number, agent in enumerate(cast.agents):
        workspace = cast.manual if number % 4 == 3 else cast.automatic
        conversations = [make_conversation(workspace) for _ in range(CONVERSATIONS_EACH)]
        pages = [Page(each, workspace.create_entries_automatically) for each in conversations]
        shifts.append(Shift(number, cast.of(agent)[0], pages, air))
    disconnect()
    with ThreadPoolExecutor(len(shifts)) as pool:
        working = [pool.submit(shift.work) for shift in shifts]
        try:
            yield shifts, air
        finally:
            air.over.set()
    met = ((shift.name, each.exception()) for shift, each in zip(shifts, working, strict=True))
    air.odd += [f"{name} met {error!r}" for name, error in met if error]


def cut(database: PostgreSQL, server: Server, air: Air) -> None:
    """PostgreSQL stops at once, and recovers when it is started again."""
    pause(air)
    database.stop(signal.SIGQUIT)
    time.sleep(0.3)
    database.start()
    server.wait_until_healthy()


def pause(air: Air) -> None:
    """Until people are at work again; raises Standstill."""
    from bench.shifts import Standstill

    wanted = air.statuses[200] + CLICKS_BETWEEN
    deadline = time.monotonic() + PATIENCE_SECONDS
    while air.statuses[200] < wanted:
        if time.monotonic() > deadline:
            raise Standstill("nobody gets an answer any more")
        time.sleep(0.02)


def wait_for_an_entry_of_some_seconds() -> None:
    """Until there is something to damage afterwards; raises Standstill."""
    from bench.shifts import Standstill
    from timers.models import Timer

    deadline = time.monotonic() + PATIENCE_SECONDS
    while not Timer.objects.filter(entry__raw_seconds__gt=0).exists():
        if time.monotonic() > deadline:
            raise Standstill("no entry of a second or more was made")
        time.sleep(0.1)
    disconnect()


def compare(pages: list[Page]) -> list[str]:
    """The journals with the database; prints what was compared."""
    from timers.models import Interval

    faults = [fault for page in pages for fault in page.faults()]
    clicks = [click for page in pages for click in page.clicks]
    names = ["start", "stop", "convert", "save", "cancel"]
    answered = Counter(click.verb for click in clicks if click.answered_at)
    again = Counter(click.verb for click in clicks if len(click.sent) > 1)
    given_up = Counter(click.verb for click in clicks if not click.answered_at)
    rows = [[verb, answered[verb], again[verb], given_up[verb]] for verb in names]
    print_table(["click", "acknowledged", "of them sent again", "never answered"], rows)
    kept = [kept for page in pages for kept in page.kept]
    print(f"Ends of runs without a first answer: {sum(kept)} had been kept, {len(kept) - sum(kept)} had not.")
    recorded = sum((each.duration for each in Interval.objects.all()), timedelta())
    figures = f"{Interval.objects.count()} intervals, {recorded.total_seconds():.3f} s in all"
    print(f"{figures}; each compared with the clicks around it.")
    return faults


def check_the_check(database: Database, damages: int) -> list[str]:
    """The ledger is right, and damaged copies are told to be wrong."""
    disconnect()
    faults = differences_in_the_ledger(database.url)
    print(f"verify_ledger: {'differences' if faults else 'no difference'}")
    for number, (what, statement) in enumerate(list(DAMAGE.items())[:damages]):
        copy = f"damaged{number}"
        url = database.copy(copy)
        database.damage(copy, statement)
        told = differences_in_the_ledger(url)
        print(f"verify_ledger where {what}: {'told' if told else 'NOT TOLD'}")
        if not told:
            faults.append(f"verify_ledger does not tell that {what}")
    return faults


if __name__ == "__main__":
    sys.exit(main())
