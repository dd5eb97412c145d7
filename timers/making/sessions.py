"""When somebody worked: stretches of time of which no two of one person overlap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from timers.making.people import Company
from timers.making.sizes import BY_HAND, CANCELED
from timers.making.talk import Thread, worked_on
from workspaces.models import User

#: The hours of a day, UTC, at which something may begin; it ends before the next.
HOURS = (7, 9, 11, 13, 15)
SATURDAY = 5
#: Somebody forgot to stop, in the last stretch of a day.
FORGOTTEN = 0.004
#: How many runs a timer has: three in two timers.
RUNS = (1, 1, 1, 1, 1, 1, 2, 2, 2, 3)


@dataclass(frozen=True)
class Session:
    """Work on one conversation: the runs of a timer, or what somebody wrote down by hand."""

    company: Company
    user: User
    thread: Thread
    runs: list[tuple[datetime, datetime]]
    by_hand: bool
    canceled: bool

    @property
    def ended_at(self) -> datetime:
        return self.runs[-1][1]


def sessions(
    company: Company, start: datetime, end: datetime, entries: int, span: int, chance: Random
) -> Iterator[Session]:
    """So many that become entries, and those that were canceled, between two moments.

    They are about the `span` latest conversations.
    """
    stretches = _stretches(start, end)
    canceled = int(entries * CANCELED + chance.random())
    places: dict[tuple[int, int], User] = {}
    while len(places) < min(entries + canceled, len(stretches) * len(company.agents)):
        (user,) = company.busy_agents.draw(chance)
        places[user.pk, chance.randrange(len(stretches))] = user
    for number, ((_, stretch), user) in enumerate(places.items()):
        runs = _runs(stretches[stretch], chance)
        yield Session(
            company=company,
            user=user,
            thread=worked_on(company, runs[0][0], span, chance),
            runs=runs,
            by_hand=number >= canceled and chance.random() < BY_HAND,
            canceled=number < canceled,
        )


def _stretches(start: datetime, end: datetime) -> list[datetime]:
    """The beginnings of all stretches of the working days from the day of `start` to the one before `end`."""
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    days = (midnight + timedelta(days=number) for number in range((end - start).days))
    return [day + timedelta(hours=hour) for day in days if day.weekday() < SATURDAY for hour in HOURS]


def _runs(begins: datetime, chance: Random) -> list[tuple[datetime, datetime]]:
    moment = begins + timedelta(minutes=chance.random() * 15)
    if begins.hour == HOURS[-1] and chance.random() < FORGOTTEN:
        return [(moment, moment + timedelta(hours=chance.uniform(8.5, 13)))]
    runs, count = [], chance.choice(RUNS)
    for _ in range(count):
        stopped = moment + timedelta(seconds=chance.uniform(90, 5400 / count))
        runs.append((moment, stopped))
        moment = stopped + timedelta(seconds=chance.uniform(20, 240))
    return runs
