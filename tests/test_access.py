"""Every address × role × workspace. An address that is missing here fails the first test."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from billing.models import BillingEntry, ExportBatch
from conversations.models import Conversation, Message
from tests.cast import sign_in
from tests.config.protection import assert_protected
from tests.factories import MembershipFactory, UserFactory
from timers.models import Interval, Timer
from workspaces.models import Membership, User

LOGIN = "/accounts/login/"
NO_SUCH_ID = 999_999_999_999
ROLES = "anonymous", "outsider", "former", "admin", "agent", "colleague", "manager"

#: What those without the way in get: to the login, or as if it did not exist.
OUTSIDE = {"anonymous": "login", "outsider": 404, "former": 404, "admin": 404}
MEMBERS = OUTSIDE | {"agent": "ok", "colleague": "ok", "manager": "ok"}
OWNER = OUTSIDE | {"agent": "ok", "colleague": 404, "manager": 404}
OWNER_OR_MANAGER = OWNER | {"manager": "ok"}
EVERYBODY = dict.fromkeys(ROLES, "ok")
SIGNED_IN = EVERYBODY | {"anonymous": "login"}
#: Is sent on to say who they are: the password was not asked for just now.
ASKED_AGAIN = dict.fromkeys(ROLES, 302) | {"anonymous": "login"}
#: On an entry of the workspace: whoever manages nothing is told so, another manager finds nothing.
REVIEWER = dict.fromkeys(("former", "admin", "agent", "colleague"), 403) | {
    "anonymous": "login",
    "outsider": 404,
    "manager": "ok",
}
ANY_REVIEWER = REVIEWER | {"outsider": "ok"}

#: name: (method, which object's id the address takes, fields, who gets what)
MATRIX: dict[str, tuple[str, str, dict[str, Any], dict[str, Any]]] = {
    "home": ("get", "", {}, SIGNED_IN),
    "account_login": ("get", "", {}, dict.fromkeys(ROLES, 302) | {"anonymous": 200}),
    "account_logout": ("post", "", {}, EVERYBODY),
    "set_language": ("post", "", {"language": "de"}, EVERYBODY),
    "settings": ("get", "", {}, SIGNED_IN),
    "password_change": ("get", "", {}, SIGNED_IN),
    "password_change_done": ("get", "", {}, SIGNED_IN),
    "account_reset_password": ("get", "", {}, EVERYBODY),
    "account_reset_password_done": ("get", "", {}, EVERYBODY),
    "account_reset_password_from_key": ("get", "", {}, EVERYBODY),  # of a link that works no longer
    "account_reset_password_from_key_done": ("get", "", {}, EVERYBODY),
    "account_reauthenticate": ("get", "", {}, SIGNED_IN),
    "openid_start": ("post", "", {}, dict.fromkeys(ROLES, 404)),  # no provider is set up
    "openid_callback": ("get", "", {}, dict.fromkeys(ROLES, 404)),
    "mfa_index": ("get", "", {}, SIGNED_IN),
    "mfa_authenticate": ("get", "", {}, dict.fromkeys(ROLES, 302)),
    "mfa_reauthenticate": ("get", "", {}, ASKED_AGAIN),
    "mfa_activate_totp": ("get", "", {}, ASKED_AGAIN),
    "mfa_deactivate_totp": ("get", "", {}, dict.fromkeys(ROLES, 404) | {"anonymous": "login"}),
    "mfa_view_recovery_codes": ("get", "", {}, dict.fromkeys(ROLES, 404) | {"anonymous": "login"}),
    "mfa_generate_recovery_codes": ("get", "", {}, ASKED_AGAIN),
    "sessions": ("get", "", {}, SIGNED_IN),
    "session_end": ("post", "", {"session": "none"}, dict.fromkeys(ROLES, 404) | {"anonymous": "login"}),
    "sessions_end_others": ("post", "", {}, SIGNED_IN),
    "healthz": ("get", "", {}, EVERYBODY),
    "manifest": ("get", "", {}, EVERYBODY),
    "worker": ("get", "", {}, EVERYBODY),
    "offline": ("get", "", {}, EVERYBODY),
    "conversations:list": ("get", "", {}, SIGNED_IN),
    "conversations:create": ("get", "", {}, SIGNED_IN),
    "conversations:detail": ("get", "conversation", {}, MEMBERS),
    "conversations:post": ("post", "conversation", {"kind": "note", "body": "Hello"}, MEMBERS),
    "conversations:assign": ("post", "conversation", {"user": ""}, MEMBERS),
    "conversations:members": ("get", "conversation", {}, MEMBERS),
    "conversations:close": ("post", "conversation", {}, MEMBERS),
    "conversations:reopen": ("post", "conversation", {}, MEMBERS),
    "timers:list": ("get", "", {}, SIGNED_IN),
    "timers:status": ("get", "", {}, SIGNED_IN),
    "timers:palette": ("get", "", {}, SIGNED_IN),
    "timers:shortcuts": ("get", "", {}, SIGNED_IN),
    "timers:start_on": ("post", "conversation", {}, MEMBERS),
    "timers:start": ("post", "timer", {}, OWNER),
    "timers:stop": ("post", "timer", {}, OWNER_OR_MANAGER),
    "timers:cancel": ("post", "timer", {}, OWNER),
    "timers:restore": ("post", "timer", {}, OWNER),
    "timers:convert": ("post", "timer", {"kind": "service"}, OWNER),
    "timers:save": ("post", "timer", {}, OWNER),
    "timers:note": ("post", "timer", {"note": "x"}, OWNER),
    "billing:entries": ("get", "", {}, SIGNED_IN),
    "billing:new": ("get", "", {}, SIGNED_IN),
    "billing:entry": ("get", "entry", {}, OWNER_OR_MANAGER),
    "billing:calculate": ("post", "entry", {"billed": "1:00"}, OWNER_OR_MANAGER),
    "billing:discard": ("post", "entry", {}, OWNER_OR_MANAGER),
    "billing:reinstate": ("post", "entry", {}, OWNER_OR_MANAGER),
    "billing:review": ("get", "", {}, ANY_REVIEWER),
    "billing:review_many": ("post", "", {"decision": "approve"}, ANY_REVIEWER),
    "billing:approve_unflagged": ("post", "", {}, ANY_REVIEWER),
    "billing:undo": ("post", "", {}, ANY_REVIEWER),
    "billing:detail": ("get", "entry", {}, REVIEWER),
    "billing:approve": ("post", "entry", {}, REVIEWER),
    "billing:return": ("post", "entry", {"comment": "Why?"}, REVIEWER),
    "billing:history": ("get", "", {}, ANY_REVIEWER),
    "billing:statement": ("get", "", {}, ANY_REVIEWER),
    "billing:batches": ("get", "", {}, ANY_REVIEWER),
    "billing:export": ("post", "", {"workspace": "workspace"}, REVIEWER | {"outsider": 422}),
    "billing:batch_csv": ("get", "batch", {}, REVIEWER),
    "billing:batch_xlsx": ("get", "batch", {}, REVIEWER),
    "billing:batch_reverse": ("post", "batch", {}, REVIEWER),
}


#: What "ok" is, where it is not a page for GET and a redirect for POST.
SPECIAL = {
    "home": 302,
    "billing:calculate": 422,  # the form is not complete
    "billing:undo": 422,  # no decision is named
    "billing:detail": 302,  # a fragment: without htmx to its page
    "billing:export": 409,  # all that was approved is in the batch
    "billing:review_many": 422,  # nothing is chosen
    "billing:approve_unflagged": 409,  # not what the page showed
}

#: What an address takes that is no id.
PARTS = {"account_reset_password_from_key": ["1", "set-password"]}


def names(patterns: list[URLPattern | URLResolver], namespace: str = "") -> list[str]:
    found = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            found += names(pattern.url_patterns, inner)
        else:
            found.append(f"{namespace}{pattern.name}")
    return found


def test_every_address_is_in_the_matrix() -> None:
    own = {name for name in names(get_resolver().url_patterns) if not name.startswith("admin:")}
    assert own == set(MATRIX)


@pytest.fixture
def things(agent: User, manager: User, conversation: Conversation) -> dict[str, int]:
    """What the addresses are about: all the agent's, in `workspace`."""
    now = timezone.now()
    hours = timedelta(hours=1)
    spare = type(conversation).objects.create(
        workspace=conversation.workspace, customer=conversation.customer, subject="Spare"
    )
    done = Timer.objects.start(user=agent, conversation=spare, now=now - 5 * hours).stop(now - 4 * hours)
    assert done.entry
    done.entry.approve(by=manager, now=now)
    batch = ExportBatch.objects.create_from_approved(conversation.workspace, by=manager, now=now)
    other = type(conversation).objects.create(
        workspace=conversation.workspace, customer=conversation.customer, subject="Other"
    )
    entry = Timer.objects.start(user=agent, conversation=other, now=now - hours).convert("service", now)
    timer = Timer.objects.start(user=agent, conversation=conversation, now=now - hours)
    return {
        "conversation": conversation.pk,
        "workspace": conversation.workspace_id,
        "timer": timer.pk,
        "entry": entry.pk,
        "batch": batch.pk,
    }


