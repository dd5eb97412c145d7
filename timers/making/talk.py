"""What was said: conversations and their messages."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import itemgetter
from random import Random
from typing import Any, NamedTuple

from conversations.models import Conversation, Message
from conversations.models.message import ASSIGNED, CLOSED
from timers.making.people import Company
from timers.making.rows import Rows
from timers.making.sizes import YEARS
from timers.making.words import Words

FIRST_NUMBER = 1001
#: Younger ones are mostly open, of older ones few.
FRESH = timedelta(days=30)
OPEN_WHEN_FRESH, OPEN_WHEN_OLD = 0.6, 0.096
ASSIGNED_TO_SOMEBODY = 0.7
#: One of so many conversations has a rule of its own.
OWN_RULE = 20
Kind = Message.Kind


class Thread(NamedTuple):
    """A conversation, as far as those who work on it must know it."""

    pk: int
    customer: int
    rule: Any
    is_open: bool


@dataclass
class Talk:
    """Makes conversations with their messages up to the moment `until`."""

    chance: Random
    words: Words
    until: datetime
    per_conversation: float
    #: In the one long thread that there is.
    longest: int
    last_conversation: int = FIRST_NUMBER - 1
    last_message: int = 0
    conversations: Rows = field(
        default_factory=lambda: Rows(
            Conversation,
            *("id", "workspace_id", "customer_id", "subject", "contact", "billing_type_id", "assignee_id"),
            *("state", "awaiting_reply", "created_at", "last_message_at"),
        )
    )
    messages: Rows = field(
        default_factory=lambda: Rows(
            Message,
            *("id", "workspace_id", "conversation_id", "author_id", "author_name", "kind", "body"),
            "created_at",
        )
    )

    def begin(self, opened: Iterable[tuple[datetime, Company]]) -> None:
        """Conversations that begin at these moments, with all that will be said in them."""
        said: list[tuple[Any, ...]] = []
        for moment, company in opened:
            said += self._converse(company, moment)
        for message in sorted(said, key=itemgetter(0)):
            self.last_message += 1
            moment, *rest = message
            self.messages.add(self.last_message, *rest, moment)

    def _converse(self, company: Company, created_at: datetime) -> list[tuple[Any, ...]]:
        chance = self.chance
        self.last_conversation += 1
        pk, workspace = self.last_conversation, company.workspace.pk
        (customer,) = company.busy_customers.draw(chance)
        own_rule = chance.choice(company.rules) if pk % OWN_RULE == 0 else None
        fresh = created_at > self.until - FRESH
        is_open = pk == FIRST_NUMBER or chance.random() < (OPEN_WHEN_FRESH if fresh else OPEN_WHEN_OLD)
        contact = chance.choice(self.words.contacts)
        assignee = chance.choice(company.members) if chance.random() < ASSIGNED_TO_SOMEBODY else None
        messages, last, awaiting = [], created_at, False
        for moment, kind in self._moments(pk, created_at):
            author = None if kind == Kind.INCOMING else assignee or company.members[0]
            name = contact if author is None else ""
            body = self.words.body()
            messages.append((moment, workspace, pk, author.pk if author else None, name, kind, body))
            last, awaiting = moment, awaiting if kind == Kind.NOTE else kind == Kind.INCOMING
        if assignee:
            event = ASSIGNED + assignee.display_name
            messages.append((created_at, workspace, pk, company.managers[0].pk, "", Kind.EVENT.value, event))
        if not is_open:
            closed_at, by = min(last + timedelta(days=2), self.until), assignee or company.managers[0]
            messages.append((closed_at, workspace, pk, by.pk, "", Kind.EVENT.value, CLOSED))
        self.conversations.add(
            *(pk, workspace, customer.pk, self.words.subject(), contact, own_rule.pk if own_rule else None),
            *(assignee.pk if assignee else None, "open" if is_open else "closed", is_open and awaiting),
            *(str(created_at), str(last)),
        )
        rule = own_rule or customer.billing_type or company.rules[0]
        company.threads.append(Thread(pk, customer.pk, rule, is_open))
        company.begun.append(created_at)
        return [(str(moment), *rest) for moment, *rest in messages]

    def _moments(self, pk: int, moment: datetime) -> Iterator[tuple[datetime, str]]:
        """Of messages that people write, and of what kind; the customer's comes first."""
        chance, count, apart = self.chance, self._length(), 12.0
        if pk == FIRST_NUMBER:
            count, apart = self.longest, YEARS * 360 * 24 / self.longest
        kind = Kind.INCOMING.value
        for _ in range(count):
            yield moment, kind
            moment += timedelta(hours=apart * chance.uniform(0.1, 1.9), microseconds=chance.randrange(10**6))
            if moment > self.until:
                return
            kind = chance.choice((Kind.INCOMING.value, Kind.REPLY.value, Kind.REPLY.value, Kind.NOTE.value))

    def _length(self) -> int:
        """Most are short and some long; beside them stand events."""
        events = ASSIGNED_TO_SOMEBODY + 0.9
        return max(1, int(self.chance.expovariate(1 / (self.per_conversation - events)) + 0.5))

    def write(self) -> int:
        return self.conversations.write() + self.messages.write()


def worked_on(company: Company, moment: datetime, span: int, chance: Random) -> Thread:
    """One of so many conversations that were the latest at that moment."""
    latest = bisect_right(company.begun, moment) - 1
    thread: Thread = company.threads[max(0, latest - int(chance.random() * span))]
    return thread
