"""What there is before the first request of every chapter, and how it is brought back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from billing.models import BillingEntry, BillingType, ExportBatch
from conversations.models import Conversation, Message
from tests import factories as make
from tests.fuzz.nasties import BREAKS_OUT
from timers.models import Timer
from workspaces.models import User, Workspace

#: A Friday; on Sunday the clocks of Berlin are set forward.
NOW = datetime(2026, 3, 27, 9, 30, tzinfo=UTC)
PASSWORD = "a-long-enough-Passw0rd"
#: Careful is a manager with a second factor, who is halfway through signing in elsewhere; pending is one who
#: has yet to set it up.
ROLES = (
    *("anonymous", "agent", "colleague", "manager", "outsider", "admin", "staff", "former"),
    *("careful", "halfway", "pending"),
)
#: Of the second factor.
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HOUR = timedelta(hours=1)


@dataclass
class World:
    """Ids by model, and what else addresses are made of; everybody's cookies; how it all is brought back."""

    ids: dict[str, list[Any]]
    cookies: dict[str, dict[str, str]]
    bring_back: Callable[[], None] = field(repr=False)


def build(clock: time_machine.Traveller) -> World:
    """Makes every table, fills them, signs everybody in, and remembers that."""
    call_command("migrate", verbosity=0)
    clock.move_to(NOW - 240 * HOUR)
    people = _people()
    _work(people, clock)
    clock.move_to(NOW)
    # Somebody who has asked for a new password, and has not signed in since.
    forgetful = make.UserFactory(username="forgetful", password=PASSWORD)
    uid, key = user_pk_to_url_str(forgetful), default_token_generator.make_token(forgetful)
    link = reverse("account_reset_password_from_key", args=[uid, key])
    cookies = {role: _sign_in(role, link, clock) for role in ROLES}
    clock.move_to(NOW)
    ids: dict[str, list[Any]] = {"uidb36": [uid], "key": [key, "set-password"]}
    for model in apps.get_models():
        found = model._base_manager.order_by("pk").values_list("pk", flat=True)[:60]
        if numbers := [each for each in found if isinstance(each, int)]:
            ids[str(model._meta.model_name)] = numbers
    return World(ids, cookies, _remember())


def _people() -> dict[str, User]:
    names = {"agent": "Katharina", "colleague": BREAKS_OUT[1], "manager": "Margarethe", "outsider": "Otto"}
    people = {
        role: make.UserFactory(username=role, password=PASSWORD, first_name=names.get(role, role.title()))
        for role in ROLES
        if role not in ("anonymous", "halfway", "admin", "staff")
    }
    people["admin"] = make.UserFactory(username="admin", password=PASSWORD, is_staff=True, is_superuser=True)
    people["staff"] = make.UserFactory(username="staff", password=PASSWORD, is_staff=True)
    ours = [
        "workspaces",
        "conversations",
        "billing",
        "timers",
        "auth",
        "account",
        "mfa",
        "usersessions",
        "axes",
    ]
    people["staff"].user_permissions.set(Permission.objects.filter(content_type__app_label__in=ours))
    RecoveryCodes.activate(TOTP.activate(people["careful"], SECRET).instance.user)
    Group.objects.create(name=f"Everything {BREAKS_OUT[0]}")
    return people


def _workspace(name: str, **settings: object) -> Workspace:
    workspace = make.WorkspaceFactory(name=name, **settings)
    workspace.default_billing_type = make.BillingTypeFactory(workspace=workspace, name="Standard")
    workspace.save()
    return workspace


def _work(people: dict[str, User], clock: time_machine.Traveller) -> None:
    home = _workspace(f"Kanzlei Brandt {BREAKS_OUT[0]}", one_running_timer=True)
    second = _workspace(
        "内藤商店", currency="JPY", time_zone="Asia/Tokyo", create_entries_automatically=False
    )
    elsewhere = _workspace("Elsewhere", currency="KWD", time_zone="America/St_Johns")
    strict = _workspace("Strict", second_factor_for_managers=True)
    for workspace, roles in (
        (home, {"agent": "agent", "colleague": "agent", "manager": "manager", "former": "agent"}),
        (home, {"careful": "manager"}),
        (strict, {"pending": "manager", "careful": "manager"}),
        (second, {"agent": "manager", "manager": "agent"}),
        (elsewhere, {"outsider": "manager"}),
    ):
        for name, role in roles.items():
            make.MembershipFactory(workspace=workspace, user=people[name], role=role)
    _rules(home)
    for workspace, owners in (
        (home, ["agent", "colleague"]),
        (second, ["agent"]),
        (elsewhere, ["outsider"]),
        (strict, ["pending"]),
    ):
        for owner in owners:
            _timers(workspace, people[owner], people["manager"], clock)
    _decisions(home, people, clock)
    people["former"].memberships.all().delete()
    make.MembershipFactory(workspace=elsewhere, user=people["former"]).delete()


def _rules(workspace: Workspace) -> None:
    rules = [
        {"unit": "day", "kind": "time", "rounding": "nearest", "increment_minutes": 60},
        {"unit": "minute", "rounding": "down", "minimum_minutes": 5, "maximum_minutes": 480, "rate": 10**9},
        {"rounding": "none", "rate": 0, "name": BREAKS_OUT[2]},
    ]
    for rule in rules:
        make.BillingTypeFactory(workspace=workspace, **rule)
    make.BillingTypeFactory(workspace=workspace, name="Archived").archive(NOW - 300 * HOUR)


