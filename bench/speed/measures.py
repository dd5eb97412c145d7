"""What is measured, against what of the floor, and what it may cost."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Protocol

from bench.server import end_of
from bench.speed.cpu import Meter
from bench.speed.load import Call, Load, Reply, percentile

#: After the last answer: what the server still does for it, such as the line in the log.
AFTERWARDS_SECONDS = 0.03


@dataclass(frozen=True)
class Measure:
    step: str
    #: The floor's work for it.
    floor: str
    #: How many times the floor's it may cost, of the processor.
    target: float | None = None
    #: What it is called where the peer does the like of it.
    peer: str = ""


MEASURES = [
    Measure("status poll", "poll", 1.2, "its poll"),
    Measure("start", "insert", 1.7, "start"),
    Measure("stop", "update", 1.7, "stop"),
    Measure("stop + entry", "update"),
    Measure("convert", "update", 2.2),
    Measure("cancel", "update"),
    Measure("timers list", "10 rows", 2, "10 records"),
    Measure("conversation page", "40 rows", 3, "its page"),
    Measure("my entries", "20 rows", 3),
    Measure("review queue", "50 rows", 3),
    Measure("approve", "update"),
    Measure("queue after it", "50 rows"),
]


class Work(Protocol):
    """An application's requests by what they do, and what the following ones learn from the answers."""

    name: str

    def calls(self, work: str, count: int) -> list[Call]: ...

    def learn(self, work: str, replies: list[Reply]) -> None: ...


@dataclass
class Block:
    """Some requests of one kind in one go."""

    application: float
    database: float
    elapsed: float
    latencies: list[float]

    @property
    def milliseconds(self) -> float:
        """Of the processor, for one request."""
        return 1000 * (self.application + self.database) / len(self.latencies)


@dataclass
class Side:
    """An application under load, with the processes that serve it."""

    work: Work
    port: int
    application: Meter
    database: Meter
    log: Path
    #: What was answered otherwise than it must be: how often, and the first request that was.
    wrong: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    sent: int = 0

    @property
    def name(self) -> str:
        return self.work.name

    def do(self, what: str, concurrency: int, count: int) -> Block | None:
        """Some requests, measured; None, and a fault, if what went before left none to send."""
        calls = self.work.calls(what, count)
        if not calls:
            self.wrong[f"{self.name}, {what}: nothing to ask for"] += 1
            return None
        with Load(self.port, min(concurrency, len(calls))) as load:
            self.application.read()
            self.database.read()
            begun = time.perf_counter()
            replies = load.run(calls)
            ended = max(reply.finished for reply in replies)
            time.sleep(AFTERWARDS_SECONDS)
            used = self.application.read(), self.database.read()
        self.sent += len(replies)
        for reply in replies:
            if not reply.is_right:
                fault = f"{self.name}, {what}: {reply.status or 'no answer'}, not {reply.call.expect}"
                self.wrong[fault] += 1
                self.examples.setdefault(fault, reply.call.line)
        self.work.learn(what, [reply for reply in replies if reply.is_right])
        return Block(*used, ended - begun, [reply.seconds for reply in replies])

    def faults(self) -> list[str]:
        """What was not answered as it must be, and how the log of that server ends."""
        told = [
            f"{fault}, {count} times: {self.examples.get(fault, '')}" for fault, count in self.wrong.items()
        ]
        return [*told, f"The log of {self.name} ends:", end_of(self.log)] if told else []


@dataclass
class Figures:
    """The blocks of one measure at one concurrency, one each round, and those of the floor beside them."""

    blocks: list[Block] = field(default_factory=list)
    floor: list[Block] = field(default_factory=list)

    def add(self, block: Block, floor: Block) -> None:
        self.blocks.append(block)
        self.floor.append(floor)

    @property
    def beside(self) -> Figures:
        """Those of the floor."""
        return Figures(self.floor)

    @property
    def cpu(self) -> float:
        return median(block.milliseconds for block in self.blocks)

    @property
    def database(self) -> float:
        return median(1000 * block.database / len(block.latencies) for block in self.blocks)

    @property
    def ratio(self) -> float:
        """To the floor, round by round."""
        pairs = zip(self.blocks, self.floor, strict=True)
        return median(own.milliseconds / low.milliseconds for own, low in pairs)

    @property
    def per_second(self) -> float:
        return median(len(block.latencies) / block.elapsed for block in self.blocks)

    def latency(self, share: float) -> float:
        """Milliseconds that so large a share of all requests took at most."""
        return 1000 * percentile([each for block in self.blocks for each in block.latencies], share)
