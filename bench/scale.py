"""What each page and click costs in the busiest workspace of a large database, beside a small one.

    python -m bench.scale [--small demo] [--large 0.05] [--only review] [--rounds 5] [--database sqlite]

Both are filled first: by the demo, by make_data at a scale (1 is all of it), or they are there already, at a
DATABASE_URL. Ends with 1 if a request was not answered as it must be.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any, Self
from zipfile import ZipFile

from bench.databases import ENVIRONMENT, Sqlite
from bench.server import Server
from bench.speed.cpu import Meter
from bench.speed.load import Browser, Call, Reply, percentile
from bench.speed.measures import Block, Side
from bench.speed.rig import STINT, THREADS, WORKERS, Rig, told_by
from bench.speed.stint import Clicker, Stint
from bench.tables import print_table, say

#: Times the small one's, of the processor.
TARGET = 1.3
#: Who clicks besides; who looks is one of a quarter of them.
PEOPLE = 16
LOOKING = ["--agent", "bench-reader0", "--manager", "bench-manager0"]
#: Clicks of somebody who has worked for years, each after the other.
VETERAN = ("start", "status poll", "stop", "convert", "cancel")
CYCLES = 4
HEADS = ["what", "small ms", "large ms", "of it database", "times", "", "small KB", "large KB", "p95 ms"]


class Everything(Stint):
    """What `bench.speed` measures, every page besides, and the clicks of the agent with most entries."""

    def __init__(self, name: str, cast: dict[str, Any], seen: dict[str, Any]) -> None:
        super().__init__(name, cast)
        browsers = {who: Browser(session) for who, session in seen["sessions"].items()}
        self.pages = {
            visit["what"]: (browsers[visit["who"]], visit["path"], visit["htmx"]) for visit in seen["visits"]
        }
        self.veteran = Clicker(seen["veteran"]["session"], seen["veteran"]["on"])
        #: Bytes of the last answer to each, not compressed: what is on it.
        self.sizes: dict[str, int] = {}

    def calls(self, step: str, count: int) -> list[Call]:
        if step in self.pages:
            browser, path, htmx = self.pages[step]
            return [browser.get(path, htmx=htmx) for _ in range(count)]
        if step.startswith("veteran: "):
            verb = step.removeprefix("veteran: ").removeprefix("status ")
            return [getattr(self.veteran, verb)()]
        return super().calls(step, count)

    def learn(self, step: str, replies: list[Reply]) -> None:
        self.sizes[step] = max((size_of(reply.content) for reply in replies), default=0)
        if step.startswith("veteran: "):
            for reply in replies:
                self.veteran.learn(reply.text)
            if step.endswith("cancel"):
                self.veteran.timer = 0
        elif step not in self.pages:
            super().learn(step, replies)


def size_of(content: bytes) -> int:
    """Bytes of what is in it: an XLSX is compressed."""
    if not content.startswith(b"PK"):
        return len(content)
    with ZipFile(BytesIO(content)) as file:
        return sum(part.file_size for part in file.infolist())


class OnPostgres(Rig):
    """PostgreSQL, with the two databases."""

    def side(self, name: str, fill: str) -> Side:
        url = fill if "://" in fill else self._fresh(name)
        return warm(self._side(everything(name, url, fill), url, STINT))


class OnSqlite:
    """Two files, each with a server of its own."""

    def __enter__(self) -> Self:
        os.environ.update(ENVIRONMENT)
        self._stack = ExitStack()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def side(self, name: str, fill: str) -> Side:
        file = self._stack.enter_context(Sqlite())
        url = fill if "://" in fill else file.url
        work = everything(name, url, fill)
        environment = {"DATABASE_URL": url}
        server = Server(
            file.folder, workers=WORKERS, threads=THREADS, application=STINT, environment=environment
        )
        self._stack.enter_context(server)
        server.wait_for_all(WORKERS)
        return warm(Side(work, server.port, Meter([server.process]), Meter([]), server.log))


def everything(name: str, url: str, fill: str) -> Everything:
    cast = told_by("bench.speed.cast", url, "--fill", fill, "--people", str(PEOPLE))
    return Everything(name, cast, told_by("bench.visits", url, *LOOKING))


def warm(side: Side) -> Side:
    """Every thread has seen pages, and who clicks knows their own."""
    assert isinstance(side.work, Everything)
    for look in ("look", "look elsewhere", *side.work.pages):
        side.do(look, WORKERS * THREADS, PEOPLE if look.startswith("look") else WORKERS)
    side.do("veteran: look", 1, 1)
    return side


@dataclass
class Compared:
    """One step on both, round by round."""

    small: list[Block] = field(default_factory=list)
    large: list[Block] = field(default_factory=list)

    @property
    def times(self) -> float:
        pairs = zip(self.small, self.large, strict=True)
        return median(large.milliseconds / small.milliseconds for small, large in pairs)


def main() -> int:
    options = arguments()
    with OnSqlite() if options.database == "sqlite" else OnPostgres(PEOPLE) as rig:
        small, large = rig.side("small", options.small), rig.side("large", options.large)
        found: dict[str, Compared] = defaultdict(Compared)
        for number in range(options.rounds):
            say(f"round {number + 1} of {options.rounds}")
            play(small, large, options, found)
        wrong = [*small.faults(), *large.faults()]
    report(found, small, large)
    print("\n".join(wrong[:20]), end="\n" if wrong else "")
    if options.json:
        figures = {step: each.times for step, each in found.items() if each.small}
        Path(options.json).write_text(json.dumps(figures, indent=1) + "\n")
    return int(bool(wrong))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--small", default="demo", help="demo, a scale of make_data, or a DATABASE_URL")
    parser.add_argument("--large", default="0.05", help="the same (default 0.05)")
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--only", default="", help="only what has this in its name")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=4, help="of each page in a round (default 4)")
    parser.add_argument("--json", help="write how many times as much there")
    return parser.parse_args()


def steps(work: Everything) -> Iterator[str]:
    """In the order in which they can be done. Clicks come in chains, and leave everything as it was."""
    for chain in Stint.chains:
        yield from chain
    for _ in range(CYCLES):
        yield from (f"veteran: {verb}" for verb in VETERAN)
    yield from work.pages


def play(small: Side, large: Side, options: argparse.Namespace, found: dict[str, Compared]) -> None:
    """Every step once on both, which take turns to be the first."""
    assert isinstance(small.work, Everything)
    for number, step in enumerate(steps(small.work)):
        is_wanted = options.only in step
        if not is_wanted and step in small.work.pages:
            continue
        count = options.requests if step in small.work.pages else PEOPLE
        sides = (small, large) if number % 2 else (large, small)
        blocks = {side.name: side.do(step, 1, count) for side in sides}
        if is_wanted and blocks["small"] and blocks["large"]:
            found[step].small.append(blocks["small"])
            found[step].large.append(blocks["large"])


def report(found: dict[str, Compared], small: Side, large: Side) -> None:
    assert isinstance(small.work, Everything)
    assert isinstance(large.work, Everything)
    rows = []
    for step, each in found.items():
        sizes = [side.work.sizes.get(step, 0) / 1000 for side in (small, large)]  # type: ignore[attr-defined]
        rows.append(
            [
                step,
                f"{median(block.milliseconds for block in each.small):.1f}",
                f"{median(block.milliseconds for block in each.large):.1f}",
                f"{median(1000 * block.database / len(block.latencies) for block in each.large):.1f}",
                f"{each.times:.2f}",
                verdict(each.times, *sizes),
                *(f"{size:.0f}" if size else "" for size in sizes),
                f"{1000 * percentile([one for block in each.large for one in block.latencies], 0.95):.0f}",
            ]
        )
    print_table(HEADS, rows)
    missed = sum(row[5] == "missed" for row in rows)
    print(f"{len(rows)} pages and clicks, {missed} over {TARGET} times with as much on the page")


def verdict(times: float, small: float, large: float) -> str:
    """Whether it costs more for what lies in the database, and not for what is on the page."""
    if round(times, 2) <= TARGET:
        return "met"
    return "more on it" if small and round(times / TARGET, 2) <= large / small else "missed"


if __name__ == "__main__":
    sys.exit(main())
