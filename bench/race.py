"""What a race is: requests that go out at the same moment, and who may have won by what the database says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import cycle, islice
from typing import Any

from django.utils import timezone

from bench.client import Answer, Fields, Shot, fire
from bench.people import Cast
from conversations.models import Conversation
from timers.models import Timer
from workspaces.models import User

#: How long a timer has run when it comes to a race.
RAN = timedelta(minutes=25, seconds=17)


#: An address, and what is sent there.
Post = tuple[str, Fields]


class Wrong(Exception):
    """The database, or an answer, is not as it must be."""


def expect(what: str, found: Any, wanted: Any) -> None:
    if found != wanted:
        raise Wrong(f"{what}: {found}, not {wanted}")


class Race:
    """One of them with everything new: made, fired, judged."""

    name: str
    #: The answers that may come.
    allowed = frozenset({200})

    def __init__(self, cast: Cast, count: int, turn: int) -> None:
        self.cast = cast
        self.count = count
        #: How many went before; what a race may vary, it varies by this.
        self.turn = turn
        self.agent = cast.agents[0]

    def shots(self) -> list[Shot]:
        raise NotImplementedError

    def play(self) -> tuple[list[Shot], list[Answer]]:
        shots = self.shots()
        return shots, fire(shots)

    def winners(self, shots: list[Shot], answers: list[Answer]) -> int:
        """How many requests changed what all wanted to change; raises Wrong if anything else is wrong."""
        raise NotImplementedError

    def judge(self, shots: list[Shot], answers: list[Answer]) -> tuple[str, list[str]]:
        """How many won, and what is wrong with that, with the answers, or with the database."""
        found = Counter(answer.status for answer in answers)
        surprising = {status: count for status, count in found.items() if status not in self.allowed}
        faults = [f"answers {surprising}: {first_words(answers, surprising)}"] if surprising else []
        try:
            winners = self.winners(shots, answers)
        except Wrong as wrong:
            return "?", [*faults, str(wrong)]
        return str(winners), faults if winners == 1 else [*faults, f"{winners} winners, not 1"]

    def clear(self) -> None:
        """Leave no timer open, which the answers of the next race would list."""
        for timer in Timer.objects.open().filter(user=self.agent):
            timer.cancel(timezone.now())

    # What most of them are made of.

    def running_timer(self, conversation: Conversation) -> Timer:
        return Timer.objects.start(user=self.agent, conversation=conversation, now=timezone.now() - RAN)

    def stopped_at(self) -> datetime:
        """Late enough for what has just begun to run, and before the race."""
        return timezone.now() - timedelta(seconds=1)

    def clicks(self, user: User, *posts: Post) -> list[Shot]:
        """As many as the race has, the posts in turn, from each of the user's browsers in turn.

        A click is labelled by the last word of its address.
        """
        sessions = self.cast.of(user)
        return [
            Shot(sessions[number // len(posts) % len(sessions)], last_word(path), path, fields)
            for number, (path, fields) in enumerate(islice(cycle(posts), self.count))
        ]


def last_word(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def first_words(answers: list[Answer], statuses: Iterable[int]) -> str:
    """What the first surprising answer says, for whoever looks into it."""
    odd = next(answer for answer in answers if answer.status in set(statuses))
    return " ".join(re.sub(r"<[^>]*>", " ", odd.text).split())[:120]


def expect_first_stop(timer: Timer, answers: list[Answer]) -> None:
    """One interval, which ended after the first request was sent and before the first answer came."""
    interval = timer.intervals.get() if timer.intervals.count() == 1 else None
    if interval is None:
        raise Wrong(f"{timer.intervals.count()} intervals, not 1")
    first_sent, first_answer = earliest(answers)
    if not first_sent <= interval.stopped_at <= first_answer:
        raise Wrong(
            f"the first stop was not kept: {interval.stopped_at}, not in {first_sent} to {first_answer}"
        )
    if timer.entry:
        expect("raw seconds of the entry", timer.entry.raw_seconds, interval.duration // timedelta(seconds=1))


def earliest(answers: list[Answer]) -> tuple[datetime, datetime]:
    return min(answer.sent_at for answer in answers), min(answer.answered_at for answer in answers)


def labelled(shots: list[Shot], answers: list[Answer], label: str) -> list[Answer]:
    return [answer for shot, answer in zip(shots, answers, strict=True) if shot.label == label]
