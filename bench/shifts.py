"""People at work while the server is being killed: each clicks, waits for the answer, and notes it."""

from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection

from bench.client import Answer, Session
from bench.journal import Click, Page
from bench.pages import my_timer

#: Of the clicks that got no answer, so many are left at that; the others are repeated.
GIVES_UP = 0.25
RETRY_SECONDS = 0.1
PATIENCE_SECONDS = 120
#: Timers that each person lets run beside each other.
RUNNING_EACH = 3


@dataclass
class Flight:
    """A request whose answer has not come."""

    verb: str
    client_port: int


@dataclass
class Air:
    """What is in flight, of everybody; and what came of what had been."""

    flights: dict[int, Flight] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    #: How often each status came; 0 is none.
    statuses: Counter[int] = field(default_factory=Counter)
    #: Connections that could not be made, when all workers were gone.
    refused: int = 0
    odd: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def count(self, answer: Answer) -> None:
        with self.lock:
            self.statuses[answer.status] += 1
            if answer.status not in (0, 200, 503):
                self.odd.append(f"{answer.status}: {' '.join(answer.text.split())[:200]}")

    def in_flight(self, verb: str = "") -> list[Flight]:
        return [flight for flight in list(self.flights.values()) if verb in ("", flight.verb)]


class Standstill(Exception):
    """People no longer get on with their work."""


class GaveUp(Exception):
    """Nobody knows what became of the click, and it is not repeated."""


class Shift:
    """One person, on several conversations by turns: start, stop, convert, save, cancel, and again."""

    def __init__(self, number: int, session: Session, pages: list[Page], air: Air) -> None:
        self.name = session.username
        self.number = number
        self.session = session
        self.pages = pages
        self.air = air
        self.random = random.Random(number)
        self.connection: HTTPConnection | None = None
        self.serial = 0
        #: Of the form that the last answer filled in, if it was that of an entry.
        self.fields: dict[str, str] = {}

    def work(self) -> None:
        """Until it is over; what goes wrong in the program itself is raised."""
        places, running = deque(self.pages), deque[Page]()
        while not self.air.over.is_set():
            begins = len(running) < RUNNING_EACH
            page = (places if begins else running).popleft()
            try:
                if begins:
                    self.click(page, Click("start", None))
                else:
                    self.finish(page)
            except GaveUp:
                # Its end is unknown: what is done there from now on would hide it.
                continue
            (running if begins else places).append(page)

    def finish(self, page: Page) -> None:
        """Some end or other of the timer that runs there."""
        timer = page.clicks[-1].timer
        turn = self.random.random()
        if turn < 0.1:
            self.click(page, Click("cancel", timer))
            return
        if turn < 0.55:
            self.click(page, Click("stop", timer))
        if turn >= 0.4:
            self.click(page, Click("convert", timer, kind=self.random.choice(["service", "time"])))
        if self.fields and self.random.random() < 0.6:
            self.serial += 1
            description = f"{self.session.username}, call {self.serial}"
            self.click(page, Click("save", timer, kind=self.fields["kind"], description=description))

    def click(self, page: Page, click: Click) -> None:
        """Send it until it is answered; raises GaveUp."""
        page.clicks.append(click)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            answer = self.send(page, click)
            if answer.status == 200:
                address, fields = my_timer(answer.text)
                if click.verb == "start":
                    found = re.fullmatch(r"/timers/(\d+)/stop/", address)
                    if found is None:
                        raise RuntimeError(f"{address!r} after a start")
                    click.timer = int(found[1])
                self.fields = fields if address.endswith("/save/") else {}
                click.answered_at = answer.answered_at
                return
            if answer.status == 0 and self.may_give_up and self.random.random() < GIVES_UP:
                raise GaveUp
            if answer.status not in (0, 503):
                raise GaveUp
            time.sleep(RETRY_SECONDS)
        self.air.odd.append(f"{self.name} waited {PATIENCE_SECONDS} s for an answer to {click.verb}")
        raise GaveUp

    @property
    def may_give_up(self) -> bool:
        """While enough places are left to go on at."""
        known = [page for page in self.pages if not page.clicks or page.clicks[-1].answered_at]
        return len(known) > RUNNING_EACH

    def send(self, page: Page, click: Click) -> Answer:
        """Of status 0 if no answer came, or not all of one."""
        on = page.conversation.pk
        path = (
            f"/conversations/{on}/timer/start/"
            if click.verb == "start"
            else f"/timers/{click.timer}/{click.verb}/"
        )
        fields: dict[str, object] = {"on": on, "marks": ""}
        if click.verb == "convert":
            fields["kind"] = click.kind
        elif click.verb == "save":
            fields |= {**self.fields, "description": click.description}
        self.connection = self.connection or self.connect()
        click.sent.append(datetime.now(UTC))
        port = self.connection.sock.getsockname()[1]
        self.air.flights[self.number] = Flight(click.verb, port)
        answer = self.session.post(path, fields, connection=self.connection)
        del self.air.flights[self.number]
        self.air.count(answer)
        if answer.status == 0:
            self.connection = None
        return answer

    def connect(self) -> HTTPConnection:
        """Waits for somebody to listen."""
        while True:
            try:
                return self.session.connect()
            except OSError:
                self.air.refused += 1
                time.sleep(RETRY_SECONDS)