def _conversation(workspace: Workspace, number: int, owner: User) -> Conversation:
    rules = list(BillingType.objects.filter(workspace=workspace, archived_at=None).order_by("pk"))
    customer = make.CustomerFactory(
        workspace=workspace,
        name=f"{owner.username}'s customer {number} {BREAKS_OUT[number % 5]}",
        billing_type=rules[number % len(rules)],
    )
    found = make.ConversationFactory(
        customer=customer, subject=f"Subject {number} {BREAKS_OUT[number % 5]}", assignee=owner
    )
    make.MessageFactory(conversation=found, body=f"{BREAKS_OUT[0]} https://example.org/?a=b&c=d javascript:x")
    make.MessageFactory(conversation=found, author=owner, kind=Message.Kind.NOTE, body="=1+1")
    return found


def _timers(workspace: Workspace, owner: User, manager: User, clock: time_machine.Traveller) -> None:
    """One in each state, each on a conversation of its own; and conversations without any."""
    for number in range(8):
        now = NOW - timedelta(hours=200 - 20 * number)
        clock.move_to(now)
        conversation = _conversation(workspace, number, owner)
        if number > 5:
            continue
        timer = Timer.objects.start(user=owner, conversation=conversation, now=now)
        timer.write_note(f"Note {number} {BREAKS_OUT[1]}")
        if number > 0:
            timer.stop(now + timedelta(minutes=37, seconds=number))
        if number == 2:
            timer.cancel(now + HOUR)
        if number in (3, 4):
            timer.convert("time" if number == 3 else "service", now + HOUR)
        if number == 4:
            conversation.close(by=owner, now=now + 2 * HOUR)
    # Runs since yesterday, and so does one of long ago.
    clock.move_to(NOW - 30 * HOUR)
    Timer.objects.start(user=owner, conversation=_conversation(workspace, 9, owner), now=NOW - 30 * HOUR)


def _decisions(workspace: Workspace, people: dict[str, User], clock: time_machine.Traveller) -> None:
    """Entries in every state, by hand and by timers, in a batch and in one that was reversed."""
    manager = people["manager"]
    for number in range(12):
        now = NOW - timedelta(hours=60 - number)
        clock.move_to(now)
        entry = make.BillingEntryFactory(
            conversation=_conversation(workspace, 20 + number, people["agent"]),
            user=people["agent" if number % 2 else "colleague"],
            raw_seconds=599 + 1200 * number,
            now=now,
            description=f"Work {number} {BREAKS_OUT[number % 5]}",
            by_hand=number % 4 == 0,
        )
        if number % 6 in (1, 2, 3):
            entry.approve(by=manager, now=now)
        if number in (3, 9):
            batch = ExportBatch.objects.create_from_approved(workspace, by=manager, now=now)
            if number == 3:
                batch.reverse(by=manager, now=now)
    clock.move_to(NOW - 40 * HOUR)
    states = BillingEntry.State
    fresh = list(BillingEntry.objects.filter(workspace=workspace, state=states.NEW).order_by("pk"))
    fresh[0].return_(by=manager, now=NOW - 40 * HOUR, comment=f"Why? {BREAKS_OUT[3]}")
    fresh[1].discard(by=manager, now=NOW - 40 * HOUR)


def _sign_in(role: str, reset: str, clock: time_machine.Traveller) -> dict[str, str]:
    """With the password given once more just now, as what matters asks for."""
    if role == "anonymous":
        return {}
    clock.move_to(NOW - timedelta(minutes=1))
    client = Client(HTTP_HOST="localhost")
    named = "careful" if role == "halfway" else role
    steps = [("/accounts/login/", {"username": named, "password": PASSWORD})]
    if role == "careful":
        steps.append(("/accounts/second-factor/authenticate/", {"code": code_at(NOW - timedelta(minutes=1))}))
    if role != "halfway":
        steps.append(("/accounts/reauthenticate/", {"password": PASSWORD}))
    for address, sent in steps:
        response = client.post(address, sent)
        if response.status_code != 302:
            raise RuntimeError(f"{role} cannot sign in: {response.status_code} at {address}")
    if role == "halfway":
        client.get(reset)
    return {name: morsel.value for name, morsel in client.cookies.items()}


def code_at(now: datetime, secret: str = SECRET) -> str:
    """What the app shows."""
    return format_hotp_value(hotp_value(secret, int(now.timestamp()) // 30))


def _remember() -> Callable[[], None]:
    cache.clear()
    return _remember_sqlite() if connection.vendor == "sqlite" else _remember_postgresql()


def _remember_sqlite() -> Callable[[], None]:
    kept = sqlite3.connect(":memory:")
    connection.connection.backup(kept)

    def bring_back() -> None:
        cache.clear()
        kept.backup(connection.connection)

    return bring_back


def _remember_postgresql() -> Callable[[], None]:
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA kept")
        for table in tables:
            cursor.execute(f'CREATE TABLE kept."{table}" AS TABLE public."{table}"')
        cursor.execute(
            "SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = 'public'"
        )
        counts = cursor.fetchall()
    script = "; ".join(
        # As a replica does: neither triggers nor foreign keys have a say in it.
        ["BEGIN", "SET LOCAL session_replication_role = replica"]
        + [f'DELETE FROM "{table}"; INSERT INTO "{table}" SELECT * FROM kept."{table}"' for table in tables]
        + [f"SELECT setval('\"{name}\"', {max(last, 1)}, {str(last > 0).lower()})" for name, last in counts]
        + ["COMMIT"]
    )

    def bring_back() -> None:
        cache.clear()
        with connection.cursor() as cursor:
            cursor.execute(script)

    return bring_back
