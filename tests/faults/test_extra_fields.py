"""What a form does not ask for is ignored, whatever it is called: every column after it is as without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
import time_machine
from django.apps import apps
from django.db import models, transaction
from django.test import Client
from django.urls import reverse

from billing.models import BillingEntry
from conversations.models import Conversation, Customer
from tests.cast import sign_in
from tests.factories import BillingEntryFactory, ConversationFactory
from tests.test_access import MATRIX, POSTS, things
from timers.models import Timer
from workspaces.models import User

__all__ = ["things"]

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
OURS = ("workspaces", "conversations", "billing", "timers")
#: When somebody signed in last.
NOT_COMPARED = {"last_login"}
#: Every address of ours that takes a form; these four are pages too, and the matrix only looks at them.
FORMS = [name for name in POSTS if ":" in name]
FORMS += ["billing:entry", "billing:new", "conversations:create", "settings"]
#: What the form of an entry asks for. The sidebar sends it along with every action on a timer.
ENTRY = {"kind", "billing_type", "date", "description", "version", "note"}
#: What other forms ask for beside what is sent here.
ASKED_FOR = {
    "billing:discard": {"version"},
    "billing:new": {"billing_type", "kind", "submission"},
    "billing:review_many": {"comment"},
    "conversations:create": {"contact", "billing_type"},
    "settings": {"shortcuts"},
    **dict.fromkeys(["billing:entry", "billing:calculate", "timers:start", "timers:stop"], ENTRY),
    **dict.fromkeys(["timers:cancel", "timers:convert", "timers:note", "timers:save"], ENTRY),
}


class Form(NamedTuple):
    """Who sends what where; it is accepted."""

    by: User
    fields: dict[str, Any]
    number: int | None = None
    query: dict[str, Any] = {}


def our_models() -> list[type[models.Model]]:
    return [model for label in OURS for model in apps.get_app_config(label).get_models()]


def columns() -> set[str]:
    """The names of every field of every model of ours, as a form would call it."""
    fields = [field for model in our_models() for field in model._meta.concrete_fields]
    return {name for field in fields for name in (field.name, field.attname)}


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every column of every row. Ids are counted, because the database gives others to the same rows."""
    rank = {}
    for model in our_models():
        ids = model._base_manager.order_by("pk").values_list("pk", flat=True)
        rank[model] = {pk: number for number, pk in enumerate(ids)}

    def told(field: models.Field, value: Any) -> Any:
        model = field.model if field.primary_key else field.related_model
        return rank[model].get(value, value) if model in rank else value

    def compared(model: type[models.Model]) -> list[models.Field]:
        """All but the id that a historical record copies."""
        fields = model._meta.concrete_fields
        copied = [field for field in fields if field.name == "id" and not field.primary_key]
        return [field for field in fields if field not in copied and field.name not in NOT_COMPARED]

    return {
        model.__name__: [
            {field.attname: told(field, getattr(row, field.attname)) for field in compared(model)}
            for row in model._base_manager.order_by("pk")
        ]
        for model in our_models()
    }


