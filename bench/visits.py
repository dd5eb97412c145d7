"""What people look at: every page that reads what grows, in the busiest workspace.

    DATABASE_URL=… python -m bench.visits

prints them as JSON, with sessions. A test reads the plans of their queries; bench.scale what they cost.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

import django

#: Of make_data; the demo's conversations hold neither the rare one nor the last.
COMMON, RARE, NOWHERE = "invoice", "Zwiebelturm", "qqqq"
#: A page has as much on it as on another database, where there is something of that size.
MESSAGES, BATCH = 10, 20
BEYOND = 10**6
#: What is asked for by a number that every database has its own of.
IDS = {"customer", "batch", "entry", "workspace", "since", "until"}


@dataclass(frozen=True)
class Visit:
    """A page, and who looks at it: an agent, a manager or the admin."""

    who: str
    what: str
    path: str
    htmx: bool = False


@dataclass(frozen=True)
class Ground:
    """What the pages are about."""

    workspace: int
    agent: str
    manager: str
    admin: str
    conversation: int
    thread: int
    customer: int
    #: One of the agent's that waits, and anybody's that was invoiced long ago.
    entry: int
    old_entry: int
    batch: int
    days: tuple[str, str]


def ground(agent: str = "", manager: str = "") -> Ground:
    """Of a database that was filled by the demo or by make_data; its busiest agent looks, if nobody else."""
    from django.db.models import Count, F
    from django.db.models.functions import Abs

    from billing.models import BillingEntry, ExportBatch
    from conversations.models import Conversation
    from workspaces.models import User, Workspace

    workspace = Workspace.objects.annotate(size=Count("conversations")).order_by("-size", "pk")[0]
    managers = User.objects.filter(memberships__workspace=workspace, memberships__role="manager")
    agent = agent or busiest_agent(workspace).username
    manager = manager or managers.earliest("pk").username
    entries = BillingEntry.objects.filter(workspace=workspace)
    counted = Conversation.objects.filter(workspace=workspace).annotate(size=Count("messages"))
    usual = counted.open().order_by(Abs(F("size") - MESSAGES), "-pk")[0]
    batches = ExportBatch.objects.filter(workspace=workspace).annotate(size=Count("entries"))
    first = entries.earliest("date").date
    return Ground(
        workspace=workspace.pk,
        agent=agent,
        manager=manager,
        admin=User.objects.filter(is_superuser=True).earliest("pk").username,
        conversation=usual.pk,
        thread=counted.order_by("-size", "pk")[0].pk,
        customer=workspace.customers.annotate(size=Count("conversations")).order_by("-size", "pk")[0].pk,
        entry=entries.filter(state="new", user__username=agent).latest("pk").pk,
        old_entry=entries.filter(state="invoiced").earliest("pk").pk,
        batch=batches.order_by(Abs(F("size") - BATCH), "-pk")[0].pk,
        days=(f"{first:%Y-%m}-01", f"{first:%Y-%m}-28"),
    )


def busiest_agent(workspace: Any) -> Any:
    """Of the workspace: who has most entries."""
    from django.db.models import Count

    agents = workspace.members.filter(memberships__workspace=workspace, memberships__role="agent")
    return agents.annotate(size=Count("entries")).order_by("-size", "pk")[0]


def visits(at: Ground) -> Iterator[Visit]:
    """Every page that reads what grows, in the ways in which it can be asked for."""
    yield from _conversations(at)
    yield from _timers(at)
    yield from _own_entries(at)
    yield from _review(at)
    yield from _figures(at)
    yield from _admin(at)


def _ways(who: str, what: str, path: str, *ways: dict[str, Any]) -> Iterator[Visit]:
    for way in ways:
        # Called alike in every database, whatever the ids are there.
        told = " ".join(name if name in IDS else f"{name}={value}" for name, value in way.items())
        yield Visit(who, f"{what} {told}".strip(), f"{path}?{urlencode(way)}" if way else path)


def _conversations(at: Ground) -> Iterator[Visit]:
    yield from _ways(
        "agent",
        "conversations",
        "/conversations/",
        {},
        {"view": "mine"},
        {"view": "unassigned"},
        {"view": "closed"},
        {"sort": "oldest"},
        {"sort": "time"},
        {"view": "closed", "sort": "oldest"},
        {"view": "closed", "sort": "time"},
        {"customer": at.customer},
        {"customer": at.customer, "view": "closed"},
        {"page": 2},
        {"view": "closed", "page": BEYOND},
        {"q": COMMON},
        {"q": COMMON, "view": "closed"},
        {"q": RARE},
        {"q": NOWHERE},
        {"q": "Rechnung Drucker", "view": "closed"},
        {"q": "請求書", "view": "closed"},
    )
    yield Visit("agent", "conversations q=number", f"/conversations/?q=%23{at.conversation}")
    for who in ("agent", "manager"):
        yield Visit(who, f"conversation, {who}", f"/conversations/{at.conversation}/")
    yield Visit("agent", "long conversation", f"/conversations/{at.thread}/")
    yield Visit("agent", "new conversation", "/conversations/new/")
    yield Visit("agent", "whom to assign it to", f"/conversations/{at.conversation}/members/?q=m", htmx=True)


def _timers(at: Ground) -> Iterator[Visit]:
    yield Visit("agent", "timers", "/timers/")
    yield Visit("manager", "timers, manager", "/timers/")
    yield Visit("agent", "poll", "/timers/status/", htmx=True)
    yield Visit("agent", "poll in a conversation", f"/timers/status/?on={at.conversation}", htmx=True)
    yield Visit("agent", "palette number", f"/palette/?q={str(at.conversation)[:3]}", htmx=True)
    for text in ("", COMMON, RARE, NOWHERE):
        yield Visit("agent", f"palette {text}".strip(), f"/palette/?{urlencode({'q': text})}", htmx=True)


def _own_entries(at: Ground) -> Iterator[Visit]:
    yield from _ways("agent", "my entries", "/billing/", {}, {"week": "2024-W10"})
    yield Visit("agent", "entry by hand", "/billing/new/")
    yield Visit("agent", "own entry", f"/billing/{at.entry}/")
    yield Visit("manager", "entry", f"/billing/{at.old_entry}/")


def _review(at: Ground) -> Iterator[Visit]:
    since, until = at.days
    yield from _ways(
        "manager",
        "review",
        "/billing/review/",
        {},
        {"page": 2},
        {"page": BEYOND},
        {"group": "customer"},
        {"group": "day"},
        {"sort": "oldest"},
        {"sort": "billed"},
        {"sort": "amount"},
        {"dates": "month"},
        {"flag": "flagged"},
        {"flag": "unflagged"},
        {"customer": at.customer},
        *({"state": state} for state in ("approved", "returned", "invoiced", "discarded")),
        {"state": "invoiced", "page": BEYOND},
        {"state": "invoiced", "group": "customer"},
        {"state": "invoiced", "group": "day", "page": 2},
        {"state": "invoiced", "sort": "amount"},
        {"state": "invoiced", "flag": "overlaps"},
        {"state": "invoiced", "flag": "long"},
        {"state": "invoiced", "customer": at.customer},
        {"state": "invoiced", "dates": "range", "since": since, "until": until},
    )
    yield Visit("manager", "detail of an entry", f"/billing/{at.entry}/detail/", htmx=True)


def _figures(at: Ground) -> Iterator[Visit]:
    since, until = at.days
    yield from _ways(
        "manager",
        "statement",
        "/billing/statement/",
        {},
        {"customer": at.customer},
        {"customer": at.customer, "dates": "range", "since": since, "until": until},
        {"batch": at.batch},
    )
    yield from _ways("manager", "batches", "/billing/batches/", {}, {"page": 2}, {"page": BEYOND})
    for form in ("csv", "xlsx"):
        yield Visit("manager", f"batch as {form}", f"/billing/batches/{at.batch}/{form}/")
    yield from _ways(
        "manager",
        "history",
        "/billing/history/",
        {},
        *({"kind": kind} for kind in ("entry", "type", "workspace", "membership", "customer")),
        {"entry": at.old_entry},
        {"workspace": at.workspace},
    )


def _admin(at: Ground) -> Iterator[Visit]:
    for table in (
        *("conversations/customer", "conversations/conversation", "conversations/message"),
        *("billing/billingentry", "billing/exportbatch", "timers/timer", "workspaces/user"),
        *("timers/interval", "billing/billingtype", "workspaces/membership", "workspaces/workspace"),
    ):
        yield from _ways("admin", f"admin {table}", f"/admin/{table}/", {}, {"q": "Zwiebelturm"}, {"p": 2})
    for table, pk in (
        ("conversations/conversation", at.conversation),
        ("conversations/customer", at.customer),
        ("billing/billingentry", at.old_entry),
        ("billing/exportbatch", at.batch),
        ("workspaces/workspace", at.workspace),
    ):
        yield Visit("admin", f"admin one {table}", f"/admin/{table}/{pk}/change/")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agent", default="", help="who looks; else the busiest")
    parser.add_argument("--manager", default="")
    options = parser.parse_args()
    django.setup()
    from bench.speed.cast import person, place
    from workspaces.models import User, Workspace

    found = ground(options.agent, options.manager)
    workspace = Workspace.objects.get(pk=found.workspace)
    veteran = busiest_agent(workspace)
    seen = {
        "visits": [asdict(visit) for visit in visits(found)],
        "sessions": {
            who: person(User.objects.get(username=getattr(found, who)))["session"]
            for who in ("agent", "manager", "admin")
        },
        "veteran": person(veteran) | {"on": place(veteran, workspace)},
    }
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
