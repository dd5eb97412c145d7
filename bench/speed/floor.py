"""The floor, under load."""

from __future__ import annotations

from itertools import cycle, islice
from typing import Any

from bench.speed.load import Browser, Call, Reply

#: More than any page lists.
ROWS_EACH = 60


class Floor:
    """Requests of the floor, by what is done: "poll", "insert", "update", "40 rows"."""

    name = "floor"

    def __init__(self, people: list[dict[str, Any]]) -> None:
        self.people = people

    def calls(self, work: str, count: int) -> list[Call]:
        people = islice(cycle(self.people), count)
        return [self._call(work, Browser(each["session"]), each["rows"][0]) for each in people]

    def _call(self, work: str, browser: Browser, row: int) -> Call:
        if work == "poll":
            return browser.get("/poll/", htmx=True, expect=204)
        if work == "insert":
            return browser.post("/insert/", [("subject", "What was asked")], page="/rows/10/")
        if work == "update":
            return browser.post(f"/row/{row}/update/", [("state", "done")], page="/rows/10/")
        return browser.get(f"/rows/{work.split()[0]}/")

    def learn(self, work: str, replies: list[Reply]) -> None:
        """Nothing: its requests do not depend on each other."""