@pytest.fixture
def at_one_moment() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def forms(
    at_one_moment: None,
    things: dict[str, int],
    agent: User,
    manager: User,
    colleague: User,
    customer: Customer,
    conversation: Conversation,
) -> dict[str, Form]:
    """By the name of the address."""

    def prepared() -> BillingEntry:
        return BillingEntryFactory(conversation=conversation, user=agent, confirmed_at=NOW, now=NOW)

    def started() -> Timer:
        elsewhere = ConversationFactory(customer=customer)
        return Timer.objects.start(user=agent, conversation=elsewhere, now=NOW - timedelta(hours=2))

    stopped, canceled = started().stop(NOW), started().cancel(NOW)
    new, waiting = prepared(), stopped.entry
    assert waiting
    discarded, approved = prepared(), prepared()
    discarded.discard(by=agent, now=NOW)
    decided = NOW - timedelta(minutes=5)
    approved.approve(by=manager, now=decided)
    shown = re.search(
        r'name="shown" value="(\w+)"', sign_in(manager).get("/billing/review/").content.decode()
    )
    assert shown
    version = {"version": new.version}
    revised = {"kind": "service", "billing_type": new.billing_type_id, "billed": "2:00", "date": "2026-03-01"}
    by_hand = {"conversation": conversation.pk, "worked": "1:00", "date": "2026-03-01", "description": "Call"}
    opened = {"customer": customer.pk, "subject": "New", "kind": "incoming", "body": "Hello"}
    timer = things["timer"]
    return {
        "settings": Form(agent, {"first_name": "Kay", "last_name": "Wiegand", "email": "", "language": "de"}),
        "conversations:create": Form(agent, opened),
        "conversations:post": Form(agent, {"kind": "note", "body": "Hello"}, conversation.pk),
        "conversations:assign": Form(agent, {"user": colleague.pk}, conversation.pk),
        "conversations:close": Form(agent, {}, conversation.pk),
        "conversations:reopen": Form(agent, {}, conversation.pk),
        "timers:start_on": Form(colleague, {}, conversation.pk),
        "timers:start": Form(agent, {}, timer),
        "timers:stop": Form(agent, {"note": "Read"}, timer),
        "timers:cancel": Form(agent, {}, timer),
        "timers:restore": Form(agent, {}, canceled.pk),
        "timers:convert": Form(agent, {"kind": "time"}, timer),
        "timers:note": Form(agent, {"note": "Read"}, timer),
        "timers:save": Form(agent, revised | {"version": waiting.version}, stopped.pk),
        "billing:new": Form(agent, by_hand),
        "billing:entry": Form(agent, revised | version, new.pk),
        "billing:calculate": Form(agent, revised | version, new.pk),
        "billing:discard": Form(agent, version, new.pk),
        "billing:reinstate": Form(agent, {}, discarded.pk),
        "billing:review_many": Form(manager, {"decision": "approve", "entry": f"{new.pk}:{new.version}"}),
        "billing:approve_unflagged": Form(manager, {"shown": shown[1]}),
        "billing:undo": Form(manager, {}, query={"at": int(decided.timestamp()) * 10**6}),
        "billing:approve": Form(manager, version, new.pk),
        "billing:return": Form(manager, version | {"comment": "Why?"}, new.pk),
        "billing:export": Form(manager, {"workspace": conversation.workspace_id}),
        "billing:batch_reverse": Form(manager, {}, things["batch"]),
    }


POWERS = {"state": "approved", "amount": 1, "raw_seconds": 9, "role": "manager", "now": "2020-01-01"}
POWERS |= {"is_staff": "on", "is_superuser": "on", "is_active": "", "password": "known"}


@pytest.mark.parametrize("name", FORMS)
def test_fields_that_no_form_asks_for_are_ignored(
    name: str, forms: dict[str, Form], outsider: User, other_workspace: Any
) -> None:
    form = forms[name]
    address = reverse(name, args=[form.number] if form.number else [], query=form.query)
    others = dict.fromkeys(columns(), outsider.pk) | POWERS | {"by": outsider.pk, "created_by": outsider.pk}
    asked_for = {*form.fields, *ASKED_FOR.get(name, ())}
    extra = {field: value for field, value in others.items() if field not in asked_for}
    client = sign_in(form.by)
    before = everything()

    statuses, outcomes = [], []
    for sent in (form.fields, form.fields | extra):
        with transaction.atomic():
            statuses.append(client.post(address, sent).status_code)
            outcomes.append(everything())
            transaction.set_rollback(True)
    assert statuses[0] == statuses[1] in (200, 204, 302)
    assert (outcomes[0] == before) == (name in CHANGE_NOTHING)
    for model, rows in outcomes[0].items():
        assert outcomes[1][model] == rows, model


#: There is nothing to change, or it is no row of ours.
CHANGE_NOTHING = {"conversations:reopen", "timers:start", "billing:calculate"}


def test_every_form_is_tried(forms: dict[str, Form]) -> None:
    assert set(forms) == set(FORMS) <= set(MATRIX)


def test_a_member_cannot_be_made_by_a_field(as_outsider: Client, outsider: User, workspace: Any) -> None:
    """The fields of a membership, in a form that has nothing to do with one."""
    fields = {"first_name": "Otto", "workspace": workspace.pk, "role": "manager", "memberships": workspace.pk}
    as_outsider.post(reverse("settings"), fields)
    assert list(outsider.memberships.values_list("workspace__name", "role")) == [("Elsewhere Ltd", "manager")]
