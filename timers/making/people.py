"""Who is there: workspaces of very different size, with their rules, people and customers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Any

from django.contrib.auth.hashers import make_password
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from billing.models import BillingType
from conversations.models import Customer
from timers.making.sizes import Sizes, Uneven, falling, split
from timers.making.words import Words
from workspaces.models import Membership, User, Workspace

PASSWORD = "demo"  # noqa: S105  # known to all by intent
AGENT, MANAGER, ADMIN = "agent", "manager", "admin"
#: One of so many members is a manager.
MANAGERS = 20
#: One of so many agents works in a second workspace too.
IN_TWO = 25
#: One of so many customers has a rule of its own.
OWN_RULE = 10

#: Currency, time zone, hours per day: the first is the busiest workspace's.
PLACES = [
    ("EUR", "Europe/Berlin", "8"),
    ("CHF", "Europe/Zurich", "8.4"),
    ("GBP", "Europe/London", "7.5"),
    ("EUR", "Europe/Paris", "7"),
    ("JPY", "Asia/Tokyo", "8"),
]
Kind, Unit, Rounding = BillingType.Kind, BillingType.Unit, BillingType.Rounding
#: The first is the default; rates per hour in whole currency units.
RULES: list[dict[str, Any]] = [
    {"name": "Consulting", "rate": 120},
    {
        "name": "Support",
        "rate": 90,
        "rounding": Rounding.NEAREST,
        "increment_minutes": 6,
        "minimum_minutes": 6,
    },
    {"name": "On site", "rate": 960, "unit": Unit.DAY, "increment_minutes": 30, "minimum_minutes": 60},
    {"name": "Internal", "rate": 0, "kind": Kind.TIME, "rounding": Rounding.NONE},
]


@dataclass
class Company:
    """A workspace while its past is being made."""

    workspace: Workspace
    share: float
    rules: list[BillingType]
    agents: list[User]
    managers: list[User]
    customers: list[Customer] = field(default_factory=list)
    #: Conversations in the order in which they began, and when that was.
    threads: list[Any] = field(default_factory=list)
    begun: list[datetime] = field(default_factory=list)
    batches: int = 0

    @cached_property
    def members(self) -> list[User]:
        return self.agents + self.managers

    @cached_property
    def busy_agents(self) -> Uneven[User]:
        return Uneven(self.agents)

    @cached_property
    def busy_customers(self) -> Uneven[Customer]:
        return Uneven(self.customers)


def make_companies(sizes: Sizes, words: Words, since: datetime) -> list[Company]:
    """The busiest first; `agent1`, `manager1` and those after them are its people."""
    shares = falling(sizes.workspaces)
    admin = User.objects.create_superuser(ADMIN, password=PASSWORD, date_joined=since)
    on_record = {"default_user": admin, "default_date": since}
    workspaces = _make_workspaces(sizes.workspaces, words, on_record)
    rules = _make_rules(workspaces, on_record)
    people = _People(words, since)
    companies = []
    parts = zip(workspaces, shares, rules, split(sizes.users - 1, shares), strict=True)
    for workspace, share, own, members in parts:
        managers = max(1, members // MANAGERS)
        agents = people.take(AGENT, max(1, members - managers))
        companies.append(Company(workspace, share, own, agents, people.take(MANAGER, managers)))
    people.make()
    _lend(companies)
    _make_members(companies, on_record)
    for company, count in zip(companies, split(sizes.customers, shares), strict=True):
        company.customers = _make_customers(company, max(1, count), words, on_record)
    return companies


def _make_workspaces(count: int, words: Words, on_record: dict[str, Any]) -> list[Workspace]:
    made = []
    for rank in range(count):
        currency, time_zone, hours = PLACES[rank % len(PLACES)]
        made.append(
            Workspace(
                name=f"{words.customer()} {rank + 1}"[:100],
                currency=currency,
                time_zone=time_zone,
                hours_per_day=Decimal(hours),
                create_entries_automatically=rank % 4 != 3,
                one_running_timer=rank % 10 == 9,
            )
        )
    return bulk_create_with_history(made, Workspace, **on_record)


def _make_rules(workspaces: list[Workspace], on_record: dict[str, Any]) -> list[list[BillingType]]:
    rules = []
    for workspace in workspaces:
        unit = 10**workspace.currency_decimals
        rules.append(
            [BillingType(workspace=workspace, **(rule | {"rate": rule["rate"] * unit})) for rule in RULES]
        )
    bulk_create_with_history([rule for own in rules for rule in own], BillingType, **on_record)
    for workspace, own in zip(workspaces, rules, strict=True):
        workspace.default_billing_type = own[0]
    bulk_update_with_history(workspaces, Workspace, ["default_billing_type"], **on_record)
    return rules


class _People:
    """Numbers them over all workspaces; one hash serves for the password of all."""

    def __init__(self, words: Words, since: datetime) -> None:
        self.words = words
        self.since = since
        self.hash = make_password(PASSWORD)
        self.made: list[User] = []
        self.counts = {AGENT: 0, MANAGER: 0}

    def take(self, role: str, count: int) -> list[User]:
        taken = [self._next(role) for _ in range(count)]
        self.made += taken
        return taken

    def _next(self, role: str) -> User:
        self.counts[role] += 1
        username = f"{role}{self.counts[role]}"
        first, last = self.words.name().split()
        return User(
            username=username,
            first_name=first,
            last_name=last,
            email=f"{username}@stint.example",
            password=self.hash,
            date_joined=self.since,
        )

    def make(self) -> None:
        User.objects.bulk_create(self.made, batch_size=1000)


def _lend(companies: list[Company]) -> None:
    """Some agents of each work in the next, too; the first of a company never do."""
    for company, following in pairwise(companies):
        following.agents += company.agents[IN_TWO::IN_TWO][: len(following.agents)]


def _make_members(companies: list[Company], on_record: dict[str, Any]) -> None:
    roles = Membership.Role
    members = [
        Membership(workspace=company.workspace, user=user, role=role)
        for company in companies
        for role, people in ((roles.AGENT, company.agents), (roles.MANAGER, company.managers))
        for user in people
    ]
    bulk_create_with_history(members, Membership, batch_size=1000, **on_record)


def _make_customers(company: Company, count: int, words: Words, on_record: dict[str, Any]) -> list[Customer]:
    made = [
        Customer(
            workspace=company.workspace,
            name=name,
            billing_type=company.rules[1] if number % OWN_RULE == OWN_RULE - 1 else None,
            created_at=on_record["default_date"],
        )
        for number, name in enumerate(_different(words, count))
    ]
    return bulk_create_with_history(made, Customer, batch_size=1000, **on_record)


def _different(words: Words, count: int) -> Iterator[str]:
    """A name that comes again gets a number."""
    met: dict[str, int] = {}
    for _ in range(count):
        name = words.customer()
        met[name] = met.get(name, 0) + 1
        yield name if met[name] == 1 else f"{name} {met[name]}"
