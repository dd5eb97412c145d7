"""Killing a worker in the middle of what it does."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress

from bench.databases import Database
from bench.server import Server
from bench.shifts import Air, Flight, Standstill

#: What a kill aims at, by turns.
AIMS = ("stop", "convert")
#: A worker that is frozen and turns out to be elsewhere goes on, and another moment is tried.
TRIES = 60
PATIENCE_SECONDS = 60
WORKERS_LEFT = 2


class Killer:
    """Waits for a click of the wanted kind to be in flight, freezes its worker, looks, and kills it."""

    def __init__(self, server: Server, database: Database, air: Air) -> None:
        self.server = server
        self.database = database
        self.air = air
        self.random = random.Random(1)
        #: What was in flight on the workers that were killed.
        self.hit: Counter[str] = Counter()
        self.kills = 0
        self.inside = 0

    def kill(self) -> None:
        """One worker with a request in flight: twice of three times inside a transaction, if possible."""
        self._wait_for_workers()
        aim = AIMS[self.kills % len(AIMS)]
        anywhere = self.kills % 3 == 0
        deadline = time.monotonic() + PATIENCE_SECONDS
        attempt = 0
        while time.monotonic() < deadline:
            caught = self._freeze(aim)
            if caught is None:
                time.sleep(0.005)
                continue
            attempt += 1
            worker, flight = caught
            inside = self.database.is_writing(worker)
            if flight in self.air.in_flight() and (inside or anywhere or attempt >= TRIES):
                self._end(worker, inside)
                return
            _signal(worker, signal.SIGCONT)
        raise Standstill(f"nobody waited for a {aim}.")

    def _end(self, worker: int, inside: bool) -> None:
        flights = self.air.in_flight()
        self.hit.update(each.verb for each in flights if self.server.worker_of(each.client_port) == worker)
        self.server.kill(worker)
        self.kills += 1
        self.inside += inside

    def _freeze(self, aim: str) -> tuple[int, Flight] | None:
        """A worker that has such a click in flight, frozen at a random moment of it."""
        flights = self.air.in_flight(aim)
        if not flights:
            return None
        flight = self.random.choice(flights)
        worker = self.server.worker_of(flight.client_port)
        time.sleep(self.random.uniform(0, 0.01))
        if worker is None or flight not in self.air.in_flight():
            return None
        return (worker, flight) if _signal(worker, signal.SIGSTOP) else None

    def _wait_for_workers(self) -> None:
        """Somebody must be left to answer the others; the server, or its supervisor, starts new ones."""
        while len(self.server.listening()) <= WORKERS_LEFT:
            time.sleep(0.05)


def _signal(process: int, number: signal.Signals) -> bool:
    with suppress(ProcessLookupError):
        os.kill(process, number)
        return True
    return False
