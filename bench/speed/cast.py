"""Gives a database the people whose clicks are measured; prints who they are as JSON.

    DATABASE_URL=… python -m bench.speed.cast [--fill demo|SCALE] [--people 64]

An empty database is filled first, by the demo or by make_data at a scale. The people work in the workspace
that has most conversations, and in one that prepares entries at Stop. A database that has them already gets
only what is missing, and new sessions.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import timedelta
from typing import Any

import django

#: What is on the pages of those who only look: in the inbox, beside it in the conversation, in the week.
ASSIGNED, MESSAGES, ENTRIES_EACH = 30, 10, 20
#: What is on the list of those who have many timers.
TIMERS_EACH = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fill", default="demo")
    parser.add_argument("--people", type=int, default=64)
    options = parser.parse_args()
    django.setup()
    from django.core.management import call_command

    from workspaces.models import User

    # What the commands say is no part of the answer.
    answer, sys.stdout = sys.stdout, sys.stderr
    call_command("migrate", verbosity=0)
    if not User.objects.exists():
        if options.fill == "demo":
            call_command("demo", even_in_production=True, verbosity=0)
        else:
            call_command("make_data", scale=float(options.fill), even_in_production=True)
    print(json.dumps(cast(options.people)), file=answer)


def cast(count: int) -> dict[str, Any]:
    """So many who click, each on conversations of their own; of those who look and who decide, a quarter."""
    from django.db import connection
    from django.db.models import Count

    from workspaces.models import Membership, Workspace

    workspaces = list(Workspace.objects.annotate(size=Count("conversations")).order_by("-size", "pk")[:2])
    busiest, automatic = workspaces
    for workspace in workspaces:
        workspace.create_entries_automatically = workspace == automatic
        workspace.one_running_timer = False
        workspace.save()
    agents = people("bench-clicker", count, [busiest, automatic], Membership.Role.AGENT)
    few = max(1, count // 4)
    readers = people("bench-reader", few, [busiest, automatic], Membership.Role.AGENT)
    keepers = people("bench-keeper", few, [busiest, automatic], Membership.Role.AGENT)
    managers = people("bench-manager", few, [busiest], Membership.Role.MANAGER)
    clickers = [
        person(user) | {"manual": place(user, busiest), "automatic": place(user, automatic)}
        for user in agents
    ]
    for reader in readers:
        assign(reader, busiest)
        write_entries(reader, busiest)
    for keeper in keepers:
        start_timers(keeper, busiest)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {
        "clickers": clickers,
        "readers": [person(user) | {"manual": place(user, busiest)} for user in readers],
        "keepers": [person(user) for user in keepers],
        "managers": [person(user) for user in managers],
    }


def people(name: str, count: int, workspaces: list[Any], role: str) -> list[Any]:
    from workspaces.models import Membership, User

    found = []
    for number in range(count):
        user, is_new = User.objects.get_or_create(
            username=f"{name}{number}", defaults={"first_name": "Robin", "last_name": f"Member{number}"}
        )
        if is_new:
            for workspace in workspaces:
                Membership.objects.create(workspace=workspace, user=user, role=role)
        found.append(user)
    return found


def person(user: Any) -> dict[str, Any]:
    """Signed in anew."""
    from django.test import Client

    client = Client()
    client.force_login(user)
    return {"session": client.session.session_key}


def place(user: Any, workspace: Any) -> int:
    """The id of a conversation of the user's, with some messages, where no timer of theirs is open."""
    from django.utils import timezone

    from conversations.models import Conversation, Message
    from timers.models import Timer

    now = timezone.now()
    subject = f"Where {user.username} works"
    found = Conversation.objects.filter(workspace=workspace, subject=subject).first()
    if not found:
        customer = workspace.customers.order_by("pk").first()
        found = Conversation(workspace=workspace, customer=customer, subject=subject)
        found.save()
        for number in range(MESSAGES):
            Message.objects.create(
                workspace=workspace,
                conversation=found,
                author_name="Henrike Lührs-Petersen",
                kind=Message.Kind.INCOMING,
                body=f"Could somebody look at number {number}? It has stopped since the last update.",
                created_at=now - timedelta(hours=MESSAGES - number),
            )
    for timer in Timer.objects.open().filter(user=user, conversation=found):
        timer.cancel(now)
    return found.pk


def assign(reader: Any, workspace: Any) -> None:
    """A full inbox; the conversation of their own is one of it."""
    from conversations.models import Conversation

    Conversation.objects.filter(pk=place(reader, workspace)).update(assignee=reader)
    customer = workspace.customers.order_by("pk").first()
    mine = Conversation.objects.filter(workspace=workspace, assignee=reader)
    more = [
        Conversation(
            workspace=workspace, customer=customer, assignee=reader, subject=f"One more, number {number}"
        )
        for number in range(mine.count(), ASSIGNED)
    ]
    Conversation.objects.bulk_create(more)


def write_entries(reader: Any, workspace: Any) -> None:
    """A full week."""
    from django.utils import timezone

    from billing.models import BillingEntry
    from conversations.models import Conversation

    now = timezone.now()
    today = workspace.local_date(now)
    monday = today - timedelta(days=today.weekday())
    conversations = list(Conversation.objects.filter(workspace=workspace, assignee=reader).order_by("pk"))
    mine = BillingEntry.objects.filter(user=reader, date__gte=monday).exclude(state="discarded")
    for number in range(mine.count(), ENTRIES_EACH):
        conversation = conversations[number % len(conversations)]
        BillingEntry.objects.prepare(
            user=reader,
            conversation=conversation,
            billing_type=conversation.effective_billing_type,
            raw_seconds=600 + 97 * number,
            day=monday + timedelta(days=number % 5),
            now=now,
            description=f"Looked into it, part {number}",
            confirmed_at=now,
            by_hand=True,
        )


def start_timers(keeper: Any, workspace: Any) -> None:
    """One that runs, and stopped ones."""
    from django.utils import timezone

    from conversations.models import Conversation
    from timers.models import Timer

    now = timezone.now()
    conversations = Conversation.objects.filter(workspace=workspace, state="open").order_by("pk")[
        :TIMERS_EACH
    ]
    for number in range(Timer.objects.open().filter(user=keeper).count(), TIMERS_EACH):
        begun = now - timedelta(minutes=2 + number)
        timer = Timer.objects.start(user=keeper, conversation=conversations[number], now=begun)
        if number:
            timer.stop(now - timedelta(minutes=1))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    main()
