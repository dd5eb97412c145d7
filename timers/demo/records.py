"""The shapes in which the demo is written down: plain values, without Django and without the clock."""

from dataclasses import dataclass
from inspect import cleandoc

Interval = tuple[str, str | None]
"""Offset from the start of the work and duration, both as h:mm:ss. No duration: it still runs."""


@dataclass(frozen=True)
class Person:
    """A member. Whoever has `password_known` can sign in to the demo."""

    username: str
    first_name: str
    last_name: str
    role: str
    password_known: bool = False


@dataclass(frozen=True)
class BillingType:
    """A rule. `rate` is in minor units of the workspace's currency, per `unit`."""

    name: str
    kind: str
    unit: str
    rounding: str
    increment_minutes: int
    minimum_minutes: int | None
    maximum_minutes: int | None
    rate: int


@dataclass(frozen=True)
class Customer:
    """Who is billed. `since` is a month, as 2019-03."""

    name: str
    billing_type: str | None
    since: str


@dataclass(frozen=True)
class Message:
    """One message. `who` is "customer" (then the contact wrote it) or a username.

    It was sent `days_ago` working days back, at the workspace's local time `at`; or, when
    `minutes_ago` is given, that long before now, and then `days_ago` and `at` say nothing.
    """

    who: str
    kind: str
    body: str
    days_ago: int
    at: str
    minutes_ago: int | None = None


@dataclass(frozen=True)
class Work:
    """Time that somebody spent on a conversation: a timer, and the entry it became.

    `state` is the entry's ("new", "approved", "returned", "invoiced", "discarded"), or
    "unconfirmed" for a new entry that its agent never looked at, or the open timer's ("running",
    "stopped"). The first interval's offset counts from `start`, local time, `days_ago` working days
    back; with `minutes_ago`, from that long before now. `billed` (h:mm) is what a person chose
    instead of the calculated time. Work entered `by_hand` has no start and no intervals, only `billed`.
    `kind` and `comment` (the manager's, on a returned entry) are as on a billing entry.
    """

    who: str
    days_ago: int
    start: str
    intervals: tuple[Interval, ...]
    description: str
    state: str = "new"
    billed: str | None = None
    kind: str | None = None
    comment: str = ""
    by_hand: bool = False
    minutes_ago: int | None = None


@dataclass(frozen=True)
class Conversation:
    """A thread with its work. `contact` is the person who writes for the customer."""

    subject: str
    customer: str
    contact: str
    assignee: str | None
    state: str
    billing_type: str | None
    messages: tuple[Message, ...]
    work: tuple[Work, ...] = ()


@dataclass(frozen=True)
class Workspace:
    """Everything that the demo puts into one workspace."""

    name: str
    currency: str
    time_zone: str
    hours_per_day: str
    default_billing_type: str
    people: tuple[Person, ...]
    billing_types: tuple[BillingType, ...]
    customers: tuple[Customer, ...]
    conversations: tuple[Conversation, ...]


def incoming(days_ago: int, at: str, body: str, minutes_ago: int | None = None) -> Message:
    """Return a message from the customer's contact."""
    return Message("customer", "incoming", prose(body), days_ago, at, minutes_ago)


def reply(who: str, days_ago: int, at: str, body: str, minutes_ago: int | None = None) -> Message:
    """Return a message from a member to the customer."""
    return Message(who, "reply", prose(body), days_ago, at, minutes_ago)


def note(who: str, days_ago: int, at: str, body: str, minutes_ago: int | None = None) -> Message:
    """Return an internal note."""
    return Message(who, "note", prose(body), days_ago, at, minutes_ago)


def prose(body: str) -> str:
    """Join the lines of each paragraph. A blank line parts paragraphs, a bar breaks a line."""
    paragraphs = (" ".join(paragraph.split()) for paragraph in cleandoc(body).split("\n\n"))
    return "\n\n".join(paragraph.replace(" | ", "\n") for paragraph in paragraphs)
