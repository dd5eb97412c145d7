"""What was done: timers with their intervals, the entries that they became, and what was decided on those."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from billing.models import BillingEntry, BillingType
from billing.sums import Sums
from timers.making.batches import Batches
from timers.making.calculations import Rules
from timers.making.decisions import Decisions
from timers.making.people import Company
from timers.making.rows import Rows
from timers.making.sessions import Session
from timers.making.talk import Thread
from timers.making.words import Words
from timers.models import Interval, Timer
from workspaces.models import User

State = BillingEntry.State
#: The id of an entry, the state of the timer that it comes from, and since when.
Made = tuple[int | None, str, str]
COMMENT = "Was this not the day before?"
#: Shares of the entries.
ADJUSTED = 0.06
OVERLAPS = 0.015
CLOCK_SET_BACK = 0.0001
SWITCHED = 0.03
#: Shares of the agents.
RUNNING, PAUSED = 0.5, 0.5
#: Nobody has more stopped timers waiting for a decision.
STOPPED_AT_ONCE = 2


@dataclass
class Work:
    """Makes timers, intervals, entries and batches up to the moment `until`. Within `override("en")`."""

    chance: Random
    words: Words
    until: datetime
    rules: Rules = field(default_factory=Rules)
    last_timer: int = 0
    last_interval: int = 0
    last_entry: int = 0
    batches: Batches = field(default_factory=Batches)
    #: Users and conversations with an open timer, of which there is one at most.
    taken: set[tuple[int, int]] = field(default_factory=set)
    stopped: Counter[int] = field(default_factory=Counter)
    timers: Rows = field(
        default_factory=lambda: Rows(
            Timer,
            *("id", "workspace_id", "user_id", "conversation_id", "billing_type_id", "note", "state"),
            *("running_since", "entry_id", "created_at", "changed_at"),
        )
    )
    intervals: Rows = field(
        default_factory=lambda: Rows(
            Interval, "id", "workspace_id", "timer_id", "started_at", "stopped_at", "clock_stepped_back"
        )
    )
    entries: Rows = field(
        default_factory=lambda: Rows(
            BillingEntry,
            *("id", "workspace_id", "user_id", "conversation_id", "customer_id", "kind"),
            *("billing_type_id", "date"),
            *("raw_seconds", "calculated_seconds", "billed_seconds", "rate", "currency", "amount", "rule"),
            *("explanation", "description", "by_hand", "submission", "overlap_seconds", "overlap_with_id"),
            *("clock_stepped_back", "created_at", "state", "version", "confirmed_at", "reviewed_by_id"),
            *("reviewed_at", "return_comment", "updated_at", "batch_id"),
        )
    )

    def record(self, sessions: Iterable[Session], exported_at: datetime) -> None:
        """What came of these sessions; what is invoiced of it left in batches of that moment."""
        for session in sorted(sessions, key=lambda each: each.ended_at):
            raw = sum((stop - start for start, stop in session.runs), timedelta()) // timedelta(seconds=1)
            note = self.words.description()
            if session.by_hand:
                self._enter(session, raw // 300 * 300 + 300, exported_at, note, set_back=False)
            else:
                self._time(session, raw, exported_at, note)

    def _time(self, session: Session, raw: int, exported_at: datetime, note: str) -> None:
        set_back = self.chance.random() < CLOCK_SET_BACK
        made: Made = None, Timer.State.CANCELED.value, str(session.ended_at)
        if not session.canceled:
            made = self._enter(session, raw, exported_at, note, set_back=set_back)
        entry, state, changed_at = made
        self.last_timer += 1
        self._run(session.company, session.runs, set_back=set_back)
        self.timers.add(
            *(self.last_timer, session.company.workspace.pk, session.user.pk, session.thread.pk),
            *(session.thread.rule.pk, note, state, None, entry, str(session.runs[0][0]), changed_at),
        )

    def _run(self, company: Company, runs: list[tuple[datetime, datetime]], *, set_back: bool) -> None:
        """The intervals of the last timer."""
        for start, stop in runs:
            self.last_interval += 1
            self.intervals.add(
                *(self.last_interval, company.workspace.pk, self.last_timer, str(start), str(stop), set_back)
            )

    def _enter(self, session: Session, raw: int, exported_at: datetime, note: str, *, set_back: bool) -> Made:
        chance, company, rule = self.chance, session.company, session.thread.rule
        decided = Decisions.on(session, self.until, exported_at, chance)
        chosen = None
        if decided.confirmed_at and not session.by_hand and chance.random() < ADJUSTED:
            chosen = (raw // 900 + chance.randint(1, 3)) * 900
        worth = self.rules.calculate(rule, raw, chosen, by_hand=session.by_hand)
        overlap = chance.randint(30, raw) if raw > 30 and chance.random() < OVERLAPS else 0
        day = company.workspace.local_date(session.runs[0][0].replace(tzinfo=UTC))
        kind = rule.kind if chance.random() >= SWITCHED else BillingType.Kind.TIME.value
        batch = None
        if decided.is_invoiced:
            amounts = {company.workspace.currency: worth.amount} if kind == BillingType.Kind.SERVICE else {}
            batch = self.batches.take(company, Sums(1, raw, worth.billed_seconds, amounts), exported_at)
        self.last_entry += 1
        self.entries.add(
            *(self.last_entry, company.workspace.pk, session.user.pk, session.thread.pk),
            *(session.thread.customer, kind, rule.pk, str(day)),
            *(raw, worth.calculated_seconds, worth.billed_seconds, rule.rate, company.workspace.currency),
            *(worth.amount, self.rules.copy_of(rule), worth.explanation, note),
            *(session.by_hand, None, overlap, chance.choice(company.threads).pk if overlap else None),
            *(set_back, str(decided.created_at), decided.state, decided.version),
            *(_text(decided.confirmed_at), decided.reviewed_by.pk if decided.reviewed_by else None),
            *(_text(decided.reviewed_at), COMMENT if decided.state == State.RETURNED else ""),
            *(str(decided.updated_at), batch),
        )
        return self.last_entry, self._timer_after(session, decided), str(decided.updated_at)

    def _timer_after(self, session: Session, decided: Decisions) -> str:
        """The state of the timer that became the entry."""
        if decided.withdrawn:
            return Timer.State.CANCELED.value
        waits = decided.late and decided.is_new and not decided.confirmed_at
        if (
            waits
            and self.stopped[session.user.pk] < STOPPED_AT_ONCE
            and self._take(session.user, session.thread)
        ):
            self.stopped[session.user.pk] += 1
            return Timer.State.STOPPED.value
        return Timer.State.LOGGED.value

    def _take(self, user: User, thread: Thread) -> bool:
        """Whether the user has no open timer there yet."""
        place = user.pk, thread.pk
        free = place not in self.taken
        self.taken.add(place)
        return free

    def open_timers(self, company: Company, now: datetime) -> None:
        """What runs now, and what was paused where Stop makes no entry: about one timer for each agent."""
        chance = self.chance
        open_threads = [thread for thread in company.threads[-len(company.agents) * 5 :] if thread.is_open]
        for user in company.agents if open_threads else ():
            if chance.random() < RUNNING:
                since = now - timedelta(minutes=chance.uniform(1, 400))
                self._leave_open(company, user, chance.choice(open_threads), since, running=True)
            if not company.workspace.create_entries_automatically and chance.random() < PAUSED:
                since = now - timedelta(hours=chance.uniform(10, 20))
                self._leave_open(company, user, chance.choice(open_threads), since, running=False)

    def _leave_open(
        self, company: Company, user: User, thread: Thread, since: datetime, *, running: bool
    ) -> None:
        if not self._take(user, thread):
            return
        runs = [] if running else [(since, since + timedelta(minutes=self.chance.uniform(5, 90)))]
        self.last_timer += 1
        self._run(company, runs, set_back=False)
        state = Timer.State.RUNNING if running else Timer.State.STOPPED
        changed_at = since if running else runs[-1][1]
        self.timers.add(
            *(self.last_timer, company.workspace.pk, user.pk, thread.pk, thread.rule.pk, "", state.value),
            *(str(since) if running else None, None, str(since), str(changed_at)),
        )

    def write(self) -> int:
        """Intervals before timers, since none is added to a timer that has its entry."""
        tables = self.entries, self.intervals, self.timers
        return self.batches.write() + sum(rows.write() for rows in tables)


def _text(moment: datetime | None) -> str | None:
    return str(moment) if moment else None
