"""What everybody does all day: pages that poll, pages that are opened, clicks, decisions on entries."""

from __future__ import annotations

import random
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from bench.speed.load import Browser, Call, Reply
from bench.speed.stint import NEW_ENTRY, QUEUE, Clicker

#: How often what is asked for, of a hundred requests.
READS = {"poll": 60, "conversation": 16, "conversations": 5, "timers": 3, "entries": 3, "queue": 3}
WRITES = {"click": 9, "approve": 1}
#: Whoever of an agent and a manager comes second is told so (409).
CONTENDED = {"approve", "save"}


class Worker(Clicker):
    """Works with one timer after the other: starts, notes, stops, makes an entry, saves or cancels."""

    def next(self, chance: random.Random) -> tuple[str, Call]:
        """What they do next, and its request."""
        if not self.verb:
            return "start", self.start()
        if self.verb == "save":
            return chance.choice([("save", self.save()), ("cancel", self.cancel())])
        if self.verb == "note":
            return chance.choice([("convert", self.convert()), ("cancel", self.cancel())])
        return chance.choice([("note", self.note()), ("stop", self.stop()), ("convert", self.convert())])

    def save(self) -> Call:
        described = self.fields | {"description": "Looked into it, on the telephone"}
        return self._click(f"/timers/{self.timer}/save/", described)

    def note(self) -> Call:
        return self._click(f"/timers/{self.timer}/note/", self.fields | {"note": "On the telephone"})


@dataclass
class Everybody:
    """Says what is asked next, and learns from the answers."""

    cast: dict[str, Any]
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    done: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        places = [
            (each["session"], each[place])
            for place in ("manual", "automatic")
            for each in self.cast["clickers"]
        ]
        self.workers = [Worker(*place) for place in places]
        #: Nobody clicks, or is told what is new, before the last click is answered.
        self.idle = deque(self.workers)
        self.readers = [Browser(each["session"]) for each in self.cast["readers"]]
        self.keepers = [Browser(each["session"]) for each in self.cast["keepers"]]
        self.pages = [(Browser(each["session"]), each["manual"]) for each in self.cast["readers"]]
        self.pages += [(worker.browser, worker.on) for worker in self.workers[: len(self.pages)]]
        self.managers = [Browser(each["session"]) for each in self.cast["managers"]]
        self.entries: deque[tuple[str, str]] = deque()
        self.sent: dict[int, tuple[str, Worker | None]] = {}
        self.kinds = list((READS | WRITES).items())

    def call(self) -> Call:
        kind = self.chance.choices([name for name, _ in self.kinds], [share for _, share in self.kinds])[0]
        worker = None
        if kind in ("poll", "click") and self.idle:
            self.idle.rotate(self.chance.randrange(len(self.idle)))
            worker = self.idle.popleft()
            kind, call = ("poll", worker.poll()) if kind == "poll" else worker.next(self.chance)
        elif kind == "approve" and self.entries:
            entry, version = self.entries.popleft()
            fields = [("next", QUEUE), ("version", version)]
            call = self.chance.choice(self.managers).post(f"/billing/{entry}/approve/", fields, page=QUEUE)
        else:
            kind = kind if kind in READS and kind != "poll" else "queue"
            call = self._read(kind)
        self.sent[id(call)] = kind, worker
        return call

    def _read(self, kind: str) -> Call:
        if kind == "conversation":
            # Of somebody whose inbox is full, or of whoever clicks there.
            browser, on = self.chance.choice(self.pages)
            return browser.get(f"/conversations/{on}/")
        if kind == "queue":
            return self.chance.choice(self.managers).get(f"{QUEUE}?page={self.chance.randint(1, 3)}")
        if kind == "timers":
            return self.chance.choice(self.keepers).get("/timers/")
        paths = {"conversations": "/conversations/", "entries": "/billing/"}
        return self.chance.choice(self.readers).get(paths[kind])

    def learn(self, reply: Reply) -> tuple[str, bool]:
        """What was asked, and whether the answer is one that may come."""
        kind, worker = self.sent.pop(id(reply.call))
        is_right = reply.status in (200, 204) or (kind in CONTENDED and reply.status == 409)
        if worker:
            self.idle.append(worker)
            if reply.status == 200:
                worker.learn(reply.text)
        elif kind == "queue" and reply.status == 200 and len(self.entries) < len(self.managers):
            self.entries.extend(NEW_ENTRY.findall(reply.text))
        self.done[kind] += 1
        return kind, is_right


def is_write(kind: str) -> bool:
    return kind not in READS
