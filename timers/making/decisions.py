"""What people decided on an entry: its agent, then a reviewer, then the export."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from billing.models import BillingEntry
from timers.making.sessions import Session
from workspaces.models import User

State = BillingEntry.State
#: What became of entries: of those of the last weeks, and of the older ones, in a hundred thousand.
LATELY = timedelta(days=45)
OF_LATE = {State.NEW: 78_000, State.APPROVED: 12_000, State.RETURNED: 5_000, State.DISCARDED: 5_000}
OF_OLD = {State.INVOICED: 98_600, State.DISCARDED: 1_200, State.RETURNED: 150, State.NEW: 50}
#: Without their agent's confirmation, of the New ones and of the others.
UNCONFIRMED_NEW, UNCONFIRMED = 0.3, 0.03


@dataclass
class Decisions:
    """Where an entry stands, and how it came there; each step makes one version."""

    state: str
    created_at: datetime
    updated_at: datetime
    #: In the last weeks, of which most is undecided.
    late: bool
    version: int = 1
    confirmed_at: datetime | None = None
    reviewed_by: User | None = None
    reviewed_at: datetime | None = None
    #: Discarded by its agent, together with its timer.
    withdrawn: bool = False

    @classmethod
    def on(cls, session: Session, until: datetime, exported_at: datetime, chance: Random) -> Decisions:
        late = session.ended_at > until - LATELY
        shares = OF_LATE if late else OF_OLD
        (state,) = chance.choices(list(shares), list(shares.values()))
        made = cls(state.value, session.ended_at, session.ended_at, late)
        made.withdrawn = state == State.DISCARDED and not session.by_hand and chance.random() < 0.5
        if session.by_hand:
            made.confirmed_at = made.created_at
        elif not made.withdrawn and chance.random() >= (UNCONFIRMED_NEW if made.is_new else UNCONFIRMED):
            made.confirmed_at = made._step(timedelta(seconds=chance.randint(20, 400)))
        if made.withdrawn:
            made._step(timedelta(seconds=30))
        elif not made.is_new:
            made.reviewed_by = chance.choice(session.company.managers)
            made.reviewed_at = made._step(timedelta(minutes=chance.randint(100, 1300)))
        if made.is_invoiced:
            made._step(exported_at - made.updated_at)
        return made

    def _step(self, later: timedelta) -> datetime:
        self.version += 1
        self.updated_at += later
        return self.updated_at

    @property
    def is_new(self) -> bool:
        return self.state == State.NEW

    @property
    def is_invoiced(self) -> bool:
        return self.state == State.INVOICED
