"""Races for a timer: start, stop, cancel, convert, restore."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from bench.client import Answer, Shot
from bench.people import make_conversation
from bench.race import Post, Race, expect, expect_first_stop, labelled
from billing.models import BillingEntry
from timers.models import Interval, Timer
from workspaces.models import User


class Start(Race):
    """The same conversation, the same person, several browsers."""

    name = "start"

    def shots(self) -> list[Shot]:
        self.conversation = make_conversation(self.cast.automatic)
        return self.clicks(self.agent, (f"/conversations/{self.conversation.pk}/timer/start/", {}))

    def winners(self, shots: list[Shot], answers: list[Answer]) -> int:
        timers = Timer.objects.filter(conversation=self.conversation)
        expect("timers", [timer.state for timer in timers], ["running"])
        expect("intervals", Interval.objects.filter(timer__in=timers).count(), 0)
        return len(timers)


class StartOne(Race):
    """On ten conversations at once, where one timer may run: each start stops the one before."""

    name = "start, one running"

    def shots(self) -> list[Shot]:
        self.conversations = [make_conversation(self.cast.single) for _ in range(min(10, self.count))]
        starts: list[Post] = [(f"/conversations/{each.pk}/timer/start/", {}) for each in self.conversations]
        return self.clicks(self.agent, *starts)

    def winners(self, shots: list[Shot], answers: list[Answer]) -> int:
        running = Timer.objects.running().filter(workspace=self.cast.single)
        timers = Timer.objects.filter(conversation__in=self.conversations)
        ended = timers.exclude(state="running")
        expect("open timers of a conversation", timers.open().count(), len(self.conversations))
        expect("intervals of ended timers", [timer.intervals.count() for timer in ended], [1] * len(ended))
        expect("entries", BillingEntry.objects.filter(timer__in=timers).count(), len(ended))
        return running.count()


class Stop(Race):
    name = "stop"

    def shots(self) -> list[Shot]:
        self.timer = self.running_timer(make_conversation(self.cast.automatic))
        return self.clicks(self.agent, (f"/timers/{self.timer.pk}/stop/", {}))

    def winners(self, shots: list[Shot], answers: list[Answer]) -> int:
        self.timer.refresh_from_db()
        expect("state", self.timer.state, "stopped")
        expect_first_stop(self.timer, answers)
        return BillingEntry.objects.filter(conversation=self.timer.conversation).count()


class StopByTwo(Stop):
    """Its agent and a manager stop a forgotten timer."""

    name = "stop + manager's stop"
    allowed = frozenset({200, 204})

    def shots(self) -> list[Shot]:
        self.timer = self.running_timer(make_conversation(self.cast.automatic))
        stop: Post = f"/timers/{self.timer.pk}/stop/", {}
        agents, managers = self.clicks(self.agent, stop), self.clicks(self.cast.managers[0], stop)
        return agents[::2] + managers[::2]


class StopCancel(Race):
    name = "stop + cancel"

    def shots(self) -> list[Shot]:
        self.timer = self.running_timer(make_conversation(self.cast.automatic))
        address = f"/timers/{self.timer.pk}"
        return self.clicks(self.agent, (f"{address}/stop/", {}), (f"{address}/cancel/", {}))

    def winners(self, shots: list[Shot], answers: list[Answer]) -> int:
        self.timer.refresh_from_db()
        expect("state", self.timer.state, "canceled")
        expect_first_stop(self.timer, answers)
        entries = BillingEntry.objects.filter(conversation=self.timer.conversation)
        expect("entries that count", entries.counted().count(), 0)
        expect("entries of the timer", list(entries), [self.timer.entry] if self.timer.entry else [])
        return Timer.objects.filter(pk=self.timer.pk, state="canceled").count()


class Convert(Race):
    """A running timer into a charge and into a time entry; by turns where Stop prepares entries, and not."""

    name = "convert"

    def shots(self) -> list[Shot]:
        workspace = self.cast.manual if self.turn % 2 else self.cast.automatic
        self.timer = self.running_timer(make_conversation(workspace))
        address = f"/timers/{self.timer.pk}/convert/"
        return self.clicks(self.agent, (address, {"kind": "service"}), (address, {"kind": "time"}))

    def winners(self, shots: list[Shot], answers: list[Answer]) -> int:
        self.timer.refresh_from_db()
        expect("state", self.timer.state, "stopped")
        expect_first_stop(self.timer, answers)
        entries = BillingEntry.objects.filter(conversation=self.timer.conversation)
        expect("entries", list(entries), [self.timer.entry])
        assert self.timer.entry
        expect("versions in the history", self.timer.entry.history.count(), self.timer.entry.version)
        return len(entries)


class CancelConvert(Race):
    name = "cancel + convert"
    allowed = frozenset({200, 409})

    def shots(self) -> list[Shot]:
        self.timer = self.running_timer(make_conversation(self.cast.automatic))
        address = f"/timers/{self.timer.pk}"
        return self.clicks(self.agent, (f"{address}/cancel/", {}), (f"{address}/convert/", {"kind": "time"}))

    def winners(self, shots: list[Shot], answers: list[Answer]) -> int:
        self.timer.refresh_from_db()
        expect("state", self.timer.state, "canceled")
        expect_first_stop(self.timer, answers)
        canceled = {answer.status for answer in labelled(shots, answers, "cancel")}
        expect("answers to cancel", canceled, {200})
        converted = any(answer.status == 200 for answer in labelled(shots, answers, "convert"))
        entry = self.timer.entry
        expect("whether an entry was made, as was told", entry is not None, converted)
        expect("state of the entry", entry and entry.state, "discarded" if entry else None)
        return Timer.objects.filter(pk=self.timer.pk, state="canceled").count()


class RestoreStart(Race):
    """Undo of X, and Start on the conversation again: one open timer."""

    name = "restore + start"
    allowed = frozenset({200, 409})

    def shots(self) -> list[Shot]:
        conversation = make_conversation(self.cast.manual if self.turn % 2 else self.cast.automatic)
        self.timer = self.running_timer(conversation).stop(self.stopped_at())
        self.timer.cancel(self.stopped_at())
        start = f"/conversations/{conversation.pk}/timer/start/"
        return self.clicks(self.agent, (f"/timers/{self.timer.pk}/restore/", {}), (start, {}))

    def winners(self, shots: list[Shot], answers: list[Answer]) -> int:
        timers = Timer.objects.filter(conversation=self.timer.conversation)
        started = {answer.status for answer in labelled(shots, answers, "start")}
        expect("answers to start", started, {200})
        expect("states of open timers", [timer.state for timer in timers.open()], ["running"])
        expect("intervals", Interval.objects.filter(timer__in=timers).count(), 1)
        return timers.open().count()


class StartAgain(Race):
    """A stopped timer that carries its entry: it is logged, and one new session begins."""

    name = "start again"

    def shots(self) -> list[Shot]:
        self.timer = self.running_timer(make_conversation(self.cast.automatic)).stop(self.stopped_at())
        return self.clicks(self.agent, (f"/timers/{self.timer.pk}/start/", {}))

    def winners(self, shots: list[Shot], answers: list[Answer]) -> int:
        timers = Timer.objects.filter(conversation=self.timer.conversation).order_by("pk")
        expect("timers", [timer.state for timer in timers], ["logged", "running"])
        expect("entries", BillingEntry.objects.filter(conversation=self.timer.conversation).count(), 1)
        return timers.running().count()


class Writers(Race):
    """Everybody as fast as they can, each on a timer of their own: nobody is told of a lock."""

    name = "writers"
    allowed = frozenset({200, 204})
    clicks_each = 12

    def play(self) -> tuple[list[Shot], list[Answer]]:
        agents = self.cast.agents
        self.timers = []
        for agent in agents:
            conversation = make_conversation(self.cast.manual)
            timer = Timer.objects.start(user=agent, conversation=conversation, now=self.stopped_at())
            self.timers.append(timer.stop(self.stopped_at()))
        with ThreadPoolExecutor(len(agents)) as pool:
            played = list(pool.map(self._work, agents, self.timers))
        return [], [answer for answers in played for answer in answers]

    def _work(self, agent: User, timer: Timer) -> list[Answer]:
        """Start, note, stop, one after the other, over one connection."""
        session, address = self.cast.of(agent)[0], f"/timers/{timer.pk}"
        connection = session.connect()
        clicks: tuple[Post, ...] = ("start", {}), ("note", {"note": "On the telephone"}), ("stop", {})
        try:
            return [
                session.post(f"{address}/{verb}/", fields, connection=connection)
                for verb, fields in clicks * (self.clicks_each // len(clicks))
            ]
        finally:
            connection.close()

    def winners(self, shots: list[Shot], answers: list[Answer]) -> int:
        states = Timer.objects.filter(pk__in=[timer.pk for timer in self.timers]).values_list(
            "state", flat=True
        )
        expect("states", set(states), {"stopped"})
        runs = {Interval.objects.filter(timer=timer).count() for timer in self.timers}
        expect("intervals of each", runs, {1 + self.clicks_each // 3})
        expect("answers", len(answers), self.clicks_each * len(self.timers))
        return 1


RACES: list[type[Race]] = [
    Start,
    StartOne,
    StartAgain,
    Stop,
    StopByTwo,
    StopCancel,
    Convert,
    CancelConvert,
    RestoreStart,
    Writers,
]