@pytest.fixture
def client_of(
    agent: User, colleague: User, manager: User, outsider: User, admin: User, conversation: Conversation
) -> Callable[[str], Client]:
    former = UserFactory(username="former")
    MembershipFactory(workspace=conversation.workspace, user=former).delete()
    cast = {"agent": agent, "colleague": colleague, "manager": manager, "outsider": outsider}
    cast |= {"admin": admin, "former": former}
    return lambda role: Client() if role == "anonymous" else sign_in(cast[role])


def ask(client: Client, name: str, things: dict[str, int], *, number: int | None = None) -> HttpResponse:
    method, thing, fields, _ = MATRIX[name]
    number = things[thing] if thing and number is None else number
    fields = {key: things.get(value, value) for key, value in fields.items()}
    parts = PARTS.get(name, [number] if thing else [])
    return getattr(client, method)(reverse(name, args=parts), fields)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", MATRIX)
def test_who_gets_what(
    name: str, role: str, things: dict[str, int], client_of: Callable[[str], Client]
) -> None:
    before = snapshot()
    response = ask(client_of(role), name, things)
    assert_protected(response, kept=name in ("manifest", "worker"))
    expected = MATRIX[name][3][role]
    if expected == "login":
        assert (response.status_code, response.url.split("?")[0]) == (302, LOGIN)
    elif expected == "ok":
        usual = 200 if MATRIX[name][0] == "get" else 302
        assert response.status_code == SPECIAL.get(name, usual)
        assert LOGIN not in response.headers.get("Location", "") or name == "account_logout"
    else:
        assert response.status_code == expected
    if expected != "ok":
        assert snapshot() == before


