"""Turns the demo's texts into rows: by the application's own verbs, in the order of time, each at its moment.

So the demo holds nothing that could not have come about by hand, overlaps and histories included.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import pairwise
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.color import no_style
from django.db import connection, transaction
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from billing.models import BillingEntry, BillingType
from billing.models.batch import ExportBatch
from conversations.models import Conversation, Customer
from timers.demo import records
from timers.demo.content import ELSEWHERE, WORKSPACE
from timers.demo.moments import Calendar
from timers.models import Timer
from workspaces.durations import parse_duration
from workspaces.models import Membership, User, Workspace

ADMIN = "admin"
PASSWORD = "demo"  # noqa: S105  # known to all by intent
FIRST_NUMBER = 1001
MORNING, NOON = "8:20", "12:10"
REVIEWED = {"approved", "invoiced", "returned", "discarded"}


def build(now: datetime) -> None:
    """Fill an empty database as if the last weeks up to `now` had happened in it. One transaction."""
    with transaction.atomic():
        admin = User.objects.create_superuser(ADMIN, password=PASSWORD, date_joined=now)
        for workspace in (WORKSPACE, ELSEWHERE):
            Story(workspace, admin, now).tell()


class Story:
    """What happened in one workspace: gathered as deeds with their moments, then done in that order."""

    def __init__(self, record: records.Workspace, admin: User, now: datetime) -> None:
        self.record = record
        self.calendar = Calendar(ZoneInfo(record.time_zone), now)
        self.deeds: list[tuple[datetime, Callable[..., object]]] = []
        self.reviews: Counter[date] = Counter()
        works = [work for conversation in record.conversations for work in conversation.work]
        self.export_days = sorted({self.export_day(work) for work in works if work.state == "invoiced"})
        self.set_up(admin)

    def at(self, moment: datetime, verb: Callable[..., object], **arguments: Any) -> None:
        """Let it happen then; the verb also takes `now`."""
        self.deeds.append((moment, partial(verb, **arguments)))

    def tell(self) -> None:
        for conversation in sorted(self.record.conversations, key=self.calendar.first_sent):
            self.converse(conversation)
        for day in self.export_days:
            export = ExportBatch.objects.create_from_approved
            self.at(self.calendar.at(day, NOON), export, workspace=self.workspace, by=self.manager)
        for moment, deed in sorted(self.deeds, key=itemgetter(0)):
            deed(now=moment)

    # What was there before the first conversation.

    def set_up(self, admin: User) -> None:
        opened = min(self.since(each) for each in self.record.customers)
        on_record = {"default_user": admin, "default_date": opened}
        self.workspace = Workspace(
            name=self.record.name,
            currency=self.record.currency,
            time_zone=self.record.time_zone,
            hours_per_day=Decimal(self.record.hours_per_day),
        )
        bulk_create_with_history([self.workspace], Workspace, **on_record)
        rules = [BillingType(workspace=self.workspace, **vars(each)) for each in self.record.billing_types]
        bulk_create_with_history(rules, BillingType, **on_record)
        self.rules: dict[str | None, BillingType] = {each.name: each for each in rules}
        self.workspace.default_billing_type = self.rules[self.record.default_billing_type]
        bulk_update_with_history([self.workspace], Workspace, ["default_billing_type"], **on_record)
        self.people = {each.username: self.join(each, opened) for each in self.record.people}
        members = [
            Membership(workspace=self.workspace, user=self.people[each.username], role=each.role)
            for each in self.record.people
        ]
        bulk_create_with_history(members, Membership, **on_record)
        self.manager = next(each.user for each in members if each.role == Membership.Role.MANAGER)
        self.customers = {each.name: self.win(each, admin) for each in self.record.customers}

    def win(self, record: records.Customer, admin: User) -> Customer:
        since = self.since(record)
        rule = self.rules.get(record.billing_type)
        customer = Customer(workspace=self.workspace, name=record.name, billing_type=rule, created_at=since)
        bulk_create_with_history([customer], Customer, default_user=admin, default_date=since)
        return customer

    def since(self, customer: records.Customer) -> datetime:
        return self.calendar.at(date.fromisoformat(f"{customer.since}-01"), MORNING)

    @staticmethod
    def join(person: records.Person, joined: datetime) -> User:
        return User.objects.create_user(
            person.username,
            email=f"{person.username}@stint.example",
            password=PASSWORD if person.password_known else None,
            first_name=person.first_name,
            last_name=person.last_name,
            date_joined=joined,
        )

    # Conversations.

    def converse(self, record: records.Conversation) -> None:
        opened = self.calendar.first_sent(record)
        opener = self.people.get(record.messages[0].who)
        assignee = self.people[record.assignee] if record.assignee else None
        conversation = add_conversation(
            workspace=self.workspace,
            customer=self.customers[record.customer],
            subject=record.subject,
            contact=record.contact,
            billing_type=self.rules.get(record.billing_type),
            assignee=assignee if assignee == opener else None,
            created_at=opened,
            last_message_at=opened,
        )
        for said in record.messages:
            author = self.people.get(said.who)
            by = {"author": author, "author_name": "" if author else record.contact}
            self.at(self.calendar.sent(said), conversation.post, kind=said.kind, body=said.body, **by)
        if assignee:
            self.at(self.assigned_at(record), conversation.assign, to=assignee, by=opener or assignee)
        for work in record.work:
            self.record_work(work, conversation)
        if record.state == Conversation.State.CLOSED:
            self.at(self.closed_at(record), conversation.close, by=assignee or self.manager)

    def assigned_at(self, record: records.Conversation) -> datetime:
        """Soon, if a colleague opened it; else just before the assignee does something in it."""
        opened = self.calendar.first_sent(record)
        if record.messages[0].who in self.people:
            return opened + timedelta(minutes=1)
        deeds = [self.calendar.sent(each) for each in record.messages if each.who == record.assignee]
        deeds += [self.calendar.began(each) for each in record.work if each.who == record.assignee]
        first = min(deeds, default=opened + timedelta(minutes=20))
        return max(first - timedelta(minutes=2), opened + timedelta(seconds=30))

    def closed_at(self, record: records.Conversation) -> datetime:
        """After everything else."""
        said = [self.calendar.sent(each) for each in record.messages]
        done = [ended for each in record.work if (ended := self.calendar.ended(each))]
        return max(said + done) + timedelta(minutes=10)

    # Time, and what became of it.

    def record_work(self, work: records.Work, conversation: Conversation) -> None:
        recording = Recording(work, self.people[work.who], conversation)
        if work.by_hand:
            self.at(self.calendar.began(work), recording.write_down)
        else:
            self.use_timer(work, recording)
        if work.state in REVIEWED:
            self.at(self.reviewed_at(work), recording.review, by=self.manager)

    def use_timer(self, work: records.Work, recording: Recording) -> None:
        spans = self.calendar.spans(work)
        self.at(spans[0][0], recording.start)
        for (_, paused), (until, _) in pairwise(spans):
            self.at(paused or until, recording.pause, until=until)
        ended = spans[-1][1]
        if ended is None:
            return
        self.at(ended, recording.stop)
        if work.state == "unconfirmed":
            self.at(ended + timedelta(minutes=3), recording.start_again)
            self.at(ended + timedelta(minutes=3, seconds=8), recording.cancel_again)
        elif work.state != "stopped":
            self.at(ended + timedelta(minutes=2), recording.save)

    def reviewed_at(self, work: records.Work) -> datetime:
        """One after another on the morning after; what is not invoiced came too late for the last export."""
        day = self.calendar.day(work.days_ago - 1)
        if work.state != "invoiced" and self.export_days:
            day = max(day, self.export_days[-1] + timedelta(days=1))
        self.reviews[day] += 1
        return self.calendar.at(day, MORNING) + self.reviews[day] * timedelta(seconds=40)

    def export_day(self, work: records.Work) -> date:
        """The Monday after."""
        day = self.calendar.day(work.days_ago)
        return day + timedelta(days=7 - day.weekday())


class Recording:
    """One person's work on one conversation: how they used the timer, and what became of its entry."""

    timer: Timer
    entry: BillingEntry

    def __init__(self, work: records.Work, user: User, conversation: Conversation) -> None:
        self.work = work
        self.user = user
        self.conversation = conversation

    def start(self, now: datetime) -> None:
        self.timer = Timer.objects.start(user=self.user, conversation=self.conversation, now=now)
        self.timer.write_note(self.work.description)

    def pause(self, now: datetime, until: datetime) -> None:
        """Only write the interval: Stop would make an entry of it."""
        self.timer.intervals.create(
            workspace_id=self.timer.workspace_id,
            started_at=self.timer.running_since or now,
            stopped_at=now,
        )
        for state, since in ((Timer.State.STOPPED, None), (Timer.State.RUNNING, until)):
            self.timer.move(state, since or now, running_since=since)
            self.timer.write_down()

    def stop(self, now: datetime) -> None:
        self.timer.stop(now)
        if self.work.kind:
            self.timer.convert(self.work.kind, now)
        self.entry = BillingEntry.objects.get(timer=self.timer)

    def save(self, now: datetime) -> None:
        chosen = parse_duration(self.work.billed) if self.work.billed else None
        self.entry.revise(by=self.user, version=self.entry.version, now=now, billed_seconds=chosen)

    def start_again(self, now: datetime) -> None:
        """By mistake: it leaves the entry to the manager, without the agent's confirmation."""
        self.timer = self.timer.resume(now)

    def cancel_again(self, now: datetime) -> None:
        self.timer.cancel(now)

    def write_down(self, now: datetime) -> None:
        self.entry = BillingEntry.objects.prepare(
            user=self.user,
            conversation=self.conversation,
            billing_type=self.conversation.effective_billing_type,
            raw_seconds=parse_duration(self.work.billed or ""),
            day=self.conversation.workspace.local_date(now),
            now=now,
            kind=self.work.kind or "",
            description=self.work.description,
            reason="Entered by hand",
            by_hand=True,
            confirmed_at=now,
        )

    def review(self, now: datetime, by: User) -> None:
        if self.work.state == BillingEntry.State.RETURNED:
            self.entry.return_(by=by, now=now, comment=self.work.comment)
        elif self.work.state == BillingEntry.State.DISCARDED:
            self.entry.discard(by=by, now=now)
        else:
            self.entry.approve(by=by, now=now)


def add_conversation(**fields: Any) -> Conversation:
    """Create it; the very first gets FIRST_NUMBER, and the database counts on from there."""
    if Conversation.objects.exists():
        return Conversation.objects.create(**fields)
    conversation = Conversation.objects.create(pk=FIRST_NUMBER, **fields)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Conversation]):
            cursor.execute(statement)
    return conversation
