"""Fills an empty database with the past of many workspaces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from django.core.management.base import OutputWrapper
from django.db import models, transaction
from django.utils.translation import override

from billing.models import BillingEntry, ExportBatch
from conversations.models import Conversation, Message
from timers.making.histories import write_histories
from timers.making.loading import count_on, take_stock, unindexed
from timers.making.people import Company, make_companies
from timers.making.progress import Progress
from timers.making.sessions import Session, sessions
from timers.making.sizes import PERIODS, YEARS, Sizes, over_the_years, split
from timers.making.talk import Talk
from timers.making.words import Words
from timers.making.work import Work
from timers.models import Interval, Timer

#: Those that grow; the others are small.
LARGE: list[type[models.Model]] = [
    Conversation,
    Message,
    BillingEntry,
    BillingEntry.history.model,
    ExportBatch,
    Timer,
    Interval,
]
#: What happened since is what runs now.
SETTLED = timedelta(days=1)
#: After the end of a period, what was approved in it is exported.
EXPORT = timedelta(days=2)


@dataclass
class Period:
    """About a month of all workspaces."""

    start: datetime
    end: datetime
    conversations: int
    entries: int


def build(sizes: Sizes, seed: int, now: datetime, out: OutputWrapper | None) -> None:
    """All in one transaction; the same seed at the same moment makes the same. `out` is told of progress."""
    progress = Progress(out, sizes.rows)
    chance = Random(seed)  # noqa: S311  # nothing here is secret
    until = now.astimezone(UTC).replace(tzinfo=None)
    past = _Past(sizes, chance, until, progress)
    with transaction.atomic(), override("en"):
        with unindexed(LARGE, progress.tell):
            past.make()
        count_on(LARGE)
    progress.tell("taking stock")
    take_stock()
    progress.end()


class _Past:
    def __init__(self, sizes: Sizes, chance: Random, until: datetime, progress: Progress) -> None:
        self.sizes = sizes
        self.chance = chance
        self.until = until
        self.progress = progress
        self.words = Words(chance)
        average = sizes.messages / sizes.conversations
        self.talk = Talk(chance, self.words, until, average, longest=max(100, sizes.messages // 1000))
        self.work = Work(chance, self.words, until)

    def make(self) -> None:
        start = self.until - timedelta(days=YEARS * 365)
        self.companies = make_companies(self.sizes, self.words, start.replace(tzinfo=UTC))
        for period in self._periods(start):
            self._pass(period)
        for company in self.companies:
            self.work.open_timers(company, self.until)
        self.progress.advance(self.work.write())

    def _periods(self, start: datetime) -> Iterator[Period]:
        whole = self.until - SETTLED - start
        bounds = [start + whole * number / PERIODS for number in range(PERIODS + 1)]
        conversations, entries = over_the_years(self.sizes.conversations), over_the_years(self.sizes.entries)
        for (begin, end), talked, worked in zip(pairwise(bounds), conversations, entries, strict=True):
            yield Period(begin, end, talked, worked)

    def _pass(self, period: Period) -> None:
        self.talk.begin(self._opened(period))
        self.progress.advance(self.talk.write())
        first = self.work.last_entry + 1
        self.work.record(self._worked(period), period.end + EXPORT)
        self.progress.advance(self.work.write())
        self.progress.advance(write_histories(first, self.work.last_entry))

    def _opened(self, period: Period) -> list[tuple[datetime, Company]]:
        """When conversations began, and whose; each workspace has had one before work begins."""
        shares = [company.share for company in self.companies]
        chosen = self.chance.choices(self.companies, shares, k=period.conversations)
        chosen += [company for company in self.companies if not company.threads]
        length = period.end - period.start
        moments = sorted(period.start + length * self.chance.random() for _ in chosen)
        return list(zip(moments, chosen, strict=True))

    def _worked(self, period: Period) -> Iterator[Session]:
        counts = split(period.entries, [company.share for company in self.companies])
        for company, count in zip(self.companies, counts, strict=True):
            span = 1 + round(period.conversations * company.share * 1.5)
            yield from sessions(company, period.start, period.end, count, span, self.chance)