def snapshot() -> list[Any]:
    models = Conversation, Message, Timer, Interval, BillingEntry, ExportBatch, Membership
    return [list(model.objects.order_by("pk").values()) for model in models]


WITH_ID = [name for name, (_, thing, _, _) in MATRIX.items() if thing]


@pytest.mark.parametrize("name", WITH_ID)
def test_what_is_elsewhere_answers_as_what_does_not_exist(
    name: str, things: dict[str, int], as_outsider: Client
) -> None:
    there = ask(as_outsider, name, things)
    nowhere = ask(as_outsider, name, things, number=NO_SUCH_ID)
    assert there.status_code == nowhere.status_code == 404
    assert len(there.content) == len(nowhere.content)


@pytest.mark.parametrize("name", WITH_ID)
def test_an_id_that_fits_no_column_does_not_exist(
    name: str, things: dict[str, int], as_manager: Client
) -> None:
    address = reverse(name, args=[1]).replace("/1/", f"/{10**30}/")
    method = MATRIX[name][0]
    assert getattr(as_manager, method)(address).status_code == 404


POSTS = [name for name, (method, _, _, _) in MATRIX.items() if method == "post"]
READ_AND_WRITTEN = {"billing:return"}


@pytest.mark.parametrize("name", [name for name in POSTS if name not in READ_AND_WRITTEN])
def test_a_change_is_never_made_by_get(name: str, things: dict[str, int], as_manager: Client) -> None:
    thing = MATRIX[name][1]
    assert as_manager.get(reverse(name, args=[things[thing]] if thing else [])).status_code == 405


@pytest.mark.parametrize("name", POSTS)
def test_a_change_without_a_token_is_refused(name: str, things: dict[str, int], manager: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(manager)
    before = snapshot()
    assert ask(client, name, things).status_code == 403
    assert snapshot() == before


def test_the_admin_is_for_staff(as_agent: Client, as_manager: Client, as_admin: Client) -> None:
    assert Client().get("/admin/").url == f"{LOGIN}?next=/admin/"
    for client in (as_agent, as_manager):
        response = client.get("/admin/")
        assert (response.status_code, response.url) == (302, "/admin/login/?next=/admin/")
    assert as_admin.get("/admin/").status_code == 200


def test_a_member_who_was_removed_keeps_a_timer_that_a_manager_stops(
    things: dict[str, int], agent: User, as_agent: Client, as_manager: Client
) -> None:
    agent.memberships.all().delete()
    assert ask(as_agent, "timers:stop", things).status_code == 404
    assert Timer.objects.get(pk=things["timer"]).is_running
    assert ask(as_manager, "timers:stop", things).status_code == 302
    assert Timer.objects.get(pk=things["timer"]).state == "stopped"
