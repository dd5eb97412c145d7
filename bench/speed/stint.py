"""What people do in Stint, as their browsers send it: clicks on timers, pages, decisions on entries."""

from __future__ import annotations

import random
import re
from html import unescape
from itertools import cycle, islice
from typing import Any
from urllib.parse import urlencode

from bench.pages import my_timer
from bench.speed.load import Browser, Call, Reply

QUEUE = "/billing/review/"
QUEUE_PAGES = 6
SEEN = re.compile(r'name="marks" value="([^"]*)"')
NEW_ENTRY = re.compile(r'formaction="/billing/(\d+)/approve/" name="version" value="(\d+)"')
UNDO = re.compile(r'action="(/billing/review/undo/[^"]*)"')


class Clicker:
    """An agent on the page of a conversation that only they work on."""

    def __init__(self, session: str, conversation: int) -> None:
        self.browser = Browser(session)
        self.on = conversation
        self.page = f"/conversations/{conversation}/"
        self.timer = 0
        self.seen = ""
        #: What the form about the timer leads to, and its fields; empty while no timer is open.
        self.verb = ""
        self.fields: dict[str, str] = {}

    def look(self) -> Call:
        return self.browser.get(f"/timers/status/?{urlencode({'on': self.on})}", htmx=True)

    def poll(self) -> Call:
        query = urlencode({"marks": self.seen, "on": self.on})
        return self.browser.get(f"/timers/status/?{query}", htmx=True, expect=204)

    def start(self) -> Call:
        return self._click(f"{self.page}timer/start/", {})

    def stop(self) -> Call:
        return self._click(f"/timers/{self.timer}/stop/", self.fields)

    def convert(self) -> Call:
        return self._click(f"/timers/{self.timer}/convert/", self.fields | {"kind": "service"})

    def cancel(self) -> Call:
        return self._click(f"/timers/{self.timer}/cancel/", self.fields)

    def _click(self, path: str, fields: dict[str, str]) -> Call:
        # What the icon knows of the page goes along; where the form has a field of that name, it wins.
        sent = {"marks": self.seen, "on": self.on} | fields
        return self.browser.post(path, sent.items(), page=self.page)

    def learn(self, answer: str) -> None:
        """What the page holds after an answer."""
        if found := SEEN.search(answer):
            self.seen = found[1]
        _, found_form, rest = answer.partition(' id="my-timer"')
        if found_form:
            address, fields = my_timer('<form id="my-timer"' + rest.partition("</form>")[0])
            self.verb = address.rstrip("/").rpartition("/")[2]
            self.timer = int(address.split("/")[2]) if self.verb else 0
            self.fields = {name: value for name, value in fields.items() if name != "csrfmiddlewaretoken"}


class Stint:
    """Requests by what is done. Clicks come in chains, so that they leave everything as it was."""

    #: Of a chain with a measured step everything is done, in this order.
    chains = (
        ("start", "status poll", "stop", "convert", "cancel"),
        ("start elsewhere", "stop + entry", "cancel elsewhere"),
        ("timers list",),
        ("conversation page",),
        ("my entries",),
        ("review queue",),
        ("new entries", "approve", "queue after it", "undo"),
    )

    def __init__(self, name: str, cast: dict[str, Any]) -> None:
        self.name = name
        self.manual = [Clicker(each["session"], each["manual"]) for each in cast["clickers"]]
        self.automatic = [Clicker(each["session"], each["automatic"]) for each in cast["clickers"]]
        self.readers = [(Browser(each["session"]), each["manual"]) for each in cast["readers"]]
        self.keepers = [Browser(each["session"]) for each in cast["keepers"]]
        self.managers = [Browser(each["session"]) for each in cast["managers"]]
        self.entries: list[tuple[str, str]] = []
        self.undo: list[tuple[str, Browser]] = []
        #: Whose requests are on their way, by what was sent.
        self.sent: dict[int, Clicker] = {}
        self.deciding: dict[int, Browser] = {}
        self.random = random.Random(1)

    def calls(self, step: str, count: int) -> list[Call]:
        """The requests of a step; clicks are as many as there are people, at most."""
        word = step.split()[0]
        # An id is another request's as soon as the request is gone.
        self.sent = {}
        if step in ("status poll", "look", "start", "stop", "convert", "cancel"):
            return self._clicks(self.manual, "poll" if word == "status" else word, count)
        if step in ("look elsewhere", "start elsewhere", "stop + entry", "cancel elsewhere"):
            return self._clicks(self.automatic, word, count)
        return getattr(self, "_" + step.replace(" ", "_"))(count)

    def _clicks(self, people: list[Clicker], verb: str, count: int) -> list[Call]:
        calls = []
        for clicker in people if verb in ("cancel", "look") else people[:count]:
            if verb == "cancel" and not clicker.timer:
                continue
            call = getattr(clicker, verb)()
            self.sent[id(call)] = clicker
            calls.append(call)
        return calls

    def learn(self, step: str, replies: list[Reply]) -> None:
        """What the next step depends on. Not part of the time that is measured."""
        if step == "new entries":
            found = {pair for reply in replies for pair in NEW_ENTRY.findall(reply.text)}
            self.entries = sorted(found)
            self.random.shuffle(self.entries)
        elif step == "approve":
            self.undo = [
                (unescape(found[1]), self.deciding[id(reply.call)])
                for reply in replies
                if (found := UNDO.search(reply.text))
            ]
        elif step != "status poll":
            for reply in replies:
                if clicker := self.sent.get(id(reply.call)):
                    clicker.learn(reply.text)

    # Pages.

    def _pages(self, count: int, path: str) -> list[Call]:
        return [browser.get(path.format(on)) for browser, on in islice(cycle(self.readers), count)]

    def _timers_list(self, count: int) -> list[Call]:
        return [keeper.get("/timers/") for keeper in islice(cycle(self.keepers), count)]

    def _conversation_page(self, count: int) -> list[Call]:
        return self._pages(count, "/conversations/{}/")

    def _my_entries(self, count: int) -> list[Call]:
        return self._pages(count, "/billing/")

    def _review_queue(self, count: int) -> list[Call]:
        return [manager.get(QUEUE) for manager in islice(cycle(self.managers), count)]

    def _queue_after_it(self, count: int) -> list[Call]:
        """What the page asks for once something was decided."""
        return [manager.get(QUEUE, htmx=True) for manager in islice(cycle(self.managers), count)]

    # Decisions.

    def _new_entries(self, count: int) -> list[Call]:
        return [self.managers[0].get(f"{QUEUE}?page={page}") for page in range(1, QUEUE_PAGES + 1)]

    def _approve(self, count: int) -> list[Call]:
        calls = []
        self.deciding = {}
        for manager, (entry, version) in zip(cycle(self.managers), self.entries[:count], strict=False):
            fields = [("next", QUEUE), ("version", version)]
            calls.append(manager.post(f"/billing/{entry}/approve/", fields, page=QUEUE))
            self.deciding[id(calls[-1])] = manager
        return calls

    def _undo(self, count: int) -> list[Call]:
        """Each takes back what they decided."""
        return [manager.post(address, htmx=False, expect=302) for address, manager in self.undo]
